// Emptying a house: its cycle closes, the next one opens, and what the house was said to be no longer holds.
import { expect, test } from 'vitest';
import {
	findOpenCycle,
	listCycles,
	listUnsoldCycles,
} from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { recordScrapSale, returnScrapSale } from '#features/collections/scrap-sale.service.ts';
import { findGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { reportHouseState } from '#features/green-houses/green-house.service.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, NOW } from '../support/fixtures.ts';
import { expectRefused, fillAndClose, makeWorld, saleOf } from './sale-world.ts';

describeEachEngine('emptying a house', (engine) => {
	test('closes its cycle once, however often it is pressed, and opens the next', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycle = (await findOpenCycle(db, world.house.id))!;
		const presses = [1, 2, 3, 4].map(() => closeCycle(db, world.steward, cycle.id, NOW));
		await Promise.all(presses);
		const numbers = (await listCycles(db, world.house.id, 9)).map(({ number, closedAt }) => [
			number,
			closedAt,
		]);
		expect(numbers).toEqual([
			[2, null],
			[1, NOW],
		]);
	});

	test('is refused for a cycle without a drop-off while the one before waits for its sale', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const first = await fillAndClose(db, world);
		const open = (await findOpenCycle(db, world.house.id))!;
		await expectRefused(db, () => closeCycle(db, world.steward, open.id, NOW), 'cycleEmpty', 409);
		await recordScrapSale(db, world.steward, saleOf(first), NOW);
		await closeCycle(db, world.steward, open.id, NOW);
		expect((await findOpenCycle(db, world.house.id))?.number).toBe(3);
	});

	test.each([
		['full', 'empty', NOW],
		['half', 'empty', NOW],
		['empty', 'empty', NOW - DAY],
		['locked', 'locked', NOW - DAY],
		['damaged', 'damaged', NOW - DAY],
	] as const)('that was said to be %s leaves it %s', async (before, after, reportedAt) => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const report = {
			greenHouseCode: world.house.code,
			fill: before === 'full' || before === 'half' || before === 'empty' ? before : null,
			condition: before === 'locked' || before === 'damaged' ? before : ('usable' as const),
		};
		await reportHouseState(db, world.steward, report, NOW - DAY);
		await fillAndClose(db, world);
		const house = await findGreenHouse(db, world.house.id, NOW);
		expect([house?.state, house?.stateReportedAt]).toEqual([after, reportedAt]);
	});

	test('keeps with the cycle why its sale was given back, until it is sold', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await fillAndClose(db, world);
		const reasons = async () =>
			(await listUnsoldCycles(db, [world.house.id])).map((each) => each.returnReason);
		expect(await reasons()).toEqual([null]);
		for (const reason of ['Thiếu 2 kg', 'Vẫn thiếu']) {
			const sale = saleOf(cycleId);
			await recordScrapSale(db, world.steward, sale, NOW + (reason === 'Vẫn thiếu' ? 1 : 0));
			expect(await reasons()).toEqual([]);
			await returnScrapSale(db, world.treasurer, { saleId: sale.id, reason }, NOW);
			expect(await reasons()).toEqual([reason]);
		}
	});
});
