// A book's file as it comes, in pieces of any size: its lines, without their line breaks.

const LINE_BREAK = 10;

/** Lines in the order of the file, as many at a time as a piece completes. A last line without a line break counts. */
export async function* readLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array[]> {
	let rest = new Uint8Array();
	for await (const piece of pieces) {
		const lines: Uint8Array[] = [];
		let from = 0;
		for (let at = piece.indexOf(LINE_BREAK); at >= 0; at = piece.indexOf(LINE_BREAK, from)) {
			const line = piece.subarray(from, at);
			lines.push(rest.length === 0 ? line : concat(rest, line));
			rest = new Uint8Array();
			from = at + 1;
		}
		rest = concat(rest, piece.subarray(from));
		if (lines.length > 0) yield lines;
	}
	if (rest.length > 0) yield [rest];
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
	const both = new Uint8Array(a.length + b.length);
	both.set(a);
	both.set(b, a.length);
	return both;
}
