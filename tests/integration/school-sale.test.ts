// What a school's classes brought is emptied and sold by the school's lead, and by nobody else of the school.
import { expect, test } from 'vitest';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { carryGoods, closeCycle, returnGoods } from '#features/collections/collection-cycle.service.ts';
import { listGoodsLeft } from '#features/collections/goods.repository.ts';
import { recordPaperPage } from '#features/collections/paper-page.service.ts';
import { confirmScrapSale, getScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { reportHouseState } from '#features/green-houses/green-house.service.ts';
import { inviteToRole } from '#features/team/role.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, NOW } from '../support/fixtures.ts';
import { SECRET } from './access-world.ts';
import { expectRefused, fillAndClose, makeWorld, saleOf } from './sale-world.ts';

const organisation = (db: Db, kind: 'school' | 'youth_union', name: string) =>
	inTransaction(db, (trx) =>
		insertOrganisation(trx, { kind, name, adminUnitId: 'dk-2025', isSample: 0 }, NOW),
	);

describeEachEngine('the house of a school', (engine) => {
	async function prepare() {
		const db = await engine.fresh();
		const world = await makeWorld(db, { hostType: 'school' });
		const school = await organisation(db, 'school', 'Trường THCS Đông Kinh');
		const keeper = await organisation(db, 'youth_union', 'Chi đoàn khối 6');
		const other = await organisation(db, 'school', 'Trường khác');
		await db
			.updateTable('greenHouse')
			.set({ hostOrganisationId: school, stewardOrganisationId: keeper })
			.where('id', '=', world.house.id)
			.execute();
		const lead = await makeActor(db, 'school_lead', 'organisation', school);
		const without = {
			'the lead of another school': await makeActor(db, 'school_lead', 'organisation', other),
			'a lead of whoever looks after it': await makeActor(db, 'school_lead', 'organisation', keeper),
			'a steward of the school’s other houses': await makeActor(db, 'steward', 'organisation', school),
			'an organiser of the school': await makeActor(db, 'organiser', 'organisation', school),
		};
		const keeperSteward = await makeActor(db, 'steward', 'organisation', keeper);
		return { db, world, lead, without, keeperSteward };
	}

	test('is emptied by its lead, who keeps goods back, gives them back and records the sale; the treasurer confirms', async () => {
		const { db, world, lead } = await prepare();
		const cycleId = await fillAndClose(db, { ...world, steward: lead });
		const { closedBy } = await db
			.selectFrom('collectionCycle')
			.select('closedBy')
			.where('id', '=', cycleId)
			.executeTakeFirstOrThrow();
		expect(closedBy).toBe(lead.grants[0]!.id);
		const goods = { cycleId, materials: ['mixed_paper'] };
		await carryGoods(db, lead, goods, NOW);
		expect(await listGoodsLeft(db, cycleId)).toEqual([]);
		await returnGoods(db, lead, goods, NOW);
		const sale = saleOf(cycleId);
		await recordScrapSale(db, lead, sale, NOW);
		expect((await getScrapSale(db, lead, sale.id, NOW)).sale.status).toBe('recorded');
		await expectRefused(db, () => confirmScrapSale(db, lead, sale.id, NOW), 'notYourRole', 403);
		const entry = await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		expect(entry.voucher).toBe('PT-2026/0001');
	});

	test('is shut to whoever else has a part in a school or in its keeper, and nothing is written', async () => {
		const { db, world, without } = await prepare();
		const closed = await fillAndClose(db, world);
		const sale = saleOf(closed);
		const open = (await findOpenCycle(db, world.house.id))!.id;
		for (const [who, actor] of Object.entries(without)) {
			const goods = { cycleId: closed, materials: ['mixed_paper'] };
			for (const work of [
				() => closeCycle(db, actor, open, NOW),
				() => carryGoods(db, actor, goods, NOW),
				() => returnGoods(db, actor, goods, NOW),
				() => recordScrapSale(db, actor, sale, NOW),
			])
				await expectRefused(db, work, 'notYourRole', 403).catch((error: unknown) => {
					throw new Error(who, { cause: error });
				});
		}
		await recordScrapSale(db, world.steward, sale, NOW);
		for (const actor of Object.values(without))
			await expectRefused(db, () => getScrapSale(db, actor, sale.id, NOW), 'unknownSale', 404);
	});

	test('gives its lead nothing besides: no state, no notebook, no role of a steward', async () => {
		const { db, world, lead, keeperSteward } = await prepare();
		const { code, id } = world.house;
		const line = { material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 1000 };
		const rows = [{ index: 0, happenedOn: '2026-11-20', householdCount: 1, lines: [line] }];
		const state = { greenHouseCode: code, fill: 'half' as const, condition: 'usable' as const };
		const role = { role: 'steward' as const, scopeKind: 'house' as const, scopeId: id, name: '0911111119' };
		const acts = {
			state: (actor: typeof lead) => reportHouseState(db, actor, state, NOW),
			paper: (actor: typeof lead) =>
				recordPaperPage(db, actor, { id: uuidv7(NOW), greenHouseCode: code, rows }, NOW),
			role: (actor: typeof lead) => inviteToRole(db, SECRET, actor, { id: uuidv7(NOW), ...role }, NOW),
		};
		for (const act of Object.values(acts)) await expectRefused(db, () => act(lead), 'notYourRole', 403);
		// As its keeper's people still may.
		for (const act of Object.values(acts)) await act(keeperSteward);
	});
});
