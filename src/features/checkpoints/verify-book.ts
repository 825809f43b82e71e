// What can be found out of a downloaded book: whether it keeps its rules, and which tree its lines make.
import { createBookCheck, type BookProblem } from './book-check.ts';
import { parseBookEntry } from './book-entry.ts';
import { listLeaves, readLeaves, type Leaves } from './book-lines.ts';
import { createBookTree } from './book-tree.ts';
import type { Hash, Hasher } from './merkle.ts';

type Pieces = AsyncIterable<Uint8Array>;
type Progress = (rows: number) => void;

export type RulesResult = {
	fund: string;
	count: number;
	postingCount: number;
	cashVnd: number;
	bankVnd: number;
	/** The first row that breaks a rule, and which. */
	problem: { row: number; rule: BookProblem; line: string } | undefined;
};
export type TreeResult = { size: number; root: Hash; roots: Map<number, Hash> };

const decode = (line: Uint8Array): string => new TextDecoder().decode(line);

/** Reads rules row by row, and stops at the first row that breaks one. */
function createRulesReader() {
	const check = createBookCheck();
	let problem: RulesResult['problem'];
	return {
		/** Takes the next lines as their leaves, each 0x00 and its bytes; false from the first wrong one on. */
		add({ bytes, ends }: Leaves): boolean {
			let from = 0;
			for (const end of ends) {
				if (problem) break;
				const rule = check.add(parseBookEntry(bytes, from + 1, end));
				if (rule) problem = { row: check.state.count + 1, rule, line: decode(bytes.subarray(from + 1, end)) };
				from = end;
			}
			return problem === undefined;
		},
		result: (): RulesResult => ({ ...check.state, problem }),
	};
}

/** Whether a book keeps its rules. */
export async function verifyRules(pieces: Pieces, onProgress: Progress = () => {}): Promise<RulesResult> {
	const rules = createRulesReader();
	let rows = 0;
	for await (const leaves of readLeaves(pieces)) {
		if (!rules.add(leaves)) break;
		onProgress((rows += leaves.ends.length));
	}
	return rules.result();
}

/** The tree that a book's lines make, with its roots at the sizes that are asked for. */
export async function verifyTree(
	pieces: Pieces,
	hasher: Hasher,
	sizes: readonly number[],
	onProgress: Progress = () => {},
): Promise<TreeResult> {
	const tree = createBookTree(hasher, sizes);
	let rows = 0;
	for await (const leaves of readLeaves(pieces)) {
		await tree.add(listLeaves(leaves));
		onProgress((rows += leaves.ends.length));
	}
	return tree.finish();
}

/** Both in one pass, for a reader that gets the book once. */
export async function verifyBook(
	pieces: Pieces,
	hasher: Hasher,
	sizes: readonly number[],
	onProgress: Progress,
): Promise<{ rules: RulesResult; tree: TreeResult }> {
	const rules = createRulesReader();
	const tree = createBookTree(hasher, sizes);
	let rows = 0;
	for await (const leaves of readLeaves(pieces)) {
		rules.add(leaves);
		await tree.add(listLeaves(leaves));
		onProgress((rows += leaves.ends.length));
	}
	return { rules: rules.result(), tree: await tree.finish() };
}
