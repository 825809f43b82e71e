import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { APIRoute } from 'astro';
import { findGrant } from '#features/accounts/actor.ts';
import { findPhotoFund } from '#features/collections/scrap-sale.repository.ts';
import { normaliseUuid } from '#lib/uuid.ts';

/** A receipt's photo, private: for those who record or confirm sales of its fund, and for who uploaded it. */
export const GET: APIRoute = async ({ params, locals }) => {
	const id = normaliseUuid(params['id'] ?? '');
	const photo = id === undefined ? undefined : await findPhotoFund(locals.db, id);
	const isOwn = locals.actor?.grants.some((grant) => grant.id === photo?.uploadedBy) === true;
	const mayConfirm =
		photo && findGrant(locals.actor, 'scrap-sale.confirm', [{ kind: 'fund', id: photo.fundId }]);
	if (!id || !photo || (!isOwn && !mayConfirm)) return new Response(null, { status: 404 });
	const bytes = await readFile(path.join(locals.config.photoDir, `${id}.webp`)).catch(() => undefined);
	if (!bytes) return new Response(null, { status: 404 });
	return new Response(new Uint8Array(bytes), {
		headers: { 'content-type': 'image/webp', 'cache-control': 'private, no-store' },
	});
};
