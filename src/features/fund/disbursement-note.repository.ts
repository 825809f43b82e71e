import type { DisbursementNoteTable, DisbursementProofTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

/** Notes on a request with who wrote them, oldest first; an erased one without its text. */
export const listNotes = (db: Db, disbursementId: string) =>
	db
		.selectFrom('disbursementNote')
		.innerJoin('roleGrant', 'roleGrant.id', 'disbursementNote.writtenBy')
		.innerJoin('person', 'person.id', 'roleGrant.personId')
		.select(['disbursementNote.id', 'disbursementNote.text'])
		.select(['disbursementNote.writtenAt', 'disbursementNote.erasedAt'])
		.select('person.displayName as writerName')
		.where('disbursementId', '=', disbursementId)
		.orderBy('writtenAt')
		.orderBy('disbursementNote.id')
		.execute();

export const findNote = (db: Db, id: string) =>
	db
		.selectFrom('disbursementNote')
		.innerJoin('disbursement', 'disbursement.id', 'disbursementNote.disbursementId')
		.selectAll('disbursementNote')
		.select('disbursement.fundId')
		.where('disbursementNote.id', '=', id)
		.executeTakeFirst();

export const insertNote = (trx: Trx, row: DisbursementNoteTable) =>
	trx.insertInto('disbursementNote').values(row).execute();

export const eraseNoteRow = (trx: Trx, id: string, now: number) =>
	trx
		.updateTable('disbursementNote')
		.set({ text: null, contentHash: null, erasedAt: now })
		.where('id', '=', id)
		.where('erasedAt', 'is', null)
		.execute();

/** Photos that prove a payment, oldest first. */
export const listProofs = (db: Db, disbursementId: string) =>
	db
		.selectFrom('disbursementProof')
		.innerJoin('photo', 'photo.id', 'disbursementProof.photoId')
		.select(['disbursementProof.id', 'disbursementProof.photoId', 'disbursementProof.recordedAt'])
		.select([
			'photo.status',
			'photo.childrenDeclared',
			'photo.decidedAt',
			'photo.publicKey',
			'photo.publicFrames',
			'photo.width',
			'photo.height',
		])
		.where('disbursementId', '=', disbursementId)
		.orderBy('disbursementProof.recordedAt')
		.orderBy('disbursementProof.id')
		.execute();

export const findProof = (db: Db, id: string) =>
	db.selectFrom('disbursementProof').selectAll().where('id', '=', id).executeTakeFirst();

export const findProofOfPhoto = (db: Db, photoId: string) =>
	db.selectFrom('disbursementProof').selectAll().where('photoId', '=', photoId).executeTakeFirst();

export const insertProof = (trx: Trx, row: DisbursementProofTable) =>
	trx.insertInto('disbursementProof').values(row).execute();
