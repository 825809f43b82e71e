import type { Translate } from '#lib/i18n.ts';
import type { SheetCell } from './class-sheet.ts';

/** Whose a sheet is: the classes by name while there are few. */
export function sayClasses(cells: SheetCell[], t: Translate): string {
	const names = [...new Set(cells.map(({ name }) => name))];
	return names.length > 3 ? t('schools:class.count', { count: names.length }) : names.join(', ');
}
