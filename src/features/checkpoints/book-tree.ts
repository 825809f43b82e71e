// The tree over a book's leaves, with the roots that were asked for on the way.
import { hashComplete, pushPeak, rootOfPeaks, type Hash, type Hasher, type Peak } from './merkle.ts';

/** Leaves that are hashed at a time; a power of two, so that they make one complete subtree. */
const BATCH_LEVEL = 10;
const BATCH = 2 ** BATCH_LEVEL;

/** Builds the tree of leaves as they come, and keeps its root at each of the sizes. */
export function createBookTree(hasher: Hasher, sizes: readonly number[]) {
	const wanted = new Set(sizes);
	const roots = new Map<number, Hash>();
	const peaks: Peak[] = [];
	let waiting: Uint8Array[] = [];
	let size = 0;

	async function grow(level: number, hash: Hash): Promise<void> {
		await pushPeak(hasher, peaks, { level, hash });
		size += 2 ** level;
		if (wanted.has(size)) roots.set(size, await rootOfPeaks(hasher, peaks));
	}
	async function take(leaves: Uint8Array[]): Promise<void> {
		const hashes = await hasher(leaves);
		const isSplit = [...wanted].some((each) => each > size && each < size + BATCH);
		if (hashes.length === BATCH && !isSplit) await grow(BATCH_LEVEL, await hashComplete(hasher, hashes));
		else for (const hash of hashes) await grow(0, hash);
	}
	return {
		/** Adds leaves, each 0x00 and the bytes of a line. */
		async add(leaves: Uint8Array[]): Promise<void> {
			waiting = waiting.concat(leaves);
			const end = waiting.length - (waiting.length % BATCH);
			for (let at = 0; at < end; at += BATCH) await take(waiting.slice(at, at + BATCH));
			waiting = waiting.slice(end);
		},
		/** Closes the tree: its root, and those at the sizes that were asked for. */
		async finish(): Promise<{ size: number; root: Hash; roots: Map<number, Hash> }> {
			await take(waiting);
			return { size, root: await rootOfPeaks(hasher, peaks), roots };
		},
	};
}
