import type { Db, Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { SchoolClass } from './class-sheet.ts';

/** A school's classes of one school year, by grade and name. */
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
		.execute();
	const collator = new Intl.Collator('vi', { numeric: true });
	return rows.sort((a, b) => a.grade - b.grade || collator.compare(a.name, b.name));
}

/** Schools among these organisations, with the house that stands in each. */
export async function listSchoolHouses(db: Db, organisationIds: string[]) {
	if (organisationIds.length === 0) return [];
	return db
		.selectFrom('organisation')
		.innerJoin('greenHouse', 'greenHouse.hostOrganisationId', 'organisation.id')
		.select(['organisation.id', 'organisation.name', 'greenHouse.code', 'greenHouse.nameVi as houseName'])
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
		isSample: 0 | 1;
	},
	now: number,
): Promise<string> {
	const id = uuidv7(now);
	await trx
		.insertInto('schoolClass')
		.values({ id, followsClassId: null, ...schoolClass })
		.execute();
	return id;
}

export type ClassSheetRow = {
	id: string;
	organisationId: string;
	greenHouseId: string;
	collectedOn: string;
	recordedAt: number;
	recordedBy: string;
	contentHash: string;
	isSample: 0 | 1;
};

export async function insertClassSheet(trx: Trx, sheet: ClassSheetRow): Promise<void> {
	await trx
		.insertInto('classSheet')
		.values({ ...sheet, status: 'entered', revokedAt: null })
		.execute();
}

export const findClassSheet = (db: Db, id: string) =>
	db.selectFrom('classSheet').selectAll().where('id', '=', id).executeTakeFirst();

export async function revokeSheetRow(trx: Trx, id: string, now: number): Promise<void> {
	await trx
		.updateTable('classSheet')
		.set({ status: 'revoked', revokedAt: now })
		.where('id', '=', id)
		.execute();
	await trx
		.updateTable('dropOff')
		.set({ withdrawnAt: now })
		.where('classSheetId', '=', id)
		.where('withdrawnAt', 'is', null)
		.execute();
}

/** True when a line of this sheet stands in a cycle that is already closed. */
export async function hasClosedCycle(db: Db, sheetId: string): Promise<boolean> {
	const row = await db
		.selectFrom('dropOff')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'dropOff.cycleId')
		.select('dropOff.id')
		.where('dropOff.classSheetId', '=', sheetId)
		.where('collectionCycle.closedAt', 'is not', null)
		.executeTakeFirst();
	return row !== undefined;
}

const selectCells = (db: Db) =>
	db
		.selectFrom('dropOff')
		.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
		.innerJoin('schoolClass', 'schoolClass.id', 'dropOff.schoolClassId')
		.select([
			'dropOff.classSheetId',
			'schoolClass.name',
			'dropOffLine.materialCode',
			'dropOffLine.unit',
			'dropOffLine.quantityMilli',
		])
		.orderBy('schoolClass.grade')
		.orderBy('schoolClass.name')
		.orderBy('dropOff.id')
		.orderBy('dropOffLine.position');

/** What stands of these classes at a house for one day, over all sheets that were not revoked. */
export async function listCellsOfDay(
	db: Db,
	day: { greenHouseId: string; collectedOn: string; classIds: string[] },
) {
	if (day.classIds.length === 0) return [];
	return selectCells(db)
		.innerJoin('classSheet', 'classSheet.id', 'dropOff.classSheetId')
		.where('classSheet.greenHouseId', '=', day.greenHouseId)
		.where('classSheet.collectedOn', '=', day.collectedOn)
		.where('dropOff.schoolClassId', 'in', day.classIds)
		.where('dropOff.withdrawnAt', 'is', null)
		.execute();
}

/** The school's latest sheets, each with its sums by class, material and unit. */
export async function listSheets(db: Db, organisationId: string, limit: number) {
	const sheets = await db
		.selectFrom('classSheet')
		.select(['id', 'collectedOn', 'status', 'recordedAt'])
		.where('organisationId', '=', organisationId)
		.orderBy('collectedOn', 'desc')
		.orderBy('id', 'desc')
		.limit(limit)
		.execute();
	if (sheets.length === 0) return [];
	const cells = await selectCells(db)
		.where(
			'dropOff.classSheetId',
			'in',
			sheets.map((sheet) => sheet.id),
		)
		.execute();
	return sheets.map((sheet) => ({ ...sheet, cells: cells.filter((cell) => cell.classSheetId === sheet.id) }));
}

/** One sheet of a school with its cells, as it was entered. */
export async function findSheetOfSchool(db: Db, organisationId: string, id: string) {
	const sheet = await findClassSheet(db, id);
	if (sheet?.organisationId !== organisationId) return undefined;
	return { ...sheet, cells: await selectCells(db).where('dropOff.classSheetId', '=', id).execute() };
}
