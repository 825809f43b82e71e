// The sorting guide as it is shipped, asked as people ask.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { glyphs } from '#components/glyphs.ts';
import { readGuideFile } from '#features/materials/guide-file.ts';
import { searchGuide } from '#features/materials/guide-search.ts';
import { DESTINATIONS, guideNames } from '#features/materials/guide.ts';

const items = readGuideFile(readFileSync('db/data/sorting-guide.json', 'utf8'));
const names = items.map(guideNames);
const search = (query: string) => {
	const { found, isNear } = searchGuide(query, names);
	return { found: found.map((index) => items[index]!.code), isNear };
};

describe('what people ask finds what they have in hand, first', () => {
	test.each([
		['hộp sữa', 'vo-hop-sua'],
		['vo hop sua', 'vo-hop-sua'],
		['pin', 'pin'],
		['sữa hộp vỏ', 'vo-hop-sua'],
		['  PIN  CŨ ', 'pin'],
		['pin tiểu hỏng', 'pin'],
		['pin cu bo di dau', 'pin'],
		['Hộp sữa'.normalize('NFD'), 'vo-hop-sua'],
		['lon bia', 'lon-nhom'],
		['bìa', 'bia-carton'],
		['cac tong', 'bia-carton'],
		['chai nuoc', 'chai-nhua-pet'],
		['thuỷ tinh', 'chai-lo-thuy-tinh'],
		['thủy tinh', 'chai-lo-thuy-tinh'],
		['bong den', 'bong-den-led'],
		['thuốc hết hạn', 'thuoc-het-han'],
		['vỏ thuốc sâu', 'vo-thuoc-tru-sau'],
		['khẩu trang', 'khau-trang'],
		['bỉm', 'ta-bim'],
		['dau an', 'dau-an-thua'],
		['điện thoại', 'dien-thoai-cu'],
		['túi bóng', 'tui-ni-long'],
		['milk carton', 'vo-hop-sua'],
		['batteries', 'pin'],
		['where do old batteries go', 'pin'],
		['nappies', 'ta-bim'],
	])('%j → %s', (query, code) => {
		const { found, isNear } = search(query);
		expect([found[0], isNear]).toEqual([code, false]);
	});
});

test('a word that is still being typed finds as well', () => {
	expect(search('hộp s').found).toContain('vo-hop-sua');
	expect(search('khau t').found[0]).toBe('khau-trang');
});

test('a brand beside the thing leads near it', () => {
	const { found, isNear } = search('vỏ hộp sữa Vinamilk');
	expect([found[0], isNear]).toEqual(['vo-hop-sua', true]);
	expect(found.length).toBeLessThanOrEqual(6);
});

test.each(['máy bay trực thăng', 'xyz', '???', '%', '\\', '(', 'vỏ cũ'.repeat(1000)])(
	'%.20s finds nothing, or says that it is only near',
	(query) => {
		const { found, isNear } = search(query);
		expect(found.length === 0 || isNear || /^\W+$/u.test(query)).toBe(true);
	},
);

test('an empty question is the whole guide in its order', () => {
	for (const query of ['', '   ', '\n'])
		expect(search(query)).toEqual({ found: items.map(({ code }) => code), isNear: false });
});

test('the guide that is shipped is whole', () => {
	expect(items.length).toBeGreaterThanOrEqual(60);
	expect(new Set(items.map(({ code }) => code)).size).toBe(items.length);
	expect(new Set(items.map(({ destination }) => destination))).toEqual(new Set(DESTINATIONS));
	for (const item of items) {
		expect(item.code).toMatch(/^[a-z0-9-]+$/);
		expect(Object.keys(glyphs)).toContain(item.glyph);
		// Each thing is found first, or beside another of the same name, by what it is called.
		for (const name of [item.nameVi, item.nameEn]) expect(search(name).found[0]).toBe(item.code);
		// The administrator's form takes as much as the file has.
		for (const text of [item.whatVi, item.whatEn, item.prepareVi, item.prepareEn, item.whereVi, item.whereEn])
			expect(text.length).toBeLessThanOrEqual(300);
		for (const text of [item.sourceVi, item.sourceEn]) expect(text.length).toBeLessThanOrEqual(300);
		for (const text of [item.aliasesVi, item.aliasesEn]) expect(text.length).toBeLessThanOrEqual(600);
	}
});
