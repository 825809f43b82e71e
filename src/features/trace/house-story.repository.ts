import { listCycles } from '#features/collections/collection-cycle.repository.ts';
import { listCarriedFrom, listCarriedInto } from '#features/collections/goods.repository.ts';
import { listSaleCycles, listSaleLines } from '#features/collections/scrap-sale.repository.ts';
import { countDropOffs, listPublicDropOffs, sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { voucherName } from '#features/fund/ledger.ts';
import type { Db } from '#lib/db.ts';
import type { CycleSale, CycleStory } from './house-story.ts';

const CYCLES_SHOWN = 6;

type SaleRow = Awaited<ReturnType<typeof listCycles>>[number]['sales'][number];

async function readSale(db: Db, sale: SaleRow): Promise<CycleSale[]> {
	const { cycleId, status } = sale;
	if (status !== 'recorded' && status !== 'confirmed') return [];
	const cycles = (await listSaleCycles(db, sale.id)).filter((each) => each.releasedAt === null);
	const lines = await listSaleLines(db, sale.id);
	// A line without a cycle belongs to the only one of its sale.
	const own = lines.filter(
		(line) => line.cycleId === cycleId || (line.cycleId === null && cycles.length === 1),
	);
	return [
		{
			id: sale.id,
			status,
			soldOn: sale.soldOn,
			flaggedPermille: sale.varianceReason === null ? null : sale.variancePermille,
			otherCycles: cycles.length - 1,
			weighed: own.flatMap(({ materialCode, weighedWeightGrams }) =>
				materialCode !== null && weighedWeightGrams !== null
					? [{ materialCode, weightGrams: weighedWeightGrams }]
					: [],
			),
			entryId: sale.entryId,
			voucher: voucherName(sale) ?? null,
			amountVnd: sale.cashReceivedVnd,
		},
	];
}

/** The newest cycles of a house, the open one first. */
export async function houseStory(db: Db, greenHouseId: string): Promise<CycleStory[]> {
	const stories: CycleStory[] = [];
	for (const cycle of await listCycles(db, greenHouseId, CYCLES_SHOWN)) {
		stories.push({
			id: cycle.id,
			number: cycle.number,
			openedAt: cycle.openedAt,
			closedAt: cycle.closedAt,
			dropOffCount: await countDropOffs(db, cycle.id),
			declared: await sumDeclared(db, cycle.id),
			...(await listPublicDropOffs(db, cycle.id)),
			sales: (await Promise.all(cycle.sales.map((sale) => readSale(db, sale)))).flat(),
			carriedIn: await listCarriedInto(db, cycle.id),
			carriedOut: await listCarriedFrom(db, cycle.id),
		});
	}
	return stories;
}
