// Filtered pages of the book: what they show and add up to, what they do not tell, and that none of them reads it all.
import type { CompiledQuery } from 'kysely';
import { expect, test } from 'vitest';
import { layOutMaterials, layOutPurposes } from '#features/fund/account-chart.ts';
import { queryRows, querySums } from '#features/fund/entry-filter.repository.ts';
import { ENTRY_KINDS, entryQuery, PURPOSE_ACCOUNTS, type EntryFilter } from '#features/fund/entry-filter.ts';
import { findFirstDay, findFund, listEntries, listLatestEntries } from '#features/fund/fund.repository.ts';
import { findEntryUntil } from '#features/fund/month-close.repository.ts';
import { queryAccounts, sumMonthAccounts, sumMonths } from '#features/fund/month-sum.repository.ts';
import { parseEntryText } from '#features/fund/ledger.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { confirmScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { findBookDays, listEntriesAfter, sumAccounts } from '#features/fund/book-export.repository.ts';
import { streamEntryCsv } from '#features/fund/book-export.service.ts';
import { readBookRows } from '#features/trace/book-rows.repository.ts';
import { openWalk } from '#features/trace/open-walk.ts';
import { readRowNames } from '#features/trace/row-names.repository.ts';
import { walk } from '#features/trace/walk.repository.ts';
import type { Db } from '#lib/db.ts';
import { createTranslator } from '#lib/i18n.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, makeFund, makeHouse, NOW } from '../support/fixtures.ts';
import { give, pay, reverse, type World as FundWorld } from './fund-world.ts';
import { fillAndClose, makeWorld, saleOf } from './sale-world.ts';

const MONTH = '2026-11';
const WARDS = ['dk-2025', 'kl-2025', 'tt-2025', 'lvt-2025'];

/** A fund with a sale of its house, a gift, a payment each for many and for few, and one that was taken back. */
async function fill(db: Db, over: { fewWard?: string; ward?: string | null } = {}) {
	const world = await makeWorld(db);
	const cycleId = await fillAndClose(db, world);
	const sale = saleOf(cycleId);
	await recordScrapSale(db, world.steward, sale, NOW);
	const sold = await confirmScrapSale(db, world.treasurer, sale.id, NOW);
	// A fund of the whole city, whose place tells nothing.
	await db
		.updateTable('fund')
		.set({ adminUnitId: over.ward === undefined ? 'dk-2025' : over.ward })
		.where('id', '=', world.fund.id)
		.execute();
	const fund: FundWorld = {
		...{ db, fundId: world.fund.id, code: world.fund.code },
		...{ treasurer: world.treasurer, approver: world.approver },
		officer: await makeActor(db, 'treasurer', 'fund', world.fund.id),
	};
	await give(fund, 900_000);
	const few = await pay(fund, 30_000, { beneficiaryCount: 3, adminUnitId: over.fewWard ?? 'kl-2025' });
	const many = await pay(fund, 70_000, { beneficiaryCount: 12, adminUnitId: 'dk-2025' });
	const undone = await pay(fund, 50_000, { purpose: 'scholarship', adminUnitId: 'kl-2025' });
	const undo = await reverse(fund, undone.id);
	return { world, fund, sold, few, many, undone, undo };
}

const readRows = async (db: Db, fundId: string | undefined, filter: EntryFilter) => {
	const fund = fundId === undefined ? undefined : await findFund(db, fundId);
	const params = new URLSearchParams(entryQuery(filter));
	return (await readBookRows(db, params, { fund, now: NOW, limit: 100 }))!;
};
const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();

describeEachEngine('the filter of the book', (engine) => {
	test('leaves the rows that were asked for, with their sums', async () => {
		const db = await engine.fresh();
		const { world, sold, many, undone, undo, few } = await fill(db);
		const read = (filter: EntryFilter) => readRows(db, world.fund.id, filter);
		const house = await read({ house: world.house.code });
		expect(ids(house.entries)).toEqual([sold.id]);
		expect(house.sums).toMatchObject({ count: 1, inVnd: 38_000, outVnd: 0 });
		// Sales of its houses, payments whose row names it, and what took them back.
		expect(ids((await read({ ward: 'dk-2025' })).entries)).toEqual(ids([sold, many]));
		const other = await read({ ward: 'kl-2025' });
		expect(ids(other.entries)).toEqual(ids([undone, undo]));
		expect(other.sums).toMatchObject({ count: 2, inVnd: 0, outVnd: 0 });
		expect(ids((await read({ kind: 'payment' })).entries)).toEqual(ids([few, many, undone]));
		expect(ids((await read({ kind: 'out' })).entries)).toEqual(ids([few, many, undone, undo]));
		const paper = await read({ account: 'income-paper' });
		expect([ids(paper.entries), paper.sums!.accountVnd]).toEqual([[sold.id], 38_000]);
		expect((await read({ account: 'welfare-tet-gift' })).sums).toMatchObject({
			...{ count: 2, outVnd: 100_000, accountVnd: 100_000 },
		});
		expect((await read({ account: 'welfare-scholarship' })).sums).toMatchObject({ accountVnd: 0 });
		expect((await read({ from: '2026-12' })).sums).toMatchObject({ count: 0, inVnd: 0 });
		expect((await read({ to: '2026-10' })).entries).toEqual([]);
		expect((await read({ from: MONTH, to: MONTH })).entries).toHaveLength(6);
	});

	test('pages by its key, each row once', async () => {
		const db = await engine.fresh();
		const { world } = await fill(db);
		const seen: string[] = [];
		let key: string | undefined;
		do {
			const params = new URLSearchParams(entryQuery({ kind: 'out' }, key));
			const page = await readBookRows(db, params, { now: NOW, limit: 1 });
			seen.push(...page!.entries.map((entry) => entry.id));
			key = page!.older && page!.entries.at(-1)!.id;
		} while (key !== undefined && seen.length < 10);
		expect(seen).toHaveLength(4);
		expect(new Set(seen).size).toBe(4);
		const fund = await findFund(db, world.fund.id);
		const wrong = new URLSearchParams('truoc=none');
		expect(await readBookRows(db, wrong, { fund, now: NOW, limit: 1 })).toBeUndefined();
		expect(await readBookRows(db, wrong, { now: NOW, limit: 1 })).toBeUndefined();
	});

	test('opens from each figure of the charts the rows that make it', async () => {
		const db = await engine.fresh();
		const { world } = await fill(db);
		// A second fund gets a part of the next sale: no income of the city.
		const target = await makeFund(db, { adminUnitId: 'kl-2025' });
		const rule = {
			...{ id: uuidv7(NOW), fundId: world.fund.id, validFrom: '2026-11-22', twoApproversAboveVnd: null },
			...{ saleRecorder: 'steward_or_treasurer' as const, boardDueDay: null },
			shares: [{ fundId: target.id, percent: 50 }],
		};
		await setFundRule(db, world.approver, rule, NOW);
		const sale = saleOf(await fillAndClose(db, world));
		await recordScrapSale(db, world.steward, sale, NOW);
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		const city = await readRows(db, undefined, { from: MONTH });
		expect(city.sums).toMatchObject({ inVnd: 976_000, sharedVnd: 19_000 });
		expect((await readRows(db, world.fund.id, { kind: 'out' })).sums).toMatchObject({ outVnd: 119_000 });
		expect((await readRows(db, target.id, { kind: 'in' })).sums).toMatchObject({ inVnd: 19_000 });
		for (const fundId of [world.fund.id, undefined]) {
			const read = (filter: EntryFilter) => readRows(db, fundId, filter);
			const [month] = await sumMonths(db, fundId, MONTH);
			const whole = await read({ from: MONTH, to: MONTH });
			expect([whole.sums!.inVnd, whole.sums!.outVnd]).toEqual([month!.inVnd, month!.outVnd]);
			for (const side of ['in', 'out'] as const) {
				const { sums, entries } = await read({ kind: side, from: MONTH, to: MONTH });
				expect(sums![`${side}Vnd`]).toBe(month![`${side}Vnd`]);
				const total = entries.reduce((sum, entry) => sum + entry.changeVnd, 0);
				expect(Math.abs(total)).toBe(month![`${side}Vnd`]);
			}
			const accounts = await sumMonthAccounts(db, fundId, MONTH);
			const bars = [...layOutMaterials(accounts).bars, ...layOutPurposes(accounts).bars];
			expect(bars.map(({ account }) => account)).toEqual(['income-paper', 'welfare-tet-gift']);
			for (const { account, amountVnd } of bars) {
				const { sums, entries, parts } = await read({ account, from: MONTH, to: MONTH });
				expect(sums!.accountVnd).toBe(amountVnd);
				const total = entries.reduce((sum, entry) => sum + parts.get(entry.id)!, 0);
				expect(Math.abs(total)).toBe(amountVnd);
			}
		}
	});

	test('does not tell a small group’s ward, and no page less another does', async () => {
		const db = await engine.fresh();
		const { few } = await fill(db, { fewWard: 'kl-2025', ward: null });
		const rest: EntryFilter[] = [
			{},
			...[...ENTRY_KINDS, 'in' as const, 'out' as const].map((kind) => ({ kind })),
			...PURPOSE_ACCOUNTS.map((account) => ({ account })),
			{ from: MONTH, to: MONTH },
		];
		for (const filter of rest) {
			const all = ids((await readRows(db, undefined, filter)).entries);
			for (const ward of WARDS) {
				const own = ids((await readRows(db, undefined, { ...filter, ward })).entries);
				expect(own).not.toContain(few.id);
				// What is left when the ward's page is taken away holds it still, for every ward alike.
				const left = all.filter((id) => !own.includes(id));
				expect(left.includes(few.id)).toBe(all.includes(few.id));
			}
		}
	});

	test('says the same wherever a small group lives: rows, sums, charts, CSV and walks', async () => {
		const told: unknown[] = [];
		for (const fewWard of ['dk-2025', 'kl-2025']) {
			const db = await engine.fresh();
			const { world, few } = await fill(db, { fewWard, ward: null });
			// Codes and ids differ from world to world; places in the book do not.
			const order = new Map(
				(await listEntries(db, world.fund.id, { limit: 100 })).map(({ id, sequence }) => [id, sequence]),
			);
			for (const ward of [undefined, ...WARDS])
				for (const fundId of [undefined, world.fund.id])
					for (const kind of [undefined, 'payment' as const, 'out' as const]) {
						const { entries, sums } = await readRows(db, fundId, { ward, kind });
						const rows = entries.map((entry) => [order.get(entry.id), parseEntryText(entry.text)?.kind]);
						told.push([fewWard, ward, kind, rows, sums]);
					}
			const wording = { names: await readRowNames(db, 'vi', NOW), t: createTranslator('vi') };
			const csv = await new Response(
				streamEntryCsv(db, (await findFund(db, world.fund.id))!, wording),
			).text();
			const line = csv.split('\r\n').find((each) => each.includes(few.id))!;
			told.push([fewWard, line.includes('2025'), line.includes('dưới 5 người'), line.includes('<5')]);
			const found = openWalk((await walk(db, 'payment', few.id))!);
			told.push([fewWard, found.payments.map((each) => ({ ...each, id: 0, fund: 0, spends: 0 }))]);
		}
		const half = told.length / 2;
		const withoutWard = (each: unknown) => (each as unknown[]).slice(1);
		expect(told.slice(0, half).map(withoutWard)).toEqual(told.slice(half).map(withoutWard));
		expect(half).toBeGreaterThan(20);
	});

	test('says nothing of a ward once a text is erased', async () => {
		const db = await engine.fresh();
		const { many, sold } = await fill(db);
		await db
			.updateTable('entryText')
			.set({ text: null, erasedAt: NOW })
			.where('entryId', '=', many.id)
			.execute();
		expect(ids((await readRows(db, undefined, { ward: 'dk-2025' })).entries)).toEqual([sold.id]);
	});
});

describeEachEngine('a page of the book', (engine) => {
	test('reads by an index, whatever is asked for', async () => {
		if (engine.name !== 'sqlite') return;
		const db = await engine.fresh();
		const house = await makeHouse(db).catch(() => undefined);
		const of = { isSample: 0 as const };
		const one = { isSample: 0 as const, fundId: 'a fund' };
		const narrowing = [
			...[{}, { kind: 'payment' as const }, { kind: 'in' as const }, { account: 'income-paper' }],
			...[{ from: '2026-01', to: '2026-02' }, { ward: 'dk-2025' }, { greenHouseId: house?.id ?? 'a house' }],
			{ kind: 'out' as const, ward: 'dk-2025', from: '2026-01', account: 'welfare-tet-gift' },
		];
		const before = { bookedOn: '2026-11-22', recordedAt: NOW, sequence: 7, id: 'an entry' };
		const queries: CompiledQuery[] = [
			...[of, one].flatMap((base) =>
				narrowing.flatMap((filter) => [
					queryRows(db, { ...base, ...filter }, { limit: 41 }).compile(),
					queryRows(db, { ...base, ...filter }, { limit: 41, before }).compile(),
					querySums(db, { ...base, ...filter }).compile(),
				]),
			),
			queryAccounts({ fundId: 'a fund', after: 0, upTo: 9 }).compile(db),
		];
		// What the pages read besides, as they read it.
		const { world } = await fill(db);
		const fund = await findFund(db, world.fund.id);
		const watched = db.withPlugin({
			transformQuery: ({ node, queryId }) => {
				queries.push(db.getExecutor().compileQuery(node, queryId));
				return node;
			},
			transformResult: ({ result }) => Promise.resolve(result),
		});
		const asked = queries.length;
		for (const of of [fund, undefined]) {
			await readBookRows(watched, new URLSearchParams(), { fund: of, now: NOW, limit: 40 });
			await readBookRows(watched, new URLSearchParams('loai=payment'), { fund: of, now: NOW, limit: 40 });
			await sumMonths(watched, of?.id, MONTH);
			await findFirstDay(watched, of?.id);
		}
		await listLatestEntries(watched, { limit: 40 });
		await listLatestEntries(watched, { limit: 5, kind: 'payment' });
		await listEntriesAfter(watched, fund!.id, { after: 0, last: 9, limit: 1000, from: '2026-01-01' });
		await sumAccounts(watched, fund!.id, { before: '2026-01-01', last: 9 });
		await findBookDays(watched, fund!.id);
		await findEntryUntil(watched, fund!.id, '2026-11-30');
		expect(queries.length).toBeGreaterThan(asked + 20);
		for (const query of queries) {
			const plan = await db.executeQuery<{ detail: string }>({
				...query,
				sql: `explain query plan ${query.sql}`,
			});
			const steps = plan.rows.map(({ detail }) => detail);
			const table = 'journal_entry|original|reversal|last|each|posting|p|e|told|entry_text|back';
			for (const step of steps)
				expect([query.sql, step]).toEqual([query.sql, expect.not.stringMatching(`^SCAN (${table})\\b`)]);
			// The last entry of a month: at most one day's rows are sorted.
			if (/booked_on" <= \? order by/.test(query.sql))
				expect([query.sql, steps]).toEqual([
					query.sql,
					expect.not.arrayContaining(['USE TEMP B-TREE FOR ORDER BY']),
				]);
			// A house's or a ward's few rows are found from there, not by looking through the book.
			if (/given\.id/.test(query.sql))
				expect(steps.join('\n')).toMatch(
					/SEARCH journal_entry USING INDEX sqlite_autoindex_journal_entry_1 \(id=\?\)/,
				);
		}
		expect(queries.length).toBeGreaterThan(40);
	});
});
