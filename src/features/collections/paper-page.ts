// Pages of a house's notebook, typed in one sitting: on a day so many households brought these goods, never who.
import { checkLines, type DropOffLine } from '#features/drop-offs/drop-off.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import type { Material } from '#features/materials/material.ts';
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import { parseCount, parseQuantityMilli } from '#lib/number-input.ts';
import { addDays, parseLocalDate, type LocalDate } from '#lib/time.ts';

export type PaperRow = {
	/** Its place on the form, from 0. */
	index: number;
	happenedOn: LocalDate;
	householdCount: number;
	lines: DropOffLine[];
};

/** Rows of a fresh form, and how many more each press adds. */
export const FIRST_ROWS = 8;
export const MORE_ROWS = 8;
/** Two months of a notebook in which every day has a row. */
export const MAX_PAPER_ROWS = 62;
/** A notebook goes back a year and a month. */
const MAX_PAPER_AGE_DAYS = 400;
const MAX_HOUSEHOLDS = 500;

export const cellName = (index: number, material: string): string => `cell-${index}-${material}`;

/** What a cell counts in: the unit that was written after the number, else the material's own. */
function unitOf(text: string, material: Material): 'kg' | 'piece' {
	if (/(kg|ki-?l[oô]|cân)\.?\s*$/iu.test(text)) return 'kg';
	if (/(cái|vỏ|chai|lon|hộp|pcs|pieces?)\s*$/iu.test(text)) return 'piece';
	return material.defaultUnit;
}

/** Runs a check and keeps what it refuses, under the field that the row has on the form. */
function attempt<T>(failures: DomainError[], field: string, check: () => T): T | undefined {
	try {
		return check();
	} catch (error) {
		if (!(error instanceof DomainError)) throw error;
		failures.push(new DomainError(error.kind, error.key, { field, values: error.values }));
		return undefined;
	}
}

/** All that is wrong at once, so that one correction is enough. */
function throwAll(failures: DomainError[]): void {
	const [first, ...others] = failures;
	if (first)
		throw new DomainError(first.kind, first.key, { field: first.field, values: first.values, others });
}

/**
 * Reads rows `date-0`, `households-0`, `cell-0-mixed_paper` …; a row in which nothing is written does not count.
 * Refuses with 422 and names every field that cannot be read.
 */
export function readPaperRows(form: FormData, materials: Material[]): PaperRow[] {
	const textOf = (name: string) => String(form.get(name) ?? '').trim();
	const failures: DomainError[] = [];
	const rows: PaperRow[] = [];
	for (let index = 0; index < MAX_PAPER_ROWS && form.has(`date-${index}`); index += 1) {
		const [dateField, householdsField] = [`date-${index}`, `households-${index}`];
		const cells = materials.map((material) => ({
			material,
			field: cellName(index, material.code),
			text: textOf(cellName(index, material.code)),
		}));
		const isEmpty = cells.every((cell) => cell.text === '');
		if (isEmpty && textOf(dateField) === '' && textOf(householdsField) === '') continue;
		const refuse = (key: DomainErrorKey, field: string) =>
			failures.push(new DomainError('UNPROCESSABLE_CONTENT', key, { field }));
		const happenedOn = parseLocalDate(textOf(dateField));
		if (!happenedOn) refuse('dateInvalid', dateField);
		const households = textOf(householdsField);
		if (households === '') refuse('householdsMissing', householdsField);
		const householdCount =
			households === ''
				? undefined
				: attempt(failures, householdsField, () =>
						parseCount(households, { min: 1, max: MAX_HOUSEHOLDS }, householdsField),
					);
		if (isEmpty) refuse('linesMissing', cells[0]?.field ?? dateField);
		const lines = cells.flatMap(({ material, field, text }) => {
			if (text === '') return [];
			const unit = unitOf(text, material);
			const quantityMilli = attempt(failures, field, () => parseQuantityMilli(text, unit, field));
			return quantityMilli === undefined ? [] : [{ material: material.code, unit, quantityMilli }];
		});
		if (happenedOn && householdCount !== undefined) rows.push({ index, happenedOn, householdCount, lines });
	}
	throwAll(failures);
	if (rows.length === 0)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'paperRowsMissing', { field: 'date-0' });
	return rows;
}

/** The checks of a drop-off, for days that lie further back. Refuses with 422, naming every row that is wrong. */
export function checkPaperRows(
	rows: PaperRow[],
	house: GreenHouse,
	materials: Material[],
	today: LocalDate,
	locale: 'vi' | 'en',
): void {
	const failures: DomainError[] = [];
	if (rows.length === 0)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'paperRowsMissing', { field: 'date-0' });
	if (rows.length > MAX_PAPER_ROWS)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'tooManyLines', {
			field: 'date-0',
			values: { max: MAX_PAPER_ROWS },
		});
	for (const { index, happenedOn, householdCount, lines } of rows) {
		const field = `date-${index}`;
		const refuse = (key: DomainErrorKey, values = {}) =>
			failures.push(new DomainError('UNPROCESSABLE_CONTENT', key, { field, values }));
		if (happenedOn > today) refuse('dateInFuture');
		else if (happenedOn < addDays(today, -MAX_PAPER_AGE_DAYS))
			refuse('dateTooOld', { days: MAX_PAPER_AGE_DAYS });
		// A house that is paused or closed by now was open then.
		else if (house.status === 'closed' && (house.closedOn === null || happenedOn > house.closedOn))
			refuse('houseClosed');
		if (!Number.isSafeInteger(householdCount) || householdCount < 1 || householdCount > MAX_HOUSEHOLDS)
			failures.push(
				new DomainError('UNPROCESSABLE_CONTENT', 'countOutOfRange', {
					field: `households-${index}`,
					values: { min: 1, max: MAX_HOUSEHOLDS },
				}),
			);
		attempt(failures, field, () => checkLines(lines, house, materials, locale));
	}
	throwAll(failures);
}
