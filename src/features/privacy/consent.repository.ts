import type { ConsentTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

export const insertConsent = (trx: Trx, consent: ConsentTable) =>
	trx.insertInto('consent').values(consent).execute();

export const findLiveConsent = (db: Db, personId: string, purpose: ConsentTable['purpose']) =>
	db
		.selectFrom('consent')
		.selectAll()
		.where('personId', '=', personId)
		.where('purpose', '=', purpose)
		.where('withdrawnAt', 'is', null)
		.executeTakeFirst();

/** Every consent that a person gave, also those that were withdrawn, newest first. */
export const listConsents = (db: Db, personId: string) =>
	db
		.selectFrom('consent')
		.selectAll()
		.where('personId', '=', personId)
		.orderBy('givenAt', 'desc')
		.orderBy('id')
		.execute();

/** Ends what a person has agreed to for this purpose; what they agreed to for another one stays. */
export const withdrawConsent = (trx: Trx, personId: string, purpose: ConsentTable['purpose'], now: number) =>
	trx
		.updateTable('consent')
		.set({ withdrawnAt: now })
		.where('personId', '=', personId)
		.where('purpose', '=', purpose)
		.where('withdrawnAt', 'is', null)
		.execute();

/** Ends everything that a person has agreed to. */
export const withdrawEveryConsent = (trx: Trx, personId: string, now: number) =>
	trx
		.updateTable('consent')
		.set({ withdrawnAt: now })
		.where('personId', '=', personId)
		.where('withdrawnAt', 'is', null)
		.execute();

/** The household aliases that are linked to a person. */
export const listAliases = (db: Db, personId: string) =>
	db.selectFrom('deviceAlias').select(['id', 'createdAt']).where('personId', '=', personId).execute();

/** True for an alias that is linked to an account, whoever's. */
export const isAliasLinked = async (db: Db, aliasId: string): Promise<boolean> =>
	(
		await db
			.selectFrom('deviceAlias')
			.select('id')
			.where('id', '=', aliasId)
			.where('personId', 'is not', null)
			.execute()
	).length > 0;

/** Links an alias that nobody has linked; false when somebody else has. */
export async function linkAlias(trx: Trx, aliasId: string, personId: string): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('deviceAlias')
		.set({ personId })
		.where('id', '=', aliasId)
		.where((eb) => eb.or([eb('personId', 'is', null), eb('personId', '=', personId)]))
		.executeTakeFirst();
	return Number(numUpdatedRows) === 1;
}

export const unlinkAliases = (trx: Trx, personId: string) =>
	trx.updateTable('deviceAlias').set({ personId: null }).where('personId', '=', personId).execute();
