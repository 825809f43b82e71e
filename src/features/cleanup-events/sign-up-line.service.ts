// Who gets the places that become free. Called within every write that holds the event's lock, and by the process.
import { tellNews } from '#features/notifications/news.service.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { isOpenForSignUp, type CleanupEvent } from './cleanup-event.ts';
import { findEvent } from './cleanup-event.repository.ts';
import { moveOffer } from './event-change.ts';
import { listOffers, replaceOffer } from './event-change.repository.ts';
import { offerUntil, takeFromLine } from './sign-up-line.ts';
import { lapseOffers, listEventsWithLine, listLine, sumHeads, updateSignUp } from './sign-up.repository.ts';

/**
 * Gives somebody of the line a place: held until they say yes, or theirs at once where nothing is short or no time is
 * left to ask. The only place where this happens.
 */
async function offerPlaces(
	trx: Trx,
	event: CleanupEvent,
	signUp: { id: string },
	now: number,
): Promise<void> {
	const until = event.capacity === null ? undefined : offerUntil(event.startsAt, now);
	const isGiven = await updateSignUp(
		trx,
		signUp.id,
		until === undefined ? { status: 'active' } : { status: 'offered', offeredUntil: until },
	);
	if (!isGiven) return;
	const news = { kind: 'sign-up.offered', subjectId: signUp.id, version: now } as const;
	await tellNews(trx, { ...news, isSample: event.isSample }, now);
}

/** Holds every place that is offered now no longer than the start leaves. The caller holds the event's lock. */
export async function moveOffers(trx: Trx, eventId: string, startsAt: number, now: number): Promise<void> {
	for (const offer of await listOffers(trx, eventId, now))
		await replaceOffer(trx, offer, moveOffer(offer, startsAt, now));
}

/** Ends offers whose time is over and gives what is free to those who wait. The caller holds the event's lock. */
export async function settleLine(trx: Trx, eventId: string, now: number): Promise<void> {
	const event = await findEvent(trx, eventId);
	if (!event || !isOpenForSignUp(event, now)) return;
	await lapseOffers(trx, eventId, now);
	const line = await listLine(trx, eventId);
	if (line.length === 0) return;
	const free = event.capacity === null ? Infinity : event.capacity - (await sumHeads(trx, eventId, now));
	for (const next of takeFromLine(line, free)) await offerPlaces(trx, event, next, now);
}

/** Settles every line that there is; several processes may do so at once, and a second time changes nothing. */
export async function settleLines(db: Db, now: number): Promise<void> {
	for (const eventId of await listEventsWithLine(db, now)) {
		await inTransaction(db, async (trx) => {
			await lockRow(trx, 'cleanup_event', eventId);
			await settleLine(trx, eventId, now);
		});
	}
}
