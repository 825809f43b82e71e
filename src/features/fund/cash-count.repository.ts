import type { CashCountTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';

const selectCounts = (db: Db) =>
	db
		.selectFrom('cashCount')
		.innerJoin('person', 'person.id', 'cashCount.recorderId')
		.leftJoin('person as confirmer', 'confirmer.id', 'cashCount.confirmerId')
		.innerJoin('fund', 'fund.id', 'cashCount.fundId')
		.leftJoin('journalEntry as reversal', 'reversal.reversesEntryId', 'cashCount.entryId')
		.selectAll('cashCount')
		.select('reversal.bookedOn as reversedOn')
		.select(['person.displayName as recorderName', 'confirmer.displayName as confirmerName'])
		.select(['fund.code as fundCode', 'fund.nameVi as fundNameVi', 'fund.nameEn as fundNameEn']);

export type CashCount = NonNullable<Awaited<ReturnType<typeof findCount>>>;

export const findCount = (db: Db, id: string) =>
	selectCounts(db).where('cashCount.id', '=', id).executeTakeFirst();

/** The latest counts of a fund, newest first. */
export const listCounts = (db: Db, fundId: string, limit: number): Promise<CashCount[]> =>
	selectCounts(db)
		.where('cashCount.fundId', '=', fundId)
		.orderBy('cashCount.recordedAt', 'desc')
		.orderBy('cashCount.id', 'desc')
		.limit(limit)
		.execute();

/** Counts of these funds that wait for a second person, oldest first. */
export async function listWaitingCounts(db: Db, fundIds: string[]): Promise<CashCount[]> {
	if (fundIds.length === 0) return [];
	return selectCounts(db)
		.where('cashCount.fundId', 'in', fundIds)
		.where('cashCount.status', '=', 'recorded')
		.orderBy('cashCount.recordedAt')
		.execute();
}

/** True when cash came in or went out by an entry booked after this day. */
export async function hasCashMovedSinceDay(
	db: Db,
	fundId: string,
	day: LocalDate,
	cashVnd: number,
): Promise<boolean> {
	const first = await db
		.selectFrom('journalEntry')
		.select('sequence')
		.where('fundId', '=', fundId)
		.where('bookedOn', '>', day)
		.orderBy('bookedOn')
		.orderBy('sequence')
		.limit(1)
		.executeTakeFirst();
	if (!first) return false;
	// Before its first entry the fund held nothing.
	if (first.sequence === 1 && cashVnd !== 0) return true;
	return hasCashMovedSince(db, fundId, first.sequence - 1, cashVnd);
}

/** True when cash was ever another sum, before or after an entry that follows this one. */
export async function hasCashMovedSince(
	db: Db,
	fundId: string,
	sequence: number,
	cashVnd: number,
): Promise<boolean> {
	const row = await db
		.selectFrom('journalEntry')
		.select('id')
		.where('fundId', '=', fundId)
		.where('sequence', '>=', sequence)
		.where('cashAfterVnd', '<>', cashVnd)
		.limit(1)
		.executeTakeFirst();
	return row !== undefined;
}

/** True when the cash was counted, and the count confirmed and not reversed, on this day or later. */
export async function isCountedSince(db: Db, fundId: string, day: LocalDate): Promise<boolean> {
	const row = await db
		.selectFrom('cashCount')
		.leftJoin('journalEntry as reversal', 'reversal.reversesEntryId', 'cashCount.entryId')
		.select('cashCount.id')
		.where('cashCount.fundId', '=', fundId)
		.where('cashCount.status', '=', 'confirmed')
		.where('cashCount.countedOn', '>=', day)
		.where('reversal.id', 'is', null)
		.limit(1)
		.executeTakeFirst();
	return row !== undefined;
}

export const insertCount = (trx: Trx, row: CashCountTable) =>
	trx.insertInto('cashCount').values(row).execute();

export const updateCount = (trx: Trx, id: string, change: Partial<CashCountTable>) =>
	trx.updateTable('cashCount').set(change).where('id', '=', id).execute();
