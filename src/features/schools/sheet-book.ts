// A class sheet as the table of a workbook: what is written here can be pasted or uploaded there again.
import type { Material } from '#features/materials/material.ts';
import type { Locale, Translate } from '#lib/i18n.ts';
import type { SchoolClass, SheetCell } from './class-sheet.ts';

export type BookRow = (string | number)[];
export type BookWords = {
	locale: Locale;
	class: string;
	total: string;
	units: Record<'kg' | 'piece', string>;
};

export const bookWords = (t: Translate, locale: Locale): BookWords => ({
	...{ locale, class: t('schools:sheet.class'), total: t('schools:sheet.total') },
	units: { kg: t('common:unit.kg'), piece: t('common:unit.piece') },
});

const headOf = (material: Material, unit: 'kg' | 'piece', { locale, units }: BookWords) =>
	`${locale === 'vi' ? material.nameVi : material.nameEn} (${units[unit]})`;

/** A row for each class, a column for each material in the unit in which it is counted. */
export const templateBook = (classes: SchoolClass[], materials: Material[], words: BookWords): BookRow[] => [
	[words.class, ...materials.map((material) => headOf(material, material.defaultUnit, words))],
	...classes.map(({ name }) => [name, ...materials.map(() => '')]),
];

/** What a sheet says, and the sum of each column; kilograms and pieces as numbers. */
export function sheetBook(cells: SheetCell[], materials: Material[], words: BookWords): BookRow[] {
	const columns = materials.flatMap((material) =>
		(['kg', 'piece'] as const)
			.filter((unit) => cells.some((cell) => cell.materialCode === material.code && cell.unit === unit))
			.map((unit) => ({ material, unit })),
	);
	const valueOf = (of: SheetCell[], { material, unit }: (typeof columns)[number]) => {
		const own = of.filter((cell) => cell.materialCode === material.code && cell.unit === unit);
		return own.length > 0 ? own.reduce((sum, cell) => sum + cell.quantityMilli, 0) / 1000 : '';
	};
	const classNames = [...new Set(cells.map(({ name }) => name))];
	return [
		[words.class, ...columns.map(({ material, unit }) => headOf(material, unit, words))],
		...classNames.map((name) => [
			name,
			...columns.map((column) =>
				valueOf(
					cells.filter((cell) => cell.name === name),
					column,
				),
			),
		]),
		[words.total, ...columns.map((column) => valueOf(cells, column))],
	];
}
