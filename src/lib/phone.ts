/**
 * A Vietnamese number in E.164, or undefined: `0912 345 678`, `+84 912.345.678` and `84912345678` are one.
 * Mobile numbers have nine digits after the 0, fixed ones begin with 02 and have nine or ten (Circular
 * 22/2014/TT-BTTTT). Dashes and the invisible marks that a copied contact carries do not count.
 */
export function parsePhone(text: string): string | undefined {
	const digits = text.normalize('NFKC').replace(/[\s.()\p{Pd}\p{Cf}]/gu, '');
	const national = /^(?:\+84|84|0)([35789]\d{8}|2\d{8,9})$/.exec(digits)?.[1];
	return national === undefined ? undefined : `+84${national}`;
}

/** A number as it is dialled here, without spaces: `0912345678`. */
export const toNationalPhone = (e164: string): string => e164.replace(/^\+84/, '0');

/** A number as people here write it: `0912 345 678`. */
export const formatPhone = (e164: string): string =>
	toNationalPhone(e164).replace(/^(0\d{3})(\d{3})(\d+)$/, '$1 $2 $3');
