// Any order of bringing, closing, selling a part or the rest, keeping, giving back, returning, reversing and replacing: everything
// that was declared is in exactly one place, and the fund holds what the live sales made.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOpenCycle, listCycles } from '#features/collections/collection-cycle.repository.ts';
import { carryGoods, closeCycle, returnGoods } from '#features/collections/collection-cycle.service.ts';
import { listCarriedFrom, listGoodsLeft } from '#features/collections/goods.repository.ts';
import {
	confirmScrapSale,
	recordScrapSale,
	returnScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { makeWorld, saleOf, type World } from '../integration/sale-world.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';

const MATERIALS = ['mixed_paper', 'cardboard', 'aluminium_can'];

type Step =
	| { act: 'bring'; material: number; kg: number }
	| { act: 'close' }
	| { act: 'sell'; which: number; materials: boolean[]; keepsRest: boolean; isLump: boolean }
	| { act: 'carry' | 'give back'; which: number; material: number }
	| { act: 'confirm' | 'return' | 'reverse'; which: number };
const which = fc.nat(7);
const material = fc.nat(MATERIALS.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			act: fc.constant('bring' as const),
			material,
			kg: fc.integer({ min: 1, max: 9 }),
		}),
	},
	{ weight: 2, arbitrary: fc.record({ act: fc.constant('close' as const) }) },
	{
		weight: 4,
		arbitrary: fc.record({
			...{ act: fc.constant('sell' as const), which, keepsRest: fc.boolean(), isLump: fc.boolean() },
			materials: fc.array(fc.boolean(), { minLength: MATERIALS.length, maxLength: MATERIALS.length }),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ act: fc.constantFrom('carry' as const, 'carry', 'give back'), which, material }),
	},
	{
		weight: 5,
		arbitrary: fc.record({ act: fc.constantFrom('confirm' as const, 'return', 'reverse'), which }),
	},
);

/** An expected refusal is an answer too; anything else is not. */
const attempt = (work: Promise<unknown>) =>
	work.catch((error: unknown) => {
		if (!(error instanceof DomainError)) throw error;
	});

async function take(db: Db, world: World, next: Step): Promise<void> {
	const closed = (await listCycles(db, world.house.id, 50)).filter((cycle) => cycle.closedAt !== null);
	const sales = await db.selectFrom('scrapSale').select('id').orderBy('recordedAt').orderBy('id').execute();
	const pick = <T>(rows: T[], index: number): T | undefined => rows[index % Math.max(1, rows.length)];
	if (next.act === 'bring') {
		const lines = [
			{ material: MATERIALS[next.material]!, unit: 'kg' as const, quantityMilli: next.kg * 1000 },
		];
		const input = {
			id: uuidv7(NOW),
			greenHouseCode: world.house.code,
			happenedAt: NOW,
			channel: 'web' as const,
		};
		await recordDropOff(db, { kind: 'device', deviceAliasId: world.deviceAliasId }, { ...input, lines }, NOW);
	} else if (next.act === 'close') {
		const open = (await findOpenCycle(db, world.house.id))!;
		await attempt(closeCycle(db, world.steward, open.id, NOW));
	} else if (next.act === 'sell') {
		const cycle = pick(closed, next.which);
		if (!cycle) return;
		const named = MATERIALS.filter((_, index) => next.materials[index]);
		const lines = next.isLump
			? [{ kind: 'lump_sum' as const, weightGrams: null, amountVnd: 1000 }]
			: named.map((each) => ({
					...{ kind: 'goods' as const, material: each, weightGrams: 1000, unitPriceVnd: 1000 },
				}));
		const over = { lines, cashReceivedVnd: 1000 * lines.length, keepsRest: next.keepsRest || undefined };
		await attempt(recordScrapSale(db, world.steward, saleOf(cycle.id, over as never), NOW));
	} else if (next.act === 'carry' || next.act === 'give back') {
		const cycle = pick(closed, next.which);
		const materials = [MATERIALS[next.material]!];
		const move = next.act === 'carry' ? carryGoods : returnGoods;
		if (cycle) await attempt(move(db, world.steward, { cycleId: cycle.id, materials }, NOW));
	} else {
		const sale = pick(sales, next.which);
		if (!sale) return;
		const entry = { saleId: sale.id, entryId: uuidv7(NOW), reason: 'Nhầm' };
		if (next.act === 'confirm')
			await attempt(
				confirmScrapSale(db, world.treasurer, sale.id, NOW, { isSeen: true, reason: 'Đã cân lại' }),
			);
		else if (next.act === 'return') await attempt(returnScrapSale(db, world.treasurer, entry, NOW));
		else await attempt(reverseScrapSale(db, world.approver, entry, NOW));
	}
}

async function check(db: Db, world: World): Promise<void> {
	const brought = await db
		.selectFrom('dropOffLine')
		.select((eb) => eb.fn.sum<number>('quantityMilli').as('sum'))
		.executeTakeFirstOrThrow();
	let placed = 0;
	for (const cycle of await listCycles(db, world.house.id, 50)) {
		const declared = await sumDeclared(db, cycle.id);
		const held = await db
			.selectFrom('scrapSaleGoods')
			.select('materialCode')
			.where('cycleId', '=', cycle.id)
			.where('releasedAt', 'is', null)
			.execute();
		const codes = held.map((each) => each.materialCode);
		expect(new Set(codes).size).toBe(codes.length);
		const carried = (await listCarriedFrom(db, cycle.id)).map((each) => each.materialCode);
		expect(codes.filter((code) => carried.includes(code))).toEqual([]);
		const left = (await listGoodsLeft(db, cycle.id)).map((each) => each.materialCode);
		// Sold, kept or left: one of the three.
		for (const row of declared) {
			const places = [codes, carried, left].filter((each) => each.includes(row.materialCode));
			expect(places).toHaveLength(1);
			if (!carried.includes(row.materialCode)) placed += row.quantityMilli;
		}
	}
	expect(placed).toBe(Number(brought.sum ?? 0));
	const live = await db
		.selectFrom('scrapSale')
		.select((eb) => eb.fn.sum<number>('cashReceivedVnd').as('sum'))
		.where('status', '=', 'confirmed')
		.executeTakeFirstOrThrow();
	expect((await findFund(db, world.fund.id))!.balanceVnd).toBe(Number(live.sum ?? 0));
	const successors = await db
		.selectFrom('scrapSale as next')
		.innerJoin('scrapSale', 'scrapSale.id', 'next.replacesSaleId')
		.select('scrapSale.status')
		.execute();
	expect(successors.filter((each) => !['returned', 'reversed'].includes(each.status))).toEqual([]);
}

describeEachEngine('goods in any order', (engine) => {
	test('are each in one place, and the fund holds what live sales made', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
				const db = await engine.fresh();
				const world = await makeWorld(db);
				for (const next of steps) await take(db, world, next);
				await check(db, world);
				// Everything can be taken back: then the fund is empty and all that was not kept is left.
				for (const act of ['return', 'reverse'] as const)
					for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) await take(db, world, { act, which: index });
				await check(db, world);
			}),
			{ numRuns: engine.name === 'sqlite' ? 25 : 6 },
		);
	});
});
