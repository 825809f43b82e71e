// One cycle, several dealers; goods kept back; one load of several cycles: everything is sold once and counted once.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import {
	findOpenCycle,
	listCycles,
	listUnsoldCycles,
} from '#features/collections/collection-cycle.repository.ts';
import { checkLedger } from '#features/checks/check.service.ts';
import { carryGoods, closeCycle, returnGoods } from '#features/collections/collection-cycle.service.ts';
import { listGoodsLeft, listSaleGoods } from '#features/collections/goods.repository.ts';
import { findSale, listSaleCycles, listSaleLines } from '#features/collections/scrap-sale.repository.ts';
import {
	confirmScrapSale,
	recordScrapSale,
	returnScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import type { SaleLine, ScrapSaleInput } from '#features/collections/scrap-sale.ts';
import { findDropOff, listDropOffsOfDevices, sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import { houseStory } from '#features/trace/house-story.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import { expectRefused, fillAndClose, makeWorld, saleOf, type World } from './sale-world.ts';
import { insertRaw } from './fund-world.ts';

const PAPER_AND_CANS = [
	{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 10_000 },
	{ material: 'aluminium_can', unit: 'piece' as const, quantityMilli: 100_000 },
];
const line = (material: string, weightGrams: number, cycleId?: string): SaleLine => ({
	...{ kind: 'goods', material, weightGrams, unitPriceVnd: 10_000 },
	...(cycleId && { cycleId }),
});
/** Ten thousand for a kilogram. */
const of = (cycleIds: string[], lines: SaleLine[], over: Partial<ScrapSaleInput> = {}): ScrapSaleInput =>
	saleOf(cycleIds[0]!, {
		...{ cycleIds, lines },
		cashReceivedVnd: lines.reduce((sum, each) => sum + (each.weightGrams ?? 0) * 10, 0),
		...over,
	});
const keepsRest = { keepsRest: true } as const;

async function sell(db: Db, world: World, sale: ScrapSaleInput) {
	await recordScrapSale(db, world.steward, sale, NOW);
	return confirmScrapSale(db, world.treasurer, sale.id, NOW, { isSeen: true, reason: 'Thử' });
}
const both = (db: Db, world: World) => fillAndClose(db, world, { lines: PAPER_AND_CANS });
const left = async (db: Db, cycleId: string) =>
	(await listGoodsLeft(db, cycleId)).map((row) => row.materialCode);
const unsold = async (db: Db, world: World) =>
	(await listUnsoldCycles(db, [world.house.id])).map((cycle) => cycle.id);

/** What the services did is right by the operator's checks too. */
async function expectNoFinding(db: Db): Promise<void> {
	const { results } = await checkLedger(db);
	expect(results.filter(({ total }) => total > 0)).toEqual([]);
}

describeEachEngine('the goods of a cycle', (engine) => {
	test('go to several dealers, each kind once, and the money of both is in the fund', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await both(db, world);
		const paper = of([cycleId], [line('mixed_paper', 9_500)], keepsRest);
		await sell(db, world, paper);
		expect(await left(db, cycleId)).toEqual(['aluminium_can']);
		expect(await unsold(db, world)).toEqual([cycleId]);
		// What was declared of its own goods, not of the cans.
		expect(await listSaleCycles(db, paper.id)).toMatchObject([{ declaredWeightGrams: 10_000 }]);
		const again = of([cycleId], [line('mixed_paper', 1_000)], keepsRest);
		await expectRefused(db, () => recordScrapSale(db, world.steward, again, NOW), 'goodsAlreadySold', 409);

		const cans = of([cycleId], [line('aluminium_can', 1_400)]);
		await sell(db, world, cans);
		expect(await left(db, cycleId)).toEqual([]);
		expect(await unsold(db, world)).toEqual([]);
		expect((await findFund(db, world.fund.id))?.balanceVnd).toBe(95_000 + 14_000);
		const more = of([cycleId], [line('cardboard', 1_000)]);
		await expectRefused(db, () => recordScrapSale(db, world.steward, more, NOW), 'cycleAlreadySold', 409);
		const [, story] = await houseStory(db, world.house.id);
		expect(story?.sales.map((sale) => sale.amountVnd).sort()).toEqual([14_000, 95_000]);
	});

	test('that are left go for one lump sum, which takes the rest', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await both(db, world);
		await sell(db, world, of([cycleId], [line('mixed_paper', 9_500)], keepsRest));
		const lump = { kind: 'lump_sum' as const, amountVnd: 12_000, weightGrams: null };
		const rest = saleOf(cycleId, { lines: [lump], cashReceivedVnd: 12_000 });
		await expectRefused(
			db,
			() => recordScrapSale(db, world.steward, { ...rest, ...keepsRest }, NOW),
			'lumpSumTakesRest',
			422,
		);
		await sell(db, world, rest);
		expect((await listSaleGoods(db, rest.id)).map((row) => row.materialCode)).toEqual(['', 'aluminium_can']);
		expect(await unsold(db, world)).toEqual([]);
		const second = saleOf(cycleId, { lines: [lump], cashReceivedVnd: 12_000 });
		await expectRefused(db, () => recordScrapSale(db, world.steward, second, NOW), 'cycleAlreadySold', 409);
	});

	test('that one dealer gave back are sold again although another took the rest, and the new slip replaces the right one', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await both(db, world);
		const paper = of([cycleId], [line('mixed_paper', 9_500)], keepsRest);
		const cans = of([cycleId], [line('aluminium_can', 1_400)]);
		await recordScrapSale(db, world.steward, paper, NOW);
		await sell(db, world, cans);
		await returnScrapSale(db, world.treasurer, { saleId: paper.id, reason: 'Thiếu' }, NOW);
		expect(await left(db, cycleId)).toEqual(['mixed_paper']);
		const reverse = { saleId: cans.id, entryId: uuidv7(NOW), reason: 'Cân nhầm' };
		await reverseScrapSale(db, world.approver, reverse, NOW);
		const newCans = of([cycleId], [line('aluminium_can', 1_300)], keepsRest);
		await recordScrapSale(db, world.steward, newCans, NOW);
		const newPaper = of([cycleId], [line('mixed_paper', 9_000)]);
		await recordScrapSale(db, world.steward, newPaper, NOW);
		expect((await findSale(db, newCans.id))?.replacesSaleId).toBe(cans.id);
		expect((await findSale(db, newPaper.id))?.replacesSaleId).toBe(paper.id);
	});

	test('are kept back, count in the next cycle and not twice', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await both(db, world);
		await sell(db, world, of([cycleId], [line('mixed_paper', 9_500)], keepsRest));
		const carry = (materials: string[], actor = world.steward) =>
			carryGoods(db, actor, { cycleId, materials }, NOW);
		await expectRefused(db, () => carry([]), 'goodsMissing', 422);
		await expectRefused(db, () => carry(['mixed_paper']), 'goodsNotLeft', 409);
		await expectRefused(db, () => carry(['aluminium_can', 'cardboard']), 'goodsNotLeft', 409);
		await expectRefused(db, () => carry(['aluminium_can'], world.otherSteward), 'notYourRole', 403);
		const open = (await findOpenCycle(db, world.house.id))!;
		await expectRefused(
			db,
			() => carryGoods(db, world.steward, { cycleId: open.id, materials: ['aluminium_can'] }, NOW),
			'cycleStillOpen',
			409,
		);
		await carry(['aluminium_can']);
		await carry(['aluminium_can']);
		expect(await unsold(db, world)).toEqual([]);
		expect(await left(db, cycleId)).toEqual([]);
		const sale = of([cycleId], [line('aluminium_can', 1_300)], keepsRest);
		await expectRefused(db, () => recordScrapSale(db, world.steward, sale, NOW), 'goodsCarried', 409);

		expect(await sumDeclared(db, open.id)).toMatchObject([
			{ materialCode: 'aluminium_can', quantityMilli: 100_000 },
		]);
		// More cans come; the next sale weighs all of them against all of them.
		const next = await fillAndClose(db, world, { happenedAt: NOW, lines: [PAPER_AND_CANS[1]!] });
		expect(next).toBe(open.id);
		const grams = (await sumDeclared(db, next))[0]!.declaredWeightGrams!;
		expect(grams).toBe((await sumDeclared(db, cycleId)).at(-1)!.declaredWeightGrams! * 2);
		const all = of([next], [line('aluminium_can', grams)]);
		await sell(db, world, all);
		expect(await listSaleCycles(db, all.id)).toMatchObject([{ declaredWeightGrams: grams }]);
		const stories = await houseStory(db, world.house.id);
		expect(stories.map(({ carriedIn, carriedOut }) => [carriedIn.length, carriedOut.length])).toEqual([
			[0, 0],
			[1, 0],
			[0, 1],
		]);
		// The first drop-off is sold with both of its kinds.
		expect(await listDropOffsOfDevices(db, [world.deviceAliasId], 9)).toMatchObject([
			{ stage: 'sold' },
			{ stage: 'sold' },
		]);
	});

	test('alone make a cycle that can be closed, and be carried once more', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const first = await both(db, world);
		await carryGoods(db, world.steward, { cycleId: first, materials: ['aluminium_can'] }, NOW);
		const second = (await findOpenCycle(db, world.house.id))!;
		await closeCycle(db, world.steward, second.id, NOW);
		expect(await unsold(db, world)).toEqual([first, second.id]);
		await carryGoods(db, world.steward, { cycleId: second.id, materials: ['aluminium_can'] }, NOW);
		const third = (await findOpenCycle(db, world.house.id))!;
		expect(await sumDeclared(db, third.id)).toEqual(
			(await sumDeclared(db, first)).filter((row) => row.materialCode === 'aluminium_can'),
		);
		expect(await unsold(db, world)).toEqual([first]);
	});

	test('stand as they were declared once a part is sold or kept: what comes then is late', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await both(db, world);
		await carryGoods(db, world.steward, { cycleId, materials: ['aluminium_can'] }, NOW);
		const id = uuidv7(NOW);
		await recordDropOff(
			db,
			{ kind: 'device', deviceAliasId: world.deviceAliasId },
			{
				...{ id, greenHouseCode: world.house.code, happenedAt: NOW - DAY, channel: 'web' },
				lines: [PAPER_AND_CANS[0]!],
			},
			NOW,
		);
		const open = (await findOpenCycle(db, world.house.id))!;
		expect(await findDropOff(db, id)).toMatchObject({ cycleId: open.id, late: 1 });
	});

	test('of several cycles and houses of one organisation go in one load whose lines may name their cycle', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const organisation = {
			...{
				kind: 'youth_union' as const,
				name: 'Chi đoàn khối 6',
				adminUnitId: 'dk-2025',
				isSample: 0 as const,
			},
		};
		const stewardOrganisationId = await inTransaction(db, (trx) =>
			insertOrganisation(trx, organisation, NOW),
		);
		const houses = [
			await makeHouse(db, { stewardOrganisationId }),
			await makeHouse(db, { stewardOrganisationId }),
		];
		const steward = await makeActor(db, 'steward', 'organisation', stewardOrganisationId);
		const [a, b] = [
			await fillAndClose(db, { ...world, house: houses[0]!, steward }),
			await fillAndClose(db, { ...world, house: houses[1]!, steward }),
		];
		const lines = [line('mixed_paper', 9_000, a), line('mixed_paper', 11_000, b)];
		const foreign = of([a], lines);
		await expectRefused(db, () => recordScrapSale(db, steward, foreign, NOW), 'lineOfOtherCycle', 422);
		const oneSided = of([a, b], [line('mixed_paper', 9_000, a)], keepsRest);
		await expectRefused(db, () => recordScrapSale(db, steward, oneSided, NOW), 'cycleWithoutLine', 422);
		const sale = of([a, b], lines);
		await sell(db, { ...world, steward }, sale);
		expect((await listSaleLines(db, sale.id)).map((row) => row.cycleId)).toEqual([a, b]);
		expect(await listSaleCycles(db, sale.id)).toMatchObject([
			{ declaredWeightGrams: 10_000 },
			{ declaredWeightGrams: 10_000 },
		]);
		// Houses of nobody are not houses of one organisation.
		const strangers = {
			...world,
			house: await makeHouse(db),
			steward: await makeActor(db, 'steward', 'portal', null),
		};
		const mixed = of(
			[await fillAndClose(db, world), await fillAndClose(db, strangers)],
			lines.map((each) => ({ ...each, cycleId: undefined }) as SaleLine),
		);
		await expectRefused(
			db,
			() => recordScrapSale(db, strangers.steward, mixed, NOW),
			'salesOfTwoOrganisations',
			422,
		);
	});

	test('that were kept by mistake go back once, are sold where they were brought, and can be kept again', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const first = await both(db, world);
		const cans = { cycleId: first, materials: ['aluminium_can'] };
		const back = (input = cans, actor: Actor | undefined = world.steward, now = NOW) =>
			returnGoods(db, actor, input, now);
		await expectRefused(db, () => back(), 'goodsNotKept', 409);
		await carryGoods(db, world.steward, cans, NOW);
		// The dealer takes all that is left here; the cans lie in the next cycle.
		const rest = of([first], [line('mixed_paper', 9_500)]);
		await sell(db, world, rest);
		const open = (await findOpenCycle(db, world.house.id))!;
		for (const [work, key, status] of [
			[() => back(cans, world.otherSteward), 'notYourRole', 403],
			[() => back(cans, world.treasurer), 'notYourRole', 403],
			[() => returnGoods(db, undefined, cans, NOW), 'signInFirst', 401],
			[() => back({ cycleId: uuidv7(NOW), materials: ['aluminium_can'] }), 'unknownCycle', 404],
			[() => back({ cycleId: first, materials: [] }), 'goodsMissing', 422],
			[() => back({ cycleId: first, materials: ['aluminium_can', 'glass'] }), 'goodsNotKept', 409],
		] as const)
			await expectRefused(db, work, key, status);
		await back();
		await back();
		expect(await left(db, first)).toEqual(['aluminium_can']);
		expect(await sumDeclared(db, open.id)).toEqual([]);
		expect(await unsold(db, world)).toEqual([first]);

		// Kept again, and given back again; then sold to another dealer although the rest was sold before.
		await carryGoods(db, world.steward, cans, NOW + 1);
		expect((await sumDeclared(db, open.id)).map((each) => each.materialCode)).toEqual(['aluminium_can']);
		await back(cans, world.steward, NOW + 2);
		await sell(db, world, of([first], [line('aluminium_can', 1_300)], keepsRest));
		expect(await left(db, first)).toEqual([]);
		expect((await db.selectFrom('carriedGoods').select('number').orderBy('number').execute()).length).toBe(2);
		await expectNoFinding(db);
	});

	test('that the next cycle has used stay there, and a closed cycle is not left with nothing', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const back = (cycleId: string) =>
			returnGoods(db, world.steward, { cycleId, materials: ['aluminium_can'] }, NOW);
		const first = await both(db, world);
		await carryGoods(db, world.steward, { cycleId: first, materials: ['aluminium_can'] }, NOW);
		const second = (await findOpenCycle(db, world.house.id))!.id;
		await closeCycle(db, world.steward, second, NOW);
		await expectRefused(db, () => back(first), 'nextCycleEmpty', 409);
		await carryGoods(db, world.steward, { cycleId: second, materials: ['aluminium_can'] }, NOW);
		await expectRefused(db, () => back(first), 'goodsUsedNext', 409);
		await expectNothingWritten(db, () =>
			sql`update carried_goods set returned_at = ${NOW}, returned_by = carried_by where from_cycle_id = ${first}`.execute(
				db,
			),
		);
		await back(second);
		const sale = of([second], [line('aluminium_can', 1_300)]);
		await recordScrapSale(db, world.steward, sale, NOW);
		await expectRefused(db, () => back(first), 'goodsUsedNext', 409);
		await returnScrapSale(db, world.treasurer, { saleId: sale.id, reason: 'Sai' }, NOW);
		// A closed cycle in which something else lies gives them back.
		const third = await both(db, world);
		await carryGoods(db, world.steward, { cycleId: third, materials: ['aluminium_can'] }, NOW);
		const fourth = await both(db, world);
		const outcomes = await Promise.allSettled([
			back(third),
			recordScrapSale(db, world.steward, of([fourth], [line('aluminium_can', 2_600)], keepsRest), NOW),
		]);
		await expectNoFinding(db);
		const isBack = outcomes[0].status === 'fulfilled';
		expect(outcomes[1].status).toBe('fulfilled');
		expect((await left(db, third)).includes('aluminium_can')).toBe(isBack);
	});

	test('two dealers at once never get the same kind', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await both(db, world);
		const tries = [1, 2, 3, 4].map((each) =>
			of([cycleId], [line(each % 2 ? 'mixed_paper' : 'aluminium_can', 1_000)], keepsRest),
		);
		const outcomes = await Promise.allSettled(
			tries.map((sale) => recordScrapSale(db, world.steward, sale, NOW)),
		);
		expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(2);
		const [, cycle] = await listCycles(db, world.house.id, 9);
		expect(cycle).toMatchObject({ id: cycleId, hasGoodsLeft: false });
		expect(cycle!.sales).toHaveLength(2);
	});

	test('are guarded by the database itself', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await both(db, world);
		const sale = of([cycleId], [line('mixed_paper', 9_500)], keepsRest);
		await sell(db, world, sale);
		const waiting = of([cycleId], [line('aluminium_can', 1_300)], keepsRest);
		await recordScrapSale(db, world.steward, waiting, NOW);
		const other = await both(db, world);
		await carryGoods(db, world.steward, { cycleId: other, materials: ['aluminium_can'] }, NOW);
		const open = (await findOpenCycle(db, world.house.id))!;
		const next = of([other], [line('mixed_paper', 9_500)], keepsRest);
		await recordScrapSale(db, world.steward, next, NOW);
		const goods = (saleId: string, cycle: string, material: string) =>
			insertRaw(db, 'scrap_sale_goods', { sale_id: saleId, cycle_id: cycle, material_code: material });
		const carried = (over: Record<string, unknown>) =>
			insertRaw(db, 'carried_goods', {
				...{ from_cycle_id: other, to_cycle_id: open.id, material_code: 'mixed_paper', unit: 'kg' },
				...{ quantity_milli: 10_000, declared_weight_grams: 10_000, number: 1 },
				...{ carried_by: world.steward.grants[0]!.id, carried_at: NOW },
				...over,
			});
		const attempts: Record<string, () => Promise<unknown>> = {
			'a second live holder': () => goods(waiting.id, cycleId, 'mixed_paper'),
			'goods of a complete sale': () => goods(sale.id, cycleId, 'cardboard'),
			'a material that is not': () => goods(waiting.id, cycleId, 'gold'),
			'goods of a cycle that the sale has not': () => goods(waiting.id, other, 'cardboard'),
			'carried goods': () => goods(next.id, other, 'aluminium_can'),
			'carrying what is sold': () => carried({}),
			'carrying what nobody declared': () => carried({ material_code: 'cardboard' }),
			'carrying backwards': () =>
				carried({ from_cycle_id: other, to_cycle_id: cycleId, material_code: 'cardboard' }),
			'carrying again': () => carried({ material_code: 'aluminium_can', unit: 'piece', quantity_milli: 1 }),
			'a release without a return': () =>
				sql`update scrap_sale_goods set released_at = 1 where sale_id = ${sale.id}`.execute(db),
			'another declared weight': () =>
				sql`update scrap_sale_goods set declared_weight_grams = 1 where sale_id = ${sale.id}`.execute(db),
			'another kind': () =>
				sql`update scrap_sale_goods set material_code = 'glass' where sale_id = ${sale.id}`.execute(db),
			'goods that vanish': () => sql`delete from scrap_sale_goods`.execute(db),
			'carried goods that vanish': () => sql`delete from carried_goods`.execute(db),
			'carried goods that change': () => sql`update carried_goods set quantity_milli = 1`.execute(db),
		};
		const passed: string[] = [];
		for (const [name, attempt] of Object.entries(attempts))
			await expectNothingWritten(db, attempt).catch(() => passed.push(name));
		expect(passed).toEqual([]);
	});
});
