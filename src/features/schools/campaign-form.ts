// A campaign between its form and its rows.
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { field, type Typed } from '#lib/forms.ts';
import { formatKgInput, parseKgMilli, parsePiecesMilli } from '#lib/number-input.ts';
import { parseLocalDate, type LocalDate } from '#lib/time.ts';
import { MAX_AWARDS, type Campaign, type CampaignInput, type Quota } from './campaign.ts';

const MAX_NAME = 80;
const MAX_PURPOSE = 200;
const MAX_AWARD = 60;

function readDate(form: FormData, name: string): LocalDate {
	const date = parseLocalDate(field(form, name));
	if (!date) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: name });
	return date;
}

/** A whole number; empty is 0. What is none is left to the campaign's own check. */
function readPoints(form: FormData, name: string): number {
	const text = field(form, name).normalize('NFKC').trim();
	return text === '' ? 0 : /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}

function readQuota(form: FormData): Quota[] {
	const [kg, pieces] = [field(form, 'quotaKg').trim(), field(form, 'quotaPieces').trim()];
	return [
		...(kg === '' ? [] : [{ unit: 'kg' as const, quantityMilli: parseKgMilli(kg, 'quotaKg') }]),
		...(pieces === ''
			? []
			: [{ unit: 'piece' as const, quantityMilli: parsePiecesMilli(pieces, 'quotaPieces') }]),
	];
}

/** Reads a campaign's form. Refuses with 422 what is no date or number. */
export function readCampaign(form: FormData): CampaignInput {
	const per = field(form, 'quotaPer');
	const quotaPer = per === 'pupil' || per === 'class' ? per : null;
	const awards = Array.from({ length: MAX_AWARDS }, (_, index) => ({
		name: cleanText(field(form, `awardName${index}`), { max: MAX_AWARD }),
		minPoints: readPoints(form, `awardPoints${index}`),
		isEmpty: field(form, `awardName${index}`).trim() === '' && !field(form, `awardPoints${index}`).trim(),
	}));
	return {
		name: cleanText(field(form, 'name'), { max: MAX_NAME }),
		purpose: cleanText(field(form, 'purpose'), { max: MAX_PURPOSE }),
		...{ startsOn: readDate(form, 'startsOn'), endsOn: readDate(form, 'endsOn') },
		materials: [...new Set(form.getAll('materials').filter((code) => typeof code === 'string'))],
		...{ quotaPer, quota: quotaPer === null ? [] : readQuota(form) },
		fullPoints: readPoints(form, 'fullPoints'),
		extraPoints: readPoints(form, 'extraPoints'),
		extraCap: readPoints(form, 'extraCap'),
		awards: quotaPer === null ? [] : awards.flatMap(({ isEmpty, ...award }) => (isEmpty ? [] : [award])),
		tieRule: field(form, 'tieRule') === 'points' ? 'points' : 'shared',
		rounding: field(form, 'rounding') === 'nearest' ? 'nearest' : 'down',
	};
}

/** What the form's fields hold. */
export type CampaignValues = Record<string, string> & { materials: string };

const milliOf = (quota: Quota[], unit: Quota['unit']) =>
	quota.find((each) => each.unit === unit)?.quantityMilli;

/**
 * The fields of a campaign as it stands, or of a new one: the commonest rules, so that a name and a date are enough.
 * A quota in pieces is proposed where the house counts something in them.
 */
export function campaignValues(
	campaign: Campaign | undefined,
	{ today, materials, hasPieces = false }: { today: LocalDate; materials: string[]; hasPieces?: boolean },
): CampaignValues {
	if (!campaign)
		return {
			...{ name: '', purpose: '', startsOn: today, endsOn: '', materials: materials.join(' ') },
			...{ quotaPer: 'pupil', quotaKg: '3', quotaPieces: hasPieces ? '20' : '' },
			...{ fullPoints: '10', extraPoints: '1', extraCap: '5', tieRule: 'shared', rounding: 'down' },
			...{ awardName0: 'Chi đội xuất sắc', awardPoints0: '12' },
			...{ awardName1: 'Chi đội tiên tiến', awardPoints1: '10' },
		};
	const [kg, pieces] = [milliOf(campaign.quota, 'kg'), milliOf(campaign.quota, 'piece')];
	return {
		...{ name: campaign.name, purpose: campaign.purpose },
		...{ startsOn: campaign.startsOn, endsOn: campaign.endsOn, materials: campaign.materials.join(' ') },
		quotaPer: campaign.quotaPer ?? 'none',
		quotaKg: kg === undefined ? '' : formatKgInput(kg),
		quotaPieces: pieces === undefined ? '' : String(pieces / 1000),
		fullPoints: String(campaign.fullPoints),
		extraPoints: String(campaign.extraPoints),
		extraCap: String(campaign.extraCap),
		...{ tieRule: campaign.tieRule, rounding: campaign.rounding },
		...Object.fromEntries(
			campaign.awards.flatMap(({ name, minPoints }, index) => [
				[`awardName${index}`, name],
				[`awardPoints${index}`, String(minPoints)],
			]),
		),
	};
}

/** The same as somebody typed it. */
export const typedCampaign = (form: Typed, names: string[]): CampaignValues => ({
	...Object.fromEntries(names.map((name) => [name, field(form, name)])),
	materials: form.getAll('materials').map(String).join(' '),
});
