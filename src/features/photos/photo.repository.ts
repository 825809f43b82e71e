import type { Trx } from '#lib/db.ts';
import type { EncodedPhoto } from './photo.ts';

/** The photo's row, private, inside the write that names it. */
export const insertPhoto = (
	trx: Trx,
	photo: EncodedPhoto,
	by: { uploadedBy: string; isSample: 0 | 1 },
	now: number,
) =>
	trx
		.insertInto('photo')
		.values({
			id: photo.id,
			sha256: photo.sha256,
			width: photo.width,
			height: photo.height,
			byteCount: photo.bytes.length,
			status: 'private',
			uploadedBy: by.uploadedBy,
			uploadedAt: now,
			isSample: by.isSample,
		})
		.execute();
