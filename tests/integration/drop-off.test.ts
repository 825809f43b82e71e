// What somebody says they brought, and everything that is refused at the door.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import {
	findDropOff,
	listDropOffsOfDevices,
	listPublicDropOffs,
	PUBLIC_LINES,
} from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff, withdrawDropOff, type DropOffInput } from '#features/drop-offs/drop-off.service.ts';
import { MAX_LINES, type DropOffLine } from '#features/drop-offs/drop-off.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { parseQuantityMilli } from '#lib/number-input.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const MINUTE = 60_000;
const SQL = "'; drop table drop_off; --";
const HTML = '<script>alert(1)</script>';

async function makeWorld(db: Db) {
	await seedReference(db);
	const house = await makeHouse(db);
	return {
		db,
		house,
		closed: await makeHouse(db, { status: 'closed' }),
		paused: await makeHouse(db, { status: 'paused' }),
		secret: mintDeviceSecret(),
		steward: await makeActor(db, 'steward', 'house', house.id),
	};
}
type World = Awaited<ReturnType<typeof makeWorld>>;

/** A line as it was typed into the form. */
const line = (quantity: string | number, unit: 'kg' | 'piece' = 'kg', material = 'mixed_paper') => ({
	material,
	unit,
	quantityMilli: parseQuantityMilli(quantity, unit, 'quantity-0'),
});

function bring({ db, house, secret }: World, over: Partial<DropOffInput> & { secret?: string } = {}) {
	const { secret: other, ...input } = over;
	return recordDropOff(
		db,
		{ kind: 'device', secret: other ?? secret },
		{
			id: uuidv7(NOW),
			greenHouseCode: house.code,
			happenedAt: NOW - DAY,
			channel: 'web',
			lines: [line('2')],
			...input,
		},
		NOW,
	);
}

/** Refused with this kind and sentence; no table changed, not even that of devices. */
async function expectRefused(db: Db, work: () => Promise<unknown>, kind: string, key: string): Promise<void> {
	const error = await expectNothingWritten(db, work);
	expect(error).toBeInstanceOf(DomainError);
	expect(error).toMatchObject({ kind, key });
}

async function countRows(db: Db): Promise<number> {
	const { rows } = await sql<{ count: number }>`select count(*) as count from drop_off`.execute(db);
	return Number(rows[0]?.count);
}

type Refused = [name: string, over: (world: World) => Partial<DropOffInput>, key: string];

const REFUSED: Refused[] = [
	...(
		[
			['-2', 'quantityNotPositive'],
			['−2', 'quantityNotPositive'],
			['0', 'quantityNotPositive'],
			['0,00', 'quantityNotPositive'],
			['999999', 'quantityTooLarge'],
			['5.000,001', 'quantityTooLarge'],
			['hai cân', 'quantityNotNumber'],
			['1e3', 'quantityNotNumber'],
			['0x10', 'quantityNotNumber'],
			['NaN', 'quantityNotNumber'],
			['1.500', 'quantityAmbiguous'],
			['1.500 kg', 'quantityAmbiguous'],
			['1,500', 'quantityAmbiguous'],
			['', 'quantityMissing'],
			[SQL, 'quantityNotNumber'],
			[HTML, 'quantityNotNumber'],
		] as const
	).map(([text, key]): Refused => [`“${text}” kg`, () => ({ lines: [line(text)] }), key]),
	['“1,5” pieces', () => ({ lines: [line('1,5', 'piece')] }), 'quantityNotWhole'],
	['a million pieces', () => ({ lines: [line('1.000.000', 'piece')] }), 'piecesTooLarge'],
	['a negative JSON number', () => ({ lines: [line(-0.5)] }), 'quantityNotPositive'],
	['a JSON number of a tenth of a gram', () => ({ lines: [line(0.0001)] }), 'quantityNotPositive'],
	['a date in the future', () => ({ happenedAt: NOW + DAY }), 'dateInFuture'],
	['a phone clock that runs six minutes ahead', () => ({ happenedAt: NOW + 6 * MINUTE }), 'dateInFuture'],
	['a date of 61 days ago', () => ({ happenedAt: NOW - 60 * DAY - 10 * 60 * MINUTE - 1 }), 'dateTooOld'],
	['a date long ago', () => ({ happenedAt: -1 }), 'dateTooOld'],
	['an unknown house', () => ({ greenHouseCode: 'NNX-999' }), 'unknownHouse'],
	['SQL for a house', () => ({ greenHouseCode: `NNX-001${SQL}` }), 'unknownHouse'],
	['HTML for a house', () => ({ greenHouseCode: HTML }), 'unknownHouse'],
	['a closed house', ({ closed }) => ({ greenHouseCode: closed.code }), 'houseClosed'],
	['a paused house', ({ paused }) => ({ greenHouseCode: paused.code }), 'housePaused'],
	['no line', () => ({ lines: [] }), 'linesMissing'],
	['21 lines', () => ({ lines: Array<DropOffLine>(21).fill(line('1')) }), 'tooManyLines'],
	['an unknown material', () => ({ lines: [line('1'), line('1', 'kg', 'gold')] }), 'unknownMaterial'],
	['SQL for a material', () => ({ lines: [line('1', 'kg', SQL)] }), 'unknownMaterial'],
	['HTML for a material', () => ({ lines: [line('1', 'kg', HTML)] }), 'unknownMaterial'],
	['a material that no house takes', () => ({ lines: [line('1', 'kg', 'battery')] }), 'materialNever'],
	[
		'a material that this house does not take',
		() => ({ lines: [line('1', 'kg', 'glass')] }),
		'materialNotTaken',
	],
];

describeEachEngine('a drop-off', (engine) => {
	const fresh = async () => makeWorld(await engine.fresh());

	test('each thing that cannot be has its sentence and writes nothing', async () => {
		const world = await fresh();
		for (const [name, over, key] of REFUSED) {
			// An async function, so that what reading the number throws is refused like the rest.
			const work = async () => bring(world, over(world));
			await expectRefused(world.db, work, 'UNPROCESSABLE_CONTENT', key).catch((cause: unknown) => {
				throw new Error(`${name} was not refused as it should be`, { cause });
			});
		}
		expect(await countRows(world.db)).toBe(0);
	});

	test('what was typed is kept with its unit, and the first record makes the device', async () => {
		const world = await fresh();
		const { db, secret } = world;
		const id = uuidv7(NOW);
		expect(await findDeviceAlias(db, secret)).toBeUndefined();
		const lines = [line('1,5'), line('1.500', 'piece', 'aluminium_can')];
		expect(await bring(world, { id, lines })).toBe('created');
		const alias = await findDeviceAlias(db, secret);
		const mine = await listDropOffsOfDevices(db, [alias!.id], 10);
		expect(mine).toMatchObject([
			{
				id,
				stage: 'declared',
				lines: [
					{ materialCode: 'mixed_paper', unit: 'kg', quantityMilli: 1500 },
					{ materialCode: 'aluminium_can', unit: 'piece', quantityMilli: 1_500_000 },
				],
			},
		]);
	});

	test('the edges that are still right are taken', async () => {
		const world = await fresh();
		expect(await bring(world, { happenedAt: NOW + 4 * MINUTE })).toBe('created');
		// Midnight of the first day that the form offers.
		expect(await bring(world, { happenedAt: NOW - 60 * DAY - 10 * 60 * MINUTE })).toBe('created');
		expect(await bring(world, { lines: [line('5.000,000')] })).toBe('created');
		expect(await bring(world, { lines: Array<DropOffLine>(20).fill(line('0,01')) })).toBe('created');
	});

	test('one id stands for one content from one device', async () => {
		const world = await fresh();
		const { db, house } = world;
		const other = await makeHouse(db);
		const id = uuidv7(NOW);
		const refused = (over: Parameters<typeof bring>[1]) =>
			expectRefused(db, () => bring(world, { id, ...over }), 'CONFLICT', 'sameIdOtherContent');
		expect(await bring(world, { id })).toBe('created');
		expect(await bring(world, { id })).toBe('unchanged');
		await refused({ greenHouseCode: other.code });
		await refused({ happenedAt: NOW - 2 * DAY });
		await refused({ lines: [line('2,5')] });
		await refused({ lines: [line('2', 'piece')] });
		await refused({ lines: [line('2'), line('1')] });
		await refused({ secret: mintDeviceSecret() });
		// A retry that comes after the house has closed is still a retry.
		await sql`update green_house set status = 'closed' where id = ${house.id}`.execute(db);
		expect(await bring(world, { id })).toBe('unchanged');
		expect(await countRows(db)).toBe(1);
	});

	test('a clock that was corrected otherwise in a retry changes nothing', async () => {
		const world = await fresh();
		const id = uuidv7(NOW);
		const statedAt = NOW - 3 * 60 * MINUTE;
		expect(await bring(world, { id, statedAt, happenedAt: NOW - 5 * MINUTE })).toBe('created');
		expect(await bring(world, { id, statedAt, happenedAt: NOW - 4 * MINUTE })).toBe('unchanged');
		expect((await findDropOff(world.db, id))?.happenedAt).toBe(NOW - 5 * MINUTE);
	});

	test('a new device that sends eight at once to two houses is one device', async () => {
		const world = await fresh();
		const codes = [world.house.code, (await makeHouse(world.db)).code];
		const outcomes = await Promise.all(
			Array.from({ length: 8 }, (_, index) => bring(world, { greenHouseCode: codes[index % 2]! })),
		);
		expect(outcomes).toEqual(Array(8).fill('created'));
		const alias = await findDeviceAlias(world.db, world.secret);
		expect(await listDropOffsOfDevices(world.db, [alias!.id], 20)).toHaveLength(8);
	});

	test('it is withdrawn only by its own device and only while its cycle is open', async () => {
		const world = await fresh();
		const { db, house, secret } = world;
		const [id, late] = [uuidv7(NOW), uuidv7(NOW)];
		await bring(world, { id });
		await bring(world, { id: late });
		await bring(world, { secret: 'x'.repeat(43) });
		const mine = (await findDeviceAlias(db, secret))!.id;
		const other = (await findDeviceAlias(db, 'x'.repeat(43)))!.id;
		const refused = (devices: string[], which: string, kind: string, key: string) =>
			expectRefused(db, () => withdrawDropOff(db, devices, which, NOW), kind, key);
		await refused([], id, 'NOT_FOUND', 'dropOffNotFound');
		await refused([other], id, 'NOT_FOUND', 'dropOffNotFound');
		await refused([mine], uuidv7(NOW), 'NOT_FOUND', 'dropOffNotFound');
		await refused([mine], SQL, 'NOT_FOUND', 'dropOffNotFound');
		await withdrawDropOff(db, [mine], id, NOW);
		await withdrawDropOff(db, [mine], id, NOW + MINUTE);
		expect((await findDropOff(db, id))?.withdrawnAt).toBe(NOW);

		const cycle = (await findOpenCycle(db, house.id))!;
		expect((await listPublicDropOffs(db, cycle.id)).lineCount).toBe(2);
		await closeCycle(db, world.steward, cycle.id, NOW);
		await refused([mine], late, 'CONFLICT', 'cycleClosed');
	});

	test('a withdrawal that is sent eight times at once is one withdrawal', async () => {
		const world = await fresh();
		const id = uuidv7(NOW);
		await bring(world, { id });
		const mine = (await findDeviceAlias(world.db, world.secret))!.id;
		await Promise.all(Array.from({ length: 8 }, () => withdrawDropOff(world.db, [mine], id, NOW)));
		expect((await findDropOff(world.db, id))?.withdrawnAt).toBe(NOW);
	});

	test('the public list has a time, a material and a quantity, and nothing else', async () => {
		const world = await fresh();
		await bring(world, { lines: [line('15', 'piece', 'aluminium_can')] });
		const cycle = (await findOpenCycle(world.db, world.house.id))!;
		expect(await listPublicDropOffs(world.db, cycle.id)).toEqual({
			lineCount: 1,
			lines: [{ happenedAt: NOW - DAY, materialCode: 'aluminium_can', unit: 'piece', quantityMilli: 15_000 }],
		});
	});

	test('the public list ends with the newest lines, and says how many there are', async () => {
		const world = await fresh();
		const lines = Array.from({ length: MAX_LINES }, () => line('1'));
		for (let minute = 0; minute * MAX_LINES <= PUBLIC_LINES; minute += 1)
			await bring(world, { lines, happenedAt: NOW - DAY + minute * MINUTE });
		const cycle = (await findOpenCycle(world.db, world.house.id))!;
		const shown = await listPublicDropOffs(world.db, cycle.id);
		expect(shown.lineCount).toBe(PUBLIC_LINES + MAX_LINES);
		expect(shown.lines).toHaveLength(PUBLIC_LINES);
		expect(Math.min(...shown.lines.map(({ happenedAt }) => happenedAt))).toBe(NOW - DAY + MINUTE);
	});

	test('a house with a hostile name and a code typed in NFD are only text', async () => {
		const world = await fresh();
		const { db } = world;
		const nameVi = `${HTML} ${SQL}`;
		await makeHouse(db, { code: 'NNX-ĐỒNG', nameVi });
		const greenHouseCode = ' nnx-đồng '.normalize('NFD');
		expect(await bring(world, { greenHouseCode })).toBe('created');
		expect((await findGreenHouseByCode(db, greenHouseCode, NOW))?.nameVi).toBe(nameVi);
		expect(await countRows(db)).toBe(1);
	});
});
