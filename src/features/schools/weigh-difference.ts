// What the scale said of the whole school's goods, set beside what its classes declared; never added to it.
import type { ClassInput } from './campaign-result.ts';

export type WeighedRow = {
	materialCode: string;
	/** Null: pieces of which nobody knows the weight are among them. */
	declaredGrams: number | null;
	/** Null: this material was not weighed. */
	weighedGrams: number | null;
};

/** As a slip of the decimal point makes it. */
const ODD_TIMES = 10;

/** True for a weight that is ten times what was declared or more, or a tenth of it or less; never where that is unknown. */
export const isOddWeight = ({ declaredGrams, weighedGrams }: Omit<WeighedRow, 'materialCode'>): boolean =>
	declaredGrams !== null &&
	declaredGrams > 0 &&
	weighedGrams !== null &&
	(weighedGrams >= declaredGrams * ODD_TIMES || weighedGrams * ODD_TIMES <= declaredGrams);

/** One row for each material that was declared or weighed, in the order given. */
export function compareWithScale(
	classes: Pick<ClassInput, 'totals'>[],
	weighIns: { materialCode: string; weightGrams: number }[],
	order: string[],
): WeighedRow[] {
	const declared = classes.flatMap(({ totals }) => totals);
	return order.flatMap((materialCode) => {
		const own = declared.filter((total) => total.materialCode === materialCode);
		const weighed = weighIns.filter((row) => row.materialCode === materialCode);
		if (own.length === 0 && weighed.length === 0) return [];
		return [
			{
				materialCode,
				declaredGrams: own.some(({ weightGrams }) => weightGrams === null)
					? null
					: own.reduce((sum, { weightGrams }) => sum + weightGrams!, 0),
				weighedGrams:
					weighed.length === 0 ? null : weighed.reduce((sum, { weightGrams }) => sum + weightGrams, 0),
			},
		];
	});
}
