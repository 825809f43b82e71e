// A house's story: each collection cycle with what was declared, what the scale said, and the money it made.

export type DeclaredSum = { materialCode: string; unit: 'kg' | 'piece'; quantityMilli: number };
export type PublicLine = DeclaredSum & { happenedAt: number };

/** Goods that were kept back, with the number of the other cycle. */
export type Carried = DeclaredSum & { number: number };

export type CycleSale = {
	id: string;
	status: 'recorded' | 'confirmed';
	soldOn: string;
	/** By how many per cent the scale differs, in thousandths; only where that is above the house's limit. */
	flaggedPermille: number | null;
	/** Other cycles in the same load; then its money is not this cycle's alone. */
	otherCycles: number;
	/** Weighed by material; empty when the load was sold as one lot. */
	weighed: { materialCode: string; weightGrams: number }[];
	entryId: string | null;
	voucher: string | null;
	amountVnd: number;
};

export type CycleStory = {
	id: string;
	number: number;
	openedAt: number;
	closedAt: number | null;
	dropOffCount: number;
	declared: DeclaredSum[];
	/** All lines of its drop-offs, and the newest of them. */
	lineCount: number;
	lines: PublicLine[];
	/** One for each dealer, in the order in which they were recorded. */
	sales: CycleSale[];
	/** Kept back from an earlier cycle, and for a later one. */
	carriedIn: Carried[];
	carriedOut: Carried[];
};

/** The rows of the table that sets declared beside weighed; a material may be in only one of them. */
export function compareDeclaredAndWeighed(
	{ declared, sales }: Pick<CycleStory, 'declared' | 'sales'>,
	order: string[],
) {
	const weighed = sales.flatMap((sale) => sale.weighed);
	return order
		.map((materialCode) => ({
			materialCode,
			declared: declared.filter((sum) => sum.materialCode === materialCode),
			weightGrams: weighed
				.filter((line) => line.materialCode === materialCode)
				.reduce<number | undefined>((sum, line) => (sum ?? 0) + line.weightGrams, undefined),
		}))
		.filter((row) => row.declared.length > 0 || row.weightGrams !== undefined);
}
