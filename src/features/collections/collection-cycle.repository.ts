import type { Db, Trx } from '#lib/db.ts';
import type { CollectionCycleTable } from '#db/schema.ts';
import { hasGoodsLeft } from './goods.repository.ts';

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

/** A house's cycles, newest first, each with the live sales of its goods, in the order in which they were recorded. */
export async function listCycles(db: Db, greenHouseId: string, limit: number) {
	const cycles = await db
		.selectFrom('collectionCycle')
		.selectAll()
		.select(hasGoodsLeft.as('hasGoodsLeft'))
		.where('greenHouseId', '=', greenHouseId)
		.orderBy('number', 'desc')
		.limit(limit)
		.execute();
	if (cycles.length === 0) return [];
	const sales = await db
		.selectFrom('scrapSaleCycle')
		.innerJoin('scrapSale', 'scrapSale.id', 'scrapSaleCycle.saleId')
		.leftJoin('journalEntry', 'journalEntry.id', 'scrapSale.entryId')
		.select(['scrapSaleCycle.cycleId', 'scrapSaleCycle.declaredWeightGrams'])
		.select([
			'scrapSale.id',
			'scrapSale.status',
			'scrapSale.soldOn',
			'scrapSale.cashReceivedVnd',
			'scrapSale.entryId',
			'scrapSale.variancePermille',
			'scrapSale.varianceReason',
		])
		.select(['journalEntry.voucherKind', 'journalEntry.voucherYear', 'journalEntry.voucherNumber'])
		.where(
			'scrapSaleCycle.cycleId',
			'in',
			cycles.map((cycle) => cycle.id),
		)
		.where('scrapSaleCycle.releasedAt', 'is', null)
		.orderBy('scrapSale.recordedAt')
		.orderBy('scrapSale.id')
		.execute();
	return cycles.map((cycle) => ({
		...cycle,
		// SQLite has no boolean.
		hasGoodsLeft: Boolean(cycle.hasGoodsLeft),
		sales: sales.filter((sale) => sale.cycleId === cycle.id),
	}));
}

/** Closed cycles of these houses with goods left, oldest first, each with why its last sale was given back. */
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
				.where('given.releasedAt', 'is not', null)
				.orderBy('scrapSale.recordedAt', 'desc')
				.orderBy('scrapSale.id', 'desc')
				.limit(1)
				// A sale that was booked and reversed has none.
				.select('scrapSale.returnReason')
				.as('returnReason'),
		)
		.where('collectionCycle.greenHouseId', 'in', greenHouseIds)
		.where('collectionCycle.closedAt', 'is not', null)
		.where(hasGoodsLeft)
		.orderBy('collectionCycle.closedAt')
		.execute();
}
