// The only door into the ledger. Every function runs inside its caller's transaction.
import { randomBytes } from 'node:crypto';
import type { JournalEntryTable } from '#db/schema.ts';
import { isUniqueViolation, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex, type Canonical } from '#lib/hash.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import {
	findEntry,
	findFund,
	findLastEntry,
	findLastVoucher,
	findSalt,
	insertEntry,
	insertFund,
	listIncomeRests,
	listPostings,
} from './fund.repository.ts';
import type { Entry } from './fund.ts';
import {
	CHART,
	allocate,
	canonicalEntry,
	changeOf,
	checkDates,
	checkPostings,
	hashText,
	moneyChange,
	voucherKindOf,
	voucherName,
	type Allocation,
	type EntryKind,
	type EntryText,
	type Posting,
	type Voucher,
} from './ledger.ts';

export type NewFund = {
	id: string;
	code: string;
	nameVi: string;
	nameEn: string;
	organisationId: string | null;
	/** The ward whose houses' sales it gathers. */
	adminUnitId: string | null;
	isSample: 0 | 1;
};

/** Opens a fund with its chart of accounts. */
export async function openFund(trx: Trx, fund: NewFund, now: number): Promise<void> {
	await insertFund(trx, { ...fund, createdAt: now }, CHART);
}

export type EntryInput = {
	/** Minted by the caller; one source has one entry. */
	id: string;
	fundId: string;
	kind: EntryKind;
	happenedOn: LocalDate;
	bookedOn: LocalDate;
	/** The role grant in which it was recorded; never a person. */
	recordedBy: string;
	/** Where it comes from; `content` is hashed without salt, so nothing that can be guessed and is private goes in. */
	source: {
		kind: 'scrap_sale' | 'disbursement' | 'journal_entry' | 'statement';
		id: string;
		content: Canonical;
	};
	postings: Posting[];
	text: EntryText;
	reversesEntryId?: string;
};

export type PostedEntry = Voucher & {
	id: string;
	sequence: number;
	/** `PT-2026/0147`; none for an opening balance or a reversal. */
	voucher: string | undefined;
};

/** How an entry stands in the book: its place and its voucher's number. */
const toPosted = ({
	id,
	sequence,
	voucherKind,
	voucherYear,
	voucherNumber,
}: Voucher & { id: string; sequence: number }): PostedEntry => ({
	id,
	sequence,
	voucherKind,
	voucherYear,
	voucherNumber,
	voucher: voucherName({ voucherKind, voucherYear, voucherNumber }),
});

/** An entry that was posted before, for a retry that finds its work done. Throws RangeError when there is none. */
export async function getPosted(db: Db, entryId: string): Promise<PostedEntry> {
	const entry = await findEntry(db, entryId);
	if (!entry) throw new RangeError(`no entry ${entryId}`);
	return toPosted(entry);
}

/** True when the stored entry says everything that the caller chose; an erased text is known by its hash. */
async function isSameEntry(
	trx: Trx,
	existing: Entry,
	input: EntryInput,
	sourceHash: string,
): Promise<boolean> {
	const salt = await findSalt(trx, existing.id);
	return (
		existing.fundId === input.fundId &&
		existing.kind === input.kind &&
		existing.happenedOn === input.happenedOn &&
		existing.bookedOn === input.bookedOn &&
		existing.recordedBy === input.recordedBy &&
		existing.sourceKind === input.source.kind &&
		existing.sourceId === input.source.id &&
		existing.sourceHash === sourceHash &&
		existing.reversesEntryId === (input.reversesEntryId ?? null) &&
		existing.textHash === hashText(salt, canonicalJson(input.text)) &&
		canonicalJson(await listPostings(trx, existing.id)) === canonicalJson(input.postings)
	);
}

/**
 * Appends one entry to a fund's book: takes the fund's lock, the next sequence and voucher number, and says what
 * cash and bank hold after it. What leaves the fund names the incomes that it spends, first in, first out.
 * The same id with the same content changes nothing. Refuses with 409 what the cash does not cover
 * and an id that stands for something else, with 422 a date in the future.
 */
export async function postEntry(trx: Trx, input: EntryInput, now: number): Promise<PostedEntry> {
	const fund = (await lockRow(trx, 'fund', input.fundId)) && (await findFund(trx, input.fundId));
	if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund');
	const sourceHash = sha256Hex(canonicalJson(input.source.content));
	const existing = await findEntry(trx, input.id);
	if (existing) {
		if (await isSameEntry(trx, existing, input, sourceHash)) return toPosted(existing);
		throw new DomainError('CONFLICT', 'sameIdOtherContent', { field: 'id' });
	}
	checkPostings(input.kind, input.postings);
	checkDates(input.happenedOn, input.bookedOn, toLocalDate(now));

	const last = await findLastEntry(trx, fund.id);
	const sequence = (last?.sequence ?? 0) + 1;
	const cashAfterVnd = (last?.cashAfterVnd ?? 0) + changeOf('cash', input.postings);
	const bankAfterVnd = (last?.bankAfterVnd ?? 0) + changeOf('bank', input.postings);
	if (cashAfterVnd < 0 || bankAfterVnd < 0)
		throw new DomainError('CONFLICT', 'cashBelowZero', { field: 'amountVnd' });
	const changeVnd = moneyChange(input.postings);
	const allocations = await allocateOutflow(trx, input, changeVnd);

	const voucherKind = voucherKindOf(input.kind);
	const voucherYear = voucherKind && Number(input.bookedOn.slice(0, 4));
	const voucherNumber =
		voucherKind && voucherYear ? (await findLastVoucher(trx, fund.id, voucherKind, voucherYear)) + 1 : null;
	const posted = toPosted({ id: input.id, sequence, voucherKind, voucherYear, voucherNumber });
	const salt = randomBytes(16).toString('hex');
	const text = canonicalJson(input.text);
	const textHash = hashText(salt, text);
	const canonical = canonicalEntry({
		id: input.id,
		fund: fund.code,
		sequence,
		kind: input.kind,
		happenedOn: input.happenedOn,
		bookedOn: input.bookedOn,
		recordedAt: now,
		recordedBy: input.recordedBy,
		sourceKind: input.source.kind,
		sourceId: input.source.id,
		sourceHash,
		reverses: input.reversesEntryId ?? null,
		voucher: posted.voucher ?? null,
		transfer: null,
		postings: input.postings,
		allocations,
		cashAfterVnd,
		bankAfterVnd,
		textHash,
	});
	const row: JournalEntryTable = {
		id: input.id,
		fundId: fund.id,
		sequence,
		kind: input.kind,
		happenedOn: input.happenedOn,
		bookedOn: input.bookedOn,
		recordedAt: now,
		recordedBy: input.recordedBy,
		sourceKind: input.source.kind,
		sourceId: input.source.id,
		sourceHash,
		reversesEntryId: input.reversesEntryId ?? null,
		voucherKind,
		voucherYear,
		voucherNumber,
		postingCount: input.postings.length,
		changeVnd,
		cashAfterVnd,
		bankAfterVnd,
		transferId: null,
		textHash,
		canonical,
		isSample: fund.isSample,
	};
	try {
		await insertEntry(trx, row, { postings: input.postings, allocations, salt, text });
	} catch (error) {
		// The id was taken meanwhile under another fund's lock, or this source has its entry already.
		if (isUniqueViolation(error)) throw new DomainError('CONFLICT', 'sameIdOtherContent', { field: 'id' });
		throw error;
	}
	return posted;
}

/** Which incomes an outflow spends. Reversing an income takes its own rest first, then the next unspent. */
async function allocateOutflow(trx: Trx, input: EntryInput, changeVnd: number): Promise<Allocation[]> {
	if (changeVnd >= 0) return [];
	const rests = await listIncomeRests(trx, input.fundId);
	const own = rests.filter((rest) => rest.entryId === input.reversesEntryId);
	const others = rests.filter((rest) => rest.entryId !== input.reversesEntryId);
	const allocations = allocate(-changeVnd, [...own, ...others]);
	if (!allocations) throw new DomainError('CONFLICT', 'cashBelowZero', { field: 'amountVnd' });
	return allocations;
}

export type ReversalInput = {
	/** Minted by the caller. */
	id: string;
	entryId: string;
	/** The role grant in which it was decided. */
	recordedBy: string;
	/** Public, so without names. */
	reason: string;
	/** Today when it is left out. */
	bookedOn?: LocalDate;
};

/**
 * Reverses an entry once, by a new entry with its postings turned round. A reversed payment gives back what it
 * had spent; a reversed income is taken from what is unspent. The same id for the same reversal changes nothing.
 * 404 for an unknown entry; 409 for a reversal, for an entry reversed before and for what the cash does not cover.
 */
export async function reverseEntry(trx: Trx, input: ReversalInput, now: number): Promise<PostedEntry> {
	const fundId = (await findEntry(trx, input.entryId))?.fundId;
	if (fundId === undefined) throw new DomainError('NOT_FOUND', 'unknownEntry');
	await lockRow(trx, 'fund', fundId);
	const original = (await findEntry(trx, input.entryId))!;
	if (original.kind === 'reversal') throw new DomainError('CONFLICT', 'reversalOfReversal');
	const isRetry = original.reversedById === input.id;
	if (original.reversedById !== null && !isRetry) throw new DomainError('CONFLICT', 'alreadyReversed');
	const bookedOn = input.bookedOn ?? (isRetry ? original.reversedOn! : toLocalDate(now));
	const postings = await listPostings(trx, original.id);
	return postEntry(
		trx,
		{
			id: input.id,
			fundId,
			kind: 'reversal',
			happenedOn: bookedOn,
			bookedOn,
			recordedBy: input.recordedBy,
			// Not the reason: it is erasable, so only its salted hash may stay.
			source: {
				kind: 'journal_entry',
				id: original.id,
				content: { reverses: sha256Hex(original.canonical) },
			},
			postings: postings.map(({ debit, credit, amountVnd }) => ({ debit: credit, credit: debit, amountVnd })),
			text: { kind: 'reversal', reason: input.reason },
			reversesEntryId: original.id,
		},
		now,
	);
}
