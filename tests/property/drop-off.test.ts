// Retries of drop-offs, in any order and number: one row for each id, with what it said first.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { recordDropOff, type DropOffInput } from '#features/drop-offs/drop-off.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeHouse, NOW, seedReference } from '../support/fixtures.ts';

/** One send: which id, from which device, and which of a few contents. */
type Send = { id: number; device: number; house: number; day: number; kilograms: number };
const send: fc.Arbitrary<Send> = fc.record({
	id: fc.nat(3),
	device: fc.nat(1),
	house: fc.nat(1),
	day: fc.nat(1),
	kilograms: fc.integer({ min: 1, max: 2 }),
});
const contentOf = ({ device, house, day, kilograms }: Send) => `${device} ${house} ${day} ${kilograms}`;

async function makeWorld(db: Db) {
	await seedReference(db);
	const makeDevice = () => inTransaction(db, (trx) => ensureDeviceAlias(trx, NOW, mintDeviceSecret()));
	return {
		houses: [await makeHouse(db), await makeHouse(db)],
		devices: [await makeDevice(), await makeDevice()],
	};
}
type World = Awaited<ReturnType<typeof makeWorld>>;

const outcomeOf = (db: Db, world: World, ids: string[], each: Send): Promise<string> => {
	const input: DropOffInput = {
		id: ids[each.id]!,
		greenHouseCode: world.houses[each.house]!.code,
		happenedAt: NOW - each.day * DAY,
		channel: 'api',
		lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: each.kilograms * 1000 }],
	};
	const declarer = { kind: 'device' as const, deviceAliasId: world.devices[each.device]!.id };
	return recordDropOff(db, declarer, input, NOW).catch((error: unknown) => {
		if (error instanceof DomainError) return error.key;
		throw error;
	});
};

/** What the database holds of these ids, in the words of {@link contentOf}. */
async function storedContents(db: Db, world: World, ids: string[]): Promise<Record<string, string>> {
	const rows = await db
		.selectFrom('dropOff')
		.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
		.select(['id', 'greenHouseId', 'deviceAliasId', 'happenedAt', 'quantityMilli'])
		.where('id', 'in', ids)
		.execute();
	expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
	return Object.fromEntries(
		rows.map((row) => {
			const device = world.devices.findIndex((each) => each.id === row.deviceAliasId);
			const house = world.houses.findIndex((each) => each.id === row.greenHouseId);
			const day = (NOW - row.happenedAt) / DAY;
			return [
				row.id,
				contentOf({ id: ids.indexOf(row.id), device, house, day, kilograms: row.quantityMilli / 1000 }),
			];
		}),
	);
}

describeEachEngine('retries of drop-offs', (engine) => {
	const numRuns = engine.name === 'sqlite' ? 25 : 10;

	test('one after the other keep the first content of each id', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await fc.assert(
			fc.asyncProperty(fc.array(send, { minLength: 2, maxLength: 20 }), async (sends) => {
				const ids = [0, 1, 2, 3].map(() => uuidv7(NOW));
				const first: Record<string, string> = {};
				for (const each of sends) {
					const id = ids[each.id]!;
					const before = first[id];
					first[id] ??= contentOf(each);
					const expected =
						before === undefined
							? 'created'
							: before === contentOf(each)
								? 'unchanged'
								: 'sameIdOtherContent';
					expect(await outcomeOf(db, world, ids, each)).toBe(expected);
				}
				expect(await storedContents(db, world, ids)).toEqual(first);
			}),
			{ numRuns, endOnFailure: true },
		);
	});

	test('all at once leave one row for each id, and everybody is told what became of theirs', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await fc.assert(
			fc.asyncProperty(fc.array(send, { minLength: 2, maxLength: 16 }), async (sends) => {
				const ids = [0, 1, 2, 3].map(() => uuidv7(NOW));
				const outcomes = await Promise.all(sends.map((each) => outcomeOf(db, world, ids, each)));
				const stored = await storedContents(db, world, ids);
				expect(Object.keys(stored).sort()).toEqual([...new Set(sends.map((each) => ids[each.id]!))].sort());
				for (const [id, content] of Object.entries(stored)) {
					const told = sends.flatMap((each, index) =>
						ids[each.id] === id ? [{ isStored: contentOf(each) === content, outcome: outcomes[index] }] : [],
					);
					expect(told.filter((each) => each.outcome === 'created')).toHaveLength(1);
					for (const { isStored, outcome } of told)
						expect(isStored ? ['created', 'unchanged'] : ['sameIdOtherContent']).toContain(outcome);
				}
			}),
			{ numRuns, endOnFailure: true },
		);
	});
});
