import type { APIRoute } from 'astro';
import { findDisclosureOfPhoto } from '#features/disclosures/disclosure.repository.ts';
import { disclosureScopes } from '#features/disclosures/disclosure.ts';
import { findSaleOfPhoto } from '#features/collections/scrap-sale.repository.ts';
import { getScrapSale } from '#features/collections/scrap-sale.service.ts';
import { findGrant, maySeeKind, type Actor } from '#features/accounts/actor.ts';
import { getDisbursement } from '#features/fund/disbursement.service.ts';
import { moneyScopes } from '#features/fund/disbursement.ts';
import { findProofOfPhoto } from '#features/fund/disbursement-note.repository.ts';
import { findStatementOfPhoto } from '#features/fund/statement.repository.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { shrinkPhoto } from '#features/photos/photo.service.ts';
import { findPhoto } from '#features/photos/photo.repository.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { normaliseUuid } from '#lib/uuid.ts';

/** True for whoever may see what a private photo belongs to: a sale, a statement, a payment or a disclosure. */
async function maySee(db: Db, actor: Actor | undefined, photoId: string, now: number): Promise<boolean> {
	if (!actor) return false;
	try {
		const sale = await findSaleOfPhoto(db, photoId);
		if (sale) return Boolean(await getScrapSale(db, actor, sale.id, now));
		const proof = await findProofOfPhoto(db, photoId);
		if (proof) return Boolean(await getDisbursement(db, actor, proof.disbursementId));
		const disclosed = await findDisclosureOfPhoto(db, photoId);
		if (disclosed)
			return (
				maySeeKind(actor, disclosed) &&
				(findGrant(actor, 'disbursement.read', moneyScopes(disclosed.id)) !== undefined ||
					findGrant(actor, 'disclosure.record', disclosureScopes(disclosed)) !== undefined)
			);
		const statement = await findStatementOfPhoto(db, photoId);
		return (
			statement !== undefined &&
			maySeeKind(actor, statement) &&
			findGrant(actor, 'disbursement.read', moneyScopes(statement.fundId)) !== undefined
		);
	} catch (error) {
		if (error instanceof DomainError) return false;
		throw error;
	}
}

/**
 * A photo of a paper: for everybody once it is approved; private until then, for those who may see what it belongs to.
 * For others there is no such address. `?co=nho` gives a public one as small as it stands beside a row. Of one with parts
 * blacked out everybody gets those bytes alone; `?goc` gives the original to those who saw it before.
 */
export const GET: APIRoute = async ({ params, locals, url }) => {
	const { db, actor, config, now } = locals;
	const none = () => new Response(null, { status: 404 });
	const id = normaliseUuid(params['id'] ?? '');
	const photo = id === undefined ? undefined : await findPhoto(db, id);
	if (!id || !photo) return none();
	const isPublic = photo.status === 'approved' && !url.searchParams.has('goc');
	if (!isPublic && !(await maySee(db, actor, id, now))) return none();
	const key = isPublic ? (photo.publicKey ?? id) : id;
	const bytes = await openPhotoStore(config).get(key);
	if (!bytes) return none();
	const isSmall = isPublic && url.searchParams.get('co') === 'nho';
	return new Response(new Uint8Array(isSmall ? await shrinkPhoto(key, bytes) : bytes), {
		headers: {
			'content-type': 'image/webp',
			'content-disposition': 'inline',
			'cache-control': isPublic ? 'public, max-age=3600' : 'private, no-store',
		},
	});
};
