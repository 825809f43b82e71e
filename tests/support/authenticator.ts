// A passkey in software: answers as a phone does, without one.
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
const url64 = (data: Buffer | string): string => Buffer.from(data).toString('base64url');

/** CBOR heads of up to two bytes: major type and length. */
const head = (major: number, length: number): Buffer =>
	length < 24
		? Buffer.from([(major << 5) | length])
		: length < 256
			? Buffer.from([(major << 5) | 24, length])
			: Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
const text = (value: string): Buffer =>
	Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value]);
const int = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value));

/** Present, verified; with `attested` a new key is told of. */
const FLAGS = 0x05;
const ATTESTED = 0x40;

export function makeAuthenticator(origin: string, id: Buffer = randomBytes(16)) {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const { x, y } = publicKey.export({ format: 'jwk' });
	const coordinate = (part: string | undefined) => Buffer.from(part!, 'base64url');
	// kty EC2, alg ES256, crv P-256, x, y
	const cose = Buffer.concat([
		...[head(5, 5), int(1), int(2), int(3), int(-7), int(-1), int(1)],
		...[int(-2), bytes(coordinate(x)), int(-3), bytes(coordinate(y))],
	]);
	const rpIdHash = sha256(new URL(origin).hostname);
	const clientData = (type: string, challenge: string): Buffer =>
		Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
	const authData = (flags: number, attested: Buffer = Buffer.alloc(0)): Buffer =>
		Buffer.concat([rpIdHash, Buffer.from([flags]), Buffer.alloc(4), attested]);
	const answer = (response: Record<string, string>): string =>
		JSON.stringify({
			...{ id: url64(id), rawId: url64(id), type: 'public-key' },
			...{ clientExtensionResults: {}, response },
		});
	return {
		id: url64(id),
		/** The answer to a challenge that asks for a new passkey. */
		register(challenge: string): string {
			const length = Buffer.from([id.length >> 8, id.length & 255]);
			const attested = Buffer.concat([Buffer.alloc(16), length, id, cose]);
			const attestation = Buffer.concat([
				...[head(5, 3), text('fmt'), text('none'), text('attStmt'), head(5, 0)],
				...[text('authData'), bytes(authData(FLAGS | ATTESTED, attested))],
			]);
			const clientDataJSON = url64(clientData('webauthn.create', challenge));
			return answer({ clientDataJSON, attestationObject: url64(attestation) });
		},
		/** The answer to a challenge that asks who is there. */
		sign(challenge: string): string {
			const client = clientData('webauthn.get', challenge);
			const data = authData(FLAGS);
			const signed = createSign('sha256').update(Buffer.concat([data, sha256(client)]));
			return answer({
				...{ clientDataJSON: url64(client), authenticatorData: url64(data) },
				signature: url64(signed.sign(privateKey)),
			});
		},
	};
}
