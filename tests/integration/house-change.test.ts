// A house is paused, opened again, moved, closed or merged, and says so.
import { expect, test } from 'vitest';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { carryGoods, closeCycle } from '#features/collections/collection-cycle.service.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { findGreenHouse, findSuccessor } from '#features/green-houses/green-house.repository.ts';
import {
	closeHouse,
	mergeHouse,
	moveHouse,
	pauseHouse,
	reopenHouse,
} from '#features/green-houses/house-change.service.ts';
import { listHouseChanges } from '#features/green-houses/house-change.repository.ts';
import { readValues } from '#features/green-houses/house-change.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const TODAY = '2026-11-22';
const HERE = { latitude: 21.8461, longitude: 106.7622 };
const open = async (db: Db) => {
	await seedReference(db);
	const house = await makeHouse(db);
	const other = await makeHouse(db);
	const steward = await makeActor(db, 'steward', 'house', house.id);
	const officer = await makeActor(db, 'ward_officer', 'ward', 'dk-2025');
	const ask = (over: Record<string, string> = {}) => ({
		...{ id: uuidv7(NOW), greenHouseCode: house.code, happenedOn: TODAY, reason: 'Sửa mái' },
		...over,
	});
	const see = () => findGreenHouse(db, house.id, NOW);
	return { house, other, steward, officer, ask, see };
};
const drop = (db: Db, greenHouseCode: string, happenedAt = NOW) =>
	recordDropOff(
		db,
		{ kind: 'device', secret: 'một máy' },
		{
			...{ id: uuidv7(NOW), greenHouseCode, happenedAt, channel: 'web' as const },
			lines: [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 1000 }],
		},
		NOW,
	);

describeEachEngine('changes of a house', ({ fresh }) => {
	test('a steward pauses it and opens it again; both stand in its history with the audit log', async () => {
		const db = await fresh();
		const { house, steward, ask, see } = await open(db);
		const pause = ask();
		await pauseHouse(db, steward, pause, NOW);
		expect(await see()).toMatchObject({ status: 'paused', state: 'paused' });
		await pauseHouse(db, steward, pause, NOW + DAY);
		await reopenHouse(db, steward, ask({ reason: '' }), NOW + 1);
		expect(await see()).toMatchObject({ status: 'active' });
		const changes = await listHouseChanges(db, house.id, 9);
		expect(changes.map(({ kind, reason, role }) => ({ kind, reason, role }))).toEqual([
			{ kind: 'reopen', reason: '', role: 'steward' },
			{ kind: 'pause', reason: 'Sửa mái', role: 'steward' },
		]);
		const events = await db.selectFrom('auditEvent').select('action').orderBy('id').execute();
		expect(events.map(({ action }) => action).sort()).toEqual(['green-house.pause', 'green-house.reopen']);
	});

	test('a moved house stands at its new place, approximately until it is surveyed', async () => {
		const db = await fresh();
		const { house, steward, ask, see } = await open(db);
		const place = { ...HERE, address: '12 Lê Lợi', farConfirmed: false, locale: 'vi' as const };
		await moveHouse(db, steward, { ...ask(), ...place }, NOW);
		expect(await see()).toMatchObject({ ...HERE, address: '12 Lê Lợi', positionSource: 'approximate' });
		const [change] = await listHouseChanges(db, house.id, 1);
		expect(readValues(change!.beforeValues)).toMatchObject({ latitude: 21.846, address: '' });
		// Told late: what is known already stays.
		const late = { ...ask({ happenedOn: '2026-11-20' }), ...place, latitude: 21.8462 };
		await moveHouse(db, steward, late, NOW);
		expect(await see()).toMatchObject(HERE);
		expect(await listHouseChanges(db, house.id, 9)).toHaveLength(2);
	});

	test('a closed house leads to the one that takes over, also when that one has closed since', async () => {
		const db = await fresh();
		const { house, other, officer, ask, see } = await open(db);
		const third = await makeHouse(db);
		await closeHouse(db, officer, { ...ask(), successor: other.code }, NOW);
		expect(await see()).toMatchObject({ status: 'closed', closedOn: TODAY, successorId: other.id });
		expect((await findSuccessor(db, (await see())!, NOW))?.code).toBe(other.code);
		await mergeHouse(db, officer, { ...ask({ greenHouseCode: other.code }), successor: third.code }, NOW);
		expect((await findSuccessor(db, (await see())!, NOW))?.code).toBe(third.code);
		expect(await listHouseChanges(db, other.id, 9)).toMatchObject([
			{ kind: 'merge', successorCode: third.code, reason: 'Sửa mái' },
		]);
		await expect(drop(db, house.code)).rejects.toMatchObject({ key: 'houseClosed' });
		await reopenHouse(db, officer, ask(), NOW);
		expect(await see()).toMatchObject({ status: 'active', closedOn: null, successorId: null });
	});

	test('a cycle that holds something is emptied first; what was taken back is none', async () => {
		const db = await fresh();
		const { house, officer, ask } = await open(db);
		await drop(db, house.code);
		const close = () => closeHouse(db, officer, { ...ask(), successor: '' }, NOW);
		expect(await expectNothingWritten(db, close)).toMatchObject({
			...{ kind: 'CONFLICT', key: 'cycleHoldsGoods', values: { count: 1 } },
		});
		await db.updateTable('dropOff').set({ withdrawnAt: NOW }).execute();
		await close();
	});

	test('so is one that holds what was kept for it', async () => {
		const db = await fresh();
		const { house, steward, officer, ask } = await open(db);
		await drop(db, house.code);
		const { id } = (await findOpenCycle(db, house.id))!;
		await closeCycle(db, steward, id, NOW);
		await carryGoods(db, steward, { cycleId: id, materials: ['mixed_paper'] }, NOW);
		const close = () => closeHouse(db, officer, { ...ask(), successor: '' }, NOW);
		expect(await expectNothingWritten(db, close)).toMatchObject({ kind: 'CONFLICT', key: 'cycleHoldsKept' });
	});

	test('a house that is paused is not paused again', async () => {
		const db = await fresh();
		const { steward, ask } = await open(db);
		await pauseHouse(db, steward, ask(), NOW);
		const again = () => pauseHouse(db, steward, ask(), NOW);
		expect(await expectNothingWritten(db, again)).toMatchObject({
			...{ kind: 'CONFLICT', key: 'housePausedAlready' },
		});
	});

	test('it cannot have closed before its last drop-off', async () => {
		const db = await fresh();
		const { house, steward, officer, ask } = await open(db);
		await drop(db, house.code);
		const { id } = (await findOpenCycle(db, house.id))!;
		await closeCycle(db, steward, id, NOW);
		const input = { ...ask({ happenedOn: '2026-11-21' }), successor: '' };
		const thrown = await expectNothingWritten(db, () => closeHouse(db, officer, input, NOW));
		expect(thrown).toMatchObject({ key: 'closedBeforeDropOff', field: 'happenedOn' });
	});

	type Asked = Awaited<ReturnType<typeof open>> & { db: Db };
	const move = { ...HERE, address: '', farConfirmed: false, locale: 'vi' as const };
	test.each([
		[
			'a pause without a reason',
			'reasonMissing',
			({ db, steward, ask }: Asked) => pauseHouse(db, steward, ask({ reason: ' ' }), NOW),
		],
		[
			'a pause tomorrow',
			'dateInFuture',
			({ db, steward, ask }) => pauseHouse(db, steward, ask({ happenedOn: '2026-11-23' }), NOW),
		],
		['opening an open house', 'houseIsOpen', ({ db, steward, ask }) => reopenHouse(db, steward, ask(), NOW)],
		[
			'a move to the same place',
			'moveNothing',
			({ db, steward, ask, house: { latitude, longitude } }) =>
				moveHouse(db, steward, { ...ask(), ...move, latitude, longitude }, NOW),
		],
		[
			'a move out of the ward',
			'positionOutsideWard',
			({ db, steward, ask }) => moveHouse(db, steward, { ...ask(), ...move, latitude: 21.9 }, NOW),
		],
		[
			'closing by a steward',
			'notYourRole',
			({ db, steward, ask }) => closeHouse(db, steward, { ...ask(), successor: '' }, NOW),
		],
		[
			'a house that takes over from itself',
			'successorItself',
			({ db, officer, ask, house }) => closeHouse(db, officer, { ...ask(), successor: house.code }, NOW),
		],
		[
			'an unknown house that takes over',
			'successorUnknown',
			({ db, officer, ask }) => closeHouse(db, officer, { ...ask(), successor: 'NNX-999' }, NOW),
		],
		[
			'a sample that takes over from a real house',
			'successorUnknown',
			async ({ db, officer, ask }) => {
				return mergeHouse(db, officer, { ...ask(), successor: 'MAU-001' }, NOW);
			},
		],
		[
			'merging into none',
			'successorMissing',
			({ db, officer, ask }) => mergeHouse(db, officer, { ...ask(), successor: '' }, NOW),
		],
		['nobody signed in', 'signInFirst', ({ db, ask }) => pauseHouse(db, undefined, ask(), NOW)],
		[
			'an unknown house',
			'unknownHouse',
			({ db, steward, ask }) => pauseHouse(db, steward, ask({ greenHouseCode: 'NNX-999' }), NOW),
		],
	] as [string, string, (asked: Asked) => Promise<void>][])(
		'%s: refused, and nothing is written',
		async (_name, key, work) => {
			const db = await fresh();
			const asked = await open(db);
			await makeHouse(db, { code: 'MAU-001', isSample: 1, positionSource: 'sample' });
			expect(await expectNothingWritten(db, () => work({ ...asked, db }))).toMatchObject({ key });
		},
	);

	test('a closed house is neither paused, moved nor closed again, and no steward opens it', async () => {
		const db = await fresh();
		const { other, steward, officer, ask } = await open(db);
		await closeHouse(db, officer, { ...ask(), successor: '' }, NOW);
		const tries: [string, () => Promise<void>][] = [
			['houseIsClosed', () => pauseHouse(db, steward, ask(), NOW)],
			['houseIsClosed', () => moveHouse(db, steward, { ...ask(), ...move }, NOW)],
			['houseIsClosed', () => mergeHouse(db, officer, { ...ask(), successor: other.code }, NOW)],
			['notYourRole', () => reopenHouse(db, steward, ask(), NOW)],
			[
				'successorClosed',
				() =>
					mergeHouse(
						db,
						officer,
						{ ...ask({ greenHouseCode: other.code }), successor: ask().greenHouseCode },
						NOW,
					),
			],
		];
		for (const [key, work] of tries) expect(await expectNothingWritten(db, work)).toMatchObject({ key });
	});

	test('the same id with other content is refused', async () => {
		const db = await fresh();
		const { steward, ask } = await open(db);
		const input = ask();
		await pauseHouse(db, steward, input, NOW);
		const other = { ...input, reason: 'Khác' };
		const thrown = await expectNothingWritten(db, () => pauseHouse(db, steward, other, NOW));
		expect(thrown).toMatchObject({ kind: 'CONFLICT', key: 'sameIdOtherContent' });
	});
});
