// A fund's whole book as a table for a spreadsheet: the columns stay in their order, new ones come last (docs/open-data.md).
import { csvLine } from '#lib/csv.ts';
import type { Translate } from '#lib/i18n.ts';
import { entryTitle, type Names } from './entry-title.ts';
import type { Entry } from './fund.ts';
import { parseEntryText, SMALLEST_GROUP, voucherName } from './ledger.ts';

export const ENTRY_COLUMNS = [
	...['fund', 'sequence', 'id', 'kind', 'voucher', 'booked_on', 'happened_on', 'recorded_at', 'title'],
	...['change_vnd', 'balance_after_vnd', 'cash_after_vnd', 'bank_after_vnd'],
	...['purpose', 'beneficiaries', 'ward_id', 'houses', 'reverses', 'reversed_by', 'transfer'],
	...['source_kind', 'source_id', 'text_sha256', 'sample'],
];

/** The byte order mark tells a spreadsheet that the text is UTF-8. */
export const entryCsvHead = (): string => `\ufeff${csvLine(ENTRY_COLUMNS)}`;

/** One row. Its sentence is Vietnamese; a group of fewer than five people has no count and no ward. */
export function entryCsvLine(entry: Entry, names: Names, t: Translate): string {
	const text = parseEntryText(entry.text);
	const payment = text?.kind === 'payment' ? text : undefined;
	const gift = text?.kind === 'gift' ? text : undefined;
	return csvLine([
		...[entry.fundCode, entry.sequence, entry.id, entry.kind, voucherName(entry)],
		...[entry.bookedOn, entry.happenedOn, new Date(entry.recordedAt).toISOString()],
		...[entryTitle(entry, names, t), entry.changeVnd, entry.cashAfterVnd + entry.bankAfterVnd],
		...[entry.cashAfterVnd, entry.bankAfterVnd, payment?.purpose ?? gift?.purpose],
		payment && (payment.count ?? `<${SMALLEST_GROUP}`),
		...[payment?.wardId, text?.kind === 'scrap_sale' ? text.houses.join(' ') : null],
		...[entry.reversesEntryId, entry.reversedById, entry.transferId],
		...[entry.sourceKind, entry.sourceId, entry.textHash, String(entry.isSample === 1)],
	]);
}
