// Whatever somebody types is a quantity within its bounds or a refusal with a sentence; nothing else.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DomainError } from '#lib/errors.ts';
import { locales } from '#lib/i18n.ts';
import { formatCount, formatMilli, formatVnd } from '#lib/number-format.ts';
import {
	MAX_KG,
	MAX_PIECES,
	MAX_VND,
	parseCount,
	parseKgMilli,
	parsePiecesMilli,
	parseQuantityMilli,
	parseVnd,
} from '#lib/number-input.ts';

/** Texts that look like numbers often enough to come through. */
const typed = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 12 }),
	fc
		.array(
			fc.constantFrom(
				...'0123456789.,-−½¼ ',
				'kg',
				'lon',
				'₫',
				'đ',
				'５',
				'٥',
				'e',
				'+',
				'\u00a0',
				'.500',
				',000',
			),
			{ maxLength: 9 },
		)
		.map((parts) => parts.join('')),
);
const number = fc.oneof(
	fc.double(),
	fc.integer(),
	fc.integer({ min: 1, max: 6_000_000 }).map((milli) => milli / 1000),
);

const numRuns = 3000;

test.each<[string, (text: string) => number, { max: number; step: number }]>([
	['kilograms', (text) => parseKgMilli(text, 'q'), { max: MAX_KG * 1000, step: 1 }],
	['pieces', (text) => parsePiecesMilli(text, 'q'), { max: MAX_PIECES * 1000, step: 1000 }],
	['đồng', (text) => parseVnd(text, 'q'), { max: MAX_VND, step: 1 }],
	['people', (text) => parseCount(text, { min: 1, max: 500 }, 'q'), { max: 500, step: 1 }],
])('%s are within their bounds or refused', (_name, parse, { max, step }) => {
	let readCount = 0;
	const check = (text: string) => {
		let value: number;
		try {
			value = parse(text);
		} catch (error) {
			expect(error).toBeInstanceOf(DomainError);
			expect(error).toMatchObject({ kind: 'UNPROCESSABLE_CONTENT', field: 'q' });
			return;
		}
		readCount += 1;
		expect(Number.isSafeInteger(value)).toBe(true);
		expect(value).toBeGreaterThan(0);
		expect(value).toBeLessThanOrEqual(max);
		expect(value % step).toBe(0);
	};
	fc.assert(fc.property(typed, check), { numRuns });
	expect(readCount).toBeGreaterThan(10);
});

test('a JSON number is within its bounds or refused', () => {
	fc.assert(
		fc.property(number, fc.constantFrom('kg' as const, 'piece' as const), (quantity, unit) => {
			try {
				const milli = parseQuantityMilli(quantity, unit, 'q');
				expect(milli).toBeGreaterThan(0);
				expect(milli).toBeLessThanOrEqual((unit === 'kg' ? MAX_KG : MAX_PIECES) * 1000);
				expect(milli / 1000).toBeCloseTo(quantity, 8);
			} catch (error) {
				expect(error).toBeInstanceOf(DomainError);
			}
		}),
		{ numRuns },
	);
});

test.each(locales)('what the portal writes in %s it reads as the same', (locale) => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: MAX_VND }), (amount) => {
			expect(parseVnd(formatVnd(amount, locale), 'q')).toBe(amount);
		}),
		{ numRuns },
	);
	fc.assert(
		fc.property(fc.integer({ min: 1, max: MAX_PIECES }), (count) => {
			expect(parsePiecesMilli(formatCount(count, locale), 'q')).toBe(count * 1000);
			expect(parseCount(formatCount(count, locale), { min: 1, max: MAX_PIECES }, 'q')).toBe(count);
		}),
		{ numRuns },
	);
	fc.assert(
		fc.property(
			fc.oneof(
				fc.integer({ min: 1, max: MAX_KG * 1000 }),
				fc.integer({ min: 1, max: MAX_KG * 10 }).map((tenths) => tenths * 100),
				fc.integer({ min: 1, max: MAX_KG }).map((whole) => whole * 1000),
			),
			(milli) => {
				const text = formatMilli(milli, locale);
				// Three digits after one mark may mean two things, also when the portal wrote them.
				if (/^\d{1,3}[.,]\d{3}$/.test(text))
					expect(() => parseKgMilli(text, 'q')).toThrow('quantityAmbiguous');
				else expect(parseKgMilli(text, 'q')).toBe(milli);
			},
		),
		{ numRuns },
	);
});
