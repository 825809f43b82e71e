// What stands beside a payment: private notes of the people who decide, and photos that prove it.
import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { decidePhoto, type PhotoDecision } from '#features/photos/photo-decision.service.ts';
import { encodePhoto, insertPhotoRow, withPhotoFile } from '#features/photos/photo.service.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanMultiline } from '#lib/fold.ts';
import { sha256Hex } from '#lib/hash.ts';
import { findDisbursement } from './disbursement.repository.ts';
import { moneyScopes, type Disbursement } from './disbursement.ts';
import {
	eraseNoteRow,
	findNote,
	findProof,
	insertNote,
	insertProof,
	listNotes,
} from './disbursement-note.repository.ts';

async function getRequest(db: Db, id: string): Promise<Disbursement> {
	const disbursement = await findDisbursement(db, id);
	if (!disbursement) throw new DomainError('NOT_FOUND', 'unknownDisbursement');
	return disbursement;
}

/** The notes of a request, for the fund's treasurer and approvers. Refuses with 401, 403 and 404. */
export async function getNotes(db: Db, actor: Actor | undefined, disbursementId: string) {
	requireActor(actor);
	const { fundId } = await getRequest(db, disbursementId);
	requireGrant(actor, 'disbursement.note', moneyScopes(fundId));
	return listNotes(db, disbursementId);
}

/** Writes a note that only the treasurer and the approvers read. The same id with the same text changes nothing. */
export async function writeNote(
	db: Db,
	actor: Actor | undefined,
	raw: { id: string; disbursementId: string; text: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const { fundId } = await getRequest(db, raw.disbursementId);
	const grant = requireGrant(actor, 'disbursement.note', moneyScopes(fundId));
	const text = cleanMultiline(raw.text, { max: 1000 });
	if (!text) throw new DomainError('UNPROCESSABLE_CONTENT', 'textMissing', { field: 'note' });
	const contentHash = sha256Hex(text);
	const write = async (trx: Trx): Promise<void> => {
		const existing = await findNote(trx, raw.id);
		const isSame = existing?.contentHash === contentHash && existing.disbursementId === raw.disbursementId;
		if (isSame && existing.writtenBy === grant.id) return;
		if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		await holdGrant(trx, grant.id, now);
		const { id, disbursementId } = raw;
		const by = { writtenBy: grant.id, writtenAt: now };
		await insertNote(trx, { id, disbursementId, text, ...by, erasedAt: null, contentHash });
	};
	await retryWhenTaken(() => inTransaction(db, write));
}

/** Erases a note's text for good; no entry changes. A second time changes nothing. */
export async function eraseNote(db: Db, actor: Actor | undefined, id: string, now: number): Promise<void> {
	requireActor(actor);
	await inTransaction(db, async (trx) => {
		const note = await findNote(trx, id);
		if (!note) throw new DomainError('NOT_FOUND', 'unknownNote');
		const grant = requireGrant(actor, 'disbursement.note', moneyScopes(note.fundId));
		if (note.erasedAt !== null) return;
		await holdGrant(trx, grant.id, now);
		await eraseNoteRow(trx, id, now);
		const event = { action: 'disbursement.erase-note', subjectKind: 'disbursement_note', subjectId: id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
}

/**
 * The treasurer adds a photo that proves a payment: private until an approver decides. The same id a second time
 * changes nothing. Refuses with 401, 403, 404, with 409 what is not paid, with 422 no photo.
 */
export async function recordProof(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; disbursementId: string },
	now: number,
	upload?: { bytes: Uint8Array; store: PhotoStore; hasChildren: boolean },
): Promise<void> {
	requireActor(actor);
	const { fundId, isSample } = await getRequest(db, input.disbursementId);
	const grant = requireGrant(actor, 'disbursement.pay', moneyScopes(fundId));
	if (!upload) throw new DomainError('UNPROCESSABLE_CONTENT', 'proofMissing', { field: 'photo' });
	const photo = await encodePhoto(upload.bytes, now);
	const write = async (trx: Trx): Promise<boolean> => {
		await lockRow(trx, 'disbursement', input.disbursementId);
		const existing = await findProof(trx, input.id);
		if (existing?.disbursementId === input.disbursementId) return false;
		if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		if ((await getRequest(trx, input.disbursementId)).status !== 'paid')
			throw new DomainError('CONFLICT', 'notPaid');
		await holdGrant(trx, grant.id, now);
		const childrenDeclared = upload.hasChildren ? 1 : 0;
		await insertPhotoRow(trx, photo, { uploadedBy: grant.id, isSample, childrenDeclared }, now);
		await insertProof(trx, { ...input, photoId: photo.id, recordedBy: grant.id, recordedAt: now });
		return true;
	};
	await withPhotoFile({ db, store: upload.store, now }, photo, () =>
		retryWhenTaken(() => inTransaction(db, write)),
	);
}

/** Decides whether a payment's photo is shown beside its row of the book; see {@link decidePhoto}. */
export async function decideProofPhoto(
	db: Db,
	actor: Actor | undefined,
	input: { id: string } & PhotoDecision,
	now: number,
): Promise<void> {
	requireActor(actor);
	const proof = await findProof(db, input.id);
	if (!proof) throw new DomainError('NOT_FOUND', 'unknownPhoto');
	const { fundId } = await getRequest(db, proof.disbursementId);
	await decidePhoto(db, actor, { ...input, id: proof.photoId }, moneyScopes(fundId), now);
}
