// A class sheet is one school day's totals by class: class × material × quantity, never a pupil.
// Once it is approved its cells are declared drop-offs of the school's house, one for each class.
import { DomainError } from '#lib/errors.ts';
import { materialInText, type Material } from '#features/materials/material.ts';
import { formatQuantity } from '#lib/number-format.ts';
import { formatKgInput, parseQuantityMilli } from '#lib/number-input.ts';

export type SchoolClass = { id: string; name: string; grade: number; size: number | null };

export type SheetLine = { material: string; quantityMilli: number; unit: 'kg' | 'piece' };
export type SheetRow = { classId: string; lines: SheetLine[] };

export type ClassSheetInput = {
	/** Minted with the form. */
	id: string;
	greenHouseCode: string;
	/** The day on which pupils brought the goods. */
	collectedOn: string;
	rows: SheetRow[];
	/** The campaign that it counts for. */
	campaignId?: string | undefined;
	/** True: whoever enters it approves it at once. */
	isApproved?: boolean;
	/** True: amounts over {@link LARGE_MILLI} were meant. */
	isSure?: boolean;
	/** True: what stands of that day for the same classes stays, and this comes on top. */
	isExtra?: boolean;
	/** The language in which a refused material is named. */
	locale?: 'vi' | 'en';
};

/**
 * Reads a form's cells, named `cell:<class>:<material>:<unit>`, into rows by class; an empty cell is not reported,
 * which is not zero. A cell holds one number and nothing else. Refuses with 400 a form that no page sends, such as one
 * with a cell twice, and with 422, naming every bad cell.
 */
export function readSheetRows(form: FormData): SheetRow[] {
	const rows = new Map<string, SheetRow>();
	const refused: DomainError[] = [];
	for (const [name, value] of form.entries()) {
		const [prefix, classId, material, unit] = name.split(':');
		if (prefix !== 'cell' || typeof value !== 'string' || value.trim() === '') continue;
		if (!classId || !material || (unit !== 'kg' && unit !== 'piece')) {
			throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
		}
		const row = rows.get(classId) ?? { classId, lines: [] };
		rows.set(classId, row);
		if (row.lines.some((line) => line.material === material && line.unit === unit))
			throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
		try {
			row.lines.push({ material, unit, quantityMilli: parseQuantityMilli(value, unit, name) });
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			refused.push(error);
		}
	}
	const [first, ...others] = refused;
	if (first) {
		const { kind, key, field, values } = first;
		throw new DomainError(kind, key, { field, values, others });
	}
	return [...rows.values()];
}

/** The rows as a form's cells again, to be corrected and entered anew. */
export function sheetForm(rows: SheetRow[]): FormData {
	const form = new FormData();
	for (const { classId, lines } of rows)
		for (const line of lines) {
			const { unit, quantityMilli } = line;
			const text = unit === 'kg' ? formatKgInput(quantityMilli) : String(quantityMilli / 1000);
			form.set(cellName(classId, line), text);
		}
	return form;
}

/** The most that a page lists, and that are approved at once: more than one look takes. */
export const MAX_SHEETS = 150;

/** What came of approving several sheets in one act. */
export type ApprovedSheets = {
	/** What this act let count. */
	approved: string[];
	/** What it left as it stands: approved or revoked meanwhile, or refused. */
	left: { id: string; why: 'approved' | 'revoked' | DomainError }[];
};

export type StandingSheet = { id: string; collectedOn: string; campaignId: string | null };

/** The grid with the figures of a sheet that was taken back. */
export const againPath = ({ id, collectedOn, campaignId }: StandingSheet, houseCode: string): string =>
	`/cua-toi/truong?${new URLSearchParams({ diem: houseCode, ngay: collectedOn, dot: campaignId ?? '', tu: id })}`;

/** More than a class brings in a day as a rule; in thousandths of the unit. */
export const LARGE_MILLI = { kg: 300_000, piece: 5_000_000 } as const;

export const cellName = (classId: string, line: Pick<SheetLine, 'material' | 'unit'>): string =>
	`cell:${classId}:${line.material}:${line.unit}`;

const largeCells = (rows: SheetRow[]) =>
	rows.flatMap(({ classId, lines }) =>
		lines
			.filter(({ unit, quantityMilli }) => quantityMilli > LARGE_MILLI[unit])
			.map((line) => ({ name: cellName(classId, line), quantityMilli: line.quantityMilli })),
	);

/** Asks (409) about each amount that a class rarely brings in a day, unless it was meant. */
export function askAboutLarge({ rows, isSure }: ClassSheetInput): void {
	if (isSure) return;
	const [first, ...others] = largeCells(rows).map(
		({ name }) => new DomainError('CONFLICT', 'classAmountLarge', { field: name }),
	);
	if (first) throw new DomainError(first.kind, first.key, { field: first.field, others });
}

/** What a form's box stands for that says "sure": these cells with these amounts, and no others. */
export const sureOf = (rows: SheetRow[]): string =>
	largeCells(rows)
		.map(({ name, quantityMilli }) => `${name}=${quantityMilli}`)
		.sort()
		.join(' ');

/** The same of a form that came back; of one that cannot be read, nothing. */
export function sureOfForm(form: FormData | undefined): string {
	try {
		return form ? sureOf(readSheetRows(form)) : '';
	} catch (error) {
		if (error instanceof DomainError) return '';
		throw error;
	}
}

/** At least one cell, each class once and of this school. Refuses with 422. */
export function checkClassSheet(input: ClassSheetInput, classes: SchoolClass[]): void {
	const known = new Set(classes.map((each) => each.id));
	const seen = new Set<string>();
	for (const row of input.rows) {
		if (!known.has(row.classId) || seen.has(row.classId)) {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownClass', { field: 'rows' });
		}
		seen.add(row.classId);
	}
	if (input.rows.every((row) => row.lines.length === 0)) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'sheetEmpty', { field: 'rows' });
	}
}

export type SheetCell = { name: string; materialCode: string; unit: 'kg' | 'piece'; quantityMilli: number };

/** What cells add up to by material, in the catalogue's order: `3 kg giấy vụn, 40 cái lon nhôm`. */
export function totalsText(cells: SheetCell[], materials: Material[], locale: 'vi' | 'en'): string {
	return materials
		.flatMap((material) =>
			(['kg', 'piece'] as const).map((unit) => {
				const same = cells.filter((cell) => cell.materialCode === material.code && cell.unit === unit);
				const sum = same.reduce((total, cell) => total + cell.quantityMilli, 0);
				return sum && `${formatQuantity(sum, unit, locale)} ${materialInText(material, locale)}`;
			}),
		)
		.filter(Boolean)
		.join(', ');
}

/** The same for each class: `6A: 3 kg giấy vụn; 6B: 2 kg giấy vụn`. */
export const totalsByClass = (cells: SheetCell[], materials: Material[], locale: 'vi' | 'en'): string =>
	[...new Set(cells.map((cell) => cell.name))]
		.map((name) => {
			const own = cells.filter((cell) => cell.name === name);
			return `${name}: ${totalsText(own, materials, locale)}`;
		})
		.join('; ');

/** The Vietnamese school year of a day: 2026–2027 runs from 1 August 2026 to 31 July 2027. */
export function schoolYearOf(date: string): string {
	const year = Number(date.slice(0, 4));
	const first = date.slice(5) >= '08-01' ? year : year - 1;
	return `${first}-${first + 1}`;
}
