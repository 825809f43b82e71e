// Merkle trees of RFC 6962 over hashes that come from anywhere: the database, a file, a browser's Web Crypto.

/** 32 bytes. */
export type Hash = Uint8Array;
/** SHA-256 of several messages at once, in their order. */
export type Hasher = (messages: Uint8Array[]) => Hash[] | Promise<Hash[]>;
/** The hash of the complete subtree over leaves `index × 2^level` up to the next one. */
export type ReadNode = (level: number, index: number) => Hash | Promise<Hash>;

/** A complete subtree in a row of falling sizes that covers a tree from the left. */
export type Peak = { level: number; hash: Hash };

function prefixed(prefix: number, ...parts: Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
	bytes[0] = prefix;
	let at = 1;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

/** What is hashed for a leaf (RFC 6962, 2.1): 0x00 and its bytes. */
export const leafMessage = (bytes: Uint8Array): Uint8Array => prefixed(0, bytes);
/** What is hashed for a node: 0x01 and both children. */
export const nodeMessage = (left: Hash, right: Hash): Uint8Array => prefixed(1, left, right);

const hashOne = async (hasher: Hasher, message: Uint8Array): Promise<Hash> => (await hasher([message]))[0]!;
const hashNode = (hasher: Hasher, left: Hash, right: Hash): Promise<Hash> =>
	hashOne(hasher, nodeMessage(left, right));

/** The root of hashes as many as a power of two, level by level. */
export async function hashComplete(hasher: Hasher, hashes: Hash[]): Promise<Hash> {
	let level = hashes;
	while (level.length > 1) {
		const messages: Uint8Array[] = [];
		for (let at = 0; at < level.length; at += 2) messages.push(nodeMessage(level[at]!, level[at + 1]!));
		level = await hasher(messages);
	}
	return level[0]!;
}

/** Adds a complete subtree at the right; it must not be larger than the last peak. */
export async function pushPeak(hasher: Hasher, peaks: Peak[], peak: Peak): Promise<void> {
	let { level, hash } = peak;
	for (let last = peaks.at(-1); last?.level === level; last = peaks.at(-1)) {
		hash = await hashNode(hasher, last.hash, hash);
		level += 1;
		peaks.pop();
	}
	peaks.push({ level, hash });
}

/** The root over peaks, from the right; SHA-256 of nothing for an empty tree. */
export async function rootOfPeaks(hasher: Hasher, peaks: Peak[]): Promise<Hash> {
	let root = peaks.at(-1)?.hash;
	if (root === undefined) return hashOne(hasher, new Uint8Array());
	for (const peak of peaks.slice(0, -1).reverse()) root = await hashNode(hasher, peak.hash, root);
	return root;
}

/** Positions of the complete subtrees that cover leaves `begin` to `end`; `begin` is a multiple of the largest. */
function* coverOf(begin: number, end: number): Generator<{ level: number; index: number }> {
	let at = begin;
	while (at < end) {
		const level = Math.floor(Math.log2(end - at));
		yield { level, index: at / 2 ** level };
		at += 2 ** level;
	}
}

async function hashRange(hasher: Hasher, read: ReadNode, begin: number, end: number): Promise<Hash> {
	const peaks: Peak[] = [];
	for (const { level, index } of coverOf(begin, end)) peaks.push({ level, hash: await read(level, index) });
	return rootOfPeaks(hasher, peaks);
}

/** The root of the first `size` leaves. */
export const rootOf = (hasher: Hasher, read: ReadNode, size: number): Promise<Hash> =>
	hashRange(hasher, read, 0, size);

/** The largest power of two that is smaller than `size`. */
const splitOf = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1);

/** The hashes that lead from leaf `index` to the root of `size` leaves, from below (RFC 6962, 2.1.1). */
export async function proveInclusion(
	hasher: Hasher,
	read: ReadNode,
	index: number,
	size: number,
): Promise<Hash[]> {
	const proof: Hash[] = [];
	let [begin, end] = [0, size];
	while (end - begin > 1) {
		const middle = begin + splitOf(end - begin);
		const isLeft = index < middle;
		proof.push(await hashRange(hasher, read, isLeft ? middle : begin, isLeft ? end : middle));
		if (isLeft) end = middle;
		else begin = middle;
	}
	return proof.reverse();
}

/** The hashes that show that the tree of `size` leaves begins with that of `from` leaves (RFC 6962, 2.1.2). */
export async function proveConsistency(
	hasher: Hasher,
	read: ReadNode,
	from: number,
	size: number,
): Promise<Hash[]> {
	if (from === 0 || from === size) return [];
	const proof: Hash[] = [];
	let [begin, end] = [0, size];
	let isWhole = true;
	while (from !== end) {
		const middle = begin + splitOf(end - begin);
		const isLeft = from <= middle;
		proof.push(await hashRange(hasher, read, isLeft ? middle : begin, isLeft ? end : middle));
		if (isLeft) end = middle;
		else [begin, isWhole] = [middle, false];
	}
	if (!isWhole) proof.push(await hashRange(hasher, read, begin, end));
	return proof.reverse();
}

const isEven = (number: number) => number % 2 === 0;
const half = (number: number) => Math.floor(number / 2);

/** The root that a proof leads to, or undefined when its length does not fit (RFC 9162, 2.1.3.2). */
export async function followInclusion(
	hasher: Hasher,
	{ index, size, leafHash, proof }: { index: number; size: number; leafHash: Hash; proof: Hash[] },
): Promise<Hash | undefined> {
	if (index >= size) return undefined;
	let [at, last, hash] = [index, size - 1, leafHash];
	for (const sibling of proof) {
		if (last === 0) return undefined;
		if (!isEven(at) || at === last) {
			hash = await hashNode(hasher, sibling, hash);
			while (isEven(at) && at !== 0) [at, last] = [half(at), half(last)];
		} else hash = await hashNode(hasher, hash, sibling);
		[at, last] = [half(at), half(last)];
	}
	return last === 0 ? hash : undefined;
}

/** Both roots that a proof leads to, or undefined when its length does not fit (RFC 9162, 2.1.4.2). */
export async function followConsistency(
	hasher: Hasher,
	{ from, size, fromRoot, proof }: { from: number; size: number; fromRoot: Hash; proof: Hash[] },
): Promise<{ fromRoot: Hash; root: Hash } | undefined> {
	if (from > size || from === 0) return undefined;
	if (from === size) return proof.length === 0 ? { fromRoot, root: fromRoot } : undefined;
	// A tree whose size is a power of two is itself the first hash.
	const path = Number.isInteger(Math.log2(from)) ? [fromRoot, ...proof] : proof;
	let [at, last] = [from - 1, size - 1];
	while (!isEven(at)) [at, last] = [half(at), half(last)];
	const [first, ...rest] = path;
	if (first === undefined) return undefined;
	let [oldHash, newHash] = [first, first];
	for (const sibling of rest) {
		if (last === 0) return undefined;
		if (!isEven(at) || at === last) {
			oldHash = await hashNode(hasher, sibling, oldHash);
			newHash = await hashNode(hasher, sibling, newHash);
			while (isEven(at) && at !== 0) [at, last] = [half(at), half(last)];
		} else newHash = await hashNode(hasher, newHash, sibling);
		[at, last] = [half(at), half(last)];
	}
	return last === 0 ? { fromRoot: oldHash, root: newHash } : undefined;
}

/** True when two hashes are the same. */
export const isSameHash = (a: Hash, b: Hash): boolean =>
	a.length === b.length && a.every((byte, index) => byte === b[index]);
