/**
 * The form in which two texts are compared when somebody searches: lower case, no tone or vowel marks,
 * đ as d, one space between words. `hoang dong` finds `Hoàng Đồng`, and uỷ and ủy are one.
 */
export function foldSearch(text: string): string {
	return text
		.normalize('NFD')
		.replace(/\p{M}+/gu, '')
		.toLowerCase()
		.replace(/[đð]/g, 'd')
		.replace(/\s+/g, ' ')
		.trim();
}

// Control characters, and the marks that turn the direction of text around (Trojan Source).
const INVISIBLE = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** One line as it is stored: NFC, no control characters, single spaces; '' stays ''. Cut at `max` characters. */
export function cleanText(text: string, { max }: { max: number }): string {
	const line = text.replace(/\s/gu, ' ').replace(INVISIBLE, '').replace(/ +/g, ' ').normalize('NFC').trim();
	return [...line].slice(0, max).join('').trim();
}

/** Like {@link cleanText} with its line breaks kept, two at most in a row. */
export function cleanMultiline(text: string, { max }: { max: number }): string {
	const lines = text
		.replace(/\r\n?/g, '\n')
		.split('\n')
		.map((line) => cleanText(line, { max }));
	return [
		...lines
			.join('\n')
			.replace(/\n{3,}/g, '\n\n')
			.trim(),
	]
		.slice(0, max)
		.join('')
		.trim();
}
