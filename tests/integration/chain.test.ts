// From what somebody brought to what the fund paid for, and every way in which a step is refused.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import {
	confirmScrapSale,
	recordScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import { findSale } from '#features/collections/scrap-sale.repository.ts';
import type { ScrapSaleInput } from '#features/collections/scrap-sale.ts';
import { listDropOffsOfDevices } from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff, withdrawDropOff } from '#features/drop-offs/drop-off.service.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { findFund, listEntries } from '#features/fund/fund.repository.ts';
import { postEntry, reverseEntry } from '#features/fund/ledger.service.ts';
import { traceEntry } from '#features/trace/entry-story.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { retireSamples } from '#lib/samples.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

async function makeWorld(db: Db) {
	await seedReference(db);
	const house = await makeHouse(db);
	const fund = await makeFund(db);
	const device = await inTransaction(db, (trx) => ensureDeviceAlias(trx, NOW, mintDeviceSecret()));
	return {
		house,
		fund,
		device: { kind: 'device' as const, deviceAliasId: device.id },
		steward: await makeActor(db, 'steward', 'house', house.id),
		otherSteward: await makeActor(db, 'steward', 'house', 'another house'),
		treasurer: await makeActor(db, 'treasurer', 'fund', fund.id),
		approver: await makeActor(db, 'approver', 'fund', fund.id),
		officer: await makeActor(db, 'ward_officer', 'ward', 'dk-2025'),
		stranger: await makeActor(db, 'treasurer', 'fund', 'another fund'),
	};
}
type World = Awaited<ReturnType<typeof makeWorld>>;

const bring = (db: Db, world: World, over: Partial<Parameters<typeof recordDropOff>[2]> = {}) =>
	recordDropOff(
		db,
		world.device,
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

const saleOf = (cycleId: string, over: Partial<ScrapSaleInput> = {}): ScrapSaleInput => ({
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

async function closeOpenCycle(db: Db, world: World): Promise<string> {
	const cycle = await findOpenCycle(db, world.house.id);
	await closeCycle(db, world.steward, cycle!.id, NOW);
	return cycle!.id;
}

/** A booked sale: returns the sale and its entry. */
async function sell(db: Db, world: World, over: Partial<ScrapSaleInput> = {}) {
	const sale = saleOf(await closeOpenCycle(db, world), over);
	await recordScrapSale(db, world.steward, sale, NOW);
	const entry = await confirmScrapSale(db, world.treasurer, sale.id, NOW);
	return { sale, entry };
}

async function expectRefused(db: Db, work: () => Promise<unknown>, key: string): Promise<void> {
	const error = await expectNothingWritten(db, work);
	expect(error).toBeInstanceOf(DomainError);
	expect((error as DomainError).key).toBe(key);
}

describeEachEngine('the chain', (engine) => {
	test('a drop-off becomes money and the money is walked back to it', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		expect(await bring(db, world)).toBe('created');
		const { entry } = await sell(db, world);
		expect(entry.voucher).toBe('PT-2026/0001');
		expect((await findFund(db, world.fund.id))?.balanceVnd).toBe(38_000);

		const request = {
			id: uuidv7(NOW),
			fundId: world.fund.id,
			purpose: 'tet_gift' as const,
			description: 'Quà',
			amountVnd: 20_000,
			beneficiaryCount: 3,
			adminUnitId: 'dk-2025',
		};
		await requestDisbursement(db, world.officer, request, NOW);
		await approveDisbursement(db, world.approver, { id: request.id }, NOW);
		const payment = await payDisbursement(
			db,
			world.treasurer,
			{ id: request.id, entryId: uuidv7(NOW), paidOn: '2026-11-22' },
			NOW,
		);
		expect(payment.voucher).toBe('PC-2026/0001');

		const backward = await traceEntry(db, payment.id);
		expect(backward?.spent).toMatchObject([{ id: entry.id, amountVnd: 20_000 }]);
		// Fewer than five people: neither their number nor their ward is public.
		expect(backward?.entry.text).toBe('{"count":null,"kind":"payment","purpose":"tet_gift","wardId":null}');
		const source = await traceEntry(db, entry.id);
		expect(source?.paidFor).toMatchObject([{ id: payment.id }]);
		expect(source?.sale?.cycles[0]?.lines).toMatchObject([
			{ materialCode: 'mixed_paper', quantityMilli: 10_000 },
		]);
	});

	test('a drop-off has paid for something only while a payment of its money stands', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await bring(db, world);
		const recordedBy = world.treasurer.grants[0]!.id;
		const gift = {
			...{ id: uuidv7(NOW), fundId: world.fund.id, kind: 'gift' as const, recordedBy },
			...{ happenedOn: '2026-11-22', bookedOn: '2026-11-22' },
			source: { kind: 'statement' as const, id: 'gift', content: { statement: 'gift' } },
			postings: [{ debit: 'cash', credit: 'gift', amountVnd: 20_000 }],
			text: { kind: 'statement' as const, words: 'Tiền ủng hộ' },
		};
		await inTransaction(db, (trx) => postEntry(trx, gift, NOW));
		const { entry } = await sell(db, world);
		const paidFor = async () => (await traceEntry(db, entry.id))?.paidFor.map((each) => each.id);
		const stage = async () => (await listDropOffsOfDevices(db, [world.device.deviceAliasId], 9))[0]?.stage;
		const pay = async (amountVnd: number) => {
			const request = {
				...{ id: uuidv7(NOW), fundId: world.fund.id, purpose: 'tet_gift' as const, description: 'Quà' },
				...{ amountVnd, beneficiaryCount: 6, adminUnitId: 'dk-2025' },
			};
			await requestDisbursement(db, world.officer, request, NOW);
			await approveDisbursement(db, world.approver, { id: request.id }, NOW);
			const payment = { id: request.id, entryId: uuidv7(NOW), paidOn: '2026-11-22' };
			return (await payDisbursement(db, world.treasurer, payment, NOW)).id;
		};
		const reverse = (entryId: string) =>
			inTransaction(db, (trx) =>
				reverseEntry(trx, { id: uuidv7(NOW), entryId, recordedBy, reason: 'Ghi nhầm' }, NOW),
			);
		// The gift is spent first; when it is taken back, the sale's money stands in for it and has paid for nothing.
		await pay(20_000);
		const taken = (await reverse(gift.id)).id;
		expect(await stage()).toBe('sold');
		const payment = await pay(10_000);
		expect(await stage()).toBe('spent');
		expect(await paidFor()).toEqual([taken, payment]);
		await reverse(payment);
		expect(await stage()).toBe('sold');
		expect(await paidFor()).toEqual([taken]);
		// The payment itself still says what it had spent.
		expect((await traceEntry(db, payment))?.spent).toMatchObject([{ id: entry.id, amountVnd: 10_000 }]);
	});

	test('a sample row of the book has no page any more once samples are retired', async () => {
		const db = await engine.fresh();
		const { treasurer } = await makeWorld(db);
		const fund = await makeFund(db, { code: 'MAU-DK', isSample: 1 });
		const gift = {
			...{ id: uuidv7(NOW), fundId: fund.id, kind: 'gift' as const, recordedBy: treasurer.grants[0]!.id },
			...{ happenedOn: '2026-11-22', bookedOn: '2026-11-22' },
			source: { kind: 'statement' as const, id: 'gift', content: { statement: 'gift' } },
			postings: [{ debit: 'cash', credit: 'gift', amountVnd: 20_000 }],
			text: { kind: 'statement' as const, words: 'Tiền ủng hộ' },
		};
		await inTransaction(db, (trx) => postEntry(trx, gift, NOW));
		expect((await traceEntry(db, gift.id))?.entry.isSample).toBe(1);
		await retireSamples(db);
		expect(await traceEntry(db, gift.id)).toBeUndefined();
	});

	test('each refused step has its reason and writes nothing', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await bring(db, world);
		const closed = await makeHouse(db, { status: 'closed' });
		const lines = (material: string) => [{ material, unit: 'kg' as const, quantityMilli: 1000 }];
		await expectRefused(db, () => bring(db, world, { happenedAt: NOW + DAY }), 'dateInFuture');
		await expectRefused(db, () => bring(db, world, { happenedAt: NOW - 100 * DAY }), 'dateTooOld');
		await expectRefused(db, () => bring(db, world, { greenHouseCode: 'NNX-999' }), 'unknownHouse');
		await expectRefused(db, () => bring(db, world, { greenHouseCode: closed.code }), 'houseClosed');
		await expectRefused(db, () => bring(db, world, { lines: [] }), 'linesMissing');
		await expectRefused(db, () => bring(db, world, { lines: lines('gold') }), 'unknownMaterial');
		await expectRefused(db, () => bring(db, world, { lines: lines('battery') }), 'materialNever');
		await expectRefused(db, () => bring(db, world, { lines: lines('glass') }), 'materialNotTaken');

		const open = (await findOpenCycle(db, world.house.id))!;
		await expectRefused(db, () => closeCycle(db, undefined, open.id, NOW), 'signInFirst');
		await expectRefused(db, () => closeCycle(db, world.otherSteward, open.id, NOW), 'notYourRole');
		await expectRefused(db, () => recordScrapSale(db, world.steward, saleOf(open.id), NOW), 'cycleStillOpen');

		const cycleId = await closeOpenCycle(db, world);
		const record = (over: Partial<ScrapSaleInput>, actor: Actor = world.steward) =>
			recordScrapSale(db, actor, saleOf(cycleId, over), NOW);
		await expectRefused(db, () => record({}, world.otherSteward), 'notYourRole');
		await expectRefused(db, () => record({}, world.stranger), 'notYourRole');
		await expectRefused(db, () => record({ cashReceivedVnd: 37_000 }), 'saleDiffers');
		await expectRefused(db, () => record({ dealer: ' ' }), 'dealerMissing');
		await expectRefused(db, () => record({ photoMissingReason: '' }), 'photoMissing');
		await expectRefused(db, () => record({ soldOn: '2026-11-23' }), 'dateInFuture');
		await expectRefused(db, () => record({ soldOn: '2026-01-01' }), 'soldBeforeOpened');
		await expectRefused(db, () => record({ lines: [] }), 'saleLinesMissing');

		const sale = saleOf(cycleId);
		await recordScrapSale(db, world.steward, sale, NOW);
		await recordScrapSale(db, world.steward, sale, NOW);
		await expectRefused(
			db,
			() => recordScrapSale(db, world.steward, { ...sale, dealer: 'Người khác' }, NOW),
			'sameIdOtherContent',
		);
		await expectRefused(db, () => record({}), 'cycleAlreadySold');
		await expectRefused(db, () => confirmScrapSale(db, world.steward, sale.id, NOW), 'notYourRole');
		await expectRefused(db, () => confirmScrapSale(db, world.approver, sale.id, NOW), 'confirmByTreasurer');
		await expectRefused(db, () => confirmScrapSale(db, world.stranger, sale.id, NOW), 'notYourRole');
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);

		const request = {
			id: uuidv7(NOW),
			fundId: world.fund.id,
			purpose: 'hardship' as const,
			description: 'Giúp',
			amountVnd: 50_000,
			beneficiaryCount: 6,
			adminUnitId: null,
		};
		await expectRefused(db, () => requestDisbursement(db, world.steward, request, NOW), 'notYourRole');
		await requestDisbursement(db, world.approver, request, NOW);
		const pay = (actor: Actor) =>
			payDisbursement(db, actor, { id: request.id, entryId: uuidv7(NOW), paidOn: '2026-11-22' }, NOW);
		const approve = (actor: Actor) => approveDisbursement(db, actor, { id: request.id }, NOW);
		await expectRefused(db, () => approve(world.approver), 'approverIsRequester');
		await expectRefused(db, () => approve(world.treasurer), 'notYourRole');
		await expectRefused(db, () => pay(world.treasurer), 'notApproved');
		await approve(await makeActor(db, 'approver', 'fund', world.fund.id));
		await expectRefused(db, () => pay(world.approver), 'notYourRole');
		await expectRefused(db, () => pay(world.treasurer), 'cashBelowZero');
	});

	test('a sale that the treasurer recorded is confirmed by an approver', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await bring(db, world);
		const sale = saleOf(await closeOpenCycle(db, world));
		await recordScrapSale(db, world.treasurer, sale, NOW);
		const second = await makeActor(db, 'treasurer', 'fund', world.fund.id);
		await expectRefused(db, () => confirmScrapSale(db, world.treasurer, sale.id, NOW), 'confirmerIsRecorder');
		await expectRefused(db, () => confirmScrapSale(db, second, sale.id, NOW), 'confirmByApprover');
		expect((await confirmScrapSale(db, world.approver, sale.id, NOW)).sequence).toBe(1);
	});

	test('ten confirmations at once book one entry', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await bring(db, world);
		const sale = saleOf(await closeOpenCycle(db, world));
		await recordScrapSale(db, world.steward, sale, NOW);
		await Promise.all(Array.from({ length: 10 }, () => confirmScrapSale(db, world.treasurer, sale.id, NOW)));
		expect(await listEntries(db, world.fund.id, { limit: 10 })).toHaveLength(1);
	});

	test('eight sends of one drop-off at once leave one row, and another content is refused', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const id = uuidv7(NOW);
		const outcomes = await Promise.all(Array.from({ length: 8 }, () => bring(db, world, { id })));
		expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
		await expectRefused(
			db,
			() => bring(db, world, { id, lines: [{ material: 'cardboard', unit: 'kg', quantityMilli: 500 }] }),
			'sameIdOtherContent',
		);
	});

	test('a drop-off is withdrawn by its own device while the cycle is open', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const [mine, late] = [uuidv7(NOW), uuidv7(NOW)];
		await bring(db, world, { id: mine });
		await bring(db, world, { id: late });
		await expectRefused(db, () => withdrawDropOff(db, [], mine, NOW), 'dropOffNotFound');
		await expectRefused(db, () => withdrawDropOff(db, ['another device'], mine, NOW), 'dropOffNotFound');
		await withdrawDropOff(db, [world.device.deviceAliasId], mine, NOW);
		await closeOpenCycle(db, world);
		await expectRefused(
			db,
			() => withdrawDropOff(db, [world.device.deviceAliasId], late, NOW),
			'cycleClosed',
		);
	});

	test('a reversed sale gives its cycle back, and reversing restores the balance', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await bring(db, world);
		const { sale, entry } = await sell(db, world);
		await expectRefused(
			db,
			() =>
				reverseScrapSale(
					db,
					world.treasurer,
					{ saleId: sale.id, entryId: uuidv7(NOW), reason: 'Cân nhầm' },
					NOW,
				),
			'notYourRole',
		);
		await reverseScrapSale(
			db,
			world.approver,
			{ saleId: sale.id, entryId: uuidv7(NOW), reason: 'Cân nhầm' },
			NOW,
		);
		expect((await findFund(db, world.fund.id))?.balanceVnd).toBe(0);
		const again = saleOf(sale.cycleIds[0]!);
		await recordScrapSale(db, world.steward, again, NOW);
		expect((await findSale(db, again.id))?.replacesSaleId).toBe(sale.id);
		expect((await confirmScrapSale(db, world.treasurer, again.id, NOW)).voucher).toBe('PT-2026/0002');
		const reversal = (await listEntries(db, world.fund.id, { limit: 9 })).find(
			(each) => each.kind === 'reversal',
		)!;
		const reverse = (entryId: string) =>
			inTransaction(db, (trx) =>
				reverseEntry(
					trx,
					{ id: uuidv7(NOW), entryId, recordedBy: world.approver.grants[0]!.id, reason: 'x' },
					NOW,
				),
			);
		await expectRefused(db, () => reverse(reversal.id), 'reversalOfReversal');
		await expectRefused(db, () => reverse(entry.id), 'alreadyReversed');
	});

	test('the database itself refuses to change the book', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await bring(db, world);
		const { sale, entry } = await sell(db, world);
		const statements = [
			sql`update journal_entry set change_vnd = 1 where id = ${entry.id}`,
			sql`delete from posting where entry_id = ${entry.id}`,
			sql`update posting set amount_vnd = amount_vnd + 1`,
			sql`update entry_text set text = 'other' where entry_id = ${entry.id}`,
			sql`insert into posting select entry_id, fund_id, 99, debit_account, credit_account, 5 from posting where entry_id = ${entry.id}`,
			sql`update scrap_sale set confirmer_id = recorder_id where id = ${sale.id}`,
			sql`update scrap_sale set cash_received_vnd = 1 where id = ${sale.id}`,
			sql`update scrap_sale set confirmer_id = ${world.approver.personId} where id = ${sale.id}`,
			sql`update scrap_sale set content_hash = 'other' where id = ${sale.id}`,
			sql`delete from scrap_sale_cycle where sale_id = ${sale.id}`,
			sql`update scrap_sale_cycle set declared_weight_grams = 1 where sale_id = ${sale.id}`,
			sql`insert into scrap_sale_line (sale_id, position, amount_vnd, kind, note) values (${sale.id}, 9, 5, 'lump_sum', '')`,
			sql`delete from drop_off`,
			sql`update fund set code = 'MAU-X' where id = ${world.fund.id}`,
		];
		if (engine.name === 'postgres') {
			for (const table of ['journal_entry', 'scrap_sale', 'scrap_sale_cycle', 'drop_off'])
				statements.push(sql`truncate ${sql.table(table)} cascade`);
		} else {
			for (const table of ['journal_entry', 'posting', 'scrap_sale', 'scrap_sale_line', 'scrap_sale_cycle'])
				statements.push(sql`insert or replace into ${sql.table(table)} select * from ${sql.table(table)}`);
		}
		for (const statement of statements) {
			const text = statement.compile(db).sql;
			await expectNothingWritten(db, () => statement.execute(db)).catch(() => expect.fail(text));
		}
	});
});
