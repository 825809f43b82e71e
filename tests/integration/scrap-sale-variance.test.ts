// A scale that differs from what was declared by more than the house allows: seen and explained before it is booked.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findSale } from '#features/collections/scrap-sale.repository.ts';
import {
	confirmScrapSale,
	readSaleCycles,
	recordScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import type { ScrapSaleInput } from '#features/collections/scrap-sale.ts';
import { listLimitsAfter, listLimitsOn } from '#features/collections/variance-limit.repository.ts';
import { setVarianceLimit } from '#features/collections/variance-limit.service.ts';
import { readPercent } from '#features/collections/variance-limit.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import { houseStory } from '#features/trace/house-story.repository.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeHouse, NOW } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import { insertRaw } from './fund-world.ts';
import { expectRefused, fillAndClose, makeWorld, saleOf, type World } from './sale-world.ts';

const paper = (weightGrams: number, cycleId?: string) => ({
	...{ kind: 'goods' as const, material: 'mixed_paper', weightGrams, unitPriceVnd: 4_000 },
	...(cycleId && { cycleId }),
});

/** Ten kilograms were declared in each cycle. */
async function record(db: Db, world: World, weights: number[], isNamed = true) {
	const cycleIds: string[] = [];
	for (const _ of weights) cycleIds.push(await fillAndClose(db, world, { happenedAt: NOW }));
	const lines = weights.map((weight, index) => paper(weight, isNamed ? cycleIds[index] : undefined));
	const sale: ScrapSaleInput = saleOf(cycleIds[0]!, {
		...{ cycleIds, lines, cashReceivedVnd: weights.reduce((sum, each) => sum + each * 4, 0) },
	});
	await recordScrapSale(db, world.steward, sale, NOW);
	return sale;
}

describeEachEngine('a scale beyond the limit', (engine) => {
	test.each([
		[11_500, null],
		[11_510, 151],
		[8_500, null],
		[8_400, -160],
	])('of %i g against 10 kg declared is flagged as %s', async (weight, permille) => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sale = await record(db, world, [weight]);
		const confirm = (isSeen: boolean, reason: string) =>
			confirmScrapSale(db, world.treasurer, sale.id, NOW, { isSeen, reason });
		if (permille === null) {
			await confirm(false, '');
			expect((await findSale(db, sale.id))?.varianceReason).toBeNull();
			return;
		}
		await expectRefused(db, () => confirm(false, 'Cân lại rồi'), 'varianceNotSeen', 422);
		await expectRefused(db, () => confirm(true, ' \u200b'), 'varianceReasonMissing', 422);
		expect((await findFund(db, world.fund.id))?.balanceVnd).toBe(0);
		await confirm(true, 'Cân lại rồi');
		expect(await findSale(db, sale.id)).toMatchObject({
			...{ variancePermille: permille, varianceLimitPercent: 15, varianceReason: 'Cân lại rồi' },
		});
		// The percent is public, the words are not.
		const [, story] = await houseStory(db, world.house.id);
		expect(story?.sales).toMatchObject([{ flaggedPermille: permille }]);
		expect(JSON.stringify(story)).not.toContain('Cân lại rồi');
		for (const change of ['variance_reason = null', 'variance_permille = 1', 'variance_limit_percent = 99'])
			await expectNothingWritten(db, () =>
				sql`update scrap_sale set ${sql.raw(change)} where id = ${sale.id}`.execute(db),
			);
	});

	test('is looked for in each cycle where the lines name cycles, else in the whole load', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const confirm = (id: string) => confirmScrapSale(db, world.treasurer, id, NOW);
		// Too much of one and too little of the other: together they agree.
		const named = await record(db, world, [13_000, 7_000]);
		await expectRefused(db, () => confirm(named.id), 'varianceNotSeen', 422);
		await confirm((await record(db, world, [13_000, 7_000], false)).id);
	});

	test('is the house’s own', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sale = await record(db, world, [12_000]);
		await db.updateTable('greenHouse').set({ varianceLimitPercent: 20 }).execute();
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		expect(await findSale(db, sale.id)).toMatchObject({ variancePermille: 200, varianceLimitPercent: 20 });
	});

	test('is set by an approver from tomorrow on, holds from its day, and changes nothing that was confirmed', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const [first, second, third] = [12_000, 12_000, 13_100].map(
			(weight) => () => record(db, world, [weight]),
		);
		const today = await first!();
		const [tomorrow, later] = ['2026-11-23', '2026-11-30'];
		const input = { id: uuidv7(NOW), greenHouseCode: world.house.code, percent: 30, validFrom: tomorrow };
		const set = (over: Partial<typeof input> = {}, actor: Actor | undefined = world.approver) =>
			setVarianceLimit(db, actor, { ...input, ...over }, NOW);
		const weak = { ...world.approver, isStrong: false };
		const fresh = { id: uuidv7(NOW) };
		await set();
		await set();
		const elsewhere = await makeHouse(db, { adminUnitId: 'kl-2025' });
		for (const [work, key, status] of [
			[() => set({ ...fresh, percent: 0, validFrom: later }), 'limitInvalid', 422],
			[() => set({ ...fresh, percent: 101, validFrom: later }), 'limitInvalid', 422],
			[() => set({ ...fresh, percent: 7.5, validFrom: later }), 'limitInvalid', 422],
			[() => set({ ...fresh, percent: readPercent('mười') }), 'limitInvalid', 422],
			[() => set({ ...fresh, validFrom: '2026-11-22' }), 'limitFromTomorrow', 422],
			[() => set({ ...fresh, percent: 40 }), 'limitDayTaken', 409],
			[() => set({ percent: 40 }), 'sameIdOtherContent', 409],
			[() => set({ ...fresh, greenHouseCode: 'NNX-999' }), 'unknownHouse', 404],
			[() => set({ ...fresh, greenHouseCode: elsewhere.code }), 'notYourRole', 403],
			[() => set(fresh, world.steward), 'notYourRole', 403],
			[() => set(fresh, world.treasurer), 'notYourRole', 403],
			[() => set(fresh, weak), 'secondFactorFirst', 403],
			[() => setVarianceLimit(db, undefined, input, NOW), 'signInFirst', 401],
		] as const)
			await expectRefused(db, work, key, status);
		await set({ id: uuidv7(NOW), percent: 20, validFrom: later });
		expect(await listLimitsOn(db, [world.house.id], '2026-11-22')).toMatchObject([{ percent: 15 }]);
		expect(await listLimitsOn(db, [world.house.id], '2026-12-24')).toMatchObject([{ percent: 20 }]);
		expect(await listLimitsAfter(db, [world.house.id], '2026-11-22')).toMatchObject([
			{ validFrom: tomorrow, percent: 30 },
			{ validFrom: later, percent: 20 },
		]);

		const confirm = (id: string, now: number, word = { isSeen: false, reason: '' }) =>
			confirmScrapSale(db, world.treasurer, id, now, word);
		await expectRefused(db, () => confirm(today.id, NOW), 'varianceNotSeen', 422);
		await confirm(today.id, NOW, { isSeen: true, reason: 'Đã cân lại' });
		const next = await second!();
		await confirm(next.id, NOW + DAY);
		const wide = await third!();
		await expectRefused(db, () => confirm(wide.id, NOW + DAY), 'varianceNotSeen', 422);
		for (const [sale, limit] of [
			[today, 15],
			[next, 30],
		] as const) {
			const [cycle] = await readSaleCycles(db, (await findSale(db, sale.id))!, NOW + 30 * DAY);
			expect([sale.id, cycle!.varianceLimitPercent]).toEqual([sale.id, limit]);
			expect((await findSale(db, sale.id))!.varianceLimitPercent).toBe(limit);
		}
		const { rows } = await sql<Record<string, unknown>>`select * from variance_limit limit 1`.execute(
			db.withoutPlugins(),
		);
		const forge = (over: Record<string, unknown>) => () =>
			insertRaw(db, 'variance_limit', { ...rows[0], id: uuidv7(NOW), valid_from: '2027-01-01', ...over });
		for (const attempt of [
			forge({ valid_from: '2026-11-22' }),
			forge({ decided_by: world.treasurer.grants[0]!.id }),
			forge({ percent: 101 }),
			() => sql`update variance_limit set percent = 99`.execute(db),
			() => sql`delete from variance_limit`.execute(db),
		])
			await expectNothingWritten(db, attempt);
	});

	test('is nothing where a weight is unknown', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const lines = [{ material: 'e_waste', unit: 'piece' as const, quantityMilli: 3000 }];
		const cycleId = await fillAndClose(db, world, { happenedAt: NOW, lines });
		const sale = saleOf(cycleId);
		await recordScrapSale(db, world.steward, sale, NOW);
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		expect(await findSale(db, sale.id)).toMatchObject({ variancePermille: null, varianceReason: null });
	});

	test.each([true, false])(
		'is refused by the database too without a reason (lines name cycles: %s)',
		async (isNamed) => {
			const db = await engine.fresh();
			const world = await makeWorld(db);
			const sale = await record(db, world, [13_000, 13_000], isNamed);
			const { personId, grants } = world.treasurer;
			await sql`update scrap_sale_cycle set declared_weight_grams = 10000 where sale_id = ${sale.id}`.execute(
				db,
			);
			const confirm = (reason: string | null) =>
				db
					.updateTable('scrapSale')
					// The entry is looked at when the transaction ends, or not at all: the trigger comes first.
					.set({ status: 'confirmed', confirmerId: personId, confirmedBy: grants[0]!.id, confirmedAt: NOW })
					.set({ varianceReason: reason })
					.where('id', '=', sale.id)
					.execute();
			expect(String(await expectNothingWritten(db, () => confirm(null)))).toContain('nobody says why');
			expect(String(await expectNothingWritten(db, () => confirm('x')))).not.toContain('nobody says why');
		},
	);
});
