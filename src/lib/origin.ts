import type { Config } from './config.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/**
 * True for a write that another site's page makes a browser send (all content types; Astro's own check
 * leaves JSON out). A request with neither header comes from no page and is let through: it carries no
 * cookie of ours that a foreign page could ride on (SameSite=Lax).
 */
export function isForeignRequest(request: Request, config: Config): boolean {
	if (SAFE_METHODS.has(request.method)) return false;
	const site = request.headers.get('sec-fetch-site');
	if (site !== null && site !== 'same-origin' && site !== 'none') return true;
	const origin = request.headers.get('origin');
	if (origin === null || origin === config.publicUrl) return false;
	if (!config.isLocal || !URL.canParse(origin)) return true;
	const { hostname, protocol } = new URL(origin);
	return !(protocol === 'http:' && LOCAL_HOSTS.includes(hostname) && origin === new URL(request.url).origin);
}
