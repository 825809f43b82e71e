// A file that holds one table: a workbook of Excel, or text.
import { DomainError } from './errors.ts';
import { isWorkbook, readWorkbook, type Sheet } from './workbook.ts';

const MAX_BYTES = 5_000_000;

/**
 * The first sheet of a workbook, its numbers with a decimal comma; or the text of anything else, as UTF-8 or as Excel's
 * own Unicode text. Refuses with 413 what is too large, with 422 what is neither.
 */
export async function readTableFile(file: File): Promise<Sheet | string> {
	if (file.size > MAX_BYTES)
		throw new DomainError('CONTENT_TOO_LARGE', 'fileTooLarge', {
			field: 'table',
			values: { max: MAX_BYTES / 1_000_000 },
		});
	const bytes = new Uint8Array(await file.arrayBuffer());
	if (isWorkbook(bytes, file.name)) return readWorkbook(bytes, ',').catch(besideTable);
	const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
	try {
		const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
		if (!text.includes('\0')) return text;
	} catch {
		// Read below as what it is: no text.
	}
	throw new DomainError('UNPROCESSABLE_CONTENT', 'tableFileKind', { field: 'table' });
}

function besideTable(error: unknown): never {
	if (!(error instanceof DomainError)) throw error;
	const { kind, key, values } = error;
	throw new DomainError(kind, key, { field: 'table', values });
}
