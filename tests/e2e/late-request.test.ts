// A request whose body is held back until its session has ended: it was let in, and must not write any more.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signInClient, type Client } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

const LONG_PAUSE = 6 * 3_600_000;

let world: ServedWorld;
beforeAll(async () => {
	world = await startWorld();
});
afterAll(() => world.stop());

/** Sends a form but for its last byte; what is given back sends that and answers with the status. */
async function holdBack(client: Client, path: string, fields: Record<string, string>) {
	// The server notes the first use after a long pause when it has read the session.
	await world.db
		.updateTable('session')
		.set({ lastUsedAt: Date.now() - LONG_PAUSE })
		.execute();
	const used = world.db
		.selectFrom('session')
		.select('id')
		.where('lastUsedAt', '>', Date.now() - LONG_PAUSE / 2);
	const body = Buffer.from(new URLSearchParams(fields).toString());
	const sent = request(world.baseUrl + path, {
		method: 'POST',
		headers: {
			'content-type': 'application/x-www-form-urlencoded',
			'content-length': body.length,
			cookie: [...client.cookies].map((pair) => pair.join('=')).join('; '),
			origin: world.baseUrl,
		},
	});
	const status = new Promise<number>((resolve, reject) => {
		sent.once('response', (response) => {
			response.resume();
			resolve(response.statusCode!);
		});
		sent.once('error', reject);
	});
	sent.write(body.subarray(0, -1));
	await expect.poll(() => used.execute()).toHaveLength(1);
	return () => {
		sent.end(body.subarray(-1));
		return status;
	};
}

const ACCOUNT = '/cua-toi/tai-khoan';
test.each<[name: string, path: string, fields: (world: ServedWorld) => Record<string, string>]>([
	[
		'approves no payment',
		'/cua-toi/chi/{requestId}?_action=fund.approveDisbursement',
		({ requestId }) => ({ id: requestId }),
	],
	[
		'sets no password',
		`${ACCOUNT}/dang-nhap?_action=accounts.changePassword`,
		() => ({ password: 'mật khẩu của kẻ khác, đủ dài' }),
	],
	[
		'changes no number',
		`${ACCOUNT}/dang-nhap?_action=accounts.changeAccount`,
		() => ({ displayName: 'Kẻ khác', name: '0987654321', locale: 'vi' }),
	],
	['erases no account', `${ACCOUNT}?_action=privacy.erase`, () => ({ sure: '1' })],
])('of a session that was ended %s', async (_name, path, fields) => {
	const { db, baseUrl, people } = world;
	const [stolen, own] = [
		await signInClient(baseUrl, people.approver),
		await signInClient(baseUrl, people.approver),
	];
	const send = await holdBack(stolen, path.replace('{requestId}', world.requestId), fields(world));
	const ended = await own.post(`${ACCOUNT}?_action=accounts.endOtherSessions`, {});
	expect(ended.status).toBe(303);
	const before = await digest(db);
	expect(await send()).toBe(401);
	expect(await digest(db)).toEqual(before);
	// The owner is still in.
	expect((await own.send(ACCOUNT)).status).toBe(200);
});
