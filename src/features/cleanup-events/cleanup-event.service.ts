import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { isClosed } from '#features/accounts/organisation.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { listWards } from '#features/places/place.repository.ts';
import { unitHolds } from '#features/places/ward-geometry.ts';
import { tellNews } from '#features/notifications/news.service.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { parsePhone } from '#lib/phone.ts';
import { foldSearch } from '#lib/fold.ts';
import { formatTime, toLocalDate } from '#lib/time.ts';
import {
	checkAtHouse,
	checkEvent,
	eventScopes,
	markedTitle,
	readTexts,
	slugOf,
	type CleanupEvent,
	type EventInput,
	type Where,
} from './cleanup-event.ts';
import {
	findEvent,
	findOpenOrganisation,
	findOrganisation,
	insertEvent,
	isSlugTaken,
	listCoOrganisers,
	listTitlesAt,
	replaceParts,
	updateEvent,
} from './cleanup-event.repository.ts';
import { deleteDraftRow, findDraft } from './event-draft.repository.ts';
import { replaceNeeds } from './event-need.repository.ts';
import { moveOffers, settleLine } from './sign-up-line.service.ts';
import { sumHeads } from './sign-up.repository.ts';

/** What was typed, as it is stored. */
function readEvent(raw: EventInput, isSample: 0 | 1): EventInput {
	const input = readTexts(raw);
	return { ...input, title: markedTitle(input.title, isSample) };
}

/**
 * Every value is text in the hash: canonical JSON takes whole numbers only, and coordinates are none. The telephone
 * number stays out of it: whoever knew the rest could find it by trying.
 */
export const hashOf = ({ leadPhone: _, needs, ...input }: EventInput) =>
	sha256Hex(
		canonicalJson(
			Object.fromEntries(
				Object.entries(needs.length > 0 ? { ...input, needs } : input).map(([name, value]) => [
					name,
					typeof value === 'object' ? JSON.stringify(value) : String(value),
				]),
			),
		),
	);

/** The number of whoever leads, in E.164. Refuses with 422 what is none. */
function readLeadPhone({ leadPhone }: EventInput): string | null {
	const phone = leadPhone ? parsePhone(leadPhone) : null;
	if (phone !== undefined) return phone;
	throw new DomainError('UNPROCESSABLE_CONTENT', 'phoneInvalid', { field: 'leadPhone' });
}

/** What of the input stands in the event's own row, beside where it is. */
function columnsOf(input: EventInput) {
	const { title, description, startsAt, endsAt, assemblyPoint, capacity, whatToBring } = input;
	const { collectionPartner, documentNumber, areaText, provided, clothes, rainPlan, leadName } = input;
	return {
		...{ title, description, startsAt, endsAt, assemblyPoint, capacity, whatToBring },
		...{ collectionPartner, documentNumber, areaText, provided, clothes, rainPlan, leadName },
		area: input.area && JSON.stringify(input.area),
		leadPhoneE164: readLeadPhone(input),
		isLeadPhonePublic: input.leadPhone && input.isLeadPhonePublic ? (1 as const) : (0 as const),
	};
}

/** Refuses with 404 who does not exist, was closed, is of the other kind, or calls already. */
async function checkCoOrganisers(db: Db, input: EventInput, isSample: 0 | 1, now: number): Promise<void> {
	for (const id of input.coOrganiserIds) {
		const organisation = await findOrganisation(db, id);
		const isKnown = organisation?.isSample === isSample && !isClosed(organisation, toLocalDate(now));
		if (!isKnown || id === input.organisationId)
			throw new DomainError('NOT_FOUND', 'unknownOrganisation', { field: 'coOrganiserIds' });
	}
}

type Organisation = { adminUnitId: string | null; isSample: 0 | 1 };

/**
 * The house, the ward and the position of where people meet; a chosen house says all three. A sample house belongs to
 * sample events alone.
 */
export async function findPlace(db: Db, input: Where, organisation: Organisation, now: number) {
	const house = input.greenHouseCode ? await findGreenHouseByCode(db, input.greenHouseCode, now) : undefined;
	if (input.greenHouseCode && house?.isSample !== organisation.isSample) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownHouse', { field: 'greenHouseCode' });
	}
	const { latitude, longitude } = input;
	const point = latitude === null || longitude === null ? undefined : { latitude, longitude };
	if (house) {
		if (point) checkAtHouse(point, house);
		const { id, ward, ...place } = house;
		return {
			greenHouseId: id,
			adminUnitId: ward.id,
			latitude: place.latitude,
			longitude: place.longitude,
		};
	}
	if (!point)
		return { greenHouseId: null, adminUnitId: organisation.adminUnitId, latitude: null, longitude: null };
	const ward = (await listWards(db)).find((each) => unitHolds(each, point.latitude, point.longitude));
	if (!ward) throw new DomainError('UNPROCESSABLE_CONTENT', 'positionOutside', { field: 'position' });
	return { greenHouseId: null, adminUnitId: ward.id, ...point };
}

type Announced = EventInput & {
	/** Of the draft that the form was made from. */
	draftSequence?: number | undefined;
	/** False: whoever announces has not said yet that a second event of that name and begin is meant. */
	isSure?: boolean | undefined;
};

/** What of an announcement is asked before anything is written. 401, 403, 404 and 422. */
export async function prepareAnnouncement(
	db: Db,
	actor: Actor | undefined,
	{ draftSequence: _, isSure, ...raw }: Announced,
	now: number,
) {
	const grant = requireGrant(actor, 'cleanup-event.announce', eventScopes(raw));
	const organisation = await findOpenOrganisation(db, raw.organisationId, now);
	requireSameKind(actor!, organisation.isSample === 1, 'organisationId');
	const input = readEvent(raw, organisation.isSample);
	const place = await findPlace(db, input, organisation, now);
	return { grant, organisation, input, isSure, place, columns: columnsOf(input) };
}
export type Announcement = Awaited<ReturnType<typeof prepareAnnouncement>>;

/** Holds what an announcement rests on: the organisation first, as whoever closes it does; it may have been closed. */
export async function holdAnnouncer(
	trx: Trx,
	{ organisation, input, grant }: Announcement,
	now: number,
): Promise<void> {
	await lockRow(trx, 'organisation', organisation.id);
	await findOpenOrganisation(trx, organisation.id, now);
	await checkCoOrganisers(trx, input, organisation.isSample, now);
	await holdGrant(trx, grant.id, now);
}

/** Asks with 409 about what the organisation calls to already, by its title and its begin. */
async function askAboutTwin(
	trx: Trx,
	{ organisation, input }: Announcement,
	startsAt: number,
): Promise<void> {
	const titles = await listTitlesAt(trx, organisation.id, startsAt);
	const twice = titles.find((title) => foldSearch(title) === foldSearch(input.title));
	if (twice === undefined) return;
	const values = { title: twice, time: formatTime(startsAt), date: toLocalDate(startsAt) };
	throw new DomainError('CONFLICT', 'eventTwice', { field: 'date', values });
}

/**
 * Writes one event of an announcement, on a day of its own where it is one of a series; returns its address. Asks
 * with 409 about what the organisation calls to already.
 */
export async function writeEvent(
	trx: Trx,
	announcement: Announcement,
	day: { id: string; startsAt: number; endsAt: number; seriesId: string | null },
	now: number,
): Promise<string> {
	const { seriesId, ...own } = day;
	if (announcement.isSure === false) await askAboutTwin(trx, announcement, day.startsAt);
	const { organisation, place, columns, grant } = announcement;
	const input = { ...announcement.input, ...own };
	const date = toLocalDate(input.startsAt);
	let slug = slugOf(input.title, date, 1);
	for (let attempt = 2; await isSlugTaken(trx, slug); attempt += 1) slug = slugOf(input.title, date, attempt);
	await insertEvent(trx, {
		...{ slug, status: 'published', sequence: 0, organisationId: organisation.id },
		...{ ...columns, ...place, ...own, createdBy: grant.id, createdAt: now, updatedAt: now },
		...{ cancelledAt: null, cancelReason: null, contentHash: hashOf(input) },
		...{ isSample: organisation.isSample, seriesId, isApart: 0 },
	});
	await replaceParts(trx, input.id, input);
	await replaceNeeds(trx, input.id, input.needs, now);
	return slug;
}

/**
 * Announces a Green Sunday and returns its address. The same id with the same content changes nothing; with other
 * content 409. 401, 403, 404 and 422 write nothing either.
 */
export async function announceEvent(
	db: Db,
	actor: Actor | undefined,
	raw: Announced,
	now: number,
): Promise<string> {
	const announcement = await prepareAnnouncement(db, actor, raw, now);
	const { input, grant, organisation, columns } = announcement;
	const { id, startsAt, endsAt } = input;
	// A retry of what already stands succeeds even when its start has passed since.
	if (!(await findEvent(db, id))) checkEvent(input, now);
	const write = () =>
		inTransaction(db, async (trx) => {
			await holdAnnouncer(trx, announcement, now);
			const current = await findEvent(trx, id);
			if (current) {
				if (current.contentHash === hashOf(input) && current.leadPhoneE164 === columns.leadPhoneE164)
					return current.slug;
				throw new DomainError('CONFLICT', 'sameIdOtherContent');
			}
			const slug = await writeEvent(trx, announcement, { id, startsAt, endsAt, seriesId: null }, now);
			await takeDraft(trx, actor, id, raw.draftSequence);
			await insertAuditEvent(trx, auditOf('announce', id, grant.id), now);
			await tellNews(trx, newsOf('announced', { ...organisation, id, sequence: 0 }), now);
			return slug;
		});
	return retryWhenTaken(write);
}

/** The announcement takes the draft's place. Refuses with 409 when somebody has written on it meanwhile. */
export async function takeDraft(
	trx: Trx,
	actor: Actor | undefined,
	id: string,
	sequence: number | undefined,
) {
	const draft = await findDraft(trx, id);
	if (!draft) return;
	requireGrant(actor, 'cleanup-event.announce', eventScopes(draft));
	if (draft.sequence !== sequence) throw new DomainError('CONFLICT', 'changedMeanwhile');
	await deleteDraftRow(trx, id);
}

export const auditOf = (act: string, id: string, roleGrantId: string) => ({
	action: `cleanup-event.${act}`,
	subjectKind: 'cleanup_event',
	subjectId: id,
	roleGrantId,
});

export const newsOf = (
	what: 'announced' | 'changed' | 'cancelled' | 'restored',
	{ id, sequence, isSample }: Pick<CleanupEvent, 'id' | 'sequence' | 'isSample'>,
	isNarrow = false,
) => ({ kind: `event.${what}` as const, subjectId: id, version: sequence, isSample, isNarrow });

/** The event that the actor may change. 401, 404 and 403. */
export async function requireEvent(db: Db, actor: Actor | undefined, id: string) {
	requireActor(actor);
	const event = await findEvent(db, id);
	if (!event) throw new DomainError('NOT_FOUND', 'unknownEvent');
	const grant = requireGrant(actor, 'cleanup-event.change', eventScopes(event));
	requireSameKind(actor, event.isSample === 1);
	return { event, grant };
}

/** Refuses with 409 what is over or called off. */
export function checkStands(event: CleanupEvent, now: number): void {
	if (event.status === 'cancelled') throw new DomainError('CONFLICT', 'eventCancelled');
	if (event.endsAt <= now) throw new DomainError('CONFLICT', 'eventOver');
}

/** What of an edit is asked before anything is written. 401, 403, 404 and 422. */
export async function prepareEdit(db: Db, actor: Actor | undefined, raw: EventInput, now: number) {
	const { event, grant } = await requireEvent(db, actor, raw.id);
	const input = readEvent({ ...raw, organisationId: event.organisationId }, event.isSample);
	const organisation = await findOrganisation(db, event.organisationId);
	const place = await findPlace(db, input, organisation!, now);
	return { event, grant, input, place, columns: columnsOf(input) };
}
export type Edit = Awaited<ReturnType<typeof prepareEdit>>;

/** True where an event stands as the input says. */
export const saysTheSame = (
	event: CleanupEvent,
	{ input, columns }: Pick<Edit, 'input' | 'columns'>,
): boolean => event.contentHash === hashOf(input) && event.leadPhoneE164 === columns.leadPhoneE164;

/** Writes an edit of an event whose lock the caller holds. */
export async function editWithin(
	trx: Trx,
	event: CleanupEvent,
	{ input, place, columns, grant }: Omit<Edit, 'event'>,
	{ isApart, isNarrow = false }: { isApart: 0 | 1; isNarrow?: boolean },
	now: number,
): Promise<void> {
	checkEvent(input, now, event.startsAt);
	const standing = (await listCoOrganisers(trx, event.id)).map(({ id }) => id);
	const added = input.coOrganiserIds.filter((id) => !standing.includes(id));
	await checkCoOrganisers(trx, { ...input, coOrganiserIds: added }, event.isSample, now);
	const heads = await sumHeads(trx, event.id, now);
	if (input.capacity !== null && input.capacity < heads) {
		const date = toLocalDate(event.startsAt);
		throw new DomainError('UNPROCESSABLE_CONTENT', 'capacityTooSmall', {
			...{ field: 'capacity', values: { count: heads, date } },
		});
	}
	const sequence = event.sequence + 1;
	const { startsAt, endsAt } = input;
	await updateEvent(trx, event.id, {
		...{ ...columns, ...place, startsAt, endsAt, sequence, isApart, updatedAt: now },
		contentHash: hashOf(input),
	});
	await replaceParts(trx, event.id, input);
	await replaceNeeds(trx, event.id, input.needs, now);
	await moveOffers(trx, event.id, startsAt, now);
	await settleLine(trx, event.id, now);
	await insertAuditEvent(trx, auditOf('edit', event.id, grant.id), now);
	const news = newsOf('changed', { ...event, sequence }, isNarrow);
	await tellNews(trx, { ...news, startsAt: Math.min(event.startsAt, startsAt) }, now);
}

/**
 * Changes an event that has not ended. `sequence` is the one that the form was made from: a form that is older
 * than what stands is refused with 409, unless it says what stands already. The organisation does not change.
 */
export async function editEvent(
	db: Db,
	actor: Actor | undefined,
	raw: EventInput & { sequence: number },
	now: number,
): Promise<string> {
	const { sequence, ...rest } = raw;
	const edit = await prepareEdit(db, actor, rest, now);
	return inTransaction(db, async (trx) => {
		await lockRow(trx, 'cleanup_event', raw.id);
		await holdGrant(trx, edit.grant.id, now);
		const { event } = await requireEvent(trx, actor, raw.id);
		if (saysTheSame(event, edit)) return event.slug;
		checkStands(event, now);
		if (event.sequence !== sequence) throw new DomainError('CONFLICT', 'changedMeanwhile');
		await editWithin(trx, event, edit, { isApart: event.seriesId === null ? 0 : 1 }, now);
		return event.slug;
	});
}
