// What organisers type about who cleans where, and what they draw.
import { describe, expect, test } from 'vitest';
import { formatArea, parseArea, pointsOf, readArea } from '#features/cleanup-events/event-area.ts';
import { checkEvent } from '#features/cleanup-events/cleanup-event.ts';
import { draftValues, newEventValues, typedValues } from '#features/cleanup-events/event-form.ts';
import { formatSections, parseSections } from '#features/cleanup-events/event-section.ts';
import { lunarText } from '#features/cleanup-events/lunar-words.ts';
import { lunarWords } from '#features/cleanup-events/lunar.ts';
import type { DomainError } from '#lib/errors.ts';
import { createTranslator } from '#lib/i18n.ts';
import { PLAIN_EVENT } from '../support/fixtures.ts';

const keyOf = (work: () => unknown): string | undefined => {
	try {
		work();
		return undefined;
	} catch (error) {
		return (error as DomainError).key;
	}
};

describe('sections', () => {
	test('are a unit and its place, a line each', () => {
		const text = ' Chi đoàn 3:  cầu Kỳ Cùng: bến Đá \r\n\n Trường học 1\n';
		const sections = [
			{ unit: 'Chi đoàn 3', place: 'cầu Kỳ Cùng: bến Đá' },
			{ unit: 'Trường học 1', place: '' },
		];
		expect(parseSections(text)).toEqual(sections);
		expect(parseSections(formatSections(sections))).toEqual(sections);
		expect(parseSections(' \n')).toEqual([]);
	});

	test.each([
		[': cầu Kỳ Cùng', 'sectionWithoutUnit'],
		['🧹🧹: chợ', 'sectionWithoutUnit'],
		['a'.repeat(121), 'textTooLong'],
		[`Khối 6: ${'a'.repeat(201)}`, 'textTooLong'],
		[Array.from({ length: 61 }, (_, index) => `Khối ${index}`).join('\n'), 'tooManyLines'],
	])('%s is refused', (text, key) => {
		expect(keyOf(() => parseSections(text))).toBe(key);
	});
});

describe('an area', () => {
	const line = '21.85372, 106.76155\n21.854 106.762\n\n21.8551;106.7633';

	test('is a line, or an area when it ends where it began', () => {
		expect(parseArea(line)).toEqual({
			type: 'LineString',
			coordinates: [
				[106.76155, 21.85372],
				[106.762, 21.854],
				[106.7633, 21.8551],
			],
		});
		const ring = parseArea(`${line}\n21.85372, 106.76155`)!;
		expect(ring.type).toBe('Polygon');
		expect(pointsOf(ring)).toHaveLength(4);
		expect(parseArea(formatArea(ring))).toEqual(ring);
		expect(readArea(JSON.stringify(ring))).toEqual(ring);
		expect(parseArea('  ')).toBeNull();
		expect(formatArea(null)).toBe('');
	});

	test.each([
		['dọc bờ sông', 'areaUnreadable'],
		['21.85, 106.76, 3\n21.86, 106.76', 'areaUnreadable'],
		['21.85372, 106.76155', 'areaTooShort'],
		['21.85372, 106.76155\n21.853721, 106.761551', 'areaTooShort'],
		['21.85372, 106.76155\n10.5, 106.7', 'positionOutside'],
		[Array.from({ length: 201 }, () => '21.85372, 106.76155').join('\n'), 'tooManyLines'],
	])('%s is refused', (text, key) => {
		expect(keyOf(() => parseArea(text))).toBe(key);
	});
});

test('who leads has a name before a number, and not everybody calls to one clean-up', () => {
	const [now, day] = [Date.UTC(2026, 10, 22), 86_400_000];
	const input = {
		...{ id: '', organisationId: 'o', title: 'Dọn', description: '', whatToBring: '', capacity: null },
		...{ startsAt: now + day, endsAt: now + day + 1, greenHouseCode: null, assemblyPoint: 'Chợ' },
		...{ latitude: null, longitude: null, ...PLAIN_EVENT },
	};
	expect(keyOf(() => checkEvent({ ...input, leadPhone: '0912345678' }, now))).toBe('nameMissing');
	const coOrganiserIds = Array.from({ length: 21 }, String);
	expect(keyOf(() => checkEvent({ ...input, coOrganiserIds }, now))).toBe('tooManyLines');
	expect(
		keyOf(() => checkEvent({ ...input, leadName: 'Lan', leadPhone: '0912345678' }, now)),
	).toBeUndefined();
});

test('a form keeps what is ticked, and forgets what no longer is', () => {
	const base = { ...newEventValues(0), coOrganiserIds: 'a', isLeadPhonePublic: 'on' };
	const form = new FormData();
	form.append('title', 'Dọn');
	expect(typedValues(form, base)).toMatchObject({ title: 'Dọn', coOrganiserIds: '', isLeadPhonePublic: '' });
	for (const id of ['a', 'b']) form.append('coOrganiserIds', id);
	form.append('isLeadPhonePublic', 'on');
	expect(typedValues(form, base)).toMatchObject({ coOrganiserIds: 'a b', isLeadPhonePublic: 'on' });
	expect(draftValues('{"title":"Dọn"}')).toMatchObject({ title: 'Dọn', rainPlan: '' });
});

test('the lunar day is said as people say it', () => {
	const [vi, en] = [lunarWords(createTranslator('vi')), lunarWords(createTranslator('en'))];
	expect(lunarText('2026-11-29', vi)).toBe('21 tháng Mười âm lịch');
	expect(lunarText('2027-02-06', vi)).toBe('mùng 1 tháng Giêng âm lịch');
	expect(lunarText('2025-08-10', vi)).toBe('17 tháng Sáu nhuận âm lịch');
	expect(lunarText('2025-07-25', en)).toBe('Day 1 of lunar leap month 6');
});
