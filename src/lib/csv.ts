// CSV as a spreadsheet reads it (RFC 4180).

/** A cell that no spreadsheet takes for a formula (OWASP, CSV injection); numbers stay numbers. */
function csvCell(value: string | number | null | undefined): string {
	if (value === null || value === undefined) return '';
	const text = String(value);
	const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly (string | number | null | undefined)[]): string =>
	`${cells.map(csvCell).join(',')}\r\n`;
