import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import type { CollectionCycleTable, ScrapSaleLineTable, ScrapSaleTable } from '#db/schema.ts';

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

export const findSale = (db: Db, id: string) =>
	db.selectFrom('scrapSale').selectAll().where('id', '=', id).executeTakeFirst();

export const listSaleLines = (db: Db, saleId: string) =>
	db.selectFrom('scrapSaleLine').selectAll().where('saleId', '=', saleId).orderBy('position').execute();

/** The cycles of a sale with their houses. */
export const listSaleCycles = (db: Db, saleId: string) =>
	db
		.selectFrom('scrapSaleCycle')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'scrapSaleCycle.cycleId')
		.innerJoin('greenHouse', 'greenHouse.id', 'collectionCycle.greenHouseId')
		.select([
			'collectionCycle.id',
			'collectionCycle.number',
			'collectionCycle.openedAt',
			'collectionCycle.closedAt',
		])
		.select([
			'collectionCycle.greenHouseId',
			'greenHouse.code',
			'greenHouse.nameVi',
			'scrapSaleCycle.declaredWeightGrams',
			'scrapSaleCycle.releasedAt',
		])
		.where('scrapSaleCycle.saleId', '=', saleId)
		.orderBy('greenHouse.code')
		.orderBy('collectionCycle.number')
		.execute();

export const isCycleInLiveSale = async (db: Db, cycleId: string): Promise<boolean> =>
	(await db
		.selectFrom('scrapSaleCycle')
		.select('saleId')
		.where('cycleId', '=', cycleId)
		.where('releasedAt', 'is', null)
		.executeTakeFirst()) !== undefined;

export async function insertSale(
	trx: Trx,
	sale: ScrapSaleTable,
	cycleIds: string[],
	lines: ScrapSaleLineTable[],
): Promise<void> {
	await trx.insertInto('scrapSale').values(sale).execute();
	for (const cycleId of cycleIds) {
		await trx
			.insertInto('scrapSaleCycle')
			.values({ saleId: sale.id, cycleId, declaredWeightGrams: null, releasedAt: null })
			.execute();
	}
	await trx.insertInto('scrapSaleLine').values(lines).execute();
}

export const updateSale = (trx: Trx, id: string, changes: Partial<ScrapSaleTable>) =>
	trx.updateTable('scrapSale').set(changes).where('id', '=', id).execute();

/** Keeps what was declared at this moment, so that a later revoke changes nothing that was posted. */
export const setDeclaredWeight = (
	trx: Trx,
	saleId: string,
	cycleId: string,
	declaredWeightGrams: number | null,
) =>
	trx
		.updateTable('scrapSaleCycle')
		.set({ declaredWeightGrams })
		.where('saleId', '=', saleId)
		.where('cycleId', '=', cycleId)
		.execute();

/** The sale's cycles can be sold again. */
export const releaseCycles = (trx: Trx, saleId: string, now: number) =>
	trx
		.updateTable('scrapSaleCycle')
		.set({ releasedAt: now })
		.where('saleId', '=', saleId)
		.where('releasedAt', 'is', null)
		.execute();

/** Sales of these funds that wait for a second person, oldest first. */
export async function listSalesToConfirm(db: Db, fundIds: string[]) {
	if (fundIds.length === 0) return [];
	return db
		.selectFrom('scrapSale')
		.selectAll('scrapSale')
		.select((eb) =>
			eb
				.selectFrom('scrapSaleCycle')
				.innerJoin('collectionCycle', 'collectionCycle.id', 'scrapSaleCycle.cycleId')
				.innerJoin('greenHouse', 'greenHouse.id', 'collectionCycle.greenHouseId')
				.whereRef('scrapSaleCycle.saleId', '=', 'scrapSale.id')
				.select(sql<string>`min(green_house.name_vi)`.as('name'))
				.as('houseName'),
		)
		.where('fundId', 'in', fundIds)
		.where('status', '=', 'recorded')
		.orderBy('recordedAt')
		.execute();
}

/** Closed cycles of these houses that no live sale holds, oldest first. */
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

/** The fund of the sale to which a photo belongs. */
export const findPhotoFund = (db: Db, photoId: string) =>
	db
		.selectFrom('scrapSale')
		.innerJoin('photo', 'photo.id', 'scrapSale.photoId')
		.select(['scrapSale.fundId', 'photo.uploadedBy'])
		.where('photo.id', '=', photoId)
		.executeTakeFirst();
