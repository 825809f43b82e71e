import type { APIRoute } from 'astro';
import { findDisclosureOfPhoto } from '#features/disclosures/disclosure.repository.ts';
import { disclosureScopes } from '#features/disclosures/disclosure.ts';
import { eventScopes } from '#features/cleanup-events/cleanup-event.ts';
import { findEventOfPhoto } from '#features/cleanup-events/event-photo.repository.ts';
import { findSaleOfPhoto } from '#features/collections/scrap-sale.repository.ts';
import { getScrapSale } from '#features/collections/scrap-sale.service.ts';
import { findGrant, maySeeKind, type Actor } from '#features/accounts/actor.ts';
import { getDisbursement } from '#features/fund/disbursement.service.ts';
import { moneyScopes } from '#features/fund/disbursement.ts';
import { findProofOfPhoto } from '#features/fund/disbursement-note.repository.ts';
import { findStatementOfPhoto } from '#features/fund/statement.repository.ts';
import { findGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { houseScopes } from '#features/green-houses/green-house.ts';
import { findHousePhoto } from '#features/green-houses/house-photo.repository.ts';
import { blackOut } from '#features/photos/photo-decision.service.ts';
import { readFrames } from '#features/photos/photo-frames.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { shrinkPhoto } from '#features/photos/photo.service.ts';
import { findPhoto } from '#features/photos/photo.repository.ts';
import type { Db } from '#lib/db.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { createTranslator, locales, type Locale } from '#lib/i18n.ts';
import { normaliseUuid } from '#lib/uuid.ts';

/** True for whoever may see what a private photo belongs to: a sale, a statement, a payment, a disclosure, an event or a house. */
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
		const shown = await findHousePhoto(db, photoId);
		if (shown) {
			const house = (await findGreenHouse(db, shown.greenHouseId, now))!;
			return (
				maySeeKind(actor, house) && findGrant(actor, 'green-house.survey', houseScopes(house)) !== undefined
			);
		}
		const event = await findEventOfPhoto(db, photoId);
		if (event) {
			return (
				maySeeKind(actor, event) &&
				(findGrant(actor, 'cleanup-event.change', eventScopes(event)) !== undefined ||
					findGrant(actor, 'house-photo.decide', event.wardScopes) !== undefined)
			);
		}
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

const isLocale = (text: string | null): text is Locale => locales.some((locale) => locale === text);

/** What everybody would see with the frames that the address names, which nobody has decided yet; or why that is none. */
async function preview(original: Uint8Array, asked: URLSearchParams): Promise<Response> {
	try {
		return image(await blackOut(original, readFrames(asked)), 'private, no-store');
	} catch (error) {
		if (!(error instanceof DomainError)) throw error;
		const wanted = asked.get('thu');
		const t = createTranslator(isLocale(wanted) ? wanted : 'vi');
		return new Response(t(`errors:${error.key}`, error.values), {
			status: HTTP_STATUS[error.kind],
			headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'private, no-store' },
		});
	}
}

const image = (bytes: Uint8Array, cacheControl: string) =>
	new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': 'image/webp',
			'content-disposition': 'inline',
			'cache-control': cacheControl,
		},
	});

/** What `?co=` asks for. */
const SIZES: Partial<Record<string, 'small' | 'medium' | 'wide'>> = {
	...{ nho: 'small', vua: 'medium', bia: 'wide' },
};

/** How long a cache may still show what was blacked out, or taken from the public, meanwhile. */
const PUBLIC = 'public, max-age=300';

/**
 * A photo of a paper: for everybody once it is approved; private until then, for those who may see what it belongs to.
 * For others there is no such address. `?co=nho` gives a public one as small as it stands beside a row, `?co=vua` within a page, `?co=bia` at its head. Of one with parts
 * blacked out everybody gets those bytes alone; for those who saw it before `?goc` gives the original, and `?thu` what is
 * left of it under the frames of a form.
 */
export const GET: APIRoute = async ({ params, locals, url }) => {
	const { db, actor, config, now } = locals;
	const none = () => new Response(null, { status: 404 });
	const id = normaliseUuid(params['id'] ?? '');
	const photo = id === undefined ? undefined : await findPhoto(db, id);
	if (!id || !photo) return none();
	const asked = url.searchParams;
	const isPublic = photo.status === 'approved' && !asked.has('goc') && !asked.has('thu');
	if (!isPublic && !(await maySee(db, actor, id, now))) return none();
	const key = isPublic ? (photo.publicKey ?? id) : id;
	const bytes = await openPhotoStore(config).get(key);
	if (!bytes) return none();
	if (asked.has('thu')) return preview(bytes, asked);
	const size = SIZES[asked.get('co') ?? ''];
	const shown = isPublic && size ? await shrinkPhoto(key, bytes, size) : bytes;
	return image(shown, isPublic ? PUBLIC : 'private, no-store');
};
