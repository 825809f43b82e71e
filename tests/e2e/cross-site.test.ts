// Every route × method × status carries the portal's headers, and no other site's page makes a browser write here:
// five origins × five content types × every unsafe route. The routes are read from the source, so a new one is walked.
import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeClient, signInClient, type Client } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let administrator: Client;
beforeAll(async () => {
	world = await startWorld();
	administrator = await signInClient(world.baseUrl, world.people.administrator);
});
afterAll(() => world.stop());

/** Each page and file of src/pages as an address; a parameter gets what exists, or nothing does. */
function readRoutes(): string[] {
	const given: Record<string, string> = { slug: 'khong-co', id: 'x', code: 'NNX-999', kind: 'csv' };
	return globSync('src/pages/**/*.{astro,ts}')
		.map((file) => file.replace(/^src\/pages/, '').replace(/\.(astro|ts)$/, ''))
		.map((route) => route.replace('/[...lang]', '').replace(/\/index$/, ''))
		.map((route) => route.replace(/\[(\w+)\]/g, (_, name: string) => given[name] ?? 'x') || '/')
		.sort();
}

/** `feature.action` of every action, as the features name them. */
function readActions(): string[] {
	return globSync('src/features/**/*.actions.ts').flatMap((file) => {
		const text = readFileSync(file, 'utf8');
		const feature = /export const (\w+) = \{/.exec(text)![1]!;
		return [...text.matchAll(/^\t(\w+): formAction\(/gm)].map(([, action]) => `${feature}.${action}`);
	});
}

const ROUTES = readRoutes();
const ACTIONS = readActions();
const UNSAFE = [
	...ACTIONS.flatMap((action) => [`/cua-toi?_action=${action}`, `/_actions/${action}`]),
	...['/api/v1/drop-offs', '/passkey/sign-in', '/passkey/add', '/passkey/confirm'],
];

test('the source has the routes and actions that are walked', () => {
	expect(ROUTES).toEqual(expect.arrayContaining(['/', '/quy', '/cua-toi/nhom', '/api/v1/funds', '/healthz']));
	expect(ACTIONS).toEqual(
		expect.arrayContaining(['accounts.signIn', 'privacy.erase', 'collections.confirmSale', 'team.invite']),
	);
	expect(ACTIONS.length).toBeGreaterThan(45);
});

describe('headers', () => {
	const EXPECTED: Record<string, RegExp> = {
		'x-content-type-options': /^nosniff$/,
		'x-frame-options': /^DENY$/,
		'referrer-policy': /^(strict-origin-when-cross-origin|same-origin)$/,
		'cross-origin-opener-policy': /^same-origin$/,
		'permissions-policy': /geolocation=\(self\)/,
		'content-security-policy': /frame-ancestors 'none'/,
		'cache-control': /no-cache|no-store|max-age/,
	};

	test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
		'stand on every answer to %s, whoever asks',
		async (method) => {
			const faults: string[] = [];
			for (const client of [makeClient(world.baseUrl), administrator]) {
				for (const route of ROUTES) {
					const { origin } = new URL(world.baseUrl);
					const response = await client.send(route, { method, headers: { origin } });
					await response.arrayBuffer();
					if (response.status >= 500 && !route.endsWith('/500')) faults.push(`${route}: ${response.status}`);
					for (const [name, pattern] of Object.entries(EXPECTED))
						if (!pattern.test(response.headers.get(name) ?? ''))
							faults.push(`${route} (${response.status}): ${name}: ${response.headers.get(name)}`);
					for (const name of ['server', 'x-powered-by'])
						if (response.headers.has(name)) faults.push(`${route}: ${name}`);
					const policy = response.headers.get('content-security-policy') ?? '';
					if (policy.includes('unsafe-')) faults.push(`${route}: ${policy}`);
				}
			}
			expect(faults).toEqual([]);
		},
	);
});

describe('another site', () => {
	const ORIGINS: Record<string, string>[] = [
		{ origin: 'https://evil.example' },
		{ origin: 'null' },
		{ origin: 'http://localhost:1' },
		{ 'sec-fetch-site': 'cross-site' },
		{ 'sec-fetch-site': 'same-site', origin: 'https://sub.evil.example' },
	];
	const TYPES: [type: string, body: string][] = [
		['application/x-www-form-urlencoded', 'id=x&sure=1'],
		[
			'multipart/form-data; boundary=b',
			'--b\r\ncontent-disposition: form-data; name="id"\r\n\r\nx\r\n--b--\r\n',
		],
		['text/plain', 'id=x'],
		['application/json', '{"sent_at":"2026-11-22T03:00:00Z","drop_offs":[]}'],
		['application/octet-stream', 'x'],
	];

	test.each(ORIGINS)('as %o is refused on every unsafe route in every content type', async (headers) => {
		const before = await digest(world.db, ['session', 'rate_limit']);
		const answers = new Set<number>();
		for (const route of UNSAFE)
			for (const [type, body] of TYPES) {
				const response = await administrator.send(route, {
					...{ method: 'POST', body },
					headers: { ...headers, 'content-type': type },
				});
				await response.arrayBuffer();
				answers.add(response.status);
			}
		expect([...answers]).toEqual([403]);
		expect(await digest(world.db, ['session', 'rate_limit'])).toEqual(before);
		// The session that it rode on is still good, and was used for nothing.
		expect((await administrator.send('/cua-toi/tai-khoan')).status).toBe(200);
	});
});
