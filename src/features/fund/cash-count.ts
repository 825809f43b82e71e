// A cash count (kiểm quỹ): what lies in the box beside what the book says; a difference is explained, never hidden.
import { DomainError } from '#lib/errors.ts';
import { MAX_VND, parseVnd } from '#lib/number-input.ts';
import type { LocalDate } from '#lib/time.ts';

export type CashCountInput = {
	/** Minted with the form. */
	id: string;
	fundId: string;
	countedOn: LocalDate;
	countedVnd: number;
	/** Why box and book differ; '' when they do not. */
	reason: string;
};

/** An empty box is counted too. Refuses with 422. */
export const parseCounted = (text: string, field: string): number =>
	/^0+\s*(₫|đ|đồng)?$/iu.test(text.trim()) ? 0 : parseVnd(text, field);

/** What was counted can be kept. Refuses with 422. */
export function checkCount({ countedOn, countedVnd }: CashCountInput, today: LocalDate): void {
	const field = 'counted';
	if (countedOn > today)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'countedOn' });
	if (!Number.isSafeInteger(countedVnd))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'amountNotWhole', { field });
	if (countedVnd < 0) throw new DomainError('UNPROCESSABLE_CONTENT', 'countNegative', { field });
	if (countedVnd > MAX_VND) throw new DomainError('UNPROCESSABLE_CONTENT', 'amountTooLarge', { field });
}
