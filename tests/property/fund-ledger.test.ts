// Any order of incomes, payments, reversals and repeated forms keeps the book right.
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { findFund, listIncomeRests } from '#features/fund/fund.repository.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import type { EntryInput } from '#features/fund/ledger.service.ts';
import { postSharedIncome } from '#features/fund/share.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine, type Engine } from '../support/engines.ts';
import { makeFund, NOW, seedReference } from '../support/fixtures.ts';
import {
	allocationsOf,
	cashOf,
	giftInput,
	makePeople,
	makeWorld,
	pay,
	post,
	reverse,
	TODAY,
	type World,
} from '../integration/fund-world.ts';

type Step =
	| { act: 'income'; kind: 'gift' | 'scrap_sale' | 'opening_balance'; amounts: number[] }
	| { act: 'pay'; amount: number }
	| { act: 'difference'; amount: number }
	| { act: 'deposit'; amount: number }
	| { act: 'reverse'; which: number }
	| { act: 'repeat'; which: number };

const amount = fc.integer({ min: 1, max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.record({
			act: fc.constant('income' as const),
			kind: fc.constantFrom('gift' as const, 'scrap_sale' as const, 'opening_balance' as const),
			amounts: fc.array(amount, { minLength: 1, maxLength: 3 }),
		}),
	},
	{
		weight: 3,
		arbitrary: fc.record({ act: fc.constant('pay' as const), amount: fc.integer({ min: 1, max: 1500 }) }),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			act: fc.constant('difference' as const),
			amount: fc.integer({ min: -300, max: 300 }).filter((each) => each !== 0),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ act: fc.constant('deposit' as const), amount }) },
	{ weight: 3, arbitrary: fc.record({ act: fc.constant('reverse' as const), which: fc.nat() }) },
	{ weight: 1, arbitrary: fc.record({ act: fc.constant('repeat' as const), which: fc.nat() }) },
);

type Row = {
	id: string;
	change: number;
	kind: 'income' | 'payment' | 'move' | 'reversal';
	/** What it brings into the bank. */
	bank?: number;
	reverses?: string;
	reversed: boolean;
	takes: Map<string, number>;
	input?: EntryInput;
};

/** The rule in plain words, without a database: who has how much left. */
class Model {
	rows: Row[] = [];
	get cash(): number {
		return this.rows.reduce((sum, row) => sum + row.change - (row.bank ?? 0), 0);
	}
	rests(): Map<string, number> {
		const live = this.rows.filter((row) => !row.reversed && row.change < 0);
		const rest = (income: Row) =>
			income.change - live.reduce((sum, row) => sum + (row.takes.get(income.id) ?? 0), 0);
		const incomes = this.rows.filter((row) => row.kind === 'income');
		const ordered = [...incomes.filter((row) => !row.reversed), ...incomes.filter((row) => row.reversed)];
		return new Map(ordered.map((row) => [row.id, rest(row)] as const).filter(([, left]) => left > 0));
	}
	take(amountVnd: number, first?: string): Map<string, number> {
		const rests = [...this.rests()].sort(([a], [b]) => Number(b === first) - Number(a === first));
		const takes = new Map<string, number>();
		let missing = amountVnd;
		for (const [id, left] of rests) {
			const taken = Math.min(left, missing);
			if (taken > 0) takes.set(id, taken);
			missing -= taken;
		}
		return takes;
	}
}

const refusal = async (work: Promise<unknown>): Promise<string> =>
	work.then(
		() => 'not refused',
		(error: unknown) => (error instanceof DomainError ? error.key : String(error)),
	);

async function take(world: World, model: Model, next: Step): Promise<void> {
	if (next.act === 'income') {
		const total = next.amounts.reduce((sum, each) => sum + each, 0);
		const accounts = ['income-paper', 'income-metal', 'gift'];
		const input = giftInput(world, total, {
			kind: next.kind,
			postings: next.amounts.map((amountVnd, index) => ({
				debit: 'cash',
				credit: accounts[index]!,
				amountVnd,
			})),
		});
		const { id } = await post(world, input);
		model.rows.push({ id, change: total, kind: 'income', reversed: false, takes: new Map(), input });
		return;
	}
	if (next.act === 'pay') {
		if (next.amount > model.cash) {
			expect(await refusal(pay(world, next.amount))).toBe('cashBelowZero');
			return;
		}
		const takes = model.take(next.amount);
		const { id } = await pay(world, next.amount);
		expect(
			new Map((await allocationsOf(world, id)).map((each) => [each.incomeEntryId, each.amountVnd])),
		).toEqual(takes);
		model.rows.push({ id, change: -next.amount, kind: 'payment', reversed: false, takes });
		return;
	}
	if (next.act === 'difference' || next.act === 'deposit') {
		const isMove = next.act === 'deposit';
		const size = Math.abs(next.amount);
		const [debit, credit] = isMove
			? ['bank', 'cash']
			: next.amount > 0
				? ['cash', 'cash-over-short']
				: ['cash-over-short', 'cash'];
		const input = giftInput(world, size, {
			kind: isMove ? 'bank_move' : 'cash_difference',
			postings: [{ debit, credit, amountVnd: size }],
		});
		if (credit === 'cash' && size > model.cash) {
			expect(await refusal(post(world, input))).toBe('cashBelowZero');
			return;
		}
		const change = isMove ? 0 : next.amount;
		const takes = change < 0 ? model.take(size) : new Map<string, number>();
		const { id } = await post(world, input);
		const kind = isMove ? 'move' : change > 0 ? 'income' : 'payment';
		model.rows.push({ id, change, kind, bank: isMove ? size : 0, reversed: false, takes, input });
		return;
	}
	const row = model.rows[next.which % Math.max(1, model.rows.length)];
	if (!row) return;
	if (next.act === 'repeat') {
		if (row.input) expect((await post(world, row.input)).sequence).toBe(model.rows.indexOf(row) + 1);
		return;
	}
	const expected =
		row.kind === 'reversal'
			? 'reversalOfReversal'
			: row.reversed
				? 'alreadyReversed'
				: row.change > model.cash
					? 'cashBelowZero'
					: undefined;
	if (expected) {
		expect(await refusal(reverse(world, row.id))).toBe(expected);
		return;
	}
	const takes = row.change > 0 ? model.take(row.change, row.id) : new Map<string, number>();
	const { id } = await reverse(world, row.id);
	row.reversed = true;
	const back = { change: 0 - row.change, bank: 0 - (row.bank ?? 0) };
	model.rows.push({ id, ...back, kind: 'reversal', reverses: row.id, reversed: false, takes });
}

async function checkBook(db: Db, world: World, model: Model): Promise<void> {
	const one = async (query: ReturnType<typeof sql<{ n: number }>>) => (await query.execute(db)).rows[0]!.n;
	const { fundId } = world;
	const rows = await db
		.selectFrom('journalEntry')
		.selectAll()
		.where('fundId', '=', fundId)
		.orderBy('sequence')
		.execute();
	expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index + 1));
	expect(rows.map((row) => [row.id, row.changeVnd])).toEqual(model.rows.map((row) => [row.id, row.change]));
	let sum = 0;
	for (const row of rows) {
		sum += row.changeVnd;
		expect(row.cashAfterVnd + row.bankAfterVnd).toBe(sum);
		expect(row.cashAfterVnd).toBeGreaterThanOrEqual(0);
	}
	for (const kind of ['receipt', 'payment']) {
		const numbers = rows.filter((row) => row.voucherKind === kind).map((row) => row.voucherNumber);
		expect(numbers).toEqual(numbers.map((_, index) => index + 1));
	}
	// Debits less credits of every account add up to nothing, and those of cash to what the last entry says.
	const balances = await sql<{ account: string; n: number }>`
		select account, sum(amount) as n from (
			select debit_account as account, amount_vnd as amount from posting where fund_id = ${fundId}
			union all select credit_account, -amount_vnd from posting where fund_id = ${fundId}
		) moves group by account
	`.execute(db);
	expect(balances.rows.reduce((total, row) => total + row.n, 0)).toBe(0);
	expect(balances.rows.find((row) => row.account === 'cash')?.n ?? 0).toBe(await cashOf(world));
	expect(
		await one(sql`select count(*) as n from journal_entry e where e.fund_id = ${fundId}
			and e.posting_count <> (select count(*) from posting p where p.entry_id = e.id)`),
	).toBe(0);
	expect(
		await one(sql`select count(*) as n from journal_entry e where e.fund_id = ${fundId} and e.change_vnd < 0
			and -e.change_vnd <> (select coalesce(sum(a.amount_vnd), 0) from fund_allocation a where a.payment_entry_id = e.id)`),
	).toBe(0);
	expect(
		await one(sql`select count(*) as n from journal_entry e where e.fund_id = ${fundId} and e.change_vnd > 0 and e.change_vnd < (
			select coalesce(sum(a.amount_vnd), 0) from fund_allocation a where a.income_entry_id = e.id
				and not exists (select 1 from journal_entry r where r.reverses_entry_id = a.payment_entry_id))`),
	).toBe(0);
	const rests = await inTransaction(db, (trx) => listIncomeRests(trx, fundId));
	expect(rests.map((rest) => [rest.entryId, rest.restVnd])).toEqual([...model.rests()]);
	expect(rests.reduce((total, rest) => total + rest.restVnd, 0)).toBe(sum);
}

describeEachEngine('any book', (engine: Engine) => {
	const runs = engine.name === 'sqlite' ? { numRuns: 40, length: 80 } : { numRuns: 8, length: 40 };

	test('keeps its sums, vouchers, cash and allocations', async () => {
		const db = await engine.fresh();
		const first = await makeWorld(db);
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { minLength: 10, maxLength: runs.length, size: 'max' }),
				async (steps) => {
					const world = await makePeople(db, await makeFund(db, { adminUnitId: 'dk-2025' }));
					const model = new Model();
					for (const next of steps) await take(world, model, next);
					await checkBook(db, world, model);
				},
			),
			{ numRuns: runs.numRuns, endOnFailure: true },
		);
		expect(await cashOf(first)).toBe(0);
	});

	test('of funds that share their sales adds up, whatever is sold, paid and taken back', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		type Deed = { act: 'sell' | 'back' | 'pay'; fund: number; amount: number; which: number };
		const deed: fc.Arbitrary<Deed> = fc.record({
			act: fc.constantFrom('sell' as const, 'sell' as const, 'back' as const, 'pay' as const),
			...{ fund: fc.nat(2), amount, which: fc.nat() },
		});
		await fc.assert(
			fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 20 }), async (deeds) => {
				const worlds: World[] = [];
				for (let index = 0; index < 3; index += 1)
					worlds.push(await makePeople(db, await makeFund(db, { adminUnitId: 'dk-2025' })));
				for (const [index, world] of worlds.entries()) {
					const shares = worlds
						.filter((other) => other !== world)
						.map((other, place) => ({ fundId: other.fundId, percent: 10 + 7 * place + index }));
					const rule = { twoApproversAboveVnd: null, saleRecorder: 'treasurer' as const, boardDueDay: null };
					const when = { id: uuidv7(NOW), fundId: world.fundId, validFrom: TODAY };
					await setFundRule(db, world.approver, { ...when, ...rule, shares }, NOW);
				}
				const sold: { world: World; id: string }[] = [];
				for (const { act, fund, amount: size, which } of deeds) {
					const world = worlds[fund]!;
					if (act === 'pay') await refusal(pay(world, size));
					if (act === 'back' && sold.length > 0) {
						const sale = sold[which % sold.length]!;
						const found = await refusal(reverse(sale.world, sale.id));
						expect(['not refused', 'alreadyReversed', 'cashBelowZero', 'sharedMoneySpent']).toContain(found);
					}
					if (act !== 'sell') continue;
					const input = giftInput(world, size, {
						kind: 'scrap_sale',
						postings: [{ debit: 'cash', credit: 'income-paper', amountVnd: size }],
					});
					const { id } = await inTransaction(db, (trx) => postSharedIncome(trx, input, NOW));
					sold.push({ world, id });
				}
				const clearing = await sql<{ n: number | null }>`select sum(case when debit_account = 'clearing'
					then amount_vnd else -amount_vnd end) as n from posting
					where 'clearing' in (debit_account, credit_account)`.execute(db);
				expect(clearing.rows[0]!.n ?? 0).toBe(0);
				for (const { fundId } of worlds) {
					const rests = await inTransaction(db, (trx) => listIncomeRests(trx, fundId));
					const fund = (await findFund(db, fundId))!;
					expect(rests.reduce((total, rest) => total + rest.restVnd, 0)).toBe(fund.balanceVnd);
					expect(fund.cashVnd).toBeGreaterThanOrEqual(0);
				}
			}),
			{ numRuns: engine.name === 'sqlite' ? 25 : 5, endOnFailure: true },
		);
	});

	test('is as it was after a payment or an income is reversed', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const rests = () => inTransaction(db, (trx) => listIncomeRests(trx, world.fundId));
		await fc.assert(
			fc.asyncProperty(amount, fc.nat(), async (income, part) => {
				await post(world, giftInput(world, income));
				const before = await rests();
				const cash = await cashOf(world);
				await reverse(world, (await pay(world, 1 + (part % cash))).id);
				expect([await rests(), await cashOf(world)]).toEqual([before, cash]);
				await reverse(world, (await post(world, giftInput(world, income))).id);
				expect([await rests(), await cashOf(world)]).toEqual([before, cash]);
			}),
			{ numRuns: engine.name === 'sqlite' ? 10 : 3 },
		);
	});
});
