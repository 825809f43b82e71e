import type { Db, Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { NeighbourhoodTable, OrganisationTable } from '#db/schema.ts';

export const findOrganisation = (db: Db, name: string, isSample: 0 | 1) =>
	db
		.selectFrom('organisation')
		.select('id')
		.where('name', '=', name)
		.where('isSample', '=', isSample)
		.where('validTo', 'is', null)
		.orderBy('id')
		.executeTakeFirst();

export async function insertOrganisation(
	trx: Trx,
	organisation: Pick<OrganisationTable, 'kind' | 'name' | 'adminUnitId' | 'isSample'>,
	now: number,
): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('organisation')
		.values({ id, ...organisation, validFrom: null, validTo: null })
		.execute();
	return id;
}

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
