import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson, sha256Hex, type Canonical } from '#lib/hash.ts';

test('SHA-256 is that of the text in UTF-8', () => {
	// FIPS 180-4, "abc".
	expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
	expect(sha256Hex('Quỹ')).toBe(createHash('sha256').update(Buffer.from('Quỹ', 'utf8')).digest('hex'));
	expect(sha256Hex(new TextEncoder().encode('Quỹ'))).toBe(sha256Hex('Quỹ'));
});

test.each<[Canonical, string]>([
	[{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
	[{ B: 1, a: 2, Z: 3 }, '{"B":1,"Z":3,"a":2}'],
	[{ '10': 1, '9': 2 }, '{"10":1,"9":2}'],
	[{ a: undefined, b: {} }, '{"b":{}}'],
	[-0, '0'],
	[[-1, 9_007_199_254_740_991], '[-1,9007199254740991]'],
	['Quỹ'.normalize('NFD'), '"Quỹ"'],
	['"\\\n\u2028/', '"\\"\\\\\\n\u2028/"'],
	[[], '[]'],
])('%j is written as %s', (value, text) => expect(canonicalJson(value)).toBe(text));

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)])(
	'%d is refused, because others may write it otherwise',
	(value) => {
		expect(() => canonicalJson(value)).toThrow(RangeError);
		expect(() => canonicalJson({ deep: [value] })).toThrow(RangeError);
	},
);
