// A campaign's rules as its classes read them: every number that decides something stands in a sentence.
import { materialInText, type Material } from '#features/materials/material.ts';
import type { Locale, Translate } from '#lib/i18n.ts';
import { formatCount, formatMilli, formatQuantity } from '#lib/number-format.ts';
import type { CampaignRules, Quota } from './campaign.ts';

/** `lon nhôm, vỏ hộp sữa hoặc chai nhựa`: what of these materials is counted in pieces. */
export const pieceNames = (materials: Material[], t: Translate, locale: Locale): string => {
	const names = materials
		.filter(({ defaultUnit }) => defaultUnit === 'piece')
		.map((material) => materialInText(material, locale));
	return [names.slice(0, -1).join(', '), ...names.slice(-1)]
		.filter(Boolean)
		.join(` ${t('schools:campaign.or')} `);
};

/** `3 kg hoặc 20 cái lon nhôm`; of what the pieces are is said where `counted` names it. */
export const quotaText = (quota: Quota[], counted: Material[], t: Translate, locale: Locale): string =>
	quota
		.map(({ quantityMilli, unit }) => {
			const of = unit === 'piece' ? pieceNames(counted, t, locale) : '';
			return [formatQuantity(quantityMilli, unit, locale), of].filter(Boolean).join(' ');
		})
		.join(` ${t('schools:campaign.or')} `);

/** The rules, a sentence for each: what counts, quota, points, awards, places, rounding. */
export function ruleSentences(
	rules: CampaignRules,
	materials: Material[],
	t: Translate,
	locale: Locale,
): string[] {
	const counted = materials.filter(({ code }) => rules.materials.includes(code));
	const names = counted.map((material) => materialInText(material, locale)).join(', ');
	const points =
		rules.quotaPer === null
			? [t('schools:campaign.words.noQuota')]
			: [
					t(`schools:campaign.words.quota.${rules.quotaPer}`, {
						quota: quotaText(rules.quota, counted, t, locale),
					}),
					...(rules.quota.length > 1
						? [
								t('schools:campaign.words.both', {
									half: rules.quota
										.map(({ quantityMilli, unit }) =>
											unit === 'kg'
												? formatQuantity(quantityMilli / 2, unit, locale)
												: `${formatMilli(quantityMilli / 2, locale)} ${t('common:unit.piece')}`,
										)
										.join(` ${t('schools:campaign.and')} `),
								}),
							]
						: []),
					t('schools:campaign.words.points', { points: rules.fullPoints }),
					...(rules.extraPoints > 0 && rules.extraCap > 0
						? [t('schools:campaign.words.extra', { points: rules.extraPoints, cap: rules.extraCap })]
						: []),
					...rules.awards
						.toSorted((a, b) => b.minPoints - a.minPoints)
						.map(({ name, minPoints }) =>
							t('schools:campaign.words.award', { name, points: formatCount(minPoints, locale) }),
						),
				];
	return [
		t('schools:campaign.words.counts', { materials: names }),
		...points,
		t('schools:campaign.words.places'),
		t(`schools:campaign.words.tie.${rules.tieRule}`),
		t(`schools:campaign.words.rounding.${rules.rounding}`),
		t('schools:campaign.words.noMoney'),
	];
}
