// Any order of what a fund's people do over months: slips, counts, payments, shares, reversals, closings, retries and two
// at once. Whatever is refused is refused in words, and the books of all funds stay right.
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { confirmCashCount, recordCashCount, returnCashCount } from '#features/fund/cash-count.service.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { askReversal, confirmReversal, returnReversal } from '#features/fund/entry-reversal.service.ts';
import { findFund, listEntries, listIncomeRests } from '#features/fund/fund.repository.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { PURPOSES } from '#features/fund/ledger.ts';
import { findLastMonthAct } from '#features/fund/month-close.repository.ts';
import { closeMonth, readMonths, reopenMonth } from '#features/fund/month-close.service.ts';
import { closedThrough } from '#features/fund/month-close.ts';
import { postSharedIncome } from '#features/fund/share.service.ts';
import { confirmStatement, recordStatement, returnStatement } from '#features/fund/statement.service.ts';
import { STATEMENT_KINDS } from '#features/fund/statement.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { giftInput, makePeople, post, requestInput, TODAY, type World } from '../integration/fund-world.ts';
import { describeEachEngine, type Engine } from '../support/engines.ts';
import { DAY, makeFund, NOW, seedReference } from '../support/fixtures.ts';

const ACTS = [
	...([
		'slip',
		'slip',
		'slip',
		'decide',
		'decide',
		'decide',
		'decide',
		'count',
		'pay',
		'pay',
		'pay',
	] as const),
	...(['sell', 'reverse', 'reverse', 'days', 'close', 'close', 'reopen', 'backdate', 'repeat'] as const),
];
const deed = fc.record({
	...{ act: fc.constantFrom(...ACTS), fund: fc.nat(1), amount: fc.integer({ min: 1, max: 900 }) },
	...{ which: fc.nat(), purpose: fc.nat(2), isSmall: fc.boolean() },
});
type Deed = (typeof deed extends fc.Arbitrary<infer D> ? D : never) & { act: (typeof ACTS)[number] };

type Run = {
	db: Db;
	worlds: World[];
	now: number;
	/** What was done, to be done again. */
	done: (() => Promise<unknown>)[];
};

/** A refusal in words is an answer too; anything else, also the database's own, is a fault. */
const attempt = (work: () => Promise<unknown>): Promise<boolean> =>
	work().then(
		() => true,
		(error: unknown) => {
			if (error instanceof DomainError) return false;
			throw error;
		},
	);

/** The oldest paper that waits, whatever it is. */
async function decideNext({ db, worlds, now }: Run, { fund, isSmall, which }: Deed) {
	const { fundId, approver } = worlds[fund]!;
	const kinds = [
		['statement', confirmStatement, returnStatement],
		['cashCount', confirmCashCount, returnCashCount],
		['entryReversal', confirmReversal, returnReversal],
	] as const;
	for (const [table, confirm, giveBack] of kinds) {
		const row = await db
			.selectFrom(table)
			.select('id')
			.where('fundId', '=', fundId)
			.where('status', '=', 'recorded')
			.limit(1)
			.executeTakeFirst();
		if (!row) continue;
		const isReturned = isSmall && which % 4 === 0;
		return () =>
			isReturned
				? giveBack(db, approver, { id: row.id, reason: 'Sai' }, now)
				: confirm(db, approver, row.id, now);
	}
	return undefined;
}

/** Turns a deed into a call that can be made again as it was. */
async function prepare(run: Run, next: Deed): Promise<(() => Promise<unknown>) | undefined> {
	const { db, worlds, now, done } = run;
	const { act, fund, amount, which, purpose, isSmall } = next;
	const world = worlds[fund]!;
	const { fundId, treasurer, approver } = world;
	const [id, today] = [uuidv7(now), toLocalDate(now)];
	if (act === 'slip') {
		const kind = STATEMENT_KINDS[which % STATEMENT_KINDS.length]!;
		const input = {
			...{ id, fundId, kind, happenedOn: today, amountVnd: amount, words: 'Thử', privateNote: '' },
			...{ account: isSmall ? ('cash' as const) : ('bank' as const), photoMissingReason: 'Thử' },
			purpose: kind === 'gift' && purpose > 0 ? PURPOSES[purpose]! : null,
		};
		return () => recordStatement(db, treasurer, input, now);
	}
	if (act === 'decide') return decideNext(run, next);
	if (act === 'count') {
		const { cashVnd } = (await findFund(db, fundId))!;
		const countedVnd = isSmall ? cashVnd : Math.max(0, cashVnd + (which % 99) - 49);
		return () =>
			recordCashCount(db, treasurer, { id, fundId, countedOn: today, countedVnd, reason: 'Thử' }, now);
	}
	if (act === 'pay') {
		const request = requestInput(world, isSmall ? amount % 90 || 1 : amount, { purpose: PURPOSES[purpose]! });
		return async () => {
			await requestDisbursement(db, world.officer, request, now);
			await approveDisbursement(db, approver, { id: request.id }, now);
			return payDisbursement(db, treasurer, { id: request.id, entryId: id, paidOn: today }, now);
		};
	}
	if (act === 'sell') {
		const postings = [{ debit: 'cash', credit: 'income-paper', amountVnd: amount }];
		const day = { happenedOn: today, bookedOn: today };
		const input = giftInput(world, amount, { id, kind: 'scrap_sale', postings, ...day });
		return () => inTransaction(db, (trx) => postSharedIncome(trx, input, now));
	}
	if (act === 'reverse') {
		const entries = await listEntries(db, fundId, { limit: 50 });
		const entry = entries[which % Math.max(1, entries.length)];
		return entry && (() => askReversal(db, treasurer, { id, entryId: entry.id, reason: 'Nhầm' }, now));
	}
	if (act === 'close') {
		const month = (await readMonths(db, fundId, today)).next ?? '2026-11';
		return async () => {
			const { cashVnd } = (await findFund(db, fundId))!;
			const count = { id: uuidv7(now), fundId, countedOn: today, countedVnd: cashVnd, reason: '' };
			await attempt(() => recordCashCount(db, treasurer, count, now));
			await attempt(() => confirmCashCount(db, approver, count.id, now));
			return closeMonth(db, treasurer, { id, fundId, month }, now);
		};
	}
	if (act === 'reopen') {
		const month = closedThrough(await findLastMonthAct(db, fundId)) ?? '2026-11';
		return () => reopenMonth(db, approver, { id, fundId, month, reason: 'Thiếu' }, now);
	}
	if (act === 'backdate') {
		const day = toLocalDate(now - (which % 70) * DAY);
		return () => post(world, giftInput(world, amount, { id, happenedOn: day, bookedOn: day }), now);
	}
	if (act === 'days') run.now += (1 + (which % 25)) * DAY;
	return act === 'repeat' ? done[which % Math.max(1, done.length)] : undefined;
}

const countEntries = async (db: Db): Promise<number> =>
	(await sql<{ n: number }>`select count(*) as n from journal_entry`.execute(db)).rows[0]!.n;

async function take(run: Run, next: Deed): Promise<void> {
	run.now += 1000;
	const work = await prepare(run, next);
	if (!work) return;
	const before = await countEntries(run.db);
	if (next.act === 'repeat') {
		await attempt(work);
		expect(await countEntries(run.db)).toBe(before);
	} else if (await attempt(work)) run.done.push(work);
	else expect(await countEntries(run.db)).toBe(before);
}

async function checkFund(db: Db, fundId: string): Promise<void> {
	const rows = await db
		.selectFrom('journalEntry')
		.selectAll()
		.where('fundId', '=', fundId)
		.orderBy('sequence')
		.execute();
	const postings = await db.selectFrom('posting').selectAll().where('fundId', '=', fundId).execute();
	const moved = (entryId: string, account: string) =>
		postings
			.filter((each) => each.entryId === entryId)
			.reduce(
				(sum, { debitAccount, creditAccount, amountVnd }) =>
					sum + (debitAccount === account ? amountVnd : 0) - (creditAccount === account ? amountVnd : 0),
				0,
			);
	const held = { cash: 0, bank: 0 };
	const vouchers = new Map<string, number>();
	const reversed = new Set<string>();
	for (const [index, row] of rows.entries()) {
		expect(row.sequence).toBe(index + 1);
		held.cash += moved(row.id, 'cash');
		held.bank += moved(row.id, 'bank');
		expect([row.cashAfterVnd, row.bankAfterVnd]).toEqual([held.cash, held.bank]);
		expect(Math.min(held.cash, held.bank)).toBeGreaterThanOrEqual(0);
		if (row.voucherKind !== null) {
			const series = `${row.voucherKind} ${row.voucherYear}`;
			expect([series, row.voucherNumber]).toEqual([series, (vouchers.get(series) ?? 0) + 1]);
			vouchers.set(series, row.voucherNumber!);
		}
		if (row.reversesEntryId === null) continue;
		expect(reversed.has(row.reversesEntryId)).toBe(false);
		expect(rows.find((each) => each.id === row.reversesEntryId)?.kind).not.toBe('reversal');
		reversed.add(row.reversesEntryId);
	}
	const allocations = await db
		.selectFrom('fundAllocation')
		.selectAll()
		.where('fundId', '=', fundId)
		.execute();
	const purposes = new Map(
		(
			await db.selectFrom('statement').select(['entryId', 'purpose']).where('fundId', '=', fundId).execute()
		).map((each) => [each.entryId, each.purpose]),
	);
	const requests = await db.selectFrom('disbursement').select(['id', 'purpose']).execute();
	for (const row of rows) {
		const given = allocations.filter((each) => each.paymentEntryId === row.id);
		const sum = given.reduce((total, each) => total + each.amountVnd, 0);
		expect([row.kind, sum]).toEqual([row.kind, Math.max(0, 0 - row.changeVnd)]);
		const taken = allocations
			.filter((each) => each.incomeEntryId === row.id && !reversed.has(each.paymentEntryId))
			.reduce((total, each) => total + each.amountVnd, 0);
		expect(taken).toBeLessThanOrEqual(Math.max(0, row.changeVnd));
		// What was given for a purpose pays for nothing else, and is not shared out.
		const tied = given.map((each) => purposes.get(each.incomeEntryId)).filter((each) => each != null);
		if (row.kind === 'transfer_out') expect(tied).toEqual([]);
		if (row.kind !== 'payment') continue;
		const wanted = requests.find((each) => each.id === row.sourceId)!.purpose;
		expect(tied.filter((each) => each !== wanted)).toEqual([]);
	}
	const rests = await inTransaction(db, (trx) => listIncomeRests(trx, fundId));
	expect(rests.reduce((total, rest) => total + rest.restVnd, 0)).toBe(held.cash + held.bank);
	const last = await findLastMonthAct(db, fundId);
	const closed = closedThrough(last);
	if (last?.act === 'close')
		expect(
			rows.filter((row) => row.sequence > last.lastSequence && row.bookedOn.slice(0, 7) <= closed!),
		).toEqual([]);
}

async function checkAll({ db, worlds }: Run): Promise<void> {
	const { rows } = await sql<{ all: number; clearing: number }>`
		select coalesce(sum(amount), 0) as "all",
			coalesce(sum(case when account = 'clearing' then amount else 0 end), 0) as clearing from (
				select debit_account as account, amount_vnd as amount from posting
				union all select credit_account, -amount_vnd from posting
			) moves
	`.execute(db);
	expect(rows[0]).toEqual({ all: 0, clearing: 0 });
	for (const { fundId } of worlds) await checkFund(db, fundId);
	for (const table of ['statement', 'cashCount', 'entryReversal'] as const) {
		const booked = await db
			.selectFrom(table)
			.innerJoin('journalEntry', 'journalEntry.id', `${table}.entryId`)
			.select(['journalEntry.fundId', `${table}.fundId as ownFundId`, `${table}.status`])
			.execute();
		for (const row of booked) expect([row.fundId, row.status]).toEqual([row.ownFundId, 'confirmed']);
	}
}

async function openRun(db: Db): Promise<Run> {
	const worlds = [
		await makePeople(db, await makeFund(db, { adminUnitId: 'dk-2025' })),
		await makePeople(db, await makeFund(db, { adminUnitId: 'dk-2025' })),
	];
	for (const [index, world] of worlds.entries()) {
		const shares = [{ fundId: worlds[1 - index]!.fundId, percent: 20 + index }];
		const rule = {
			twoApproversAboveVnd: null,
			saleRecorder: 'treasurer' as const,
			boardDueDay: null,
			shares,
		};
		const when = { id: uuidv7(NOW), fundId: world.fundId, validFrom: TODAY };
		await setFundRule(db, world.approver, { ...when, ...rule }, NOW);
	}
	return { db, worlds, now: NOW, done: [] };
}

describeEachEngine('the work of funds', (engine: Engine) => {
	const [numRuns, length] = engine.name === 'sqlite' ? [12, 60] : [3, 40];

	test('keeps every book right, in any order and over months', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		await fc.assert(
			fc.asyncProperty(
				fc.array(deed, { minLength: 20, maxLength: length, size: 'max' }),
				async (deeds: Deed[]) => {
					const run = await openRun(db);
					for (const next of deeds) await take(run, next);
					await checkAll(run);
				},
			),
			{ numRuns, endOnFailure: true },
		);
	});

	test('keeps every book right when two people press at once', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(deed, deed), { minLength: 8, maxLength: Math.floor(length / 3), size: 'max' }),
				async (pairs: [Deed, Deed][]) => {
					const run = await openRun(db);
					for (const pair of pairs) {
						run.now += 1000;
						const works = [];
						for (const next of pair) works.push(await prepare(run, next));
						// The same call at the same time is one more pair.
						const [one, other] = works;
						await Promise.all([one, other, other].map(async (work) => work && (await attempt(work))));
						if (one) run.done.push(one);
					}
					await checkAll(run);
				},
			),
			{ numRuns: Math.ceil(numRuns / 2), endOnFailure: true },
		);
	});
});
