// What one fund's people see of its work.
import { findGrant, maySeeKind, type Act, type Actor } from '#features/accounts/actor.ts';
import type { Db } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';
import { listWaitingCounts } from './cash-count.repository.ts';
import { moneyScopes } from './disbursement.ts';
import { listWaitingReversals } from './entry-reversal.repository.ts';
import { reversalRights } from './entry-reversal.ts';
import { findFundByCode } from './fund.repository.ts';
import type { Fund } from './fund.ts';
import { readMonths } from './month-close.service.ts';
import type { WaitingWork } from './fund-work.ts';
import { listWaitingStatements } from './statement.repository.ts';

/** True for a fund's treasurer, approver and auditor. */
export const isOnFund = (actor: Actor | undefined, fund: Pick<Fund, 'id' | 'isSample'>): boolean =>
	actor !== undefined &&
	maySeeKind(actor, fund) &&
	findGrant(actor, 'disbursement.read', moneyScopes(fund.id)) !== undefined;

/** A fund for its own people; for others there is no such page. */
export async function findFundOf(db: Db, actor: Actor | undefined, code: string): Promise<Fund | undefined> {
	const fund = actor && (await findFundByCode(db, code));
	return fund && isOnFund(actor, fund) ? fund : undefined;
}

/** Statements, counts and reversals to be confirmed, and months that can be closed now. */
export async function listWorkWaitingFor(
	db: Db,
	actor: Actor,
	funds: Fund[],
	today: LocalDate,
): Promise<WaitingWork[]> {
	const idsFor = (act: Act) =>
		funds.filter((fund) => findGrant(actor, act, moneyScopes(fund.id))).map((fund) => fund.id);
	const statements = await listWaitingStatements(db, idsFor('statement.confirm'));
	const counts = await listWaitingCounts(db, idsFor('cash-count.confirm'));
	const reversals = await listWaitingReversals(
		db,
		funds.map((fund) => fund.id),
	);
	const waiting: WaitingWork[] = [
		...statements
			.filter((statement) => statement.recorderId !== actor.personId)
			.map((statement) => ({
				kind: 'statement' as const,
				href: `/cua-toi/quy/phieu/${statement.id}`,
				statement,
			})),
		...counts
			.filter((count) => count.recorderId !== actor.personId)
			.map((count) => ({
				kind: 'count' as const,
				href: `/cua-toi/quy/${count.fundCode}/kiem-quy`,
				count,
			})),
		...reversals
			.filter(
				({ originalKind, fundId, recorderId }) =>
					recorderId !== actor.personId &&
					findGrant(actor, reversalRights(originalKind).confirm, moneyScopes(fundId)),
			)
			.map((reversal) => ({
				kind: 'reversal' as const,
				href: `/cua-toi/quy/dao/${reversal.reversesEntryId}`,
				reversal,
			})),
	];
	const closing = new Set(idsFor('month.close'));
	for (const fund of funds.filter((each) => closing.has(each.id))) {
		const { next, state } = await readMonths(db, fund.id, today);
		if (next !== undefined && state?.isReady)
			waiting.push({ kind: 'month', href: `/cua-toi/quy/${fund.code}/khoa-so`, month: next, fund });
	}
	return waiting;
}
