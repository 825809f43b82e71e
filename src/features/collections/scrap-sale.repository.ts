import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import type { ScrapSaleLineTable, ScrapSaleTable } from '#db/schema.ts';
import { insertSaleGoods } from './goods.repository.ts';
import type { HeldGoods } from './goods.ts';

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

export async function insertSale(
	trx: Trx,
	sale: ScrapSaleTable,
	cycleIds: string[],
	goods: HeldGoods[],
	lines: ScrapSaleLineTable[],
): Promise<void> {
	await trx.insertInto('scrapSale').values(sale).execute();
	for (const cycleId of cycleIds) {
		await trx
			.insertInto('scrapSaleCycle')
			.values({ saleId: sale.id, cycleId, declaredWeightGrams: null, releasedAt: null })
			.execute();
	}
	await insertSaleGoods(trx, sale.id, goods);
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

/** The sale's goods can be sold again. */
export async function releaseGoods(trx: Trx, saleId: string, now: number): Promise<void> {
	for (const table of ['scrapSaleCycle', 'scrapSaleGoods'] as const) {
		await trx
			.updateTable(table)
			.set({ releasedAt: now })
			.where('saleId', '=', saleId)
			.where('releasedAt', 'is', null)
			.execute();
	}
}

/** The sale that took a sale's place. */
export const findSuccessor = (db: Db, saleId: string) =>
	db.selectFrom('scrapSale').select('id').where('replacesSaleId', '=', saleId).executeTakeFirst();

/** Sales that gave these cycles back and have no successor yet, newest first. */
export const listReplaceableSales = (db: Db, cycleIds: string[]) =>
	db
		.selectFrom('scrapSale')
		.select(['id', 'status', 'returnReason'])
		.where('id', 'in', (eb) =>
			eb
				.selectFrom('scrapSaleCycle')
				.select('saleId')
				.where('cycleId', 'in', cycleIds)
				.where('releasedAt', 'is not', null),
		)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('scrapSale as successor')
						.select('successor.id')
						.whereRef('successor.replacesSaleId', '=', 'scrapSale.id'),
				),
			),
		)
		.orderBy('recordedAt', 'desc')
		.orderBy('id', 'desc')
		.execute();

export type WaitingSale = Awaited<ReturnType<typeof listSalesToConfirm>>[number];

/** Sales of these funds that wait for a second person, with who recorded them, oldest first. */
export async function listSalesToConfirm(db: Db, fundIds: string[]) {
	if (fundIds.length === 0) return [];
	return db
		.selectFrom('scrapSale')
		.innerJoin('person', 'person.id', 'scrapSale.recorderId')
		.selectAll('scrapSale')
		.select('person.displayName as recorderName')
		.select((eb) =>
			eb
				.selectFrom('scrapSaleCycle')
				.innerJoin('collectionCycle', 'collectionCycle.id', 'scrapSaleCycle.cycleId')
				.innerJoin('greenHouse', 'greenHouse.id', 'collectionCycle.greenHouseId')
				.whereRef('scrapSaleCycle.saleId', '=', 'scrapSale.id')
				.select(sql<string>`min(green_house.name_vi)`.as('name'))
				.as('houseName'),
		)
		.where('scrapSale.fundId', 'in', fundIds)
		.where('scrapSale.status', '=', 'recorded')
		.orderBy('scrapSale.recordedAt')
		.execute();
}

export const findSaleOfPhoto = (db: Db, photoId: string) =>
	db.selectFrom('scrapSale').select('id').where('photoId', '=', photoId).executeTakeFirst();
