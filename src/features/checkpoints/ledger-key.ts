// The key that signs checkpoints: Ed25519, 32 bytes of seed that stand outside the database.
import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { sha256All } from '#lib/hash.ts';
import { checkpointText, keyIdMessage, noteOf, type CheckpointText } from './signed-note.ts';

export type LedgerKey = { privateKey: KeyObject; publicKey: Uint8Array };

// RFC 8410: what stands before the seed in PKCS #8.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key of a seed. */
export function ledgerKeyOf(seed: Uint8Array): LedgerKey {
	const key = Buffer.concat([PKCS8, seed]);
	const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
	const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
	return { privateKey, publicKey: Buffer.from(x!, 'base64url') };
}

/** The first four bytes that tell keys of one name apart. */
export const keyIdOf = (name: string, publicKey: Uint8Array): Uint8Array =>
	sha256All([keyIdMessage(name, publicKey)])[0]!.subarray(0, 4);

/** A checkpoint's signed note; the key's name is the log's origin. */
export function signCheckpoint(key: LedgerKey, logOrigin: string, checkpoint: CheckpointText): string {
	const text = checkpointText(checkpoint);
	const signature = sign(null, Buffer.from(text, 'utf8'), key.privateKey);
	return noteOf(text, logOrigin, keyIdOf(logOrigin, key.publicKey), signature);
}
