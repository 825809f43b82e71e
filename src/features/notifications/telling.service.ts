// What is told when a message leaves: what holds by then, to whom, and what goes out in the same letter.
import type { Db } from '#lib/db.ts';
import type { NewsTable, OutboxMessageTable, RecipientTable } from '#db/schema.ts';
import { findAudience, onePerAddress } from './audience.service.ts';
import { findEventFacts, findHouse, findSignUpOf, hasReport, isHouseFull } from './audience.repository.ts';
import { findChanged, LATER } from './change.service.ts';
import { writeMessage, type Message, type Subject } from './message.ts';
import { findNews, hasUnhandledDay, listAnnouncedDays } from './news.repository.ts';
import { isChange, isPressing, readSaid, type NewsKind } from './news.ts';
import { hasten, listTogether } from './outbox-message.repository.ts';
import { dueAt, pressingStart } from './quiet-hours.ts';
import { findRecipient } from './recipient.repository.ts';

/** A message that waits for another asks again by then. */
const AGAIN_MS = 60_000;

/** A subject, and the pieces of news that are told of with it. */
type Found = { subject: Subject; said: string[] };

/** What the news says now; undefined when it no longer holds. */
async function findSubject(db: Db, news: NewsTable, now: number): Promise<Subject | undefined> {
	const { subjectId, happenedAt } = news;
	const kind = news.kind as NewsKind;
	if (kind === 'house.full') {
		const house = await findHouse(db, subjectId);
		return house && (await isHouseFull(db, subjectId)) ? { house } : undefined;
	}
	const signUp = kind === 'sign-up.offered' ? await findSignUpOf(db, subjectId) : undefined;
	const event = await findEventFacts(db, signUp?.eventId ?? subjectId);
	if (!event) return undefined;
	if (kind === 'report.overdue')
		return event.status === 'published' && !(await hasReport(db, event.id)) ? { event } : undefined;
	if (kind === 'event.announced' && event.seriesId !== null) {
		const days = await listAnnouncedDays(db, event.seriesId, happenedAt);
		const coming = days.filter(({ startsAt }) => startsAt > now);
		const shown = coming[0] && (await findEventFacts(db, coming[0].id));
		return shown && { event: shown, days: coming };
	}
	if (event.endsAt <= now || event.status === 'cancelled') return undefined;
	if (kind === 'event.announced') return event.startsAt > now ? { event } : undefined;
	const isOffer = signUp?.status === 'offered' && (signUp.offeredUntil ?? 0) > now;
	if (isOffer) return { event, offeredUntil: signUp.offeredUntil };
	return signUp?.status === 'active' ? { event, offeredUntil: null } : undefined;
}

type Telling = Found & { news: NewsTable; recipient: RecipientTable; isWide: boolean };

/** What one message tells by itself, and by whom it is read; undefined when nobody needs it any more. */
async function findTelling(
	db: Db,
	message: OutboxMessageTable,
	now: number,
): Promise<Telling | typeof LATER | undefined> {
	const news = await findNews(db, message.newsId!);
	const to = message.recipientId === null ? undefined : await findRecipient(db, message.recipientId);
	if (!news || !to || news.isSample !== to.isSample) return undefined;
	// They may have stopped following, or signed out, since; by the same address somebody may follow it otherwise.
	const { wide, own } = await findAudience(db, news, { now, to });
	const told = [...wide, ...own];
	const [other] = onePerAddress(told);
	const recipient = told.some(({ id }) => id === to.id) ? to : other && (await findRecipient(db, other.id));
	if (!recipient) return undefined;
	const isWide = wide.length > 0;
	if (isChange(news.kind)) {
		const found = await findChanged(db, { news, recipient, isWide, now });
		return found && found !== LATER ? { ...found, news, recipient, isWide } : found;
	}
	const subject = await findSubject(db, news, now);
	return subject && { subject, said: [news.id], news, recipient, isWide };
}

export type Letter = {
	recipient: RecipientTable;
	text: Message;
	/** When it may go out that would at an instant. */
	hourOf: (instant: number) => number;
	/** What of it is kept: the pieces of news that it tells of, and those that a try before told of; null without a series. */
	said: string | null;
	/** The other messages that it stands for. */
	others: string[];
};

type Together = Awaited<ReturnType<typeof listTogether>>;

/** What is still to go out to the same address of the same act, the one that is sent first; undefined without a series. */
async function findTogether(
	db: Db,
	message: OutboxMessageTable,
	now: number,
): Promise<Together | typeof LATER | undefined> {
	const news = await findNews(db, message.newsId!);
	const to = message.recipientId === null ? undefined : await findRecipient(db, message.recipientId);
	if (!news || !to || !isChange(news.kind)) return undefined;
	const seriesId = (await findEventFacts(db, news.subjectId))?.seriesId ?? null;
	if (seriesId === null) return undefined;
	// Another process is about to; days for which it cannot are told of by themselves.
	const isFresh = now < message.createdAt + AGAIN_MS;
	if (isFresh && (await hasUnhandledDay(db, news, seriesId))) return LATER;
	return listTogether(db, to, news, seriesId);
}

const byStart = (a: { startsAt: number }, b: { startsAt: number }) => a.startsAt - b.startsAt;

/** All the days of some subjects, told of by the first of them. */
function joinDays(subjects: Subject[]): Subject {
	const about = subjects.flatMap((each) => ('event' in each ? [each] : []));
	const [first] = about.toSorted((a, b) => byStart(a.event, b.event));
	return first ? { ...first, days: about.flatMap(({ days }) => days ?? []).toSorted(byStart) } : subjects[0]!;
}

/**
 * The letter by which a message goes out. One act on many days of a series is one letter for each address: of the whole
 * for who follows its place, of their own days for who signed up for some; the first of its messages is sent and stands
 * for the others. A number is the instant at which to ask again; undefined says that nobody needs it any more.
 */
export async function findLetter(
	db: Db,
	message: OutboxMessageTable,
	now: number,
): Promise<Letter | number | undefined> {
	const together = await findTogether(db, message, now);
	if (together === LATER) return now + AGAIN_MS;
	// Another stood for it meanwhile.
	if (together && !together.some(({ id }) => id === message.id)) return undefined;
	const [first = message, ...rest] = together ?? [];
	if (first.id !== message.id) {
		// It may be due later: people need not be anywhere so soon for its own day.
		return (await hasten(db, first.id, now)) ? now + AGAIN_MS : Math.max(first.dueAt, now + AGAIN_MS);
	}
	const telling = await findTelling(db, message, now);
	if (telling === LATER) return now + AGAIN_MS;
	if (!telling) return undefined;
	const { news, recipient, isWide } = telling;
	const kind = news.kind as NewsKind;
	const tellings: Found[] = [telling];
	for (const other of isWide ? [] : rest) {
		const found = await findTelling(db, other, now);
		if (found === LATER) return now + AGAIN_MS;
		if (found) tellings.push(found);
	}
	const said = new Set(tellings.flatMap((each) => each.said));
	const subject = joinDays(tellings.map((each) => each.subject));
	const others = rest.filter((each) => said.has(each.newsId!));
	const start = 'event' in subject && isPressing(kind) ? subject.event.startsAt : undefined;
	const starts = [
		{ believed: news.startsAt, startsAt: start },
		...others.map(({ believed, startsAt }) => ({ believed, startsAt })),
	];
	const hourOf = (instant: number) =>
		Math.min(
			...starts.map(({ believed, startsAt }) =>
				dueAt(instant, pressingStart(instant, { startsAt: believed }, startsAt)),
			),
		);
	return {
		recipient,
		text: writeMessage(kind, 'event' in subject ? { ...subject, isOwn: !isWide } : subject, recipient.locale),
		hourOf,
		said: together ? JSON.stringify([...new Set([...readSaid(message), ...said])]) : null,
		others: others.map(({ id }) => id),
	};
}
