import { expect, test } from 'vitest';
import {
	findGreenHouse,
	findGreenHouseByCode,
	insertStateReport,
	listGreenHouses,
	listHousesInScopes,
} from '#features/green-houses/green-house.repository.ts';
import { reportHouseState } from '#features/green-houses/green-house.service.ts';
import { findFactors, listMaterials } from '#features/materials/material.repository.ts';
import { findCurrentUnit, listAdminUnits, listWards } from '#features/places/place.repository.ts';
import { loadReference } from '#db/reference.ts';
import type { Db } from '#lib/db.ts';
import { inTransaction } from '#lib/db.ts';
import { retireSamples } from '#lib/samples.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const sampleHouse = (db: Db) =>
	makeHouse(db, {
		code: 'MAU-001',
		isSample: 1,
		positionSource: 'sample',
		nameVi: 'Khu dân cư 1 (mẫu), phường Đông Kinh',
	});

describeEachEngine('the reference data', ({ fresh }) => {
	test('a second load changes nothing', async () => {
		const db = await fresh();
		await seedReference(db);
		const read = async () => ({
			units: await listAdminUnits(db),
			materials: await listMaterials(db),
			factors: await db.selectFrom('materialFactor').selectAll().orderBy('id').execute(),
		});
		const before = await read();
		expect(before.units).toHaveLength(18);
		expect(before.materials).toHaveLength(20);
		await loadReference(db);
		expect(await read()).toEqual(before);
	});

	test('factors are whole milligrams and grams', async () => {
		const db = await fresh();
		await seedReference(db);
		expect((await findFactors(db, 'piece_weight', '2026-11-22')).get('aluminium_can')?.value).toBe(13_500);
		expect((await findFactors(db, 'co2e', '2026-11-22')).get('mixed_paper')?.value).toBe(3_910);
		expect((await findFactors(db, 'piece_weight', '1999-01-01')).size).toBe(0);
	});

	test('an old unit leads to today’s', async () => {
		const db = await fresh();
		await seedReference(db);
		expect((await findCurrentUnit(db, 'hd-old')).id).toBe('tt-2025');
		expect((await listWards(db)).map((ward) => ward.id).sort()).toEqual([
			'dk-2025',
			'kl-2025',
			'lvt-2025',
			'tt-2025',
		]);
	});
});

describeEachEngine('houses', ({ fresh }) => {
	const open = async () => {
		const db = await fresh();
		await seedReference(db);
		return db;
	};

	test('are found by ward, also those that stand in a ward of before the merger', async () => {
		const db = await open();
		const old = await makeHouse(db, { adminUnitId: 'vt-old' });
		const today = await makeHouse(db, { adminUnitId: 'dk-2025' });
		await makeHouse(db, { adminUnitId: 'tt-2025' });
		const found = await listGreenHouses(db, { wardId: 'dk-2025' }, NOW);
		expect(found.map((house) => house.code)).toEqual([old.code, today.code].sort());
	});

	test('are found by material and host type together', async () => {
		const db = await open();
		const school = await makeHouse(db, { hostType: 'school', materials: ['glass'] });
		await makeHouse(db, { hostType: 'school', materials: ['copper'] });
		await makeHouse(db, { hostType: 'agency', materials: ['glass'] });
		const found = await listGreenHouses(db, { hostType: 'school', material: 'glass' }, NOW);
		expect(found.map((house) => house.code)).toEqual([school.code]);
	});

	test.each(['khối 6', 'khoi 6', 'vinh trai', 'VĨNH TRẠI', 'Đông Kinh', 'dong kinh', 'le loi'])(
		'are found by the words "%s"',
		async (search) => {
			const db = await open();
			const house = await makeHouse(db, { nameVi: 'Khối 6', adminUnitId: 'vt-old', address: 'đường Lê Lợi' });
			await makeHouse(db, { nameVi: 'Xa', adminUnitId: 'tt-2025' });
			expect((await listGreenHouses(db, { search }, NOW)).map((each) => each.code)).toEqual([house.code]);
		},
	);

	test('are found by their code in either case', async () => {
		const db = await open();
		const house = await makeHouse(db);
		expect((await findGreenHouseByCode(db, house.code.toLowerCase(), NOW))?.id).toBe(house.id);
		expect(await findGreenHouseByCode(db, 'NNX-999', NOW)).toBeUndefined();
		expect(await findGreenHouseByCode(db, "' or 1=1 --", NOW)).toBeUndefined();
	});

	test('show the newest report, and none that is too old', async () => {
		const db = await open();
		const house = await makeHouse(db);
		const report = (fill: 'empty' | 'full', reportedAt: number) =>
			inTransaction(db, (trx) =>
				insertStateReport(trx, {
					id: uuidv7(reportedAt),
					greenHouseId: house.id,
					fill,
					condition: 'usable',
					reportedAt,
					reportedBy: null,
					isSample: 0,
				}),
			);
		await report('full', NOW - DAY);
		await report('empty', NOW - 2 * DAY);
		expect(await findGreenHouse(db, house.id, NOW)).toMatchObject({
			state: 'full',
			stateReportedAt: NOW - DAY,
		});
		expect(await findGreenHouse(db, house.id, NOW + 30 * DAY)).toMatchObject({
			state: 'unknown',
			stateReportedAt: NOW - DAY,
		});
	});

	test('are found by whoever looks after them: a house, an organisation’s houses, a ward’s', async () => {
		const db = await fresh();
		await seedReference(db);
		const union = uuidv7(NOW);
		await db
			.insertInto('organisation')
			.values({
				...{ id: union, kind: 'womens_union', name: 'Hội', adminUnitId: null, isSample: 0 },
				...{ validFrom: null, validTo: null },
			})
			.execute();
		const alone = await makeHouse(db, { adminUnitId: 'kl-2025' });
		const unions = await makeHouse(db, { adminUnitId: 'kl-2025', stewardOrganisationId: union });
		const today = await makeHouse(db);
		const former = await makeHouse(db, { adminUnitId: 'dk-old' });
		const found = async (scopes: Partial<Parameters<typeof listHousesInScopes>[1]>) =>
			(await listHousesInScopes(db, { houseIds: [], organisationIds: [], wardIds: [], ...scopes }, NOW)).map(
				(house) => house.code,
			);
		expect(await found({})).toEqual([]);
		expect(await found({ houseIds: [alone.id], organisationIds: [union] })).toEqual([
			alone.code,
			unions.code,
		]);
		expect(await found({ wardIds: ['dk-2025'] })).toEqual([today.code, former.code]);
	});

	test('of the sample are gone once samples are retired', async () => {
		const db = await open();
		await sampleHouse(db);
		expect(await listGreenHouses(db, {}, NOW)).toHaveLength(1);
		await retireSamples(db);
		expect(await listGreenHouses(db, {}, NOW)).toEqual([]);
		expect(await findGreenHouseByCode(db, 'MAU-001', NOW)).toBeUndefined();
	});
});

describeEachEngine('reporting the state of a house', ({ fresh }) => {
	test('the steward of the house says that it is full', async () => {
		const db = await fresh();
		await seedReference(db);
		const house = await makeHouse(db);
		const steward = await makeActor(db, 'steward', 'house', house.id);
		await reportHouseState(
			db,
			steward,
			{ greenHouseCode: house.code, fill: 'full', condition: 'usable' },
			NOW,
		);
		expect(await findGreenHouse(db, house.id, NOW)).toMatchObject({ state: 'full', stateReportedAt: NOW });
	});

	test.each([
		['nobody is signed in', 'none', 'UNAUTHORIZED', 'signInFirst'],
		['a steward of another house', 'other', 'FORBIDDEN', 'notYourRole'],
		['a treasurer', 'treasurer', 'FORBIDDEN', 'notYourRole'],
		['a house that nobody knows', 'unknown', 'NOT_FOUND', 'unknownHouse'],
		['a closed house', 'closed', 'UNPROCESSABLE_CONTENT', 'houseClosed'],
	] as const)('%s: refused, and nothing is written', async (_name, wrong, kind, key) => {
		const db = await fresh();
		await seedReference(db);
		const house = await makeHouse(db, wrong === 'closed' ? { status: 'closed' } : {});
		const other = await makeHouse(db);
		const actor = await {
			none: () => Promise.resolve(undefined),
			other: () => makeActor(db, 'steward', 'house', other.id),
			treasurer: () => makeActor(db, 'treasurer', 'portal', null),
			unknown: () => makeActor(db, 'steward', 'house', house.id),
			closed: () => makeActor(db, 'steward', 'house', house.id),
		}[wrong]();
		const greenHouseCode = wrong === 'unknown' ? 'NNX-999' : house.code;
		const thrown = await expectNothingWritten(db, () =>
			reportHouseState(db, actor, { greenHouseCode, fill: 'full', condition: 'usable' }, NOW),
		);
		expect(thrown).toMatchObject({ kind, key });
	});
});
