// What the public asks of a fund's tree: checkpoints and proofs.
import { findEntry, findFundByCode } from '#features/fund/fund.repository.ts';
import type { Fund } from '#features/fund/fund.ts';
import type { CheckpointTable } from '#db/schema.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256All } from '#lib/hash.ts';
import { createBookTree } from './book-tree.ts';
import { findCheckpoint, findLog, listCanonical, listKeys } from './checkpoint.repository.ts';
import { keyIdOf } from './ledger-key.ts';
import { leafMessage, proveConsistency, proveInclusion, rootOf, type Hash } from './merkle.ts';
import { isRootOfCode, type SheetCode } from './sheet-code.ts';
import { verifierKey } from './signed-note.ts';
import { nodeReader } from './tree.repository.ts';

const base64 = (hash: Hash): string => Buffer.from(hash).toString('base64');

/** The name under which this portal's books are signed, and its keys as verifiers take them, the newest first. */
export async function getKeys(db: Db) {
	const origin = (await findLog(db))?.origin ?? '';
	const keys = (await listKeys(db)).map(({ publicKey, validFrom }) => {
		const bytes = Buffer.from(publicKey, 'base64');
		return { key: verifierKey(origin, keyIdOf(origin, bytes), bytes), validFrom };
	});
	return { origin, keys };
}

/** The fund of an address's code. Refuses with 404. */
export async function getFund(db: Db, code: string | undefined): Promise<Fund> {
	const fund = await findFundByCode(db, code ?? '');
	if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund');
	return fund;
}

/** A fund's newest checkpoint, or the one of a size. Refuses with 404 when there is none (yet). */
export async function getCheckpoint(
	db: Db,
	fundId: string,
	size?: number | undefined,
): Promise<CheckpointTable> {
	const checkpoint = await findCheckpoint(db, fundId, size);
	if (!checkpoint)
		throw new DomainError('NOT_FOUND', size === undefined ? 'noCheckpointYet' : 'noCheckpointOfSize');
	return checkpoint;
}

/** Where an entry stands in the newest checkpoint's tree, with the proof. Refuses with 404. */
export async function getInclusion(db: Db, fund: Fund, entryId: string) {
	const entry = await findEntry(db, entryId.toLowerCase());
	if (entry?.fundId !== fund.id) throw new DomainError('NOT_FOUND', 'unknownEntry', { field: 'entry' });
	const checkpoint = await getCheckpoint(db, fund.id);
	const index = entry.sequence - 1;
	if (index >= checkpoint.size) throw new DomainError('NOT_FOUND', 'noCheckpointYet');
	const proof = await proveInclusion(sha256All, nodeReader(db, fund.id), index, checkpoint.size);
	const [leafHash] = sha256All([leafMessage(Buffer.from(entry.canonical, 'utf8'))]);
	return { entryId: entry.id, index, checkpoint, leafHash: base64(leafHash!), proof: proof.map(base64) };
}

/** Rows that are hashed anew for one reader; of a longer book the tree's own nodes stand in. */
const MAX_FRESH_ROWS = 20_000;
const BATCH_ROWS = 1024;

/** The root over the rows as they stand now: a tile may be older than what somebody made of its rows. */
async function freshRoot(db: Db, fundId: string, size: number): Promise<Hash> {
	const tree = createBookTree(sha256All, []);
	for (let from = 0; from < size; from += BATCH_ROWS) {
		const rows = await listCanonical(db, fundId, from, Math.min(BATCH_ROWS, size - from));
		await tree.add(rows.map(({ canonical }) => leafMessage(Buffer.from(canonical, 'utf8'))));
	}
	return (await tree.finish()).root;
}

/**
 * Whether today's book begins with the rows that a sheet's code stands for; undefined before the first checkpoint.
 * `isWhole` says that every one of these rows was hashed for this answer.
 */
export async function matchSheet(
	db: Db,
	fundId: string,
	code: SheetCode,
): Promise<{ matches: boolean; isWhole: boolean } | undefined> {
	const newest = await findCheckpoint(db, fundId);
	if (!newest) return undefined;
	const isWhole = code.size <= MAX_FRESH_ROWS;
	if (code.size > newest.size) return { matches: false, isWhole };
	const root = isWhole
		? await freshRoot(db, fundId, code.size)
		: await rootOf(sha256All, nodeReader(db, fundId), code.size);
	return { matches: isRootOfCode(code, root), isWhole };
}

/** That the tree of `to` entries begins with that of `from`, with both roots. Refuses with 404 and 422. */
export async function getConsistency(
	db: Db,
	fundId: string,
	sizes: { from: number | undefined; to: number | undefined },
) {
	const newest = await getCheckpoint(db, fundId);
	const to = sizes.to ?? newest.size;
	const from = sizes.from ?? to;
	if (from > to || to > newest.size) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'treeTooShort', {
			field: from > to ? 'from' : 'to',
			values: { count: newest.size },
		});
	}
	const read = nodeReader(db, fundId);
	return {
		...{ from, to },
		fromRoot: base64(await rootOf(sha256All, read, from)),
		toRoot: base64(await rootOf(sha256All, read, to)),
		proof: (await proveConsistency(sha256All, read, from, to)).map(base64),
	};
}
