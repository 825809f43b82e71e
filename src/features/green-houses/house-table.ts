// A register of houses as a file holds it, CSV, GeoJSON or a workbook's sheet: named columns and rows of text, before any of it is understood.
import { parse } from 'csv-parse/sync';
import { columnLetters, type CellFault, type Sheet } from '#lib/workbook.ts';

export type HouseTable = {
	columns: string[];
	/** Where each row stands in the file: its line in CSV and a sheet, its place among the features in GeoJSON; all from 1. */
	rows: { line: number; cells: string[] }[];
	/** What the file cannot be read for, in place of rows. */
	broken?: {
		line: number;
		key: 'malformed' | 'noRows' | 'geoJsonMalformed' | 'geoJsonKind' | 'featurePoint';
	};
	/** Cells of a sheet that hold no value of their own. */
	faults?: CellFault[];
};

/** What the portal's own export says beside the columns of the import. */
const EXPORT_ONLY = new Set(['id', 'name', 'state', 'state_reported_at', 'sample']);

const broken = (line: number, key: NonNullable<HouseTable['broken']>['key']): HouseTable => ({
	columns: [],
	rows: [],
	broken: { line, key },
});

/** A file's text, or the sheet of a workbook. */
export type HouseFile = string | Sheet;

/** True for a file that is read as GeoJSON; no register in CSV begins so. */
export const isGeoJson = (file: HouseFile): boolean =>
	typeof file === 'string' && /^\uFEFF?\s*[{[]/.test(file);

export function readHouseTable(file: HouseFile): HouseTable {
	if (typeof file !== 'string') return readSheetTable(file);
	return isGeoJson(file) ? readGeoJson(file) : readCsv(file);
}

/** Semicolons also stand between materials, so only the header decides what separates columns. */
function delimiterOf(text: string): string {
	const header = text.slice(0, Math.max(0, text.indexOf('\n')) || undefined);
	return [',', ';', '\t'].reduce((best, each) =>
		header.split(each).length > header.split(best).length ? each : best,
	);
}

type Record_ = { record: string[]; info: { lines: number }; raw: string };

/** An export writes an apostrophe before what a spreadsheet would take for a formula. */
const withoutGuard = (cell: string) => cell.replace(/^'(?=[=+\-@])/, '');

function readCsv(text: string): HouseTable {
	let records: Record_[];
	try {
		records = parse(text, {
			bom: true,
			delimiter: delimiterOf(text),
			info: true,
			raw: true,
			relax_column_count: true,
			skip_empty_lines: true,
			trim: true,
		}) as unknown as Record_[];
	} catch (error) {
		return broken((error as { lines?: number }).lines ?? 1, 'malformed');
	}
	const [header, ...body] = records;
	if (!header) return broken(1, 'noRows');
	return {
		columns: header.record.map((name) => name.toLowerCase()),
		rows: body
			.filter(({ record }) => record.some((cell) => cell !== ''))
			.map(({ record, info, raw }) => ({
				// `lines` counts to the record's end; a quoted cell may hold line breaks.
				line: info.lines - (raw.trim().match(/\n/g)?.length ?? 0),
				cells: record.map(withoutGuard),
			})),
	};
}

/** The first row that says something is the head. A column whose head is empty is called by its letters. */
function readSheetTable({ rows, faults }: Sheet): HouseTable {
	const [header, ...body] = rows
		.map((cells, index) => ({ line: index + 1, cells: cells.map((cell) => withoutGuard(cell.trim())) }))
		.filter(({ cells }) => cells.some((cell) => cell !== ''));
	if (!header) return broken(1, 'noRows');
	const columns = header.cells.map((name, index) => name.toLowerCase() || columnLetters(index));
	return { columns, rows: body, faults };
}

type Feature = {
	geometry?: { type?: unknown; coordinates?: unknown } | null;
	properties?: Record<string, unknown> | null;
};

const cellOf = (value: unknown): string =>
	value === null || value === undefined
		? ''
		: Array.isArray(value)
			? value.map(String).join(';')
			: typeof value === 'object'
				? JSON.stringify(value)
				: String(value as string | number | boolean);

/** RFC 7946: longitude first, in WGS 84. */
function readGeoJson(text: string): HouseTable {
	let file: { type?: unknown; features?: unknown } | null;
	try {
		file = JSON.parse(text.replace(/^\uFEFF/, '')) as typeof file;
	} catch {
		return broken(1, 'geoJsonMalformed');
	}
	if (file?.type !== 'FeatureCollection' || !Array.isArray(file.features)) return broken(1, 'geoJsonKind');
	const features = file.features as (Feature | null)[];
	if (features.length === 0) return broken(1, 'noRows');
	const rows = features.map((feature) => {
		const { geometry, properties } = feature ?? {};
		const [longitude, latitude] = (
			geometry?.type === 'Point' && Array.isArray(geometry.coordinates) ? geometry.coordinates : []
		) as unknown[];
		if (typeof longitude !== 'number' || typeof latitude !== 'number') return undefined;
		const said = Object.entries(properties ?? {}).map(([name, value]) => [name.toLowerCase(), cellOf(value)]);
		const values = Object.fromEntries(said) as Record<string, string>;
		const known = { ...values, name_vi: values['name_vi'] ?? values['name'] ?? '' };
		return { ...known, latitude: String(latitude), longitude: String(longitude) } as Record<string, string>;
	});
	const wrong = rows.findIndex((row) => row === undefined);
	if (wrong !== -1) return broken(wrong + 1, 'featurePoint');
	const columns = [...new Set(rows.flatMap((row) => Object.keys(row!)))].filter(
		(name) => !EXPORT_ONLY.has(name),
	);
	return {
		columns,
		rows: rows.map((row, index) => ({
			line: index + 1,
			cells: columns.map((name) => row![name] ?? ''),
		})),
	};
}
