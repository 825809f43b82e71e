// Books as files: a spreadsheet of every row, and journals that a reader of our own and, where they are installed,
// hledger and Beancount find in order, with the balances that the portal shows.
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { streamEntryCsv, streamJournal } from '#features/fund/book-export.service.ts';
import { ENTRY_COLUMNS } from '#features/fund/entry-csv.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import { accountName } from '#features/fund/plain-journal.ts';
import { readRowNames } from '#features/trace/row-names.repository.ts';
import type { Db } from '#lib/db.ts';
import { createTranslator } from '#lib/i18n.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeFund, NOW } from '../support/fixtures.ts';
import { checkers, missing, readJournal } from '../support/plain-journal.ts';
import { give, giftInput, makeWorld, pay, post, reverse, type World } from './fund-world.ts';

const HOSTILE = '=cmd|"/c calc"!A1; "dấu nháy"\n\\ @x\t| 2026-01-01 open Assets:X';

async function wordingOf(db: Db) {
	return { names: await readRowNames(db, 'vi', NOW), t: createTranslator('vi') };
}
const journalOf = async (db: Db, fundId: string, year?: number) =>
	new Response(await streamJournal(db, (await findFund(db, fundId))!, year, await wordingOf(db))).text();
const csvOf = async (db: Db, fundId: string) => {
	const stream = streamEntryCsv(db, (await findFund(db, fundId))!, await wordingOf(db));
	return Buffer.from(await new Response(stream).arrayBuffer()).toString('utf8');
};

/** What each account of a fund holds by its postings alone, named as journals name it. */
async function sumsOf(db: Db, fund: { id: string; code: string }, years = ''): Promise<Map<string, number>> {
	const { rows } = await sql<{ code: string; type: string; sum: number }>`
		select a.code, a.type, sum(case when p.debit_account = a.code then p.amount_vnd else -p.amount_vnd end) as sum
		from ledger_account a
		join posting p on p.fund_id = a.fund_id and a.code in (p.debit_account, p.credit_account)
		join journal_entry e on e.id = p.entry_id
		where a.fund_id = ${fund.id} and (${years} = '' or substr(e.booked_on, 1, 4) = ${years})
		group by a.code, a.type
	`.execute(db);
	const named = rows.map((row) => [accountName(fund.code, row), Number(row.sum)] as const);
	return new Map(named.filter(([, sum]) => sum !== 0));
}
const nonZero = (sums: Map<string, number>) => new Map([...sums].filter(([, sum]) => sum !== 0));
const sorted = (sums: Map<string, number>) => [...sums].sort(([a], [b]) => a.localeCompare(b));

/** Two years of gifts (one of hostile words), payments, a bank move and reversals. */
async function fill(db: Db): Promise<World> {
	const world = await makeWorld(db);
	const on = (day: string) => ({ happenedOn: day, bookedOn: day });
	const opening = { debit: 'cash', credit: 'opening-balance', amountVnd: 300_000 };
	await post(
		world,
		giftInput(world, 1, { kind: 'opening_balance', postings: [opening], ...on('2025-12-30') }),
	);
	await post(world, giftInput(world, 700_000, { ...on('2025-12-31') }));
	await post(world, {
		...giftInput(world, 250_000, { ...on('2026-01-01') }),
		text: { kind: 'gift', words: HOSTILE, purpose: null },
	});
	await post(world, {
		...giftInput(world, 0, { kind: 'bank_move', ...on('2026-02-01') }),
		postings: [{ debit: 'bank', credit: 'cash', amountVnd: 400_000 }],
		text: { kind: 'bank_move', to: 'bank', amountVnd: 400_000, words: 'gửi' },
	});
	await pay(world, 90_000);
	const few = await pay(world, 60_000, { beneficiaryCount: 2 });
	await reverse(world, few.id, undefined, HOSTILE);
	await reverse(world, (await give(world, 40_000)).id);
	return world;
}

describeEachEngine('a book', (engine) => {
	test('is a spreadsheet of every row, with no formula and no small group', async () => {
		const db = await engine.fresh();
		const world = await fill(db);
		const fund = (await findFund(db, world.fundId))!;
		const text = await csvOf(db, world.fundId);
		expect(text.startsWith(`\ufeff${ENTRY_COLUMNS.join(',')}\r\n`)).toBe(true);
		const rows = parse<Record<string, string>>(text, { bom: true, columns: true });
		expect(rows.map((row) => Number(row['sequence']))).toEqual(
			Array.from({ length: fund.entryCount }, (_, index) => index + 1),
		);
		let balance = 0;
		for (const row of rows) {
			balance += Number(row['change_vnd']);
			expect(Number(row['balance_after_vnd'])).toBe(balance);
			expect(Number(row['cash_after_vnd']) + Number(row['bank_after_vnd'])).toBe(balance);
			for (const [column, cell] of Object.entries(row))
				if (!column.endsWith('_vnd')) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
		}
		expect(balance).toBe(fund.balanceVnd);
		const payments = rows.filter((row) => row['kind'] === 'payment');
		expect(payments.map((row) => [row['beneficiaries'], row['ward_id']])).toEqual([
			['12', 'dk-2025'],
			['<5', ''],
		]);
		expect(rows[2]!['title']).toContain('cmd|"/c calc"!A1');
	});

	test('is a journal whose accounts hold what the postings say, whole and by year', async () => {
		const db = await engine.fresh();
		const world = await fill(db);
		const fund = (await findFund(db, world.fundId))!;
		const whole = await journalOf(db, fund.id);
		const journal = readJournal(whole);
		expect(journal.entries).toHaveLength(fund.entryCount);
		expect(sorted(nonZero(journal.sums))).toEqual(sorted(await sumsOf(db, fund)));
		const name = (code: string, type: string) => accountName(fund.code, { code, type });
		expect(journal.sums.get(name('cash', 'asset'))).toBe(fund.cashVnd);
		expect(journal.sums.get(name('bank', 'asset'))).toBe(fund.bankVnd);
		expect(journal.assertions).toBeGreaterThanOrEqual(3);
		// A small group shows no number in the journal either.
		expect(whole).toContain('dưới 5 người');
		const years = [];
		for (const year of [2024, 2025, 2026, 2027]) {
			const text = await journalOf(db, fund.id, year);
			years.push(text);
			const part = readJournal(text);
			// Only rows of the year, and what was carried into it.
			const own = part.entries.filter((entry) => entry.date.startsWith(`${year}-`));
			expect(part.entries.length - own.length).toBeLessThanOrEqual(1);
			// Income and spending of a year are that year's alone.
			const earned = [...nonZero(part.sums)].filter(([account]) => /^(Income|Expenses)/.test(account));
			const expected = [...(await sumsOf(db, fund, String(year)))].filter(([account]) =>
				/^(Income|Expenses)/.test(account),
			);
			expect(sorted(new Map(earned))).toEqual(sorted(new Map(expected)));
		}
		// The joints: what one year ends with is what the next begins with.
		const moneyOf = (text: string, date: string) =>
			[...text.matchAll(new RegExp(`^${date} balance (Assets\\S+)  (-?\\d+) VND$`, 'gm'))].map((match) => [
				match[1],
				match[2],
			]);
		for (const [index, year] of [2025, 2026, 2027].entries()) {
			const joint = moneyOf(years[index + 1]!, `${year}-01-01`);
			expect(joint).toHaveLength(2);
			expect(moneyOf(years[index]!, `${year}-01-01`)).toEqual(joint);
		}
	});

	test('without rows is a journal too', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		for (const text of [await journalOf(db, world.fundId), await journalOf(db, world.fundId, 2026)]) {
			expect(nonZero(readJournal(text).sums).size).toBe(0);
		}
	});

	test.for(checkers)('holds the same for $name, whole, by year and empty', async (checker, { skip }) => {
		if (!checker.isInstalled) skip(missing(checker.name));
		const db = await engine.fresh();
		const { fundId } = await fill(db);
		const texts = [await journalOf(db, fundId), await journalOf(db, (await makeFund(db)).id, 2026)];
		for (const year of [2025, 2026]) texts.push(await journalOf(db, fundId, year));
		for (const text of texts)
			expect(sorted(checker.check([text]))).toEqual(sorted(nonZero(readJournal(text).sums)));
	});
});

describe('our own reader', () => {
	const OPEN = '2026-01-01 open Assets:A:Cash VND\n2026-01-01 open Income:A:Gift VND\n';
	const entry = (cash: number, gift: number) =>
		`2026-01-02 * "x"\n  Assets:A:Cash  ${cash} VND\n  Income:A:Gift  ${gift} VND\n`;
	test.each([
		['an entry that does not balance', `${OPEN}${entry(5, -4)}`],
		['an account that is not open', entry(5, -5)],
		['a balance that is another', `${OPEN}${entry(5, -5)}2026-01-03 balance Assets:A:Cash  6 VND\n`],
		['a line that is none', `${OPEN}P 2026-01-01 VND 1 USD\n`],
	])('finds %s, as the others do', (_name, text) => {
		expect(() => readJournal(text)).toThrow(/.+/);
	});
	test('finds nothing wrong in what is right', () => {
		expect(readJournal(`${OPEN}${entry(5, -5)}2026-01-03 balance Assets:A:Cash  5 VND\n`).assertions).toBe(1);
	});
});
