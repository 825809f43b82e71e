// Workbooks as Excel and others write them, and as somebody could write them on purpose.
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isWorkbook, readWorkbook, workbookNames, writeWorkbook } from '#lib/workbook.ts';
import { bookOf, compoundFile } from '../support/workbooks.ts';

const refusal = async (bytes: Uint8Array) =>
	readWorkbook(bytes).then(
		() => 'read',
		({ key }: { key: string }) => key,
	);

test('what is written is read again as it was: Vietnamese, numbers, and texts that look like formulas', async () => {
	const rows = [
		['code', 'name_vi', 'latitude'],
		['NNX-001', 'Khối 6, phường Vĩnh Trại', 21.85396],
		['007', '=HYPERLINK("http://x")', 106.7665],
		['', '+84 912', 0],
		['@a', '-12 Bà Triệu & <b> _x0041_', -0.1],
	];
	const bytes = await writeWorkbook('Ngôi nhà xanh', rows);
	expect(isWorkbook(bytes)).toBe(true);
	expect(await readWorkbook(bytes)).toEqual({ rows: rows.map((row) => row.map(String)), faults: [] });
});

test('a day is a day for Excel, shown as it is written here', async () => {
	const bytes = await writeWorkbook('Sổ', [['Ngày'], [new Date('2026-08-26')], [new Date('2027-01-01')]]);
	expect((await readWorkbook(bytes)).rows).toEqual([['Ngày'], ['2026-08-26'], ['2027-01-01']]);
	const parts = unzipSync(bytes);
	expect(strFromU8(parts['xl/styles.xml']!)).toContain('formatCode="dd/mm/yyyy"');
	// The number of Excel for the day, and no text.
	expect(strFromU8(parts['xl/worksheets/sheet1.xml']!)).toMatch(/<c r="A2" s="\d+"(?: t="n")?><v>46260<\/v>/);
});

test('a formula stands for its value, a day and an hour for what Excel shows, a number without noise', async () => {
	const { rows, faults } = await readWorkbook(
		bookOf(
			`<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" s="1"><v>45838</v></c><c r="C2" s="2"><v>0.25</v></c>
			<c r="D2"><v>0.30000000000000004</v></c><c r="E2" t="str"><f>""</f><v></v></c><c r="F2" t="b"><v>1</v></c>
			<c r="G2" t="inlineStr"><is><t>Thôn Đèo</t></is></c></row>`,
		),
	);
	expect(faults).toEqual([]);
	expect(rows).toEqual([
		['', '', '', '', '', '', ''],
		['2', '2025-06-30', '06:00', '0.3', '', 'true', 'Thôn Đèo'],
	]);
});

test('cells whose value cannot be known are named', async () => {
	const { faults } = await readWorkbook(
		bookOf(
			`<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><f>A1</f></c></row>`,
			`<mergeCells count="1"><mergeCell ref="C2:C5"/></mergeCells>`,
		),
	);
	expect(faults).toEqual([
		{ cell: 'A1', line: 1, key: 'failed' },
		{ cell: 'B1', line: 1, key: 'uncalculated' },
		{ cell: 'C2:C5', line: 2, key: 'merged' },
	]);
});

const value = (at: string) => `<c r="${at}"><v>1</v></c>`;
test.each<[string, string, Uint8Array]>([
	['an old .xls', 'workbookOld', compoundFile('Workbook')],
	['one under a password', 'workbookLocked', compoundFile('EncryptedPackage')],
	['a large file', 'fileTooLarge', new Uint8Array(5_000_001).fill(0x50)],
	[
		...(['one that unpacks to too much', 'workbookTooFull'] as const),
		zipSync({ 'xl/workbook.xml': new Uint8Array(30_000_000) }, { level: 9 }),
	],
	['a cell far below', 'workbookTooFull', bookOf(`<row r="1048576">${value('A1048576')}</row>`)],
	['a cell far to the right', 'workbookTooFull', bookOf(`<row r="1">${value('XFD1')}</row>`)],
	['a row that Excel does not have', 'workbookUnreadable', bookOf('<row r="99999999999"/>')],
	['a cell without a place', 'workbookUnreadable', bookOf('<row r="1"><c><v>1</v></c></row>')],
	['a page that is called .xls', 'workbookUnreadable', strToU8('<html><table></table></html>')],
	['another archive', 'workbookUnreadable', zipSync({ 'content.xml': strToU8('<x/>') })],
	['half a file', 'workbookUnreadable', bookOf('').slice(0, 300)],
	['nothing', 'workbookUnreadable', new Uint8Array()],
])('%s is refused', async (_name, key, bytes) => {
	expect(await refusal(bytes)).toBe(key);
});

test('a workbook is told by its first bytes or its name', () => {
	expect([isWorkbook(strToU8('code,name'), 'a.csv'), isWorkbook(strToU8('<html>'), 'A.XLS')]).toEqual([
		false,
		true,
	]);
	expect(isWorkbook(compoundFile('Workbook'), 'a.csv')).toBe(true);
});

test('a workbook of samples says so in its file’s and its sheet’s name', () => {
	const names = (isSample: 0 | 1) => workbookNames('Sổ năm', 'so-nam.xlsx', { isSample });
	expect(names(1)).toEqual({ sheet: 'MẪU Sổ năm', file: 'MẪU so-nam.xlsx' });
	expect(names(0)).toEqual({ sheet: 'Sổ năm', file: 'so-nam.xlsx' });
});
