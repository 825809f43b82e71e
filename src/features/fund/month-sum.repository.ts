import { sql } from 'kysely';
import type { Db } from '#lib/db.ts';
import { shownSample } from '#lib/samples.ts';
import type { MonthSum } from './month-chart.ts';

/** With what of it funds shared among themselves, and by account debits less credits. */
type FundMonth = MonthSum & {
	sharedInVnd: number;
	sharedOutVnd: number;
	accounts: ReadonlyMap<string, number>;
};
/** A fund's months over its entries up to the one of this sequence and salted hash; never changed, only followed. */
type Summed = { upTo: number; lastHash: string; months: ReadonlyMap<string, FundMonth> };
const NOTHING: Summed = { upTo: 0, lastHash: '', months: new Map() };

// A book is only added to, so what was summed once stays, and a reading adds what came since, as long as the entry
// with which the sums end still stands there: a database that was restored may hold another book of the same fund.
const summedBy = new WeakMap<Db, Map<string, Summed>>();
/** Entries that one query sums, so that a long book does not hold up others. */
const STEP = 20_000;

type Part = { fundId: string; after: number; upTo: number };

/** Sums by month of the entries after one sequence up to another. */
function sumEntries(db: Db, { fundId, after, upTo }: Part): Promise<Omit<FundMonth, 'accounts'>[]> {
	const kind = sql`coalesce(original.kind, journal_entry.kind)`;
	const isIncome = sql`coalesce(original.change_vnd, journal_entry.change_vnd) > 0`;
	const isShared = sql`${kind} in ('transfer_out', 'transfer_in')`;
	const change = sql`journal_entry.change_vnd`;
	const sumOf = (condition: ReturnType<typeof sql>, sign: 1 | -1 = 1) =>
		sql<number>`coalesce(sum(case when ${condition} then ${sql.lit(sign)} * ${change} else 0 end), 0)`;
	return db
		.selectFrom('journalEntry')
		.leftJoin('journalEntry as original', 'original.id', 'journalEntry.reversesEntryId')
		.select([
			sql<string>`substr(journal_entry.booked_on, 1, 7)`.as('month'),
			sumOf(sql`${isIncome} and ${kind} <> 'opening_balance'`).as('inVnd'),
			sumOf(sql`not (${isIncome})`, -1).as('outVnd'),
			sumOf(sql`${kind} = 'opening_balance'`).as('openingVnd'),
			sumOf(sql`${isIncome} and ${isShared}`).as('sharedInVnd'),
			sumOf(sql`not (${isIncome}) and ${isShared}`, -1).as('sharedOutVnd'),
		])
		.where('journalEntry.fundId', '=', fundId)
		.where('journalEntry.sequence', '>', after)
		.where('journalEntry.sequence', '<=', upTo)
		.groupBy(sql`substr(journal_entry.booked_on, 1, 7)`)
		.execute();
}

/** What the same entries' postings move through each account, by month. */
export function queryAccounts({ fundId, after, upTo }: Part) {
	const side = (column: 'debit_account' | 'credit_account', sign: 1 | -1) => sql`
		select substr(journal_entry.booked_on, 1, 7) as month, p.${sql.ref(column)} as account,
			${sql.lit(sign)} * p.amount_vnd as amount_vnd
		from journal_entry join posting p on p.entry_id = journal_entry.id
		where journal_entry.fund_id = ${fundId} and journal_entry.sequence > ${after}
			and journal_entry.sequence <= ${upTo}`;
	return sql<{ month: string; account: string; amountVnd: number }>`
		select moved.month as "month", moved.account as "account", sum(moved.amount_vnd) as "amountVnd"
		from (${side('debit_account', 1)} union all ${side('credit_account', -1)}) moved
		group by moved.month, moved.account
	`;
}

async function sumPart(db: Db, part: Part): Promise<FundMonth[]> {
	const accounts = new Map<string, Map<string, number>>();
	for (const { month, account, amountVnd } of (await queryAccounts(part).execute(db)).rows)
		accounts.set(month, (accounts.get(month) ?? new Map<string, number>()).set(account, amountVnd));
	const months = await sumEntries(db, part);
	return months.map((each) => ({ ...each, accounts: accounts.get(each.month) ?? new Map<string, number>() }));
}

function add(months: Map<string, FundMonth>, more: FundMonth): void {
	const sum = months.get(more.month);
	const accounts = new Map(sum?.accounts);
	for (const [account, amountVnd] of more.accounts)
		accounts.set(account, (accounts.get(account) ?? 0) + amountVnd);
	months.set(more.month, {
		month: more.month,
		inVnd: (sum?.inVnd ?? 0) + more.inVnd,
		outVnd: (sum?.outVnd ?? 0) + more.outVnd,
		openingVnd: (sum?.openingVnd ?? 0) + more.openingVnd,
		sharedInVnd: (sum?.sharedInVnd ?? 0) + more.sharedInVnd,
		sharedOutVnd: (sum?.sharedOutVnd ?? 0) + more.sharedOutVnd,
		accounts,
	});
}

/** The salted hash of the entry with which each fund's sums end, as the book has it now. */
async function readHashes(db: Db, ends: { fundId: string; upTo: number }[]): Promise<Map<string, string>> {
	if (ends.length === 0) return new Map();
	const rows = await db
		.selectFrom('journalEntry')
		.select(['fundId', 'textHash'])
		.where(({ eb, or }) =>
			or(ends.map(({ fundId, upTo }) => eb('fundId', '=', fundId).and('sequence', '=', upTo))),
		)
		.execute();
	return new Map(rows.map((row) => [row.fundId, row.textHash]));
}

async function sumFund(
	db: Db,
	{ fundId, length, kept }: { fundId: string; length: number; kept: Map<string, Summed> },
): Promise<Summed> {
	let summed = kept.get(fundId) ?? NOTHING;
	while (summed.upTo < length) {
		const upTo = Math.min(summed.upTo + STEP, length);
		const months = new Map(summed.months);
		for (const more of await sumPart(db, { fundId, after: summed.upTo, upTo })) add(months, more);
		const lastHash = (await readHashes(db, [{ fundId, upTo }])).get(fundId) ?? '';
		summed = { upTo, lastHash, months };
		// Another reading may have gone on further meanwhile.
		if ((kept.get(fundId)?.upTo ?? 0) < upTo) kept.set(fundId, summed);
	}
	return summed;
}

/** Sums by month, of one fund or of all that the public sees, from a month on. */
async function readMonths(db: Db, fundId: string | undefined, sinceMonth: string): Promise<FundMonth[]> {
	let query = db.selectFrom('fund').select((eb) => [
		'fund.id',
		eb
			.selectFrom('journalEntry')
			.select((each) => each.fn.max('journalEntry.sequence').as('sequence'))
			.whereRef('journalEntry.fundId', '=', 'fund.id')
			.as('length'),
	]);
	query =
		fundId === undefined
			? query.where('fund.isSample', '=', await shownSample(db, 'fund'))
			: query.where('fund.id', '=', fundId);
	const sums = new Map<string, FundMonth>();
	const funds = await query.execute();
	const kept = summedBy.get(db) ?? new Map<string, Summed>();
	summedBy.set(db, kept);
	const ends = funds.flatMap(({ id }) => {
		const upTo = kept.get(id)?.upTo;
		return upTo === undefined ? [] : [{ fundId: id, upTo }];
	});
	const hashes = await readHashes(db, ends);
	for (const { fundId: id } of ends) if (hashes.get(id) !== kept.get(id)?.lastHash) kept.delete(id);
	for (const { id, length } of funds) {
		const { months } = await sumFund(db, { fundId: id, length: length ?? 0, kept });
		for (const month of months.values()) if (month.month >= sinceMonth) add(sums, month);
	}
	return [...sums.values()];
}

/**
 * In and out by month of `booked_on`, of one fund or of all that the public sees, from a month on or from the first.
 * A reversal counts against the side of what it reverses; an opening balance is neither in nor out and stands alone.
 * What funds share among themselves is neither when all of them are summed.
 */
export async function sumMonths(db: Db, fundId: string | undefined, sinceMonth = ''): Promise<MonthSum[]> {
	const sums = await readMonths(db, fundId, sinceMonth);
	return sums
		.sort((a, b) => (a.month < b.month ? -1 : 1))
		.map(({ month, inVnd, outVnd, openingVnd, sharedInVnd, sharedOutVnd }) =>
			fundId === undefined
				? { month, inVnd: inVnd - sharedInVnd, outVnd: outVnd - sharedOutVnd, openingVnd }
				: { month, inVnd, outVnd, openingVnd },
		);
}

/**
 * What came in and went out through each account, of one fund or of all that the public sees, from a month on: debits
 * less credits, so spending is above zero and income below. A reversal counts against what it reverses, so what was sold
 * and taken back adds up to nothing.
 */
export async function sumMonthAccounts(
	db: Db,
	fundId: string | undefined,
	sinceMonth: string,
): Promise<Map<string, number>> {
	const sums = new Map<string, number>();
	for (const { accounts } of await readMonths(db, fundId, sinceMonth))
		for (const [account, amountVnd] of accounts) sums.set(account, (sums.get(account) ?? 0) + amountVnd);
	return sums;
}
