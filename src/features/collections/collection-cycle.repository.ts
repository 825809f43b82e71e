import type { Db, Trx } from '#lib/db.ts';
import type { CollectionCycleTable } from '#db/schema.ts';

export const findOpenCycle = (db: Db, greenHouseId: string) =>
	db
		.selectFrom('collectionCycle')
		.selectAll()
		.where('greenHouseId', '=', greenHouseId)
		.where('closedAt', 'is', null)
		.executeTakeFirst();

export const findCycle = (db: Db, id: string) =>
	db.selectFrom('collectionCycle').selectAll().where('id', '=', id).executeTakeFirst();

export const closeCycleRow = (trx: Trx, id: string, closedBy: string, now: number) =>
	trx.updateTable('collectionCycle').set({ closedAt: now, closedBy }).where('id', '=', id).execute();

export const insertCycle = (trx: Trx, row: CollectionCycleTable) =>
	trx.insertInto('collectionCycle').values(row).execute();

/** A house's cycles, newest first, each with the sale that holds its goods. */
export function listCycles(db: Db, greenHouseId: string, limit: number) {
	return db
		.selectFrom('collectionCycle')
		.leftJoin('scrapSaleCycle', (join) =>
			join
				.onRef('scrapSaleCycle.cycleId', '=', 'collectionCycle.id')
				.on('scrapSaleCycle.releasedAt', 'is', null),
		)
		.leftJoin('scrapSale', 'scrapSale.id', 'scrapSaleCycle.saleId')
		.leftJoin('journalEntry', 'journalEntry.id', 'scrapSale.entryId')
		.selectAll('collectionCycle')
		.select([
			'scrapSale.id as saleId',
			'scrapSale.status as saleStatus',
			'scrapSale.cashReceivedVnd',
			'scrapSale.entryId',
			'scrapSale.soldOn',
		])
		.select([
			'scrapSaleCycle.declaredWeightGrams',
			'journalEntry.voucherKind',
			'journalEntry.voucherYear',
			'journalEntry.voucherNumber',
		])
		.where('collectionCycle.greenHouseId', '=', greenHouseId)
		.orderBy('collectionCycle.number', 'desc')
		.limit(limit)
		.execute();
}

/** Closed cycles of these houses that no live sale holds, oldest first, each with why its last sale was given back. */
export async function listUnsoldCycles(db: Db, greenHouseIds: string[]) {
	if (greenHouseIds.length === 0) return [];
	return db
		.selectFrom('collectionCycle')
		.innerJoin('greenHouse', 'greenHouse.id', 'collectionCycle.greenHouseId')
		.select([
			'collectionCycle.id',
			'collectionCycle.number',
			'collectionCycle.closedAt',
			'collectionCycle.openedAt',
			'collectionCycle.greenHouseId',
		])
		.select(['greenHouse.code', 'greenHouse.nameVi'])
		.select((eb) =>
			eb
				.selectFrom('scrapSaleCycle as given')
				.innerJoin('scrapSale', 'scrapSale.id', 'given.saleId')
				.whereRef('given.cycleId', '=', 'collectionCycle.id')
				.orderBy('scrapSale.recordedAt', 'desc')
				.orderBy('scrapSale.id', 'desc')
				.limit(1)
				// A sale that was booked and reversed has none.
				.select('scrapSale.returnReason')
				.as('returnReason'),
		)
		.where('collectionCycle.greenHouseId', 'in', greenHouseIds)
		.where('collectionCycle.closedAt', 'is not', null)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('scrapSaleCycle')
						.select('saleId')
						.whereRef('scrapSaleCycle.cycleId', '=', 'collectionCycle.id')
						.where('scrapSaleCycle.releasedAt', 'is', null),
				),
			),
		)
		.orderBy('collectionCycle.closedAt')
		.execute();
}
