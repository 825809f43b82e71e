import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import { answerBatch, batchText, readInstant, readItem } from '#features/accounts/device-batch.ts';
import { reportStateSeen } from '#features/green-houses/green-house.service.ts';
import { SEEN } from '#features/green-houses/green-house.ts';
import { REPORTS_PER_ADDRESS, REPORTS_PER_DEVICE } from '#features/green-houses/house-report-limits.ts';

const item = z.object({
	id: batchText(64),
	green_house_code: batchText(64),
	seen_at: batchText(40),
	state: z.enum(SEEN),
});

/** How somebody found a house: the outbox's state reports. */
export const POST: APIRoute = (context) => {
	const { db, now } = context.locals;
	return answerBatch(context, {
		list: 'house_states',
		rate: { name: 'house-report', perAddress: REPORTS_PER_ADDRESS, perDevice: REPORTS_PER_DEVICE },
		fields: { house: 'green_house_code', date: 'seen_at' },
		record: (raw, { secret, correction }) => {
			const { id, green_house_code, seen_at, state } = readItem(item, raw);
			const seenAt = readInstant(seen_at, 'seen_at') + correction;
			return reportStateSeen(db, { secret }, { id, greenHouseCode: green_house_code, state, seenAt }, now);
		},
	});
};
