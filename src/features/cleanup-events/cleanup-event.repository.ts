import { sql } from 'kysely';
import type { Actor } from '#features/accounts/actor.ts';
import { isClosed } from '#features/accounts/organisation.repository.ts';
import { listWards } from '#features/places/place.repository.ts';
import type { Db, Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { areSamplesRetired, shownSample } from '#lib/samples.ts';
import { addDays, startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { compareNames } from '#lib/compare-names.ts';
import type { CleanupEventTable } from '#db/schema.ts';
import { FEED_LIMIT, FEED_PAST_MS, type FeedFilter } from './event-feed.ts';
import { findSeries } from './event-series.repository.ts';
import {
	isReportOverdue,
	organiserScope,
	REPORT_DUE_MS,
	type CleanupEvent,
	type EventInput,
} from './cleanup-event.ts';

const selectEvents = (db: Db) =>
	db
		.selectFrom('cleanupEvent')
		.innerJoin('organisation', 'organisation.id', 'cleanupEvent.organisationId')
		.leftJoin('greenHouse', 'greenHouse.id', 'cleanupEvent.greenHouseId')
		.leftJoin('adminUnit', 'adminUnit.id', 'cleanupEvent.adminUnitId')
		.selectAll('cleanupEvent')
		.select([
			'organisation.name as organisationName',
			'greenHouse.code as houseCode',
			'greenHouse.nameVi as houseName',
			'adminUnit.nameVi as wardNameVi',
			'adminUnit.nameEn as wardNameEn',
		])
		.select(
			sql<number>`coalesce((select sum(head_count) from sign_up where sign_up.event_id = cleanup_event.id and sign_up.status = 'active'), 0)`.as(
				'signedUp',
			),
		)
		.select(
			sql<number>`coalesce((select sum(head_count) from sign_up where sign_up.event_id = cleanup_event.id and sign_up.status = 'offered'), 0)`.as(
				'heldHeads',
			),
		);

/** A place in a list: the start and the id that a page ended with. */
export type EventKey = { startsAt: number; id: string };

/** Events that have not ended, soonest first; `after` is the last row of the page before. */
export async function listUpcomingEvents(
	db: Db,
	page: { now: number; limit: number; after?: EventKey | undefined },
): Promise<CleanupEvent[]> {
	let query = selectEvents(db)
		.where('cleanupEvent.isSample', '=', await shownSample(db, 'cleanup_event'))
		.where('cleanupEvent.endsAt', '>', page.now);
	const { after } = page;
	if (after) {
		query = query.where((eb) =>
			eb.or([
				eb('cleanupEvent.startsAt', '>', after.startsAt),
				eb.and([eb('cleanupEvent.startsAt', '=', after.startsAt), eb('cleanupEvent.id', '>', after.id)]),
			]),
		);
	}
	return query.orderBy('cleanupEvent.startsAt').orderBy('cleanupEvent.id').limit(page.limit).execute();
}

/** When the next event ends: what is coming then is past. */
export async function findNextEnd(db: Db, now: number): Promise<number> {
	const row = await db
		.selectFrom('cleanupEvent')
		.select((eb) => eb.fn.min('endsAt').as('endsAt'))
		.where('endsAt', '>', now)
		.executeTakeFirst();
	return row?.endsAt ?? Infinity;
}

/** Events that have ended, newest first; `before` is the last row of the page before. */
export async function listPastEvents(
	db: Db,
	page: { now: number; limit: number; before?: EventKey | undefined },
): Promise<CleanupEvent[]> {
	let query = selectEvents(db)
		.where('cleanupEvent.isSample', '=', await shownSample(db, 'cleanup_event'))
		.where('cleanupEvent.endsAt', '<=', page.now);
	const { before } = page;
	if (before) {
		query = query.where((eb) =>
			eb.or([
				eb('cleanupEvent.startsAt', '<', before.startsAt),
				eb.and([eb('cleanupEvent.startsAt', '=', before.startsAt), eb('cleanupEvent.id', '<', before.id)]),
			]),
		);
	}
	return query
		.orderBy('cleanupEvent.startsAt', 'desc')
		.orderBy('cleanupEvent.id', 'desc')
		.limit(page.limit)
		.execute();
}

/**
 * What a feed holds: events that ended not long ago and all that come, those of a ward or of an organisation (its own
 * and those that it calls to with others), newest start first. Refuses with 404 a ward or an organisation that is none.
 */
export async function listFeedEvents(
	db: Db,
	{ wardId, organisationId, seriesId }: FeedFilter,
	now: number,
): Promise<{ name: string | undefined; events: CleanupEvent[] }> {
	const organisation = organisationId === undefined ? undefined : await findOrganisation(db, organisationId);
	const ward = (await listWards(db)).find((each) => each.id === wardId);
	if (organisationId !== undefined && !organisation)
		throw new DomainError('NOT_FOUND', 'unknownOrganisation');
	if (wardId !== undefined && !ward) throw new DomainError('NOT_FOUND', 'wardUnknown');
	const series = seriesId === undefined ? undefined : await findSeries(db, seriesId);
	if (seriesId !== undefined && !series) throw new DomainError('NOT_FOUND', 'unknownSeries');
	let query = selectEvents(db)
		.where('cleanupEvent.isSample', '=', await shownSample(db, 'cleanup_event'))
		.where('cleanupEvent.endsAt', '>', now - FEED_PAST_MS);
	if (seriesId !== undefined) query = query.where('cleanupEvent.seriesId', '=', seriesId);
	if (wardId !== undefined) query = query.where('cleanupEvent.adminUnitId', '=', wardId);
	if (organisationId !== undefined) {
		query = query.where(({ eb, or, exists, selectFrom }) =>
			or([
				eb('cleanupEvent.organisationId', '=', organisationId),
				exists(
					selectFrom('eventOrganisation')
						.select('eventOrganisation.eventId')
						.whereRef('eventOrganisation.eventId', '=', 'cleanupEvent.id')
						.where('eventOrganisation.organisationId', '=', organisationId),
				),
			]),
		);
	}
	const events = await query
		.orderBy('cleanupEvent.startsAt', 'desc')
		.orderBy('cleanupEvent.id', 'desc')
		.limit(FEED_LIMIT)
		.execute();
	return { name: series?.title ?? organisation?.name ?? ward?.nameVi, events };
}

const unlessRetired = async (db: Db, event: CleanupEvent | undefined): Promise<CleanupEvent | undefined> =>
	event?.isSample === 1 && (await areSamplesRetired(db)) ? undefined : event;

export const findEventBySlug = async (db: Db, slug: string): Promise<CleanupEvent | undefined> =>
	unlessRetired(db, await selectEvents(db).where('cleanupEvent.slug', '=', slug).executeTakeFirst());

/** Not found once the samples are retired and it is one. */
export const findEvent = async (db: Db, id: string): Promise<CleanupEvent | undefined> =>
	unlessRetired(db, await selectEvents(db).where('cleanupEvent.id', '=', id).executeTakeFirst());

/** The days of a series, soonest first. */
export const listSeriesEvents = (db: Db, seriesId: string): Promise<CleanupEvent[]> =>
	selectEvents(db)
		.where('cleanupEvent.seriesId', '=', seriesId)
		.orderBy('cleanupEvent.startsAt')
		.orderBy('cleanupEvent.id')
		.execute();

/** The events of these organisations, newest first. */
export async function listEventsOf(
	db: Db,
	organisationIds: string[] | 'all',
	limit: number,
): Promise<CleanupEvent[]> {
	if (organisationIds.length === 0) return [];
	let query = selectEvents(db);
	if (organisationIds !== 'all') query = query.where('cleanupEvent.organisationId', 'in', organisationIds);
	if (await areSamplesRetired(db)) query = query.where('cleanupEvent.isSample', '=', 0);
	return query
		.orderBy('cleanupEvent.startsAt', 'desc')
		.orderBy('cleanupEvent.id', 'desc')
		.limit(limit)
		.execute();
}

/** Events of the actor's organisations that are under way or begin today, soonest first. */
export async function listEventsToday(db: Db, actor: Actor, now: number): Promise<CleanupEvent[]> {
	const organisationIds = organiserScope(actor);
	if (organisationIds.length === 0) return [];
	let query = selectEvents(db)
		.where('cleanupEvent.status', '=', 'published')
		.where('cleanupEvent.endsAt', '>', now)
		.where('cleanupEvent.startsAt', '<', startOfLocalDate(addDays(toLocalDate(now), 1)));
	if (organisationIds !== 'all') query = query.where('cleanupEvent.organisationId', 'in', organisationIds);
	if (await areSamplesRetired(db)) query = query.where('cleanupEvent.isSample', '=', 0);
	return query.orderBy('cleanupEvent.startsAt').orderBy('cleanupEvent.id').limit(50).execute();
}

/** Events that ended after an instant, up to another, and have no report. */
async function listUnreported(
	db: Db,
	organisationIds: string[] | 'all',
	{ after = 0, until }: { after?: number; until: number },
	{ limit, order }: { limit: number; order: 'asc' | 'desc' },
): Promise<CleanupEvent[]> {
	if (organisationIds.length === 0) return [];
	let query = selectEvents(db)
		.where('cleanupEvent.status', '=', 'published')
		.where('cleanupEvent.endsAt', '<=', until)
		.where('cleanupEvent.endsAt', '>', after)
		.where(({ exists, not, selectFrom }) =>
			not(
				exists(
					selectFrom('eventReport')
						.select('eventReport.eventId')
						.whereRef('eventReport.eventId', '=', 'cleanupEvent.id'),
				),
			),
		);
	if (organisationIds !== 'all') query = query.where('cleanupEvent.organisationId', 'in', organisationIds);
	if (await areSamplesRetired(db)) query = query.where('cleanupEvent.isSample', '=', 0);
	return query
		.orderBy('cleanupEvent.startsAt', order)
		.orderBy('cleanupEvent.id', order)
		.limit(limit)
		.execute();
}

/** Of what is long past nobody is reminded any more. */
const FRESH_MS = 7 * 24 * 3_600_000;

/** Every event whose lead is to be reminded of its report, oldest first: for the message that goes out to them. */
export function listOverdueReports(db: Db, now: number, limit: number): Promise<CleanupEvent[]> {
	const until = now - REPORT_DUE_MS;
	return listUnreported(db, 'all', { after: until - FRESH_MS, until }, { limit, order: 'asc' });
}

/** Events of the actor's organisations that have ended without a report, newest first: the oldest may never get one. */
export async function listEventsWaitingFor(db: Db, actor: Actor, now: number) {
	const events = await listUnreported(
		db,
		organiserScope(actor),
		{ until: now },
		{ limit: 50, order: 'desc' },
	);
	return events.map((event) => ({
		kind: 'report' as const,
		href: `/cua-toi/su-kien/${event.id}#bao-cao`,
		title: event.title,
		isOverdue: isReportOverdue(event, now),
		detail: { startsAt: event.startsAt, organisationName: event.organisationName },
	}));
}

/** The titles under which an organisation calls to something that begins at that instant, and was not called off. */
export async function listTitlesAt(db: Db, organisationId: string, startsAt: number): Promise<string[]> {
	const rows = await db
		.selectFrom('cleanupEvent')
		.select('title')
		.where('organisationId', '=', organisationId)
		.where('startsAt', '=', startsAt)
		.where('status', '=', 'published')
		.execute();
	return rows.map(({ title }) => title);
}

export const isSlugTaken = async (db: Db, slug: string): Promise<boolean> =>
	(await db.selectFrom('cleanupEvent').select('id').where('slug', '=', slug).executeTakeFirst()) !==
	undefined;

export const insertEvent = (trx: Trx, row: CleanupEventTable) =>
	trx.insertInto('cleanupEvent').values(row).execute();

export const updateEvent = (trx: Trx, id: string, changes: Partial<CleanupEventTable>) =>
	trx.updateTable('cleanupEvent').set(changes).where('id', '=', id).execute();

/** An engine sorts by bytes, which puts Đ after Z. */
const byName = (a: { name: string }, b: { name: string }): number => compareNames(a.name, b.name);

/** Who calls to an event beside its own organisation. */
export async function listCoOrganisers(db: Db, eventId: string): Promise<{ id: string; name: string }[]> {
	const rows = await db
		.selectFrom('eventOrganisation')
		.innerJoin('organisation', 'organisation.id', 'eventOrganisation.organisationId')
		.select(['organisation.id', 'organisation.name'])
		.where('eventOrganisation.eventId', '=', eventId)
		.orderBy('organisation.id')
		.execute();
	return rows.sort(byName);
}

export const listSections = (db: Db, eventId: string) =>
	db
		.selectFrom('eventSection')
		.select(['unit', 'place'])
		.where('eventId', '=', eventId)
		.orderBy('position')
		.execute();

/** Puts who calls and who cleans where in the place of what stood. */
export async function replaceParts(
	trx: Trx,
	eventId: string,
	{ coOrganiserIds, sections }: Pick<EventInput, 'coOrganiserIds' | 'sections'>,
): Promise<void> {
	await trx.deleteFrom('eventOrganisation').where('eventId', '=', eventId).execute();
	await trx.deleteFrom('eventSection').where('eventId', '=', eventId).execute();
	const organisations = coOrganiserIds.map((organisationId) => ({ eventId, organisationId }));
	const rows = sections.map((section, index) => ({ eventId, position: index + 1, ...section }));
	if (organisations.length > 0) await trx.insertInto('eventOrganisation').values(organisations).execute();
	if (rows.length > 0) await trx.insertInto('eventSection').values(rows).execute();
}

export const findOrganisation = (db: Db, id: string) =>
	db.selectFrom('organisation').selectAll().where('id', '=', id).executeTakeFirst();

/** Refuses with 404 an organisation that is none, or was closed. */
export async function findOpenOrganisation(db: Db, id: string, now: number) {
	const organisation = await findOrganisation(db, id);
	if (organisation && !isClosed(organisation, toLocalDate(now))) return organisation;
	throw new DomainError('NOT_FOUND', 'unknownOrganisation', { field: 'organisationId' });
}

/** Who may call to an event: every organisation of a kind that has not been closed. */
export async function listPartners(db: Db, isSample: 0 | 1): Promise<{ id: string; name: string }[]> {
	const rows = await db
		.selectFrom('organisation')
		.select(['id', 'name'])
		.where('validTo', 'is', null)
		.where('isSample', '=', isSample)
		.orderBy('id')
		.execute();
	return rows.sort(byName);
}

/** Those of the ids that have not been closed. */
export async function listOrganisations(db: Db, ids: string[] | 'all') {
	if (ids.length === 0) return [];
	let query = db.selectFrom('organisation').selectAll().where('validTo', 'is', null);
	if (ids !== 'all') query = query.where('id', 'in', ids);
	if (await areSamplesRetired(db)) query = query.where('isSample', '=', 0);
	return (await query.orderBy('id').execute()).sort(byName);
}
