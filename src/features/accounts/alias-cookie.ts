// The household alias: a device without an account. Its secret lives in a cookie, only a hash in the database.
import type { AstroCookies } from 'astro';
import type { Config } from '#lib/config.ts';
import { mintDeviceSecret } from './device-alias.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const isSecure = (config: Config) => config.publicUrl.startsWith('https:');
const cookieName = (config: Config) => (isSecure(config) ? '__Host-ho' : 'ho');

/** The device's secret, if it has one. */
export const readAliasCookie = (cookies: AstroCookies, config: Config): string | undefined =>
	cookies.get(cookieName(config))?.value;

/** Gives the device its secret for a year. */
export function writeAliasCookie(cookies: AstroCookies, secret: string, config: Config): void {
	cookies.set(cookieName(config), secret, {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: isSecure(config),
		maxAge: YEAR_SECONDS,
	});
}

/** Gives a device without one its secret before it sends anything; the database learns of it with the first record. */
export function prepareAliasCookie(cookies: AstroCookies, config: Config): void {
	if (readAliasCookie(cookies, config) === undefined) writeAliasCookie(cookies, mintDeviceSecret(), config);
}
