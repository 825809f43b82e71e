import { sql } from 'kysely';
import type { NewsTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import { NARROW } from './news.ts';

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

/** The earliest start of an event that news still to be told of it says is no more, from an instant on. */
export const findUntoldStart = async (db: Db, subjectId: string, from: number): Promise<number | null> => {
	const { startsAt } = await db
		.selectFrom('news')
		.select(({ fn }) => fn.min<number | null>('news.startsAt').as('startsAt'))
		.where('subjectId', '=', subjectId)
		.where('news.startsAt', '>', from)
		.where(({ eb, or, exists, selectFrom }) =>
			or([
				eb('handledAt', 'is', null),
				exists(
					selectFrom('outboxMessage')
						.select('outboxMessage.id')
						.whereRef('outboxMessage.newsId', '=', 'news.id')
						.where('sentAt', 'is', null)
						.where('failedAt', 'is', null)
						.where('droppedAt', 'is', null),
				),
			]),
		)
		.executeTakeFirstOrThrow();
	return startsAt === null ? null : Number(startsAt);
};

/** All that was said of some things in some kinds, as it happened. */
export const listSaid = (db: Db, subjectIds: string[], kinds: string[]) =>
	db
		.selectFrom('news')
		.select(['id', 'kind', 'dedupeKey', 'subjectId', 'happenedAt'])
		.where('subjectId', 'in', subjectIds)
		.where('kind', 'in', kinds)
		.orderBy('happenedAt')
		.orderBy('id')
		.execute();

const selectDays = (db: Db) =>
	db
		.selectFrom('news')
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'news.subjectId')
		.select(['news.id as newsId', 'cleanupEvent.id', 'cleanupEvent.startsAt', 'endsAt', 'status'])
		.orderBy('cleanupEvent.startsAt')
		.orderBy('cleanupEvent.id');

/** The days of a series that one act changed, of which a piece of news tells; the day of its own without a series. */
export const listDaysOf = (
	db: Db,
	{ id, kind, happenedAt }: Pick<NewsTable, 'id' | 'kind' | 'happenedAt'>,
	seriesId: string | null,
) => {
	const query = selectDays(db);
	if (seriesId === null) return query.where('news.id', '=', id).execute();
	return query
		.where('cleanupEvent.seriesId', '=', seriesId)
		.where('news.kind', '=', kind)
		.where('news.happenedAt', '=', happenedAt)
		.execute();
};

/** The piece that tells of an act on many days as a whole, beside one that tells of a single day of it. */
export const listWhole = (
	db: Db,
	{ kind, happenedAt }: Pick<NewsTable, 'kind' | 'happenedAt'>,
	seriesId: string,
) =>
	selectDays(db)
		.where('cleanupEvent.seriesId', '=', seriesId)
		.where('news.kind', '=', kind)
		.where('news.happenedAt', '=', happenedAt)
		.where('news.dedupeKey', 'not like', `%${NARROW}`)
		.execute();

/** Whether nobody has found out yet who is to be told of some day of a series that one act changed. */
export const hasUnhandledDay = async (
	db: Db,
	{ kind, happenedAt }: Pick<NewsTable, 'kind' | 'happenedAt'>,
	seriesId: string,
): Promise<boolean> =>
	(await selectDays(db)
		.where('cleanupEvent.seriesId', '=', seriesId)
		.where('news.kind', '=', kind)
		.where('news.happenedAt', '=', happenedAt)
		.where('news.handledAt', 'is', null)
		.executeTakeFirst()) !== undefined;

/** The days of a series that were announced together, those called off left out. */
export const listAnnouncedDays = (db: Db, seriesId: string, announcedAt: number) =>
	db
		.selectFrom('cleanupEvent')
		.select(['id', 'startsAt'])
		.where('seriesId', '=', seriesId)
		.where('createdAt', '=', announcedAt)
		.where('status', '=', 'published')
		.orderBy('startsAt')
		.execute();

/** The pieces that announced an event, by itself or together with other days of its series. */
export const listAnnouncements = (
	db: Db,
	{ id, seriesId, createdAt }: { id: string; seriesId: string | null; createdAt: number },
) =>
	db
		.selectFrom('news')
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'news.subjectId')
		.select(['news.id', 'news.subjectId'])
		.where('news.kind', '=', 'event.announced')
		.where((eb) =>
			eb.or([
				eb('news.subjectId', '=', id),
				...(seriesId === null
					? []
					: [
							eb.and([
								eb('cleanupEvent.seriesId', '=', seriesId),
								eb('cleanupEvent.createdAt', '=', createdAt),
							]),
						]),
			]),
		)
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
