// When a month's board sheet is due, by dated rules, and when it is overdue.
import { describe, expect, test } from 'vitest';
import { dueDay, lateSheets, listDueSheets } from '#features/disclosures/due-sheet.ts';

const RULES = [
	{ validFrom: '2026-11-10', boardDueDay: 20 },
	{ validFrom: '2026-08-15', boardDueDay: 5 },
	{ validFrom: '2026-10-20', boardDueDay: null },
];

describe('a month’s sheet is due', () => {
	test.each<[string, string | null, string]>([
		['2026-06', null, 'before the first rule'],
		['2026-07', null, 'by no rule: the first one began within August'],
		['2026-08', '2026-09-05', 'by the rule of 1 September'],
		['2026-09', '2026-10-05', 'by the same rule, though it changed on 20 October'],
		['2026-10', null, 'on no day: that rule names none'],
		['2026-11', '2026-12-20', 'by the rule that came in November'],
	])('%s: %s, %s', (month, due) => expect(dueDay(month, RULES)).toBe(due));
});

describe('the sheets of a book', () => {
	const sheets = (today: string, hung: [string, string][] = [], firstMonth: string | undefined = '2026-07') =>
		listDueSheets({ firstMonth, today, rules: RULES, hung: new Map(hung) });

	test('are those of its months that are over, the newest first', () => {
		expect(sheets('2026-11-30').map((sheet) => sheet.month)).toEqual([
			'2026-10',
			'2026-09',
			'2026-08',
			'2026-07',
		]);
		expect(sheets('2026-07-31')).toEqual([]);
		expect(
			listDueSheets({ firstMonth: undefined, today: '2026-07-31', rules: RULES, hung: new Map() }),
		).toEqual([]);
	});

	test('are overdue from the day after they were due, until they hang', () => {
		const of = (today: string, hung?: [string, string][]) =>
			sheets(today, hung).find((sheet) => sheet.month === '2026-08');
		expect(of('2026-09-05')).toMatchObject({ state: 'waiting', daysOver: 0 });
		expect(of('2026-09-06')).toMatchObject({ state: 'overdue', daysOver: 1 });
		expect(of('2027-03-05')).toMatchObject({ state: 'overdue', daysOver: 181 });
		expect(of('2027-03-05', [['2026-08', '2026-09-30']])).toMatchObject({
			state: 'hung',
			hungOn: '2026-09-30',
			daysOver: 25,
		});
		expect(of('2027-03-05', [['2026-08', '2026-09-05']])).toMatchObject({ state: 'hung', daysOver: 0 });
	});

	test('keep how late they hung', () => {
		const hung: [string, string][] = [
			['2026-08', '2026-09-30'],
			['2026-09', '2026-10-05'],
			['2026-10', '2026-11-30'],
		];
		expect([...lateSheets(sheets('2027-03-05', hung))]).toEqual([
			['2026-08', { hungOn: '2026-09-30', daysLate: 25 }],
		]);
	});

	test('are no one’s fault where no day was agreed', () => {
		expect(sheets('2027-03-05').find((sheet) => sheet.month === '2026-10')).toMatchObject({
			state: 'noDate',
		});
		expect(
			sheets('2026-12-01', [['2026-10', '2026-11-02']]).find((sheet) => sheet.month === '2026-10'),
		).toMatchObject({ state: 'hung', dueOn: null });
	});
});
