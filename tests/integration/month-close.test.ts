// The box is counted, the month is closed, and only what is booked later corrects it.
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { recordScrapSale, returnScrapSale } from '#features/collections/scrap-sale.service.ts';
import { findCount, listCounts } from '#features/fund/cash-count.repository.ts';
import { confirmCashCount, recordCashCount, returnCashCount } from '#features/fund/cash-count.service.ts';
import type { CashCountInput } from '#features/fund/cash-count.ts';
import { askReversal, returnReversal } from '#features/fund/entry-reversal.service.ts';
import { findEntry, findFund, listEntries } from '#features/fund/fund.repository.ts';
import { parseEntryText } from '#features/fund/ledger.ts';
import { listMonthActs } from '#features/fund/month-close.repository.ts';
import { closeMonth, readMonths, reopenMonth } from '#features/fund/month-close.service.ts';
import { recordStatement, returnStatement } from '#features/fund/statement.service.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, NOW } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import { giftInput, give, insertRaw, makePeople, pay, post, reverse, type World } from './fund-world.ts';
import {
	expectRefused,
	fillAndClose,
	makeWorld as makeSaleWorld,
	saleOf,
	type World as SaleWorld,
} from './sale-world.ts';

/** 5/12/2026 in the morning: November is over. */
const LATER = NOW + 13 * DAY;

describeEachEngine('the end of a month', (engine) => {
	let db: Db;
	let sales: SaleWorld;
	let world: World;
	beforeEach(async () => {
		db = await engine.fresh();
		sales = await makeSaleWorld(db);
		world = {
			...{ db, fundId: sales.fund.id, code: sales.fund.code, treasurer: sales.treasurer },
			approver: sales.approver,
			officer: await makeActor(db, 'ward_officer', 'ward', 'dk-2025'),
		};
	});

	const countOf = (countedVnd: number, over: Partial<CashCountInput> = {}): CashCountInput => ({
		...{ id: uuidv7(NOW), fundId: world.fundId, countedOn: '2026-11-22', countedVnd, reason: '' },
		...over,
	});
	const count = async (
		countedVnd: number,
		over: Partial<CashCountInput> = {},
		now = NOW,
		actor: Actor | undefined = world.treasurer,
	) => {
		const input = countOf(countedVnd, { countedOn: toLocalDate(now), ...over });
		await recordCashCount(db, actor, input, now);
		return input.id;
	};
	const counted = async (countedVnd: number, now = LATER, reason = '') =>
		confirmCashCount(db, world.approver, await count(countedVnd, { reason }, now), now);
	const close = (month = '2026-11', over: { id?: string; actor?: Actor; now?: number } = {}) =>
		closeMonth(
			db,
			over.actor ?? world.treasurer,
			{ id: over.id ?? uuidv7(NOW), fundId: world.fundId, month },
			over.now ?? LATER,
		);
	const reopen = (month = '2026-11', reason = 'Thiếu một phiếu', actor = world.approver, id = uuidv7(NOW)) =>
		reopenMonth(db, actor, { id, fundId: world.fundId, month, reason }, LATER);
	const cashVnd = async () => (await findFund(db, world.fundId))!.cashVnd;
	const refusedByDatabase = async (work: () => Promise<unknown>, message: RegExp) =>
		expect(((await expectNothingWritten(db, work)) as Error).message).toMatch(message);

	test('a count that agrees is confirmed, and nothing is booked', async () => {
		await give(world, 300_000);
		const id = await count(300_000);
		await confirmCashCount(db, world.approver, id, NOW);
		await confirmCashCount(db, world.approver, id, NOW + 1);
		expect(await findCount(db, id)).toMatchObject({ status: 'confirmed', differenceVnd: 0, entryId: null });
		expect(await listEntries(db, world.fundId, { limit: 5 })).toHaveLength(1);
	});

	test('a difference is explained and booked, both ways', async () => {
		await give(world, 300_000);
		const short = await count(290_000, { reason: 'Thối nhầm tiền' });
		await confirmCashCount(db, world.approver, short, NOW);
		const missing = (await findEntry(db, (await findCount(db, short))!.entryId!))!;
		expect(missing).toMatchObject({ kind: 'cash_difference', changeVnd: -10_000, voucherKind: 'payment' });
		expect(parseEntryText(missing.text)).toMatchObject({ countedVnd: 290_000, bookVnd: 300_000 });
		const over = await count(295_000, { reason: 'Tìm lại được' });
		await confirmCashCount(db, world.approver, over, NOW);
		expect(await findEntry(db, (await findCount(db, over))!.entryId!)).toMatchObject({
			changeVnd: 5000,
			voucherKind: 'receipt',
		});
		expect(await cashVnd()).toBe(295_000);
	});

	test('an empty box is counted too', async () => {
		await give(world, 1000);
		const id = await count(0, { reason: 'Mất' });
		await confirmCashCount(db, world.approver, id, NOW);
		expect(await cashVnd()).toBe(0);
	});

	const wrong: [string, () => Partial<CashCountInput>, string, number][] = [
		['a negative sum', () => ({ countedVnd: -1 }), 'countNegative', 422],
		['half a đồng', () => ({ countedVnd: 0.5 }), 'amountNotWhole', 422],
		['more than a number holds', () => ({ countedVnd: 2 ** 53 }), 'amountNotWhole', 422],
		['too much', () => ({ countedVnd: 2_000_000_000_000 }), 'amountTooLarge', 422],
		['tomorrow', () => ({ countedOn: '2026-11-23' }), 'dateInFuture', 422],
		['a difference that nobody explains', () => ({ countedVnd: 299_999 }), 'countDiffers', 422],
		['a day since which cash moved', () => ({ countedOn: '2026-11-21' }), 'cashMovedSinceCount', 409],
	];
	test.each(wrong)('a count with %s is refused', async (_name, over, key, status) => {
		await give(world, 300_000);
		await expectRefused(
			db,
			() => recordCashCount(db, world.treasurer, countOf(300_000, over()), NOW),
			key,
			status,
		);
	});

	test('a count is refused beside one that waits, to others, and when cash has moved since', async () => {
		await give(world, 300_000);
		const input = countOf(300_000);
		await recordCashCount(db, world.treasurer, input, NOW);
		await recordCashCount(db, world.treasurer, input, NOW + 1);
		const other = await makePeople(db, await makeFund(db));
		const both: Actor = {
			...world.treasurer,
			grants: [...world.treasurer.grants, ...world.approver.grants],
		};
		for (const [work, key, status] of [
			[() => count(300_000), 'countWaits', 409],
			[
				() => recordCashCount(db, world.treasurer, { ...input, countedVnd: 5 }, NOW),
				'sameIdOtherContent',
				409,
			],
			[() => count(1, {}, NOW, world.approver), 'notYourRole', 403],
			[() => count(1, {}, NOW, other.treasurer), 'notYourRole', 403],
			[() => recordCashCount(db, undefined, countOf(1), NOW), 'signInFirst', 401],
			[() => confirmCashCount(db, both, input.id, NOW), 'confirmerIsRecorder', 403],
			[() => confirmCashCount(db, other.approver, input.id, NOW), 'notYourRole', 403],
			[() => confirmCashCount(db, world.approver, uuidv7(NOW), NOW), 'unknownCount', 404],
			[() => returnCashCount(db, world.approver, { id: input.id, reason: '' }, NOW), 'reasonMissing', 422],
		] as const)
			await expectRefused(db, work, key, status);
		// Money out and in again: the same sum, but not the same cash.
		const paid = await pay(world, 1000);
		await reverse(world, paid.id);
		await expectRefused(
			db,
			() => confirmCashCount(db, world.approver, input.id, NOW),
			'cashMovedSinceCount',
			409,
		);
		await returnCashCount(db, world.approver, { id: input.id, reason: 'Đếm lại' }, NOW);
		await returnCashCount(db, world.approver, { id: input.id, reason: 'Đếm lại' }, NOW);
		await count(300_000);
		expect((await listCounts(db, world.fundId, 5)).map((each) => each.status).sort()).toEqual([
			'recorded',
			'returned',
		]);
	});

	test('a month closes with its balance when it is over and the cash was counted', async () => {
		await give(world, 300_000);
		const input = { id: uuidv7(NOW), fundId: world.fundId, month: '2026-11' };
		await expectRefused(db, () => closeMonth(db, world.treasurer, input, NOW), 'monthNotOver', 409);
		await expectRefused(db, () => close(), 'cashNotCounted', 409);
		await counted(300_000);
		await closeMonth(db, world.treasurer, input, LATER);
		await closeMonth(db, world.treasurer, input, LATER + DAY);
		expect(await listMonthActs(db, world.fundId, 5)).toMatchObject([
			{ number: 1, month: '2026-11', act: 'close', lastSequence: 1, cashVnd: 300_000, bankVnd: 0 },
		]);
		expect(await readMonths(db, world.fundId, toLocalDate(LATER))).toMatchObject({
			closed: '2026-11',
			next: '2026-12',
			state: { why: 'monthNotOver' },
		});
	});

	test('nothing is booked in a closed month, by the service or past it', async () => {
		await give(world, 300_000);
		await counted(300_000);
		await close();
		const late = giftInput(world, 1000, { bookedOn: '2026-11-30', happenedOn: '2026-11-30' });
		await expectRefused(db, () => post(world, late, LATER), 'monthClosed', 409);
		await expectRefused(
			db,
			() => post(world, { ...late, bookedOn: '2026-10-31', happenedOn: '2026-10-31' }, LATER),
			'monthClosed',
			409,
		);
		const { rows } = await sql<
			Record<string, unknown>
		>`select * from journal_entry where fund_id = ${world.fundId} order by sequence desc`.execute(
			db.withoutPlugins(),
		);
		const next = { id: uuidv7(NOW), source_id: uuidv7(NOW), sequence: 2, voucher_number: 2 };
		const row = { ...rows[0], ...next, booked_on: '2026-11-30', cash_after_vnd: 600_000 };
		await refusedByDatabase(() => insertRaw(db, 'journal_entry', row), /month is closed/);
		// What happened then is booked now.
		await post(world, { ...late, bookedOn: '2026-12-05' }, LATER);
		await expectRefused(
			db,
			() => recordCashCount(db, world.treasurer, countOf(301_000, { countedOn: '2026-11-30' }), LATER),
			'monthClosed',
			409,
		);
	});

	test('a month with a reversal that waits stays open', async () => {
		await give(world, 300_000);
		await counted(300_000);
		const [gift] = await listEntries(db, world.fundId, { limit: 1 });
		const wrong = { id: uuidv7(NOW), entryId: gift!.id, reason: 'Ghi hai lần' };
		await askReversal(db, world.treasurer, wrong, NOW);
		await expectRefused(db, () => close(), 'monthHasOpenItems', 409);
		const act = {
			...{ id: uuidv7(NOW), fund_id: world.fundId, number: 1, month: '2026-11', act: 'close' },
			...{ decided_by: world.treasurer.grants[0]!.id, decided_at: LATER, reason: '', is_sample: 0 },
			...{ last_sequence: 1, cash_vnd: 300_000, bank_vnd: 0 },
		};
		await refusedByDatabase(() => insertRaw(db, 'month_close', act), /open items/);
		await returnReversal(db, world.approver, { id: wrong.id, reason: 'Không sai' }, NOW);
		await close();
		expect(await listMonthActs(db, world.fundId, 1)).toHaveLength(1);
	});

	test('a month with something that waits stays open', async () => {
		await give(world, 300_000);
		await counted(300_000);
		const sale = saleOf(await fillAndClose(db, sales));
		await recordScrapSale(db, sales.steward, sale, NOW);
		await expectRefused(db, () => close(), 'monthHasOpenItems', 409);
		const act = {
			...{ id: uuidv7(NOW), fund_id: world.fundId, number: 1, month: '2026-11', act: 'close' },
			...{ decided_by: world.treasurer.grants[0]!.id, decided_at: LATER, reason: '', is_sample: 0 },
			...{ last_sequence: 1, cash_vnd: 300_000, bank_vnd: 0 },
		};
		await refusedByDatabase(() => insertRaw(db, 'month_close', act), /open items/);
		await returnScrapSale(db, sales.treasurer, { saleId: sale.id, reason: 'Sai' }, NOW);
		const statement = {
			...{ id: uuidv7(NOW), fundId: world.fundId, kind: 'gift' as const, happenedOn: '2026-11-20' },
			...{ account: 'cash' as const, amountVnd: 5000, words: 'Ủng hộ', privateNote: '' },
			...{ purpose: null, photoMissingReason: 'Không có' },
		};
		await recordStatement(db, world.treasurer, statement, LATER);
		await expectRefused(db, () => close(), 'monthHasOpenItems', 409);
		await returnStatement(db, world.approver, { id: statement.id, reason: 'Sai' }, LATER);
		await close();
	});

	test('months close in order, each once, by the treasurer', async () => {
		const autumn = { happenedOn: '2026-09-10', bookedOn: '2026-09-10' };
		await post(world, giftInput(world, 1000, autumn));
		await counted(1000);
		const other = await makePeople(db, await makeFund(db));
		for (const [work, key, status] of [
			[() => close('2026-10'), 'monthNotNext', 409],
			[() => close('2026-08'), 'monthNotNext', 409],
			[() => close('nonsense'), 'monthNotNext', 409],
			[() => close('2026-09', { actor: world.approver }), 'notYourRole', 403],
			[() => close('2026-09', { actor: other.treasurer }), 'notYourRole', 403],
			[() => close('2026-09', { actor: { ...world.treasurer, isStrong: false } }), 'secondFactorFirst', 403],
			[
				() =>
					closeMonth(db, other.treasurer, { id: uuidv7(NOW), fundId: other.fundId, month: '2026-11' }, LATER),
				'monthNothing',
				409,
			],
		] as const)
			await expectRefused(db, work, key, status);
		const id = uuidv7(NOW);
		await close('2026-09', { id });
		await expectRefused(db, () => close('2026-10', { id }), 'sameIdOtherContent', 409);
		await close('2026-10');
		await close('2026-11');
		await expectRefused(db, () => close('2026-11'), 'monthNotNext', 409);
		await expectRefused(db, () => close('2026-12'), 'monthNotOver', 409);
	});

	test('only the last closed month opens again, by an approver with a reason', async () => {
		const autumn = { happenedOn: '2026-10-10', bookedOn: '2026-10-10' };
		await post(world, giftInput(world, 1000, autumn));
		await counted(1000);
		await expectRefused(db, () => reopen('2026-10'), 'monthNotLastClosed', 409);
		await close('2026-10');
		await close('2026-11');
		for (const [work, key, status] of [
			[() => reopen('2026-10'), 'monthNotLastClosed', 409],
			[() => reopen('2026-11', ' '), 'reasonMissing', 422],
			[() => reopen('2026-11', 'x', world.treasurer), 'notYourRole', 403],
		] as const)
			await expectRefused(db, work, key, status);
		const id = uuidv7(NOW);
		await reopen('2026-11', 'Thiếu', world.approver, id);
		await reopen('2026-11', 'Thiếu', world.approver, id);
		await expectRefused(db, () => close('2026-12'), 'monthNotNext', 409);
		await reopen('2026-10');
		await expectRefused(db, () => reopen('2026-09'), 'monthNotLastClosed', 409);
		await close('2026-10');
		await close('2026-11');
		expect((await listMonthActs(db, world.fundId, 9)).map((act) => [act.number, act.act])).toEqual([
			[6, 'close'],
			[5, 'close'],
			[4, 'reopen'],
			[3, 'reopen'],
			[2, 'close'],
			[1, 'close'],
		]);
	});

	test('the database alone closes no month out of order, early, uncounted, with another balance or by others', async () => {
		await give(world, 300_000);
		const act = {
			...{ id: uuidv7(NOW), fund_id: world.fundId, number: 1, month: '2026-11', act: 'close' },
			...{ decided_by: world.treasurer.grants[0]!.id, decided_at: LATER, reason: '', is_sample: 0 },
			...{ last_sequence: 1, cash_vnd: 300_000, bank_vnd: 0 },
		};
		const insert = (over: Record<string, unknown>) => () => insertRaw(db, 'month_close', { ...act, ...over });
		await refusedByDatabase(insert({}), /not counted/);
		await counted(300_000);
		await refusedByDatabase(insert({ number: 2 }), /by a treasurer/);
		await refusedByDatabase(insert({ decided_by: world.approver.grants[0]!.id }), /by a treasurer/);
		await refusedByDatabase(insert({ month: '2026-12' }), /one after another|not counted/);
		await refusedByDatabase(insert({ cash_vnd: 299_999 }), /balance/);
		const approver = world.approver.grants[0]!.id;
		await refusedByDatabase(
			insert({ act: 'reopen', reason: 'x', decided_by: approver }),
			/one after another/,
		);
		await close();
		const second = { number: 2, id: uuidv7(NOW), act: 'reopen', decided_by: approver };
		await refusedByDatabase(insert({ ...second, month: '2026-10', reason: 'x' }), /one after another/);
		await refusedByDatabase(insert(second), /check/i);
		for (const statement of ['update month_close set reason = reason', 'delete from month_close'])
			await refusedByDatabase(() => sql.raw(statement).execute(db), /append-only/);
	});
});
