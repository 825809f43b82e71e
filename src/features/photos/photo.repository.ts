import type { Db, Trx } from '#lib/db.ts';
import type { PhotoTable } from '#db/schema.ts';

export const insertPhoto = (trx: Trx, photo: PhotoTable) => trx.insertInto('photo').values(photo).execute();

export const findPhoto = (db: Db, id: string) =>
	db.selectFrom('photo').selectAll().where('id', '=', id).executeTakeFirst();
