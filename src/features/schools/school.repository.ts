import type { Db, Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { SchoolClass } from './class-sheet.ts';
import { byGrade } from './school-class.ts';

/** A school's classes of one school year that have not ended, by grade and name. */
export async function listClasses(
	db: Db,
	organisationId: string,
	schoolYear: string,
): Promise<SchoolClass[]> {
	const rows = await db
		.selectFrom('schoolClass')
		.select(['id', 'name', 'grade', 'size'])
		.where('organisationId', '=', organisationId)
		.where('schoolYear', '=', schoolYear)
		.where('closedOn', 'is', null)
		.execute();
	return rows.sort(byGrade);
}

/** What a school's classes are called by their ids, also those that have closed; another school's are not among them. */
export async function findClassNames(
	db: Db,
	organisationId: string,
	ids: string[],
): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.selectFrom('schoolClass')
		.select(['id', 'name'])
		.where('organisationId', '=', organisationId)
		.where('id', 'in', ids)
		.execute();
	return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Schools among these organisations, with the house that stands in each. */
export async function listSchoolHouses(db: Db, organisationIds: string[]) {
	if (organisationIds.length === 0) return [];
	return db
		.selectFrom('organisation')
		.innerJoin('greenHouse', 'greenHouse.hostOrganisationId', 'organisation.id')
		.select(['organisation.id', 'organisation.name', 'greenHouse.code', 'greenHouse.nameVi as houseName'])
		.select('organisation.isSample')
		.where('organisation.id', 'in', organisationIds)
		.where('greenHouse.status', '<>', 'closed')
		.orderBy('greenHouse.code')
		.execute();
}

/** Says in whose yard a house stands. */
export const hostHouse = (trx: Trx, greenHouseId: string, hostOrganisationId: string) =>
	trx.updateTable('greenHouse').set({ hostOrganisationId }).where('id', '=', greenHouseId).execute();

export async function insertClass(
	trx: Trx,
	schoolClass: {
		organisationId: string;
		schoolYear: string;
		grade: number;
		name: string;
		size: number | null;
		followsClassId?: string | null;
		isSample: 0 | 1;
	},
	now: number,
): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('schoolClass')
		.values({ id, followsClassId: null, closedOn: null, mergedIntoId: null, ...schoolClass })
		.execute();
	return id;
}
