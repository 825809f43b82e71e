// What a fund's owner may decide: who records, who approves, and who else gets a part of each sale.
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import {
	confirmScrapSale,
	recordScrapSale,
	reverseScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
	returnDisbursement,
} from '#features/fund/disbursement.service.ts';
import { findDisbursement, listApprovals } from '#features/fund/disbursement.repository.ts';
import { findEntry, findFund, listEntries } from '#features/fund/fund.repository.ts';
import { sumMonths } from '#features/fund/month-sum.repository.ts';
import { findRuleOn, listRules } from '#features/fund/fund-rule.repository.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import type { RuleInput } from '#features/fund/fund-rule.ts';
import { postSharedIncome } from '#features/fund/share.service.ts';
import { traceEntry } from '#features/trace/entry-story.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, NOW } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import {
	allocationsOf,
	cashOf,
	give,
	insertRaw,
	makePeople,
	pay,
	requestInput,
	reverse,
	TODAY,
	type World as FundWorld,
} from './fund-world.ts';
import {
	expectRefused,
	fillAndClose,
	makeWorld as makeSaleWorld,
	saleOf,
	type World as SaleWorld,
} from './sale-world.ts';

const ruleOf = (fundId: string, over: Partial<RuleInput> = {}): RuleInput => ({
	id: uuidv7(NOW),
	fundId,
	validFrom: TODAY,
	twoApproversAboveVnd: null,
	saleRecorder: 'steward_or_treasurer',
	boardDueDay: null,
	shares: [],
	...over,
});

describeEachEngine('the rule of a fund', (engine) => {
	let db: Db;
	let sales: SaleWorld;
	let world: FundWorld;
	let second: Actor;
	/** Two other funds of the ward's upper levels. */
	let school: { id: string; code: string };
	let council: { id: string; code: string };
	beforeEach(async () => {
		db = await engine.fresh();
		sales = await makeSaleWorld(db);
		world = {
			...{ db, fundId: sales.fund.id, code: sales.fund.code, treasurer: sales.treasurer },
			approver: sales.approver,
			officer: await makeActor(db, 'ward_officer', 'ward', 'dk-2025'),
		};
		second = await makeActor(db, 'approver', 'fund', world.fundId);
		school = await makeFund(db, { adminUnitId: null });
		council = await makeFund(db, { adminUnitId: null });
	});
	const set = (over: Partial<RuleInput> = {}, actor: Actor | undefined = world.approver) =>
		setFundRule(db, actor, ruleOf(world.fundId, over), NOW);
	const shared = () =>
		set({
			shares: [
				{ fundId: school.id, percent: 20 },
				{ fundId: council.id, percent: 7 },
			],
		});
	/** A sale of 38.000 ₫, confirmed. */
	async function sell(now = NOW) {
		const sale = saleOf(await fillAndClose(db, sales));
		await recordScrapSale(db, sales.steward, sale, now);
		return { sale, entry: await confirmScrapSale(db, sales.treasurer, sale.id, now) };
	}

	test('is set once, holds from its day on, and stays beside what follows it', async () => {
		const input = ruleOf(world.fundId, { twoApproversAboveVnd: 500_000, boardDueDay: 5 });
		await setFundRule(db, world.approver, input, NOW);
		await setFundRule(db, world.approver, input, NOW + DAY);
		const later = { validFrom: '2026-12-01', shares: [{ fundId: school.id, percent: 20 }] };
		await set(later);
		expect((await listRules(db, world.fundId)).map((rule) => rule.validFrom)).toEqual(['2026-12-01', TODAY]);
		expect(await findRuleOn(db, world.fundId, '2026-11-21')).toBeUndefined();
		expect(await findRuleOn(db, world.fundId, '2026-11-30')).toMatchObject({ boardDueDay: 5, shares: [] });
		expect((await findRuleOn(db, world.fundId, '2026-12-01'))!.shares).toMatchObject([
			{ code: school.code, percent: 20 },
		]);
		expect(
			await db.selectFrom('auditEvent').select('action').where('action', '=', 'fund.rule').execute(),
		).toHaveLength(2);
	});

	const wrong: [string, () => Partial<RuleInput>, string, number][] = [
		['a day in the past', () => ({ validFrom: '2026-11-21' }), 'ruleInPast', 422],
		['a limit of nothing', () => ({ twoApproversAboveVnd: 0 }), 'amountNotPositive', 422],
		['a negative limit', () => ({ twoApproversAboveVnd: -1 }), 'amountNotPositive', 422],
		['half a đồng', () => ({ twoApproversAboveVnd: 0.5 }), 'amountNotWhole', 422],
		['more than a number holds', () => ({ twoApproversAboveVnd: 2 ** 53 }), 'amountNotWhole', 422],
		['too large a limit', () => ({ twoApproversAboveVnd: 2_000_000_000_000 }), 'amountTooLarge', 422],
		['a day that not every month has', () => ({ boardDueDay: 29 }), 'dueDayInvalid', 422],
		['an unknown recorder', () => ({ saleRecorder: 'anyone' as never }), 'formUnreadable', 422],
		['a share of nothing', () => ({ shares: [{ fundId: school.id, percent: 0 }] }), 'percentInvalid', 422],
		['half a per cent', () => ({ shares: [{ fundId: school.id, percent: 1.5 }] }), 'percentInvalid', 422],
		['a share for itself', () => ({ shares: [{ fundId: world.fundId, percent: 5 }] }), 'shareOwnFund', 422],
		['an unknown fund', () => ({ shares: [{ fundId: uuidv7(NOW), percent: 5 }] }), 'unknownFund', 404],
		[
			'one fund twice',
			() => ({
				shares: [
					{ fundId: school.id, percent: 5 },
					{ fundId: school.id, percent: 5 },
				],
			}),
			'shareTwice',
			422,
		],
		[
			'everything',
			() => ({
				shares: [
					{ fundId: school.id, percent: 50 },
					{ fundId: council.id, percent: 50 },
				],
			}),
			'sharesTooLarge',
			422,
		],
		['an unknown fund of its own', () => ({ fundId: uuidv7(NOW) }), 'unknownFund', 404],
	];
	test.each(wrong)('with %s is refused', async (_name, over, key, status) => {
		await expectRefused(db, () => set(over()), key, status);
	});

	test('is refused to whoever is no approver, on the day of a change, twice for a day, and as something else', async () => {
		const sample = await makeFund(db, { code: 'MAU-X', isSample: 1 });
		await expectRefused(db, () => set({ shares: [{ fundId: sample.id, percent: 5 }] }), 'unknownFund', 404);
		const input = ruleOf(world.fundId);
		await setFundRule(db, world.approver, input, NOW);
		await set({ validFrom: '2026-12-01' });
		for (const [work, key, status] of [
			[() => set({}, world.treasurer), 'notYourRole', 403],
			[() => set({ validFrom: TODAY }), 'ruleFromTomorrow', 422],
			[() => set({ validFrom: '2026-12-01' }), 'ruleDayTaken', 409],
			[() => setFundRule(db, world.approver, { ...input, boardDueDay: 3 }, NOW), 'sameIdOtherContent', 409],
			[() => setFundRule(db, second, input, NOW), 'sameIdOtherContent', 409],
		] as const)
			await expectRefused(db, work, key, status);
		await expectRefused(db, () => setFundRule(db, undefined, input, NOW), 'signInFirst', 401);
	});

	test('above the limit two approvers have to agree before anything is paid', async () => {
		await give(world, 900_000);
		await set({ twoApproversAboveVnd: 100_000 });
		const [small, large] = [requestInput(world, 100_000), requestInput(world, 100_001)];
		for (const input of [small, large]) await requestDisbursement(db, world.officer, input, NOW);
		await approveDisbursement(db, world.approver, { id: small.id }, NOW);
		expect((await findDisbursement(db, small.id))!.status).toBe('approved');
		await approveDisbursement(db, world.approver, { id: large.id }, NOW);
		await approveDisbursement(db, world.approver, { id: large.id }, NOW + 1);
		expect((await findDisbursement(db, large.id))!.status).toBe('submitted');
		expect(await listApprovals(db, large.id)).toHaveLength(1);
		const payment = { id: large.id, entryId: uuidv7(NOW), paidOn: TODAY };
		await expectRefused(db, () => payDisbursement(db, world.treasurer, payment, NOW), 'notApproved', 409);
		await approveDisbursement(db, second, { id: large.id }, NOW);
		expect((await findDisbursement(db, large.id))!.status).toBe('approved');
		await payDisbursement(db, world.treasurer, payment, NOW);
		expect(await cashOf(world)).toBe(799_999);
	});

	test('the first of two approvers may take the word back, and then nobody approves or pays', async () => {
		await give(world, 900_000);
		await set({ twoApproversAboveVnd: 1000 });
		const input = requestInput(world, 100_000);
		await requestDisbursement(db, world.officer, input, NOW);
		await approveDisbursement(db, world.approver, { id: input.id }, NOW);
		await returnDisbursement(db, world.approver, { id: input.id, reason: 'Nghĩ lại' }, NOW);
		expect((await findDisbursement(db, input.id))!.status).toBe('returned');
		await expectRefused(
			db,
			() => approveDisbursement(db, second, { id: input.id }, NOW),
			'alreadyDecided',
			409,
		);
		// The database by itself.
		await db.updateTable('disbursement').set({ status: 'approved' }).execute();
		const approval = {
			...{ disbursement_id: input.id, requester_id: world.officer.personId, approver_id: second.personId },
			...{ approved_by: second.grants[0]!.id, approved_at: NOW, decision: 'approve', reason: '' },
		};
		const refused = async (work: () => Promise<unknown>, message: RegExp) =>
			expect(((await expectNothingWritten(db, work)) as Error).message).toMatch(message);
		await refused(() => insertRaw(db, 'disbursement_approval', approval), /was returned/);
	});

	test('the database pays nothing above the limit with one approver', async () => {
		await give(world, 900_000);
		await set({ twoApproversAboveVnd: 1000 });
		const paid = await pay(world, 1000);
		const { rows } = await sql<
			Record<string, unknown>
		>`select * from journal_entry where id = ${paid.id}`.execute(db.withoutPlugins());
		const large = requestInput(world, 1001);
		await requestDisbursement(db, world.officer, large, NOW);
		await approveDisbursement(db, world.approver, { id: large.id }, NOW);
		const next = { id: uuidv7(NOW), source_id: large.id, sequence: 3, voucher_number: 2 };
		const row = { ...rows[0], ...next, change_vnd: -1001, cash_after_vnd: 897_999 };
		const thrown = (await expectNothingWritten(db, () => insertRaw(db, 'journal_entry', row))) as Error;
		expect(thrown.message).toMatch(/two approvers/);
		await approveDisbursement(db, second, { id: large.id }, NOW);
		await insertRaw(db, 'journal_entry', row);
	});

	test('only the treasurer records sales where the rule says so', async () => {
		await set({ saleRecorder: 'treasurer' });
		const sale = saleOf(await fillAndClose(db, sales));
		await expectRefused(db, () => recordScrapSale(db, sales.steward, sale, NOW), 'recordByTreasurer', 403);
		await recordScrapSale(db, sales.treasurer, sale, NOW);
		await confirmScrapSale(db, sales.approver, sale.id, NOW);
		const { rows } = await sql<
			Record<string, unknown>
		>`select * from scrap_sale where id = ${sale.id}`.execute(db.withoutPlugins());
		const open = { status: 'recorded', confirmed_at: null, confirmed_by: null, confirmer_id: null };
		const own = { recorded_by: sales.steward.grants[0]!.id, recorder_id: sales.steward.personId };
		const row = { ...rows[0], ...open, ...own, id: uuidv7(NOW), entry_id: null };
		const thrown = (await expectNothingWritten(db, () => insertRaw(db, 'scrap_sale', row))) as Error;
		expect(thrown.message).toMatch(/by its treasurer/);
	});

	test('a sale is shared out as it is booked, each fund by an entry of its own', async () => {
		await give(world, 5000);
		await shared();
		const { entry } = await sell();
		const own = await listEntries(db, world.fundId, { limit: 10 });
		expect(own.map((each) => [each.kind, each.changeVnd, each.cashAfterVnd])).toEqual([
			['transfer_out', -10_260, 32_740],
			['scrap_sale', 38_000, 43_000],
			['gift', 5000, 5000],
		]);
		// What leaves is this sale's money, not the oldest.
		expect(await allocationsOf(world, own[0]!.id)).toEqual([{ incomeEntryId: entry.id, amountVnd: 10_260 }]);
		const [atSchool] = await listEntries(db, school.id, { limit: 10 });
		const [atCouncil] = await listEntries(db, council.id, { limit: 10 });
		expect([atSchool, atCouncil].map((each) => [each!.kind, each!.changeVnd, each!.voucherKind])).toEqual([
			['transfer_in', 7600, 'receipt'],
			['transfer_in', 2660, 'receipt'],
		]);
		const ids = [own[0], own[1], atSchool, atCouncil].map((each) => each!.transferId);
		expect(new Set(ids).size).toBe(1);
		for (const each of [own[0], own[1], atSchool, atCouncil])
			expect(JSON.parse(each!.canonical)).toMatchObject({ transfer: ids[0] });
		// The walk: from what another fund got to the sale, and back.
		const story = (await traceEntry(db, atSchool!.id))!;
		expect(story.shared.map((each) => each.id)).toContain(entry.id);
		expect((await traceEntry(db, entry.id))!.shared.map((each) => each.id)).toContain(atSchool!.id);
		// All funds together earned it once.
		const sums = await sumMonths(db, undefined);
		expect([sums[0]!.inVnd, sums[0]!.outVnd]).toEqual([43_000, 0]);
	});

	test('reversing a shared sale takes every part back, in one go', async () => {
		await shared();
		const { sale } = await sell();
		const input = { saleId: sale.id, entryId: uuidv7(NOW), reason: 'Cân nhầm' };
		await reverseScrapSale(db, sales.approver, input, NOW);
		await reverseScrapSale(db, sales.approver, input, NOW + 1);
		for (const id of [world.fundId, school.id, council.id])
			expect((await findFund(db, id))!.balanceVnd).toBe(0);
		const { rows } = await sql<{ n: number }>`select sum(case when debit_account = 'clearing' then amount_vnd
			else -amount_vnd end) as n from posting where 'clearing' in (debit_account, credit_account)`.execute(db);
		expect(rows[0]!.n).toBe(0);
		const entries = await listEntries(db, world.fundId, { limit: 10 });
		expect(entries.map((each) => each.kind)).toEqual(['reversal', 'reversal', 'transfer_out', 'scrap_sale']);
		expect(new Set(entries.map((each) => each.transferId)).size).toBe(1);
		// Its goods are sold anew, and shared anew.
		const again = saleOf(sale.cycleIds[0]!);
		await recordScrapSale(db, sales.steward, again, NOW);
		await confirmScrapSale(db, sales.treasurer, again.id, NOW);
		expect((await findFund(db, school.id))!.balanceVnd).toBe(7600);
	});

	test('what another fund has spent of it keeps the sale, and a part is not taken back alone', async () => {
		await shared();
		const { sale, entry } = await sell();
		const made = await makePeople(db, school);
		const people = { ...made, officer: made.treasurer };
		await pay(people, 7000);
		const input = { saleId: sale.id, entryId: uuidv7(NOW), reason: 'Cân nhầm' };
		await expectRefused(db, () => reverseScrapSale(db, sales.approver, input, NOW), 'sharedMoneySpent', 409);
		const [part] = await listEntries(db, council.id, { limit: 1 });
		await expectRefused(db, () => reverse(world, part!.id), 'transferWithItsSale', 409);
		await give(people, 7000);
		await reverseScrapSale(db, sales.approver, input, NOW);
		expect((await findEntry(db, entry.id))!.reversedById).toBe(input.entryId);
		await expectRefused(db, () => reverse(world, entry.id), 'alreadyReversed', 409);
		await expectRefused(db, () => reverse(world, input.entryId), 'reversalOfReversal', 409);
	});

	test('the database takes no part that left no fund, more than left it, or half of a transfer', async () => {
		await shared();
		await sell();
		const { rows } = await sql<
			Record<string, unknown>
		>`select * from journal_entry where fund_id = ${council.id}`.execute(db.withoutPlugins());
		const next = { id: uuidv7(NOW), sequence: 2, voucher_number: 2, source_id: uuidv7(NOW) };
		const again = { ...rows[0], ...next, cash_after_vnd: 2 * 2660 };
		const refused = async (row: Record<string, unknown>, message: RegExp) =>
			expect(
				((await expectNothingWritten(db, () => insertRaw(db, 'journal_entry', row))) as Error).message,
			).toMatch(message);
		await refused(again, /went out of another fund/);
		await refused({ ...again, transfer_id: uuidv7(NOW) }, /went out of another fund/);
		await refused({ ...again, transfer_id: null }, /check|went out/i);
		// The sale taken back, its parts not.
		const [, sale] = await listEntries(db, world.fundId, { limit: 2 });
		await expect(
			inTransaction(db, async (trx) => {
				const { rows: own } = await sql<
					Record<string, unknown>
				>`select * from journal_entry where id = ${sale!.id}`.execute(trx.withoutPlugins());
				const none = { voucher_kind: null, voucher_year: null, voucher_number: null };
				const turned = { change_vnd: -38_000, cash_after_vnd: 0, sequence: 3, reverses_entry_id: sale!.id };
				const row = { ...own[0], ...none, ...turned, id: uuidv7(NOW), kind: 'reversal' };
				await insertRaw(trx, 'journal_entry', row);
			}),
		).rejects.toThrow(/given back first|does not follow/);
	});

	test('two funds that share with each other are sold for at the same time', async () => {
		const other = await makePeople(db, school);
		await set({ shares: [{ fundId: school.id, percent: 50 }] });
		const back = ruleOf(school.id, { shares: [{ fundId: world.fundId, percent: 50 }] });
		await setFundRule(db, other.approver, back, NOW);
		const income = (fund: FundWorld) => {
			const id = uuidv7(NOW);
			return {
				...{ id, fundId: fund.fundId, kind: 'scrap_sale' as const, happenedOn: TODAY, bookedOn: TODAY },
				recordedBy: fund.treasurer.grants[0]!.id,
				source: { kind: 'scrap_sale' as const, id, content: {} },
				postings: [{ debit: 'cash', credit: 'income-paper', amountVnd: 1000 }],
				text: { kind: 'scrap_sale' as const, houses: [] },
			};
		};
		await Promise.all(
			Array.from({ length: 6 }, (_, index) =>
				inTransaction(db, (trx) => postSharedIncome(trx, income(index % 2 ? world : other), NOW)),
			),
		);
		expect([await cashOf(world), await cashOf(other)]).toEqual([3000, 3000]);
	});
});
