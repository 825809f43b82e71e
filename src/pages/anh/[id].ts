import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { APIRoute } from 'astro';
import { findSaleOfPhoto } from '#features/collections/scrap-sale.repository.ts';
import { getScrapSale } from '#features/collections/scrap-sale.service.ts';
import { DomainError } from '#lib/errors.ts';
import { normaliseUuid } from '#lib/uuid.ts';

/** A weigh slip's photo, private: for those who may see its sale; for others there is no such address. */
export const GET: APIRoute = async ({ params, locals }) => {
	const id = normaliseUuid(params['id'] ?? '');
	const owner = id === undefined ? undefined : await findSaleOfPhoto(locals.db, id);
	if (!owner || !locals.actor) return new Response(null, { status: 404 });
	try {
		await getScrapSale(locals.db, locals.actor, owner.id, locals.now);
	} catch (error) {
		if (error instanceof DomainError) return new Response(null, { status: 404 });
		throw error;
	}
	const bytes = await readFile(path.join(locals.config.photoDir, `${id}.webp`)).catch(() => undefined);
	if (!bytes) return new Response(null, { status: 404 });
	return new Response(new Uint8Array(bytes), {
		headers: { 'content-type': 'image/webp', 'cache-control': 'private, no-store' },
	});
};
