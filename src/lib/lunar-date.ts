// The Vietnamese calendar: months from new moon to new moon as midnight falls in Hanoi (UTC+7). The Chinese one counts
// at UTC+8 and differs at times: Tết 2030 is 2 February here, 3 February there. Astronomy after Jean Meeus,
// "Astronomical Algorithms" (2nd ed., chapters 25 and 49), shortened to what a calendar day needs.
import { startOfLocalDate, toLocalDate, type LocalDate } from './time.ts';

/** A day of the lunar calendar; `isLeap` marks a month that bears the number of the one before it. */
export type LunarDate = { day: number; month: number; year: number; isLeap: boolean };

const DAY_MS = 86_400_000;
/** Noon of 1 January 2000 (TT), from which the formulas count days. */
const EPOCH = Date.UTC(2000, 0, 1, 12);
const MONTH_DAYS = 29.530588861;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const sin = (degrees: number): number => Math.sin(radians(degrees));

/** Earth's turning slows down: what clocks are behind the formulas, in days; good to a few seconds from 1950 to 2100. */
const clockLagDays = (centuries: number): number => (64 + centuries * (37 + centuries * 60)) / 86_400;

/** The day, counted from 1970 in Hanoi, on which the new moon number `k` falls; number 0 was in January 2000. */
function newMoonDay(k: number): number {
	const t = k / 1236.85;
	const mean = 5.09766 + MONTH_DAYS * k + t * t * (0.00015437 - t * 0.00000015);
	const sun = 2.5534 + 29.1053567 * k - t * t * 0.0000014;
	const moon = 201.5643 + 385.81693528 * k + t * t * (0.0107582 + t * 0.00001238);
	const node = 160.7108 + 390.67050284 * k - t * t * (0.0016118 + t * 0.00000227);
	const ascending = 124.7746 - 1.56375588 * k + t * t * 0.0020672;
	const e = 1 - t * (0.002516 + t * 0.0000074);
	const shift =
		-0.4072 * sin(moon) +
		0.17241 * e * sin(sun) +
		0.01608 * sin(2 * moon) +
		0.01039 * sin(2 * node) +
		0.00739 * e * sin(moon - sun) -
		0.00514 * e * sin(moon + sun) +
		0.00208 * e * e * sin(2 * sun) -
		0.00111 * sin(moon - 2 * node) -
		0.00057 * sin(moon + 2 * node) +
		0.00056 * e * sin(2 * moon + sun) -
		0.00042 * sin(3 * moon) +
		0.00042 * e * sin(sun + 2 * node) +
		0.00038 * e * sin(sun - 2 * node) -
		0.00024 * e * sin(2 * moon - sun) -
		0.00017 * sin(ascending);
	const days = mean + shift - clockLagDays(t);
	return dayOf(EPOCH + days * DAY_MS);
}

const dayOf = (instant: number): number => startOfLocalDate(toLocalDate(instant)) / DAY_MS + 7 / 24;
const instantOf = (day: number): number => (day - 7 / 24) * DAY_MS;

/** Which of the twelve parts of the year the sun has entered when a day begins; the winter solstice begins part 9. */
function sunPart(day: number): number {
	const t = ((instantOf(day) - EPOCH) / DAY_MS + 64 / 86_400) / 36_525;
	const anomaly = 357.52911 + t * (35_999.05029 - t * 0.0001537);
	const centre =
		(1.914602 - t * (0.004817 + t * 0.000014)) * sin(anomaly) +
		(0.019993 - t * 0.000101) * sin(2 * anomaly) +
		0.000289 * sin(3 * anomaly);
	const mean = 280.46646 + t * (36_000.76983 + t * 0.0003032);
	const apparent = mean + centre - 0.00569 - 0.00478 * sin(125.04 - 1934.136 * t);
	return Math.floor((((apparent % 360) + 360) % 360) / 30);
}

/** The number of the last new moon on or before a day. */
function newMoonBefore(day: number): number {
	let k = Math.floor(((instantOf(day + 1) - EPOCH) / DAY_MS - 5) / MONTH_DAYS) + 1;
	while (newMoonDay(k) > day) k -= 1;
	return k;
}

/** The number of the new moon that begins month 11, the one that holds the winter solstice of a year. */
function eleventhMonth(year: number): number {
	const k = newMoonBefore(dayOf(Date.UTC(year, 11, 31)));
	return sunPart(newMoonDay(k)) >= 9 ? k - 1 : k;
}

/** The lunar day of a calendar day. */
export function toLunarDate(date: LocalDate): LunarDate {
	const day = dayOf(startOfLocalDate(date));
	const k = newMoonBefore(day);
	let year = Number(date.slice(0, 4));
	let first = eleventhMonth(year);
	if (k < first) first = eleventhMonth((year -= 1));
	const next = eleventhMonth(year + 1);
	// Thirteen months from one solstice's month to the next: the first without a new part of the sun is the leap one.
	let leap = Infinity;
	if (next - first === 13) {
		leap = first + 1;
		while (sunPart(newMoonDay(leap)) !== sunPart(newMoonDay(leap + 1))) leap += 1;
	}
	const position = k - first - (k >= leap ? 1 : 0);
	return {
		day: Math.round(day - newMoonDay(k)) + 1,
		month: ((position + 10) % 12) + 1,
		year: position >= 2 ? year + 1 : year,
		isLeap: k === leap,
	};
}
