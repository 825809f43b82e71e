// Which goods of a cycle a sale holds, which were carried into the next cycle, and what is left.
import { sql } from 'kysely';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { CarriedGoodsTable } from '#db/schema.ts';
import type { HeldGoods } from './goods.ts';

/** What live sales hold of a cycle, and since when each of them stands. */
export const listHeldGoods = (db: Db, cycleId: string) =>
	db
		.selectFrom('scrapSaleGoods')
		.innerJoin('scrapSale', 'scrapSale.id', 'scrapSaleGoods.saleId')
		.select(['scrapSaleGoods.materialCode', 'scrapSaleGoods.saleId', 'scrapSale.recordedAt'])
		.where('scrapSaleGoods.cycleId', '=', cycleId)
		.where('scrapSaleGoods.releasedAt', 'is', null)
		.execute();

/** What sales gave back of a cycle, and when. */
export const listReleasedGoods = (db: Db, cycleId: string) =>
	db
		.selectFrom('scrapSaleGoods')
		.select(['materialCode', 'releasedAt'])
		.where('cycleId', '=', cycleId)
		.where('releasedAt', 'is not', null)
		.execute();

/** The goods of one sale. */
export const listSaleGoods = (db: Db, saleId: string) =>
	db
		.selectFrom('scrapSaleGoods')
		.select(['cycleId', 'materialCode', 'declaredWeightGrams', 'releasedAt'])
		.where('saleId', '=', saleId)
		.orderBy('cycleId')
		.orderBy('materialCode')
		.execute();

export async function insertSaleGoods(trx: Trx, saleId: string, goods: HeldGoods[]): Promise<void> {
	await trx
		.insertInto('scrapSaleGoods')
		.values(goods.map((each) => ({ saleId, ...each, declaredWeightGrams: null, releasedAt: null })))
		.execute();
}

/** Keeps what was declared of these goods at this moment. */
export const setDeclaredGoods = (
	trx: Trx,
	saleId: string,
	{ cycleId, materialCode }: HeldGoods,
	declaredWeightGrams: number | null,
) =>
	trx
		.updateTable('scrapSaleGoods')
		.set({ declaredWeightGrams })
		.where('saleId', '=', saleId)
		.where('cycleId', '=', cycleId)
		.where('materialCode', '=', materialCode)
		.execute();

export const insertCarried = (trx: Trx, rows: CarriedGoodsTable[]) =>
	trx.insertInto('carriedGoods').values(rows).execute();

/** What was kept back of a cycle. */
export const listCarriedFrom = (db: Db, cycleId: string) =>
	db
		.selectFrom('carriedGoods')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'carriedGoods.toCycleId')
		.selectAll('carriedGoods')
		.select('collectionCycle.number')
		.where('carriedGoods.fromCycleId', '=', cycleId)
		.orderBy('carriedGoods.materialCode')
		.orderBy('carriedGoods.unit')
		.execute();

/** What was carried into a cycle from those before it. */
export const listCarriedInto = (db: Db, cycleId: string) =>
	db
		.selectFrom('carriedGoods')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'carriedGoods.fromCycleId')
		.selectAll('carriedGoods')
		.select('collectionCycle.number')
		.where('carriedGoods.toCycleId', '=', cycleId)
		.orderBy('carriedGoods.materialCode')
		.orderBy('carriedGoods.unit')
		.execute();

/** What was declared in a cycle and is in no live sale and was not carried on. */
export async function listGoodsLeft(db: Db, cycleId: string) {
	const gone = new Set(
		[...(await listHeldGoods(db, cycleId)), ...(await listCarriedFrom(db, cycleId))].map(
			(each) => each.materialCode,
		),
	);
	return (await sumDeclared(db, cycleId)).filter((row) => !gone.has(row.materialCode));
}

const isTaken = (material: string) => sql`(
	exists (
		select 1 from scrap_sale_goods h
		where h.cycle_id = collection_cycle.id and h.material_code = ${sql.ref(material)} and h.released_at is null
	) or exists (
		select 1 from carried_goods c
		where c.from_cycle_id = collection_cycle.id and c.material_code = ${sql.ref(material)}
	)
)`;

/** Of `collection_cycle`: something declared there is neither sold nor kept, or nothing was declared and nothing sold. */
export const hasGoodsLeft = sql<boolean>`(
	exists (
		select 1 from drop_off d join drop_off_line l on l.drop_off_id = d.id
		where d.cycle_id = collection_cycle.id and d.withdrawn_at is null and not ${isTaken('l.material_code')}
	)
	or exists (
		select 1 from carried_goods i where i.to_cycle_id = collection_cycle.id and not ${isTaken('i.material_code')}
	)
	or not (
		exists (select 1 from scrap_sale_goods h where h.cycle_id = collection_cycle.id and h.released_at is null)
		or exists (select 1 from carried_goods c where c.from_cycle_id = collection_cycle.id)
	)
)`;
