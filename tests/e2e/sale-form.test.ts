// What a steward typed of a sale that is refused: said, kept with its own cycle, and never put into another one's form.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { inTransaction } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { alertOf, signInClient, type Client } from '../support/http.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';

let world: ServedWorld;
let steward: Client;
let treasurer: Client;
beforeAll(async () => {
	world = await startWorld();
	steward = await signInClient(world.baseUrl, world.people.steward);
	treasurer = await signInClient(world.baseUrl, world.people.treasurer);
	// A second cycle without a sale: something was brought, and the house was emptied again.
	const { db, house, people } = world;
	const now = Date.now();
	const device = await inTransaction(db, (trx) => ensureDeviceAlias(trx, now, mintDeviceSecret()));
	const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 1000 }];
	await recordDropOff(
		db,
		{ kind: 'device', deviceAliasId: device.id },
		{ id: uuidv7(now), greenHouseCode: house.code, happenedAt: now, channel: 'web', lines },
		now,
	);
	await closeCycle(db, people.steward.actor, (await findOpenCycle(db, house.id))!.id, now);
});
afterAll(() => world.stop());

const send = async (client: Client, over: Record<string, string> = {}) => {
	const { house, today, unsoldCycleId } = world;
	const response = await client.post(`/cua-toi/nha/${house.code}?_action=collections.recordSale`, {
		...{ id: uuidv7(Date.now()), cycle: unsoldCycleId, house: house.code, soldOn: today, dealer: 'Cô Hoa' },
		...{ how: 'lump_sum', 'lump-weight': '', cash: '40.000', photoMissingReason: 'Máy hết pin' },
		...over,
	});
	return { status: response.status, html: await response.text() };
};

test('a field that is refused says so, and what was typed stays', async () => {
	const { status, html } = await send(steward, { cash: '40,5' });
	expect(status).toBe(422);
	expect(html).toContain('value="40,5"');
	expect(html).toContain('value="Cô Hoa"');
	expect(html).toContain('id="cash-error"');
});

test('the fund’s treasurer may record a sale of the ward’s house, and nothing else there', async () => {
	const page = await (await treasurer.send(`/cua-toi/nha/${world.house.code}`)).text();
	expect(page).toContain('collections.recordSale');
	expect(page).not.toContain('collections.closeCycle');
	expect(page).not.toContain('greenHouses.reportState');
});

test('a sale that somebody else has recorded meanwhile is not put into the next cycle’s form', async () => {
	expect((await send(treasurer)).status).toBe(303);
	const id = uuidv7(Date.now());
	const { status, html } = await send(steward, { id, dealer: 'Ông Ba', cash: '41.000' });
	expect(status).toBe(409);
	expect(alertOf(html)).toBeTruthy();
	expect(html).not.toContain('Ông Ba');
	expect(html).not.toContain('41.000');
	expect(html).not.toContain(id);
});

test('the same form with other content is refused, said, and leads to a fresh form', async () => {
	const { db, house } = world;
	const left = await db
		.selectFrom('collectionCycle')
		.select('id')
		.where('greenHouseId', '=', house.id)
		.where('closedAt', 'is not', null)
		.orderBy('number', 'desc')
		.executeTakeFirstOrThrow();
	const form = { id: uuidv7(Date.now()), cycle: left.id };
	expect((await send(steward, form)).status).toBe(303);
	const { status, html } = await send(steward, { ...form, cash: '42.000' });
	expect(status).toBe(409);
	expect(alertOf(html)).toBeTruthy();
});
