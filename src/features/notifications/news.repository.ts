import type { NewsTable } from '#db/schema.ts';
import type { Trx } from '#lib/db.ts';

export const insertNews = (trx: Trx, row: NewsTable) =>
	trx
		.insertInto('news')
		.values(row)
		.onConflict((conflict) => conflict.column('dedupeKey').doNothing())
		.execute();
