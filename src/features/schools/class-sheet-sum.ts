// What the cells of a sheet add up to while they are typed.
import type { Locale } from '#lib/i18n.ts';
import { formatQuantity } from '#lib/number-format.ts';
import { parseQuantityMilli } from '#lib/number-input.ts';

export type Unit = 'kg' | 'piece';

type Typed = { unit: Unit; text: string };

/** `12,5 kg · 40 cái`: the sums by unit; what is no number yet counts nothing, and nothing is ''. */
export const sayTyped = (cells: Typed[], locale: Locale): string =>
	(['kg', 'piece'] as const)
		.flatMap((unit) => {
			const milli = cells.reduce((sum, cell) => sum + (cell.unit === unit ? milliOf(cell) : 0), 0);
			return milli > 0 ? [formatQuantity(milli, unit, locale)] : [];
		})
		.join(' · ');

function milliOf({ text, unit }: Typed): number {
	if (text.trim() === '') return 0;
	try {
		return parseQuantityMilli(text, unit, '');
	} catch {
		return 0;
	}
}
