// Reversing an entry (đảo bút toán): who wrote such entries asks for it, who confirmed them confirms it.
import { findGrant, type Act, type Actor } from '#features/accounts/actor.ts';
import { DomainError } from '#lib/errors.ts';
import { moneyScopes } from './disbursement.ts';
import type { Entry } from './fund.ts';
import { changeOf, type EntryKind, type Posting } from './ledger.ts';

type Rights = { ask: Act; confirm: Act };
const STATEMENT: Rights = { ask: 'statement.record', confirm: 'statement.confirm' };
const RIGHTS: Partial<Record<EntryKind, Rights>> = {
	gift: STATEMENT,
	opening_balance: STATEMENT,
	bank_move: STATEMENT,
	cash_difference: { ask: 'cash-count.record', confirm: 'cash-count.confirm' },
	payment: { ask: 'disbursement.pay', confirm: 'disbursement.approve' },
};

export type ReversalInput = {
	/** Minted with the form. */
	id: string;
	entryId: string;
	/** Public, so without names. */
	reason: string;
};

/** By which rights an entry is reversed; whoever may not write a statement learns nothing of the rest. */
export const reversalRights = (kind: EntryKind): Rights => RIGHTS[kind] ?? STATEMENT;

type Reversible = Pick<Entry, 'kind' | 'reversedById'>;

/** A sale is reversed on its slip, its shares with it, a reversal never, and every entry once. Refuses with 409. */
export function checkReversible({ kind, reversedById }: Reversible): void {
	if (kind === 'reversal') throw new DomainError('CONFLICT', 'reversalOfReversal');
	if (kind === 'scrap_sale') throw new DomainError('CONFLICT', 'saleReversedOnSlip');
	if (!RIGHTS[kind]) throw new DomainError('CONFLICT', 'transferWithItsSale');
	if (reversedById !== null) throw new DomainError('CONFLICT', 'alreadyReversed');
}

export const isReversible = ({ kind, reversedById }: Reversible): boolean =>
	RIGHTS[kind] !== undefined && reversedById === null;

/** True when this person may ask for an entry's reversal. */
export const mayAskReversal = (actor: Actor | undefined, entry: Reversible & { fundId: string }): boolean =>
	isReversible(entry) &&
	findGrant(actor, reversalRights(entry.kind).ask, moneyScopes(entry.fundId)) !== undefined;

/** Which account would fall below zero when these postings are turned round, by how much it falls and what it holds. */
export function missingFor(
	postings: Posting[],
	fund: { cashVnd: number; bankVnd: number },
): { account: 'cash' | 'bank'; amountVnd: number; heldVnd: number } | undefined {
	for (const account of ['cash', 'bank'] as const) {
		const amountVnd = changeOf(account, postings);
		const heldVnd = account === 'cash' ? fund.cashVnd : fund.bankVnd;
		if (amountVnd > heldVnd) return { account, amountVnd, heldVnd };
	}
	return undefined;
}
