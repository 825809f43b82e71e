// Trees, proofs and their checks against the vectors of certificate-transparency and against a naive reading of RFC 6962.
import { expect, test } from 'vitest';
import {
	followConsistency,
	followInclusion,
	hashComplete,
	leafMessage,
	nodeMessage,
	proveConsistency,
	proveInclusion,
	pushPeak,
	rootOf,
	rootOfPeaks,
	type Hash,
	type Peak,
	type ReadNode,
} from '#features/checkpoints/merkle.ts';
import { sha256All } from '#lib/hash.ts';

const hex = (hash: Uint8Array | undefined) => hash && Buffer.from(hash).toString('hex');
const one = (message: Uint8Array): Hash => sha256All([message])[0]!;

/** RFC 6962, 2.1, word for word. */
function naiveRoot(leaves: Hash[]): Hash {
	if (leaves.length === 0) return one(new Uint8Array());
	if (leaves.length === 1) return leaves[0]!;
	let split = 1;
	while (split * 2 < leaves.length) split *= 2;
	return one(nodeMessage(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split))));
}
const readerOf =
	(leaves: Hash[]): ReadNode =>
	(level, index) =>
		hashComplete(sha256All, leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));

const LEAVES = [
	...['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'],
].map((text) => one(leafMessage(Buffer.from(text, 'hex'))));
// https://github.com/google/certificate-transparency-go, merkletree tests.
const ROOTS = [
	'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
	'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
	'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
	'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
	'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
	'4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
	'76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
	'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
	'5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test.each(ROOTS.map((root, size) => [size, root] as const))('the tree of %i leaves', async (size, root) => {
	expect(hex(await rootOf(sha256All, readerOf(LEAVES), size))).toBe(root);
	const peaks: Peak[] = [];
	for (const hash of LEAVES.slice(0, size)) await pushPeak(sha256All, peaks, { level: 0, hash });
	expect(hex(await rootOfPeaks(sha256All, peaks))).toBe(root);
});

test.each([
	[
		0,
		8,
		[
			'96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
			'5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
			'6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
		],
	],
	[0, 1, []],
])('the proof that leaf %i lies in %i leaves', async (index, size, proof) => {
	expect((await proveInclusion(sha256All, readerOf(LEAVES), index, size)).map(hex)).toEqual(proof);
});

test.each([
	[
		6,
		8,
		[
			'0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
			'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
			'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
		],
	],
	[
		2,
		5,
		[
			'5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
			'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
		],
	],
])('the proof that %i leaves begin %i', async (from, size, proof) => {
	expect((await proveConsistency(sha256All, readerOf(LEAVES), from, size)).map(hex)).toEqual(proof);
});

const many = Array.from({ length: 70 }, (_, index) => one(leafMessage(new Uint8Array([index]))));
const changed = (hash: Hash) => Buffer.from(hash).map((byte, at) => (at === 0 ? byte ^ 1 : byte));

test('every leaf of every small tree is proven, and nothing else is', async () => {
	for (let size = 1; size <= many.length; size += 1) {
		const root = hex(naiveRoot(many.slice(0, size)));
		expect(hex(await rootOf(sha256All, readerOf(many), size))).toBe(root);
		for (let index = 0; index < size; index += 1) {
			const proof = await proveInclusion(sha256All, readerOf(many), index, size);
			const leafHash = many[index]!;
			const follow = (change: object) =>
				followInclusion(sha256All, { index, size, leafHash, proof, ...change }).then(hex);
			expect(await follow({})).toBe(root);
			expect(await follow({ leafHash: changed(leafHash) })).not.toBe(root);
			expect(await follow({ proof: [...proof, leafHash] })).not.toBe(root);
			expect(await follow({ index: size })).toBeUndefined();
			if (proof.length === 0) continue;
			expect(await follow({ proof: proof.slice(1) })).not.toBe(root);
			expect(await follow({ index: index === 0 ? 1 : index - 1 })).not.toBe(root);
		}
	}
});

test('every small tree is proven to begin every larger one, and no other is', async () => {
	for (let size = 1; size <= many.length; size += 1) {
		const root = hex(naiveRoot(many.slice(0, size)));
		for (let from = 1; from <= size; from += 1) {
			const fromRoot = naiveRoot(many.slice(0, from));
			const proof = await proveConsistency(sha256All, readerOf(many), from, size);
			const follow = async (change: object) => {
				const found = await followConsistency(sha256All, { from, size, fromRoot, proof, ...change });
				return found && [hex(found.fromRoot), hex(found.root)];
			};
			expect(await follow({})).toEqual([hex(fromRoot), root]);
			expect(await follow({ proof: [...proof, fromRoot] })).not.toEqual([hex(fromRoot), root]);
			expect(await follow({ from: size + 1 })).toBeUndefined();
			for (let at = 0; at < proof.length; at += 1) {
				const broken = proof.map((hash, index) => (index === at ? changed(hash) : hash));
				expect(await follow({ proof: broken })).not.toEqual([hex(fromRoot), root]);
			}
		}
	}
});
