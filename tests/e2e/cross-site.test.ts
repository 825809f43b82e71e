// No other site's page makes a browser write here: five origins × five content types × every unsafe route. The actions
// are read from the source, so a new one is walked. The headers of every answer: headers.test.ts.
import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signInClient, type Client } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let administrator: Client;
beforeAll(async () => {
	world = await startWorld();
	administrator = await signInClient(world.baseUrl, world.people.administrator);
});
afterAll(() => world.stop());

/** `feature.action` of every action, as the features name them. */
function readActions(): string[] {
	return globSync('src/features/**/*.actions.ts').flatMap((file) => {
		const text = readFileSync(file, 'utf8');
		const feature = /export const (\w+) = \{/.exec(text)![1]!;
		return [...text.matchAll(/^\t(\w+): formAction\(/gm)].map(([, action]) => `${feature}.${action}`);
	});
}

const ACTIONS = readActions();
const UNSAFE = [
	...ACTIONS.flatMap((action) => [`/cua-toi?_action=${action}`, `/_actions/${action}`]),
	...['/api/v1/drop-offs', '/passkey/sign-in', '/passkey/add', '/passkey/confirm'],
];

test('the source has the actions that are walked', () => {
	expect(ACTIONS).toEqual(
		expect.arrayContaining(['accounts.signIn', 'privacy.erase', 'collections.confirmSale', 'team.invite']),
	);
	expect(ACTIONS.length).toBeGreaterThan(45);
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
