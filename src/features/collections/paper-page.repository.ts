import type { Db, Trx } from '#lib/db.ts';
import type { PaperPageTable, PaperPageWithdrawalTable } from '#db/schema.ts';

/** A page with how it was taken back, if it was. */
export const findPaperPage = (db: Db, id: string) =>
	db
		.selectFrom('paperPage')
		.leftJoin('paperPageWithdrawal as withdrawal', 'withdrawal.paperPageId', 'paperPage.id')
		.selectAll('paperPage')
		.select(['withdrawal.withdrawnAt', 'withdrawal.reason as withdrawnReason'])
		.where('paperPage.id', '=', id)
		.executeTakeFirst();

export const insertPaperPage = (trx: Trx, row: PaperPageTable) =>
	trx.insertInto('paperPage').values(row).execute();

/** Rows of a page whose cycle has closed. */
export async function countClosedRows(db: Db, pageId: string): Promise<number> {
	const row = await db
		.selectFrom('dropOff')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'dropOff.cycleId')
		.select((eb) => eb.fn.countAll<number>().as('n'))
		.where('dropOff.paperPageId', '=', pageId)
		.where('collectionCycle.closedAt', 'is not', null)
		.executeTakeFirstOrThrow();
	return row.n;
}

/** Takes a page back with all its rows. */
export async function insertWithdrawal(trx: Trx, row: PaperPageWithdrawalTable): Promise<void> {
	await trx.insertInto('paperPageWithdrawal').values(row).execute();
	await trx
		.updateTable('dropOff')
		.set({ withdrawnAt: row.withdrawnAt })
		.where('paperPageId', '=', row.paperPageId)
		.where('withdrawnAt', 'is', null)
		.execute();
}

export type TypedPage = Awaited<ReturnType<typeof listTypedPages>>[number];

/** What was last typed from a house's notebook, the latest sitting first, its rows by the day on which they happened. */
export async function listTypedPages(db: Db, greenHouseId: string, limit: number) {
	const pages = await db
		.selectFrom('paperPage')
		.leftJoin('paperPageWithdrawal as withdrawal', 'withdrawal.paperPageId', 'paperPage.id')
		.select(['paperPage.id', 'paperPage.recordedAt'])
		.select(['withdrawal.withdrawnAt', 'withdrawal.reason as withdrawnReason'])
		.where('paperPage.greenHouseId', '=', greenHouseId)
		.orderBy('paperPage.recordedAt', 'desc')
		.orderBy('paperPage.id', 'desc')
		.limit(limit)
		.execute();
	if (pages.length === 0) return [];
	const rows = await db
		.selectFrom('dropOff')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'dropOff.cycleId')
		.select(['dropOff.id', 'paperPageId', 'happenedAt', 'householdCount', 'late', 'collectionCycle.closedAt'])
		.where(
			'paperPageId',
			'in',
			pages.map((page) => page.id),
		)
		.orderBy('happenedAt')
		.orderBy('dropOff.id')
		.execute();
	const lines = await db
		.selectFrom('dropOffLine')
		.innerJoin('dropOff', 'dropOff.id', 'dropOffLine.dropOffId')
		.select(['dropOffId', 'materialCode', 'unit', 'quantityMilli'])
		.where(
			'dropOff.paperPageId',
			'in',
			pages.map((page) => page.id),
		)
		.orderBy('position')
		.execute();
	return pages.map((page) => {
		const own = rows.filter((row) => row.paperPageId === page.id);
		return {
			...page,
			/** While every cycle is open, it can be taken back. */
			isOpen: own.every((row) => row.closedAt === null),
			rows: own.map((row) => ({ ...row, lines: lines.filter((line) => line.dropOffId === row.id) })),
		};
	});
}
