import { expect, test } from 'vitest';
import { parseMonth, sumSheet } from '#features/checkpoints/board-sheet.ts';
import type { Entry } from '#features/fund/fund.ts';

const entry = (kind: string, changeVnd: number, originalKind: string | null = null) =>
	({ kind, changeVnd, originalKind }) as Entry;

test('rows stand on the side on which their money moved, reversals on that of what they reverse', () => {
	const { rows, ...sums } = sumSheet([
		entry('opening_balance', 5_000_000),
		entry('scrap_sale', 660_000),
		entry('scrap_sale', 410_000),
		entry('reversal', -410_000, 'scrap_sale'),
		entry('payment', -300_000),
		entry('reversal', 300_000, 'payment'),
		entry('payment', -250_000),
		entry('bank_move', 0),
		entry('reversal', 0, 'bank_move'),
		entry('cash_difference', -1_000),
		entry('reversal', -5_000_000, 'opening_balance'),
	]);
	expect(rows.map((row) => [row.inVnd, row.outVnd])).toEqual([
		[undefined, undefined],
		[660_000, undefined],
		[410_000, undefined],
		[-410_000, undefined],
		[undefined, 300_000],
		[undefined, -300_000],
		[undefined, 250_000],
		[undefined, undefined],
		[undefined, undefined],
		[undefined, 1_000],
		[undefined, undefined],
	]);
	expect(sums).toEqual({ inVnd: 660_000, outVnd: 251_000, openedVnd: 0 });
});

test('an opening balance is neither in nor out, and what the month began with still leads to its end', () => {
	const changes = [entry('opening_balance', 700), entry('gift', 50), entry('payment', -20)];
	const { inVnd, outVnd, openedVnd } = sumSheet(changes);
	expect([inVnd, outVnd, openedVnd]).toEqual([50, 20, 700]);
	expect(sumSheet([])).toEqual({ rows: [], inVnd: 0, outVnd: 0, openedVnd: 0 });
});

test.each([
	['2026-10', '2026-10'],
	['2026-01', '2026-01'],
	['2026-13', undefined],
	['2026-00', undefined],
	['2026-1', undefined],
	['0999-10', undefined],
	['2026-10-01', undefined],
	['2026-10\n', undefined],
	['', undefined],
	[undefined, undefined],
])('%j is the month %j', (text, month) => {
	expect(parseMonth(text)).toBe(month);
});
