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

export type Audience = {
	/** Whoever hears of the whole of an act on many days. */
	wide: Told[];
	/** Whoever hears of this alone: they signed up for it, follow it, or what a day that was set apart has to do with. */
	own: Told[];
	startsAt?: number | undefined;
};

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
		if (!house) return { wide: [], own: [] };
		const scopes = [
			{ kind: 'house' as const, id: house.id },
			{ kind: 'ward' as const, id: house.adminUnitId },
			...(house.stewardOrganisationId
				? [{ kind: 'organisation' as const, id: house.stewardOrganisationId }]
				: []),
		];
		return { wide: [], own: await listRoleHolders(db, 'steward', scopes, kind) };
	}
	const signUp = newsKind === 'sign-up.offered' ? await findSignUpOf(db, subjectId) : undefined;
	const event = await findEventFacts(db, signUp?.eventId ?? subjectId);
	if (!event) return { wide: [], own: [] };
	if (signUp) return { wide: [], own: await listHolders(db, signUp, kind), startsAt: event.startsAt };
	if (newsKind === 'report.overdue') {
		const scopes = [{ kind: 'organisation' as const, id: event.organisationId }];
		return { wide: [], own: await listRoleHolders(db, 'organiser', scopes, kind) };
	}
	const [targets, former] = [await listTargets(db, event), await listFormerTargets(db, event.id)];
	// Whoever follows the place that it was moved away from may be on their way there.
	const places = [...targets.filter((each) => each.kind !== 'event'), ...former];
	const isNarrow = isNarrowKey(news.dedupeKey);
	// The whole tells the places of its first day; a day that was set apart may be elsewhere, or have been.
	const hasPlaces = !isNarrow || event.isApart === 1;
	const byPlace = hasPlaces ? await listFollowers(db, places, kind) : [];
	if (newsKind === 'event.announced') return { wide: byPlace, own: [] };
	const near = hasPlaces ? [...byPlace, ...(await listTold(db, event.id, kind))] : [];
	const own = await listFollowers(db, [{ kind: 'event', id: event.id }], kind);
	own.push(...(await listSignedUp(db, event.id, kind)));
	const { startsAt } = event;
	return isNarrow ? { wide: [], own: [...own, ...near], startsAt } : { wide: near, own, startsAt };
}

/** A mail address or browser once, also where somebody follows by it with and without an account, or several things. */
export function onePerAddress(told: Told[]): Told[] {
	const found = new Map<string, Told>();
	for (const each of told.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
		const key = `${each.channel}:${each.address}`;
		const first = found.get(key) ?? each;
		found.set(key, { ...first, personId: first.personId ?? each.personId });
	}
	return [...found.values()];
}
