// What every part of the sample year shares: a repeatable chance, and acts in the order of their dates.
import type { Actor } from '#features/accounts/actor.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';

export const DAY = 24 * 60 * 60 * 1000;
export const HOUR = DAY / 24;

/** A fixed sequence, so that two loads tell the same story. */
export function makeRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

export type Step = { at: number; run: () => Promise<void> };

export type Plan = {
	db: Db;
	now: number;
	random: () => number;
	pick: <T>(list: readonly T[]) => T;
	actors: Record<string, Actor>;
	steps: Step[];
};

const CAMPAIGN_DAYS = 14;
/** How long ago the first campaign's last day was; longer where its days would lie in two school years. */
const ENDED_DAYS = 35;

/** The first campaign's days, and when its house's ordinary year ends, counted in days before now. */
export function campaignDays(now: number): { first: { from: number; to: number }; emptied: number } {
	const yearAt = (days: number) => schoolYearOf(toLocalDate(now - days * DAY));
	let to = ENDED_DAYS;
	while (yearAt(to + CAMPAIGN_DAYS) !== yearAt(to)) to += 1;
	const from = to + CAMPAIGN_DAYS;
	return { first: { from, to }, emptied: from + 2 };
}
