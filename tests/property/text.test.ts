// Texts that are compared, stored and hashed: every way of writing one thing is one thing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanMultiline, cleanText, foldSearch } from '#lib/fold.ts';
import { canonicalJson, type Canonical } from '#lib/hash.ts';

const VIETNAMESE =
	'aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ AĐ\n\u00a0';
const text = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 40 }),
	fc.string({ unit: 'binary', maxLength: 20 }),
	fc.array(fc.constantFrom(...VIETNAMESE), { maxLength: 40 }).map((letters) => letters.join('')),
	fc
		.array(
			fc.constantFrom('a', ' ', '\n', '\r', '\t', '\u200b', '\u202e', '\u0301', '\u0000', '\ufeff', '\u0085'),
			{
				maxLength: 12,
			},
		)
		.map((parts) => parts.join('')),
);
const numRuns = 3000;

test('a folded text folds to itself, and its composed and decomposed forms fold alike', () => {
	fc.assert(
		fc.property(text, (each) => {
			const folded = foldSearch(each);
			expect(foldSearch(folded)).toBe(folded);
			expect(foldSearch(each.normalize('NFC'))).toBe(folded);
			expect(foldSearch(each.normalize('NFD'))).toBe(folded);
		}),
		{ numRuns },
	);
});

test('capitals, tone marks and where they stand make no difference to a search', () => {
	const pairs = [
		['uỷ', 'ủy'],
		['thuỷ', 'thủy'],
		['hoà', 'hòa'],
		['khoẻ', 'khỏe'],
	] as const;
	const words = fc
		.array(fc.constantFrom(...VIETNAMESE.trim()), { maxLength: 10 })
		.map((each) => each.join(''));
	fc.assert(
		fc.property(words, fc.constantFrom(...pairs), words, (before, [modern, old], after) => {
			const folded = foldSearch(`${before}${modern}${after}`);
			expect(foldSearch(`${before}${old}${after}`)).toBe(folded);
			expect(foldSearch(`${before}${old}${after}`.toUpperCase())).toBe(folded);
			expect(folded).toMatch(/^[a-z ]*$/);
		}),
		{ numRuns },
	);
});

test('a stored line is in one piece, within its length, and stays as it is when it is stored again', () => {
	fc.assert(
		fc.property(text, fc.integer({ min: 1, max: 40 }), (each, max) => {
			const stored = cleanText(each, { max });
			expect(cleanText(stored, { max })).toBe(stored);
			expect([...stored].length).toBeLessThanOrEqual(max);
			expect(stored).toBe(stored.normalize('NFC').trim());
			expect(stored).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]| {2}/u);
		}),
		{ numRuns },
	);
});

test('a stored paragraph stays as it is when it is stored again', () => {
	fc.assert(
		fc.property(text, fc.integer({ min: 1, max: 40 }), (each, max) => {
			const stored = cleanMultiline(each, { max });
			expect(cleanMultiline(stored, { max })).toBe(stored);
			expect([...stored].length).toBeLessThanOrEqual(max);
			expect(stored).not.toMatch(/\n{3}|\r/);
		}),
		{ numRuns },
	);
});

const { value } = fc.letrec<{ value: Canonical; object: Record<string, Canonical> }>((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small' },
		fc.string({ unit: 'grapheme' }).map((each) => each.normalize('NFC')),
		fc.maxSafeInteger(),
		fc.boolean(),
		fc.constant(null),
		fc.array(tie('value'), { maxLength: 4 }),
		tie('object'),
	),
	object: fc.dictionary(fc.string({ unit: 'grapheme-ascii', maxLength: 4 }), tie('value'), {
		maxKeys: 5,
		noNullPrototype: true,
	}),
}));

/** The same value with the keys of every object in another order. */
function reversed(each: Canonical): Canonical {
	if (Array.isArray(each)) return each.map((item: Canonical) => reversed(item));
	if (each === null || typeof each !== 'object') return each;
	return Object.fromEntries(
		Object.entries(each)
			.reverse()
			.map(([key, item]) => [key, reversed(item as Canonical)]),
	);
}

test('the canonical text says the value, whatever the order of its keys', () => {
	fc.assert(
		fc.property(value, (each) => {
			const written = canonicalJson(each);
			expect(canonicalJson(reversed(each))).toBe(written);
			const back = JSON.parse(written) as Canonical;
			expect(back).toEqual(each === 0 ? 0 : each);
			expect(canonicalJson(back)).toBe(written);
		}),
		{ numRuns: 1000 },
	);
});

test('the composed and the decomposed form of a text have one canonical text', () => {
	fc.assert(
		fc.property(text, (each) => {
			expect(canonicalJson(each.normalize('NFD'))).toBe(canonicalJson(each.normalize('NFC')));
			expect(canonicalJson({ a: [each.normalize('NFD')] })).toBe(
				canonicalJson({ a: [each.normalize('NFC')] }),
			);
		}),
	);
});
