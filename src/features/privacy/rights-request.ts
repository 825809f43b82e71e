// A request under the law on personal data that a person must answer, with its two clocks.
import type { RightsRequestTable } from '#db/schema.ts';
import { addDays, startOfLocalDate, toLocalDate, type LocalDate } from '#lib/time.ts';

export const REQUEST_KINDS = [
	'access',
	'correct',
	'erase',
	'restrict',
	'object',
	'complain',
] as const satisfies RightsRequestTable['kind'][];

/** Decree 356/2025: a first reply within two working days, the request done within fifteen days. */
const REPLY_WORKING_DAYS = 2;
const COMPLETE_DAYS = 15;

const isWorkingDay = (date: LocalDate): boolean =>
	![0, 6].includes(new Date(startOfLocalDate(date) + 12 * 3_600_000).getUTCDay());

/**
 * Working days after a date, Monday to Friday. Public holidays count as working days, so a clock is at worst too
 * strict.
 */
function addWorkingDays(date: LocalDate, days: number): LocalDate {
	let day = date;
	for (let left = days; left > 0;) {
		day = addDays(day, 1);
		if (isWorkingDay(day)) left -= 1;
	}
	return day;
}

/** The last days for a reply and for completion. */
export const dueDates = (requestedOn: LocalDate) => ({
	replyDueOn: addWorkingDays(requestedOn, REPLY_WORKING_DAYS),
	completeDueOn: addDays(requestedOn, COMPLETE_DAYS),
});

/** An answer that its person has not said to have read. */
export const isUnread = (request: Pick<RightsRequestTable, 'repliedAt' | 'readAt'>): boolean =>
	request.repliedAt !== null && request.readAt === null;

/** True for a step that was taken after its day. */
export const wasLate = (at: number | null, dueOn: LocalDate): boolean =>
	at !== null && toLocalDate(at) > dueOn;

/** What is still owed, and whether its day has passed. */
export function nextDue(
	request: Pick<RightsRequestTable, 'repliedAt' | 'completedAt' | 'replyDueOn' | 'completeDueOn'>,
	today: LocalDate,
): { step: 'reply' | 'complete'; on: LocalDate; isLate: boolean } | undefined {
	if (request.completedAt !== null) return undefined;
	const step = request.repliedAt === null ? 'reply' : 'complete';
	const on = step === 'reply' ? request.replyDueOn : request.completeDueOn;
	return { step, on, isLate: on < today };
}
