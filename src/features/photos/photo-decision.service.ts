// Whether a photo is public, and which parts of it are black for everybody.
import { randomUUID } from 'node:crypto';
import sharp, { type OverlayOptions } from 'sharp';
import type { PhotoTable } from '#db/schema.ts';
import {
	requireGrant,
	requireSameKind,
	type Act,
	type Actor,
	type Grant,
	type Scope,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { checkFrames, frameInPixels, type Frame } from './photo-frames.ts';
import type { PhotoStore } from './photo-store.service.ts';
import { findPhoto, insertLeftover, updatePhoto } from './photo.repository.ts';
import { claimFile, clearLeftover, withPhotoFile } from './photo.service.ts';

/** What an approver says of a photo, and the store for what is blacked out. */
export type PhotoDecision = {
	status: 'approved' | 'refused';
	/** When the decision was made that the approver has before them; none: it was not decided yet. */
	seenAt?: number | null;
	redaction: { frames: Frame[]; store: PhotoStore };
};

/** A kept photo with black boxes over its frames, encoded anew: under them nothing of it is left. Nothing is kept yet. */
export async function blackOut(bytes: Uint8Array, frames: Frame[]): Promise<Uint8Array> {
	checkFrames(frames);
	const { width, height } = await sharp(bytes).metadata();
	const boxes = frames.map((frame) => {
		const { left, top, width: across, height: down } = frameInPixels(frame, width, height);
		return { input: { create: { width: across, height: down, channels: 3, background: '#000' } }, left, top };
	}) satisfies OverlayOptions[];
	return sharp(bytes).composite(boxes).webp({ quality: 78 }).toBuffer();
}

type Asked = { status: PhotoDecision['status']; publicFrames: string | null; seenAt: number | null };

/**
 * Undefined when it was decided so already. Refuses what was decided otherwise since the approver looked: who blacked out
 * other parts must know that these are not. What was refused stays refused.
 */
function checkOpen(photo: PhotoTable | undefined, asked: Asked): PhotoTable | undefined {
	if (!photo) throw new DomainError('NOT_FOUND', 'unknownPhoto');
	if (photo.status === asked.status && photo.publicFrames === asked.publicFrames) return undefined;
	if (photo.status === 'refused' || photo.decidedAt !== asked.seenAt)
		throw new DomainError('CONFLICT', 'alreadyDecided');
	if (asked.status === 'approved' && photo.childrenDeclared !== 0)
		throw new DomainError('CONFLICT', 'photoWithChildren');
	return photo;
}

/**
 * Makes a photo public, whole or with `frames` of it blacked out, or says that it never will be; what is public can be
 * decided again by whoever has seen it, with other frames, and then the copy before goes. `scopes` are those of what it
 * shows. A second time changes nothing. Refuses with 403, with 404 an unknown photo, with 422 frames that are none, with
 * 409 a photo that was decided otherwise meanwhile, or in which children can be recognised or were not asked about.
 * @param rule who may, and whether the file of a refused one goes at once; nobody needs it as proof
 */
export async function decidePhoto(
	db: Db,
	actor: Actor | undefined,
	input: { id: string } & PhotoDecision,
	scopes: Scope[],
	now: number,
	rule: { act: Act; isForgotten?: boolean } = { act: 'photo.decide' },
): Promise<Grant> {
	const grant = requireGrant(actor, rule.act, scopes);
	const { id, status, seenAt = null, redaction } = input;
	const frames = status === 'approved' ? redaction.frames : [];
	checkFrames(frames);
	const publicFrames = frames.length === 0 ? null : JSON.stringify(frames);
	const asked = { status, publicFrames, seenAt };
	const first = await findPhoto(db, id);
	if (first && actor) requireSameKind(actor, first.isSample === 1);
	if (!checkOpen(first, asked)) return grant;
	/** The copy that the one that is decided now takes the place of. */
	let old = null as string | null;
	/** False when it was decided so meanwhile. */
	const decide = (publicKey: string | null) =>
		inTransaction(db, async (trx) => {
			await lockRow(trx, 'photo', id);
			await holdGrant(trx, grant.id, now);
			const before = checkOpen(await findPhoto(trx, id), asked);
			if (!before) return false;
			await updatePhoto(trx, id, { status, decidedBy: grant.id, decidedAt: now, publicKey, publicFrames });
			if (before.publicKey !== null) await insertLeftover(trx, before.publicKey, now);
			if (status === 'refused' && rule.isForgotten) await insertLeftover(trx, id, now);
			if (publicKey !== null) await claimFile(trx, publicKey);
			const about = { subjectKind: 'photo', subjectId: id, roleGrantId: grant.id };
			if (publicKey === null || before.status === 'private')
				await insertAuditEvent(trx, { action: `photo.${status}`, ...about }, now);
			if (publicKey !== null) await insertAuditEvent(trx, { action: 'photo.redact', ...about }, now);
			old = before.publicKey;
			return true;
		});
	if (publicFrames === null) await decide(null);
	else {
		const original = await redaction.store.get(id);
		if (!original) throw new DomainError('NOT_FOUND', 'unknownPhoto');
		// A name by chance alone: nothing that is public leads from one of the two files to the other.
		const copy = { id: randomUUID(), data: await blackOut(original, frames) };
		await withPhotoFile({ db, store: redaction.store, now }, copy, () => decide(copy.id));
	}
	// It is public nowhere by now; what the store does not let go of today goes with the daily job.
	if (old !== null) await clearLeftover(db, redaction.store, old).catch(() => {});
	return grant;
}

/**
 * Takes a photo from the public for good, because what it shows was taken back; part of that transaction, which has asked
 * who may. Its copy goes with the daily job: no address leads to it any more. Without a grant it is its owner, or time,
 * that took it back: then the photo itself goes too.
 */
export async function hidePhoto(trx: Trx, id: string, grantId: string | null, now: number): Promise<void> {
	await lockRow(trx, 'photo', id);
	const photo = await findPhoto(trx, id);
	if (!photo || photo.status === 'refused') return;
	if (photo.publicKey !== null) await insertLeftover(trx, photo.publicKey, now);
	if (grantId === null) await insertLeftover(trx, id, now);
	const nobody = { status: 'refused', publicKey: null, publicFrames: null } as const;
	await updatePhoto(trx, id, { ...nobody, decidedBy: grantId, decidedAt: now });
	if (grantId === null) return;
	const about = { subjectKind: 'photo', subjectId: id, roleGrantId: grantId };
	await insertAuditEvent(trx, { action: 'photo.refused', ...about }, now);
}
