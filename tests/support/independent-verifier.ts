// A second reading of docs/ledger-format.md that shares no code with the portal, slow and plain: it judges the portal's
// verifier, and the portal's verifier judges it.
import { createHash } from 'node:crypto';

const sha = (...parts: (Buffer | string)[]): Buffer => {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest();
};
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** Merkle tree hash of RFC 6962, 2.1. */
export function naiveRoot(lines: string[]): Buffer {
	if (lines.length === 0) return sha();
	if (lines.length === 1) return sha(LEAF, lines[0]!);
	let split = 1;
	while (split * 2 < lines.length) split *= 2;
	return sha(NODE, naiveRoot(lines.slice(0, split)), naiveRoot(lines.slice(split)));
}

const sortKeys = (value: unknown): unknown =>
	Array.isArray(value)
		? value.map(sortKeys)
		: value !== null && typeof value === 'object'
			? Object.fromEntries(
					Object.entries(value)
						.sort(([a], [b]) => (a < b ? -1 : 1))
						.map(([key, each]) => [key, sortKeys(each)]),
				)
			: value;

type Row = {
	id: string;
	fund: string;
	sequence: number;
	kind: string;
	happenedOn: string;
	bookedOn: string;
	reverses: string | null;
	voucher: string | null;
	postings: { amountVnd: number; credit: string; debit: string }[];
	allocations: { amountVnd: number; incomeEntryId: string }[];
	cashAfterVnd: number;
	bankAfterVnd: number;
};

const moved = (row: Row, account: string) =>
	row.postings.reduce(
		(sum, each) =>
			sum + (each.debit === account ? each.amountVnd : 0) - (each.credit === account ? each.amountVnd : 0),
		0,
	);

/** The number of the first row that breaks a rule, or 0. */
export function firstWrongRow(lines: string[]): number {
	const rows: Row[] = [];
	const rest = new Map<string, number>();
	const vouchers = new Map<string, number>();
	let [cash, bank] = [0, 0];
	for (const [at, line] of lines.entries()) {
		const wrong = at + 1;
		let row: Row;
		try {
			row = JSON.parse(line) as Row;
		} catch {
			return wrong;
		}
		if (JSON.stringify(sortKeys(row)) !== line) return wrong;
		if (row.sequence !== wrong || row.fund !== (rows[0] ?? row).fund) return wrong;
		if (rows.some((each) => each.id === row.id) || row.happenedOn > row.bookedOn) return wrong;
		if (row.postings.length === 0) return wrong;
		if (row.postings.some((each) => !(each.amountVnd > 0) || each.debit === each.credit)) return wrong;
		cash += moved(row, 'cash');
		bank += moved(row, 'bank');
		if (cash !== row.cashAfterVnd || bank !== row.bankAfterVnd || cash < 0 || bank < 0) return wrong;
		if (row.voucher !== null) {
			const [series, number] = row.voucher.split('/') as [string, string];
			if (series.slice(3) !== row.bookedOn.slice(0, 4)) return wrong;
			if (Number(number) !== (vouchers.get(series) ?? 0) + 1) return wrong;
			vouchers.set(series, Number(number));
		}
		const change = moved(row, 'cash') + moved(row, 'bank');
		if ((row.kind === 'reversal') !== (row.reverses !== null)) return wrong;
		if (row.reverses !== null) {
			const original = rows.find((each) => each.id === row.reverses);
			if (!original || original.kind === 'reversal') return wrong;
			if (rows.some((each) => each.reverses === original.id)) return wrong;
			if (moved(original, 'cash') !== -moved(row, 'cash')) return wrong;
			if (moved(original, 'bank') !== -moved(row, 'bank')) return wrong;
			for (const { incomeEntryId, amountVnd } of original.allocations)
				rest.set(incomeEntryId, rest.get(incomeEntryId)! + amountVnd);
		}
		let sum = 0;
		for (const { incomeEntryId, amountVnd } of row.allocations) {
			const left = rest.get(incomeEntryId);
			if (left === undefined || left < amountVnd || !(amountVnd > 0)) return wrong;
			rest.set(incomeEntryId, left - amountVnd);
			sum += amountVnd;
		}
		if (sum !== Math.max(0, -change)) return wrong;
		if (row.kind !== 'reversal') rest.set(row.id, Math.max(0, change));
		rows.push(row);
	}
	return 0;
}
