// Sends what is due. At least once: a message is taken for a while, sent, and then marked (docs/decisions/0024).
import { inTransaction, type Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import { createTranslator, localePath } from '#lib/i18n.ts';
import type { Secret } from '#lib/secret.ts';
import type { NewsTable, OutboxMessageTable, RecipientTable } from '#db/schema.ts';
import { findAudience, onePerAddress } from './audience.service.ts';
import { findEventFacts, findHouse, findSignUpOf, hasReport, isHouseFull } from './audience.repository.ts';
import { readFailure, type Channels } from './channel.service.ts';
import { requireWish, stopToken } from './follow.ts';
import { writeMessage, type Message, type Subject } from './message.ts';
import { findNews, listAnnouncedDays, listDaysOf, listSaid, listWhole } from './news.repository.ts';
import { isNarrowKey, isPressing, MESSAGES_KEPT_MS, standingOf, type NewsKind } from './news.ts';
import {
	claimMessages,
	clearMessages,
	hasDue,
	isAnnouncedSince,
	putBack,
	settleMessage,
	wasSent,
} from './outbox-message.repository.ts';
import { dueAt, pressingStart } from './quiet-hours.ts';
import { deleteRecipients, findRecipient, findTarget } from './recipient.repository.ts';

export type Sending = { channels: Channels; secret: Secret; publicUrl: string };

/** A process that has not come back by then has stopped. */
const LEASE_MS = 10 * 60_000;
/** Longer than one try can take. */
const TRY_MS = 3 * 60_000;
const BATCH = 10;
/** After each try that failed; then it has failed for good. */
const RETRY_MS = [1, 5, 30, 120, 360].map((minutes) => minutes * 60_000);
const DAY_SECONDS = 86_400;

const CHANGES = ['event.changed', 'event.cancelled', 'event.restored'];

/** What the news says now; undefined when it no longer holds, or this recipient need not hear it any more. */
async function findSubject(
	db: Db,
	news: NewsTable,
	recipientId: string,
	now: number,
): Promise<Subject | undefined> {
	const { subjectId, happenedAt, dedupeKey } = news;
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
	const isHeld = (day: { endsAt: number; status: string }) =>
		day.endsAt > now && (day.status === 'cancelled') === (kind === 'event.cancelled');
	if (kind === 'sign-up.offered') {
		if (!isHeld(event)) return undefined;
		const isOffer = signUp?.status === 'offered' && (signUp.offeredUntil ?? 0) > now;
		if (isOffer) return { event, offeredUntil: signUp.offeredUntil };
		return signUp?.status === 'active' ? { event, offeredUntil: null } : undefined;
	}
	const seriesId = isNarrowKey(dedupeKey) ? null : event.seriesId;
	if (kind === 'event.announced') {
		if (!isHeld(event) || event.startsAt <= now) return undefined;
		return { event, days: seriesId === null ? [] : await listAnnouncedDays(db, seriesId, happenedAt) };
	}
	// Whoever was told of all the days is not told of each.
	if (seriesId === null && event.seriesId !== null) {
		const whole = (await listWhole(db, news, event.seriesId)).filter(({ newsId }) => newsId !== news.id);
		const ids = whole.map(({ newsId }) => newsId);
		if (ids.length > 0 && (await wasSent(db, recipientId, ids, now))) return undefined;
	}
	const changed = (await listDaysOf(db, news, seriesId)).filter(isHeld);
	const said =
		changed.length === 0
			? []
			: await listSaid(
					db,
					changed.map(({ id }) => id),
					CHANGES,
				);
	const standing = (day: (typeof changed)[number]) =>
		standingOf(
			said.filter((each) => each.subjectId === day.id),
			day.newsId,
		);
	// The newest word is the one that holds, but for one that was taken back.
	const days = changed.filter((day) => !standing(day).isOver);
	const [first] = days;
	if (!first) return undefined;
	// Who hears of the event only now hears of it as it stands.
	if (kind === 'event.changed' && (await isAnnouncedSince(db, recipientId, event, happenedAt)))
		return undefined;
	// Who has not heard that it was changed need not hear that it was not.
	const { undone } = standing(first);
	if (kind === 'event.restored') {
		const before = undone ? await listDaysOf(db, undone, seriesId) : [];
		const ids = before.map(({ newsId }) => newsId);
		if (ids.length === 0 || !(await wasSent(db, recipientId, ids, happenedAt))) return undefined;
	}
	const shown = first.id === event.id ? event : await findEventFacts(db, first.id);
	return shown && { event: shown, days };
}

/** The same for the same message, of letters that mail and push take. */
const markOf = (message: Pick<OutboxMessageTable, 'dedupeKey'>) => sha256Hex(message.dedupeKey).slice(0, 32);
const messageIdOf = (message: OutboxMessageTable, publicUrl: string) =>
	`<${markOf(message)}@${new URL(publicUrl).hostname}>`;

async function sendTo(
	recipient: RecipientTable,
	{ title, lines, path }: Message,
	message: OutboxMessageTable,
	{ channels, secret, publicUrl }: Sending,
): Promise<void> {
	const { locale, channel, address: endpoint } = recipient;
	const t = createTranslator(locale);
	const url = publicUrl + path;
	const stop = localePath(locale, `/theo-doi/thoi?ma=${stopToken(secret, recipient.id)}`);
	const body = lines.filter(Boolean);
	if (channel === 'email') {
		if (!channels.email) throw Object.assign(new Error('no mail'), { code: 'off' });
		const stopLine = t('notifications:mail.stop', { url: publicUrl + stop });
		await channels.email({
			to: endpoint,
			subject: title,
			text: [title, ...body, '', url, '', '-- ', t('notifications:mail.why'), stopLine, ''].join('\n'),
			messageId: messageIdOf(message, publicUrl),
			stopUrl: publicUrl + stop,
		});
		return;
	}
	if (!channels.push) throw Object.assign(new Error('no push'), { code: 'off' });
	const { p256dh, auth } = recipient as { p256dh: string; auth: string };
	const topic = markOf(message);
	const payload = {
		title,
		body: body.join('\n'),
		path,
		stop,
		stopText: t('notifications:push.stop'),
		tag: topic,
	};
	await channels.push({
		to: { endpoint, p256dh, auth },
		payload: JSON.stringify(payload),
		topic,
		ttlSeconds: DAY_SECONDS,
	});
}

/** The letter that asks whether an address is its writer's. */
async function sendWish(
	db: Db,
	message: OutboxMessageTable,
	sending: Sending,
	now: number,
): Promise<boolean> {
	const { address, content } = message;
	if (address === null || content === null) return false;
	const { channels, secret, publicUrl } = sending;
	const wish = requireWish(secret, content, 0);
	if (wish.until <= now) return false;
	if (!channels.email) throw Object.assign(new Error('no mail'), { code: 'off' });
	const target = await findTarget(db, wish.target.kind, wish.target.id);
	if (!target) return false;
	const { locale } = wish;
	const t = createTranslator(locale);
	const own = t('notifications:own.title');
	const name = target.kind === 'own' ? own : (locale === 'en' && target.nameEn) || target.name;
	const url = `${publicUrl}${localePath(locale, `/theo-doi/xac-nhan?ma=${content}`)}`;
	const ask = t('notifications:mail.confirm', { name });
	const lines = [
		ask,
		'',
		url,
		'',
		t('notifications:mail.confirmHow'),
		t('notifications:mail.confirmElse'),
		'',
	];
	await channels.email({
		to: address,
		subject: t('notifications:mail.confirmSubject', { name }),
		text: lines.join('\n'),
		messageId: messageIdOf(message, publicUrl),
		stopUrl: undefined,
	});
	return true;
}

type Telling = { recipient: RecipientTable; text: Message; hourOf: (instant: number) => number };

/** What a recipient is told, by whom it is read, and when it may go out; undefined when nobody needs it any more. */
async function findTelling(db: Db, message: OutboxMessageTable, now: number): Promise<Telling | undefined> {
	const news = await findNews(db, message.newsId!);
	const to = message.recipientId === null ? undefined : await findRecipient(db, message.recipientId);
	if (!news || !to || news.isSample !== to.isSample) return undefined;
	const kind = news.kind as NewsKind;
	// They may have stopped following, or signed out, since; by the same address somebody may follow it otherwise.
	const { told } = await findAudience(db, news, { now, to });
	const [other] = onePerAddress(told);
	const recipient = told.some(({ id }) => id === to.id) ? to : other && (await findRecipient(db, other.id));
	if (!recipient) return undefined;
	const subject = await findSubject(db, news, recipient.id, now);
	if (!subject) return undefined;
	const startsAt = 'event' in subject && isPressing(kind) ? subject.event.startsAt : undefined;
	const text = writeMessage(kind, subject, recipient.locale);
	return { recipient, text, hourOf: (instant) => dueAt(instant, pressingStart(instant, news, startsAt)) };
}

const FORGET = { address: null, content: null };

async function sendOne(db: Db, message: OutboxMessageTable, sending: Sending, now: number): Promise<void> {
	// The letter that asks goes out at any hour: somebody waits for it.
	let hourOf = (instant: number) => instant;
	try {
		let isSent = false;
		if (message.newsId === null) isSent = await sendWish(db, message, sending, now);
		else {
			const telling = await findTelling(db, message, now);
			if (telling) ({ hourOf } = telling);
			// It was due by day and was not sent: a server that was down, a try that failed.
			if (hourOf(now) > now) return await putBack(db, message, hourOf(now));
			if (telling) await sendTo(telling.recipient, telling.text, message, sending);
			isSent = telling !== undefined;
		}
		await settleMessage(db, message, { ...FORGET, error: null, [isSent ? 'sentAt' : 'droppedAt']: now });
	} catch (thrown) {
		const { error, isFinal, isGone } = readFailure(thrown);
		const wait = RETRY_MS[message.tries - 1];
		const isOver = isFinal || wait === undefined;
		const change = isOver ? { ...FORGET, failedAt: now, error } : { dueAt: hourOf(now + wait), error };
		await settleMessage(db, message, change);
		const { recipientId } = message;
		if (isGone && recipientId !== null)
			await inTransaction(db, (trx) => deleteRecipients(trx, [recipientId], now));
	}
}

type Channel = OutboxMessageTable['channel'];

async function sendBy(channel: Channel, db: Db, sending: Sending, clock: () => number): Promise<void> {
	for (;;) {
		const now = clock();
		if (!(await hasDue(db, channel, now))) return;
		const leaseUntil = now + LEASE_MS;
		const messages = await inTransaction(db, (trx) =>
			claimMessages(trx, { channel, now, leaseUntil, limit: BATCH }),
		);
		if (messages.length === 0) return;
		// What somebody is told of one thing goes out in the order in which it happened.
		for (const each of messages.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
			const at = clock();
			// Nobody else may take what is still being sent.
			if (at > leaseUntil - TRY_MS) await putBack(db, each);
			else await sendOne(db, each, sending, at);
		}
	}
}

/**
 * Takes and sends until nothing is due, by mail and by push side by side: a mail server that is slow holds up no push.
 * Several processes may: a message is one's own while it is being sent.
 */
export async function sendMessages(db: Db, sending: Sending, clock: () => number): Promise<void> {
	const channels = ['email', 'push'] as const;
	const ended = await Promise.allSettled(channels.map((each) => sendBy(each, db, sending, clock)));
	for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

/** Messages of long ago leave, with what they say of who was told; so do recipients that follow nothing. */
export const forgetMessages = (db: Db, now: number): Promise<void> =>
	inTransaction(db, (trx) => clearMessages(trx, now - MESSAGES_KEPT_MS));
