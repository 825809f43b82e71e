import {
	findGrant,
	requireActor,
	requireGrant,
	requireSameKind,
	type Actor,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanMultiline } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import {
	approvalsNeeded,
	canSeeRequests,
	checkApprover,
	checkDisbursement,
	fundScopes,
	moneyScopes,
	paymentText,
	statusOf,
	type Disbursement,
	type DisbursementInput,
} from './disbursement.ts';
import {
	findDisbursement,
	findPayment,
	findReturn,
	insertApproval,
	insertDisbursement,
	insertPayment,
	insertReturn,
	isWardOfToday,
	listApprovals,
	listApprovedBy,
	listDisbursements,
	setDisbursementStatus,
} from './disbursement.repository.ts';
import { findEntry, findFund, listFunds } from './fund.repository.ts';
import type { Fund } from './fund.ts';
import { getPosted, postEntry, type PostedEntry } from './ledger.service.ts';
import { welfareAccount } from './ledger.ts';

/**
 * Asks for a payment. The same id with the same content changes nothing; other content, or another person, is
 * refused with 409. Refuses with 401, 403 and 422.
 */
export async function requestDisbursement(
	db: Db,
	actor: Actor | undefined,
	raw: DisbursementInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const fund = await findFund(db, raw.fundId);
	if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund', { field: 'fundId' });
	const grant = requireGrant(actor, 'disbursement.request', fundScopes(fund));
	// A sample officer's ward also holds real funds.
	requireSameKind(actor, fund.isSample === 1);
	const input = { ...raw, description: cleanMultiline(raw.description, { max: 1000 }) };
	checkDisbursement(input);
	const contentHash = sha256Hex(canonicalJson(input));
	const write = async (trx: Trx): Promise<void> => {
		await lockRow(trx, 'fund', fund.id);
		const existing = await findDisbursement(trx, input.id);
		if (existing) {
			if (existing.contentHash === contentHash && existing.requesterId === actor.personId) return;
			throw new DomainError('CONFLICT', 'sameIdOtherContent');
		}
		if (input.adminUnitId !== null && !(await isWardOfToday(trx, input.adminUnitId))) {
			throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'wardId' });
		}
		await holdGrant(trx, grant.id, now);
		await insertDisbursement(trx, {
			id: input.id,
			fundId: fund.id,
			purpose: input.purpose,
			description: input.description,
			amountVnd: input.amountVnd,
			adminUnitId: input.adminUnitId,
			beneficiaryCount: input.beneficiaryCount,
			status: 'submitted',
			requestedBy: grant.id,
			requesterId: actor.personId,
			requestedAt: now,
			contentHash,
			isSample: fund.isSample,
		});
	};
	await retryWhenTaken(() => inTransaction(db, write));
}

/** Takes the request's lock and reads it as it is now. */
async function lockDisbursement(trx: Trx, id: string): Promise<Disbursement> {
	const disbursement = (await lockRow(trx, 'disbursement', id)) && (await findDisbursement(trx, id));
	if (!disbursement) throw new DomainError('NOT_FOUND', 'unknownDisbursement');
	return disbursement;
}

type Decision = { id: string; decision: 'approve' | 'return'; reason: string };

/** A request is decided once; one that was approved and not paid can still be returned. */
function checkOpen(status: Disbursement['status'], decision: Decision['decision']): void {
	if (status === 'submitted') return;
	if (status === 'paid' && decision === 'return') throw new DomainError('CONFLICT', 'alreadyPaid');
	if (status !== 'approved' || decision !== 'return') throw new DomainError('CONFLICT', 'alreadyDecided');
}

async function decide(
	db: Db,
	actor: Actor | undefined,
	{ id, decision, reason }: Decision,
	now: number,
): Promise<void> {
	requireActor(actor);
	await inTransaction(db, async (trx) => {
		const disbursement = await lockDisbursement(trx, id);
		const grant = requireGrant(actor, 'disbursement.approve', moneyScopes(disbursement.fundId));
		checkApprover(actor, disbursement);
		const approvals = await listApprovals(trx, id);
		const mine = approvals.find((each) => each.approverId === actor.personId);
		if (mine?.decision === decision && mine.reason === reason) return;
		const taken = await findReturn(trx, id);
		if (decision === 'return' && taken?.returnerId === actor.personId && taken.reason === reason) return;
		checkOpen(statusOf(disbursement, approvals.length), decision);
		await holdGrant(trx, grant.id, now);
		if (mine || disbursement.status === 'approved') {
			await insertReturn(trx, {
				disbursementId: id,
				returnerId: actor.personId,
				returnedBy: grant.id,
				returnedAt: now,
				reason,
			});
		} else {
			await insertApproval(trx, {
				disbursementId: id,
				requesterId: disbursement.requesterId,
				approverId: actor.personId,
				approvedBy: grant.id,
				approvedAt: now,
				decision,
				reason,
			});
		}
		const isEnough = approvals.length + 1 >= approvalsNeeded(disbursement);
		if (decision === 'return' || isEnough)
			await setDisbursementStatus(trx, id, decision === 'approve' ? 'approved' : 'returned');
		const event = {
			action: `disbursement.${decision}`,
			subjectKind: 'disbursement',
			subjectId: id,
			roleGrantId: grant.id,
		};
		await insertAuditEvent(trx, event, now);
	});
}

/**
 * Approves a request; above the fund's limit a second approver must too before it can be paid. A second time by the
 * same person changes nothing. Refuses with 403 the requester, a treasurer
 * of the fund and whoever is no approver there, with 409 a request that was decided.
 */
export const approveDisbursement = (
	db: Db,
	actor: Actor | undefined,
	input: { id: string },
	now: number,
): Promise<void> => decide(db, actor, { id: input.id, decision: 'approve', reason: '' }, now);

/**
 * Returns a request with a reason for the requester; the same people may as approve it, also one that they approved
 * and that is not paid. Refuses with 422 without a reason, with 409 what is paid.
 */
export async function returnDisbursement(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; reason: string },
	now: number,
): Promise<void> {
	const reason = cleanMultiline(input.reason, { max: 500 });
	if (actor && !reason) throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
	await decide(db, actor, { id: input.id, decision: 'return', reason }, now);
}

export type PaymentInput = {
	id: string;
	/** The journal entry's id, minted with the form. */
	entryId: string;
	paidOn: LocalDate;
};

/**
 * The treasurer pays an approved request from the cash box and books it, in one transaction. The same `entryId`
 * and day change nothing. Refuses with 403 whoever is no treasurer of the fund or approved the request, with 409
 * what is not approved, paid already or more than the cash, with 422 a day before the approval or after today.
 */
export async function payDisbursement(
	db: Db,
	actor: Actor | undefined,
	input: PaymentInput,
	now: number,
): Promise<PostedEntry> {
	requireActor(actor);
	return inTransaction(db, async (trx) => {
		const disbursement = await lockDisbursement(trx, input.id);
		const grant = requireGrant(actor, 'disbursement.pay', moneyScopes(disbursement.fundId));
		const approvals = await listApprovals(trx, disbursement.id);
		if (approvals.some((each) => each.approverId === actor.personId))
			throw new DomainError('FORBIDDEN', 'payerIsApprover');
		const paid = await findPayment(trx, disbursement.id);
		if (paid) return findRetry(trx, paid.entryId, input);
		if (statusOf(disbursement, approvals.length) !== 'approved')
			throw new DomainError('CONFLICT', 'notApproved');
		const approvedOn = toLocalDate(Math.max(...approvals.map((each) => each.approvedAt)));
		if (input.paidOn > toLocalDate(now))
			throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'paidOn' });
		if (input.paidOn < approvedOn) {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'paidBeforeApproval', {
				field: 'paidOn',
				values: { date: approvedOn },
			});
		}
		await holdGrant(trx, grant.id, now);
		const entry = await postEntry(
			trx,
			{
				id: input.entryId,
				fundId: disbursement.fundId,
				kind: 'payment',
				happenedOn: input.paidOn,
				bookedOn: toLocalDate(now),
				recordedBy: grant.id,
				source: {
					kind: 'disbursement',
					id: disbursement.id,
					// Who decided and what is public. Count, place and description stay out: a hash of them could be guessed.
					content: {
						purpose: disbursement.purpose,
						amountVnd: disbursement.amountVnd,
						requestedBy: disbursement.requestedBy,
						requestedAt: disbursement.requestedAt,
						approvals: approvals.map(({ approvedBy, approvedAt, decision }) => ({
							approvedBy,
							approvedAt,
							decision,
						})),
						paidOn: input.paidOn,
					},
				},
				postings: [
					{ debit: welfareAccount(disbursement.purpose), credit: 'cash', amountVnd: disbursement.amountVnd },
				],
				text: paymentText(disbursement),
				purpose: disbursement.purpose,
			},
			now,
		);
		await insertPayment(trx, {
			disbursementId: disbursement.id,
			entryId: entry.id,
			treasurerId: actor.personId,
			paidBy: grant.id,
			paidAt: now,
		});
		await setDisbursementStatus(trx, disbursement.id, 'paid');
		return entry;
	});
}

/** A payment that was made before: the same form sent again finds it, any other is refused with 409. */
async function findRetry(trx: Trx, entryId: string, input: PaymentInput): Promise<PostedEntry> {
	if (entryId !== input.entryId) throw new DomainError('CONFLICT', 'alreadyPaid');
	const entry = await findEntry(trx, entryId);
	if (entry?.happenedOn !== input.paidOn) throw new DomainError('CONFLICT', 'sameIdOtherContent');
	return getPosted(trx, entryId);
}

/** The funds whose requests the actor may read. */
export async function listFundsOf(db: Db, actor: Actor): Promise<Fund[]> {
	return (await listFunds(db)).filter((fund) => canSeeRequests(actor, fund));
}

/**
 * One request for those who have a part in the fund today; its requester too only while they do. Refuses with 401, 403,
 * 404.
 */
export async function getDisbursement(db: Db, actor: Actor | undefined, id: string): Promise<Disbursement> {
	requireActor(actor);
	const disbursement = await findDisbursement(db, id);
	if (!disbursement) throw new DomainError('NOT_FOUND', 'unknownDisbursement');
	const { fundId, fundWardId, isSample } = disbursement;
	const fund = { id: fundId, adminUnitId: fundWardId, isSample };
	if (canSeeRequests(actor, fund)) return disbursement;
	throw new DomainError('FORBIDDEN', 'notYourRole');
}

/** What a person's queue shows of a request; the page says it in words. */
export type WaitingDisbursement = { href: string; act: 'decide' | 'pay'; disbursement: Disbursement };

/** Requests that wait for this person: to be decided, then to be paid; the oldest of each first. */
export async function listDisbursementsWaitingFor(db: Db, actor: Actor): Promise<WaitingDisbursement[]> {
	const fundIds = (await listFunds(db)).map((fund) => fund.id);
	const open = (await listDisbursements(db, fundIds, 500, ['submitted', 'approved'])).reverse();
	const approved = await listApprovedBy(
		db,
		actor.personId,
		open.map((disbursement) => disbursement.id),
	);
	const found: WaitingDisbursement[] = [];
	for (const disbursement of open) {
		const scopes = moneyScopes(disbursement.fundId);
		const pays = findGrant(actor, 'disbursement.pay', scopes) !== undefined;
		const decides =
			findGrant(actor, 'disbursement.approve', scopes) !== undefined &&
			!pays &&
			!approved.has(disbursement.id) &&
			disbursement.requesterId !== actor.personId;
		const href = `/cua-toi/chi/${disbursement.id}`;
		if (disbursement.status === 'submitted' && decides) found.push({ href, act: 'decide', disbursement });
		if (disbursement.status === 'approved' && pays) found.push({ href, act: 'pay', disbursement });
	}
	return found.sort((a, b) => Number(a.act === 'pay') - Number(b.act === 'pay'));
}
