import type { Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { insertNews } from './news.repository.ts';
import { newsKey, type News } from './news.ts';

/**
 * Writes down what people are to be told of, in the transaction of what happened: either both stand or neither. The
 * same piece a second time changes nothing. Authorized by the service that calls it.
 */
export async function tellNews(trx: Trx, news: News, now: number): Promise<void> {
	const { kind, subjectId, isSample } = news;
	await insertNews(trx, {
		...{ id: uuidv7(now), dedupeKey: newsKey(news), kind, subjectId, isSample },
		...{ happenedAt: now, handledAt: null },
	});
}
