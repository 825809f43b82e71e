// The sentences about a table, as the page says them and as the browser does.
import { expect, test } from 'vitest';
import { readSheetTable } from '#features/schools/sheet-table.ts';
import { sayCount, sayIgnored, sayProblem, tableWords } from '#features/schools/table-words.ts';
import { splitRows } from '#lib/delimited.ts';
import { createTranslator } from '#lib/i18n.ts';

const classes = ['6A', '6B', '7A1'].map((name) => ({ id: name, name }));
const materials = [
	{ code: 'paper', unit: 'kg' as const, names: ['Giấy vụn'], isTaken: true, said: 'giấy vụn' },
	{ code: 'battery', unit: 'piece' as const, names: ['Pin'], isTaken: false, said: 'pin', guide: 'pin' },
	{ code: 'textile', unit: 'kg' as const, names: ['Quần áo'], isTaken: false, said: 'quần áo cũ' },
].map((each) => ({ ...each, isNever: each.code === 'battery' }));
const known = { classes, materials };
const say = (locale: 'vi' | 'en', text: string) => {
	const words = tableWords(createTranslator(locale), locale, '/phan-loai');
	const { problems, ignored } = readSheetTable({ rows: splitRows(text) }, known);
	return [
		...problems.map((problem) => sayProblem(problem, words, known)),
		...ignored.map((each) => ({ text: sayIgnored(each, words), guide: undefined })),
	];
};

test.each([
	[
		'vi',
		'6A, giấy vụn (dòng 2, cột B): Ý anh/chị là 1,5 kg hay 1500 kg? Ghi 1,5 nếu là số lẻ; ghi liền không có dấu nếu là hàng nghìn. Trong bảng ghi “1.500”.',
	],
	[
		'en',
		'6A, giấy vụn (row 2, column B): Do you mean 1.5 kg or 1500 kg? Write 1.5 for the fraction, or 1500 for the thousands. The table says “1.500”.',
	],
] as const)('a number that may mean two is asked about (%s)', (locale, text) => {
	expect(say(locale, 'Lớp\tGiấy vụn\n6A\t1.500')[0]!.text.replace(/1[.,]?500 kg\?/, '1500 kg?')).toBe(text);
});

test('what a house never takes, and what this one does not, is said with what to do', () => {
	expect(say('vi', 'Lớp\tGiấy vụn\tPin\tQuần áo\n6A\t2\t3\t4')).toEqual([
		{
			text: 'Dòng 1, cột C: Pin không bỏ vào Ngôi nhà xanh nên không ghi vào sổ.',
			guide: '/phan-loai/pin',
		},
		{
			text: 'Dòng 1, cột D: Nhà của trường không nhận quần áo cũ nên không ghi vào sổ.',
			guide: undefined,
		},
	]);
});

test('a class is named with the nearest ones, a whole table without a place', () => {
	expect(say('vi', 'Lớp\tGiấy vụn\n6Z\t2\n7A11\t3\nTổng\t5').map(({ text }) => text)).toEqual([
		'Dòng 2, cột A: Trường không có lớp này. Trong bảng ghi “6Z”. Gần nhất: 6A, 6B.',
		'Dòng 3, cột A: Trường không có lớp này; đã điền tạm vào lớp gần nhất, 7A1. Trong bảng ghi “7A11”.',
		'Bỏ qua dòng, cột cộng: 4.',
	]);
	expect(say('vi', '')[0]!.text).toBe('Bảng này trống.');
	expect(say('vi', `Giấy vụn\n${'1\n'.repeat(600)}`)[0]!.text).toContain('Nhiều nhất 500 dòng');
});

test.each(['vi', 'en'] as const)('no sentence has a gap (%s)', (locale) => {
	const words = tableWords(createTranslator(locale), locale, '/phan-loai');
	expect(sayCount(words.filled, 1500, words)).toMatch(locale === 'vi' ? /1\.500/ : /1,500/);
	for (const key of Object.keys(words.reasons)) {
		const problem = { row: 2, column: 'B', classId: '6A', material: 'paper', found: '1', near: ['6B'] };
		const values = { max: 1, before: 1, small: 1.5, large: 1500 };
		const { text } = sayProblem({ ...problem, key: key as 'merged', values }, words, known);
		expect(text).not.toMatch(/[{}]|undefined|\s\s| [.,:]/);
	}
});
