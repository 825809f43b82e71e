// What a printed sheet says of the book: how many entries and the root over them, as a code that is scanned or typed.
import { fromBase64, toBase64 } from './signed-note.ts';

/** Crockford's base 32: no I, L, O and U, which are misread. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 100 bits of the root: nobody finds another book with the same by trying. */
const TYPED_LETTERS = 20;
const GROUP = 5;
const BITS = 5;

/** The first hundred bits of a root in four groups of five letters. */
function typedRoot(root: Uint8Array): string {
	let text = '';
	for (let at = 0; at < TYPED_LETTERS; at += 1) {
		const bit = at * BITS;
		const two = (root[bit >> 3]! << 8) | (root[(bit >> 3) + 1] ?? 0);
		text += LETTERS[(two >> (16 - BITS - (bit & 7))) & 31];
		if (at % GROUP === GROUP - 1 && at < TYPED_LETTERS - 1) text += '-';
	}
	return text;
}

/** `214-Q2H7K-…`: what is typed from a sheet. */
export const typedCode = (size: number, root: Uint8Array): string => `${size}-${typedRoot(root)}`;

/** `214-Yk0c3m…`: what a sheet's QR code carries, with the whole root in base64url. */
export const scannedCode = (size: number, root: Uint8Array): string =>
	`${size}-${toBase64(root).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;

/** A sheet's code: either the whole root, or its first hundred bits as {@link typedRoot} writes them. */
export type SheetCode = { size: number; root: Uint8Array | undefined; typed: string };

/** Reads either code, however it was typed; undefined when it is none. */
export function parseSheetCode(text: string): SheetCode | undefined {
	const [, digits, rest] = /^\s*([1-9]\d{0,9})\s*[-–—:. ]\s*(\S[\s\S]*?)\s*$/.exec(text) ?? [];
	if (digits === undefined || rest === undefined) return undefined;
	const size = Number(digits);
	if (/^[A-Za-z0-9_-]{43}$/.test(rest)) {
		const root = fromBase64(`${rest.replaceAll('-', '+').replaceAll('_', '/')}=`);
		return root?.length === 32 ? { size, root, typed: typedRoot(root) } : undefined;
	}
	const letters = rest
		.toUpperCase()
		.replace(/[\s\-–—.]/g, '')
		.replaceAll('O', '0')
		.replace(/[IL]/g, '1');
	if (letters.length !== TYPED_LETTERS || ![...letters].every((letter) => LETTERS.includes(letter)))
		return undefined;
	return { size, root: undefined, typed: letters.replace(/.{5}(?=.)/g, '$&-') };
}

/** True when a root is the one that the code stands for. */
export const isRootOfCode = (code: SheetCode, root: Uint8Array): boolean =>
	code.root ? toBase64(code.root) === toBase64(root) : typedRoot(root) === code.typed;
