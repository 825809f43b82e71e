// What is said of a table that was read: the same sentences on the page that the portal answers with, and on the spot.
import type { Locale, Translate } from '#lib/i18n.ts';
import type { Ignored, TableClass, TableMaterial, TableProblem, TableProblemKey } from './sheet-table.ts';

const REASONS = [
	...(['noRows', 'tooLong', 'noHead', 'noClasses', 'pupilRows', 'names', 'classMissing'] as const),
	...(['classUnknown', 'classGuessed', 'classTwice', 'cellCount', 'materialUnknown'] as const),
	...(['materialNever', 'materialNotTaken', 'materialTwice', 'mixedDecimals', 'formula'] as const),
	...(['merged', 'failed', 'uncalculated'] as const),
];
const NUMBER_REASONS = [
	...(['quantityNotNumber', 'quantityNotPositive', 'quantityNotWhole', 'quantityTooLarge'] as const),
	...(['piecesTooLarge', 'quantityAmbiguous'] as const),
];
const PLACES = ['cell', 'field', 'rowColumn', 'row', 'column'] as const;
const IGNORED = ['total', 'aside', 'title', 'zeros'] as const;

/** Sentences with their `{{names}}` still in them. */
export type TableWords = {
	locale: Locale;
	reasons: Record<string, string>;
	places: Record<(typeof PLACES)[number], string>;
	ignored: Record<Ignored['key'], string>;
} & Record<
	'at' | 'found' | 'near' | 'guide' | 'guidePath' | 'filled' | 'problems' | 'more' | 'fill' | 'filledRow',
	string
>;

export function tableWords(t: Translate, locale: Locale, guidePath: string): TableWords {
	return {
		locale,
		reasons: Object.fromEntries([
			...REASONS.map((key) => [key, t(`schools:table.problem.${key}`)]),
			...NUMBER_REASONS.map((key) => [key, t(`errors:${key}`)]),
		]) as Record<string, string>,
		places: Object.fromEntries(
			PLACES.map((key) => [key, t(`schools:table.place.${key}`)]),
		) as TableWords['places'],
		ignored: Object.fromEntries(
			IGNORED.map((key) => [key, t(`schools:table.ignored.${key}`)]),
		) as TableWords['ignored'],
		...{ at: t('schools:table.at'), found: t('schools:table.found'), near: t('schools:table.near') },
		...{ guide: t('schools:table.guide'), guidePath, filled: t('schools:table.filled') },
		...{ problems: t('schools:table.problems'), more: t('schools:table.more') },
		...{ fill: t('schools:table.fill'), filledRow: t('schools:table.filledRow') },
	};
}

type Values = Record<string, string | number | undefined>;
/** A sentence with its values, as the library that says the other sentences fills it in. */
const fill = (sentence: string, values: Values, locale: Locale) =>
	sentence.replace(
		/\{\{(\w+)(?:, number(\(useGrouping: false\))?)?\}\}/g,
		(_, name: string, plain?: string) => {
			const value = values[name] ?? '';
			if (typeof value !== 'number') return value;
			return value.toLocaleString(locale === 'vi' ? 'vi-VN' : 'en-GB', { useGrouping: plain === undefined });
		},
	);

/** A sentence about a number of cells or places. */
export const sayCount = (sentence: string, n: number, { locale }: TableWords): string =>
	fill(sentence, { n }, locale);

/** What takes a row into a class, and what is said once it did. */
export const sayFill = (
	key: 'fill' | 'filledRow',
	values: { class: string; row: number },
	words: TableWords,
) => fill(words[key], { class: values.class, row: String(values.row) }, words.locale);

/** `đồng` at the begin of a sentence. */
const begin = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

const reasonOf = (key: TableProblemKey, material: TableMaterial | undefined) =>
	key === 'materialRefused' ? (material?.isNever ? 'materialNever' : 'materialNotTaken') : key;

/** One problem as a sentence: where, why, and what comes nearest; and where the guide says what to do instead. */
export function sayProblem(
	problem: TableProblem,
	words: TableWords,
	{ classes, materials }: { classes: TableClass[]; materials: TableMaterial[] },
): { text: string; guide?: string | undefined } {
	const { key, row, column, classId, found, near = [], values } = problem;
	const material = materials.find(({ code }) => code === problem.material);
	const className = classes.find(({ id }) => id === classId)?.name;
	const nearNames = near.map((each) => materials.find(({ code }) => code === each)?.said ?? each).join(', ');
	const said = { ...values, class: className, material: material?.said, near: nearNames, found };
	const say = (sentence: string, more: Values = {}) => fill(sentence, { ...said, ...more }, words.locale);
	let reason = begin(say(words.reasons[reasonOf(key, material)] ?? ''));
	if (found !== undefined) reason = say(words.found, { reason });
	if (near.length > 0 && key !== 'classGuessed') reason = say(words.near, { reason });
	const isCell = className !== undefined && material !== undefined;
	const kind =
		isCell && row > 0
			? 'cell'
			: isCell
				? 'field'
				: row > 0 && column !== ''
					? 'rowColumn'
					: row > 0
						? 'row'
						: 'column';
	const place =
		row === 0 && column === '' && !isCell ? '' : say(words.places[kind], { row: String(row), column });
	return {
		text: place === '' ? reason : say(words.at, { place, reason }),
		guide:
			key === 'materialRefused' && material?.guide !== undefined
				? `${words.guidePath}/${material.guide}`
				: undefined,
	};
}

/** How many places are named one by one. */
const MAX_PLACES = 12;

/** What was left out, as a sentence. */
export const sayIgnored = ({ key, places }: Ignored, words: TableWords): string =>
	fill(
		words.ignored[key],
		{ places: places.slice(0, MAX_PLACES).join(', ') + (places.length > MAX_PLACES ? ', …' : '') },
		words.locale,
	);
