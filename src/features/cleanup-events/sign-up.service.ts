import { createHmac } from 'node:crypto';
import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { parsePhone } from '#lib/phone.ts';
import {
	checkSignUp,
	eventScopes,
	PHONE_KEPT_MS,
	placesLeft,
	readText,
	type CleanupEvent,
	type SignUpInput,
} from './cleanup-event.ts';
import { findEvent } from './cleanup-event.repository.ts';
import { forgetDrafts } from './event-draft.repository.ts';
import {
	cancelSignUpRow,
	findSignUp,
	findSignUpByToken,
	forgetPhones,
	insertSignUp,
	listPhones,
} from './sign-up.repository.ts';

/**
 * The token of the link that cancels a sign-up: 256 bits that only the device's own secret (256 random bits)
 * gives, so that a form sent twice leads to the same link and the device can show it again. Only its hash is stored.
 */
export const cancelTokenOf = (signUpId: string, deviceSecret: string): string =>
	createHmac('sha256', deviceSecret).update(`cancel-sign-up:${signUpId}`).digest('base64url');

/** The secret that the device holds; its alias is made with the first record. */
export type Device = { secret: string };

function checkPlaces(event: CleanupEvent, headCount: number, now: number): void {
	if (event.status === 'cancelled') throw new DomainError('CONFLICT', 'eventCancelled');
	if (event.endsAt <= now) throw new DomainError('CONFLICT', 'eventOver');
	const left = placesLeft(event);
	if (left === null || headCount <= left) return;
	const key = left > 0 ? 'fewPlacesLeft' : 'eventFull';
	throw new DomainError('CONFLICT', key, { field: 'headCount', values: { count: left } });
}

/**
 * Signs heads up for an event; returns the token of the link that cancels it.
 * Capacity counts heads and holds under parallel requests by the event's lock. The same id with the same
 * content from the same device changes nothing. 404, 409 and 422 write nothing, not even the device.
 */
export async function signUp(
	db: Db,
	eventId: string,
	raw: SignUpInput,
	device: Device,
	now: number,
): Promise<{ token: string; slug: string }> {
	const input = { ...raw, name: readText(raw.name, 'name') };
	checkSignUp(input);
	const phoneE164 = input.phone ? parsePhone(input.phone) : null;
	if (phoneE164 === undefined)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'phoneInvalid', { field: 'phone' });
	const { id, kind, name, headCount } = input;
	// Keyed, so that a name and a number that were forgotten cannot be found again by trying.
	const contentHash = createHmac('sha256', device.secret)
		.update(canonicalJson({ eventId, kind, name, headCount, phoneE164 }))
		.digest('hex');
	const token = cancelTokenOf(id, device.secret);
	const cancelTokenHash = sha256Hex(token);

	const write = () =>
		inTransaction(db, async (trx) => {
			await lockRow(trx, 'cleanup_event', eventId);
			const event = await findEvent(trx, eventId);
			if (!event) throw new DomainError('NOT_FOUND', 'unknownEvent');
			const existing = await findSignUp(trx, id);
			if (existing) {
				// The token's hash tells the device: no other one can give the same.
				const isSame = existing.contentHash === contentHash && existing.cancelTokenHash === cancelTokenHash;
				if (!isSame) throw new DomainError('CONFLICT', 'sameIdOtherContent');
				if (existing.status === 'cancelled') throw new DomainError('CONFLICT', 'signUpCancelled');
				return { token, slug: event.slug };
			}
			checkPlaces(event, headCount, now);
			const alias = await ensureDeviceAlias(trx, now, device.secret);
			await insertSignUp(trx, {
				id,
				eventId,
				kind,
				name,
				headCount,
				phoneE164,
				status: 'active',
				cancelTokenHash,
				deviceAliasId: alias.id,
				personId: null,
				createdAt: now,
				cancelledAt: null,
				contentHash,
				isSample: event.isSample,
			});
			return { token, slug: event.slug };
		});
	return retryWhenTaken(write);
}

/** What a cancel link names, for the page that asks before it cancels. */
export async function findByCancelToken(db: Db, token: string) {
	const found = await findSignUpByToken(db, sha256Hex(token));
	const event = found && (await findEvent(db, found.eventId));
	return found && event
		? { event, name: found.name, headCount: found.headCount, isActive: found.status === 'active' }
		: undefined;
}

/** Cancels by the link's token, or from the device that signed up. A second time changes nothing. 404 writes nothing. */
export async function cancelSignUp(
	db: Db,
	by: { token: string } | { id: string; deviceAliasId: string | undefined },
	now: number,
): Promise<{ slug: string }> {
	return inTransaction(db, async (trx) => {
		const found =
			'token' in by ? await findSignUpByToken(trx, sha256Hex(by.token)) : await findSignUp(trx, by.id);
		const isForeign =
			'id' in by && (by.deviceAliasId === undefined || found?.deviceAliasId !== by.deviceAliasId);
		const event = found && !isForeign ? await findEvent(trx, found.eventId) : undefined;
		if (!found || !event) throw new DomainError('NOT_FOUND', 'signUpNotFound');
		await lockRow(trx, 'cleanup_event', event.id);
		await cancelSignUpRow(trx, found.id, now);
		return { slug: event.slug };
	});
}

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
		if ((await findSignUp(trx, found.id))?.status === 'active') {
			await cancelSignUpRow(trx, found.id, now);
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
