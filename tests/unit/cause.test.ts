import { expect, test } from 'vitest';
import { causeText, splitReason } from '#features/notifications/cause.ts';

// These words stand in stored rows: whoever rewords them has to read the old ones as well.
test.each([
	['Mưa bão', 'Storm', ''],
	['Lũ, ngập. Đường vào ngập', 'Flood. ', 'Đường vào ngập'],
	['Tạm nghỉ. Nghỉ Tết', 'Paused. ', 'Nghỉ Tết'],
	['Rét đậm', 'Severe cold', ''],
	['Trùng việc chung của địa phương', 'Clashes with another local event', ''],
	['Mưa bão lớn', '', 'Mưa bão lớn'],
	['Sân đang sửa', '', 'Sân đang sửa'],
	['', '', ''],
])('of “%s” what was chosen is said in English, the rest as it was typed', (reason, chosen, typed) => {
	expect(splitReason(reason, 'en')).toEqual({ chosen, typed });
	expect(causeText(reason, 'en')).toBe(chosen + typed);
	expect(causeText(reason, 'vi')).toBe(reason);
});
