// Whatever stands in a table: only classes and materials of the school, numbers and places come back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSheetTable } from '#features/schools/sheet-table.ts';
import { delimiterOf, splitRows } from '#lib/delimited.ts';

const classes = ['6A', '6B', '7A1'].map((name, index) => ({ id: `id-${index}`, name }));
const materials = [
	{ code: 'mixed_paper', unit: 'kg' as const, names: ['Giấy vụn'], isTaken: true },
	{ code: 'aluminium_can', unit: 'piece' as const, names: ['Lon nhôm'], isTaken: true },
	{ code: 'battery', unit: 'piece' as const, names: ['Pin'], isTaken: false },
].map((each) => ({ ...each, isNever: each.code === 'battery', said: each.code }));
const world = { classes, materials };

// Every word of theirs holds this letter, which no class, material or unit has.
const MARK = 'ꙮ';
const word = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `Lan${MARK}${text}`);
const person = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
const known = fc.constantFrom('6A', 'Lớp 6B', '7a1', '6C', 'Giấy vụn (kg)', 'Lon nhôm', 'Pin', 'Tổng', '');
const number = fc.constantFrom('12,5', '3.5', '1.500', '0', '-3', '99999', '=A1', '#REF!', '½', '7 kg');
const cell = fc.oneof(
	{ weight: 3, arbitrary: known },
	{ weight: 3, arbitrary: number },
	{ weight: 1, arbitrary: person },
	{ weight: 1, arbitrary: fc.tuple(known, person).map((parts) => parts.join(' ')) },
	{ weight: 1, arbitrary: fc.tuple(number, person).map((parts) => parts.join('')) },
);
const table = fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 12 });
const framed = fc
	.tuple(fc.boolean(), table)
	.map(([isFramed, rows]) => (isFramed ? [['Lớp', 'Giấy vụn', 'Lon nhôm'], ...rows] : rows));

test('no other text of a table comes back', () => {
	fc.assert(
		fc.property(framed, (rows) => {
			expect(JSON.stringify(readSheetTable({ rows }, world))).not.toContain(MARK);
		}),
		{ numRuns: 1000 },
	);
});

test('what goes into the grid names a class and a material of the house, once', () => {
	fc.assert(
		fc.property(framed, (rows) => {
			const names = readSheetTable({ rows }, world).cells.map(({ name }) => name);
			for (const name of names)
				expect(name).toMatch(/^cell:id-[012]:(mixed_paper|aluminium_can):(kg|piece)$/);
			expect(new Set(names).size).toBe(names.length);
		}),
	);
});

test('any text at all is read without an error, and a quoted table comes back as it was', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), (text) => {
			readSheetTable({ rows: splitRows(text), delimiter: delimiterOf(text) }, world);
		}),
	);
	const plain = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replace(/[\r\ufeff]/g, '.'));
	fc.assert(
		fc.property(fc.array(fc.array(plain, { minLength: 1 }), { minLength: 1 }), (rows) => {
			const text = rows
				.map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join('\t'))
				.join('\n');
			expect(splitRows(text, '\t')).toEqual(rows);
		}),
	);
});
