import type { EntryReversalTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

const selectReversals = (db: Db) =>
	db
		.selectFrom('entryReversal')
		.innerJoin('person', 'person.id', 'entryReversal.recorderId')
		.leftJoin('person as confirmer', 'confirmer.id', 'entryReversal.confirmerId')
		.innerJoin('fund', 'fund.id', 'entryReversal.fundId')
		.innerJoin('journalEntry as original', 'original.id', 'entryReversal.reversesEntryId')
		.selectAll('entryReversal')
		.select(['person.displayName as recorderName', 'confirmer.displayName as confirmerName'])
		.select(['fund.code as fundCode', 'fund.nameVi as fundNameVi', 'fund.nameEn as fundNameEn'])
		.select('original.kind as originalKind')
		// What is reversed here has one posting.
		.select((eb) =>
			eb
				.selectFrom('posting')
				.select((inner) => inner.fn.sum<number>('posting.amountVnd').as('sum'))
				.whereRef('posting.entryId', '=', 'original.id')
				.$asScalar()
				.$notNull()
				.as('amountVnd'),
		);

export type EntryReversal = NonNullable<Awaited<ReturnType<typeof findReversal>>>;

export const findReversal = (db: Db, id: string) =>
	selectReversals(db).where('entryReversal.id', '=', id).executeTakeFirst();

/** Requests to reverse an entry, the newest first. */
export const listReversalsOf = (db: Db, entryId: string): Promise<EntryReversal[]> =>
	selectReversals(db)
		.where('entryReversal.reversesEntryId', '=', entryId)
		.orderBy('entryReversal.recordedAt', 'desc')
		.orderBy('entryReversal.id', 'desc')
		.execute();

/** Requests in these funds that wait for a second person, oldest first. */
export async function listWaitingReversals(db: Db, fundIds: string[]): Promise<EntryReversal[]> {
	if (fundIds.length === 0) return [];
	return selectReversals(db)
		.where('entryReversal.fundId', 'in', fundIds)
		.where('entryReversal.status', '=', 'recorded')
		.orderBy('entryReversal.recordedAt')
		.execute();
}

/** How much of an income live outflows have spent. */
export async function sumSpent(db: Db, entryId: string): Promise<number> {
	const row = await db
		.selectFrom('fundAllocation')
		.leftJoin('journalEntry as reversal', 'reversal.reversesEntryId', 'fundAllocation.paymentEntryId')
		.select((eb) => eb.fn.coalesce(eb.fn.sum<number>('fundAllocation.amountVnd'), eb.lit(0)).as('sum'))
		.where('fundAllocation.incomeEntryId', '=', entryId)
		.where('reversal.id', 'is', null)
		.executeTakeFirstOrThrow();
	return Number(row.sum);
}

export const insertReversal = (trx: Trx, row: EntryReversalTable) =>
	trx.insertInto('entryReversal').values(row).execute();

export const updateReversal = (trx: Trx, id: string, change: Partial<EntryReversalTable>) =>
	trx.updateTable('entryReversal').set(change).where('id', '=', id).execute();
