// Who is told of a piece of news, and by which of their ways.
import type { Db } from '#lib/db.ts';
import type { NewsTable } from '#db/schema.ts';
import {
	findEventFacts,
	findHouse,
	findSignUpOf,
	listFollowers,
	listFormerTargets,
	listHolders,
	listRoleHolders,
	listSignedUp,
	listTargets,
	listTold,
	type Kind,
	type Told,
} from './audience.repository.ts';
import { KIND_OF_NEWS } from './follow.ts';
import { isNarrowKey, type NewsKind } from './news.ts';

export type Audience = { told: Told[]; startsAt?: number | undefined };

/**
 * Who is to be told of a piece of news, as things stand; a message that waited asks again.
 * @param asked `to` asks of one address alone
 */
export async function findAudience(
	db: Db,
	news: NewsTable,
	{ now, to }: { now: number; to?: Kind['to'] },
): Promise<Audience> {
	const { subjectId, isSample } = news;
	const newsKind = news.kind as NewsKind;
	const kind = { kind: KIND_OF_NEWS[newsKind], isSample, now, to };
	if (newsKind === 'house.full') {
		const house = await findHouse(db, subjectId);
		if (!house) return { told: [] };
		const scopes = [
			{ kind: 'house' as const, id: house.id },
			{ kind: 'ward' as const, id: house.adminUnitId },
			...(house.stewardOrganisationId
				? [{ kind: 'organisation' as const, id: house.stewardOrganisationId }]
				: []),
		];
		return { told: await listRoleHolders(db, 'steward', scopes, kind) };
	}
	const signUp = newsKind === 'sign-up.offered' ? await findSignUpOf(db, subjectId) : undefined;
	const event = await findEventFacts(db, signUp?.eventId ?? subjectId);
	if (!event) return { told: [] };
	if (signUp) return { told: await listHolders(db, signUp, kind), startsAt: event.startsAt };
	if (newsKind === 'report.overdue') {
		const scopes = [{ kind: 'organisation' as const, id: event.organisationId }];
		return { told: await listRoleHolders(db, 'organiser', scopes, kind) };
	}
	const targets = await listTargets(db, event);
	const isNarrow = isNarrowKey(news.dedupeKey);
	// Whoever follows the place that it was moved away from may be on their way there.
	const followed = isNarrow
		? targets.filter((each) => each.kind === 'event')
		: [...targets, ...(await listFormerTargets(db, event.id))];
	if (newsKind === 'event.announced') return { told: await listFollowers(db, followed, kind) };
	const told = [
		...(await listFollowers(db, followed, kind)),
		...(isNarrow ? [] : await listTold(db, event.id, kind)),
		...(await listSignedUp(db, event.id, kind)),
	];
	return { told, startsAt: event.startsAt };
}

/** A mail address or browser once, also where somebody follows by it with and without an account, or several things. */
export const onePerAddress = (told: Told[]): Told[] => [
	...new Map(
		told.toSorted((a, b) => (a.id < b.id ? 1 : -1)).map((each) => [`${each.channel}:${each.address}`, each]),
	).values(),
];
