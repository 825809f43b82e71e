import type { APIRoute } from 'astro';
import { findEventBySlug } from '#features/cleanup-events/cleanup-event.repository.ts';
import { findFirstStarts } from '#features/cleanup-events/event-change.repository.ts';
import { findCoverFile } from '#features/cleanup-events/event-photo.repository.ts';
import { SHARE_IMAGE, shareImage, shareVersion } from '#features/cleanup-events/share-image.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { drawPng, type Box } from '#lib/draw.ts';
import { DomainError } from '#lib/errors.ts';

/** The last pictures that were asked for, by what they show: a link in a chat is asked for by every phone. */
const drawn = new Map<string, Promise<Buffer>>();
const MOST = 64;

function pictureOf(box: Box, photos: Record<string, Uint8Array> = {}): Promise<Buffer> {
	const key = shareVersion(box);
	const picture = drawn.get(key) ?? drawPng(box, SHARE_IMAGE, photos);
	// Asked for again it is the newest; one that failed is tried anew.
	drawn.delete(key);
	drawn.set(key, picture);
	picture.catch(() => drawn.delete(key));
	if (drawn.size > MOST) drawn.delete(drawn.keys().next().value!);
	return picture;
}

const answer = async (picture: Promise<Buffer>, headers: Record<string, string>) =>
	new Response(new Uint8Array(await picture), { headers: { ...headers, 'content-type': 'image/png' } });

/** What a chat shows of an event's link. */
export const GET: APIRoute = async ({ locals: { db, publicUrl, t, locale, config }, params, request }) => {
	const event = await findEventBySlug(db, params['slug'] ?? '');
	if (!event) throw new DomainError('NOT_FOUND', 'unknownEvent');
	const firstStart = (await findFirstStarts(db, [event.id])).get(event.id);
	const words = { t, locale, host: new URL(publicUrl).host, firstStart };
	const cover = await findCoverFile(db, event.id);
	const box = shareImage(event, { ...words, cover });
	const key = shareVersion(box);
	const headers = { 'cache-control': 'public, max-age=300', etag: `"${key}"` };
	if (request.headers.get('if-none-match') === headers.etag)
		return new Response(null, { status: 304, headers });
	if (!cover || drawn.has(key)) return answer(pictureOf(box), headers);
	const photo = await openPhotoStore(config).get(cover);
	if (photo) return answer(pictureOf(box, { [cover]: photo }), headers);
	// A file that is gone leaves the leaf, which nobody keeps in the photo's place: it may come back.
	return answer(pictureOf(shareImage(event, words)), { 'cache-control': 'no-store' });
};
