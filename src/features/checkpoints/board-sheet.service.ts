// What a board's sheet may say: it is printed only when the tree that its code stands for covers every row on it.
import type { CheckpointTable } from '#db/schema.ts';
import { listEntries } from '#features/fund/fund.repository.ts';
import type { Entry, Fund } from '#features/fund/fund.ts';
import { findEntryUntil, findFirstMonth, findLastMonthAct } from '#features/fund/month-close.repository.ts';
import { closedThrough, lastDayOf } from '#features/fund/month-close.ts';
import type { Db } from '#lib/db.ts';
import { sha256All } from '#lib/hash.ts';
import { addDays, type LocalDate } from '#lib/time.ts';
import { isRowOfLeaf, MAX_SHEET_ROWS, sumSheet, type BoardSheet, type Held } from './board-sheet.ts';
import { findCheckpoint, listTexts } from './checkpoint.repository.ts';
import { isSameHash, leafMessage, rootOf, type ReadNode } from './merkle.ts';
import { scannedCode, typedCode } from './sheet-code.ts';
import { nodeReader } from './tree.repository.ts';

/** True when the checkpoint's tree still is that of the book. */
async function isStanding(read: ReadNode, checkpoint: CheckpointTable): Promise<boolean> {
	const root = await rootOf(sha256All, read, checkpoint.size).catch(() => new Uint8Array());
	return Buffer.from(root).toString('base64') === checkpoint.root;
}

/** True when every row is what its leaf says, and its leaf is the tree's. */
async function areRowsOfTree(db: Db, read: ReadNode, entries: Entry[]): Promise<boolean> {
	const [first] = entries;
	if (!first) return true;
	const texts = await listTexts(db, first.fundId, first.sequence - 1, entries.length);
	for (const [index, entry] of entries.entries()) {
		const text = texts[index];
		if (text?.sequence !== entry.sequence || !isRowOfLeaf(entry, text.salt)) return false;
		const [hash] = sha256All([leafMessage(Buffer.from(entry.canonical, 'utf8'))]);
		if (!isSameHash(hash!, await read(0, entry.sequence - 1))) return false;
	}
	return true;
}

const heldAfter = (entry: { cashAfterVnd: number; bankAfterVnd: number } | undefined): Held => ({
	cashVnd: entry?.cashAfterVnd ?? 0,
	bankVnd: entry?.bankAfterVnd ?? 0,
});

/**
 * A fund's month `YYYY-MM` as its sheet. Between the last row up to the day before and the last row of the month lie
 * its rows, as for the closing of months: no row is on two sheets, and none on no sheet.
 */
export async function readBoardSheet(
	db: Db,
	fund: Fund,
	month: string,
	today: LocalDate,
): Promise<BoardSheet> {
	const thisMonth = today.slice(0, 7);
	if (month > thisMonth) return { state: 'future' };
	const firstMonth = await findFirstMonth(db, fund.id);
	if (firstMonth === undefined || month < firstMonth) return { state: 'before', firstMonth };
	const begin = await findEntryUntil(db, fund.id, addDays(`${month}-01`, -1));
	const end = await findEntryUntil(db, fund.id, lastDayOf(month));
	const lastSequence = end?.sequence ?? 0;
	const count = lastSequence - (begin?.sequence ?? 0);
	if (count > MAX_SHEET_ROWS) return { state: 'tooLong', count };
	const entries =
		count === 0 ? [] : await listEntries(db, fund.id, { before: lastSequence + 1, limit: count });
	entries.reverse();
	const checkpoint = await findCheckpoint(db, fund.id);
	const read = nodeReader(db, fund.id);
	if (checkpoint && !(await isStanding(read, checkpoint))) return { state: 'changed' };
	if (!checkpoint || checkpoint.size < lastSequence)
		return { state: 'uncovered', size: checkpoint?.size ?? 0, last: entries.at(-1) };
	if (!(await areRowsOfTree(db, read, entries))) return { state: 'changed' };
	const root = Buffer.from(checkpoint.root, 'base64');
	const closed = closedThrough(await findLastMonthAct(db, fund.id));
	const isClosed = closed !== undefined && month <= closed;
	return {
		state: 'ready',
		month: month === thisMonth ? 'running' : isClosed ? 'closed' : 'open',
		...sumSheet(entries),
		opening: heldAfter(begin),
		closing: heldAfter(end),
		lastSequence,
		checkpoint,
		typed: typedCode(checkpoint.size, root),
		scanned: scannedCode(checkpoint.size, root),
	};
}
