import type { APIRoute } from 'astro';
import { z } from 'astro/zod';
import { batchText as text, readInstant } from '#features/accounts/device-batch.ts';
import { recordAttendance } from '#features/cleanup-events/attendance.service.ts';
import { answerAccountBatch } from './_account-batch.ts';

const shape = z.object({
	id: text(64),
	account: text(64),
	event_id: text(64),
	sign_up_id: text(64).nullable(),
	device: text(64),
	is_choice: z.boolean(),
	heads: z.number(),
	minors: z.number().nullable(),
	checked_in_at: text(40),
	/** Grows with each word of a device, also when its clock is put back; without it the order is that of the clock. */
	stated_at: text(40).optional(),
	/** The list's own time as the portal gave it, and how long before it came by the device's clock, which may be wrong. */
	list_given_at: text(40).optional(),
	list_age_ms: z.number().int().optional(),
});

/** The outbox's check-ins: each is recorded under the account that made it. */
export const POST: APIRoute = (context) => {
	const { db, now } = context.locals;
	return answerAccountBatch(context, {
		list: 'attendance',
		shape,
		fields: { checkedInAt: 'checked_in_at' },
		waits: { signIn: 'attendanceSignIn', otherAccount: 'attendanceOtherAccount' },
		record: (read, { actor, correction }) => {
			const { id, device, heads, minors } = read;
			const clock = readInstant(read.checked_in_at, 'checked_in_at');
			const statedAt = read.stated_at === undefined ? clock : readInstant(read.stated_at, 'stated_at');
			const givenAt = read.list_given_at && readInstant(read.list_given_at, 'list_given_at');
			const list = givenAt ? { givenAt, ageMs: read.list_age_ms ?? 0 } : undefined;
			const input = {
				...{ id, eventId: read.event_id, signUpId: read.sign_up_id, device, isChoice: read.is_choice },
				...{ heads, minors, statedAt, checkedInAt: clock + correction, list },
			};
			return recordAttendance(db, actor, input, now);
		},
	});
};
