import type { MonthCloseTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import { addDays, startOfLocalDate, type LocalDate } from '#lib/time.ts';
import type { OpenItems } from './month-close.ts';

const selectActs = (db: Db, fundId: string) =>
	db.selectFrom('monthClose').selectAll('monthClose').where('fundId', '=', fundId).orderBy('number', 'desc');

/** The last month that was closed or reopened; undefined while none was. */
export const findLastMonthAct = (db: Db, fundId: string): Promise<MonthCloseTable | undefined> =>
	selectActs(db, fundId).limit(1).executeTakeFirst();

/** Closings and reopenings of a fund, newest first, with who did them. */
export const listMonthActs = (db: Db, fundId: string, limit: number) =>
	selectActs(db, fundId)
		.innerJoin('roleGrant', 'roleGrant.id', 'monthClose.decidedBy')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.select('person.displayName as deciderName')
		.limit(limit)
		.execute();

export const findMonthAct = (db: Db, id: string) =>
	db.selectFrom('monthClose').selectAll().where('id', '=', id).executeTakeFirst();

/** The month in which the fund's first entry is booked. */
export async function findFirstMonth(db: Db, fundId: string): Promise<string | undefined> {
	const row = await db
		.selectFrom('journalEntry')
		.select('bookedOn')
		.where('fundId', '=', fundId)
		.orderBy('bookedOn')
		.limit(1)
		.executeTakeFirst();
	return row?.bookedOn.slice(0, 7);
}

/** The last entry booked up to and with a day; days of booking never go back, and the index knows them, not the sequence. */
export const findEntryUntil = (db: Db, fundId: string, day: LocalDate) =>
	db
		.selectFrom('journalEntry')
		.select(['sequence', 'cashAfterVnd', 'bankAfterVnd'])
		.where('fundId', '=', fundId)
		.where('bookedOn', '<=', day)
		.orderBy('bookedOn', 'desc')
		.orderBy('sequence', 'desc')
		.limit(1)
		.executeTakeFirst();

/** What happened up to a day and waits for a second person; sales stand in another feature's table. */
export async function countOpenItems(db: Db, fundId: string, day: LocalDate): Promise<OpenItems> {
	const count = async (table: 'scrapSale' | 'statement' | 'cashCount', date: string) => {
		const row = await db
			.selectFrom(table)
			.select((eb) => eb.fn.countAll<number>().as('n'))
			.where('fundId', '=', fundId)
			.where('status', '=', 'recorded')
			.where(db.dynamic.ref<string>(date), '<=', day)
			.executeTakeFirstOrThrow();
		return row.n;
	};
	const reversals = await db
		.selectFrom('entryReversal')
		.select((eb) => eb.fn.countAll<number>().as('n'))
		.where('fundId', '=', fundId)
		.where('status', '=', 'recorded')
		.where('recordedAt', '<', startOfLocalDate(addDays(day, 1)))
		.executeTakeFirstOrThrow();
	return {
		sales: await count('scrapSale', 'soldOn'),
		statements: await count('statement', 'happenedOn'),
		counts: await count('cashCount', 'countedOn'),
		reversals: reversals.n,
	};
}

export const insertMonthAct = (trx: Trx, row: MonthCloseTable) =>
	trx.insertInto('monthClose').values(row).execute();

export const wasClosed = async (db: Db, fundId: string, month: string | undefined): Promise<boolean> =>
	month !== undefined &&
	(await db
		.selectFrom('monthClose')
		.select('id')
		.where('fundId', '=', fundId)
		.where('month', '=', month)
		.where('act', '=', 'close')
		.executeTakeFirst()) !== undefined;
