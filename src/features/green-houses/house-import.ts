// Reading a register of houses from a file: every row is either wholly right or named with what is wrong.
import type { Material } from '#features/materials/material.ts';
import { currentUnit, existedOn, type AdminUnit } from '#features/places/place.ts';
import { cleanText, foldSearch } from '#lib/fold.ts';
import { parseLocalDate, type LocalDate } from '#lib/time.ts';
import type { CellFault } from '#lib/workbook.ts';
import { HOST_TYPES, type HostType } from './green-house.ts';
import { readHouseTable, type HouseFile } from './house-table.ts';

/** The columns of `green_houses.sample.csv`; those after `hours` may be missing or empty. */
const REQUIRED = [
	'code',
	'name_vi',
	'host_type',
	'ward_name',
	'ward_as_of',
	'latitude',
	'longitude',
	'position_source',
	'materials',
] as const;
const OPTIONAL = ['hours', 'steward_organisation', 'neighbourhood', 'address', 'ward_code'] as const;
export type Column = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];
export const HOUSE_COLUMNS: readonly Column[] = [...REQUIRED, ...OPTIONAL];

export type HouseRow = {
	/** Where the row begins in the file, 1 for the first line; in GeoJSON the place among the features. */
	line: number;
	code: string;
	nameVi: string;
	hostType: HostType;
	/** The unit that the row means: by name, on its date. */
	adminUnitId: string;
	latitude: number;
	longitude: number;
	positionSource: 'sample' | 'approximate' | 'surveyed';
	materials: string[];
	hours: string;
	stewardOrganisation: string;
	neighbourhood: string;
	address: string;
};

export type HouseProblemKey =
	| 'malformed'
	| 'noRows'
	| 'geoJsonMalformed'
	| 'geoJsonKind'
	| 'featurePoint'
	| `cell.${CellFault['key']}`
	| 'tooLarge'
	| 'columnMissing'
	| 'columnUnknown'
	| 'columnTwice'
	| 'cellCount'
	| 'empty'
	| 'tooLong'
	| 'codeForm'
	| 'codeSample'
	| 'codeTwice'
	| 'nameSample'
	| 'hostType'
	| 'date'
	| 'dateFuture'
	| 'wardUnknown'
	| 'wardEnded'
	| 'wardNotYet'
	| 'wardOutside'
	| 'wardCode'
	| 'number'
	| 'swapped'
	| 'outsideWard'
	| 'positionSource'
	| 'materialUnknown'
	| 'materialNever'
	| 'materialTwice'
	| 'neighbourhood'
	| 'hours';

/** What is wrong, where: the sentence is `green-houses:import.problem.KEY` with these values. */
export type HouseProblem = {
	line: number;
	/** The column's name in the file; '' when the whole line or file is meant. */
	column: string;
	key: HouseProblemKey;
	values: Record<string, string | number>;
};

export type HouseReading = { rows: HouseRow[]; problems: HouseProblem[]; hints: HouseProblem[] };

export type HouseRegister = {
	units: AdminUnit[];
	materials: Material[];
	/** True when the point lies in the unit, within what outlines are good for. */
	unitHolds: (unit: AdminUnit, latitude: number, longitude: number) => boolean;
	today: LocalDate;
	/** True where the house of this code stands already: somebody may have said that it is right, outside its ward. */
	standsAt?: (code: string, latitude: number, longitude: number) => boolean;
	/** Reads `MAU-…` rows at sample positions instead of real ones; only the loader of sample data says so. */
	allowSample?: boolean;
};

/** The largest file that is read, whatever its kind. */
export const MAX_BYTES = 5_000_000;
const REAL_CODE = /^NNX-\d{3,6}$/;
const SAMPLE_CODE = /^MAU-\d{3,6}$/;
const MAX_LENGTH: Partial<Record<Column, number>> = {
	name_vi: 120,
	hours: 80,
	steward_organisation: 120,
	neighbourhood: 80,
	address: 160,
};
const KINDS: Record<string, string> = {
	phuong: 'ward',
	p: 'ward',
	xa: 'commune',
	x: 'commune',
	'thi tran': 'township',
	tt: 'township',
};
const NEIGHBOURHOOD = /^(thon|ban|khoi|khoi pho|to|to dan pho)\s+\S/;

/** `Thôn Hoàng Thanh`, `Khối 6`, `Tổ dân phố 3`: a kind that there is, and a name. */
export const isNeighbourhoodName = (text: string): boolean => NEIGHBOURHOOD.test(foldSearch(text));

type Cells = Record<Column, string>;
type Complain = (column: Column | '', key: HouseProblemKey, values?: Record<string, string | number>) => void;
/**
 * Reads the file. `rows` holds the right ones; with any problem the caller must write nothing.
 * `hints` are worth a look but wrong nothing: an official code never decides, because codes were reused.
 */
export function readHouseRows(file: HouseFile, register: HouseRegister): HouseReading {
	const reading: HouseReading = { rows: [], problems: [], hints: [] };
	const fail = (line: number, key: HouseProblemKey, column = '', values = {}) =>
		reading.problems.push({ line, column, key, values });
	if (typeof file === 'string' && file.length > MAX_BYTES) {
		fail(1, 'tooLarge', '', { max: MAX_BYTES / 1_000_000 });
		return reading;
	}
	const { columns, rows: body, broken, faults = [] } = readHouseTable(file);
	if (broken) {
		fail(broken.line, broken.key);
		return reading;
	}
	for (const { line, key, cell } of faults) fail(line, `cell.${key}`, '', { cell });
	const known: readonly string[] = HOUSE_COLUMNS;
	for (const name of REQUIRED) if (!columns.includes(name)) fail(1, 'columnMissing', name);
	for (const [index, name] of columns.entries()) {
		if (!known.includes(name)) fail(1, 'columnUnknown', name, { known: known.join(', ') });
		else if (columns.indexOf(name) !== index) fail(1, 'columnTwice', name);
	}
	if (reading.problems.length > 0) return reading;
	if (body.length === 0) fail(1, 'noRows');

	const lineOfCode = new Map<string, number>();
	for (const { line, cells: record } of body) {
		if (record.length !== columns.length) {
			fail(line, 'cellCount', '', { found: record.length, expected: columns.length });
			continue;
		}
		const cells = Object.fromEntries(
			known.map((name) => [name, cleanText(record[columns.indexOf(name)] ?? '', { max: 2000 })]),
		) as Cells;
		const before = reading.problems.length;
		const row = readRow(
			cells,
			register,
			(column, key, values = {}) => fail(line, key, column, values),
			(column, key, values = {}) => reading.hints.push({ line, column, key, values }),
		);
		const earlier = lineOfCode.get(row.code);
		if (row.code && earlier !== undefined) fail(line, 'codeTwice', 'code', { code: row.code, line: earlier });
		else lineOfCode.set(row.code, line);
		if (reading.problems.length === before) reading.rows.push({ line, ...row });
	}
	return reading;
}

function readRow(
	cells: Cells,
	register: HouseRegister,
	complain: Complain,
	hint: Complain,
): Omit<HouseRow, 'line'> {
	const code = cells.code.toUpperCase();
	for (const column of REQUIRED) if (cells[column] === '') complain(column, 'empty');
	for (const [column, max] of Object.entries(MAX_LENGTH) as [Column, number][]) {
		if ([...cells[column]].length > max) complain(column, 'tooLong', { max });
	}
	if (code !== '' && !(register.allowSample ? SAMPLE_CODE : REAL_CODE).test(code)) {
		complain('code', SAMPLE_CODE.test(code) ? 'codeSample' : 'codeForm', { code: cells.code });
	}
	if (!register.allowSample && /\(mau\)/.test(foldSearch(cells.name_vi))) complain('name_vi', 'nameSample');
	const hostType = HOST_TYPES.find((each) => each === cells.host_type);
	if (cells.host_type !== '' && !hostType) {
		complain('host_type', 'hostType', { found: cells.host_type, known: HOST_TYPES.join(', ') });
	}
	if (cells.neighbourhood !== '' && !isNeighbourhoodName(cells.neighbourhood)) {
		complain('neighbourhood', 'neighbourhood', { found: cells.neighbourhood });
	}
	for (const found of impossibleTimes(cells.hours)) complain('hours', 'hours', { found });
	const unit = readWard(cells, register, complain, hint);
	const position = readPosition(cells, complain);
	if (
		unit &&
		position &&
		!register.unitHolds(unit, position.latitude, position.longitude) &&
		register.standsAt?.(code, position.latitude, position.longitude) !== true
	) {
		complain('latitude', 'outsideWard', { ward: unit.nameVi, ...position });
	}
	return {
		code,
		nameVi: cells.name_vi,
		hostType: hostType ?? 'residential',
		adminUnitId: unit?.id ?? '',
		latitude: position?.latitude ?? 0,
		longitude: position?.longitude ?? 0,
		positionSource: readPositionSource(cells, register, complain),
		materials: readMaterials(cells, register, complain),
		hours: cells.hours,
		stewardOrganisation: cells.steward_organisation,
		neighbourhood: cells.neighbourhood,
		address: cells.address,
	};
}

/** The times in opening hours that no clock shows: `25:00`, `7:60`, `9:5`. Words and midnight as `24:00` are fine. */
export const impossibleTimes = (hours: string): string[] =>
	[...hours.matchAll(/(?<!\d)(\d+)(?::(\d+)|[hg](\d*)(?![\p{L}\d])|\s?giờ(?:\s(\d\d)(?!\d))?)/giu)]
		.filter(([, hour = '', ...minutes]) => {
			const minute = minutes.find(Boolean) ?? '00';
			return hour.length > 2 || !/^[0-5]\d$/.test(minute) || Number(hour + minute) > 2400;
		})
		.map(([found]) => found);

/** `Phường Tam Thanh`, `P. Tam Thanh` or `Tam Thanh`; without a kind any kind fits. */
function wardName(text: string): { kind: string | undefined; name: string } {
	const folded = foldSearch(text).replaceAll('.', ' ').replace(/\s+/g, ' ').trim();
	const match = /^(phuong|xa|thi tran|tt|p|x) (.+)$/.exec(folded);
	return match ? { kind: KINDS[match[1]!], name: match[2]! } : { kind: undefined, name: folded };
}

function readWard(
	cells: Cells,
	{ units, today, allowSample }: HouseRegister,
	complain: Complain,
	hint: Complain,
): AdminUnit | undefined {
	if (cells.ward_name === '' || cells.ward_as_of === '') return undefined;
	const date = parseLocalDate(cells.ward_as_of);
	if (!date) {
		complain('ward_as_of', 'date', { found: cells.ward_as_of });
		return undefined;
	}
	if (!allowSample && date > today) {
		complain('ward_as_of', 'dateFuture', { found: cells.ward_as_of });
		return undefined;
	}
	const meant = wardName(cells.ward_name);
	const bearers = units.filter((unit) => {
		const { kind, name } = wardName(unit.nameVi);
		return unit.kind !== 'city' && name === meant.name && (meant.kind === undefined || meant.kind === kind);
	});
	const unit = bearers.find((each) => existedOn(each, date));
	if (!unit) {
		const other = bearers[0];
		if (!other) complain('ward_name', 'wardUnknown', { ward: cells.ward_name });
		else if (other.validTo !== null && date > other.validTo) {
			const current = currentUnit(units, other.id).nameVi;
			complain('ward_name', 'wardEnded', { ward: other.nameVi, date, to: other.validTo, current });
		} else complain('ward_name', 'wardNotYet', { ward: other.nameVi, date, from: other.validFrom ?? '' });
		return undefined;
	}
	if (currentUnit(units, unit.id).inServiceArea !== 1) {
		complain('ward_name', 'wardOutside', { ward: unit.nameVi });
		return undefined;
	}
	if (cells.ward_code !== '' && cells.ward_code.padStart(5, '0') !== unit.officialCode) {
		hint('ward_code', 'wardCode', {
			found: cells.ward_code,
			ward: unit.nameVi,
			code: unit.officialCode,
			date: cells.ward_as_of,
		});
	}
	return unit;
}

function readPosition(cells: Cells, complain: Complain): { latitude: number; longitude: number } | undefined {
	const read = (column: 'latitude' | 'longitude') => {
		const text = cells[column];
		if (/^-?\d{1,3}([.,]\d{1,10})?$/.test(text)) return Number(text.replace(',', '.'));
		if (text !== '') complain(column, 'number', { found: text });
		return undefined;
	};
	const latitude = read('latitude');
	const longitude = read('longitude');
	if (latitude === undefined || longitude === undefined) return undefined;
	if (latitude > 90 && longitude <= 90) {
		complain('latitude', 'swapped');
		return undefined;
	}
	return { latitude, longitude };
}

function readPositionSource(
	cells: Cells,
	{ allowSample }: HouseRegister,
	complain: Complain,
): HouseRow['positionSource'] {
	const known: HouseRow['positionSource'][] = allowSample ? ['sample'] : ['surveyed', 'approximate'];
	const source = known.find((each) => each === cells.position_source);
	if (!source && cells.position_source !== '') {
		complain('position_source', 'positionSource', { found: cells.position_source, known: known.join(', ') });
	}
	return source ?? known[0]!;
}

function readMaterials(cells: Cells, { materials }: HouseRegister, complain: Complain): string[] {
	const codes = cells.materials
		.split(/[;|]/)
		.map((each) => each.trim().toLowerCase())
		.filter(Boolean);
	for (const [index, code] of codes.entries()) {
		const material = materials.find((each) => each.code === code);
		if (!material) complain('materials', 'materialUnknown', { found: code });
		else if (material.acceptedByDefault === 'never')
			complain('materials', 'materialNever', { found: code, name: material.nameVi });
		else if (codes.indexOf(code) !== index) complain('materials', 'materialTwice', { found: code });
	}
	return codes;
}
