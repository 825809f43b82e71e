// How a table from outside names what the portal knows: classes, materials, units, and what belongs to none of them.
import type { GuideItem } from '#features/materials/guide.ts';
import { materialInText, type Material } from '#features/materials/material.ts';
import { foldSearch } from '#lib/fold.ts';
import type { Locale } from '#lib/i18n.ts';

export type Unit = 'kg' | 'piece';
export type TableClass = { id: string; name: string };
export type TableMaterial = {
	code: string;
	/** In which the house counts it. */
	unit: Unit;
	/** What it is called in any language, aliases too. */
	names: string[];
	/** Whether this house takes it. */
	isTaken: boolean;
	/** Whether no house does. */
	isNever: boolean;
	/** Inside a sentence, in the reader's language. */
	said: string;
	/** What the sorting guide calls it in an address. */
	guide?: string | undefined;
};

/** The whole catalogue as a table may name it; `taken` are the codes of what the house takes. */
export function tableMaterials(
	materials: Material[],
	{ taken, guide, locale }: { taken: string[]; guide: GuideItem[]; locale: Locale },
): TableMaterial[] {
	return materials.map((material) => {
		const items = guide.filter((each) => each.materialCode === material.code);
		const isNever = material.acceptedByDefault === 'never';
		const isTaken = !isNever && taken.includes(material.code);
		// What is explained may have any name that the guide knows; what is counted only its own.
		const others = isTaken
			? []
			: items.flatMap((item) => [item.nameVi, item.nameEn, ...item.aliasesVi.split(';')]);
		const names = [material.nameVi, material.nameEn, ...material.aliasesVi.split(';'), ...others];
		return {
			...{ code: material.code, unit: material.defaultUnit, names: names.filter(Boolean), isTaken, isNever },
			...{ said: materialInText(material, locale), guide: items[0]?.code },
		};
	});
}

/** `Lớp 6 A (38 HS)`, `6-A` and `6a` are one; 6D and 6Đ are two. */
export const classKey = (text: string): string =>
	text
		.replace(/\([^)]*\)/g, '')
		.split(/đ/i)
		.map(foldSearch)
		.join('đ')
		.replace(/^(lop|class)\b/, '')
		.replace(/[\s./_-]+/g, '');

/** What looks like a class's name, and can be nobody's: a grade, at most one letter, at most two digits. */
export const isClassLike = (text: string): boolean => /^(?:1[0-2]|[1-9])[a-zđ]?\d{0,2}$/.test(classKey(text));

const TOTAL = /^(tong|cong|tc|total|sum|toan truong|ca truong|khoi( lop)? \d{1,2}$)\b/;
/** A row or column that adds up others. */
export const isTotal = (text: string): boolean => TOTAL.test(foldSearch(text).replace(/^[\s:.-]+/, ''));

const ASIDE =
	/^(stt|tt|so tt|so thu tu|no\.?|si so|so hs|so hoc sinh|khoi|ngay|ghi chu|note|notes|date|size)\b/;
/** A column that stands beside the figures and is none of them: a number of the row, a size, a remark. */
export const isAside = (text: string): boolean => ASIDE.test(foldSearch(text));

const NAME_HEAD =
	/^(ho va ten|ho ten|ho dem|ho|ten|ten hs|ten hoc sinh|hoc sinh|hs|gvcn|giao vien.*|nguoi nop|nguoi mang.*|name|full name|pupil.*|student.*|teacher.*)$/;
/** Heads a column of people. */
export const headsNames = (text: string): boolean => NAME_HEAD.test(foldSearch(text).replace(/[^a-z ]/g, ''));

/** Two to six words, each with a capital, no digit: how a person is written. */
export const looksLikeName = (text: string): boolean =>
	/^(?:\p{Lu}\p{M}*[\p{L}\p{M}'’]*[\s-]+){1,5}\p{Lu}\p{M}*[\p{L}\p{M}'’]*\.?$/u.test(text.trim());

/** Heads the column of classes. */
export const isClassHead = (text: string): boolean => /^(lop|ten lop|class|lop hoc)$/.test(foldSearch(text));

const UNITS: Record<string, Unit> = {
	...{ kg: 'kg', kgs: 'kg', can: 'kg', ki: 'kg', kilogam: 'kg', kilo: 'kg', kilogram: 'kg' },
	...{ cai: 'piece', chiec: 'piece', vo: 'piece', qua: 'piece', hop: 'piece', lon: 'piece', chai: 'piece' },
	...{ piece: 'piece', pieces: 'piece', pcs: 'piece', pc: 'piece', 'cai vo': 'piece', 'vo hop': 'piece' },
};

/** The unit that stands behind a name or alone in a cell: `Giấy vụn (kg)`, `Lon - cái`, `(vỏ)`; and what is left. */
export function readHead(text: string): { name: string; unit: Unit | undefined } {
	const folded = foldSearch(text)
		.replace(/\b(so luong|khoi luong|sl|kl)\b:?/g, '')
		.trim();
	const bracket = /^(.*?)[([]\s*(?:dvt:?\s*)?([a-z ]+?)\s*[)\]]$/.exec(folded);
	const loose = /^(.*?)\s*[,/:–-]\s*([a-z]+)$/.exec(folded) ?? /^(.+) (kg)$/.exec(folded);
	for (const match of [bracket, loose]) {
		const unit = UNITS[match?.[2] ?? ''];
		if (match && unit) return { name: match[1]!.trim(), unit };
	}
	const alone = UNITS[folded];
	return alone && folded !== 'chai' && folded !== 'lon' && folded !== 'hop'
		? { name: '', unit: alone }
		: { name: folded, unit: undefined };
}

/** Finds what a head names, whole, by name or alias. */
export function materialFinder(materials: TableMaterial[]): (text: string) => TableMaterial | undefined {
	const known = new Map<string, TableMaterial>();
	// What the house takes has its aliases before what it does not.
	for (const material of [...materials].sort((a, b) => Number(b.isTaken) - Number(a.isTaken)))
		for (const name of material.names) {
			const folded = foldSearch(name);
			if (folded !== '' && !known.has(folded)) known.set(folded, material);
		}
	return (text) => known.get(foldSearch(text)) ?? known.get(readHead(text).name);
}

/** Up to three materials whose names share the head's words. */
export function nearMaterials(text: string, materials: TableMaterial[]): TableMaterial[] {
	const words = readHead(text)
		.name.split(' ')
		.filter((word) => word.length > 1);
	const shared = ({ names }: TableMaterial) =>
		Math.max(
			...names.map((name) => {
				const own = foldSearch(name).split(' ');
				return words.filter((word) => own.includes(word)).length;
			}),
		);
	return materials
		.filter((material) => material.isTaken)
		.map((material) => ({ material, score: shared(material) }))
		.filter(({ score }) => score > 0)
		.sort((a, b) => b.score - a.score)
		.slice(0, 3)
		.map(({ material }) => material);
}

/** How many letters must change, come or go. */
function distance(a: string, b: string): number {
	let before = [...Array(b.length + 1).keys()];
	for (let i = 1; i <= a.length; i += 1) {
		const row = [i];
		for (let j = 1; j <= b.length; j += 1)
			row.push(Math.min(row[j - 1]! + 1, before[j]! + 1, before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
		before = row;
	}
	return before[b.length]!;
}

/** The classes that one letter or digit parts from what stands there; of the same grade where there are such. */
export function nearClasses(text: string, classes: TableClass[]): TableClass[] {
	const key = classKey(text);
	if (!/^\d/.test(key) || key.length > 6) return [];
	const gradeOf = (each: string) => /^\d+/.exec(each)?.[0];
	const near = classes.filter(({ name }) => distance(key, classKey(name)) <= 1);
	const same = near.filter(({ name }) => gradeOf(classKey(name)) === gradeOf(key));
	return same.length > 0 ? same : near;
}
