// What one fund's people see of its work.
import { findGrant, type Actor } from '#features/accounts/actor.ts';
import type { Db } from '#lib/db.ts';
import { moneyScopes } from './disbursement.ts';
import { findFundByCode } from './fund.repository.ts';
import type { Fund } from './fund.ts';

/** True for a fund's treasurer, approver and auditor. */
export const isOnFund = (actor: Actor | undefined, fund: Pick<Fund, 'id'>): boolean =>
	findGrant(actor, 'disbursement.read', moneyScopes(fund.id)) !== undefined;

/** A fund for its own people; for others there is no such page. */
export async function findFundOf(db: Db, actor: Actor | undefined, code: string): Promise<Fund | undefined> {
	const fund = actor && (await findFundByCode(db, code));
	return fund && isOnFund(actor, fund) ? fund : undefined;
}
