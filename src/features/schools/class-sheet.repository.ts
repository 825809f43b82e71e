import type { ClassSheetTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { SheetRow } from './class-sheet.ts';

export type NewClassSheet = Omit<ClassSheetTable, 'status' | 'approvedAt' | 'approvedBy' | 'revokedAt'>;

/** A sheet as it was entered, with its cells. */
export async function insertClassSheet(trx: Trx, sheet: NewClassSheet, rows: SheetRow[]): Promise<void> {
	await trx
		.insertInto('classSheet')
		.values({
			...{ approvedAt: null, approvedBy: null, revokedAt: null },
			...{ ...sheet, status: 'entered' },
		})
		.execute();
	await trx
		.insertInto('classSheetCell')
		.values(
			rows.flatMap(({ classId, lines }) =>
				lines.map(({ material, unit, quantityMilli }) => ({
					...{ classSheetId: sheet.id, schoolClassId: classId },
					...{ materialCode: material, unit, quantityMilli },
				})),
			),
		)
		.execute();
}

export const findClassSheet = (db: Db, id: string) =>
	db.selectFrom('classSheet').selectAll().where('id', '=', id).executeTakeFirst();

/** The cells of a sheet by class, as they were entered. */
export async function listSheetRows(db: Db, id: string): Promise<SheetRow[]> {
	const cells = await db
		.selectFrom('classSheetCell')
		.selectAll()
		.where('classSheetId', '=', id)
		.orderBy('schoolClassId')
		.orderBy('materialCode')
		.orderBy('unit')
		.execute();
	const rows = new Map<string, SheetRow>();
	for (const { schoolClassId, materialCode, unit, quantityMilli } of cells) {
		const row = rows.get(schoolClassId) ?? { classId: schoolClassId, lines: [] };
		rows.set(schoolClassId, row);
		row.lines.push({ material: materialCode, unit, quantityMilli });
	}
	return [...rows.values()];
}

export const approveSheetRow = (trx: Trx, id: string, approvedBy: string, now: number) =>
	trx
		.updateTable('classSheet')
		.set({ status: 'approved', approvedAt: now, approvedBy })
		.where('id', '=', id)
		.execute();

/** The sheet and its drop-offs count no more. */
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

/** True when goods of this sheet stand in a cycle that is already closed. */
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
		.selectFrom('classSheetCell')
		.innerJoin('classSheet', 'classSheet.id', 'classSheetCell.classSheetId')
		.innerJoin('schoolClass', 'schoolClass.id', 'classSheetCell.schoolClassId')
		.innerJoin('material', 'material.code', 'classSheetCell.materialCode')
		.select([
			'classSheetCell.classSheetId',
			'schoolClass.name',
			'classSheetCell.materialCode',
			'classSheetCell.unit',
			'classSheetCell.quantityMilli',
		])
		.orderBy('schoolClass.grade')
		.orderBy('schoolClass.name')
		.orderBy('material.sortOrder')
		.orderBy('classSheetCell.unit');

/** What stands of these classes at a house for one day, over all sheets that were not revoked. */
export async function listCellsOfDay(
	db: Db,
	day: { greenHouseId: string; collectedOn: string; classIds: string[] },
) {
	if (day.classIds.length === 0) return [];
	return selectCells(db)
		.select(['classSheet.classLinkId', 'classSheet.status'])
		.where('classSheet.greenHouseId', '=', day.greenHouseId)
		.where('classSheet.collectedOn', '=', day.collectedOn)
		.where('classSheetCell.schoolClassId', 'in', day.classIds)
		.where('classSheet.status', '<>', 'revoked')
		.execute();
}

const selectSheets = (db: Db) =>
	db
		.selectFrom('classSheet')
		.select(['id', 'collectedOn', 'status', 'recordedAt', 'campaignId', 'classLinkId']);

async function withCells<Sheet extends { id: string }>(db: Db, sheets: Sheet[]) {
	if (sheets.length === 0) return [];
	const cells = await selectCells(db)
		.where(
			'classSheet.id',
			'in',
			sheets.map((sheet) => sheet.id),
		)
		.execute();
	return sheets.map((sheet) => ({ ...sheet, cells: cells.filter((cell) => cell.classSheetId === sheet.id) }));
}

/** The school's latest sheets, those that wait for approval first, each with its cells. */
export const listSheets = async (db: Db, organisationId: string, limit: number) =>
	withCells(
		db,
		await selectSheets(db)
			.where('organisationId', '=', organisationId)
			.orderBy((eb) => eb.case().when('status', '=', 'entered').then(0).else(1).end())
			.orderBy('collectedOn', 'desc')
			.orderBy('id', 'desc')
			.limit(limit)
			.execute(),
	);

/** The sheets that came by a class's link, the last sent first, each with its cells. */
export const listSheetsOfLink = async (
	db: Db,
	{ id, campaignId }: { id: string; campaignId: string },
	limit: number,
) =>
	withCells(
		db,
		await selectSheets(db)
			.where('campaignId', '=', campaignId)
			.where('classLinkId', '=', id)
			.orderBy('recordedAt', 'desc')
			.orderBy('id', 'desc')
			.limit(limit)
			.execute(),
	);

/** These sheets, by day, each with its cells. */
export const listSheetsById = async (db: Db, ids: string[]) =>
	ids.length === 0
		? []
		: withCells(
				db,
				await selectSheets(db).where('id', 'in', ids).orderBy('collectedOn').orderBy('id').execute(),
			);

/** One sheet of a school with its cells, as it was entered. */
export async function findSheetOfSchool(db: Db, organisationId: string, id: string) {
	const sheet = await findClassSheet(db, id);
	if (sheet?.organisationId !== organisationId) return undefined;
	return { ...sheet, cells: await selectCells(db).where('classSheet.id', '=', id).execute() };
}
