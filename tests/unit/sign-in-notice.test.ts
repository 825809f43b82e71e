import { expect, test } from 'vitest';
import { countByDay, isNews } from '#features/accounts/sign-in-notice.ts';

const DAY = 24 * 3_600_000;

test('what happened to an account is news for thirty days', () => {
	expect([0, 1, 30 * DAY - 1, 30 * DAY].map((age) => isNews(0, age))).toEqual([true, true, true, false]);
});

test('what happened often is counted by the day of Lạng Sơn', () => {
	const noon = Date.UTC(2026, 10, 22, 5);
	expect(countByDay([noon + DAY, noon, noon - 1, noon - 6 * 3_600_000])).toEqual([
		{ date: '2026-11-23', count: 1 },
		{ date: '2026-11-22', count: 3 },
	]);
	expect(countByDay([])).toEqual([]);
});
