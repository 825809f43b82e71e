// Where goods went: the sale that holds them, in their own cycle or in one that they were carried into.
import type { Db } from '#lib/db.ts';

/** Goods of one material in one cycle. */
export type Goods = { cycleId: string; materialCode: string };

export type GoodsEnd = {
	/** The cycles they lay in, their own first. */
	cycleIds: string[];
	/** The sale that holds them; null while they are unsold. */
	saleId: string | null;
	/** The row of the fund's book; null until the sale is confirmed. */
	entryId: string | null;
};

export const goodsKey = ({ cycleId, materialCode }: Goods): string => `${cycleId} ${materialCode}`;

/** Goods that were carried on and on for longer than this are not followed further. */
const MAX_CYCLES = 24;

/** Follows goods from their cycles to the sale that holds them. */
export async function followGoods(db: Db, goods: Goods[]): Promise<Map<string, GoodsEnd>> {
	const found = new Map<string, GoodsEnd>();
	let open = new Map(goods.map((each) => [goodsKey(each), { ...each, origins: [goodsKey(each)] }]));
	for (const each of goods)
		found.set(goodsKey(each), { cycleIds: [each.cycleId], saleId: null, entryId: null });
	for (let hop = 0; hop < MAX_CYCLES && open.size > 0; hop += 1) {
		const cycleIds = [...new Set([...open.values()].map((each) => each.cycleId))];
		const sold = await db
			.selectFrom('scrapSaleGoods')
			.innerJoin('scrapSale', 'scrapSale.id', 'scrapSaleGoods.saleId')
			.select(['scrapSaleGoods.cycleId', 'scrapSaleGoods.materialCode', 'scrapSale.id', 'scrapSale.entryId'])
			.where('scrapSaleGoods.cycleId', 'in', cycleIds)
			.where('scrapSaleGoods.releasedAt', 'is', null)
			.execute();
		const carried = await db
			.selectFrom('carriedGoods')
			.select(['fromCycleId', 'toCycleId', 'materialCode'])
			.where('fromCycleId', 'in', cycleIds)
			.where('returnedAt', 'is', null)
			.execute();
		const next: typeof open = new Map();
		for (const each of open.values()) {
			const sale = sold.find((row) => goodsKey(row) === goodsKey(each));
			const step = carried.find(
				(row) => row.fromCycleId === each.cycleId && row.materialCode === each.materialCode,
			);
			for (const origin of each.origins) {
				const end = found.get(origin)!;
				if (sale) Object.assign(end, { saleId: sale.id, entryId: sale.entryId });
				else if (step) end.cycleIds.push(step.toCycleId);
			}
			if (sale || !step) continue;
			const moved = { cycleId: step.toCycleId, materialCode: each.materialCode };
			const met = next.get(goodsKey(moved));
			if (met) met.origins.push(...each.origins);
			else next.set(goodsKey(moved), { ...moved, origins: each.origins });
		}
		open = next;
	}
	return found;
}
