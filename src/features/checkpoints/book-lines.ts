// A book's file as it comes, in pieces of any size: its lines as leaves, 0x00 and a line's bytes.

const LINE_BREAK = 10;
const LEAF = 0;

/**
 * Leaves in the order of the file, as many at a time as a piece completes. A last line without a line break counts.
 * It writes into the pieces: a leaf's 0x00 takes the place of the line break before it, so that nothing is copied.
 */
export async function* readLeaves(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array[]> {
	let begun = new Uint8Array([LEAF]);
	for await (const piece of pieces) {
		const part = (from: number, end: number) =>
			new Uint8Array(piece.buffer, piece.byteOffset + from, end - from);
		const leaves: Uint8Array[] = [];
		let from = 0;
		for (let end = piece.indexOf(LINE_BREAK); end >= 0; end = piece.indexOf(LINE_BREAK, end + 1)) {
			piece[end] = LEAF;
			leaves.push(leaves.length === 0 ? concat(begun, part(0, end)) : part(from, end));
			from = end;
		}
		if (leaves.length === 0) begun = concat(begun, piece);
		else {
			begun = part(from, piece.length).slice();
			yield leaves;
		}
	}
	if (begun.length > 1) yield [begun];
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
	const both = new Uint8Array(a.length + b.length);
	both.set(a);
	both.set(b, a.length);
	return both;
}
