// A fund's book as files, page by page as somebody takes them.
import type { Db } from '#lib/db.ts';
import type { Translate } from '#lib/i18n.ts';
import { streamLines } from '#lib/stream-lines.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { findBookDays, listEntriesAfter, sumAccounts } from './book-export.repository.ts';
import { entryCsvHead, entryCsvLine } from './entry-csv.ts';
import { entryTitle, type Names } from './entry-title.ts';
import { listPostingsOf } from './fund.repository.ts';
import type { Fund } from './fund.ts';
import type { Posting } from './ledger.ts';
import { journalEntryText, journalHead, journalTail, type JournalFrame } from './plain-journal.ts';

/** What sentences need that stand in the files. */
export type Wording = { names: Names; t: Translate };

/** The whole book for a spreadsheet, oldest row first. */
export function streamEntryCsv(db: Db, fund: Fund, { names, t }: Wording): ReadableStream {
	const page = async (after: number, limit: number) =>
		(await listEntriesAfter(db, fund.id, { after, last: fund.entryCount, limit })).map((entry) =>
			entryCsvLine(entry, names, t),
		);
	return streamLines(page, { head: entryCsvHead(), end: '' });
}

/** The book for hledger and Beancount: whole, or the rows that are booked in a year. */
export async function streamJournal(
	db: Db,
	fund: Fund,
	year: number | undefined,
	{ names, t }: Wording,
): Promise<ReadableStream> {
	// Rows that are written while it is sent are not in it, so that its last lines are right.
	const last = fund.entryCount;
	const opened = toLocalDate(fund.createdAt);
	const days = (await findBookDays(db, fund.id)) ?? { first: opened, last: opened };
	const [from, to] = year === undefined ? [] : [`${year}-01-01`, `${year}-12-31`];
	const frame: JournalFrame = {
		fund: { code: fund.code, name: fund.nameVi, isSample: fund.isSample === 1 },
		...{ year, firstDay: days.first, lastDay: days.last },
		before: await sumAccounts(db, fund.id, { before: from ?? days.first, last }),
		after: await sumAccounts(db, fund.id, { before: addDays(to ?? days.last, 1), last }),
	};
	const types = new Map(frame.before.map(({ code, type }) => [code, type]));
	let after = 0;
	const page = async (_at: number, limit: number) => {
		const entries = await listEntriesAfter(db, fund.id, { after, last, limit, from, to });
		after = entries.at(-1)?.sequence ?? after;
		const ids = entries.map((entry) => entry.id);
		const postings = new Map<string, Posting[]>(ids.map((id) => [id, []]));
		for (const posting of await listPostingsOf(db, ids)) postings.get(posting.entryId)?.push(posting);
		return entries.map((entry) =>
			journalEntryText(fund.code, types, entry, entryTitle(entry, names, t), postings.get(entry.id)!),
		);
	};
	return streamLines(page, { head: journalHead(frame), tail: journalTail(frame), end: '' });
}
