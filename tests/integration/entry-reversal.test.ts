// An entry that is wrong is taken back by two people, once, forward in the book, and the money is where it was.
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { confirmCashCount, recordCashCount } from '#features/fund/cash-count.service.ts';
import { listReversalsOf, listWaitingReversals, sumSpent } from '#features/fund/entry-reversal.repository.ts';
import { askReversal, confirmReversal, returnReversal } from '#features/fund/entry-reversal.service.ts';
import { findEntry, findFund, listFunds, listIncomeRests } from '#features/fund/fund.repository.ts';
import { listWorkWaitingFor } from '#features/fund/fund-work.service.ts';
import { closeMonth } from '#features/fund/month-close.service.ts';
import { confirmStatement, recordStatement } from '#features/fund/statement.service.ts';
import type { StatementInput } from '#features/fund/statement.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, NOW } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import {
	giftInput,
	post,
	allocationsOf,
	give,
	insertRaw,
	makePeople,
	makeWorld,
	pay,
	TODAY,
	type World,
} from './fund-world.ts';
import { expectRefused } from './sale-world.ts';

describeEachEngine('reversals of entries', (engine) => {
	let db: Db;
	let world: World;
	beforeEach(async () => {
		db = await engine.fresh();
		world = await makeWorld(db);
	});

	const state = async () => ({
		fund: await findFund(db, world.fundId).then((fund) => [fund!.cashVnd, fund!.bankVnd]),
		rests: await inTransaction(db, (trx) => listIncomeRests(trx, world.fundId)),
	});
	const book = async (over: Partial<StatementInput> = {}, now = NOW) => {
		const id = uuidv7(now);
		const input: StatementInput = {
			...{ id, fundId: world.fundId, kind: 'gift', happenedOn: TODAY, account: 'cash', amountVnd: 500_000 },
			...{ words: 'Bà con ủng hộ', privateNote: '', purpose: null, photoMissingReason: 'Không có' },
			...over,
		};
		await recordStatement(db, world.treasurer, input, now);
		return confirmStatement(db, world.approver, id, now);
	};
	const ask = async (entryId: string, actor: Actor | undefined = world.treasurer, reason = 'Ghi hai lần') => {
		const id = uuidv7(NOW);
		await askReversal(db, actor, { id, entryId, reason }, NOW);
		return id;
	};
	const confirm = (id: string, actor: Actor | undefined = world.approver, now = NOW) =>
		confirmReversal(db, actor, id, now);
	const undo = async (entryId: string) => confirm(await ask(entryId));
	const count = async (countedVnd: number) => {
		const id = uuidv7(NOW);
		const input = { id, fundId: world.fundId, countedOn: TODAY, countedVnd, reason: 'Đếm sót' };
		await recordCashCount(db, world.treasurer, input, NOW);
		await confirmCashCount(db, world.approver, id, NOW);
		const row = await db.selectFrom('cashCount').select('entryId').where('id', '=', id).executeTakeFirst();
		return { id: row!.entryId! };
	};

	test('of every kind bring balances and what is left of each income back', async () => {
		await give(world, 300_000);
		await book({ kind: 'opening_balance', account: 'bank', amountVnd: 900_000 });
		const kinds = {
			gift: () => book(),
			'gift for a purpose': () => book({ purpose: 'scholarship' }),
			'opening balance': () => book({ kind: 'opening_balance' }),
			'bank deposit': () => book({ kind: 'bank_deposit', amountVnd: 200_000 }),
			'bank withdrawal': () => book({ kind: 'bank_withdrawal', amountVnd: 700_000 }),
			payment: () => pay(world, 250_000),
			'too much': () => count(310_000),
			'too little': () => count(290_000),
		};
		for (const [kind, make] of Object.entries(kinds)) {
			const before = await state();
			const original = await make();
			expect([kind, await state()]).not.toEqual([kind, before]);
			const entry = await undo(original.id);
			expect([kind, await state()]).toEqual([kind, before]);
			expect(entry.voucher).toBeUndefined();
			expect(await findEntry(db, entry.id)).toMatchObject({
				...{ kind: 'reversal', reversesEntryId: original.id, bookedOn: TODAY },
				recordedBy: world.approver.grants[0]!.id,
				text: JSON.stringify({ kind: 'reversal', reason: 'Ghi hai lần' }),
			});
			await expectRefused(db, () => ask(original.id), 'alreadyReversed', 409);
			await expectRefused(db, () => ask(entry.id), 'reversalOfReversal', 409);
		}
	});

	test('wait for an approver, change nothing a second time, and are asked for again when they were returned', async () => {
		const gift = await book();
		const input = { id: uuidv7(NOW), entryId: gift.id, reason: 'Ghi hai lần' };
		await askReversal(db, world.treasurer, input, NOW);
		await askReversal(db, world.treasurer, input, NOW + DAY);
		expect((await findFund(db, world.fundId))!.cashVnd).toBe(500_000);
		const work = (actor: Actor) => listFunds(db).then((funds) => listWorkWaitingFor(db, actor, funds, TODAY));
		expect(await work(world.treasurer)).toEqual([]);
		expect(await work(world.approver)).toMatchObject([
			{ kind: 'reversal', href: `/cua-toi/quy/dao/${gift.id}`, reversal: { amountVnd: 500_000 } },
		]);
		await expectRefused(db, () => ask(gift.id), 'reversalWaits', 409);
		for (const [actor, over] of [
			[world.treasurer, { reason: 'Khác' }],
			[world.treasurer, { entryId: (await give(world, 5)).id }],
			[await makeActor(db, 'treasurer', 'fund', world.fundId), {}],
		] as const)
			await expectRefused(
				db,
				() => askReversal(db, actor, { ...input, ...over }, NOW),
				'sameIdOtherContent',
				409,
			);
		const back = { id: input.id, reason: 'Không nhầm' };
		await returnReversal(db, world.approver, back, NOW);
		await returnReversal(db, world.approver, back, NOW + 1);
		await expectRefused(db, () => confirm(input.id), 'alreadyDecided', 409);
		const again = await ask(gift.id);
		const entry = await confirm(again);
		expect(await confirm(again, world.approver, NOW + DAY)).toEqual(entry);
		await expectRefused(
			db,
			() => returnReversal(db, world.approver, { id: again, reason: 'x' }, NOW),
			'alreadyDecided',
			409,
		);
		expect(await listWaitingReversals(db, [world.fundId])).toEqual([]);
	});

	test('of an income that was spent take the next unspent, and wait while the cash does not cover them', async () => {
		const first = await book({ amountVnd: 100_000 });
		const second = await book({ amountVnd: 80_000 });
		const spent = await pay(world, 70_000);
		expect(await sumSpent(db, first.id)).toBe(70_000);
		const entry = await undo(first.id);
		expect(await allocationsOf(world, entry.id)).toEqual([
			{ incomeEntryId: first.id, amountVnd: 30_000 },
			{ incomeEntryId: second.id, amountVnd: 70_000 },
		]);
		const id = await ask(second.id);
		const refusal = await expectNothingWritten(db, () => confirm(id));
		expect(refusal).toMatchObject({ key: 'reversalCashShort', values: { amount: 80_000, held: 10_000 } });
		await undo(spent.id);
		await confirm(id);
		expect((await state()).fund).toEqual([0, 0]);
		await book({ kind: 'opening_balance', account: 'bank', amountVnd: 50_000 });
		const banked = await book({ account: 'bank', amountVnd: 20_000 });
		await book({ kind: 'bank_withdrawal', amountVnd: 60_000 });
		const bank = await ask(banked.id);
		const short = await expectNothingWritten(db, () => confirm(bank));
		expect(short).toMatchObject({ key: 'reversalBankShort', values: { amount: 20_000, held: 10_000 } });
	});

	test('are refused to whoever may not write, or confirm, such an entry, and write nothing', async () => {
		const other = await makePeople(db, await makeFund(db));
		const gift = await book({ amountVnd: 900_000 });
		const [payment, difference] = [await pay(world, 100_000), await count(805_000)];
		const weak = (actor: Actor) => ({ ...actor, isStrong: false });
		const both: Actor = { ...world.treasurer, grants: [...world.treasurer.grants, ...world.approver.grants] };
		const hats: Actor = { ...world.approver, grants: both.grants };
		const sale = await give(world, 5);
		const id = uuidv7(NOW);
		const slip = await post(
			world,
			giftInput(world, 7, {
				...{ id, kind: 'scrap_sale', source: { kind: 'scrap_sale', id, content: {} } },
				postings: [{ debit: 'cash', credit: 'income-paper', amountVnd: 7 }],
				text: { kind: 'scrap_sale', houses: [] },
			}),
		);
		const waits = await ask(gift.id);
		for (const [work, key, status] of [
			...[gift.id, payment.id, difference.id].flatMap((id) =>
				[world.approver, world.officer, other.treasurer, other.approver].map(
					(actor) => [() => ask(id, actor), 'notYourRole', 403] as const,
				),
			),
			[() => askReversal(db, undefined, { id: 'x', entryId: gift.id, reason: 'x' }, NOW), 'signInFirst', 401],
			[() => ask(payment.id, weak(world.treasurer)), 'secondFactorFirst', 403],
			[() => ask(uuidv7(NOW)), 'unknownEntry', 404],
			[() => ask(payment.id, world.treasurer, ' '), 'reasonMissing', 422],
			[() => ask(slip.id), 'saleReversedOnSlip', 409],
			...[world.treasurer, world.officer, other.approver].map(
				(actor) => [() => confirm(waits, actor), 'notYourRole', 403] as const,
			),
			[() => confirmReversal(db, undefined, waits, NOW), 'signInFirst', 401],
			[() => confirm(waits, both), 'confirmerIsRecorder', 403],
			[() => confirm(waits, hats), 'approverIsTreasurer', 403],
			[() => confirm(waits, weak(world.approver)), 'secondFactorFirst', 403],
			[() => confirm(uuidv7(NOW)), 'unknownReversal', 404],
			[() => returnReversal(db, world.approver, { id: waits, reason: ' ' }, NOW), 'reasonMissing', 422],
			[() => returnReversal(db, both, { id: waits, reason: 'x' }, NOW), 'confirmerIsRecorder', 403],
		] as const)
			await expectRefused(db, work, key, status);
		expect(sale.voucher).toBeDefined();
	});

	test('happen once when several people press at once', async () => {
		const gift = await book();
		const asked = await Promise.allSettled([ask(gift.id), ask(gift.id), ask(gift.id)]);
		expect(asked.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
		const [waits] = await listReversalsOf(db, gift.id);
		const second = await makeActor(db, 'approver', 'fund', world.fundId);
		const posted = await Promise.all([confirm(waits!.id), confirm(waits!.id, second), confirm(waits!.id)]);
		expect(new Set(posted.map((each) => each.id)).size).toBe(1);
		expect((await state()).fund).toEqual([0, 0]);
		const next = await ask((await book()).id);
		const outcomes = await Promise.allSettled([
			confirm(next),
			returnReversal(db, world.approver, { id: next, reason: 'Không' }, NOW),
		]);
		expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
	});

	test('of a closed month are booked in the open one, and a reversed count has counted nothing', async () => {
		const before = NOW - 30 * DAY;
		const gift = await book({ happenedOn: '2026-10-20' }, before);
		const wrong = await count(510_000);
		await undo(wrong.id);
		const month = { id: uuidv7(NOW), fundId: world.fundId, month: '2026-10' };
		await expectRefused(db, () => closeMonth(db, world.treasurer, month, NOW), 'cashNotCounted', 409);
		const { rows } = await sql<
			Record<string, unknown>
		>`select sequence, cash_after_vnd from journal_entry where id = ${gift.id}`.execute(db.withoutPlugins());
		const act = {
			...{ ...month, fund_id: world.fundId, number: 1, act: 'close', reason: '', is_sample: 0 },
			...{ decided_by: world.treasurer.grants[0]!.id, decided_at: NOW, bank_vnd: 0 },
			...{ last_sequence: rows[0]!['sequence'], cash_vnd: rows[0]!['cash_after_vnd'] },
		};
		const { fundId: _, ...row } = act;
		const refused = await expectNothingWritten(db, () => insertRaw(db, 'month_close', row));
		expect((refused as Error).message).toMatch(/not counted/);
		const right = {
			id: uuidv7(NOW),
			fundId: world.fundId,
			countedOn: TODAY,
			countedVnd: 500_000,
			reason: '',
		};
		await recordCashCount(db, world.treasurer, right, NOW);
		await confirmCashCount(db, world.approver, right.id, NOW);
		await closeMonth(db, world.treasurer, month, NOW);
		const entry = await undo(gift.id);
		expect(await findEntry(db, entry.id)).toMatchObject({ bookedOn: TODAY, changeVnd: -500_000 });
	});

	test('are guarded by the database itself', async () => {
		const gift = await book();
		const id = await ask(gift.id);
		const refused = async (work: () => Promise<unknown>, message: RegExp) =>
			expect(((await expectNothingWritten(db, work)) as Error).message).toMatch(message);
		for (const [column, value] of [
			['reason', 'Khác'],
			['reverses_entry_id', (await give(world, 5)).id],
			['recorder_id', world.approver.personId],
		] as const)
			await refused(
				() => sql`update entry_reversal set ${sql.ref(column)} = ${value}`.execute(db),
				/not changed/,
			);
		await refused(() => sql`delete from entry_reversal`.execute(db), /kept/);
		const decide = (who: Actor, entryId: string) =>
			sql`update entry_reversal set status = 'confirmed', decided_at = ${NOW}, decided_by = ${who.grants[0]!.id},
				confirmer_id = ${who.personId}, entry_id = ${entryId} where id = ${id}`.execute(db);
		await refused(() => decide(world.approver, gift.id), /as it was asked for/);
		await refused(() => decide(world.treasurer, gift.id), /approver|as it was asked for|check/i);
		const { rows } = await sql<Record<string, unknown>>`select * from entry_reversal`.execute(
			db.withoutPlugins(),
		);
		const forge = (over: Record<string, unknown>) => () =>
			insertRaw(db, 'entry_reversal', { ...rows[0], id: uuidv7(NOW), ...over });
		await refused(forge({}), /unique/i);
		await refused(forge({ recorder_id: world.approver.personId }), /treasurer/);
		const entry = await confirm(id);
		await refused(forge({}), /not reversed|unique/);
		await refused(forge({ reverses_entry_id: entry.id }), /not in this way/);
		await refused(
			() =>
				sql`update entry_reversal set status = 'returned', return_reason = 'x', entry_id = null`.execute(db),
			/decided once/,
		);
	});
});
