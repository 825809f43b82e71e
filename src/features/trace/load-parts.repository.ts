// How much of a sold load was a school's, or a campaign's, and whether goods of others lay in it.
import { sql } from 'kysely';
import { goodsKey, type GoodsEnd } from '#features/drop-offs/goods-path.repository.ts';
import type { ClassGoods } from '#features/schools/school-public.repository.ts';
import type { Db } from '#lib/db.ts';
import type { LoadPart } from './school-money.ts';

type Sum = { lines: number; grams: number; unweighed: number };
const NOTHING: Sum = { lines: 0, grams: 0, unweighed: 0 };
const add = (sums: Map<string, Sum>, key: string, { lines, grams, unweighed }: Sum): void => {
	const sum = sums.get(key) ?? NOTHING;
	sums.set(key, {
		...{ lines: sum.lines + lines, grams: sum.grams + grams, unweighed: sum.unweighed + unweighed },
	});
};

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

/** Own goods and those of others in each of these sales, by its id; `ends` says where the own ones went. */
export async function listLoadParts(
	db: Db,
	saleIds: string[],
	own: ClassGoods[],
	ends: Map<string, GoodsEnd>,
): Promise<Map<string, LoadPart>> {
	if (saleIds.length === 0) return new Map();
	const saleOf = await listOrigins(db, saleIds);
	const cycleIds = [...new Set([...saleOf.keys()].map((key) => key.split(' ')[0]!))];
	const declared = await db
		.selectFrom('dropOff')
		.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
		.select(['dropOff.cycleId', 'dropOffLine.materialCode'])
		.select([
			sql<number>`count(*)`.as('lines'),
			sql<number>`coalesce(sum(drop_off_line.declared_weight_grams), 0)`.as('grams'),
			sql<number>`count(*) - count(drop_off_line.declared_weight_grams)`.as('unweighed'),
		])
		.where('dropOff.cycleId', 'in', cycleIds)
		.where('dropOff.withdrawnAt', 'is', null)
		.groupBy(['dropOff.cycleId', 'dropOffLine.materialCode'])
		.execute();
	const [whole, ours] = [new Map<string, Sum>(), new Map<string, Sum>()];
	for (const row of declared) {
		const saleId = saleOf.get(goodsKey(row));
		const sum = { lines: Number(row.lines), grams: Number(row.grams), unweighed: Number(row.unweighed) };
		if (saleId !== undefined) add(whole, saleId, sum);
	}
	for (const row of own) {
		const saleId = ends.get(goodsKey(row))?.saleId;
		if (saleId) add(ours, saleId, row);
	}
	return new Map(
		saleIds.map((id) => {
			const [all, part] = [whole.get(id) ?? NOTHING, ours.get(id) ?? NOTHING];
			const isKnown = all.unweighed === 0;
			return [
				id,
				{
					ownGrams: part.unweighed === 0 ? part.grams : null,
					othersGrams: isKnown ? all.grams - part.grams : null,
					hasOthers: all.lines > part.lines,
				},
			];
		}),
	);
}
