// A finding's row as its reader calls it; what the query says of it is for whoever runs the server, in English.
import type { Translate } from '#lib/i18n.ts';

const KINDS = [
	...(['sale', 'cycle', 'request', 'payment', 'entry', 'month', 'transfer', 'drop-off'] as const),
	...(['scrap_sale', 'statement', 'cash_count', 'entry_reversal'] as const),
] as const;

/** `sale 019a…` → `phiếu bán 019a…`; a voucher's number stays as it is. */
export function rowWords(row: string, t: Translate): string {
	const [first = '', ...rest] = row.split(' ');
	const kind = KINDS.find((each) => each === first);
	return kind === undefined || rest.length === 0 ? row : t(`checks:row.${kind}`, { id: rest.join(' ') });
}
