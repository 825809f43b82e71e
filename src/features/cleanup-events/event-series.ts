// A series: Green Sundays that come again every week, or on the same weekday of every month. Each day is an event.
import { DomainError } from '#lib/errors.ts';
import { holidayOf, type Holiday } from '#lib/public-holiday.ts';
import { addDays, localDateTimeToInstant, startOfLocalDate, toLocalDate, type LocalDate } from '#lib/time.ts';

export const PATTERNS = ['weekly', 'monthly'] as const;
export type Pattern = (typeof PATTERNS)[number];
export const isPattern = (text: string): text is Pattern => (PATTERNS as readonly string[]).includes(text);

/** Half a year ahead, 27 Sundays: who leads, and where, is known no longer. A series is prolonged instead. */
export const MAX_SERIES_DAYS = 184;
const DAY_MS = 86_400_000;

const refuse = (
	key: 'dateInvalid' | 'seriesTooShort' | 'seriesTooLong' | 'fifthWeek',
	field: string,
	values = {},
): never => {
	throw new DomainError('UNPROCESSABLE_CONTENT', key, { field, values });
};

const daysBetween = (from: LocalDate, to: LocalDate): number =>
	Math.round((startOfLocalDate(to) - startOfLocalDate(from)) / DAY_MS);

/** An end that is a day after the first, and at most half a year after `from`. Refuses with 422. */
export function checkSpan(first: LocalDate, until: LocalDate | undefined, from = first): void {
	if (until === undefined) return refuse('dateInvalid', 'until');
	if (until <= first) refuse('seriesTooShort', 'until');
	if (daysBetween(from, until) > MAX_SERIES_DAYS)
		refuse('seriesTooLong', 'until', { days: MAX_SERIES_DAYS, date: addDays(from, MAX_SERIES_DAYS) });
}

/** The same weekday of the same week in a month that is so many months later. */
function sameWeekday(first: LocalDate, months: number): LocalDate {
	const [year, month, day] = first.split('-').map(Number) as [number, number, number];
	const begin = new Date(Date.UTC(year, month - 1 + months, 1));
	const weekday = new Date(`${first}T00:00:00Z`).getUTCDay();
	const week = Math.ceil(day / 7) - 1;
	const shift = ((weekday - begin.getUTCDay() + 7) % 7) + 7 * week;
	return addDays(begin.toISOString().slice(0, 10), shift);
}

/** Every day of a series, the first included. Refuses with 422 a monthly one in a week that not every month has. */
export function seriesDates(first: LocalDate, pattern: Pattern, until: LocalDate): LocalDate[] {
	if (pattern === 'monthly' && Number(first.slice(8)) > 28) refuse('fifthWeek', 'repeat');
	const dates: LocalDate[] = [];
	for (let count = 0; ; count += 1) {
		const date = pattern === 'weekly' ? addDays(first, 7 * count) : sameWeekday(first, count);
		if (date > until) return dates;
		dates.push(date);
	}
}

/** A day that the organiser is shown before anything is written. */
export type PlannedDate = { date: LocalDate; holiday: Holiday | undefined; isTaken: boolean };

/** The days with those that are left out: at first the holidays, then what the organiser ticked. */
export const planDates = (dates: LocalDate[], ticked: readonly string[] | undefined): PlannedDate[] =>
	dates.map((date) => {
		const holiday = holidayOf(date);
		return { date, holiday, isTaken: ticked ? ticked.includes(date) : holiday === undefined };
	});

/** The days to come of a series' pattern on which none of its events is: left out, or moved to another day. */
export const skippedDates = (
	{ firstOn, pattern, untilOn }: { firstOn: LocalDate; pattern: Pattern; untilOn: LocalDate },
	events: { startsAt: number }[],
	from: LocalDate,
): LocalDate[] =>
	seriesDates(firstOn, pattern, untilOn).filter(
		(date) => date >= from && !events.some(({ startsAt }) => toLocalDate(startsAt) === date),
	);

type Times = { startsAt: number; endsAt: number };

/** The hours of an event on another day. */
export function onDay({ startsAt, endsAt }: Times, date: LocalDate): Times {
	const moved = startOfLocalDate(date) + startsAt - startOfLocalDate(toLocalDate(startsAt));
	return { startsAt: moved, endsAt: moved + endsAt - startsAt };
}

/** Whether an instant lies on a day from one to another. */
export const isWithin = (instant: number, from: LocalDate, until: LocalDate | undefined): boolean =>
	instant >= (localDateTimeToInstant(from, '00:00') ?? 0) &&
	(until === undefined || toLocalDate(instant) <= until);
