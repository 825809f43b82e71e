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

export const deleteLeftover = (trx: Trx, fileKey: string) =>
	trx.deleteFrom('photoLeftover').where('fileKey', '=', fileKey).execute();

/** Since when what is given up is noted: since ever. */
const GIVEN_UP = 0;

/** A row names the file from now on. False when it was noted no more, or is given up: it is gone, or about to go. */
export const claimLeftover = async (trx: Trx, fileKey: string): Promise<boolean> => {
	const { numDeletedRows } = await trx
		.deleteFrom('photoLeftover')
		.where('fileKey', '=', fileKey)
		.where('since', '>', GIVEN_UP)
		.executeTakeFirst();
	return numDeletedRows === 1n;
};

/** No row names the file any more, and it stays noted until it is gone. False when it was noted no more. */
export const giveUpLeftover = async (trx: Trx, fileKey: string): Promise<boolean> => {
	const { numUpdatedRows } = await trx
		.updateTable('photoLeftover')
		.set({ since: GIVEN_UP })
		.where('fileKey', '=', fileKey)
		.executeTakeFirst();
	return numUpdatedRows === 1n;
};

export const listLeftovers = (db: Db, until: number) =>
	db.selectFrom('photoLeftover').select('fileKey').where('since', '<=', until).execute();
