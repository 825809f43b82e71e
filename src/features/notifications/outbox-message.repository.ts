import { sql, type ExpressionBuilder } from 'kysely';
import type { Database, NewsTable, OutboxMessageTable, RecipientTable } from '#db/schema.ts';
import { isSqlite, type Db, type Trx } from '#lib/db.ts';
import { isNarrowKey, PRESSING } from './news.ts';

/** Fewer variables than either engine takes in one statement. */
const ROWS = 500;

type NewMessage = Pick<
	OutboxMessageTable,
	| 'id'
	| 'dedupeKey'
	| 'newsId'
	| 'recipientId'
	| 'personId'
	| 'channel'
	| 'address'
	| 'content'
	| 'dueAt'
	| 'createdAt'
>;

/** Each message once, by its key. */
export async function insertMessages(trx: Trx, messages: NewMessage[]): Promise<void> {
	const blank = {
		tries: 0,
		leaseUntil: null,
		sentAt: null,
		failedAt: null,
		droppedAt: null,
		error: null,
		said: null,
	};
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

/**
 * Takes what is due for one process until its lease ends: what can wait after what cannot, then in the order in which it
 * happened; no two get the same.
 */
export async function claimMessages(
	trx: Trx,
	{ channel, now, leaseUntil, limit }: { channel: Channel; now: number; leaseUntil: number; limit: number },
): Promise<OutboxMessageTable[]> {
	const newsOf = (eb: ExpressionBuilder<Database, 'outboxMessage'>) =>
		eb.selectFrom('news').whereRef('news.id', '=', 'outboxMessage.newsId');
	const happenedAt = (eb: ExpressionBuilder<Database, 'outboxMessage'>) => newsOf(eb).select('happenedAt');
	const canWait = (eb: ExpressionBuilder<Database, 'outboxMessage'>) =>
		eb.exists(newsOf(eb).select('news.id').where('news.kind', 'not in', PRESSING));
	let query = selectDue(trx, channel, now)
		.select('id')
		.orderBy(canWait)
		.orderBy('dueAt')
		.orderBy(happenedAt)
		.orderBy('id')
		.limit(limit);
	if (!isSqlite(trx)) query = query.forUpdate().skipLocked();
	const ids = (await query.execute()).map(({ id }) => id);
	if (ids.length === 0) return [];
	const taken = await trx
		.updateTable('outboxMessage')
		.set({ leaseUntil, tries: sql<number>`tries + 1` })
		.where('id', 'in', ids)
		.returningAll()
		.execute();
	return taken.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** What a letter tells of, kept before it is tried: it may arrive though nobody lives to say so. */
export const keepSaid = (db: Db, { id, tries }: Pick<OutboxMessageTable, 'id' | 'tries'>, said: string) =>
	db.updateTable('outboxMessage').set({ said }).where('id', '=', id).where('tries', '=', tries).execute();

/** What came of a try, unless another process has taken the message since, or it is settled already. */
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
		.where('sentAt', 'is', null)
		.where('failedAt', 'is', null)
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

/** What other messages came to that were sent together with one; those that are settled already stay as they are. */
export async function settleOthers(
	db: Db,
	ids: string[],
	change: Pick<Partial<OutboxMessageTable>, 'sentAt' | 'failedAt' | 'error'>,
): Promise<void> {
	if (ids.length === 0) return;
	await db
		.updateTable('outboxMessage')
		.set({ leaseUntil: null, ...change })
		.where('id', 'in', ids)
		.where('sentAt', 'is', null)
		.where('failedAt', 'is', null)
		.where('droppedAt', 'is', null)
		.execute();
}

/** Lets a message that nobody has tried yet go out from an instant on; true where that is sooner. */
export async function hasten(db: Db, id: string, dueAt: number): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('outboxMessage')
		.set({ dueAt })
		.where('id', '=', id)
		.where('tries', '=', 0)
		.where('dueAt', '>', dueAt)
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

type Address = Pick<RecipientTable, 'channel' | 'address' | 'personId'>;

/**
 * What goes or went out to one address about some pieces of news, whoever follows by it (`isHere`), and to the same
 * account by its other ways, those included that have ended since.
 */
export async function listTo(db: Db, { channel, address, personId }: Address, newsIds: string[]) {
	if (newsIds.length === 0) return [];
	const here = await db
		.selectFrom('recipient')
		.select('id')
		.where('channel', '=', channel)
		.where('address', '=', address)
		.execute();
	const ids = here.map(({ id }) => id);
	const rows = await db
		.selectFrom('outboxMessage')
		.innerJoin('news', 'news.id', 'outboxMessage.newsId')
		.select(['newsId', 'news.dedupeKey as newsKey', 'news.happenedAt', 'recipientId'])
		.select(['said', 'tries', 'dueAt', 'leaseUntil', 'sentAt', 'failedAt', 'droppedAt'])
		.where((eb) =>
			eb.or([
				...(ids.length === 0 ? [] : [eb('recipientId', 'in', ids)]),
				...(personId === null ? [] : [eb('personId', '=', personId)]),
			]),
		)
		.execute();
	// By address first and by news here: one news may have gone to thousands, one address hears little in 90 days.
	return rows
		.filter(({ newsId }) => newsId !== null && newsIds.includes(newsId))
		.map(({ recipientId, ...row }) => ({
			...row,
			isHere: recipientId !== null && ids.includes(recipientId),
		}));
}
export type Sent = Awaited<ReturnType<typeof listTo>>[number];

/** What is still to go out to one address about one act on a series: the whole of it first, then day by day. */
export async function listTogether(
	db: Db,
	{ channel, address }: Pick<RecipientTable, 'channel' | 'address'>,
	{ kind, happenedAt }: Pick<NewsTable, 'kind' | 'happenedAt'>,
	seriesId: string,
) {
	const rows = await db
		.selectFrom('outboxMessage')
		.innerJoin('recipient', 'recipient.id', 'outboxMessage.recipientId')
		.innerJoin('news', 'news.id', 'outboxMessage.newsId')
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'news.subjectId')
		.selectAll('outboxMessage')
		.select(['news.dedupeKey as newsKey', 'news.startsAt as believed', 'cleanupEvent.startsAt'])
		.where('recipient.channel', '=', channel)
		.where('recipient.address', '=', address)
		.where('news.kind', '=', kind)
		.where('news.happenedAt', '=', happenedAt)
		.where('cleanupEvent.seriesId', '=', seriesId)
		.where('sentAt', 'is', null)
		.where('failedAt', 'is', null)
		.where('droppedAt', 'is', null)
		.orderBy('cleanupEvent.startsAt')
		.orderBy('outboxMessage.id')
		.execute();
	return rows.toSorted((a, b) => Number(isNarrowKey(a.newsKey)) - Number(isNarrowKey(b.newsKey)));
}

/** That a person was told stays nowhere. */
export const forgetPerson = (trx: Trx, personId: string) =>
	trx.updateTable('outboxMessage').set({ personId: null }).where('personId', '=', personId).execute();

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
