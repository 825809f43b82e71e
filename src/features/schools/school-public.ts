// What the public reads of a school: classes and sums, never a pupil.
import { addDays, startOfLocalDate, type LocalDate } from '#lib/time.ts';
import type { SchoolClass } from './class-sheet.ts';
import { byGrade } from './school-class.ts';

export type PublicSchool = {
	id: string;
	name: string;
	adminUnitId: string | null;
	validTo: LocalDate | null;
	isSample: 0 | 1;
};

/** What stands of class sheets. */
export type DeclaredTotals = {
	dropOffs: number;
	/** Declared weight, pieces by their dated weight. */
	grams: number;
	/** Lines of pieces whose weight nobody knows: they are in no weight. */
	unweighed: number;
};

export const NOTHING_DECLARED: DeclaredTotals = { dropOffs: 0, grams: 0, unweighed: 0 };

/** The first and the last day of a school year: `2026-2027` runs from 1 August 2026 to 31 July 2027. */
export const daysOfYear = (schoolYear: string): { from: LocalDate; to: LocalDate } => ({
	from: `${schoolYear.slice(0, 4)}-08-01`,
	to: `${schoolYear.slice(5)}-07-31`,
});

/** How many classes, and how many pupils in those whose size is known. */
export function countPupils(classes: { size: number | null }[]) {
	return {
		classes: classes.length,
		pupils: classes.reduce((sum, { size }) => sum + (size ?? 0), 0),
		unknown: classes.filter(({ size }) => size === null).length,
	};
}

/**
 * The week that is shown on a day: from its Monday to its Sunday. A Monday still shows the week that has just ended,
 * for that is what the school hears when it meets under the flag.
 */
export function weekShown(day: LocalDate): { from: LocalDate; to: LocalDate } {
	const sinceMonday = (new Date(startOfLocalDate(day) + 12 * 3_600_000).getUTCDay() + 6) % 7;
	const from = addDays(day, sinceMonday === 0 ? -7 : -sinceMonday);
	return { from, to: addDays(from, 6) };
}

/** `unweighedMilli` counts pieces whose weight nobody knows. */
export type Brought = { id: string; name: string; grade: number; grams: number; unweighedMilli: number };

/** What classes brought, and the classes of the list that brought nothing; by grade and name. */
export const withOthers = (brought: Brought[], classes: SchoolClass[]): Brought[] =>
	[
		...brought,
		...classes
			.filter(({ id }) => brought.every((each) => each.id !== id))
			.map(({ id, name, grade }) => ({ id, name, grade, grams: 0, unweighedMilli: 0 })),
	].sort(byGrade);

/** The campaign of which a school tells first: one that runs or waits for its end, else the last one, else the next. */
export function campaignToShow<Each extends { startsOn: LocalDate; endedAt: number | null }>(
	campaigns: Each[],
	today: LocalDate,
): Each | undefined {
	const begun = campaigns
		.filter(({ startsOn }) => startsOn <= today)
		.sort((a, b) => b.startsOn.localeCompare(a.startsOn));
	return begun.find(({ endedAt }) => endedAt === null) ?? begun[0] ?? campaigns.at(-1);
}
