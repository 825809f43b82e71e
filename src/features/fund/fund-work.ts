// What waits in a fund for one of its people.
import type { CashCountTable, EntryReversalTable, JournalEntryTable, StatementTable } from '#db/schema.ts';

type OfFund<Row> = Row & { fundNameVi: string; fundNameEn: string };

/** One thing of a fund that waits for this person; the page says it in words. */
export type WaitingWork =
	| { kind: 'statement'; href: string; statement: OfFund<StatementTable> }
	| { kind: 'count'; href: string; count: OfFund<CashCountTable> }
	| {
			kind: 'reversal';
			href: string;
			reversal: OfFund<EntryReversalTable & { originalKind: JournalEntryTable['kind']; amountVnd: number }>;
	  }
	| { kind: 'month'; href: string; month: string; fund: { nameVi: string; nameEn: string } };
