import type { Db } from '#lib/db.ts';
import { sha256All } from '#lib/hash.ts';
import { findTile, listCanonical, listTileRoots } from './checkpoint.repository.ts';
import { hashComplete, leafMessage, type Hash, type ReadNode } from './merkle.ts';
import { decodeHashes, placeOf, TILE_WIDTH } from './tree.ts';

/** The hashes of a tile that there are: of a complete one as stored, of the last one from the level below. */
export async function readTile(db: Db, fundId: string, level: number, tileIndex: number): Promise<Hash[]> {
	const tile = await findTile(db, fundId, level, tileIndex);
	if (tile) return decodeHashes(tile.hashes);
	const from = tileIndex * TILE_WIDTH;
	if (level > 0) {
		const roots = await listTileRoots(db, fundId, level - 1, from, TILE_WIDTH);
		return roots.map(({ root }) => Buffer.from(root, 'base64'));
	}
	const leaves = await listCanonical(db, fundId, from, TILE_WIDTH);
	return sha256All(leaves.map(({ canonical }) => leafMessage(Buffer.from(canonical, 'utf8'))));
}

/** Reads nodes of a fund's tree, each tile once. Throws RangeError for a node that is not complete. */
export function nodeReader(db: Db, fundId: string): ReadNode {
	const tiles = new Map<string, Promise<Hash[]>>();
	return async (level, index) => {
		const { tileLevel, tileIndex, first, width } = placeOf(level, index);
		const key = `${tileLevel}/${tileIndex}`;
		let tile = tiles.get(key);
		if (!tile) tiles.set(key, (tile = readTile(db, fundId, tileLevel, tileIndex)));
		const hashes = (await tile).slice(first, first + width);
		if (hashes.length < width) throw new RangeError(`the tree has no node ${index} of level ${level}`);
		return hashComplete(sha256All, hashes);
	};
}
