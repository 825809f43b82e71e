import { expect, test } from 'vitest';
import { attachment, fileName } from '#lib/attachment.ts';

test.each([
	[
		['Kết quả', 'Kế hoạch nhỏ đợt 1', 'Trường THCS Tam Thanh', '2026-11-27'],
		'Kết quả - Kế hoạch nhỏ đợt 1 - Trường THCS Tam Thanh - 2026-11-27.xlsx',
	],
	[['Đợt 20/11: “giấy vụn”?', 'a\\b|c<d>*"e"'], 'Đợt 20 11 “giấy vụn” - a b c d e.xlsx'],
	[['x'.repeat(90), 'ngày...'], `${'x'.repeat(60)} - ngày.xlsx`],
	[['Kết\r\nquả'], 'Kết quả.xlsx'],
	[['Kết\u202Equả'], 'Kết quả.xlsx'],
])('%j names a file that any system takes', (parts, name) => {
	expect(fileName(parts, 'xlsx')).toBe(name);
});

test('a name stands in a header twice: without marks, and whole', () => {
	expect(attachment('so-lop-2026-11-20.xlsx')).toBe('attachment; filename="so-lop-2026-11-20.xlsx"');
	const name = "Kết quả - Đợt 1 (mẫu)'s - 2026-11-27.xlsx";
	const header = attachment(name);

	expect(header).toMatch(/^[\x20-\x7e]+$/);
	expect(header).toContain('filename="ket-qua-dot-1-mau-s-2026-11-27.xlsx"; filename*=UTF-8\'\'');
	const [, encoded = ''] = /filename\*=UTF-8''([\w%.~!#$&+^`|-]+)$/.exec(header) ?? [];
	expect(decodeURIComponent(encoded)).toBe(name);
});
