// What a proof weighs over a book of four million entries: a count, so it is no bench.
import { expect, test } from 'vitest';
import { ledgerKeyOf, signCheckpoint } from '#features/checkpoints/ledger-key.ts';
import { proveConsistency, proveInclusion, type Hash } from '#features/checkpoints/merkle.ts';
import { originOf } from '#features/checkpoints/signed-note.ts';

const MOST_BYTES = 1500;
const HASH = new Uint8Array(32).fill(0xa5);
const base64 = (hash: Hash) => Buffer.from(hash).toString('base64');
const root = base64(HASH);
// Only how many hashes there are counts, so all are the same.
const hasher = (messages: Uint8Array[]) => messages.map(() => HASH);
const read = () => HASH;

const HOST = 'ngoi-nha-xanh.langson.gov.vn';
const noteOf = (size: number) => {
	const origin = originOf(HOST, 'LANG-SON-01');
	return signCheckpoint(ledgerKeyOf(new Uint8Array(32).fill(1)), HOST, { origin, size, root });
};
const ID = '0198c0de-0000-7000-8000-000000000002';

test.each([4_000_000, 4_000_001, 4_194_303, 4_194_304])(
	'an entry of %i is proven in 1.5 KB',
	async (size) => {
		for (const index of [0, 1, 255, size >> 1, size - 2, size - 1]) {
			const proof = await proveInclusion(hasher, read, index, size);
			expect(proof.length).toBeLessThanOrEqual(22);
			// As src/pages/api/v1/funds/[code]/proof/inclusion.ts answers.
			const answer = { index, size, leaf_hash: root, proof: proof.map(base64), checkpoint: noteOf(size) };
			expect(JSON.stringify({ entry: ID, ...answer }).length).toBeLessThanOrEqual(MOST_BYTES);
		}
	},
);

test.each([4_000_000, 4_000_001, 4_194_303, 4_194_304])(
	'that a book of %i begins with an older one is proven in 1.5 KB',
	async (to) => {
		for (const from of [1, 2, 255, 1_000_001, 2_097_151, to - 2, to - 1]) {
			const proof = await proveConsistency(hasher, read, from, to);
			expect(proof.length).toBeLessThanOrEqual(23);
			const answer = { from, from_root: root, to, to_root: root, proof: proof.map(base64) };
			expect(JSON.stringify(answer).length).toBeLessThanOrEqual(MOST_BYTES);
		}
	},
);
