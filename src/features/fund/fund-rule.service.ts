import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import { moneyScopes } from './disbursement.ts';
import { findFund } from './fund.repository.ts';
import { findRule, insertRule, listRules } from './fund-rule.repository.ts';
import { checkRule, checkRuleDay, type RuleInput } from './fund-rule.ts';

/**
 * An approver of the fund sets its rule from a day on. The same id with the same content changes nothing; rules are
 * never changed, only followed by later ones. Refuses with 401, 403, 404 and 422, with 409 a second rule for one day.
 */
export async function setFundRule(
	db: Db,
	actor: Actor | undefined,
	input: RuleInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const fund = await findFund(db, input.fundId);
	if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund');
	const grant = requireGrant(actor, 'fund.rule', moneyScopes(fund.id));
	checkRule(input);
	const contentHash = sha256Hex(canonicalJson(input));
	const write = async (trx: Trx): Promise<void> => {
		await lockRow(trx, 'fund', fund.id);
		const existing = await findRule(trx, input.id);
		if (existing?.contentHash === contentHash && existing.decidedBy === grant.id) return;
		if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		const rules = await listRules(trx, fund.id);
		checkRuleDay(input.validFrom, { today: toLocalDate(now), isFirst: rules.length === 0 });
		if (rules.some((rule) => rule.validFrom === input.validFrom))
			throw new DomainError('CONFLICT', 'ruleDayTaken', { field: 'validFrom' });
		for (const [index, share] of input.shares.entries()) {
			const target = await findFund(trx, share.fundId);
			// Money of samples stays among samples.
			if (target?.isSample !== fund.isSample)
				throw new DomainError('NOT_FOUND', 'unknownFund', { field: `share-${index}` });
		}
		await holdGrant(trx, grant.id, now);
		const { shares, ...rule } = input;
		const row = { ...rule, splitCount: shares.length, decidedBy: grant.id, createdAt: now };
		await insertRule(trx, { ...row, contentHash, isSample: fund.isSample }, shares);
		const event = { action: 'fund.rule', subjectKind: 'fund_rule', subjectId: input.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	};
	await retryWhenTaken(() => inTransaction(db, write));
}
