import type { StatementTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

const selectStatements = (db: Db) =>
	db
		.selectFrom('statement')
		.innerJoin('person', 'person.id', 'statement.recorderId')
		.leftJoin('person as confirmer', 'confirmer.id', 'statement.confirmerId')
		.innerJoin('fund', 'fund.id', 'statement.fundId')
		.selectAll('statement')
		.select(['person.displayName as recorderName', 'confirmer.displayName as confirmerName'])
		.select(['fund.code as fundCode', 'fund.nameVi as fundNameVi', 'fund.nameEn as fundNameEn']);

export type Statement = NonNullable<Awaited<ReturnType<typeof findStatement>>>;

export const findStatement = (db: Db, id: string) =>
	selectStatements(db).where('statement.id', '=', id).executeTakeFirst();

/** A fund's statements, those that wait first, then the newest. */
export const listStatements = (db: Db, fundId: string, limit: number): Promise<Statement[]> =>
	selectStatements(db)
		.where('statement.fundId', '=', fundId)
		.orderBy((eb) => eb.case().when('statement.status', '=', 'recorded').then(0).else(1).end())
		.orderBy('statement.recordedAt', 'desc')
		.orderBy('statement.id', 'desc')
		.limit(limit)
		.execute();

/** Statements of these funds that wait for a second person, oldest first. */
export async function listWaitingStatements(db: Db, fundIds: string[]): Promise<Statement[]> {
	if (fundIds.length === 0) return [];
	return selectStatements(db)
		.where('statement.fundId', 'in', fundIds)
		.where('statement.status', '=', 'recorded')
		.orderBy('statement.recordedAt')
		.execute();
}

/** True while an opening balance of this account waits, or stands in the book. */
export async function hasOpeningBalance(
	db: Db,
	fundId: string,
	account: StatementTable['account'],
): Promise<boolean> {
	const row = await db
		.selectFrom('statement')
		.leftJoin('journalEntry as reversal', 'reversal.reversesEntryId', 'statement.entryId')
		.select('statement.id')
		.where('statement.fundId', '=', fundId)
		.where('statement.kind', '=', 'opening_balance')
		.where('statement.account', '=', account)
		.where('statement.status', '<>', 'returned')
		.where('reversal.id', 'is', null)
		.executeTakeFirst();
	return row !== undefined;
}

export const findStatementOfPhoto = (db: Db, photoId: string) =>
	db
		.selectFrom('statement')
		.select(['id', 'fundId', 'isSample'])
		.where('photoId', '=', photoId)
		.executeTakeFirst();

export const insertStatement = (trx: Trx, row: StatementTable) =>
	trx.insertInto('statement').values(row).execute();

export const updateStatement = (trx: Trx, id: string, change: Partial<StatementTable>) =>
	trx.updateTable('statement').set(change).where('id', '=', id).execute();
