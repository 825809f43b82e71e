import type { Db } from '#lib/db.ts';
import { currentUnit, type AdminUnit } from './place.ts';

/** Every unit, old and new; there are a few dozen. */
export async function listAdminUnits(db: Db): Promise<AdminUnit[]> {
	const units = await db.selectFrom('adminUnit').selectAll().orderBy('id').execute();
	const links = await db.selectFrom('adminUnitPredecessor').selectAll().execute();
	return units.map((unit) => ({
		...unit,
		predecessorIds: links.filter((link) => link.adminUnitId === unit.id).map((link) => link.predecessorId),
	}));
}

/** Today's wards of the service area. */
export async function listWards(db: Db): Promise<AdminUnit[]> {
	const units = await listAdminUnits(db);
	return units.filter((unit) => unit.inServiceArea === 1 && unit.validTo === null);
}

export async function findCurrentUnit(db: Db, id: string): Promise<AdminUnit> {
	return currentUnit(await listAdminUnits(db), id);
}
