// A household alias: a device without an account. Whoever holds its secret is that device.
import { randomBytes } from 'node:crypto';

/** 256 random bits. */
export const mintDeviceSecret = (): string => randomBytes(32).toString('base64url');

/** A secret that a device made itself: base64url of 256 bits or more. */
export const isDeviceSecret = (text: string): boolean => /^[A-Za-z0-9_-]{43,128}$/.test(text);

/** The secret that a device already holds, else a new one: a request whose answer was lost can be sent again. */
export const keptOrNewSecret = (held: string | undefined): string =>
	held !== undefined && isDeviceSecret(held) ? held : mintDeviceSecret();
