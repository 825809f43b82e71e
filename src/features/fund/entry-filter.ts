// What a reader of the book asks for, in the address: everything works as plain links and one form.
import { CHART, PURPOSES, welfareAccount, type EntryKind } from './ledger.ts';

export const ENTRY_KINDS: EntryKind[] = [
	...(['scrap_sale', 'gift', 'opening_balance', 'payment', 'reversal'] as const),
	...(['transfer_in', 'transfer_out', 'bank_move', 'cash_difference'] as const),
];
/** What came in and what went out, as months are summed: a reversal stands on the side of what it reverses. */
export const SIDES = ['in', 'out'] as const;
export type Side = (typeof SIDES)[number];

/** Where money came from, and what it was spent on. */
export const SOURCE_ACCOUNTS = CHART.filter(({ type }) => type === 'income').map(({ code }) => code);
export const PURPOSE_ACCOUNTS = PURPOSES.map(welfareAccount);

export type EntryFilter = {
	fund?: string | undefined;
	house?: string | undefined;
	ward?: string | undefined;
	/** Months `YYYY-MM`, both included. */
	from?: string | undefined;
	to?: string | undefined;
	kind?: EntryKind | Side | undefined;
	account?: string | undefined;
};
export type FilterField = keyof EntryFilter;

/** The names of the address; they stay, because people share it. */
export const ENTRY_PARAMS: Record<FilterField, string> = {
	fund: 'quy',
	house: 'nha',
	ward: 'phuong',
	from: 'tu',
	to: 'den',
	kind: 'loai',
	account: 'muc',
};
const FIELDS = Object.keys(ENTRY_PARAMS) as FilterField[];
/** What somebody types or pastes is not kept beyond this. */
const MOST = 80;

/** What the address says, as it says it; empty fields of the form are not there. */
export function readTyped(params: URLSearchParams): Partial<Record<FilterField, string>> {
	const typed: Partial<Record<FilterField, string>> = {};
	for (const field of FIELDS) {
		const value = params.get(ENTRY_PARAMS[field])?.normalize('NFC').trim().slice(0, MOST);
		if (value) typed[field] = value;
	}
	return typed;
}

const isMonth = (text: string) => /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text);

/** What is known to be there: codes in capitals, ids of wards. */
export type Known = { funds: string[]; houses: string[]; wards: string[] };

/** The filter, or the first field that names nothing there is. */
export function readEntryFilter(
	typed: Partial<Record<FilterField, string>>,
	known: Known,
): { filter: EntryFilter; wrong?: undefined } | { filter?: undefined; wrong: FilterField } {
	const { from, to, ward, kind, account } = typed;
	const [fund, house] = [typed.fund?.toUpperCase(), typed.house?.toUpperCase()];
	if (fund !== undefined && !known.funds.includes(fund)) return { wrong: 'fund' };
	if (house !== undefined && !known.houses.includes(house)) return { wrong: 'house' };
	if (ward !== undefined && !known.wards.includes(ward)) return { wrong: 'ward' };
	if (from !== undefined && !isMonth(from)) return { wrong: 'from' };
	if (to !== undefined && (!isMonth(to) || (from !== undefined && to < from))) return { wrong: 'to' };
	const knownKind = [...ENTRY_KINDS, ...SIDES].find((each) => each === kind);
	if (kind !== undefined && !knownKind) return { wrong: 'kind' };
	if (account !== undefined && ![...SOURCE_ACCOUNTS, ...PURPOSE_ACCOUNTS].includes(account))
		return { wrong: 'account' };
	return { filter: { fund, house, ward, from, to, kind: knownKind, account } };
}

/** `?tu=2026-11&den=2026-11`, or '' for the whole book. `before` is the row that the page before ended with. */
export function entryQuery(filter: EntryFilter, before?: string): string {
	const params = new URLSearchParams();
	for (const field of FIELDS) {
		const value = filter[field];
		if (value) params.set(ENTRY_PARAMS[field], value);
	}
	if (before) params.set('truoc', before);
	const query = params.toString();
	return query && `?${query}`;
}

export const isFiltered = (filter: EntryFilter): boolean => Object.values(filter).some(Boolean);
