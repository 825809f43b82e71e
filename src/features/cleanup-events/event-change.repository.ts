import type { Db, Trx } from '#lib/db.ts';
import type { EventChangeTable } from '#db/schema.ts';
import type { EventChange, Offer, Stand } from './event-change.ts';

const read = ({ stood, stands, ...row }: EventChangeTable): EventChange => ({
	...row,
	stood: JSON.parse(stood) as Stand,
	stands: JSON.parse(stands) as Stand,
});

/** What was changed about an event, the last first. */
export async function listChanges(db: Db, eventId: string): Promise<EventChange[]> {
	const rows = await db
		.selectFrom('eventChange')
		.selectAll()
		.where('eventId', '=', eventId)
		.orderBy('sequence', 'desc')
		.execute();
	return rows.map(read);
}

/** When each of these events was to begin at first that begins at another instant now. */
export async function findFirstStarts(db: Db, eventIds: string[]): Promise<Map<string, number>> {
	if (eventIds.length === 0) return new Map();
	const rows = await db
		.selectFrom('eventChange')
		.innerJoin('cleanupEvent', 'cleanupEvent.id', 'eventChange.eventId')
		.selectAll('eventChange')
		.select('cleanupEvent.startsAt as startsNow')
		.where('eventId', 'in', eventIds)
		.where('kind', '=', 'postpone')
		.where('undoneAt', 'is', null)
		.orderBy('eventChange.sequence', 'desc')
		.execute();
	const firstStarts = new Map<string, number>();
	for (const { startsNow, ...row } of rows) {
		const { startsAt } = read(row).stood;
		if (startsAt === startsNow) firstStarts.delete(row.eventId);
		else firstStarts.set(row.eventId, startsAt);
	}
	return firstStarts;
}

export async function findChange(db: Db, id: string): Promise<EventChange | undefined> {
	const row = await db.selectFrom('eventChange').selectAll().where('id', '=', id).executeTakeFirst();
	return row && read(row);
}

export const insertChange = (trx: Trx, { stood, stands, ...row }: EventChange) =>
	trx
		.insertInto('eventChange')
		.values({ ...row, stood: JSON.stringify(stood), stands: JSON.stringify(stands) })
		.execute();

export const setUndone = (trx: Trx, id: string, undoneBy: string, undoneAt: number) =>
	trx.updateTable('eventChange').set({ undoneBy, undoneAt }).where('id', '=', id).execute();

/** The places that are held. */
export const listOffers = (trx: Trx, eventId: string, now: number): Promise<Offer[]> =>
	trx
		.selectFrom('signUp')
		.select(['id', 'status', 'offeredUntil'])
		.where('eventId', '=', eventId)
		.where('status', '=', 'offered')
		.where('offeredUntil', '>', now)
		.orderBy('id')
		.execute();

/** Puts a held place as it is to be, unless its holder has done something with it since. */
export async function replaceOffer(trx: Trx, from: Offer, to: Offer): Promise<void> {
	await trx
		.updateTable('signUp')
		.set({ status: to.status, offeredUntil: to.offeredUntil })
		.where('id', '=', from.id)
		.where('status', '=', from.status)
		.where('offeredUntil', 'is not distinct from', from.offeredUntil)
		.execute();
}
