import { PERMISSIONS, requireActor, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { decidePhoto, type PhotoDecision } from '#features/photos/photo-decision.service.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { encodePhoto, insertPhotoRow, withPhotoFile } from '#features/photos/photo.service.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import type { CleanupEvent } from './cleanup-event.ts';
import { requireEvent } from './cleanup-event.service.ts';
import {
	findEventOfPhoto,
	findSameEventPhoto,
	insertEventPhoto,
	listEventPhotos,
	listPhotosOfEvents,
} from './event-photo.repository.ts';
import { MAX_COVERS, MAX_EVENT_PHOTOS, momentsAt, photosLeft, type Moment } from './event-photo.ts';

/**
 * Adds a photo to what an event achieved, once the event has begun, or one that invites to it until it ends: private until {@link decideEventPhoto}. The same
 * photo a second time changes nothing. Refuses like every act on the event, with 409 one too many, with 413, 415 and
 * 422 what is no photo.
 */
export async function addEventPhoto(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; moment: Moment },
	{ bytes, store, hasChildren }: { bytes: Uint8Array; store: PhotoStore; hasChildren: boolean },
	now: number,
): Promise<void> {
	const { grant } = await requireEvent(db, actor, input.id);
	const contentHash = sha256Hex(bytes);
	/** The event, or undefined when the photo stands there already. */
	const findOpen = async (on: Db): Promise<CleanupEvent | undefined> => {
		const { event } = await requireEvent(on, actor, input.id);
		if (event.status === 'cancelled') throw new DomainError('CONFLICT', 'eventCancelled');
		if (!momentsAt(event, now).includes(input.moment))
			throw new DomainError('CONFLICT', input.moment === 'cover' ? 'eventOver' : 'reportTooEarly');
		if (await findSameEventPhoto(on, event.id, contentHash)) return undefined;
		if (photosLeft(await listEventPhotos(on, event.id), input.moment) <= 0) {
			const values = { max: input.moment === 'cover' ? MAX_COVERS : MAX_EVENT_PHOTOS };
			throw new DomainError('CONFLICT', 'tooManyPhotos', { field: 'photo', values });
		}
		return event;
	};
	if (!(await findOpen(db))) return;
	const photo = await encodePhoto(bytes, now);
	const write = async (trx: Trx) => {
		await lockRow(trx, 'cleanup_event', input.id);
		await holdGrant(trx, grant.id, now);
		const event = await findOpen(trx);
		if (!event) return false;
		const from = { uploadedBy: grant.id, isSample: event.isSample };
		await insertPhotoRow(trx, photo, { ...from, childrenDeclared: hasChildren ? 1 : 0 }, now);
		await insertEventPhoto(trx, {
			...{ photoId: photo.id, eventId: event.id, moment: input.moment, contentHash },
		});
		return true;
	};
	await withPhotoFile({ db, store, now }, photo, () => inTransaction(db, write));
}

/** Whether everybody sees an event's photo, by whoever decides those of houses in its ward; see {@link decidePhoto}. */
export async function decideEventPhoto(
	db: Db,
	actor: Actor | undefined,
	input: { id: string } & PhotoDecision,
	now: number,
): Promise<void> {
	requireActor(actor);
	const event = await findEventOfPhoto(db, input.id);
	if (!event) throw new DomainError('NOT_FOUND', 'unknownPhoto');
	const rule = { act: 'house-photo.decide', isForgotten: true } as const;
	await decidePhoto(db, actor, input, event.wardScopes, now, rule);
}

/** The photos of events that this person decides; none for whoever decides none. */
export async function listEventPhotosFor(
	db: Db,
	actor: Actor,
	status: 'private' | 'approved',
	limit: number,
) {
	const { roles } = PERMISSIONS['house-photo.decide'];
	const grants = actor.grants.filter(({ role }) => roles.includes(role));
	const wardIds = grants.some(({ scopeKind }) => scopeKind === 'portal')
		? 'all'
		: grants.flatMap(({ scopeKind, scopeId }) => (scopeKind === 'ward' && scopeId ? [scopeId] : []));
	return listPhotosOfEvents(db, wardIds, { status, onlySamples: actor.isSample }, limit);
}
