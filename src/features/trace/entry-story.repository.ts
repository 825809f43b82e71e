// The walk through the chain from one row of a fund's book: backward to what was brought, forward to what it paid for.
import { listSaleCycles, listSaleLines } from '#features/collections/scrap-sale.repository.ts';
import { listPublicDropOffs } from '#features/drop-offs/drop-off.repository.ts';
import { findEntry, listPostings } from '#features/fund/fund.repository.ts';
import type { Db } from '#lib/db.ts';

const listAllocations = (db: Db, side: 'paymentEntryId' | 'incomeEntryId', entryId: string) =>
	db
		.selectFrom('fundAllocation')
		.innerJoin(
			'journalEntry',
			'journalEntry.id',
			side === 'paymentEntryId' ? 'fundAllocation.incomeEntryId' : 'fundAllocation.paymentEntryId',
		)
		.innerJoin('entryText', 'entryText.entryId', 'journalEntry.id')
		.select([
			'journalEntry.id',
			'journalEntry.kind',
			'journalEntry.bookedOn',
			'entryText.text',
			'fundAllocation.amountVnd',
		])
		.where(
			side === 'paymentEntryId' ? 'fundAllocation.paymentEntryId' : 'fundAllocation.incomeEntryId',
			'=',
			entryId,
		)
		.orderBy('journalEntry.sequence')
		.execute();

/** The sale behind an income: its lines, its cycles, and each cycle's drop-offs as the public may see them. */
async function findSaleStory(db: Db, saleId: string) {
	const sale = await db
		.selectFrom('scrapSale')
		.select(['id', 'dealer', 'soldOn', 'cashReceivedVnd', 'replacesSaleId'])
		.where('id', '=', saleId)
		.executeTakeFirst();
	if (!sale) return undefined;
	const cycles = [];
	for (const cycle of await listSaleCycles(db, saleId)) {
		cycles.push({ ...cycle, dropOffs: await listPublicDropOffs(db, cycle.id) });
	}
	return { ...sale, lines: await listSaleLines(db, saleId), cycles };
}

/** Everything that one entry's page tells; undefined when there is no such entry. */
export async function traceEntry(db: Db, entryId: string) {
	const entry = await findEntry(db, entryId);
	if (!entry) return undefined;
	return {
		entry,
		postings: await listPostings(db, entryId),
		/** The incomes that this outflow spent. */
		spent: await listAllocations(db, 'paymentEntryId', entryId),
		/** The outflows that spent this income. */
		paidFor: await listAllocations(db, 'incomeEntryId', entryId),
		sale: entry.sourceKind === 'scrap_sale' ? await findSaleStory(db, entry.sourceId) : undefined,
	};
}
