import type { ParticipationLetterTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

export const findLetter = (db: Db, signUpId: string) =>
	db.selectFrom('participationLetter').selectAll().where('signUpId', '=', signUpId).executeTakeFirst();

export const findLetterByHash = (db: Db, codeHash: string) =>
	db.selectFrom('participationLetter').selectAll().where('codeHash', '=', codeHash).executeTakeFirst();

export const insertLetter = (trx: Trx, row: ParticipationLetterTable) =>
	trx.insertInto('participationLetter').values(row).execute();
