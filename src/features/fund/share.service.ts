// What a sale earns for other funds, by the rule of its day: one entry per fund, all in the sale's transaction.
import { lockRow, type Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { findFund } from './fund.repository.ts';
import { findRuleOn } from './fund-rule.repository.ts';
import { shareOut } from './fund-rule.ts';
import { postEntry, type EntryInput, type PostedEntry } from './ledger.service.ts';
import { moneyChange } from './ledger.ts';

const sharesOf = async (trx: Trx, income: EntryInput) => {
	const rule = await findRuleOn(trx, income.fundId, income.bookedOn);
	return { ruleId: rule?.id, shares: shareOut(moneyChange(income.postings), rule?.shares ?? []) };
};

/**
 * Books a sale like {@link postEntry}, and gives other funds their part at once: it leaves this fund's cash through
 * `clearing`, and arrives in theirs, under one transfer id. The funds are locked in the order of their ids.
 */
export async function postSharedIncome(trx: Trx, income: EntryInput, now: number): Promise<PostedEntry> {
	const seen = (await sharesOf(trx, income)).shares;
	for (const id of [income.fundId, ...seen.map((share) => share.fundId)].sort())
		await lockRow(trx, 'fund', id);
	// As the rule is under the fund's lock.
	const { ruleId, shares } = await sharesOf(trx, income);
	if (shares.length === 0) return postEntry(trx, income, now);
	const transferId = uuidv7(now);
	const posted = await postEntry(trx, { ...income, transferId }, now);
	const fund = (await findFund(trx, income.fundId))!;
	const content = {
		income: income.id,
		rule: ruleId,
		shares: shares.map(({ code, percent, amountVnd }) => ({ fund: code, percent, amountVnd })),
	};
	const part = {
		happenedOn: income.bookedOn,
		bookedOn: income.bookedOn,
		recordedBy: income.recordedBy,
		source: { kind: 'transfer' as const, id: transferId, content },
		transferId,
	};
	await postEntry(
		trx,
		{
			...part,
			id: uuidv7(now),
			fundId: income.fundId,
			kind: 'transfer_out',
			postings: shares.map(({ amountVnd }) => ({ debit: 'clearing', credit: 'cash', amountVnd })),
			text: {
				kind: 'transfer_out',
				shares: shares.map(({ code, percent }) => ({ fund: code, percent })),
			},
			spendsFirst: income.id,
		},
		now,
	);
	for (const { fundId, percent, amountVnd } of shares)
		await postEntry(
			trx,
			{
				...part,
				id: uuidv7(now),
				fundId,
				kind: 'transfer_in',
				postings: [{ debit: 'cash', credit: 'clearing', amountVnd }],
				text: { kind: 'transfer_in', fund: fund.code, percent },
			},
			now,
		);
	return posted;
}
