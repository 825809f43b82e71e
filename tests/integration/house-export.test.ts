// What the register gives out is what it reads: a file that goes round changes nothing.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listRegister } from '#features/green-houses/house-export.repository.ts';
import { importHouses } from '#features/green-houses/house-import.service.ts';
import { HOUSE_COLUMNS } from '#features/green-houses/house-import.ts';
import type { HouseFile } from '#features/green-houses/house-table.ts';
import { csvLine } from '#lib/csv.ts';
import type { Db } from '#lib/db.ts';
import { readWorkbook, writeWorkbook } from '#lib/workbook.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { digest } from '../support/snapshot.ts';

const HEADER =
	'code,name_vi,host_type,ward_name,ward_as_of,latitude,longitude,position_source,materials,hours,steward_organisation,neighbourhood,address';
const REAL = [
	HEADER,
	'NNX-001,"Khối 6, phường Vĩnh Trại",residential,Phường Vĩnh Trại,2025-06-30,21.85396,106.7665,surveyed,mixed_paper;aluminium_can,06:00-19:00,Chi hội Phụ nữ khối 6,Khối 6,"12 Lê Lợi, ""nhà cũ"""',
	'NNX-002,Trường Tiểu học Đông Kinh,school,Phường Đông Kinh,2025-07-01,21.84652,106.76272,approximate,mixed_paper,,,,-12 Bà Triệu',
].join('\n');

const rowsOf = async (db: Db) => (await listRegister(db, NOW)).map(({ row }) => row);
const toCsv = async (db: Db) => {
	const rows = await rowsOf(db);
	return (
		'\uFEFF' +
		[csvLine(HOUSE_COLUMNS), ...rows.map((row) => csvLine(HOUSE_COLUMNS.map((each) => row[each])))].join('')
	);
};
const toGeoJson = async (db: Db) =>
	JSON.stringify({
		type: 'FeatureCollection',
		features: (await rowsOf(db)).map(({ latitude, longitude, materials, ...properties }) => ({
			type: 'Feature',
			geometry: { type: 'Point', coordinates: [longitude, latitude] },
			properties: { ...properties, materials: String(materials).split(';'), state: 'full', sample: false },
		})),
	});

const toSheet = async (db: Db) => {
	const rows = (await rowsOf(db)).map((row) => HOUSE_COLUMNS.map((each) => row[each]));
	return readWorkbook(await writeWorkbook('Ngôi nhà xanh', [HOUSE_COLUMNS, ...rows]));
};

describeEachEngine('a register that goes round', ({ fresh }) => {
	const open = async () => {
		const db = await fresh();
		await seedReference(db);
		return db;
	};
	test.each<[string, (db: Db) => Promise<HouseFile>]>([
		['CSV', toCsv],
		['GeoJSON', toGeoJson],
		['XLSX', toSheet],
	])(
		'as %s changes nothing, also of old wards, words like formulas and a house outside its ward',
		async (_kind, write) => {
			const db = await open();
			const first = await importHouses(db, REAL, { apply: true, isSample: false }, NOW);
			expect(first.problems).toEqual([]);
			// Somebody stood there and said that it is right.
			const far = { latitude: 21.9, longitude: 106.75, accuracyM: 7 };
			await db.updateTable('greenHouse').set(far).where('code', '=', 'NNX-002').execute();
			await makeHouse(db, { code: 'NNX-077', status: 'closed', closedOn: '2026-11-01' });
			const before = await digest(db);
			const again = await importHouses(db, await write(db), { apply: true, isSample: false }, NOW + 1);
			expect(again.problems).toEqual([]);
			expect(again).toMatchObject({ created: [], changed: [], unchanged: ['NNX-001', 'NNX-002', 'NNX-077'] });
			expect(await digest(db)).toEqual(before);
		},
	);

	test('the 66 samples too', async () => {
		const db = await open();
		const sample = readFileSync('db/data/green_houses.sample.csv', 'utf8');
		await importHouses(db, sample, { apply: true, isSample: true }, NOW);
		const again = await importHouses(db, await toCsv(db), { apply: true, isSample: true }, NOW + 1);
		expect([again.problems, again.unchanged.length]).toEqual([[], 66]);
	});

	test('a file with another place takes away how sure the device was', async () => {
		const db = await open();
		await importHouses(db, REAL, { apply: true, isSample: false }, NOW);
		await db.updateTable('greenHouse').set({ accuracyM: 7 }).execute();
		await importHouses(db, REAL.replace('21.85396', '21.85397'), { apply: true, isSample: false }, NOW + 1);
		const rows = await db.selectFrom('greenHouse').select('accuracyM').orderBy('code').execute();
		expect(rows).toEqual([{ accuracyM: null }, { accuracyM: 7 }]);
	});

	test.each([
		['broken JSON', '{"type": "FeatureCollection"', [[1, 'geoJsonMalformed']]],
		['one feature alone', '{"type": "Feature"}', [[1, 'geoJsonKind']]],
		['a list', '[]', [[1, 'geoJsonKind']]],
		['no feature', '{"type": "FeatureCollection", "features": []}', [[1, 'noRows']]],
		[
			'a line among the points',
			'{"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": [[1, 2]]}}]}',
			[[1, 'featurePoint']],
		],
		[
			'an unknown property',
			'{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": [106.7, 21.8]}, "properties": {"colour": "red"}}]}',
			[...['code', 'host_type', 'ward_name', 'ward_as_of', 'position_source', 'materials'], 'colour'].map(
				(column) => [1, column === 'colour' ? 'columnUnknown' : 'columnMissing'],
			),
		],
		['an empty sheet', { rows: [['', '']], faults: [] }, [[1, 'noRows']]],
		[
			'a cell without a value of its own',
			{
				rows: [
					HEADER.split(','),
					...REAL.split('\n')
						.slice(2)
						.map((line) => line.split(',')),
				],
				faults: [{ cell: 'K2:K5', line: 2, key: 'merged' }],
			},
			[[2, 'cell.merged']],
		],
		[
			'a column without a name',
			{ rows: [[...HEADER.split(','), ''], Array.from({ length: 14 }, () => 'x')], faults: [] },
			[[1, 'columnUnknown']],
		],
	] as [string, HouseFile, [number, string][]][])(
		'%s is named, and nothing is written',
		async (_name, text, problems) => {
			const db = await open();
			const before = await digest(db);
			const result = await importHouses(db, text, { apply: true, isSample: false }, NOW);
			expect(result.problems.map(({ line, key }) => [line, key])).toEqual(problems);
			expect(await digest(db)).toEqual(before);
		},
	);
});
