import type { Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { findUntoldStart, insertNews } from './news.repository.ts';
import { newsKey, type News } from './news.ts';

/**
 * Writes down what people are to be told of, in the transaction of what happened: either both stand or neither. The
 * same piece a second time changes nothing. Authorized by the service that calls it.
 */
export async function tellNews(trx: Trx, news: News, now: number): Promise<void> {
	const { kind, subjectId, isSample, startsAt: start } = news;
	// Who has not heard of the change before this one still believes in what stood before both.
	const untold = start === undefined ? null : await findUntoldStart(trx, subjectId, now);
	const startsAt = start === undefined ? null : Math.min(start, untold ?? start);
	await insertNews(trx, {
		...{ id: uuidv7(now), dedupeKey: newsKey(news), kind, subjectId, isSample },
		...{ happenedAt: now, handledAt: null, startsAt },
	});
}
