// A statement (phiếu kê): money that comes by no sale, or moves between cash box and bank; one records, another confirms.
import type { StatementTable } from '#db/schema.ts';
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import { MAX_VND } from '#lib/number-input.ts';
import type { LocalDate } from '#lib/time.ts';
import { PURPOSES, type EntryKind, type EntryText, type Posting, type Purpose } from './ledger.ts';

export type StatementKind = StatementTable['kind'];
export const STATEMENT_KINDS: StatementKind[] = [
	'gift',
	'opening_balance',
	'bank_deposit',
	'bank_withdrawal',
];

export type StatementInput = {
	/** Minted with the form. */
	id: string;
	fundId: string;
	kind: StatementKind;
	happenedOn: LocalDate;
	/** Where the money of a gift or an opening balance lies. */
	account: 'cash' | 'bank';
	amountVnd: number;
	/** Public, so without names. */
	words: string;
	/** Who gave it, for the fund's own people; '' for none. */
	privateNote: string;
	/** What a gift was given for; null for anything. */
	purpose: Purpose | null;
	/** '' when there is a photo. */
	photoMissingReason: string;
};

/** A statement says what, when, how much and in which words. Refuses with 422, an unknown kind with 400. */
export function checkStatement(input: StatementInput, hasPhoto: boolean, today: LocalDate): void {
	const refuse = (key: DomainErrorKey, field: string): never => {
		throw new DomainError('UNPROCESSABLE_CONTENT', key, { field });
	};
	const unreadable = (field: string): never => {
		throw new DomainError('BAD_REQUEST', 'formUnreadable', { field });
	};
	if (!STATEMENT_KINDS.includes(input.kind)) unreadable('kind');
	if (!['cash', 'bank'].includes(input.account)) unreadable('account');
	if (input.purpose !== null && (input.kind !== 'gift' || !PURPOSES.includes(input.purpose)))
		unreadable('purpose');
	if (input.happenedOn > today) refuse('dateInFuture', 'happenedOn');
	if (!Number.isSafeInteger(input.amountVnd)) refuse('amountNotWhole', 'amount');
	if (input.amountVnd <= 0) refuse('amountNotPositive', 'amount');
	if (input.amountVnd > MAX_VND) refuse('amountTooLarge', 'amount');
	if (!input.words) refuse('wordsMissing', 'words');
	if (!hasPhoto && !input.photoMissingReason) refuse('paperMissing', 'photo');
}

/** How a confirmed statement is booked. */
export function statementEntry(
	statement: Pick<StatementTable, 'kind' | 'account' | 'amountVnd' | 'words' | 'purpose'>,
): { kind: EntryKind; postings: Posting[]; text: EntryText } {
	const { kind, account, amountVnd, words, purpose } = statement;
	if (kind === 'gift')
		return {
			kind,
			postings: [{ debit: account, credit: 'gift', amountVnd }],
			text: { kind: 'gift', words, purpose },
		};
	if (kind === 'opening_balance')
		return {
			kind,
			postings: [{ debit: account, credit: 'opening-balance', amountVnd }],
			text: { kind: 'statement', words },
		};
	const to = kind === 'bank_deposit' ? 'bank' : 'cash';
	return {
		kind: 'bank_move',
		postings: [{ debit: to, credit: to === 'bank' ? 'cash' : 'bank', amountVnd }],
		text: { kind: 'bank_move', to, amountVnd, words },
	};
}
