// What a school's lead does with a campaign. Whoever writes holds what its sheets hold.
import {
	requireActor,
	requireGrant,
	requireSameKind,
	type Act,
	type Actor,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { findGreenHouse, findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import { checkCampaign, checkDays, type Campaign, type CampaignInput } from './campaign.ts';
import {
	addCampaignClasses,
	countSheets,
	deleteCampaign,
	dropCampaignClasses,
	findCampaign,
	findLastSheetDay,
	findWeighIn,
	hasWeighIns,
	insertCampaign,
	insertWeighIn,
	keepMergers,
	listClassTotals,
	listWeighIns,
	setCampaign,
	updateCampaign,
	withdrawWeighInRow,
} from './campaign.repository.ts';
import { lapsesAtOf } from './class-link.ts';
import { hasClassLinks, moveLapse } from './class-link.repository.ts';
import { schoolYearOf } from './class-sheet.ts';
import { listClasses } from './school.repository.ts';
import { holdEntry } from './sheet-entry.service.ts';
import { compareWithScale, isOddWeight } from './weigh-difference.ts';

type CampaignAct = Extract<Act, 'campaign.change' | 'weigh-in.record' | 'class-link.issue'>;

const auditOf = (act: string, id: string, roleGrantId: string) => ({
	...{ action: `campaign.${act}`, subjectKind: 'campaign', subjectId: id, roleGrantId },
});

/** The campaign that the actor's role reaches. Refuses with 401, 403 and 404. */
export async function requireCampaign(db: Db, actor: Actor | undefined, id: string, act: CampaignAct) {
	requireActor(actor);
	const campaign = await findCampaign(db, id);
	if (!campaign) throw new DomainError('NOT_FOUND', 'unknownCampaign');
	const grant = requireGrant(actor, act, [{ kind: 'organisation', id: campaign.organisationId }]);
	requireSameKind(actor, campaign.isSample === 1);
	return { campaign, grant };
}

/** Does this to the campaign as it is while its house and its school's classes are held. */
async function within(
	db: Db,
	actor: Actor | undefined,
	{ id, act, audit }: { id: string; act: CampaignAct; audit: string },
	now: number,
	work: (trx: Trx, campaign: Campaign, grantId: string) => Promise<'changed' | 'unchanged'>,
): Promise<void> {
	const { campaign, grant } = await requireCampaign(db, actor, id, act);
	await inTransaction(db, async (trx) => {
		const { organisationId, greenHouseId } = campaign;
		await holdEntry(trx, { house: { id: greenHouseId }, organisationId, grantId: grant.id }, now);
		const current = await findCampaign(trx, id);
		// A draft was deleted meanwhile.
		if (!current) throw new DomainError('NOT_FOUND', 'unknownCampaign');
		const outcome = await work(trx, current, grant.id);
		if (outcome === 'changed') await insertAuditEvent(trx, auditOf(audit, id, grant.id), now);
	});
}

/**
 * Writes a campaign that only its lead sees yet. The same id with the same content changes nothing. Refuses with 401,
 * 403, with 409 an id that stands for something else, with 422 what {@link checkCampaign} refuses.
 */
export async function draftCampaign(
	db: Db,
	actor: Actor | undefined,
	{ id, greenHouseCode, ...input }: CampaignInput & { id: string; greenHouseCode: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, greenHouseCode, now);
	const organisationId = house?.hostOrganisationId;
	if (!house || !organisationId)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'noSchoolHouse', { field: 'greenHouseCode' });
	const grant = requireGrant(actor, 'campaign.change', [{ kind: 'organisation', id: organisationId }]);
	requireSameKind(actor, house.isSample === 1);
	checkCampaign(input, house.materials);
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		await holdGrant(trx, grant.id, now);
		const known = await findCampaign(trx, id);
		if (known) {
			if (known.organisationId === organisationId && isSame(known, input)) return;
			throw new DomainError('CONFLICT', 'sameIdOtherContent');
		}
		await insertCampaign(trx, id, input, {
			...{ organisationId, greenHouseId: house.id, schoolYear: schoolYearOf(input.startsOn) },
			...{ createdAt: now, createdBy: grant.id, isSample: house.isSample },
		});
		await insertAuditEvent(trx, auditOf('draft', id, grant.id), now);
	});
}

const sameOrder = (input: CampaignInput) => ({
	...input,
	materials: input.materials.toSorted(),
	quota: input.quota.toSorted((a, b) => a.unit.localeCompare(b.unit)),
});

const isSame = (campaign: Campaign, input: CampaignInput): boolean =>
	(Object.keys(input) as (keyof CampaignInput)[]).every(
		(key) => JSON.stringify(sameOrder(campaign)[key]) === JSON.stringify(sameOrder(input)[key]),
	);

/** Changes a draft. Refuses with 409 what is public: a class must be able to trust the rules it began under. */
export async function changeCampaign(
	db: Db,
	actor: Actor | undefined,
	{ id, ...input }: CampaignInput & { id: string },
	now: number,
): Promise<void> {
	await within(
		db,
		actor,
		{ id, act: 'campaign.change', audit: 'change' },
		now,
		async (trx, campaign): Promise<'changed' | 'unchanged'> => {
			const house = await findGreenHouse(trx, campaign.greenHouseId, now);
			checkCampaign(input, house?.materials ?? []);
			if (campaign.publishedAt !== null) throw new DomainError('CONFLICT', 'campaignPublished');
			if (isSame(campaign, input)) return 'unchanged';
			await updateCampaign(trx, id, input, schoolYearOf(input.startsOn));
			return 'changed';
		},
	);
}

/** Makes it public, with the classes of that moment. A second time changes nothing. Refuses with 409 without a class. */
export async function publishCampaign(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	await within(db, actor, { id, act: 'campaign.change', audit: 'publish' }, now, async (trx, campaign) => {
		if (campaign.publishedAt !== null) return 'unchanged';
		const classes = await listClasses(trx, campaign.organisationId, campaign.schoolYear);
		if (classes.length === 0) throw new DomainError('CONFLICT', 'campaignWithoutClasses');
		await addCampaignClasses(trx, id, classes);
		await setCampaign(trx, id, { publishedAt: now });
		return 'changed';
	});
}

/** Makes it a draft again, to change its rules. Refuses with 409 once a sheet or a class's link was made, and an ended one. */
export async function unpublishCampaign(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	await within(db, actor, { id, act: 'campaign.change', audit: 'unpublish' }, now, async (trx, campaign) => {
		if (campaign.publishedAt === null) return 'unchanged';
		if (campaign.endedAt !== null) throw new DomainError('CONFLICT', 'campaignEnded');
		const sheets = await countSheets(trx, id);
		// Also a revoked one was entered under these rules.
		if (sheets.entered + sheets.approved + sheets.revoked > 0)
			throw new DomainError('CONFLICT', 'campaignHasSheets');
		// A teacher read them there, and whoever holds a link must learn whom to ask, also when it is over.
		if (await hasClassLinks(trx, id)) throw new DomainError('CONFLICT', 'campaignHasLinks');
		await dropCampaignClasses(trx, id);
		await setCampaign(trx, id, { publishedAt: null });
		return 'changed';
	});
}

/** Deletes a draft for good. Refuses with 409 what is public, and one whose goods were weighed when it was. */
export async function deleteCampaignDraft(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	await within(db, actor, { id, act: 'campaign.change', audit: 'delete' }, now, async (trx, campaign) => {
		if (campaign.publishedAt !== null) throw new DomainError('CONFLICT', 'campaignNotDraft');
		if (await hasWeighIns(trx, id)) throw new DomainError('CONFLICT', 'campaignWeighed');
		await deleteCampaign(trx, id);
		return 'changed';
	});
}

/** Gives a public campaign another last day, and its classes' links. Refuses with 409 a draft, one that ended and a day before a sheet's, with 422 one that does not fit. */
export async function moveCampaignEnd(
	db: Db,
	actor: Actor | undefined,
	{ id, endsOn }: { id: string; endsOn: LocalDate },
	now: number,
): Promise<void> {
	await within(db, actor, { id, act: 'campaign.change', audit: 'move-end' }, now, async (trx, campaign) => {
		if (campaign.publishedAt === null) throw new DomainError('CONFLICT', 'campaignNotPublished');
		if (campaign.endedAt !== null) throw new DomainError('CONFLICT', 'campaignEnded');
		if (campaign.endsOn === endsOn) return 'unchanged';
		checkDays({ ...campaign, endsOn });
		const lastOn = await findLastSheetDay(trx, id);
		if (lastOn !== undefined && endsOn < lastOn) {
			const values = { date: lastOn };
			throw new DomainError('CONFLICT', 'campaignEndsBeforeSheet', { field: 'endsOn', values });
		}
		await setCampaign(trx, id, { endsOn });
		await moveLapse(trx, id, lapsesAtOf({ endsOn }));
		return 'changed';
	});
}

/** Takes no more sheets from now on. A second time changes nothing. Refuses with 409 a draft, and while a sheet waits for approval. */
export async function endCampaign(db: Db, actor: Actor | undefined, id: string, now: number): Promise<void> {
	await within(db, actor, { id, act: 'campaign.change', audit: 'end' }, now, async (trx, campaign) => {
		if (campaign.endedAt !== null) return 'unchanged';
		if (campaign.publishedAt === null) throw new DomainError('CONFLICT', 'campaignNotPublished');
		if ((await countSheets(trx, id)).entered > 0) throw new DomainError('CONFLICT', 'campaignHasWaiting');
		await setCampaign(trx, id, { endedAt: now });
		await keepMergers(trx, id);
		return 'changed';
	});
}

export type WeighInInput = {
	id: string;
	campaignId: string;
	materialCode: string;
	weighedOn: LocalDate;
	weightGrams: number;
	/** True: a figure far from the classes' sum was meant. */
	isSure?: boolean;
};

/**
 * Keeps what the scale said of the whole school's goods of one material, beside the sum of its classes. The same id a
 * second time changes nothing. Refuses with 409 a draft, and a figure far from the classes' sum that was not said to be
 * meant; with 422 a day before the campaign or in the future and what does not count in it.
 */
export async function recordWeighIn(
	db: Db,
	actor: Actor | undefined,
	{ id, campaignId, isSure, ...weighed }: WeighInInput,
	now: number,
): Promise<void> {
	const target = { id: campaignId, act: 'weigh-in.record', audit: 'weigh' } as const;
	await within(db, actor, target, now, async (trx, campaign, grantId) => {
		if (campaign.publishedAt === null) throw new DomainError('CONFLICT', 'campaignNotPublished');
		const known = await findWeighIn(trx, id);
		if (known) {
			const isSameRow =
				known.campaignId === campaignId &&
				(Object.keys(weighed) as (keyof typeof weighed)[]).every((key) => known[key] === weighed[key]);
			if (isSameRow) return 'unchanged';
			throw new DomainError('CONFLICT', 'sameIdOtherContent');
		}
		const isOutside = weighed.weighedOn < campaign.startsOn || weighed.weighedOn > toLocalDate(now);
		if (isOutside) throw new DomainError('UNPROCESSABLE_CONTENT', 'weighedOutside', { field: 'weighedOn' });
		if (!campaign.materials.includes(weighed.materialCode))
			throw new DomainError('UNPROCESSABLE_CONTENT', 'notInCampaign', { field: 'materialCode' });
		if (!isSure) await askAboutOdd(trx, campaignId, weighed);
		await insertWeighIn(trx, { id, campaignId, ...weighed, recordedAt: now, recordedBy: grantId });
		return 'changed';
	});
}

/** Asks (409) about a weight that makes the material's whole far from what its classes declared. */
async function askAboutOdd(
	trx: Trx,
	campaignId: string,
	{ materialCode, weightGrams }: Pick<WeighInInput, 'materialCode' | 'weightGrams'>,
): Promise<void> {
	const classes = (await listClassTotals(trx, [campaignId])).get(campaignId) ?? [];
	const weighIns = [...(await listWeighIns(trx, campaignId)), { materialCode, weightGrams }];
	const [row] = compareWithScale(classes, weighIns, [materialCode]);
	if (!row || !isOddWeight(row)) return;
	const values = { weighed: row.weighedGrams! / 1000, declared: row.declaredGrams! / 1000 };
	throw new DomainError('CONFLICT', 'weightOdd', { field: 'weight', values });
}

/** Takes a figure of the scale back; a second time changes nothing. Refuses with 404. */
export async function withdrawWeighIn(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	const found = await findWeighIn(db, id);
	if (!found) throw new DomainError('NOT_FOUND', 'unknownCampaign');
	const target = { id: found.campaignId, act: 'weigh-in.record', audit: 'unweigh' } as const;
	await within(db, actor, target, now, async (trx) => {
		if ((await findWeighIn(trx, id))!.withdrawnAt !== null) return 'unchanged';
		await withdrawWeighInRow(trx, id, now);
		return 'changed';
	});
}
