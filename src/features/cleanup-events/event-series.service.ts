// Writes about many days of a series at once: all of them, or none. Locks are taken from the series down, by id.
import type { Actor } from '#features/accounts/actor.ts';
import { requireActor, requireGrant, requireSameKind } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { tellNews } from '#features/notifications/news.service.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { addDays, toLocalDate, type LocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { checkEvent, eventScopes, readText, type CleanupEvent, type EventInput } from './cleanup-event.ts';
import {
	findEvent,
	listCoOrganisers,
	listPartners,
	listSections,
	listSeriesEvents,
} from './cleanup-event.repository.ts';
import {
	checkStands,
	editWithin,
	hashOf,
	holdAnnouncer,
	newsOf,
	prepareAnnouncement,
	prepareEdit,
	requireEvent,
	saysTheSame,
	takeDraft,
	writeEvent,
	type Announcement,
} from './cleanup-event.service.ts';
import { readArea } from './event-area.ts';
import { findChange } from './event-change.repository.ts';
import { calledOff, changeWithin, restoreWithin } from './event-change.service.ts';
import { listNeeds } from './event-need.repository.ts';
import { checkSpan, isWithin, onDay, seriesDates, type Pattern } from './event-series.ts';
import { findSeries, insertSeries, listPaused, updateSeries } from './event-series.repository.ts';

const auditOf = (act: string, id: string, roleGrantId: string) => ({
	action: `event-series.${act}`,
	subjectKind: 'event_series',
	subjectId: id,
	roleGrantId,
});

/** The series that the actor may change. 401, 404 and 403. */
export async function requireSeries(db: Db, actor: Actor | undefined, id: string) {
	requireActor(actor);
	const series = await findSeries(db, id);
	if (!series) throw new DomainError('NOT_FOUND', 'unknownSeries');
	const grant = requireGrant(actor, 'cleanup-event.change', eventScopes(series));
	requireSameKind(actor, series.isSample === 1);
	return { series, grant };
}

/** Those of the days that were chosen, in order. Refuses with 422 fewer than `min`. */
function chooseDates(days: LocalDate[], chosen: readonly string[], min: number): LocalDate[] {
	const dates = days.filter((date) => chosen.includes(date));
	if (dates.length < min)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'tooFewDates', { field: 'dates', values: { min } });
	return dates;
}

/** Writes an event for each day and tells people once, of the first. */
async function writeDays(
	trx: Trx,
	announcement: Announcement,
	seriesId: string,
	days: LocalDate[],
	now: number,
): Promise<void> {
	const ids = days.map(() => uuidv7(now)).sort();
	for (const [index, date] of days.entries()) {
		const day = { id: ids[index]!, ...onDay(announcement.input, date), seriesId };
		checkEvent({ ...announcement.input, ...day }, now);
		await writeEvent(trx, announcement, day, now);
	}
	const { isSample } = announcement.organisation;
	await tellNews(trx, newsOf('announced', { id: ids[0]!, sequence: 0, isSample }), now);
}

export type SeriesInput = EventInput & {
	draftSequence?: number | undefined;
	isSure?: boolean | undefined;
	pattern: Pattern;
	until: LocalDate | undefined;
	/** The days on which it takes place; the others of the pattern are left out. */
	dates: readonly string[];
};

/**
 * Announces a series under the form's id: an event of its own for each chosen day, in one transaction. The same id with
 * the same content changes nothing; with other content 409. 401, 403, 404 and 422 write nothing either.
 */
export async function announceSeries(
	db: Db,
	actor: Actor | undefined,
	{ pattern, until, dates: chosen, ...raw }: SeriesInput,
	now: number,
): Promise<void> {
	const announcement = await prepareAnnouncement(db, actor, raw, now);
	const { input, grant, organisation } = announcement;
	const { id, title } = input;
	const firstOn = toLocalDate(input.startsAt);
	checkSpan(firstOn, until);
	const days = chooseDates(seriesDates(firstOn, pattern, until!), chosen, 2);
	const contentHash = sha256Hex([hashOf(input), pattern, until, ...days].join(' '));
	const write = () =>
		inTransaction(db, async (trx) => {
			await holdAnnouncer(trx, announcement, now);
			const current = await findSeries(trx, id);
			if (current?.contentHash === contentHash) return;
			if (current ?? (await findEvent(trx, id))) throw new DomainError('CONFLICT', 'sameIdOtherContent');
			await insertSeries(trx, {
				...{ id, organisationId: organisation.id, title, pattern, firstOn, untilOn: until!, contentHash },
				...{ createdBy: grant.id, createdAt: now, isSample: organisation.isSample },
			});
			await writeDays(trx, announcement, id, days, now);
			await takeDraft(trx, actor, id, raw.draftSequence);
			await insertAuditEvent(trx, auditOf('announce', id, grant.id), now);
		});
	return retryWhenTaken(write);
}

/** Holds a series and every day of it that may still be changed; the days by id, as everybody takes them. */
async function holdDays(trx: Trx, seriesId: string, now: number): Promise<CleanupEvent[]> {
	await lockRow(trx, 'event_series', seriesId);
	const isOpen = (event: CleanupEvent) => event.endsAt > now;
	const ids = (await listSeriesEvents(trx, seriesId)).filter(isOpen).map(({ id }) => id);
	for (const id of ids.sort()) await lockRow(trx, 'cleanup_event', id);
	// As they stand now that nobody else may change them.
	return (await listSeriesEvents(trx, seriesId)).filter(isOpen);
}

/**
 * Edits a day and those after it that were not edited apart: everything but their day. Everybody is told once: those
 * who are signed up for some of the days or follow them, of these, other followers of all. A form that is older than
 * what stands is refused with 409; when one day refuses, none is edited.
 */
export async function editFollowing(
	db: Db,
	actor: Actor | undefined,
	{ sequence, ...raw }: EventInput & { sequence: number },
	now: number,
): Promise<string> {
	const edit = await prepareEdit(db, actor, raw, now);
	const { seriesId } = edit.event;
	if (seriesId === null) throw new DomainError('NOT_FOUND', 'unknownSeries');
	return inTransaction(db, async (trx) => {
		const days = await holdDays(trx, seriesId, now);
		await holdGrant(trx, edit.grant.id, now);
		const { event } = await requireEvent(trx, actor, raw.id);
		checkStands(event, now);
		if (event.sequence !== sequence) {
			if (saysTheSame(event, edit)) return seriesId;
			throw new DomainError('CONFLICT', 'changedMeanwhile');
		}
		const later = days.filter(
			(each) => each.startsAt > event.startsAt && each.status === 'published' && each.isApart === 0,
		);
		let isNarrow = false;
		for (const each of [event, ...later]) {
			const isFirst = each.id === event.id;
			const own = isFirst ? {} : { id: each.id, ...onDay(edit.input, toLocalDate(each.startsAt)) };
			const input = { ...edit.input, ...own };
			if (saysTheSame(each, { ...edit, input })) continue;
			await editWithin(trx, each, { ...edit, input }, { isApart: each.isApart, isNarrow }, now);
			isNarrow = true;
		}
		await insertAuditEvent(trx, auditOf('edit', seriesId, edit.grant.id), now);
		return seriesId;
	});
}

/**
 * Calls off every day of a series from one to another, or from one on; people are told as by {@link editFollowing}.
 * Refuses with 401, 403, 404, with 409 where no day is left, and with 422 where none lies between.
 */
export async function pauseSeries(
	db: Db,
	actor: Actor | undefined,
	asked: { id: string; from: LocalDate | undefined; until: LocalDate | undefined; reason: string },
	now: number,
): Promise<void> {
	const { grant } = await requireSeries(db, actor, asked.id);
	const reason = readText(asked.reason, 'reason');
	const { from, until } = asked;
	if (from === undefined) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: 'from' });
	await inTransaction(db, async (trx) => {
		const coming = (await holdDays(trx, asked.id, now)).filter(
			(each) => each.status === 'published' && each.startsAt > now,
		);
		await holdGrant(trx, grant.id, now);
		if (coming.length === 0) throw new DomainError('CONFLICT', 'noDaysLeft');
		const days = coming.filter((each) => isWithin(each.startsAt, from, until));
		if (days.length === 0) throw new DomainError('UNPROCESSABLE_CONTENT', 'noDaysBetween', { field: 'from' });
		for (const [index, each] of days.entries()) {
			const isNarrow = index > 0;
			const columns = calledOff(reason, now);
			await changeWithin(trx, each, { kind: 'pause', reason, columns, isNarrow }, grant.id, now);
		}
		await insertAuditEvent(trx, auditOf('pause', asked.id, grant.id), now);
	});
}

/** Lets the days to come take place again that a pause called off and nobody has changed since. 401, 403, 404, 409. */
export async function resumeSeries(
	db: Db,
	actor: Actor | undefined,
	input: { id: string },
	now: number,
): Promise<void> {
	const { grant } = await requireSeries(db, actor, input.id);
	await inTransaction(db, async (trx) => {
		const days = await holdDays(trx, input.id, now);
		await holdGrant(trx, grant.id, now);
		const paused = await listPaused(trx, input.id, now);
		if (paused.length === 0) throw new DomainError('CONFLICT', 'nothingPaused');
		for (const [index, { eventId, changeId }] of paused.entries()) {
			const event = days.find(({ id }) => id === eventId)!;
			const change = (await findChange(trx, changeId))!;
			await restoreWithin(trx, event, change, grant.id, now, index > 0);
		}
		await insertAuditEvent(trx, auditOf('resume', input.id, grant.id), now);
	});
}

/** An event as its form would say it; the number of whoever leads was given for the announced days alone. */
async function inputOf(db: Db, event: CleanupEvent): Promise<EventInput> {
	const open = (await listPartners(db, event.isSample)).map(({ id }) => id);
	const { id, organisationId, title, description, startsAt, endsAt, assemblyPoint, capacity } = event;
	const { whatToBring, collectionPartner, documentNumber, areaText, provided, clothes } = event;
	const { rainPlan, leadName, houseCode, latitude, longitude } = event;
	const callers = (await listCoOrganisers(db, id)).map((each) => each.id);
	return {
		...{ id, organisationId, title, description, startsAt, endsAt, assemblyPoint, capacity },
		...{ whatToBring, collectionPartner, documentNumber, areaText, provided, clothes, rainPlan },
		...{ leadName, leadPhone: null, isLeadPhonePublic: false, greenHouseCode: houseCode },
		...(houseCode === null ? { latitude, longitude } : { latitude: null, longitude: null }),
		area: readArea(event.area),
		coOrganiserIds: callers.filter((each) => open.includes(each)).sort(),
		sections: await listSections(db, id),
		needs: (await listNeeds(db, id)).map(({ label, wanted }) => ({ label, wanted })),
	};
}

/** The days that a series gets when it is prolonged, and the day that they are like: the last one not edited apart. */
export async function planExtension(db: Db, id: string, until: LocalDate | undefined, now: number) {
	const series = await findSeries(db, id);
	if (!series) throw new DomainError('NOT_FOUND', 'unknownSeries');
	const today = toLocalDate(now);
	checkSpan(series.untilOn, until, series.untilOn > today ? series.untilOn : today);
	const events = await listSeriesEvents(db, id);
	const model = events.findLast((each) => each.isApart === 0) ?? events.at(-1)!;
	const next = addDays(series.untilOn, 1);
	const days = seriesDates(series.firstOn, series.pattern, until!).filter(
		(date) => date >= next && date > today,
	);
	return { series, model, days };
}

/**
 * Prolongs a series by the chosen days of its pattern, like its last day. Refuses with 401, 403, 404, with 422 an end
 * that is none or too far, and with 409 when somebody has prolonged it meanwhile: nothing is written then.
 */
export async function extendSeries(
	db: Db,
	actor: Actor | undefined,
	asked: { id: string; until: LocalDate | undefined; dates: readonly string[] },
	now: number,
): Promise<void> {
	const { series, grant } = await requireSeries(db, actor, asked.id);
	const { model, days } = await planExtension(db, asked.id, asked.until, now);
	const chosen = chooseDates(days, asked.dates, 1);
	const input = { ...(await inputOf(db, model)), ...onDay(model, chosen[0]!) };
	const announcement = await prepareAnnouncement(db, actor, input, now);
	await inTransaction(db, async (trx) => {
		// The series first, as every write about its days.
		await lockRow(trx, 'event_series', series.id);
		await holdAnnouncer(trx, announcement, now);
		await holdGrant(trx, grant.id, now);
		if ((await findSeries(trx, series.id))?.untilOn !== series.untilOn)
			throw new DomainError('CONFLICT', 'seriesChanged');
		await writeDays(trx, announcement, series.id, chosen, now);
		await updateSeries(trx, series.id, { untilOn: asked.until! });
		await insertAuditEvent(trx, auditOf('extend', series.id, grant.id), now);
	});
}
