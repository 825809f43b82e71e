// A house whose goods are sold for a ward's fund, with the people around both.
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import type { ScrapSaleInput } from '#features/collections/scrap-sale.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { expect } from 'vitest';
import { DAY, makeActor, makeFund, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

export async function makeWorld(db: Db, over: Record<string, unknown> = {}) {
	await seedReference(db);
	const house = await makeHouse(db, over);
	const fund = await makeFund(db);
	const device = await inTransaction(db, (trx) => ensureDeviceAlias(trx, NOW, mintDeviceSecret()));
	return {
		house,
		fund,
		deviceAliasId: device.id,
		steward: await makeActor(db, 'steward', 'house', house.id),
		otherSteward: await makeActor(db, 'steward', 'house', 'another house'),
		treasurer: await makeActor(db, 'treasurer', 'fund', fund.id),
		approver: await makeActor(db, 'approver', 'fund', fund.id),
		stranger: await makeActor(db, 'treasurer', 'fund', 'another fund'),
	};
}
export type World = Awaited<ReturnType<typeof makeWorld>>;

/** Somebody brings ten kilograms of paper, and the steward empties the house; returns the closed cycle. */
export async function fillAndClose(
	db: Db,
	world: World,
	over: Partial<Parameters<typeof recordDropOff>[2]> = {},
): Promise<string> {
	await recordDropOff(
		db,
		{ kind: 'device', deviceAliasId: world.deviceAliasId },
		{
			id: uuidv7(NOW),
			greenHouseCode: world.house.code,
			happenedAt: NOW - DAY,
			channel: 'web',
			lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 10_000 }],
			...over,
		},
		NOW,
	);
	const cycle = (await findOpenCycle(db, world.house.id))!;
	await closeCycle(db, world.steward, cycle.id, NOW);
	return cycle.id;
}

/** 9,5 kg of paper for 38.000 ₫. */
export const saleOf = (cycleId: string, over: Partial<ScrapSaleInput> = {}): ScrapSaleInput => ({
	id: uuidv7(NOW),
	cycleIds: [cycleId],
	soldOn: '2026-11-22',
	dealer: 'Cô Hoa',
	lines: [{ kind: 'goods', material: 'mixed_paper', weightGrams: 9_500, unitPriceVnd: 4_000 }],
	cashReceivedVnd: 38_000,
	differenceReason: '',
	photoMissingReason: 'Máy hết pin',
	...over,
});

/** The work is refused with this key and status, and no table has changed. */
export async function expectRefused(
	db: Db,
	work: () => Promise<unknown>,
	key: string,
	status: number,
	except: string[] = [],
): Promise<void> {
	const error = await expectNothingWritten(db, work, except);
	expect(error).toBeInstanceOf(DomainError);
	const { key: found, kind } = error as DomainError;
	expect([found, HTTP_STATUS[kind]]).toEqual([key, status]);
}
