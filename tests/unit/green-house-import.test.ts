import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
	readHouseRows,
	type HouseProblemKey,
	type HouseRegister,
} from '#features/green-houses/house-import.ts';
import type { Material } from '#features/materials/material.ts';
import type { AdminUnit } from '#features/places/place.ts';
import { unitHolds } from '#features/places/ward-geometry.ts';

type Cells = Record<string, string>;
const csv = (name: string): Cells[] => parse(readFileSync(`db/data/${name}`, 'utf8'), { columns: true });
const units = csv('administrative_units.csv').map((row) => ({
	id: row['id']!,
	kind: row['kind']!,
	nameVi: row['name_vi']!,
	nameEn: row['name_en']!,
	officialCode: row['official_code']!,
	validFrom: row['valid_from'] || null,
	validTo: row['valid_to'] || null,
	inServiceArea: row['in_service_area'] === 'yes' ? 1 : 0,
	note: '',
	predecessorIds: row['predecessor_ids']!.split(' ').filter(Boolean),
})) as AdminUnit[];
const materials = csv('materials.csv').map((row) => ({
	code: row['code']!,
	nameVi: row['name_vi']!,
	acceptedByDefault: row['accepted_by_default']!,
})) as Material[];
const register: HouseRegister = { units, materials, unitHolds, today: '2026-11-22' };

const HEADER =
	'code,name_vi,host_type,ward_name,ward_as_of,latitude,longitude,position_source,materials,hours,steward_organisation,neighbourhood,address,ward_code';
/** A right row: 300 m inside phường Vĩnh Trại of before the merger. */
const GOOD: Cells = {
	code: 'NNX-001',
	name_vi: 'Khối 6, phường Vĩnh Trại',
	host_type: 'residential',
	ward_name: 'Phường Vĩnh Trại',
	ward_as_of: '2025-06-30',
	latitude: '21.85396',
	longitude: '106.7665',
	position_source: 'surveyed',
	materials: 'mixed_paper;aluminium_can',
	hours: '06:00-19:00',
	steward_organisation: 'Chi hội Phụ nữ khối 6',
	neighbourhood: 'Khối 6',
	address: '',
	ward_code: '',
};
const lineOf = (over: Cells) =>
	Object.values({ ...GOOD, ...over })
		.map((cell) => `"${cell.replaceAll('"', '""')}"`)
		.join(',');
const read = (...rows: Cells[]) => readHouseRows([HEADER, ...rows.map(lineOf)].join('\n'), register);

describe('a register of houses', () => {
	test('a right row is read as it stands, and its ward is the one of its date', () => {
		const { rows, problems } = read({});
		expect(problems).toEqual([]);
		expect(rows).toEqual([
			{
				line: 2,
				code: 'NNX-001',
				nameVi: 'Khối 6, phường Vĩnh Trại',
				hostType: 'residential',
				adminUnitId: 'vt-old',
				latitude: 21.85396,
				longitude: 106.7665,
				positionSource: 'surveyed',
				materials: ['mixed_paper', 'aluminium_can'],
				hours: '06:00-19:00',
				stewardOrganisation: 'Chi hội Phụ nữ khối 6',
				neighbourhood: 'Khối 6',
				address: '',
			},
		]);
	});

	test.each<[string, Cells, string]>([
		['the new ward of today', { ward_name: 'Phường Đông Kinh', ward_as_of: '2025-07-01' }, 'dk-2025'],
		['a date as Vietnam writes it', { ward_as_of: '30/06/2025' }, 'vt-old'],
		['a name without its kind', { ward_name: 'Vĩnh Trại' }, 'vt-old'],
		['a shortened kind, no tone marks', { ward_name: 'P. Vinh Trai' }, 'vt-old'],
		['decomposed Vietnamese', { ward_name: 'Phường Vĩnh Trại'.normalize('NFD') }, 'vt-old'],
		[
			'the same name before the merger',
			{ ward_name: 'Phường Đông Kinh', latitude: '21.84652', longitude: '106.76272' },
			'dk-old',
		],
		['decimal commas', { latitude: '21,85396', longitude: '106,7665' }, 'vt-old'],
		[
			'a commune around the city that was merged into it',
			{ ward_name: 'Xã Yên Trạch', latitude: '21.79', longitude: '106.78' },
			'yt-old',
		],
	])('%s finds its unit', (_name, over, id) => {
		const { rows, problems } = read(over);
		expect(problems).toEqual([]);
		expect(rows[0]?.adminUnitId).toBe(id);
	});

	test.each([
		'',
		'Cả ngày',
		'06:00-19:00',
		'00:00-24:00',
		'6h-18h30, Chủ nhật nghỉ',
		'7 giờ đến 17 giờ 30',
		'Thứ 2: 7g30-11g',
		'Trong giờ học, 2 hôm một lần',
	])('hours “%s” are taken as they stand', (hours) => {
		const { rows, problems } = read({ hours });
		expect(problems).toEqual([]);
		expect(rows[0]?.hours).toBe(hours);
	});

	test('every impossible hour is named with its line and column', () => {
		expect(read({}, { code: 'NNX-002', hours: '25:00-99:00' }).problems).toEqual([
			{ line: 3, column: 'hours', key: 'hours', values: { found: '25:00' } },
			{ line: 3, column: 'hours', key: 'hours', values: { found: '99:00' } },
		]);
	});

	test.each<[Cells, string, HouseProblemKey]>([
		[{ code: '' }, 'code', 'empty'],
		[{ code: 'NNX-1' }, 'code', 'codeForm'],
		[{ code: "NNX-001'; drop table green_house; --" }, 'code', 'codeForm'],
		[{ code: 'MAU-001' }, 'code', 'codeSample'],
		[{ name_vi: '' }, 'name_vi', 'empty'],
		[{ name_vi: 'Khối 6 (mẫu)' }, 'name_vi', 'nameSample'],
		[{ name_vi: 'x'.repeat(121) }, 'name_vi', 'tooLong'],
		[{ host_type: 'hospital' }, 'host_type', 'hostType'],
		[{ ward_as_of: '31/02/2025' }, 'ward_as_of', 'date'],
		[{ ward_as_of: '2027-01-01' }, 'ward_as_of', 'dateFuture'],
		[{ ward_name: 'Phường Sao Hoả' }, 'ward_name', 'wardUnknown'],
		[{ ward_name: 'Xã Vĩnh Trại' }, 'ward_name', 'wardUnknown'],
		[{ ward_as_of: '2025-07-01' }, 'ward_name', 'wardEnded'],
		[{ ward_name: 'Phường Kỳ Lừa' }, 'ward_name', 'wardNotYet'],
		[{ latitude: 'north' }, 'latitude', 'number'],
		[{ latitude: '106.7665', longitude: '21.85396' }, 'latitude', 'swapped'],
		[{ latitude: '21.90' }, 'latitude', 'outsideWard'],
		[{ position_source: 'sample' }, 'position_source', 'positionSource'],
		[{ materials: 'mixed_paper;gold' }, 'materials', 'materialUnknown'],
		[{ materials: 'battery' }, 'materials', 'materialNever'],
		[{ materials: 'mixed_paper; mixed_paper' }, 'materials', 'materialTwice'],
		[{ materials: '' }, 'materials', 'empty'],
		[{ neighbourhood: 'Cạnh chợ' }, 'neighbourhood', 'neighbourhood'],
		[{ hours: '25:00-19:00' }, 'hours', 'hours'],
		[{ hours: '06:00-99:00' }, 'hours', 'hours'],
		[{ hours: '06:60-19:00' }, 'hours', 'hours'],
		[{ hours: '06:00-24:30' }, 'hours', 'hours'],
		[{ hours: 'Thứ 2 đến thứ 6: 7h-31h' }, 'hours', 'hours'],
		[{ hours: '7h75' }, 'hours', 'hours'],
		[{ hours: '9:5' }, 'hours', 'hours'],
	])('%o is refused at column %s: %s', (over, column, key) => {
		const { rows, problems } = read({ code: 'NNX-002' }, over);
		expect(rows.map((row) => row.code)).toEqual(['NNX-002']);
		expect(problems).toMatchObject([{ line: 3, column, key }]);
	});

	test('every bad cell of a row is named, not only the first', () => {
		const { problems } = read({ code: 'x', host_type: 'y', materials: 'z' });
		expect(problems.map((each) => each.column)).toEqual(['code', 'host_type', 'materials']);
	});

	test('a code that stands twice is refused with the line of the first', () => {
		expect(read({}, { code: 'nnx-001' }).problems).toMatchObject([
			{ line: 3, key: 'codeTwice', values: { line: 2 } },
		]);
	});

	test('an official code that was reused is only a hint', () => {
		const { rows, problems, hints } = read({ ward_code: '05986' });
		expect([rows.length, problems.length]).toEqual([1, 0]);
		expect(hints).toMatchObject([{ line: 2, column: 'ward_code', key: 'wardCode' }]);
	});

	test('a line break inside a cell does not shift the lines that are named', () => {
		const { problems } = read({ address: 'ngõ 1\nđường Lê Lợi' }, { code: 'NNX-002', host_type: 'y' });
		expect(problems).toMatchObject([{ line: 4, column: 'host_type' }]);
	});

	test.each<[string, string, HouseProblemKey]>([
		['nothing', '', 'noRows'],
		['only a header', HEADER, 'noRows'],
		['a missing column', HEADER.replace('latitude,', ''), 'columnMissing'],
		['an unknown column', `${HEADER},colour`, 'columnUnknown'],
		['a column twice', `${HEADER},code`, 'columnTwice'],
		['a row with too few cells', `${HEADER}\nNNX-001,x`, 'cellCount'],
		['an open quote', `${HEADER}\n"NNX-001,x`, 'malformed'],
	])('%s is refused', (_name, text, key) => {
		const { rows, problems } = readHouseRows(text, register);
		expect(rows).toEqual([]);
		expect(problems.map((each) => each.key)).toContain(key);
	});

	test.each([
		[
			'semicolons between columns',
			(text: string) =>
				text.replaceAll(',', ';').replace('mixed_paper;aluminium_can', 'mixed_paper|aluminium_can'),
		],
		[
			'a byte order mark and Windows line ends',
			(text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}\r\n`,
		],
	])('%s are read', (_name, change) => {
		const { rows, problems } = readHouseRows(
			change(
				`${HEADER}\n${Object.values(GOOD)
					.map((cell) => cell.replace(',', ''))
					.join(',')}`,
			),
			register,
		);
		expect(problems).toEqual([]);
		expect(rows).toHaveLength(1);
	});

	test('the sample register is right, and is refused as a real one', () => {
		const text = readFileSync('db/data/green_houses.sample.csv', 'utf8');
		const sample = readHouseRows(text, { ...register, allowSample: true });
		expect(sample.problems).toEqual([]);
		expect(sample.rows).toHaveLength(66);
		expect(readHouseRows(text, register).rows).toEqual([]);
	});
});
