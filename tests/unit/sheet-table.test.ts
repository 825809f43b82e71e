// Tables as schools have them: titles above, totals below, numbers as people type them, and what must not come back.
import { expect, test } from 'vitest';
import { readSheetTable, type SheetTable } from '#features/schools/sheet-table.ts';
import { delimiterOf, splitRows } from '#lib/delimited.ts';

const classes = ['6A', '6B', '7A1', '7A2'].map((name) => ({ id: name.toLowerCase(), name }));
const materials = [
	{ code: 'mixed_paper', unit: 'kg' as const, names: ['Giấy vụn', 'Mixed paper', 'giấy vở'], isTaken: true },
	{ code: 'newspaper', unit: 'kg' as const, names: ['Giấy báo', 'Newspaper'], isTaken: true },
	{ code: 'beverage_carton', unit: 'piece' as const, names: ['Vỏ hộp sữa', 'hộp sữa'], isTaken: true },
	{ code: 'aluminium_can', unit: 'piece' as const, names: ['Lon nhôm', 'vỏ lon'], isTaken: true },
	{ code: 'textile', unit: 'kg' as const, names: ['Quần áo cũ'], isTaken: false },
	{ code: 'battery', unit: 'piece' as const, names: ['Pin cũ và ắc quy', 'pin tiểu', 'Pin'], isTaken: false },
].map((each) => ({ ...each, isNever: each.code === 'battery', said: each.code }));
const world = { classes, materials };
const read = (text: string, more: Partial<SheetTable> = {}) =>
	readSheetTable({ rows: splitRows(text), delimiter: delimiterOf(text), ...more }, world);
const cellsOf = (text: string) =>
	Object.fromEntries(read(text).cells.map(({ name, text: value }) => [name.slice(5), value]));
const keysOf = (text: string, more: Partial<SheetTable> = {}) =>
	read(text, more).problems.map(({ key, row, column }) => `${key} ${row}${column}`);

test('a school’s own table: title, units, totals, sizes, a remark and empty rows are no data', () => {
	const table = [
		'TRƯỜNG THCS ĐÔNG KINH\t\t\t\t\t\t',
		'Kế hoạch nhỏ tháng 11\t\t\t\t\t\t',
		'\t\t\t\t\t\t',
		'STT\tLớp\tSĩ số\tGiấy vụn (kg)\tVỎ HỘP SỮA (vỏ)\tLon nhôm\tTổng\tGhi chú',
		'1\tLớp 6A\t38\t12,5\t40\t\t52,5\tđủ',
		'2\t6 b\t40\t1.234,5\t1.500\t7 lon\t\t',
		'\t\t\t\t\t\t\t',
		'Cộng khối 6\t\t78\t20\t1540\t7\t\t',
		'3\t7-A1\t35\t0\t-\t12\t12\t',
		'Tổng cộng\t\t113\t20\t1540\t19\t\t',
	].join('\n');
	expect(cellsOf(table)).toEqual({
		'6a:mixed_paper:kg': '12,5',
		'6a:beverage_carton:piece': '40',
		'6b:mixed_paper:kg': '1.234,5',
		'6b:beverage_carton:piece': '1.500',
		'6b:aluminium_can:piece': '7 lon',
		'7a1:aluminium_can:piece': '12',
	});
	expect(read(table).problems).toEqual([]);
	expect(read(table).ignored).toEqual([
		{ key: 'title', places: ['3'] },
		{ key: 'aside', places: ['A', 'C', 'H'] },
		{ key: 'total', places: ['G', '8', '10'] },
		{ key: 'zeros', places: ['D9'] },
	]);
});

test('units may stand in a row of their own, and another unit than the house’s is taken as it is said', () => {
	expect(cellsOf('Lớp\tGiấy vụn\tLon nhôm\n\t(kg)\t(kg)\n6A\t3\t1,5')).toEqual({
		'6a:mixed_paper:kg': '3',
		'6a:aluminium_can:kg': '1,5',
	});
	expect(cellsOf('Lớp;Lon nhôm - cái\n6A;3')).toEqual({ '6a:aluminium_can:piece': '3' });
	expect(cellsOf('Class,Mixed paper [kg]\n6A,3')).toEqual({ '6a:mixed_paper:kg': '3' });
});

test('the column of classes is found without a head', () => {
	expect(cellsOf('\tGiấy vụn\n6A\t3\n6B\t4')).toEqual({ '6a:mixed_paper:kg': '3', '6b:mixed_paper:kg': '4' });
});

test('what a spreadsheet quotes is one cell', () => {
	expect(splitRows('"Giấy\nvụn"\t"a ""b"""\r\n1\t2')).toEqual([
		['Giấy\nvụn', 'a "b"'],
		['1', '2'],
	]);
	expect(cellsOf('Lớp\t"Giấy\nvụn"\n6A\t3')).toEqual({ '6a:mixed_paper:kg': '3' });
});

test.each([
	['-3', 'quantityNotPositive 2B'],
	['1.500', 'quantityAmbiguous 2B'],
	['10000', 'quantityTooLarge 2B'],
	['3 4', 'quantityNotNumber 2B'],
	['Lan', 'quantityNotNumber 2B'],
	['=SUM(B3:B9)', 'formula 2B'],
	['#REF!', 'quantityNotNumber 2B'],
])('“%s” is named with its place', (cell, problem) => {
	expect(keysOf(`Lớp\tGiấy vụn\n6A\t${cell}`)).toEqual([problem]);
	expect(read(`Lớp\tGiấy vụn\n6A\t${cell}`).problems[0]).toMatchObject({
		classId: '6a',
		material: 'mixed_paper',
		field: 'cell:6a:mixed_paper:kg',
	});
});

test('a number that is wrong stays to be corrected, and anything else does not', () => {
	expect(cellsOf('Lớp\tGiấy vụn\n6A\t-3')).toEqual({ '6a:mixed_paper:kg': '-3' });
	expect(JSON.stringify(read('Lớp\tGiấy vụn\n6A\tNông Thị Lan'))).not.toContain('Lan');
});

test.each([
	['1,5', 'quantityNotWhole 2B'],
	['200000', 'piecesTooLarge 2B'],
])('“%s” pieces are refused', (cell, problem) =>
	expect(keysOf(`Lớp\tLon nhôm\n6A\t${cell}`)).toEqual([problem]),
);

test('a class that the school does not have: the only nearest one is tried, and said', () => {
	const { cells, problems } = read('Lớp\tGiấy vụn\n7A11\t3\n6Z\t4\n9C\t5\n7A3\t1');
	expect(cells).toEqual([{ name: 'cell:7a1:mixed_paper:kg', text: '3' }]);
	expect(problems).toMatchObject([
		{ key: 'classGuessed', row: 2, found: '7A11', near: ['7A1'], field: 'cell:7a1:mixed_paper:kg' },
		{ key: 'classUnknown', row: 3, found: '6Z', near: ['6A', '6B'] },
		{ key: 'classUnknown', row: 4, found: '9C', near: [] },
		{ key: 'classUnknown', row: 5, found: '7A3', near: ['7A1', '7A2'] },
	]);
});

test('6D and 6Đ are two classes, and either stands for the other only where it is asked', () => {
	const two = [
		{ id: 'd', name: '6D' },
		{ id: 'đ', name: '6Đ' },
	];
	const of = (text: string, known = two) =>
		readSheetTable({ rows: splitRows(text), delimiter: delimiterOf(text) }, { ...world, classes: known });
	const both = of('Lớp\tGiấy vụn\n6D\t11\nlớp 6 đ\t7');
	expect(both.problems).toEqual([]);
	expect(both.cells).toEqual([
		{ name: 'cell:d:mixed_paper:kg', text: '11' },
		{ name: 'cell:đ:mixed_paper:kg', text: '7' },
	]);
	expect(of('Lớp\tGiấy vụn\n6D\t11', [two[1]!]).problems).toMatchObject([
		{ key: 'classGuessed', found: '6D', near: ['6Đ'] },
	]);
});

test('of the near classes those come first that have no row of their own', () => {
	const classes = ['8A', '8B', '8C', '8D'].map((name) => ({ id: name, name }));
	const text = 'Lớp\tGiấy vụn\n8A\t1\n8B\t2\n8C\t3\n8G\t4';
	const { problems } = readSheetTable({ rows: splitRows(text) }, { ...world, classes });
	expect(problems).toMatchObject([{ key: 'classUnknown', row: 5, near: ['8D', '8A', '8B'] }]);
	expect(problems[0]!.offers!.map(({ name }) => name)).toEqual(['8D']);
});

test('a class that stands in the table itself is never what another row meant', () => {
	const { cells, problems } = read('Lớp\tGiấy vụn\n7A11\t3\n7A1\t4');
	expect(cells).toEqual([{ name: 'cell:7a1:mixed_paper:kg', text: '4' }]);
	expect(problems).toMatchObject([{ key: 'classUnknown', near: ['7A1'] }]);
});

test.each([
	['Lớp\tGiấy vụn\n6A\t3\n6A\t4', ['classTwice 3A']],
	['Lớp\tGiấy vụn\n\t3', ['classMissing 2']],
	['Lớp\tGiấy vụn\tgiấy vở\n6A\t3\t4', ['materialTwice 1C']],
	['Lớp\tGiấy vụn\tGiấy các loại\n6A\t3\t4', ['materialUnknown 1C']],
	['Lớp,Giấy vụn\n6A,12,5', ['cellCount 2']],
	['', ['noRows 0']],
	['3\t4\n5\t6', ['noHead 0', 'noClasses 0']],
	['Giấy vụn\n3', ['noClasses 0']],
	['6A\t3', ['noHead 0']],
])('%j is asked about', (text, problems) => expect(keysOf(text)).toEqual(problems));

test('10,000 rows are no school’s classes', () => {
	expect(keysOf(`Lớp\tGiấy vụn\n${'6A\t1\n'.repeat(10_000)}`)).toEqual(['tooLong 0']);
});

test('10,000 empty rows below a table are nothing', () => {
	expect(keysOf(`Lớp\tGiấy vụn\n6A\t1\n${'\t\n'.repeat(10_000)}`)).toEqual([]);
});

test('a head that the house does not know is answered with materials that share its words', () => {
	expect(read('Lớp\tGiấy\tPin\n6A\t3\t4').problems).toMatchObject([
		{ key: 'materialUnknown', near: ['mixed_paper', 'newspaper'] },
		{ key: 'materialRefused', material: 'battery', column: 'C' },
	]);
	expect(keysOf('Lớp\tGiấy vụn\tpin tiểu\tQuần áo cũ\n6A\t3\t4\t')).toEqual(['materialRefused 1C']);
});

test('comma and point as decimals in one table are asked about, the fewer of them', () => {
	const text = 'Lớp\tGiấy vụn\tGiấy báo\n6A\t12,5\t3,5\n6B\t4.5\t1.500';
	expect(read(text).problems).toMatchObject([
		{ key: 'quantityAmbiguous', field: 'cell:6b:newspaper:kg' },
		{ key: 'mixedDecimals', field: 'cell:6b:mixed_paper:kg', found: '4.5' },
	]);
	expect(keysOf('Lớp\tGiấy vụn\n6A\t12,5\n6B\t1.234,5')).toEqual([]);
});

test('cells that are one, errors and formulas without a value are named; those of a title are not', () => {
	const faults: SheetTable['faults'] = [
		{ cell: 'A1:C1', key: 'merged' },
		{ cell: 'B3:B4', key: 'merged' },
		{ cell: 'C4', key: 'failed' },
		{ cell: 'C5', key: 'uncalculated' },
	];
	const text = 'Kế hoạch nhỏ\nLớp\tGiấy vụn\tGiấy báo\n6A\t3\t2\n6B\t\t\n7A1\t2\t\n';
	expect(keysOf(text, { faults })).toEqual(['merged 3B', 'merged 4B', 'failed 4C', 'uncalculated 5C']);
	expect(read(text, { faults }).cells.map(({ name }) => name)).toEqual([
		'cell:6a:newspaper:kg',
		'cell:7a1:mixed_paper:kg',
	]);
});

test('a column of names is refused with its letter, and the totals beside it are read', () => {
	const text = 'Lớp\tGVCN\tGiấy vụn\n6A\tNông Thị Lan\t3\n6B\tHoàng Văn Nam\t4';
	expect(keysOf(text)).toEqual(['names 0B']);
	expect(read(text).cells).toHaveLength(2);
	expect(JSON.stringify(read(text))).not.toMatch(/Lan|Nam|GVCN/);
});

test('a row for each pupil is refused whole', () => {
	const text = 'Họ và tên\tLớp\tGiấy vụn\nNông Thị Lan\t6A\t1\nHoàng Văn Nam\t6A\t2';
	expect(read(text)).toEqual({
		cells: [],
		ignored: [],
		problems: [{ key: 'pupilRows', row: 0, column: 'A' }],
	});
	expect(keysOf('Lớp\t\tGiấy vụn\n6A\tLý A Páo\t1\n6A\tTriệu Thị Mỷ\t2')).toEqual(['pupilRows 0B']);
});

test('a row of an unknown class is offered to each near one that has no row, with its figures alone', () => {
	const [problem] = read('Lớp\tGiấy vụn\tLon nhôm\tGiấy báo\n6A\t1\n6C\t2\tLan\t0\n', {
		faults: [],
	}).problems;
	expect(problem).toMatchObject({
		...{ key: 'classUnknown', row: 3, near: ['6B', '6A'] },
		offers: [{ id: '6b', name: '6B', cells: [{ name: 'cell:6b:mixed_paper:kg', text: '2' }] }],
	});
	const both = read('Lớp\tGiấy vụn\n6Z\t2').problems[0]!.offers!;
	expect(both.map(({ name }) => name)).toEqual(['6A', '6B']);
	// What has no value of its own is offered to nobody.
	const faulty = read('Lớp\tGiấy vụn\n6Z\t2', { faults: [{ cell: 'B2', key: 'merged' }] });
	expect(faulty.problems[0]!.offers!.map(({ cells }) => cells)).toEqual([[], []]);
});

test('nothing is offered that the class’s own row would be asked about', () => {
	// A decimal comma in a file whose cells are parted by commas: 12,5 kg is no 12 kg and 5 cans.
	const csv = read('Lớp,Giấy vụn,Lon nhôm\n6B,3,1\n6C,12,5,7');
	expect(csv.problems).toEqual([{ key: 'cellCount', row: 3, column: '', classId: undefined }]);
	// So it is for a class that is only guessed, and the class is not taken twice.
	expect(keysOf('Lớp,Giấy vụn\n7A11,12,5\n7A11,3')).toEqual(['cellCount 2', 'classTwice 3A']);
	const offered = (cells: string) =>
		read(`Lớp\tGiấy vụn\tLon nhôm\n6Z\t${cells}`).problems[0]!.offers!.map((offer) =>
			offer.cells.map(({ text }) => text),
		);
	expect(offered('2\t2,5')).toEqual([['2'], ['2']]);
	expect(offered('1.500\t3')).toEqual([['3'], ['3']]);
	expect(offered('9999\t-3')).toEqual([[], []]);
	expect(offered('2,5\t1.500')).toEqual([
		['2,5', '1.500'],
		['2,5', '1.500'],
	]);
});

test('what is offered takes part in the question about decimals, once, at its place in the table', () => {
	const own = read('Lớp\tGiấy vụn\n6A\t1.5\n6B\t2.5\n7A1\t3,5').problems;
	expect(own).toMatchObject([{ key: 'mixedDecimals', found: '3,5', classId: '7a1' }]);
	const { problems } = read('Lớp\tGiấy vụn\n6A\t1.5\n6B\t2.5\n7A3\t3,5');
	expect(problems).toMatchObject([
		{ key: 'classUnknown', near: ['7A1', '7A2'] },
		{ key: 'mixedDecimals', row: 4, column: 'B', material: 'mixed_paper', found: '3,5' },
	]);
	expect(problems[1]!.field).toBeUndefined();
	// What goes to no class asks nothing.
	expect(keysOf('Lớp\tGiấy vụn\n6A\t1.5\n6B\t2.5\n9C\t3,5')).toEqual(['classUnknown 4A']);
	expect(keysOf('Lớp\tGiấy vụn\n6A\t1.5\n6Z\t2,5\n6Y\t3,5')).toEqual([
		...['classUnknown 3A', 'classUnknown 4A', 'mixedDecimals 0'],
	]);
});
