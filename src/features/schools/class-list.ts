// A school's list of classes as Excel holds it, pasted or in a file: a class and its size a row, and nobody's name.
import { parse } from 'csv-parse/sync';
import { DomainError } from '#lib/errors.ts';
import { cleanText, foldSearch } from '#lib/fold.ts';
import { columnLetters, isWorkbook, readWorkbook, type CellFault, type Sheet } from '#lib/workbook.ts';
import { MAX_CLASSES, parseClass, parseSize, type ClassInput, type StandingClass } from './school-class.ts';

/** What a school's list may weigh. */
const MAX_BYTES = 1_000_000;
const MAX_TEXT = 500_000;
/** Classes with titles, totals and empty rows between them. */
const MAX_ROWS = 1000;
/** What stands further to the right is not looked at. */
const MAX_COLUMNS = 60;
/** How many columns are named one by one. */
const MAX_NAMED = 5;

/** A row of the list: where it stands, from 1; a size that is not given is null. */
export type ListedClass = ClassInput & { line: number; grade: number };

type Row = { line: number; cells: string[] };

const refuse = (key: 'classListUnreadable' | 'classListEmpty' | 'classListColumns') =>
	new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'list' });

const tooLong = () =>
	new DomainError('CONTENT_TOO_LARGE', 'classListRows', { field: 'list', values: { max: MAX_CLASSES } });

/** A file's list: the first sheet of a workbook, or a CSV's text. Refuses with 413 and 422 what is neither. */
export async function readClassFile(file: File): Promise<string | Sheet> {
	if (file.size > MAX_BYTES)
		throw new DomainError('CONTENT_TOO_LARGE', 'fileTooLarge', {
			field: 'file',
			values: { max: MAX_BYTES / 1_000_000 },
		});
	const bytes = new Uint8Array(await file.arrayBuffer());
	if (isWorkbook(bytes, file.name)) {
		return readWorkbook(bytes).catch((error: unknown) => {
			if (!(error instanceof DomainError)) throw error;
			throw new DomainError(error.kind, error.key, { field: 'file', values: error.values });
		});
	}
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'classListUnreadable', { field: 'file', cause });
	}
}

const delimiterOf = (text: string) => ['\t', ';', ','].find((each) => text.includes(each));

/** `Lớp 6A 38 em`: a line that somebody typed. */
const typedCells = (line: string): string[] => {
	const [, name, size] = /^\s*((?:lớp\s+)?\S+)\s+(\d.*)$/iu.exec(line) ?? [];
	return name && size && isClass(name) ? [name, size] : [line];
};

/** Rows in which something stands, one more than {@link MAX_ROWS} at most. */
function rowsOf(list: string | Sheet): Row[] {
	let rows: string[][];
	const delimiter = typeof list === 'string' ? delimiterOf(list) : undefined;
	if (typeof list !== 'string') rows = list.rows;
	else if (delimiter === undefined) rows = list.split(/\r\n?|\n/).map(typedCells);
	else {
		try {
			rows = parse(list, {
				bom: true,
				delimiter,
				relax_column_count: true,
				relax_quotes: true,
				skip_empty_lines: false,
			});
		} catch {
			throw refuse('classListUnreadable');
		}
	}
	const written: Row[] = [];
	for (const [index, row] of rows.entries()) {
		const cells = row.slice(0, MAX_COLUMNS).map((cell) => cleanText(cell.slice(0, 400), { max: 200 }));
		if (cells.some((cell) => cell !== '')) written.push({ line: index + 1, cells });
		if (written.length > MAX_ROWS) break;
	}
	return written;
}

/** No head is longer. */
const MAX_HEAD = 60;
/** A cell as heads are compared. */
const headWords = (cell: string) =>
	foldSearch(cell.slice(0, MAX_HEAD))
		.replace(/[:().]/g, '')
		.trim();
const isClassHead = (cell: string) =>
	/^((ten )?lop( hoc)?|class( name)?)$/.test(foldSearch(cell.slice(0, MAX_HEAD)));
const isSizeHead = (cell: string) =>
	/^(si so|ss|sl|so luong|(tong )?(so )?(hs|hoc sinh)|(class )?size|(number of )?pupils)$/.test(
		headWords(cell),
	);
/** A column that is about one pupil; more may stand behind it, also who it is. */
const PERSON_HEAD =
	/^(ho (va )?ten|ten (hoc sinh|hs)|ngay sinh|nam sinh|ma (hoc sinh|hs)|ma dinh danh|(full|pupil) ?names?|pupils? names?|(date of birth|birth ?(day|date)))\b/;
const BARE_PERSON_HEAD = new RegExp(
	`${PERSON_HEAD.source}( (cua )?(hoc sinh|hs|gvcn|gv|giao vien( chu nhiem)?))?$`,
);
/** A column of homeroom teachers. */
const TEACHER_HEAD =
	/^((ho (va )?)?ten )?(gvcn|gv|giao vien( chu nhiem)?|chu nhiem|thay co( chu nhiem)?|(homeroom )?teachers?)$/;
const WORDS = /(?:^|\s)\p{L}[\p{L}.'’-]*\s+\p{L}[\p{L}.'’-]*(?=[\s,;]|$)/u;
const DAY = /^(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d\d-\d\d)$/;
const TOTAL = /^(tong|cong|toan truong|khoi \d|total)\b/;

const isClass = (cell: string) => parseClass(cell) !== undefined;
const isLettered = (cell: string) => isClass(cell) && /\D/.test(cell);
const isSize = (cell: string) => typeof parseSize(cell) === 'number';
/** No letters, a cross, that there is none, or how many there are: `2 GV`. */
const isNobody = (cell: string) =>
	/^\P{L}*((gv|gvcn|giao vien|teachers?|nguoi|x|v|(chua|khong)( co)?)\P{L}*)?$/u.test(foldSearch(cell));

type Columns = { head: number; name: number; size: number };

/** Which column is which: by the head where there is one, else by what stands in most rows. */
function findColumns(rows: Row[]): Columns {
	const head = rows.findIndex(({ cells }) => cells.some(isClassHead));
	const headed = rows[head]?.cells ?? [];
	const below = rows.slice(head + 1);
	const width = Math.max(0, ...below.map(({ cells }) => cells.length));
	const columns = Array.from({ length: width }, (_, index) => index);
	const count = (column: number, is: (cell: string) => boolean) =>
		below.filter(({ cells }) => is(cells[column] ?? '')).length;
	const isNumber = (cell: string) => /^[-+=]?\d/.test(cell) && !isLettered(cell);
	const classes = columns.map((each) => count(each, isLettered));
	const most = Math.max(0, ...classes);
	if (head < 0 && most === 0) throw refuse('classListColumns');
	const name = head < 0 ? classes.indexOf(most) : headed.findIndex(isClassHead);
	const size = headed.findIndex(isSizeHead);
	if (size >= 0) return { head, name, size };
	const sizes = columns.filter(
		(each) => each !== name && count(each, isNumber) * 2 > count(each, Boolean) && !isSerial(below, each),
	);
	if (sizes.length > 1) throw refuse('classListColumns');
	return { head, name, size: sizes[0] ?? -1 };
}

/** Row numbers 1, 2, 3 … beside the list. */
const isSerial = (rows: Row[], column: number) => {
	const numbers = rows.map(({ cells }) => cells[column] ?? '').filter((cell) => /^\d+$/.test(cell));
	return numbers.length > 1 && numbers.every((cell, index) => Number(cell) === index + 1);
};

/** Columns with two words or more, or days of birth, in most rows: who somebody is has no place here. */
function findPeople(rows: Row[]): number[] {
	const isPerson = (cell: string) =>
		DAY.test(cell) || (WORDS.test(cell) && !isClass(cell) && !isSize(cell) && !isNobody(cell));
	const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
	return Array.from({ length: width }, (_, column) => column).filter(
		(column) => rows.filter(({ cells }) => isPerson(cells[column] ?? '')).length * 2 > rows.length,
	);
}

/** For each column the last row of a class in which it may say who somebody is; what is signed below is no class's. */
function lastTeachers(rows: Row[], name: number | undefined): Map<number, number> {
	const last = new Map<number, number>();
	for (const [index, { cells }] of rows.entries()) {
		if (!(name === undefined ? cells.some(isLettered) : isClass(cells[name] ?? ''))) continue;
		for (const [column, cell] of cells.entries()) if (!isNobody(cell)) last.set(column, index);
	}
	return last;
}

/**
 * Refuses with 422 a list with a column about people, naming each by its letter, and by its head where that is the word
 * for such a column and nothing more: anything else may be somebody's name.
 */
function checkPeople(rows: Row[]): void {
	const head = rows.findIndex(({ cells }) => cells.some(isClassHead));
	const teachers = lastTeachers(rows, rows[head]?.cells.findIndex(isClassHead));
	const heads = new Map<number, string | undefined>();
	for (const [index, { cells }] of rows.entries())
		for (const [column, cell] of cells.entries()) {
			if (heads.has(column)) continue;
			const words = headWords(cell);
			const isTeachers = TEACHER_HEAD.test(words) && (teachers.get(column) ?? -1) > index;
			if (!isTeachers && !PERSON_HEAD.test(words)) continue;
			heads.set(column, isTeachers || BARE_PERSON_HEAD.test(words) ? cell.slice(0, MAX_HEAD) : undefined);
		}
	const found = [...new Set([...heads.keys(), ...findPeople(rows.slice(head + 1))])].sort((a, b) => a - b);
	if (found.length === 0) return;
	const named = found.slice(0, MAX_NAMED).map((column) => {
		const head = heads.get(column);
		return columnLetters(column) + (head === undefined ? '' : ` (“${head}”)`);
	});
	const columns = [...named, ...(found.length > MAX_NAMED ? ['…'] : [])].join(', ');
	throw new DomainError('UNPROCESSABLE_CONTENT', 'classListNames', { field: 'list', values: { columns } });
}

/**
 * What a cell says, where it can be nobody's name, number or day: at most three digits, at most one letter, and the words
 * of such lists.
 */
function quotable(cell: string): { found?: string } {
	const letters = cell.replace(/lớp|khối|học sinh|pupils?|người|bạn|em|hs/giu, '').replace(/[^\p{L}]/gu, '');
	const digits = cell.replace(/[^\p{N}]/gu, '').length;
	const isDay = /\p{N}\s*[/.-]\s*\p{N}/u.test(cell);
	const isOpen = digits > 0 && digits <= 3 && !isDay && letters.length <= 1 && cell.length <= 20;
	return isOpen ? { found: cell } : {};
}

const columnOf = (letters: string) =>
	[...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

/** True for a cell whose value is asked for and cannot be known. */
function isFaulty(fault: CellFault, lines: Set<number>, columns: Columns): boolean {
	const [from = '', to = from] = fault.cell.split(':').map((cell) => cell.replace(/\d+/, ''));
	const touches = (column: number) => columnOf(from) <= column && column <= columnOf(to);
	return lines.has(fault.line) && (touches(columns.name) || touches(columns.size));
}

/**
 * The classes of a list; empty rows, totals, and other columns are passed over. Refuses with 422 a list that names
 * people, keeping nothing of it, and one with wrong rows, naming each by its line and by what stands there where that can
 * be nobody; with 413 one that is too long.
 */
export function readClassList(list: string | Sheet): ListedClass[] {
	if (typeof list === 'string' && list.length > MAX_TEXT)
		throw new DomainError('CONTENT_TOO_LARGE', 'bodyTooLarge', { field: 'list' });
	const rows = rowsOf(list);
	if (rows.length === 0) throw refuse('classListEmpty');
	checkPeople(rows.slice(0, MAX_ROWS));
	if (rows.length > MAX_ROWS) throw tooLong();
	const columns = findColumns(rows);
	const below = rows.slice(columns.head + 1);
	const cellsOf = ({ cells }: Row) => ({ name: cells[columns.name] ?? '', size: cells[columns.size] ?? '' });
	const body = below.filter((row) => {
		const { name, size } = cellsOf(row);
		if (TOTAL.test(foldSearch(name)) || (name === '' && size === '')) return false;
		return name !== '' || !row.cells.some((cell) => TOTAL.test(foldSearch(cell)));
	});
	if (body.length === 0) throw refuse('classListEmpty');
	if (body.length > MAX_CLASSES) throw tooLong();

	const wrong: DomainError[] = [];
	const fail = (key: 'classRowName' | 'classRowSize' | 'classRowTwice' | 'classRowCell', values: Values) =>
		wrong.push(new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'list', values }));
	const lines = new Set(body.map(({ line }) => line));
	const faults = typeof list === 'string' ? [] : list.faults.filter((each) => isFaulty(each, lines, columns));
	for (const { line, cell } of faults) fail('classRowCell', { line, cell });
	const lineOf = new Map<string, number>();
	const listed: ListedClass[] = [];
	for (const row of body) {
		const { line } = row;
		const cells = cellsOf(row);
		if (faults.some((fault) => fault.line === line)) continue;
		const named = parseClass(cells.name);
		const size = parseSize(cells.size);
		if (!named) fail('classRowName', { line, ...quotable(cells.name) });
		if (size === undefined) fail('classRowSize', { line, ...quotable(cells.size) });
		if (!named || size === undefined) continue;
		const { name, grade } = named;
		const first = lineOf.get(name);
		if (first !== undefined) fail('classRowTwice', { line, name, first });
		else listed.push({ line, name, grade, size });
		lineOf.set(name, first ?? line);
	}
	throwAll(wrong);
	return listed;
}

type Values = Record<string, string | number>;

/** Throws the first of them with the others beside it. */
export function throwAll([first, ...others]: DomainError[]): void {
	if (!first) return;
	const { kind, key, field, values } = first;
	throw new DomainError(kind, key, { field, values, others });
}

/** The list as text that is read as the same list again. */
export const classListText = (listed: ClassInput[]): string =>
	['Lớp\tSĩ số', ...listed.map(({ name, size }) => `${name}\t${size ?? ''}`)].join('\n');

export type ClassListPlan = {
	added: ListedClass[];
	resized: { id: string; name: string; from: number | null; to: number }[];
	same: string[];
	/** Classes that the list does not name: they stay as they are. */
	unnamed: string[];
};

/**
 * What a list changes in a school year: new classes, other sizes; a size that it leaves out stays. Refuses with 409 each
 * row of a class that has ended in this year.
 */
export function planClassList(listed: ListedClass[], standing: StandingClass[]): ClassListPlan {
	const byName = new Map(standing.map((each) => [each.name, each]));
	const plan: ClassListPlan = { added: [], resized: [], same: [], unnamed: [] };
	const ended: DomainError[] = [];
	for (const row of listed) {
		const { line, name, size } = row;
		const found = byName.get(name);
		byName.delete(name);
		if (!found) plan.added.push(row);
		else if (found.closedOn !== null)
			ended.push(new DomainError('CONFLICT', 'classRowEnded', { field: 'list', values: { line, name } }));
		else if (size === null || size === found.size) plan.same.push(name);
		else plan.resized.push({ id: found.id, name, from: found.size, to: size });
	}
	throwAll(ended);
	plan.unnamed = [...byName.values()].filter(({ closedOn }) => closedOn === null).map(({ name }) => name);
	return plan;
}
