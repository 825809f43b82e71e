// A list of classes as schools keep it in Excel: what is read of it, and everything that is refused.
import { describe, expect, test } from 'vitest';
import { classListText, planClassList, readClassFile, readClassList } from '#features/schools/class-list.ts';
import type { StandingClass } from '#features/schools/school-class.ts';
import type { DomainError } from '#lib/errors.ts';
import { readWorkbook, writeWorkbook } from '#lib/workbook.ts';
import { bookOf, compoundFile } from '../support/workbooks.ts';

const short = (list: Parameters<typeof readClassList>[0]) =>
	readClassList(list).map(({ line, name, size }) => [line, name, size]);

async function refusal(work: () => unknown): Promise<DomainError> {
	try {
		await work();
	} catch (error) {
		return error as DomainError;
	}
	throw new Error('it was not refused');
}

describe('a list is read', () => {
	test.each([
		[
			'two columns',
			'6A\t38\n6B\t40',
			[
				[1, '6A', 38],
				[2, '6B', 40],
			],
		],
		[
			'a head, other order, other columns',
			'STT\tSĩ số\tTên lớp\tPhòng\n1\t38\t6A\t12\n2\t40\t6B\t13',
			[
				[2, '6A', 38],
				[3, '6B', 40],
			],
		],
		[
			'a title, empty rows and totals',
			'DANH SÁCH LỚP\t\n\t\nLớp\tSĩ số\n6A\t38\n\t\n6B\t40 em\nTổng cộng\t78\n',
			[
				[4, '6A', 38],
				[6, '6B', 40],
			],
		],
		[
			'a total beside the class',
			'STT\tLớp\tSĩ số\n1\t6A\t38\n2\t6B\t40\nCộng\t\t78',
			[
				[2, '6A', 38],
				[3, '6B', 40],
			],
		],
		[
			'subtotals of a grade',
			'Lớp\tSĩ số\nKhối 6\t78\n6A\t38\n6B\t40',
			[
				[3, '6A', 38],
				[4, '6B', 40],
			],
		],
		[
			'no head, with row numbers',
			'1\t6A\t38\n2\t6B\t40\n3\t7A\t38',
			[
				[1, '6A', 38],
				[2, '6B', 40],
				[3, '7A', 38],
			],
		],
		[
			'names alone',
			'6A\n6B',
			[
				[1, '6A', null],
				[2, '6B', null],
			],
		],
		[
			'a size left out',
			'Lớp\tSĩ số\n6A\t\n6B\t40',
			[
				[2, '6A', null],
				[3, '6B', 40],
			],
		],
		[
			'CSV with a mark and semicolons',
			'\uFEFFLớp;Sĩ số\r\n6A;38\r\n"6B";"40"\r\n',
			[
				[2, '6A', 38],
				[3, '6B', 40],
			],
		],
		[
			'typed by hand',
			'Lớp 6A 38 em\n6B 40',
			[
				[1, '6A', 38],
				[2, '6B', 40],
			],
		],
		['English heads', 'Class,Pupils\n6A,38', [[2, '6A', 38]]],
		[
			'a size column without a head',
			'Lớp\t\n6A\t38\n6B\t40',
			[
				[2, '6A', 38],
				[3, '6B', 40],
			],
		],
	])('%s', (_name, list, expected) => {
		expect(short(list)).toEqual(expected);
		// What is shown is read as the same once more.
		const again = readClassList(classListText(readClassList(list)));
		expect(again.map(({ name, size }) => [name, size])).toEqual(
			expected.map(([, name, size]) => [name, size]),
		);
	});

	test('from a workbook, a formula as its stored value and a title over merged cells', async () => {
		const text = (at: string, value: string) => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
		const rows = [
			`<row r="1">${text('A1', 'Danh sách lớp')}</row>`,
			`<row r="2">${text('A2', 'Lớp')}${text('B2', 'Sĩ số')}</row>`,
			`<row r="3">${text('A3', '6A')}<c r="B3"><f>20+18</f><v>38</v></c></row>`,
			`<row r="4">${text('A4', '6B')}<c r="B4"><v>40</v></c></row>`,
		].join('');
		const book = bookOf(rows, '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>');
		expect(short(await readWorkbook(book))).toEqual([
			[3, '6A', 38],
			[4, '6B', 40],
		]);
	});
});

describe('a list is refused', () => {
	test.each([
		['people in a column', 'Lớp\tSĩ số\tGVCN\n6A\t38\tNguyễn Thị Lan\n6B\t40\tHoàng Văn An', 'C (“GVCN”)'],
		['teachers of one word', 'Lớp\tGiáo viên chủ nhiệm\tSĩ số\n6A\tLan\t38', 'B (“Giáo viên chủ nhiệm”)'],
		['people without a head', 'Nguyễn Văn An\nTrần Thị Bình', 'A'],
		['people with numbers', '1. Nguyễn Văn An 6A\n2. Trần Thị Bình 6A', 'A'],
		['people beside their class', '1\tNguyễn Văn An\t6A\n2\tTrần Thị Bình\t6A', 'B'],
		['people in another spelling', 'Lớp,Sĩ số,x\n6A,38,Nguyễn Văn An'.normalize('NFD'), 'C'],
		['people under a head that may name one', 'Lớp\tLê Thị Hoa\n6A\tNguyễn Văn An', 'B'],
		['a head for people', 'Họ và tên\tLớp\nAn\t6A\nBình\t6B', 'A (“Họ và tên”)'],
		['days of birth', 'Lớp\tSĩ số\tx\n6A\t38\t12/05/2014\n6B\t40\t13/06/2014', 'C'],
		['a head for codes', 'Mã học sinh\tLớp\n123\t6A', 'A (“Mã học sinh”)'],
		['a head of more words', 'Họ và tên học sinh:\tLớp\nAn\t6A', 'A (“Họ và tên học sinh:”)'],
		['a head for teachers', 'Họ tên GVCN\tLớp\nLan\t6A', 'A (“Họ tên GVCN”)'],
		['a head that says how', 'Ngày sinh (ngày/tháng)\tLớp\n1\t6A', 'A'],
		['a teacher in a head', 'Họ tên GVCN: Nguyễn Thị Hoa\tLớp\nx\t6A', 'A'],
		['a pupil in a head', 'Họ và tên: Lê Thị Hoa, sinh ngày 12/05/2014\tLớp\nx\t6A', 'A'],
		['a pupil behind a head', 'Tên học sinh Nguyễn Văn An\tLớp\nx\t6A', 'A'],
		['a head for teachers with a colon', 'GVCN :\tLớp\nLan\t6A', 'A (“GVCN :”)'],
		['a teacher far behind a head', `Lớp\tGVCN${':'.repeat(60)}Hoa\n6A\tLan`, `B (“GVCN${':'.repeat(56)}”)`],
		['a pupil behind a head of a class', 'Lớp\tHọ tên Giáp\n6A\tx', 'B'],
	])('that holds %s', async (_name, list, columns) => {
		const error = await refusal(() => readClassList(list));
		expect(error).toMatchObject({
			key: 'classListNames',
			kind: 'UNPROCESSABLE_CONTENT',
			values: { columns },
			others: [],
		});
	});

	test('and not for an empty column of teachers', () => {
		expect(short('Lớp\tSĩ số\tGVCN\n6A\t38\t\n6B\t40\t')).toEqual([
			[2, '6A', 38],
			[3, '6B', 40],
		]);
	});

	test.each([
		['a signature below them', 'Lớp\tSĩ số\tGVCN\n6A\t40\t\n6B\t41\t\n\t\tHiệu trưởng'],
		['how many there are', 'Lớp\tSĩ số\tGV\n6A\t40\t2 GV\n6B\t41\t1 giáo viên'],
		['crosses', 'Lớp\tSĩ số\tChủ nhiệm\n6A\t40\tx\n6B\t41\tX'],
		['that there is none', 'Lớp\tSĩ số\tChủ nhiệm\n6A\t40\tchưa có\n6B\t41\tchưa có'],
	])('and not for a column of teachers with %s', (_name, list) => {
		expect(short(list)).toEqual([
			[2, '6A', 40],
			[3, '6B', 41],
		]);
	});

	test.each([
		['the last class alone', 'Lớp\tSĩ số\tGVCN\n6A\t40\t\n6B\t41\tLan\n\t\tHiệu trưởng', 'C (“GVCN”)'],
		['one letter', 'Lớp\tSĩ số\tGVCN\n6A\t40\tÝ', 'C (“GVCN”)'],
		['a number', 'Lớp\tSĩ số\tGVCN\n6A\t40\tLan 0912', 'C (“GVCN”)'],
		['no head of classes', '\tSĩ số\tGVCN\n6A\t40\tLan', 'C (“GVCN”)'],
	])('but for the teacher of %s', async (_name, list, columns) => {
		const error = await refusal(() => readClassList(list));
		expect(error).toMatchObject({ key: 'classListNames', values: { columns } });
	});

	test('that is as long and wide as a list may be, a head in each cell', async () => {
		const list = Array.from({ length: 1000 }, () => Array<string>(60).fill('GV').join('\t')).join('\n');
		expect(await refusal(() => readClassList(list))).toMatchObject({ key: 'classListColumns' });
	});

	test.each([
		['', 'classListEmpty'],
		['\n \t \n', 'classListEmpty'],
		['Lớp\tSĩ số\nTổng\t78', 'classListEmpty'],
		['38\t40\n39\t41', 'classListColumns'],
		['6A\t38\t20\n6B\t40\t22', 'classListColumns'],
		['6A,"38', 'classListUnreadable'],
	])('%j', async (list, key) => {
		expect(await refusal(() => readClassList(list))).toMatchObject({ key, field: 'list' });
	});

	test('that is too long', async () => {
		const names = Array.from({ length: 301 }, (_, index) => `6A${index}`);
		expect(await refusal(() => readClassList(names.join('\n')))).toMatchObject({
			...{ key: 'classListRows', kind: 'CONTENT_TOO_LARGE', values: { max: 300 } },
		});
		expect(await refusal(() => readClassList('6A\t38\n'.repeat(10_000)))).toMatchObject({
			...{ key: 'classListRows', values: { max: 300 } },
		});
		// People are no less people in a long list.
		const pupils = '6A\tNguyễn Văn An\n'.repeat(10_000);
		expect(await refusal(() => readClassList(pupils))).toMatchObject({ key: 'classListNames' });
		expect(await refusal(() => readClassList('x'.repeat(500_001)))).toMatchObject({ key: 'bodyTooLarge' });
	});

	test('that is wide, and only its first columns are looked at and named', async () => {
		// As many cells as fit into a form: rows times columns would be hundreds of millions.
		const wide = `Lớp\n6A${'\t'.repeat(480_000)}${'\n6B'.repeat(998)}`;
		expect(await refusal(() => readClassList(wide))).toMatchObject({ key: 'classListRows' });
		expect(await refusal(() => readClassList('\tx y'.repeat(60)))).toMatchObject({
			...{ key: 'classListNames', values: { columns: 'B, C, D, E, F, …' } },
		});
		expect(short(`${'\t'.repeat(59)}6A`)).toEqual([[1, '6A', null]]);
		const far = await refusal(() => readClassList(`x${'\t'.repeat(60)}6A`));
		expect(far).toMatchObject({ key: 'classListColumns' });
		const book = { rows: Array.from({ length: 20_000 }, () => Array<string>(256).fill('')), faults: [] };
		expect(await refusal(() => readClassList(book))).toMatchObject({ key: 'classListEmpty' });
	});

	test('with each wrong row and its place, and nothing of what stands there but a class', async () => {
		const list =
			'Lớp\tSĩ số\n6A\t38\nXA\t38\n6B\t0\n6a\t39\n7A\t3x\n\t12\nLan\t38\n13A\tba em\n7B\tAn 9\n7C\t300 em';
		const error = await refusal(() => readClassList(list));
		expect([error, ...error.others].map(({ key, values }) => [key, values])).toEqual([
			['classRowName', { line: 3 }],
			['classRowSize', { line: 4, found: '0' }],
			['classRowTwice', { line: 5, name: '6A', first: 2 }],
			['classRowSize', { line: 6, found: '3x' }],
			['classRowName', { line: 7 }],
			['classRowName', { line: 8 }],
			['classRowName', { line: 9, found: '13A' }],
			['classRowSize', { line: 9 }],
			['classRowSize', { line: 10 }],
			['classRowSize', { line: 11, found: '300 em' }],
		]);
	});

	test.each([
		['0912345678', undefined],
		['020214001234', undefined],
		['40 (0912 345 678)', undefined],
		['12/05/2014', undefined],
		['12/05', undefined],
		['1-5-14', undefined],
		['2014', undefined],
		['٠٩١٢٣٤٥٦٧٨ 1', undefined],
		['999', '999'],
		['121 em', '121 em'],
		['-3', '-3'],
	])('a size of “%s” says %s again', async (cell, found) => {
		const error = await refusal(() => readClassList(`Lớp\tSĩ số\n6A\t${cell}\n6B\t40`));
		expect([error.key, error.values, error.others]).toEqual([
			'classRowSize',
			{ line: 2, ...(found !== undefined && { found }) },
			[],
		]);
	});

	test('with cells of a workbook that have no value of their own', async () => {
		const text = (at: string, value: string) => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
		const rows = [
			`<row r="1">${text('A1', 'Lớp')}${text('B1', 'Sĩ số')}</row>`,
			`<row r="2">${text('A2', '6A')}<c r="B2"><f>WEBSERVICE("http://x")</f></c></row>`,
			`<row r="3">${text('A3', '6B')}<c r="B3" t="e"><v>#REF!</v></c></row>`,
			`<row r="4">${text('A4', '6C')}<c r="B4"><v>40</v></c></row>`,
		].join('');
		const error = await refusal(async () => readClassList(await readWorkbook(bookOf(rows))));
		expect([error, ...error.others].map(({ key, values }) => [key, values])).toEqual([
			['classRowCell', { line: 2, cell: 'B2' }],
			['classRowCell', { line: 3, cell: 'B3' }],
		]);
	});
});

describe('a file', () => {
	const fileOf = (bytes: Uint8Array | string, name: string) =>
		new File([typeof bytes === 'string' ? bytes : bytes.slice()], name);

	test('is a workbook or a CSV', async () => {
		const book = await writeWorkbook('Lớp', [
			['Tên lớp', 'Sĩ số'],
			['6A', 38],
		]);
		expect(short(await readClassFile(fileOf(book, 'lop.xlsx')))).toEqual([[2, '6A', 38]]);
		expect(short(await readClassFile(fileOf('Lớp,Sĩ số\n6A,38', 'lop.csv')))).toEqual([[2, '6A', 38]]);
	});

	test.each([
		['an old one', compoundFile('Workbook'), 'lop.xls', 'workbookOld'],
		['one under a password', compoundFile('EncryptedPackage'), 'lop.xlsx', 'workbookLocked'],
		['a broken one', Buffer.from('504b0304000000', 'hex'), 'lop.xlsx', 'workbookUnreadable'],
		['a large one', new Uint8Array(1_000_001), 'lop.csv', 'fileTooLarge'],
		['one in another encoding', Buffer.from([0x4c, 0xff, 0xfe, 0x31]), 'lop.csv', 'classListUnreadable'],
	])('is not %s', async (_name, bytes, name, key) => {
		expect(await refusal(() => readClassFile(fileOf(bytes, name)))).toMatchObject({ key, field: 'file' });
	});
});

describe('against what stands', () => {
	const standing = (name: string, size: number | null, closedOn: string | null = null): StandingClass => ({
		...{ id: `id-${name}`, name, grade: 6, size, schoolYear: '2026-2027' },
		...{ followsClassId: null, closedOn, mergedIntoId: null },
	});

	test('a list adds, resizes, and leaves alone', () => {
		const plan = planClassList(readClassList('6A\t38\n6B\t40\n6C\t\n6D\t35'), [
			...[standing('6A', 38), standing('6B', null), standing('6C', 37), standing('6E', 1)],
			standing('6G', 30, '2026-10-01'),
		]);
		expect(plan).toMatchObject({
			added: [{ line: 4, name: '6D', size: 35 }],
			resized: [{ id: 'id-6B', name: '6B', from: null, to: 40 }],
			same: ['6A', '6C'],
			unnamed: ['6E'],
		});
	});

	test('a class that has ended is not taken up again by a list', async () => {
		const work = () => planClassList(readClassList('6A\t38'), [standing('6A', 38, '2026-10-01')]);
		expect(await refusal(work)).toMatchObject({ key: 'classRowEnded', values: { line: 1, name: '6A' } });
	});
});
