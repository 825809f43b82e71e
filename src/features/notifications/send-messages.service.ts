// Sends what is due. At least once: a message is taken for a while, sent, and then marked (docs/decisions/0024).
import { inTransaction, type Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import { createTranslator, localePath } from '#lib/i18n.ts';
import type { Secret } from '#lib/secret.ts';
import type { OutboxMessageTable } from '#db/schema.ts';
import { readFailure, type Channels } from './channel.service.ts';
import { requireWish, stopToken } from './follow.ts';
import { MESSAGES_KEPT_MS } from './news.ts';
import {
	claimMessages,
	clearMessages,
	hasDue,
	keepSaid,
	putBack,
	settleMessage,
	settleOthers,
} from './outbox-message.repository.ts';
import { deleteEndpoint, findTarget } from './recipient.repository.ts';
import { findLetter, type Letter } from './telling.service.ts';

export type Sending = { channels: Channels; secret: Secret; publicUrl: string };

/** A process that has not come back by then has stopped. */
const LEASE_MS = 10 * 60_000;
/** Longer than one try can take. */
const TRY_MS = 3 * 60_000;
const BATCH = 10;
/** After each try that failed; then it has failed for good. */
const RETRY_MS = [1, 5, 30, 120, 360].map((minutes) => minutes * 60_000);
const DAY_SECONDS = 86_400;

/** The same for the same message, of letters that mail and push take. */
const markOf = (message: Pick<OutboxMessageTable, 'dedupeKey'>) => sha256Hex(message.dedupeKey).slice(0, 32);
const messageIdOf = (message: OutboxMessageTable, publicUrl: string) =>
	`<${markOf(message)}@${new URL(publicUrl).hostname}>`;

async function sendTo(
	{ recipient, text: { title, lines, path } }: Pick<Letter, 'recipient' | 'text'>,
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

const FORGET = { address: null, content: null };

async function sendOne(db: Db, message: OutboxMessageTable, sending: Sending, now: number): Promise<void> {
	let letter: Letter | number | undefined;
	// The letter that asks goes out at any hour: somebody waits for it.
	const hourOf = (instant: number) => (typeof letter === 'object' ? letter.hourOf(instant) : instant);
	const others = () => (typeof letter === 'object' ? letter.others : []);
	try {
		let isSent = false;
		if (message.newsId === null) isSent = await sendWish(db, message, sending, now);
		else {
			letter = await findLetter(db, message, now);
			if (typeof letter === 'number') return await putBack(db, message, letter);
			// It was due by day and was not sent: a server that was down, a try that failed.
			if (hourOf(now) > now) return await putBack(db, message, hourOf(now));
			if (letter?.said) await keepSaid(db, message, letter.said);
			if (letter) await sendTo(letter, message, sending);
			isSent = letter !== undefined;
		}
		const change = isSent ? { sentAt: now } : { droppedAt: now };
		// All or none: what goes out again tells of the same.
		await inTransaction(db, async (trx) => {
			if (isSent) await settleOthers(trx, others(), { sentAt: now, error: null });
			await settleMessage(trx, message, { ...FORGET, error: null, ...change });
		});
	} catch (thrown) {
		const { error, isFinal, isGone } = readFailure(thrown);
		const wait = RETRY_MS[message.tries - 1];
		const isOver = isFinal || wait === undefined;
		const change = isOver ? { ...FORGET, failedAt: now, error } : { dueAt: hourOf(now + wait), error };
		await inTransaction(db, async (trx) => {
			if (isOver) await settleOthers(trx, others(), { failedAt: now, error });
			await settleMessage(trx, message, change);
		});
		if (isGone && typeof letter === 'object') {
			const { address } = letter.recipient;
			await inTransaction(db, (trx) => deleteEndpoint(trx, address, now));
		}
	}
}

export const CHANNELS: OutboxMessageTable['channel'][] = ['email', 'push'];

/**
 * Takes and sends what goes by one channel until nothing is due. Several processes may: a message is one's own while it
 * is being sent.
 */
export async function sendMessages(
	db: Db,
	channel: OutboxMessageTable['channel'],
	sending: Sending,
	clock: () => number,
): Promise<void> {
	for (;;) {
		const now = clock();
		if (!(await hasDue(db, channel, now))) return;
		const leaseUntil = now + LEASE_MS;
		const messages = await inTransaction(db, (trx) =>
			claimMessages(trx, { channel, now, leaseUntil, limit: BATCH }),
		);
		if (messages.length === 0) return;
		for (const each of messages) {
			const at = clock();
			// Nobody else may take what is still being sent.
			if (at > leaseUntil - TRY_MS) await putBack(db, each);
			else await sendOne(db, each, sending, at);
		}
	}
}

/** Messages of long ago leave, with what they say of who was told; so do recipients that follow nothing. */
export const forgetMessages = (db: Db, now: number): Promise<void> =>
	inTransaction(db, (trx) => clearMessages(trx, now - MESSAGES_KEPT_MS));
