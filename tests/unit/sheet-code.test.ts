import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRootOfCode, parseSheetCode, scannedCode, typedCode } from '#features/checkpoints/sheet-code.ts';

const root = fc.uint8Array({ minLength: 32, maxLength: 32 });
const size = fc.integer({ min: 1, max: 9_999_999_999 });

test('both codes of a sheet stand for its size and its root', () => {
	fc.assert(
		fc.property(size, root, (count, hash) => {
			for (const text of [typedCode(count, hash), scannedCode(count, hash)]) {
				const code = parseSheetCode(text)!;
				expect(code.size).toBe(count);
				expect(isRootOfCode(code, hash)).toBe(true);
			}
		}),
	);
});

test('a root that differs in its first hundred bits is another one', () => {
	fc.assert(
		fc.property(root, fc.nat(99), (hash, bit) => {
			const other = Uint8Array.from(hash);
			other[bit >> 3]! ^= 128 >> (bit & 7);
			for (const text of [typedCode(5, hash), scannedCode(5, hash)])
				expect(isRootOfCode(parseSheetCode(text)!, other)).toBe(false);
		}),
	);
});

test('a code is read however it was typed from the paper', () => {
	const hash = new Uint8Array(32).map((_, index) => index * 9);
	const typed = typedCode(214, hash);
	const ways = [
		typed.toLowerCase(),
		typed.replaceAll('-', ' '),
		typed.replaceAll('-', ' – '),
		` ${typed.replace(/(?<=-.*)-/g, '')} `,
		`214-${typed.slice(4).replaceAll('0', 'o').replaceAll('1', 'l')}`,
	];
	for (const text of ways) expect([text, parseSheetCode(text)]).toEqual([text, parseSheetCode(typed)]);
});

test.each([
	'',
	'214',
	'214-',
	'0-AAAAA-AAAAA-AAAAA-AAAAA',
	'214-AAAAA',
	'214-UUUUU-AAAAA-AAAAA-AAAAA',
	'abc-def',
])('“%s” is no code', (text) => {
	expect(parseSheetCode(text)).toBeUndefined();
});
