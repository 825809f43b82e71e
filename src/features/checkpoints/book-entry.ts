// One line of a book as docs/ledger-format.md writes it. Reading it is strict: any other way to write it is refused.
import { createLineScanner, literalOf, signsOf, type Uuid } from './line-scanner.ts';

/** What the checks need of one entry; amounts in đồng, dates as the number YYYYMMDD. */
export type BookEntry = {
	id: Uuid;
	fund: string;
	sequence: number;
	kind: string;
	happenedOn: number;
	bookedOn: number;
	reverses: Uuid | undefined;
	voucher: { isReceipt: boolean; year: number; number: number } | undefined;
	/** What it adds to cash and to bank, by its postings. */
	cashVnd: number;
	bankVnd: number;
	postingCount: number;
	postingSumVnd: number;
	cashAfterVnd: number;
	bankAfterVnd: number;
	allocations: { income: Uuid; amountVnd: number }[];
};

// Keys in the order of their code units, as canonical JSON has them, each with what stands before its value.
const KEYS = {
	allocations: literalOf('{"allocations":['),
	bankAfterVnd: literalOf('],"bankAfterVnd":'),
	bookedOn: literalOf(',"bookedOn":"'),
	cashAfterVnd: literalOf('","cashAfterVnd":'),
	fund: literalOf(',"form":"ngoi-nha-xanh/entry/v1","fund":"'),
	happenedOn: literalOf('","happenedOn":"'),
	id: literalOf('","id":'),
	kind: literalOf(',"kind":"'),
	postings: literalOf('","postings":['),
	recordedAt: literalOf('],"recordedAt":'),
	recordedBy: literalOf(',"recordedBy":"'),
	reverses: literalOf('","reverses":'),
	sequence: literalOf(',"sequence":'),
	sourceHash: literalOf(',"sourceHash":"'),
	sourceId: literalOf('","sourceId":"'),
	sourceKind: literalOf('","sourceKind":"'),
	textHash: literalOf('","textHash":"'),
	transfer: literalOf('","transfer":'),
	voucher: literalOf(',"voucher":'),
	end: literalOf('}'),
};
const ITEM = {
	first: literalOf('{"amountVnd":'),
	next: literalOf(',{"amountVnd":'),
	income: literalOf(',"incomeEntryId":'),
	credit: literalOf(',"credit":"'),
	debit: literalOf('","debit":"'),
	end: literalOf('}'),
	endOfText: literalOf('"}'),
};
const [NULL, RECEIPT, PAYMENT] = [literalOf('null'), literalOf('"PT-'), literalOf('"PC-')];
const [SLASH, QUOTE] = [literalOf('/'), literalOf('"')];

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const WORD = signsOf(LOWER, '_-');
const CODE = signsOf(`${LOWER.toUpperCase()}0123456789`, '-');
/** Visible ASCII but the quote and the backslash. */
const ID = signsOf(
	Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index))
		.join('')
		.replace(/["\\]/g, ''),
);

const scan = createLineScanner();

const readUuidOrNull = (): Uuid | undefined => (scan.skipIf(NULL) ? undefined : scan.quotedUuid());

function readAllocations(): BookEntry['allocations'] {
	const allocations: BookEntry['allocations'] = [];
	while (scan.isNext(allocations.length === 0 ? ITEM.first : ITEM.next)) {
		const amountVnd = scan.whole();
		scan.skip(ITEM.income);
		allocations.push({ income: scan.quotedUuid(), amountVnd });
		scan.skip(ITEM.end);
	}
	return allocations;
}

function readPostings() {
	const sums = { cashVnd: 0, bankVnd: 0, postingCount: 0, postingSumVnd: 0, isRight: true };
	while (scan.isNext(sums.postingCount === 0 ? ITEM.first : ITEM.next)) {
		const amountVnd = scan.whole();
		scan.skip(ITEM.credit);
		const credit = scan.word(WORD);
		scan.skip(ITEM.debit);
		const debit = scan.word(WORD);
		scan.skip(ITEM.endOfText);
		if (amountVnd === 0 || credit === debit) sums.isRight = false;
		if (debit === 'cash') sums.cashVnd += amountVnd;
		if (debit === 'bank') sums.bankVnd += amountVnd;
		if (credit === 'cash') sums.cashVnd -= amountVnd;
		if (credit === 'bank') sums.bankVnd -= amountVnd;
		sums.postingCount += 1;
		sums.postingSumVnd += amountVnd;
	}
	return sums;
}

function readVoucher(): BookEntry['voucher'] {
	if (scan.skipIf(NULL)) return undefined;
	const isReceipt = scan.skipIf(RECEIPT);
	if (!isReceipt) scan.skip(PAYMENT);
	const year = scan.digits(4, 4);
	scan.skip(SLASH);
	const number = scan.digits(4, 9);
	scan.skip(QUOTE);
	return { isReceipt, year, number };
}

/** Reads the line that stands between two places; undefined when it is not in the one form that the format knows. */
export function parseBookEntry(bytes: Uint8Array, from = 0, end = bytes.length): BookEntry | undefined {
	scan.begin(bytes, from, end);
	scan.skip(KEYS.allocations);
	const allocations = readAllocations();
	scan.skip(KEYS.bankAfterVnd);
	const bankAfterVnd = scan.whole();
	scan.skip(KEYS.bookedOn);
	const bookedOn = scan.day();
	scan.skip(KEYS.cashAfterVnd);
	const cashAfterVnd = scan.whole();
	scan.skip(KEYS.fund);
	const fund = scan.word(CODE);
	scan.skip(KEYS.happenedOn);
	const happenedOn = scan.day();
	scan.skip(KEYS.id);
	const id = scan.quotedUuid();
	scan.skip(KEYS.kind);
	const kind = scan.word(WORD);
	scan.skip(KEYS.postings);
	const { cashVnd, bankVnd, postingCount, postingSumVnd, isRight } = readPostings();
	scan.skip(KEYS.recordedAt);
	scan.whole();
	scan.skip(KEYS.recordedBy);
	scan.pass(ID);
	scan.skip(KEYS.reverses);
	const reverses = readUuidOrNull();
	scan.skip(KEYS.sequence);
	const sequence = scan.whole();
	scan.skip(KEYS.sourceHash);
	scan.hex(64);
	scan.skip(KEYS.sourceId);
	scan.pass(ID);
	scan.skip(KEYS.sourceKind);
	scan.pass(WORD);
	scan.skip(KEYS.textHash);
	scan.hex(64);
	scan.skip(KEYS.transfer);
	readUuidOrNull();
	scan.skip(KEYS.voucher);
	const voucher = readVoucher();
	scan.skip(KEYS.end);
	if (!scan.finish() || !isRight) return undefined;
	return {
		id,
		fund,
		sequence,
		kind,
		happenedOn,
		bookedOn,
		reverses,
		voucher,
		cashVnd,
		bankVnd,
		postingCount,
		postingSumVnd,
		cashAfterVnd,
		bankAfterVnd,
		allocations,
	};
}
