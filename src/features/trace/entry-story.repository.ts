// The walk through the chain from one row of a fund's book: backward to what was brought, forward to what it paid for.
import { findPhoto } from '#features/photos/photo.repository.ts';
import { listSaleCycles, listSaleLines } from '#features/collections/scrap-sale.repository.ts';
import { listPublicDropOffs } from '#features/drop-offs/drop-off.repository.ts';
import { findEntry, listPostings } from '#features/fund/fund.repository.ts';
import type { Db } from '#lib/db.ts';
import { areSamplesRetired } from '#lib/samples.ts';

const selectAllocations = (db: Db, other: 'paymentEntryId' | 'incomeEntryId') =>
	db
		.selectFrom('fundAllocation')
		.innerJoin('journalEntry', 'journalEntry.id', `fundAllocation.${other}`)
		.innerJoin('entryText', 'entryText.entryId', 'journalEntry.id')
		.select([
			'journalEntry.id',
			'journalEntry.kind',
			'journalEntry.bookedOn',
			'entryText.text',
			'fundAllocation.amountVnd',
		])
		.orderBy('journalEntry.sequence');

/** The incomes that an outflow spent. */
const listSpent = (db: Db, entryId: string) =>
	selectAllocations(db, 'incomeEntryId').where('fundAllocation.paymentEntryId', '=', entryId).execute();

/** The outflows that hold money of an income; a payment that was reversed has given it back. */
const listPaidFor = (db: Db, entryId: string) =>
	selectAllocations(db, 'paymentEntryId')
		.where('fundAllocation.incomeEntryId', '=', entryId)
		.where(({ exists, not, selectFrom }) =>
			not(
				exists(
					selectFrom('journalEntry as reversal')
						.select('reversal.id')
						.whereRef('reversal.reversesEntryId', '=', 'journalEntry.id'),
				),
			),
		)
		.execute();

/** The sale behind an income: its lines, its cycles, and each cycle's drop-offs as the public may see them. */
async function findSaleStory(db: Db, saleId: string) {
	const sale = await db
		.selectFrom('scrapSale')
		.select(['id', 'soldOn', 'cashReceivedVnd', 'replacesSaleId', 'photoId'])
		.where('id', '=', saleId)
		.executeTakeFirst();
	if (!sale) return undefined;
	const cycles = [];
	for (const cycle of await listSaleCycles(db, saleId)) {
		cycles.push({ ...cycle, ...(await listPublicDropOffs(db, cycle.id)) });
	}
	const photo = sale.photoId === null ? undefined : await findPhoto(db, sale.photoId);
	const publicPhoto = photo?.status === 'approved' ? photo : undefined;
	return { ...sale, photo: publicPhoto, lines: await listSaleLines(db, saleId), cycles };
}

/** Photos beside a payment or a gift that an approver has made public. */
async function listPublicPhotos(db: Db, entry: { sourceKind: string; sourceId: string }) {
	const approved = db
		.selectFrom('photo')
		.select(['photo.id', 'photo.width', 'photo.height'])
		.where('photo.status', '=', 'approved');
	if (entry.sourceKind === 'disbursement')
		return approved
			.innerJoin('disbursementProof', 'disbursementProof.photoId', 'photo.id')
			.where('disbursementProof.disbursementId', '=', entry.sourceId)
			.orderBy('photo.id')
			.execute();
	if (entry.sourceKind === 'statement')
		return approved
			.innerJoin('statement', 'statement.photoId', 'photo.id')
			.where('statement.id', '=', entry.sourceId)
			.execute();
	return [];
}

/** The other entries of one transfer: the sale, what left its fund and what others got. */
const listShared = (db: Db, transferId: string, entryId: string) =>
	db
		.selectFrom('journalEntry')
		.innerJoin('entryText', 'entryText.entryId', 'journalEntry.id')
		.select(['journalEntry.id', 'journalEntry.kind', 'journalEntry.bookedOn', 'entryText.text'])
		.select('journalEntry.changeVnd as amountVnd')
		.where('journalEntry.transferId', '=', transferId)
		.where('journalEntry.id', '<>', entryId)
		.where('journalEntry.kind', '<>', 'reversal')
		.orderBy('journalEntry.kind')
		.orderBy('journalEntry.fundId')
		.execute();

/** Everything that one entry's page tells; undefined when there is no such entry, or a sample after their end. */
export async function traceEntry(db: Db, entryId: string) {
	const entry = await findEntry(db, entryId);
	if (!entry || (entry.isSample === 1 && (await areSamplesRetired(db)))) return undefined;
	return {
		entry,
		postings: await listPostings(db, entryId),
		spent: await listSpent(db, entryId),
		paidFor: await listPaidFor(db, entryId),
		shared: entry.transferId === null ? [] : await listShared(db, entry.transferId, entryId),
		photos: await listPublicPhotos(db, entry),
		sale: entry.sourceKind === 'scrap_sale' ? await findSaleStory(db, entry.sourceId) : undefined,
	};
}
