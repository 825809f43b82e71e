import type { Db, Trx } from '#lib/db.ts';
import type { HouseChangeTable } from '#db/schema.ts';

export const findHouseChange = (db: Db, id: string) =>
	db.selectFrom('houseChange').selectAll().where('id', '=', id).executeTakeFirst();

export const insertHouseChange = (trx: Trx, change: HouseChangeTable) =>
	trx.insertInto('houseChange').values(change).execute();

/** When the house's position was said last, by a survey, a move or a file; undefined when nobody ever did. */
export const findLastPlaced = (db: Db, greenHouseId: string) =>
	db
		.selectFrom('houseChange')
		.select('happenedAt')
		.where('greenHouseId', '=', greenHouseId)
		.where((eb) => eb.or([eb('kind', 'in', ['survey', 'move']), eb('afterValues', 'like', '%"latitude":%')]))
		.orderBy('happenedAt', 'desc')
		.limit(1)
		.executeTakeFirst();

/** What happened to a house, the newest first, with the role in which it was said (null for a file) and never with a name. */
export const listHouseChanges = (db: Db, greenHouseId: string, limit: number) =>
	db
		.selectFrom('houseChange')
		.leftJoin('roleGrant', 'roleGrant.id', 'houseChange.recordedBy')
		.leftJoin('greenHouse as successor', 'successor.id', 'houseChange.successorId')
		.leftJoin('photo', 'photo.id', 'houseChange.photoId')
		.selectAll('houseChange')
		.select([
			'roleGrant.role',
			'successor.code as successorCode',
			'successor.nameVi as successorName',
			'photo.status as photoStatus',
		])
		.where('houseChange.greenHouseId', '=', greenHouseId)
		.orderBy('houseChange.happenedAt', 'desc')
		.orderBy('houseChange.recordedAt', 'desc')
		.orderBy('houseChange.id', 'desc')
		.limit(limit)
		.execute();

export type HouseChange = Awaited<ReturnType<typeof listHouseChanges>>[number];

/** What the house's open cycle holds: drop-offs, and goods that were kept from the cycle before. */
export async function waitingInOpenCycle(
	trx: Trx,
	greenHouseId: string,
): Promise<{ dropOffs: number; kept: number }> {
	const cycle = await trx
		.selectFrom('collectionCycle')
		.select('id')
		.where('greenHouseId', '=', greenHouseId)
		.where('closedAt', 'is', null)
		.executeTakeFirst();
	if (!cycle) return { dropOffs: 0, kept: 0 };
	const dropOffs = await trx
		.selectFrom('dropOff')
		.select((eb) => eb.fn.countAll<number>().as('count'))
		.where('cycleId', '=', cycle.id)
		.where('withdrawnAt', 'is', null)
		.executeTakeFirstOrThrow();
	const kept = await trx
		.selectFrom('carriedGoods')
		.select((eb) => eb.fn.countAll<number>().as('count'))
		.where('toCycleId', '=', cycle.id)
		.where('returnedAt', 'is', null)
		.executeTakeFirstOrThrow();
	return { dropOffs: Number(dropOffs.count), kept: Number(kept.count) };
}

/** When somebody last brought something to a house; undefined when nobody ever did. */
export async function findLastDropOff(trx: Trx, greenHouseId: string): Promise<number | undefined> {
	const row = await trx
		.selectFrom('dropOff')
		.select('happenedAt')
		.where('greenHouseId', '=', greenHouseId)
		.where('withdrawnAt', 'is', null)
		.orderBy('happenedAt', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row?.happenedAt;
}
