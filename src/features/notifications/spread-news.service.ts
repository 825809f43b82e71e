// Finds out who is to be told of what happened, and writes a message for each of them; the process does so.
import { areSamplesRetired } from '#lib/samples.ts';
import { inTransaction, type Db, type Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { NewsTable } from '#db/schema.ts';
import { listOpenAlerts } from './audience.repository.ts';
import { findAudience, onePerAddress } from './audience.service.ts';
import { listUnhandled, takeNews } from './news.repository.ts';
import { tellNews } from './news.service.ts';
import { isNarrowKey } from './news.ts';
import { insertMessages } from './outbox-message.repository.ts';
import { dueAt, pressingStart } from './quiet-hours.ts';

/** News of one day of many waits for that of the others: whoever hears of several is told once. */
const DAY_AFTER_ALL_MS = 60_000;

async function spread(trx: Trx, news: NewsTable, now: number): Promise<void> {
	if (!(await takeNews(trx, news.id, now))) return;
	if (news.isSample === 1 && (await areSamplesRetired(trx))) return;
	const { wide, own, startsAt } = await findAudience(trx, news, { now });
	const wait = isNarrowKey(news.dedupeKey) ? DAY_AFTER_ALL_MS : 0;
	const due = dueAt(now, pressingStart(now, news, startsAt)) + wait;
	const messages = onePerAddress([...wide, ...own]).map(({ id: recipientId, personId, channel }) => ({
		...{ id: uuidv7(now), dedupeKey: `${news.id}:${recipientId}`, newsId: news.id, recipientId, personId },
		...{ channel, address: null, content: null, dueAt: due, createdAt: now },
	}));
	await insertMessages(trx, messages);
}

/** Houses that were found full since; the house's own feature knows nothing of messages. */
async function tellFullHouses(db: Db, now: number): Promise<void> {
	const alerts = await listOpenAlerts(db);
	if (alerts.length === 0) return;
	await inTransaction(db, async (trx) => {
		for (const { id, greenHouseId, isSample } of alerts)
			await tellNews(trx, { kind: 'house.full', subjectId: greenHouseId, version: id, isSample }, now);
	});
}

const BATCH = 100;

/**
 * Every piece that nobody has looked at yet, each in a transaction with its messages: either both stand or neither, and
 * several processes may look. One that fails is left for the next time, and holds up no other.
 */
export async function spreadNews(db: Db, now: number): Promise<void> {
	await tellFullHouses(db, now);
	const failed = new Set<string>();
	for (;;) {
		const found = await listUnhandled(db, BATCH + failed.size);
		const batch = found.filter(({ id }) => !failed.has(id));
		for (const news of batch)
			await inTransaction(db, (trx) => spread(trx, news, now)).catch((error: unknown) => {
				failed.add(news.id);
				// eslint-disable-next-line no-console -- the log of the process, as in src/server/jobs.ts
				console.error(`the news ${news.id} could not be spread`, error);
			});
		if (batch.length < BATCH) return;
	}
}
