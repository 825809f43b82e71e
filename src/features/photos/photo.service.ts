import sharp, { type ResizeOptions } from 'sharp';
import { inTransaction, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { PhotoStore } from './photo-store.service.ts';
import { checkPhotoBytes, MAX_PIXELS, MAX_SIDE, REFUSED_KEPT_MS, type EncodedPhoto } from './photo.ts';
import {
	claimLeftover,
	deleteLeftover,
	giveUpLeftover,
	insertLeftover,
	insertPhoto,
	listLeftovers,
	listRefused,
	readClearedUntil,
	writeClearedUntil,
} from './photo.repository.ts';

/** A decoded photo takes hundreds of megabytes for a moment: they are decoded one after the other. */
const MAX_WAITING = 20;
let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/** Waits for its turn. Refuses with 429 when too many wait already. */
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
	if (waiting >= MAX_WAITING) throw new DomainError('TOO_MANY_REQUESTS', 'tooManyRequests');
	waiting += 1;
	const turn = last.then(work);
	last = turn.catch(() => undefined).finally(() => (waiting -= 1));
	return turn;
}

/**
 * Decodes an uploaded photo and writes it again as WebP, upright and without its EXIF data; keeps nothing yet.
 * The caller has made sure that the person may upload. Refuses with 413, 415, 422 and, when too many come at once, 429.
 */
export async function encodePhoto(bytes: Uint8Array, now: number): Promise<EncodedPhoto> {
	checkPhotoBytes(bytes);
	const { data, info } = await inTurn(() => encode(bytes));
	return { id: uuidv7(now), data, width: info.width, height: info.height };
}

const encode = (bytes: Uint8Array) =>
	sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
		.autoOrient()
		.resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
		.webp({ quality: 78 })
		.toBuffer({ resolveWithObject: true })
		.catch(() => {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'photoUnreadable', { field: 'photo' });
		});

/** Cut square beside a row, whole within a page, cut wide at its head: there it is part of what a page first loads. */
const SIZES = {
	small: { width: 96, height: 96, fit: 'cover' },
	wide: { width: 448, height: 224, fit: 'cover', quality: 50 },
	medium: { width: 480, height: 480, fit: 'inside', withoutEnlargement: true },
} as const;
const SMALL_KEPT = 500;
const small = new Map<string, Uint8Array>();

/**
 * A kept photo as small as it is shown. `id` names its file; a file never changes, so the last ones are remembered.
 */
export async function shrinkPhoto(
	id: string,
	bytes: Uint8Array,
	size: keyof typeof SIZES,
): Promise<Uint8Array> {
	const key = `${size}:${id}`;
	const known = small.get(key);
	if (known) return known;
	const { quality = 60, ...box }: ResizeOptions & { quality?: number } = SIZES[size];
	const made = await sharp(bytes).resize(box).webp({ quality }).toBuffer();
	if (small.size >= SMALL_KEPT) small.delete(small.keys().next().value!);
	small.set(key, made);
	return made;
}

/**
 * Keeps a photo's bytes around the transaction that writes its row, noted until then: what is cut off in between goes
 * with the daily job. `work` answers whether it did; when it did not, or was refused, they go again.
 */
export async function withPhotoFile(
	{ db, store, now }: { db: Db; store: PhotoStore; now: number },
	photo: Pick<EncodedPhoto, 'id' | 'data'>,
	work: () => Promise<boolean>,
): Promise<void> {
	await inTransaction(db, (trx) => insertLeftover(trx, photo.id, now));
	const drop = () => dropFile(db, store, photo.id).catch(() => {});
	try {
		// The bytes first: a row never names a photo that is not there.
		await store.put(photo.id, photo.data);
		if (!(await work())) await drop();
	} catch (error) {
		// After any other failure the row may stand all the same.
		if (error instanceof DomainError) await drop();
		throw error;
	}
}

/** Writes the row of a photo whose file is kept and noted: private until somebody approves it. */
export async function insertPhotoRow(
	trx: Trx,
	{ id, data, width, height }: EncodedPhoto,
	from: { uploadedBy: string | null; isSample: 0 | 1; childrenDeclared: 0 | 1 },
	now: number,
): Promise<void> {
	await claimFile(trx, id);
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

/**
 * Removes a noted file, unless a row names it by now. It is given up first: whoever kept its bytes for longer than
 * {@link LEFTOVER_MS} and would name it meanwhile is refused, so that no row names what is being removed.
 */
export async function clearLeftover(db: Db, store: PhotoStore, fileKey: string): Promise<void> {
	if (!(await inTransaction(db, (trx) => giveUpLeftover(trx, fileKey)))) return;
	await store.remove(fileKey);
	await inTransaction(db, (trx) => deleteLeftover(trx, fileKey));
}

/**
 * The row that is being written names this file, which was noted; the same transaction. Refuses with 503 what is noted no
 * more: the daily job has it, and a row must not name what is not there.
 */
export async function claimFile(trx: Trx, fileKey: string): Promise<void> {
	if (!(await claimLeftover(trx, fileKey))) throw new DomainError('SERVICE_UNAVAILABLE', 'photoStoreAway');
}

/** Removes a file that no row names for certain, whether it is still noted or not; what fails goes with the daily job. */
export async function dropFile(db: Db, store: PhotoStore, fileKey: string): Promise<void> {
	await store.remove(fileKey);
	await inTransaction(db, (trx) => deleteLeftover(trx, fileKey));
}

/** A file that was noted before it is named by its decision; by then the one who decides has long had an answer. */
const LEFTOVER_MS = 3_600_000;

/**
 * Removes the files of photos whose refusal is {@link REFUSED_KEPT_MS} old, their rows stay, and copies that no row names
 * (any more). What the store does not let go of keeps nothing else; the run fails at its end, and the next one tries
 * again from where the last whole one ended.
 */
export async function clearRefusedPhotos(db: Db, store: PhotoStore, now: number): Promise<void> {
	const failed: unknown[] = [];
	const tryTo = (work: Promise<void>) => work.catch((error: unknown) => void failed.push(error));
	for (const { fileKey } of await listLeftovers(db, now - LEFTOVER_MS))
		await tryTo(clearLeftover(db, store, fileKey));
	const until = now - REFUSED_KEPT_MS;
	const leftovers = failed.length;
	for (const { id } of await listRefused(db, await readClearedUntil(db), until))
		await tryTo(store.remove(id));
	if (failed.length === leftovers) await inTransaction(db, (trx) => writeClearedUntil(trx, until));
	if (failed.length > 0) throw new AggregateError(failed, `${failed.length} photo files were not removed`);
}
