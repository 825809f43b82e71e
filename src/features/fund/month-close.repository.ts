import type { MonthCloseTable } from '#db/schema.ts';
import type { Db } from '#lib/db.ts';

/** The last month that was closed or reopened; undefined while none was. */
export const findLastMonthAct = (db: Db, fundId: string): Promise<MonthCloseTable | undefined> =>
	db
		.selectFrom('monthClose')
		.selectAll()
		.where('fundId', '=', fundId)
		.orderBy('number', 'desc')
		.limit(1)
		.executeTakeFirst();
