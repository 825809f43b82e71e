// Recyclables of a clean-up in a house's cycle: in once, out again with a correction, and never out of what has closed.
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { findReports } from '#features/cleanup-events/event-report.repository.ts';
import { reportEvent } from '#features/cleanup-events/event-report.service.ts';
import type { ReportInput, ReportLine } from '#features/cleanup-events/event-report.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const LATER = NOW + 2 * DAY;
const paper: ReportLine = { material: 'mixed_paper', unit: 'kg', quantityMilli: 12_500 };
const cans: ReportLine = { material: 'aluminium_can', unit: 'piece', quantityMilli: 340_000 };

describeEachEngine('Goods of a clean-up', (engine) => {
	let db: Db;
	let organiser: Actor;
	let house: GreenHouse;
	let other: GreenHouse;
	let id: string;

	const write = (over: Partial<ReportInput> = {}, now = LATER) => {
		const figures = { headCount: 25, recyclablesGrams: null, otherWasteGrams: null, remarks: '' };
		return reportEvent(db, organiser, { id, ...figures, ...over }, now);
	};
	const openCycleOf = ({ id: greenHouseId }: GreenHouse) =>
		db
			.selectFrom('collectionCycle')
			.select('id')
			.where('greenHouseId', '=', greenHouseId)
			.where('closedAt', 'is', null)
			.executeTakeFirstOrThrow();
	/** What stands in the open cycle of a house: `mixed_paper 12500`. */
	const goodsOf = async (of: GreenHouse) =>
		(await sumDeclared(db, (await openCycleOf(of)).id)).map(
			({ materialCode, quantityMilli }) => `${materialCode} ${quantityMilli}`,
		);
	const dropOffs = () => db.selectFrom('dropOff').selectAll().orderBy('recordedAt').execute();

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		const about = { kind: 'youth_union', name: 'Đoàn phường', adminUnitId: 'tt-2025', isSample: 0 } as const;
		const organisationId = await inTransaction(db, (trx) => insertOrganisation(trx, about, NOW));
		organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
		[house, other] = [await makeHouse(db), await makeHouse(db)];
		id = uuidv7(NOW);
		const event = {
			...PLAIN_EVENT,
			...{ id, organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '' },
			...{ startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null, capacity: null },
			...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null },
		};
		await announceEvent(db, organiser, event, NOW);
	});

	test('stay apart unless a house is named; then they are one drop-off of its cycle, of nobody', async () => {
		await write({ lines: [paper] });
		expect(await dropOffs()).toEqual([]);
		await write({ lines: [paper, cans], goodsHouse: house.code });
		expect((await goodsOf(house)).sort()).toEqual(['aluminium_can 340000', 'mixed_paper 12500']);
		expect(await dropOffs()).toMatchObject([
			{ deviceAliasId: null, personId: null, classSheetId: null, happenedAt: NOW + DAY + 3_600_000 },
		]);
		expect((await findReports(db, [id])).get(id)).toMatchObject({ houseCode: house.code, revision: 2 });
		// Said again, and with other heads alone, they are not brought a second time.
		await write({ lines: [cans, paper], goodsHouse: house.code });
		await write({ lines: [cans, paper], goodsHouse: house.code, headCount: 26 });
		expect(await dropOffs()).toHaveLength(1);
	});

	test('a correction takes exactly the old ones out: other quantities, another house, apart', async () => {
		await write({ lines: [paper], goodsHouse: house.code });
		await write({ lines: [{ ...paper, quantityMilli: 9000 }], goodsHouse: house.code });
		expect(await goodsOf(house)).toEqual(['mixed_paper 9000']);
		await write({ lines: [{ ...paper, quantityMilli: 9000 }], goodsHouse: other.code });
		expect([await goodsOf(house), await goodsOf(other)]).toEqual([[], ['mixed_paper 9000']]);
		await write({ lines: [{ ...paper, quantityMilli: 9000 }] });
		expect([await goodsOf(house), await goodsOf(other)]).toEqual([[], []]);
		// Back again after they were apart.
		await write({ lines: [{ ...paper, quantityMilli: 9000 }], goodsHouse: other.code });
		expect(await goodsOf(other)).toEqual(['mixed_paper 9000']);
		expect((await dropOffs()).filter(({ withdrawnAt }) => withdrawnAt === null)).toHaveLength(1);
	});

	test('what a closed cycle holds stays there; the other figures may still be corrected', async () => {
		const steward = await makeActor(db, 'steward', 'house', house.id);
		await write({ lines: [paper], goodsHouse: house.code });
		await closeCycle(db, steward, (await openCycleOf(house)).id, LATER + 1);
		for (const change of [{ lines: [cans], goodsHouse: house.code }, { lines: [paper] }]) {
			const refused = await expectNothingWritten(db, () => write(change, LATER + 2));
			expect(refused).toMatchObject({ kind: 'CONFLICT', key: 'goodsCycleClosed', field: 'goodsHouse' });
		}
		await write({ lines: [paper], goodsHouse: house.code, headCount: 30 }, LATER + 2);
		expect((await dropOffs()).map(({ withdrawnAt }) => withdrawnAt)).toEqual([null]);
	});

	test('refuses a house that is unknown, a sample, closed or takes something else, and goods nobody sorted', async () => {
		const sample = await makeHouse(db, { isSample: 1, positionSource: 'sample' });
		const closed = await makeHouse(db, { status: 'closed', closedOn: '2026-01-01' });
		const paused = await makeHouse(db, { status: 'paused' });
		const iron: ReportLine = { material: 'scrap_iron', unit: 'kg', quantityMilli: 1000 };
		const attempts: [Partial<ReportInput>, string, string][] = [
			[{ lines: [paper], goodsHouse: 'NNX-XXX' }, 'unknownHouse', 'goodsHouse'],
			[{ lines: [paper], goodsHouse: sample.code }, 'unknownHouse', 'goodsHouse'],
			[{ lines: [paper], goodsHouse: closed.code }, 'houseClosed', 'goodsHouse'],
			[{ lines: [paper], goodsHouse: paused.code }, 'housePaused', 'goodsHouse'],
			[{ lines: [iron], goodsHouse: house.code }, 'materialNotTaken', 'line-kg-scrap_iron'],
			[{ recyclablesGrams: 5000, goodsHouse: house.code }, 'linesMissing', 'goodsHouse'],
		];
		for (const [over, key, field] of attempts)
			expect(await expectNothingWritten(db, () => write(over))).toMatchObject({ key, field });
		// A house that pauses and takes neither says all of it.
		const lines = [iron, { ...iron, material: 'books' }, paper];
		expect(await expectNothingWritten(db, () => write({ lines, goodsHouse: paused.code }))).toMatchObject({
			...{ key: 'housePaused', field: 'goodsHouse' },
			others: [{ field: 'line-kg-scrap_iron' }, { field: 'line-kg-books' }],
		});
	});

	test('of two who report at once one puts goods in, and nothing is in twice', async () => {
		const lines = [paper];
		await Promise.allSettled(
			Array.from({ length: 6 }, (_, each) =>
				write({ lines: [{ ...paper, quantityMilli: 1000 + each }], goodsHouse: house.code, revision: 0 }),
			),
		);
		expect((await dropOffs()).filter(({ withdrawnAt }) => withdrawnAt === null)).toHaveLength(1);
		await write({ lines, goodsHouse: house.code });
		expect(await goodsOf(house)).toEqual(['mixed_paper 12500']);
	});
});
