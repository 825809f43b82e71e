// Workbooks of Excel (.xlsx): the first sheet read as rows of text, and rows written as a sheet.
import { strFromU8, unzipSync } from 'fflate';
import { readSheet } from 'read-excel-file/universal';
import writeExcelFile from 'write-excel-file/node';
import { DomainError } from './errors.ts';

/** What a workbook is called in a content-type. */
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const MAX_BYTES = 5_000_000;
/** What the parts of a workbook may unpack to: some bytes can stand for thousands. */
const MAX_UNPACKED = 20_000_000;
const MAX_ROWS = 20_000;
const MAX_COLUMNS = 256;
/** The last row that Excel has, and the longest text of one cell. */
const LAST_ROW = 1_048_576;
const MAX_CELL = 32_767;

const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** What holds .xls files, and also a workbook that a password locks. */
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0];
const begins = (bytes: Uint8Array, mark: number[]) => mark.every((byte, index) => bytes[index] === byte);

export type CellFault = {
	/** `B3`, or `B3:B5` for cells that are one. */
	cell: string;
	line: number;
	/** Cells merged into one, an error of Excel in place of a value, a formula that nobody has calculated. */
	key: 'merged' | 'failed' | 'uncalculated';
};

export type Sheet = {
	/** All rows from the first, as long as the longest; '' for an empty cell. A formula stands for its value. */
	rows: string[][];
	/** Cells whose value cannot be known. */
	faults: CellFault[];
};

/** True for a file that its first bytes or its name call a workbook, of whatever age. */
export const isWorkbook = (bytes: Uint8Array, name = ''): boolean =>
	begins(bytes, ZIP) || begins(bytes, COMPOUND) || /\.xls[xmb]?$/i.test(name);

/** `P` for the sixteenth column. */
export const columnLetters = (index: number): string =>
	(index >= 26 ? columnLetters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26));

const columnNumber = (letters: string) =>
	[...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

const tooFull = () =>
	new DomainError('CONTENT_TOO_LARGE', 'workbookTooFull', {
		values: { rows: MAX_ROWS, columns: MAX_COLUMNS },
	});
const unreadable = (cause?: unknown) =>
	new DomainError('UNPROCESSABLE_CONTENT', 'workbookUnreadable', { cause });

/**
 * The first sheet of a workbook. Refuses with 413 one that is too large, packed or unpacked, and with 422 an .xls, one
 * under a password, and whatever else is no workbook.
 * @param decimal what parts the decimals of numbers in the rows of text
 */
export async function readWorkbook(bytes: Uint8Array, decimal: '.' | ',' = '.'): Promise<Sheet> {
	if (bytes.length > MAX_BYTES)
		throw new DomainError('CONTENT_TOO_LARGE', 'fileTooLarge', { values: { max: MAX_BYTES / 1_000_000 } });
	if (begins(bytes, COMPOUND)) {
		const isLocked = Buffer.from(bytes).includes(Buffer.from('EncryptedPackage', 'utf16le'));
		throw new DomainError('UNPROCESSABLE_CONTENT', isLocked ? 'workbookLocked' : 'workbookOld');
	}
	try {
		// The reader takes merged cells, errors and formulas without a value for empty ones, and fills up to the last cell.
		const faults = inspect(firstSheet(unpack(bytes)));
		const cells = await readSheet(new Blob([bytes.slice()]));
		return { rows: cells.map((row) => row.map((cell) => textOf(cell, decimal))), faults };
	} catch (error) {
		throw error instanceof DomainError ? error : unreadable(error);
	}
}

function unpack(bytes: Uint8Array): Record<string, Uint8Array> {
	let unpacked = 0;
	return unzipSync(bytes, {
		filter: ({ name, originalSize }) => {
			unpacked += originalSize;
			// It is unpacked to the size that it names, and not beyond.
			if (unpacked > MAX_UNPACKED) throw tooFull();
			return /\.(xml|rels)$/i.test(name);
		},
	});
}

type Tag = { name: string; text: string };

/** The tags of a part in their order, each with what follows it; prefixes of name spaces left out. */
function* tagsOf(part: Uint8Array | undefined): Generator<Tag> {
	if (!part) throw unreadable();
	for (const [, text = ''] of strFromU8(part).matchAll(/<([^<]*)/g))
		yield { name: /^\/?(?:[\w-]+:)?(\w*)/.exec(text)?.[1] ?? '', text };
}

const attribute = ({ text }: Tag, name: string) =>
	new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`).exec(text)?.[1];

function firstSheet(parts: Record<string, Uint8Array>): Generator<Tag> {
	const sheet = [...tagsOf(parts['xl/workbook.xml'])].find(({ name }) => name === 'sheet');
	const id = sheet && attribute(sheet, '\\w+:id');
	const links = [...tagsOf(parts['xl/_rels/workbook.xml.rels'])];
	const link = links.find((tag) => id && attribute(tag, 'Id') === id);
	const target = (link && attribute(link, 'Target')) ?? '';
	return tagsOf(parts[target.startsWith('/') ? target.slice(1) : `xl/${target}`]);
}

function inspect(tags: Iterable<Tag>): CellFault[] {
	const faults: CellFault[] = [];
	let cell: { at: string; line: number; column: number; hasFormula: boolean; hasValue: boolean } | undefined;
	const end = () => {
		if (!cell) return;
		const { at, line, column, hasFormula, hasValue } = cell;
		if (hasValue && (line > MAX_ROWS || column > MAX_COLUMNS)) throw tooFull();
		if (hasFormula && !hasValue) faults.push({ cell: at, line, key: 'uncalculated' });
		cell = undefined;
	};
	for (const tag of tags) {
		const { name, text } = tag;
		if (text.startsWith('/')) {
			if (name === 'c') end();
		} else if (name === 'row') {
			const line = attribute(tag, 'r');
			if (line !== undefined && !(Number(line) <= LAST_ROW)) throw unreadable();
		} else if (name === 'c') {
			const at = attribute(tag, 'r') ?? '';
			const [, letters = '', digits = ''] = /^([A-Z]{1,3})(\d{1,7})$/.exec(at) ?? [];
			if (!digits || Number(digits) > LAST_ROW) throw unreadable();
			cell = { at, line: Number(digits), column: columnNumber(letters), hasFormula: false, hasValue: false };
			if (attribute(tag, 't') === 'e') faults.push({ cell: at, line: Number(digits), key: 'failed' });
			if (/\/\s*>/.test(text)) end();
		} else if (cell && name === 'f') cell.hasFormula = true;
		else if (cell && (name === 'v' || name === 'is')) cell.hasValue = true;
		else if (name === 'mergeCell') {
			const at = attribute(tag, 'ref') ?? '';
			faults.push({ cell: at, line: Number(/\d+/.exec(at)?.[0] ?? 1), key: 'merged' });
		}
	}
	return faults;
}

function textOf(value: unknown, decimal: '.' | ','): string {
	if (value === null || value === undefined) return '';
	if (value instanceof Date) return dateText(value);
	// Excel itself counts with 15 digits.
	if (typeof value === 'number') return String(Number(value.toPrecision(15))).replace('.', decimal);
	return String(value as string | boolean).slice(0, MAX_CELL);
}

/** A day as `2026-11-22`, a time of day as `06:00`, or both. */
function dateText(value: Date): string {
	const [day = '', time = ''] = new Date(Math.round(value.getTime() / 60_000) * 60_000)
		.toISOString()
		.split('T');
	const clock = time.slice(0, 5);
	if (value.getUTCFullYear() < 1900) return clock;
	return clock === '00:00' ? day : `${day} ${clock}`;
}

/** What the sheet and the file of figures are called; of samples both say so, whatever the reader's language. */
export const workbookNames = (sheet: string, file: string, { isSample }: { isSample: 0 | 1 }) =>
	isSample === 1 ? { sheet: `MẪU ${sheet}`, file: `MẪU ${file}` } : { sheet, file };

const widthOf = (cell: BookCell): number => (cell instanceof Date ? 10 : String(cell).length);

/** A `Date` is a day: its midnight in UTC. */
export type BookCell = string | number | Date;

/**
 * A workbook of one sheet whose first row is its head. Numbers stay numbers, and days are days for Excel, shown as
 * `22/11/2026`; every text is a text, also one that begins like a formula, and stays one when it is edited there.
 */
export async function writeWorkbook(
	sheet: string,
	rows: readonly (readonly BookCell[])[],
): Promise<Uint8Array<ArrayBuffer>> {
	const cells = rows.map((row, index) =>
		row.map((value) => {
			if (value === '') return null;
			const head = index === 0 ? ({ fontWeight: 'bold' } as const) : {};
			if (typeof value === 'number') return { ...head, type: Number, value };
			if (value instanceof Date) return { ...head, type: Date, value, format: 'dd/mm/yyyy' };
			// Readers take `_x0041_` in a text for the letter of this code.
			const text = value.replace(/_(?=x[\da-f]{4}_)/gi, '_x005F_');
			return { ...head, type: String, value: text, format: '@' };
		}),
	);
	const columns = (rows[0] ?? []).map((_, column) => ({
		width: Math.min(40, 2 + rows.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), 0)),
	}));
	const file = await writeExcelFile(cells, { sheet, columns, stickyRowsCount: 1 }).toBuffer();
	return new Uint8Array(file);
}
