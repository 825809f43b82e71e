import { expect, test } from 'vitest';
import { causeText, splitReason } from '#features/notifications/cause.ts';

test.each([
	['Mưa bão', 'Storm', ''],
	['Lũ, ngập. Đường vào ngập', 'Flood. ', 'Đường vào ngập'],
	['Tạm nghỉ. Nghỉ Tết', 'Paused. ', 'Nghỉ Tết'],
	['Mưa bão lớn', '', 'Mưa bão lớn'],
	['Sân đang sửa', '', 'Sân đang sửa'],
	['', '', ''],
])('of “%s” what was chosen is said in English, the rest as it was typed', (reason, chosen, typed) => {
	expect(splitReason(reason, 'en')).toEqual({ chosen, typed });
	expect(causeText(reason, 'en')).toBe(chosen + typed);
	expect(causeText(reason, 'vi')).toBe(reason);
});
