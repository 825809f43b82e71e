// A payment out of a fund (đề nghị chi): asked for by one person, approved by a second, paid by the treasurer.
import { findGrant, maySeeKind, type Actor, type Scope } from '#features/accounts/actor.ts';
import { DomainError } from '#lib/errors.ts';
import { MAX_VND } from '#lib/number-input.ts';
import type { DisbursementTable } from '#db/schema.ts';
import { requiredApprovals } from './fund-rule.ts';
import { PURPOSES, SMALLEST_GROUP, type EntryText, type Purpose } from './ledger.ts';

/** A request with its fund and its requester's name, for people with a part in the fund only. */
export type Disbursement = DisbursementTable & {
	fundCode: string;
	fundNameVi: string;
	fundNameEn: string;
	fundWardId: string | null;
	requesterName: string;
	/** By the rule of the day of the request; null: one approver, whatever the amount. */
	twoApproversAboveVnd: number | null;
};

export type DisbursementInput = {
	/** Minted with the form. */
	id: string;
	fundId: string;
	purpose: Purpose;
	/** For the people who decide; never public. */
	description: string;
	amountVnd: number;
	beneficiaryCount: number;
	/** The ward that the people live in; shown only from {@link SMALLEST_GROUP} people on. */
	adminUnitId: string | null;
};

export const MAX_BENEFICIARIES = 100_000;

/** A request says what for, how much and for how many. Refuses with 422, an unknown purpose with 400. */
export function checkDisbursement(input: DisbursementInput): void {
	const { purpose, description, amountVnd, beneficiaryCount } = input;
	if (!PURPOSES.includes(purpose))
		throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'purpose' });
	if (!description)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'descriptionMissing', { field: 'description' });
	if (!Number.isSafeInteger(amountVnd))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'amountNotWhole', { field: 'amount' });
	if (amountVnd <= 0)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'amountNotPositive', { field: 'amount' });
	if (amountVnd > MAX_VND)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'amountTooLarge', { field: 'amount' });
	if (
		!Number.isSafeInteger(beneficiaryCount) ||
		beneficiaryCount < 1 ||
		beneficiaryCount > MAX_BENEFICIARIES
	) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'countOutOfRange', {
			field: 'count',
			values: { min: 1, max: MAX_BENEFICIARIES },
		});
	}
}

/** The scopes in which somebody may ask for money of a fund. */
export function fundScopes(fund: { id: string; adminUnitId: string | null }): Scope[] {
	return [
		{ kind: 'fund', id: fund.id },
		...(fund.adminUnitId ? [{ kind: 'ward' as const, id: fund.adminUnitId }] : []),
	];
}

/** Deciding and paying need a role in the fund itself, not in its ward. */
export const moneyScopes = (fundId: string): Scope[] => [{ kind: 'fund', id: fundId }];

/** Who may read a fund's requests: everybody who may ask, decide or pay there, and its auditor. */
export const canSeeRequests = (
	actor: Actor,
	fund: { id: string; adminUnitId: string | null; isSample: 0 | 1 },
): boolean =>
	maySeeKind(actor, fund) && findGrant(actor, 'disbursement.read', fundScopes(fund)) !== undefined;

/** Nobody approves their own money: not the requester, and not whoever may pay from this fund. Refuses with 403. */
export function checkApprover(
	actor: Actor,
	disbursement: Pick<Disbursement, 'requesterId' | 'fundId'>,
): void {
	if (actor.personId === disbursement.requesterId) throw new DomainError('FORBIDDEN', 'approverIsRequester');
	if (findGrant(actor, 'disbursement.pay', moneyScopes(disbursement.fundId))) {
		throw new DomainError('FORBIDDEN', 'approverIsTreasurer');
	}
}

/** What the actor may do with a request now, or the one reason why nothing. */
export type NextStep =
	| { act: 'decide' | 'pay' | 'return' }
	| {
			why:
				| 'needsApprover'
				| 'isRequester'
				| 'isTreasurer'
				| 'needsTreasurer'
				| 'isApprover'
				| 'cashShort'
				| 'isReturned'
				| 'isPaid';
	  };

export function nextStep(
	actor: Actor,
	disbursement: Pick<
		Disbursement,
		'status' | 'fundId' | 'requesterId' | 'amountVnd' | 'twoApproversAboveVnd'
	>,
	{ cashVnd, approverIds }: { cashVnd: number; approverIds: string[] },
): NextStep {
	const hasApproved = approverIds.includes(actor.personId);
	const scopes = moneyScopes(disbursement.fundId);
	const isTreasurer = findGrant(actor, 'disbursement.pay', scopes) !== undefined;
	const status = statusOf(disbursement, approverIds.length);
	if (status === 'returned') return { why: 'isReturned' };
	if (status === 'paid') return { why: 'isPaid' };
	if (status === 'submitted') {
		if (!findGrant(actor, 'disbursement.approve', scopes)) return { why: 'needsApprover' };
		if (actor.personId === disbursement.requesterId) return { why: 'isRequester' };
		if (isTreasurer) return { why: 'isTreasurer' };
		// The first of two waits for the second, and may still take the word back.
		return { act: hasApproved ? 'return' : 'decide' };
	}
	if (!isTreasurer) {
		const decides =
			findGrant(actor, 'disbursement.approve', scopes) !== undefined &&
			actor.personId !== disbursement.requesterId;
		return decides ? { act: 'return' } : { why: 'needsTreasurer' };
	}
	if (hasApproved) return { why: 'isApprover' };
	return cashVnd < disbursement.amountVnd ? { why: 'cashShort' } : { act: 'pay' };
}

/** How many approvers a request needs, by the rule of its day. */
export const approvalsNeeded = ({
	twoApproversAboveVnd,
	amountVnd,
}: Pick<Disbursement, 'twoApproversAboveVnd' | 'amountVnd'>): 1 | 2 =>
	requiredApprovals({ twoApproversAboveVnd }, amountVnd);

/** As the approvals say: a rule that came on the day of the request may ask for one more. */
export const statusOf = (
	disbursement: Pick<Disbursement, 'status' | 'twoApproversAboveVnd' | 'amountVnd'>,
	approvalCount: number,
): Disbursement['status'] =>
	disbursement.status === 'approved' && approvalCount < approvalsNeeded(disbursement)
		? 'submitted'
		: disbursement.status;

/** How much cash a request that is not paid still lacks; 0 when the fund can pay it, or when nothing is to be paid. */
export const missingCash = (
	disbursement: Pick<Disbursement, 'status' | 'amountVnd'>,
	cashVnd: number,
): number =>
	disbursement.status === 'submitted' || disbursement.status === 'approved'
		? Math.max(0, disbursement.amountVnd - cashVnd)
		: 0;

/** What the public reads of a payment (ledger.md): count and place only from five people on, never the description. */
export function paymentText(
	disbursement: Pick<Disbursement, 'purpose' | 'beneficiaryCount' | 'adminUnitId'>,
): EntryText {
	const isSmall = disbursement.beneficiaryCount < SMALLEST_GROUP;
	return {
		kind: 'payment',
		purpose: disbursement.purpose,
		count: isSmall ? null : disbursement.beneficiaryCount,
		wardId: isSmall ? null : disbursement.adminUnitId,
	};
}
