import { expect, test } from 'vitest';
import {
	formatCount,
	formatGrams,
	formatMilli,
	formatQuantity,
	formatSignedVnd,
	formatVnd,
} from '#lib/number-format.ts';

test.each([
	[0, '0', '0'],
	[999, '999', '999'],
	[1500, '1.500', '1,500'],
	[1_250_000, '1.250.000', '1,250,000'],
	[-2_527_200, '−2.527.200', '−2,527,200'],
])('%i is grouped by thousands in each language’s way', (count, vi, en) => {
	expect(formatCount(count, 'vi')).toBe(vi);
	expect(formatCount(count, 'en')).toBe(en);
	// The sign does not stand alone at the beginning of a line.
	expect(formatVnd(count, 'vi')).toBe(`${vi}\u00a0₫`);
	expect(formatVnd(count, 'en')).toBe(`${en}\u00a0₫`);
});

test('a change of money always shows its sign, and nothing has none', () => {
	expect(formatSignedVnd(486_500, 'vi')).toBe('+486.500\u00a0₫');
	expect(formatSignedVnd(-486_500, 'en')).toBe('−486,500\u00a0₫');
	expect(formatSignedVnd(0, 'vi')).toBe('0\u00a0₫');
});

test.each([
	[12_500, '12,5', '12.5'],
	[1, '0,001', '0.001'],
	[1_234_567, '1.234,567', '1,234.567'],
	[2000, '2', '2'],
	[-450, '−0,45', '−0.45'],
])('%i thousandths are %s', (milli, vi, en) => {
	expect(formatMilli(milli, 'vi')).toBe(vi);
	expect(formatMilli(milli, 'en')).toBe(en);
	expect(formatGrams(milli, 'vi')).toBe(`${vi}\u00a0kg`);
});

test('a quantity keeps the unit in which it was typed', () => {
	expect(formatQuantity(3_746_000, 'piece', 'vi')).toBe('3.746\u00a0cái');
	expect(formatQuantity(3_746_000, 'piece', 'en')).toBe('3,746\u00a0pcs');
	expect(formatQuantity(12_500, 'kg', 'vi')).toBe('12,5\u00a0kg');
	expect(formatQuantity(12_500, 'kg', 'en')).toBe('12.5\u00a0kg');
});
