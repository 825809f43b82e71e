// A passkey: a key pair that the person's device keeps; it signs a challenge that names this portal and this moment.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { keyedHash, type Secret } from '#lib/secret.ts';

/** What a challenge is for; one minted for another purpose or person is none. */
export type ChallengePurpose = { kind: 'sign-in' } | { kind: 'add' | 'confirm'; personId: string };

const CHALLENGE_MS = 5 * 60_000;

const macOf = (secret: Secret, purpose: ChallengePurpose, head: string): Buffer => {
	const personId = purpose.kind === 'sign-in' ? '' : purpose.personId;
	return Buffer.from(keyedHash(secret, 'passkey-challenge', `${purpose.kind}:${personId}:${head}`), 'hex');
};

/** 16 random bytes, when they lapse, and a mark that only this portal can make: nothing is stored until it is answered. */
export function mintChallenge(
	secret: Secret,
	purpose: ChallengePurpose,
	now: number,
): Uint8Array<ArrayBuffer> {
	const head = Buffer.alloc(22);
	randomBytes(16).copy(head);
	head.writeUIntBE(now + CHALLENGE_MS, 16, 6);
	return new Uint8Array(Buffer.concat([head, macOf(secret, purpose, head.toString('hex'))]));
}

/** When the challenge lapses; undefined when it is none of ours, for something else, or has lapsed. */
export function readChallenge(
	secret: Secret,
	purpose: ChallengePurpose,
	challenge: string,
	now: number,
): number | undefined {
	const bytes = Buffer.from(challenge, 'base64url');
	if (bytes.length !== 54) return undefined;
	const head = bytes.subarray(0, 22);
	if (!timingSafeEqual(bytes.subarray(22), macOf(secret, purpose, head.toString('hex')))) return undefined;
	const expiresAt = head.readUIntBE(16, 6);
	return expiresAt > now ? expiresAt : undefined;
}
