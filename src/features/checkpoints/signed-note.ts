// A checkpoint as text that any transparency-log tool reads (C2SP signed-note and tlog-checkpoint).

/** What a checkpoint says: the book's name, how many entries, and the root over them in base64. */
export type CheckpointText = { origin: string; size: number; root: string };

/** The text that is signed: three lines, each with its line break. */
export const checkpointText = ({ origin, size, root }: CheckpointText): string =>
	`${origin}\n${size}\n${root}\n`;

/** One fund's book among those that a portal signs. */
export const originOf = (logOrigin: string, fundCode: string): string => `${logOrigin}/quy/${fundCode}`;

const ED25519 = 1;
const SIGNATURE = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/;
const SIZE = /^(0|[1-9]\d{0,15})$/;

/** What is hashed for a key's id: the first four bytes of SHA-256 over name, line break, 0x01, public key. */
export const keyIdMessage = (name: string, publicKey: Uint8Array): Uint8Array =>
	new Uint8Array([...new TextEncoder().encode(`${name}\n`), ED25519, ...publicKey]);

/** base64 of bytes, in any engine. */
export const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
/** Bytes of base64, or undefined. */
export function fromBase64(text: string): Uint8Array | undefined {
	try {
		return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
	} catch {
		return undefined;
	}
}

/** A note: the text, an empty line, and a signature of that text by the key of that name. */
export const noteOf = (text: string, name: string, keyId: Uint8Array, signature: Uint8Array): string =>
	`${text}\n— ${name} ${toBase64(new Uint8Array([...keyId, ...signature]))}\n`;

export type Note = CheckpointText & {
	/** What was signed. */
	text: string;
	signatures: { name: string; keyId: Uint8Array; signature: Uint8Array }[];
};

/** Reads a note; undefined when it is none. Lines after the root (extensions) are kept in `text`. */
export function parseNote(note: string): Note | undefined {
	const end = note.lastIndexOf('\n\n');
	if (end < 0 || !note.endsWith('\n')) return undefined;
	const text = note.slice(0, end + 1);
	const [origin = '', size = '', root = ''] = text.split('\n');
	if (origin === '' || !SIZE.test(size) || !Number.isSafeInteger(Number(size))) return undefined;
	if (fromBase64(root)?.length !== 32) return undefined;
	const signatures: Note['signatures'] = [];
	for (const line of note.slice(end + 2, -1).split('\n')) {
		const [, name, data] = SIGNATURE.exec(line) ?? [];
		const bytes = data === undefined ? undefined : fromBase64(data);
		if (name === undefined || !bytes) return undefined;
		signatures.push({ name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) });
	}
	return { origin, size: Number(size), root, text, signatures };
}

/** A public key as verifiers take it: `name+id+base64(0x01 ‖ key)`. */
export const verifierKey = (name: string, keyId: Uint8Array, publicKey: Uint8Array): string =>
	`${name}+${[...keyId].map((byte) => byte.toString(16).padStart(2, '0')).join('')}+${toBase64(new Uint8Array([ED25519, ...publicKey]))}`;

/** Reads what {@link verifierKey} writes; undefined when it is none of Ed25519. */
export function parseVerifierKey(text: string): { name: string; publicKey: Uint8Array } | undefined {
	const [, name, data] = /^([^\s+]+)\+[0-9a-f]{8}\+(\S+)$/.exec(text.trim()) ?? [];
	const bytes = data === undefined ? undefined : fromBase64(data);
	if (name === undefined || bytes?.length !== 33 || bytes[0] !== ED25519) return undefined;
	return { name, publicKey: bytes.slice(1) };
}
