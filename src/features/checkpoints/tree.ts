// How a fund's tree lies in the database: complete tiles of 256 hashes, and what is not complete read from below.

/** Leaves of a tile, and of each tile the roots of as many below it. */
export const TILE_WIDTH = 256;
/** Levels of the tree between a tile's own hashes and its root. */
export const TILE_HEIGHT = 8;
const HASH_BYTES = 32;

/** Where the node of a level stands: in which tile, from which hash on, over how many. */
export function placeOf(level: number, index: number) {
	const tileLevel = Math.floor(level / TILE_HEIGHT);
	const width = 2 ** (level % TILE_HEIGHT);
	const first = index * width;
	const tileIndex = Math.floor(first / TILE_WIDTH);
	return { tileLevel, tileIndex, first: first - tileIndex * TILE_WIDTH, width };
}

export const encodeHashes = (hashes: Uint8Array[]): string => Buffer.concat(hashes).toString('base64');

export function decodeHashes(text: string): Uint8Array[] {
	const bytes = Buffer.from(text, 'base64');
	return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
		bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
	);
}
