import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Prints one figure beside its bar. */
export type Say = (what: string, figure: number, bar: string) => void;

export const median = (figures: number[]): number =>
	figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!;

/** The figure that a share of all do not exceed. */
export const quantile = (figures: number[], share: number): number =>
	figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * share) - 1]!;

/** Entries of the long book: 4 million have 10.4 million postings. */
export const ENTRIES = Number(process.env['BENCH_ENTRIES'] ?? 4_000_000);

/** Where long books are made; `BENCH_DIR` keeps them for another run. */
export function openFolder(): { folder: string; close(): void } {
	const kept = process.env['BENCH_DIR'];
	const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'portal-bench-'));
	mkdirSync(folder, { recursive: true });
	return {
		folder,
		close: () => {
			if (kept === undefined) rmSync(folder, { recursive: true, force: true });
		},
	};
}
