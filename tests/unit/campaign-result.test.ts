// What classes reach in a campaign: quota by kilograms or pieces, points, awards, places.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	bestClasses,
	broughtText,
	campaignResults,
	type ClassInput,
	type ClassTotal,
} from '#features/schools/campaign-result.ts';
import type { CampaignRules } from '#features/schools/campaign.ts';

const RULES: CampaignRules = {
	materials: ['mixed_paper', 'aluminium_can'],
	quotaPer: 'pupil',
	quota: [
		{ unit: 'kg', quantityMilli: 3000 },
		{ unit: 'piece', quantityMilli: 20_000 },
	],
	...{ fullPoints: 10, extraPoints: 1, extraCap: 5, tieRule: 'shared', rounding: 'down' },
	awards: [
		{ name: 'Chi đội xuất sắc', minPoints: 12 },
		{ name: 'Chi đội tiên tiến', minPoints: 10 },
	],
};
const kg = (grams: number): ClassTotal => ({
	...{ materialCode: 'mixed_paper', unit: 'kg', quantityMilli: grams, weightGrams: grams },
});
const cans = (pieces: number, weightGrams: number | null = null): ClassTotal => ({
	...{ materialCode: 'aluminium_can', unit: 'piece', quantityMilli: pieces * 1000, weightGrams },
});
const classOf = (name: string, size: number | null, ...totals: ClassTotal[]): ClassInput => ({
	...{ classId: name, name, size, totals },
});
const only = (rules: CampaignRules, input: ClassInput) => campaignResults(rules, [input])[0]!;

test('pieces whose weight nobody knows are said as pieces, and are no 0 kg', () => {
	const of = (...totals: ClassTotal[]) => only(RULES, classOf('6A', 10, ...totals));
	const unknown = of(cans(40));
	expect(unknown).toMatchObject({ grams: 0, unweighedMilli: 40_000, perPupilCentiKg: null, rank: null });
	expect(broughtText(unknown, 'vi')).toBe('40\u00a0cái');
	const both = of(kg(12_500), cans(40), cans(10, 150));
	expect(both).toMatchObject({ grams: 12_650, unweighedMilli: 40_000, perPupilCentiKg: 126 });
	expect(broughtText(both, 'vi')).toBe('12,7\u00a0kg + 40\u00a0cái');
	expect(broughtText(of(), 'vi', '')).toBe('0');
});

describe('the quota', () => {
	test.each<[text: string, totals: ClassTotal[], permille: number, pointTenths: number]>([
		['nothing', [], 0, 0],
		['half by weight', [kg(60_000)], 500, 50],
		['all by weight', [kg(120_000)], 1000, 100],
		['all by pieces', [cans(800)], 1000, 100],
		['half of each', [kg(60_000), cans(400)], 1000, 100],
		['just short', [kg(119_999)], 999, 99],
		['a tenth beyond', [kg(132_000)], 1100, 110],
		['nearly two tenths beyond', [kg(143_999)], 1199, 110],
		['far beyond, capped', [kg(900_000)], 7500, 150],
	])('of 40 pupils, 3 kg or 20 pieces each: %s', (_, totals, permille, pointTenths) => {
		expect(only(RULES, classOf('6A', 40, ...totals))).toMatchObject({ quotaPermille: permille, pointTenths });
	});

	test('for a whole class asks the same of 10 pupils and of 40', () => {
		const rules: CampaignRules = { ...RULES, quotaPer: 'class' };
		for (const size of [10, 40, null])
			expect(only(rules, classOf('6A', size, kg(1500)))).toMatchObject({
				quotaPermille: 500,
				pointTenths: 50,
			});
	});

	test('of a class whose size nobody knows is unknown, not 0', () => {
		expect(only(RULES, classOf('6A', null, kg(60_000)))).toMatchObject({
			...{ grams: 60_000, perPupilCentiKg: null, quotaPermille: null, pointTenths: null },
			...{ award: null, rank: null },
		});
	});

	test('that nobody set gives no points', () => {
		expect(only({ ...RULES, quotaPer: null, quota: [] }, classOf('6A', 40, kg(60_000)))).toMatchObject({
			...{ perPupilCentiKg: 150, quotaPermille: null, pointTenths: null, award: null, rank: 1 },
		});
	});
});

test.each([
	['down', 29, 64],
	['nearest', 30, 65],
] as const)('figures are rounded %s', (rounding, centiKg, pointTenths) => {
	const rules: CampaignRules = { ...RULES, rounding, quota: [{ unit: 'kg', quantityMilli: 460 }] };
	expect(only(rules, classOf('6A', 7, kg(2089)))).toMatchObject({ perPupilCentiKg: centiKg, pointTenths });
});

test('an award is the highest that the points reach, and none for a class that brought nothing', () => {
	const free: CampaignRules = { ...RULES, awards: [...RULES.awards, { name: 'Tham gia', minPoints: 0 }] };
	const names = [kg(150_000), kg(120_000), kg(1000)].map(
		(total) => only(free, classOf('6A', 40, total)).award?.name,
	);
	expect(names).toEqual(['Chi đội xuất sắc', 'Chi đội tiên tiến', 'Tham gia']);
	expect(only(free, classOf('6A', 40)).award).toBeNull();
});

describe('places go by kilograms for each pupil', () => {
	const classes = [
		classOf('6A', 40, kg(80_000)),
		classOf('6B', 20, kg(60_000)),
		classOf('6C', 40, kg(40_000), cans(200, 40_000)),
		classOf('6D', 40),
		classOf('6E', null, kg(90_000)),
	];

	test('and as much is one place', () => {
		expect(campaignResults(RULES, classes).map(({ rank }) => rank)).toEqual([2, 1, 2, null, null]);
	});

	test('or goes by points where the campaign says so', () => {
		const rules: CampaignRules = { ...RULES, tieRule: 'points' };
		// 6A: 2 kg of 3; 6C: 1 kg of 3 and 5 pieces of 20.
		expect(campaignResults(rules, classes).map(({ rank }) => rank)).toEqual([2, 1, 3, null, null]);
	});

	test('and the list of places has the better half, three at least, and nobody last', () => {
		const many = Array.from({ length: 9 }, (_, index) => classOf(`6/${index}`, 10, kg((9 - index) * 1000)));
		const best = (count: number) =>
			bestClasses(campaignResults(RULES, many.slice(0, count))).map(({ name }) => name);
		expect(best(9)).toEqual(['6/0', '6/1', '6/2', '6/3', '6/4']);
		expect(best(4)).toEqual(['6/0', '6/1', '6/2']);
		expect(best(3)).toEqual(['6/0', '6/1']);
		expect(best(2)).toEqual(['6/0']);
		expect(best(1)).toEqual([]);
		expect(best(0)).toEqual([]);
	});
});

test('bringing more never makes points, places or awards worse', () => {
	const rules = fc.record({
		quotaPer: fc.constantFrom('pupil' as const, 'class' as const),
		...{ fullPoints: fc.nat({ max: 100 }), extraPoints: fc.nat({ max: 9 }), extraCap: fc.nat({ max: 50 }) },
		...{ tieRule: fc.constantFrom('shared' as const, 'points' as const) },
		rounding: fc.constantFrom('down' as const, 'nearest' as const),
	});
	const loads = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat({ max: 9_000_000 })), {
		...{ minLength: 1, maxLength: 8 },
	});
	fc.assert(
		fc.property(rules, loads, fc.integer({ min: 1, max: 5_000_000 }), (chosen, given, more) => {
			const all = { ...RULES, ...chosen, awards: [{ name: 'A', minPoints: 1 }] };
			const build = (extra: number) =>
				campaignResults(
					all,
					given.map(([size, grams], index) =>
						classOf(String(index), size, kg(index === 0 ? grams + extra : grams)),
					),
				)[0]!;
			const [before, after] = [build(0), build(more)];
			expect(after.pointTenths!).toBeGreaterThanOrEqual(before.pointTenths!);
			expect(after.perPupilCentiKg!).toBeGreaterThanOrEqual(before.perPupilCentiKg!);
			expect(after.rank!).toBeLessThanOrEqual(before.rank ?? Infinity);
			expect(after.pointTenths!).toBeLessThanOrEqual((all.fullPoints + all.extraCap) * 10);
		}),
	);
});
