// The address that a phone's queue sends to.
import { describe, expect, test } from 'vitest';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { makeClient } from '../support/http.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl } = await startSamplePortal();
const HOUR = 3_600_000;
const HOUSE = 'MAU-020';

type Item = Record<string, unknown>;
type Result = {
	id: string | null;
	status: number;
	error?: { code: string; message: string; field?: string };
};

const item = (over: Item = {}): Item => ({
	id: uuidv7(Date.now()),
	green_house_code: HOUSE,
	happened_at: new Date(Date.now() - HOUR).toISOString(),
	lines: [{ material: 'mixed_paper', quantity: 1.5, unit: 'kg' }],
	...over,
});
const envelope = (items: unknown, over: Item = {}) =>
	JSON.stringify({
		sent_at: new Date().toISOString(),
		device: mintDeviceSecret(),
		drop_offs: items,
		...over,
	});

function post(body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
	return fetch(`${baseUrl}/api/v1/drop-offs`, {
		method: 'POST',
		body,
		headers: { 'content-type': 'application/json', ...headers },
		duplex: 'half',
	} as RequestInit);
}

async function send(
	items: unknown,
	over: Item = {},
	headers: Record<string, string> = {},
): Promise<Result[]> {
	const response = await post(envelope(items, over), headers);
	expect(response.status).toBe(200);
	return ((await response.json()) as { results: Result[] }).results;
}

describe('POST /api/v1/drop-offs', () => {
	test('answers each item in the order of the request, each by itself', async () => {
		const device = mintDeviceSecret();
		const [first, last] = [item(), item()];
		expect(await send([first], { device })).toEqual([{ id: first['id'], status: 201 }]);
		const changed = { ...first, lines: [{ material: 'mixed_paper', quantity: 2, unit: 'kg' }] };
		const items = [
			first,
			changed,
			item({ green_house_code: 'MAU-999' }),
			{ ...first, id: 7 },
			'nothing',
			last,
			last,
		];
		const results = await send(items, { device });
		expect(results.map(({ status }) => status)).toEqual([200, 409, 422, 422, 422, 201, 200]);
		expect(results.map(({ id }) => id)).toEqual(
			items.map((each) => (each as Item)['id'] ?? null).with(3, null),
		);
		expect(results.map(({ error }) => error?.code)).toEqual([
			undefined,
			'sameIdOtherContent',
			'unknownHouse',
			'bodyMalformed',
			'bodyMalformed',
			undefined,
			undefined,
		]);
	});

	const line = (over: Item) => ({ lines: [{ material: 'mixed_paper', quantity: 1, unit: 'kg', ...over }] });
	const at = (shift: number) => new Date(Date.now() + shift).toISOString();
	test.each<[name: string, over: Item, code: string, field: string]>([
		['a negative quantity', line({ quantity: -1 }), 'quantityNotPositive', 'lines.0.quantity'],
		['zero', line({ quantity: 0 }), 'quantityNotPositive', 'lines.0.quantity'],
		['an absurd quantity', line({ quantity: 1e9 }), 'quantityTooLarge', 'lines.0.quantity'],
		['words for a quantity', line({ quantity: 'hai' }), 'quantityNotNumber', 'lines.0.quantity'],
		['null for a quantity', line({ quantity: null }), 'bodyMalformed', 'lines.0.quantity'],
		['“1.500”', line({ quantity: '1.500' }), 'quantityAmbiguous', 'lines.0.quantity'],
		['“1.500 kg”', line({ quantity: '1.500 kg' }), 'quantityAmbiguous', 'lines.0.quantity'],
		['“1,5” pieces', line({ quantity: '1,5', unit: 'piece' }), 'quantityNotWhole', 'lines.0.quantity'],
		['half a piece', line({ quantity: 0.5, unit: 'piece' }), 'quantityNotWhole', 'lines.0.quantity'],
		['another unit', line({ unit: 'ton' }), 'bodyMalformed', 'lines.0.unit'],
		['an unknown material', line({ material: 'gold' }), 'unknownMaterial', 'lines.0.material'],
		['a material that no house takes', line({ material: 'battery' }), 'materialNever', 'lines.0.material'],
		['a material not taken here', line({ material: 'glass' }), 'materialNotTaken', 'lines.0.material'],
		['a NUL', line({ material: 'a\0b' }), 'bodyMalformed', 'lines.0.material'],
		['no line', { lines: [] }, 'linesMissing', 'lines'],
		['SQL for a house', { green_house_code: `${HOUSE}' or 1=1 --` }, 'unknownHouse', 'green_house_code'],
		['a closed house', { green_house_code: 'MAU-066' }, 'houseClosed', 'green_house_code'],
		['a paused house', { green_house_code: 'MAU-033' }, 'housePaused', 'green_house_code'],
		['a date in the future', { happened_at: at(24 * HOUR) }, 'dateInFuture', 'happened_at'],
		['a date too old', { happened_at: at(-61 * 24 * HOUR) }, 'dateTooOld', 'happened_at'],
		['a time without its zone', { happened_at: '2026-11-22T10:00:00' }, 'instantInvalid', 'happened_at'],
		['a day that no month has', { happened_at: '2026-02-30T10:00:00Z' }, 'instantInvalid', 'happened_at'],
	])('refuses %s with 422 and writes nothing', async (_name, over, code, field) => {
		const [device, id] = [mintDeviceSecret(), uuidv7(Date.now())];
		const [refused] = await send([item({ id, ...over })], { device });
		expect(refused).toMatchObject({ id, status: 422, error: { code, field } });
		expect(refused?.error?.message).not.toMatch(/^errors|\{\{/);
		// 201 and not 409: nothing stood under this id.
		expect(await send([item({ id })], { device })).toEqual([{ id, status: 201 }]);
	});

	test('takes an id of any version in either case, and reads both cases as one', async () => {
		const device = mintDeviceSecret();
		const [v7, v4] = [uuidv7(Date.now()).toUpperCase(), crypto.randomUUID()];
		const items = [item({ id: v7 }), item({ id: v4 })];
		expect((await send(items, { device })).map(({ status }) => status)).toEqual([201, 201]);
		const again = await send([{ ...items[0], id: v7.toLowerCase() }, item({ id: 'x' })], { device });
		expect(again).toMatchObject([
			{ status: 200 },
			{ status: 422, error: { code: 'idInvalid', field: 'id' } },
		]);
	});

	test('refuses the same id from another device with 409', async () => {
		const sent = item();
		expect(await send([sent])).toMatchObject([{ status: 201 }]);
		expect(await send([sent])).toMatchObject([{ status: 409, error: { code: 'sameIdOtherContent' } }]);
	});

	test('corrects a wrong clock by the time of sending', async () => {
		const ahead = 400 * 24 * HOUR;
		const wrong = { sent_at: new Date(Date.now() + ahead).toISOString(), device: mintDeviceSecret() };
		const sent = item({ happened_at: new Date(Date.now() + ahead - HOUR).toISOString() });
		expect(await send([sent], wrong)).toMatchObject([{ status: 201 }]);
		// The clock was set right meanwhile; the same words are still the same drop-off.
		const retry = { ...wrong, sent_at: new Date(Date.now() + ahead + HOUR).toISOString() };
		expect(await send([sent], retry)).toMatchObject([{ status: 200 }]);
	});

	test('gives a device without a secret a cookie by which it is known again', async () => {
		const client = makeClient(baseUrl);
		const sent = JSON.stringify({ sent_at: new Date().toISOString(), drop_offs: [item()] });
		const init = { method: 'POST', body: sent, headers: { 'content-type': 'application/json' } };
		const response = await client.send('/api/v1/drop-offs', init);
		expect(response.headers.getSetCookie()[0]).toMatch(
			/^ho=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
		);
		expect(await (await client.send('/api/v1/drop-offs', init)).json()).toMatchObject({
			results: [{ status: 200 }],
		});
		expect(await (await makeClient(baseUrl).send('/api/v1/drop-offs', init)).json()).toMatchObject({
			results: [{ status: 409 }],
		});
		expect(await (await client.send('/cua-toi')).text()).toContain(HOUSE);
	});

	const many = (count: number) => Array.from({ length: count }, () => item({ green_house_code: 'MAU-999' }));
	test('takes 50 items', async () => expect(await send(many(50))).toHaveLength(50));

	test.each<[name: string, status: number, body: () => BodyInit, headers?: Record<string, string>]>([
		['no item', 400, () => envelope([])],
		['51 items', 400, () => envelope(many(51))],
		['items that are no list', 400, () => envelope({})],
		['no sending time', 400, () => envelope([item()], { sent_at: undefined })],
		['a sending time without zone', 400, () => envelope([item()], { sent_at: '2026-11-22T10:00:00' })],
		['a device’s secret that can be guessed', 400, () => envelope([item()], { device: 'me' })],
		['malformed JSON', 400, () => '{"drop_offs": ['],
		['bytes that are no UTF-8', 400, () => new Uint8Array([0x22, 0xff, 0x22])],
		['an empty body', 400, () => ''],
		['a form', 415, () => envelope([item()]), { 'content-type': 'application/x-www-form-urlencoded' }],
		['plain text', 415, () => envelope([item()]), { 'content-type': 'text/plain' }],
		['more than 64 KB', 413, () => envelope([item()], { note: 'x'.repeat(70_000) })],
		['more than 10 MB', 413, () => 'x'.repeat(11 * 1024 * 1024)],
		['more than 64 KB in pieces', 413, () => new Blob(['x'.repeat(70_000)]).stream()],
		['a foreign Origin', 403, () => envelope([item()]), { origin: 'https://evil.example' }],
		['the Origin “null”', 403, () => envelope([item()]), { origin: 'null' }],
		['Sec-Fetch-Site: cross-site', 403, () => envelope([item()]), { 'sec-fetch-site': 'cross-site' }],
		['Sec-Fetch-Site: same-site', 403, () => envelope([item()]), { 'sec-fetch-site': 'same-site' }],
	])('refuses %s as a whole with %i', async (_name, status, body, headers) => {
		const response = await post(body(), headers);
		expect(response.status).toBe(status);
		expect(response.headers.get('content-type')).toContain('application/json');
		const { error } = (await response.json()) as { error: { code: string; message: string } };
		expect(error.message).toMatch(/^\p{Lu}.*\.$/u);
	});

	test('takes the portal’s own Origin', async () => {
		expect(await send([item()], {}, { origin: baseUrl, 'sec-fetch-site': 'same-origin' })).toMatchObject([
			{ status: 201 },
		]);
	});

	test.each([
		['en-GB,en;q=0.9', 'The quantity must be more than 0.'],
		['vi-VN,vi;q=0.9,en;q=0.8', 'Số lượng phải lớn hơn 0.'],
		['fr', 'Số lượng phải lớn hơn 0.'],
	])('speaks the language of “%s”', async (language, sentence) => {
		const [refused] = await send([item(line({ quantity: 0 }))], {}, { 'accept-language': language });
		expect(refused?.error?.message).toBe(sentence);
		const whole = await post('{', { 'accept-language': language });
		const { error } = (await whole.json()) as { error: { message: string } };
		expect(error.message.startsWith('What was sent')).toBe(language.startsWith('en'));
	});
});
