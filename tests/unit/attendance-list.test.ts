import { expect, test } from 'vitest';
import { figureOf, itemOf } from '#features/cleanup-events/attendance-list.ts';
import { knownWalkIns, type Figure, type List } from '#features/cleanup-events/attendance.ts';

const NOW = Date.UTC(2026, 10, 22, 1);
const DAY = 86_400_000;

test('what is said after the clock was put back three days comes later, and when it was said is what the clock shows', () => {
	const list = {
		...{ event: 'e', account: 'p', device: 'a', figures: [] as List['figures'] },
		...{ now: NOW - 1000, savedAt: NOW - 1000 },
	} as List;
	const said = { signUpId: 's', isChoice: false, heads: 1, minors: null };
	const shown = { language: 'vi', text: (at: number) => String(at), correctPath: '/' };
	const ahead = itemOf(list, { id: '1', ...said }, NOW + 3 * DAY, shown);
	list.figures.push(figureOf(ahead));
	const right = itemOf(list, { id: '2', ...said }, NOW, shown);
	expect(right).toMatchObject({ madeAt: NOW, text: String(NOW) });
	expect(right.body).toMatchObject({ checked_in_at: new Date(NOW).toISOString() });
	expect(figureOf(right)).toMatchObject({ statedAt: NOW + 3 * DAY + 1, at: NOW });
	expect(right.body).toMatchObject({ list_given_at: new Date(NOW - 1000).toISOString(), list_age_ms: 1000 });
	// An older page's words have no count of their own.
	const { stated_at: _, ...body } = right.body;
	expect(figureOf({ ...right, body })).toMatchObject({ statedAt: NOW });
	// A clock that was wrong all along is known by the list; one that was put back said it after the list at least.
	const off = { ...list, savedAt: NOW - 1000 - 3 * DAY };
	expect(figureOf(itemOf(off, { id: '3', ...said }, NOW - 3 * DAY, shown))).toMatchObject({ at: NOW });
	expect(figureOf(itemOf(list, { id: '4', ...said }, NOW - 3 * DAY, shown))).toMatchObject({
		at: NOW - 1000,
	});
});

test('a phone tells its own count of those without a sign-up from what it heard of the others', () => {
	const said = (device: string, heads: number, minors: number, at = NOW): Figure => ({
		...{ id: `${device}${at}`, signUpId: null, device, isChoice: false, heads, minors, statedAt: at, at },
	});
	const own = said('a', 3, 1);
	const ofSignUp = { ...said('b', 9, 0), id: 's', signUpId: 's', minors: null };
	expect(knownWalkIns([own, ofSignUp], 'a')).toEqual({ own: { heads: 3, minors: 1 }, others: undefined });
	const others = [said('b', 4, 0), said('b', 5, 2, NOW + 1), said('c', 1, 0)];
	expect(knownWalkIns([own, ...others], 'a').others).toEqual({ heads: 6, minors: 2 });
	// Another phone that took its count back was heard of.
	expect(knownWalkIns([said('b', 0, 0)], 'a')).toEqual({
		own: { heads: 0, minors: 0 },
		others: { heads: 0, minors: 0 },
	});
});
