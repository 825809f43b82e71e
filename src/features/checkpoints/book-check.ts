// The rules of a book, entry by entry from the first: shared by the verify page and the command line.
import type { BookEntry } from './book-entry.ts';
import { createUuidIndex } from './uuid-index.ts';

/** Which rule an entry breaks; the sentence is the reader's. */
export type BookProblem =
	'form' | 'order' | 'dates' | 'amount' | 'balance' | 'voucher' | 'sameId' | 'reversal' | 'allocation';

/** Numbers by their place, 0 where none was put; it grows as it must. */
function createColumn() {
	let values = new Float64Array(1024);
	return {
		get: (at: number): number => values[at] ?? 0,
		set(at: number, value: number): void {
			if (at >= values.length) {
				const larger = new Float64Array(Math.max(values.length * 2, at + 1));
				larger.set(values);
				values = larger;
			}
			values[at] = value;
		},
	};
}

/** A check that takes a book's entries in their order and says what the first wrong one breaks. */
export function createBookCheck() {
	const index = createUuidIndex();
	// By sequence: what the entry adds to the fund's money, and how much its postings move.
	const [cash, bank, sum] = [createColumn(), createColumn(), createColumn()];
	/** By sequence: what is unspent of it. */
	const rest = createColumn();
	/** By sequence, 1 where it holds: whether it is a reversal, and whether it was reversed. */
	const [isReversal, isReversed] = [createColumn(), createColumn()];
	// What outflows took, one after the other, and by sequence which of it is theirs.
	const taken = { income: createColumn(), amountVnd: createColumn(), from: createColumn(), count: 0 };
	/** The last number of each series. */
	const vouchers = new Map<number, number>();
	const state = { fund: '', count: 0, cashVnd: 0, bankVnd: 0, postingCount: 0 };

	function checkVoucher({ voucher, bookedOn }: BookEntry): boolean {
		if (!voucher) return true;
		const series = voucher.year * 2 + (voucher.isReceipt ? 1 : 0);
		if (voucher.number !== (vouchers.get(series) ?? 0) + 1) return false;
		vouchers.set(series, voucher.number);
		return voucher.year === Math.floor(bookedOn / 10_000);
	}

	function checkReversal(entry: BookEntry): boolean {
		if ((entry.kind === 'reversal') !== (entry.reverses !== undefined)) return false;
		if (entry.reverses === undefined) return true;
		const original = index.find(entry.reverses);
		if (original === 0 || original === entry.sequence) return false;
		if (isReversed.get(original) || isReversal.get(original)) return false;
		isReversed.set(original, 1);
		isReversal.set(entry.sequence, 1);
		for (let at = taken.from.get(original); at < taken.from.get(original + 1); at += 1) {
			const income = taken.income.get(at);
			rest.set(income, rest.get(income) + taken.amountVnd.get(at));
		}
		return (
			cash.get(original) === -entry.cashVnd &&
			bank.get(original) === -entry.bankVnd &&
			sum.get(original) === entry.postingSumVnd
		);
	}

	function checkAllocations({ cashVnd, bankVnd, allocations }: BookEntry): boolean {
		let missing = Math.max(0, -(cashVnd + bankVnd));
		for (const { income: id, amountVnd } of allocations) {
			const income = index.find(id);
			const left = rest.get(income);
			if (income === 0 || isReversal.get(income) || amountVnd === 0 || left < amountVnd) return false;
			rest.set(income, left - amountVnd);
			taken.income.set(taken.count, income);
			taken.amountVnd.set(taken.count, amountVnd);
			taken.count += 1;
			missing -= amountVnd;
		}
		return missing === 0;
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
			if (!index.add(entry.id)) return 'sameId';
			cash.set(sequence, cashVnd);
			bank.set(sequence, bankVnd);
			sum.set(sequence, entry.postingSumVnd);
			taken.from.set(sequence, taken.count);
			if (!checkReversal(entry)) return 'reversal';
			if (!checkAllocations(entry)) return 'allocation';
			if (!entry.reverses) rest.set(sequence, Math.max(0, cashVnd + bankVnd));
			state.count = sequence;
			state.cashVnd = entry.cashAfterVnd;
			state.bankVnd = entry.bankAfterVnd;
			state.postingCount += entry.postingCount;
			return undefined;
		},
	};
}
