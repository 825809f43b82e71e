import { expect, test } from 'vitest';
import { estimateShare, type WalkDropOff, type WalkSale } from '#features/trace/walk.ts';

const line = (cycleId: string, amountVnd: number) => ({
	...{ kind: 'goods' as const, cycleId, materialCode: 'mixed_paper', weighedWeightGrams: 1, unitPriceVnd: 1 },
	amountVnd,
});
const difference = (amountVnd: number) => ({
	...{ kind: 'difference' as const, cycleId: null, materialCode: null, weighedWeightGrams: null },
	...{ unitPriceVnd: null, amountVnd },
});
const sale = (cashReceivedVnd: number, lines: WalkSale['lines']): WalkSale => ({
	...{
		id: 'sale',
		status: 'confirmed',
		soldOn: '2026-11-22',
		cashReceivedVnd,
		entryId: 'e',
		replacesSaleId: null,
	},
	cycles: [
		{ id: 'mine', declaredWeightGrams: 20_000 },
		{ id: 'theirs', declaredWeightGrams: 5_000 },
	],
	...{ goods: [], lines, flaggedPermille: null, limitPercent: null },
});
const brought = (grams: number): WalkDropOff['lines'] => [
	{
		...{ materialCode: 'mixed_paper', unit: 'kg', quantityMilli: grams, declaredWeightGrams: grams },
		...{ cycleIds: ['mine'], saleId: 'sale' },
	},
];

test('a share is of what the sale brought: a difference from its lines counts in proportion to them', () => {
	// A quarter of the grams of a cycle whose lines are three quarters of the money.
	const lines = [line('mine', 60_000), line('theirs', 20_000)];
	expect(estimateShare(brought(5_000), [sale(80_000, lines)])).toEqual({ amountVnd: 15_000, grams: 5_000 });
	const less = sale(72_000, [...lines, difference(-8_000)]);
	expect(estimateShare(brought(5_000), [less])?.amountVnd).toBe(13_500);
	const more = sale(84_000, [...lines, difference(4_000)]);
	expect(estimateShare(brought(5_000), [more])?.amountVnd).toBe(15_750);
	// All that was brought gets all that was paid, to the đồng.
	const theirs = brought(5_000).map((each) => ({ ...each, cycleIds: ['theirs'] }));
	const whole = [brought(20_000), theirs].map((each) => estimateShare(each, [less])!.amountVnd);
	expect(whole).toEqual([54_000, 18_000]);
	// Lines that name no cycle: over the whole sale.
	const unnamed = sale(72_000, [{ ...line('mine', 80_000), cycleId: null }, difference(-8_000)]);
	expect(estimateShare(brought(5_000), [unnamed])?.amountVnd).toBe(14_400);
});
