import {
	generateAuthenticationOptions,
	generateRegistrationOptions,
	verifyAuthenticationResponse,
	verifyRegistrationResponse,
	type AuthenticationResponseJSON,
	type AuthenticatorTransport,
	type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Config } from '#lib/config.ts';
import { inTransaction, isUniqueViolation, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { sha256Hex } from '#lib/hash.ts';
import type { Secret } from '#lib/secret.ts';
import { requireActor, type Actor } from './actor.ts';
import {
	findPasskey,
	insertPasskey,
	listPasskeys,
	takeChallenge,
	updatePasskey,
	type Proof,
} from './credential.repository.ts';
import { mintChallenge, readChallenge, type ChallengePurpose } from './passkey.ts';
import { findPerson } from './person.repository.ts';
import { completeSecondFactor } from './second-factor.service.ts';
import { holdSession } from './session.service.ts';

type Site = Pick<Config, 'publicUrl'>;
const MAX_PASSKEYS = 10;

const relyingParty = ({ publicUrl }: Site) => ({ origin: publicUrl, id: new URL(publicUrl).hostname });

const refuse = (): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', 'passkeyRefused', { field: 'passkey' });
};

const isCredentialId = (id: unknown): boolean => typeof id === 'string' && /^[\w-]{1,1500}$/.test(id);

/** What the browser sent: JSON in a form's field. Refuses what is none. */
function readResponse<T>(text: string): T {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && 'id' in value && isCredentialId(value.id))
			return value as T;
	} catch {
		// Not JSON: refused below.
	}
	return refuse();
}

/** The checks of a challenge in an answer: ours, for this purpose, and not lapsed; it works once. */
function expectChallenge(secret: Secret, purpose: ChallengePurpose, now: number) {
	let taken: { hash: string; expiresAt: number } | undefined;
	return {
		isExpected(challenge: string): boolean {
			const expiresAt = readChallenge(secret, purpose, challenge, now);
			taken = expiresAt === undefined ? undefined : { hash: sha256Hex(challenge), expiresAt };
			return taken !== undefined;
		},
		async take(trx: Trx): Promise<void> {
			if (!taken || !(await takeChallenge(trx, taken.hash, taken.expiresAt, now))) refuse();
		},
	};
}

/** What the browser needs to make a new passkey for the person. */
export async function offerPasskey(
	db: Db,
	secret: Secret,
	site: Site,
	actor: Actor | undefined,
	now: number,
) {
	requireActor(actor);
	const { personId } = actor;
	const person = await findPerson(db, personId);
	const { id: rpID } = relyingParty(site);
	return generateRegistrationOptions({
		rpID,
		rpName: 'Ngôi nhà xanh Lạng Sơn',
		userID: new Uint8Array(Buffer.from(personId.replaceAll('-', ''), 'hex')),
		userName: person?.phoneE164 ?? person?.email ?? actor.displayName,
		userDisplayName: actor.displayName,
		challenge: mintChallenge(secret, { kind: 'add', personId }, now),
		excludeCredentials: (await listPasskeys(db, personId)).map(({ id }) => ({ id })),
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
	});
}

/**
 * Keeps a new passkey; it is a second factor at once. Gives the recovery codes to show once, undefined when the person
 * has some. Refuses with 422 an answer that is none, to another challenge, site or person, and with 409 one too many.
 */
export async function addPasskey(
	db: Db,
	secret: Secret,
	site: Site,
	actor: Actor | undefined,
	input: { response: string; name: string; sessionId: string },
	now: number,
): Promise<string[] | undefined> {
	requireActor(actor);
	const { personId } = actor;
	const response = readResponse<RegistrationResponseJSON>(input.response);
	const challenge = expectChallenge(secret, { kind: 'add', personId }, now);
	const { origin, id: rpId } = relyingParty(site);
	const { registrationInfo } = await verifyRegistrationResponse({
		response,
		expectedChallenge: challenge.isExpected,
		expectedOrigin: origin,
		expectedRPID: rpId,
	}).catch(refuse);
	if (!registrationInfo) return refuse();
	const { id, publicKey, counter, transports } = registrationInfo.credential;
	const { sessionId } = input;
	return inTransaction(db, async (trx) => {
		await holdSession(trx, { id: sessionId, personId });
		await challenge.take(trx);
		if ((await listPasskeys(trx, personId)).length >= MAX_PASSKEYS)
			throw new DomainError('CONFLICT', 'tooManyPasskeys', { values: { max: MAX_PASSKEYS } });
		await insertPasskey(trx, {
			...{ id, personId, counter, createdAt: now, lastUsedAt: null },
			name: cleanText(input.name, { max: 60 }),
			publicKey: Buffer.from(publicKey).toString('base64url'),
			transports: (Array.isArray(transports) ? transports : [])
				.filter((each) => /^[a-z-]{2,20}$/.test(each))
				.join(' '),
		});
		return completeSecondFactor(trx, secret, { personId, sessionId, action: 'passkey.add' }, now);
	}).catch((error: unknown) => {
		// A key that another account has: its id is unique.
		throw isUniqueViolation(error)
			? new DomainError('CONFLICT', 'passkeyTaken', { field: 'passkey' })
			: error;
	});
}

/** What the browser needs to sign in with a passkey, or to confirm with one of the person's own. */
export async function askForPasskey(
	db: Db,
	secret: Secret,
	site: Site,
	purpose: ChallengePurpose,
	now: number,
) {
	const own = purpose.kind === 'sign-in' ? [] : await listPasskeys(db, purpose.personId);
	return generateAuthenticationOptions({
		rpID: relyingParty(site).id,
		challenge: mintChallenge(secret, purpose, now),
		userVerification: 'required',
		allowCredentials: own.map(({ id, transports }) => ({
			id,
			transports: transports.split(' ').filter(Boolean) as AuthenticatorTransport[],
		})),
	});
}

/**
 * The person whose passkey answered. It is password and second factor in one: the device has checked its owner.
 * Refuses with 422 an answer that is none, was given before, or is another person's; a sample person with 403 once
 * the portal has a public address.
 */
export async function takePasskey(
	db: Db,
	secret: Secret,
	site: Site,
	input: { response: string; purpose: ChallengePurpose; allowSamples: boolean },
	now: number,
): Promise<{ personId: string; proof: Proof }> {
	const response = readResponse<AuthenticationResponseJSON>(input.response);
	const passkey = await findPasskey(db, response.id);
	const { purpose } = input;
	if (!passkey || (purpose.kind !== 'sign-in' && purpose.personId !== passkey.personId)) return refuse();
	const challenge = expectChallenge(secret, purpose, now);
	const { origin, id: rpId } = relyingParty(site);
	const { verified, authenticationInfo } = await verifyAuthenticationResponse({
		response,
		expectedChallenge: challenge.isExpected,
		expectedOrigin: origin,
		expectedRPID: rpId,
		credential: {
			id: passkey.id,
			publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
			counter: passkey.counter,
		},
	}).catch(refuse);
	if (!verified) return refuse();
	if (passkey.isSample === 1 && !input.allowSamples) throw new DomainError('FORBIDDEN', 'sampleSignIn');
	await inTransaction(db, async (trx) => {
		await challenge.take(trx);
		if (!(await updatePasskey(trx, { id: passkey.id, counter: authenticationInfo.newCounter, now })))
			refuse();
	});
	return { personId: passkey.personId, proof: { kind: 'passkey', id: passkey.id } };
}
