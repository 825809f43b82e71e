import { addressKey } from '#lib/address-key.ts';
import { inTransaction, type Db, type Trx } from '#lib/db.ts';
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import { returnRate, takeRate } from '#lib/rate-limit.ts';
import { keyedHash, seal, unseal, type Secret } from '#lib/secret.ts';
import { requireActor, type Actor } from './actor.ts';
import { insertAuditEvent, listRefusals, SECOND_FACTOR_REFUSED } from './audit.repository.ts';
import {
	confirmTotp,
	deletePasskey,
	deleteTotp,
	findTotp,
	listPasskeys,
	hasSecondFactor,
	listRecoveryCodes,
	replaceRecoveryCodes,
	takeRecoveryCode,
	takeTotpStep,
	upsertTotp,
	type Proof,
} from './credential.repository.ts';
import { deleteKnownDevices } from './known-device.repository.ts';
import { findPassword, holdPerson } from './person.repository.ts';
import {
	isRecoveryCode,
	mintCode,
	mintTotpSecret,
	normaliseCode,
	RECOVERY_CODES,
	totpStep,
} from './second-factor.ts';
import { endSessions, forgetSecondFactors, holdSession, RECENT_MS } from './session.service.ts';
import { findTries } from './sign-in.service.ts';

const PER_PERSON = { limit: 5, windowMs: 15 * 60_000 };
/**
 * Wrong codes for one person from browsers in which nobody has signed in yet, and from each that is known. With three
 * codes of a million right at a time, twenty a day are found out in one year of forty-five.
 */
const LIMITS: { name: string; limit: number; windowMs: number; refusal: DomainErrorKey }[] = [
	{ ...PER_PERSON, name: 'second-factor', refusal: 'tooManyRequests' },
	{ limit: 20, windowMs: 24 * 3_600_000, name: 'second-factor-day', refusal: 'codesOfToday' },
];

/** Nobody guesses a recovery code: its limit keeps floods away, from each browser that is known and each address. */
const OF_RECOVERY: typeof LIMITS = [
	{ limit: 10, windowMs: 15 * 60_000, name: 'recovery-code', refusal: 'tooManyRequests' },
];

const hashRecoveryCode = (secret: Secret, personId: string, code: string) =>
	keyedHash(secret, 'recovery-code', `${personId}:${normaliseCode(code)}`);

const audit = (trx: Trx, action: string, personId: string, now: number) =>
	insertAuditEvent(trx, { action, subjectKind: 'person', subjectId: personId, personId }, now);

async function writeRecoveryCodes(trx: Trx, secret: Secret, personId: string): Promise<string[]> {
	const codes = Array.from({ length: RECOVERY_CODES }, mintCode);
	const hashes = codes.map((code) => hashRecoveryCode(secret, personId, code));
	await replaceRecoveryCodes(trx, personId, hashes);
	return codes;
}

/**
 * What comes with a person's new second factor: recovery codes if it is the first one (undefined otherwise), and the
 * end of their other sessions, in which it was never given.
 */
export async function completeSecondFactor(
	trx: Trx,
	secret: Secret,
	{ personId, sessionId, action }: { personId: string; sessionId: string; action: string },
	now: number,
): Promise<string[] | undefined> {
	await audit(trx, action, personId, now);
	await endSessions(trx, personId, sessionId);
	if ((await listRecoveryCodes(trx, personId)).length > 0) return undefined;
	// With the password alone anybody made a browser known; from now on it takes more.
	await deleteKnownDevices(trx, personId);
	return writeRecoveryCodes(trx, secret, personId);
}

/**
 * Prepares an authenticator app: the secret that its QR code shows. It counts only once a code of it was given;
 * until then the same one is shown again. Refuses with 409 when there is an app already.
 */
export async function beginTotp(
	db: Db,
	secret: Secret,
	actor: Actor | undefined,
	now: number,
): Promise<string> {
	requireActor(actor);
	const { personId } = actor;
	return inTransaction(db, async (trx) => {
		await holdPerson(trx, personId);
		const existing = await findTotp(trx, personId);
		if (existing?.confirmedAt != null) throw new DomainError('CONFLICT', 'totpExists');
		const isFresh = existing !== undefined && now - existing.createdAt < RECENT_MS;
		const kept = isFresh ? unseal(secret, 'totp', existing.sealedSecret, personId) : undefined;
		if (kept !== undefined) return kept;
		const totpSecret = mintTotpSecret();
		const sealedSecret = seal(secret, 'totp', totpSecret, personId);
		await upsertTotp(trx, { personId, sealedSecret, createdAt: now, confirmedAt: null, lastStep: 0 });
		return totpSecret;
	});
}

async function takeTotp(
	trx: Trx,
	secret: Secret,
	{ personId, code, wantConfirmed }: { personId: string; code: string; wantConfirmed: boolean },
	now: number,
): Promise<Proof | undefined> {
	const totp = await findTotp(trx, personId);
	if (!totp || (totp.confirmedAt !== null) !== wantConfirmed) return undefined;
	// A secret that was shown long ago may be somebody else's by now.
	if (!wantConfirmed && now - totp.createdAt >= RECENT_MS) return undefined;
	const totpSecret = unseal(secret, 'totp', totp.sealedSecret, personId);
	const step = totpSecret === undefined ? undefined : totpStep(totpSecret, code, now);
	if (step === undefined || !(await takeTotpStep(trx, personId, step))) return undefined;
	return { kind: 'totp', sealedSecret: totp.sealedSecret };
}

/**
 * The app's first code makes it the person's second factor. Gives the recovery codes to show once, undefined when the
 * person has some. Refuses a wrong code with 422, too many with 429.
 */
export async function acceptTotp(
	db: Db,
	secret: Secret,
	actor: Actor | undefined,
	input: { code: string; sessionId: string },
	now: number,
): Promise<string[] | undefined> {
	requireActor(actor);
	const { personId } = actor;
	const key = `totp-setup:${personId}`;
	await takeRate(db, key, PER_PERSON, now);
	const codes = await inTransaction(db, async (trx) => {
		await holdSession(trx, { id: input.sessionId, personId });
		if (!(await takeTotp(trx, secret, { personId, code: input.code, wantConfirmed: false }, now)))
			throw new DomainError('UNPROCESSABLE_CONTENT', 'codeWrong', { field: 'code' });
		await confirmTotp(trx, personId, now);
		return completeSecondFactor(
			trx,
			secret,
			{ personId, sessionId: input.sessionId, action: 'totp.add' },
			now,
		);
	});
	await returnRate(db, key, PER_PERSON, now);
	return codes;
}

/**
 * Writes down, once in a window, that somebody gave too many wrong codes. It is no act of the person's: whoever it was
 * knew the password and nothing more, so that they could not put it away either.
 */
const noteRefusal = (db: Db, personId: string, { windowMs }: { windowMs: number }, now: number) =>
	inTransaction(db, async (trx) => {
		await holdPerson(trx, personId);
		if ((await listRefusals(trx, personId, now - (now % windowMs))).length > 0) return;
		const event = { action: SECOND_FACTOR_REFUSED, subjectKind: 'person', subjectId: personId };
		await insertAuditEvent(trx, event, now);
	});

/** Counts a try of each limit; the limits that it reaches. Refuses with 429 a try beyond one, which then uses none up. */
async function takeTries(db: Db, personId: string, key: string, limits: typeof LIMITS, now: number) {
	const reached: typeof LIMITS = [];
	for (const [index, limit] of limits.entries()) {
		const taken = await takeRate(db, limit.name + key, limit, now).catch(async (error: unknown) => {
			if (!(error instanceof DomainError)) throw error;
			for (const earlier of limits.slice(0, index)) await returnRate(db, earlier.name + key, earlier, now);
			await noteRefusal(db, personId, limit, now);
			throw new DomainError('TOO_MANY_REQUESTS', limit.refusal, { field: 'code' });
		});
		if (taken === limit.limit) reached.push(limit);
	}
	return reached;
}

/**
 * Takes a code of the app or a recovery code; each works once. Gives what it proves. Refuses a wrong or used one with
 * 422, too many with 429; known browsers are counted apart. What looks like a recovery code is counted by itself and by
 * address: it uses up no try at the app's codes, and still opens the account when somebody elsewhere has used up both.
 */
export async function takeSecondFactor(
	db: Db,
	secret: Secret,
	input: { personId: string; code: string; device: string | undefined; address: string },
	now: number,
): Promise<Proof> {
	const { personId, code } = input;
	const tries = await findTries(db, '', { personId, device: input.device, isCode: true });
	const isRecovery = isRecoveryCode(code);
	const limits = isRecovery ? OF_RECOVERY : LIMITS;
	const key = isRecovery && !tries.isKnown ? addressKey(`:${personId}`, input.address) : tries.key;
	const reached = await takeTries(db, personId, key, limits, now);
	const proof = await inTransaction(db, async (trx): Promise<Proof | undefined> => {
		const totp = await takeTotp(trx, secret, { personId, code, wantConfirmed: true }, now);
		if (totp) return totp;
		const codeHash = hashRecoveryCode(secret, personId, code);
		if (!(await takeRecoveryCode(trx, personId, codeHash, now))) return undefined;
		await audit(trx, 'recovery-code.use', personId, now);
		return { kind: 'recoveryCode', codeHash };
	});
	if (!proof) {
		for (const limit of reached) await noteRefusal(db, personId, limit, now);
		throw new DomainError('UNPROCESSABLE_CONTENT', 'codeWrong', { field: 'code' });
	}
	for (const limit of limits) await returnRate(db, limit.name + key, limit, now);
	return proof;
}

/** New recovery codes; the old ones are void. Refuses with 401 when the session has ended. */
export async function renewRecoveryCodes(
	db: Db,
	secret: Secret,
	actor: Actor | undefined,
	input: { sessionId: string },
	now: number,
): Promise<string[]> {
	requireActor(actor);
	const { personId } = actor;
	return inTransaction(db, async (trx) => {
		await holdSession(trx, { id: input.sessionId, personId });
		if (!(await hasSecondFactor(trx, personId))) throw new DomainError('CONFLICT', 'noSecondFactor');
		await audit(trx, 'recovery-code.renew', personId, now);
		return writeRecoveryCodes(trx, secret, personId);
	});
}

/**
 * Takes one of the person's second factors away. The last one stays while the password is too short to stand alone
 * (409). Refuses with 401 when the session has ended.
 */
export async function removeSecondFactor(
	db: Db,
	actor: Actor | undefined,
	factor: ({ kind: 'totp' } | { kind: 'passkey'; id: string }) & { sessionId: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const { personId } = actor;
	await inTransaction(db, async (trx) => {
		await holdSession(trx, { id: factor.sessionId, personId });
		const isThere =
			factor.kind === 'totp'
				? (await findTotp(trx, personId)) !== undefined
				: (await listPasskeys(trx, personId)).some((each) => each.id === factor.id);
		if (!isThere) throw new DomainError('NOT_FOUND', 'noSecondFactor');
		if (factor.kind === 'totp') await deleteTotp(trx, personId);
		else await deletePasskey(trx, personId, factor.id);
		await audit(trx, `${factor.kind}.remove`, personId, now);
		if (await hasSecondFactor(trx, personId)) return;
		if ((await findPassword(trx, personId))?.isLong !== 1)
			throw new DomainError('CONFLICT', 'passwordTooShortAlone');
		await replaceRecoveryCodes(trx, personId, []);
		await forgetSecondFactors(trx, personId);
	});
}
