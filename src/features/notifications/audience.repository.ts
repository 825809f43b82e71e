// Who is told of a piece of news: followers of what it is about, and those whom it concerns by their own sign-up or role.
import { sql, type ExpressionBuilder } from 'kysely';
import type { Scope } from '#features/accounts/actor.ts';
import { SESSION_MS } from '#features/accounts/session-cookie.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import type { Database, RoleGrantTable } from '#db/schema.ts';
import { readKinds, type FollowKind, type Target, type TargetKind } from './follow.ts';

export type Told = { id: string; channel: 'email' | 'push'; address: string; personId: string | null };
export type Kind = {
	kind: FollowKind;
	isSample: 0 | 1;
	now: number;
	/** Asks of one mail address or browser alone. */
	to?: Pick<Told, 'channel' | 'address'> | undefined;
};

/** Nothing of these says who somebody is, or where they will be: a browser goes on being told of them. */
const IMPERSONAL: TargetKind[] = ['ward', 'organisation', 'house'];

/**
 * What is followed. Others use the browser after its person has signed out: of the rest an account's browser is told
 * only while the session stands in which it asked.
 */
function selectFollows(db: Db, { isSample, now, to }: Kind, open: TargetKind[] = IMPERSONAL) {
	const query = db
		.selectFrom('follow')
		.innerJoin('recipient', 'recipient.id', 'follow.recipientId')
		.select(['recipient.id', 'recipient.channel', 'recipient.address', 'follow.kinds'])
		.select(['recipient.personId', 'recipient.deviceAliasId', 'follow.targetKind', 'follow.targetId'])
		.where('recipient.isSample', '=', isSample)
		.where((eb) =>
			eb.or([
				eb('recipient.channel', '=', 'email'),
				eb('recipient.personId', 'is', null),
				...(open.length === 0 ? [] : [eb('follow.targetKind', 'in', open)]),
				eb.exists(
					eb
						.selectFrom('session')
						.select('session.id')
						.whereRef('session.id', '=', 'recipient.sessionId')
						.whereRef('session.personId', '=', 'recipient.personId')
						.where('session.expiresAt', '>', now)
						.where('session.createdAt', '>', now - SESSION_MS),
				),
			]),
		);
	return to === undefined
		? query
		: query.where('recipient.channel', '=', to.channel).where('recipient.address', '=', to.address);
}
const isTarget = (eb: ExpressionBuilder<Database, 'follow'>, { kind, id }: Target) =>
	eb.and([eb('targetKind', '=', kind), eb('targetId', '=', id)]);
const ofKind = <T extends { kinds: string }>(rows: T[], kind: FollowKind): T[] =>
	rows.filter(({ kinds }) => readKinds(kinds).includes(kind));

/** Whoever follows one of these. */
export async function listFollowers(db: Db, targets: Target[], kind: Kind): Promise<Told[]> {
	const rows = await selectFollows(db, kind)
		.where((eb) => eb.or(targets.map((target) => isTarget(eb, target))))
		.execute();
	return ofKind(rows, kind.kind);
}

/** People, by whatever they are told of their own by. */
async function listOwn(db: Db, personIds: string[], kind: Kind): Promise<Told[]> {
	if (personIds.length === 0) return [];
	const rows = await selectFollows(db, kind)
		.where('targetKind', '=', 'own')
		.where('recipient.personId', 'in', personIds)
		.execute();
	return ofKind(rows, kind.kind);
}

const idsOf = (rows: { personId: string | null }[]) => [
	...new Set(rows.flatMap(({ personId }) => (personId === null ? [] : [personId]))),
];

/** Whoever has signed up for an event with an account, or waits for a place. */
export async function listSignedUp(db: Db, eventId: string, kind: Kind): Promise<Told[]> {
	const rows = await db
		.selectFrom('signUp')
		.select('personId')
		.where('eventId', '=', eventId)
		.where('status', '<>', 'cancelled')
		.where('personId', 'is not', null)
		.execute();
	return listOwn(db, idsOf(rows), kind);
}

/** Sign-ups of an event that stand and whose makers hear of its changes by no way, as they were made. */
export async function listUnreached(db: Db, event: EventRow, kind: Omit<Kind, 'kind'>) {
	const signUps = await db
		.selectFrom('signUp')
		.select(['id', 'name', 'headCount', 'personId', 'deviceAliasId'])
		.where('eventId', '=', event.id)
		.where('status', '<>', 'cancelled')
		.orderBy('createdAt')
		.orderBy('id')
		.execute();
	const targets = await listTargets(db, event);
	const rows = await selectFollows(db, { ...kind, kind: 'change' })
		.where((eb) => {
			const made = eb.selectFrom('signUp').where('eventId', '=', event.id).where('status', '<>', 'cancelled');
			return eb.or([
				eb('recipient.personId', 'in', made.select('signUp.personId')),
				eb('recipient.deviceAliasId', 'in', made.select('signUp.deviceAliasId')),
			]);
		})
		.where((eb) => eb.or([eb('targetKind', '=', 'own'), ...targets.map((each) => isTarget(eb, each))]))
		.execute();
	const follows = ofKind(rows, 'change');
	const [people, devices] = [
		new Set(follows.map((each) => each.personId)),
		new Set(follows.flatMap((each) => (each.targetKind === 'own' ? [] : [each.deviceAliasId]))),
	];
	return signUps.filter(
		({ personId, deviceAliasId }) =>
			(personId === null || !people.has(personId)) && (deviceAliasId === null || !devices.has(deviceAliasId)),
	);
}

/** Whose sign-up it is: the account that made it, or what in the same household follows its event. */
export async function listHolders(
	db: Db,
	signUp: { eventId: string; personId: string | null; deviceAliasId: string | null },
	kind: Kind,
): Promise<Told[]> {
	const own = await listOwn(db, idsOf([signUp]), kind);
	if (signUp.deviceAliasId === null) return own;
	const rows = await selectFollows(db, kind)
		.where('targetKind', '=', 'event')
		.where('targetId', '=', signUp.eventId)
		.where('recipient.deviceAliasId', '=', signUp.deviceAliasId)
		.execute();
	return [...own, ...ofKind(rows, kind.kind)];
}

/** Whoever holds a role in one of these scopes today. */
export async function listRoleHolders(
	db: Db,
	role: RoleGrantTable['role'],
	scopes: Scope[],
	kind: Kind,
): Promise<Told[]> {
	const today = toLocalDate(kind.now);
	const rows = await db
		.selectFrom('roleGrant')
		.select('personId')
		.where('role', '=', role)
		.where('isSample', '=', kind.isSample)
		.where('endedAt', 'is', null)
		.where('validFrom', '<=', today)
		.where((eb) => eb.or([eb('validTo', 'is', null), eb('validTo', '>=', today)]))
		.where((eb) =>
			eb.or(scopes.map((each) => eb.and([eb('scopeKind', '=', each.kind), eb('scopeId', '=', each.id)]))),
		)
		.execute();
	return listOwn(db, idsOf(rows), kind);
}

/** An event as a message tells of it. */
export const findEventFacts = (db: Db, id: string) =>
	db
		.selectFrom('cleanupEvent')
		.leftJoin('greenHouse', 'greenHouse.id', 'cleanupEvent.greenHouseId')
		.leftJoin('adminUnit', 'adminUnit.id', 'cleanupEvent.adminUnitId')
		.select(['cleanupEvent.id', 'slug', 'title', 'cleanupEvent.status', 'startsAt', 'endsAt'])
		.select([
			'assemblyPoint',
			'cancelReason',
			'organisationId',
			'cleanupEvent.greenHouseId',
			'seriesId',
			'isApart',
		])
		.select('cleanupEvent.createdAt')
		.select(['cleanupEvent.adminUnitId', 'greenHouse.nameVi as houseName'])
		.select(['adminUnit.nameVi as wardNameVi', 'adminUnit.nameEn as wardNameEn'])
		.where('cleanupEvent.id', '=', id)
		.executeTakeFirst();
export type EventRow = NonNullable<Awaited<ReturnType<typeof findEventFacts>>>;

type Place = { greenHouseId: string | null; adminUnitId: string | null };
const targetsOf = ({ greenHouseId, adminUnitId }: Place): Target[] => [
	...(greenHouseId === null ? [] : [{ kind: 'house' as const, id: greenHouseId }]),
	...(adminUnitId === null ? [] : [{ kind: 'ward' as const, id: adminUnitId }]),
];

/** Where an event was to be before it was moved, or while it was. */
export async function listFormerTargets(db: Db, eventId: string): Promise<Target[]> {
	const changes = await db
		.selectFrom('eventChange')
		.select(['stood', 'stands'])
		.where('eventId', '=', eventId)
		.execute();
	return changes.flatMap(({ stood, stands }) =>
		[stood, stands].flatMap((each) => targetsOf(JSON.parse(each) as Place)),
	);
}

/** Whoever was told of an event before, and still follows something for its changes: an edit keeps no former place. */
export async function listTold(db: Db, eventId: string, kind: Kind): Promise<Told[]> {
	// What they were told of may have been their own; an event that they follow says nothing of others.
	const rows = await selectFollows(db, kind, [])
		.where('targetKind', 'not in', ['own', 'event'])
		.where((eb) =>
			eb(
				'recipient.id',
				'in',
				eb
					.selectFrom('outboxMessage')
					.innerJoin('news', 'news.id', 'outboxMessage.newsId')
					.select('outboxMessage.recipientId')
					.where('news.subjectId', '=', eventId)
					.where('outboxMessage.recipientId', 'is not', null)
					.where('outboxMessage.sentAt', 'is not', null),
			),
		)
		.execute();
	return ofKind(rows, kind.kind);
}

/** What of an event people may follow: itself, its house, its ward, and whoever calls to it. */
export async function listTargets(db: Db, event: EventRow): Promise<Target[]> {
	const partners = await db
		.selectFrom('eventOrganisation')
		.select('organisationId')
		.where('eventId', '=', event.id)
		.execute();
	return [
		{ kind: 'event', id: event.id },
		...targetsOf(event),
		...[event, ...partners].map(({ organisationId: id }) => ({ kind: 'organisation' as const, id })),
	];
}

export const findSignUpOf = (db: Db, id: string) =>
	db
		.selectFrom('signUp')
		.select(['eventId', 'personId', 'deviceAliasId', 'status', 'offeredUntil'])
		.where('id', '=', id)
		.executeTakeFirst();

export const hasReport = async (db: Db, eventId: string): Promise<boolean> =>
	(await db
		.selectFrom('eventReport')
		.select('eventId')
		.where('eventId', '=', eventId)
		.limit(1)
		.executeTakeFirst()) !== undefined;

/** Houses that several people found full, and nobody has said otherwise since. */
export const listOpenAlerts = (db: Db) =>
	db
		.selectFrom('houseAlert')
		.innerJoin('greenHouse', 'greenHouse.id', 'houseAlert.greenHouseId')
		.select(['houseAlert.id', 'houseAlert.greenHouseId', 'houseAlert.isSample'])
		.where('houseAlert.endedAt', 'is', null)
		.where('greenHouse.status', '=', 'active')
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('news')
						.select('news.id')
						.where('news.kind', '=', 'house.full')
						.whereRef(
							'news.dedupeKey',
							'=',
							sql<string>`'house.full:' || house_alert.green_house_id || ':' || house_alert.id`,
						),
				),
			),
		)
		.execute();

export const findHouse = (db: Db, id: string) =>
	db
		.selectFrom('greenHouse')
		.select(['id', 'code', 'nameVi', 'adminUnitId', 'stewardOrganisationId'])
		.where('id', '=', id)
		.executeTakeFirst();

export const isHouseFull = async (db: Db, greenHouseId: string): Promise<boolean> =>
	(await db
		.selectFrom('houseAlert')
		.select('id')
		.where('greenHouseId', '=', greenHouseId)
		.where('endedAt', 'is', null)
		.executeTakeFirst()) !== undefined;
