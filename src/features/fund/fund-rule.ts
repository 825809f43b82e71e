// A fund's rule (quy chế quỹ): what an owner may decide otherwise, from a day on; recorded and public.
import type { FundRuleTable } from '#db/schema.ts';
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import { MAX_VND, parseVnd } from '#lib/number-input.ts';
import { parseLocalDate, type LocalDate } from '#lib/time.ts';

/** A part of what each sale earns, for another fund. */
export type Share = { fundId: string; percent: number };
export type NamedShare = Share & { code: string; nameVi: string; nameEn: string };

export type FundRule = FundRuleTable & { shares: NamedShare[] };

export type RuleInput = {
	/** Minted with the form. */
	id: string;
	fundId: string;
	validFrom: LocalDate;
	/** Above it two approvers; null: one, whatever the amount. */
	twoApproversAboveVnd: number | null;
	saleRecorder: FundRuleTable['saleRecorder'];
	/** By which day of the next month the board sheet hangs; null: no day is set. */
	boardDueDay: number | null;
	shares: Share[];
};

/** Rows for shares in the form. */
export const MAX_SHARES = 4;
export const MAX_DUE_DAY = 28;

const wholeNumber = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN);

/** A rule as its form was typed; a row of shares without fund and percent does not count. Refuses with 422. */
export function readRule(form: FormData): Omit<RuleInput, 'id' | 'fundId'> {
	const textOf = (name: string) => {
		const value = form.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	const validFrom = parseLocalDate(textOf('validFrom'));
	if (!validFrom) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'validFrom' });
	const shares: Share[] = [];
	for (let row = 0; row < MAX_SHARES; row += 1) {
		const [fundId, percent] = [textOf(`share-${row}`), textOf(`percent-${row}`).replace(/\s*%$/, '')];
		if (fundId === '' && percent === '') continue;
		if (fundId === '')
			throw new DomainError('UNPROCESSABLE_CONTENT', 'shareFundMissing', { field: `share-${row}` });
		// Rows move up, so a wrong percent is refused in its own row here.
		const value = wholeNumber(percent);
		if (!(value >= 1 && value <= 99))
			throw new DomainError('UNPROCESSABLE_CONTENT', 'percentInvalid', { field: `percent-${row}` });
		shares.push({ fundId, percent: value });
	}
	return {
		validFrom,
		twoApproversAboveVnd: textOf('limit') === '' ? null : parseVnd(textOf('limit'), 'limit'),
		saleRecorder: textOf('recorder') as RuleInput['saleRecorder'],
		boardDueDay: textOf('dueDay') === '' ? null : wholeNumber(textOf('dueDay')),
		shares,
	};
}

/** How many approvers a request of this amount needs; one while the fund has no rule. */
export const requiredApprovals = (
	rule: Pick<FundRuleTable, 'twoApproversAboveVnd'> | undefined,
	amountVnd: number,
): 1 | 2 => {
	const limit = rule?.twoApproversAboveVnd ?? null;
	return limit !== null && amountVnd > limit ? 2 : 1;
};

/** What each fund gets of a sale's cash, in whole đồng rounded down; a part of less than one đồng is none. */
export const shareOut = <S extends Share>(cashVnd: number, shares: S[]): (S & { amountVnd: number })[] =>
	shares
		.map((share) => ({ ...share, amountVnd: Math.floor((cashVnd * share.percent) / 100) }))
		.filter((share) => share.amountVnd > 0);

const refuse = (key: DomainErrorKey, field: string, values: Record<string, number> = {}): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field, values });
};

/**
 * A rule begins today or later, a change of one tomorrow or later: whoever changes it cannot use it on the same day.
 * Refuses with 422.
 */
export function checkRuleDay(
	validFrom: LocalDate,
	{ today, isFirst }: { today: LocalDate; isFirst: boolean },
): void {
	if (validFrom < today) refuse('ruleInPast', 'validFrom');
	if (!isFirst && validFrom === today) refuse('ruleFromTomorrow', 'validFrom');
}

/** Limit, day and shares can be kept. Refuses with 422. */
export function checkRule(input: RuleInput): void {
	const { twoApproversAboveVnd: limit, boardDueDay, shares } = input;
	if (limit !== null) {
		if (!Number.isSafeInteger(limit)) refuse('amountNotWhole', 'limit');
		if (limit <= 0) refuse('amountNotPositive', 'limit');
		if (limit > MAX_VND) refuse('amountTooLarge', 'limit');
	}
	const isDay = (day: number) => Number.isInteger(day) && day >= 1 && day <= MAX_DUE_DAY;
	if (boardDueDay !== null && !isDay(boardDueDay)) refuse('dueDayInvalid', 'dueDay', { max: MAX_DUE_DAY });
	if (!['steward_or_treasurer', 'treasurer'].includes(input.saleRecorder))
		refuse('formUnreadable', 'recorder');
	for (const [index, { fundId, percent }] of shares.entries()) {
		const isPercent = Number.isInteger(percent) && percent >= 1 && percent <= 99;
		if (!isPercent) refuse('percentInvalid', `percent-${index}`);
		if (fundId === input.fundId) refuse('shareOwnFund', `share-${index}`);
		if (shares.findIndex((each) => each.fundId === fundId) !== index) refuse('shareTwice', `share-${index}`);
	}
	const total = shares.reduce((sum, share) => sum + share.percent, 0);
	if (total > 99) refuse('sharesTooLarge', `percent-${shares.length - 1}`, { total });
}
