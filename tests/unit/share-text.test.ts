// What is pasted into a Zalo group: the day in words, from when to when, and no Sunday that is none.
import { expect, test } from 'vitest';
import type { EventSeriesTable } from '#db/schema.ts';
import type { CleanupEvent } from '#features/cleanup-events/cleanup-event.ts';
import { seriesText } from '#features/cleanup-events/series-words.ts';
import { shareText } from '#features/cleanup-events/share-text.ts';
import { createTranslator } from '#lib/i18n.ts';
import { localDateTimeToInstant } from '#lib/time.ts';

const on = (date: string) =>
	({
		...{ status: 'published', slug: 'don-bo-song', title: 'Dọn bờ sông', organisationName: 'Đoàn phường' },
		startsAt: localDateTimeToInstant(date, '07:30')!,
		endsAt: localDateTimeToInstant(date, '10:30')!,
		...{ assemblyPoint: 'Nhà văn hoá', houseName: null, wardNameVi: 'Phường Đông Kinh', wardNameEn: '' },
		whatToBring: '',
	}) as unknown as CleanupEvent;
const say = (date: string) =>
	shareText(on(date), { t: createTranslator('vi'), locale: 'vi', publicUrl: 'https://x.vn' }).split('\n');

test('a Sunday is a Green Sunday, and says its day and hours', () => {
	expect(say('2026-11-29')).toEqual([
		'CHỦ NHẬT XANH',
		'Dọn bờ sông',
		'Thời gian: 07:30–10:30 Chủ nhật, 29/11/2026',
		expect.stringMatching(/^Tập trung: Nhà văn hoá/),
		'Đoàn phường mời.',
		'Đăng ký: https://x.vn/chu-nhat-xanh/don-bo-song',
	]);
});

test('another day is none', () => {
	expect(say('2026-11-27').slice(0, 3)).toEqual([
		'RA QUÂN DỌN VỆ SINH',
		'Dọn bờ sông',
		expect.stringMatching(/^Thời gian: 07:30–10:30 [Tt]hứ [Ss]áu, 27\/11\/2026$/),
	]);
});

test.each([
	['weekly', '2026-11-29', 'CHỦ NHẬT XANH: Dọn bờ sông'],
	['monthly', '2026-11-27', 'RA QUÂN DỌN VỆ SINH: Dọn bờ sông'],
] as const)('a %s series from %s is called by its own weekday', (pattern, firstOn, head) => {
	const series = { id: 'a', title: 'Dọn bờ sông', pattern, firstOn, untilOn: '2027-05-30' };
	const words = { t: createTranslator('vi'), locale: 'vi', publicUrl: 'https://x.vn' } as const;
	expect(seriesText(series as EventSeriesTable, [on(firstOn)], words).split('\n')[0]).toBe(head);
});
