import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import { batchText as text, readInstant } from '#features/accounts/device-batch.ts';
import { readAccuracy, readPosition } from '#features/green-houses/house-change.ts';
import { surveyHouse } from '#features/green-houses/house-survey.service.ts';
import { answerAccountBatch } from './_account-batch.ts';

const shape = z.object({
	id: text(64),
	account: text(64),
	green_house_code: text(64),
	surveyed_at: text(40),
	latitude: text(40),
	longitude: text(40),
	accuracy: text(40),
	neighbourhood: text(400),
	hours: text(400),
	materials: z.array(text(64)).max(100),
	far_confirmed: z.boolean(),
});

/** The outbox's surveys: each is recorded under the account that measured it, one with a photo by itself. */
export const POST: APIRoute = (context) => {
	const { db, now, locale } = context.locals;
	return answerAccountBatch(context, {
		list: 'house_surveys',
		withPhoto: 'survey',
		shape,
		fields: { house: 'green_house_code', surveyedAt: 'surveyed_at', farConfirmed: 'far_confirmed' },
		waits: { signIn: 'surveySignIn', otherAccount: 'surveyOtherAccount' },
		record: (read, { actor, correction, upload }) => {
			const statedAt = readInstant(read.surveyed_at, 'surveyed_at');
			const { id, neighbourhood, hours, materials } = read;
			const input = {
				...{ id, greenHouseCode: read.green_house_code, statedAt, happenedAt: statedAt + correction, locale },
				...readPosition(read.latitude, read.longitude),
				...{ accuracyM: readAccuracy(read.accuracy), neighbourhood, hours, materials },
				farConfirmed: read.far_confirmed,
			};
			return surveyHouse(db, actor, input, now, upload);
		},
	});
};
