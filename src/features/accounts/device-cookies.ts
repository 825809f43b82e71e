// What a browser keeps of itself: the household alias, and that somebody has signed in with it before.
import type { AstroCookies } from 'astro';
import type { Config } from '#lib/config.ts';
import { isDeviceSecret, mintDeviceSecret } from './device-alias.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const isSecure = (config: Config) => config.publicUrl.startsWith('https:');
const cookieName = (name: string, config: Config) => (isSecure(config) ? `__Host-${name}` : name);

function write(cookies: AstroCookies, name: string, secret: string, config: Config): void {
	cookies.set(cookieName(name, config), secret, {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: isSecure(config),
		maxAge: YEAR_SECONDS,
	});
}

/** The household alias's secret, if this device has one. */
export const readAliasCookie = (cookies: AstroCookies, config: Config): string | undefined =>
	cookies.get(cookieName('ho', config))?.value;

/** Gives the device its secret for a year. */
export const writeAliasCookie = (cookies: AstroCookies, secret: string, config: Config): void =>
	write(cookies, 'ho', secret, config);

/** Gives a device without one its secret before it sends anything; the database learns of it with the first record. */
export function prepareAliasCookie(cookies: AstroCookies, config: Config): void {
	if (readAliasCookie(cookies, config) === undefined) writeAliasCookie(cookies, mintDeviceSecret(), config);
}

/** The device forgets the household alias. */
export const deleteAliasCookie = (cookies: AstroCookies, config: Config): void =>
	cookies.delete(cookieName('ho', config), { path: '/', secure: isSecure(config) });

/** The secret of a browser that somebody has signed in with, if it has one. */
export function readDeviceCookie(cookies: AstroCookies, config: Config): string | undefined {
	const secret = cookies.get(cookieName('may', config))?.value;
	return secret !== undefined && isDeviceSecret(secret) ? secret : undefined;
}

/** The secrets that tell one browser of an address from another, in which nobody need have signed in. */
export const readBrowserSecrets = (cookies: AstroCookies, config: Config): string[] =>
	[readDeviceCookie(cookies, config), readAliasCookie(cookies, config)].flatMap((secret) =>
		secret !== undefined && isDeviceSecret(secret) ? [secret] : [],
	);

/** The browser's secret and the one that it gets once somebody is known in it. */
export const renewDeviceSecret = (cookies: AstroCookies, config: Config) => ({
	held: readDeviceCookie(cookies, config),
	fresh: mintDeviceSecret(),
});

/** Gives the browser its secret for a year. */
export const writeDeviceCookie = (cookies: AstroCookies, secret: string, config: Config): void =>
	write(cookies, 'may', secret, config);
