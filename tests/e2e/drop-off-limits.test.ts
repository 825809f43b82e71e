// Who sends too much is told so, and leaves nothing behind: no drop-off, no device, not even a count for the device.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { PER_ADDRESS } from '#features/drop-offs/drop-off-limits.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { alertOf, makeClient } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
const key = sha256Hex('drop-off:address:127.0.0.1');
beforeAll(async () => {
	world = await startWorld();
	const { limit, windowMs } = PER_ADDRESS;
	const now = Date.now();
	// The hour may end before the test does.
	const windows = [0, windowMs].map((later) => now - (now % windowMs) + later);
	await world.db
		.insertInto('rateLimit')
		.values(windows.map((windowStart) => ({ key, windowStart, count: limit })))
		.execute();
});
afterAll(async () => {
	await world.stop();
});

const snapshot = async () => {
	const others = world.db.selectFrom('rateLimit').selectAll().where('key', '<>', key);
	return [await digest(world.db, ['rate_limit']), await others.execute()];
};

const send = (outbox: { sent_at: string; drop_offs: object[] }) =>
	fetch(`${world.baseUrl}/api/v1/drop-offs`, {
		method: 'POST',
		body: JSON.stringify({ ...outbox, device: mintDeviceSecret() }),
		headers: { 'content-type': 'application/json' },
	});

test('an address that sent its share by form gets 429, with every new device', async () => {
	const before = await snapshot();
	const form = {
		...{ id: uuidv7(Date.now()), house: world.house.code, date: world.today, channel: 'web' },
		...{ 'material-0': 'mixed_paper', 'unit-0': 'kg', quantity: '2' },
	};
	for (const _device of [1, 2]) {
		const response = await makeClient(world.baseUrl).post('/ghi-nhan?_action=dropOffs.record', form);
		expect(response.status).toBe(429);
		expect(alertOf(await response.text())).toMatch(/^\p{Lu}.*\.$/u);
	}
	expect(await snapshot()).toEqual(before);
});

test('the drop-offs of an outbox count one by one', async () => {
	await world.db
		.updateTable('rateLimit')
		.set({ count: PER_ADDRESS.limit - 1 })
		.where('key', '=', key)
		.execute();
	const before = await snapshot();
	const sent_at = new Date().toISOString();
	const lines = [{ material: 'mixed_paper', quantity: 2, unit: 'kg' }];
	const drop_offs = [1, 2].map(() => ({
		id: uuidv7(Date.now()),
		green_house_code: world.house.code,
		happened_at: sent_at,
		lines,
	}));
	expect((await send({ sent_at, drop_offs })).status).toBe(429);
	expect(await snapshot()).toEqual(before);
});

test('an address that sent its share to the API gets 429, with every new device', async () => {
	const before = await snapshot();
	const lines = [{ material: 'mixed_paper', quantity: 2, unit: 'kg' }];
	const sent_at = new Date().toISOString();
	const drop_offs = [
		{ id: uuidv7(Date.now()), green_house_code: world.house.code, happened_at: sent_at, lines },
	];
	for (const _device of [1, 2]) {
		const response = await send({ sent_at, drop_offs });
		expect(response.status).toBe(429);
		expect(await response.json()).toMatchObject({ error: { code: 'tooManyRequests' } });
	}
	expect(await snapshot()).toEqual(before);
});
