import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import type { SignUpTable } from '#db/schema.ts';

export const findSignUp = (db: Db, id: string) =>
	db.selectFrom('signUp').selectAll().where('id', '=', id).executeTakeFirst();

export const findSignUpByToken = (db: Db, cancelTokenHash: string) =>
	db.selectFrom('signUp').selectAll().where('cancelTokenHash', '=', cancelTokenHash).executeTakeFirst();

/** This device's sign-ups for an event that still hold. */
export const listSignUpsOfDevice = (db: Db, eventId: string, deviceAliasId: string) =>
	db
		.selectFrom('signUp')
		.select(['id', 'name', 'headCount', 'kind', 'cancelTokenHash'])
		.where('eventId', '=', eventId)
		.where('deviceAliasId', '=', deviceAliasId)
		.where('status', '=', 'active')
		.orderBy('createdAt')
		.orderBy('id')
		.execute();

export async function sumHeads(trx: Trx, eventId: string): Promise<number> {
	const row = await trx
		.selectFrom('signUp')
		.select(sql<number>`coalesce(sum(head_count), 0)`.as('heads'))
		.where('eventId', '=', eventId)
		.where('status', '=', 'active')
		.executeTakeFirstOrThrow();
	return row.heads;
}

export const insertSignUp = (trx: Trx, row: SignUpTable) => trx.insertInto('signUp').values(row).execute();

/** Ends a sign-up; who it was is forgotten, how many heads it held stays. */
export const cancelSignUpRow = (trx: Trx, id: string, now: number) =>
	trx
		.updateTable('signUp')
		.set({ status: 'cancelled', cancelledAt: now, name: '', phoneE164: null })
		.where('id', '=', id)
		.where('status', '=', 'active')
		.execute();

/** Forgets the telephone numbers of events that ended before this instant: those of who came and of who led. */
export async function forgetPhones(trx: Trx, endedBefore: number): Promise<void> {
	await trx
		.updateTable('signUp')
		.set({ phoneE164: null })
		.where('phoneE164', 'is not', null)
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

/** Everybody who is signed up, without a number; for the event's organiser alone. */
export const listSignUps = (db: Db, eventId: string) =>
	db
		.selectFrom('signUp')
		.select(['id', 'kind', 'name', 'headCount', 'createdAt'])
		.select((eb) => eb.case().when('phoneE164', 'is not', null).then(1).else(0).end().as('hasPhone'))
		.where('eventId', '=', eventId)
		.where('status', '=', 'active')
		.orderBy('createdAt')
		.orderBy('id')
		.execute();

/** The numbers of those who are signed up and gave one. */
export const listPhones = (db: Db, eventId: string) =>
	db
		.selectFrom('signUp')
		.select(['id', 'phoneE164'])
		.where('eventId', '=', eventId)
		.where('status', '=', 'active')
		.where('phoneE164', 'is not', null)
		.execute();

/** What the public sees: units by name, and how many heads in all. */
export const listUnits = (db: Db, eventId: string) =>
	db
		.selectFrom('signUp')
		.select(['name', 'headCount'])
		.where('eventId', '=', eventId)
		.where('status', '=', 'active')
		.where('kind', '=', 'unit')
		.orderBy('createdAt')
		.orderBy('id')
		.execute();
