// What is pasted into a Zalo group: the day in words, from when to when, and no Sunday that is none.
import { expect, test } from 'vitest';
import type { EventSeriesTable } from '#db/schema.ts';
import type { CleanupEvent } from '#features/cleanup-events/cleanup-event.ts';
import { seriesText } from '#features/cleanup-events/series-words.ts';
import type { EventChange } from '#features/cleanup-events/event-change.ts';
import { changeText, shareText, type About } from '#features/cleanup-events/share-text.ts';
import { createTranslator } from '#lib/i18n.ts';
import { localDateTimeToInstant } from '#lib/time.ts';

const on = (date: string) =>
	({
		...{ status: 'published', slug: 'don-bo-song', title: 'Dọn bờ sông', organisationName: 'Đoàn phường' },
		startsAt: localDateTimeToInstant(date, '07:30')!,
		endsAt: localDateTimeToInstant(date, '10:30')!,
		...{ assemblyPoint: 'Nhà văn hoá', houseName: null, wardNameVi: 'Phường Đông Kinh', wardNameEn: '' },
		...{ whatToBring: '', clothes: '', provided: '', rainPlan: '', leadName: '' },
	}) as unknown as CleanupEvent;
const words = { t: createTranslator('vi'), locale: 'vi', publicUrl: 'https://x.vn' } as const;
const textOf = (event: CleanupEvent, about: Partial<About> = {}) =>
	shareText(event, { changes: [], needs: [], ...about }, words).split('\n');
const say = (date: string) => textOf(on(date));
const FULL = {
	...{ ...on('2026-12-06'), whatToBring: 'Chổi\nxẻng.', clothes: 'áo xanh', provided: '**Bao** rác, nước' },
	...{ rainPlan: 'hoãn sang 13/12', leadName: 'Hoàng Thị Nga', leadPhoneE164: '+84912345678' },
	isLeadPhonePublic: 1,
} as CleanupEvent;
const change = (kind: EventChange['kind'], stood: object, over: object = {}) =>
	({
		...{ kind, undoneAt: null, reason: 'Mưa bão', stood: { ...FULL, ...stood }, stands: FULL },
		...over,
	}) as unknown as EventChange;
const POSTPONED = change('postpone', on('2026-11-29'));

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
	expect(seriesText(series as EventSeriesTable, [on(firstOn)], words).split('\n')[0]).toBe(head);
});

test('what people need to know before they come stands in the invitation, a line each', () => {
	const needs = [
		{ label: 'xe rác', wanted: 2, pledged: 0 },
		{ label: 'xẻng', wanted: 10, pledged: 4 },
		{ label: 'bạt', wanted: 1, pledged: 1 },
	];
	expect(textOf(FULL, { needs }).slice(4)).toEqual([
		...['Mang theo: Chổi, xẻng.', 'Trang phục: áo xanh.', 'Được phát: Bao rác, nước.'],
		...['Cần: 2 xe rác, 6 xẻng.', 'Nếu mưa: hoãn sang 13/12.', 'Đoàn phường mời.'],
		...['Phụ trách: Hoàng Thị Nga, 0912 345 678.', 'Đăng ký: https://x.vn/chu-nhat-xanh/don-bo-song'],
	]);
});

test('a number is in no text unless that person agreed', () => {
	const event = { ...FULL, isLeadPhonePublic: 0 } as CleanupEvent;
	const texts = [
		textOf(event).join(),
		textOf({ ...event, status: 'cancelled', cancelReason: 'Lũ' }).join(),
		changeText(POSTPONED, event, words),
	];
	for (const text of texts) {
		expect(text).toContain('Phụ trách: Hoàng Thị Nga.');
		expect(text).not.toMatch(/912/);
	}
});

test('an event that was postponed or moved says from where for as long as it stands', () => {
	const changes = [change('move', { assemblyPoint: 'Sân trường' }), POSTPONED];
	expect(textOf(FULL, { changes }).slice(2, 6)).toEqual([
		'Thời gian: 07:30–10:30 Chủ nhật, 06/12/2026',
		'(đã dời từ 07:30–10:30 Chủ nhật, 29/11/2026)',
		'Tập trung: Nhà văn hoá, phường Đông Kinh',
		'(đã đổi từ Sân trường, phường Đông Kinh)',
	]);
	const undone = changes.map((each) => ({ ...each, undoneAt: 1 }));
	expect(textOf(FULL, { changes: undone })).toEqual(textOf(FULL));
});

test.each([
	['an earlier day', on('2026-12-13')],
	['another end alone', { endsAt: FULL.endsAt + 1 }],
])('%s is a new time, and nothing is called postponed', (_, stood) => {
	const [head] = changeText(change('postpone', stood), FULL, words).split('\n');
	expect(head).toBe('ĐỔI GIỜ: Dọn bờ sông.');
});

test('whoever reads of a change learns from whom, whom to ask, and that they are still signed up', () => {
	const end = ['Đoàn phường thông báo.', 'Phụ trách: Hoàng Thị Nga, 0912 345 678.'];
	const url = 'https://x.vn/chu-nhat-xanh/don-bo-song';
	const stay = 'Ai đã đăng ký vẫn giữ nguyên, không phải đăng ký lại.';
	expect(changeText(POSTPONED, FULL, words).split('\n')).toEqual([
		'HOÃN: Dọn bờ sông.',
		'Từ: 07:30–10:30 Chủ nhật, 29/11/2026',
		'Sang: 07:30–10:30 Chủ nhật, 06/12/2026',
		...['Tập trung: Nhà văn hoá, phường Đông Kinh', 'Lý do: Mưa bão', stay, ...end, url],
	]);
	const cancelled = { ...FULL, status: 'cancelled', cancelReason: 'Lũ' } as CleanupEvent;
	for (const text of [textOf(cancelled), changeText(POSTPONED, cancelled, words).split('\n')])
		expect(text).toEqual([expect.stringMatching(/^ĐÃ HUỶ: Dọn bờ sông/), 'Lý do: Lũ', ...end, url]);
});
