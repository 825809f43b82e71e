// The corners of a scrap sale: lump sums, differences, several cycles, sales that come back and who confirms.
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findSale, listSaleCycles, listSaleLines } from '#features/collections/scrap-sale.repository.ts';
import {
	confirmScrapSale,
	listSalesWaitingFor,
	recordScrapSale,
	returnScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import type { ScrapSaleInput, SaleLine } from '#features/collections/scrap-sale.ts';
import { findDropOff } from '#features/drop-offs/drop-off.repository.ts';
import { insertDropOff } from '#features/drop-offs/drop-off.service.ts';
import { findFund, listEntries, listPostings } from '#features/fund/fund.repository.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { MAX_VND } from '#lib/number-input.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, makeHouse, NOW } from '../support/fixtures.ts';
import { expectRefused, fillAndClose, makeWorld, saleOf, type World } from './sale-world.ts';

const goods = (weightGrams: number, unitPriceVnd: number, material = 'mixed_paper'): SaleLine => ({
	kind: 'goods',
	material,
	weightGrams,
	unitPriceVnd,
});
const lump = (amountVnd: number, weightGrams: number | null = null): SaleLine => ({
	kind: 'lump_sum',
	amountVnd,
	weightGrams,
});

/** A recorded sale of the house's goods. */
async function record(
	db: Db,
	world: World,
	over: Partial<ScrapSaleInput> = {},
	actor: Actor = world.steward,
) {
	const sale = saleOf(await fillAndClose(db, world), over);
	await recordScrapSale(db, actor, sale, NOW);
	return sale;
}

async function book(db: Db, world: World, over: Partial<ScrapSaleInput> = {}) {
	const sale = await record(db, world, over);
	const word = { isSeen: true, reason: 'Đã cân lại' };
	const entry = await confirmScrapSale(db, world.treasurer, sale.id, NOW, word);
	return { sale, entry, postings: await listPostings(db, entry.id) };
}

const balanceOf = async (db: Db, world: World) => (await findFund(db, world.fund.id))!.balanceVnd;
const reverse = (
	db: Db,
	actor: Actor | undefined,
	saleId: string,
	entryId = uuidv7(NOW),
	reason = 'Cân nhầm',
) => reverseScrapSale(db, actor, { saleId, entryId, reason }, NOW);

describeEachEngine('a scrap sale', (engine) => {
	test('for one lump sum is unsorted income, with or without a weight', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const bare = await book(db, world, { lines: [lump(120_000)], cashReceivedVnd: 120_000 });
		expect(bare.postings).toEqual([{ debit: 'cash', credit: 'income-unsorted', amountVnd: 120_000 }]);
		expect(await listSaleLines(db, bare.sale.id)).toMatchObject([
			{ kind: 'lump_sum', weighedWeightGrams: null, materialCode: null, amountVnd: 120_000 },
		]);
		const weighed = await book(db, world, { lines: [lump(50_000, 31_000)], cashReceivedVnd: 50_000 });
		expect(await listSaleLines(db, weighed.sale.id)).toMatchObject([{ weighedWeightGrams: 31_000 }]);
		expect(await balanceOf(db, world)).toBe(170_000);
	});

	test('keeps income as weighed and names what the cash is more or less', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const lines = [goods(9_500, 4_000), goods(1_250, 38_000, 'aluminium_can')];
		const less = await book(db, world, { lines, cashReceivedVnd: 85_000, differenceReason: 'Làm tròn' });
		expect(less.postings).toEqual([
			{ debit: 'cash', credit: 'income-paper', amountVnd: 38_000 },
			{ debit: 'cash', credit: 'income-metal', amountVnd: 47_500 },
			{ debit: 'sale-difference', credit: 'cash', amountVnd: 500 },
		]);
		expect((await listSaleLines(db, less.sale.id)).at(-1)).toMatchObject({
			kind: 'difference',
			amountVnd: -500,
			note: 'Làm tròn',
		});
		const more = await book(db, world, { lines, cashReceivedVnd: 86_000, differenceReason: 'Cho thêm' });
		expect(more.postings.at(-1)).toEqual({ debit: 'cash', credit: 'sale-difference', amountVnd: 500 });
		expect(await balanceOf(db, world)).toBe(85_000 + 86_000);
	});

	test('waits with who recorded it, when and where', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const first = await record(db, world);
		const second = await record(db, world, {}, world.treasurer);
		const waits = (await listSalesWaitingFor(db, world.treasurer, NOW)).map((each) => ({
			...{ id: each.id, recorderName: each.recorderName, recordedAt: each.recordedAt },
			houseName: each.houseName,
		}));
		const { steward, treasurer, house } = world;
		expect(waits).toEqual([
			{ id: first.id, recorderName: steward.displayName, recordedAt: NOW, houseName: house.nameVi },
		]);
		expect(await listSalesWaitingFor(db, world.approver, NOW)).toMatchObject([
			{ id: second.id, recorderName: treasurer.displayName },
		]);
		expect(await listSalesWaitingFor(db, world.stranger, NOW)).toEqual([]);
	});

	test('keeps with each cycle what was declared in it, and unknown is not zero', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const lines = [{ material: 'e_waste', unit: 'piece' as const, quantityMilli: 3000 }];
		const cycleIds = [
			await fillAndClose(db, world),
			await fillAndClose(db, world, { happenedAt: NOW, lines }),
		];
		const sale = saleOf(cycleIds[0]!, { cycleIds });
		await recordScrapSale(db, world.steward, sale, NOW);
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		expect((await listSaleCycles(db, sale.id)).map((cycle) => cycle.declaredWeightGrams)).toEqual([
			10_000,
			null,
		]);
	});

	test('waits for a drop-off that is on its way into its cycle', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await fillAndClose(db, world);
		const declarer = { kind: 'device' as const, deviceAliasId: world.deviceAliasId };
		const late = {
			...{ id: uuidv7(NOW), house: world.house, happenedAt: NOW - DAY, channel: 'web' as const },
			lines: [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 5000 }],
		};
		const sale = saleOf(cycleId);
		let selling: Promise<unknown> | undefined;
		await inTransaction(db, async (trx) => {
			await lockRow(trx, 'green_house', world.house.id);
			await insertDropOff(trx, declarer, late, NOW);
			selling = recordScrapSale(db, world.steward, sale, NOW).then(() =>
				confirmScrapSale(db, world.treasurer, sale.id, NOW, { isSeen: true, reason: 'Cân thiếu' }),
			);
			// Long enough for a sale that does not wait.
			await new Promise((resolve) => setTimeout(resolve, 300));
		});
		await selling;
		expect(await findDropOff(db, late.id)).toMatchObject({ cycleId, late: 0 });
		expect(await listSaleCycles(db, sale.id)).toMatchObject([{ declaredWeightGrams: 15_000 }]);
	});

	test('is refused with a reason, and then writes nothing', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await fillAndClose(db, world);
		const elsewhere = await makeHouse(db, { adminUnitId: 'kl-2025' });
		const homeless = {
			...world,
			house: elsewhere,
			steward: await makeActor(db, 'steward', 'house', elsewhere.id),
		};
		const homelessCycle = await fillAndClose(db, homeless);
		const refusals: [Partial<ScrapSaleInput>, string, number][] = [
			[{ cycleIds: [] }, 'cycleMissing', 422],
			[{ cycleIds: ['not a cycle'] }, 'unknownCycle', 404],
			[{ cycleIds: [cycleId, homelessCycle] }, 'notYourRole', 403],
			[{ lines: [] }, 'saleLinesMissing', 422],
			[{ lines: Array.from({ length: 41 }, () => goods(1000, 1000)) }, 'tooManyLines', 422],
			[{ lines: [lump(38_000), goods(1000, 1000)] }, 'lumpSumAlone', 422],
			[{ lines: [lump(0)], cashReceivedVnd: 0 }, 'amountNotPositive', 422],
			[{ cashReceivedVnd: 0, differenceReason: 'Cho không' }, 'amountNotPositive', 422],
			[{ cashReceivedVnd: -38_000, differenceReason: 'Nợ' }, 'amountNotPositive', 422],
			[{ cashReceivedVnd: MAX_VND + 1, differenceReason: 'Nhiều' }, 'amountTooLarge', 422],
			[{ cashReceivedVnd: 2 ** 53, differenceReason: 'Nhiều' }, 'amountNotWhole', 422],
			[{ cashReceivedVnd: 37_999.5, differenceReason: 'Lẻ' }, 'amountNotWhole', 422],
			[{ lines: [goods(9_500.5, 4_000)] }, 'amountNotWhole', 422],
			[{ lines: [goods(9_500, 4_000.5)] }, 'amountNotWhole', 422],
			[{ lines: [goods(2 ** 53, 1)] }, 'amountNotWhole', 422],
			[{ lines: [goods(-9_500, -4_000)] }, 'amountNotPositive', 422],
			[{ lines: [lump(38_000.5)] }, 'amountNotWhole', 422],
			[{ lines: [lump(-38_000)], cashReceivedVnd: 1 }, 'amountNotPositive', 422],
			[{ lines: [goods(1, 400)] }, 'amountNotPositive', 422],
			[{ lines: [goods(5_000_000, MAX_VND)], differenceReason: 'Nhiều' }, 'amountTooLarge', 422],
			[{ lines: [goods(9_500, 4_000, 'gold')] }, 'unknownMaterial', 422],
			[{ cashReceivedVnd: 38_500 }, 'saleDiffers', 422],
			[{ cashReceivedVnd: 37_500, differenceReason: ' \u200b ' }, 'saleDiffers', 422],
			[{ dealer: '\t' }, 'dealerMissing', 422],
			[{ photoMissingReason: '  ' }, 'photoMissing', 422],
			[{ soldOn: '2026-11-23' }, 'dateInFuture', 422],
			[{ soldOn: '2026-10-22' }, 'soldBeforeOpened', 422],
		];
		for (const [over, key, status] of refusals) {
			const work = () => recordScrapSale(db, world.steward, saleOf(cycleId, over), NOW);
			await expectRefused(db, work, key, status);
		}
		const sell =
			(actor: Actor | undefined, id = cycleId) =>
			() =>
				recordScrapSale(db, actor, saleOf(id), NOW);
		await expectRefused(db, sell(undefined), 'signInFirst', 401);
		await expectRefused(db, sell(world.approver), 'notYourRole', 403);
		await expectRefused(db, sell(homeless.steward, homelessCycle), 'houseWithoutFund', 422);
		await makeFund(db, { adminUnitId: 'kl-2025' });
		const both = await makeActor(db, 'steward', 'portal', null);
		const two = saleOf(cycleId, { cycleIds: [cycleId, homelessCycle] });
		await expectRefused(db, () => recordScrapSale(db, both, two, NOW), 'salesOfTwoFunds', 422);
		const union = {
			kind: 'youth_union',
			name: 'Chi đoàn khối 6',
			adminUnitId: 'dk-2025',
			isSample: 0,
		} as const;
		const stewardOrganisationId = await inTransaction(db, (trx) => insertOrganisation(trx, union, NOW));
		const others = await makeHouse(db, { stewardOrganisationId });
		const othersCycle = await fillAndClose(db, { ...world, house: others, steward: both });
		const mixed = saleOf(cycleId, { cycleIds: [cycleId, othersCycle] });
		await expectRefused(db, () => recordScrapSale(db, both, mixed, NOW), 'salesOfTwoOrganisations', 422);
	});

	test('written down late keeps its own day, as long as the cycle was open then', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const { sale, entry } = await book(db, world, { soldOn: '2026-10-23' });
		expect((await findSale(db, sale.id))?.soldOn).toBe('2026-10-23');
		expect(await listEntries(db, world.fund.id, { limit: 1 })).toMatchObject([
			{ id: entry.id, happenedOn: '2026-10-23', bookedOn: '2026-11-22' },
		]);
	});

	test('holds a cycle once, also when two are sent at the same time or one names it twice', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await fillAndClose(db, world);
		const sales = [1, 2, 3, 4].map(() => saleOf(cycleId, { cycleIds: [cycleId, cycleId] }));
		const outcomes = await Promise.allSettled(
			sales.map((sale) => recordScrapSale(db, world.steward, sale, NOW)),
		);
		const won = sales.filter((_, index) => outcomes[index]!.status === 'fulfilled');
		expect(won).toHaveLength(1);
		for (const outcome of outcomes)
			if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ key: 'cycleAlreadySold' });
		expect(await listSaleCycles(db, won[0]!.id)).toHaveLength(1);
		const again = () => recordScrapSale(db, world.steward, saleOf(cycleId), NOW);
		await expectRefused(db, again, 'cycleAlreadySold', 409);
		await confirmScrapSale(db, world.treasurer, won[0]!.id, NOW);
		await expectRefused(db, again, 'cycleAlreadySold', 409);
		const other = { ...won[0]!, cashReceivedVnd: 38_001, differenceReason: 'Lẻ' };
		await expectRefused(db, () => recordScrapSale(db, world.steward, other, NOW), 'sameIdOtherContent', 409);
		await expectRefused(
			db,
			() => recordScrapSale(db, world.treasurer, won[0]!, NOW),
			'sameIdOtherContent',
			409,
		);
	});

	test('that was reversed is replaced by the next sale of its cycle, which says so', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const { sale } = await book(db, world);
		const cycleId = sale.cycleIds[0]!;
		await expectRefused(db, () => reverse(db, undefined, sale.id), 'signInFirst', 401);
		await expectRefused(db, () => reverse(db, world.stranger, sale.id), 'notYourRole', 403);
		await expectRefused(
			db,
			() => reverse(db, world.approver, sale.id, uuidv7(NOW), '\u200b'),
			'reasonMissing',
			422,
		);
		const entryId = uuidv7(NOW);
		await reverse(db, world.approver, sale.id, entryId);
		await reverse(db, world.approver, sale.id, entryId);
		await expectRefused(db, () => reverse(db, world.approver, sale.id), 'alreadyDecided', 409);
		await expectRefused(db, () => confirmScrapSale(db, world.treasurer, sale.id, NOW), 'alreadyDecided', 409);
		expect(await balanceOf(db, world)).toBe(0);

		const next = saleOf(cycleId, { lines: [goods(9_000, 4_000)], cashReceivedVnd: 36_000 });
		await recordScrapSale(db, world.steward, next, NOW);
		await confirmScrapSale(db, world.treasurer, next.id, NOW);
		expect((await findSale(db, next.id))?.replacesSaleId).toBe(sale.id);
		expect(await balanceOf(db, world)).toBe(36_000);
		await reverse(db, world.approver, next.id);
		const third = saleOf(cycleId);
		await recordScrapSale(db, world.steward, third, NOW);
		expect((await findSale(db, third.id))?.replacesSaleId).toBe(next.id);
	});

	test('that was returned with a reason can be recorded again and never be confirmed', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sale = await record(db, world);
		const give = (actor: Actor | undefined, reason = 'Thiếu 2 kg') =>
			returnScrapSale(db, actor, { saleId: sale.id, reason }, NOW);
		await expectRefused(db, () => give(undefined), 'signInFirst', 401);
		await expectRefused(db, () => give(world.steward), 'notYourRole', 403);
		await expectRefused(db, () => give(world.stranger), 'notYourRole', 403);
		await expectRefused(db, () => give(world.approver), 'confirmByTreasurer', 403);
		await expectRefused(db, () => give(world.treasurer, ' '), 'reasonMissing', 422);
		await give(world.treasurer);
		expect(await findSale(db, sale.id)).toMatchObject({ status: 'returned', returnReason: 'Thiếu 2 kg' });
		await expectRefused(db, () => give(world.treasurer), 'alreadyDecided', 409);
		await expectRefused(db, () => confirmScrapSale(db, world.treasurer, sale.id, NOW), 'alreadyDecided', 409);
		await expectRefused(db, () => reverse(db, world.approver, sale.id), 'alreadyDecided', 409);
		const again = saleOf(sale.cycleIds[0]!);
		await recordScrapSale(db, world.steward, again, NOW);
		expect((await confirmScrapSale(db, world.treasurer, again.id, NOW)).voucher).toBe('PT-2026/0001');
		expect((await findSale(db, again.id))?.replacesSaleId).toBe(sale.id);
	});
});

describeEachEngine('the second person', (engine) => {
	test('books one entry, whoever presses again and on whatever day', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const second = await makeActor(db, 'treasurer', 'fund', world.fund.id);
		const sale = await record(db, world);
		const presses = [world.treasurer, second, world.treasurer, second];
		const entries = await Promise.all(presses.map((actor) => confirmScrapSale(db, actor, sale.id, NOW)));
		entries.push(await confirmScrapSale(db, world.treasurer, sale.id, NOW + 3 * DAY));
		expect(new Set(entries.map((entry) => entry.id)).size).toBe(1);
		expect(await listEntries(db, world.fund.id, { limit: 9 })).toHaveLength(1);
		expect(await balanceOf(db, world)).toBe(38_000);
	});

	test('is one only: a sale that is confirmed and returned at once is either', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const second = await makeActor(db, 'treasurer', 'fund', world.fund.id);
		const sale = await record(db, world);
		const outcomes = await Promise.allSettled([
			confirmScrapSale(db, world.treasurer, sale.id, NOW),
			returnScrapSale(db, second, { saleId: sale.id, reason: 'Cân lại' }, NOW),
		]);
		const [confirmed, returned] = outcomes.map((outcome) => outcome.status === 'fulfilled');
		expect(confirmed).toBe(!returned);
		expect((await findSale(db, sale.id))?.status).toBe(confirmed ? 'confirmed' : 'returned');
		expect(await listEntries(db, world.fund.id, { limit: 9 })).toHaveLength(confirmed ? 1 : 0);
	});

	test('is an approver of the fund when its treasurer recorded, and never another fund’s', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sale = await record(db, world, {}, world.treasurer);
		const foreign = await makeActor(db, 'approver', 'fund', 'another fund');
		const second = await makeActor(db, 'treasurer', 'fund', world.fund.id);
		const refusals: [Actor | undefined, string, number][] = [
			[undefined, 'signInFirst', 401],
			[world.steward, 'notYourRole', 403],
			[world.stranger, 'notYourRole', 403],
			[foreign, 'notYourRole', 403],
			[world.treasurer, 'confirmerIsRecorder', 403],
			[second, 'confirmByApprover', 403],
		];
		for (const [actor, key, status] of refusals)
			await expectRefused(db, () => confirmScrapSale(db, actor, sale.id, NOW), key, status);
		const unknown = () => confirmScrapSale(db, world.approver, uuidv7(NOW), NOW);
		await expectRefused(db, unknown, 'unknownSale', 404);
		await confirmScrapSale(db, world.approver, sale.id, NOW);
		expect(await findSale(db, sale.id)).toMatchObject({
			status: 'confirmed',
			recorderId: world.treasurer.personId,
			confirmerId: world.approver.personId,
		});
		await expectRefused(db, () => reverse(db, world.approver, sale.id), 'reverserIsConfirmer', 403);
		// Somebody who approves and holds the box too does not decide alone what comes out of it.
		const approver = await makeActor(db, 'approver', 'fund', world.fund.id);
		const box = await makeActor(db, 'treasurer', 'fund', world.fund.id);
		const both = { ...approver, grants: [...approver.grants, ...box.grants] };
		await expectRefused(db, () => reverse(db, both, sale.id), 'approverIsTreasurer', 403);
	});
});
