import type { APIRoute } from 'astro';

const DAY_MS = 24 * 3_600_000;

/** Whom to tell of a weakness (RFC 9116). */
export const GET: APIRoute = ({ locals }) => {
	const { config, publicUrl, now } = locals;
	const expires = new Date(now + 180 * DAY_MS).toISOString().slice(0, 10);
	const lines = [
		`Contact: ${config.securityContact}`,
		`Expires: ${expires}T00:00:00Z`,
		'Preferred-Languages: vi, en',
		`Canonical: ${publicUrl}/.well-known/security.txt`,
	];
	return new Response(`${lines.join('\n')}\n`, {
		headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=86400' },
	});
};
