import { describe, expect, test } from 'vitest';
import {
	addDays,
	formatDate,
	formatDateTime,
	formatMonth,
	formatShortDate,
	formatTime,
	formatWeekday,
	localDateTimeToInstant,
	parseInstant,
	parseLocalDate,
	startOfLocalDate,
	toLocalDate,
} from '#lib/time.ts';

// 22/11/2026 00:30 in Lạng Sơn, still the 21st in Greenwich.
const AFTER_MIDNIGHT = Date.UTC(2026, 10, 21, 17, 30);
const MINUTE = 60_000;

describe('a day in Lạng Sơn', () => {
	test('begins at midnight there, whatever the server’s zone', () => {
		expect(toLocalDate(AFTER_MIDNIGHT)).toBe('2026-11-22');
		expect(toLocalDate(AFTER_MIDNIGHT - 31 * MINUTE)).toBe('2026-11-21');
		expect(startOfLocalDate('2026-11-22')).toBe(AFTER_MIDNIGHT - 30 * MINUTE);
		expect(formatTime(AFTER_MIDNIGHT)).toBe('00:30');
	});

	test.each([
		['2026-12-31', 1, '2027-01-01'],
		['2028-02-28', 1, '2028-02-29'],
		['2027-03-01', -1, '2027-02-28'],
		['2026-11-22', 0, '2026-11-22'],
	])('%s and %i days is %s', (date, days, expected) => expect(addDays(date, days)).toBe(expected));
});

describe('a date as people type it', () => {
	test.each([
		['2026-11-22', '2026-11-22'],
		['22/11/2026', '2026-11-22'],
		['1/2/2026', '2026-02-01'],
		[' 29/02/2028 ', '2028-02-29'],
	])('%s is read', (text, date) => expect(parseLocalDate(text)).toBe(date));

	test.each([
		...['', '2026-02-30', '30/2/2026', '29/02/2026', '2026-13-01', '22/13/2026', '00/11/2026'],
		...['2026-2-3', '22-11-2026', '22/11/26', '0026-11-22', '3026-11-22', '2026-11-22T00:00', 'hôm qua'],
		"2026-11-22'; --",
	])('“%s” is no date', (text) => expect(parseLocalDate(text)).toBeUndefined());

	test('and a clock time is an instant', () => {
		expect(localDateTimeToInstant('22/11/2026', ' 00:30 ')).toBe(AFTER_MIDNIGHT);
		for (const time of ['24:00', '7:30', '07:60', '', '07:30:00', 'sáng'])
			expect(localDateTimeToInstant('2026-11-22', time)).toBeUndefined();
		expect(localDateTimeToInstant('2026-02-30', '07:30')).toBeUndefined();
	});
});

describe('an instant in ISO 8601', () => {
	test.each([
		'2026-11-21T17:30:00Z',
		'2026-11-22T00:30:00+07:00',
		'2026-11-21T17:30Z',
		'2026-11-21T17:30:00.000Z',
		'2026-11-21T12:30:00-05:00',
		'2026-11-21T17:30:00.000000000Z',
	])('%s is one and the same', (text) => expect(parseInstant(text)).toBe(AFTER_MIDNIGHT));

	test.each([
		...['', '2026-11-22', '2026-11-22T00:30:00', '2026-11-22 00:30:00Z', '2026-02-30T00:00:00Z'],
		...['2026-11-22T25:00:00Z', '2026-11-22T00:61:00Z', '2026-11-22T00:30:00+99:00', '1763742600000'],
		...['2026-11-22T00:30:00z', '2026-11-22T00:30:00Zx', 'now'],
	])('“%s” is refused', (text) => expect(parseInstant(text)).toBeUndefined());
});

test('dates are said in the reader’s way', () => {
	expect(formatDate('2026-11-02', 'vi')).toBe('02/11/2026');
	expect(formatDate('2026-11-02', 'en')).toBe('2 Nov 2026');
	expect(formatShortDate('2026-11-02', 'vi')).toBe('02/11');
	expect(formatShortDate('2026-11-02', 'en')).toBe('2 Nov');
	expect(formatMonth('2026-04', 'vi')).toBe('4/2026');
	expect(formatMonth('2026-04', 'en')).toBe('Apr 2026');
	expect(formatDateTime(AFTER_MIDNIGHT, 'vi')).toBe('00:30 Chủ nhật, 22/11/2026');
	expect(formatDateTime(AFTER_MIDNIGHT, 'en')).toBe('00:30 Sunday, 22 Nov 2026');
	expect(formatWeekday('2026-11-23', 'vi')).toBe('Thứ hai');
	expect(formatWeekday('2026-11-28', 'en')).toBe('Saturday');
});
