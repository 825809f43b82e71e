// What the public asks of a fund's tree: checkpoints and proofs.
import { findEntry, findFundByCode } from '#features/fund/fund.repository.ts';
import type { Fund } from '#features/fund/fund.ts';
import type { CheckpointTable } from '#db/schema.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { sha256All } from '#lib/hash.ts';
import { findCheckpoint, findLog, listKeys } from './checkpoint.repository.ts';
import { keyIdOf } from './ledger-key.ts';
import { leafMessage, proveConsistency, proveInclusion, rootOf, type Hash } from './merkle.ts';
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
