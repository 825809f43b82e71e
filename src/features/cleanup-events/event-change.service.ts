// Postpones, moves and calls off in one act: the event, its feeds and what people are told, or nothing of it.
import type { Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { tellNews } from '#features/notifications/news.service.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { checkMeetingPlace, checkTimes, readText, type CleanupEvent, type Where } from './cleanup-event.ts';
import { findEvent, findOrganisation, updateEvent } from './cleanup-event.repository.ts';
import { auditOf, checkStands, findPlace, newsOf, requireEvent } from './cleanup-event.service.ts';
import {
	columnsOf,
	moveOffer,
	returnOffer,
	standOf,
	UNDO_MS,
	type Columns,
	type EventChange,
} from './event-change.ts';
import { findChange, insertChange, listOffers, replaceOffer, setUndone } from './event-change.repository.ts';
import { moveOffers, settleLine } from './sign-up-line.service.ts';

type Kind = EventChange['kind'];
type Change = {
	kind: Kind;
	reason: string;
	columns: Partial<Columns>;
	/** True for one of many days: the followers of a ward, a house or an organisation hear of another. */
	isNarrow?: boolean;
};
const isEnd = (kind: Kind) => kind === 'cancel' || kind === 'pause';

/** Writes one change of an event whose lock the caller holds, with what goes with it; returns its id. */
export async function changeWithin(
	trx: Trx,
	event: CleanupEvent,
	{ kind, reason, columns, isNarrow = false }: Change,
	grantId: string,
	now: number,
): Promise<string> {
	const [id, sequence] = [uuidv7(now), event.sequence + 1];
	const offers = await listOffers(trx, event.id, now);
	// No form says what stands now: the next one that is saved is a change.
	const contentHash = isEnd(kind) ? event.contentHash : sha256Hex(`${event.contentHash}:${id}`);
	const isApart = isEnd(kind) || event.seriesId === null ? event.isApart : 1;
	await updateEvent(trx, event.id, { ...columns, isApart, contentHash, sequence, updatedAt: now });
	const { startsAt } = columns;
	const moved = startsAt === undefined ? offers : offers.map((each) => moveOffer(each, startsAt, now));
	for (const [index, offer] of offers.entries()) await replaceOffer(trx, offer, moved[index]!);
	await settleLine(trx, event.id, now);
	const stands = (await findEvent(trx, event.id))!;
	await insertChange(trx, {
		...{ id, eventId: event.id, sequence, kind, reason, changedBy: grantId, changedAt: now },
		...{ stood: standOf(event, offers), stands: standOf(stands, moved), undoneBy: null, undoneAt: null },
	});
	const act = kind === 'pause' ? 'cancel' : kind;
	await insertAuditEvent(trx, auditOf(act, event.id, grantId), now);
	const news = newsOf(isEnd(kind) ? 'cancelled' : 'changed', stands, isNarrow);
	await tellNews(trx, { ...news, startsAt: Math.min(event.startsAt, stands.startsAt) }, now);
	return id;
}

/** `sequence` is the one that the form was made from. */
type Asked = { id: string; sequence: number; reason: string };

/** Runs one act on an event under its lock; nothing is written where it gives no change. */
async function act(
	db: Db,
	actor: Actor | undefined,
	asked: { id: string; reason: string },
	now: number,
	find: (trx: Trx, event: CleanupEvent, reason: string) => Promise<Omit<Change, 'reason'> | undefined>,
): Promise<void> {
	const { grant } = await requireEvent(db, actor, asked.id);
	const reason = readText(asked.reason, 'reason');
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'cleanup_event', asked.id);
		await holdGrant(trx, grant.id, now);
		const { event } = await requireEvent(trx, actor, asked.id);
		const change = await find(trx, event, reason);
		if (change) await changeWithin(trx, event, { ...change, reason }, grant.id, now);
	});
}

/** False where another form said the same already. 409 and 422 for what cannot be changed. */
function isNew(event: CleanupEvent, sequence: number, isSame: boolean, field: string, now: number): boolean {
	if (isSame && event.sequence !== sequence && event.status === 'published') return false;
	checkStands(event, now);
	if (event.sequence !== sequence) throw new DomainError('CONFLICT', 'changedMeanwhile');
	if (isSame) throw new DomainError('UNPROCESSABLE_CONTENT', 'nothingNew', { field });
	return true;
}

/**
 * Puts an event on another day or hour. Sign-ups stay; places that are held are held no later than an hour before the
 * new start. What stands already changes nothing. 401, 403, 404, 409 and 422 write nothing.
 */
export const postponeEvent = (
	db: Db,
	actor: Actor | undefined,
	asked: Asked & { startsAt: number; endsAt: number },
	now: number,
): Promise<void> =>
	act(db, actor, asked, now, async (_trx, event) => {
		const { sequence, startsAt, endsAt } = asked;
		const isSame = event.startsAt === startsAt && event.endsAt === endsAt;
		if (!isNew(event, sequence, isSame, 'date', now)) return undefined;
		checkTimes({ startsAt, endsAt }, now);
		return { kind: 'postpone', columns: { startsAt, endsAt } };
	});

/** Lets people meet elsewhere; the area that is cleaned stays. Otherwise like {@link postponeEvent}. */
export const moveEvent = (
	db: Db,
	actor: Actor | undefined,
	asked: Asked & Where,
	now: number,
): Promise<void> =>
	act(db, actor, asked, now, async (trx, event) => {
		const assemblyPoint = readText(asked.assemblyPoint, 'assemblyPoint');
		const where = { ...asked, assemblyPoint };
		checkMeetingPlace(where);
		const organisation = await findOrganisation(trx, event.organisationId);
		const columns = { assemblyPoint, ...(await findPlace(trx, where, organisation!, now)) };
		const names = ['assemblyPoint', 'greenHouseId', 'latitude', 'longitude'] as const;
		const isSame = names.every((name) => columns[name] === event[name]);
		if (!isNew(event, asked.sequence, isSame, 'assemblyPoint', now)) return undefined;
		return { kind: 'move', columns };
	});

/**
 * Calls an event off, with the reason that everybody reads. A second time changes nothing; with the sequence of a form
 * that is older than what stands it is refused with 409.
 */
export const cancelEvent = (
	db: Db,
	actor: Actor | undefined,
	asked: { id: string; reason: string; sequence?: number },
	now: number,
): Promise<void> =>
	act(db, actor, asked, now, async (_trx, event, reason) => {
		if (event.status === 'cancelled') return undefined;
		checkStands(event, now);
		if (asked.sequence !== undefined && event.sequence !== asked.sequence)
			throw new DomainError('CONFLICT', 'changedMeanwhile');
		return { kind: 'cancel', columns: calledOff(reason, now) };
	});

/** How an event stands that does not take place. Refuses with 422 where nobody says why. */
export function calledOff(reason: string, now: number): Partial<Columns> {
	if (!/\p{L}/u.test(reason))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
	return { status: 'cancelled', cancelledAt: now, cancelReason: reason };
}

/** Puts back what stood before a change. The caller holds the event's lock and has asked whether it may. */
export async function restoreWithin(
	trx: Trx,
	event: CleanupEvent,
	change: EventChange,
	grantId: string,
	now: number,
	isNarrow = false,
): Promise<void> {
	const sequence = event.sequence + 1;
	const { stood, stands } = change;
	await updateEvent(trx, event.id, { ...columnsOf(stood), sequence, updatedAt: now });
	for (const [index, offer] of stood.offers.entries()) {
		const held = stands.offers[index]!;
		// A place that became theirs stays so: they may have said yes to it since.
		if (held.status === 'offered') await replaceOffer(trx, held, returnOffer(offer, stood.startsAt, now));
	}
	await moveOffers(trx, event.id, stood.startsAt, now);
	await setUndone(trx, change.id, grantId, now);
	await settleLine(trx, event.id, now);
	await insertAuditEvent(trx, auditOf('restore', event.id, grantId), now);
	const news = newsOf('restored', { ...event, sequence }, isNarrow);
	await tellNews(trx, { ...news, startsAt: Math.min(event.startsAt, stood.startsAt) }, now);
}

/**
 * Takes a change back within the hour: time, place, state and held places as they stood; the sequence rises. A second
 * time changes nothing. Refuses with 401, 403, 404, and with 409 after the hour or when something was changed since.
 */
export async function undoChange(
	db: Db,
	actor: Actor | undefined,
	input: { eventId: string; changeId: string },
	now: number,
): Promise<void> {
	const { grant } = await requireEvent(db, actor, input.eventId);
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'cleanup_event', input.eventId);
		await holdGrant(trx, grant.id, now);
		const { event } = await requireEvent(trx, actor, input.eventId);
		const change = await findChange(trx, input.changeId);
		if (change?.eventId !== event.id) throw new DomainError('NOT_FOUND', 'unknownChange');
		if (change.undoneAt !== null) return;
		if (event.sequence !== change.sequence) throw new DomainError('CONFLICT', 'undoChanged');
		if (now > change.changedAt + UNDO_MS) throw new DomainError('CONFLICT', 'undoTooLate');
		await restoreWithin(trx, event, change, grant.id, now);
	});
}
