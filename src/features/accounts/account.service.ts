import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { parsePhone } from '#lib/phone.ts';
import { returnRate, takeRate } from '#lib/rate-limit.ts';
import { cleanText } from '#lib/fold.ts';
import { insertAuditEvent } from './audit.repository.ts';
import { checkPassword, hashPassword, verifyPassword } from './password.ts';
import { findCredential, insertPerson, insertRoleGrant, upsertPasswordHash } from './person.repository.ts';
import type { Role, ScopeKind } from './actor.ts';

const MINUTE = 60_000;
/** Wrong passwords for one number, and from one address, within a quarter of an hour. */
const PER_NUMBER = { limit: 10, windowMs: 15 * MINUTE };
const PER_ADDRESS = { limit: 200, windowMs: 15 * MINUTE };

// Compared when the number is unknown, so that both answers take the same time.
let decoy: Promise<string> | undefined;

/**
 * Checks a number and a password; returns the person's id.
 * Unknown number and wrong password get the same words (401); too many tries get 429;
 * a sample person is refused (403) once the portal has a public address.
 */
export async function signIn(
	db: Db,
	input: { phone: string; password: string; address: string; allowSamples: boolean },
	now: number,
): Promise<string> {
	const phone = parsePhone(input.phone);
	const byNumber = `sign-in:number:${phone ?? 'none'}`;
	const byAddress = `sign-in:address:${input.address}`;
	// Counted before the password is looked at, so that parallel guesses do not slip through.
	await takeRate(db, byNumber, PER_NUMBER, now);
	await takeRate(db, byAddress, PER_ADDRESS, now);
	const credential = phone === undefined ? undefined : await findCredential(db, phone);
	decoy ??= hashPassword('a password that nobody has');
	const matches = await verifyPassword(credential?.hash ?? (await decoy), input.password);
	if (!credential || !matches) throw new DomainError('UNAUTHORIZED', 'signInFailed', { field: 'password' });
	if (credential.isSample === 1 && !input.allowSamples) throw new DomainError('FORBIDDEN', 'sampleSignIn');
	await returnRate(db, byNumber, PER_NUMBER, now);
	await returnRate(db, byAddress, PER_ADDRESS, now);
	return credential.id;
}

export type NewAccount = {
	displayName: string;
	phone: string;
	password: string;
	role: Role;
	scopeKind: ScopeKind;
	scopeId: string | null;
};

/** Makes a person with one role, from the operator's command line. Refuses a number in use with 409. */
export async function createAccount(db: Db, account: NewAccount, now: number): Promise<string> {
	const displayName = cleanText(account.displayName, { max: 80 });
	const phoneE164 = parsePhone(account.phone);
	if (!displayName) throw new DomainError('UNPROCESSABLE_CONTENT', 'nameMissing', { field: 'name' });
	if (!phoneE164) throw new DomainError('UNPROCESSABLE_CONTENT', 'phoneInvalid', { field: 'phone' });
	checkPassword(account.password);
	const hash = await hashPassword(account.password);
	return inTransaction(db, async (trx) => {
		const taken = await trx
			.selectFrom('person')
			.select('id')
			.where('phoneE164', '=', phoneE164)
			.executeTakeFirst();
		if (taken) throw new DomainError('CONFLICT', 'phoneTaken', { field: 'phone' });
		const personId = await insertPerson(trx, { displayName, phoneE164, isSample: 0 }, now);
		await upsertPasswordHash(trx, personId, hash, now);
		const { role, scopeKind, scopeId } = account;
		const grantId = await insertRoleGrant(
			trx,
			{ personId, role, scopeKind, scopeId, grantedBy: null, isSample: 0 },
			now,
		);
		const event = {
			action: 'account.create',
			subjectKind: 'person',
			subjectId: personId,
			roleGrantId: grantId,
		};
		await insertAuditEvent(trx, event, now);
		return personId;
	});
}
