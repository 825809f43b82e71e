import type { SchoolClassTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';
import { lastWholeDayOf } from './campaign.ts';
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
export async function listClassYears(db: Db, organisationId: string): Promise<string[]> {
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

/** The last day that a campaign ran through which ended with this class in it. */
export async function findLastCampaignDay(db: Db, classId: string): Promise<LocalDate | undefined> {
	const ended = await db
		.selectFrom('campaignClass')
		.innerJoin('campaign', 'campaign.id', 'campaignClass.campaignId')
		.select(['endsOn', 'endedAt'])
		.where('schoolClassId', '=', classId)
		.where('endedAt', 'is not', null)
		.$narrowType<{ endedAt: number }>()
		.execute();
	return ended.map(lastWholeDayOf).sort().at(-1);
}

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

type Changed = Partial<Pick<SchoolClassTable, 'name' | 'grade' | 'size' | 'closedOn' | 'mergedIntoId'>>;

/** Writes what a class is from now on; campaigns that have not ended count with its new size. */
export async function updateClass(trx: Trx, id: string, values: Changed): Promise<void> {
	await trx.updateTable('schoolClass').set(values).where('id', '=', id).execute();
	if (values.size === undefined) return;
	await trx
		.updateTable('campaignClass')
		.set({ size: values.size })
		.where('schoolClassId', '=', id)
		.where('campaignId', 'in', openCampaignsOf(trx, id))
		.execute();
}

const openCampaignsOf = (trx: Trx, classId: string) =>
	trx
		.selectFrom('campaignClass')
		.innerJoin('campaign', 'campaign.id', 'campaignClass.campaignId')
		.select('campaign.id')
		.where('schoolClassId', '=', classId)
		.where('endedAt', 'is', null);

/** The class takes part, with its size, in every campaign that has not ended and that the other one takes part in. */
export async function joinCampaignsOf(trx: Trx, id: string, otherId: string): Promise<void> {
	await trx
		.insertInto('campaignClass')
		.columns(['campaignId', 'schoolClassId', 'size'])
		.expression(
			openCampaignsOf(trx, otherId)
				.innerJoin('schoolClass', (join) => join.on('schoolClass.id', '=', id))
				.clearSelect()
				.select(['campaign.id', 'schoolClass.id', 'schoolClass.size']),
		)
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}
