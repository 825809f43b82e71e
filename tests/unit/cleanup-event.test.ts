import { describe, expect, test } from 'vitest';
import {
	checkEvent,
	checkSignUp,
	isOpenForSignUp,
	markedTitle,
	organiserScope,
	placesLeft,
	placeText,
	readText,
	slugOf,
	type EventInput,
} from '#features/cleanup-events/cleanup-event.ts';
import { checkReport } from '#features/cleanup-events/event-report.ts';
import { formatCursor, parseCursor } from '#features/cleanup-events/event-cursor.ts';
import {
	mergeTyped,
	newEventValues,
	nextLike,
	nextSunday,
	readShown,
} from '#features/cleanup-events/event-form.ts';
import type { DomainError } from '#lib/errors.ts';
import { localDateTimeToInstant } from '#lib/time.ts';
import { PLAIN_EVENT } from '../support/fixtures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 22, 3, 0);
const good: EventInput = {
	id: '01890000-0000-7000-8000-000000000001',
	organisationId: 'o',
	title: 'Tổng vệ sinh',
	description: '',
	startsAt: NOW + DAY,
	endsAt: NOW + DAY + 3 * HOUR,
	greenHouseCode: null,
	assemblyPoint: 'Nhà văn hoá khối 6',
	latitude: null,
	longitude: null,
	capacity: null,
	...PLAIN_EVENT,
	whatToBring: '',
};
const refusal = (work: () => unknown): { key?: string; field?: string | undefined; kind?: string } => {
	try {
		work();
	} catch (error) {
		const { key, field, kind } = error as DomainError;
		return { key, field, kind };
	}
	return {};
};

describe('an event', () => {
	test('may be announced for tomorrow and for a year ahead', () => {
		expect(refusal(() => checkEvent(good, NOW))).toEqual({});
		expect(
			refusal(() => checkEvent({ ...good, startsAt: NOW + 365 * DAY, endsAt: NOW + 365 * DAY + HOUR }, NOW)),
		).toEqual({});
		expect(refusal(() => checkEvent({ ...good, assemblyPoint: '', greenHouseCode: 'NNX-001' }, NOW))).toEqual(
			{},
		);
	});

	test.each<[string, Partial<EventInput>, string, string]>([
		['no title', { title: '' }, 'titleMissing', 'title'],
		['a title of signs', { title: '!!! 123' }, 'titleMissing', 'title'],
		['no place', { assemblyPoint: '' }, 'placeMissing', 'assemblyPoint'],
		['an end before the start', { endsAt: good.startsAt - HOUR }, 'endBeforeStart', 'endTime'],
		['an end at the start', { endsAt: good.startsAt }, 'endBeforeStart', 'endTime'],
		['more than a day', { endsAt: good.startsAt + DAY + 1 }, 'eventTooLong', 'endTime'],
		['a start that is now', { startsAt: NOW, endsAt: NOW + HOUR }, 'eventInPast', 'date'],
		['a start in the past', { startsAt: NOW - DAY, endsAt: NOW - DAY + HOUR }, 'eventInPast', 'date'],
		[
			'a start in two years',
			{ startsAt: NOW + 730 * DAY, endsAt: NOW + 730 * DAY + HOUR },
			'eventTooFar',
			'date',
		],
		['no number as start', { startsAt: Number.NaN }, 'dateInvalid', 'date'],
		['no number as end', { endsAt: Number.NaN }, 'timeInvalid', 'endTime'],
		['half a position', { latitude: 21.85 }, 'positionInvalid', 'position'],
		['no places at all', { capacity: 0 }, 'countOutOfRange', 'capacity'],
		['fewer than no places', { capacity: -5 }, 'countOutOfRange', 'capacity'],
		['half a place', { capacity: 1.5 }, 'countOutOfRange', 'capacity'],
		['more places than the city has people', { capacity: 1e9 }, 'countOutOfRange', 'capacity'],
	])('with %s is refused', (_name, over, key, field) => {
		expect(refusal(() => checkEvent({ ...good, ...over }, NOW))).toEqual({
			key,
			field,
			kind: 'UNPROCESSABLE_CONTENT',
		});
	});

	test('that has begun keeps its start in an edit, but gets no other one in the past', () => {
		const running = { ...good, startsAt: NOW - HOUR, endsAt: NOW + HOUR };
		expect(refusal(() => checkEvent(running, NOW, running.startsAt))).toEqual({});
		expect(
			refusal(() => checkEvent({ ...running, startsAt: NOW - 2 * HOUR }, NOW, running.startsAt)).key,
		).toBe('eventInPast');
		expect(refusal(() => checkEvent({ ...running, endsAt: NOW }, NOW, running.startsAt)).key).toBe(
			'eventInPast',
		);
	});

	test('takes sign-ups until it ends or is called off', () => {
		expect(isOpenForSignUp({ status: 'published', endsAt: NOW + 1 }, NOW)).toBe(true);
		expect(isOpenForSignUp({ status: 'published', endsAt: NOW }, NOW)).toBe(false);
		expect(isOpenForSignUp({ status: 'cancelled', endsAt: NOW + 1 }, NOW)).toBe(false);
	});

	test('knows its places left, and never fewer than none', () => {
		expect(placesLeft({ capacity: null, signedUp: 4, heldHeads: 0 })).toBeNull();
		expect(placesLeft({ capacity: 10, signedUp: 4, heldHeads: 0 })).toBe(6);
		expect(placesLeft({ capacity: 3, signedUp: 4, heldHeads: 0 })).toBe(0);
	});

	test('names the ward once', () => {
		const ward = { wardNameVi: 'Phường Đông Kinh', wardNameEn: 'Đông Kinh Ward' };
		expect(placeText({ ...ward, assemblyPoint: 'Nhà văn hoá khối 6', houseName: null }, 'vi')).toBe(
			'Nhà văn hoá khối 6, phường Đông Kinh',
		);
		expect(placeText({ ...ward, assemblyPoint: 'Nhà văn hoá khối 6', houseName: null }, 'en')).toBe(
			'Nhà văn hoá khối 6, Đông Kinh Ward',
		);
		expect(placeText({ ...ward, assemblyPoint: '', houseName: 'Khối 1, phường Đông Kinh' }, 'vi')).toBe(
			'Khối 1, phường Đông Kinh',
		);
		expect(
			placeText({ wardNameVi: null, wardNameEn: null, assemblyPoint: 'Bến Đá', houseName: null }, 'vi'),
		).toBe('Bến Đá');
	});
});

describe('the address of an event', () => {
	test.each([
		['Tổng vệ sinh bờ sông Kỳ Cùng', 1, 'tong-ve-sinh-bo-song-ky-cung-2026-11-29'],
		['Đường Trần Đăng Ninh', 2, 'duong-tran-dang-ninh-2026-11-29-2'],
		['Đường'.normalize('NFD'), 1, 'duong-2026-11-29'],
		['<script>alert(1)</script>', 1, 'script-alert-1-script-2026-11-29'],
		["'; drop table cleanup_event; --", 1, 'drop-table-cleanup-event-2026-11-29'],
		['清扫', 1, 'chu-nhat-xanh-2026-11-29'],
		['a'.repeat(300), 1, `${'a'.repeat(60)}-2026-11-29`],
	])('%s', (title, attempt, slug) => {
		expect(slugOf(title, '2026-11-29', attempt)).toBe(slug);
	});
});

describe('a sign-up', () => {
	const person = {
		id: 'i',
		kind: 'person' as const,
		name: 'Nông Thị Hoa',
		headCount: 2,
		phone: null,
		isSixteen: true,
	};

	test('of a person and of a unit passes', () => {
		expect(refusal(() => checkSignUp(person))).toEqual({});
		expect(refusal(() => checkSignUp({ ...person, kind: 'unit', headCount: 500, isSixteen: false }))).toEqual(
			{},
		);
	});

	test.each([
		[{ name: '' }, 'nameMissing', 'name'],
		[{ name: '12345' }, 'nameMissing', 'name'],
		[{ headCount: 0 }, 'headsOutOfRange', 'headCount'],
		[{ headCount: -1 }, 'headsOutOfRange', 'headCount'],
		[{ headCount: 51 }, 'headsOutOfRange', 'headCount'],
		[{ headCount: 10_000 }, 'headsOutOfRange', 'headCount'],
		[{ headCount: 1.5 }, 'headsOutOfRange', 'headCount'],
		[{ headCount: Number.NaN }, 'headsOutOfRange', 'headCount'],
		[{ kind: 'unit' as const, headCount: 501 }, 'headsOutOfRange', 'headCount'],
		[{ isSixteen: false }, 'ownNameSixteen', 'isSixteen'],
	])('with %j is refused', (over, key, field) => {
		expect(refusal(() => checkSignUp({ ...person, ...over }))).toEqual({
			key,
			field,
			kind: 'UNPROCESSABLE_CONTENT',
		});
	});
});

describe('a report', () => {
	const report = {
		id: 'i',
		headCount: 96,
		recyclablesGrams: 12_500,
		otherWasteGrams: 1_240_000,
		remarks: '',
	};

	test('may leave weights out, and may say that there was none', () => {
		expect(refusal(() => checkReport(report))).toEqual({});
		expect(refusal(() => checkReport({ ...report, recyclablesGrams: null, otherWasteGrams: 0 }))).toEqual({});
	});

	test.each([
		[{ headCount: -1 }, 'headCount'],
		[{ headCount: 1e7 }, 'headCount'],
		[{ recyclablesGrams: -1 }, 'recyclables'],
		[{ otherWasteGrams: 1e13 }, 'otherWaste'],
		[{ otherWasteGrams: 0.5 }, 'otherWaste'],
	])('with %j is refused', (over, field) => {
		expect(refusal(() => checkReport({ ...report, ...over })).field).toBe(field);
	});
});

test('a text that is too long is refused, not cut', () => {
	expect(readText('a'.repeat(120), 'title')).toHaveLength(120);
	expect(refusal(() => readText('a'.repeat(121), 'title'))).toEqual({
		key: 'textTooLong',
		field: 'title',
		kind: 'UNPROCESSABLE_CONTENT',
	});
	expect(readText(`${'ê'.normalize('NFD').repeat(120)}   `, 'title')).toBe('ê'.repeat(120));
});

test('a sample organisation’s event says so in its title, once', () => {
	expect(markedTitle('Dọn chợ', 1)).toBe('Dọn chợ (mẫu)');
	expect(markedTitle('Dọn chợ (mẫu)', 1)).toBe('Dọn chợ (mẫu)');
	expect(markedTitle('Dọn chợ', 0)).toBe('Dọn chợ');
	expect(markedTitle('', 1)).toBe('');
});

test('an organiser’s scope is their organisations, or all of them', () => {
	const actor = (
		...grants: {
			role: 'organiser' | 'steward';
			scopeKind: 'organisation' | 'portal';
			scopeId: string | null;
		}[]
	) => ({
		personId: 'p',
		displayName: 'P',
		isSample: false,
		isStrong: true,
		grants: grants.map((grant, index) => ({ id: String(index), ...grant })),
	});
	expect(organiserScope(undefined)).toEqual([]);
	expect(organiserScope(actor({ role: 'steward', scopeKind: 'organisation', scopeId: 'a' }))).toEqual([]);
	expect(organiserScope(actor({ role: 'organiser', scopeKind: 'organisation', scopeId: 'a' }))).toEqual([
		'a',
	]);
	expect(organiserScope(actor({ role: 'organiser', scopeKind: 'portal', scopeId: null }))).toBe('all');
});

test('a cursor reads back, and nothing else is one', () => {
	const key = { startsAt: NOW, id: good.id };
	expect(parseCursor(formatCursor(key))).toEqual(key);
	for (const text of [
		'',
		'x',
		'1_2',
		`${NOW}`,
		`${NOW}_`,
		`-1_${good.id}`,
		`1e5_${good.id}`,
		`${NOW}_${good.id}'--`,
		`${'9'.repeat(16)}_${good.id}`,
	]) {
		expect(parseCursor(text)).toBeUndefined();
	}
});

test('a new event is planned for the next Sunday, on a Sunday for the one after', () => {
	expect(nextSunday(Date.UTC(2026, 10, 18, 3))).toBe('2026-11-22');
	expect(nextSunday(Date.UTC(2026, 10, 21, 16, 59))).toBe('2026-11-22');
	expect(nextSunday(Date.UTC(2026, 10, 21, 17, 0))).toBe('2026-11-29');
	expect(nextSunday(NOW)).toBe('2026-11-29');
});

test.each([
	['a Sunday to come', '2026-11-29', '2026-11-22', '2026-12-06'],
	['a Sunday today', '2026-11-22', '2026-11-22', '2026-11-29'],
	['a Sunday last year', '2025-11-23', '2026-11-22', '2026-11-29'],
	['a Saturday last week', '2026-11-14', '2026-11-18', '2026-11-21'],
	['a Saturday, on a Saturday', '2026-11-14', '2026-11-21', '2026-11-28'],
	['a Friday, on a Saturday', '2026-11-20', '2026-11-21', '2026-11-27'],
])('of %s one like it is proposed for its weekday after both days', (_, own, today, proposed) => {
	const at = (date: string, time: string) => localDateTimeToInstant(date, time)!;
	expect(nextLike(at(own, '07:00'), at(today, '00:30'))).toBe(proposed);
	expect(nextLike(at(own, '07:00'), at(today, '23:30'))).toBe(proposed);
});

describe('of two who edit one event', () => {
	const shown = { ...newEventValues(NOW), title: 'Dọn chợ', description: 'a\nb', coOrganiserIds: 'b a' };
	const stands = { ...shown, title: 'Dọn sông', capacity: '40', startTime: '06:30' };

	test('only what the second changed carries over; what both changed otherwise is named', () => {
		const typed = { ...shown, whatToBring: 'Chổi', capacity: '5', startTime: '06:30' };
		expect(mergeTyped({ shown, stands, typed })).toEqual({
			values: { ...stands, whatToBring: 'Chổi', capacity: '5' },
			...{ both: ['capacity'], others: ['title'], own: ['whatToBring'] },
		});
		expect(mergeTyped({ shown, stands, typed }, ['title'])).toMatchObject({ both: [], own: [] });
		// Another number is not shown because the former leader agreed.
		const agreed = { ...shown, isLeadPhonePublic: 'on' };
		const another = { ...shown, leadPhone: '0987654321', isLeadPhonePublic: '' };
		expect(mergeTyped({ shown, stands: another, typed: agreed }).values).toMatchObject({
			...{ leadPhone: '0987654321', isLeadPhonePublic: '' },
		});
	});

	test('what a browser sends otherwise than it was shown is no change', () => {
		const typed = {
			...{ ...shown, title: 'Dọn chợ'.normalize('NFD'), description: 'a\r\nb ' },
			...{ coOrganiserIds: 'a b', endTime: `${shown.endTime}:00` },
		};
		expect(mergeTyped({ shown, stands, typed })).toMatchObject({ values: stands, both: [], own: [] });
	});

	test('a form that does not say what it showed keeps all that was typed, and names it', () => {
		const typed = { ...shown, capacity: '5' };
		const { values, both, others } = mergeTyped({ shown: undefined, stands, typed });
		expect([values, others]).toEqual([typed, []]);
		expect(both).toEqual(['title', 'startTime', 'capacity']);
	});

	test.each(['', '{', 'null', '[1]', '{"title":5}', '"x"'])('“%s” is no such word of it', (said) => {
		const form = new FormData();
		expect(readShown(form)).toBeUndefined();
		form.set('shown', said);
		expect(readShown(form)).toBeUndefined();
		form.set('shown', JSON.stringify(shown));
		expect(readShown(form)).toEqual(shown);
	});
});
