// The bulletin for loudspeakers: words instead of figures, nothing that one cannot read out, short enough.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CleanupEvent } from '#features/cleanup-events/cleanup-event.ts';
import type { EventChange } from '#features/cleanup-events/event-change.ts';
import * as loudspeaker from '#features/cleanup-events/loudspeaker-text.ts';
import { spokenText, spokenTime } from '#features/cleanup-events/spoken.ts';
import { localDateTimeToInstant } from '#lib/time.ts';

const event = {
	...{ status: 'published', title: 'Tổng vệ sinh bờ sông', organisationName: 'Đoàn phường Tam Thanh' },
	...{ startsAt: localDateTimeToInstant('2026-11-29', '07:30')!, assemblyPoint: 'Nhà văn hoá khối 6' },
	...{ houseName: null, wardNameVi: 'Phường Tam Thanh', wardNameEn: '', areaText: 'Cầu Kỳ Cùng – bến Đá' },
	...{ whatToBring: 'Chổi, xẻng\n2 bao', clothes: '', rainPlan: 'mưa to lúc 06:30 thì hoãn sang 06/12' },
	...{ leadName: 'Lan', leadPhoneE164: '+84912345678', isLeadPhonePublic: 1, cancelReason: null },
} as unknown as CleanupEvent;

const { MAX_SECONDS, secondsToRead } = loudspeaker;
const loudspeakerText = (
	of: CleanupEvent,
	coOrganisers: { name: string }[],
	changes: readonly EventChange[] = [],
) => loudspeaker.loudspeakerText(of, coOrganisers, changes);
const change = (kind: EventChange['kind'], stood: object, over: object = {}) =>
	({
		kind,
		undoneAt: null,
		reason: 'Mưa bão',
		stood: { ...event, ...stood },
		...over,
	}) as unknown as EventChange;
const POSTPONED = change('postpone', { startsAt: localDateTimeToInstant('2026-11-22', '06:30')! });
const MOVED = change('move', { assemblyPoint: 'Sân trường 2', wardNameVi: null }, { reason: '' });

test('an event is read out in the form of a ward’s bulletin', () => {
	expect(loudspeakerText(event, [{ name: 'Trường học 1' }])).toBe(
		[
			'Kính thưa toàn thể bà con!',
			'Đoàn phường Tam Thanh trân trọng mời bà con tham gia Tổng vệ sinh bờ sông.',
			'Cùng tổ chức: Trường học một.',
			'Thời gian: bảy giờ ba mươi phút sáng Chủ nhật, ngày hai mươi chín tháng mười một.',
			'Địa điểm tập trung: Nhà văn hoá khối sáu, phường Tam Thanh.',
			'Nơi dọn vệ sinh: Cầu Kỳ Cùng, bến Đá.',
			'Bà con mang theo: chổi, xẻng, hai bao.',
			'Nếu trời mưa: mưa to lúc sáu giờ ba mươi phút thì hoãn sang ngày mùng sáu tháng mười hai.',
			'Mọi chi tiết xin liên hệ Lan, số điện thoại không chín một hai ba bốn năm sáu bảy tám.',
			'Xin nhắc lại: bảy giờ ba mươi phút sáng Chủ nhật, ngày hai mươi chín tháng mười một, tại Nhà văn hoá khối sáu, phường Tam Thanh.',
			'Xin trân trọng cảm ơn bà con!',
		].join('\n'),
	);
	expect(loudspeakerText({ ...event, isLeadPhonePublic: 0 }, [])).not.toContain('điện thoại');
});

test('one that is called off says so, and why', () => {
	const text = loudspeakerText({ ...event, status: 'cancelled', cancelReason: 'bão số 3' }, []);
	expect(text).toContain('không diễn ra.\nLý do: bão số ba.');
});

test('one that was postponed says so first, from when and why, and what else still holds', () => {
	expect(loudspeakerText(event, [], [POSTPONED]).split('\n').slice(0, 5)).toEqual([
		'Kính thưa toàn thể bà con!',
		'Xin thông báo: buổi Tổng vệ sinh bờ sông hoãn từ sáu giờ ba mươi phút sáng Chủ nhật, ngày hai mươi hai tháng mười một sang bảy giờ ba mươi phút sáng Chủ nhật, ngày hai mươi chín tháng mười một, lý do mưa bão.',
		'Đoàn phường Tam Thanh trân trọng mời bà con tham gia.',
		'Địa điểm tập trung: Nhà văn hoá khối sáu, phường Tam Thanh.',
		'Nơi dọn vệ sinh: Cầu Kỳ Cùng, bến Đá.',
	]);
	const both = { ...POSTPONED, reason: 'Lũ, ngập. đường 2 bị chặn' };
	expect(loudspeakerText(event, [], [both])).toContain(', lý do lũ, ngập, đường hai bị chặn.\n');
	const early = change('postpone', { startsAt: event.startsAt + 1 });
	expect(loudspeakerText(event, [], [early])).toContain('bờ sông dời từ ');
});

test('one that was moved says from where to where, also where it was postponed', () => {
	expect(loudspeakerText(event, [], [MOVED]).split('\n').slice(1, 4)).toEqual([
		'Xin thông báo: buổi Tổng vệ sinh bờ sông đổi nơi tập trung từ Sân trường hai sang Nhà văn hoá khối sáu, phường Tam Thanh.',
		'Đoàn phường Tam Thanh trân trọng mời bà con tham gia.',
		'Thời gian: bảy giờ ba mươi phút sáng Chủ nhật, ngày hai mươi chín tháng mười một.',
	]);
	const both = loudspeakerText(event, [], [MOVED, POSTPONED]).split('\n');
	expect(both[1]).toContain(' hoãn từ ');
	expect(both[2]).toBe(
		'Nơi tập trung cũng đổi từ Sân trường hai sang Nhà văn hoá khối sáu, phường Tam Thanh.',
	);
	expect(both.join()).not.toMatch(/Thời gian:|Địa điểm/);
});

test('a change that was taken back is not read out', () => {
	const undone = [MOVED, POSTPONED].map((each) => ({ ...each, undoneAt: 1 }));
	expect(loudspeakerText(event, [], undone)).toBe(loudspeakerText(event, []));
});

test.each([
	['2026-04-24', '14:00', 'hai giờ chiều thứ Sáu, ngày hai mươi tư tháng tư'],
	['2027-01-03', '12:15', 'mười hai giờ mười lăm phút trưa Chủ nhật, ngày mùng ba tháng một'],
	['2026-12-05', '19:05', 'bảy giờ năm phút tối thứ Bảy, ngày mùng năm tháng mười hai'],
])('%s %s is said as people say it', (date, time, words) => {
	expect(spokenTime(localDateTimeToInstant(date, time)!)).toBe(words);
});

test.each([
	['Xem https://nha-xanh.example/cn?x=1 hoặc zalo.vn/abc nhé', 'Xem hoặc nhé'],
	['7h, 7h30, 7g00', 'bảy giờ, bảy giờ ba mươi phút, bảy giờ'],
	['ngày 30/4/2027', 'ngày ba mươi tháng tư năm hai nghìn không trăm hai mươi bảy'],
	['gọi 0912 345 678', 'gọi không chín một hai ba bốn năm sáu bảy tám'],
	['3,5 kg & 2 bao', 'ba phẩy năm ki lô gam và hai bao'],
	['- chổi\n- **xẻng**', 'chổi, xẻng'],
])('%s is read out as %s', (text, words) => {
	expect(spokenText(text)).toBe(words);
});

test('whatever is typed, there are no figures and no addresses, and it takes 90 seconds at most', () => {
	const words = fc.array(fc.constantFrom('bờ', 'sông', '12', '07:30', 'Kỳ', 'Cùng,', 'a.vn', '29/11', '🧹'), {
		maxLength: 60,
	});
	const text = (max: number) => words.map((each) => each.join(' ').slice(0, max));
	const typed = fc.record({
		...{ title: text(120), assemblyPoint: text(200), areaText: text(300), whatToBring: text(500) },
		...{ clothes: text(200), rainPlan: text(300), leadName: text(120) },
	});
	fc.assert(
		fc.property(typed, fc.array(text(120), { maxLength: 20 }), (over, names) => {
			const said = loudspeakerText(
				{ ...event, ...over },
				names.map((name) => ({ name })),
			);
			expect(said).not.toMatch(/\d|\.vn/);
			expect(secondsToRead(said)).toBeLessThanOrEqual(MAX_SECONDS);
		}),
	);
});

test('the longest change, in words as people write them, takes 90 seconds at most', () => {
	const long = (max: number) => 'nhà văn hoá khối ba, '.repeat(20).slice(0, max);
	const over = {
		title: long(120),
		assemblyPoint: long(200),
		areaText: long(300),
		organisationName: long(120),
	};
	const reason = long(300);
	const changes = [
		{ ...MOVED, reason, stood: { ...MOVED.stood, assemblyPoint: long(199) } },
		{ ...POSTPONED, reason },
	];
	for (const some of [changes, changes.slice(0, 1), changes.slice(1)])
		expect(secondsToRead(loudspeakerText({ ...event, ...over }, [], some))).toBeLessThanOrEqual(MAX_SECONDS);
});
