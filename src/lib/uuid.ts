import { createHash, randomBytes } from 'node:crypto';

/** A UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits; sorts by time. */
export function uuidv7(now: number): string {
	const bytes = randomBytes(16);
	bytes.writeUIntBE(now, 0, 6);
	bytes[6] = (bytes[6]! & 0x0f) | 0x70;
	return inText(bytes);
}

/** The text form, with the variant's two bits set. */
function inText(bytes: Buffer): string {
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	const hex = bytes.toString('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A UUID version 8 (RFC 9562) that the same text always gives, from its SHA-256. */
export function uuidOf(text: string): string {
	const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
	bytes[6] = (bytes[6]! & 0x0f) | 0x80;
	return inText(bytes);
}

/** True for the text form of any RFC 9562 UUID in lower case. */
export const isUuid = (text: string): boolean =>
	/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);

/** The lower-case form of a UUID in either case, or undefined. */
export function normaliseUuid(text: string): string | undefined {
	const lower = text.toLowerCase();
	return isUuid(lower) ? lower : undefined;
}
