// The tree over a book's lines, with the roots that were asked for on the way.
import {
	hashComplete,
	leafMessage,
	pushPeak,
	rootOfPeaks,
	type Hash,
	type Hasher,
	type Peak,
} from './merkle.ts';

/** Leaves that are hashed at a time; a power of two, so that they make one complete subtree. */
const BATCH_LEVEL = 10;
const BATCH = 2 ** BATCH_LEVEL;

/** Builds the tree of lines as they come, and keeps its root at each of the sizes. */
export function createBookTree(hasher: Hasher, sizes: readonly number[]) {
	const wanted = new Set(sizes);
	const roots = new Map<number, Hash>();
	const peaks: Peak[] = [];
	let waiting: Uint8Array[] = [];
	let size = 0;

	async function flush(): Promise<void> {
		const hashes = await hasher(waiting.map(leafMessage));
		waiting = [];
		const isWhole =
			hashes.length === BATCH && ![...wanted].some((each) => each > size && each < size + BATCH);
		if (isWhole) {
			await pushPeak(hasher, peaks, { level: BATCH_LEVEL, hash: await hashComplete(hasher, hashes) });
			size += BATCH;
			if (wanted.has(size)) roots.set(size, await rootOfPeaks(hasher, peaks));
			return;
		}
		for (const hash of hashes) {
			await pushPeak(hasher, peaks, { level: 0, hash });
			size += 1;
			if (wanted.has(size)) roots.set(size, await rootOfPeaks(hasher, peaks));
		}
	}
	return {
		/** Adds the bytes of one line, without its line break. */
		async add(line: Uint8Array): Promise<void> {
			waiting.push(line);
			if (waiting.length === BATCH) await flush();
		},
		/** Closes the tree: its root, and those at the sizes that were asked for. */
		async finish(): Promise<{ size: number; root: Hash; roots: Map<number, Hash> }> {
			if (waiting.length > 0) await flush();
			return { size, root: await rootOfPeaks(hasher, peaks), roots };
		},
	};
}
