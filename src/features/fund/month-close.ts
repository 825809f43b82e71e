// Closing a month (khoá sổ tháng): what was booked in it stays as it is; what is corrected is booked later.
import type { MonthCloseTable } from '#db/schema.ts';
import { DomainError } from '#lib/errors.ts';
import { addDays, type LocalDate } from '#lib/time.ts';
import { monthsBefore } from './month-chart.ts';

export type MonthAct = Pick<MonthCloseTable, 'act' | 'month'>;

/** The last month `YYYY-MM` that is closed; every earlier one is too. */
export const closedThrough = (last: MonthAct | undefined): string | undefined =>
	last && (last.act === 'close' ? last.month : monthsBefore(last.month, 1));

/** Nothing is booked in a closed month. Refuses with 409. */
export function checkMonthOpen(last: MonthAct | undefined, bookedOn: LocalDate): void {
	const month = closedThrough(last);
	if (month !== undefined && bookedOn.slice(0, 7) <= month)
		throw new DomainError('CONFLICT', 'monthClosed', { field: 'bookedOn', values: { month } });
}

/** The last day of a month `YYYY-MM`. */
export const lastDayOf = (month: string): LocalDate => addDays(`${monthsBefore(month, -1)}-01`, -1);

/** The month that can be closed next, once it is over; undefined for a book without entries. */
export function nextMonth(last: MonthAct | undefined, firstMonth: string | undefined): string | undefined {
	const closed = closedThrough(last);
	return closed === undefined || firstMonth === undefined || closed < firstMonth
		? firstMonth
		: monthsBefore(closed, -1);
}

/** What waits for a second person and belongs to the month or an earlier one. */
export type OpenItems = { sales: number; statements: number; counts: number; reversals: number };

/** What keeps a month open: nothing, or the one reason that a treasurer can do something about. */
export type CloseState =
	| { isReady: true }
	| { isReady: false; why: 'monthNotOver' }
	| { isReady: false; why: 'monthHasOpenItems'; items: OpenItems }
	| { isReady: false; why: 'cashNotCounted'; day: LocalDate };

export function closeState(
	month: string,
	today: LocalDate,
	{ items, cashVnd, isCounted }: { items: OpenItems; cashVnd: number; isCounted: boolean },
): CloseState {
	if (month >= today.slice(0, 7)) return { isReady: false, why: 'monthNotOver' };
	if (Object.values(items).some((count) => count > 0))
		return { isReady: false, why: 'monthHasOpenItems', items };
	if (cashVnd > 0 && !isCounted) return { isReady: false, why: 'cashNotCounted', day: lastDayOf(month) };
	return { isReady: true };
}
