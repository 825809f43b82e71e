// The public address of the book: field names stay (docs/ledger-format.md), and nothing here names a person.
import { attachment } from '#lib/attachment.ts';
import { DomainError } from '#lib/errors.ts';
import type { Entry, Fund } from './fund.ts';
import { parseEntryText, voucherName, type Allocation, type Posting } from './ledger.ts';

/** Open data is read by any site; it may be a minute old. */
export const OPEN_DATA_HEADERS = {
	'cache-control': 'public, max-age=60',
	'access-control-allow-origin': '*',
	// The portal's own default is same-origin.
	'cross-origin-resource-policy': 'cross-origin',
};

/** A file of open data under the name that a browser keeps it by; the type is text in UTF-8. */
export const downloadHeaders = (name: string, type: string) => ({
	...OPEN_DATA_HEADERS,
	'content-type': `${type}; charset=utf-8`,
	'content-disposition': attachment(name),
});

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** A whole number of the query, or undefined when it is not there. Refuses any other with 400. */
export function readInteger(
	params: URLSearchParams,
	name: string,
	{ min = 1, max }: { min?: number; max: number },
): number | undefined {
	const values = params.getAll(name);
	if (values.length === 0) return undefined;
	const isOne = values.length === 1 && /^(0|[1-9]\d{0,15})$/.test(values[0]!);
	const value = isOne ? Number(values[0]) : Number.NaN;
	if (!(value >= min && value <= max))
		throw new DomainError('BAD_REQUEST', 'pageInvalid', { field: name, values: { name, min, max } });
	return value;
}

/** `?limit=` from 1 to 200, 50 by default, and `?before=`, a sequence. Refuses anything else with 400. */
export function readPage(params: URLSearchParams): { limit: number; before: number | undefined } {
	return {
		limit: readInteger(params, 'limit', { max: MAX_LIMIT }) ?? DEFAULT_LIMIT,
		before: readInteger(params, 'before', { max: Number.MAX_SAFE_INTEGER }),
	};
}

export const openFundData = (fund: Fund) => ({
	code: fund.code,
	name: fund.nameVi,
	name_en: fund.nameEn,
	balance_vnd: fund.balanceVnd,
	cash_vnd: fund.cashVnd,
	bank_vnd: fund.bankVnd,
	entry_count: fund.entryCount,
	sample: fund.isSample === 1,
});

/** One row with its postings and, for money that went out, the incomes it spent. */
export function openEntryData(
	entry: Entry,
	postings: (Posting & { entryId: string })[],
	allocations: (Allocation & { entryId: string })[],
) {
	return {
		id: entry.id,
		sequence: entry.sequence,
		kind: entry.kind,
		happened_on: entry.happenedOn,
		booked_on: entry.bookedOn,
		recorded_at: new Date(entry.recordedAt).toISOString(),
		voucher: voucherName(entry) ?? null,
		change_vnd: entry.changeVnd,
		cash_after_vnd: entry.cashAfterVnd,
		bank_after_vnd: entry.bankAfterVnd,
		reverses: entry.reversesEntryId,
		reversed_by: entry.reversedById,
		source: { kind: entry.sourceKind, id: entry.sourceId, sha256: entry.sourceHash },
		text: parseEntryText(entry.text) ?? null,
		text_sha256: entry.textHash,
		postings: postings
			.filter((posting) => posting.entryId === entry.id)
			.map(({ debit, credit, amountVnd }) => ({ debit, credit, amount_vnd: amountVnd })),
		spends: allocations
			.filter((allocation) => allocation.entryId === entry.id)
			.map(({ incomeEntryId, amountVnd }) => ({ entry: incomeEntryId, amount_vnd: amountVnd })),
		sample: entry.isSample === 1,
	};
}
