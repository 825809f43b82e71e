// Each write waits for the row that it decides by: somebody else holds it, changes it, and lets go; the write then
// sees what stands, and does not act on what it had read before.
import { expect, test } from 'vitest';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { reportEvent } from '#features/cleanup-events/event-report.service.ts';
import {
	closeCycleRow,
	findOpenCycle,
	insertCycle,
} from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { findDropOff } from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { insertApproval, setDisbursementStatus } from '#features/fund/disbursement.repository.ts';
import { approveDisbursement, requestDisbursement } from '#features/fund/disbursement.service.ts';
import { findGreenHouse, insertStateReport } from '#features/green-houses/green-house.repository.ts';
import { listClassTotals } from '#features/schools/campaign.repository.ts';
import { draftCampaign, endCampaign, publishCampaign } from '#features/schools/campaign.service.ts';
import { recordClassSheet, revokeClassSheet } from '#features/schools/class-sheet.service.ts';
import { updateClass } from '#features/schools/school-class.repository.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, PLAIN_CAMPAIGN, PLAIN_EVENT } from '../support/fixtures.ts';
import { makeWorld } from './sale-world.ts';

/** Holds the row while the write starts, changes it, and gives back what became of the write. */
async function meanwhile(
	db: Db,
	[table, id]: [Parameters<typeof lockRow>[1], string],
	write: () => Promise<unknown>,
	change: (trx: Trx) => Promise<unknown>,
): Promise<unknown> {
	let outcome: Promise<unknown> | undefined;
	await inTransaction(db, async (trx) => {
		await lockRow(trx, table, id);
		outcome = write().catch((error: { key?: string }) => error.key ?? error);
		// Long enough for a write that does not wait.
		await new Promise((resolve) => setTimeout(resolve, 200));
		await change(trx);
	});
	return outcome;
}

async function closeByHand(trx: Trx, houseId: string, closedBy: string): Promise<string> {
	const open = (await findOpenCycle(trx, houseId))!;
	await closeCycleRow(trx, open.id, closedBy, NOW);
	const next = { id: uuidv7(NOW), greenHouseId: houseId, number: open.number + 1, openedAt: NOW };
	await insertCycle(trx, { ...next, closedAt: null, closedBy: null, isSample: 0 });
	return open.id;
}

describeEachEngine('a write that has to wait', (engine) => {
	test('a drop-off goes into the cycle that is open when its turn comes', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const id = uuidv7(NOW);
		const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 1000 }];
		const input = { id, greenHouseCode: world.house.code, happenedAt: NOW, channel: 'web' as const, lines };
		const device = { kind: 'device' as const, deviceAliasId: world.deviceAliasId };
		let closed = '';
		await meanwhile(
			db,
			['green_house', world.house.id],
			() => recordDropOff(db, device, input, NOW),
			async (trx) => (closed = await closeByHand(trx, world.house.id, world.steward.grants[0]!.id)),
		);
		const { cycleId } = (await findDropOff(db, id))!;
		expect(cycleId).not.toBe(closed);
		expect(cycleId).toBe((await findOpenCycle(db, world.house.id))!.id);
	});

	test('emptying a house does not overwrite the damage that was reported meanwhile', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const { id: greenHouseId } = world.house;
		const report = (trx: Trx, fill: 'full' | null, condition: 'usable' | 'damaged', reportedAt: number) =>
			insertStateReport(trx, {
				...{ id: uuidv7(NOW), greenHouseId, fill, condition, reportedAt, reportedBy: null, isSample: 0 },
			});
		await inTransaction(db, (trx) => report(trx, 'full', 'usable', NOW - DAY));
		const cycle = (await findOpenCycle(db, greenHouseId))!;
		await meanwhile(
			db,
			['green_house', greenHouseId],
			() => closeCycle(db, world.steward, cycle.id, NOW),
			(trx) => report(trx, null, 'damaged', NOW - 1),
		);
		expect((await findGreenHouse(db, greenHouseId, NOW))?.state).toBe('damaged');
	});

	test('a campaign begins and ends with its classes as they became meanwhile', async () => {
		const db = await engine.fresh();
		await makeWorld(db);
		const organisationId = await inTransaction(db, (trx) =>
			insertOrganisation(trx, { kind: 'school', name: 'Trường', adminUnitId: 'dk-2025', isSample: 0 }, NOW),
		);
		const house = await makeHouse(db, { hostType: 'school', hostOrganisationId: organisationId });
		const lead = await makeActor(db, 'school_lead', 'organisation', organisationId);
		const add = (name: string) =>
			inTransaction(db, (trx) =>
				insertClass(
					trx,
					{ organisationId, schoolYear: '2026-2027', grade: 6, name, size: 30, isSample: 0 },
					NOW,
				),
			);
		const [classA, classB] = [await add('6A'), await add('6B')];
		const id = uuidv7(NOW);
		await draftCampaign(db, lead, { ...PLAIN_CAMPAIGN, id, greenHouseCode: house.code }, NOW);
		const shown = async () =>
			(await listClassTotals(db, [id])).get(id)!.map(({ name, size }) => [name, size]);
		const school = ['organisation', organisationId] as ['organisation', string];
		await meanwhile(
			db,
			school,
			() => publishCampaign(db, lead, id, NOW),
			(trx) => updateClass(trx, classA, { closedOn: '2026-11-20' }),
		);
		expect(await shown()).toEqual([['6B', 30]]);
		await meanwhile(
			db,
			school,
			() => endCampaign(db, lead, id, NOW),
			(trx) => updateClass(trx, classB, { size: 31 }),
		);
		expect(await shown()).toEqual([['6B', 31]]);
	});

	test('a class sheet is not revoked out of a cycle that was closed meanwhile', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const organisationId = await inTransaction(db, (trx) =>
			insertOrganisation(trx, { kind: 'school', name: 'Trường', adminUnitId: 'dk-2025', isSample: 0 }, NOW),
		);
		const house = await makeHouse(db, { hostType: 'school', hostOrganisationId: organisationId });
		const lead = await makeActor(db, 'school_lead', 'organisation', organisationId);
		const schoolClass = { organisationId, schoolYear: '2026-2027', grade: 6, name: '6A', size: null };
		const classId = await inTransaction(db, (trx) => insertClass(trx, { ...schoolClass, isSample: 0 }, NOW));
		const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 3000 }];
		const sheet = {
			...{ id: uuidv7(NOW), greenHouseCode: house.code, collectedOn: '2026-11-20' },
			...{ rows: [{ classId, lines }], isApproved: true },
		};
		await recordClassSheet(db, lead, sheet, NOW);
		const outcome = await meanwhile(
			db,
			['green_house', house.id],
			() => revokeClassSheet(db, lead, sheet.id, NOW),
			(trx) => closeByHand(trx, house.id, world.steward.grants[0]!.id),
		);
		expect(outcome).toBe('cycleClosed');
		const late = await meanwhile(
			db,
			['organisation', organisationId],
			() => recordClassSheet(db, lead, { ...sheet, id: uuidv7(NOW), isExtra: true }, NOW),
			(trx) =>
				trx.updateTable('schoolClass').set({ closedOn: '2026-11-20' }).where('id', '=', classId).execute(),
		);
		expect(late).toBe('unknownClass');
	});

	test('a request that was returned meanwhile is not approved', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const officer = await makeActor(db, 'ward_officer', 'ward', 'dk-2025');
		const second = await makeActor(db, 'approver', 'fund', world.fund.id);
		const id = uuidv7(NOW);
		const request = { id, fundId: world.fund.id, purpose: 'hardship' as const, description: 'Giúp' };
		await requestDisbursement(
			db,
			officer,
			{ ...request, amountVnd: 1000, beneficiaryCount: 6, adminUnitId: null },
			NOW,
		);
		const outcome = await meanwhile(
			db,
			['disbursement', id],
			() => approveDisbursement(db, second, { id }, NOW),
			async (trx) => {
				await insertApproval(trx, {
					...{ disbursementId: id, requesterId: officer.personId, approverId: world.approver.personId },
					...{
						approvedBy: world.approver.grants[0]!.id,
						approvedAt: NOW,
						decision: 'return',
						reason: 'Thiếu',
					},
				});
				await setDisbursementStatus(trx, id, 'returned');
			},
		);
		expect(outcome).toBe('alreadyDecided');
	});

	test.each(['edit', 'report'] as const)('an event that was cancelled meanwhile takes no %s', async (act) => {
		const db = await engine.fresh();
		await makeWorld(db);
		const organisationId = await inTransaction(db, (trx) =>
			insertOrganisation(
				trx,
				{ kind: 'youth_union', name: 'Đoàn', adminUnitId: 'dk-2025', isSample: 0 },
				NOW,
			),
		);
		const organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
		const event = {
			...PLAIN_EVENT,
			...{ id: uuidv7(NOW), organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '' },
			...{ startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null },
			...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null, capacity: null },
		};
		await announceEvent(db, organiser, event, NOW);
		const { id } = event;
		const figures = { headCount: 3, recyclablesGrams: null, otherWasteGrams: null, remarks: '' };
		const later = NOW + 2 * DAY;
		const write = () =>
			act === 'edit'
				? editEvent(db, organiser, { ...event, title: 'Khác', sequence: 0 }, NOW)
				: reportEvent(db, organiser, { id, ...figures }, later);
		const outcome = await meanwhile(db, ['cleanup_event', id], write, (trx) =>
			trx
				.updateTable('cleanupEvent')
				.set({ status: 'cancelled', cancelledAt: NOW, cancelReason: 'Mưa' })
				.where('id', '=', id)
				.execute(),
		);
		expect(outcome).toBe('eventCancelled');
	});
});
