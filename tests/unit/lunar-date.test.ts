// The calendar of Vietnam against days that are known, among them those on which China's has another.
import { expect, test } from 'vitest';
import { toLunarDate } from '#lib/lunar-date.ts';
import { holidayOf } from '#lib/public-holiday.ts';
import { addDays } from '#lib/time.ts';

test.each([
	// China: 30 January 1968, 17 February 1969, 20 February 1985, 18 February 2007, 3 February 2030, 19 February 2053.
	...['1968-01-29', '1969-02-16', '1985-01-21', '2007-02-17', '2030-02-02', '2053-02-18'],
	...['2023-01-22', '2024-02-10', '2025-01-29', '2026-02-17', '2027-02-06', '2028-01-26', '2029-02-13'],
])('%s is the first day of the lunar year', (date) => {
	expect(toLunarDate(date)).toEqual({ day: 1, month: 1, year: Number(date.slice(0, 4)), isLeap: false });
	expect(toLunarDate(addDays(date, -1))).toMatchObject({ month: 12, year: Number(date.slice(0, 4)) - 1 });
});

test.each([
	['1985-03-21', 2],
	// China's was the sixth, a month earlier.
	['1987-08-24', 7],
	['2023-03-22', 2],
	['2025-07-25', 6],
	['2028-06-23', 5],
	['2031-04-21', 3],
	['2033-12-22', 11],
])('%s begins a leap month %i', (date, month) => {
	expect(toLunarDate(date)).toMatchObject({ day: 1, month, isLeap: true });
	expect(toLunarDate(addDays(date, -1))).toMatchObject({ month, isLeap: false });
});

test('a clean-up of 29 November 2026 is on the 21st of the tenth month', () => {
	expect(toLunarDate('2026-11-29')).toEqual({ day: 21, month: 10, year: 2026, isLeap: false });
});

test('days follow one another, months have 29 or 30 of them, years twelve or thirteen months', () => {
	let [last, months] = [toLunarDate('2019-12-31'), 1];
	for (let date = '2020-01-01'; date < '2060-01-01'; date = addDays(date, 1)) {
		const next = toLunarDate(date);
		if (next.day !== 1) expect(next).toEqual({ ...last, day: last.day + 1 });
		else {
			expect([29, 30]).toContain(last.day);
			const isNewYear = next.month === 1 && !next.isLeap;
			const follows = next.isLeap ? last.month : (last.month % 12) + 1;
			expect(next).toMatchObject({ month: follows, year: last.year + (isNewYear ? 1 : 0) });
			if (isNewYear && date > '2021') expect([12, 13]).toContain(months);
			months = isNewYear ? 1 : months + 1;
		}
		last = next;
	}
});

test.each([
	['2030-02-01', 'tet'],
	['2030-02-02', 'tet'],
	['2030-02-06', 'tet'],
	['2030-02-07', undefined],
	['2030-01-31', undefined],
	['2026-04-26', 'hungKings'],
	['2026-04-30', 'reunification'],
	['2026-05-01', 'labour'],
	['2026-09-02', 'national'],
	['2027-01-01', 'newYear'],
	['2026-11-29', undefined],
])('%s is a holiday: %s', (date, holiday) => {
	expect(holidayOf(date)).toBe(holiday);
});
