// The guide as the portal ships it; from then on an administrator edits it.
import { tidyAliases, type GuideItem } from './guide.ts';

type Words = { vi: string; en: string };
type Texts = { name: string; aliases: string; what: string; prepare: string; where: string };
type FileItem = Pick<GuideItem, 'code' | 'destination' | 'glyph'> & {
	material: string | null;
	/** Names in `sources`. */
	sources: string[];
	vi: Texts;
	en: Texts;
};
type GuideFile = { datedOn: string; sources: Record<string, Words>; items: FileItem[] };

/** The first versions that a file holds; its day is also the day on which they were published. */
export function readGuideFile(text: string): GuideItem[] {
	const { datedOn, sources, items } = JSON.parse(text) as GuideFile;
	const cite = (names: string[], locale: keyof Words) =>
		names.map((name) => sources[name]![locale]).join('; ');
	return items.map(({ code, destination, glyph, material, sources: names, vi, en }, index) => ({
		...{ code, version: 1, sortOrder: (index + 1) * 10, destination, materialCode: material, glyph },
		...{
			nameVi: vi.name,
			nameEn: en.name,
			aliasesVi: tidyAliases(vi.aliases),
			aliasesEn: tidyAliases(en.aliases),
		},
		...{ whatVi: vi.what, whatEn: en.what, prepareVi: vi.prepare, prepareEn: en.prepare },
		...{ whereVi: vi.where, whereEn: en.where, sourceVi: cite(names, 'vi'), sourceEn: cite(names, 'en') },
		...{ datedOn, publishedAt: Date.parse(`${datedOn}T00:00:00+07:00`), publishedBy: null, isRetired: 0 },
	}));
}
