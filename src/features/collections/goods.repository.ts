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

/** What sales, or the next cycle for which it was kept, gave back to a cycle, and when. */
export async function listReleasedGoods(db: Db, cycleId: string) {
	const sold = await db
		.selectFrom('scrapSaleGoods')
		.select(['materialCode', 'releasedAt'])
		.where('cycleId', '=', cycleId)
		.where('releasedAt', 'is not', null)
		.execute();
	const kept = await db
		.selectFrom('carriedGoods')
		.select(['materialCode', 'returnedAt as releasedAt'])
		.where('fromCycleId', '=', cycleId)
		.where('returnedAt', 'is not', null)
		.execute();
	return [...sold, ...kept];
}

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

/** Keeps goods back, as the first time or once more after they were given back. */
export async function insertCarried(
	trx: Trx,
	rows: Omit<CarriedGoodsTable, 'number' | 'returnedBy' | 'returnedAt'>[],
): Promise<void> {
	for (const row of rows) {
		const before = await trx
			.selectFrom('carriedGoods')
			.select((eb) => eb.fn.countAll<number>().as('n'))
			.where('fromCycleId', '=', row.fromCycleId)
			.where('materialCode', '=', row.materialCode)
			.where('unit', '=', row.unit)
			.executeTakeFirstOrThrow();
		const times = { number: before.n + 1, returnedBy: null, returnedAt: null };
		await trx
			.insertInto('carriedGoods')
			.values({ ...row, ...times })
			.execute();
	}
}

/** The goods lie in the cycle again from which they were kept. */
export const returnCarried = (
	trx: Trx,
	fromCycleId: string,
	materials: string[],
	by: { returnedBy: string; returnedAt: number },
) =>
	trx
		.updateTable('carriedGoods')
		.set(by)
		.where('fromCycleId', '=', fromCycleId)
		.where('materialCode', 'in', materials)
		.where('returnedAt', 'is', null)
		.execute();

/** True when such goods of a cycle were kept and given back. */
export const wasReturned = async (trx: Trx, fromCycleId: string, materialCode: string): Promise<boolean> =>
	(await trx
		.selectFrom('carriedGoods')
		.select('number')
		.where('fromCycleId', '=', fromCycleId)
		.where('materialCode', '=', materialCode)
		.where('returnedAt', 'is not', null)
		.limit(1)
		.executeTakeFirst()) !== undefined;

const CARRIED = [
	...(['carriedGoods.fromCycleId', 'carriedGoods.toCycleId', 'carriedGoods.materialCode'] as const),
	...(['carriedGoods.unit', 'carriedGoods.quantityMilli', 'carriedGoods.declaredWeightGrams'] as const),
] as const;

/** What was kept back of a cycle, with the number of the cycle for which. */
export const listCarriedFrom = (db: Db, cycleId: string) =>
	db
		.selectFrom('carriedGoods')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'carriedGoods.toCycleId')
		.select(CARRIED)
		.select('collectionCycle.number')
		.where('carriedGoods.fromCycleId', '=', cycleId)
		.where('carriedGoods.returnedAt', 'is', null)
		.orderBy('carriedGoods.materialCode')
		.orderBy('carriedGoods.unit')
		.execute();

/** What was carried into a cycle from those before it. */
export const listCarriedInto = (db: Db, cycleId: string) =>
	db
		.selectFrom('carriedGoods')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'carriedGoods.fromCycleId')
		.select(CARRIED)
		.select('collectionCycle.number')
		.where('carriedGoods.toCycleId', '=', cycleId)
		.where('carriedGoods.returnedAt', 'is', null)
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
		where c.from_cycle_id = collection_cycle.id and c.material_code = ${sql.ref(material)} and c.returned_at is null
	)
)`;

/** Of `collection_cycle`: something declared there is neither sold nor kept, or nothing was declared and nothing sold. */
export const hasGoodsLeft = sql<boolean>`(
	exists (
		select 1 from drop_off d join drop_off_line l on l.drop_off_id = d.id
		where d.cycle_id = collection_cycle.id and d.withdrawn_at is null and not ${isTaken('l.material_code')}
	)
	or exists (
		select 1 from carried_goods i
		where i.to_cycle_id = collection_cycle.id and i.returned_at is null and not ${isTaken('i.material_code')}
	)
	or not (
		exists (select 1 from scrap_sale_goods h where h.cycle_id = collection_cycle.id and h.released_at is null)
		or exists (
			select 1 from carried_goods c where c.from_cycle_id = collection_cycle.id and c.returned_at is null
		)
	)
)`;
