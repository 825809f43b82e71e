// The files that anybody takes home: whole, of every fund, with the figures that the portal shows.
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { checkers, missing, readJournal } from '../support/plain-journal.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl } = await startSamplePortal();
const get = (path: string) => fetch(`${baseUrl}/api/v1/funds${path}`);
type OpenFund = { code: string; cash_vnd: number; bank_vnd: number; entry_count: number };
const { funds } = (await (await get('')).json()) as { funds: OpenFund[] };
const journals = await Promise.all(
	funds.map(async (fund) => ({ fund, text: await (await get(`/${fund.code}/journal.ledger`)).text() })),
);

describe.each(journals)('the book of $fund.code', ({ fund, text }) => {
	test('is a journal with every row and the balances of its fund', () => {
		const journal = readJournal(text);
		expect(text).toContain('DU LIEU MAU');
		expect(journal.entries).toHaveLength(fund.entry_count);
		expect(journal.sums.get(`Assets:${fund.code}:Cash`)).toBe(fund.cash_vnd);
		expect(journal.sums.get(`Assets:${fund.code}:Bank`)).toBe(fund.bank_vnd);
	});

	test('is a table with every row', async () => {
		const response = await get(`/${fund.code.toLowerCase()}/entries.csv`);
		expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
		expect(response.headers.get('content-disposition')).toBe(
			`attachment; filename="so-quy-${fund.code}.csv"`,
		);
		const rows = parse<Record<string, string>>(Buffer.from(await response.arrayBuffer()), {
			bom: true,
			columns: true,
		});
		expect(rows).toHaveLength(fund.entry_count);
		expect(rows.at(-1)?.['cash_after_vnd']).toBe(String(fund.cash_vnd));
		expect(new Set(rows.map((row) => row['sample']))).toEqual(new Set(['true']));
		// In Vietnamese whatever the reader's browser asks for.
		// A council has no house: it gets parts of what others sell.
		expect(rows.some((row) => /^(Bán phế liệu|Phần chia 20 % tiền bán phế liệu)/.test(row['title']!))).toBe(
			true,
		);
	});
});

test('what funds share among themselves adds up to nothing over all of them', () => {
	const shared = journals.map(
		({ fund, text }) => readJournal(text).sums.get(`Equity:${fund.code}:Clearing`) ?? Number.NaN,
	);
	expect(shared.reduce((sum, each) => sum + each, 0)).toBe(0);
});

test.for(checkers)('$name reads all books together', (checker, { skip }) => {
	if (!checker.isInstalled) skip(missing(checker.name));
	const sums = checker.check(journals.map(({ text }) => text));
	for (const { fund } of journals) expect(sums.get(`Assets:${fund.code}:Cash`) ?? 0).toBe(fund.cash_vnd);
});

test('a year has only its own rows, and the next begins with what it ended with', async () => {
	const { fund, text } = journals[0]!;
	const years = [...new Set(readJournal(text).entries.map(({ date }) => Number(date.slice(0, 4))))];
	let count = 0;
	for (const year of years) {
		const part = readJournal(await (await get(`/${fund.code}/journal.ledger?year=${year}`)).text());
		count += part.entries.filter(({ date }) => date.startsWith(`${year}-`)).length;
	}
	expect(count).toBe(fund.entry_count);
});
