import type { Db, Trx } from '#lib/db.ts';
import type { PhotoTable } from '#db/schema.ts';

export const insertPhoto = (trx: Trx, photo: PhotoTable) => trx.insertInto('photo').values(photo).execute();

export const findPhoto = (db: Db, id: string) =>
	db.selectFrom('photo').selectAll().where('id', '=', id).executeTakeFirst();

export const updatePhoto = (
	trx: Trx,
	id: string,
	change: Pick<PhotoTable, 'status' | 'decidedBy' | 'decidedAt'>,
) => trx.updateTable('photo').set(change).where('id', '=', id).execute();
