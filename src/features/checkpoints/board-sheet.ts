// The sheet that hangs on a culture house's board (bảng công khai thu chi): one fund's month, row by row.
import type { CheckpointTable } from '#db/schema.ts';
import type { Entry } from '#features/fund/fund.ts';
import { hashText, moneyChange, voucherName, type Posting } from '#features/fund/ledger.ts';

/** More rows than any board holds; such a month is read in the book itself. */
export const MAX_SHEET_ROWS = 1500;

/** `2026-10` of an address; undefined when it is no month. */
export const parseMonth = (text: string | undefined): string | undefined =>
	/^[12]\d{3}-(0[1-9]|1[0-2])$/.exec(text ?? '')?.[0];

/** In and out in đồng; both undefined for what is neither: an opening balance, a move between cash and bank. */
export type SheetRow = { entry: Entry; inVnd: number | undefined; outVnd: number | undefined };

/** A reversal counts against the side of what it reverses, so that the month's sums are what really came and went. */
function sideOf(entry: Entry): Omit<SheetRow, 'entry'> {
	const { kind, originalKind, changeVnd } = entry;
	const isReversal = kind === 'reversal';
	if (changeVnd === 0 || (isReversal ? originalKind : kind) === 'opening_balance')
		return { inVnd: undefined, outVnd: undefined };
	return changeVnd > 0 !== isReversal
		? { inVnd: changeVnd, outVnd: undefined }
		: { inVnd: undefined, outVnd: -changeVnd };
}

export type SheetSums = {
	rows: SheetRow[];
	inVnd: number;
	outVnd: number;
	/** Opening balances that were booked in the month; neither in nor out. */
	openedVnd: number;
};

/** A month's rows with their sums: what it began with + opened + in − out is what it ends with. */
export function sumSheet(entries: Entry[]): SheetSums {
	const rows = entries.map((entry) => ({ entry, ...sideOf(entry) }));
	const sum = (values: (number | undefined)[]) =>
		values.reduce<number>((total, value) => total + (value ?? 0), 0);
	const [inVnd, outVnd] = [sum(rows.map((row) => row.inVnd)), sum(rows.map((row) => row.outVnd))];
	const changeVnd = sum(entries.map((entry) => entry.changeVnd));
	return { rows, inVnd, outVnd, openedVnd: changeVnd - inVnd + outVnd };
}

export type Held = { cashVnd: number; bankVnd: number };

/** Where a month stands: `running` has not ended, `open` has ended and is not closed. */
export type MonthState = 'running' | 'open' | 'closed';

export type ReadySheet = SheetSums & {
	state: 'ready';
	month: MonthState;
	opening: Held;
	closing: Held;
	/** How long the book is at the end of the month. */
	lastSequence: number;
	/** The newest checkpoint, and its codes as they are typed and scanned. */
	checkpoint: CheckpointTable;
	typed: string;
	scanned: string;
};

/** A sheet, or the one reason why there is none (yet). */
export type BoardSheet =
	| ReadySheet
	| { state: 'future' }
	| { state: 'before'; firstMonth: string | undefined }
	| { state: 'tooLong'; count: number }
	| { state: 'uncovered'; size: number; last: Entry | undefined }
	| { state: 'changed' };

/** True when a row says nothing but what its leaf says; `salt` is that of its text, which may be erased. */
export function isRowOfLeaf(entry: Entry, salt: string): boolean {
	const leaf = JSON.parse(entry.canonical) as Record<string, unknown> & { postings: Posting[] };
	const { id, sequence, kind, bookedOn, cashAfterVnd, bankAfterVnd, textHash } = entry;
	const shown = { id, sequence, kind, bookedOn, cashAfterVnd, bankAfterVnd, textHash };
	return (
		Object.entries(shown).every(([key, value]) => leaf[key] === value) &&
		leaf['voucher'] === (voucherName(entry) ?? null) &&
		leaf['reverses'] === entry.reversesEntryId &&
		moneyChange(leaf.postings) === entry.changeVnd &&
		(entry.text === null || hashText(salt, entry.text) === textHash)
	);
}
