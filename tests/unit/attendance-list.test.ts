import { expect, test } from 'vitest';
import { figureOf, itemOf } from '#features/cleanup-events/attendance-list.ts';
import type { List } from '#features/cleanup-events/attendance.ts';

const NOW = Date.UTC(2026, 10, 22, 1);
const DAY = 86_400_000;

test('what is said after the clock was put back three days comes later, and when it was said is what the clock shows', () => {
	const list = { event: 'e', account: 'p', device: 'a', figures: [] as List['figures'] } as List;
	const said = { signUpId: 's', isChoice: false, heads: 1, minors: null };
	const shown = { language: 'vi', text: (at: number) => String(at), correctPath: '/' };
	const ahead = itemOf(list, { id: '1', ...said }, NOW + 3 * DAY, shown);
	list.figures.push(figureOf(ahead));
	const right = itemOf(list, { id: '2', ...said }, NOW, shown);
	expect(right).toMatchObject({ madeAt: NOW, text: String(NOW) });
	expect(right.body).toMatchObject({ checked_in_at: new Date(NOW).toISOString() });
	expect(figureOf(right)).toMatchObject({ statedAt: NOW + 3 * DAY + 1, at: NOW });
	// An older page's words have no count of their own.
	const { stated_at: _, ...body } = right.body;
	expect(figureOf({ ...right, body })).toMatchObject({ statedAt: NOW });
});
