import { createHash } from 'node:crypto';

/** SHA-256 as 64 lower-case hexadecimal digits; text is hashed as UTF-8. */
export const sha256Hex = (data: string | Uint8Array): string =>
	createHash('sha256').update(data).digest('hex');

export type Canonical =
	string | number | boolean | null | readonly Canonical[] | { readonly [key: string]: Canonical | undefined };

/**
 * One text for one value: keys sorted by code unit, no spaces, strings in NFC, undefined keys left out
 * (RFC 8785 restricted to integers). Throws RangeError on a number that is not a safe integer.
 */
export function canonicalJson(value: Canonical): string {
	if (typeof value === 'number') {
		if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`);
		return String(value + 0);
	}
	if (typeof value === 'string') return JSON.stringify(value.normalize('NFC'));
	if (value === null || typeof value === 'boolean') return String(value);
	if (Array.isArray(value)) return `[${value.map((each: Canonical) => canonicalJson(each)).join(',')}]`;
	const object = value as { readonly [key: string]: Canonical | undefined };
	const pairs = Object.keys(object)
		.sort()
		.flatMap((key) => {
			const each = object[key];
			return each === undefined ? [] : [`${JSON.stringify(key.normalize('NFC'))}:${canonicalJson(each)}`];
		});
	return `{${pairs.join(',')}}`;
}

/** SHA-256 of several messages, 32 bytes each. */
export const sha256All = (messages: Uint8Array[]): Uint8Array[] =>
	messages.map((message) => createHash('sha256').update(message).digest());
