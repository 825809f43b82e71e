import { expect, test } from 'vitest';
import { ageText } from '#components/age.client.ts';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

test.each([
	[-5 * MINUTE, '1 phút trước', '1 minute ago'],
	[0, '1 phút trước', '1 minute ago'],
	[59 * MINUTE, '59 phút trước', '59 minutes ago'],
	[9 * HOUR, '9 giờ trước', '9 hours ago'],
	[11 * HOUR, 'hôm qua', 'yesterday'],
	[9 * DAY, '9 ngày trước', '9 days ago'],
	[59 * DAY, '59 ngày trước', '59 days ago'],
	[61 * DAY, '2 tháng trước', '2 months ago'],
])('what happened %i ms before ten in the morning was %s', (age, vi, en) => {
	const now = Date.UTC(2026, 10, 22, 3);
	expect(ageText(now - age, now, 'vi-VN')).toBe(vi);
	expect(ageText(now - age, now, 'en-GB')).toBe(en);
});
