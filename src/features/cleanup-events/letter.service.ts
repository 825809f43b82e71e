import { requireActor, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import type { Secret } from '#lib/secret.ts';
import type { SignUpTable } from '#db/schema.ts';
import { listFigures } from './attendance.repository.ts';
import type { CleanupEvent } from './cleanup-event.ts';
import { findEvent } from './cleanup-event.repository.ts';
import { requireEvent } from './cleanup-event.service.ts';
import { initialsOf, letterCodeOf, letterFrom, readLetterCode } from './letter.ts';
import { findLetter, findLetterByHash, insertLetter } from './letter.repository.ts';
import { findSignUp } from './sign-up.repository.ts';
import { withHeld, type Holder } from './sign-up.service.ts';

async function readFrom(db: Db, signUp: SignUpTable, event: CleanupEvent): Promise<number | undefined> {
	const figures = await listFigures(db, event.id);
	return letterFrom(
		event,
		signUp,
		figures.filter((each) => each.signUpId === signUp.id),
	);
}

/** Once; a second time changes nothing. */
async function issue(trx: Trx, secret: Secret, signUp: SignUpTable, now: number): Promise<void> {
	const from = await readFrom(trx, signUp, (await findEvent(trx, signUp.eventId))!);
	if (from === undefined) throw new DomainError('CONFLICT', 'letterNotEarned');
	if (now < from) throw new DomainError('CONFLICT', 'letterTooEarly');
	if (await findLetter(trx, signUp.id)) return;
	const codeHash = sha256Hex(letterCodeOf(secret, signUp.id));
	await insertLetter(trx, { signUpId: signUp.id, codeHash, issuedAt: now, isSample: signUp.isSample });
}

/**
 * Makes the letter of one's own sign-up. 404 of another's; 409 who was not checked in by name, and before the event has
 * ended. All write nothing.
 */
export const issueOwnLetter = (db: Db, secret: Secret, by: Holder, now: number) =>
	withHeld(db, by, (trx, signUp) => issue(trx, secret, signUp, now));

/** The organiser makes somebody's letter. Refuses with 401, 403 and 404, and with 409 as {@link issueOwnLetter} does. */
export async function issueLetter(
	db: Db,
	actor: Actor | undefined,
	secret: Secret,
	signUpId: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	await inTransaction(db, async (trx) => {
		const known = await findSignUp(trx, signUpId);
		if (!known) throw new DomainError('NOT_FOUND', 'signUpNotFound');
		const { grant } = await requireEvent(trx, actor, known.eventId);
		await lockRow(trx, 'cleanup_event', known.eventId);
		await holdGrant(trx, grant.id, now);
		await issue(trx, secret, (await findSignUp(trx, signUpId))!, now);
	});
}

/** A sign-up's letter as its page shows it; no code where none was made, it does not hold yet or holds no more. */
export async function readLetter(
	db: Db,
	secret: Secret,
	{ signUp, event }: { signUp: SignUpTable; event: CleanupEvent },
	now: number,
) {
	const from = await readFrom(db, signUp, event);
	const letter = from !== undefined && from <= now ? await findLetter(db, signUp.id) : undefined;
	return { from, letter, code: letter && letterCodeOf(secret, signUp.id) };
}

/**
 * What anybody who holds a code is told: which morning, and the name by its initials. Undefined for a code of no letter,
 * for one that holds no more (the check-in was taken back, the person erased, the event called off), and until the event
 * has ended.
 */
export async function verifyLetter(db: Db, typed: string, now: number) {
	const code = readLetterCode(typed);
	const letter = code && (await findLetterByHash(db, sha256Hex(code)));
	const signUp = letter ? await findSignUp(db, letter.signUpId) : undefined;
	const event = signUp && (await findEvent(db, signUp.eventId));
	if (!letter || !event) return undefined;
	const from = await readFrom(db, signUp, event);
	if (from === undefined || now < from) return undefined;
	return { event, name: initialsOf(signUp.name), issuedAt: letter.issuedAt };
}
