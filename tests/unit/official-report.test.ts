// The report as a file for a word processor: whole, in Vietnamese, and with nobody's number.
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { CleanupEvent, EventReport } from '#features/cleanup-events/cleanup-event.ts';
import { officialReport, type OfficialParts } from '#features/cleanup-events/official-report.ts';
import { toDocx } from '#features/cleanup-events/official-report-docx.ts';

const event = {
	...{ title: 'Dọn bờ sông Kỳ Cùng', organisationName: 'Đoàn phường Tam Thanh', leadName: 'Nguyễn Thị Lan' },
	...{ leadPhoneE164: '+84912345678', isLeadPhonePublic: 1, documentNumber: '12-KH/ĐTN', description: '' },
	...{ collectionPartner: '', areaText: 'Đường Trần Đăng Ninh', assemblyPoint: 'Nhà văn hoá khối 6' },
	...{ houseName: null, wardNameVi: 'Phường Tam Thanh', wardNameEn: null, isSample: 0 },
	...{ startsAt: Date.UTC(2026, 10, 29, 0), endsAt: Date.UTC(2026, 10, 29, 3) },
} as unknown as CleanupEvent;
const report = {
	...{ headCount: 1240, recyclablesGrams: 2000, otherWasteGrams: null, otherWasteLitres: 3500 },
	...{ streetMetres: 1200, drainMetres: null, treeCount: 0, giftText: '', remarks: 'Bà con hưởng ứng' },
	lines: [
		{ materialCode: 'mixed_paper', unit: 'kg', quantityMilli: 12_500, nameVi: 'Giấy vụn', nameEn: 'Paper' },
	],
} as unknown as EventReport;
const parts: OfficialParts = {
	...{ event, report, kind: 'womens_union', unit: { kind: 'ward', nameVi: 'Phường Tam Thanh' } },
	...{ coOrganisers: [{ name: 'Hội Phụ nữ phường' }] },
	units: [{ name: 'Chi đoàn trường X', headCount: 25 }],
};

async function textOf(from: OfficialParts): Promise<{ xml: string; text: string }> {
	const files = unzipSync(new Uint8Array(await toDocx(officialReport(from))));
	expect(Object.keys(files)).toEqual(expect.arrayContaining(['[Content_Types].xml', 'word/document.xml']));
	const xml = strFromU8(files['word/document.xml']!);
	return { xml, text: xml.replace(/<\/w:p>/g, '\n').replace(/<[^>]+>/g, '') };
}

test('the file holds every head of an official report, with its Vietnamese intact', async () => {
	const { xml, text } = await textOf(parts);
	const heads = ['Mục đích', 'Thời gian', 'Địa điểm', 'Thành phần', 'Kết quả', 'Tồn tại', 'Kiến nghị'];
	for (const words of [
		...heads,
		...['CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Độc lập - Tự do - Hạnh phúc', 'Nơi nhận:', 'Kính gửi:'],
		...['ĐOÀN PHƯỜNG TAM THANH', 'Kết quả ra quân “Dọn bờ sông Kỳ Cùng”', '12-KH/ĐTN', 'Hội Phụ nữ phường'],
		...[
			'Từ 7 giờ đến 10 giờ, Chủ nhật, ngày 29/11/2026.',
			'Nguyễn Thị Lan',
			'Chi đoàn trường X: 25 người đăng ký',
		],
		...['Tổng số: 1.240 lượt người', 'Giấy vụn: 12,5\u00a0kg', 'Chưa phân loại: 2\u00a0kg'],
		...['đồ bán được: 14,5\u00a0kg', 'Rác thải khác: 3,5\u00a0m³', '1.200\u00a0m', 'Cây đã trồng: 0 cây'],
		...['Nhận xét:', 'Bà con hưởng ứng'],
	])
		expect(text).toContain(words);
	expect(text).not.toMatch(/912 ?345|\+84/);
	// What is not known has dots, no figure.
	expect(text).toMatch(/Cống, rãnh đã khơi thông: *\n/);
	expect(xml).toContain('w:leader="dot"');
});

test.each([
	['Đoàn phường Tam Thanh', 'TỈNH ĐOÀN LẠNG SƠN\nĐOÀN PHƯỜNG TAM THANH\n***\nSố: …… -BC/ĐTN\n'],
	['Chi đoàn khối 6', '……………………………\nCHI ĐOÀN KHỐI 6\n***\nSố: …… -BC/ĐTN\n'],
	['Tỉnh đoàn Lạng Sơn', '\nTỈNH ĐOÀN LẠNG SƠN\n***\nSố: …… -BC/ĐTN\n'],
])('%s has the head of the Youth Union’s papers', async (organisationName, left) => {
	const { xml, text } = await textOf({
		...{ ...parts, kind: 'youth_union', event: { ...event, organisationName } },
	});
	expect(`\n${text}`).toContain(left);
	expect(text).toContain('ĐOÀN TNCS HỒ CHÍ MINH\nTam Thanh, ngày …… tháng …… năm 2026\n');
	expect(text).not.toMatch(/CỘNG HOÀ|Độc lập/);
	// Of the heads the Union's own alone is underlined.
	expect(xml.match(/<w:u /g)).toHaveLength(1);
});

test('the place before the date is the ward of who reports, else the province', async () => {
	expect((await textOf(parts)).text).toContain('Tam Thanh, ngày …… tháng');
	for (const unit of [undefined, { kind: 'city', nameVi: 'Thành phố Lạng Sơn' } as const])
		expect((await textOf({ ...parts, unit })).text).toContain('\nLạng Sơn, ngày …… tháng');
});

test('no recipient is a line of dots', async () => {
	expect((await textOf(parts)).text).toContain('Nơi nhận:\n- Như kính gửi;\n- Lưu.\n');
});

test.each([
	[
		Date.UTC(2026, 10, 29, 0, 30),
		Date.UTC(2026, 10, 29, 4, 35),
		'Từ 7 giờ 30 đến 11 giờ 35, Chủ nhật, ngày 29/11/2026.',
	],
	[
		...([Date.UTC(2026, 10, 28, 14), Date.UTC(2026, 10, 28, 18, 5)] as const),
		'Từ 21 giờ, Thứ bảy, ngày 28/11/2026, đến 1 giờ 05 ngày 29/11/2026.',
	],
])('from %i to %i it says the hours as papers do', (startsAt, endsAt, said) => {
	const { sections } = officialReport({ ...parts, event: { ...event, startsAt, endsAt } });
	expect(sections[1]!.lines).toEqual([{ text: said }]);
});

test('who came stands before who signed up, once somebody was checked in', async () => {
	const units = [{ name: 'Chi đoàn trường X', headCount: 25, present: 24 }];
	expect((await textOf({ ...parts, units })).text).toContain('Chi đoàn trường X: 24 người (đăng ký 25)');
});

test('without a report every figure is left to be filled in', async () => {
	const { text } = await textOf({ ...parts, report: undefined, units: [] });
	expect(text).not.toMatch(/\d lượt người|\d\s?kg|\d\s?m³|\d cây/);
	expect(text).toMatch(/Tổng số: *\n/);
});

test.each([
	['HTML', '<script>alert(1)</script> & "x"'],
	['fields', '{{count}} ${1+1} ]]> <w:t>'],
	['what XML does not know', 'dọn\u0001\ud800\uffff'],
])('%s in a title leaves the file whole', async (_name, title) => {
	const { xml } = await textOf({ ...parts, event: { ...event, title } });
	expect(xml).not.toMatch(/<script|<w:t> ?”|\ufffe|\uffff/);
	expect(xml.match(/<w:p>|<w:p /g)!.length).toBe(xml.match(/<\/w:p>/g)!.length);
});

test('shortcomings and proposals stand under their heads, and dots where nothing was said', async () => {
	const said = {
		...report,
		shortcomings: '**Thiếu** xe chở\n\nRác còn lẫn',
		proposals: 'Xin thêm thùng rác',
	};
	const { text } = await textOf({ ...parts, report: said as EventReport });
	expect(text).toMatch(
		/6\. Tồn tại, hạn chế\nThiếu xe chở\nRác còn lẫn\n7\. Kiến nghị, đề xuất\nXin thêm thùng rác\n/,
	);
	for (const over of [undefined, { ...report, shortcomings: '', proposals: '' } as EventReport])
		expect(
			officialReport({ ...parts, report: over })
				.sections.slice(5)
				.map(({ lines }) => lines),
		).toEqual(Array(2).fill(Array(2).fill({ text: '', isOpen: true })));
});

test('a sample says so', async () => {
	expect((await textOf({ ...parts, event: { ...event, isSample: 1 } })).text).toContain('MẪU');
});
