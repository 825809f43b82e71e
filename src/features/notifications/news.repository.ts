import { sql } from 'kysely';
import type { NewsTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

export const insertNews = (trx: Trx, row: NewsTable) =>
	trx
		.insertInto('news')
		.values(row)
		.onConflict((conflict) => conflict.column('dedupeKey').doNothing())
		.execute();

/** Pieces of which nobody has yet found out who is to be told, oldest first. */
export const listUnhandled = (db: Db, limit: number) =>
	db
		.selectFrom('news')
		.selectAll()
		.where('handledAt', 'is', null)
		.orderBy('happenedAt')
		.orderBy('id')
		.limit(limit)
		.execute();

/** Takes a piece for this transaction; false when another process had it first. */
export async function takeNews(trx: Trx, id: string, now: number): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('news')
		.set({ handledAt: now })
		.where('id', '=', id)
		.where('handledAt', 'is', null)
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

/** All that was said of something in some kinds, as it happened. */
export const listSaid = (db: Db, subjectId: string, kinds: string[]) =>
	db
		.selectFrom('news')
		.select(['id', 'kind', 'dedupeKey'])
		.where('subjectId', '=', subjectId)
		.where('kind', 'in', kinds)
		.orderBy('happenedAt')
		.orderBy('id')
		.execute();

/** Every piece of news about an event and its sign-ups, newest first, with how many messages went out, wait, failed. */
export const listNewsOfEvent = (db: Db, eventId: string) =>
	db
		.selectFrom('news')
		.leftJoin('outboxMessage', 'outboxMessage.newsId', 'news.id')
		.select(['news.id', 'news.kind', 'news.happenedAt', 'news.handledAt'])
		.select([
			sql<number>`count(outbox_message.sent_at)`.as('sent'),
			sql<number>`count(outbox_message.failed_at)`.as('failed'),
			sql<number>`count(outbox_message.dropped_at)`.as('dropped'),
			sql<number>`count(outbox_message.id)`.as('all'),
			sql<number | null>`min(case when outbox_message.sent_at is null and outbox_message.failed_at is null
				and outbox_message.dropped_at is null then outbox_message.due_at end)`.as('nextAt'),
		])
		.where((eb) =>
			eb.or([
				eb('news.subjectId', '=', eventId),
				eb(
					'news.subjectId',
					'in',
					eb.selectFrom('signUp').select('signUp.id').where('eventId', '=', eventId),
				),
			]),
		)
		.groupBy(['news.id', 'news.kind', 'news.happenedAt', 'news.handledAt'])
		.orderBy('news.happenedAt', 'desc')
		.orderBy('news.id', 'desc')
		.limit(50)
		.execute();

export const findNews = (db: Db, id: string) =>
	db.selectFrom('news').selectAll().where('id', '=', id).executeTakeFirst();
