// How far the scale may differ from what a house's people declared, in per cent, from a day on.
import { DomainError } from '#lib/errors.ts';
import type { LocalDate } from '#lib/time.ts';

export type VarianceLimitInput = {
	/** Minted with the form. */
	id: string;
	greenHouseCode: string;
	percent: number;
	validFrom: LocalDate;
};

/** `15` or `15 %`; anything else is no number. */
export const readPercent = (text: string): number => {
	const digits = text.trim().replace(/\s*%$/, '');
	return /^\d{1,3}$/.test(digits) ? Number(digits) : Number.NaN;
};

/** A limit lies between 1 and 100 per cent and begins tomorrow or later. Refuses with 422. */
export function checkVarianceLimit({ percent, validFrom }: VarianceLimitInput, today: LocalDate): void {
	if (!(Number.isInteger(percent) && percent >= 1 && percent <= 100))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'limitInvalid', { field: 'percent' });
	if (validFrom <= today)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'limitFromTomorrow', { field: 'validFrom' });
}
