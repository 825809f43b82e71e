import { describe, expect, test } from 'vitest';
import { cleanMultiline, cleanText, foldSearch } from '#lib/fold.ts';

describe('what is searched', () => {
	test.each([
		['hoang dong', 'Hoàng Đồng'],
		['thuỷ', 'thủy'],
		['uỷ ban', 'ủy ban'],
		['UY BAN', 'Uỷ  ban\n'],
		['loc binh', 'Lộc Bình'.normalize('NFD')],
		['dong dang', 'Đồng Đăng'],
		['duong', 'Ðường'],
		['ky cung', '  KỲ\u00a0CÙNG '],
		['nnx-001', 'NNX-001'],
	])('%s finds “%s”', (typed, stored) => expect(foldSearch(stored)).toBe(foldSearch(typed)));

	test.each([
		['mai pha', 'mai phả o'],
		['kỳ lừa', 'kỳ lựu'],
		['lan', 'lăn quay'],
	])('%s is not the whole of “%s”', (typed, stored) =>
		expect(foldSearch(stored)).not.toBe(foldSearch(typed)),
	);
});

describe('a line as it is stored', () => {
	const clean = (text: string, max = 100) => cleanText(text, { max });
	test.each([
		['  Cô   Hoa \t ', 'Cô Hoa'],
		['Nông Thị Lan'.normalize('NFD'), 'Nông Thị Lan'],
		['một\ndòng\r\nthôi', 'một dòng thôi'],
		['a \u200b b', 'a b'],
		['a\u0000b\u0007c', 'abc'],
		['\u202etxt.exe\u202c', 'txt.exe'],
		['\u061cabc\ufeff', 'abc'],
		['\u200b\u2060', ''],
		['👨‍👩‍👧', '👨‍👩‍👧'],
		["<b>'; drop table fund; --", "<b>'; drop table fund; --"],
	])('%j becomes %j', (text, stored) => expect(clean(text)).toBe(stored));

	test('is cut between characters and not within one', () => {
		expect(clean('🌱🌱🌱', 2)).toBe('🌱🌱');
		expect(clean('Hoà bình', 3)).toBe('Hoà');
		expect(clean('Hoà bình', 4)).toBe('Hoà');
	});
});

test('a longer text keeps its paragraphs, and no more than one empty line between two', () => {
	const clean = (text: string, max = 100) => cleanMultiline(text, { max });
	expect(clean(' một \r\n\r\n\r\n\r\nhai\rba  bốn\n')).toBe('một\n\nhai\nba bốn');
	expect(clean('\n \n')).toBe('');
	expect(clean('một\n\nhai', 5)).toBe('một');
});
