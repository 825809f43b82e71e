// Recovery codes on their way to the one page that shows them: the database has only their hashes, and a page that a
// form answered with would make others when it is loaded anew. The cookie is sealed, and goes as they are shown.
import type { AstroCookies } from 'astro';
import type { Config } from '#lib/config.ts';
import { seal, unseal, type Secret } from '#lib/secret.ts';

type Place = { cookies: AstroCookies; secret: Secret; config: Config; personId: string };

const MINUTE_SECONDS = 60;
const isSecure = (config: Config) => config.publicUrl.startsWith('https:');
const cookieName = (config: Config) => (isSecure(config) ? '__Host-ma-du-phong' : 'ma-du-phong');

/** Keeps the codes for the page that is asked for next. */
export function keepCodes({ cookies, secret, config, personId }: Place, codes: readonly string[]): void {
	cookies.set(cookieName(config), seal(secret, 'shown-codes', codes.join(' '), personId), {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: isSecure(config),
		maxAge: MINUTE_SECONDS,
	});
}

/** The codes that were kept for this person, once; undefined when there are none or they were shown. */
export function takeCodes({ cookies, secret, config, personId }: Place): string[] | undefined {
	const kept = cookies.get(cookieName(config))?.value;
	if (kept === undefined) return undefined;
	cookies.delete(cookieName(config), { path: '/', secure: isSecure(config) });
	return unseal(secret, 'shown-codes', kept, personId)?.split(' ');
}
