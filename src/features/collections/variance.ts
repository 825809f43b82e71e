// By how much the scale differs from what was declared: for each cycle where the lines name cycles, else for the whole sale.

type WeighedLine = { cycleId: string | null; weighedWeightGrams: number | null; kind: string };
type DeclaredCycle = { id: string; declaredWeightGrams: number | null; varianceLimitPercent: number };

export type Variance = {
	/** Null for the whole sale. */
	cycleId: string | null;
	weighedGrams: number;
	declaredGrams: number;
	/** Rounded half away from zero. */
	permille: number;
	limitPercent: number;
	isFlagged: boolean;
};

function compare(
	cycleId: string | null,
	weighedGrams: number,
	declaredGrams: number | null,
	limitPercent: number,
): Variance[] {
	if (!weighedGrams || !declaredGrams) return [];
	const difference = weighedGrams - declaredGrams;
	return [
		{
			cycleId,
			weighedGrams,
			declaredGrams,
			permille: Math.sign(difference) * Math.round((Math.abs(difference) * 1000) / declaredGrams),
			limitPercent,
			// In whole numbers, as the database compares.
			isFlagged: Math.abs(difference) * 100 > limitPercent * declaredGrams,
		},
	];
}

const weigh = (lines: WeighedLine[]) => lines.reduce((sum, line) => sum + (line.weighedWeightGrams ?? 0), 0);

/** True when every line says which cycle it weighs. */
const namesCycles = (lines: WeighedLine[]): boolean =>
	lines.every((line) => line.kind === 'difference' || line.cycleId !== null);

/** What can be compared; nothing where either weight is unknown. The strictest house decides for a whole sale. */
export function saleVariances(lines: WeighedLine[], cycles: DeclaredCycle[]): Variance[] {
	if (namesCycles(lines)) {
		return cycles.flatMap((cycle) =>
			compare(
				cycle.id,
				weigh(lines.filter((line) => line.cycleId === cycle.id)),
				cycle.declaredWeightGrams,
				cycle.varianceLimitPercent,
			),
		);
	}
	const declared = cycles.reduce<number | null>(
		(sum, { declaredWeightGrams }) =>
			sum === null || declaredWeightGrams === null ? null : sum + declaredWeightGrams,
		0,
	);
	const limit = Math.min(...cycles.map((cycle) => cycle.varianceLimitPercent));
	return compare(null, weigh(lines), declared, limit);
}

/** The one that stands for the sale: a flagged one first, then the widest. */
export const widestVariance = (variances: Variance[]): Variance | undefined =>
	[...variances].sort(
		(a, b) => Number(b.isFlagged) - Number(a.isFlagged) || Math.abs(b.permille) - Math.abs(a.permille),
	)[0];
