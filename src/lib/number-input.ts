// Numbers as people in Vietnam type them; the same rules in both languages and in files (product.md).
import { DomainError, type DomainErrorKey } from './errors.ts';

/** More than any house holds between two sales. */
export const MAX_KG = 5_000;
export const MAX_PIECES = 100_000;
export const MAX_VND = 1_000_000_000_000;

const refuse = (key: DomainErrorKey, field: string, values: Record<string, string | number> = {}): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field, values });
};

/** Trims, and reads full-width digits and the Unicode minus as their plain forms. */
const plain = (text: string) =>
	text
		.normalize('NFKC')
		.replace(/\u2212/g, '-')
		.trim();

/** Thousands grouped by points or by commas; a group never begins with 0. */
const GROUPED = /^[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+)$/;

function checkSign(text: string, field: string): void {
	if (text === '') refuse('quantityMissing', field);
	if (/^-/.test(text) || /^[0.,\s]+$/.test(text)) refuse('quantityNotPositive', field);
}

const FRACTIONS: Record<string, number> = { '½': 500, '¼': 250, '¾': 750 };

/**
 * Kilograms in thousandths. `12,5` and `12.5` are one; `1.500` is refused with a question, because it may
 * mean 1,5 kg or 1.500 kg; `1.234,5` is clear. At most three decimals. Refuses with 422.
 */
export function parseKgMilli(raw: string, field: string, maxKg = MAX_KG): number {
	const fraction = /^(\d{0,4})\s*([½¼¾])\s*(?:kg)?$/i.exec(raw.trim());
	const milli = fraction
		? Number(fraction[1] || 0) * 1000 + FRACTIONS[fraction[2]!]!
		: parseDecimalMilli(raw, field);
	if (milli > maxKg * 1000) refuse('quantityTooLarge', field, { max: maxKg });
	return milli;
}

/** Grams as a field of kilograms takes them: `9,5`; with three decimals thousands are grouped, `1.234,567`. */
export function formatKgInput(grams: number): string {
	const [whole, rest] = String(grams / 1000).split('.') as [string, string | undefined];
	if (rest === undefined) return whole;
	return `${rest.length === 3 ? whole.replace(/\B(?=(\d{3})+$)/g, '.') : whole},${rest}`;
}

function parseDecimalMilli(raw: string, field: string): number {
	const text = plain(raw).replace(/\s*(kg|ki-?l[oô]|cân)\.?$/iu, '');
	checkSign(text, field);
	if (/^\d{1,3}[.,]\d{3}$/.test(text)) {
		const [whole, rest] = text.split(/[.,]/) as [string, string];
		refuse('quantityAmbiguous', field, {
			small: Number(`${whole}.${rest}`),
			large: Number(`${whole}${rest}`),
		});
	}
	const grouped =
		/^([1-9]\d{0,2}(?:\.\d{3})+),(\d{1,3})$/.exec(text) ??
		/^([1-9]\d{0,2}(?:,\d{3})+)\.(\d{1,3})$/.exec(text);
	const simple = /^(\d+)(?:[.,](\d{1,2}))?$/.exec(text);
	const match = grouped ?? simple;
	if (!match) return refuse('quantityNotNumber', field);
	const milli = Number(match[1]!.replace(/[.,]/g, '')) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
	if (milli === 0) refuse('quantityNotPositive', field);
	return milli;
}

/** A whole number in which points or commas may group thousands: `1.500` is 1500; `1,5` is refused. */
function parseGrouped(text: string, field: string): number {
	if (GROUPED.test(text)) return Number(text.replace(/[.,]/g, ''));
	if (/^\d+[.,]\d+$/.test(text)) refuse('quantityNotWhole', field);
	if (!/^\d+$/.test(text)) refuse('quantityNotNumber', field);
	return Number(text);
}

/** Pieces in thousandths (always a multiple of 1000). Refuses with 422. */
export function parsePiecesMilli(raw: string, field: string): number {
	const text = plain(raw).replace(/\s*(cái|vỏ|chai|lon|hộp|pcs|pieces?)$/iu, '');
	checkSign(text, field);
	const count = parseGrouped(text, field);
	if (count === 0) refuse('quantityNotPositive', field);
	if (count > MAX_PIECES) refuse('piecesTooLarge', field, { max: MAX_PIECES });
	return count * 1000;
}

/** A positive amount in đồng; `1.250.000 ₫`, `1,250,000` and `1250000` are one. Refuses with 422. */
export function parseVnd(raw: string, field: string): number {
	const text = plain(raw).replace(/\s*(₫|đ|đồng|vnd|vnđ)\.?$/iu, '');
	if (text === '') refuse('amountMissing', field);
	if (/^-/.test(text) || /^[0.,\s]+$/.test(text)) refuse('amountNotPositive', field);
	if (!GROUPED.test(text) && !/^\d+$/.test(text)) refuse('amountNotWhole', field);
	const amount = parseGrouped(text, field);
	if (amount > MAX_VND) refuse('amountTooLarge', field);
	return amount;
}

/**
 * A whole number between two bounds, such as a head count. Refuses with 422; `outOfRange` is the sentence that names
 * what is counted.
 */
export function parseCount(
	raw: string,
	{ min, max }: { min: number; max: number },
	field: string,
	outOfRange: DomainErrorKey = 'countOutOfRange',
): number {
	const text = plain(raw);
	if (text === '') refuse('countMissing', field);
	const count = /^-?\d+$/.test(text)
		? Number(text)
		: GROUPED.test(text)
			? parseGrouped(text, field)
			: Number.NaN;
	if (Number.isNaN(count)) refuse('countNotNumber', field);
	if (count < min || count > max) refuse(outOfRange, field, { min, max });
	return count;
}

/** A quantity in thousandths of its unit; a number has one meaning, a text is read as people type it. */
export function parseQuantityMilli(quantity: number | string, unit: 'kg' | 'piece', field: string): number {
	if (typeof quantity === 'string')
		return unit === 'kg' ? parseKgMilli(quantity, field) : parsePiecesMilli(quantity, field);
	const milli = Math.round(quantity * 1000);
	if (milli <= 0) refuse('quantityNotPositive', field);
	if (unit === 'kg' && milli > MAX_KG * 1000) refuse('quantityTooLarge', field, { max: MAX_KG });
	if (unit === 'piece' && milli > MAX_PIECES * 1000) refuse('piecesTooLarge', field, { max: MAX_PIECES });
	if (!(Math.abs(quantity * 1000 - milli) <= 1e-6)) refuse('quantityNotNumber', field);
	if (unit === 'piece' && milli % 1000 !== 0) refuse('quantityNotWhole', field);
	return milli;
}
