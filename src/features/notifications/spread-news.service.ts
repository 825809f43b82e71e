// Finds out who is to be told of what happened, and writes a message for each of them; the process does so.
import { areSamplesRetired } from '#lib/samples.ts';
import { inTransaction, type Db, type Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { NewsTable } from '#db/schema.ts';
import {
	findEventFacts,
	findHouse,
	findSignUpOf,
	listFollowers,
	listFormerTargets,
	listHolders,
	listOpenAlerts,
	listRoleHolders,
	listSignedUp,
	listTargets,
	listTold,
	type Told,
} from './audience.repository.ts';
import { KIND_OF_NEWS } from './follow.ts';
import { listUnhandled, takeNews } from './news.repository.ts';
import { tellNews } from './news.service.ts';
import { isNarrowKey, type NewsKind } from './news.ts';
import { insertMessages } from './outbox-message.repository.ts';
import { dueAt } from './quiet-hours.ts';

type Audience = { told: Told[]; startsAt?: number | undefined };

async function findAudience(trx: Trx, news: NewsTable, now: number): Promise<Audience> {
	const { subjectId, isSample } = news;
	const newsKind = news.kind as NewsKind;
	const kind = { kind: KIND_OF_NEWS[newsKind], isSample };
	if (newsKind === 'house.full') {
		const house = await findHouse(trx, subjectId);
		if (!house) return { told: [] };
		const scopes = [
			{ kind: 'house' as const, id: house.id },
			{ kind: 'ward' as const, id: house.adminUnitId },
			...(house.stewardOrganisationId
				? [{ kind: 'organisation' as const, id: house.stewardOrganisationId }]
				: []),
		];
		return { told: await listRoleHolders(trx, 'steward', scopes, kind, now) };
	}
	const signUp = newsKind === 'sign-up.offered' ? await findSignUpOf(trx, subjectId) : undefined;
	const event = await findEventFacts(trx, signUp?.eventId ?? subjectId);
	if (!event) return { told: [] };
	if (signUp) return { told: await listHolders(trx, signUp, kind), startsAt: event.startsAt };
	if (newsKind === 'report.overdue') {
		const scopes = [{ kind: 'organisation' as const, id: event.organisationId }];
		return { told: await listRoleHolders(trx, 'organiser', scopes, kind, now) };
	}
	const targets = await listTargets(trx, event);
	if (newsKind === 'event.announced') return { told: await listFollowers(trx, targets, kind) };
	const isNarrow = isNarrowKey(news.dedupeKey);
	// Whoever follows the place that it was moved away from may be on their way there.
	const followed = isNarrow
		? targets.filter((each) => each.kind === 'event')
		: [...targets, ...(await listFormerTargets(trx, event.id))];
	const told = [
		...(await listFollowers(trx, followed, kind)),
		...(isNarrow ? [] : await listTold(trx, event.id, kind)),
		...(await listSignedUp(trx, event.id, kind)),
	];
	return { told, startsAt: event.startsAt };
}

/** A mail address or browser once, also where somebody follows by it with and without an account, or several things. */
const onePerAddress = (told: Told[]): Told[] => [
	...new Map(
		told.toSorted((a, b) => (a.id < b.id ? 1 : -1)).map((each) => [`${each.channel}:${each.address}`, each]),
	).values(),
];

async function spread(trx: Trx, news: NewsTable, now: number): Promise<void> {
	if (!(await takeNews(trx, news.id, now))) return;
	if (news.isSample === 1 && (await areSamplesRetired(trx))) return;
	const { told, startsAt } = await findAudience(trx, news, now);
	const messages = onePerAddress(told).map(({ id: recipientId, channel }) => ({
		...{ id: uuidv7(now), dedupeKey: `${news.id}:${recipientId}`, newsId: news.id, recipientId, channel },
		...{ address: null, content: null, dueAt: dueAt(now, startsAt), createdAt: now },
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
