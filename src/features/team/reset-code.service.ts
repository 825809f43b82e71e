// Without text messages: a steward or ward officer hands somebody a code, face to face, with which they set a new password.
import { requireSignInName, readSignInName } from '#features/accounts/account.ts';
import { preparePassword, setPassword } from '#features/accounts/account.service.ts';
import { findGrant, requireAnyGrant, type Actor, type Grant, type Scope } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { deleteSecondFactors } from '#features/accounts/credential.repository.ts';
import { deleteKnownDevices } from '#features/accounts/known-device.repository.ts';
import {
	deletePassword,
	findPassword,
	findPersonByName,
	holdGrant,
} from '#features/accounts/person.repository.ts';
import { mintCode, normaliseCode } from '#features/accounts/second-factor.ts';
import { endSessions } from '#features/accounts/session.service.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { returnRate, takeRate } from '#lib/rate-limit.ts';
import { keyedHash, type Secret } from '#lib/secret.ts';
import { uuidv7 } from '#lib/uuid.ts';
import {
	findResetCode,
	insertResetCode,
	markTold,
	useResetCode,
	voidResetCodes,
} from './reset-code.repository.ts';
import { findRoleScope } from './role-scope.repository.ts';
import { listGrantsOf } from './role.repository.ts';

const CODE_MS = 24 * 3_600_000;
/** More than anybody needs in a day: a stolen account must not reset a whole ward. */
const PER_ISSUER = { limit: 20, windowMs: 24 * 3_600_000 };
const PER_PERSON = { limit: 10, windowMs: 15 * 60_000 };
const PER_ADDRESS = { limit: 100, windowMs: 15 * 60_000 };

const hashCode = (secret: Secret, personId: string, code: string) =>
	keyedHash(secret, 'reset-code', `${personId}:${normaliseCode(code)}`);

/**
 * The grant in which the actor may act on this person's sign-in: never on their own, and on somebody with roles only
 * where the actor could hand out each of these.
 */
async function requireGrantOver(
	db: Db,
	actor: Actor | undefined,
	act: 'reset-code.issue' | 'second-factor.reset',
	name: string,
	now: number,
): Promise<{ personId: string; grant: Grant }> {
	const grant = requireAnyGrant(actor, act);
	const person = await findPersonByName(db, requireSignInName(name));
	if (!person) throw new DomainError('NOT_FOUND', 'unknownPerson', { field: 'name' });
	if (person.id === actor?.personId) throw new DomainError('FORBIDDEN', 'resetOwn', { field: 'name' });
	for (const held of await listGrantsOf(db, person.id, now)) {
		const scope = await findRoleScope(db, held.scopeKind, held.scopeId, now);
		const scopes: Scope[] = scope?.scopes ?? [];
		const isSteward = (found: Grant | undefined) => found === undefined || found.role === 'steward';
		// A steward helps residents; whoever holds a role is helped by an officer or an administrator.
		if (isSteward(findGrant(actor, `role.${held.role}`, scopes)))
			throw new DomainError('FORBIDDEN', 'resetOfTeam', { field: 'name' });
	}
	return { personId: person.id, grant };
}

/**
 * Makes a code for a person who stands there; returns it to be read out once. Codes given before are void. It works
 * once, within a day, and leaves second factors as they are. Refuses with 403 for oneself and for people whose roles
 * the actor may not hand out, with 404 an unknown person.
 */
export async function issueResetCode(
	db: Db,
	secret: Secret,
	actor: Actor | undefined,
	input: { name: string },
	now: number,
): Promise<string> {
	const { personId, grant } = await requireGrantOver(db, actor, 'reset-code.issue', input.name, now);
	await takeRate(db, `reset-code:issuer:${actor!.personId}`, PER_ISSUER, now);
	const code = mintCode();
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'person', personId);
		await holdGrant(trx, grant.id);
		await voidResetCodes(trx, personId, now);
		await insertResetCode(trx, {
			...{ id: uuidv7(now), personId, codeHash: hashCode(secret, personId, code), issuedBy: grant.id },
			...{ issuedAt: now, expiresAt: now + CODE_MS, usedAt: null, toldAt: null },
		});
		const event = { action: 'reset-code.issue', subjectKind: 'person', subjectId: personId };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
	return code;
}

/**
 * Sets a new password with a code; every session and known browser of the person ends. Unknown person, wrong, used and
 * lapsed code get the same words (422); too many tries 429.
 */
export async function resetPassword(
	db: Db,
	secret: Secret,
	input: { name: string; code: string; password: string; address: string },
	now: number,
): Promise<void> {
	const name = readSignInName(input.name);
	const person = name && (await findPersonByName(db, name));
	const counted = [
		{ key: `reset:person:${person?.id ?? keyedHash(secret, 'reset', input.name)}`, rate: PER_PERSON },
		{ key: `reset:address:${input.address}`, rate: PER_ADDRESS },
	];
	for (const { key, rate } of counted) await takeRate(db, key, rate, now);
	const refuse = (): never => {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'resetCodeWrong', { field: 'code' });
	};
	const codeHash = person ? hashCode(secret, person.id, input.code) : '';
	const found = person && (await findResetCode(db, person.id, codeHash, now));
	if (!person || !found) return refuse();
	// Only with the right code: a refused password leaves it for another try.
	const password = await preparePassword(db, person.id, input.password);
	await inTransaction(db, async (trx) => {
		if (!(await useResetCode(trx, found.id, now))) refuse();
		await setPassword(trx, person.id, password, { keepSession: undefined, now });
		await deleteKnownDevices(trx, person.id);
	});
	for (const { key, rate } of counted) await returnRate(db, key, rate, now);
}

/** The person has read that their password was set with a code. */
export const acknowledgeReset = (db: Db, actor: Actor, now: number): Promise<void> =>
	inTransaction(db, (trx) => markTold(trx, actor.personId, now));

/**
 * Takes a person's second factors away because all are lost, and ends their sessions. A password too short to stand
 * alone goes with them: a reset code brings a new one. Refuses like {@link issueResetCode}.
 */
export async function resetSecondFactor(
	db: Db,
	actor: Actor | undefined,
	input: { name: string },
	now: number,
): Promise<void> {
	const { personId, grant } = await requireGrantOver(db, actor, 'second-factor.reset', input.name, now);
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'person', personId);
		await holdGrant(trx, grant.id);
		await deleteSecondFactors(trx, personId);
		if ((await findPassword(trx, personId))?.isLong === 0) await deletePassword(trx, personId);
		await endSessions(trx, personId);
		const event = { action: 'second-factor.reset', subjectKind: 'person', subjectId: personId };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
}
