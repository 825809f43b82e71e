import type { CampaignTable, WeighInTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';
import type { Campaign, CampaignInput } from './campaign.ts';
import type { ClassInput, ClassTotal } from './campaign-result.ts';
import { byGrade } from './school-class.ts';

/** The parts that hang on campaigns, and the campaigns whole. */
async function withParts(db: Db, rows: CampaignTable[]): Promise<Campaign[]> {
	if (rows.length === 0) return [];
	const ids = rows.map(({ id }) => id);
	const materials = await db
		.selectFrom('campaignMaterial')
		.innerJoin('material', 'material.code', 'campaignMaterial.materialCode')
		.select(['campaignId', 'materialCode'])
		.where('campaignId', 'in', ids)
		.orderBy('material.sortOrder')
		.execute();
	const quota = await db
		.selectFrom('campaignQuota')
		.selectAll()
		.where('campaignId', 'in', ids)
		.orderBy('unit')
		.execute();
	const awards = await db
		.selectFrom('campaignAward')
		.selectAll()
		.where('campaignId', 'in', ids)
		.orderBy('position')
		.execute();
	const of = <Row extends { campaignId: string }>(parts: Row[], id: string) =>
		parts.filter(({ campaignId }) => campaignId === id);
	return rows.map(({ createdAt: _, createdBy: __, ...row }) => ({
		...row,
		materials: of(materials, row.id).map(({ materialCode }) => materialCode),
		quota: of(quota, row.id).map(({ unit, quantityMilli }) => ({ unit, quantityMilli })),
		awards: of(awards, row.id).map(({ name, minPoints }) => ({ name, minPoints })),
	}));
}

export async function findCampaign(db: Db, id: string): Promise<Campaign | undefined> {
	const rows = await db.selectFrom('campaign').selectAll().where('id', '=', id).execute();
	return (await withParts(db, rows))[0];
}

/** A school's campaigns, the newest first; of those alone that are published where the public asks. */
export async function listCampaigns(
	db: Db,
	organisationId: string,
	{ schoolYear, isPublic = false }: { schoolYear?: string; isPublic?: boolean } = {},
): Promise<Campaign[]> {
	let query = db.selectFrom('campaign').selectAll().where('organisationId', '=', organisationId);
	if (schoolYear !== undefined) query = query.where('schoolYear', '=', schoolYear);
	if (isPublic) query = query.where('publishedAt', 'is not', null);
	return withParts(db, await query.orderBy('startsOn', 'desc').orderBy('id', 'desc').execute());
}

const PARTS = ['campaignMaterial', 'campaignQuota', 'campaignAward'] as const;

/** Writes what a campaign is made of anew; part of the transaction that wrote its row. */
async function writeParts(trx: Trx, id: string, input: CampaignInput): Promise<void> {
	for (const table of PARTS) await trx.deleteFrom(table).where('campaignId', '=', id).execute();
	await trx
		.insertInto('campaignMaterial')
		.values(input.materials.map((materialCode) => ({ campaignId: id, materialCode })))
		.execute();
	if (input.quota.length > 0)
		await trx
			.insertInto('campaignQuota')
			.values(input.quota.map((quota) => ({ campaignId: id, ...quota })))
			.execute();
	if (input.awards.length > 0)
		await trx
			.insertInto('campaignAward')
			.values(input.awards.map((award, index) => ({ campaignId: id, position: index + 1, ...award })))
			.execute();
}

type Written = Pick<
	CampaignTable,
	'organisationId' | 'greenHouseId' | 'schoolYear' | 'createdAt' | 'createdBy' | 'isSample'
>;

const columnsOf = ({ materials: _, quota: __, awards: ___, ...columns }: CampaignInput) => columns;

export async function insertCampaign(
	trx: Trx,
	id: string,
	input: CampaignInput,
	written: Written,
): Promise<void> {
	await trx
		.insertInto('campaign')
		.values({ id, ...columnsOf(input), ...written, publishedAt: null, endedAt: null })
		.execute();
	await writeParts(trx, id, input);
}

export async function updateCampaign(
	trx: Trx,
	id: string,
	input: CampaignInput,
	schoolYear: string,
): Promise<void> {
	await trx
		.updateTable('campaign')
		.set({ ...columnsOf(input), schoolYear })
		.where('id', '=', id)
		.execute();
	await writeParts(trx, id, input);
}

/** A campaign with its parts; one on which sheets, classes or weigh-ins hang is kept by the database. */
export async function deleteCampaign(trx: Trx, id: string): Promise<void> {
	for (const table of PARTS) await trx.deleteFrom(table).where('campaignId', '=', id).execute();
	await trx.deleteFrom('campaign').where('id', '=', id).execute();
}

export const setCampaign = (
	trx: Trx,
	id: string,
	set: Partial<Pick<CampaignTable, 'publishedAt' | 'endedAt' | 'endsOn'>>,
) => trx.updateTable('campaign').set(set).where('id', '=', id).execute();

/** Keeps which class counts with which, whatever becomes of them later; part of the transaction that ends the campaign. */
export async function keepMergers(trx: Trx, campaignId: string): Promise<void> {
	await trx
		.updateTable('campaignClass')
		.set(({ selectFrom }) => ({
			countsWithId: selectFrom('schoolClass')
				.select('mergedIntoId')
				.whereRef('schoolClass.id', '=', 'campaignClass.schoolClassId'),
		}))
		.where('campaignId', '=', campaignId)
		.execute();
}

/** These classes take part, with their sizes as they are now; who takes part already stays as it is. */
export async function addCampaignClasses(
	trx: Trx,
	campaignId: string,
	classes: { id: string; size: number | null }[],
): Promise<void> {
	if (classes.length === 0) return;
	await trx
		.insertInto('campaignClass')
		.values(classes.map(({ id, size }) => ({ campaignId, schoolClassId: id, size, countsWithId: null })))
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

/** Nobody takes part any more; the database keeps a class for which a link was handed out. */
export const dropCampaignClasses = (trx: Trx, campaignId: string) =>
	trx.deleteFrom('campaignClass').where('campaignId', '=', campaignId).execute();

/** The last day of which a sheet stands that was not revoked. */
export async function findLastSheetDay(db: Db, campaignId: string): Promise<string | undefined> {
	const row = await db
		.selectFrom('classSheet')
		.select('collectedOn')
		.where('campaignId', '=', campaignId)
		.where('status', '<>', 'revoked')
		.orderBy('collectedOn', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row?.collectedOn;
}

/** How many sheets of a campaign stand in each state. */
export async function countSheets(db: Db, campaignId: string) {
	const rows = await db
		.selectFrom('classSheet')
		.select('status')
		.select(({ fn }) => fn.countAll<number>().as('count'))
		.where('campaignId', '=', campaignId)
		.groupBy('status')
		.execute();
	const of = (status: string) => Number(rows.find((row) => row.status === status)?.count ?? 0);
	return { entered: of('entered'), approved: of('approved'), revoked: of('revoked') };
}

/**
 * The classes of campaigns with what stands of them in approved sheets, by grade and name; a class that brought nothing
 * stands too. Of some days alone where they are given, both counted in. A class that was merged into another one before
 * its campaign ended counts with that one, as the end has kept it.
 */
export async function listClassTotals(
	db: Db,
	campaignIds: string[],
	days?: { from: LocalDate; to: LocalDate },
): Promise<Map<string, ClassInput[]>> {
	if (campaignIds.length === 0) return new Map();
	const classes = await db
		.selectFrom('campaignClass')
		.innerJoin('schoolClass', 'schoolClass.id', 'campaignClass.schoolClassId')
		.innerJoin('campaign', 'campaign.id', 'campaignClass.campaignId')
		.select(['campaignId', 'schoolClass.id', 'schoolClass.grade', 'schoolClass.name', 'campaignClass.size'])
		.select(['mergedIntoId', 'countsWithId', 'endedAt'])
		.where('campaignId', 'in', campaignIds)
		.execute();
	let approved = db
		.selectFrom('classSheet')
		.innerJoin('dropOff', 'dropOff.classSheetId', 'classSheet.id')
		.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
		.select(['classSheet.campaignId', 'dropOff.schoolClassId', 'materialCode', 'unit'])
		.select(({ fn }) => [
			fn.sum<number>('quantityMilli').as('quantityMilli'),
			fn.sum<number | null>('declaredWeightGrams').as('weightGrams'),
		])
		.where('classSheet.campaignId', 'in', campaignIds)
		.where('dropOff.withdrawnAt', 'is', null);
	if (days)
		approved = approved
			.where('classSheet.collectedOn', '>=', days.from)
			.where('classSheet.collectedOn', '<=', days.to);
	const sums = await approved
		.groupBy(['classSheet.campaignId', 'dropOff.schoolClassId', 'materialCode', 'unit'])
		.groupBy((eb) => eb('declaredWeightGrams', 'is', null))
		.execute();
	const goesInto = new Map(
		classes
			.map((each) => ({ ...each, into: each.endedAt === null ? each.mergedIntoId : each.countsWithId }))
			.filter(({ into }) => into !== null)
			.map(({ campaignId, id, into }) => [`${campaignId} ${id}`, `${campaignId} ${into}`]),
	);
	const totals = new Map<string, ClassTotal[]>();
	for (const { campaignId, schoolClassId, ...sum } of sums) {
		let key = `${campaignId} ${schoolClassId}`;
		while (goesInto.has(key)) key = goesInto.get(key)!;
		const { quantityMilli, weightGrams } = sum;
		const total = {
			...sum,
			quantityMilli: Number(quantityMilli),
			weightGrams: weightGrams === null ? null : Number(weightGrams),
		};
		totals.set(key, addTotal(totals.get(key) ?? [], total));
	}
	const found = new Map<string, ClassInput[]>(campaignIds.map((id) => [id, []]));
	for (const { campaignId, id, name, size } of classes.sort(byGrade)) {
		const key = `${campaignId} ${id}`;
		if (!goesInto.has(key))
			found.get(campaignId)!.push({ classId: id, name, size, totals: totals.get(key) ?? [] });
	}
	return found;
}

/** Pieces whose weight nobody knows stay apart from others of the same material. */
function addTotal(totals: ClassTotal[], more: ClassTotal): ClassTotal[] {
	const isSame = (each: ClassTotal) =>
		each.materialCode === more.materialCode &&
		each.unit === more.unit &&
		(each.weightGrams === null) === (more.weightGrams === null);
	if (!totals.some(isSame)) return [...totals, more];
	return totals.map((each) =>
		isSame(each)
			? {
					...each,
					quantityMilli: each.quantityMilli + more.quantityMilli,
					weightGrams: each.weightGrams === null ? null : each.weightGrams + more.weightGrams!,
				}
			: each,
	);
}

export const insertWeighIn = (trx: Trx, row: Omit<WeighInTable, 'withdrawnAt'>) =>
	trx
		.insertInto('weighIn')
		.values({ ...row, withdrawnAt: null })
		.execute();

export const withdrawWeighInRow = (trx: Trx, id: string, now: number) =>
	trx.updateTable('weighIn').set({ withdrawnAt: now }).where('id', '=', id).execute();

export const findWeighIn = (db: Db, id: string) =>
	db.selectFrom('weighIn').selectAll().where('id', '=', id).executeTakeFirst();

/** True where the scale said something, also what was taken back. */
export const hasWeighIns = async (db: Db, campaignId: string): Promise<boolean> =>
	(await db
		.selectFrom('weighIn')
		.select('id')
		.where('campaignId', '=', campaignId)
		.limit(1)
		.executeTakeFirst()) !== undefined;

/** What the scale said, without what was taken back, in the catalogue's order. */
export const listWeighIns = (db: Db, campaignId: string) =>
	db
		.selectFrom('weighIn')
		.innerJoin('material', 'material.code', 'weighIn.materialCode')
		.select(['weighIn.id', 'materialCode', 'weighedOn', 'weightGrams'])
		.where('campaignId', '=', campaignId)
		.where('withdrawnAt', 'is', null)
		.orderBy('material.sortOrder')
		.orderBy('weighedOn')
		.orderBy('recordedAt')
		.orderBy('weighIn.id')
		.execute();
