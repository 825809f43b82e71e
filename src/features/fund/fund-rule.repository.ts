import type { FundRuleTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';
import type { FundRule, NamedShare, Share } from './fund-rule.ts';

async function withShares(db: Db, rules: FundRuleTable[]): Promise<FundRule[]> {
	if (rules.length === 0) return [];
	const shares: (NamedShare & { ruleId: string })[] = await db
		.selectFrom('fundRuleSplit')
		.innerJoin('fund', 'fund.id', 'fundRuleSplit.targetFundId')
		.select(['fundRuleSplit.ruleId', 'fund.id as fundId', 'fundRuleSplit.percent'])
		.select(['fund.code', 'fund.nameVi', 'fund.nameEn'])
		.where(
			'fundRuleSplit.ruleId',
			'in',
			rules.map((rule) => rule.id),
		)
		.orderBy('fundRuleSplit.position')
		.execute();
	return rules.map((rule) => ({ ...rule, shares: shares.filter((share) => share.ruleId === rule.id) }));
}

/** The rule that holds on a day; undefined where the fund has none yet. */
export async function findRuleOn(db: Db, fundId: string, day: LocalDate): Promise<FundRule | undefined> {
	const rules = await db
		.selectFrom('fundRule')
		.selectAll()
		.where('fundId', '=', fundId)
		.where('validFrom', '<=', day)
		.orderBy('validFrom', 'desc')
		.limit(1)
		.execute();
	return (await withShares(db, rules))[0];
}

/** Every rule of these funds, the latest first. */
export async function listRulesOf(db: Db, fundIds: string[]): Promise<FundRule[]> {
	if (fundIds.length === 0) return [];
	const rules = await db
		.selectFrom('fundRule')
		.selectAll()
		.where('fundId', 'in', fundIds)
		.orderBy('validFrom', 'desc')
		.execute();
	return withShares(db, rules);
}

/** Every rule of a fund, the latest first. */
export const listRules = (db: Db, fundId: string): Promise<FundRule[]> => listRulesOf(db, [fundId]);

export const findRule = (db: Db, id: string): Promise<FundRuleTable | undefined> =>
	db.selectFrom('fundRule').selectAll().where('id', '=', id).executeTakeFirst();

export async function insertRule(trx: Trx, rule: FundRuleTable, shares: Share[]): Promise<void> {
	await trx.insertInto('fundRule').values(rule).execute();
	for (const [index, { fundId, percent }] of shares.entries())
		await trx
			.insertInto('fundRuleSplit')
			.values({
				ruleId: rule.id,
				position: index + 1,
				targetFundId: fundId,
				percent,
				isSample: rule.isSample,
			})
			.execute();
}
