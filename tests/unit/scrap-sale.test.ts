import { describe, expect, test } from 'vitest';
import {
	checkSale,
	lineAmount,
	readSaleLines,
	salePostings,
	typedSale,
} from '#features/collections/scrap-sale.ts';
import { DomainError } from '#lib/errors.ts';
import { createTranslator } from '#lib/i18n.ts';

const read = (fields: Record<string, string>) => {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.set(name, value);
	return readSaleLines(form);
};
const thrownBy = (work: () => unknown): DomainError => {
	try {
		work();
	} catch (error) {
		if (error instanceof DomainError) return error;
		throw error;
	}
	return expect.fail('nothing was refused');
};

describe('the form of a sale', () => {
	test('gives its filled rows, whatever stands in the other way of selling', () => {
		expect(
			read({
				how: 'goods',
				'material-0': 'mixed_paper',
				'weight-0': '9,5',
				'price-0': '4.000',
				'material-1': 'cardboard',
				'weight-1': '',
				'price-1': ' ',
				'material-2': 'aluminium_can',
				'weight-2': '1.25 kg',
				'price-2': '38,000 ₫',
				'lump-weight': 'x',
				cash: 'x',
			}),
		).toEqual([
			{ kind: 'goods', material: 'mixed_paper', weightGrams: 9500, unitPriceVnd: 4000 },
			{ kind: 'goods', material: 'aluminium_can', weightGrams: 1250, unitPriceVnd: 38_000 },
		]);
	});

	test('gives one lump sum, which is the cash, with a weight only if there was a scale', () => {
		const lump = { how: 'lump_sum', cash: '120.000', 'weight-0': 'x', 'price-0': 'x' };
		expect(read({ ...lump, 'lump-weight': '' })).toEqual([
			{ kind: 'lump_sum', weightGrams: null, amountVnd: 120_000 },
		]);
		expect(read({ ...lump, 'lump-weight': '31,5' })).toEqual([
			{ kind: 'lump_sum', weightGrams: 31_500, amountVnd: 120_000 },
		]);
	});

	test.each([
		[{ 'material-0': '', 'weight-0': '9,5', 'price-0': '4000' }, 'saleMaterialMissing', 'material-0'],
		[{ 'weight-0': '9,5', 'price-0': '4000,5' }, 'amountNotWhole', 'price-0'],
		[{ 'weight-0': '9,5', 'price-0': '4.000,50' }, 'amountNotWhole', 'price-0'],
		[{ 'weight-0': '9,5', 'price-0': '0' }, 'amountNotPositive', 'price-0'],
		[{ 'weight-0': '9,5', 'price-0': '-4000' }, 'amountNotPositive', 'price-0'],
		[{ 'weight-0': '9,5', 'price-0': '' }, 'amountMissing', 'price-0'],
		[{ 'weight-0': '9,5', 'price-0': '9'.repeat(13) }, 'amountTooLarge', 'price-0'],
		[{ 'weight-0': '', 'price-0': '4000' }, 'quantityMissing', 'weight-0'],
		[{ 'weight-0': '1.500', 'price-0': '4000' }, 'quantityAmbiguous', 'weight-0'],
		[{ 'weight-0': '5000,1', 'price-0': '4000' }, 'quantityTooLarge', 'weight-0'],
		[{ how: 'lump_sum', cash: '0' }, 'amountNotPositive', 'cash'],
		[{ how: 'lump_sum', cash: '120000', 'lump-weight': '0' }, 'quantityNotPositive', 'lump-weight'],
	])('%o is refused', (fields, key, field) => {
		expect(thrownBy(() => read({ 'material-0': 'mixed_paper', ...fields }))).toMatchObject({ key, field });
	});

	test.each<Record<string, string>>([
		{
			...{ how: 'goods', 'material-0': 'mixed_paper', 'weight-0': '9,5', 'price-0': '4000' },
			...{ 'material-1': 'aluminium_can', 'weight-1': '0,25', 'price-1': '38000' },
		},
		{ how: 'lump_sum', cash: '120000', 'lump-weight': '31,5' },
		{ how: 'lump_sum', cash: '120000', 'lump-weight': '' },
	])('is filled in again as it was typed: %o', (fields) => {
		const lines = read(fields);
		const rows = lines.map((line, index) => ({
			...{ saleId: 's', position: index + 1, cycleId: null, note: '' },
			...{ kind: line.kind, weighedWeightGrams: line.weightGrams, amountVnd: lineAmount(line) },
			materialCode: line.kind === 'goods' ? line.material : null,
			unitPriceVnd: line.kind === 'goods' ? line.unitPriceVnd : null,
		}));
		const difference = { ...rows[0]!, kind: 'difference' as const, note: 'Làm tròn' };
		const sale = {
			dealer: 'Cô Hoa',
			soldOn: '2026-11-22',
			cashReceivedVnd: 120_000,
			photoMissingReason: null,
		};
		const form = typedSale(sale, [...rows, difference]);
		expect(readSaleLines(form)).toEqual(lines);
		expect(Object.fromEntries(form)).toMatchObject({
			...{ dealer: 'Cô Hoa', soldOn: '2026-11-22', cash: '120000' },
			...{ differenceReason: 'Làm tròn', photoMissingReason: '' },
		});
	});
});

test.each([
	[9500, 4000, 38_000],
	[125, 4001, 500],
	[125, 4004, 501],
	[1, 499, 0],
	[1, 500, 1],
])('%i g at %i ₫ a kilogram is %i ₫, a half rounded up', (weightGrams, unitPriceVnd, amount) => {
	expect(lineAmount({ kind: 'goods', material: 'mixed_paper', weightGrams, unitPriceVnd })).toBe(amount);
});

test('what differs is said in the reader’s language and figures', () => {
	const error = thrownBy(() =>
		checkSale(
			{
				id: '',
				cycleIds: ['c'],
				soldOn: '2026-11-22',
				dealer: 'Cô Hoa',
				lines: [{ kind: 'lump_sum', weightGrams: null, amountVnd: 60_000 }],
				cashReceivedVnd: 59_000,
				differenceReason: '',
				photoMissingReason: 'Máy hết pin',
			},
			false,
		),
	);
	expect(createTranslator('vi')(`errors:${error.key}`, error.values)).toMatch(/60\.000 ₫.*59\.000 ₫/);
	expect(createTranslator('en')(`errors:${error.key}`, error.values)).toMatch(/60,000 ₫.*59,000 ₫/);
});

test('materials of one group share a posting, and what has no group is unsorted', () => {
	const lines = ['a', 'b', 'c'].map((material) => ({
		kind: 'goods' as const,
		material,
		weightGrams: 1000,
		unitPriceVnd: 1000,
	}));
	const groupOf = (material: string) => (material === 'c' ? 'unheard of' : 'paper');
	expect(salePostings({ lines, cashReceivedVnd: 3000 }, groupOf)).toEqual([
		{ debit: 'cash', credit: 'income-paper', amountVnd: 2000 },
		{ debit: 'cash', credit: 'income-unsorted', amountVnd: 1000 },
	]);
});
