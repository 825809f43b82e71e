import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { checkPhotoBytes, MAX_SIDE } from './photo.ts';

const MAX_PIXELS = 50_000_000;

/**
 * Keeps an uploaded photo as WebP in the private folder, without its EXIF data; returns its id.
 * The caller has made sure that the person may upload. Refuses with 413, 415 and 422.
 */
export async function storePhoto(
	db: Db,
	photoDir: string,
	input: { bytes: Uint8Array; uploadedBy: string; isSample: 0 | 1 },
	now: number,
): Promise<string> {
	checkPhotoBytes(input.bytes);
	const id = uuidv7(now);
	const { data, info } = await sharp(input.bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
		.autoOrient()
		.resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
		.webp({ quality: 78 })
		.toBuffer({ resolveWithObject: true })
		.catch(() => {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'photoUnreadable', { field: 'photo' });
		});
	await mkdir(photoDir, { recursive: true });
	// The file first: a row never names a file that is not there.
	await writeFile(path.join(photoDir, `${id}.webp`), data, { mode: 0o600 });
	await db
		.insertInto('photo')
		.values({
			id,
			sha256: sha256Hex(data),
			width: info.width,
			height: info.height,
			byteCount: data.length,
			status: 'private',
			uploadedBy: input.uploadedBy,
			uploadedAt: now,
			isSample: input.isSample,
		})
		.execute();
	return id;
}
