// A month of a house's notebook typed in one sitting: all rows or none, each in the cycle of its day.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { listTypedPages } from '#features/collections/paper-page.repository.ts';
import { recordPaperPage, withdrawPaperPage } from '#features/collections/paper-page.service.ts';
import { MAX_PAPER_ROWS, readPaperRows, type PaperRow } from '#features/collections/paper-page.ts';
import { confirmScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeHouse, NOW } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import { insertRaw } from './fund-world.ts';
import { expectRefused, fillAndClose, makeWorld, saleOf, type World } from './sale-world.ts';

const row = (happenedOn: string, over: Partial<PaperRow> = {}): PaperRow => ({
	...{ index: 0, happenedOn, householdCount: 7 },
	lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 12_500 }],
	...over,
});
const send = (db: Db, world: World, rows: PaperRow[], id = uuidv7(NOW), actor = world.steward) =>
	recordPaperPage(db, actor, { id, greenHouseCode: world.house.code, rows }, NOW);
const stored = (db: Db) =>
	db
		.selectFrom('dropOff')
		.select(['cycleId', 'late', 'householdCount', 'paperPageId', 'recordedAt', 'happenedAt'])
		.where('channel', '=', 'paper')
		.orderBy('happenedAt')
		.execute();

describeEachEngine('a page of the notebook', (engine) => {
	test('keeps both dates, and each row falls into the cycle of its day unless that is sold', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const first = await fillAndClose(db, world);
		const id = uuidv7(NOW);
		const rows = [row('2026-10-30'), row('2026-11-20'), row('2026-11-22')];
		await send(db, world, rows, id);
		await send(db, world, rows, id);
		const open = (await findOpenCycle(db, world.house.id))!;
		expect(await stored(db)).toMatchObject([
			{ cycleId: first, late: 0, householdCount: 7, paperPageId: id, recordedAt: NOW },
			{ cycleId: first, late: 0 },
			// Today's row is of the hour in which it was typed, when the next cycle was open.
			{ cycleId: open.id, late: 0, happenedAt: NOW },
		]);
		await recordScrapSale(db, world.steward, saleOf(first), NOW);
		await send(db, world, [row('2026-11-01')], uuidv7(NOW), world.treasurer);
		expect((await stored(db)).map(({ cycleId, late }) => [cycleId, late])).toEqual([
			...[
				[first, 0],
				[open.id, 1],
				[first, 0],
			],
			[open.id, 0],
		]);
		// What the scale is compared with has not changed.
		expect(await sumDeclared(db, first)).toMatchObject([{ quantityMilli: 35_000 }]);
	});

	test('is refused as a whole, naming every row that is wrong', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const good = row('2026-11-20');
		const lines = (material: string) => [{ material, unit: 'kg' as const, quantityMilli: 1000 }];
		const refusals: [PaperRow[], string, number][] = [
			[[], 'paperRowsMissing', 422],
			[[good, row('2026-11-23')], 'dateInFuture', 422],
			[[good, row('2025-01-01')], 'dateTooOld', 422],
			[[good, row('2026-11-20', { householdCount: 0 })], 'countOutOfRange', 422],
			[[good, row('2026-11-20', { householdCount: 501 })], 'countOutOfRange', 422],
			[[good, row('2026-11-20', { lines: [] })], 'linesMissing', 422],
			[[good, row('2026-11-20', { lines: lines('gold') })], 'unknownMaterial', 422],
			[[good, row('2026-11-20', { lines: lines('battery') })], 'materialNever', 422],
			[[good, row('2026-11-20', { lines: lines('glass') })], 'materialNotTaken', 422],
			[Array.from({ length: MAX_PAPER_ROWS + 1 }, () => good), 'tooManyLines', 422],
		];
		for (const [rows, key, status] of refusals)
			await expectRefused(db, () => send(db, world, rows), key, status);
		const many = [row('2026-11-23', { index: 2 }), good, row('2024-01-01', { index: 5, householdCount: 0 })];
		expect(await expectNothingWritten(db, () => send(db, world, many))).toMatchObject({
			field: 'date-2',
			others: [{ field: 'date-5' }, { field: 'households-5' }],
		});
		const id = uuidv7(NOW);
		await expectRefused(db, () => send(db, world, [good], id, world.otherSteward), 'notYourRole', 403);
		await expectRefused(db, () => send(db, world, [good], id, world.stranger), 'notYourRole', 403);
		await expectRefused(db, () => send(db, world, [good], id, world.approver), 'notYourRole', 403);
		const nowhere = { id, greenHouseCode: 'NNX-999', rows: [good] };
		await expectRefused(db, () => recordPaperPage(db, world.steward, nowhere, NOW), 'unknownHouse', 404);
		await send(db, world, [good], id);
		await expectRefused(db, () => send(db, world, [row('2026-11-19')], id), 'sameIdOtherContent', 409);
		const closed = { ...world, house: await makeHouse(db, { status: 'closed', closedOn: '2026-11-10' }) };
		await expectRefused(db, () => send(db, closed, [good], uuidv7(NOW), world.treasurer), 'houseClosed', 422);
		await send(db, closed, [row('2026-11-09')], uuidv7(NOW), world.treasurer);
	});

	test('eight times at once leaves one', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const id = uuidv7(NOW);
		await Promise.all(Array.from({ length: 8 }, () => send(db, world, [row('2026-11-20')], id)));
		expect(await stored(db)).toHaveLength(1);
	});

	test('that is wrong is taken back whole with a reason while its cycle is open, and typed again', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = (await findOpenCycle(db, world.house.id))!.id;
		const [id, rows] = [uuidv7(NOW), [row('2026-11-19'), row('2026-11-20')]];
		await send(db, world, rows, id);
		const take = (reason = 'Nhầm trang', actor: Actor | undefined = world.steward, page = id) =>
			withdrawPaperPage(db, actor, { id: page, reason }, NOW);
		for (const [work, key, status] of [
			[() => take(' '), 'reasonMissing', 422],
			[() => take('x', world.otherSteward), 'notYourRole', 403],
			[() => take('x', world.approver), 'notYourRole', 403],
			[() => take('x', world.stranger), 'notYourRole', 403],
			[() => withdrawPaperPage(db, undefined, { id, reason: 'x' }, NOW), 'signInFirst', 401],
			[() => take('x', world.steward, uuidv7(NOW)), 'unknownPaperPage', 404],
		] as const)
			await expectRefused(db, work, key, status);
		expect(await sumDeclared(db, cycleId)).toMatchObject([{ quantityMilli: 25_000 }]);
		await Promise.all([take(), take('Nhầm nhà', world.treasurer)]);
		await take();
		expect(await sumDeclared(db, cycleId)).toEqual([]);
		expect(await listTypedPages(db, world.house.id, 9)).toMatchObject([
			{ id, withdrawnAt: NOW, rows: [{}, {}] },
		]);
		// The form that is still open in another window brings nothing back; a fresh one does.
		await expectRefused(db, () => send(db, world, rows, id), 'paperPageWithdrawn', 409);
		const again = uuidv7(NOW + 1);
		await send(db, world, rows, again);
		expect(await sumDeclared(db, cycleId)).toMatchObject([{ quantityMilli: 25_000 }]);
		await closeCycle(db, world.steward, cycleId, NOW);
		await expectRefused(db, () => take('Nhầm', world.steward, again), 'paperPageClosed', 409);
		for (const attempt of [
			() =>
				insertRaw(db, 'paper_page_withdrawal', {
					...{ paper_page_id: again, reason: 'x', withdrawn_at: NOW },
					withdrawn_by: world.steward.grants[0]!.id,
				}),
			() => sql`update paper_page_withdrawal set reason = 'khác'`.execute(db),
			() => sql`delete from paper_page_withdrawal`.execute(db),
		])
			await expectNothingWritten(db, attempt);
	});

	test('counts with its cycle when that is sold', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cycleId = await fillAndClose(db, world);
		await send(db, world, [row('2026-11-20')]);
		const sale = saleOf(cycleId, {
			lines: [{ kind: 'goods', material: 'mixed_paper', weightGrams: 22_000, unitPriceVnd: 1_000 }],
			cashReceivedVnd: 22_000,
		});
		await recordScrapSale(db, world.steward, sale, NOW);
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
	});

	test('is guarded by the database: a paper row has its page and nobody', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const pageId = uuidv7(NOW);
		await send(db, world, [row('2026-11-20')], pageId);
		const open = (await findOpenCycle(db, world.house.id))!;
		const insert = (over: Record<string, unknown>) => () =>
			insertRaw(db, 'drop_off', {
				...{ id: uuidv7(NOW), green_house_id: world.house.id, happened_at: 1, recorded_at: 1 },
				...{ channel: 'paper', content_hash: '', cycle_id: open.id, late: 0, is_sample: 0 },
				...{ paper_page_id: pageId, household_count: 3 },
				...over,
			});
		for (const over of [
			{ paper_page_id: null, household_count: null },
			{ household_count: null },
			{ household_count: 0 },
			{ channel: 'web' },
			{ device_alias_id: world.deviceAliasId },
		])
			await expectNothingWritten(db, insert(over));
		await expectNothingWritten(db, () => db.updateTable('dropOff').set({ householdCount: 1 }).execute());
		await expectNothingWritten(db, () => db.deleteFrom('paperPage').execute());
	});
});

describeEachEngine('rows of a form', (engine) => {
	test('are read with the unit that is written, else the column’s, and every wrong cell is named', async () => {
		const db = await engine.fresh();
		await makeWorld(db);
		const materials = (await listMaterials(db)).filter((each) =>
			['mixed_paper', 'aluminium_can'].includes(each.code),
		);
		const form = (fields: Record<string, string>) => {
			const data = new FormData();
			for (const [name, value] of Object.entries(fields)) data.set(name, value);
			return data;
		};
		const typed = form({
			...{ 'date-0': '', 'households-0': '', 'cell-0-mixed_paper': '' },
			...{ 'date-1': '2026-11-20', 'households-1': '4', 'cell-1-mixed_paper': '2,5' },
			...{ 'cell-1-aluminium_can': '1,5 kg' },
			...{ 'date-2': '21/11/2026', 'households-2': '1', 'cell-2-aluminium_can': '30 lon' },
		});
		expect(readPaperRows(typed, materials)).toEqual([
			{
				...{ index: 1, happenedOn: '2026-11-20', householdCount: 4 },
				lines: [
					{ material: 'mixed_paper', unit: 'kg', quantityMilli: 2500 },
					{ material: 'aluminium_can', unit: 'kg', quantityMilli: 1500 },
				],
			},
			{
				...{ index: 2, happenedOn: '2026-11-21', householdCount: 1 },
				lines: [{ material: 'aluminium_can', unit: 'piece', quantityMilli: 30_000 }],
			},
		]);
		const wrong = form({
			...{ 'date-0': '31/02/2026', 'households-0': '', 'cell-0-mixed_paper': '1.500' },
			...{ 'date-1': '2026-11-20', 'households-1': '4', 'cell-1-mixed_paper': '' },
		});
		const read = () => readPaperRows(wrong, materials);
		expect(read).toThrow(expect.objectContaining({ field: 'date-0' }));
		try {
			read();
		} catch (error) {
			const { others } = error as { others: { field: string; key: string }[] };
			expect(others.map(({ field, key }) => [field, key])).toEqual([
				['households-0', 'householdsMissing'],
				['cell-0-mixed_paper', 'quantityAmbiguous'],
				['cell-1-mixed_paper', 'linesMissing'],
			]);
		}
	});
});
