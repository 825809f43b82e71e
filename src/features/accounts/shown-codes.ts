// Recovery codes on their way to the one page that shows them: the database has only their hashes, and a page that a
// form answered with would make others when it is loaded anew. The cookie is sealed, and goes as they are shown; that it
// opens for a minute alone is sealed in it, for a copy of it has no browser that lets it go.
import type { AstroCookies } from 'astro';
import type { Config } from '#lib/config.ts';
import { seal, unseal, type Secret } from '#lib/secret.ts';

type Place = { cookies: AstroCookies; secret: Secret; config: Config; personId: string; now: number };

const MINUTE_SECONDS = 60;
const isSecure = (config: Config) => config.publicUrl.startsWith('https:');
const cookieName = (config: Config) => (isSecure(config) ? '__Host-ma-du-phong' : 'ma-du-phong');

/** Keeps the codes for the page that is asked for next. */
export function keepCodes({ cookies, secret, config, personId, now }: Place, codes: readonly string[]): void {
	const kept = [now + MINUTE_SECONDS * 1000, ...codes].join(' ');
	cookies.set(cookieName(config), seal(secret, 'shown-codes', kept, personId), {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: isSecure(config),
		maxAge: MINUTE_SECONDS,
	});
}

/** The codes that were kept for this person, once; undefined when there are none, they were shown, or a minute is over. */
export function takeCodes({ cookies, secret, config, personId, now }: Place): string[] | undefined {
	const kept = cookies.get(cookieName(config))?.value;
	if (kept === undefined) return undefined;
	cookies.delete(cookieName(config), { path: '/', secure: isSecure(config) });
	const [until, ...codes] = unseal(secret, 'shown-codes', kept, personId)?.split(' ') ?? [];
	return now < Number(until) ? codes : undefined;
}
