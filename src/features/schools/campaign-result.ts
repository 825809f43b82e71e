// What the classes of a campaign reached: exact until it is rounded, by the campaign's own rules.
import type { Locale } from '#lib/i18n.ts';
import { formatCount, formatQuantity } from '#lib/number-format.ts';
import type { Unit } from '#features/drop-offs/drop-off.ts';
import type { Award, CampaignRules } from './campaign.ts';

/** What stands of a class in a campaign, by material and unit; once more for pieces whose weight nobody knows. */
export type ClassTotal = {
	materialCode: string;
	unit: Unit;
	quantityMilli: number;
	/** Null: pieces of which nobody knows the weight. */
	weightGrams: number | null;
};
export type ClassInput = { classId: string; name: string; size: number | null; totals: ClassTotal[] };

export type ClassResult = Omit<ClassInput, 'totals'> & {
	totals: ClassTotal[];
	/** Declared weight in grams, pieces by their dated weight; a piece without one adds nothing. */
	grams: number;
	/** Pieces whose weight nobody knows, in thousandths. */
	unweighedMilli: number;
	/** For each pupil, in hundredths of a kilogram; null where the size is unknown, or the weight of all that came. */
	perPupilCentiKg: number | null;
	/** Of the quota, in thousandths, rounded down; null where there is none or the size is unknown. */
	quotaPermille: number | null;
	/** In tenths; null as above. */
	pointTenths: number | null;
	award: Award | null;
	/** By kilograms for each pupil; null for a class that brought nothing or whose size is unknown. */
	rank: number | null;
};

type Fraction = { over: bigint; under: bigint };

const add = (a: Fraction, b: Fraction): Fraction => ({
	over: a.over * b.under + b.over * a.under,
	under: a.under * b.under,
});

/** A whole number of steps: `x` times the fraction, rounded as the campaign says. */
function times({ over, under }: Fraction, x: bigint, rounding: CampaignRules['rounding']): number {
	const scaled = over * x;
	return Number(rounding === 'down' ? scaled / under : (2n * scaled + under) / (2n * under));
}

function quotaShare(rules: CampaignRules, { size, totals }: ClassInput): Fraction | null {
	if (rules.quotaPer === null || rules.quota.length === 0) return null;
	if (rules.quotaPer === 'pupil' && size === null) return null;
	const heads = rules.quotaPer === 'pupil' ? BigInt(size!) : 1n;
	return rules.quota.reduce<Fraction>(
		(share, { unit, quantityMilli }) => {
			const brought = totals
				.filter((total) => total.unit === unit)
				.reduce((sum, total) => sum + total.quantityMilli, 0);
			return add(share, { over: BigInt(brought), under: BigInt(quantityMilli) * heads });
		},
		{ over: 0n, under: 1n },
	);
}

function pointsOf(rules: CampaignRules, share: Fraction): number {
	const { over, under } = share;
	const base = over >= under ? { over: 1n, under: 1n } : share;
	const tenthsBeyond = over > under ? Number(((over - under) * 10n) / under) : 0;
	const extra = Math.min(rules.extraCap, rules.extraPoints * tenthsBeyond);
	return times(base, BigInt(rules.fullPoints) * 10n, rules.rounding) + extra * 10;
}

/** The highest award whose threshold these points reach. */
const awardOf = (awards: Award[], pointTenths: number): Award | null =>
	awards
		.toSorted((a, b) => b.minPoints - a.minPoints)
		.find(({ minPoints }) => pointTenths >= minPoints * 10) ?? null;

/** Every class with its result, in the order given. */
export function campaignResults(rules: CampaignRules, classes: ClassInput[]): ClassResult[] {
	const results = classes.map((each): ClassResult => {
		const grams = each.totals.reduce((sum, { weightGrams }) => sum + (weightGrams ?? 0), 0);
		const unweighedMilli = each.totals.reduce(
			(sum, { weightGrams, quantityMilli }) => sum + (weightGrams === null ? quantityMilli : 0),
			0,
		);
		const share = quotaShare(rules, each);
		const pointTenths = share && pointsOf(rules, share);
		return {
			...each,
			grams,
			unweighedMilli,
			perPupilCentiKg:
				each.size === null || (grams === 0 && unweighedMilli > 0)
					? null
					: times({ over: BigInt(grams), under: BigInt(each.size) * 10n }, 1n, rules.rounding),
			quotaPermille: share && Number((share.over * 1000n) / share.under),
			pointTenths,
			award: pointTenths === null || each.totals.length === 0 ? null : awardOf(rules.awards, pointTenths),
			rank: null,
		};
	});
	const isBefore = (a: ClassResult, b: ClassResult) =>
		a.perPupilCentiKg! > b.perPupilCentiKg! ||
		(rules.tieRule === 'points' &&
			a.perPupilCentiKg === b.perPupilCentiKg &&
			(a.pointTenths ?? 0) > (b.pointTenths ?? 0));
	const ranked = results.filter(({ perPupilCentiKg, grams }) => perPupilCentiKg !== null && grams > 0);
	for (const each of ranked) each.rank = 1 + ranked.filter((other) => isBefore(other, each)).length;
	return results;
}

/** `12,5 kg + 40 cái`: pieces without a weight beside it; `unit` is what follows the number of kilograms. */
export const broughtText = (
	{ grams, unweighedMilli }: Pick<ClassResult, 'grams' | 'unweighedMilli'>,
	locale: Locale,
	unit = '\u00a0kg',
): string =>
	[
		...(grams > 0 || unweighedMilli === 0 ? [formatCount(Math.round(grams / 100) / 10, locale) + unit] : []),
		...(unweighedMilli > 0 ? [formatQuantity(unweighedMilli, 'piece', locale)] : []),
	].join(' + ');

/** The better half by place, three where there are more: the others stand in no list, so nobody is shown as the last. */
export function bestClasses(results: ClassResult[]): ClassResult[] {
	const ranked = results.filter(({ rank }) => rank !== null).sort((a, b) => a.rank! - b.rank!);
	const count = Math.min(ranked.length - 1, Math.max(3, Math.ceil(ranked.length / 2)));
	const last = ranked[count - 1]?.rank ?? 0;
	return ranked.filter(({ rank }) => rank! <= last);
}
