import { toLunarDate } from './lunar-date.ts';
import { addDays, type LocalDate } from './time.ts';

/** Days on which Vietnam rests (Labour Code 2019, article 112), and the days around Tết on which nobody comes. */
export type Holiday = 'newYear' | 'tet' | 'hungKings' | 'reunification' | 'labour' | 'national';

const BY_DAY: Record<string, Holiday> = {
	'01-01': 'newYear',
	'04-30': 'reunification',
	'05-01': 'labour',
	'09-02': 'national',
};

/** The holiday that a day is; Tết is the last day of the lunar year and the first five of the next. */
export function holidayOf(date: LocalDate): Holiday | undefined {
	const { day, month, isLeap } = toLunarDate(date);
	const tomorrow = toLunarDate(addDays(date, 1));
	if ((month === 1 && day <= 5 && !isLeap) || (tomorrow.month === 1 && tomorrow.day === 1)) return 'tet';
	if (month === 3 && day === 10 && !isLeap) return 'hungKings';
	return BY_DAY[date.slice(5)];
}
