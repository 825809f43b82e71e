import type { Db, Trx } from '#lib/db.ts';
import { areSamplesRetired } from '#lib/samples.ts';
import type { EventDraftTable } from '#db/schema.ts';

/** Not found once the samples are retired and it is one. */
export async function findDraft(db: Db, id: string): Promise<EventDraftTable | undefined> {
	const draft = await db.selectFrom('eventDraft').selectAll().where('id', '=', id).executeTakeFirst();
	return draft?.isSample === 1 && (await areSamplesRetired(db)) ? undefined : draft;
}

/** The drafts of these organisations, the one that was written last first. */
export async function listDrafts(db: Db, organisationIds: string[] | 'all'): Promise<EventDraftTable[]> {
	if (organisationIds.length === 0) return [];
	let query = db.selectFrom('eventDraft').selectAll();
	if (organisationIds !== 'all') query = query.where('organisationId', 'in', organisationIds);
	if (await areSamplesRetired(db)) query = query.where('isSample', '=', 0);
	return query.orderBy('updatedAt', 'desc').orderBy('id').limit(100).execute();
}

export async function countDrafts(db: Db, organisationId: string): Promise<number> {
	const row = await db
		.selectFrom('eventDraft')
		.select((eb) => eb.fn.countAll<number>().as('count'))
		.where('organisationId', '=', organisationId)
		.executeTakeFirstOrThrow();
	return row.count;
}

export const insertDraft = (trx: Trx, row: EventDraftTable) =>
	trx.insertInto('eventDraft').values(row).execute();

export const updateDraft = (trx: Trx, id: string, changes: Partial<EventDraftTable>) =>
	trx.updateTable('eventDraft').set(changes).where('id', '=', id).execute();

export const deleteDraftRow = (trx: Trx, id: string) =>
	trx.deleteFrom('eventDraft').where('id', '=', id).execute();

/** Forgets drafts that nobody has written on since: they may hold a telephone number. */
export const forgetDrafts = (trx: Trx, until: number) =>
	trx.deleteFrom('eventDraft').where('updatedAt', '<', until).execute();
