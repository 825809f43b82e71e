// What a school's classes brought is emptied and sold by the school's lead, and by nobody else of the school.
import { expect, test } from 'vitest';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { checkLedger } from '#features/checks/check.service.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { carryGoods, closeCycle, returnGoods } from '#features/collections/collection-cycle.service.ts';
import { listGoodsLeft } from '#features/collections/goods.repository.ts';
import { listHousesOfFunds } from '#features/collections/fund-houses.repository.ts';
import { recordPaperPage } from '#features/collections/paper-page.service.ts';
import { confirmScrapSale, getScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { setVarianceLimit } from '#features/collections/variance-limit.service.ts';
import { sumRows } from '#features/fund/entry-filter.repository.ts';
import { findFundOfHouse } from '#features/fund/fund.repository.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import type { RuleInput } from '#features/fund/fund-rule.ts';
import { findGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { reportHouseState } from '#features/green-houses/green-house.service.ts';
import { inviteToRole } from '#features/team/role.service.ts';
import { walk } from '#features/trace/walk.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, makeFund, makeHouse, NOW } from '../support/fixtures.ts';
import { SECRET, TODAY } from './access-world.ts';
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

	/** The school has a fund of its own, of which the council's and the ward's get a part. */
	async function prepareOwnFund() {
		const prepared = await prepare();
		const { db, world, lead } = prepared;
		const own = await makeFund(db, { adminUnitId: null, organisationId: lead.grants[0]!.scopeId });
		const council = await makeFund(db, { adminUnitId: null });
		const people = {
			treasurer: await makeActor(db, 'treasurer', 'fund', own.id),
			approver: await makeActor(db, 'approver', 'fund', own.id),
		};
		const rule: RuleInput = {
			...{ id: uuidv7(NOW), fundId: own.id, validFrom: TODAY, twoApproversAboveVnd: null },
			...{ saleRecorder: 'steward_or_treasurer', boardDueDay: null },
			shares: [
				{ fundId: council.id, percent: 20 },
				{ fundId: world.fund.id, percent: 10 },
			],
		};
		await setFundRule(db, people.approver, rule, NOW);
		return { ...prepared, own, council, ...people };
	}

	test('earns for the school’s own fund, of which other funds get their part at once', async () => {
		const { db, world, lead, own, council, treasurer } = await prepareOwnFund();
		expect(await findFundOfHouse(db, (await findGreenHouse(db, world.house.id, NOW))!)).toMatchObject(own);
		const cycleId = await fillAndClose(db, { ...world, steward: lead });
		const sale = saleOf(cycleId);
		await recordScrapSale(db, lead, sale, NOW);
		// The ward's people have no part in it any more.
		await expectRefused(db, () => confirmScrapSale(db, world.treasurer, sale.id, NOW), 'notYourRole', 403);
		const entry = await confirmScrapSale(db, treasurer, sale.id, NOW);
		const balances = await db
			.selectFrom('journalEntry')
			.select(['fundId', 'kind', 'changeVnd'])
			.orderBy('recordedAt')
			.execute();
		const of = (fundId: string) =>
			balances.filter((each) => each.fundId === fundId).map(({ kind, changeVnd }) => [kind, changeVnd]);
		expect(of(own.id)).toEqual([
			['scrap_sale', 38_000],
			['transfer_out', -11_400],
		]);
		expect(of(council.id)).toEqual([['transfer_in', 7600]]);
		expect(of(world.fund.id)).toEqual([['transfer_in', 3800]]);
		expect(await walk(db, 'sale', sale.id)).toMatchObject({
			sales: [{ id: sale.id, entryId: entry.id }],
			incomes: expect.arrayContaining([
				expect.objectContaining({ fundCode: council.code, shareOf: entry.id, changeVnd: 7600 }),
				expect.objectContaining({ fundCode: world.fund.code, shareOf: entry.id, changeVnd: 3800 }),
			]) as unknown,
		});
		// Without a fund and by ward the rows add up to the sale, once.
		for (const filter of [{}, { ward: 'dk-2025' }, { greenHouseId: world.house.id }])
			expect(await sumRows(db, { ...filter, isSample: 0 })).toMatchObject({ inVnd: 38_000, outVnd: 0 });
		const { results } = await checkLedger(db);
		expect(results.filter(({ total }) => total > 0)).toEqual([]);
	});

	test('is no house of the ward’s fund any more: who records, types, limits and sells with others', async () => {
		const { db, world, lead, own, treasurer, approver, keeperSteward } = await prepareOwnFund();
		const keeper = keeperSteward.grants[0]!.scopeId!;
		const neighbour = await makeHouse(db, { stewardOrganisationId: keeper });
		const codesOf = async (
			fund: { id: string },
			place: { organisationId: string | null; adminUnitId: string | null },
		) => (await listHousesOfFunds(db, [{ id: fund.id, ...place }], NOW)).map(({ code }) => code);
		const school = lead.grants[0]!.scopeId;
		expect(await codesOf(own, { organisationId: school, adminUnitId: null })).toEqual([world.house.code]);
		expect(await codesOf(world.fund, { organisationId: null, adminUnitId: 'dk-2025' })).toEqual([
			neighbour.code,
		]);
		const cycleId = await fillAndClose(db, world);
		await expectRefused(
			db,
			() => recordScrapSale(db, world.treasurer, saleOf(cycleId), NOW),
			'notYourRole',
			403,
		);
		const limit = { id: uuidv7(NOW), greenHouseCode: world.house.code, percent: 20, validFrom: '2026-11-23' };
		await expectRefused(db, () => setVarianceLimit(db, world.approver, limit, NOW), 'notYourRole', 403);
		await setVarianceLimit(db, approver, limit, NOW);
		const line = { material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 1000 };
		const rows = [{ index: 0, happenedOn: '2026-11-20', householdCount: 1, lines: [line] }];
		const page = { id: uuidv7(NOW), greenHouseCode: world.house.code, rows };
		await expectRefused(db, () => recordPaperPage(db, world.treasurer, page, NOW), 'notYourRole', 403);
		await recordPaperPage(db, treasurer, page, NOW);
		// The keeper's steward acts for both houses, whose money goes to two funds.
		const others = await fillAndClose(db, { ...world, house: neighbour, steward: keeperSteward });
		const both = saleOf(cycleId, { cycleIds: [cycleId, others] });
		await expectRefused(db, () => recordScrapSale(db, keeperSteward, both, NOW), 'salesOfTwoFunds', 422);
		await recordScrapSale(db, treasurer, saleOf(cycleId), NOW);
	});

	test('earns for its ward’s fund while the school has none of its own', async () => {
		const { db, world, lead } = await prepare();
		const find = async () => findFundOfHouse(db, (await findGreenHouse(db, world.house.id, NOW))!);
		const school = lead.grants[0]!.scopeId;
		const other = await organisation(db, 'school', 'Trường thứ ba');
		// Of another school, of this school but with an area, and a sample's.
		await makeFund(db, { adminUnitId: null, organisationId: other });
		await makeFund(db, { adminUnitId: 'kl-2025', organisationId: school });
		await makeFund(db, { adminUnitId: null, organisationId: school, code: 'MAU-X', isSample: 1 });
		expect(await find()).toMatchObject(world.fund);
	});
});
