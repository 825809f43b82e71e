// What the public reads of a school: approved sheets of published campaigns, and where their goods went.
import { expect, test } from 'vitest';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { carryGoods, closeCycle } from '#features/collections/collection-cycle.service.ts';
import { recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { postEntry } from '#features/fund/ledger.service.ts';
import { approveClassSheet, recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { listCampaigns, listClassTotals } from '#features/schools/campaign.repository.ts';
import { draftCampaign, endCampaign, publishCampaign } from '#features/schools/campaign.service.ts';
import { countWaitingSheets, listCampaignsToFinish } from '#features/schools/lead-work.repository.ts';
import { readPublicCampaign } from '#features/schools/public-campaign.repository.ts';
import {
	findSchool,
	listClassGoods,
	listClassSizes,
	listRegister,
	listSchools,
	listSchoolYears,
	sumCampaigns,
	sumClasses,
	sumSchool,
} from '#features/schools/school-public.repository.ts';
import { daysOfYear, NOTHING_DECLARED } from '#features/schools/school-public.ts';
import { schoolMoney } from '#features/trace/school-money.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { retireSamples } from '#lib/samples.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW, seedReference } from '../support/fixtures.ts';
import { makeSchoolStory } from '../support/school-story.ts';

describeEachEngine('a school’s public side', (engine) => {
	async function makeWorld() {
		const db = await engine.fresh();
		await seedReference(db);
		return { db, ...(await makeSchoolStory(db, NOW)) };
	}

	test('sums approved sheets alone', async () => {
		const { db, schoolId, runningId, endedId, schoolYear, bring, people } = await makeWorld();
		const days = daysOfYear(schoolYear);
		const before = await sumSchool(db, schoolId, days);
		expect(before).toMatchObject({ dropOffs: 10, unweighed: 0 });
		const sums = await sumCampaigns(db, [endedId, runningId]);
		expect([...sums.values()].reduce((sum, { grams }) => sum + grams, 0)).toBe(before.grams);
		await bring(runningId, () => 1000, false);
		expect(await sumSchool(db, schoolId, days)).toEqual(before);
		const waiting = await db
			.selectFrom('classSheet')
			.select('id')
			.where('status', '=', 'entered')
			.executeTakeFirstOrThrow();
		await approveClassSheet(db, people.lead, { id: waiting.id }, NOW);
		expect(await sumSchool(db, schoolId, days)).toMatchObject({ dropOffs: 15 });
		expect(await sumSchool(db, schoolId, daysOfYear('2025-2026'))).toEqual(NOTHING_DECLARED);
		expect(await listSchools(db)).toMatchObject([{ id: schoolId, campaigns: 2, totals: { dropOffs: 15 } }]);
	});

	test('knows no draft, no other school’s campaign, and no sample after their end', async () => {
		const { db, schoolId, draftId, endedId, schoolYear } = await makeWorld();
		expect(await readPublicCampaign(db, schoolId, draftId)).toBeUndefined();
		const other = await makeSchoolStory(db, NOW, { name: 'Trường THCS Chi Lăng' });
		expect(await readPublicCampaign(db, other.schoolId, endedId)).toBeUndefined();
		expect((await readPublicCampaign(db, schoolId, endedId))?.classes).toHaveLength(5);
		expect((await listSchools(db)).map(({ name }) => name)).toEqual([
			...['Trường THCS Chi Lăng', 'Trường THCS Tam Thanh'],
		]);
		expect(await listSchoolYears(db, schoolId)).toEqual([schoolYear]);
		await db.updateTable('organisation').set({ isSample: 1 }).where('id', '=', other.schoolId).execute();
		expect((await listSchools(db)).map(({ id }) => id)).toEqual([schoolId]);
		expect((await findSchool(db, other.schoolId))?.isSample).toBe(1);
		await retireSamples(db);
		expect(await findSchool(db, other.schoolId)).toBeUndefined();
	});

	test('a class that was merged away is no class of the days after, and none is forgotten when its year is over', async () => {
		const { db, schoolId, schoolYear, classIds } = await makeWorld();
		const today = toLocalDate(NOW);
		const last = daysOfYear(schoolYear).to;
		const close = (closedOn: string, id: string) =>
			db.updateTable('schoolClass').set({ closedOn }).where('id', '=', id).execute();
		await close(today, classIds[0]!);
		for (const id of classIds.slice(1)) await close(addDays(last, 1), id);
		const count = async (on: string) => (await listClassSizes(db, schoolId, schoolYear, on)).length;
		expect([await count(addDays(today, -1)), await count(today), await count(last)]).toEqual([5, 4, 4]);
	});

	test('thirty campaigns take as many questions as one', async () => {
		const { db, schoolId, rules, house, people } = await makeWorld();
		const ask = async () => {
			let asked = 0;
			const counting = db.withPlugin({
				transformQuery: ({ node }) => {
					asked += 1;
					return node;
				},
				transformResult: ({ result }) => Promise.resolve(result),
			});
			const campaigns = await listCampaigns(counting, schoolId, { isPublic: true });
			await sumCampaigns(
				counting,
				campaigns.map(({ id }) => id),
			);
			return { asked, count: campaigns.length };
		};
		const few = await ask();
		for (let index = 0; index < 28; index += 1) {
			const id = uuidv7(NOW);
			await draftCampaign(db, people.lead, { ...rules, id, greenHouseCode: house.code }, NOW);
			await publishCampaign(db, people.lead, id, NOW);
		}
		expect([few.count, few.asked > 0]).toEqual([2, true]);
		expect(await ask()).toEqual({ asked: few.asked, count: 30 });
	});

	test('a week counts the sheets of its days alone', async () => {
		const { db, people, house, classIds, runningId } = await makeWorld();
		const today = toLocalDate(NOW);
		const collectedOn = addDays(today, -3);
		await recordClassSheet(
			db,
			people.lead,
			{
				...{ id: uuidv7(NOW), greenHouseCode: house.code, collectedOn, campaignId: runningId },
				rows: [
					{ classId: classIds[0]!, lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 700 }] },
				],
				isApproved: true,
			},
			NOW,
		);
		const gramsOf = async (from: string, to: string) =>
			(await listClassTotals(db, [runningId], { from, to }))
				.get(runningId)![0]!
				.totals.map(({ weightGrams }) => weightGrams);
		expect(await gramsOf(collectedOn, collectedOn)).toEqual([700]);
		expect(await gramsOf(addDays(collectedOn, 1), addDays(today, -1))).toEqual([]);
	});

	test('a week counts every sheet of its days, of any campaign and of none', async () => {
		const { db, schoolId, classIds, endedId, runningId, bring, people, house } = await makeWorld();
		const today = toLocalDate(NOW);
		const week = { from: today, to: today };
		await bring(runningId, () => 500, false);
		const line = { material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 700 };
		const alone = {
			...{ id: uuidv7(NOW), greenHouseCode: house.code, collectedOn: today, isApproved: true, isExtra: true },
			rows: [{ classId: classIds[0]!, lines: [line] }],
		};
		await recordClassSheet(db, people.lead, alone, NOW);
		const classes = await sumClasses(db, schoolId, week);
		const sums = await sumCampaigns(db, [endedId, runningId]);
		expect(classes.map(({ name }) => name)).toEqual(['6A', '6B', '7A', '7B', '8A']);
		expect(classes.reduce((sum, { grams }) => sum + grams, 0)).toBe(
			[...sums.values()].reduce((sum, { grams }) => sum + grams, 700),
		);
		expect((await sumSchool(db, schoolId, week)).grams).toBe(
			classes.reduce((sum, { grams }) => sum + grams, 0),
		);
		expect(await sumClasses(db, schoolId, { from: addDays(today, 1), to: addDays(today, 7) })).toEqual([]);
		// What became one class stands as one, as in its campaign.
		const merged = { closedOn: addDays(today, 1), mergedIntoId: classIds[0]! };
		await db.updateTable('schoolClass').set(merged).where('id', '=', classIds[1]!).execute();
		const [first, second, ...others] = classes;
		expect(await sumClasses(db, schoolId, week)).toEqual([
			{ ...first!, grams: first!.grams + second!.grams },
			...others,
		]);
	});

	test('of a payment that took other money too, its part alone is theirs', async () => {
		const { db, endedId, entryId, fund, people, house } = await makeWorld();
		const today = toLocalDate(NOW);
		const gift = {
			...{ id: uuidv7(NOW), fundId: fund.id, kind: 'gift' as const, happenedOn: today, bookedOn: today },
			recordedBy: people.treasurer.grants[0]!.id,
			source: { kind: 'statement' as const, id: 'gift', content: { statement: 'gift' } },
			postings: [{ debit: 'cash' as const, credit: 'gift' as const, amountVnd: 1_000_000 }],
			text: { kind: 'statement' as const, words: 'Tiền ủng hộ' },
		};
		await inTransaction(db, (trx) => postEntry(trx, gift, NOW));
		const id = uuidv7(NOW);
		const request = { id, fundId: fund.id, purpose: 'hardship' as const, description: 'Áo ấm' };
		const rest = { amountVnd: 700_000, beneficiaryCount: 6, adminUnitId: house.ward.id };
		await requestDisbursement(db, people.officer, { ...request, ...rest }, NOW);
		await approveDisbursement(db, people.approver, { id }, NOW);
		const second = uuidv7(NOW);
		await payDisbursement(db, people.treasurer, { id, entryId: second, paidOn: today }, NOW);
		const { payments } = await schoolMoney(db, { campaignId: endedId });
		const parts = payments.map(({ id: payment, changeVnd, spentVnd }) => [payment, changeVnd, spentVnd]);
		expect(parts).toHaveLength(2);
		expect(parts).toEqual(
			expect.arrayContaining([
				[entryId, -300_000, 300_000],
				[second, -700_000, 180_000],
			]),
		);
	});

	test('goods are followed to their sale, its row and what it paid for', async () => {
		const { db, endedId, runningId, cycle, saleId, entryId, schoolId, schoolYear } = await makeWorld();
		const of = async (goods: Parameters<typeof listClassGoods>[1]) => schoolMoney(db, goods);
		const ended = await of({ campaignId: endedId });
		expect(ended).toMatchObject({
			cycles: [{ id: cycle.id, isSold: true }],
			sales: [
				{
					...{ id: saleId, status: 'confirmed', cashReceivedVnd: 480_000, cycleIds: [cycle.id] },
					...{ shares: [], part: { others: [] } },
				},
			],
			incomeVnd: 480_000,
			payments: [{ id: entryId, changeVnd: -300_000, spentVnd: 300_000 }],
		});
		const running = await of({ campaignId: runningId });
		expect(running).toMatchObject({ sales: [], incomeVnd: 0, payments: [] });
		expect(running.cycles.map(({ isSold, closedOn }) => [isSold, closedOn])).toEqual([[false, null]]);
		const whole = await of({ organisationId: schoolId, ...daysOfYear(schoolYear) });
		expect([whole.cycles.length, whole.incomeVnd]).toEqual([2, 480_000]);
		expect(await of({ organisationId: schoolId, ...daysOfYear('2025-2026') })).toMatchObject({ cycles: [] });
	});

	test('a load says how much of it is a campaign’s, also of what was kept for a later one', async () => {
		const { db, house, people, runningId, schoolId, schoolYear, rules, classIds } = await makeWorld();
		const otherId = uuidv7(NOW);
		const other = { ...rules, id: otherId, name: 'Giấy vụn tháng Ba', greenHouseCode: house.code };
		await draftCampaign(db, people.lead, other, NOW);
		await publishCampaign(db, people.lead, otherId, NOW);
		const enter = (campaignId: string | undefined, quantityMilli: number) =>
			recordClassSheet(
				db,
				people.lead,
				{
					...{ id: uuidv7(NOW), greenHouseCode: house.code, collectedOn: toLocalDate(NOW), campaignId },
					rows: [{ classId: classIds[0]!, lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli }] }],
					...{ isApproved: true, isExtra: true, isSure: true },
				},
				NOW,
			);
		const bring = (material: string, unit: 'kg' | 'piece', quantityMilli: number) =>
			recordDropOff(
				db,
				{ kind: 'device', secret: 's'.repeat(43) },
				{
					...{ id: uuidv7(NOW), greenHouseCode: house.code, happenedAt: NOW, channel: 'web' },
					lines: [{ material, unit, quantityMilli }],
				},
				NOW,
			);
		const sell = async (cycleId: string, material: string) => {
			const sale = {
				...{ id: uuidv7(NOW), cycleIds: [cycleId], soldOn: toLocalDate(NOW), dealer: 'Cô Hoa' },
				lines: [{ kind: 'goods' as const, material, weightGrams: 1000, unitPriceVnd: 4000 }],
				...{ cashReceivedVnd: 4000, differenceReason: '', photoMissingReason: 'Máy hết pin' },
			};
			await recordScrapSale(db, people.lead, sale, NOW);
			return sale.id;
		};
		const close = async () => {
			const { id } = (await findOpenCycle(db, house.id))!;
			await closeCycle(db, people.lead, id, NOW);
			return id;
		};
		const partOf = async (saleId: string) => {
			const { sales } = await schoolMoney(db, { campaignId: runningId });
			return sales.find(({ id }) => id === saleId)!.part;
		};
		const gramsOf = async (code: string) =>
			(await listClassGoods(db, { campaignId: runningId }))
				.filter(({ materialCode }) => materialCode === code)
				.reduce((sum, { grams }) => sum + grams, 0);
		await bring('mixed_paper', 'kg', 5000);
		await enter(otherId, 2000);
		await enter(undefined, 700);
		const first = await close();
		await carryGoods(db, people.lead, { cycleId: first, materials: ['aluminium_can'] }, NOW);
		const paper = await sell(first, 'mixed_paper');
		expect(await partOf(paper)).toEqual({
			ownGrams: await gramsOf('mixed_paper'),
			others: [
				{ of: 'campaign', name: 'Giấy vụn tháng Ba', grams: 2000 },
				{ of: 'classes', name: null, grams: 700 },
				{ of: 'people', name: null, grams: 5000 },
			],
		});
		// The same load, as its school sees it.
		const { sales } = await schoolMoney(db, { organisationId: schoolId, ...daysOfYear(schoolYear) });
		expect(sales.find(({ id }) => id === paper)!.part).toEqual({
			ownGrams: (await gramsOf('mixed_paper')) + 2700,
			others: [{ of: 'people', name: null, grams: 5000 }],
		});
		// Of the school year alone that is shown.
		await db
			.updateTable('classSheet')
			.set({ collectedOn: addDays(daysOfYear(schoolYear).from, -1) })
			.where('campaignId', '=', otherId)
			.execute();
		const { sales: ofYear } = await schoolMoney(db, { organisationId: schoolId, ...daysOfYear(schoolYear) });
		expect(ofYear.find(({ id }) => id === paper)!.part).toEqual({
			ownGrams: (await gramsOf('mixed_paper')) + 700,
			others: [
				{ of: 'otherYear', name: null, grams: 2000 },
				{ of: 'people', name: null, grams: 5000 },
			],
		});
		const cans = await sell(await close(), 'aluminium_can');
		expect(await gramsOf('aluminium_can')).toBeGreaterThan(1000);
		expect(await partOf(cans)).toEqual({
			...{ ownGrams: await gramsOf('aluminium_can'), others: [] },
		});
	});

	test('a lead is told of sheets that wait, campaigns past their day, and goods of ended ones', async () => {
		const { db, schoolId, house, people, runningId, bring, rules } = await makeWorld();
		const today = toLocalDate(NOW);
		const ask = async (day: string, schoolIds = [schoolId]) => ({
			sheets: (await countWaitingSheets(db, schoolIds)).map(({ code, count }) => [code, count]),
			campaigns: (await listCampaignsToFinish(db, schoolIds, day)).map(({ id, step }) => [id, step]),
		});
		const nothing = { sheets: [], campaigns: [] };
		// The ended one is sold, the running one still takes sheets, and a draft asks for nothing.
		expect(await ask(today)).toEqual(nothing);
		await bring(runningId, () => 1000, false);
		expect(await ask(today)).toEqual({ sheets: [[house.code, 1]], campaigns: [] });
		const after = addDays(rules.endsOn, 1);
		expect(await ask(after)).toEqual({ sheets: [[house.code, 1]], campaigns: [[runningId, 'end']] });
		const { id } = await db
			.selectFrom('classSheet')
			.select('id')
			.where('status', '=', 'entered')
			.executeTakeFirstOrThrow();
		await approveClassSheet(db, people.lead, { id }, NOW);
		await endCampaign(db, people.lead, runningId, NOW);
		expect(await ask(after)).toEqual({ sheets: [], campaigns: [[runningId, 'close']] });
		await closeCycle(db, people.lead, (await findOpenCycle(db, house.id))!.id, NOW);
		expect(await ask(after)).toEqual(nothing);
		expect(await ask(after, ['another school'])).toEqual(nothing);
		expect(await ask(after, [])).toEqual(nothing);
	});

	test('the register has every line that counts, once, in the order of days and classes', async () => {
		const { db, schoolId, schoolYear, bring, runningId } = await makeWorld();
		await bring(runningId, () => 5000, false);
		const lines = await listRegister(db, { organisationId: schoolId, ...daysOfYear(schoolYear) });
		expect(lines).toHaveLength(20);
		expect([...new Set(lines.map(({ name }) => name))]).toEqual(['6A', '6B', '7A', '7B', '8A']);
		expect([...new Set(lines.map(({ campaignName }) => campaignName))].sort()).toEqual([
			...['Kế hoạch nhỏ đợt 1', 'Kế hoạch nhỏ đợt 2'],
		]);
	});
});
