import { expect, test } from 'vitest';
import { insertStateReport } from '#features/green-houses/green-house.repository.ts';
import { searchHouses } from '#features/green-houses/house-search.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';

/** The codes that an address finds, at 10:00 unless said otherwise. */
const codesOf = async (db: Db, query: string, now = NOW) =>
	(await searchHouses(db, new URLSearchParams(query), now)).houses.map(({ code }) => code).sort();

type Report = { fill?: 'empty' | 'full'; condition?: 'usable' | 'locked' | 'damaged'; reportedAt?: number };

async function makeReported(db: Db, report: Report, over: Record<string, unknown> = {}): Promise<string> {
	const house = await makeHouse(db, over);
	const steward = await makeActor(db, 'steward', 'house', house.id);
	const condition = report.condition ?? 'usable';
	await inTransaction(db, (trx) =>
		insertStateReport(trx, {
			id: uuidv7(NOW),
			greenHouseId: house.id,
			fill: condition === 'usable' ? (report.fill ?? 'empty') : null,
			condition,
			reportedAt: report.reportedAt ?? NOW - DAY,
			reportedBy: steward.grants[0]!.id,
			isSample: 0,
		}),
	);
	return house.code;
}

describeEachEngine('what an address asks of the houses', ({ fresh }) => {
	const open = async () => {
		const db = await fresh();
		await seedReference(db);
		return db;
	};

	test('“not full” leaves out what is full or takes nothing, and keeps what nobody knows', async () => {
		const db = await open();
		const empty = await makeReported(db, { fill: 'empty' });
		const unknown = (await makeHouse(db)).code;
		const old = await makeReported(db, { fill: 'full', reportedAt: NOW - 40 * DAY });
		await makeReported(db, { fill: 'full' });
		await makeReported(db, { condition: 'locked' });
		await makeReported(db, { condition: 'damaged' });
		await makeReported(db, { fill: 'empty' }, { status: 'paused' });
		expect(await codesOf(db, 'con-cho=1')).toEqual([empty, unknown, old].sort());
	});

	test('“open now” goes by the clock of Lạng Sơn, and counts those whose hours nobody knows', async () => {
		const db = await open();
		const day = (await makeHouse(db, { hours: '06:00-19:00' })).code;
		const night = (await makeHouse(db, { hours: '18:00-22:00' })).code;
		await makeHouse(db, { hours: '' });
		await makeHouse(db, { hours: 'liên hệ chị Hoa' });
		await makeHouse(db, { hours: '06:00-19:00', status: 'paused' });
		expect(await codesOf(db, 'dang-mo=1')).toEqual([day]);
		expect(await codesOf(db, 'dang-mo=1', NOW + DAY / 3 + DAY / 24)).toEqual([night]);
		const found = await searchHouses(db, new URLSearchParams('dang-mo=1'), NOW);
		expect(found.hoursUnknown).toBe(2);
	});

	test('conditions narrow together, the material that one brings too', async () => {
		const db = await open();
		const both = await makeReported(db, { fill: 'empty' }, { materials: ['beverage_carton'] });
		await makeReported(db, { fill: 'full' }, { materials: ['beverage_carton'] });
		await makeReported(db, { fill: 'empty' }, { materials: ['copper'] });
		expect(await codesOf(db, 'vat-lieu=beverage_carton&con-cho=1&dang-mo=1')).toEqual([both]);
	});

	test('a neighbourhood’s name finds its houses, with or without marks', async () => {
		const db = await open();
		const neighbourhood = { id: uuidv7(NOW), kind: 'khoi_pho', name: 'Khối Cửa Nam' } as const;
		await db
			.insertInto('neighbourhood')
			.values({ ...neighbourhood, adminUnitId: 'dk-2025', validFrom: null, validTo: null, isSample: 0 })
			.execute();
		const { code } = await makeHouse(db, { neighbourhoodId: neighbourhood.id });
		await makeHouse(db);
		expect(await codesOf(db, 'tim=khoi+cua+nam')).toEqual([code]);
		expect(await codesOf(db, 'tim=Cửa+Nam')).toEqual([code]);
	});

	test('an old ward’s name finds houses that were registered before and after the merger', async () => {
		const db = await open();
		const before = (await makeHouse(db, { adminUnitId: 'vt-old', nameVi: 'Khối 1' })).code;
		const after = (await makeHouse(db, { adminUnitId: 'dk-2025', nameVi: 'Khối 2' })).code;
		await makeHouse(db, { adminUnitId: 'mp-old', nameVi: 'Khối 3' });
		await makeHouse(db, { adminUnitId: 'kl-2025', nameVi: 'Khối 4' });
		expect(await codesOf(db, 'tim=vinh+trai')).toEqual([before, after].sort());
		const { former } = await searchHouses(db, new URLSearchParams('tim=vinh+trai'), NOW);
		expect(former.map(({ former: old, now }) => [old.id, now.id])).toEqual([['vt-old', 'dk-2025']]);
		// Today's ward bears the name too: nothing to explain.
		expect((await searchHouses(db, new URLSearchParams('tim=tam+thanh'), NOW)).former).toEqual([]);
	});

	test.each([
		['vat-lieu=gold', ['material']],
		["phuong=' or 1=1 --", ['wardId']],
		['noi-dat=%E0%A4%A', ['hostType']],
	])('rubbish in the address (%s) is named and narrows nothing', async (query, unknown) => {
		const db = await open();
		const { code } = await makeHouse(db);
		const found = await searchHouses(db, new URLSearchParams(query), NOW);
		expect([found.unknown, found.houses.map((house) => house.code)]).toEqual([unknown, [code]]);
	});

	test('a filter that matches nothing finds nothing, and the whole is still there', async () => {
		const db = await open();
		await makeHouse(db);
		const found = await searchHouses(db, new URLSearchParams('tim=khong+co+nha+nay'), NOW);
		expect([found.houses.length, found.all.length, found.unknown]).toEqual([0, 1, []]);
	});
});
