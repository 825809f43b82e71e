// A second factor beside the password: codes of an authenticator app, and recovery codes for the day it is lost.
import { randomBytes } from 'node:crypto';
import { Secret as TotpSecret, TOTP } from 'otpauth';

const ISSUER = 'Ngôi nhà xanh Lạng Sơn';
const PERIOD_SECONDS = 30;
export const RECOVERY_CODES = 10;

// Without I, L, O, U, 0 and 1, which are mistaken for each other when read from paper.
const ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';

/** `K7MX-94QF-T3RA`: twelve characters, 58 bits of a number of 256 that is given in hexadecimal. */
export function codeOf(hex: string): string {
	const base = BigInt(ALPHABET.length);
	let rest = BigInt(`0x${hex}`);
	let letters = '';
	while (letters.length < 12) {
		letters += ALPHABET[Number(rest % base)];
		rest /= base;
	}
	return letters.replace(/.{4}(?=.)/g, '$&-');
}

/** A random code. */
export const mintCode = (): string => codeOf(randomBytes(32).toString('hex'));

/** A code as it is compared: however it was spaced or written. */
export const normaliseCode = (text: string): string => text.toUpperCase().replace(/[^A-Z\d]/g, '');

/** True for what has the form of {@link mintCode}; a code of the app has six digits. */
export const isRecoveryCode = (text: string): boolean =>
	new RegExp(`^[${ALPHABET}]{12}$`).test(normaliseCode(text));

/** 160 random bits in base32, as RFC 4226 recommends. */
export const mintTotpSecret = (): string => new TotpSecret({ size: 20 }).base32;

const totpOf = (secret: string, label = '') =>
	new TOTP({
		issuer: ISSUER,
		label,
		secret: TotpSecret.fromBase32(secret),
		algorithm: 'SHA1',
		digits: 6,
		period: PERIOD_SECONDS,
	});

/** What an authenticator app reads from the QR code. */
export const totpUri = (secret: string, label: string): string => totpOf(secret, label).toString();

/** The time step whose code this is, one step of leeway either way; undefined when it is none. RFC 6238. */
export function totpStep(secret: string, code: string, now: number): number | undefined {
	const digits = code.replace(/\s/g, '');
	if (!/^\d{6}$/.test(digits)) return undefined;
	const delta = totpOf(secret).validate({ token: digits, timestamp: now, window: 1 });
	return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_SECONDS) + delta;
}
