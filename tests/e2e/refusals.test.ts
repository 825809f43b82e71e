// Refusals that the server says itself, each in words, with its status, and with nothing written.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTranslator } from '#lib/i18n.ts';
import { fieldErrorOf, makeClient, signInClient, type Client } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

const say = createTranslator('vi');
/** Tries are counted, and each request marks its session as used. */
const COUNTED = ['rate_limit'];

let world: ServedWorld;
let steward: Client;
beforeAll(async () => {
	world = await startWorld();
	steward = await signInClient(world.baseUrl, world.people.steward);
});
afterAll(() => world.stop());

/** Sends, and asserts that no table changed but those of counted tries. */
async function refused(send: () => Promise<Response>): Promise<{ status: number; html: string }> {
	const before = await digest(world.db, COUNTED);
	const response = await send();
	const html = await response.text();
	expect(await digest(world.db, COUNTED)).toEqual(before);
	return { status: response.status, html };
}

test('erasing without the tick is asked for again, beside the box', async () => {
	const { status, html } = await refused(() => steward.post('/cua-toi/tai-khoan?_action=privacy.erase', {}));
	expect([status, html.includes(say('errors:eraseUnsure'))]).toEqual([422, true]);
	// The account is still there.
	expect((await steward.send('/cua-toi/tai-khoan')).status).toBe(200);
});

test('a wrong password before something that matters opens nothing', async () => {
	const name = '0988000001';
	const client = makeClient(world.baseUrl);
	await client.send('/tao-tai-khoan');
	const account = { displayName: 'Em', name, password: 'con chim bay qua núi xanh', isSixteen: '1' };
	expect((await client.post('/tao-tai-khoan?_action=privacy.openAccount', account)).status).toBe(303);
	const confirm = (password: string) =>
		client.post('/dang-nhap/buoc-hai?_action=accounts.confirm', { password });
	const { status, html } = await refused(() => confirm('không phải câu này đâu'));
	expect([status, fieldErrorOf(html, 'password')]).toEqual([422, say('errors:passwordWrong')]);
	expect((await confirm(account.password)).status).toBe(303);
});

test('a form with too many fields or too long a text is refused as too large', async () => {
	const path = '/cua-toi/tai-khoan?_action=privacy.sendRequest';
	const fields = Object.fromEntries(Array.from({ length: 4001 }, (_, each) => [`f${each}`, '1']));
	for (const form of [fields, { text: 'x'.repeat(10_001) }]) {
		const { status, html } = await refused(() => steward.post(path, form));
		expect([status, html.includes(say('errors:bodyTooLarge'))]).toEqual([413, true]);
	}
	const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: world.baseUrl };
	const body = `text=${'x'.repeat(11 * 1024 * 1024)}`;
	const { status } = await refused(() => steward.send(path, { method: 'POST', body, headers }));
	expect(status).toBe(413);
});

test('a form from another site is refused in words', async () => {
	const origin = 'https://evil.example';
	const { status, html } = await refused(() =>
		steward.post('/cua-toi/tai-khoan?_action=privacy.withdrawLink', {}, { origin }),
	);
	expect([status, html.includes(say('errors:foreignOrigin'))]).toEqual([403, true]);
});

test('what must not come from a browser left open asks who it is once more', async () => {
	const { people, baseUrl, db } = world;
	const client = await signInClient(baseUrl, people['school lead']);
	const { personId } = people['school lead'].actor;
	const long = { authenticatedAt: Date.now() - 24 * 3_600_000, secondFactorAt: null };
	await db.updateTable('session').set(long).where('personId', '=', personId).execute();
	const { status, html } = await refused(() =>
		client.post('/cua-toi/tai-khoan?_action=privacy.erase', { sure: '1' }),
	);
	expect([status, html.includes(say('errors:confirmFirst'))]).toEqual([403, true]);
});

test('an invitation without a role or a place is asked for it', async () => {
	const client = await signInClient(world.baseUrl, world.people.administrator);
	const invitation = { id: '019a0000-0000-7000-8000-000000000002', form: 'moi', name: '0912777777' };
	for (const [fields, key] of [
		[{ role: 'king', scope: 'portal' }, 'roleMissing'],
		[{ role: 'auditor', scope: '' }, 'scopeMissing'],
	] as const) {
		const { status, html } = await refused(() =>
			client.post('/cua-toi/nhom?_action=team.invite', { ...invitation, ...fields }),
		);
		expect([status, html.includes(say(`errors:${key}`))]).toEqual([422, true]);
	}
});

test('too many wrong passwords are told when to come back', async () => {
	const client = makeClient(world.baseUrl);
	const tryOnce = () =>
		client.post('/dang-nhap?_action=accounts.signIn', { name: '0988999999', password: 'không phải câu này' });
	for (let tries = 0; tries < 10; tries += 1) expect((await tryOnce()).status).toBe(401);
	const { status, html } = await refused(tryOnce);
	const [before] = say('errors:tooManySignIns', { until: '|' }).split('|');
	expect([status, html.includes(before!)]).toEqual([429, true]);
});

test('the open interface refuses another type of body and a place that it did not give', async () => {
	const client = makeClient(world.baseUrl);
	const headers = { 'content-type': 'text/plain' };
	for (const [send, key, expected] of [
		[
			() => client.send('/api/v1/drop-offs', { method: 'POST', body: '{}', headers }),
			'contentTypeWrong',
			415,
		],
		[() => client.send('/api/v1/events?after=x'), 'cursorInvalid', 400],
	] as const) {
		const { status, html } = await refused(send);
		expect([status, html.includes(say(`errors:${key}`))]).toEqual([expected, true]);
	}
});

test('nobody hands themselves a reset code', async () => {
	const { people } = world;
	const client = await signInClient(world.baseUrl, people.administrator);
	const own = {
		id: '019a0000-0000-7000-8000-000000000001',
		form: 'dat-lai',
		name: people.administrator.phone,
	};
	for (const action of ['team.issueResetCode', 'team.resetSecondFactor']) {
		const { status, html } = await refused(() => client.post(`/cua-toi/nhom?_action=${action}`, own));
		expect([action, status, html.includes(say('errors:resetOwn'))]).toEqual([action, 403, true]);
	}
});
