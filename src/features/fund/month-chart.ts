// Income and spending by month, as bars: income above the line, spending below it.

/** One month `YYYY-MM` in whole đồng; `openingVnd` is counted in neither. */
export type MonthSum = { month: string; inVnd: number; outVnd: number; openingVnd: number };

/** The month some months before (or, negative, after): `2026-01` less 2 is `2025-11`. */
export function monthsBefore(month: string, count: number): string {
	const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 - count;
	return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/** Every month from one to another, the newest first. */
export function monthsBetween(first: string, last: string): string[] {
	const months: string[] = [];
	for (let month = last; month >= first; month = monthsBefore(month, 1)) months.push(month);
	return months;
}

/** `count` months up to and with `lastMonth`, oldest first; a month without entries is 0. */
export function lastMonths(sums: MonthSum[], lastMonth: string, count: number): MonthSum[] {
	return Array.from({ length: count }, (_, index) => {
		const month = monthsBefore(lastMonth, count - 1 - index);
		return sums.find((sum) => sum.month === month) ?? { month, inVnd: 0, outVnd: 0, openingVnd: 0 };
	});
}

const WIDTH = 360;
/** Room for a bar and, beyond it, for its figure. */
const BAR = 84;
const FIGURE = 24;
const LABELS = 26;

export type Bar = {
	x: number;
	y: number;
	width: number;
	height: number;
	labelX: number;
	labelY: number;
	isLargest: boolean;
};
export type MonthBars = MonthSum & { in: Bar; out: Bar; labelX: number };
export type Chart = {
	width: number;
	height: number;
	upperAxis: number;
	lowerAxis: number;
	monthY: number;
	months: MonthBars[];
};

const round = (value: number) => Math.round(value * 10) / 10;

/** Where everything stands, in the units of the SVG's view box; both sides share one scale. */
export function layOutChart(sums: MonthSum[]): Chart {
	const largestIn = Math.max(0, ...sums.map((sum) => sum.inVnd));
	const largestOut = Math.max(0, ...sums.map((sum) => sum.outVnd));
	const largest = Math.max(largestIn, largestOut, 1);
	const upperAxis = FIGURE + Math.max(8, Math.ceil((BAR * largestIn) / largest));
	const lowerAxis = upperAxis + LABELS;
	const step = WIDTH / Math.max(1, sums.length);
	const width = round(step * 0.62);
	const months = sums.map((sum, index) => {
		const x = round(index * step + (step - width) / 2);
		const labelX = round(index * step + step / 2);
		const inHeight = round((BAR * Math.max(0, sum.inVnd)) / largest);
		const outHeight = round((BAR * Math.max(0, sum.outVnd)) / largest);
		const inY = round(upperAxis - inHeight);
		return {
			...sum,
			labelX,
			in: {
				x,
				y: inY,
				width,
				height: inHeight,
				labelX,
				labelY: inY - 6,
				isLargest: sum.inVnd === largestIn && largestIn > 0,
			},
			out: {
				x,
				y: lowerAxis,
				width,
				height: outHeight,
				labelX,
				labelY: round(lowerAxis + outHeight + 17),
				isLargest: sum.outVnd === largestOut && largestOut > 0,
			},
		};
	});
	const height = lowerAxis + Math.max(8, Math.ceil((BAR * largestOut) / largest)) + FIGURE;
	return { width: WIDTH, height, upperAxis, lowerAxis, monthY: upperAxis + 19, months };
}
