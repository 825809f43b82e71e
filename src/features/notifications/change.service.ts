// What is told of a change of an event, by what its reader has heard before.
import type { Db } from '#lib/db.ts';
import type { NewsTable, RecipientTable } from '#db/schema.ts';
import { findEventFacts, type EventRow } from './audience.repository.ts';
import type { Subject } from './message.ts';
import { listAnnouncements, listDaysOf, listSaid, listWhole } from './news.repository.ts';
import { CHANGES, isNarrowKey, MESSAGES_KEPT_MS, readSaid, standingOf, type Said } from './news.ts';
import { listTo, type Sent } from './outbox-message.repository.ts';
import { AHEAD_MS } from './quiet-hours.ts';
import { hasComeSince } from './recipient.repository.ts';

/** Not yet: something else must have gone out, or been given up, before. */
export const LATER = Symbol('later');

/** Longer than any change takes to be written: what is sent after it tells of how things stand. */
const WRITTEN_MS = 60_000;

type Asked = { news: NewsTable; recipient: RecipientTable; isWide: boolean; now: number };
type Day = Awaited<ReturnType<typeof listDaysOf>>[number];

const isOpen = ({ sentAt, failedAt, droppedAt }: Sent) =>
	sentAt === null && failedAt === null && droppedAt === null;
const isLeased = (each: Sent, now: number) => isOpen(each) && (each.leaseUntil ?? 0) > now;

type Piece = { id: string; happenedAt: number };

/** Whether a message tells of a piece of news; one of the whole of an act from before `said` was kept told of all of it. */
function tellsOf(each: Sent, piece: Piece): boolean {
	if (each.said !== null) return readSaid(each).includes(piece.id);
	return each.newsId === piece.id || (!isNarrowKey(each.newsKey) && each.happenedAt === piece.happenedAt);
}

/** Also by a try that failed, or that a process did not live to see through: some of them arrive. */
const mayHaveArrived = (each: Sent) =>
	each.sentAt !== null || (each.failedAt === null && each.tries > (isOpen(each) ? 0 : 1));

/** Whether an event was announced, followed or signed up for while it stood otherwise: they know it so. */
async function hasReadMeanwhile(db: Db, { recipient, news }: Asked, eventId: string, since: number) {
	if (await hasComeSince(db, recipient, eventId, since)) return true;
	const announced = await listAnnouncements(db, { id: eventId, seriesId: null, createdAt: 0 });
	const ids = announced.map(({ id }) => id);
	const until = news.happenedAt + WRITTEN_MS;
	return (await listTo(db, recipient, ids)).some(
		({ sentAt }) => sentAt !== null && sentAt > since && sentAt < until,
	);
}

/** Whether its announcement makes a change superfluous, or must come before it. */
async function askAnnouncement(
	db: Db,
	event: EventRow,
	{ news, recipient, now }: Asked,
): Promise<typeof LATER | 'told' | undefined> {
	const announcements = await listAnnouncements(db, event);
	const sent = await listTo(
		db,
		recipient,
		announcements.map(({ id }) => id),
	);
	const here = sent.filter(({ isHere }) => isHere);
	const coming = here.filter((each) => isOpen(each) && each.dueAt < event.startsAt);
	if (coming.some((each) => isLeased(each, now))) return LATER;
	const own = announcements.find(({ subjectId }) => subjectId === event.id)?.id;
	const isAfter = ({ sentAt }: Sent) => sentAt !== null && sentAt > news.happenedAt + WRITTEN_MS;
	// Who hears of the event only now hears of it as it stands.
	const isTold = here.some((each) => each.newsId === own && (coming.includes(each) || isAfter(each)));
	if (news.kind === 'event.changed' && isTold) return 'told';
	const isInTime = ({ dueAt }: Sent) => dueAt <= event.startsAt - AHEAD_MS;
	return event.seriesId !== null && coming.some(isInTime) ? LATER : undefined;
}

/** The days whose change somebody may believe in that is undone now; who has not heard of it need not hear that it was. */
async function keepKnown(
	db: Db,
	days: { day: Day; undone: Said | undefined }[],
	asked: Asked,
	seriesId: string | null,
): Promise<Day[] | typeof LATER> {
	const { recipient, now } = asked;
	const pieces = days.flatMap(({ undone }) => undone ?? []);
	const acts = new Map(pieces.map((each) => [`${each.kind}:${each.happenedAt}`, each]));
	// The letter that told of a day may have been that of another day of the same act.
	const together = await Promise.all(
		seriesId === null ? [] : [...acts.values()].map((each) => listDaysOf(db, each, seriesId)),
	);
	const sent = await listTo(db, recipient, [
		...new Set([...pieces.map(({ id }) => id), ...together.flat().map(({ newsId }) => newsId)]),
	]);
	const known: Day[] = [];
	for (const { day, undone } of days) {
		if (!undone) continue;
		const told = sent.filter((each) => tellsOf(each, undone));
		// Whether it goes out is not known yet.
		if (told.some((each) => isLeased(each, now))) return LATER;
		// Nothing says any more who was told.
		const isForgotten = undone.happenedAt < now - MESSAGES_KEPT_MS;
		const hasHeard = isForgotten || told.some(mayHaveArrived);
		if (hasHeard || (await hasReadMeanwhile(db, asked, day.id, undone.happenedAt))) known.push(day);
	}
	return known;
}

/**
 * What a change says now, with the pieces of news of the days that it tells of; undefined when it no longer holds, or
 * this recipient need not hear of it.
 */
export async function findChanged(
	db: Db,
	asked: Asked,
): Promise<{ subject: Subject; said: string[] } | typeof LATER | undefined> {
	const { news, recipient, isWide, now } = asked;
	const event = await findEventFacts(db, news.subjectId);
	if (!event) return undefined;
	// Whoever was told of all the days is not told of each.
	if (event.seriesId !== null && isNarrowKey(news.dedupeKey)) {
		const ids = (await listWhole(db, news, event.seriesId)).map(({ newsId }) => newsId);
		const sent = await listTo(db, recipient, ids);
		if (sent.some((each) => each.isHere && each.sentAt !== null && tellsOf(each, news))) return undefined;
	}
	const isHeld = (day: { endsAt: number; status: string }) =>
		day.endsAt > now && (day.status === 'cancelled') === (news.kind === 'event.cancelled');
	const changed = (await listDaysOf(db, news, isWide ? event.seriesId : null)).filter(isHeld);
	if (changed.length === 0) return undefined;
	const ids = changed.map(({ id }) => id);
	const said = await listSaid(db, ids, [...CHANGES]);
	const standing = changed.map((day) => {
		const all = said.filter((each) => each.subjectId === day.id);
		return { day, ...standingOf(all, day.newsId) };
	});
	// The newest word is the one that holds, but for one that was taken back.
	const holding = standing.filter(({ isOver }) => !isOver);
	if (holding.length === 0) return undefined;
	// What another process sends at this moment must not arrive after it.
	const earlier = said.filter(({ happenedAt }) => happenedAt < news.happenedAt).map(({ id }) => id);
	const underWay = (await listTo(db, recipient, earlier)).filter((each) => isLeased(each, now));
	if (underWay.some(({ isHere }) => isHere)) return LATER;
	const announcement = await askAnnouncement(db, event, asked);
	if (announcement === LATER) return LATER;
	if (announcement === 'told') return undefined;
	const days =
		news.kind === 'event.restored'
			? await keepKnown(db, holding, asked, event.seriesId)
			: holding.map(({ day }) => day);
	if (days === LATER) return LATER;
	const [first] = days;
	const shown = first && (first.id === event.id ? event : await findEventFacts(db, first.id));
	return shown && { subject: { event: shown, days }, said: days.map(({ newsId }) => newsId) };
}
