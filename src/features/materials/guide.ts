// An item of the sorting guide: what somebody has in hand, where it goes and how to prepare it. Content with a date, a
// source and a version; what belongs in which group is Article 75 of the Law on Environmental Protection 2020.
import type { GuideItemTable } from '#db/schema.ts';
import { locales, type Locale } from '#lib/i18n.ts';

export type GuideItem = GuideItemTable;
export type Destination = GuideItem['destination'];

/** In the order of the guide: what can be of use first, what needs care last. */
export const DESTINATIONS: Destination[] = ['house', 'recyclable', 'food', 'residual', 'bulky', 'hazardous'];

/** The texts of an item, each in both languages. */
export const GUIDE_TEXTS = ['name', 'aliases', 'what', 'prepare', 'where', 'source'] as const;
export type GuideText = (typeof GUIDE_TEXTS)[number];
export const guideColumn = <L extends Locale>(text: GuideText, locale: L) =>
	`${text}${locale === 'vi' ? 'Vi' : 'En'}` as const;

/** The place before all others, where a form says after which item another one stands. */
export const FIRST = '-';

/** What an item that is being written begins with. */
export const blankGuideItem = (datedOn: string): GuideItem => ({
	...{ code: '', version: 0, sortOrder: 0, destination: 'house', materialCode: null, glyph: '' },
	...{ nameVi: '', nameEn: '', aliasesVi: '', aliasesEn: '', whatVi: '', whatEn: '' },
	...{ prepareVi: '', prepareEn: '', whereVi: '', whereEn: '', sourceVi: '', sourceEn: '' },
	...{ datedOn, publishedAt: 0, publishedBy: null, isRetired: 0 },
});

const GAP = 10;

/**
 * Where an item stands when it comes after another one ({@link FIRST}: before all), and which items must make room:
 * between two numbers that follow each other there is none. Undefined when there is no such item.
 * @param items the guide in its order
 */
export function placeAfter(
	items: GuideItem[],
	code: string,
	after: string,
): { sortOrder: number; moved: GuideItem[] } | undefined {
	const others = items.filter((item) => item.code !== code);
	const at = after === FIRST ? 0 : others.findIndex((item) => item.code === after) + 1;
	if (at === 0 && after !== FIRST) return undefined;
	const [before, next] = [others[at - 1]?.sortOrder ?? 0, others[at]?.sortOrder];
	if (next === undefined) return { sortOrder: before + GAP, moved: [] };
	if (next - before >= 2) return { sortOrder: Math.floor((before + next) / 2), moved: [] };
	const moved: GuideItem[] = [];
	let last = before + 1;
	for (const item of others.slice(at)) {
		if (item.sortOrder > last) break;
		moved.push({ ...item, sortOrder: (last += 1) });
	}
	return { sortOrder: before + 1, moved };
}

/** One text of an item in the reader's language. */
export const guideText = (item: GuideItem, text: GuideText, locale: Locale): string =>
	item[guideColumn(text, locale)];

const listAliases = (aliases: string): string[] =>
	aliases
		.split(';')
		.map((each) => each.trim())
		.filter(Boolean);

/** Other names as they are stored: one semicolon and a space between two, none twice. */
export const tidyAliases = (aliases: string): string => [...new Set(listAliases(aliases))].join('; ');

/** Other words for it in the reader's language. */
export const guideAliases = (item: GuideItem, locale: Locale): string[] =>
	listAliases(guideText(item, 'aliases', locale));

/** Everything that it is called, in both languages, its own names first. */
export const guideNames = (item: GuideItem): string[] => [
	item.nameVi,
	item.nameEn,
	...listAliases(item.aliasesVi),
	...listAliases(item.aliasesEn),
];

/** An item as open data. */
export const openGuideItem = (item: GuideItem, publicUrl: string) => ({
	...{ code: item.code, version: item.version, destination: item.destination, material: item.materialCode },
	...Object.fromEntries(
		locales.map((locale) => [
			locale,
			{
				...Object.fromEntries(GUIDE_TEXTS.map((text) => [text, guideText(item, text, locale)])),
				aliases: guideAliases(item, locale),
			},
		]),
	),
	...{ dated_on: item.datedOn, url: `${publicUrl}/phan-loai/${item.code}` },
});
