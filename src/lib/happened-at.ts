import { DomainError } from './errors.ts';
import { addDays, toLocalDate } from './time.ts';

/** A phone's clock may run this much ahead. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** When something happened: not in the future, and by the calendar `days` ago at most. Refuses with 422. */
export function checkHappenedWithin(days: number, happenedAt: number, now: number): void {
	const refuse = (key: 'dateInFuture' | 'dateTooOld', values = {}) =>
		new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'date', values });
	if (happenedAt > now + CLOCK_TOLERANCE_MS) throw refuse('dateInFuture');
	if (toLocalDate(happenedAt) < addDays(toLocalDate(now), -days)) throw refuse('dateTooOld', { days });
}
