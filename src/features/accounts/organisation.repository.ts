// An organisation of the programme: a union's chapter, a school, a committee, a company, a group of households.
import type { OrganisationTable } from '#db/schema.ts';
import { lockName, type Db, type Trx } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { compareNames } from '#lib/compare-names.ts';

export const findOrganisation = (db: Db, id: string): Promise<OrganisationTable | undefined> =>
	db.selectFrom('organisation').selectAll().where('id', '=', id).executeTakeFirst();

/** True from the moment it is closed: the day that it ends on is its last in lists, and takes nothing new. */
export const isClosed = ({ validTo }: Pick<OrganisationTable, 'validTo'>, today: LocalDate): boolean =>
	validTo !== null && validTo <= today;

/**
 * An organisation of this name that has not ended. Of two that look for the same name at once, in whatever ward, one
 * waits here until the other's transaction ends, and then finds what it has made.
 */
export async function findOrganisationByName(trx: Trx, name: string, isSample: 0 | 1) {
	await lockName(trx, `organisation:${name}`);
	return trx
		.selectFrom('organisation')
		.select('id')
		.where('name', '=', name)
		.where('isSample', '=', isSample)
		.where('validTo', 'is', null)
		.orderBy('id')
		.executeTakeFirst();
}

/** Organisations that exist on a day, those that end on it among them, by ward and name; samples or real ones. */
export async function listOrganisations(db: Db, { isSample, on }: { isSample: 0 | 1; on: LocalDate }) {
	const rows = await db
		.selectFrom('organisation')
		.selectAll()
		.where('isSample', '=', isSample)
		.where((eb) => eb.or([eb('validTo', 'is', null), eb('validTo', '>=', on)]))
		.orderBy('id')
		.execute();
	const unitOf = ({ adminUnitId }: (typeof rows)[number]) => adminUnitId ?? '';
	const compareUnits = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
	return rows.sort((a, b) => compareUnits(unitOf(a), unitOf(b)) || compareNames(a.name, b.name));
}

export async function insertOrganisation(
	trx: Trx,
	organisation: Pick<OrganisationTable, 'kind' | 'name' | 'adminUnitId' | 'isSample'> & {
		validFrom?: LocalDate | null;
	},
	now: number,
): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('organisation')
		.values({ id, validFrom: null, ...organisation, validTo: null })
		.execute();
	return id;
}

export const updateOrganisation = (
	trx: Trx,
	id: string,
	change: Partial<Pick<OrganisationTable, 'name' | 'validFrom' | 'validTo'>>,
) => trx.updateTable('organisation').set(change).where('id', '=', id).execute();
