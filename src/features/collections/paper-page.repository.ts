import type { Db, Trx } from '#lib/db.ts';
import type { PaperPageTable } from '#db/schema.ts';

export const findPaperPage = (db: Db, id: string) =>
	db.selectFrom('paperPage').selectAll().where('id', '=', id).executeTakeFirst();

export const insertPaperPage = (trx: Trx, row: PaperPageTable) =>
	trx.insertInto('paperPage').values(row).execute();

export type TypedRow = Awaited<ReturnType<typeof listTypedRows>>[number];

/** What was last typed from a house's notebook, the latest sitting first, its rows by the day on which they happened. */
export async function listTypedRows(db: Db, greenHouseId: string, limit: number) {
	const rows = await db
		.selectFrom('dropOff')
		.select(['id', 'paperPageId', 'happenedAt', 'recordedAt', 'householdCount', 'late'])
		.where('greenHouseId', '=', greenHouseId)
		.where('channel', '=', 'paper')
		.orderBy('recordedAt', 'desc')
		.orderBy('happenedAt')
		.orderBy('id')
		.limit(limit)
		.execute();
	if (rows.length === 0) return [];
	const lines = await db
		.selectFrom('dropOffLine')
		.select(['dropOffId', 'materialCode', 'unit', 'quantityMilli'])
		.where(
			'dropOffId',
			'in',
			rows.map((row) => row.id),
		)
		.orderBy('position')
		.execute();
	return rows.map((row) => ({ ...row, lines: lines.filter((line) => line.dropOffId === row.id) }));
}
