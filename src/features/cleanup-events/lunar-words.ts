// A day of the lunar calendar and a holiday in words, for pages and for the form while somebody chooses a day.
import { toLunarDate } from '#lib/lunar-date.ts';
import { holidayOf, type Holiday } from '#lib/public-holiday.ts';
import type { LocalDate } from '#lib/time.ts';

/** Sentences with `{{day}}` and `{{month}}`, names of the twelve months, and of the holidays. */
export type LunarWords = {
	date: string;
	/** Of the first ten days, which have a word of their own in Vietnamese. */
	early: string;
	leapDate: string;
	leapEarly: string;
	months: string[];
	holidays: Record<Holiday, string>;
};

/** `21 tháng Mười âm lịch`, `mùng 3 tháng Giêng âm lịch`. */
export function lunarText(date: LocalDate, words: Omit<LunarWords, 'holidays'>): string {
	const { day, month, isLeap } = toLunarDate(date);
	const isEarly = day <= 10;
	const sentence = isLeap ? (isEarly ? words.leapEarly : words.leapDate) : isEarly ? words.early : words.date;
	return sentence.replace('{{day}}', String(day)).replace('{{month}}', words.months[month - 1]!);
}

/** The sentence that warns of a holiday; none on other days. */
export function holidayText(date: LocalDate, words: Pick<LunarWords, 'holidays'>): string | undefined {
	const holiday = holidayOf(date);
	return holiday && words.holidays[holiday];
}
