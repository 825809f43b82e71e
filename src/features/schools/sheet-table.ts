// A table that a school pasted or uploaded, read into the cells of its class sheet. Nothing of it comes back but classes
// and materials that are known here, numbers, and where something stands: a pupil's name in it is kept and shown nowhere.
import { delimiterOf, splitRows } from '#lib/delimited.ts';
import { DomainError } from '#lib/errors.ts';
import { parseQuantityMilli } from '#lib/number-input.ts';
import { cellName } from './class-sheet.ts';
import {
	classKey,
	headsNames,
	isAside,
	isClassHead,
	isClassLike,
	isTotal,
	looksLikeName,
	materialFinder,
	nearClasses,
	nearMaterials,
	readHead,
	type TableClass,
	type TableMaterial,
	type Unit,
} from './sheet-names.ts';

export type { TableClass, TableMaterial };

export type SheetTable = {
	/** Rows of text from the first line of the file. */
	rows: string[][];
	/** What parts the cells where commas may also stand in numbers. */
	delimiter?: string | undefined;
	/** Cells of a workbook that hold no value of their own, as `C7` or `B3:B5`. */
	faults?: { cell: string; key: 'merged' | 'failed' | 'uncalculated' }[];
};

/** Reasons of `number-input.ts` that a cell of this table can have. */
export type NumberProblem =
	| 'quantityNotNumber'
	| 'quantityNotPositive'
	| 'quantityNotWhole'
	| 'quantityTooLarge'
	| 'piecesTooLarge'
	| 'quantityAmbiguous';

/** The table in a pasted text or a file of text. */
export function tableOfText(text: string): SheetTable {
	const delimiter = delimiterOf(text);
	return { rows: splitRows(text, delimiter), delimiter };
}

export type TableProblemKey =
	| NumberProblem
	| 'noRows'
	| 'tooLong'
	| 'noHead'
	| 'noClasses'
	| 'pupilRows'
	| 'names'
	| 'classMissing'
	| 'classUnknown'
	| 'classGuessed'
	| 'classTwice'
	| 'cellCount'
	| 'materialUnknown'
	| 'materialRefused'
	| 'materialTwice'
	| 'mixedDecimals'
	| 'formula'
	| 'merged'
	| 'failed'
	| 'uncalculated';

export type TableProblem = {
	key: TableProblemKey;
	/** From 1; 0 where the whole table or a column is meant. */
	row: number;
	/** `C`; '' where a whole row is meant. */
	column: string;
	/** The cell of the grid that it concerns. */
	field?: string | undefined;
	classId?: string | undefined;
	/** Code of the material that it concerns. */
	material?: string | undefined;
	/** What stands there, where it looks like a class or a number. */
	found?: string | undefined;
	/** Names of the nearest classes, or codes of the nearest materials. */
	near?: string[] | undefined;
	values?: Record<string, string | number> | undefined;
	/** What the row would be for a near class that has none in the table. */
	offers?: Offer[] | undefined;
};

export type Offer = TableClass & { cells: { name: string; text: string }[] };

export type Ignored = { key: 'total' | 'aside' | 'title' | 'zeros'; places: string[] };

export type TableReading = {
	/** What goes into the grid, as it was written there. */
	cells: { name: string; text: string }[];
	problems: TableProblem[];
	ignored: Ignored[];
};

/** More rows than the largest school has classes, with titles and totals between them. */
export const MAX_TABLE_ROWS = 500;
/** How many problems are named one by one. */
export const MAX_SHOWN = 40;
const MAX_TABLE_COLUMNS = 60;
const HEAD_WITHIN = 30;
const MAX_NEAR = 3;

/** `C` for the third column. */
export const letters = (index: number): string =>
	(index >= 26 ? letters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26));

const numberOf = (column: string) =>
	[...column].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

/** A number as people write it, with its unit; nothing else of a cell is shown again. */
const NUMERIC = /^[-−+]?[\d.,\s½¼¾]{1,16}(kg|ký|ki|cân|cái|vỏ|chai|lon|hộp|pcs)?\.?$/iu;
const EMPTY = /^[-–—.]?$/;
const ZERO = /^0+([.,]0+)?\s*\p{L}*$/u;

type Column = { index: number; material: TableMaterial; unit: Unit };

/** Reads the table. `cells` may be written into the grid as they are; each problem says where and what. */
export function readSheetTable(
	table: SheetTable,
	{ classes, materials }: { classes: TableClass[]; materials: TableMaterial[] },
): TableReading {
	const reading: TableReading = { cells: [], problems: [], ignored: [] };
	const fail = (key: TableProblemKey, row = 0, column = '', rest: Partial<TableProblem> = {}) =>
		reading.problems.push({ key, row, column, ...rest });
	const rows = table.rows.map((cells) =>
		cells.slice(0, MAX_TABLE_COLUMNS).map((cell) => cell.replace(/\s+/g, ' ').trim().replace(/^'/, '')),
	);
	const filled = rows.filter((cells) => cells.some((cell) => cell !== '')).length;
	if (filled === 0) fail('noRows');
	if (filled > MAX_TABLE_ROWS) fail('tooLong', 0, '', { values: { max: MAX_TABLE_ROWS } });
	if (reading.problems.length > 0) return reading;

	const find = materialFinder(materials);
	const width = Math.max(...rows.map((cells) => cells.length));
	const byKey = new Map(classes.map((each) => [classKey(each.name), each]));
	const isClass = (cell: string | undefined) => byKey.has(classKey(cell ?? ''));
	const headAt = findHead(rows, (cell) => find(cell) !== undefined);
	const body = headAt === -1 ? rows : rows.slice(headAt + 1);
	const columnOf = (index: number) => body.map((cells) => cells[index] ?? '').filter((cell) => cell !== '');
	const headOf = (index: number) =>
		headAt === -1 ? [] : rows.slice(0, headAt + 1).map((cells) => cells[index] ?? '');
	const classAt = findClasses(width, (index) => columnOf(index).filter(isClass).length, headOf);

	const people = range(width).filter(
		(index) => index !== classAt && holdsNames(columnOf(index), headOf(index).at(-1) ?? '', find),
	);
	for (const index of people) fail('names', 0, letters(index));
	const keys = classAt === -1 ? [] : columnOf(classAt).filter(isClass).map(classKey);
	if (people.length > 0 && new Set(keys).size < keys.length) {
		// A row for each pupil: nothing of it is a class's total.
		reading.problems = [];
		fail('pupilRows', 0, people.map(letters).join(', '));
		return reading;
	}
	if (headAt === -1) fail('noHead');
	if (classAt === -1) fail('noClasses');
	if (headAt === -1 || classAt === -1) return reading;
	if (headAt > 0) note(reading, 'title', String(headAt));

	const columns = readHeads();
	const seen = new Map<string, number>();
	const offered: Fraction[] = [];
	const faults = faultsByCell(table.faults ?? []);
	const claimed = new Set(keys);
	for (const [index, cells] of body.entries()) readRow(cells, headAt + 2 + index);
	askAboutDecimals(reading, offered);
	return reading;

	function readHeads(): Column[] {
		const found: Column[] = [];
		// Units may stand in a row of their own.
		const below = body[0]?.[classAt] ? [] : (body[0] ?? []);
		for (const index of range(width)) {
			if (index === classAt || people.includes(index)) continue;
			// A decimal comma in a file whose cells are parted by commas: its row says so.
			if (table.delimiter === ',' && index >= rows[headAt]!.length) continue;
			const head = rows[headAt]![index] ?? '';
			const hasNumbers = columnOf(index).some((cell) => NUMERIC.test(cell) && !EMPTY.test(cell));
			const material = find(head);
			const at = [headAt + 1, letters(index)] as const;
			if (isTotal(head) && !material) note(reading, 'total', letters(index));
			else if (isAside(head) || (head === '' && !hasNumbers)) {
				if (head !== '') note(reading, 'aside', letters(index));
			} else if (!material) {
				const near = nearMaterials(head, materials).map(({ code }) => code);
				if (hasNumbers) fail('materialUnknown', ...at, { near });
				else note(reading, 'aside', letters(index));
			} else if (!material.isTaken) {
				if (hasNumbers) fail('materialRefused', ...at, { material: material.code });
			} else {
				const unit = readHead(head).unit ?? readHead(below[index] ?? '').unit ?? material.unit;
				if (found.some((each) => each.material === material && each.unit === unit))
					fail('materialTwice', ...at, { material: material.code });
				else found.push({ index, material, unit });
			}
		}
		return found;
	}

	function readRow(cells: string[], line: number): void {
		const label = cells[classAt] ?? '';
		const figures = columns.filter(({ index }) => {
			const cell = cells[index] ?? '';
			return !EMPTY.test(cell) || faults.has(`${letters(index)}${line}`);
		});
		if (!isClass(label) && cells.some(isTotal)) return note(reading, 'total', String(line));
		if (figures.length === 0) return;
		// A second head, as it stands over each page of a printed list, or a row of units.
		if (!isClass(label) && figures.every(({ index }) => isHeadAgain(cells[index] ?? ''))) return;
		const at = [line, letters(classAt)] as const;
		if (label === '') return void fail('classMissing', line);
		const nearest = isClass(label) ? [] : nearClasses(label, classes);
		const free = nearest.filter(({ name }) => !claimed.has(classKey(name)));
		// Who has a row of its own is hardly meant.
		const near = [...free, ...nearest.filter((each) => !free.includes(each))].slice(0, MAX_NEAR);
		const found = isClassLike(label) ? label : undefined;
		const only = nearest.length === 1 ? free[0] : undefined;
		const schoolClass = byKey.get(classKey(label)) ?? only;
		const classId = schoolClass?.id;
		if (classId !== undefined) {
			const before = seen.get(classId);
			if (before !== undefined) return void fail('classTwice', ...at, { classId, values: { before } });
			seen.set(classId, line);
		}
		if (table.delimiter === ',' && cells.slice(rows[headAt]!.length).some((cell) => cell !== ''))
			return void fail('cellCount', line, '', { classId });
		if (classId === undefined) {
			const offers = offersOf(free.slice(0, MAX_NEAR), cells, line, figures);
			return void fail('classUnknown', ...at, { found, near: near.map(({ name }) => name), offers });
		}
		if (only) {
			const { material, unit } = figures[0]!;
			const field = cellName(classId, { material: material.code, unit });
			fail('classGuessed', ...at, { classId, found, near: [only.name], field });
		}
		for (const column of figures) readCell(cells[column.index] ?? '', line, classId, column);
	}

	function readCell(text: string, line: number, classId: string, { index, material, unit }: Column): void {
		const field = cellName(classId, { material: material.code, unit });
		const found = NUMERIC.test(text) ? text : undefined;
		const wrong = (key: TableProblemKey, values?: TableProblem['values']) =>
			fail(key, line, letters(index), { field, classId, material: material.code, found, values });
		const fault = faults.get(`${letters(index)}${line}`);
		if (fault) return void wrong(fault);
		if (text.startsWith('=')) return void wrong('formula');
		if (ZERO.test(text)) return note(reading, 'zeros', `${letters(index)}${line}`);
		const refused = refusalOf(text, unit);
		if (refused) wrong(refused.key as NumberProblem, refused.values);
		if (found !== undefined) reading.cells.push({ name: field, text });
	}

	/** What a row would be for each of them: only what their own row would bring into the grid without a question. */
	function offersOf(free: TableClass[], cells: string[], line: number, figures: Column[]): Offer[] {
		const taken = figures.flatMap(({ index, material, unit }) => {
			const [text, column] = [cells[index] ?? '', letters(index)];
			if (!NUMERIC.test(text) || faults.has(`${column}${line}`) || refusalOf(text, unit)) return [];
			return [{ text, column, material: material.code, unit }];
		});
		if (free.length > 0)
			for (const { text, column, material, unit } of taken)
				if (unit === 'kg') offered.push({ text, at: { row: line, column, material } });
		return free.map((to) => ({
			...to,
			cells: taken.map(({ text, material, unit }) => ({ name: cellName(to.id, { material, unit }), text })),
		}));
	}

	function isHeadAgain(cell: string): boolean {
		return find(cell) !== undefined || readHead(cell).unit !== undefined;
	}
}

/**
 * A block of figures without heads, pasted from one cell of the grid on: read as if the grid's own heads stood at it.
 * @param from the classes and the columns of the grid from that cell on
 */
export function readBlock(
	{ rows }: SheetTable,
	from: { classNames: string[]; columns: { material: string; unit: Unit }[] },
	known: { classes: TableClass[]; materials: TableMaterial[] },
): TableReading {
	const heads = from.columns.map(({ material, unit }) => {
		const name = known.materials.find(({ code }) => code === material)?.names[0] ?? '';
		return `${name} (${unit === 'kg' ? 'kg' : 'cái'})`;
	});
	const framed = rows.map((cells, index) => [from.classNames[index] ?? '', ...cells]);
	const reading = readSheetTable({ rows: [['Lớp', ...heads], ...framed] }, known);
	// Its own first row and column are no part of what was pasted.
	const problems = reading.problems.map((each) => ({
		...each,
		row: Math.max(0, each.row - 1),
		column: each.column === '' ? '' : letters(Math.max(0, numberOf(each.column) - 1)),
	}));
	return { cells: reading.cells, problems, ignored: [] };
}

const range = (length: number) => [...Array(length).keys()];

function note({ ignored }: TableReading, key: Ignored['key'], place: string): void {
	const known = ignored.find((each) => each.key === key);
	if (known) known.places.push(place);
	else ignored.push({ key, places: [place] });
}

/** The row that names most materials, among the first; -1 when none does. */
function findHead(rows: string[][], names: (cell: string) => boolean): number {
	let [best, most] = [-1, 0];
	for (const [index, cells] of rows.slice(0, HEAD_WITHIN).entries()) {
		const count = cells.filter((cell) => cell !== '' && names(cell)).length;
		if (count > most) [best, most] = [index, count];
	}
	return best;
}

/** The column that a head calls that of the classes, or the one that names most of them; -1 when none does. */
function findClasses(
	width: number,
	countIn: (index: number) => number,
	headOf: (index: number) => string[],
): number {
	const called = range(width).find((index) => headOf(index).some(isClassHead));
	if (called !== undefined) return called;
	const [best] = range(width).sort((a, b) => countIn(b) - countIn(a) || a - b);
	return best !== undefined && countIn(best) > 0 ? best : -1;
}

function holdsNames(cells: string[], head: string, find: (cell: string) => unknown): boolean {
	if (cells.length === 0) return false;
	const figures = cells.filter((cell) => NUMERIC.test(cell)).length;
	if (headsNames(head)) return figures < cells.length;
	const names = cells.filter((cell) => looksLikeName(cell) && !isTotal(cell) && find(cell) === undefined);
	return names.length >= 2 && names.length * 2 >= cells.length;
}

/** Every cell that a fault covers; of merged ones no cell says how much belongs to which. */
function faultsByCell(
	faults: NonNullable<SheetTable['faults']>,
): Map<string, 'merged' | 'failed' | 'uncalculated'> {
	const found = new Map<string, 'merged' | 'failed' | 'uncalculated'>();
	for (const { cell, key } of faults) {
		const [, left, top, right = left, bottom = top] = /^([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?$/.exec(cell) ?? [];
		if (!left || !right) continue;
		// What lies outside of any table is not looked at.
		const last = [Math.min(numberOf(right), MAX_TABLE_COLUMNS), Math.min(Number(bottom), 20_000)] as const;
		if ((last[0] - numberOf(left)) * (last[1] - Number(top)) > 20_000) continue;
		for (let column = numberOf(left); column <= last[0]; column += 1)
			for (let row = Number(top); row <= last[1]; row += 1) found.set(`${letters(column)}${row}`, key);
	}
	return found;
}

/** Why a figure cannot be counted; undefined where it can. */
function refusalOf(text: string, unit: Unit): DomainError | undefined {
	try {
		parseQuantityMilli(text, unit, '');
		return undefined;
	} catch (error) {
		if (error instanceof DomainError) return error;
		throw error;
	}
}

/** A figure in kilograms, and the place that a question about it names: in the grid, or in the table. */
type Fraction = { text: string; at: Partial<TableProblem> };

/** In one table a comma and a point cannot both part decimals: those of which there are fewer are asked about. */
function askAboutDecimals(reading: TableReading, offered: Fraction[]): void {
	const wrong = new Set(reading.problems.map(({ field }) => field));
	const inGrid = reading.cells
		.filter(({ name }) => name.endsWith(':kg'))
		.map(({ name, text }): Fraction => {
			const [, classId, material] = name.split(':');
			return { text, at: { field: name, classId, material } };
		});
	const fractions = [...inGrid, ...offered];
	const commas = fractions.filter(({ text }) => /,\d{1,3}\D*$/.test(text));
	const points = fractions.filter(({ text }) => /\.\d{1,3}\D*$/.test(text));
	if (commas.length === 0 || points.length === 0) return;
	for (const { text, at } of points.length > commas.length ? commas : points) {
		if (at.field !== undefined && wrong.has(at.field)) continue;
		reading.problems.push({ key: 'mixedDecimals', row: 0, column: '', ...at, found: text });
	}
}
