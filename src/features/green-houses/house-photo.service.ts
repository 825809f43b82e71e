import { maySeeKind, PERMISSIONS, requireActor, type Actor } from '#features/accounts/actor.ts';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { decidePhoto, hidePhoto, type PhotoDecision } from '#features/photos/photo-decision.service.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { encodePhoto, insertPhotoRow, withPhotoFile } from '#features/photos/photo.service.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { addressKey } from '#lib/address-key.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { findGreenHouse, listGreenHouses, listHousesInScopes } from './green-house.repository.ts';
import { houseScopes } from './green-house.ts';
import {
	findHousePhoto,
	findPhotoOwner,
	findVisitorPhoto,
	insertVisitorPhoto,
	listForgottenPhotos,
	listHousePhotos,
	listOlderSurveyPhotos,
} from './house-photo.repository.ts';
import { PHOTOS_PER_ADDRESS, PHOTOS_PER_DEVICE, UNDECIDED_KEPT_MS, type PhotoOwner } from './house-photo.ts';

export type Upload = { bytes: Uint8Array; store: PhotoStore; hasChildren: boolean };

/** Counts a photo that a device sends, before it is decoded. Refuses with 429. */
export async function takePhotoRate(db: Db, secret: string, clientAddress: string, now: number) {
	// The device first: one that tries too often takes nothing from the others behind its address.
	await takeRate(db, `house-photo:device:${secret}`, PHOTOS_PER_DEVICE, now);
	await takeRate(db, addressKey('house-photo', clientAddress), PHOTOS_PER_ADDRESS, now);
}

/**
 * Adds a photo to a record that this device made before: private, until {@link decideHousePhoto}. The same photo a
 * second time changes nothing. Refuses with 404 a record that is not this device's, with 409 one that has another photo
 * or asks for none any more, with 413, 415 and 422 what is no photo; the record stays as it is.
 */
export async function attachPhoto(
	db: Db,
	{ secret }: { secret: string },
	owner: PhotoOwner,
	{ bytes, store, hasChildren }: Upload,
	now: number,
): Promise<'created' | 'unchanged'> {
	const record = await findPhotoOwner(db, owner);
	const alias = await findDeviceAlias(db, secret);
	if (!record || !alias || record.deviceAliasId !== alias.id)
		throw new DomainError('NOT_FOUND', 'photoRecordMissing');
	const contentHash = sha256Hex(canonicalJson({ bytes: sha256Hex(bytes), hasChildren }));
	/** True when it stands there already. */
	const isThere = async (on: Db): Promise<boolean> => {
		const known = await findVisitorPhoto(on, owner);
		if (known && known.contentHash !== contentHash) throw new DomainError('CONFLICT', 'photoIsAnother');
		if (!known && (await findPhotoOwner(on, owner))!.endedAt !== null)
			throw new DomainError('CONFLICT', 'photoTooLate');
		return known !== undefined;
	};
	if (await isThere(db)) return 'unchanged';
	const photo = await encodePhoto(bytes, now);
	let isNew = false;
	const write = async (trx: Trx) => {
		await lockRow(trx, 'green_house', record.greenHouseId);
		if (await isThere(trx)) return false;
		const from = { uploadedBy: null, isSample: record.isSample };
		await insertPhotoRow(trx, photo, { ...from, childrenDeclared: hasChildren ? 1 : 0 }, now);
		await insertVisitorPhoto(trx, owner, {
			...{ photoId: photo.id, greenHouseId: record.greenHouseId, contentHash },
		});
		return true;
	};
	await withPhotoFile(
		{ db, store, now },
		photo,
		async () => (isNew = await inTransaction(db, (trx) => write(trx))),
	);
	return isNew ? 'created' : 'unchanged';
}

/**
 * Adds the photo of a form whose record has just been written. A photo that is refused takes nothing back: the refusal is
 * what this answers with.
 */
export async function attachFormPhoto(
	db: Db,
	sender: { secret: string; clientAddress: string },
	owner: PhotoOwner,
	upload: Upload | undefined,
	now: number,
): Promise<DomainError | undefined> {
	if (!upload) return undefined;
	try {
		await takePhotoRate(db, sender.secret, sender.clientAddress, now);
		await attachPhoto(db, sender, owner, upload, now);
		return undefined;
	} catch (error) {
		if (error instanceof DomainError) return error;
		throw error;
	}
}

/**
 * Whether everybody sees a house's photo; see {@link decidePhoto}. A refused one of a visitor is not kept, and a survey's
 * takes the place of those before it.
 */
export async function decideHousePhoto(
	db: Db,
	actor: Actor | undefined,
	input: { id: string } & PhotoDecision,
	now: number,
): Promise<void> {
	requireActor(actor);
	const found = await findHousePhoto(db, input.id);
	const house = found && (await findGreenHouse(db, found.greenHouseId, now));
	if (!found || !house) throw new DomainError('NOT_FOUND', 'unknownPhoto');
	const isForgotten = found.of !== 'survey';
	const rule = { act: 'house-photo.decide', isForgotten } as const;
	const grant = await decidePhoto(db, actor, input, houseScopes(house), now, rule);
	if (input.status !== 'approved' || found.of !== 'survey') return;
	await inTransaction(db, async (trx) => {
		await holdGrant(trx, grant.id, now);
		for (const { id } of await listOlderSurveyPhotos(trx, input.id)) await hidePhoto(trx, id, grant.id, now);
	});
}

/** The photos of houses that this person decides, with their houses; none for whoever decides none. */
export async function listHousePhotosFor(
	db: Db,
	actor: Actor,
	status: 'private' | 'approved',
	limit: number,
	now: number,
) {
	const { roles } = PERMISSIONS['house-photo.decide'];
	const grants = actor.grants.filter(({ role }) => roles.includes(role));
	const wardIds = grants.flatMap(({ scopeKind, scopeId }) =>
		scopeKind === 'ward' && scopeId ? [scopeId] : [],
	);
	const all = grants.some(({ scopeKind }) => scopeKind === 'portal')
		? await listGreenHouses(db, {}, now)
		: await listHousesInScopes(db, { houseIds: [], organisationIds: [], wardIds }, now);
	const houses = new Map(all.filter((house) => maySeeKind(actor, house)).map((house) => [house.id, house]));
	const photos = await listHousePhotos(db, [...houses.keys()], status, limit);
	return photos.map((photo) => ({ ...photo, house: houses.get(photo.greenHouseId)! }));
}

/** The photo of a record that its owner took back goes with it; part of that transaction. */
export async function forgetPhotoOf(trx: Trx, owner: PhotoOwner, now: number): Promise<void> {
	const photo = await findVisitorPhoto(trx, owner);
	if (photo) await hidePhoto(trx, photo.photoId, null, now);
}

/** Forgets visitors' photos that nobody made public in {@link UNDECIDED_KEPT_MS}, and those whose report's words are gone. */
export async function forgetHousePhotos(db: Db, now: number): Promise<void> {
	for (const { id } of await listForgottenPhotos(db, now - UNDECIDED_KEPT_MS))
		await inTransaction(db, (trx) => hidePhoto(trx, id, null, now));
}
