// A photo that somebody uploads: decoded, turned upright and written again, so that nothing else travels in it.
import type { PhotoTable } from '#db/schema.ts';
import { DomainError } from '#lib/errors.ts';

export const MAX_PHOTO_BYTES = 8 * 1024 * 1024;
export const MAX_SIDE = 1600;
/** A small file may unpack into a picture that no memory holds. */
export const MAX_PIXELS = 50_000_000;

/** A photo that was refused is looked at by whoever checks the year's books, and then forgotten. */
export const REFUSED_KEPT_MS = 365 * 24 * 3_600_000;

/** True once the file of a refused photo has had its time. */
export const isPhotoGone = (photo: Pick<PhotoTable, 'status' | 'decidedAt'>, now: number): boolean =>
	photo.status === 'refused' && photo.decidedAt !== null && photo.decidedAt <= now - REFUSED_KEPT_MS;

/** What whoever may see a private photo is shown of it. */
export type ShownPhoto = Pick<
	PhotoTable,
	'status' | 'childrenDeclared' | 'decidedAt' | 'publicKey' | 'publicFrames' | 'width' | 'height'
>;

/** A photo as it will be kept: WebP, nothing but its pixels. */
export type EncodedPhoto = { id: string; data: Uint8Array; width: number; height: number };

const startsWith = (bytes: Uint8Array, text: string, offset = 0) =>
	[...text].every((char, index) => bytes[offset + index] === char.charCodeAt(0));

/** JPEG, PNG or WebP by their first bytes. Refuses others with 415, and what is too large with 413. */
export function checkPhotoBytes(bytes: Uint8Array): void {
	if (bytes.length > MAX_PHOTO_BYTES)
		throw new DomainError('CONTENT_TOO_LARGE', 'photoTooLarge', { field: 'photo' });
	const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
	const isPng = bytes[0] === 0x89 && startsWith(bytes, 'PNG', 1);
	const isWebp = startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8);
	if (!isJpeg && !isPng && !isWebp)
		throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'photoKind', { field: 'photo' });
}
