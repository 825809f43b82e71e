import type { APIRoute } from 'astro';
import { findSaleOfPhoto } from '#features/collections/scrap-sale.repository.ts';
import { getScrapSale } from '#features/collections/scrap-sale.service.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { findPhoto } from '#features/photos/photo.repository.ts';
import { DomainError } from '#lib/errors.ts';
import { normaliseUuid } from '#lib/uuid.ts';

/**
 * A weigh slip's photo: for everybody once it is approved; private until then, for those who may see its sale. For
 * others there is no such address.
 */
export const GET: APIRoute = async ({ params, locals }) => {
	const { db, actor, config, now } = locals;
	const none = () => new Response(null, { status: 404 });
	const id = normaliseUuid(params['id'] ?? '');
	const photo = id === undefined ? undefined : await findPhoto(db, id);
	if (!id || !photo) return none();
	const isPublic = photo.status === 'approved';
	if (!isPublic) {
		const owner = await findSaleOfPhoto(db, id);
		if (!owner || !actor) return none();
		try {
			await getScrapSale(db, actor, owner.id, now);
		} catch (error) {
			if (error instanceof DomainError) return none();
			throw error;
		}
	}
	const bytes = await openPhotoStore(config).get(id);
	if (!bytes) return none();
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': 'image/webp',
			'content-disposition': 'inline',
			'cache-control': isPublic ? 'public, max-age=3600' : 'private, no-store',
		},
	});
};
