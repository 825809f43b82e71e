// The board sheet of a month (bảng công khai tháng): due on the day that the fund's rule names in the month after.
import type { FundRuleTable } from '#db/schema.ts';
import { monthsBefore } from '#features/fund/month-chart.ts';
import { startOfLocalDate, type LocalDate } from '#lib/time.ts';

const DAY_MS = 86_400_000;

export type DueSheet = {
	month: string;
	/** Null where the rule of that time names no day. */
	dueOn: LocalDate | null;
	/** The first day on which it hung; null while it does not. */
	hungOn: LocalDate | null;
	state: 'hung' | 'waiting' | 'overdue' | 'noDate';
	/** Days from when it was due until it hung, or until today while it does not; 0 in time. */
	daysOver: number;
};

type DatedRule = Pick<FundRuleTable, 'validFrom' | 'boardDueDay'>;

/**
 * The day on which a month's sheet is due: by the rule that holds on the first day of the month after, so that a later
 * change moves nothing that is due already.
 */
export function dueDay(month: string, rules: DatedRule[]): LocalDate | null {
	const next = monthsBefore(month, -1);
	const rule = rules
		.filter((each) => each.validFrom <= `${next}-01`)
		.reduce<DatedRule | undefined>(
			(last, each) => (last && last.validFrom > each.validFrom ? last : each),
			undefined,
		);
	return rule?.boardDueDay ? `${next}-${String(rule.boardDueDay).padStart(2, '0')}` : null;
}

/** Of each month whose sheet hung after it was due, the first day on which it hung and how many days late that was. */
export const lateSheets = (sheets: DueSheet[]): Map<string, { hungOn: LocalDate; daysLate: number }> =>
	new Map(
		sheets
			.filter((sheet) => sheet.hungOn !== null && sheet.daysOver > 0)
			.map((sheet) => [sheet.month, { hungOn: sheet.hungOn!, daysLate: sheet.daysOver }]),
	);

/**
 * Every month that is over, from the book's first entry on, the newest first. A month without entries counts too:
 * its sheet says that nothing came in and nothing went out.
 */
export function listDueSheets(input: {
	firstMonth: string | undefined;
	today: LocalDate;
	rules: DatedRule[];
	/** The first day on which each month's sheet hung. */
	hung: ReadonlyMap<string, LocalDate>;
}): DueSheet[] {
	const { firstMonth, today, rules, hung } = input;
	const sheets: DueSheet[] = [];
	if (firstMonth === undefined) return sheets;
	for (let month = monthsBefore(today.slice(0, 7), 1); month >= firstMonth; month = monthsBefore(month, 1)) {
		const dueOn = dueDay(month, rules);
		const hungOn = hung.get(month) ?? null;
		const daysOver =
			dueOn === null
				? 0
				: Math.max(0, (startOfLocalDate(hungOn ?? today) - startOfLocalDate(dueOn)) / DAY_MS);
		const state = hungOn ? 'hung' : dueOn === null ? 'noDate' : daysOver > 0 ? 'overdue' : 'waiting';
		sheets.push({ month, dueOn, hungOn, state, daysOver });
	}
	return sheets;
}
