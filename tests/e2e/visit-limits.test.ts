// A class behind one school address gets through, also while somebody there guesses.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { offerAlias } from '#features/privacy/alias.service.ts';
import { addressKey } from '#lib/address-key.ts';
import { inTransaction } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { alertOf, makeClient, type Client } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';

let world: ServedWorld;
beforeAll(async () => {
	world = await startWorld();
});
afterAll(async () => {
	await world.stop();
});

const HOUR = { limit: 1000, windowMs: 3_600_000 };
const PUPILS = Array.from({ length: 40 }, (_, each) => String(each).padStart(3, '0'));
const open = (client: Client, name: string) =>
	client.post('/tao-tai-khoan?_action=privacy.openAccount', {
		...{ displayName: 'Em', name, password: 'con chim bay qua núi xanh', isSixteen: '1' },
	});

test('forty accounts are opened after somebody asked sixty numbers', async () => {
	const taken = world.people.treasurer.phone;
	expect((await open(makeClient(world.baseUrl), taken)).status).toBe(409);
	// The hour may end before the test does.
	for (const now of [Date.now(), Date.now() + HOUR.windowMs])
		await takeRate(world.db, addressKey('account', '127.0.0.1'), HOUR, now, 60);
	expect((await open(makeClient(world.baseUrl), taken)).status).toBe(429);
	for (const pupil of PUPILS) {
		const client = makeClient(world.baseUrl);
		await client.send('/tao-tai-khoan');
		expect((await open(client, `0977000${pupil}`)).status).toBe(303);
	}
}, 240_000);

test('forty aliases move after somebody tried sixty codes, and sixty more from one phone', async () => {
	const take = (client: Client, token: string) =>
		client.post('/chuyen-may?_action=privacy.takeAlias', { token });
	const guesser = makeClient(world.baseUrl);
	let last: number | undefined;
	for (let each = 0; each <= 60; each += 1) last = (await take(guesser, 'x')).status;
	expect(last).toBe(429);
	const phone = makeClient(world.baseUrl);
	const move = async (client: Client) => {
		const now = Date.now();
		const secret = randomBytes(32).toString('base64url');
		await inTransaction(world.db, (trx) => ensureDeviceAlias(trx, now, secret));
		const token = await offerAlias(world.db, secret, now);
		await client.send(`/chuyen-may?ma=${token}`);
		return (await take(client, token)).status;
	};
	for (const _pupil of PUPILS) expect(await move(makeClient(world.baseUrl))).toBe(303);
	for (let each = 0; each < 65; each += 1) expect(await move(phone)).toBe(303);
}, 240_000);

test('under an old notice a number that is taken is refused as a free one is, and the try counts', async () => {
	const asked = makeClient(world.baseUrl);
	await asked.send('/tao-tai-khoan');
	const ask = (name: string) =>
		asked.post('/tao-tai-khoan?_action=privacy.openAccount', {
			...{ displayName: 'Em', name, password: 'con chim bay qua núi xanh', isSixteen: '1' },
			...{ link: '1', noticeVersion: '0' },
		});
	const kept = async () => [
		await world.db.selectFrom('person').select('id').execute(),
		await world.db.selectFrom('deviceAlias').select('id').execute(),
		await world.db.selectFrom('consent').select('id').execute(),
		await world.db.selectFrom('auditEvent').select('id').execute(),
	];
	const before = await kept();
	const said: unknown[] = [];
	for (const name of [world.people.treasurer.phone, '0979000001']) {
		const answer = await ask(name);
		said.push([answer.status, alertOf(await answer.text())]);
	}
	expect(said).toEqual([
		[409, expect.stringContaining('thông báo quyền riêng tư đã có bản mới')],
		[409, expect.stringContaining('thông báo quyền riêng tư đã có bản mới')],
	]);
	const counts = await world.db
		.selectFrom('rateLimit')
		.select('count')
		.where('key', '=', sha256Hex(`account:browser:${asked.cookies.get('ho')}`))
		.execute();
	expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(2);
	expect(await kept()).toEqual(before);
});

let opened = 0;
// Another time when the hour ends meanwhile.
test(
	'one browser opens sixty accounts in an hour, and is known again under each secret that it gets',
	{ retry: 1, timeout: 240_000 },
	async () => {
		const browser = makeClient(world.baseUrl);
		await browser.send('/tao-tai-khoan');
		const openNext = () => open(browser, `0978${String((opened += 1)).padStart(6, '0')}`);
		for (let each = 0; each < 60; each += 1) expect((await openNext()).status).toBe(303);
		const count = () => world.db.selectFrom('person').select('id').execute();
		const before = await count();
		expect((await openNext()).status).toBe(429);
		expect(await count()).toEqual(before);
		// Nor does signing in make it another one.
		const name = '0978000001';
		const signIn = { name, password: 'con chim bay qua núi xanh' };
		expect((await browser.post('/dang-nhap?_action=accounts.signIn', signIn)).status).toBe(303);
		expect((await openNext()).status).toBe(429);
		expect(await count()).toEqual(before);
	},
);
