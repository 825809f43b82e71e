import { isUniqueViolation, inTransaction, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { requireDisplayName, requireSignInName, type SignInName } from './account.ts';
import { requireActor, type Actor, type Role, type ScopeKind } from './actor.ts';
import { insertAuditEvent } from './audit.repository.ts';
import {
	deleteUnconfirmedTotp,
	hasSecondFactor,
	voidResetCodes,
	type Proof,
} from './credential.repository.ts';
import { checkPassword, hashPassword, verifyPassword } from './password.ts';
import {
	findPassword,
	findPerson,
	holdPerson,
	insertPerson,
	insertRoleGrant,
	updatePerson,
	upsertPassword,
} from './person.repository.ts';
import { endSessions, holdSession } from './session.service.ts';

const CHANGES = { limit: 20, windowMs: 3_600_000 };

const columnsOf = (name: SignInName) => ({ phoneE164: null, email: null, ...name });

/** A number or address that somebody else signs in with is refused with 409, also when two ask at once. */
const orTaken = (
	error: unknown,
	key: 'signInNameTaken' | 'signInNameOfAnother' = 'signInNameTaken',
): never => {
	throw isUniqueViolation(error) ? new DomainError('CONFLICT', key, { field: 'name' }) : error;
};

export type NewAccount = {
	displayName: string;
	/** A phone number or an e-mail address. */
	name: string;
	password: string;
	locale: 'vi' | 'en';
};

/** Makes a person; `then` writes in the same transaction what the account is made for. */
async function createPerson(
	db: Db,
	account: NewAccount,
	now: number,
	then: (trx: Trx, personId: string) => Promise<void>,
): Promise<string> {
	const displayName = requireDisplayName(account.displayName);
	const name = requireSignInName(account.name);
	const own = [displayName, ...Object.values(name)];
	const { isLong } = checkPassword(account.password, { withSecondFactor: false, own });
	const hash = await hashPassword(account.password);
	return inTransaction(db, async (trx) => {
		const row = { displayName, ...columnsOf(name), locale: account.locale, isSample: 0 as const };
		const personId = await insertPerson(trx, row, now);
		await upsertPassword(trx, personId, { hash, isLong }, now);
		await then(trx, personId);
		return personId;
	}).catch((error: unknown) => orTaken(error));
}

/**
 * A resident makes an account. Nobody under 16 has one (a declared box, no birth date). Refuses with 422, and with
 * 409 a number or address in use.
 */
export async function signUpAccount(
	db: Db,
	account: NewAccount & { isSixteen: boolean },
	now: number,
	then: (trx: Trx, personId: string) => Promise<void>,
): Promise<string> {
	if (!account.isSixteen)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'sixteenMissing', { field: 'isSixteen' });
	return createPerson(db, account, now, async (trx, personId) => {
		const event = { action: 'account.create', subjectKind: 'person', subjectId: personId, personId };
		await insertAuditEvent(trx, event, now);
		await then(trx, personId);
	});
}

/**
 * Makes a person with one role, from the operator's command line. Refuses a name in use with 409.
 * @param hold keeps the role's place as it is until the role is written
 */
export async function createAccount(
	db: Db,
	account: Omit<NewAccount, 'locale'> & { role: Role; scopeKind: ScopeKind; scopeId: string | null },
	now: number,
	hold: (trx: Trx) => Promise<void> = async () => {},
): Promise<string> {
	const { role, scopeKind, scopeId } = account;
	return createPerson(db, { ...account, locale: 'vi' }, now, async (trx, personId) => {
		await hold(trx);
		const grant = { personId, role, scopeKind, scopeId, grantedBy: null, isSample: 0 as const };
		const grantId = await insertRoleGrant(trx, grant, now);
		// Nobody of the portal did it, least of all in the role that the new account gets.
		const event = { action: 'account.create', subjectKind: 'person', subjectId: personId };
		await insertAuditEvent(trx, event, now);
		const given = { action: 'role.accept', subjectKind: 'role_grant', subjectId: grantId };
		await insertAuditEvent(trx, given, now);
	});
}

/**
 * Changes how the person is called and signs in. Refuses with 401 when the session has ended, with 409 a name in use,
 * with 422 what is none.
 */
export async function changeAccount(
	db: Db,
	actor: Actor | undefined,
	input: { displayName: string; name: string; locale: 'vi' | 'en'; sessionId: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	// Each refusal tells whether a number is taken.
	await takeRate(db, `account-change:${personId}`, CHANGES, now);
	const displayName = requireDisplayName(input.displayName);
	const name = requireSignInName(input.name);
	await inTransaction(db, async (trx) => {
		await holdSession(trx, { id: input.sessionId, personId });
		await updatePerson(trx, personId, { displayName, ...columnsOf(name), locale: input.locale });
		const event = { action: 'account.change', subjectKind: 'person', subjectId: personId, personId };
		await insertAuditEvent(trx, event, now);
	}).catch((error: unknown) => orTaken(error, 'signInNameOfAnother'));
}

/** Sets a new password within a transaction that the caller has opened; every other session ends. */
export async function setPassword(
	trx: Trx,
	personId: string,
	password: { hash: string; isLong: boolean },
	{ keepSession, now }: { keepSession: string | undefined; now: number },
): Promise<void> {
	await holdPerson(trx, personId);
	// As it is under the lock: a second factor may have gone since the password was checked.
	if (!password.isLong && !(await hasSecondFactor(trx, personId)))
		throw new DomainError('CONFLICT', 'passwordTooShortAlone', { field: 'password' });
	await upsertPassword(trx, personId, password, now);
	// Whoever was in before may know the secret of an app that was never confirmed.
	await deleteUnconfirmedTotp(trx, personId);
	// Nor does a code that somebody was handed change it once more.
	await voidResetCodes(trx, personId, now);
	await endSessions(trx, personId, keepSession);
	const event = { action: 'password.change', subjectKind: 'person', subjectId: personId, personId };
	await insertAuditEvent(trx, event, now);
}

/** Checks a new password by the rules that fit this person, and hashes it. Refuses with 422. */
export async function preparePassword(db: Db, personId: string, password: string) {
	const person = await findPerson(db, personId);
	if (!person) throw new DomainError('UNAUTHORIZED', 'signInFirst');
	const withSecondFactor = await hasSecondFactor(db, personId);
	const own = [person.displayName, person.phoneE164 ?? '', person.email ?? ''];
	const { isLong } = checkPassword(password, { withSecondFactor, own });
	return { hash: await hashPassword(password), isLong };
}

/**
 * Changes the person's own password; their other sessions end. Refuses with 401 without an account and when the
 * session has ended, with 422 a password that does not do.
 */
export async function changePassword(
	db: Db,
	actor: Actor | undefined,
	input: { password: string; sessionId: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	const password = await preparePassword(db, personId, input.password);
	await inTransaction(db, async (trx) => {
		await holdSession(trx, { id: input.sessionId, personId });
		await setPassword(trx, personId, password, { keepSession: input.sessionId, now });
	});
}

/** What the person's password proves; undefined when this is not theirs. */
export async function provePassword(db: Db, personId: string, password: string): Promise<Proof | undefined> {
	const stored = await findPassword(db, personId);
	if (!stored || !(await verifyPassword(stored.hash, password))) return undefined;
	return { kind: 'password', hash: stored.hash };
}
