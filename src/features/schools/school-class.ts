// A class belongs to one school year; its name begins with its grade, its size is a number of pupils and never who they are.
import { DomainError } from '#lib/errors.ts';
import { addDays, type LocalDate } from '#lib/time.ts';
import { compareNames } from '#lib/compare-names.ts';
import { schoolYearOf, type SchoolClass } from './class-sheet.ts';

/** More than any class holds. */
export const MAX_SIZE = 120;
/** More than the largest school has. */
export const MAX_CLASSES = 300;

/** A class with what became of it. */
export type StandingClass = SchoolClass & {
	schoolYear: string;
	followsClassId: string | null;
	/** The first day without it. */
	closedOn: LocalDate | null;
	mergedIntoId: string | null;
};

/** What is asked of a class: its name, and its size where that is known. */
export type ClassInput = { name: string; size: number | null };

/** By grade, then name: 6A, 6B, 10A1, 10A2, 10A10. */
export const byGrade = (a: { grade: number; name: string }, b: { grade: number; name: string }): number =>
	a.grade - b.grade || compareNames(a.name, b.name);

// A grade and one short mark: long enough for 10A12 and 10 TOÁN, too short for somebody's name.
const CLASS = /^0?(\d{1,2})(?!\d)\s*((?:[\p{L}./-][\p{L}\d./-]{0,5})?)$/u;

/** `Lớp 6a`, `6 A` and `06A` are 6A; undefined for what is no grade from 1 to 12 with one short mark behind it. */
export function parseClass(text: string): { name: string; grade: number } | undefined {
	const [, grade, mark = ''] =
		CLASS.exec(
			text
				.normalize('NFC')
				.trim()
				.replace(/^lớp\s+/iu, ''),
		) ?? [];
	if (!(Number(grade) >= 1 && Number(grade) <= 12)) return undefined;
	const name = `${grade}${/^\p{L}{2,}$/u.test(mark) ? ' ' : ''}${mark}`.toUpperCase();
	return { name, grade: Number(grade) };
}

/**
 * The class as {@link parseClass} reads it. Refuses with 422 what is none.
 * @param field the form field beside which the refusal belongs
 */
export function readClass(text: string, field = 'name'): { name: string; grade: number } {
	const read = parseClass(text);
	if (!read) throw new DomainError('UNPROCESSABLE_CONTENT', 'classUnclear', { field });
	return read;
}

/** Pupils of a class: `38`, `38 em`; null for an empty text, undefined for what is none from 1 to {@link MAX_SIZE}. */
export function parseSize(text: string): number | null | undefined {
	if (text.trim() === '') return null;
	const [, digits] =
		/^(\d{1,4})(?:[.,]0+)?\s*(?:em|hs|học sinh|bạn|pupils?)?\.?$/iu.exec(text.normalize('NFC').trim()) ?? [];
	const size = Number(digits);
	return size >= 1 && size <= MAX_SIZE ? size : undefined;
}

/** The size as {@link parseSize} reads it. Refuses with 422 what is none. */
export function readSize(text: string, field = 'size'): number | null {
	const size = parseSize(text);
	if (size === undefined)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'classSizeWrong', { field, values: { max: MAX_SIZE } });
	return size;
}

const SCHOOL_YEAR = /^(20\d\d)-(20\d\d)$/;

/** `2025-2026`, or undefined for what names no school year. */
export function parseSchoolYear(text: string): string | undefined {
	const [, from, to] = SCHOOL_YEAR.exec(text) ?? [];
	return from && Number(to) === Number(from) + 1 ? text : undefined;
}

const yearAfter = (schoolYear: string, step: 1 | -1): string => {
	const first = Number(schoolYear.slice(0, 4)) + step;
	return `${first}-${first + 1}`;
};
export const previousYear = (schoolYear: string): string => yearAfter(schoolYear, -1);

/**
 * The school year whose classes are made from those of the year before, on this day: in June and July the one that
 * comes, from August to October the one that runs; else undefined.
 */
export function rolloverYearOf(today: LocalDate): string | undefined {
	const month = Number(today.slice(5, 7));
	if (month < 6 || month > 10) return undefined;
	return month < 8 ? yearAfter(schoolYearOf(today), 1) : schoolYearOf(today);
}

/** The school years whose classes may be changed on this day: the one that runs, and in June and July the next one. */
export const openYearsOf = (today: LocalDate): string[] => [
	...new Set([schoolYearOf(today), rolloverYearOf(today) ?? schoolYearOf(today)]),
];

/** Refuses with 422 a school year that is over or has not come near. */
export function checkOpenYear(schoolYear: string, today: LocalDate): void {
	if (!openYearsOf(today).includes(schoolYear))
		throw new DomainError('UNPROCESSABLE_CONTENT', 'schoolYearNotOpen', { field: 'schoolYear' });
}

/** No school year holds more classes than {@link MAX_CLASSES}. Refuses with 422. */
export function checkRoom(count: number): void {
	if (count > MAX_CLASSES)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'classListLong', { values: { max: MAX_CLASSES } });
}

type LastDays = {
	schoolYear: string;
	lastSheetOn: LocalDate | undefined;
	lastCampaignOn: LocalDate | undefined;
};

/**
 * The first day without a class: tomorrow at the latest, in its school year once that has begun, after every day that
 * was entered for it, and after every campaign that ended with it. Refuses with 422.
 */
export function checkClosingDay(
	closedOn: LocalDate,
	{ schoolYear, lastSheetOn, lastCampaignOn }: LastDays,
	today: LocalDate,
): void {
	type Key = 'dateInFuture' | 'closedOutsideYear' | 'closedBeforeSheet' | 'closedBeforeCampaign';
	const fail = (key: Key, date = '') => {
		throw new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'closedOn', values: { date } });
	};
	if (closedOn > addDays(today, 1)) fail('dateInFuture');
	const [year, running] = [schoolYearOf(closedOn), schoolYearOf(today)];
	if (year > schoolYear || (year < schoolYear && running >= schoolYear)) fail('closedOutsideYear');
	if (lastSheetOn && closedOn <= lastSheetOn) fail('closedBeforeSheet', addDays(lastSheetOn, 1));
	if (lastCampaignOn && closedOn <= lastCampaignOn) fail('closedBeforeCampaign', addDays(lastCampaignOn, 1));
}

/** A class of the new year, and the one of the old year that it was. */
export type RolloverRow = ClassInput & { followsClassId: string | null };

/** The same as somebody typed it, with the form field that holds its name. */
export type TypedRow = RolloverRow & { field: string };

const raised = (name: string, grade: number) => name.replace(/^\d{1,2}/, String(grade));

/**
 * The classes of the next year as those of the old one suggest them: each one grade higher under its own letters, the
 * highest grade gone, and a new lowest one with the letters of the old, its sizes unknown.
 */
export function proposeRollover(old: SchoolClass[]): (RolloverRow & { grade: number })[] {
	const grades = old.map(({ grade }) => grade);
	const [first, last] = [Math.min(...grades), Math.max(...grades)];
	const taken = new Set<string>();
	const own = (name: string): string => {
		let unique = name;
		for (let n = 2; taken.has(unique); n += 1) unique = `${name}-${n}`;
		taken.add(unique);
		return unique;
	};
	const sorted = [...old].sort(byGrade);
	return [
		...sorted
			.filter(({ grade }) => grade === first)
			.map(({ name, grade }) => ({ name: own(name), grade, size: null, followsClassId: null })),
		...sorted
			.filter(({ grade }) => grade < last)
			.map(({ id, name, grade, size }) => ({
				...{ name: own(raised(name, grade + 1)), grade: grade + 1, size, followsClassId: id },
			})),
	];
}
