// From any payment back to houses, from any drop-off forward to what it paid for, past dealers and kept goods.
import { expect, test } from 'vitest';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { carryGoods, closeCycle } from '#features/collections/collection-cycle.service.ts';
import {
	confirmScrapSale,
	recordScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import type { ScrapSaleInput } from '#features/collections/scrap-sale.ts';
import { recordDropOff, withdrawDropOff } from '#features/drop-offs/drop-off.service.ts';
import { listEntries } from '#features/fund/fund.repository.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { openWalk } from '#features/trace/open-walk.ts';
import { walk } from '#features/trace/walk.repository.ts';
import { INCOMES_A_PAGE, MOST, TRACE_KINDS, type TraceKind } from '#features/trace/walk.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, makeFund, NOW } from '../support/fixtures.ts';
import { give, makePeople, pay, TODAY, type World as FundWorld } from './fund-world.ts';
import { makeWorld, saleOf, type World } from './sale-world.ts';

async function bring(db: Db, world: World, kg: number, cans?: number): Promise<string> {
	const id = uuidv7(NOW);
	const lines = [
		{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: kg * 1000 },
		...(cans ? [{ material: 'aluminium_can', unit: 'piece' as const, quantityMilli: cans * 1000 }] : []),
	];
	await recordDropOff(
		db,
		{ kind: 'device', deviceAliasId: world.deviceAliasId },
		{ id, greenHouseCode: world.house.code, happenedAt: NOW, channel: 'web', lines },
		NOW,
	);
	return id;
}
async function close(db: Db, world: World): Promise<string> {
	const { id } = (await findOpenCycle(db, world.house.id))!;
	await closeCycle(db, world.steward, id, NOW);
	return id;
}
async function sell(db: Db, world: World, cycleId: string, over: Partial<ScrapSaleInput>) {
	const sale = saleOf(cycleId, over);
	await recordScrapSale(db, world.steward, sale, NOW);
	const word = { isSeen: true, reason: 'Ông Bảy cân lại' };
	return { sale, entry: await confirmScrapSale(db, world.treasurer, sale.id, NOW, word) };
}
const fundWorld = async (db: Db, world: World): Promise<FundWorld> => ({
	...{
		db,
		fundId: world.fund.id,
		code: world.fund.code,
		treasurer: world.treasurer,
		approver: world.approver,
	},
	officer: await makeActor(db, 'ward_officer', 'ward', 'dk-2025'),
});
const goods = (material: string, weightGrams: number, unitPriceVnd: number) => ({
	...{ kind: 'goods' as const, material, weightGrams, unitPriceVnd },
});
const read = async (db: Db, kind: TraceKind, id: string) => openWalk((await walk(db, kind, id))!);
const ids = (rows: { id: string }[]) => rows.map((row) => row.id);

/** Two dealers, cans that were kept for the next cycle, and two payments. */
async function fill(db: Db) {
	const world = await makeWorld(db);
	const fund = await fundWorld(db, world);
	const gift = await give(fund, 10_000);
	const mine = await bring(db, world, 10, 100);
	await bring(db, world, 30);
	const first = await close(db, world);
	const paper = await sell(db, world, first, {
		...{ lines: [goods('mixed_paper', 40_000, 1000)], cashReceivedVnd: 40_000, keepsRest: true },
	});
	await carryGoods(db, world.steward, { cycleId: first, materials: ['aluminium_can'] }, NOW);
	const second = await close(db, world);
	const cans = await sell(db, world, second, {
		...{ lines: [goods('aluminium_can', 2_000, 10_000)], cashReceivedVnd: 20_000 },
	});
	const few = await pay(fund, 30_000, { beneficiaryCount: 3 });
	const many = await pay(fund, 30_000);
	return { world, fund, gift, mine, first, second, paper, cans, few, many };
}

describeEachEngine('a walk', (engine) => {
	test('from a drop-off leads forward past both dealers to what each paid for, with an estimate', async () => {
		const db = await engine.fresh();
		const { mine, first, second, paper, cans, few, many, world } = await fill(db);
		const found = await read(db, 'drop-off', mine);
		expect(found.drop_off).toMatchObject({
			...{ happened_on: '2026-11-22', recorded_on: '2026-11-22', green_house: world.house.code },
			lines: [
				{ material: 'mixed_paper', cycles: [first], sale: paper.sale.id },
				{ material: 'aluminium_can', cycles: [first, second], sale: cans.sale.id },
			],
		});
		expect(ids(found.cycles)).toEqual([first, second]);
		expect(ids(found.sales)).toEqual([paper.sale.id, cans.sale.id]);
		expect(ids(found.incomes)).toEqual([paper.entry.id, cans.entry.id]);
		expect(ids(found.payments)).toEqual([few.id, many.id]);
		// A quarter of the paper's money, and all of the cans'.
		expect(found.estimate).toEqual({ amount_vnd: 10_000 + 20_000, of_declared_grams: 11_350 });
	});

	test('from a payment leads back to incomes, sales, cycles and houses; a gift ends it; small groups stay hidden', async () => {
		const db = await engine.fresh();
		const { gift, paper, cans, few, many, first, second, world } = await fill(db);
		const found = await read(db, 'payment', few.id);
		// First in, first out: the gift, then the paper.
		expect(ids(found.incomes)).toEqual([gift.id, paper.entry.id]);
		expect(found.incomes[0]).not.toHaveProperty('sale');
		expect(ids(found.sales)).toEqual([paper.sale.id]);
		expect(found.cycles).toMatchObject([{ id: first, green_house: world.house.code }]);
		expect(found.payments).toMatchObject([
			{
				...{ id: few.id, beneficiaries: { fewer_than: 5 }, ward_id: null },
				spends: [
					{ entry: gift.id, amount_vnd: 10_000 },
					{ entry: paper.entry.id, amount_vnd: 20_000 },
				],
			},
		]);
		expect(found.spending).toEqual({
			...{ incomes: 2, amount_vnd: 30_000, from_sales_vnd: 20_000, sales: 1, cycles: 1, green_houses: 1 },
			...{ first: 1, next_after: null },
		});
		expect(found.groups).toEqual([
			{ income: gift.id, amount_vnd: 10_000, sale: null, cycles: [] },
			{ income: paper.entry.id, amount_vnd: 20_000, sale: paper.sale.id, cycles: [first] },
		]);
		const other = await read(db, 'payment', many.id);
		// Kept goods lead to the cycle before, in which nothing of this sale was sold.
		expect(other.groups!.at(-1)).toMatchObject({ sale: cans.sale.id, cycles: [first, second] });
		expect(other.payments).toMatchObject([{ beneficiaries: { count: 12 }, ward_id: 'dk-2025' }]);
		// The cans were kept back once: the walk leads to the cycle in which they were brought.
		expect(ids(other.sales)).toEqual([paper.sale.id, cans.sale.id]);
		expect(ids(other.cycles)).toEqual([first, second]);
		const { disbursementId } = await db
			.selectFrom('disbursementPayment')
			.select('disbursementId')
			.where('entryId', '=', few.id)
			.executeTakeFirstOrThrow();
		expect(ids((await read(db, 'payment', disbursementId)).payments)).toEqual([few.id]);
	});

	test('from a cycle, a sale or a row leads both ways', async () => {
		const db = await engine.fresh();
		const { first, second, paper, cans, few, many } = await fill(db);
		expect(ids((await read(db, 'cycle', first)).sales)).toEqual([paper.sale.id, cans.sale.id]);
		const late = await read(db, 'cycle', second);
		expect([ids(late.sales), ids(late.cycles)]).toEqual([[cans.sale.id], [second, first]]);
		const sale = await read(db, 'sale', paper.sale.id);
		expect([ids(sale.cycles), ids(sale.payments)]).toEqual([[first], [few.id, many.id]]);
		expect(sale.sales[0]!.goods).toEqual([{ cycle: first, material: 'mixed_paper', declared_grams: 40_000 }]);
		const row = await read(db, 'entry', cans.entry.id);
		expect([ids(row.sales), ids(row.payments)]).toEqual([[cans.sale.id], [many.id]]);
		expect(ids((await read(db, 'entry', few.id)).payments)).toEqual([few.id]);
	});

	test('goes on through a sale that funds share, from either fund, and ends where the share was taken back', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const fund = await fundWorld(db, world);
		const school = await makeFund(db, { adminUnitId: 'kl-2025' });
		const made = await makePeople(db, school);
		const others: FundWorld = { ...made, officer: made.treasurer };
		const rule = {
			twoApproversAboveVnd: null,
			saleRecorder: 'steward_or_treasurer' as const,
			boardDueDay: null,
		};
		const when = { id: uuidv7(NOW), fundId: world.fund.id, validFrom: TODAY };
		const shares = [{ fundId: school.id, percent: 20 }];
		await setFundRule(db, world.approver, { ...when, ...rule, shares }, NOW);
		const mine = await bring(db, world, 10);
		const cycle = await close(db, world);
		const { sale, entry } = await sell(db, world, cycle, {
			...{ lines: [goods('mixed_paper', 10_000, 1000)], cashReceivedVnd: 10_000 },
		});
		const [part] = await listEntries(db, school.id, { limit: 1 });
		const gift = await give(others, 400);
		const theirs = await pay(others, 2200);
		const own = await pay(fund, 3000);

		// Back from what the other fund paid: its part and the gift, the sale behind the part, its cycle and house.
		const back = await read(db, 'payment', theirs.id);
		expect(back.incomes.map((each) => [each.id, each.fund, 'share_of' in each && each.share_of])).toEqual([
			[part!.id, school.code, entry.id],
			[gift.id, school.code, false],
			[entry.id, world.fund.code, false],
		]);
		expect([ids(back.sales), ids(back.payments)]).toEqual([[sale.id], [theirs.id]]);
		expect(back.cycles).toMatchObject([{ id: cycle, green_house: world.house.code }]);
		expect(back.groups).toMatchObject([
			{ income: part!.id, amount_vnd: 2000, sale: sale.id, cycles: [cycle] },
			{ income: gift.id, amount_vnd: 200, sale: null, cycles: [] },
		]);
		expect(back.spending).toMatchObject({ from_sales_vnd: 2000, sales: 1, cycles: 1, green_houses: 1 });
		expect(back.payments[0]!.spends).toEqual([
			{ entry: part!.id, amount_vnd: 2000 },
			{ entry: gift.id, amount_vnd: 200 },
		]);

		// Forward from what was brought: to what both funds paid with it.
		for (const [kind, id] of [
			['drop-off', mine],
			['cycle', cycle],
			['sale', sale.id],
			['entry', entry.id],
		] as const) {
			const found = await read(db, kind, id);
			expect([kind, ids(found.incomes)]).toEqual([kind, [entry.id, part!.id]]);
			expect([kind, new Set(ids(found.payments))]).toEqual([kind, new Set([own.id, theirs.id])]);
		}
		const share = await read(db, 'entry', part!.id);
		expect([ids(share.sales), ids(share.payments)]).toEqual([[sale.id], [theirs.id]]);

		await give(others, 5000);
		await give(fund, 5000);
		const undo = { saleId: sale.id, entryId: uuidv7(NOW), reason: 'Nhầm' };
		await reverseScrapSale(db, world.approver, undo, NOW);
		expect(await read(db, 'drop-off', mine)).toMatchObject({ sales: [], incomes: [], payments: [] });
		expect(ids((await read(db, 'sale', sale.id)).incomes)).toEqual([entry.id]);
		expect(ids((await read(db, 'payment', theirs.id)).sales)).toEqual([sale.id]);
	});

	test('has no estimate where a weight is unknown, and none before anything is sold', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const id = await bring(db, world, 10);
		expect(await read(db, 'drop-off', id)).not.toHaveProperty('estimate');
		await recordDropOff(
			db,
			{ kind: 'device', deviceAliasId: world.deviceAliasId },
			{
				...{ id: uuidv7(NOW), greenHouseCode: world.house.code, happenedAt: NOW, channel: 'web' },
				lines: [{ material: 'e_waste', unit: 'piece', quantityMilli: 1000 }],
			},
			NOW,
		);
		const cycleId = await close(db, world);
		await sell(db, world, cycleId, {});
		const found = await read(db, 'drop-off', id);
		expect(found.sales).toHaveLength(1);
		expect(found).not.toHaveProperty('estimate');
	});

	test('of a reversed sale says so, and its drop-offs are unsold again', async () => {
		const db = await engine.fresh();
		const { world, fund } = await fill(db);
		const id = await bring(db, world, 5);
		const { sale } = await sell(db, world, await close(db, world), {
			...{ lines: [goods('mixed_paper', 5_000, 1000)], cashReceivedVnd: 5_000 },
		});
		const entryId = uuidv7(NOW);
		await reverseScrapSale(db, world.approver, { saleId: sale.id, entryId, reason: 'Nhầm' }, NOW);
		expect(await read(db, 'drop-off', id)).toMatchObject({ sales: [], incomes: [], payments: [] });
		expect(await read(db, 'sale', sale.id)).toMatchObject({
			...{ sales: [{ status: 'reversed' }], incomes: [{ reversed: true }] },
		});
		expect(fund.fundId).toBe(world.fund.id);
	});

	test('names nobody, is bounded, and there is none of what is not there', async () => {
		const db = await engine.fresh();
		const all = await fill(db);
		const { world } = all;
		const texts = [];
		for (const [kind, id] of [
			['drop-off', all.mine],
			['cycle', all.first],
			['sale', all.paper.sale.id],
			['entry', all.cans.entry.id],
			['payment', all.few.id],
		] as const)
			texts.push(JSON.stringify(await read(db, kind, id)));
		const people = await db.selectFrom('person').select(['id', 'displayName']).execute();
		const secrets = people.flatMap((person) => [person.id, person.displayName]);
		for (const secret of [...secrets, world.deviceAliasId, 'Cô Hoa', 'Ông Bảy', 'Nông Thị Lan'])
			expect(texts.filter((text) => text.includes(secret))).toEqual([]);
		for (const text of texts) expect(text.length).toBeLessThan(8_000);

		// More incomes than a walk names.
		for (let each = 0; each <= MOST.entries; each += 1) await give(all.fund, 1);
		await pay(all.fund, 10_101);
		const [last] = await db
			.selectFrom('journalEntry')
			.select('id')
			.where('kind', '=', 'payment')
			.orderBy('sequence', 'desc')
			.limit(1)
			.execute();
		// Page by page every income comes once, and the totals stay whole.
		const walked: string[] = [];
		let amount = 0;
		for (let after: string | undefined, page = 0; page < 9; page += 1) {
			const found = openWalk((await walk(db, 'payment', last!.id, after))!);
			expect(found.spending).toMatchObject({ incomes: 102, amount_vnd: 10_101, first: walked.length + 1 });
			expect(found.groups!.map((group) => group.income)).toEqual(ids(found.incomes).slice(0, INCOMES_A_PAGE));
			expect(found.payments[0]!.spends.map((each) => each.entry)).toEqual(
				found.groups!.map(({ income }) => income),
			);
			expect(found.truncated).toBe(false);
			walked.push(...found.groups!.map((group) => group.income));
			amount += found.groups!.reduce((sum, group) => sum + group.amount_vnd, 0);
			after = found.spending!.next_after ?? undefined;
			if (after === undefined) break;
		}
		expect([walked.length, new Set(walked).size, amount]).toEqual([102, 102, 10_101]);
		expect(await walk(db, 'payment', last!.id, uuidv7(NOW))).toBeUndefined();
		expect(await walk(db, 'payment', last!.id, 'x')).toBeUndefined();

		for (const kind of TRACE_KINDS) expect(await walk(db, kind, uuidv7(NOW))).toBeUndefined();
		expect(await walk(db, 'payment', all.gift.id)).toBeUndefined();
		const id = await bring(db, world, 1);
		await withdrawDropOff(db, [world.deviceAliasId], id, NOW);
		expect(await walk(db, 'drop-off', id)).toBeUndefined();
	});
});
