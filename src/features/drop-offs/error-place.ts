// Where on the form the sentence of a refusal stands.

type Row = { material: string; quantity: string };

/** The rows that were sent as lines; one without a quantity does not count, unless it is the only one. */
export const sentRows = (rows: Row[]): number[] =>
	rows.flatMap((row, index) =>
		row.quantity.trim() === '' && (row.material === '' || rows.length > 1) ? [] : [index],
	);

/**
 * `material-2`, `quantity-0`, `unit-1` or `date`: the control that a refused field belongs to. Undefined for what
 * belongs to none of them and stands above the form.
 */
export function errorPlace(
	error: { key: string; field: string | undefined } | undefined,
	rows: Row[],
): string | undefined {
	const field = error?.field;
	if (field === undefined) return undefined;
	if (field === 'date') return field;
	if (field === 'lines') return 'quantity-0';
	const line = /^lines\.(\d+)\.material$/.exec(field)?.[1];
	if (line !== undefined) {
		const row = sentRows(rows)[Number(line)];
		return row === undefined ? undefined : `material-${row}`;
	}
	const row = /^quantity-(\d+)$/.exec(field)?.[1];
	if (row === undefined || Number(row) >= rows.length) return undefined;
	return `${error?.key === 'unitMissing' ? 'unit' : 'quantity'}-${row}`;
}
