import type { Db, Trx } from '#lib/db.ts';
import type { PhotoTable } from '#db/schema.ts';

export const insertPhoto = (trx: Trx, photo: PhotoTable) => trx.insertInto('photo').values(photo).execute();

export const findPhoto = (db: Db, id: string) =>
	db.selectFrom('photo').selectAll().where('id', '=', id).executeTakeFirst();

export const updatePhoto = (
	trx: Trx,
	id: string,
	change: Pick<PhotoTable, 'status' | 'decidedBy' | 'decidedAt' | 'publicKey' | 'publicFrames'>,
) => trx.updateTable('photo').set(change).where('id', '=', id).execute();

/** Photos that were refused after one instant and up to another. */
export const listRefused = (db: Db, after: number, until: number) =>
	db
		.selectFrom('photo')
		.select('id')
		.where('status', '=', 'refused')
		.where('decidedAt', '>', after)
		.where('decidedAt', '<=', until)
		.execute();

const CLEARED_UNTIL = 'refused_photos_cleared_until';

/** Refusals up to this instant have no file any more. */
export async function readClearedUntil(db: Db): Promise<number> {
	const row = await db
		.selectFrom('portalSetting')
		.select('value')
		.where('key', '=', CLEARED_UNTIL)
		.executeTakeFirst();
	return Number(row?.value ?? 0);
}

export const writeClearedUntil = (trx: Trx, until: number) =>
	trx
		.insertInto('portalSetting')
		.values({ key: CLEARED_UNTIL, value: String(until) })
		.onConflict((conflict) => conflict.column('key').doUpdateSet({ value: String(until) }))
		.execute();

/** Notes a file that no row names, so that it goes even if what wrote or replaced it is cut off. */
export const insertLeftover = (trx: Trx, fileKey: string, since: number) =>
	trx.insertInto('photoLeftover').values({ fileKey, since }).execute();

/** False when it was noted no more: its file is gone, or about to go. */
export const deleteLeftover = async (trx: Trx, fileKey: string): Promise<boolean> =>
	(await trx.deleteFrom('photoLeftover').where('fileKey', '=', fileKey).executeTakeFirst()).numDeletedRows ===
	1n;

export const findLeftover = (db: Db, fileKey: string) =>
	db.selectFrom('photoLeftover').selectAll().where('fileKey', '=', fileKey).executeTakeFirst();

export const listLeftovers = (db: Db, until: number) =>
	db.selectFrom('photoLeftover').select('fileKey').where('since', '<=', until).execute();
