// A household alias: a device without an account. Whoever holds its secret is that device.
import { randomBytes } from 'node:crypto';

/** 256 random bits. */
export const mintDeviceSecret = (): string => randomBytes(32).toString('base64url');
