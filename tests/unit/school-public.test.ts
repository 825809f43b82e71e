import { expect, test } from 'vitest';
import { createTranslator } from '#lib/i18n.ts';
import type { Material } from '#features/materials/material.ts';
import { resultRows } from '#features/schools/school-export.ts';
import { campaignToShow, countPupils, daysOfYear, weekShown } from '#features/schools/school-public.ts';
import { compareWithScale } from '#features/schools/weigh-difference.ts';
import { PLAIN_CAMPAIGN } from '../support/fixtures.ts';

test.each([
	['2026-11-22', '2026-11-16', '2026-11-22'],
	['2026-11-23', '2026-11-16', '2026-11-22'],
	['2026-11-24', '2026-11-23', '2026-11-29'],
	['2027-01-01', '2026-12-28', '2027-01-03'],
])('on %s the week from %s to %s is shown', (day, from, to) => {
	expect(weekShown(day)).toEqual({ from, to });
});

test('a school year begins on 1 August', () => {
	expect(daysOfYear('2026-2027')).toEqual({ from: '2026-08-01', to: '2027-07-31' });
});

test('pupils of a class of unknown size are not guessed', () => {
	expect(countPupils([{ size: 30 }, { size: null }, { size: 12 }])).toEqual({
		...{ classes: 3, pupils: 42, unknown: 1 },
	});
});

test('the campaign that is shown first is the one that is not ended, else the last, else the next', () => {
	const [old, last] = ['2026-09-01', '2026-10-01'].map((startsOn) => ({
		startsOn,
		endedAt: 5 as number | null,
	}));
	const running = { startsOn: '2026-08-15', endedAt: null };
	const next = { startsOn: '2027-01-01', endedAt: null };
	expect(campaignToShow([old!, last!, running, next], '2026-11-22')).toBe(running);
	expect(campaignToShow([next, old!, last!], '2026-11-22')).toBe(last);
	expect(campaignToShow([next], '2026-11-22')).toBe(next);
	expect(campaignToShow([], '2026-11-22')).toBeUndefined();
});

const paper = (quantityMilli: number) => ({
	...{ materialCode: 'mixed_paper', unit: 'kg' as const },
	...{ quantityMilli, weightGrams: quantityMilli },
});

test('the scale stands beside what was declared, and nothing is weighed that was not', () => {
	const cans = { materialCode: 'can', unit: 'piece' as const, quantityMilli: 9000, weightGrams: null };
	expect(
		compareWithScale(
			[{ totals: [paper(3000), cans] }, { totals: [paper(500)] }],
			[
				{ materialCode: 'mixed_paper', weightGrams: 3000 },
				{ materialCode: 'mixed_paper', weightGrams: 200 },
				{ materialCode: 'pet', weightGrams: 70 },
			],
			['can', 'mixed_paper', 'pet', 'iron'],
		),
	).toEqual([
		{ materialCode: 'can', declaredGrams: null, weighedGrams: null },
		{ materialCode: 'mixed_paper', declaredGrams: 3500, weighedGrams: 3200 },
		{ materialCode: 'pet', declaredGrams: 0, weighedGrams: 70 },
	]);
});

test('a workbook of results has every class in its order, and places for the better half alone', () => {
	const classes = [...'ABCDEFGH'].map((name, index) => ({
		...{ classId: name, name: `6${name}`, size: 10, totals: [paper(1000 * (index + 1))] },
	}));
	const catalogue = [{ code: 'mixed_paper', nameVi: 'Giấy vụn', nameEn: 'Paper' }] as Material[];
	const [head, ...rows] = resultRows(PLAIN_CAMPAIGN, classes, catalogue, {
		...{ t: createTranslator('vi'), locale: 'vi' },
	});
	expect(head).toEqual(['Lớp', 'Sĩ số', 'Giấy vụn (kg)', 'kg đã khai', 'kg/học sinh', 'Hạng (nửa trên)']);
	expect(rows.map((row) => [row[0], row[3], row.at(-1)])).toEqual([
		...[...'ABCD'].map((name, index) => [`6${name}`, index + 1, '']),
		...[...'EFGH'].map((name, index) => [`6${name}`, index + 5, 4 - index]),
	]);
});
