import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import { answerBatch, batchText, readInstant, readItem } from '#features/accounts/device-batch.ts';
import { REPORTS_PER_ADDRESS, REPORTS_PER_DEVICE } from '#features/green-houses/house-report-limits.ts';
import { reportProblem } from '#features/green-houses/problem-report.service.ts';
import { PROBLEM_KINDS } from '#features/green-houses/problem-report.ts';

const item = z.object({
	id: batchText(64),
	green_house_code: batchText(64),
	seen_at: batchText(40),
	kind: z.enum(PROBLEM_KINDS),
	text: batchText(2000).default(''),
});

/** A wrong pin, damage or rubbish at a house: the outbox's problem reports. */
export const POST: APIRoute = (context) => {
	const { db, now } = context.locals;
	return answerBatch(context, {
		list: 'problem_reports',
		rate: { name: 'house-report', perAddress: REPORTS_PER_ADDRESS, perDevice: REPORTS_PER_DEVICE },
		fields: { house: 'green_house_code', date: 'seen_at' },
		record: (raw, { secret, correction }) => {
			const { id, green_house_code, seen_at, kind, text } = readItem(item, raw);
			const seenAt = readInstant(seen_at, 'seen_at') + correction;
			const input = { id, greenHouseCode: green_house_code, kind, text, seenAt };
			return reportProblem(db, { secret }, input, now);
		},
	});
};
