// A school's campaign from draft to end: its rules, its classes, its sheets, the scale; and everything that is refused.
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { campaignResults } from '#features/schools/campaign-result.ts';
import {
	findCampaign,
	listCampaigns,
	listClassTotals,
	listWeighIns,
} from '#features/schools/campaign.repository.ts';
import {
	changeCampaign,
	deleteCampaignDraft,
	draftCampaign,
	endCampaign,
	moveCampaignEnd,
	publishCampaign,
	recordWeighIn,
	unpublishCampaign,
	withdrawWeighIn,
} from '#features/schools/campaign.service.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { listCampaignsInCycle, listRunningCampaigns } from '#features/schools/lead-work.repository.ts';
import type { CampaignInput } from '#features/schools/campaign.ts';
import type { ClassSheetInput } from '#features/schools/class-sheet.ts';
import {
	approveClassSheet,
	recordClassSheet,
	revokeClassSheet,
} from '#features/schools/class-sheet.service.ts';
import {
	addClass as reopenClass,
	changeClass,
	mergeClass,
	splitClass,
} from '#features/schools/school-class.service.ts';
import { findClass } from '#features/schools/school-class.repository.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const RULES: CampaignInput = {
	...{
		name: 'Kế hoạch nhỏ đợt 1',
		purpose: 'Giúp bạn khó khăn',
		startsOn: '2026-11-15',
		endsOn: '2026-11-30',
	},
	materials: ['mixed_paper', 'aluminium_can'],
	quotaPer: 'pupil',
	quota: [
		{ unit: 'kg', quantityMilli: 1000 },
		{ unit: 'piece', quantityMilli: 10_000 },
	],
	...{ fullPoints: 10, extraPoints: 1, extraCap: 5, tieRule: 'shared', rounding: 'down' },
	awards: [{ name: 'Chi đội xuất sắc', minPoints: 10 }],
};

async function makeSchool(db: Db, name: string) {
	const organisationId = uuidv7(NOW);
	const dates = { adminUnitId: 'dk-2025', validFrom: null, validTo: null };
	await db
		.insertInto('organisation')
		.values({ id: organisationId, kind: 'school', name, ...dates, isSample: 0 })
		.execute();
	const addClass = (className: string, size: number | null) =>
		inTransaction(db, (trx) =>
			insertClass(
				trx,
				{ organisationId, schoolYear: '2026-2027', grade: 6, name: className, size, isSample: 0 },
				NOW,
			),
		);
	return {
		organisationId,
		addClass,
		house: await makeHouse(db, { hostType: 'school', hostOrganisationId: organisationId }),
		lead: await makeActor(db, 'school_lead', 'organisation', organisationId),
	};
}

describeEachEngine('a campaign', (engine) => {
	async function makeWorld() {
		const db = await engine.fresh();
		await seedReference(db);
		const school = await makeSchool(db, 'Trường THCS Đông Kinh');
		const [classA, classB] = [await school.addClass('6A', 10), await school.addClass('6B', null)];
		const other = await makeSchool(db, 'Trường THCS Kỳ Lừa');
		const id = uuidv7(NOW);
		const { house, lead } = school;
		const draft = (over: Partial<CampaignInput> = {}, actor = lead) =>
			draftCampaign(db, actor, { ...RULES, ...over, id, greenHouseCode: house.code }, NOW);
		const sheetOf = (over: Partial<ClassSheetInput> = {}): ClassSheetInput => ({
			...{ id: uuidv7(NOW), greenHouseCode: house.code, collectedOn: '2026-11-20', campaignId: id },
			rows: [{ classId: classA, lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 12_000 }] }],
			isApproved: true,
			...over,
		});
		const refused = async (work: () => Promise<unknown>, key: string, status: number) => {
			const error = await expectNothingWritten(db, work);
			expect(error).toBeInstanceOf(DomainError);
			const { key: found, kind } = error as DomainError;
			expect([found, HTTP_STATUS[kind]]).toEqual([key, status]);
		};
		return { db, ...school, classA, classB, other, id, draft, sheetOf, refused };
	}

	test('is drafted, changed, published with its classes, and ended', async () => {
		const { db, id, lead, draft, classA, classB, addClass, organisationId } = await makeWorld();
		await Promise.all([draft(), draft()]);
		await draft({ materials: RULES.materials.toReversed() });
		expect(await listCampaigns(db, organisationId, { isPublic: true })).toEqual([]);
		await changeCampaign(db, lead, { ...RULES, id, name: 'Đợt 20/11', quota: RULES.quota.slice(0, 1) }, NOW);
		await publishCampaign(db, lead, id, NOW);
		await publishCampaign(db, lead, id, NOW + 1);
		expect(await findCampaign(db, id)).toMatchObject({
			...{ name: 'Đợt 20/11', schoolYear: '2026-2027', publishedAt: NOW, endedAt: null },
			...{ quota: [{ unit: 'kg', quantityMilli: 1000 }], materials: RULES.materials, awards: RULES.awards },
		});
		// Who is opened later takes part from its first sheet on.
		await addClass('6C', 12);
		expect((await listClassTotals(db, [id])).get(id)).toEqual([
			{ classId: classA, name: '6A', size: 10, totals: [] },
			{ classId: classB, name: '6B', size: null, totals: [] },
		]);
		await unpublishCampaign(db, lead, id, NOW);
		await unpublishCampaign(db, lead, id, NOW);
		expect(await db.selectFrom('campaignClass').selectAll().execute()).toEqual([]);
		await publishCampaign(db, lead, id, NOW + 2);
		await moveCampaignEnd(db, lead, { id, endsOn: '2026-12-05' }, NOW);
		await endCampaign(db, lead, id, NOW + 3);
		await endCampaign(db, lead, id, NOW + 4);
		expect(await findCampaign(db, id)).toMatchObject({ endsOn: '2026-12-05', endedAt: NOW + 3 });
		const acts = await db.selectFrom('auditEvent').select('action').execute();
		expect(acts.map(({ action }) => action.replace('campaign.', '')).sort()).toEqual([
			...['change', 'draft', 'end', 'move-end', 'publish', 'publish', 'unpublish'],
		]);
	});

	test('counts approved sheets alone; revoking takes exactly that out of the results', async () => {
		const { db, id, lead, draft, sheetOf, addClass, classA } = await makeWorld();
		await draft();
		await publishCampaign(db, lead, id, NOW);
		const classC = await addClass('6C', 20);
		const results = async () =>
			campaignResults(RULES, (await listClassTotals(db, [id])).get(id)!).map(
				({ name, grams, pointTenths, rank }) => [name, grams, pointTenths, rank],
			);
		const waiting = sheetOf({ isApproved: false });
		await recordClassSheet(db, lead, waiting, NOW);
		expect(await results()).toEqual([
			['6A', 0, 0, null],
			['6B', 0, null, null],
		]);
		await approveClassSheet(db, lead, { id: waiting.id }, NOW);
		const cans = sheetOf({
			rows: [
				{ classId: classA, lines: [{ material: 'aluminium_can', unit: 'piece', quantityMilli: 40_000 }] },
				{ classId: classC, lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 5000 }] },
			],
			isExtra: true,
		});
		await recordClassSheet(db, lead, cans, NOW);
		// 12 of 10 kg and 40 of 100 pieces: six tenths beyond the quota, five points at most; 20 pupils at a quarter.
		const both = [
			['6A', 12_540, 150, 1],
			['6B', 0, null, null],
			['6C', 5000, 25, 2],
		];
		expect(await results()).toEqual(both);
		// Sheets of no campaign count in none.
		await recordClassSheet(db, lead, { ...sheetOf({ isExtra: true }), campaignId: undefined }, NOW);
		expect(await results()).toEqual(both);
		await revokeClassSheet(db, lead, waiting.id, NOW);
		expect(await results()).toEqual([
			['6A', 540, 40, 2],
			['6B', 0, null, null],
			['6C', 5000, 25, 1],
		]);
	});

	test('counts with the sizes of its classes, and with one that two became, until it ends', async () => {
		const { db, id, lead, draft, sheetOf, addClass, classA, classB, refused } = await makeWorld();
		await draft();
		await publishCampaign(db, lead, id, NOW);
		const shown = async () =>
			campaignResults(RULES, (await listClassTotals(db, [id])).get(id)!).map(
				({ name, size, grams, unweighedMilli }) => [name, size, grams, unweighedMilli],
			);
		await changeClass(db, lead, { id: classA, name: '6A', size: 12 }, NOW);
		const paperOf = (classId: string) =>
			sheetOf({
				rows: [{ classId, lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 12_000 }] }],
			});
		await recordClassSheet(db, lead, paperOf(classA), NOW);
		await recordClassSheet(db, lead, paperOf(classB), NOW);
		await splitClass(db, lead, { id: classA, size: null, newName: '6C', newSize: 4 }, NOW);
		expect(await shown()).toEqual([
			['6A', 8, 12_000, 0],
			['6B', null, 12_000, 0],
			['6C', 4, 0, 0],
		]);
		// One that was opened by itself takes part by the class that goes into it.
		const classD = await addClass('6D', 20);
		await mergeClass(db, lead, { id: classA, intoId: classB, closedOn: '2026-11-21', size: 30 }, NOW);
		await mergeClass(db, lead, { id: classB, intoId: classD, closedOn: '2026-11-22', size: 50 }, NOW);
		const merged = [
			['6C', 4, 0, 0],
			['6D', 50, 24_000, 0],
		];
		expect(await shown()).toEqual(merged);
		await endCampaign(db, lead, id, NOW);
		const late = { id: classD, intoId: classD, closedOn: '2026-11-22', size: null };
		const [classC] = await db.selectFrom('schoolClass').select('id').where('name', '=', '6C').execute();
		const into = { ...late, id: classC!.id };
		await refused(
			() => mergeClass(db, lead, { ...into, closedOn: '2026-11-21' }, NOW),
			'closedBeforeCampaign',
			422,
		);
		// In the minute after the end, from that very day on.
		await mergeClass(db, lead, into, NOW + 60_000);
		await changeClass(db, lead, { id: classD, name: '6D', size: 60 }, NOW);
		expect(await shown()).toEqual(merged);
	});

	test('stays as it ended, whatever became or becomes of its classes', async () => {
		const { db, id, lead, draft, sheetOf, classA, classB, addClass, organisationId } = await makeWorld();
		const classD = await addClass('6D', 20);
		await draft({ endsOn: '2026-11-21' });
		await publishCampaign(db, lead, id, NOW);
		await recordClassSheet(db, lead, sheetOf(), NOW);
		const shown = async () =>
			(await listClassTotals(db, [id])).get(id)!.map(({ name, size, totals }) => [name, size, totals.length]);
		// Its days are past: as long as it has not ended, whoever becomes one class counts as one.
		await mergeClass(db, lead, { id: classA, intoId: classD, closedOn: '2026-11-23', size: 30 }, NOW);
		const merged = [
			['6B', null, 0],
			['6D', 30, 1],
		];
		expect(await shown()).toEqual(merged);
		await endCampaign(db, lead, id, NOW);
		expect(await shown()).toEqual(merged);
		// Opened again, and gone into another one: what has ended is not counted anew.
		await reopenClass(db, lead, { organisationId, schoolYear: '2026-2027', name: '6A', size: 10 }, NOW);
		expect(await findClass(db, classA)).toMatchObject({ closedOn: null, mergedIntoId: null });
		expect(await shown()).toEqual(merged);
		await mergeClass(db, lead, { id: classD, intoId: classB, closedOn: '2026-11-22', size: 40 }, NOW);
		await mergeClass(db, lead, { id: classA, intoId: classB, closedOn: '2026-11-22', size: 50 }, NOW);
		expect(await shown()).toEqual(merged);
	});

	test('moves its last day also where its words would be refused by now', async () => {
		const { db, id, lead, draft, refused } = await makeWorld();
		await draft();
		await publishCampaign(db, lead, id, NOW);
		await db.updateTable('campaign').set({ name: 'Đợt Nguyễn Văn An' }).where('id', '=', id).execute();
		await moveCampaignEnd(db, lead, { id, endsOn: '2026-12-05' }, NOW);
		expect(await findCampaign(db, id)).toMatchObject({ endsOn: '2026-12-05' });
		const to = (endsOn: string) => () => moveCampaignEnd(db, lead, { id, endsOn }, NOW);
		await refused(to('2026-11-14'), 'campaignEndsEarly', 422);
		await refused(to('2027-06-01'), 'campaignTooLong', 422);
	});

	test('keeps what the scale said of the whole school', async () => {
		const { db, id, lead, draft } = await makeWorld();
		await draft();
		await publishCampaign(db, lead, id, NOW);
		const weighIn = {
			...{ id: uuidv7(NOW), campaignId: id, materialCode: 'mixed_paper', weighedOn: '2026-11-21' },
			weightGrams: 11_500,
		};
		await Promise.all([recordWeighIn(db, lead, weighIn, NOW), recordWeighIn(db, lead, weighIn, NOW)]);
		const again = { ...weighIn, id: uuidv7(NOW), weightGrams: 500 };
		await recordWeighIn(db, lead, again, NOW + 1);
		expect((await listWeighIns(db, id)).map(({ weightGrams }) => weightGrams)).toEqual([11_500, 500]);
		await withdrawWeighIn(db, lead, again.id, NOW);
		await withdrawWeighIn(db, lead, again.id, NOW + 1);
		expect((await listWeighIns(db, id)).map(({ weightGrams }) => weightGrams)).toEqual([11_500]);
	});

	test('asks about a weight far from what its classes declared, and then writes nothing', async () => {
		const { db, id, lead, draft, sheetOf, classA, refused } = await makeWorld();
		await draft();
		await publishCampaign(db, lead, id, NOW);
		const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 588_000 }];
		await recordClassSheet(db, lead, sheetOf({ isSure: true, rows: [{ classId: classA, lines }] }), NOW);
		const weigh = (weightGrams: number, over: Partial<Parameters<typeof recordWeighIn>[2]> = {}) =>
			recordWeighIn(
				db,
				lead,
				{
					...{ id: uuidv7(NOW), campaignId: id, materialCode: 'mixed_paper', weighedOn: '2026-11-21' },
					...{ weightGrams, ...over },
				},
				NOW,
			);
		for (const weightGrams of [5_800, 58_800, 5_880_000])
			await refused(() => weigh(weightGrams), 'weightOdd', 409);
		await expect(weigh(5_800)).rejects.toMatchObject({
			...{ field: 'weight', values: { weighed: 5.8, declared: 588 } },
		});
		// Nothing was declared of this one.
		await weigh(5_800, { materialCode: 'aluminium_can' });
		await weigh(5_800, { isSure: true });
		// Parts of a load count together.
		await weigh(58_800);
		await weigh(540_000);
		await refused(() => weigh(5_300_000), 'weightOdd', 409);
		expect((await listWeighIns(db, id)).map(({ weightGrams }) => weightGrams).sort()).toEqual([
			...[540_000, 5_800, 5_800, 58_800],
		]);
	});

	test('says while it runs what waits, and what of it would go with the cycle', async () => {
		const { db, id, lead, draft, sheetOf, classA, house, organisationId } = await makeWorld();
		const cycle = (await findOpenCycle(db, house.id))!;
		const inCycle = () => listCampaignsInCycle(db, { id: cycle.id, greenHouseId: house.id });
		const running = (today = '2026-11-22') => listRunningCampaigns(db, [organisationId], today);
		await draft();
		expect([await inCycle(), await running()]).toEqual([[], []]);
		await publishCampaign(db, lead, id, NOW);
		expect(await inCycle()).toEqual([]);
		await recordClassSheet(db, lead, sheetOf({ collectedOn: '2026-11-21', isApproved: false }), NOW);
		const name = RULES.name;
		const none = { id, name, sheets: 0, grams: 0, unweighedMilli: 0, waiting: 1 };
		expect(await inCycle()).toEqual([none]);
		const cans = { material: 'aluminium_can', unit: 'piece' as const, quantityMilli: 4000 };
		const paper = { material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 12_000 };
		await recordClassSheet(db, lead, sheetOf({ rows: [{ classId: classA, lines: [paper, cans] }] }), NOW);
		const taken = sheetOf({ collectedOn: '2026-11-19' });
		await recordClassSheet(db, lead, taken, NOW);
		await revokeClassSheet(db, lead, taken.id, NOW);
		const [found] = await inCycle();
		expect(found).toMatchObject({ id, sheets: 1, waiting: 1 });
		// Pieces count by their weight where somebody knows it.
		const lines = await db.selectFrom('dropOffLine').selectAll().where('unit', '=', 'piece').execute();
		const grams = lines[0]!.declaredWeightGrams;
		expect(found).toMatchObject({ grams: 12_000 + (grams ?? 0), unweighedMilli: grams === null ? 4000 : 0 });
		expect(await listCampaignsInCycle(db, { id: uuidv7(NOW), greenHouseId: house.id })).toEqual([none]);
		expect(await running()).toEqual([
			{ id, name, endsOn: RULES.endsOn, organisationId, houseCode: house.code, waiting: 1 },
		]);
		expect([await running('2026-11-14'), await running('2026-12-01')]).toEqual([[], []]);
		expect(await listRunningCampaigns(db, [], '2026-11-22')).toEqual([]);
		await db.updateTable('campaign').set({ endedAt: NOW }).execute();
		expect([await inCycle(), await running()]).toEqual([[], []]);
	});

	test('is deleted as a draft, and never once it is public', async () => {
		const { db, id, lead, other, draft, sheetOf, refused } = await makeWorld();
		await draft();
		await refused(() => deleteCampaignDraft(db, undefined, id, NOW), 'signInFirst', 401);
		await refused(() => deleteCampaignDraft(db, other.lead, id, NOW), 'notYourRole', 403);
		await publishCampaign(db, lead, id, NOW);
		await refused(() => deleteCampaignDraft(db, lead, id, NOW), 'campaignNotDraft', 409);
		await unpublishCampaign(db, lead, id, NOW);
		await deleteCampaignDraft(db, lead, id, NOW);
		await refused(() => deleteCampaignDraft(db, lead, id, NOW), 'unknownCampaign', 404);
		for (const table of ['campaign', 'campaignMaterial', 'campaignQuota', 'campaignAward'] as const)
			expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
		const acts = await db.selectFrom('auditEvent').select(['action', 'subjectId']).execute();
		expect(acts).toContainEqual({ action: 'campaign.delete', subjectId: id });
		// The same form sent again drafts it anew; two who delete it at once delete it once.
		await draft();
		const twice = await Promise.allSettled([
			deleteCampaignDraft(db, lead, id, NOW),
			deleteCampaignDraft(db, lead, id, NOW),
			changeCampaign(db, lead, { ...RULES, id, name: 'Khác' }, NOW),
		]);
		expect(twice.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
		for (const each of twice)
			if (each.status === 'rejected') expect((each.reason as DomainError).key).toBe('unknownCampaign');
		expect(await findCampaign(db, id)).toBeUndefined();
		// What was weighed, or entered and taken back, stays with its campaign.
		await draft();
		await publishCampaign(db, lead, id, NOW);
		const weighIn = {
			...{ id: uuidv7(NOW), campaignId: id, materialCode: 'mixed_paper', weighedOn: '2026-11-21' },
			weightGrams: 11_500,
		};
		await recordWeighIn(db, lead, weighIn, NOW);
		await withdrawWeighIn(db, lead, weighIn.id, NOW);
		await unpublishCampaign(db, lead, id, NOW);
		await refused(() => deleteCampaignDraft(db, lead, id, NOW), 'campaignWeighed', 409);
		await publishCampaign(db, lead, id, NOW);
		await recordClassSheet(db, lead, sheetOf(), NOW);
		await refused(() => deleteCampaignDraft(db, lead, id, NOW), 'campaignNotDraft', 409);
	});

	test('that could not be run as written is refused', async () => {
		const { db, id, lead, draft, refused, house, other } = await makeWorld();
		const wrong: [Partial<CampaignInput>, string][] = [
			[{ name: '' }, 'nameMissing'],
			[{ endsOn: '2026-11-14' }, 'campaignEndsEarly'],
			[{ startsOn: '2026-08-01', endsOn: '2027-02-02' }, 'campaignTooLong'],
			[{ startsOn: '2026-07-20', endsOn: '2026-08-20' }, 'campaignTwoYears'],
			[{ materials: [] }, 'materialsMissing'],
			[{ materials: ['battery'] }, 'unknownMaterial'],
			[{ quota: [] }, 'quotaMissing'],
			[{ fullPoints: 1001 }, 'pointsWrong'],
			[{ extraPoints: -1 }, 'pointsWrong'],
			[{ extraCap: 0.5 }, 'pointsWrong'],
			[{ awards: [{ name: '', minPoints: 1 }] }, 'nameMissing'],
			[{ awards: [{ name: 'A', minPoints: Number.NaN }] }, 'pointsWrong'],
			[{ awards: [{ name: 'A', minPoints: 16 }] }, 'awardUnreachable'],
			[{ awards: ['A', 'B'].map((name) => ({ name, minPoints: 3 })) }, 'awardsAlike'],
			[{ awards: ['Giỏi', 'giỏi'].map((name, minPoints) => ({ name, minPoints })) }, 'awardTwice'],
			[{ name: 'Đợt của Nông Văn An' }, 'personNamed'],
			[{ purpose: 'Giúp bạn Hoàng Thị Mộng Kha' }, 'personNamed'],
			[{ awards: [{ name: 'Nông Thị Lan', minPoints: 3 }] }, 'personNamed'],
			[{ awards: [...'ABCDEFG'].map((name, minPoints) => ({ name, minPoints })) }, 'tooManyAwards'],
		];
		for (const [over, key] of wrong) await refused(() => draft(over), key, 422);
		const anyone = { ...RULES, id, greenHouseCode: house.code };
		await refused(() => draftCampaign(db, undefined, anyone, NOW), 'signInFirst', 401);
		await refused(() => draft({}, other.lead), 'notYourRole', 403);
		const plain = { ...RULES, id, greenHouseCode: (await makeHouse(db)).code };
		await refused(() => draftCampaign(db, lead, plain, NOW), 'noSchoolHouse', 422);
		await draft();
		await refused(() => draft({ name: 'Đợt khác' }), 'sameIdOtherContent', 409);
		for (const [over, key] of wrong)
			await refused(() => changeCampaign(db, lead, { ...RULES, ...over, id }, NOW), key, 422);
		expect(house.materials).not.toContain('battery');
	});

	test('is changed by its own lead alone, and only as its state allows', async () => {
		const { db, id, lead, draft, refused, other, sheetOf, house } = await makeWorld();
		const acts: ((actor: Actor | undefined) => Promise<void>)[] = [
			(actor) => changeCampaign(db, actor, { ...RULES, id }, NOW),
			(actor) => publishCampaign(db, actor, id, NOW),
			(actor) => unpublishCampaign(db, actor, id, NOW),
			(actor) => moveCampaignEnd(db, actor, { id, endsOn: '2026-12-01' }, NOW),
			(actor) => endCampaign(db, actor, id, NOW),
			(actor) => deleteCampaignDraft(db, actor, id, NOW),
		];
		for (const act of acts) await refused(() => act(lead), 'unknownCampaign', 404);
		await draft();
		for (const act of acts) {
			await refused(() => act(undefined), 'signInFirst', 401);
			await refused(() => act(other.lead), 'notYourRole', 403);
		}
		const weighIn = {
			...{ id: uuidv7(NOW), campaignId: id, materialCode: 'mixed_paper', weighedOn: '2026-11-21' },
			weightGrams: 11_500,
		};
		const record = (over: Partial<typeof weighIn> = {}, actor = lead) =>
			recordWeighIn(db, actor, { ...weighIn, ...over }, NOW);
		await refused(() => record(), 'campaignNotPublished', 409);
		await refused(() => endCampaign(db, lead, id, NOW), 'campaignNotPublished', 409);
		for (const endsOn of ['2026-12-01', RULES.endsOn])
			await refused(() => moveCampaignEnd(db, lead, { id, endsOn }, NOW), 'campaignNotPublished', 409);
		await refused(() => recordClassSheet(db, lead, sheetOf(), NOW), 'campaignNotPublished', 409);
		await db.updateTable('schoolClass').set({ closedOn: '2026-09-01' }).execute();
		await refused(() => publishCampaign(db, lead, id, NOW), 'campaignWithoutClasses', 409);
		await db.updateTable('schoolClass').set({ closedOn: null }).execute();
		await publishCampaign(db, lead, id, NOW);
		await refused(
			() => changeCampaign(db, lead, { ...RULES, id, name: 'Khác' }, NOW),
			'campaignPublished',
			409,
		);
		await refused(
			() => moveCampaignEnd(db, lead, { id, endsOn: '2026-11-01' }, NOW),
			'campaignEndsEarly',
			422,
		);

		await record();
		await refused(() => record({ weightGrams: 9 }), 'sameIdOtherContent', 409);
		for (const weighedOn of ['2026-11-14', '2026-11-23'])
			await refused(() => record({ id: uuidv7(NOW), weighedOn }), 'weighedOutside', 422);
		const iron = { id: uuidv7(NOW), materialCode: 'scrap_iron' };
		await refused(() => record(iron), 'notInCampaign', 422);
		await refused(() => record({}, other.lead), 'notYourRole', 403);
		await refused(() => withdrawWeighIn(db, other.lead, weighIn.id, NOW), 'notYourRole', 403);
		await refused(() => withdrawWeighIn(db, lead, uuidv7(NOW), NOW), 'unknownCampaign', 404);

		const outside = { collectedOn: '2026-11-14' };
		await refused(() => recordClassSheet(db, lead, sheetOf(outside), NOW), 'outsideCampaign', 422);
		const uncounted = sheetOf();
		uncounted.rows[0]!.lines[0]!.material = 'cardboard';
		await refused(() => recordClassSheet(db, lead, uncounted, NOW), 'notInCampaign', 422);
		// Each cell that does not count is named.
		const [row] = uncounted.rows;
		row!.lines.push({ material: 'pet_bottle', unit: 'kg', quantityMilli: 1000 });
		await expect(recordClassSheet(db, lead, uncounted, NOW)).rejects.toMatchObject({
			field: `cell:${row!.classId}:cardboard:kg`,
			others: [{ field: `cell:${row!.classId}:pet_bottle:kg` }],
		});
		const foreign = sheetOf({ campaignId: uuidv7(NOW) });
		await refused(() => recordClassSheet(db, lead, foreign, NOW), 'unknownCampaign', 422);
		const waiting = sheetOf({ isApproved: false });
		await recordClassSheet(db, lead, waiting, NOW);
		await refused(() => unpublishCampaign(db, lead, id, NOW), 'campaignHasSheets', 409);
		const early = { id, endsOn: '2026-11-19' };
		await refused(() => moveCampaignEnd(db, lead, early, NOW), 'campaignEndsBeforeSheet', 409);
		await refused(() => endCampaign(db, lead, id, NOW), 'campaignHasWaiting', 409);
		await revokeClassSheet(db, lead, waiting.id, NOW);
		// What the house takes no more counts on, as long as its campaign lasts.
		await db.deleteFrom('greenHouseMaterial').where('greenHouseId', '=', house.id).execute();
		await moveCampaignEnd(db, lead, { id, endsOn: '2026-11-29' }, NOW);
		const materials = house.materials.map((materialCode) => ({ greenHouseId: house.id, materialCode }));
		await db.insertInto('greenHouseMaterial').values(materials).execute();
		const counted = sheetOf();
		await recordClassSheet(db, lead, counted, NOW);
		await endCampaign(db, lead, id, NOW + DAY);
		await refused(() => revokeClassSheet(db, lead, counted.id, NOW), 'campaignEnded', 409);
		await refused(() => recordClassSheet(db, lead, sheetOf(), NOW), 'campaignEnded', 409);
		await refused(() => moveCampaignEnd(db, lead, { id, endsOn: '2026-12-01' }, NOW), 'campaignEnded', 409);
		await refused(() => unpublishCampaign(db, lead, id, NOW), 'campaignEnded', 409);
	});
});
