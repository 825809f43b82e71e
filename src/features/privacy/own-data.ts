// A person's own data as files: JSON for machines, CSV for a spreadsheet.
import { csvLine } from '#lib/csv.ts';
import { toNationalPhone } from '#lib/phone.ts';
import { toLocalIso } from '#lib/time.ts';

type Rows = Record<string, Record<string, string | number | null>[]>;

/** Instants as ISO 8601 by Vietnam's clock, with its offset; what stands in the database is milliseconds. */
const readable = (name: string, value: string | number | null) =>
	name.endsWith('At') && typeof value === 'number' ? toLocalIso(value) : value;

/** The same rows with instants that a person can read. */
export const withReadableTimes = (data: Rows): Rows =>
	Object.fromEntries(
		Object.entries(data).map(([table, rows]) => [
			table,
			rows.map((row) =>
				Object.fromEntries(Object.entries(row).map(([name, value]) => [name, readable(name, value)])),
			),
		]),
	);

/** A phone number as people dial it: one that begins with + would be taken for a formula. */
const inTable = (name: string, value: string | number | null) =>
	name === 'phoneE164'
		? { name: 'phone', value: typeof value === 'string' ? toNationalPhone(value) : value }
		: { name, value };

/** One line for each value: table, row, field, value; a spreadsheet opens it with its Vietnamese intact (BOM). */
export function toCsv(data: Rows): string {
	const lines = [csvLine(['table', 'row', 'field', 'value'])];
	for (const [table, rows] of Object.entries(withReadableTimes(data)))
		for (const [index, row] of rows.entries())
			for (const [field, cell] of Object.entries(row)) {
				const { name, value } = inTable(field, cell);
				lines.push(csvLine([table, index + 1, name, value]));
			}
	return `\ufeff${lines.join('')}`;
}
