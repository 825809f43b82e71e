import { expect, test } from 'vitest';
import { isWithinHours } from '#features/green-houses/opening-hours.ts';

/** The clock of Lạng Sơn on 22/11/2026. */
const at = (time: string) => Date.parse(`2026-11-22T${time}:00+07:00`);

test.each([
	['06:00-19:00', '06:00', true],
	['06:00-19:00', '18:59', true],
	['06:00-19:00', '19:00', false],
	['06:00-19:00', '05:59', false],
	['7h - 11h, 13h30 - 17h', '10:59', true],
	['7h - 11h, 13h30 - 17h', '13:29', false],
	['7h - 11h, 13h30 - 17h', '13:30', true],
	['7 giờ đến 11 giờ', '08:00', true],
	['hằng ngày 6h–19h', '20:00', false],
	['18:00-02:00', '01:30', true],
	['18:00-02:00', '03:00', false],
	['00:00-24:00', '00:00', true],
	['00:00-24:00', '23:59', true],
])('%s at %s is open: %s', (hours, time, open) => {
	expect(isWithinHours(hours, at(time))).toBe(open);
});

test.each(['', 'liên hệ chị Hoa', 'thứ bảy 7h-9h', '07:00-17:00 trừ chủ nhật', '6-19'])(
	'“%s” says nothing about a time of the day',
	(hours) => {
		expect(isWithinHours(hours, at('08:00'))).toBeUndefined();
	},
);
