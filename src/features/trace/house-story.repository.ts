import { listCycles } from '#features/collections/collection-cycle.repository.ts';
import { listSaleCycles, listSaleLines } from '#features/collections/scrap-sale.repository.ts';
import { countDropOffs, listPublicDropOffs, sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { voucherName } from '#features/fund/ledger.ts';
import type { Db } from '#lib/db.ts';
import type { CycleSale, CycleStory } from './house-story.ts';

const CYCLES_SHOWN = 6;

type CycleRow = Awaited<ReturnType<typeof listCycles>>[number];

async function readSale(db: Db, cycle: CycleRow): Promise<CycleSale | undefined> {
	const { saleId, saleStatus, soldOn } = cycle;
	if (saleId === null || soldOn === null || (saleStatus !== 'recorded' && saleStatus !== 'confirmed'))
		return undefined;
	const cycles = (await listSaleCycles(db, saleId)).filter((each) => each.releasedAt === null);
	const lines = await listSaleLines(db, saleId);
	// A line without a cycle belongs to the only one of its sale.
	const own = lines.filter(
		(line) => line.cycleId === cycle.id || (line.cycleId === null && cycles.length === 1),
	);
	return {
		status: saleStatus,
		soldOn,
		otherCycles: cycles.length - 1,
		weighed: own.flatMap(({ materialCode, weighedWeightGrams }) =>
			materialCode !== null && weighedWeightGrams !== null
				? [{ materialCode, weightGrams: weighedWeightGrams }]
				: [],
		),
		entryId: cycle.entryId,
		voucher: voucherName(cycle) ?? null,
		amountVnd: cycle.cashReceivedVnd ?? 0,
	};
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
			sale: await readSale(db, cycle),
		});
	}
	return stories;
}
