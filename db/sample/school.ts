// One school's two campaigns: one that was weighed, sold and shared out some weeks ago, one that runs today.
import { openFund } from '#features/fund/ledger.service.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { insertRoleGrant } from '#features/accounts/person.repository.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import { findFundByCode } from '#features/fund/fund.repository.ts';
import {
	draftCampaign,
	endCampaign,
	publishCampaign,
	recordWeighIn,
} from '#features/schools/campaign.service.ts';
import { listClassTotals } from '#features/schools/campaign.repository.ts';
import type { CampaignInput } from '#features/schools/campaign.ts';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { daysOfYear } from '#features/schools/school-public.ts';
import { listClasses } from '#features/schools/school.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { startOfLocalDate, toLocalDate, type LocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { bring, sell } from './houses.ts';
import { COUNCIL_FUND, SCHOOL_FUND, type People, type School } from './people.ts';
import { campaignDays, DAY, HOUR, makeRandom, type Plan } from './plan.ts';

/** The school's own fund, and that of the council above it; the same people keep them as the wards'. */
export async function openSchoolFunds(
	db: Db,
	{ organisationId }: School,
	people: People,
	start: number,
): Promise<void> {
	await inTransaction(db, async (trx) => {
		const council = await insertOrganisation(
			trx,
			{ kind: 'youth_union', name: 'Hội đồng Đội tỉnh (mẫu)', adminUnitId: null, isSample: 1 },
			start,
		);
		for (const { fund, owner } of [
			{ fund: SCHOOL_FUND, owner: organisationId },
			{ fund: COUNCIL_FUND, owner: council },
		]) {
			const id = uuidv7(start);
			const names = { code: fund.code, nameVi: fund.vi, nameEn: fund.en };
			const place = { organisationId: owner, adminUnitId: null, isSample: 1 as const };
			await openFund(trx, { id, ...names, ...place }, start);
			for (const role of ['treasurer', 'approver'] as const) {
				const grant = { personId: people.ids[role]!, role, scopeKind: 'fund', scopeId: id } as const;
				const validFrom = toLocalDate(start);
				await insertRoleGrant(trx, { ...grant, grantedBy: null, isSample: 1, validFrom }, start);
			}
		}
	});
}

const RULES: Omit<CampaignInput, 'name' | 'startsOn' | 'endsOn'> = {
	purpose: 'Mua áo ấm tặng các bạn ở xa trường (mẫu)',
	materials: ['mixed_paper', 'aluminium_can'],
	quotaPer: 'pupil',
	quota: [
		{ unit: 'kg', quantityMilli: 1000 },
		{ unit: 'piece', quantityMilli: 20_000 },
	],
	...{ fullPoints: 10, extraPoints: 1, extraCap: 5, tieRule: 'shared', rounding: 'down' },
	awards: [
		{ name: 'Chi đội xuất sắc', minPoints: 10 },
		{ name: 'Chi đội tích cực', minPoints: 6 },
	],
};

/** The steps of both campaigns; the house's ordinary year ends before the first one begins. */
export function planCampaigns(
	plan: Omit<Plan, 'random' | 'pick'> & { school: School; devices: { id: string }[] },
): void {
	const { db, now, actors, steps, school, devices } = plan;
	const { house, organisationId } = school;
	const lead = actors['school_lead']!;
	const { first } = campaignDays(now);
	const at = (days: number) => now - days * DAY;
	const dayOf = (days: number) => toLocalDate(at(days));
	const open = (id: string, days: number, input: Pick<CampaignInput, 'name' | 'startsOn' | 'endsOn'>) =>
		steps.push({
			at: at(days),
			run: async () => {
				await draftCampaign(db, lead, { ...RULES, ...input, id, greenHouseCode: house.code }, at(days));
				await publishCampaign(db, lead, id, at(days));
			},
		});
	/** What every class brought on a day; some bring more than others. */
	const bringByClasses = (
		campaignId: string,
		on: { day: LocalDate; at: number },
		load: number,
		isApproved = true,
	) =>
		steps.push({
			at: on.at,
			run: async () => {
				const classes = await listClasses(db, organisationId, schoolYearOf(on.day));
				const rows = classes.map(({ id }, index) => ({
					classId: id,
					lines: [
						{
							material: 'mixed_paper',
							unit: 'kg' as const,
							quantityMilli: (load + ((index * 5 + load) % 7)) * 1000,
						},
						{
							material: 'aluminium_can',
							unit: 'piece' as const,
							quantityMilli: (10 * load + ((index * 11) % 40)) * 1000,
						},
					],
				}));
				const sheet = {
					id: uuidv7(on.at),
					greenHouseCode: house.code,
					collectedOn: on.day,
					campaignId,
					rows,
				};
				// Early in a school year its days may all be today.
				await recordClassSheet(db, lead, { ...sheet, isApproved, isExtra: true }, on.at);
			},
		});

	const [endedId, runningId] = [uuidv7(at(first.from)), uuidv7(now)];
	open(endedId, first.from + 1, {
		...{ name: 'Kế hoạch nhỏ, đợt 1 (mẫu)', startsOn: dayOf(first.from), endsOn: dayOf(first.to) },
	});
	for (const [index, days] of [first.from - 2, first.from - 7, first.to + 1].entries())
		bringByClasses(endedId, { day: dayOf(days), at: at(days) }, 6 - index);
	// Its own chance, so that the rest of the year stays as it is.
	const random = makeRandom(2);
	const between = at(first.from - 4);
	steps.push({ at: between, run: () => bring(db, house, devices[0]!.id, between, random) });
	steps.push({
		at: at(first.to) + HOUR,
		run: async () => {
			const totals = (await listClassTotals(db, [endedId])).get(endedId)!.flatMap((each) => each.totals);
			// A load is never quite what was declared.
			for (const [materialCode, permille] of [
				['mixed_paper', 1030],
				['aluminium_can', 960],
			] as const) {
				const declared = totals.filter((each) => each.materialCode === materialCode);
				const grams = declared.reduce((sum, { weightGrams }) => sum + (weightGrams ?? 0), 0);
				const weighed = { materialCode, weighedOn: dayOf(first.to), campaignId: endedId };
				const weightGrams = Math.round((grams * permille) / 100_000) * 100;
				const id = uuidv7(at(first.to));
				await recordWeighIn(db, lead, { ...weighed, id, weightGrams }, at(first.to) + HOUR);
			}
		},
	});
	const soldAt = at(first.to - 1);
	steps.push({
		at: soldAt,
		run: async () => {
			await endCampaign(db, lead, endedId, soldAt);
			await sell(db, house, lead, actors['treasurer']!, soldAt, random, false);
		},
	});
	// What came in first is spent first: the second one reaches this campaign's money.
	for (const days of [150, first.to - 12]) steps.push({ at: at(days), run: () => payFor(plan, at(days)) });

	const today = toLocalDate(now);
	const year = daysOfYear(schoolYearOf(today));
	const begin = [dayOf(6), year.from].sort()[1]!;
	open(runningId, 8, {
		...{ name: 'Kế hoạch nhỏ, đợt 2 (mẫu)', startsOn: begin },
		endsOn: [toLocalDate(now + 8 * DAY), year.to].sort()[0]!,
	});
	for (const [index, days] of [5, 3, 1].entries()) {
		const day = [dayOf(days), begin].sort()[1]!;
		bringByClasses(runningId, { day, at: Math.max(at(days), startOfLocalDate(day)) }, 6 - index, index < 2);
	}
}

/** What the school bought of its part. */
async function payFor({ db, actors }: Pick<Plan, 'db' | 'actors'>, at: number): Promise<void> {
	const fund = (await findFundByCode(db, SCHOOL_FUND.code))!;
	const amountVnd = Math.floor((fund.cashVnd * 0.9) / 10_000) * 10_000;
	if (amountVnd <= 0) return;
	const id = uuidv7(at);
	const request = {
		...{ id, fundId: fund.id, purpose: 'other_welfare' as const, amountVnd },
		...{ description: 'Áo ấm cho các bạn ở xa trường (mẫu)', beneficiaryCount: 12, adminUnitId: null },
	};
	await requestDisbursement(db, actors['treasurer'], request, at);
	await approveDisbursement(db, actors['approver'], { id }, at + HOUR);
	const paid = { id, entryId: uuidv7(at), paidOn: toLocalDate(at + 2 * HOUR) };
	await payDisbursement(db, actors['treasurer'], paid, at + 2 * HOUR);
}
