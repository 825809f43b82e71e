// Closing a month (khoá sổ tháng): what was booked in it stays as it is; what is corrected is booked later.
import type { MonthCloseTable } from '#db/schema.ts';
import { DomainError } from '#lib/errors.ts';
import type { LocalDate } from '#lib/time.ts';
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
