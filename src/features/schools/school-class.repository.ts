import type { SchoolClassTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import { byGrade, type StandingClass } from './school-class.ts';

const COLUMNS = [
	...(['id', 'schoolYear', 'name', 'grade', 'size'] as const),
	...(['followsClassId', 'closedOn', 'mergedIntoId'] as const),
] as const;

/** All classes of a school year, by grade and name; those that have ended too. */
export async function listYearClasses(
	db: Db,
	organisationId: string,
	schoolYear: string,
): Promise<StandingClass[]> {
	const rows = await db
		.selectFrom('schoolClass')
		.select(COLUMNS)
		.where('organisationId', '=', organisationId)
		.where('schoolYear', '=', schoolYear)
		.execute();
	return rows.sort(byGrade);
}

/** The school years that a school has classes of, the latest first. */
export async function listSchoolYears(db: Db, organisationId: string): Promise<string[]> {
	const rows = await db
		.selectFrom('schoolClass')
		.select('schoolYear')
		.distinct()
		.where('organisationId', '=', organisationId)
		.orderBy('schoolYear', 'desc')
		.execute();
	return rows.map(({ schoolYear }) => schoolYear);
}

export const findClass = (db: Db, id: string) =>
	db
		.selectFrom('schoolClass')
		.select([...COLUMNS, 'organisationId', 'isSample'])
		.where('id', '=', id)
		.executeTakeFirst();

/** The classes that say that they follow this one: of the next year, or split from it. */
export const listFollowers = (db: Db, id: string): Promise<StandingClass[]> =>
	db.selectFrom('schoolClass').select(COLUMNS).where('followsClassId', '=', id).orderBy('name').execute();

/** What stands of sheets for a class: whether one waits, and the last day that one was entered for. */
export async function findSheetsOfClass(db: Db, classId: string) {
	const rows = await db
		.selectFrom('classSheetCell')
		.innerJoin('classSheet', 'classSheet.id', 'classSheetCell.classSheetId')
		.select(['classSheet.status', ({ fn }) => fn.max('classSheet.collectedOn').as('lastOn')])
		.where('classSheetCell.schoolClassId', '=', classId)
		.where('classSheet.status', '<>', 'revoked')
		.groupBy('classSheet.status')
		.execute();
	return {
		isWaiting: rows.some(({ status }) => status === 'entered'),
		lastOn: rows
			.map(({ lastOn }) => lastOn)
			.sort()
			.at(-1),
	};
}

export const updateClass = (
	trx: Trx,
	id: string,
	values: Partial<Pick<SchoolClassTable, 'name' | 'grade' | 'size' | 'closedOn' | 'mergedIntoId'>>,
) => trx.updateTable('schoolClass').set(values).where('id', '=', id).execute();
