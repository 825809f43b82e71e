import { expect, test } from 'vitest';
import { readSheetRows, schoolYearOf } from '#features/schools/class-sheet.ts';
import { DomainError } from '#lib/errors.ts';

const read = (cells: Record<string, string>) => {
	const form = new FormData();
	for (const [name, value] of Object.entries(cells)) form.set(name, value);
	return readSheetRows(form);
};

test('cells gather by class, and an empty one is not reported', () => {
	expect(
		read({
			'cell:a:mixed_paper:kg': '12,5',
			'cell:b:mixed_paper:kg': ' ',
			'cell:a:aluminium_can:piece': '1.500',
			collectedOn: '2026-11-20',
		}),
	).toEqual([
		{
			classId: 'a',
			lines: [
				{ material: 'mixed_paper', unit: 'kg', quantityMilli: 12_500 },
				{ material: 'aluminium_can', unit: 'piece', quantityMilli: 1_500_000 },
			],
		},
	]);
});

test('a cell that stands twice says two things, and neither is taken', () => {
	const form = new FormData();
	for (const value of ['2', '3']) form.append('cell:a:mixed_paper:kg', value);
	expect(() => readSheetRows(form)).toThrow(
		expect.objectContaining({ key: 'formUnreadable', kind: 'BAD_REQUEST' }),
	);
	// What stands behind the name of a cell makes no other one of it.
	form.delete('cell:a:mixed_paper:kg');
	form.append('cell:a:mixed_paper:kg', '2');
	form.append('cell:a:mixed_paper:kg:x', '3');
	expect(() => readSheetRows(form)).toThrow('formUnreadable');
});

test.each([
	['cell:a:mixed_paper:kg', '-3', 'quantityNotPositive'],
	['cell:a:mixed_paper:kg', '0', 'quantityNotPositive'],
	['cell:a:mixed_paper:kg', '1.500', 'quantityAmbiguous'],
	['cell:a:mixed_paper:kg', '1.500 kg', 'quantityAmbiguous'],
	['cell:a:mixed_paper:kg', '90000', 'quantityTooLarge'],
	['cell:a:mixed_paper:kg', 'Nông Thị Lan', 'quantityNotNumber'],
	['cell:a:mixed_paper:kg', '2 Lan', 'quantityNotNumber'],
	['cell:a:aluminium_can:piece', '1,5', 'quantityNotWhole'],
	['cell:a:aluminium_can:piece', '-1', 'quantityNotPositive'],
	['cell:a:aluminium_can:piece', '0', 'quantityNotPositive'],
	['cell:a:aluminium_can:piece', '999999', 'piecesTooLarge'],
	['cell:a:mixed_paper:ton', '2', 'formUnreadable'],
	['cell::mixed_paper:kg', '2', 'formUnreadable'],
	['cell:a', '2', 'formUnreadable'],
])('%s with “%s” is refused and named', (name, value, key) => {
	let thrown: unknown;
	try {
		read({ 'cell:b:mixed_paper:kg': '2', [name]: value });
	} catch (error) {
		thrown = error;
	}
	expect(thrown).toBeInstanceOf(DomainError);
	expect(thrown).toMatchObject({ key, field: name });
});

test.each([
	['2026-07-31', '2025-2026'],
	['2026-08-01', '2026-2027'],
	['2027-01-01', '2026-2027'],
])('%s lies in the school year %s', (date, year) => expect(schoolYearOf(date)).toBe(year));

test('every bad cell of a sheet is named, not only the first', () => {
	let thrown: unknown;
	try {
		read({
			'cell:a:mixed_paper:kg': '-3',
			'cell:a:aluminium_can:piece': '12',
			'cell:b:mixed_paper:kg': 'Lan',
			'cell:b:aluminium_can:piece': '1,5',
		});
	} catch (error) {
		thrown = error;
	}
	const { key, field, others } = thrown as DomainError;
	expect([{ key, field }, ...others.map((each) => ({ key: each.key, field: each.field }))]).toEqual([
		{ key: 'quantityNotPositive', field: 'cell:a:mixed_paper:kg' },
		{ key: 'quantityNotNumber', field: 'cell:b:mixed_paper:kg' },
		{ key: 'quantityNotWhole', field: 'cell:b:aluminium_can:piece' },
	]);
});
