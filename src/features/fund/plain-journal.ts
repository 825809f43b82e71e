// A book as a plain-text journal that hledger and Beancount read alike: `open` and `balance` directives, which hledger
// takes for entries without postings, and entries whose postings all have whole amounts in VND (docs/open-data.md).
import { addDays } from '#lib/time.ts';
import { voucherName, type Posting, type Voucher } from './ledger.ts';

/** An account with what its postings add up to: debits less credits. */
export type AccountSum = { code: string; type: string; sumVnd: number };

const ROOTS: Record<string, string> = {
	asset: 'Assets',
	income: 'Income',
	expense: 'Expenses',
	equity: 'Equity',
	// What is on the way between funds is neither earned nor spent.
	clearing: 'Equity',
};
const capitals = (code: string) =>
	code.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
/** Beancount's accounts are letters, digits and hyphens, each part beginning with a capital or a digit. */
const fundPart = (code: string) =>
	code
		.toUpperCase()
		.replace(/[^A-Z0-9-]/g, '-')
		.replace(/^-+/, '');

/** `Assets:DK-1:Cash`; the fund's code keeps the journals of several funds apart in one file. */
export const accountName = (fundCode: string, { code, type }: Pick<AccountSum, 'code' | 'type'>): string =>
	`${ROOTS[type]}:${fundPart(fundCode)}:${capitals(code.replace(/^income-/, ''))}`;

/** A sentence between quotes: without what either program would read as the end of it, or as a comment. */
const quoted = (text: string) =>
	`"${text
		.replaceAll('"', '’')
		.replaceAll('\\', '/')
		.replaceAll(';', ',')
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim()}"`;

const line = (account: string, amountVnd: number) => `  ${account}  ${amountVnd} VND\n`;
const assertion = (day: string, account: string, sumVnd: number) =>
	`${day} balance ${account}  ${sumVnd} VND\n`;

export type JournalFrame = {
	fund: { code: string; name: string; isSample: boolean };
	/** The year that it holds, or undefined for the whole book. */
	year: number | undefined;
	/** The first and the last day that have a row, or the day on which the fund was opened. */
	firstDay: string;
	lastDay: string;
	/** Every account of the fund with its sum before the first row, and after the last. */
	before: AccountSum[];
	after: AccountSum[];
};

/** Money and what is on the way are carried into a new year; income and spending begin anew. */
const isCarried = ({ type }: AccountSum) => type === 'asset' || type === 'clearing';

/** What stands before the rows: whose book it is, its accounts, and what was carried into the year. */
export function journalHead({ fund, year, firstDay, before }: JournalFrame): string {
	const nameOf = (account: AccountSum) => accountName(fund.code, account);
	const start = year === undefined ? firstDay : `${year}-01-01`;
	const opened = year === undefined ? firstDay : addDays(start, -1);
	const carriedFrom = `Equity:${fundPart(fund.code)}:Carried-Forward`;
	const carried = before.filter((account) => isCarried(account) && account.sumVnd !== 0);
	const lines = [
		`; ${fund.code}, ${fund.name.replace(/\s+/g, ' ')}${year === undefined ? '' : `, ${year}`}\n`,
		fund.isSample ? '; DU LIEU MAU: sample data, invented; in no total of the portal\n' : '',
		'; hledger: hledger -f FILE check; Beancount: bean-check FILE (needs a name that ends in .beancount)\n\n',
		...before.map((account) => `${opened} open ${nameOf(account)} VND\n`),
		year === undefined ? '' : `${opened} open ${carriedFrom} VND\n`,
	];
	if (carried.length > 0) {
		lines.push(
			`\n${opened} * ${quoted(`Số dư mang sang năm ${year}`)}\n`,
			...carried.map((account) => line(nameOf(account), account.sumVnd)),
		);
		const rest = carried.reduce((sum, account) => sum - account.sumVnd, 0);
		if (rest !== 0) lines.push(line(carriedFrom, rest));
	}
	if (year !== undefined) {
		lines.push(
			'\n',
			...before.filter(isCarried).map((account) => assertion(start, nameOf(account), account.sumVnd)),
		);
	}
	return lines.join('');
}

/** What stands after the rows: what each account that is carried on holds then. */
export function journalTail({ fund, year, lastDay, after }: JournalFrame): string {
	const day = year === undefined ? addDays(lastDay, 1) : `${year + 1}-01-01`;
	return `\n${after
		.filter(isCarried)
		.map((account) => assertion(day, accountName(fund.code, account), account.sumVnd))
		.join('')}`;
}

type JournalRow = Voucher & { id: string; sequence: number; bookedOn: string };

/** One row of the book. */
export function journalEntryText(
	fundCode: string,
	types: Map<string, string>,
	row: JournalRow,
	title: string,
	postings: Posting[],
): string {
	const nameOf = (code: string) => accountName(fundCode, { code, type: types.get(code) ?? 'equity' });
	const voucher = voucherName(row);
	return [
		`\n${row.bookedOn} * ${quoted(voucher ? `${voucher} ${title}` : title)}\n`,
		`  ; sequence:${row.sequence} id:${row.id}\n`,
		...postings.flatMap(({ debit, credit, amountVnd }) => [
			line(nameOf(debit), amountVnd),
			line(nameOf(credit), -amountVnd),
		]),
	].join('');
}
