import { describe, expect, test } from 'vitest';
import {
	asText,
	batches,
	isUnreadable,
	MAX_BATCH,
	ownItems,
	photosOf,
	readAnswer,
	type OutboxItem,
} from '#features/outbox/outbox.ts';

const item = (id: string, over: Partial<OutboxItem> = {}): OutboxItem => ({
	id,
	kind: 'drop-off',
	body: {},
	language: 'vi',
	text: `dòng ${id}`,
	correctPath: '/ghi-nhan',
	madeAt: 1,
	...over,
});

test('what goes now is in batches of one kind, oldest first, without refused and unknown ones', () => {
	const many = Array.from({ length: MAX_BATCH + 1 }, (_, index) => item(String(index), { madeAt: -index }));
	const found = batches([...many, item('refused', { refusal: 'Không' }), item('new', { kind: 'from-2030' })]);
	expect(found.map((batch) => batch.length)).toEqual([MAX_BATCH, 1]);
	expect(found[0]![0]!.id).toBe(String(MAX_BATCH));
	expect(found.flat().map(({ id }) => id)).not.toContain('refused');
	expect(found.flat().map(({ id }) => id)).not.toContain('new');
});

test('what was tried is passed over, without a hole in what is left', () => {
	const many = Array.from({ length: 120 }, (_, index) => item(String(index), { madeAt: index }));
	const tried = new Set(batches(many)[0]!.map(({ id }) => id));
	// The first one was held and stays in the list; the other 49 have gone.
	const left = [many[0]!, ...many.slice(50)];
	expect(batches(left, tried).map((batch) => batch.length)).toEqual([50, 20]);
	// What waits for a record that was tried and is still here waits on.
	const photo = item('photo', { kind: 'photo', body: { record: '0' }, madeAt: 500 });
	expect(batches([many[0]!, photo], tried)).toEqual([]);
});

test('a photo waits for its record, counts for itself once that has gone, and goes alone', () => {
	const photo = (id: string, record: string) => item(id, { kind: 'photo', body: { record }, madeAt: 2 });
	const record = item('record');
	const [own, other] = [photo('own', 'record'), photo('other', 'gone')];
	expect(batches([own, record, other]).map((batch) => batch.map(({ id }) => id))).toEqual([
		['record'],
		['other'],
	]);
	expect(batches([own, other]).map((batch) => batch.map(({ id }) => id))).toEqual([['own'], ['other']]);
	expect(ownItems([own, record, other]).map(({ id }) => id)).toEqual(['record', 'other']);
	expect(batches([own, { ...record, refusal: 'Không' }])).toEqual([]);
	expect(photosOf([own, record, other], 'record')).toEqual([own]);
});

describe('an answer', () => {
	test.each([200, 201])('%i says that the record stands', (status) => {
		expect(readAnswer(200, { results: [{ id: 'a', status }] })).toEqual([{ id: 'a', kind: 'sent' }]);
	});
	test.each([400, 403, 404, 409, 413, 415, 422])('%i refuses the record for good', (status) => {
		const results = [{ id: 'a', status, error: { message: 'Câu.' } }];
		expect(readAnswer(200, { results })).toEqual([{ id: 'a', kind: 'refused', message: 'Câu.' }]);
	});
	test('401 says for what the record waits', () => {
		const results = [{ id: 'a', status: 401, error: { message: 'Câu.' } }];
		expect(readAnswer(200, { results })).toEqual([{ id: 'a', kind: 'waits', message: 'Câu.' }]);
	});
	test.each([408, 429, 500, 503])('%i is no fault of the record, which waits', (status) => {
		expect(readAnswer(200, { results: [{ id: 'a', status, error: { message: 'Câu.' } }] })).toEqual([]);
	});
	test.each([
		['of a server in trouble', 503, { results: [{ id: 'a', status: 201 }] }],
		['that is not JSON', 200, null],
		['of somebody else', 200, { hello: 'wifi' }],
		['about a record without an id', 200, { results: [{ id: null, status: 201 }] }],
	])('%s changes nothing', (_name, status, answer) => {
		expect(readAnswer(status, answer)).toEqual([]);
	});
});

test('a request that cannot be read is told from one that should come later', () => {
	expect([400, 413, 415, 422].every(isUnreadable)).toBe(true);
	expect([200, 401, 403, 429, 500, 502, 503].some(isUnreadable)).toBe(false);
});

test('all that waits can be copied, a line each', () => {
	expect(asText([item('1'), item('2')])).toBe('dòng 1\ndòng 2');
});
