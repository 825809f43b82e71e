// The walk through the chain: what was brought, the cycles it lay in, the sales, the fund's rows, what they paid for.

export const TRACE_KINDS = ['drop-off', 'cycle', 'sale', 'entry', 'payment'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** No walk names more of each than this. */
export const MOST = { cycles: 50, sales: 50, entries: 100, lines: 200 };

/** Incomes that a payment spent, told at a time. */
export const INCOMES_A_PAGE = 20;

export type Declared = {
	materialCode: string;
	unit: 'kg' | 'piece';
	quantityMilli: number;
	declaredWeightGrams: number | null;
};

export type WalkDropOff = {
	happenedOn: string;
	recordedOn: string;
	isLate: boolean;
	houseCode: string;
	houseName: string;
	/** Each kind with the sale that holds it; null while it is unsold. */
	lines: (Declared & { cycleIds: string[]; saleId: string | null })[];
};

export type WalkCycle = {
	id: string;
	number: number;
	houseCode: string;
	houseName: string;
	openedOn: string;
	closedOn: string | null;
	declared: Declared[];
	carriedIn: (Declared & { fromCycleId: string; number: number })[];
	carriedOut: (Declared & { toCycleId: string; number: number })[];
};

export type WalkSale = {
	id: string;
	status: 'recorded' | 'confirmed' | 'reversed';
	soldOn: string;
	cashReceivedVnd: number;
	entryId: string | null;
	replacesSaleId: string | null;
	cycles: { id: string; declaredWeightGrams: number | null }[];
	/** '' is what nobody declared. */
	goods: { cycleId: string; materialCode: string; declaredWeightGrams: number | null }[];
	lines: {
		kind: 'goods' | 'lump_sum' | 'difference';
		cycleId: string | null;
		materialCode: string | null;
		weighedWeightGrams: number | null;
		unitPriceVnd: number | null;
		amountVnd: number;
	}[];
	/** Where the weight differed by more than the house allows; in thousandths. */
	flaggedPermille: number | null;
	limitPercent: number | null;
};

export type WalkEntry = {
	id: string;
	kind: string;
	fundCode: string;
	bookedOn: string;
	changeVnd: number;
	text: string | null;
	isReversed: boolean;
	saleId: string | null;
	/** What another fund gave it a part of: that fund's income, by the transfer that both name. */
	shareOf: string | null;
	/** Which incomes it spent; empty for an income. */
	spends: { incomeEntryId: string; amountVnd: number }[];
};

export type Walk = {
	kind: TraceKind;
	id: string;
	isSample: boolean;
	dropOff?: WalkDropOff | undefined;
	cycles: WalkCycle[];
	sales: WalkSale[];
	/** Where the money came from, also by way of another fund, and what it paid for there or here. */
	incomes: WalkEntry[];
	payments: WalkEntry[];
	/** Of an outflow: what it spent, whole, and which part of that is told here. */
	spending?: Spending | undefined;
	/** There is more than a walk names. */
	isTruncated: boolean;
};

/** Sums over every income that an outflow spent, however many are told. */
export type SpendingTotals = {
	incomes: number;
	amountVnd: number;
	/** What of it came from sales, also by way of another fund. */
	fromSalesVnd: number;
	sales: number;
	cycles: number;
	houses: number;
};
export type Spending = SpendingTotals & {
	/** The place of the first that is told, from 1. */
	first: number;
	parts: { incomeEntryId: string; amountVnd: number }[];
	/** After which income the next part begins; null at the end. */
	next: string | null;
};

/** Each income that is told of an outflow, with the sale and the cycles behind it. */
export function groupByIncome({ spending, incomes, sales, cycles }: Walk) {
	const incomeOf = (id: string | null) => incomes.find((each) => each.id === id);
	return (spending?.parts ?? []).flatMap(({ incomeEntryId, amountVnd }) => {
		const income = incomeOf(incomeEntryId);
		if (!income) return [];
		const origin = incomeOf(income.shareOf);
		const sale = sales.find((each) => each.id === (origin ?? income).saleId);
		const ids = new Set(sale?.cycles.map((cycle) => cycle.id));
		// Goods that were kept lead to the cycles before; a set grows while it is walked.
		for (const id of ids)
			for (const each of cycles.find((cycle) => cycle.id === id)?.carriedIn ?? []) ids.add(each.fromCycleId);
		const behind = cycles.filter((cycle) => ids.has(cycle.id));
		return [{ amountVnd, income, origin, sale, cycles: behind }];
	});
}

/** What a cycle brought: its lines, and of the difference from the cash the part that they are of all lines. */
function cycleMoney(sale: WalkSale, cycleId: string): number {
	const goods = sale.lines.filter((line) => line.kind !== 'difference');
	const sumOf = (lines: typeof goods) => lines.reduce((sum, line) => sum + line.amountVnd, 0);
	return (sale.cashReceivedVnd * sumOf(goods.filter((line) => line.cycleId === cycleId))) / sumOf(goods);
}

/**
 * A drop-off's share of the money that its goods made: its declared grams ÷ the declared grams that were sold with them
 * × the money. By cycle where the sale's lines name cycles, else over the whole sale. Undefined where a weight is
 * unknown and until something of it is sold (ledger.md, Allocation).
 */
export function estimateShare(
	lines: WalkDropOff['lines'],
	sales: WalkSale[],
): { amountVnd: number; grams: number } | undefined {
	let amount = 0;
	let grams = 0;
	for (const line of lines) {
		if (line.declaredWeightGrams === null) return undefined;
		const sale = sales.find((each) => each.id === line.saleId && each.status === 'confirmed');
		if (!sale) continue;
		const cycleId = line.cycleIds.at(-1)!;
		const isNamed = sale.lines.every((each) => each.kind === 'difference' || each.cycleId !== null);
		const isByCycle = isNamed && sale.cycles.length > 1;
		const declared = (isByCycle ? sale.cycles.filter((each) => each.id === cycleId) : sale.cycles).reduce<
			number | null
		>(
			(sum, each) =>
				sum === null || each.declaredWeightGrams === null ? null : sum + each.declaredWeightGrams,
			0,
		);
		if (!declared) return undefined;
		const money = isByCycle ? cycleMoney(sale, cycleId) : sale.cashReceivedVnd;
		amount += (line.declaredWeightGrams / declared) * money;
		grams += line.declaredWeightGrams;
	}
	return grams > 0 ? { amountVnd: Math.round(amount), grams } : undefined;
}
