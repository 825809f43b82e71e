import { describe, expect, test } from 'vitest';
import { DomainError } from '#lib/errors.ts';
import {
	parseCount,
	parseKgMilli,
	parsePiecesMilli,
	parseQuantityMilli,
	parseVnd,
} from '#lib/number-input.ts';

const keyOf = (work: () => unknown): string => {
	try {
		return `read as ${String(work())}`;
	} catch (error) {
		return error instanceof DomainError ? error.key : String(error);
	}
};

describe('kilograms', () => {
	test.each([
		['2', 2000],
		['12,5', 12_500],
		['12.5', 12_500],
		['12,50', 12_500],
		[' 2 kg ', 2000],
		['½', 500],
		['1½', 1500],
		['1.234,5', 1_234_500],
		['1,234.5', 1_234_500],
		['２', 2000],
	])('%s is read', (text, milli) => expect(parseKgMilli(text, 'q')).toBe(milli));

	test.each([
		['', 'quantityMissing'],
		['0', 'quantityNotPositive'],
		['0,0', 'quantityNotPositive'],
		['-3', 'quantityNotPositive'],
		['−3', 'quantityNotPositive'],
		['1.500', 'quantityAmbiguous'],
		['1,500', 'quantityAmbiguous'],
		['1.500 kg', 'quantityAmbiguous'],
		['hai', 'quantityNotNumber'],
		['1e3', 'quantityNotNumber'],
		['NaN', 'quantityNotNumber'],
		['1,2345', 'quantityNotNumber'],
		['99999', 'quantityTooLarge'],
		['9999½', 'quantityTooLarge'],
		['999999999999999999999', 'quantityTooLarge'],
		['999999999999999999999,5', 'quantityTooLarge'],
		['0.500,5', 'quantityNotNumber'],
		['1.500.5', 'quantityNotNumber'],
		["1'; drop table drop_off; --", 'quantityNotNumber'],
	])('%s is refused', (text, key) => expect(keyOf(() => parseKgMilli(text, 'q'))).toBe(key));
});

test.each([
	['15', 15_000],
	['1.500', 1_500_000],
	['1,500', 1_500_000],
	['15 lon', 15_000],
])('%s pieces are read', (text, milli) => expect(parsePiecesMilli(text, 'q')).toBe(milli));

test.each([
	['1,5', 'quantityNotWhole'],
	['0.500', 'quantityNotWhole'],
	['0', 'quantityNotPositive'],
	['1.500,000', 'quantityNotNumber'],
	['200000', 'piecesTooLarge'],
	['999999999999999999999', 'piecesTooLarge'],
])('%s pieces are refused', (text, key) => expect(keyOf(() => parsePiecesMilli(text, 'q'))).toBe(key));

test.each([
	['1.250.000 ₫', 1_250_000],
	['1,250,000', 1_250_000],
	['486500đ', 486_500],
])('%s is an amount', (text, amount) => expect(parseVnd(text, 'a')).toBe(amount));

test.each([
	['', 'amountMissing'],
	['0', 'amountNotPositive'],
	['-5', 'amountNotPositive'],
	['1,5', 'amountNotWhole'],
	['0.500', 'amountNotWhole'],
	['1.250,000', 'amountNotWhole'],
	['ba trăm', 'amountNotWhole'],
	['9007199254740993', 'amountTooLarge'],
	['999999999999999999999', 'amountTooLarge'],
	['999.999.999.999.999.999.999 ₫', 'amountTooLarge'],
])('%s is no amount', (text, key) => expect(keyOf(() => parseVnd(text, 'a'))).toBe(key));

test('a JSON number has one meaning', () => {
	expect(parseQuantityMilli(1.125, 'kg', 'q')).toBe(1125);
	expect(keyOf(() => parseQuantityMilli(1.5, 'piece', 'q'))).toBe('quantityNotWhole');
	expect(keyOf(() => parseQuantityMilli(-1, 'kg', 'q'))).toBe('quantityNotPositive');
	expect(keyOf(() => parseQuantityMilli(0.0001, 'kg', 'q'))).toBe('quantityNotPositive');
	expect(keyOf(() => parseQuantityMilli(1.0005, 'kg', 'q'))).toBe('quantityNotNumber');
	expect(keyOf(() => parseQuantityMilli(Infinity, 'kg', 'q'))).toBe('quantityTooLarge');
	expect(keyOf(() => parseQuantityMilli(Number.NaN, 'kg', 'q'))).toBe('quantityNotNumber');
});

test('a head count keeps to its bounds', () => {
	expect(parseCount('25', { min: 1, max: 50 }, 'n')).toBe(25);
	expect(keyOf(() => parseCount(' ', { min: 1, max: 50 }, 'n'))).toBe('countMissing');
	expect(keyOf(() => parseCount('0', { min: 1, max: 50 }, 'n'))).toBe('countOutOfRange');
	expect(keyOf(() => parseCount('10.000', { min: 1, max: 50 }, 'n'))).toBe('countOutOfRange');
	expect(keyOf(() => parseCount('999999999999999999999', { min: 1, max: 50 }, 'n'))).toBe('countOutOfRange');
	expect(keyOf(() => parseCount('1.000,000', { min: 1, max: 50 }, 'n'))).toBe('countNotNumber');
	expect(keyOf(() => parseCount('x', { min: 1, max: 50 }, 'n'))).toBe('countNotNumber');
});
