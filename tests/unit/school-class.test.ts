// A class's name and size as they are typed, the days and years in which it may change, and the next year's proposal.
import { describe, expect, test } from 'vitest';
import {
	checkClosingDay,
	openYearsOf,
	parseSchoolYear,
	proposeRollover,
	readClass,
	readSize,
	rolloverYearOf,
} from '#features/schools/school-class.ts';
import type { DomainError } from '#lib/errors.ts';

const refusal = (work: () => unknown): DomainError => {
	try {
		work();
	} catch (error) {
		return error as DomainError;
	}
	throw new Error('it was not refused');
};

describe('a class', () => {
	test.each([
		['6A', '6A', 6],
		['6a', '6A', 6],
		[' Lớp 6 a ', '6A', 6],
		['06A', '6A', 6],
		['10A1', '10A1', 10],
		['12 A10', '12A10', 12],
		['6/1', '6/1', 6],
		['10 Toán', '10 TOÁN', 10],
		['10Toán', '10 TOÁN', 10],
		['1', '1', 1],
		['6Đ'.normalize('NFD'), '6Đ', 6],
	])('typed as %j is %s', (typed, name, grade) => {
		expect(readClass(typed)).toEqual({ name, grade });
	});

	test.each([
		'',
		'A',
		'0A',
		'13A',
		'61',
		'123',
		'6 12',
		'Lan',
		'6A Nguyễn Văn An',
		'6 Nguyễn Văn',
		'6Nguyễnvăn',
		'=1',
	])('typed as %j is refused', (typed) => {
		expect(refusal(() => readClass(typed))).toMatchObject({ key: 'classUnclear', field: 'name' });
	});

	test.each([
		['38', 38],
		[' 38 em', 38],
		['38 học sinh', 38],
		['38hs', 38],
		['38.0', 38],
		['38 pupils', 38],
		['120', 120],
		['', null],
		['  ', null],
	])('has the size %j', (typed, size) => {
		expect(readSize(typed)).toBe(size);
	});

	test.each(['0', '121', '-3', '38,5', '3e1', 'ba mươi', '38 Lan', '=38', '٣٨'])(
		'has no size like %j',
		(typed) => {
			const found = refusal(() => readSize(typed, 'newSize'));
			expect(found).toMatchObject({ key: 'classSizeWrong', field: 'newSize', values: { max: 120 } });
		},
	);
});

describe('a school year', () => {
	test.each(['2026-2026', '2026', '1999-2000', '2026-2027x', ''])('is not %j', (text) => {
		expect(parseSchoolYear(text)).toBeUndefined();
	});

	test.each([
		['2026-05-31', undefined, ['2025-2026']],
		['2026-06-01', '2026-2027', ['2025-2026', '2026-2027']],
		['2026-07-31', '2026-2027', ['2025-2026', '2026-2027']],
		['2026-08-01', '2026-2027', ['2026-2027']],
		['2026-10-31', '2026-2027', ['2026-2027']],
		['2026-11-01', undefined, ['2026-2027']],
	])('on %s is made of the year before as %s', (today, next, open) => {
		expect(rolloverYearOf(today)).toBe(next);
		expect(openYearsOf(today)).toEqual(open);
	});
});

describe('a class ends', () => {
	const check = (closedOn: string, today: string, lastSheetOn?: string, lastCampaignOn?: string) =>
		checkClosingDay(closedOn, { schoolYear: '2026-2027', lastSheetOn, lastCampaignOn }, today);

	test.each([
		['2026-11-22', '2026-11-22', undefined],
		['2026-11-23', '2026-11-22', '2026-11-22'],
		['2026-08-01', '2026-11-22', undefined],
	])('on %s', (closedOn, today, lastSheetOn) => {
		expect(() => check(closedOn, today, lastSheetOn)).not.toThrow();
	});

	test('before its year has begun', () => {
		expect(() => check('2026-06-20', '2026-06-20')).not.toThrow();
	});

	test.each([
		['2026-11-24', undefined, 'dateInFuture'],
		['2026-07-31', undefined, 'closedOutsideYear'],
		['2026-11-20', '2026-11-20', 'closedBeforeSheet'],
		['2026-11-20', '2026-11-10', 'closedBeforeCampaign', '2026-11-20'],
	])('not on %s', (closedOn, lastSheetOn, key, lastCampaignOn?: string) => {
		expect(refusal(() => check(closedOn, '2026-11-22', lastSheetOn, lastCampaignOn))).toMatchObject({
			key,
			field: 'closedOn',
		});
	});
});

test('the next year’s classes are one grade higher, the last grade gone and a new first one there', () => {
	const old = (name: string, grade: number, size: number | null = 38) => ({ id: name, name, grade, size });
	expect(
		proposeRollover([old('9A', 9), old('6B', 6, null), old('6A', 6, 40), old('7A', 7), old('8 TOÁN', 8)]),
	).toEqual([
		{ name: '6A', grade: 6, size: null, followsClassId: null },
		{ name: '6B', grade: 6, size: null, followsClassId: null },
		{ name: '7A', grade: 7, size: 40, followsClassId: '6A' },
		{ name: '7B', grade: 7, size: null, followsClassId: '6B' },
		{ name: '8A', grade: 8, size: 38, followsClassId: '7A' },
		{ name: '9 TOÁN', grade: 9, size: 38, followsClassId: '8 TOÁN' },
	]);
	expect(proposeRollover([old('10A1', 10), old('11A1', 11)]).map(({ name }) => name)).toEqual([
		'10A1',
		'11A1',
	]);
	// A school of one grade: all leave, and as many come.
	expect(proposeRollover([old('1', 1)])).toEqual([{ name: '1', grade: 1, size: null, followsClassId: null }]);
	expect(proposeRollover([])).toEqual([]);
});
