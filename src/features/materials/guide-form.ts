// The fields of the form in which an item of the guide is edited: `name-vi`, `name-en`, `what-vi` …
import { locales, type Locale } from '#lib/i18n.ts';
import { GUIDE_TEXTS, guideText, type GuideItem, type GuideText } from './guide.ts';

export type GuideInput = {
	code: string;
	destination: string;
	/** '' for what the catalogue does not have. */
	material: string;
	datedOn: string;
	texts: Record<Locale, Record<GuideText, string>>;
};

export const guideField = (text: GuideText, locale: Locale) => `${text}-${locale}` as const;

/** What a form says, out of its fields. */
export function readGuideForm(field: (name: string) => string): GuideInput {
	const textsIn = (locale: Locale) =>
		Object.fromEntries(GUIDE_TEXTS.map((text) => [text, field(guideField(text, locale))])) as Record<
			GuideText,
			string
		>;
	return {
		...{ code: field('code'), destination: field('destination'), material: field('material') },
		...{ datedOn: field('datedOn'), texts: { vi: textsIn('vi'), en: textsIn('en') } },
	};
}

/** The fields of the form that sends an item as it stands. */
export const guideFields = (item: GuideItem): [name: string, value: string][] => [
	['code', item.code],
	['destination', item.destination],
	['material', item.materialCode ?? ''],
	['datedOn', item.datedOn],
	...locales.flatMap((locale) =>
		GUIDE_TEXTS.map((text): [string, string] => [guideField(text, locale), guideText(item, text, locale)]),
	),
];
