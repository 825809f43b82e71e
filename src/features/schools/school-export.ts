// A school's figures as rows of a workbook: classes, materials and numbers, never a pupil.
import type { Material } from '#features/materials/material.ts';
import type { Locale, Translate } from '#lib/i18n.ts';
import type { BookCell } from '#lib/workbook.ts';
import { bestClasses, campaignResults, type ClassInput } from './campaign-result.ts';
import type { CampaignRules } from './campaign.ts';

type Reader = { t: Translate; locale: Locale };

const nameOf = (material: Material, locale: Locale) => (locale === 'vi' ? material.nameVi : material.nameEn);

/** A head, then one row for each class in the order of its name; only the better half has a place. */
export function resultRows(
	rules: CampaignRules,
	classes: ClassInput[],
	catalogue: Material[],
	{ t, locale }: Reader,
): BookCell[][] {
	const results = campaignResults(rules, classes);
	const best = new Set(bestClasses(results).map(({ classId }) => classId));
	const all = classes.flatMap(({ totals }) => totals);
	const columns = catalogue.flatMap((material) =>
		(['kg', 'piece'] as const)
			.filter((unit) => all.some((each) => each.materialCode === material.code && each.unit === unit))
			.map((unit) => ({ material, unit })),
	);
	const hasQuota = rules.quotaPer !== null;
	return [
		[
			...[t('school-public:xlsx.class'), t('school-public:xlsx.size')],
			...columns.map(({ material, unit }) => `${nameOf(material, locale)} (${t(`common:unit.${unit}`)})`),
			...[t('school-public:xlsx.kg'), t('school-public:xlsx.perPupil')],
			...(hasQuota
				? [t('school-public:xlsx.quota'), t('school-public:xlsx.points'), t('school-public:xlsx.award')]
				: []),
			t('school-public:xlsx.place'),
		],
		...results.map((each) => [
			...[each.name, each.size ?? ''],
			...columns.map(({ material, unit }) => {
				const own = each.totals.filter(
					(total) => total.materialCode === material.code && total.unit === unit,
				);
				return own.length > 0 ? own.reduce((sum, total) => sum + total.quantityMilli, 0) / 1000 : '';
			}),
			...[each.grams === 0 && each.unweighedMilli > 0 ? '' : each.grams / 1000],
			each.perPupilCentiKg === null ? '' : each.perPupilCentiKg / 100,
			...(hasQuota
				? [
						each.quotaPermille === null ? '' : each.quotaPermille / 10,
						each.pointTenths === null ? '' : each.pointTenths / 10,
						each.award?.name ?? '',
					]
				: []),
			best.has(each.classId) ? each.rank! : '',
		]),
	];
}

export type RegisterLine = {
	collectedOn: string;
	name: string;
	materialCode: string;
	unit: 'kg' | 'piece';
	quantityMilli: number;
	declaredWeightGrams: number | null;
	campaignName: string | null;
};

/** A head, then one row for each line that counts. */
export function registerRows(
	lines: RegisterLine[],
	catalogue: Material[],
	{ t, locale }: Reader,
): BookCell[][] {
	const names = new Map(catalogue.map((material) => [material.code, nameOf(material, locale)]));
	return [
		(['date', 'class', 'material', 'quantity', 'unit', 'kg', 'campaign'] as const).map((column) =>
			t(`school-public:xlsx.${column}`),
		),
		...lines.map((line) => [
			...[new Date(line.collectedOn), line.name, names.get(line.materialCode) ?? line.materialCode],
			...[line.quantityMilli / 1000, t(`common:unit.${line.unit}`)],
			...[line.declaredWeightGrams === null ? '' : line.declaredWeightGrams / 1000, line.campaignName ?? ''],
		]),
	];
}
