import type { EventPhotoTable } from '#db/schema.ts';
import { findCurrentUnit, listAdminUnits } from '#features/places/place.repository.ts';
import { unitIdsWithin } from '#features/places/place.ts';
import type { Db, Trx } from '#lib/db.ts';
import { areSamplesRetired } from '#lib/samples.ts';
import type { EventPhoto } from './event-photo.ts';

const selectPhotos = (db: Db) =>
	db.selectFrom('eventPhoto').innerJoin('photo', 'photo.id', 'eventPhoto.photoId');

/** The photos of an event that were not refused, in the order in which they were sent. */
export const listEventPhotos = (db: Db, eventId: string): Promise<EventPhoto[]> =>
	selectPhotos(db)
		.select(['photo.id', 'photo.width', 'photo.height', 'photo.status', 'photo.childrenDeclared'])
		.select('eventPhoto.moment')
		.where('eventPhoto.eventId', '=', eventId)
		.where('photo.status', '<>', 'refused')
		.orderBy('photo.uploadedAt')
		.orderBy('photo.id')
		.execute();

/** The file of the newest photo that invites to an event, as everybody may see it. */
export async function findCoverFile(db: Db, eventId: string): Promise<string | undefined> {
	const row = await selectPhotos(db)
		.select(['photo.id', 'photo.publicKey'])
		.where('eventPhoto.eventId', '=', eventId)
		.where('eventPhoto.moment', '=', 'cover')
		.where('photo.status', '=', 'approved')
		.orderBy('photo.uploadedAt', 'desc')
		.orderBy('photo.id', 'desc')
		.executeTakeFirst();
	return row && (row.publicKey ?? row.id);
}

/** The same bytes as they came, sent before for this event. */
export const findSameEventPhoto = (db: Db, eventId: string, contentHash: string) =>
	db
		.selectFrom('eventPhoto')
		.selectAll()
		.where('eventId', '=', eventId)
		.where('contentHash', '=', contentHash)
		.executeTakeFirst();

export const insertEventPhoto = (trx: Trx, row: EventPhotoTable) =>
	trx.insertInto('eventPhoto').values(row).execute();

/** The event that a photo shows, with today's unit of its ward; undefined for a photo of something else. */
export async function findEventOfPhoto(db: Db, photoId: string) {
	const event = await db
		.selectFrom('eventPhoto')
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'eventPhoto.eventId')
		.select([
			'cleanupEvent.id',
			'cleanupEvent.organisationId',
			'cleanupEvent.adminUnitId',
			'cleanupEvent.isSample',
		])
		.where('eventPhoto.photoId', '=', photoId)
		.executeTakeFirst();
	if (!event) return undefined;
	const { adminUnitId } = event;
	const wardId = adminUnitId === null ? null : (await findCurrentUnit(db, adminUnitId)).id;
	return { ...event, wardScopes: wardId === null ? [] : [{ kind: 'ward' as const, id: wardId }] };
}

/**
 * Photos of events in these wards in one state: what waits oldest first, what is public newest first. None in which
 * children were seen, which are never public.
 */
export async function listPhotosOfEvents(
	db: Db,
	wardIds: string[] | 'all',
	{ status, onlySamples }: { status: 'private' | 'approved'; onlySamples: boolean },
	limit: number,
) {
	if (wardIds.length === 0) return [];
	let query = selectPhotos(db)
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'eventPhoto.eventId')
		.selectAll('photo')
		.select(['eventPhoto.moment', 'cleanupEvent.title', 'cleanupEvent.slug', 'cleanupEvent.startsAt'])
		.where('photo.status', '=', status)
		.where('photo.childrenDeclared', '=', 0);
	if (wardIds !== 'all') {
		// An event keeps the unit of its day; wards have been merged since.
		const units = await listAdminUnits(db);
		const within = wardIds.flatMap((id) => unitIdsWithin(units, id));
		query = query.where('cleanupEvent.adminUnitId', 'in', within);
	}
	if (onlySamples) query = query.where('cleanupEvent.isSample', '=', 1);
	if (await areSamplesRetired(db)) query = query.where('cleanupEvent.isSample', '=', 0);
	return query
		.orderBy('photo.uploadedAt', status === 'private' ? 'asc' : 'desc')
		.orderBy('photo.id')
		.limit(limit)
		.execute();
}
