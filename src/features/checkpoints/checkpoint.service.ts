// Hashing comes after posting: entries are durable first, then they are put into tiles and a checkpoint is signed.
import type { Config } from '#lib/config.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db } from '#lib/db.ts';
import { sha256All } from '#lib/hash.ts';
import { loadKey } from '#lib/secret.ts';
import {
	countTiles,
	findCheckpoint,
	findLog,
	insertCheckpoint,
	insertKey,
	insertLog,
	insertTile,
	listFundsBehind,
	listKeys,
} from './checkpoint.repository.ts';
import { ledgerKeyOf, signCheckpoint, type LedgerKey } from './ledger-key.ts';
import { hashComplete, rootOf } from './merkle.ts';
import { originOf } from './signed-note.ts';
import { encodeHashes, TILE_WIDTH } from './tree.ts';
import { nodeReader, readTile } from './tree.repository.ts';

/** `LEDGER_KEY`, or `ledger-signing.key` beside the SQLite database. Throws ConfigError. */
export const loadLedgerKey = (config: Pick<Config, 'databaseUrl' | 'ledgerKey'>): LedgerKey =>
	ledgerKeyOf(
		loadKey(config.databaseUrl, {
			value: config.ledgerKey,
			variable: 'LEDGER_KEY',
			file: 'ledger-signing.key',
		}),
	);

/** The book no longer is what was signed: a row below the checkpoint was changed behind the portal's back. */
export class BookChanged extends Error {
	override name = 'BookChanged';
	constructor(code: string, size: number) {
		super(`the book of ${code} no longer matches its checkpoint of ${size} entries; nothing more is signed`);
	}
}

/**
 * Fixes the log's origin at first start, and makes the key the one that signs; a key that is new takes over from the
 * one before, whose checkpoints stay readable.
 */
export async function openLog(db: Db, key: LedgerKey, origin: string, now: number): Promise<void> {
	const publicKey = Buffer.from(key.publicKey).toString('base64');
	const write = () =>
		inTransaction(db, async (trx) => {
			await insertLog(trx, origin, now);
			const keys = await listKeys(trx);
			if (keys.some((each) => each.publicKey === publicKey)) return;
			await insertKey(trx, publicKey, Math.max(now, (keys[0]?.validFrom ?? 0) + 1));
		});
	await retryWhenTaken(write);
}

/** Writes the tiles that have become complete, level by level from the leaves. */
async function completeTiles(db: Db, fundId: string, length: number): Promise<void> {
	let available = length;
	for (let level = 0; available >= TILE_WIDTH; level += 1) {
		const complete = Math.floor(available / TILE_WIDTH);
		for (let tileIndex = await countTiles(db, fundId, level); tileIndex < complete; tileIndex += 1) {
			const hashes = await readTile(db, fundId, level, tileIndex);
			if (hashes.length < TILE_WIDTH) throw new RangeError(`tile ${level}/${tileIndex} is not complete`);
			const root = Buffer.from(await hashComplete(sha256All, hashes)).toString('base64');
			await inTransaction(db, (trx) =>
				insertTile(trx, { fundId, level, tileIndex, hashes: encodeHashes(hashes), root }),
			);
		}
		available = complete;
	}
}

type FundBehind = { id: string; code: string; length: number };

/**
 * Signs a checkpoint over the fund's whole book. Throws {@link BookChanged} when the tree of the last checkpoint's
 * size is no longer what that checkpoint says.
 */
export async function sequenceFund(db: Db, key: LedgerKey, fund: FundBehind, now: number): Promise<void> {
	const log = await findLog(db);
	if (!log) throw new RangeError('the log is not open');
	const rootAt = async (size: number) =>
		Buffer.from(await rootOf(sha256All, nodeReader(db, fund.id), size)).toString('base64');
	const last = await findCheckpoint(db, fund.id);
	if (last && last.size >= fund.length) return;
	// Before any tile is written: a tile stays for ever, so one over a changed row would outlast that row's repair.
	if (last && (await rootAt(last.size).catch(() => '')) !== last.root)
		throw new BookChanged(fund.code, last.size);
	await completeTiles(db, fund.id, fund.length);
	const root = await rootAt(fund.length);
	const origin = originOf(log.origin, fund.code);
	await inTransaction(db, async (trx) => {
		// One process at a time; another may have been quicker, also with a longer book.
		await lockRow(trx, 'fund', fund.id);
		if (((await findCheckpoint(trx, fund.id))?.size ?? 0) >= fund.length) return;
		await insertCheckpoint(trx, {
			fundId: fund.id,
			size: fund.length,
			root,
			note: signCheckpoint(key, log.origin, { origin, size: fund.length, root }),
			publicKey: Buffer.from(key.publicKey).toString('base64'),
			createdAt: now,
		});
	});
}

/** Brings every fund's tree up to its book. One fund that fails does not keep the others. */
export async function sequenceFunds(db: Db, key: LedgerKey, now: number): Promise<void> {
	const failures: unknown[] = [];
	for (const { id, code, length } of await listFundsBehind(db)) {
		await sequenceFund(db, key, { id, code, length: length! }, now).catch((error: unknown) =>
			failures.push(error),
		);
	}
	if (failures.length > 0) throw failures[0];
}
