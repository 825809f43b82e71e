import { expect, test } from 'vitest';
import { splitVietnamese } from '#lib/vietnamese.ts';

const found = (text: string) => splitVietnamese(text).filter((_, index) => index % 2 === 1);

test.each([
	['Scrap sale, Khu dân cư 1 (mẫu)\u00a0·\u00a0MAU-001', ['Khu dân cư 1 (mẫu)']],
	[
		'Nhà văn hoá khối (mẫu), Khu dân cư 4 (mẫu), Kỳ Lừa Ward',
		['Nhà văn hoá khối (mẫu)', 'Khu dân cư 4 (mẫu)', 'Kỳ Lừa'],
	],
	['Lương Văn Tri Ward Fund (sample)', ['Lương Văn Tri']],
	['Residential area; before 1 July 2025 in Vĩnh Trại Ward', ['Vĩnh Trại']],
	['Bà con ủng hộ (mẫu)', ['Bà con ủng hộ (mẫu)']],
	['Tết gifts, 14 people, Kỳ Lừa Ward', ['Tết', 'Kỳ Lừa']],
	['Recorded by: Treasurer, Đông Kinh Ward Fund (sample)', ['Đông Kinh']],
	['Notice board: Nhà văn hoá khối 1 (mẫu) · Since 3 Nov 2026', ['Nhà văn hoá khối 1 (mẫu)']],
	['in 8 of 8 wards of Lạng Sơn City', ['Lạng Sơn']],
	['fourteen million đồng', ['đồng']],
	['26 Nov 2026, café', ['café']],
	['Only English, 1,000 ₫', []],
	['', []],
] as [string, string[]][])('%s', (text, names) => {
	expect(found(text)).toEqual(names);
	expect(splitVietnamese(text).join('')).toBe(text);
});
