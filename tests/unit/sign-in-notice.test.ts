import { expect, test } from 'vitest';
import { isNews } from '#features/accounts/sign-in-notice.ts';

const DAY = 24 * 3_600_000;

test('what happened to an account is news for thirty days', () => {
	expect([0, 1, 30 * DAY - 1, 30 * DAY].map((age) => isNews(0, age))).toEqual([true, true, true, false]);
});
