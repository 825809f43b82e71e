// How much of a sold load was a school's, or a campaign's, and whose else goods lay in it.
import { sql } from 'kysely';
import { goodsKey, type GoodsEnd } from '#features/drop-offs/goods-path.repository.ts';
import type { ClassGoods, Declared } from '#features/schools/school-public.repository.ts';
import type { Db } from '#lib/db.ts';
import type { LoadPart, OtherPart } from './school-money.ts';

/** A sum is unknown as soon as one of its lines is. */
const plus = (sum: number | null, { grams, unweighed }: { grams: number; unweighed: number }) =>
	sum === null || unweighed > 0 ? null : sum + grams;

/** Goods that were carried on and on for longer than this are not followed back. */
const MAX_CYCLES = 24;

/** The sale of each material of each cycle that these sales hold, also of those that were carried into one of theirs. */
async function listOrigins(db: Db, saleIds: string[]): Promise<Map<string, string>> {
	const held = await db
		.selectFrom('scrapSaleGoods')
		.select(['cycleId', 'materialCode', 'saleId'])
		.where('saleId', 'in', saleIds)
		.where('releasedAt', 'is', null)
		.execute();
	const saleOf = new Map(held.map((each) => [goodsKey(each), each.saleId]));
	let cycleIds = [...new Set(held.map(({ cycleId }) => cycleId))];
	for (let hop = 0; hop < MAX_CYCLES && cycleIds.length > 0; hop += 1) {
		const carried = await db
			.selectFrom('carriedGoods')
			.select(['fromCycleId', 'toCycleId', 'materialCode'])
			.where('toCycleId', 'in', cycleIds)
			.where('returnedAt', 'is', null)
			.execute();
		cycleIds = [];
		for (const { fromCycleId, toCycleId, materialCode } of carried) {
			const saleId = saleOf.get(goodsKey({ cycleId: toCycleId, materialCode }));
			const key = goodsKey({ cycleId: fromCycleId, materialCode });
			if (saleId === undefined || saleOf.has(key)) continue;
			saleOf.set(key, saleId);
			cycleIds.push(fromCycleId);
		}
	}
	return saleOf;
}

/** What is declared in these cycles and is not `own`, by cycle, material and whose it is. */
async function listOthers(db: Db, cycleIds: string[], own: Declared) {
	const rows = await db
		.selectFrom('dropOff')
		.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
		.leftJoin('classSheet', 'classSheet.id', 'dropOff.classSheetId')
		.leftJoin('campaign', 'campaign.id', 'classSheet.campaignId')
		.leftJoin('organisation', 'organisation.id', 'classSheet.organisationId')
		.select(['dropOff.cycleId', 'dropOffLine.materialCode', 'classSheet.organisationId'])
		.select(['classSheet.campaignId', 'campaign.name as campaignName', 'organisation.name as schoolName'])
		.select([
			sql<number>`coalesce(sum(drop_off_line.declared_weight_grams), 0)`.as('grams'),
			sql<number>`count(*) - count(drop_off_line.declared_weight_grams)`.as('unweighed'),
		])
		.where('dropOff.cycleId', 'in', cycleIds)
		.where('dropOff.withdrawnAt', 'is', null)
		.where((eb) =>
			'campaignId' in own
				? eb.or([eb('classSheet.campaignId', 'is', null), eb('classSheet.campaignId', '<>', own.campaignId)])
				: eb.or([
						eb('classSheet.id', 'is', null),
						eb('classSheet.organisationId', '<>', own.organisationId),
						eb('classSheet.collectedOn', '<', own.from),
						eb('classSheet.collectedOn', '>', own.to),
					]),
		)
		.groupBy(['dropOff.cycleId', 'dropOffLine.materialCode', 'classSheet.organisationId'])
		.groupBy(['classSheet.campaignId', 'campaign.name', 'organisation.name'])
		.orderBy('campaign.name')
		.orderBy('classSheet.campaignId')
		.execute();
	return rows.map((row) => ({
		...row,
		...{ grams: Number(row.grams), unweighed: Number(row.unweighed) },
	}));
}

type Others = Awaited<ReturnType<typeof listOthers>>[number];

async function findSchoolOf(db: Db, own: Declared): Promise<string | undefined> {
	if (!('campaignId' in own)) return own.organisationId;
	const campaign = await db
		.selectFrom('campaign')
		.select('organisationId')
		.where('id', '=', own.campaignId)
		.executeTakeFirst();
	return campaign?.organisationId;
}

const ORDER: OtherPart['of'][] = ['campaign', 'classes', 'otherYear', 'school', 'people'];

const whoseIs = (
	row: Others,
	own: Declared,
	schoolId: string | undefined,
): Pick<OtherPart, 'of' | 'name'> => {
	if (row.organisationId === null) return { of: 'people', name: null };
	if (row.organisationId !== schoolId) return { of: 'school', name: row.schoolName };
	if (!('campaignId' in own)) return { of: 'otherYear', name: null };
	return row.campaignId === null ? { of: 'classes', name: null } : { of: 'campaign', name: row.campaignName };
};

/** Own goods and those of others in each of these sales, by its id; `ends` says where the own ones, `goods`, went. */
export async function listLoadParts(
	db: Db,
	saleIds: string[],
	{ own, goods, ends }: { own: Declared; goods: ClassGoods[]; ends: Map<string, GoodsEnd> },
): Promise<Map<string, LoadPart>> {
	if (saleIds.length === 0) return new Map();
	const saleOf = await listOrigins(db, saleIds);
	const cycleIds = [...new Set([...saleOf.keys()].map((key) => key.split(' ')[0]!))];
	const schoolId = await findSchoolOf(db, own);
	const ours = new Map<string, number | null>();
	for (const { unweighed, grams, ...row } of goods) {
		const saleId = ends.get(goodsKey(row))?.saleId;
		if (saleId) ours.set(saleId, plus(ours.get(saleId) ?? 0, { grams, unweighed }));
	}
	const others = new Map<string, Map<string, OtherPart>>(saleIds.map((id) => [id, new Map()]));
	for (const row of await listOthers(db, cycleIds, own)) {
		const parts = others.get(saleOf.get(goodsKey(row)) ?? '');
		if (!parts) continue;
		const whose = whoseIs(row, own, schoolId);
		const key = `${whose.of} ${whose.of === 'campaign' ? row.campaignId : row.organisationId}`;
		const before = parts.get(key);
		parts.set(key, { ...whose, grams: plus(before ? before.grams : 0, row) });
	}
	return new Map(
		saleIds.map((id) => [
			id,
			{
				ownGrams: ours.get(id) ?? null,
				others: [...others.get(id)!.values()].sort((a, b) => ORDER.indexOf(a.of) - ORDER.indexOf(b.of)),
			},
		]),
	);
}
