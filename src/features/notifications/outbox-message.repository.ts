import { sql } from 'kysely';
import type { OutboxMessageTable } from '#db/schema.ts';
import { isSqlite, type Db, type Trx } from '#lib/db.ts';

/** Fewer variables than either engine takes in one statement. */
const ROWS = 500;

type NewMessage = Pick<
	OutboxMessageTable,
	'id' | 'dedupeKey' | 'newsId' | 'recipientId' | 'channel' | 'address' | 'content' | 'dueAt' | 'createdAt'
>;

/** Each message once, by its key. */
export async function insertMessages(trx: Trx, messages: NewMessage[]): Promise<void> {
	const blank = { tries: 0, leaseUntil: null, sentAt: null, failedAt: null, droppedAt: null, error: null };
	for (let at = 0; at < messages.length; at += ROWS)
		await trx
			.insertInto('outboxMessage')
			.values(messages.slice(at, at + ROWS).map((each) => ({ ...each, ...blank })))
			.onConflict((conflict) => conflict.column('dedupeKey').doNothing())
			.execute();
}

export const hasMessage = async (db: Db, dedupeKey: string): Promise<boolean> =>
	(await db
		.selectFrom('outboxMessage')
		.select('id')
		.where('dedupeKey', '=', dedupeKey)
		.executeTakeFirst()) !== undefined;

type Channel = OutboxMessageTable['channel'];

const selectDue = (db: Db, channel: Channel, now: number) =>
	db
		.selectFrom('outboxMessage')
		.where('channel', '=', channel)
		.where('sentAt', 'is', null)
		.where('failedAt', 'is', null)
		.where('droppedAt', 'is', null)
		.where('dueAt', '<=', now)
		.where((eb) => eb.or([eb('leaseUntil', 'is', null), eb('leaseUntil', '<=', now)]));

/** Only reads: a process that finds nothing to do changes nothing. */
export const hasDue = async (db: Db, channel: Channel, now: number): Promise<boolean> =>
	(await selectDue(db, channel, now).select('id').limit(1).executeTakeFirst()) !== undefined;

/** Takes what is due for one process until its lease ends; no two get the same. */
export async function claimMessages(
	trx: Trx,
	{ channel, now, leaseUntil, limit }: { channel: Channel; now: number; leaseUntil: number; limit: number },
): Promise<OutboxMessageTable[]> {
	let query = selectDue(trx, channel, now).select('id').orderBy('dueAt').orderBy('id').limit(limit);
	if (!isSqlite(trx)) query = query.forUpdate().skipLocked();
	const ids = (await query.execute()).map(({ id }) => id);
	if (ids.length === 0) return [];
	return trx
		.updateTable('outboxMessage')
		.set({ leaseUntil, tries: sql<number>`tries + 1` })
		.where('id', 'in', ids)
		.returningAll()
		.execute();
}

/** What came of a try, unless another process has taken the message since, or it was dropped. */
export const settleMessage = (
	db: Db,
	{ id, tries }: Pick<OutboxMessageTable, 'id' | 'tries'>,
	change: Partial<OutboxMessageTable>,
) =>
	db
		.updateTable('outboxMessage')
		.set({ leaseUntil: null, ...change })
		.where('id', '=', id)
		.where('tries', '=', tries)
		.where('droppedAt', 'is', null)
		.execute();

/** Gives up a message that was taken and not tried. */
export const putBack = async (
	db: Db,
	message: Pick<OutboxMessageTable, 'id' | 'tries'>,
	dueAt?: number,
): Promise<void> => {
	const due = dueAt === undefined ? {} : { dueAt };
	await settleMessage(db, message, { tries: message.tries - 1, ...due });
};

/** Whether one of some pieces of news had gone out to a recipient by an instant. */
export const wasSent = async (db: Db, recipientId: string, newsIds: string[], by: number): Promise<boolean> =>
	(await db
		.selectFrom('outboxMessage')
		.select('id')
		.where('recipientId', '=', recipientId)
		.where('newsId', 'in', newsIds)
		.where('sentAt', '<=', by)
		.executeTakeFirst()) !== undefined;

/** Whether a recipient is still to be told, before it begins, that there is such an event, or was told after an instant. */
export const isAnnouncedSince = async (
	db: Db,
	recipientId: string,
	{ id: subjectId, startsAt }: { id: string; startsAt: number },
	since: number,
): Promise<boolean> =>
	(await db
		.selectFrom('outboxMessage')
		.innerJoin('news', 'news.id', 'outboxMessage.newsId')
		.select('outboxMessage.id')
		.where('outboxMessage.recipientId', '=', recipientId)
		.where('news.subjectId', '=', subjectId)
		.where('news.kind', '=', 'event.announced')
		.where('outboxMessage.failedAt', 'is', null)
		.where('outboxMessage.droppedAt', 'is', null)
		.where((eb) =>
			eb.or([eb.and([eb('sentAt', 'is', null), eb('dueAt', '<', startsAt)]), eb('sentAt', '>', since)]),
		)
		.executeTakeFirst()) !== undefined;

/** Old messages leave, and recipients that follow nothing any more. */
export async function clearMessages(trx: Trx, before: number): Promise<void> {
	await trx.deleteFrom('outboxMessage').where('createdAt', '<', before).execute();
	await trx
		.deleteFrom('recipient')
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(selectFrom('follow').select('follow.id').whereRef('follow.recipientId', '=', 'recipient.id')),
			),
		)
		.execute();
}
