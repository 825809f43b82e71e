// Calendar dates and clock times of Lạng Sơn, whatever the server's zone.
import type { Locale } from './i18n.ts';

/** A calendar date `YYYY-MM-DD` in Asia/Ho_Chi_Minh. */
export type LocalDate = string;

const DAY_MS = 86_400_000;
// Vietnam has kept UTC+7 without summer time since 1975 (tz database, Asia/Ho_Chi_Minh).
const OFFSET_MS = 7 * 3_600_000;
const ZONE = 'Asia/Ho_Chi_Minh';

export const toLocalDate = (instant: number): LocalDate =>
	new Date(instant + OFFSET_MS).toISOString().slice(0, 10);

/** The instant at which the date begins in Vietnam. */
export const startOfLocalDate = (date: LocalDate): number => Date.parse(`${date}T00:00:00Z`) - OFFSET_MS;

export const addDays = (date: LocalDate, days: number): LocalDate =>
	toLocalDate(startOfLocalDate(date) + days * DAY_MS);

export const isSunday = (date: LocalDate): boolean => new Date(`${date}T00:00:00Z`).getUTCDay() === 0;

/** Reads `2026-11-22` or `22/11/2026`; undefined for anything else, also for a day that no month has. */
export function parseLocalDate(text: string): LocalDate | undefined {
	const trimmed = text.trim();
	const vietnamese = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(trimmed);
	const date = vietnamese
		? `${vietnamese[3]}-${vietnamese[2]!.padStart(2, '0')}-${vietnamese[1]!.padStart(2, '0')}`
		: trimmed;
	if (!/^[12]\d{3}-\d{2}-\d{2}$/.test(date)) return undefined;
	const instant = Date.parse(`${date}T00:00:00Z`);
	// JavaScript reads 2026-02-30 as 2 March.
	return Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== date ? undefined : date;
}

/** The instant of a clock time on a date in Vietnam; undefined when either is malformed. */
export function localDateTimeToInstant(date: string, time: string): number | undefined {
	const day = parseLocalDate(date);
	const clock = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time.trim());
	if (!day || !clock) return undefined;
	return startOfLocalDate(day) + (Number(clock[1]) * 60 + Number(clock[2])) * 60_000;
}

/** An ISO 8601 instant with its zone (`Z` or `+07:00`), in milliseconds; undefined without one. */
export function parseInstant(text: string): number | undefined {
	if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
	if (parseLocalDate(text.slice(0, 10)) === undefined) return undefined;
	const instant = Date.parse(text);
	return Number.isNaN(instant) ? undefined : instant;
}

/** An instant as the clock in Vietnam shows it, with its offset: `2026-11-22T10:00:00.000+07:00`. */
export const toLocalIso = (instant: number): string =>
	`${new Date(instant + OFFSET_MS).toISOString().slice(0, -1)}+07:00`;

const dates = (language: string, parts: Intl.DateTimeFormatOptions) =>
	new Intl.DateTimeFormat(language, { ...parts, timeZone: ZONE });
/** Made once: to make one takes a hundred times as long as to use it. */
const FORMAT = {
	date: dates('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }),
	shortDate: dates('en-GB', { day: 'numeric', month: 'short' }),
	month: dates('en-GB', { month: 'short', year: 'numeric' }),
	weekday: { vi: dates('vi-VN', { weekday: 'long' }), en: dates('en-GB', { weekday: 'long' }) },
};

const clockOf = (instant: number) => new Date(instant + OFFSET_MS).toISOString().slice(11, 16);

/** `22/11/2026`, in English `22 Nov 2026`. */
export function formatDate(date: LocalDate, locale: Locale): string {
	const [year, month, day] = date.split('-');
	if (locale === 'vi') return `${day}/${month}/${year}`;
	return FORMAT.date.format(startOfLocalDate(date));
}

/** `22/11`, in English `22 Nov`. */
export function formatShortDate(date: LocalDate, locale: Locale): string {
	const [, month, day] = date.split('-');
	if (locale === 'vi') return `${day}/${month}`;
	return FORMAT.shortDate.format(startOfLocalDate(date));
}

/** `Chủ nhật`, in English `Sunday`. */
export function formatWeekday(date: LocalDate, locale: Locale): string {
	const name = FORMAT.weekday[locale].format(startOfLocalDate(date));
	// CLDR writes "Chủ Nhật"; the programme's own name is "Chủ nhật".
	return locale === 'vi' ? name.charAt(0) + name.slice(1).toLowerCase() : name;
}

export const formatTime = (instant: number): string => clockOf(instant);

/** `07:30 Chủ nhật, 22/11/2026`, in English `07:30 Sunday, 22 Nov 2026`. */
export function formatDateTime(instant: number, locale: Locale): string {
	const date = toLocalDate(instant);
	return `${clockOf(instant)} ${formatWeekday(date, locale)}, ${formatDate(date, locale)}`;
}

/** The same within a sentence: `07:30 chủ nhật, 22/11/2026`. English days keep their capital. */
export const formatDateTimeInText = (instant: number, locale: Locale): string =>
	locale === 'vi' ? formatDateTime(instant, locale).toLowerCase() : formatDateTime(instant, locale);

/** `11/2026` of `2026-11`, in English `Nov 2026`. */
export function formatMonth(month: string, locale: Locale): string {
	if (locale === 'vi') return `${Number(month.slice(5, 7))}/${month.slice(0, 4)}`;
	return FORMAT.month.format(startOfLocalDate(`${month.slice(0, 7)}-01`));
}
