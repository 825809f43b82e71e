import type { CheckpointTable, TreeTileTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';

/** The name under which this portal's books are signed; undefined before the first start. */
export const findLog = (db: Db) => db.selectFrom('ledgerLog').selectAll().executeTakeFirst();

export const insertLog = (trx: Trx, origin: string, now: number) =>
	trx
		.insertInto('ledgerLog')
		.values({ id: 'log', origin, createdAt: now })
		.onConflict((conflict) => conflict.doNothing())
		.execute();

/** Every public key that signed, the newest first. */
export const listKeys = (db: Db) =>
	db.selectFrom('ledgerKey').selectAll().orderBy('validFrom', 'desc').execute();

export const insertKey = (trx: Trx, publicKey: string, validFrom: number) =>
	trx.insertInto('ledgerKey').values({ publicKey, validFrom }).execute();

export const findTile = (db: Db, fundId: string, level: number, tileIndex: number) =>
	db
		.selectFrom('treeTile')
		.select(['hashes', 'root'])
		.where('fundId', '=', fundId)
		.where('level', '=', level)
		.where('tileIndex', '=', tileIndex)
		.executeTakeFirst();

/** Roots of complete tiles of a level, in their order. */
export const listTileRoots = (db: Db, fundId: string, level: number, from: number, limit: number) =>
	db
		.selectFrom('treeTile')
		.select('root')
		.where('fundId', '=', fundId)
		.where('level', '=', level)
		.where('tileIndex', '>=', from)
		.where('tileIndex', '<', from + limit)
		.orderBy('tileIndex')
		.execute();

/** How many complete tiles a level has. */
export async function countTiles(db: Db, fundId: string, level: number): Promise<number> {
	const last = await db
		.selectFrom('treeTile')
		.select('tileIndex')
		.where('fundId', '=', fundId)
		.where('level', '=', level)
		.orderBy('tileIndex', 'desc')
		.limit(1)
		.executeTakeFirst();
	return last ? last.tileIndex + 1 : 0;
}

/** A tile that another process was quicker to write stays: both hold the same. */
export const insertTile = (trx: Trx, tile: TreeTileTable) =>
	trx
		.insertInto('treeTile')
		.values(tile)
		.onConflict((conflict) => conflict.doNothing())
		.execute();

/** The stored bytes of a fund's entries after the first `from`, as they are hashed. */
export const listCanonical = (db: Db, fundId: string, from: number, limit: number) =>
	db
		.selectFrom('journalEntry')
		.select(['sequence', 'canonical'])
		.where('fundId', '=', fundId)
		.where('sequence', '>', from)
		.where('sequence', '<=', from + limit)
		.orderBy('sequence')
		.execute();

/** Salts and texts of a fund's entries after the first `from`; a text that was erased is null. */
export const listTexts = (db: Db, fundId: string, from: number, limit: number) =>
	db
		.selectFrom('journalEntry')
		.innerJoin('entryText', 'entryText.entryId', 'journalEntry.id')
		.select(['journalEntry.sequence', 'entryText.salt', 'entryText.text'])
		.where('journalEntry.fundId', '=', fundId)
		.where('journalEntry.sequence', '>', from)
		.where('journalEntry.sequence', '<=', from + limit)
		.orderBy('journalEntry.sequence')
		.execute();

/** A fund's checkpoint: the newest, or the one of a size. */
export function findCheckpoint(
	db: Db,
	fundId: string,
	size?: number | undefined,
): Promise<CheckpointTable | undefined> {
	let query = db.selectFrom('checkpoint').selectAll().where('fundId', '=', fundId);
	if (size !== undefined) query = query.where('size', '=', size);
	return query.orderBy('size', 'desc').limit(1).executeTakeFirst();
}

export const insertCheckpoint = (trx: Trx, checkpoint: CheckpointTable) =>
	trx
		.insertInto('checkpoint')
		.values(checkpoint)
		.onConflict((conflict) => conflict.doNothing())
		.execute();

/** Funds whose book is longer than their newest checkpoint says. */
export const listFundsBehind = (db: Db) =>
	db
		.selectFrom('fund')
		.select((eb) => [
			'fund.id',
			'fund.code',
			eb
				.selectFrom('journalEntry')
				.select('sequence')
				.whereRef('fundId', '=', 'fund.id')
				.orderBy('sequence', 'desc')
				.limit(1)
				.as('length'),
			eb
				.selectFrom('checkpoint')
				.select('size')
				.whereRef('fundId', '=', 'fund.id')
				.orderBy('size', 'desc')
				.limit(1)
				.as('size'),
		])
		.execute()
		.then((funds) => funds.filter(({ length, size }) => (length ?? 0) > (size ?? 0)));
