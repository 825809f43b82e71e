import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import { isCountedSince } from './cash-count.repository.ts';
import { moneyScopes } from './disbursement.ts';
import { findFund } from './fund.repository.ts';
import {
	countOpenItems,
	findEntryUntil,
	findFirstMonth,
	findLastMonthAct,
	findMonthAct,
	insertMonthAct,
	wasClosed,
} from './month-close.repository.ts';
import { closedThrough, closeState, lastDayOf, nextMonth, type CloseState } from './month-close.ts';

export type MonthInput = {
	/** Minted with the form. */
	id: string;
	fundId: string;
	/** `YYYY-MM`. */
	month: string;
};

/** Where a fund's months stand: what is closed, what comes next and whether it can be closed. */
export async function readMonths(db: Db, fundId: string, today: LocalDate) {
	const last = await findLastMonthAct(db, fundId);
	const next = nextMonth(last, await findFirstMonth(db, fundId));
	const closed = closedThrough(last);
	if (next === undefined) return { closed, next, last, state: undefined, entry: undefined };
	const entry = await findEntryUntil(db, fundId, lastDayOf(next));
	const state: CloseState = closeState(next, today, {
		items: await countOpenItems(db, fundId, lastDayOf(next)),
		cashVnd: entry?.cashAfterVnd ?? 0,
		isCounted: await isCountedSince(db, fundId, lastDayOf(next)),
	});
	return { closed, next, last, state, entry };
}

async function write(
	db: Db,
	input: MonthInput & { act: 'close' | 'reopen'; reason: string; grantId: string },
	now: number,
	check: (trx: Trx) => Promise<{ sequence: number; cashAfterVnd: number; bankAfterVnd: number }>,
): Promise<void> {
	const { id, fundId, month, act, reason, grantId } = input;
	const run = async (trx: Trx): Promise<void> => {
		const fund = (await lockRow(trx, 'fund', fundId)) && (await findFund(trx, fundId));
		if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund');
		const existing = await findMonthAct(trx, id);
		if (existing) {
			const isSame = existing.fundId === fundId && existing.month === month && existing.act === act;
			if (isSame && existing.reason === reason) return;
			throw new DomainError('CONFLICT', 'sameIdOtherContent');
		}
		const entry = await check(trx);
		await holdGrant(trx, grantId, now);
		await insertMonthAct(trx, {
			...{ id, fundId, month, act, reason, isSample: fund.isSample },
			number: ((await findLastMonthAct(trx, fundId))?.number ?? 0) + 1,
			decidedBy: grantId,
			decidedAt: now,
			lastSequence: entry.sequence,
			cashVnd: entry.cashAfterVnd,
			bankVnd: entry.bankAfterVnd,
		});
		const event = { action: `month.${act}`, subjectKind: 'month_close', subjectId: id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grantId }, now);
	};
	await retryWhenTaken(() => inTransaction(db, run));
}

/** Why a month cannot be closed, as a refusal. */
function refusalOf(state: CloseState, month: string): DomainError | undefined {
	if (state.isReady) return undefined;
	if (state.why === 'monthHasOpenItems')
		return new DomainError('CONFLICT', state.why, { values: { month, ...state.items } });
	if (state.why === 'cashNotCounted')
		return new DomainError('CONFLICT', state.why, { values: { month, date: state.day } });
	return new DomainError('CONFLICT', state.why, { values: { month } });
}

/**
 * The treasurer closes a month that is over: from then on nothing is booked in it. Months close one after another. The
 * same id a second time changes nothing. Refuses with 401, 403 and 404, with 409 a month out of turn, one that is not
 * over, one with open items, and one whose cash was not counted at its end.
 */
export async function closeMonth(
	db: Db,
	actor: Actor | undefined,
	input: MonthInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const grant = requireGrant(actor, 'month.close', moneyScopes(input.fundId));
	await write(db, { ...input, act: 'close', reason: '', grantId: grant.id }, now, async (trx) => {
		const { next, state, entry } = await readMonths(trx, input.fundId, toLocalDate(now));
		if (next === undefined || !state || !entry) throw new DomainError('CONFLICT', 'monthNothing');
		if (input.month !== next) throw new DomainError('CONFLICT', 'monthNotNext', { values: { month: next } });
		const refusal = refusalOf(state, next);
		if (refusal) throw refusal;
		return entry;
	});
}

/**
 * An approver opens the last closed month again, with a reason; what stands in it stays, and what is corrected is
 * booked later. Refuses with 401, 403 and 404, with 409 any other month, with 422 without a reason.
 */
export async function reopenMonth(
	db: Db,
	actor: Actor | undefined,
	input: MonthInput & { reason: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const grant = requireGrant(actor, 'month.reopen', moneyScopes(input.fundId));
	const reason = cleanText(input.reason, { max: 300 });
	await write(db, { ...input, act: 'reopen', reason, grantId: grant.id }, now, async (trx) => {
		const { closed, last } = await readMonths(trx, input.fundId, toLocalDate(now));
		// The month before a reopened one may never have been closed here.
		const stands = last?.act === 'close' || (await wasClosed(trx, input.fundId, closed));
		if (closed === undefined || !stands || input.month !== closed)
			throw new DomainError('CONFLICT', 'monthNotLastClosed');
		if (!reason) throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
		const { lastSequence, cashVnd, bankVnd } = last!;
		return { sequence: lastSequence, cashAfterVnd: cashVnd, bankAfterVnd: bankVnd };
	});
}
