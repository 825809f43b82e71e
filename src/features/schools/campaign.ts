// A campaign (đợt) is a round in which a school's classes collect: what counts, how much is asked, what it brings.
// It has no place for money from a class: only goods count.
import { DomainError, type DomainErrorKey } from '#lib/errors.ts';
import { foldSearch } from '#lib/fold.ts';
import { addDays, toLocalDate, type LocalDate } from '#lib/time.ts';
import { isOutside } from './campaign-choice.ts';
import { cellName, schoolYearOf, type SheetLine, type SheetRow } from './class-sheet.ts';
import { findNamedPerson } from './named-person.ts';

export type Quota = { unit: SheetLine['unit']; quantityMilli: number };
export type Award = { name: string; minPoints: number };

/** What a class gets its points for. */
export type CampaignRules = {
	/** Materials that count; what else is brought belongs to no campaign. */
	materials: string[];
	/** Null: no quota, and no points. */
	quotaPer: 'pupil' | 'class' | null;
	/** One or the other fills it, or a part of both; at most one of each unit. */
	quota: Quota[];
	/** For the whole quota; for a part of it that part. */
	fullPoints: number;
	/** For every whole tenth of the quota beyond it, `extraCap` at most. */
	extraPoints: number;
	extraCap: number;
	/** Who brought as much for each pupil: both one place, or who has more points before. */
	tieRule: 'shared' | 'points';
	/** Kilograms for each pupil to two decimals, points to one. */
	rounding: 'down' | 'nearest';
	/** From the highest threshold down. */
	awards: Award[];
};

export type CampaignInput = CampaignRules & {
	name: string;
	/** What the money is for, in the school's words. */
	purpose: string;
	startsOn: LocalDate;
	endsOn: LocalDate;
};

export type Campaign = CampaignInput & {
	id: string;
	organisationId: string;
	greenHouseId: string;
	schoolYear: string;
	publishedAt: number | null;
	endedAt: number | null;
	isSample: 0 | 1;
};

export const MAX_CAMPAIGN_DAYS = 184;
export const MAX_AWARDS = 6;
export const MAX_POINTS = 1000;

const refuse = (key: DomainErrorKey, field: string, values: Record<string, string | number> = {}): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field, values });
};

/** Refuses with 422 a last day before the first, too far from it, or in another school year. */
export function checkDays({ startsOn, endsOn }: Pick<CampaignInput, 'startsOn' | 'endsOn'>): void {
	if (endsOn < startsOn) refuse('campaignEndsEarly', 'endsOn');
	if (endsOn > addDays(startsOn, MAX_CAMPAIGN_DAYS))
		refuse('campaignTooLong', 'endsOn', { max: MAX_CAMPAIGN_DAYS });
	if (schoolYearOf(startsOn) !== schoolYearOf(endsOn)) refuse('campaignTwoYears', 'endsOn');
}

/** Refuses with 422 a campaign that could not be run as it is written; `taken` is what the school's house takes. */
export function checkCampaign(input: CampaignInput, taken: string[]): void {
	if (input.name === '') refuse('nameMissing', 'name');
	for (const [field, text] of [
		['name', input.name],
		['purpose', input.purpose],
		...input.awards.map(({ name }) => ['awards', name] as const),
	] as const) {
		const found = findNamedPerson(text);
		if (found !== undefined) refuse('personNamed', field, { found });
	}
	checkDays(input);
	if (input.materials.length === 0) refuse('materialsMissing', 'materials');
	if (input.materials.some((code) => !taken.includes(code))) refuse('unknownMaterial', 'materials');
	if (input.quotaPer !== null && input.quota.length === 0) refuse('quotaMissing', 'quotaKg');
	for (const [field, points] of [
		['fullPoints', input.fullPoints],
		['extraPoints', input.extraPoints],
		['extraCap', input.extraCap],
		...input.awards.map(({ minPoints }) => ['awards', minPoints] as const),
	] as const)
		if (!Number.isInteger(points) || points < 0 || points > MAX_POINTS)
			refuse('pointsWrong', field, { max: MAX_POINTS });
	if (input.awards.length > MAX_AWARDS) refuse('tooManyAwards', 'awards', { max: MAX_AWARDS });
	if (input.awards.some(({ name }) => name === '')) refuse('nameMissing', 'awards');
	const names = new Set(input.awards.map(({ name }) => foldSearch(name)));
	if (names.size < input.awards.length) refuse('awardTwice', 'awards');
	const thresholds = new Set(input.awards.map(({ minPoints }) => minPoints));
	if (thresholds.size < input.awards.length) refuse('awardsAlike', 'awards');
	const best = input.fullPoints + input.extraCap;
	if (input.awards.some(({ minPoints }) => minPoints > best)) refuse('awardUnreachable', 'awards', { best });
}

export type CampaignState = 'draft' | 'ahead' | 'running' | 'over' | 'ended';

/** Where a campaign stands on a day: over means its days are past and its lead has not ended it yet. */
export function campaignState(
	campaign: Pick<Campaign, 'publishedAt' | 'endedAt' | 'startsOn' | 'endsOn'>,
	today: LocalDate,
): CampaignState {
	if (campaign.publishedAt === null) return 'draft';
	if (campaign.endedAt !== null) return 'ended';
	if (today < campaign.startsOn) return 'ahead';
	return today > campaign.endsOn ? 'over' : 'running';
}

/** The last day that a campaign which ended ran through: the one before it was ended, or its own last one. */
export function lastWholeDayOf({ endsOn, endedAt }: { endsOn: LocalDate; endedAt: number }): LocalDate {
	const before = addDays(toLocalDate(endedAt), -1);
	return before < endsOn ? before : endsOn;
}

/** A sheet of this day counts for the campaign. Refuses with 409, and with 422 the day or every cell that does not count. */
export function checkSheetOf(campaign: Campaign, collectedOn: LocalDate, rows: SheetRow[]): void {
	if (campaign.publishedAt === null) throw new DomainError('CONFLICT', 'campaignNotPublished');
	if (campaign.endedAt !== null) throw new DomainError('CONFLICT', 'campaignEnded');
	if (isOutside(campaign, collectedOn))
		refuse('outsideCampaign', 'collectedOn', { from: campaign.startsOn, to: campaign.endsOn });
	const [first, ...others] = rows.flatMap(({ classId, lines }) =>
		lines
			.filter(({ material }) => !campaign.materials.includes(material))
			.map((line) => {
				const field = cellName(classId, line);
				return new DomainError('UNPROCESSABLE_CONTENT', 'notInCampaign', { field });
			}),
	);
	if (first) throw new DomainError(first.kind, first.key, { field: first.field, others });
}
