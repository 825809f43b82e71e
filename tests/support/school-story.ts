// A school whose classes collected: one campaign that ended and was paid out, one that runs, one that is a draft.
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { confirmScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import {
	draftCampaign,
	endCampaign,
	publishCampaign,
	recordWeighIn,
} from '#features/schools/campaign.service.ts';
import type { CampaignInput } from '#features/schools/campaign.ts';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { daysOfYear } from '#features/schools/school-public.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { listWards } from '#features/places/place.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { DAY, makeActor, makeFund, makeHouse } from './fixtures.ts';

export type StoryOptions = { classNames?: string[]; name?: string };

/** The first ward without a fund: the money of one story never pays for what belongs to another. */
async function findFreeWard(db: Db): Promise<string> {
	const taken = await db.selectFrom('fund').select('adminUnitId').execute();
	const free = (await listWards(db)).find(({ id }) => !taken.some(({ adminUnitId }) => adminUnitId === id));
	if (!free) throw new Error('every ward has a fund');
	return free.id;
}

/** Wards and materials must be there. All of it happens today. */
export async function makeSchoolStory(db: Db, now: number, { classNames, name }: StoryOptions = {}) {
	const today = toLocalDate(now);
	const wardId = await findFreeWard(db);
	const schoolYear = schoolYearOf(today);
	const year = daysOfYear(schoolYear);
	const school = { kind: 'school' as const, name: name ?? 'Trường THCS Tam Thanh', adminUnitId: wardId };
	const schoolId = await inTransaction(db, (trx) => insertOrganisation(trx, { ...school, isSample: 0 }, now));
	const house = await makeHouse(db, {
		...{ hostType: 'school', hostOrganisationId: schoolId, adminUnitId: wardId },
		nameVi: school.name,
	});
	await db
		.updateTable('collectionCycle')
		.set({ openedAt: now - 30 * DAY })
		.where('greenHouseId', '=', house.id)
		.execute();
	const fund = await makeFund(db, { adminUnitId: wardId, nameVi: 'Quỹ của phường' });
	const people = {
		lead: await makeActor(db, 'school_lead', 'organisation', schoolId),
		steward: await makeActor(db, 'steward', 'house', house.id),
		treasurer: await makeActor(db, 'treasurer', 'fund', fund.id),
		approver: await makeActor(db, 'approver', 'fund', fund.id),
		officer: await makeActor(db, 'ward_officer', 'ward', wardId),
	};
	const classIds: string[] = [];
	for (const [index, className] of (classNames ?? ['6A', '6B', '7A', '7B', '8A']).entries()) {
		const row = { organisationId: schoolId, schoolYear, grade: Number(className.match(/^\d+/)![0]) };
		const size = index === 1 ? null : 30 + (index % 12);
		classIds.push(
			await inTransaction(db, (trx) => insertClass(trx, { ...row, name: className, size, isSample: 0 }, now)),
		);
	}
	const rules: CampaignInput = {
		...{ name: 'Kế hoạch nhỏ đợt 1', purpose: 'Mua áo ấm cho các bạn ở xa trường' },
		startsOn: [year.from, addDays(today, -13)].sort()[1]!,
		endsOn: [year.to, addDays(today, 10)].sort()[0]!,
		materials: ['mixed_paper', 'aluminium_can'],
		quotaPer: 'pupil',
		quota: [
			{ unit: 'kg', quantityMilli: 1000 },
			{ unit: 'piece', quantityMilli: 20_000 },
		],
		...{ fullPoints: 10, extraPoints: 1, extraCap: 5, tieRule: 'shared', rounding: 'down' },
		awards: [
			{ name: 'Chi đội xuất sắc', minPoints: 10 },
			{ name: 'Chi đội tích cực', minPoints: 5 },
		],
	};
	const [endedId, runningId, draftId] = [uuidv7(now), uuidv7(now), uuidv7(now)];
	const draft = (id: string, over: Partial<CampaignInput> = {}) =>
		draftCampaign(db, people.lead, { ...rules, ...over, id, greenHouseCode: house.code }, now);
	await draft(endedId);
	await draft(runningId, { name: 'Kế hoạch nhỏ đợt 2' });
	await draft(draftId, { name: 'Bản nháp chưa công bố' });
	await publishCampaign(db, people.lead, endedId, now);
	await publishCampaign(db, people.lead, runningId, now);
	const bring = (campaignId: string, gramsOf: (index: number) => number, isApproved = true) =>
		recordClassSheet(
			db,
			people.lead,
			{
				...{ id: uuidv7(now), greenHouseCode: house.code, collectedOn: today, campaignId },
				rows: classIds.map((classId, index) => ({
					classId,
					lines: [
						{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: gramsOf(index) },
						{ material: 'aluminium_can', unit: 'piece' as const, quantityMilli: 20_000 + 1000 * index },
					],
				})),
				...{ isApproved, isExtra: true, isSure: true },
			},
			now,
		);
	await bring(endedId, (index) => 9_000 + 7_500 * (index % 6));
	await recordWeighIn(
		db,
		people.lead,
		{
			...{ id: uuidv7(now), campaignId: endedId, materialCode: 'mixed_paper', weighedOn: today },
			...{ weightGrams: 118_000, isSure: true },
		},
		now,
	);
	await endCampaign(db, people.lead, endedId, now);
	const cycle = (await findOpenCycle(db, house.id))!;
	await closeCycle(db, people.steward, cycle.id, now);
	const saleId = uuidv7(now);
	await recordScrapSale(
		db,
		people.steward,
		{
			...{ id: saleId, cycleIds: [cycle.id], soldOn: today, dealer: 'Cô Hoa' },
			lines: [{ kind: 'lump_sum', weightGrams: null, amountVnd: 480_000 }],
			...{ cashReceivedVnd: 480_000, differenceReason: '', photoMissingReason: 'Máy hết pin' },
		},
		now,
	);
	await confirmScrapSale(db, people.treasurer, saleId, now);
	const requestId = uuidv7(now);
	const request = { id: requestId, fundId: fund.id, purpose: 'hardship' as const, description: 'Áo ấm' };
	await requestDisbursement(
		db,
		people.officer,
		{ ...request, amountVnd: 300_000, beneficiaryCount: 6, adminUnitId: wardId },
		now,
	);
	await approveDisbursement(db, people.approver, { id: requestId }, now);
	const entryId = uuidv7(now);
	await payDisbursement(db, people.treasurer, { id: requestId, entryId, paidOn: today }, now);
	// These lie in the cycle that is open now.
	await bring(runningId, (index) => 4_000 + 3_000 * (index % 7));
	const campaigns = { endedId, runningId, draftId };
	return {
		schoolId,
		schoolYear,
		house,
		fund,
		people,
		classIds,
		rules,
		...campaigns,
		cycle,
		saleId,
		entryId,
		bring,
	};
}

export type SchoolStory = Awaited<ReturnType<typeof makeSchoolStory>>;
