import { addressKey } from '#lib/address-key.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { foldSearch } from '#lib/fold.ts';
import { sha256Hex } from '#lib/hash.ts';
import { returnRate, takeRate } from '#lib/rate-limit.ts';
import { readSignInName } from './account.ts';
import type { Proof } from './credential.repository.ts';
import { findKnownDevice } from './known-device.repository.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { findCredential, findPersonByName } from './person.repository.ts';

const MINUTE = 60_000;
/** Wrong passwords for one person from browsers in which nobody has signed in yet; and from each that is known. */
const PER_PERSON = { limit: 10, windowMs: 15 * MINUTE };
/** Wrong passwords from one address, whoever is named: a school's pupils share one, a guesser of many names does too. */
const PER_ADDRESS = { limit: 200, windowMs: 15 * MINUTE };

// Compared when the name is unknown, so that both answers take the same time.
let decoy: Promise<string> | undefined;

export type Attempt = {
	/** A phone number or an e-mail address. */
	name: string;
	password: string;
	address: string;
	/** The secret of a browser that somebody has signed in with before. */
	device: string | undefined;
	allowSamples: boolean;
};

/**
 * The key under which a person's wrong tries in this browser count: one of its own where the person has signed in
 * before, so that a guesser elsewhere cannot lock them out.
 * @param isCode a second step is tried: a browser that is known by a reset code alone is a stranger's there
 */
export async function findTries(
	db: Db,
	what: string,
	{ personId, device, isCode = false }: { personId: string; device: string | undefined; isCode?: boolean },
) {
	const known = device === undefined ? undefined : await findKnownDevice(db, personId, device);
	const isKnown = device !== undefined && (isCode ? known === 'all' : known !== undefined);
	return { isKnown, key: `${what}:${personId}:${isKnown ? sha256Hex(device) : 'unknown'}` };
}

/**
 * Checks a name and a password; returns the person, and the password's hash as the proof that a session begins with.
 * Unknown name and wrong password get the same words (401); too many wrong tries get 429;
 * a sample person is refused (403) once the portal has a public address.
 */
export async function signIn(
	db: Db,
	attempt: Attempt,
	now: number,
): Promise<{ personId: string; proof: Proof }> {
	const name = readSignInName(attempt.name);
	const person = name && (await findPersonByName(db, name));
	// An unknown name counts like a known one: it must not answer more often.
	// What is no name has a count of its own, however it is written: one for all would be used up by anybody.
	const id = person?.id ?? sha256Hex(JSON.stringify(name ?? foldSearch(attempt.name.slice(0, 254))));
	const tries = await findTries(db, 'sign-in', { personId: id, device: attempt.device });
	// Counted before the password is looked at, so that parallel guesses do not slip through.
	const counted = [{ key: tries.key, rate: PER_PERSON }];
	// The address first: a try that it stops is none of the person's.
	if (!tries.isKnown) counted.unshift({ key: addressKey('sign-in', attempt.address), rate: PER_ADDRESS });
	for (const { key, rate } of counted) await takeRate(db, key, rate, now);
	const credential = name && (await findCredential(db, name));
	decoy ??= hashPassword('a password that nobody has');
	const matches = await verifyPassword(credential?.hash ?? (await decoy), attempt.password);
	if (!credential || !matches) throw new DomainError('UNAUTHORIZED', 'signInFailed', { field: 'password' });
	if (credential.isSample === 1 && !attempt.allowSamples) throw new DomainError('FORBIDDEN', 'sampleSignIn');
	for (const { key, rate } of counted) await returnRate(db, key, rate, now);
	return { personId: credential.id, proof: { kind: 'password', hash: credential.hash } };
}

/** Counts a try in this browser and takes it back when `work` succeeds. Refuses with 429 after ten that did not. */
export async function checkTries<T>(
	db: Db,
	{ what, personId, device }: { what: string; personId: string; device: string | undefined },
	now: number,
	work: () => Promise<T>,
): Promise<T> {
	const { key } = await findTries(db, what, { personId, device });
	await takeRate(db, key, PER_PERSON, now);
	const result = await work();
	await returnRate(db, key, PER_PERSON, now);
	return result;
}
