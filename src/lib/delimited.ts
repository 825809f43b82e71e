// Text with a row on each line, as a spreadsheet copies it and saves it: cells parted by tabs, semicolons or commas.

/** What parts the cells: a tab where there is one, else what the first lines have more of. */
export function delimiterOf(text: string): '\t' | ';' | ',' {
	if (text.includes('\t')) return '\t';
	const begin = text.split('\n', 10).join('\n');
	return begin.split(';').length >= begin.split(',').length && begin.includes(';') ? ';' : ',';
}

/** The rows of a text; a quoted cell may hold line breaks, delimiters and doubled quotes (RFC 4180). */
export function splitRows(text: string, delimiter = delimiterOf(text)): string[][] {
	const rows: string[][] = [];
	let [row, cell, isQuoted]: [string[], string, boolean] = [[], '', false];
	const endCell = () => {
		row.push(cell);
		cell = '';
	};
	const endRow = () => {
		endCell();
		rows.push(row);
		row = [];
	};
	const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
	for (let at = 0; at < source.length; at += 1) {
		const letter = source[at]!;
		if (isQuoted) {
			if (letter !== '"') cell += letter;
			else if (source[at + 1] === '"') {
				cell += letter;
				at += 1;
			} else isQuoted = false;
		} else if (letter === '"' && cell === '') isQuoted = true;
		else if (letter === delimiter) endCell();
		else if (letter === '\n') endRow();
		else cell += letter;
	}
	if (cell !== '' || row.length > 0) endRow();
	return rows;
}
