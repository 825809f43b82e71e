// The ledger: one posting moves one amount between two accounts of one fund, so no entry can be unbalanced.
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex, type Canonical } from '#lib/hash.ts';
import type { LocalDate } from '#lib/time.ts';
import type { DisbursementTable, JournalEntryTable, LedgerAccountTable } from '#db/schema.ts';

export type EntryKind = JournalEntryTable['kind'];
export type Purpose = DisbursementTable['purpose'];

export const PURPOSES: Purpose[] = [
	'health_insurance_card',
	'scholarship',
	'tet_gift',
	'hardship',
	'other_welfare',
];
const MATERIAL_GROUPS = ['paper', 'plastic', 'metal', 'glass', 'textile', 'electronics'];

/** The account of a purpose: `welfare-tet-gift`. */
export const welfareAccount = (purpose: Purpose): string => `welfare-${purpose.replaceAll('_', '-')}`;
/** The account of a material group's sales. */
export const incomeAccount = (group: string): string =>
	MATERIAL_GROUPS.includes(group) ? `income-${group}` : 'income-unsorted';

/** Every fund's accounts. Cash and bank are the fund's money; the rest says where it came from and went. */
export const CHART: { code: string; type: LedgerAccountTable['type'] }[] = [
	{ code: 'cash', type: 'asset' },
	{ code: 'bank', type: 'asset' },
	...MATERIAL_GROUPS.map((group) => ({ code: incomeAccount(group), type: 'income' as const })),
	{ code: 'income-unsorted', type: 'income' },
	{ code: 'gift', type: 'income' },
	{ code: 'sale-difference', type: 'income' },
	{ code: 'opening-balance', type: 'equity' },
	...PURPOSES.map((purpose) => ({ code: welfareAccount(purpose), type: 'expense' as const })),
	{ code: 'cash-over-short', type: 'expense' },
	{ code: 'clearing', type: 'clearing' },
];

/** One amount from the credited account to the debited one, in whole đồng. */
export type Posting = { debit: string; credit: string; amountVnd: number };
export type Allocation = { incomeEntryId: string; amountVnd: number };

/** What an entry adds to one account that holds money: debits less credits. */
export const changeOf = (account: string, postings: Posting[]): number =>
	postings.reduce(
		(sum, { debit, credit, amountVnd }) =>
			sum + (debit === account ? amountVnd : 0) - (credit === account ? amountVnd : 0),
		0,
	);

/** The money that an entry adds to (or takes from) cash and bank together. */
export const moneyChange = (postings: Posting[]): number =>
	changeOf('cash', postings) + changeOf('bank', postings);

/** Which way each kind moves the fund's money: in, out, between cash and bank (0), or either way. */
const DIRECTIONS: Record<EntryKind, 1 | -1 | 0 | 'any' | 'some'> = {
	scrap_sale: 1,
	gift: 1,
	opening_balance: 1,
	payment: -1,
	transfer_out: -1,
	transfer_in: 1,
	bank_move: 0,
	cash_difference: 'some',
	// Also of what only moved between cash and bank.
	reversal: 'any',
};

/** Money moves as {@link DIRECTIONS} says. Anything else that a caller builds is a bug, so it throws RangeError. */
export function checkPostings(kind: EntryKind, postings: Posting[]): void {
	if (postings.length === 0) throw new RangeError('an entry has at least one posting');
	for (const { debit, credit, amountVnd } of postings) {
		if (!Number.isSafeInteger(amountVnd) || amountVnd <= 0 || debit === credit) {
			throw new RangeError(`not a posting: ${debit} from ${credit}, ${amountVnd}`);
		}
	}
	const change = moneyChange(postings);
	const moves = changeOf('cash', postings) !== 0 || changeOf('bank', postings) !== 0;
	const direction = DIRECTIONS[kind];
	const isRight =
		direction === 'any'
			? moves
			: direction === 'some'
				? change !== 0
				: moves && Math.sign(change) === direction;
	if (!isRight) throw new RangeError(`${kind} cannot change the fund's money by ${change}`);
}

/** An entry is booked today or earlier, and not before what it tells of. Refuses with 422. */
export function checkDates(happenedOn: LocalDate, bookedOn: LocalDate, today: LocalDate): void {
	if (bookedOn > today) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'bookedOn' });
	if (happenedOn > bookedOn)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'happenedOn' });
}

/**
 * Within a fund the days of booking never go back, also where a clock does, or where two servers' clocks differ at
 * midnight: months, board sheets and years of vouchers are runs of the book. Refuses with 409 until that day has come:
 * moments where clocks differ at midnight, days where one was days ahead (docs/operations.md).
 */
export function checkBookedOrder(lastBookedOn: LocalDate | undefined, bookedOn: LocalDate): void {
	if (lastBookedOn !== undefined && bookedOn < lastBookedOn)
		throw new DomainError('CONFLICT', 'bookedBeforeLast', {
			field: 'bookedOn',
			values: { day: lastBookedOn },
		});
}

const VOUCHERS: Partial<Record<EntryKind, 'receipt' | 'payment'>> = {
	scrap_sale: 'receipt',
	gift: 'receipt',
	payment: 'payment',
	transfer_in: 'receipt',
	transfer_out: 'payment',
};

/**
 * Which series of voucher numbers an entry takes its number from; none for opening balances, reversals and moves
 * between cash and bank. What a count found too much is received, what it found missing is paid.
 */
export function voucherKindOf(kind: EntryKind, changeVnd = 0): 'receipt' | 'payment' | null {
	if (kind === 'cash_difference') return changeVnd > 0 ? 'receipt' : 'payment';
	return VOUCHERS[kind] ?? null;
}

export type Voucher = Pick<JournalEntryTable, 'voucherKind' | 'voucherYear' | 'voucherNumber'>;

/** `PT-2026/0147` for a receipt (phiếu thu), `PC-2026/0031` for a payment (phiếu chi). */
export function voucherName(entry: Voucher): string | undefined {
	const { voucherKind, voucherYear, voucherNumber } = entry;
	if (voucherKind === null || voucherNumber === null) return undefined;
	return `${voucherKind === 'receipt' ? 'PT' : 'PC'}-${voucherYear}/${String(voucherNumber).padStart(4, '0')}`;
}

export type CanonicalEntry = {
	id: string;
	fund: string;
	sequence: number;
	kind: EntryKind;
	happenedOn: string;
	bookedOn: string;
	recordedAt: number;
	recordedBy: string;
	sourceKind: string;
	sourceId: string;
	sourceHash: string;
	reverses: string | null;
	voucher: string | null;
	transfer: string | null;
	postings: Posting[];
	allocations: Allocation[];
	cashAfterVnd: number;
	bankAfterVnd: number;
	textHash: string;
};

const CANONICAL_FORM = 'ngoi-nha-xanh/entry/v1';

/** The bytes of an entry that stay for ever and that its Merkle leaf will hash (docs/ledger-format.md). */
export const canonicalEntry = (entry: CanonicalEntry): string =>
	canonicalJson({ form: CANONICAL_FORM, ...entry } as unknown as Canonical);

/** An income with what is still unspent of it. */
export type IncomeRest = {
	entryId: string;
	restVnd: number;
	/** What a gift was given for; it pays for nothing else. */
	purpose?: Purpose | null;
};

/**
 * In which order an outflow takes from incomes. A payment takes from the gifts for its purpose, then from what is
 * given for nothing in particular, never from a gift for another purpose. `first` is what is taken back, or shared
 * out. Money that is gone (taken back, or missing in the box) is taken from tied gifts last.
 */
export function orderIncomes(
	incomes: IncomeRest[],
	outflow: { kind: EntryKind; purpose?: Purpose | undefined; first?: string | undefined },
): IncomeRest[] {
	const isFirst = (income: IncomeRest) => income.entryId === outflow.first;
	const own = incomes.filter(isFirst);
	const free = incomes.filter((income) => !income.purpose && !isFirst(income));
	const tied = incomes.filter((income) => income.purpose && !isFirst(income));
	if (outflow.kind === 'payment')
		return [...tied.filter((income) => income.purpose === outflow.purpose), ...free];
	return outflow.kind === 'transfer_out' ? [...own, ...free] : [...own, ...free, ...tied];
}

/** Takes an amount from incomes in their order, first in, first out; undefined when they do not cover it. */
export function allocate(amountVnd: number, incomes: IncomeRest[]): Allocation[] | undefined {
	const allocations: Allocation[] = [];
	let missing = amountVnd;
	for (const { entryId, restVnd } of incomes) {
		if (missing === 0) break;
		const taken = Math.min(missing, restVnd);
		if (taken <= 0) continue;
		allocations.push({ incomeEntryId: entryId, amountVnd: taken });
		missing -= taken;
	}
	return missing === 0 ? allocations : undefined;
}

/** What may stand beside a public row, without any name; erasable, and told in the reader's language. */
export type EntryText =
	| { kind: 'scrap_sale'; houses: string[] }
	/** `count` is null for fewer than {@link SMALLEST_GROUP} people, and then there is no ward. */
	| { kind: 'payment'; purpose: Purpose; count: number | null; wardId: string | null }
	| { kind: 'reversal'; reason: string }
	| { kind: 'statement'; words: string }
	/** A gift; `purpose` when it was given for that only. */
	| { kind: 'gift'; words: string; purpose: Purpose | null }
	| { kind: 'bank_move'; to: 'cash' | 'bank'; amountVnd: number; words: string }
	| { kind: 'cash_difference'; countedOn: string; countedVnd: number; bookVnd: number; reason: string }
	/** What a sale earned for other funds, by their codes. */
	| { kind: 'transfer_out'; shares: { fund: string; percent: number }[] }
	| { kind: 'transfer_in'; fund: string; percent: number };

/** Reads what `entry_text` holds; undefined once it is erased. */
export const parseEntryText = (text: string | null): EntryText | undefined =>
	text === null ? undefined : (JSON.parse(text) as EntryText);

/** What an entry's leaf holds of its text: SHA-256 of the salt's hexadecimal digits followed by the text. */
export const hashText = (salt: string, text: string): string => sha256Hex(salt + text);

/** Groups of fewer people are not told apart: no count and no place (ledger.md). */
export const SMALLEST_GROUP = 5;
