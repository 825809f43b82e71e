// Without text messages: a steward or ward officer hands somebody a code, face to face, with which they set a new password.
import { requireSignInName, readSignInName } from '#features/accounts/account.ts';
import { preparePassword, setPassword } from '#features/accounts/account.service.ts';
import {
	findGrant,
	PERMISSIONS,
	requireAnyGrant,
	requireSameKind,
	type Actor,
	type Grant,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { deleteSecondFactors, voidResetCodes } from '#features/accounts/credential.repository.ts';
import {
	deleteKnownDevices,
	knowDevice,
	type DeviceSecrets,
} from '#features/accounts/known-device.repository.ts';
import {
	deletePassword,
	findPassword,
	findPersonByName,
	holdGrant,
	holdPerson,
} from '#features/accounts/person.repository.ts';
import { codeOf, normaliseCode } from '#features/accounts/second-factor.ts';
import { endSessions } from '#features/accounts/session.service.ts';
import { inTransaction, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { returnVisit, takeRate, takeVisit, type Visitor } from '#lib/rate-limit.ts';
import { keyedHash, type Secret } from '#lib/secret.ts';
import { findIssuedCode, findResetCode, insertResetCode, useResetCode } from './reset-code.repository.ts';
import { findRoleScope } from './role-scope.repository.ts';
import { listGrantsOf } from './role.repository.ts';

const CODE_MS = 24 * 3_600_000;
/** More than anybody needs in a day: a stolen account must not reset a whole ward. */
const PER_ISSUER = { limit: 20, windowMs: 24 * 3_600_000 };
/** Codes that are none, from one browser. */
const PER_BROWSER = { limit: 100, windowMs: 15 * 60_000 };

const hashCode = (secret: Secret, personId: string, code: string) =>
	keyedHash(secret, 'reset-code', `${personId}:${normaliseCode(code)}`);

type ResetAct = 'reset-code.issue' | 'second-factor.reset';

/** The person whose sign-in is to be helped: never the actor. The limit is counted before the look-up. */
async function findHelped(db: Db, actor: Actor | undefined, act: ResetAct, name: string, now: number) {
	requireAnyGrant(actor, act);
	await takeRate(db, `${act}:${actor!.personId}`, PER_ISSUER, now);
	const person = await findPersonByName(db, requireSignInName(name));
	if (!person) throw new DomainError('NOT_FOUND', 'unknownPerson', { field: 'name' });
	if (person.id === actor!.personId) throw new DomainError('FORBIDDEN', 'resetOwn', { field: 'name' });
	requireSameKind(actor!, person.isSample === 1, 'name');
	return person;
}

/**
 * Keeps the person and the grant that carries this until the transaction ends: any of the act's over a resident; over
 * somebody with roles one of an officer or administrator who could hand out each of them.
 */
async function holdGrantOver(
	trx: Trx,
	actor: Actor,
	act: ResetAct,
	personId: string,
	now: number,
): Promise<Grant> {
	await holdPerson(trx, personId);
	const roles = await Promise.all(
		(await listGrantsOf(trx, personId, now)).map(async (held) => ({
			act: `role.${held.role}` as const,
			scopes: (await findRoleScope(trx, held.scopeKind, held.scopeId, now))?.scopes ?? [],
		})),
	);
	const grant = actor.grants.find(
		(each) =>
			PERMISSIONS[act].roles.includes(each.role) &&
			(roles.length === 0 ||
				(each.role !== 'steward' &&
					roles.every((role) => findGrant({ ...actor, grants: [each] }, role.act, role.scopes)))),
	);
	if (!grant) throw new DomainError('FORBIDDEN', 'resetOfTeam', { field: 'name' });
	await holdGrant(trx, grant.id, now);
	return grant;
}

/** A code for whom, and until when. */
export type IssuedCode = { code: string; displayName: string; expiresAt: number };

/**
 * The code of a form that is sent once more: only this server can tell it from the form's id. Undefined for a new form;
 * refuses with 409 one that stands for somebody else's, and a code that is over.
 */
async function findSameAgain(
	db: Db,
	actor: Actor,
	input: { id: string; name: string },
	code: string,
	now: number,
): Promise<IssuedCode | undefined> {
	const issued = await findIssuedCode(db, input.id);
	if (!issued) return undefined;
	const name = readSignInName(input.name);
	const person = name && (await findPersonByName(db, name));
	if (issued.issuerId !== actor.personId || person?.id !== issued.personId)
		throw new DomainError('CONFLICT', 'sameIdOtherContent');
	if (issued.usedAt !== null || issued.expiresAt <= now) throw new DomainError('CONFLICT', 'resetCodeOver');
	return { code, displayName: person.displayName, expiresAt: issued.expiresAt };
}

/**
 * Makes a code for a person who stands there, to be read out once. Codes given before are void. It works once, within a
 * day, and leaves second factors as they are. The same id again gives the same code. Refuses with 403 for oneself and
 * for people whose roles the actor may not hand out, with 404 an unknown person, with 409 an id of something else.
 */
export async function issueResetCode(
	db: Db,
	secret: Secret,
	actor: Actor | undefined,
	input: { id: string; name: string },
	now: number,
): Promise<IssuedCode> {
	requireAnyGrant(actor, 'reset-code.issue');
	const { id, name } = input;
	const code = codeOf(keyedHash(secret, 'reset-code-of-form', `${actor!.personId}:${id}`));
	return retryWhenTaken(async () => {
		const again = await findSameAgain(db, actor!, input, code, now);
		if (again) return again;
		const { id: personId, displayName } = await findHelped(db, actor, 'reset-code.issue', name, now);
		const expiresAt = now + CODE_MS;
		await inTransaction(db, async (trx) => {
			const grant = await holdGrantOver(trx, actor!, 'reset-code.issue', personId, now);
			await voidResetCodes(trx, personId, now);
			await insertResetCode(trx, {
				...{ id, personId, codeHash: hashCode(secret, personId, code), issuedBy: grant.id },
				...{ issuedAt: now, expiresAt, usedAt: null },
			});
			const event = { action: 'reset-code.issue', subjectKind: 'person', subjectId: personId };
			await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
		});
		return { code, displayName, expiresAt };
	});
}

/**
 * Sets a new password with a code; every session and known browser of the person ends, but the one in which the code is
 * used: whoever guesses at their password does not keep them from using the new one. Unknown person, wrong, used and
 * lapsed code get the same words (422); too many tries 429.
 */
export async function resetPassword(
	db: Db,
	secret: Secret,
	input: { name: string; code: string; password: string; visitor: Visitor; secrets: DeviceSecrets },
	now: number,
): Promise<void> {
	const name = readSignInName(input.name);
	const person = name && (await findPersonByName(db, name));
	// Not per person: a code has 58 random bits, and a stranger's tries must not keep the person from theirs.
	await takeVisit(db, 'reset', input.visitor, PER_BROWSER, now);
	const refuse = (): never => {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'resetCodeWrong', { field: 'code' });
	};
	// Looked up for an unknown name too: the answer takes as long.
	const id = person?.id ?? '';
	const found = await findResetCode(db, id, hashCode(secret, id, input.code), now);
	if (!person || !found) return refuse();
	// Only with the right code: a refused password leaves it for another try.
	const password = await preparePassword(db, person.id, input.password);
	await inTransaction(db, async (trx) => {
		await holdPerson(trx, person.id);
		if (!(await useResetCode(trx, found.id, now))) refuse();
		// Whoever holds the code uses it, signed in as nobody.
		const event = { action: 'reset-code.use', subjectKind: 'person', subjectId: person.id };
		await insertAuditEvent(trx, event, now);
		await setPassword(trx, person.id, password, { keepSession: undefined, now });
		await deleteKnownDevices(trx, person.id);
		// A code leaves the second factor: guessing at that gets no tries of its own.
		await knowDevice(trx, person.id, input.secrets, { passwordOnly: 1, now });
	});
	await returnVisit(db, 'reset', input.visitor, PER_BROWSER, now);
}

/**
 * Takes a person's second factors away because all are lost, ends their sessions and forgets their browsers. A password too short to stand
 * alone goes with them: a reset code brings a new one. Gives back whose they were. Refuses like {@link issueResetCode}.
 */
export async function resetSecondFactor(
	db: Db,
	actor: Actor | undefined,
	input: { name: string },
	now: number,
): Promise<string> {
	const { id: personId } = await findHelped(db, actor, 'second-factor.reset', input.name, now);
	await inTransaction(db, async (trx) => {
		const grant = await holdGrantOver(trx, actor!, 'second-factor.reset', personId, now);
		await deleteSecondFactors(trx, personId);
		if ((await findPassword(trx, personId))?.isLong === 0) await deletePassword(trx, personId);
		await endSessions(trx, personId);
		await deleteKnownDevices(trx, personId);
		const event = { action: 'second-factor.reset', subjectKind: 'person', subjectId: personId };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
	return personId;
}
