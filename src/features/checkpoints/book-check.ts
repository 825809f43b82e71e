// The rules of a book, entry by entry from the first: shared by the verify page and the command line.
import type { BookEntry } from './book-entry.ts';

/** Which rule an entry breaks; the sentence is the reader's. */
export type BookProblem =
	'form' | 'order' | 'dates' | 'amount' | 'balance' | 'voucher' | 'sameId' | 'reversal' | 'allocation';

const INTS = 4;
const [HYPHEN, ZERO, NINE, LETTER_A] = [45, 48, 57, 97];

/** Finds the place of a UUID among many without keeping texts: 20 bytes each. */
function createUuidIndex() {
	let capacity = 1024;
	let keys = new Int32Array(capacity * INTS);
	let values = new Int32Array(capacity);
	let count = 0;
	const parts = new Int32Array(INTS);

	/** Reads the 32 hexadecimal digits; a text cut out of its line would keep the whole line in memory. */
	const read = (uuid: string) => {
		let digits = 0;
		for (let at = 0; at < uuid.length; at += 1) {
			const code = uuid.charCodeAt(at);
			if (code === HYPHEN) continue;
			const part = digits >> 3;
			parts[part] = (parts[part]! << 4) | (code > NINE ? code - LETTER_A + 10 : code - ZERO);
			digits += 1;
		}
	};
	/** The slot that holds the read UUID, or the free one where it belongs. */
	const slotOf = (): number => {
		let slot = Math.imul(parts[0]! ^ Math.imul(parts[3]!, 0x9e3779b1), 0x85ebca6b) >>> 0;
		for (slot %= capacity; values[slot] !== 0; slot = (slot + 1) % capacity) {
			const key = slot * INTS;
			if (
				keys[key] === parts[0] &&
				keys[key + 1] === parts[1] &&
				keys[key + 2] === parts[2] &&
				keys[key + 3] === parts[3]
			)
				break;
		}
		return slot;
	};
	const put = (value: number) => {
		const slot = slotOf();
		if (values[slot] !== 0) return false;
		keys.set(parts, slot * INTS);
		values[slot] = value;
		return true;
	};
	const grow = () => {
		const [oldKeys, oldValues] = [keys, values];
		capacity *= 2;
		keys = new Int32Array(capacity * INTS);
		values = new Int32Array(capacity);
		for (let slot = 0; slot < oldValues.length; slot += 1) {
			if (oldValues[slot] === 0) continue;
			parts.set(oldKeys.subarray(slot * INTS, slot * INTS + INTS));
			put(oldValues[slot]!);
		}
	};
	return {
		/** Keeps a number from 1 on under a UUID; false when it has one. */
		add(uuid: string, value: number): boolean {
			if (count * 2 >= capacity) grow();
			read(uuid);
			if (!put(value)) return false;
			count += 1;
			return true;
		},
		/** The number, or 0. */
		find(uuid: string): number {
			read(uuid);
			return values[slotOf()]!;
		},
	};
}

const grown = (array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
	const larger = new Float64Array(array.length * 2);
	larger.set(array);
	return larger;
};

/** A check that takes a book's entries in their order and says what the first wrong one breaks. */
export function createBookCheck() {
	const index = createUuidIndex();
	// By sequence: what the entry adds to the fund's money, what is unspent of it, and how much its postings move.
	let columns = {
		cash: new Float64Array(1024),
		bank: new Float64Array(1024),
		rest: new Float64Array(1024),
		sum: new Float64Array(1024),
	};
	const reversed = new Map<number, number>();
	const reversals = new Set<number>();
	/** What each outflow took, while it may still be given back. */
	const spent = new Map<number, { income: number; amountVnd: number }[]>();
	const vouchers = new Map<string, number>();
	const state = { fund: '', count: 0, cashVnd: 0, bankVnd: 0, postingCount: 0 };

	function checkVoucher({ voucher, bookedOn }: BookEntry): boolean {
		if (!voucher) return true;
		const series = `${voucher.kind}-${voucher.year}`;
		if (voucher.number !== (vouchers.get(series) ?? 0) + 1) return false;
		vouchers.set(series, voucher.number);
		return voucher.year === Number(bookedOn.slice(0, 4));
	}

	function checkReversal(entry: BookEntry): boolean {
		if ((entry.kind === 'reversal') !== (entry.reverses !== undefined)) return false;
		if (entry.reverses === undefined) return true;
		const original = index.find(entry.reverses);
		if (original === 0 || reversed.has(original) || reversals.has(original)) return false;
		reversed.set(original, entry.sequence);
		reversals.add(entry.sequence);
		for (const { income, amountVnd } of spent.get(original) ?? []) columns.rest[income]! += amountVnd;
		return (
			columns.cash[original] === -entry.cashVnd &&
			columns.bank[original] === -entry.bankVnd &&
			columns.sum[original] === entry.postingSumVnd
		);
	}

	function checkAllocations(entry: BookEntry): boolean {
		const outflow = Math.max(0, -(entry.cashVnd + entry.bankVnd));
		let sum = 0;
		const taken: { income: number; amountVnd: number }[] = [];
		for (const { income: id, amountVnd } of entry.allocations) {
			const income = index.find(id);
			if (income === 0 || reversals.has(income) || amountVnd === 0 || columns.rest[income]! < amountVnd)
				return false;
			columns.rest[income]! -= amountVnd;
			taken.push({ income, amountVnd });
			sum += amountVnd;
		}
		if (taken.length > 0) spent.set(entry.sequence, taken);
		return sum === outflow;
	}

	return {
		state,
		/** Takes the next entry; returns what it breaks, after which nothing more is to be added. */
		add(entry: BookEntry | undefined): BookProblem | undefined {
			if (!entry) return 'form';
			if (state.count === 0) state.fund = entry.fund;
			if (entry.sequence !== state.count + 1 || entry.fund !== state.fund) return 'order';
			if (entry.happenedOn > entry.bookedOn) return 'dates';
			if (entry.postingCount === 0 || !Number.isSafeInteger(entry.postingSumVnd)) return 'amount';
			const { sequence, cashVnd, bankVnd } = entry;
			if (state.cashVnd + cashVnd !== entry.cashAfterVnd) return 'balance';
			if (state.bankVnd + bankVnd !== entry.bankAfterVnd) return 'balance';
			if (!checkVoucher(entry)) return 'voucher';
			if (!index.add(entry.id, sequence)) return 'sameId';
			if (sequence >= columns.cash.length) {
				const { cash, bank, rest, sum } = columns;
				columns = { cash: grown(cash), bank: grown(bank), rest: grown(rest), sum: grown(sum) };
			}
			columns.cash[sequence] = cashVnd;
			columns.bank[sequence] = bankVnd;
			columns.sum[sequence] = entry.postingSumVnd;
			if (!checkReversal(entry)) return 'reversal';
			if (!checkAllocations(entry)) return 'allocation';
			if (!entry.reverses) columns.rest[sequence] = Math.max(0, cashVnd + bankVnd);
			state.count = sequence;
			state.cashVnd = entry.cashAfterVnd;
			state.bankVnd = entry.bankAfterVnd;
			state.postingCount += entry.postingCount;
			return undefined;
		},
	};
}

export type BookCheck = ReturnType<typeof createBookCheck>;
