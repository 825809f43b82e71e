import { randomUUID } from 'node:crypto';
import sharp, { type OverlayOptions } from 'sharp';
import type { PhotoTable } from '#db/schema.ts';
import { requireGrant, type Actor, type Scope } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { checkFrames, frameInPixels, type Frame, type PhotoChoice } from './photo-frames.ts';
import type { PhotoStore } from './photo-store.service.ts';
import { checkPhotoBytes, MAX_PIXELS, MAX_SIDE, REFUSED_KEPT_MS, type EncodedPhoto } from './photo.ts';
import {
	findPhoto,
	insertPhoto,
	listRefused,
	readClearedUntil,
	updatePhoto,
	writeClearedUntil,
} from './photo.repository.ts';

/**
 * Decodes an uploaded photo and writes it again as WebP, upright and without its EXIF data; keeps nothing yet.
 * The caller has made sure that the person may upload. Refuses with 413, 415 and 422.
 */
export async function encodePhoto(bytes: Uint8Array, now: number): Promise<EncodedPhoto> {
	checkPhotoBytes(bytes);
	const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
		.autoOrient()
		.resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
		.webp({ quality: 78 })
		.toBuffer({ resolveWithObject: true })
		.catch(() => {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'photoUnreadable', { field: 'photo' });
		});
	return { id: uuidv7(now), data, width: info.width, height: info.height };
}

const SMALL_SIDE = 96;
const SMALL_KEPT = 500;
const small = new Map<string, Uint8Array>();

/**
 * A kept photo as small as it stands beside a row, cut square. `id` names its file; a file never changes, so the last
 * ones are remembered.
 */
export async function shrinkPhoto(id: string, bytes: Uint8Array): Promise<Uint8Array> {
	const known = small.get(id);
	if (known) return known;
	const made = await sharp(bytes)
		.resize({ width: SMALL_SIDE, height: SMALL_SIDE, fit: 'cover' })
		.webp({ quality: 60 })
		.toBuffer();
	if (small.size >= SMALL_KEPT) small.delete(small.keys().next().value!);
	small.set(id, made);
	return made;
}

/**
 * Keeps a photo's bytes around the transaction that writes its row. `work` answers whether it did; when it did not, or
 * was refused, they go again.
 */
export async function withPhotoFile(
	store: PhotoStore,
	photo: Pick<EncodedPhoto, 'id' | 'data'>,
	work: () => Promise<boolean>,
): Promise<void> {
	// The bytes first: a row never names a photo that is not there.
	await store.put(photo.id, photo.data);
	let isKept: boolean;
	try {
		isKept = await work();
	} catch (error) {
		// After any other failure the row may stand all the same. What is not removed is a file that nothing names.
		if (error instanceof DomainError) await store.remove(photo.id).catch(() => {});
		throw error;
	}
	if (!isKept) await store.remove(photo.id);
}

/** Writes the row of a photo whose file is kept: private until somebody approves it. */
export async function insertPhotoRow(
	trx: Trx,
	{ id, data, width, height }: EncodedPhoto,
	from: { uploadedBy: string; isSample: 0 | 1; childrenDeclared: 0 | 1 },
	now: number,
): Promise<void> {
	await insertPhoto(trx, {
		id,
		sha256: sha256Hex(data),
		width,
		height,
		byteCount: data.length,
		status: 'private',
		uploadedAt: now,
		decidedBy: null,
		decidedAt: null,
		publicKey: null,
		publicFrames: null,
		...from,
	});
}

/** What an approver says of a photo, and the store for what is blacked out. */
export type PhotoDecision = {
	status: PhotoChoice['status'];
	redaction?: { frames: Frame[]; store: PhotoStore };
};

/** A kept photo with black boxes over its frames, encoded anew: under them nothing of it is left. */
async function blackOut(bytes: Uint8Array, frames: Frame[]): Promise<Uint8Array> {
	const { width, height } = await sharp(bytes).metadata();
	const boxes = frames.map((frame) => {
		const { left, top, width: across, height: down } = frameInPixels(frame, width, height);
		return { input: { create: { width: across, height: down, channels: 3, background: '#000' } }, left, top };
	}) satisfies OverlayOptions[];
	return sharp(bytes).composite(boxes).webp({ quality: 78 }).toBuffer();
}

/**
 * False when it was decided so already; refuses what is decided otherwise: who blacked out other parts must know that
 * these are not.
 */
function checkUndecided(photo: PhotoTable | undefined, status: string, frames: string | null): boolean {
	if (!photo) throw new DomainError('NOT_FOUND', 'unknownPhoto');
	if (photo.status === status && photo.publicFrames === frames) return false;
	if (photo.status !== 'private') throw new DomainError('CONFLICT', 'alreadyDecided');
	if (status === 'approved' && photo.childrenDeclared !== 0)
		throw new DomainError('CONFLICT', 'photoWithChildren');
	return true;
}

/**
 * Makes a photo public, whole or with `frames` of it blacked out, or says that it never will be. `scopes` are those of
 * what it shows. A second time changes nothing. Refuses with 403, with 404 an unknown photo, with 422 frames that are
 * none, with 409 a photo that was decided otherwise, or in which children can be recognised or were not asked about.
 */
export async function decidePhoto(
	db: Db,
	actor: Actor | undefined,
	input: { id: string } & PhotoDecision,
	scopes: Scope[],
	now: number,
): Promise<void> {
	const grant = requireGrant(actor, 'photo.decide', scopes);
	const { id, status, redaction } = input;
	const frames = status === 'approved' && redaction ? redaction.frames : [];
	checkFrames(frames);
	const publicFrames = frames.length === 0 ? null : JSON.stringify(frames);
	const decide = (publicKey: string | null) =>
		inTransaction(db, async (trx) => {
			await lockRow(trx, 'photo', id);
			await holdGrant(trx, grant.id);
			if (!checkUndecided(await findPhoto(trx, id), status, publicFrames)) return false;
			const change = { status, decidedBy: grant.id, decidedAt: now, publicKey, publicFrames };
			await updatePhoto(trx, id, change);
			const about = { subjectKind: 'photo', subjectId: id, roleGrantId: grant.id };
			await insertAuditEvent(trx, { action: `photo.${input.status}`, ...about }, now);
			if (publicKey !== null) await insertAuditEvent(trx, { action: 'photo.redact', ...about }, now);
			return true;
		});
	if (!redaction || publicFrames === null) {
		await decide(null);
		return;
	}
	if (!checkUndecided(await findPhoto(db, id), status, publicFrames)) return;
	const original = await redaction.store.get(id);
	if (!original) throw new DomainError('NOT_FOUND', 'unknownPhoto');
	// By chance alone: nothing that is public leads from one of the two files to the other.
	const publicKey = randomUUID();
	const file = { id: publicKey, data: await blackOut(original, frames) };
	await withPhotoFile(redaction.store, file, () => decide(publicKey));
}

/**
 * Removes the files of photos whose refusal is {@link REFUSED_KEPT_MS} old; their rows stay. A run that is cut off begins
 * again where the last whole one ended.
 */
export async function clearRefusedPhotos(db: Db, store: PhotoStore, now: number): Promise<void> {
	const until = now - REFUSED_KEPT_MS;
	for (const { id } of await listRefused(db, await readClearedUntil(db), until)) await store.remove(id);
	await inTransaction(db, (trx) => writeClearedUntil(trx, until));
}
