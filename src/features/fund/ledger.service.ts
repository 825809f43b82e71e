// The only door into the ledger. Every function runs inside its caller's transaction.
import { randomBytes } from 'node:crypto';
import type { JournalEntryTable } from '#db/schema.ts';
import { isUniqueViolation, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex, type Canonical } from '#lib/hash.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
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
	listTransferParts,
} from './fund.repository.ts';
import type { Entry } from './fund.ts';
import {
	CHART,
	allocate,
	canonicalEntry,
	changeOf,
	checkBookedOrder,
	checkDates,
	checkPostings,
	hashText,
	moneyChange,
	orderIncomes,
	voucherKindOf,
	voucherName,
	type Allocation,
	type EntryKind,
	type EntryText,
	type Posting,
	type Purpose,
	type Voucher,
} from './ledger.ts';
import { findLastMonthAct } from './month-close.repository.ts';
import { checkMonthOpen } from './month-close.ts';

export type NewFund = {
	id: string;
	code: string;
	nameVi: string;
	nameEn: string;
	/** Who stewards it. Without an area it gathers what this organisation's own house earns. */
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
		kind: JournalEntryTable['sourceKind'];
		id: string;
		content: Canonical;
	};
	postings: Posting[];
	text: EntryText;
	reversesEntryId?: string;
	/** Shared by a sale and the entries that give other funds their part of it. */
	transferId?: string | null;
	/** The income that an outflow takes from before any other. */
	spendsFirst?: string;
	/** What a payment is for: gifts that were given for that are taken first. */
	purpose?: Purpose;
};

export type PostedEntry = Voucher & {
	id: string;
	sequence: number;
	/** `PT-2026/0147`; none for an opening balance, a reversal or a move between cash and bank. */
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
		existing.transferId === (input.transferId ?? null) &&
		existing.textHash === hashText(salt, canonicalJson(input.text)) &&
		canonicalJson(await listPostings(trx, existing.id)) === canonicalJson(input.postings)
	);
}

/**
 * Appends one entry to a fund's book: takes the fund's lock, the next sequence and voucher number, and says what
 * cash and bank hold after it. What leaves the fund names the incomes that it spends, first in, first out.
 * The same id with the same content changes nothing. Refuses with 409 what the cash does not cover, what would spend
 * a gift on another purpose, a closed month, a day before the last entry's and an id that stands for something else,
 * with 422 a date in the future.
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
	checkMonthOpen(await findLastMonthAct(trx, fund.id), input.bookedOn);

	const last = await findLastEntry(trx, fund.id);
	checkBookedOrder(last?.bookedOn, input.bookedOn);
	const sequence = (last?.sequence ?? 0) + 1;
	const cashAfterVnd = (last?.cashAfterVnd ?? 0) + changeOf('cash', input.postings);
	const bankAfterVnd = (last?.bankAfterVnd ?? 0) + changeOf('bank', input.postings);
	if (cashAfterVnd < 0 || bankAfterVnd < 0) {
		const key = cashAfterVnd < 0 ? 'cashBelowZero' : 'bankBelowZero';
		throw new DomainError('CONFLICT', key, { field: 'amountVnd' });
	}
	const changeVnd = moneyChange(input.postings);
	const allocations = await allocateOutflow(trx, input, changeVnd);

	const voucherKind = voucherKindOf(input.kind, changeVnd);
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
		transfer: input.transferId ?? null,
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
		transferId: input.transferId ?? null,
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
	const incomes = orderIncomes(await listIncomeRests(trx, input.fundId), {
		kind: input.kind,
		purpose: input.purpose,
		first: input.reversesEntryId ?? input.spendsFirst,
	});
	const allocations = allocate(-changeVnd, incomes);
	if (allocations) return allocations;
	// Cash and bank hold enough, so what is missing was given for something else.
	const freeVnd = incomes.reduce((sum, income) => sum + income.restVnd, 0);
	throw new DomainError('CONFLICT', 'moneyTied', { field: 'amountVnd', values: { free: freeVnd } });
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
 * had spent; a reversed income is taken from what is unspent. Reversing a sale takes back first what other funds got
 * of it. The same id for the same reversal changes nothing. 404 for an unknown entry; 409 for a reversal, for an entry
 * reversed before, for a part of a transfer and for what the cash does not cover, also in a fund that got its part.
 */
export async function reverseEntry(trx: Trx, input: ReversalInput, now: number): Promise<PostedEntry> {
	const found = await findEntry(trx, input.entryId);
	if (!found) throw new DomainError('NOT_FOUND', 'unknownEntry');
	if (found.kind === 'transfer_out' || found.kind === 'transfer_in')
		throw new DomainError('CONFLICT', 'transferWithItsSale');
	const parts = found.transferId === null ? [] : await listTransferParts(trx, found.transferId);
	const fundIds = new Set([found.fundId, ...parts.map((part) => part.fundId)]);
	for (const fundId of [...fundIds].sort()) await lockRow(trx, 'fund', fundId);
	const isDone = (await findEntry(trx, found.id))!.reversedById !== null;
	if (!isDone && found.kind !== 'reversal')
		for (const part of parts) await takeBack(trx, part, { ...input, id: uuidv7(now), entryId: part.id }, now);
	return reverseOne(trx, input, now);
}

/** What a fund got of a sale goes back; when it has spent it, the sale stands. */
async function takeBack(trx: Trx, part: Entry, input: ReversalInput, now: number): Promise<void> {
	try {
		await reverseOne(trx, input, now);
	} catch (error) {
		if (!(error instanceof DomainError) || error.key !== 'cashBelowZero') throw error;
		throw new DomainError('CONFLICT', 'sharedMoneySpent', { values: { fund: part.fundCode } });
	}
}

async function reverseOne(trx: Trx, input: ReversalInput, now: number): Promise<PostedEntry> {
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
			fundId: original.fundId,
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
			transferId: original.transferId,
		},
		now,
	);
}
