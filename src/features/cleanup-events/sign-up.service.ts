import { createHmac } from 'node:crypto';
import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { ensureDeviceAlias, findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { holdGrant, holdPerson } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { foldSearch } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { parsePhone } from '#lib/phone.ts';
import type { SignUpTable } from '#db/schema.ts';
import {
	checkHeads,
	checkSignUp,
	eventScopes,
	PHONE_KEPT_MS,
	readText,
	type CleanupEvent,
	type SignUpInput,
} from './cleanup-event.ts';
import { findEvent } from './cleanup-event.repository.ts';
import { forgetDrafts } from './event-draft.repository.ts';
import { isLapsed, isOffer } from './sign-up-line.ts';
import { settleLine } from './sign-up-line.service.ts';
import {
	cancelSignUpRow,
	findEndOfLine,
	findPlaceInLine,
	findSignUp,
	findSignUpByToken,
	findSignUpOfPerson,
	forgetPhones,
	insertSignUp,
	insertSignUpChange,
	listOwnNames,
	listPhones,
	sumHeads,
	updateSignUp,
} from './sign-up.repository.ts';

/**
 * The token of the link that cancels a sign-up: 256 bits that only the device's own secret (256 random bits)
 * gives, so that a form sent twice leads to the same link and the device can show it again. Only its hash is stored.
 */
export const cancelTokenOf = (signUpId: string, deviceSecret: string): string =>
	createHmac('sha256', deviceSecret).update(`cancel-sign-up:${signUpId}`).digest('base64url');

/** The secret that the device holds; its alias is made with the first record. */
export type Device = { secret: string };

function checkOpen(event: CleanupEvent, now: number): void {
	if (event.status === 'cancelled') throw new DomainError('CONFLICT', 'eventCancelled');
	if (event.endsAt <= now) throw new DomainError('CONFLICT', 'eventOver');
}

/** How many more heads there is room for, once the line is settled. */
async function countPlaces(trx: Trx, event: CleanupEvent, now: number): Promise<number> {
	await settleLine(trx, event.id, now);
	return event.capacity === null ? Infinity : event.capacity - (await sumHeads(trx, event.id, now));
}

function refusePlaces(left: number): never {
	const key = left > 0 ? 'fewPlacesLeft' : 'eventFull';
	throw new DomainError('CONFLICT', key, { field: 'headCount', values: { count: left } });
}

/** More than ever fit would wait for nothing. */
function checkFits({ capacity }: CleanupEvent, headCount: number): void {
	if (capacity === null || headCount <= capacity) return;
	const options = { field: 'headCount', values: { count: capacity } };
	throw new DomainError('CONFLICT', 'moreThanCapacity', options);
}

type Standing = { status: 'active' | 'waiting'; waitingSince: number | null };

/** The place that somebody new gets: at once, or at the end of the line. 409 where there is neither. */
async function findStanding(
	trx: Trx,
	event: CleanupEvent,
	{ headCount, mayWait }: SignUpInput,
	now: number,
): Promise<Standing> {
	const left = await countPlaces(trx, event, now);
	if (headCount <= left) return { status: 'active', waitingSince: null };
	if (!mayWait) refusePlaces(left);
	checkFits(event, headCount);
	return { status: 'waiting', waitingSince: await findEndOfLine(trx, event.id, now) };
}

function readSignUp(raw: SignUpInput): SignUpInput & { contact: string; phoneE164: string | null } {
	const input = {
		...raw,
		name: readText(raw.name, 'name'),
		contact: raw.kind === 'unit' ? readText(raw.contact ?? '', 'contact') : '',
	};
	checkSignUp(input);
	const phoneE164 = input.phone ? parsePhone(input.phone) : null;
	if (phoneE164 === undefined)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'phoneInvalid', { field: 'phone' });
	return { ...input, phoneE164 };
}

/** The account that a sign-up belongs to: none where it is a sample and the event is not, or the other way round. */
const personOf = (actor: Actor | undefined, event: CleanupEvent): string | null =>
	actor && actor.isSample === (event.isSample === 1) ? actor.personId : null;

/** Refuses with 409 a name that the same browser or account signed up for the event before, unless it is to be a second one. */
export async function checkRepeat(
	db: Db,
	eventId: string,
	{ id, kind, name, mayRepeat = true }: SignUpInput,
	device: Device,
	actor: Actor | undefined,
): Promise<void> {
	if (mayRepeat) return;
	const personId = actor?.personId;
	const deviceAliasId = (await findDeviceAlias(db, device.secret))?.id;
	if (deviceAliasId === undefined && personId === undefined) return;
	const names = await listOwnNames(db, eventId, { kind, id }, { deviceAliasId, personId });
	const known = names.find((each) => foldSearch(each) === foldSearch(name));
	if (known !== undefined)
		throw new DomainError('CONFLICT', 'nameSignedUp', { field: 'name', values: { name: known } });
}

/**
 * Signs heads up for an event, or puts them in its line where there is no room and they asked for it; returns the token
 * of the link that leads back to it. Capacity counts heads and holds under parallel requests by the event's lock. The
 * same id with the same content from the same device changes nothing, and neither does a second one of the same person.
 * Whoever is signed in has said before that they are sixteen. 401, 404, 409 and 422 write nothing, not even the device.
 */
export async function signUp(
	db: Db,
	eventId: string,
	raw: SignUpInput,
	device: Device,
	now: number,
	actor?: Actor,
): Promise<{ id: string; token: string; slug: string }> {
	const known = await findEvent(db, eventId);
	const isOwn = known !== undefined && personOf(actor, known) !== null;
	const input = readSignUp({ ...raw, isSixteen: raw.isSixteen || isOwn });
	const { id, kind, name, headCount, contact, phoneE164 } = input;
	// Keyed, so that a name and a number that were forgotten cannot be found again by trying.
	const contentHash = createHmac('sha256', device.secret)
		.update(canonicalJson({ eventId, kind, name, headCount, phoneE164, ...(contact && { contact }) }))
		.digest('hex');
	const token = cancelTokenOf(id, device.secret);
	const cancelTokenHash = sha256Hex(token);

	const write = () =>
		inTransaction(db, async (trx) => {
			await lockRow(trx, 'cleanup_event', eventId);
			const event = await findEvent(trx, eventId);
			if (!event) throw new DomainError('NOT_FOUND', 'unknownEvent');
			const done = { id, token, slug: event.slug };
			const existing = await findSignUp(trx, id);
			if (existing) {
				// The token's hash tells the device: no other one can give the same.
				const isSame = existing.contentHash === contentHash && existing.cancelTokenHash === cancelTokenHash;
				if (!isSame) throw new DomainError('CONFLICT', 'sameIdOtherContent');
				if (existing.status === 'cancelled') throw new DomainError('CONFLICT', 'signUpCancelled');
				return done;
			}
			checkOpen(event, now);
			const personId = personOf(actor, event);
			if (personId !== null) await holdPerson(trx, personId);
			const isPersons = personId !== null && kind === 'person';
			const stands = isPersons ? await findSignUpOfPerson(trx, eventId, personId) : undefined;
			if (stands) return { ...done, id: stands.id };
			await checkRepeat(trx, eventId, input, device, personId === null ? undefined : actor);
			const standing = await findStanding(trx, event, input, now);
			// Somebody's own stays theirs where others use the same phone.
			const alias = isPersons ? undefined : await ensureDeviceAlias(trx, now, device.secret);
			await insertSignUp(trx, {
				...{ id, eventId, kind, name, headCount, contact, phoneE164, ...standing, offeredUntil: null },
				...{ cancelTokenHash, deviceAliasId: alias?.id ?? null, personId },
				...{ createdAt: now, cancelledAt: null, contentHash, isSample: event.isSample },
			});
			return done;
		});
	return retryWhenTaken(write);
}

/** What the link of a sign-up leads to. */
export async function findByCancelToken(db: Db, token: string) {
	const found = await findSignUpByToken(db, sha256Hex(token));
	const event = found && (await findEvent(db, found.eventId));
	if (!found || !event) return undefined;
	const { id, kind, name, headCount, status, offeredUntil } = found;
	return { event, id, kind, name, headCount, status, offeredUntil, place: await findPlaceInLine(db, id) };
}

/** How somebody shows that a sign-up is theirs: its link, the device that made it, or their account. */
export type Holder =
	{ token: string } | { id: string; deviceAliasId: string | undefined; personId?: string | undefined };

function isHeldBy(found: SignUpTable, by: Holder): boolean {
	if ('token' in by) return true;
	const isDevices = by.deviceAliasId !== undefined && found.deviceAliasId === by.deviceAliasId;
	return isDevices || (by.personId !== undefined && found.personId === by.personId);
}

/** Does something with a sign-up of one's own, under its event's lock. 404 where it is not. */
export async function withHeld(
	db: Db,
	by: Holder,
	work: (trx: Trx, signUp: SignUpTable, event: CleanupEvent) => Promise<void>,
): Promise<{ id: string; slug: string }> {
	return inTransaction(db, async (trx) => {
		const find = () => ('token' in by ? findSignUpByToken(trx, sha256Hex(by.token)) : findSignUp(trx, by.id));
		const known = await find();
		if (known) await lockRow(trx, 'cleanup_event', known.eventId);
		// As it stands now that nobody else may change it.
		const found = await find();
		const event = found && isHeldBy(found, by) ? await findEvent(trx, found.eventId) : undefined;
		if (!found || !event) throw new DomainError('NOT_FOUND', 'signUpNotFound');
		await work(trx, found, event);
		return { id: found.id, slug: event.slug };
	});
}

/** Cancels one's own sign-up; its places go to whoever is next. A second time changes nothing. 404 writes nothing. */
export const cancelSignUp = (db: Db, by: Holder, now: number): Promise<{ id: string; slug: string }> =>
	withHeld(db, by, async (trx, found, event) => {
		if (found.status === 'cancelled') return;
		await cancelSignUpRow(trx, found.id, now);
		await settleLine(trx, event.id, now);
	});

/** Refuses with 409 what can no longer be changed. */
export function checkStanding(found: SignUpTable, event: CleanupEvent, now: number): void {
	checkOpen(event, now);
	const hasLapsed = isLapsed(found) || (found.status === 'offered' && !isOffer(found, now));
	if (hasLapsed) throw new DomainError('CONFLICT', 'offerLapsed');
	if (found.status === 'cancelled') throw new DomainError('CONFLICT', 'signUpCancelled');
}

/**
 * Says anew how many come. Fewer make room for those who wait; more than there is room for are refused with 409 and how
 * many are left. Whoever waits keeps their place in line. 404, 409 and 422 write nothing.
 */
export const changeSignUp = (
	db: Db,
	by: Holder,
	headCount: number,
	now: number,
): Promise<{ id: string; slug: string }> =>
	withHeld(db, by, async (trx, found, event) => {
		checkStanding(found, event, now);
		checkHeads(found.kind, headCount);
		if (headCount === found.headCount) return;
		if (headCount > found.headCount) {
			// First those who waited, as with any other write.
			const left = await countPlaces(trx, event, now);
			const current = await findSignUp(trx, found.id);
			if (current?.status === 'waiting') checkFits(event, headCount);
			else if (headCount - found.headCount > left) refusePlaces(left);
		}
		await insertSignUpChange(trx, found, now);
		await updateSignUp(trx, found.id, { headCount });
		await settleLine(trx, event.id, now);
	});

/** Says yes to a place that is held. A second time changes nothing. 404, and 409 for who is not offered one, write nothing. */
export const acceptOffer = (db: Db, by: Holder, now: number): Promise<{ id: string; slug: string }> =>
	withHeld(db, by, async (trx, found, event) => {
		checkStanding(found, event, now);
		if (found.status === 'waiting') throw new DomainError('CONFLICT', 'notYourTurn');
		if (found.status === 'active') return;
		await updateSignUp(trx, found.id, { status: 'active', offeredUntil: null });
		await settleLine(trx, event.id, now);
	});

/**
 * The numbers of an event's sign-ups, by the sign-up's id, for whoever rings people up. Refuses with 401, with 403
 * whoever does not organise it, or gave no second factor.
 */
export async function readPhones(
	db: Db,
	actor: Actor | undefined,
	event: CleanupEvent,
): Promise<Map<string, string>> {
	requireActor(actor);
	requireGrant(actor, 'sign-up.call', eventScopes(event));
	requireSameKind(actor, event.isSample === 1);
	return new Map((await listPhones(db, event.id)).map(({ id, phoneE164 }) => [id, phoneE164!]));
}

/** The organiser takes a sign-up off the list, for nonsense and for those who rang to say they cannot come. */
export async function removeSignUp(
	db: Db,
	actor: Actor | undefined,
	input: { id: string },
	now: number,
): Promise<{ eventId: string }> {
	requireActor(actor);
	return inTransaction(db, async (trx) => {
		const found = await findSignUp(trx, input.id);
		const event = found && (await findEvent(trx, found.eventId));
		if (!found || !event) throw new DomainError('NOT_FOUND', 'signUpNotFound');
		const grant = requireGrant(actor, 'cleanup-event.change', eventScopes(event));
		requireSameKind(actor, event.isSample === 1);
		await lockRow(trx, 'cleanup_event', event.id);
		await holdGrant(trx, grant.id, now);
		if ((await findSignUp(trx, found.id))?.status !== 'cancelled') {
			await cancelSignUpRow(trx, found.id, now);
			await settleLine(trx, event.id, now);
			const audit = {
				action: 'sign-up.remove',
				subjectKind: 'sign_up',
				subjectId: found.id,
				roleGrantId: grant.id,
			};
			await insertAuditEvent(trx, audit, now);
		}
		return { eventId: event.id };
	});
}

/** Forgets the telephone numbers whose time is over; the process does so at its start and every day. */
export const forgetOldPhones = (db: Db, now: number): Promise<unknown> =>
	inTransaction(db, async (trx) => {
		await forgetPhones(trx, now - PHONE_KEPT_MS);
		await forgetDrafts(trx, now - PHONE_KEPT_MS);
	});
