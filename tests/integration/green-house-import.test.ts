import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findGreenHouseByCode, listGreenHouses } from '#features/green-houses/green-house.repository.ts';
import { findLastPlaced, listHouseChanges } from '#features/green-houses/house-change.repository.ts';
import { readValues } from '#features/green-houses/house-change.ts';
import { importHouses } from '#features/green-houses/house-import.service.ts';
import type { Db } from '#lib/db.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW, seedReference } from '../support/fixtures.ts';

const HEADER =
	'code,name_vi,host_type,ward_name,ward_as_of,latitude,longitude,position_source,materials,hours,steward_organisation,neighbourhood,address';
const ONE =
	'NNX-001,"Khối 6, phường Vĩnh Trại",residential,Phường Vĩnh Trại,2025-06-30,21.85396,106.7665,surveyed,mixed_paper;aluminium_can,06:00-19:00,Chi hội Phụ nữ khối 6,Khối 6,12 Lê Lợi';
const TWO =
	'NNX-002,Trường Tiểu học Đông Kinh,school,Phường Đông Kinh,2025-07-01,21.84652,106.76272,approximate,mixed_paper,,,,';
const file = (...rows: string[]) => [HEADER, ...rows].join('\n');

const countRows = async (db: Db) => {
	const count = async (
		table:
			| 'greenHouse'
			| 'greenHouseMaterial'
			| 'collectionCycle'
			| 'organisation'
			| 'neighbourhood'
			| 'auditEvent',
	) => (await db.selectFrom(table).selectAll().execute()).length;
	return {
		houses: await count('greenHouse'),
		materials: await count('greenHouseMaterial'),
		cycles: await count('collectionCycle'),
		organisations: await count('organisation'),
		neighbourhoods: await count('neighbourhood'),
		audit: await count('auditEvent'),
	};
};

describeEachEngine('importing a register of houses', ({ fresh }) => {
	const open = async () => {
		const db = await fresh();
		await seedReference(db);
		return db;
	};
	const real = (db: Db, text: string, apply = true, now = NOW) =>
		importHouses(db, text, { apply, isSample: false }, now);

	test('a dry run says what would be new and writes nothing', async () => {
		const db = await open();
		expect(await real(db, file(ONE, TWO), false)).toMatchObject({
			created: ['NNX-001', 'NNX-002'],
			problems: [],
		});
		expect(await countRows(db)).toEqual({
			houses: 0,
			materials: 0,
			cycles: 0,
			organisations: 0,
			neighbourhoods: 0,
			audit: 0,
		});
	});

	test('rows become houses with their first cycle; the second reading changes nothing', async () => {
		const db = await open();
		await real(db, file(ONE, TWO));
		const house = await findGreenHouseByCode(db, 'nnx-001', NOW);
		expect(house).toMatchObject({
			code: 'NNX-001',
			adminUnitId: 'vt-old',
			ward: { id: 'dk-2025' },
			materials: ['mixed_paper', 'aluminium_can'],
			state: 'unknown',
			isSample: 0,
			address: '12 Lê Lợi',
		});
		const before = await countRows(db);
		expect(before).toEqual({
			houses: 2,
			materials: 3,
			cycles: 2,
			organisations: 1,
			neighbourhoods: 1,
			audit: 2,
		});
		expect(await real(db, file(ONE, TWO))).toMatchObject({
			created: [],
			changed: [],
			unchanged: ['NNX-001', 'NNX-002'],
		});
		expect(await countRows(db)).toEqual(before);
	});

	test('a changed row changes its house, says so in the audit, and leaves its history', async () => {
		const db = await open();
		await real(db, file(ONE, TWO));
		const before = await findGreenHouseByCode(db, 'NNX-001', NOW);
		const changed = ONE.replace('06:00-19:00', '05:00-20:00').replace('mixed_paper;aluminium_can', 'glass');
		expect(await real(db, file(changed, TWO))).toMatchObject({
			created: [],
			changed: ['NNX-001'],
			unchanged: ['NNX-002'],
		});
		const after = await findGreenHouseByCode(db, 'NNX-001', NOW);
		expect(after).toMatchObject({
			id: before?.id,
			hours: '05:00-20:00',
			materials: ['glass'],
			createdAt: before?.createdAt,
		});
		expect((await countRows(db)).cycles).toBe(2);
		expect(
			await db
				.selectFrom('auditEvent')
				.select(['action', 'subjectId'])
				.where('action', '=', 'green-house.change')
				.execute(),
		).toEqual([{ action: 'green-house.change', subjectId: before?.id }]);
	});

	test('what a file changes stands in the history of its house: what it was, what it became, and no role', async () => {
		const db = await open();
		await real(db, file(ONE, TWO));
		const history = async () => {
			const house = await findGreenHouseByCode(db, 'NNX-001', NOW);
			const changes = await listHouseChanges(db, house!.id, 9);
			return changes.map(({ kind, role, happenedAt, beforeValues, afterValues }) => ({
				...{ kind, role, happenedAt, before: readValues(beforeValues), after: readValues(afterValues) },
			}));
		};
		expect(await history()).toEqual([]);
		await real(db, file(ONE), true, NOW + 1);
		await real(db, file(ONE.replace('12 Lê Lợi', '14 Lê Lợi')), false, NOW + 1);
		expect(await history()).toEqual([]);
		const renamed = ONE.replace('Khối 6, phường', 'Khối Sáu, phường').replace(
			'Phụ nữ khối 6',
			'Thanh niên khối 6',
		);
		await real(db, file(renamed.replace('21.85396', '21.85397')), true, NOW + 2);
		expect(await history()).toEqual([
			{
				...{ kind: 'import', role: null, happenedAt: NOW + 2 },
				before: {
					...{ nameVi: 'Khối 6, phường Vĩnh Trại', latitude: 21.85396, steward: 'Chi hội Phụ nữ khối 6' },
				},
				after: {
					...{ nameVi: 'Khối Sáu, phường Vĩnh Trại', latitude: 21.85397 },
					steward: 'Chi hội Thanh niên khối 6',
				},
			},
		]);
		const { id } = (await findGreenHouseByCode(db, 'NNX-001', NOW))!;
		expect(await findLastPlaced(db, id)).toEqual({ happenedAt: NOW + 2 });
		const row = { ...(await db.selectFrom('houseChange').selectAll().executeTakeFirstOrThrow()), id: 'x' };
		await expect(
			db
				.insertInto('houseChange')
				.values({ ...row, kind: 'move' })
				.execute(),
		).rejects.toThrow(/check/i);
	});

	test('one bad cell keeps every row out', async () => {
		const db = await open();
		const result = await real(db, file(ONE, TWO.replace('mixed_paper', 'battery')));
		expect(result.problems).toMatchObject([{ line: 3, column: 'materials', key: 'materialNever' }]);
		expect((await countRows(db)).houses).toBe(0);
	});

	test('SQL and HTML in a cell are text', async () => {
		const db = await open();
		await real(db, file(ONE.replace('12 Lê Lợi', `<script>alert(1)</script>'; drop table green_house; --`)));
		expect((await findGreenHouseByCode(db, 'NNX-001', NOW))?.address).toBe(
			`<script>alert(1)</script>'; drop table green_house; --`,
		);
	});

	test('the first real house takes the samples out of the list', async () => {
		const db = await open();
		const sample = readFileSync('db/data/green_houses.sample.csv', 'utf8');
		await importHouses(db, sample, { apply: true, isSample: true }, NOW);
		expect(await listGreenHouses(db, {}, NOW)).toHaveLength(66);
		await real(db, file(ONE));
		expect((await listGreenHouses(db, {}, NOW)).map((house) => house.code)).toEqual(['NNX-001']);
		expect((await findGreenHouseByCode(db, 'MAU-001', NOW))?.code).toBe('MAU-001');
	});
});
