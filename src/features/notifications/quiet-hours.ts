// When a message may go out: nobody is woken for what can wait until the morning (docs/decisions/0024).
import { localDateTimeToInstant, toLocalDate, addDays, formatTime } from '#lib/time.ts';

const MORNING = '06:00';
const EVENING = '21:00';
/** Whoever has to be somewhere hears of a change this long before. */
export const AHEAD_MS = 2 * 3_600_000;

/**
 * The start that people have to hear of a piece of news before: what stands, or an earlier one that they may still
 * believe in, until it has long passed. Undefined where they need not be anywhere.
 */
export function pressingStart(
	now: number,
	{ startsAt: believed }: { startsAt: number | null },
	stands: number | undefined,
): number | undefined {
	if (stands === undefined || believed === null || believed <= now - AHEAD_MS) return stands;
	return Math.min(believed, stands);
}

/**
 * At once by day; at six in the morning what falls into the night. What no longer stands of something that begins early
 * goes out two hours before it would have begun.
 * @param startsAt when that begins; undefined for news that nobody has to hear of before the day
 */
export function dueAt(now: number, startsAt?: number): number {
	const [date, time] = [toLocalDate(now), formatTime(now)];
	if (time >= MORNING && time < EVENING) return now;
	const morning = localDateTimeToInstant(time < MORNING ? date : addDays(date, 1), MORNING)!;
	return startsAt === undefined ? morning : Math.min(morning, Math.max(now, startsAt - AHEAD_MS));
}
