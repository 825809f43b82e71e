import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { checkPhotoBytes, MAX_SIDE, type EncodedPhoto } from './photo.ts';

const MAX_PIXELS = 50_000_000;

async function encodePhoto(bytes: Uint8Array, now: number): Promise<EncodedPhoto> {
	checkPhotoBytes(bytes);
	const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
		.autoOrient()
		.resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
		.webp({ quality: 78 })
		.toBuffer({ resolveWithObject: true })
		.catch(() => {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'photoUnreadable', { field: 'photo' });
		});
	return { id: uuidv7(now), bytes: data, sha256: sha256Hex(data), width: info.width, height: info.height };
}

/**
 * Encodes an uploaded photo, puts its file into the private folder and runs the write that names it. The file
 * stands before the row, so no row names a missing file; when the write refuses or finds that it was done
 * before, the file goes again. The caller has made sure that the person may upload. Refuses with 413, 415 and 422.
 */
export async function withPhotoFile(
	photoDir: string,
	bytes: Uint8Array,
	now: number,
	write: (photo: EncodedPhoto) => Promise<{ isNew: boolean }>,
): Promise<void> {
	const photo = await encodePhoto(bytes, now);
	const file = path.join(photoDir, `${photo.id}.webp`);
	await mkdir(photoDir, { recursive: true });
	await writeFile(file, photo.bytes, { mode: 0o600 });
	let isKept = false;
	try {
		isKept = (await write(photo)).isNew;
	} finally {
		if (!isKept) await rm(file, { force: true });
	}
}
