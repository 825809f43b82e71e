// The fields of the form in which an item of the guide is edited: `name-vi`, `name-en`, `what-vi` …
import { locales, type Locale } from '#lib/i18n.ts';
import { GUIDE_TEXTS, guideText, type GuideItem, type GuideText } from './guide.ts';

export type GuideInput = {
	code: string;
	destination: string;
	/** '' for what the catalogue does not have. */
	material: string;
	datedOn: string;
	/** An item that the guide never had, under a code of its own, drawn like one that it has. */
	isNew: boolean;
	glyph: string;
	/** The item after which it stands, or first of all; '' leaves it where it is. */
	after: string;
	isRetired: boolean;
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
		...{ isNew: field('new') === '1', glyph: field('glyph'), after: field('after') },
		isRetired: field('retired') === '1',
	};
}

/** The fields of the form that sends an item as it stands, or to another place. */
export const guideFields = (
	item: GuideItem,
	{ after = '', isNew = false } = {},
): [name: string, value: string][] => [
	['after', after],
	['new', isNew ? '1' : ''],
	['glyph', item.glyph],
	['retired', item.isRetired === 1 ? '1' : ''],
	['code', item.code],
	['destination', item.destination],
	['material', item.materialCode ?? ''],
	['datedOn', item.datedOn],
	...locales.flatMap((locale) =>
		GUIDE_TEXTS.map((text): [string, string] => [guideField(text, locale), guideText(item, text, locale)]),
	),
];
