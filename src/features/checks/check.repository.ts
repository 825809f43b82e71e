import { sql } from 'kysely';
import { isSqlite, type Db, type Trx } from '#lib/db.ts';
import { BOOK_QUERIES } from './book-queries.ts';
import { SHOWN_FINDINGS, type CheckName, type CheckResult, type CheckRun } from './check.ts';
import { peopleQueries } from './people-queries.ts';

/** The invariants that are one query each. */
export function queriesOf(db: Db): [CheckName, string][] {
	const dayOf = (instant: string) =>
		isSqlite(db)
			? `date(${instant} / 1000 + 25200, 'unixepoch')`
			: `to_char(to_timestamp(${instant} / 1000 + 25200) at time zone 'UTC', 'YYYY-MM-DD')`;
	return Object.entries({ ...BOOK_QUERIES, ...peopleQueries(dayOf) }) as [CheckName, string][];
}

/** Asks for the rows that break one invariant: how many there are, and the first of them. */
export async function runQuery(trx: Trx, name: CheckName, query: string): Promise<CheckResult> {
	const { rows } = await sql
		.raw<{ fund: string | null; rowName: string | null; detail: string | null; total: number }>(
			`select q.*, count(*) over () as total from (${query}) q order by 1, 2, 3 limit ${SHOWN_FINDINGS}`,
		)
		.execute(trx);
	return {
		name,
		total: rows[0]?.total ?? 0,
		findings: rows.map(({ fund, rowName, detail }) => ({
			fund: fund ?? '?',
			row: rowName ?? '?',
			detail: detail ?? '',
		})),
	};
}

/** Every fund, samples and real ones. */
export const listAllFunds = (db: Db) =>
	db.selectFrom('fund').select(['id', 'code', 'isSample']).orderBy('code').execute();

/** What the postings of each fund add to cash and bank. */
export async function sumMoney(db: Db): Promise<Map<string, number>> {
	const { rows } = await sql<{ fundId: string; moneyVnd: number }>`
		select fund_id as "fundId",
			sum((case when debit_account in ('cash', 'bank') then amount_vnd else 0 end)
				- (case when credit_account in ('cash', 'bank') then amount_vnd else 0 end)) as "moneyVnd"
		from posting group by fund_id
	`.execute(db);
	return new Map(rows.map(({ fundId, moneyVnd }) => [fundId, moneyVnd]));
}

/** Entries after a place in a fund's book, with their texts; a text that is missing has no salt. */
export const listBookRows = (db: Db, fundId: string, from: number, limit: number) =>
	db
		.selectFrom('journalEntry')
		.leftJoin('entryText', 'entryText.entryId', 'journalEntry.id')
		.selectAll('journalEntry')
		.select(['entryText.salt', 'entryText.text', 'entryText.erasedAt'])
		.where('journalEntry.fundId', '=', fundId)
		.where('journalEntry.sequence', '>', from)
		.orderBy('journalEntry.sequence')
		.limit(limit)
		.execute();
export type BookRow = Awaited<ReturnType<typeof listBookRows>>[number];

/** Complete tiles of a level, in their order, from an index on. */
export const listTiles = (db: Db, fundId: string, level: number, from: number, limit: number) =>
	db
		.selectFrom('treeTile')
		.select(['tileIndex', 'hashes', 'root'])
		.where('fundId', '=', fundId)
		.where('level', '=', level)
		.where('tileIndex', '>=', from)
		.orderBy('tileIndex')
		.limit(limit)
		.execute();

/** The levels of which a fund has stored tiles, and how many of each. */
export const countTilesByLevel = (db: Db, fundId: string) =>
	db
		.selectFrom('treeTile')
		.select((eb) => ['level', eb.fn.countAll<number>().as('count'), eb.fn.max('tileIndex').as('last')])
		.where('fundId', '=', fundId)
		.groupBy('level')
		.orderBy('level')
		.execute();

export const listAllCheckpoints = (db: Db, fundId: string) =>
	db.selectFrom('checkpoint').selectAll().where('fundId', '=', fundId).orderBy('size').execute();

/** Keeps the newest run only. */
export async function saveRun(trx: Trx, run: CheckRun): Promise<void> {
	const { failed, ...times } = run;
	const row = {
		...times,
		isOk: failed.length === 0 ? (1 as const) : (0 as const),
		failed: JSON.stringify(failed),
	};
	await trx
		.insertInto('ledgerCheck')
		.values({ id: 'last', ...row })
		.onConflict((conflict) => conflict.column('id').doUpdateSet(row))
		.execute();
}

/** The newest run; undefined before the first. */
export async function findLastRun(db: Db): Promise<CheckRun | undefined> {
	const row = await db.selectFrom('ledgerCheck').selectAll().executeTakeFirst();
	if (!row) return undefined;
	const { startedAt, finishedAt, entryCount, failed } = row;
	return { startedAt, finishedAt, entryCount, failed: JSON.parse(failed) as CheckRun['failed'] };
}
