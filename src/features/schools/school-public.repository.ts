import { sql } from 'kysely';
import type { Db } from '#lib/db.ts';
import { areSamplesRetired, shownSample } from '#lib/samples.ts';
import type { LocalDate } from '#lib/time.ts';
import { compareNames } from '#lib/compare-names.ts';
import { schoolYearOf } from './class-sheet.ts';
import { byGrade } from './school-class.ts';
import { NOTHING_DECLARED, type Brought, type DeclaredTotals, type PublicSchool } from './school-public.ts';

const selectSchools = (db: Db) =>
	db
		.selectFrom('organisation')
		.select(['id', 'name', 'adminUnitId', 'validTo', 'isSample'])
		.where('kind', '=', 'school');

/** A school by its id; a sample one is gone once samples are retired. */
export async function findSchool(db: Db, id: string): Promise<PublicSchool | undefined> {
	const school = await selectSchools(db).where('id', '=', id).executeTakeFirst();
	return school?.isSample === 1 && (await areSamplesRetired(db)) ? undefined : school;
}

/** Lines of class sheets that count: what waits for approval is no drop-off yet. */
const selectLines = (db: Db) =>
	db
		.selectFrom('classSheet')
		.innerJoin('dropOff', 'dropOff.classSheetId', 'classSheet.id')
		.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
		.where('dropOff.withdrawnAt', 'is', null);

const dropOffs = sql<number>`count(distinct drop_off.id)`.as('dropOffs');
const grams = sql<number>`coalesce(sum(drop_off_line.declared_weight_grams), 0)`.as('grams');
const unweighed = sql<number>`count(*) - count(drop_off_line.declared_weight_grams)`.as('unweighed');

const toTotals = (row: DeclaredTotals): DeclaredTotals => ({
	dropOffs: Number(row.dropOffs),
	grams: Number(row.grams),
	unweighed: Number(row.unweighed),
});

/** Every school that the public sees, by name, with what its classes declared and how many campaigns it has published. */
export async function listSchools(db: Db) {
	const schools = await selectSchools(db)
		.where('isSample', '=', await shownSample(db, 'organisation'))
		.execute();
	const sums = await selectLines(db)
		.select(['classSheet.organisationId', dropOffs, grams, unweighed])
		.groupBy('classSheet.organisationId')
		.execute();
	const counts = await db
		.selectFrom('campaign')
		.select(['organisationId', ({ fn }) => fn.countAll<number>().as('count')])
		.where('publishedAt', 'is not', null)
		.groupBy('organisationId')
		.execute();
	return schools
		.map((school) => {
			const own = sums.find(({ organisationId }) => organisationId === school.id);
			const campaigns = counts.find(({ organisationId }) => organisationId === school.id)?.count ?? 0;
			return {
				...school,
				campaigns: Number(campaigns),
				totals: own ? toTotals(own) : NOTHING_DECLARED,
			};
		})
		.filter(({ validTo, totals }) => validTo === null || totals.dropOffs > 0)
		.sort((a, b) => compareNames(a.name, b.name));
}

/** How large the classes of a school year are that stand on a day; one that was merged away before it is none of them. */
export const listClassSizes = (db: Db, organisationId: string, schoolYear: string, on: LocalDate) =>
	db
		.selectFrom('schoolClass')
		.select('size')
		.where('organisationId', '=', organisationId)
		.where('schoolYear', '=', schoolYear)
		.where((eb) => eb.or([eb('closedOn', 'is', null), eb('closedOn', '>', on)]))
		.execute();

/** The school years of which a school has classes or a published campaign, the newest first. */
export async function listSchoolYears(db: Db, organisationId: string): Promise<string[]> {
	const rows = await db
		.selectFrom('schoolClass')
		.select('schoolYear')
		.where('organisationId', '=', organisationId)
		.union(
			db
				.selectFrom('campaign')
				.select('schoolYear')
				.where('organisationId', '=', organisationId)
				.where('publishedAt', 'is not', null),
		)
		.execute();
	return rows
		.map(({ schoolYear }) => schoolYear)
		.sort()
		.reverse();
}

/** What the classes of a school declared on these days, both counted in. */
export async function sumSchool(
	db: Db,
	organisationId: string,
	{ from, to }: { from: LocalDate; to: LocalDate },
): Promise<DeclaredTotals> {
	const row = await selectLines(db)
		.select([dropOffs, grams, unweighed])
		.where('classSheet.organisationId', '=', organisationId)
		.where('classSheet.collectedOn', '>=', from)
		.where('classSheet.collectedOn', '<=', to)
		.executeTakeFirstOrThrow();
	return toTotals(row);
}

/** What stands of each of these campaigns. */
export async function sumCampaigns(db: Db, campaignIds: string[]): Promise<Map<string, DeclaredTotals>> {
	const sums = new Map(campaignIds.map((id) => [id, NOTHING_DECLARED]));
	if (campaignIds.length === 0) return sums;
	const rows = await selectLines(db)
		.select(['classSheet.campaignId', dropOffs, grams, unweighed])
		.where('classSheet.campaignId', 'in', campaignIds)
		.groupBy('classSheet.campaignId')
		.execute();
	for (const row of rows) sums.set(row.campaignId!, toTotals(row));
	return sums;
}

/**
 * What each class of a school brought on these days, both counted in, in whichever campaign or none; by grade and name.
 * A class that was merged into another one counts with it.
 */
export async function sumClasses(
	db: Db,
	organisationId: string,
	{ from, to }: { from: LocalDate; to: LocalDate },
): Promise<Brought[]> {
	const sums = await selectLines(db)
		.select(['dropOff.schoolClassId', grams])
		.select(
			sql<number>`coalesce(sum(case when drop_off_line.declared_weight_grams is null then drop_off_line.quantity_milli end), 0)`.as(
				'unweighedMilli',
			),
		)
		.where('classSheet.organisationId', '=', organisationId)
		.where('classSheet.collectedOn', '>=', from)
		.where('classSheet.collectedOn', '<=', to)
		.groupBy('dropOff.schoolClassId')
		.execute();
	if (sums.length === 0) return [];
	const classes = await db
		.selectFrom('schoolClass')
		.select(['id', 'name', 'grade', 'mergedIntoId'])
		.where('organisationId', '=', organisationId)
		.where('schoolYear', 'in', [schoolYearOf(from), schoolYearOf(to)])
		.execute();
	const known = new Map(classes.map((each) => [each.id, each]));
	const brought = new Map<string, Brought>();
	for (const sum of sums) {
		let of = known.get(sum.schoolClassId!)!;
		while (of.mergedIntoId !== null) of = known.get(of.mergedIntoId)!;
		const { id, name, grade } = of;
		const so = brought.get(id) ?? { id, name, grade, grams: 0, unweighedMilli: 0 };
		so.grams += Number(sum.grams);
		so.unweighedMilli += Number(sum.unweighedMilli);
		brought.set(id, so);
	}
	return [...brought.values()].sort(byGrade);
}

/** What classes declared in a campaign, or on the days of their school. */
export type Declared = { campaignId: string } | { organisationId: string; from: LocalDate; to: LocalDate };

const selectDeclared = (db: Db, of: Declared) => {
	const lines = selectLines(db);
	if ('campaignId' in of) return lines.where('classSheet.campaignId', '=', of.campaignId);
	return lines
		.where('classSheet.organisationId', '=', of.organisationId)
		.where('classSheet.collectedOn', '>=', of.from)
		.where('classSheet.collectedOn', '<=', of.to);
};

/** What classes declared of one material in one cycle. */
export type ClassGoods = {
	cycleId: string;
	materialCode: string;
	grams: number;
	/** Lines whose weight is unknown. */
	unweighed: number;
};

/** In which cycles the goods lie that classes declared, each material once. */
export async function listClassGoods(db: Db, of: Declared): Promise<ClassGoods[]> {
	const rows = await selectDeclared(db, of)
		.select(['dropOff.cycleId', 'dropOffLine.materialCode', grams, unweighed])
		.groupBy(['dropOff.cycleId', 'dropOffLine.materialCode'])
		.orderBy('dropOff.cycleId')
		.orderBy('dropOffLine.materialCode')
		.execute();
	return rows.map((row) => ({
		...row,
		...{ grams: Number(row.grams), unweighed: Number(row.unweighed) },
	}));
}

/** Every line of class sheets that counts, by day and class. */
export async function listRegister(db: Db, of: Declared) {
	const rows = await selectDeclared(db, of)
		.innerJoin('schoolClass', 'schoolClass.id', 'dropOff.schoolClassId')
		.innerJoin('material', 'material.code', 'dropOffLine.materialCode')
		.leftJoin('campaign', 'campaign.id', 'classSheet.campaignId')
		.select(['classSheet.collectedOn', 'schoolClass.name', 'schoolClass.grade', 'dropOffLine.materialCode'])
		.select(['dropOffLine.unit', 'dropOffLine.quantityMilli', 'dropOffLine.declaredWeightGrams'])
		.select('campaign.name as campaignName')
		.orderBy('classSheet.collectedOn')
		.orderBy('schoolClass.grade')
		.orderBy('schoolClass.name')
		.orderBy('material.sortOrder')
		.orderBy('dropOffLine.unit')
		.orderBy('dropOff.id')
		.execute();
	return rows;
}
