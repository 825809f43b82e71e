import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import type { SignUpTable } from '#db/schema.ts';

export const findSignUp = (db: Db, id: string) =>
	db.selectFrom('signUp').selectAll().where('id', '=', id).executeTakeFirst();

export const findSignUpByToken = (db: Db, cancelTokenHash: string) =>
	db.selectFrom('signUp').selectAll().where('cancelTokenHash', '=', cancelTokenHash).executeTakeFirst();

/** The person's own living sign-up for an event. */
export const findSignUpOfPerson = (db: Db, eventId: string, personId: string) =>
	db
		.selectFrom('signUp')
		.selectAll()
		.where('eventId', '=', eventId)
		.where('personId', '=', personId)
		.where('kind', '=', 'person')
		.where('status', '<>', 'cancelled')
		.executeTakeFirst();

/** The names that somebody signed up for an event and that hold, but for one sign-up's. */
export async function listOwnNames(
	db: Db,
	eventId: string,
	{ kind, id }: Pick<SignUpTable, 'kind' | 'id'>,
	viewer: Viewer,
): Promise<string[]> {
	const rows = await selectOwn(db, viewer)
		.where('signUp.eventId', '=', eventId)
		.where('signUp.kind', '=', kind)
		.where('signUp.id', '<>', id)
		.where('signUp.status', '<>', 'cancelled')
		.execute();
	return rows.map(({ name }) => name);
}

/** How many wait before this one, and itself. */
const placeInLine = sql<number>`(select count(*) from sign_up as other where other.event_id = sign_up.event_id
	and other.status = 'waiting' and other.waiting_since <= sign_up.waiting_since)`.as('place');

/** Who looks: from this device, or signed in. */
export type Viewer = { deviceAliasId: string | undefined; personId: string | undefined };

const selectOwn = (db: Db, { deviceAliasId, personId }: Viewer) =>
	db
		.selectFrom('signUp')
		.select(['signUp.id', 'signUp.name', 'signUp.headCount', 'signUp.kind', 'signUp.status'])
		.select(['signUp.offeredUntil', 'signUp.cancelTokenHash', placeInLine])
		.where((eb) =>
			eb.or([
				...(deviceAliasId === undefined ? [] : [eb('signUp.deviceAliasId', '=', deviceAliasId)]),
				...(personId === undefined ? [] : [eb('signUp.personId', '=', personId)]),
			]),
		)
		.orderBy('signUp.createdAt')
		.orderBy('signUp.id');

/** Somebody's sign-ups for an event that still hold, and those whose offer lapsed. */
export const listOwnSignUps = (db: Db, eventId: string, viewer: Viewer) =>
	selectOwn(db, viewer)
		.where('signUp.eventId', '=', eventId)
		.where((eb) => eb.or([eb('status', '<>', 'cancelled'), eb('offeredUntil', 'is not', null)]))
		.execute();
export type OwnSignUp = Awaited<ReturnType<typeof listOwnSignUps>>[number];

/** Somebody's sign-ups for the days of a series. */
export const listOwnOfSeries = (db: Db, seriesId: string, viewer: Viewer) =>
	selectOwn(db, viewer)
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'signUp.eventId')
		.select('signUp.eventId')
		.where('cleanupEvent.seriesId', '=', seriesId)
		.where('signUp.status', '<>', 'cancelled')
		.execute();

/** What somebody is signed up for that is not over, soonest first. */
export async function listComingSignUps(db: Db, viewer: Viewer, now: number) {
	const rows = await selectOwn(db, viewer)
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'signUp.eventId')
		.select(['cleanupEvent.slug', 'cleanupEvent.title', 'cleanupEvent.startsAt'])
		.select('cleanupEvent.status as eventStatus')
		.where('cleanupEvent.endsAt', '>', now)
		.where('signUp.status', '<>', 'cancelled')
		.limit(50)
		.execute();
	return rows.sort((a, b) => a.startsAt - b.startsAt);
}

/** Heads that take a place: those who are signed up, and those for whom one is held. */
export async function sumHeads(trx: Trx, eventId: string, now: number): Promise<number> {
	const row = await trx
		.selectFrom('signUp')
		.select(sql<number>`coalesce(sum(head_count), 0)`.as('heads'))
		.where('eventId', '=', eventId)
		.where((eb) =>
			eb.or([
				eb('status', '=', 'active'),
				eb.and([eb('status', '=', 'offered'), eb('offeredUntil', '>', now)]),
			]),
		)
		.executeTakeFirstOrThrow();
	return row.heads;
}

/** Those who wait, first come first. */
export const listLine = (trx: Trx, eventId: string) =>
	trx
		.selectFrom('signUp')
		.select(['id', 'headCount'])
		.where('eventId', '=', eventId)
		.where('status', '=', 'waiting')
		.orderBy('waitingSince')
		.orderBy('id')
		.execute();

/** The end of an event's line: after everybody who ever stood in it. */
export async function findEndOfLine(trx: Trx, eventId: string, now: number): Promise<number> {
	const row = await trx
		.selectFrom('signUp')
		.select((eb) => eb.fn.max('waitingSince').as('last'))
		.where('eventId', '=', eventId)
		.executeTakeFirst();
	return Math.max(now, (row?.last ?? 0) + 1);
}

/** Where somebody who waits stands in line, from 1 on. */
export async function findPlaceInLine(db: Db, id: string): Promise<number> {
	const row = await db.selectFrom('signUp').select(placeInLine).where('id', '=', id).executeTakeFirst();
	return row?.place ?? 0;
}

/** Events to come in which somebody waits or is offered a place. */
export async function listEventsWithLine(db: Db, now: number): Promise<string[]> {
	const rows = await db
		.selectFrom('signUp')
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'signUp.eventId')
		.select('signUp.eventId')
		.distinct()
		.where('signUp.status', 'in', ['waiting', 'offered'])
		.where('cleanupEvent.endsAt', '>', now)
		.where('cleanupEvent.status', '=', 'published')
		.execute();
	return rows.map(({ eventId }) => eventId);
}

export const insertSignUp = (trx: Trx, row: SignUpTable) => trx.insertInto('signUp').values(row).execute();

/** Changes a sign-up that holds; false where it ended meanwhile, and nothing is written. */
export async function updateSignUp(trx: Trx, id: string, changes: Partial<SignUpTable>): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('signUp')
		.set(changes)
		.where('id', '=', id)
		.where('status', '<>', 'cancelled')
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

/** Keeps how many a sign-up says before that is changed. */
export const insertSignUpChange = (
	trx: Trx,
	{ id: signUpId, headCount, isSample }: SignUpTable,
	changedAt: number,
) =>
	trx
		.insertInto('signUpChange')
		.values({ id: uuidv7(changedAt), signUpId, headCount, changedAt, isSample })
		.execute();

/** What an event's sign-ups said before, oldest first. */
export const listSignUpChanges = (db: Db, eventId: string) =>
	db
		.selectFrom('signUpChange')
		.innerJoin('signUp', 'signUp.id', 'signUpChange.signUpId')
		.select(['signUpChange.signUpId', 'signUpChange.headCount', 'signUpChange.changedAt'])
		.where('signUp.eventId', '=', eventId)
		.orderBy('signUpChange.changedAt')
		.orderBy('signUpChange.id')
		.execute();

/** What is forgotten of a sign-up that has ended. */
const FORGOTTEN = { name: '', contact: '', phoneE164: null };

/** Ends a sign-up; who it was is forgotten, how many heads it held stays. What they were to bring is asked for again. */
export async function cancelSignUpRow(trx: Trx, id: string, now: number): Promise<void> {
	await trx.deleteFrom('pledge').where('signUpId', '=', id).execute();
	await trx
		.updateTable('signUp')
		.set({ status: 'cancelled', cancelledAt: now, offeredUntil: null, ...FORGOTTEN })
		.where('id', '=', id)
		.where('status', '<>', 'cancelled')
		.execute();
}

/** Ends the offers that nobody took up in time. */
export const lapseOffers = (trx: Trx, eventId: string, now: number) =>
	trx
		.updateTable('signUp')
		.set({ status: 'cancelled', cancelledAt: now, ...FORGOTTEN })
		.where('eventId', '=', eventId)
		.where('status', '=', 'offered')
		.where('offeredUntil', '<=', now)
		.execute();

/** Forgets the telephone numbers of events that ended before this instant, and whose they were: of who came and of who led. */
export async function forgetPhones(trx: Trx, endedBefore: number): Promise<void> {
	await trx
		.updateTable('signUp')
		.set({ phoneE164: null, contact: '' })
		.where((eb) => eb.or([eb('phoneE164', 'is not', null), eb('contact', '<>', '')]))
		.where('eventId', 'in', (eb) =>
			eb.selectFrom('cleanupEvent').select('id').where('endsAt', '<', endedBefore),
		)
		.execute();
	await trx
		.updateTable('cleanupEvent')
		.set({ leadPhoneE164: null, isLeadPhonePublic: 0 })
		.where('leadPhoneE164', 'is not', null)
		.where('endsAt', '<', endedBefore)
		.execute();
}

/** Everybody who is signed up, is offered a place or waits, in that order, without a number; for the event's organiser alone. */
export async function listSignUps(db: Db, eventId: string) {
	const rows = await db
		.selectFrom('signUp')
		.select([
			'id',
			'kind',
			'name',
			'headCount',
			'createdAt',
			'status',
			'offeredUntil',
			'contact',
			placeInLine,
		])
		.select((eb) => eb.case().when('phoneE164', 'is not', null).then(1).else(0).end().as('hasPhone'))
		.where('eventId', '=', eventId)
		.where('status', '<>', 'cancelled')
		.orderBy('waitingSince')
		.orderBy('createdAt')
		.orderBy('id')
		.execute();
	const byTime = rows
		.filter(({ status }) => status === 'active')
		.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
	const having = (status: 'offered' | 'waiting') => rows.filter((each) => each.status === status);
	return [...byTime, ...having('offered'), ...having('waiting')];
}

/** The numbers of those who are signed up and gave one. */
export const listPhones = (db: Db, eventId: string) =>
	db
		.selectFrom('signUp')
		.select(['id', 'phoneE164'])
		.where('eventId', '=', eventId)
		.where('status', '<>', 'cancelled')
		.where('phoneE164', 'is not', null)
		.execute();

/** The units that signed up by their name, as the public sees them; those whose name was erased are left out. */
export const listUnits = (db: Db, eventId: string): Promise<{ name: string; headCount: number }[]> =>
	db
		.selectFrom('signUp')
		.select(['name', 'headCount'])
		.where('eventId', '=', eventId)
		.where('status', '=', 'active')
		.where('kind', '=', 'unit')
		.where('name', '<>', '')
		.orderBy('createdAt')
		.orderBy('id')
		.execute();
