// Walks every book row by row: is each leaf what its rows say, and is the tree over the leaves the one that was stored?
import { createPublicKey, verify } from 'node:crypto';
import { findLog } from '#features/checkpoints/checkpoint.repository.ts';
import { keyIdOf } from '#features/checkpoints/ledger-key.ts';
import {
	hashComplete,
	leafMessage,
	pushPeak,
	rootOfPeaks,
	type Hash,
	type Peak,
} from '#features/checkpoints/merkle.ts';
import { originOf, parseNote } from '#features/checkpoints/signed-note.ts';
import { decodeHashes, TILE_HEIGHT, TILE_WIDTH } from '#features/checkpoints/tree.ts';
import { listAllocationsOf, listPostingsOf } from '#features/fund/fund.repository.ts';
import { canonicalEntry, hashText, voucherName } from '#features/fund/ledger.ts';
import type { CheckpointTable } from '#db/schema.ts';
import type { Trx } from '#lib/db.ts';
import { canonicalJson, sha256All, sha256Hex, type Canonical } from '#lib/hash.ts';
import {
	countTilesByLevel,
	listAllCheckpoints,
	listBookRows,
	listTiles,
	type BookRow,
} from './check.repository.ts';
import type { createFindings } from './check.ts';
import { readSources } from './source.repository.ts';

/** Rows that are read at a time: whole tiles. */
const BATCH = 2 * TILE_WIDTH;

type Findings = ReturnType<typeof createFindings>;
type Fund = { id: string; code: string };
const base64 = (hash: Hash): string => Buffer.from(hash).toString('base64');
const nameOf = (row: BookRow): string => `${voucherName(row) ?? `#${row.sequence}`} ${row.id}`;

/** The order in which a leaf names its allocations, by their incomes; any where the leaf cannot be read. */
function orderOf(canonical: string): Map<string, number> {
	try {
		const { allocations } = JSON.parse(canonical) as { allocations?: { incomeEntryId: string }[] };
		return new Map((allocations ?? []).map(({ incomeEntryId }, index) => [incomeEntryId, index]));
	} catch {
		return new Map();
	}
}

/** Holds each leaf against its columns, postings and allocations, its text against its hash, and its source too. */
async function checkRows(trx: Trx, fund: Fund, rows: BookRow[], findings: Findings): Promise<void> {
	const ids = rows.map((row) => row.id);
	const postings = Map.groupBy(await listPostingsOf(trx, ids), (posting) => posting.entryId);
	const allocations = Map.groupBy(await listAllocationsOf(trx, ids), (allocation) => allocation.entryId);
	const sources = await readSources(trx, rows);
	for (const row of rows) {
		const say = (name: 'canonical-rows' | 'entry-text' | 'source-hash', detail: string) =>
			findings.add(name, { fund: fund.code, row: nameOf(row), detail });
		const order = orderOf(row.canonical);
		const placeOf = (id: string) => order.get(id) ?? order.size;
		const said = canonicalEntry({
			...{ id: row.id, fund: fund.code, sequence: row.sequence, kind: row.kind },
			...{ happenedOn: row.happenedOn, bookedOn: row.bookedOn, recordedAt: row.recordedAt },
			...{ recordedBy: row.recordedBy, sourceKind: row.sourceKind, sourceId: row.sourceId },
			...{ sourceHash: row.sourceHash, reverses: row.reversesEntryId, voucher: voucherName(row) ?? null },
			transfer: row.transferId,
			postings: (postings.get(row.id) ?? []).map(({ debit, credit, amountVnd }) => ({
				...{ debit, credit, amountVnd },
			})),
			allocations: (allocations.get(row.id) ?? [])
				.map(({ incomeEntryId, amountVnd }) => ({ incomeEntryId, amountVnd }))
				.sort((a, b) => placeOf(a.incomeEntryId) - placeOf(b.incomeEntryId)),
			...{ cashAfterVnd: row.cashAfterVnd, bankAfterVnd: row.bankAfterVnd, textHash: row.textHash },
		});
		if (said !== row.canonical)
			say('canonical-rows', 'its columns, postings or allocations are not what its leaf says');
		if (row.salt === null) say('entry-text', 'it has no text and no salt');
		else if (row.text !== null && hashText(row.salt, row.text) !== row.textHash)
			say('entry-text', 'its text is not the one that was hashed');
		const forms = sources.get(row.sourceId);
		if (!forms) say('source-hash', `there is no ${row.sourceKind} ${row.sourceId}`);
		else if (!forms.some((form) => sha256Hex(canonicalJson(form as Canonical)) === row.sourceHash))
			say('source-hash', `${row.sourceKind} ${row.sourceId} is not what was booked`);
	}
}

/** Compares complete tiles with what is stored, level by level as they fill. */
function createTileCheck(trx: Trx, fund: Fund, findings: Findings) {
	const levels: { hashes: Hash[]; next: number }[] = [];
	const add = async (level: number, hashes: Hash[]): Promise<void> => {
		const state = (levels[level] ??= { hashes: [], next: 0 });
		for (const hash of hashes) {
			state.hashes.push(hash);
			if (state.hashes.length < TILE_WIDTH) continue;
			const root = await hashComplete(sha256All, state.hashes);
			const [tile] = await listTiles(trx, fund.id, level, state.next, 1);
			// One that is not stored yet is read from below.
			if (tile?.tileIndex === state.next) {
				const stored = decodeHashes(tile.hashes);
				const wrong = state.hashes.findIndex(
					(each, at) => base64(each) !== base64(stored[at] ?? new Uint8Array()),
				);
				if (wrong >= 0 || stored.length !== TILE_WIDTH || tile.root !== base64(root)) {
					const first = state.next * TILE_WIDTH + Math.max(0, wrong);
					findings.add('tree-tiles', {
						...{ fund: fund.code, row: `tile ${level}/${state.next}` },
						detail:
							level === 0 && wrong >= 0
								? `differs from entry ${first + 1} on`
								: 'is not over the tiles below it',
					});
				}
			}
			state.next += 1;
			state.hashes = [];
			await add(level + 1, [root]);
		}
	};
	return {
		add: (leaves: Hash[]) => add(0, leaves),
		/** Tiles beyond the book. */
		async finish(): Promise<void> {
			for (const { level, count, last } of await countTilesByLevel(trx, fund.id)) {
				const complete = levels[level]?.next ?? 0;
				if (last < complete && count <= complete) continue;
				findings.add('tree-tiles', {
					...{ fund: fund.code, row: `tile ${level}/${last}` },
					detail: 'lies beyond the end of the book',
				});
			}
		},
	};
}

/** True when the stored key signed the note, and the note says what its row says. */
function isSigned({ note, publicKey, size, root }: CheckpointTable, log: string, origin: string): boolean {
	const parsed = parseNote(note);
	if (!parsed || parsed.size !== size || parsed.root !== root || parsed.origin !== origin) return false;
	const bytes = Buffer.from(publicKey, 'base64');
	const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
	const key = createPublicKey({ key: jwk, format: 'jwk' });
	const keyId = base64(keyIdOf(log, bytes));
	return parsed.signatures.some(
		({ name, keyId: id, signature }) =>
			name === log && base64(id) === keyId && verify(null, Buffer.from(parsed.text, 'utf8'), key, signature),
	);
}

/** Walks one fund's book; returns how many entries it has. */
export async function walkBook(trx: Trx, fund: Fund, findings: Findings): Promise<number> {
	const log = (await findLog(trx))?.origin ?? '';
	const checkpoints = await listAllCheckpoints(trx, fund.id);
	const tiles = createTileCheck(trx, fund, findings);
	const peaks: Peak[] = [];
	let [size, nextCheckpoint, last] = [0, 0, 0];
	const compare = async () => {
		for (; checkpoints[nextCheckpoint]?.size === size; nextCheckpoint += 1) {
			const { root } = checkpoints[nextCheckpoint]!;
			if (base64(await rootOfPeaks(sha256All, peaks)) !== root)
				findings.add('tree-checkpoints', {
					...{ fund: fund.code, row: `checkpoint of ${size} entries` },
					detail: 'the tree of the rows has another root',
				});
		}
	};
	for (;;) {
		const rows = await listBookRows(trx, fund.id, last, BATCH);
		if (rows.length === 0) break;
		last = rows.at(-1)!.sequence;
		await checkRows(trx, fund, rows, findings);
		const leaves = sha256All(rows.map((row) => leafMessage(Buffer.from(row.canonical, 'utf8'))));
		await tiles.add(leaves);
		for (let at = 0; at < leaves.length;) {
			const piece = leaves.slice(at, at + TILE_WIDTH);
			const ahead = checkpoints[nextCheckpoint]?.size ?? Number.POSITIVE_INFINITY;
			// A whole tile at once where no checkpoint lies within it.
			if (piece.length === TILE_WIDTH && ahead >= size + TILE_WIDTH) {
				await pushPeak(sha256All, peaks, { level: TILE_HEIGHT, hash: await hashComplete(sha256All, piece) });
				size += TILE_WIDTH;
				await compare();
			} else
				for (const hash of piece) {
					await pushPeak(sha256All, peaks, { level: 0, hash });
					size += 1;
					await compare();
				}
			at += piece.length;
		}
	}
	await tiles.finish();
	for (const checkpoint of checkpoints.slice(nextCheckpoint))
		findings.add('tree-checkpoints', {
			...{ fund: fund.code, row: `checkpoint of ${checkpoint.size} entries` },
			detail: `the book has only ${size}`,
		});
	for (const checkpoint of checkpoints)
		if (!isSigned(checkpoint, log, originOf(log, fund.code)))
			findings.add('checkpoint-signed', {
				...{ fund: fund.code, row: `checkpoint of ${checkpoint.size} entries` },
				detail: 'its note does not say what its row says, or its key has not signed it',
			});
	return size;
}
