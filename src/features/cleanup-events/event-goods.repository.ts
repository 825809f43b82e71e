import type { EventGoodsTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

/** The drop-off that a revision's goods went in by; undefined where they stay apart. */
export const findGoods = (db: Db, eventId: string, revision: number): Promise<EventGoodsTable | undefined> =>
	db
		.selectFrom('eventGoods')
		.selectAll()
		.where('eventId', '=', eventId)
		.where('revision', '=', revision)
		.executeTakeFirst();

export async function insertGoods(trx: Trx, row: EventGoodsTable): Promise<void> {
	await trx.insertInto('eventGoods').values(row).execute();
}
