import type { Db, Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { NeighbourhoodTable } from '#db/schema.ts';

export const findNeighbourhood = (db: Db, name: string, adminUnitId: string, isSample: 0 | 1) =>
	db
		.selectFrom('neighbourhood')
		.select('id')
		.where('name', '=', name)
		.where('adminUnitId', '=', adminUnitId)
		.where('isSample', '=', isSample)
		.orderBy('id')
		.executeTakeFirst();

export async function insertNeighbourhood(
	trx: Trx,
	neighbourhood: Pick<NeighbourhoodTable, 'kind' | 'name' | 'adminUnitId' | 'isSample'>,
	now: number,
): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('neighbourhood')
		.values({ id, ...neighbourhood, validFrom: null, validTo: null })
		.execute();
	return id;
}
