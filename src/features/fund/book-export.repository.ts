import { sql } from 'kysely';
import type { Db } from '#lib/db.ts';
import type { Entry } from './fund.ts';
import { selectEntries } from './fund.repository.ts';
import type { AccountSum } from './plain-journal.ts';

/** Days `YYYY-MM-DD`, both included. */
export type Days = { from?: string | undefined; to?: string | undefined };

/** Rows of a fund's book after a sequence, oldest first, up to and with `last`. */
export function listEntriesAfter(
	db: Db,
	fundId: string,
	{ after, last, limit, from, to }: { after: number; last: number; limit: number } & Days,
): Promise<Entry[]> {
	let query = selectEntries(db)
		.where('journalEntry.fundId', '=', fundId)
		.where('journalEntry.sequence', '>', after)
		.where('journalEntry.sequence', '<=', last);
	if (from !== undefined) query = query.where('journalEntry.bookedOn', '>=', from);
	if (to !== undefined) query = query.where('journalEntry.bookedOn', '<=', to);
	return query.orderBy('journalEntry.sequence').limit(limit).execute();
}

/** Every account of a fund with its debits less its credits of rows that are booked before a day. */
export async function sumAccounts(
	db: Db,
	fundId: string,
	{ before, last }: { before: string; last: number },
): Promise<AccountSum[]> {
	const { rows } = await sql<AccountSum>`
		select a.code as "code", a.type as "type", coalesce(m.sum_vnd, 0) as "sumVnd"
		from ledger_account a
		left join (
			select moved.account, sum(moved.amount_vnd) as sum_vnd from (
				select p.debit_account as account, p.amount_vnd
				from journal_entry e join posting p on p.entry_id = e.id
				where e.fund_id = ${fundId} and e.booked_on < ${before} and e.sequence <= ${last}
				union all
				select p.credit_account, -p.amount_vnd
				from journal_entry e join posting p on p.entry_id = e.id
				where e.fund_id = ${fundId} and e.booked_on < ${before} and e.sequence <= ${last}
			) moved group by moved.account
		) m on m.account = a.code
		where a.fund_id = ${fundId} order by a.type, a.code
	`.execute(db);
	return rows;
}

/** The first and the last day on which a fund's book has a row; undefined for an empty book. */
export async function findBookDays(
	db: Db,
	fundId: string,
): Promise<{ first: string; last: string } | undefined> {
	const pick = (direction: 'asc' | 'desc') =>
		db
			.selectFrom('journalEntry')
			.select('bookedOn')
			.where('fundId', '=', fundId)
			.orderBy('bookedOn', direction)
			.limit(1)
			.executeTakeFirst();
	const [first, last] = [await pick('asc'), await pick('desc')];
	return first && last && { first: first.bookedOn, last: last.bookedOn };
}
