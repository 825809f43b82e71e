import type { Locale } from './i18n.ts';

/** Made once: to make one takes a hundred times as long as to use it. */
const numbers = { vi: new Intl.NumberFormat('vi-VN'), en: new Intl.NumberFormat('en-GB') };
const NO_BREAK_SPACE = '\u00a0';
const MINUS = '\u2212';

/** `1.250.000`, in English `1,250,000`. */
export const formatCount = (count: number, locale: Locale): string =>
	numbers[locale].format(count).replace('-', MINUS);

/** `1.250.000 ₫`, in English `1,250,000 ₫`; a no-break space before the sign. */
export const formatVnd = (amountVnd: number, locale: Locale): string =>
	`${formatCount(amountVnd, locale)}${NO_BREAK_SPACE}₫`;

/** The same with its sign always shown: `+486.500 ₫`, `−2.527.200 ₫`. */
export const formatSignedVnd = (amountVnd: number, locale: Locale): string =>
	`${amountVnd > 0 ? '+' : ''}${formatVnd(amountVnd, locale)}`;

/** Thousandths as a number: 12500 is `12,5`, in English `12.5`. */
export const formatMilli = (milli: number, locale: Locale): string => formatCount(milli / 1000, locale);

/** `12,5 kg` of 12500 grams. */
export const formatGrams = (grams: number, locale: Locale): string =>
	`${formatMilli(grams, locale)}${NO_BREAK_SPACE}kg`;

/** An estimated weight, to a tenth of a kilogram: `22,2 kg` of 22237 grams. */
export const formatEstimate = (grams: number, locale: Locale): string =>
	formatGrams(Math.round(grams / 100) * 100, locale);

const PIECE: Record<Locale, string> = { vi: 'cái', en: 'pcs' };

/** A quantity as it was typed, in thousandths of its unit: `12,5 kg`, `15 cái`. */
export const formatQuantity = (quantityMilli: number, unit: 'kg' | 'piece', locale: Locale): string =>
	`${formatMilli(quantityMilli, locale)}${NO_BREAK_SPACE}${unit === 'kg' ? 'kg' : PIECE[locale]}`;
