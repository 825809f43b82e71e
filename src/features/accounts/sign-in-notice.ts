// What happened to an account that its owner must hear of. It is read from rows that are kept, so that nobody who got
// in can put it away.
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import type { Role } from './actor.ts';

/** Somebody of the programme helped, face to face, whoever said that they were the owner. */
export type Reset = {
	what: 'password' | 'secondFactor';
	at: number;
	role: Role;
	/** Who handed out the code; '' once that person was erased. */
	displayName: string;
};

const NEWS_MS = 30 * 24 * 3_600_000;

/** True for what is told at every visit, and not in the list alone. */
export const isNews = (at: number, now: number): boolean => now - at < NEWS_MS;

/** How many of these instants fall on each day, in their order. */
export function countByDay(instants: readonly number[]): { date: LocalDate; count: number }[] {
	const counts = new Map<LocalDate, number>();
	for (const date of instants.map(toLocalDate)) counts.set(date, (counts.get(date) ?? 0) + 1);
	return [...counts].map(([date, count]) => ({ date, count }));
}
