import type { Db, Trx } from '#lib/db.ts';
import type { GuideItem } from './guide.ts';

const isNewest = (db: Db) =>
	db
		.selectFrom('guideItem')
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('guideItem as later')
						.select('later.code')
						.whereRef('later.code', '=', 'guideItem.code')
						.whereRef('later.version', '>', 'guideItem.version'),
				),
			),
		);

const listNewest = (db: Db, isRetired: 0 | 1): Promise<GuideItem[]> =>
	isNewest(db)
		.selectAll('guideItem')
		.where('guideItem.isRetired', '=', isRetired)
		.orderBy('guideItem.sortOrder')
		.orderBy('guideItem.code')
		.execute();

/** The newest version of every item, in the guide's order. */
export const listGuideItems = (db: Db) => listNewest(db, 0);

/** What the guide had once; each can be taken in again. */
export const listRetiredItems = (db: Db) => listNewest(db, 1);

/** The newest version of one item, of a retired one too. */
export const findGuideItem = (db: Db, code: string): Promise<GuideItem | undefined> =>
	isNewest(db).selectAll('guideItem').where('guideItem.code', '=', code).executeTakeFirst();

export const insertGuideItem = (trx: Trx, item: GuideItem) =>
	trx.insertInto('guideItem').values(item).execute();

/** Adds what the guide does not have yet; items that stand there in any version stay as they are. */
export async function insertFirstItems(trx: Trx, items: GuideItem[]): Promise<void> {
	await trx
		.insertInto('guideItem')
		.values(items)
		.onConflict((conflict) => conflict.columns(['code', 'version']).doNothing())
		.execute();
}
