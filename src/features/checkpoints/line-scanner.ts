// Reads one line's bytes from left to right without making texts of them, because a book can have millions of lines.

const [QUOTE, HYPHEN, ZERO] = [0x22, 0x2d, 0x30];
const encoder = new TextEncoder();

/** By two bytes: the value of two lower-case hexadecimal digits, else -1. */
const HEX = new Int16Array(0x10000).fill(-1);
for (let value = 0; value < 0x100; value += 1) {
	const [high, low] = encoder.encode(value.toString(16).padStart(2, '0'));
	HEX[high! * 0x100 + low!] = value;
}

/** A UUID's 128 bits, 32 in each. */
export type Uuid = readonly [number, number, number, number];
/**
 * Bytes to compare with, from eight on as eight at a time, of which the last two may overlap. Eights are numbers:
 * those of visible ASCII are none that differ from themselves.
 */
export type Literal = { bytes: Uint8Array; eights: Float64Array };
/** By byte: whether it may stand in a word, and whether first in it. */
export type Signs = Uint8Array;
const [LATER, FIRST] = [1, 2];

export function literalOf(text: string): Literal {
	const bytes = encoder.encode(text);
	const view = new DataView(bytes.buffer, bytes.byteOffset);
	const length = bytes.length < 8 ? 0 : Math.ceil(bytes.length / 8);
	const eightAt = (_: unknown, at: number) => view.getFloat64(Math.min(at * 8, bytes.length - 8));
	return { bytes, eights: Float64Array.from({ length }, eightAt) };
}

/** Signs of words; those of `later` may not be a word's first. */
export function signsOf(first: string, later = ''): Signs {
	const signs = new Uint8Array(256);
	for (const byte of encoder.encode(later)) signs[byte] = LATER;
	for (const byte of encoder.encode(first)) signs[byte] = FIRST;
	return signs;
}

/** Words that came lately, each in the place that its length and ends give it; another one takes its place. */
const WORDS = 256;

/** After the first byte that does not fit, what is read means nothing; {@link finish} tells. */
export function createLineScanner() {
	let view = new DataView(new ArrayBuffer(0)) as DataView;
	let bytes = new Uint8Array() as Uint8Array;
	let at = 0;
	let end = 0;
	let isRight = true;
	const words = Array.from({ length: WORDS }, () => ({ literal: literalOf(''), text: '' }));

	const stands = ({ bytes: text, eights }: Literal, place: number): boolean => {
		if (place + text.length > end) return false;
		if (text.length < 8) {
			for (let index = 0; index < text.length; index += 1)
				if (bytes[place + index] !== text[index]) return false;
			return true;
		}
		const last = eights.length - 1;
		for (let index = 0; index < last; index += 1)
			if (view.getFloat64(place + index * 8) !== eights[index]) return false;
		return view.getFloat64(place + text.length - 8) === eights[last];
	};
	/** Passes over what has come when it is there. */
	const skipIf = (literal: Literal): boolean => {
		const isThere = stands(literal, at);
		if (isThere) at += literal.bytes.length;
		return isThere;
	};
	const skip = (literal: Literal): void => {
		if (!skipIf(literal)) isRight = false;
	};
	const skipByte = (byte: number): void => {
		if (bytes[at] !== byte) isRight = false;
		at += 1;
	};
	/** The number that digits make, as many as there are of them from `least` to `most`. */
	const digits = (least: number, most: number): number => {
		let [last, value] = [at, 0];
		for (let digit = bytes[last]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[last]! - ZERO) {
			value = value * 10 + digit;
			last += 1;
		}
		if (last - at < least || last - at > most) isRight = false;
		at = last;
		return value;
	};
	/** A whole number up to 2^53 - 1 without zeros before it. */
	const whole = (): number => {
		const value = digits(1, bytes[at] === ZERO ? 1 : 16);
		if (value > Number.MAX_SAFE_INTEGER) isRight = false;
		return value;
	};
	/** The last 32 bits of hexadecimal digits, an even number of them. */
	const hex = (count: number): number => {
		let [bits, wrong] = [0, 0];
		if (at + count > end) isRight = false;
		else
			for (let place = at; place < at + count; place += 2) {
				const value = HEX[view.getUint16(place)]!;
				wrong |= value;
				bits = (bits << 8) | value;
			}
		if (wrong < 0) isRight = false;
		at += count;
		return bits;
	};
	const hexPair = (): number => {
		const high = hex(4);
		skipByte(HYPHEN);
		return (high << 16) | hex(4);
	};
	const quotedUuid = (): Uuid => {
		skipByte(QUOTE);
		const first = hex(8);
		skipByte(HYPHEN);
		const second = hexPair();
		skipByte(HYPHEN);
		const third = hexPair();
		const fourth = hex(8);
		skipByte(QUOTE);
		return [first, second, third, fourth];
	};
	/** Passes over one word. */
	const pass = (signs: Signs): void => {
		let last = at;
		if (signs[bytes[last]!] !== FIRST) isRight = false;
		while (signs[bytes[last]!]! > 0) last += 1;
		at = last;
	};
	const word = (signs: Signs): string => {
		const start = at;
		pass(signs);
		if (!isRight || at > end) return '';
		const place = (bytes[start]! * 7 + bytes[at - 1]! * 31 + (at - start)) % WORDS;
		const known = words[place]!;
		if (known.literal.bytes.length === at - start && stands(known.literal, start)) return known.text;
		const text = new TextDecoder().decode(new Uint8Array(bytes.subarray(start, at)));
		words[place] = { literal: literalOf(text), text };
		return text;
	};
	return {
		/** Begins with the line that stands between two places. */
		begin(line: Uint8Array, from: number, until: number): void {
			if (line.buffer !== view.buffer) {
				view = new DataView(line.buffer);
				bytes = new Uint8Array(line.buffer);
			}
			at = line.byteOffset + from;
			end = line.byteOffset + until;
			isRight = true;
		},
		/** Whether all of the line was read, and all of it fitted. */
		finish: (): boolean => isRight && at === end,
		...{ skip, skipIf, digits, whole, hex, quotedUuid, pass, word },
		/** YYYY-MM-DD as the number YYYYMMDD. */
		day(): number {
			const year = digits(4, 4);
			skipByte(HYPHEN);
			const month = digits(2, 2);
			skipByte(HYPHEN);
			return (year * 100 + month) * 100 + digits(2, 2);
		},
		/** Passes over what a list's next item begins with; false where there is none. */
		isNext: (item: Literal): boolean => isRight && skipIf(item),
	};
}
