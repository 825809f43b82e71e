// The report as a file for a word processor: whole, in Vietnamese, and with nobody's number.
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { CleanupEvent, EventReport } from '#features/cleanup-events/cleanup-event.ts';
import type { EventChange } from '#features/cleanup-events/event-change.ts';
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
	...{ units: [{ name: 'Chi đoàn trường X', headCount: 25 }], people: { headCount: 0 }, changes: [] },
	...{ cancelled: 0, walkIns: { heads: 0, minors: 0 } },
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
		...[
			'ĐOÀN PHƯỜNG TAM THANH',
			'Kết quả tổ chức buổi “Dọn bờ sông Kỳ Cùng”',
			'12-KH/ĐTN',
			'Hội Phụ nữ phường',
		],
		...[
			'Từ 7 giờ đến 10 giờ, Chủ nhật, ngày 29/11/2026.',
			'Nguyễn Thị Lan',
			'Chi đoàn trường X: 25 người đăng ký',
		],
		...['Tổng số: 1.240 lượt người', 'Giấy vụn: 12,5\u00a0kg', 'Chưa phân loại: 2\u00a0kg'],
		...['đồ bán được: 14,5\u00a0kg', 'Rác thải khác: 3,5\u00a0m³', '1.200\u00a0m', 'Cây đã trồng: 0 cây'],
		...['Nhận xét: Bà con hưởng ứng', 'Nơi dọn: Đường Trần Đăng Ninh.'],
	])
		expect(text).toContain(words);
	expect(text).not.toMatch(/912 ?345|\+84/);
	// What is not known has dots, no figure.
	expect(text).toMatch(/Cống, rãnh đã khơi thông: *\n/);
	expect(xml).toContain('w:leader="dot"');
});

const OF_PROVINCE = 'TỈNH ĐOÀN LẠNG SƠN\n';
const SECRETARY = 'TM. BAN CHẤP HÀNH\nBÍ THƯ\n';
test.each([
	['Đoàn phường Tam Thanh', `${OF_PROVINCE}ĐOÀN PHƯỜNG TAM THANH\n***\nSố: …… -BC/ĐTN\n`, SECRETARY],
	['BCH Đoàn xã Hoàng Văn Thụ', `${OF_PROVINCE}BCH ĐOÀN XÃ HOÀNG VĂN THỤ\n***\nSố: …… -BC/ĐTN\n`, SECRETARY],
	[
		'Đoàn Thanh niên Cộng sản Hồ Chí Minh phường Kỳ Lừa',
		`${OF_PROVINCE}ĐOÀN THANH NIÊN CỘNG SẢN HỒ CHÍ MINH PHƯỜNG KỲ LỪA\n***\n`,
		SECRETARY,
	],
	['Chi đoàn khối 6', '……………………………\nCHI ĐOÀN KHỐI 6\n***\nSố: …… -BC/ĐTN\n', SECRETARY],
	['Tỉnh đoàn Lạng Sơn', '\nTỈNH ĐOÀN LẠNG SƠN\n***\nSố: …… -BC/ĐTN\n', SECRETARY],
	[
		'Hội đồng Đội phường Tam Thanh',
		'……………………………\nHỘI ĐỒNG ĐỘI PHƯỜNG TAM THANH\n***\nSố: …… -BC/HĐĐ\n',
		'TM. HỘI ĐỒNG ĐỘI\nCHỦ TỊCH\n',
	],
])(
	'%s has the head of the Youth Union’s papers, and its own signer',
	async (organisationName, left, signer) => {
		const { xml, text } = await textOf({
			...{ ...parts, kind: 'youth_union', event: { ...event, organisationName } },
		});
		expect(`\n${text}`).toContain(left);
		expect(text).toContain('ĐOÀN TNCS HỒ CHÍ MINH\nTam Thanh, ngày …… tháng …… năm 2026\n');
		expect(text).toContain(`- Lưu.\n${signer}(Ký, ghi rõ họ tên, đóng dấu)\n`);
		expect(text).not.toMatch(/CỘNG HOÀ|Độc lập/);
		// Of the heads the Union's own alone is underlined.
		expect(xml.match(/<w:u /g)).toHaveLength(1);
	},
);

const COMMITTEE = '\nUỶ BAN NHÂN DÂN\nPHƯỜNG ĐÔNG KINH\nSố: …… /BC-UBND\n';
const CHAIR = 'TM. UỶ BAN NHÂN DÂN\nCHỦ TỊCH\n';
const WOMEN = 'TM. BAN THƯỜNG VỤ\nCHỦ TỊCH\n';
const ANYBODY = 'ĐẠI DIỆN ĐƠN VỊ TỔ CHỨC\n';
const ABOVE = '……………………………\n';
test.each([
	['peoples_committee', 'UBND phường Đông Kinh', COMMITTEE, CHAIR],
	['peoples_committee', 'Uỷ ban nhân dân phường Đông Kinh', COMMITTEE, CHAIR],
	['agency', 'Ủy ban nhân dân phường Đông Kinh', COMMITTEE, CHAIR],
	['womens_union', 'Hội LHPN phường X', `${ABOVE}HỘI LHPN PHƯỜNG X\nSố: …… /BC-BTV\n`, WOMEN],
	['womens_union', 'Hội Liên hiệp Phụ nữ xã Y', `${ABOVE}HỘI LIÊN HIỆP PHỤ NỮ XÃ Y\nSố: …… /BC-BTV\n`, WOMEN],
	['womens_union', 'Chi hội phụ nữ khối 6', `${ABOVE}CHI HỘI PHỤ NỮ KHỐI 6\nSố: …… /BC- ……\n`, ANYBODY],
	['school', 'Trường THCS Z', `${ABOVE}TRƯỜNG THCS Z\nSố: …… /BC- ……\n`, ANYBODY],
] as const)('a %s, %s, has the State’s head, its own number and signer', async (kind, name, left, signer) => {
	const { xml, text } = await textOf({ ...parts, kind, event: { ...event, organisationName: name } });
	expect(`\n${text}`).toContain(left);
	expect(text.includes(ABOVE)).toBe(left.startsWith(ABOVE));
	expect(text).toContain('CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n');
	expect(text).toContain(`- Lưu.\n${signer}(Ký, ghi rõ họ tên, đóng dấu)\n`);
	// The last line of the name, and of the State's.
	expect(xml.match(/<w:u /g)).toHaveLength(2);
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

const linesOf = (from: Partial<OfficialParts>, section: number) =>
	officialReport({ ...parts, ...from }).sections[section]!.lines.map(({ text }) =>
		text.replaceAll('\u00a0', ' '),
	);

test('everybody who came is named by how they came, and adds up', () => {
	const units = [{ name: 'Chi đoàn trường X', headCount: 25, present: 23 }];
	const checked = { units, people: { headCount: 4, present: 3 }, walkIns: { heads: 4, minors: 1 } };
	const total = (headCount: number) => ({ ...report, headCount }) as EventReport;
	expect(linesOf({ ...checked, report: total(30) }, 3).slice(3)).toEqual([
		...['Các đơn vị tham gia:', '- Chi đoàn trường X: 23 người (đăng ký 25)'],
		'Cá nhân, gia đình đăng ký: 3 người (đăng ký 4)',
		...['Người đến không đăng ký: 4 người (trong đó 1 em dưới 16 tuổi)', 'Tổng số: 30 lượt người'],
	]);
	// A lead who counted otherwise says so beside what was checked in.
	expect(linesOf({ ...checked, cancelled: 2, report: total(40) }, 3).slice(-4)).toEqual([
		...['Cá nhân, gia đình đăng ký: 3 người (đăng ký 4)', 'Người đã huỷ đăng ký mà vẫn đến: 2 người'],
		'Người đến không đăng ký: 4 người (trong đó 1 em dưới 16 tuổi)',
		'Tổng số: 40 lượt người (điểm danh được 32 người)',
	]);
	// Nobody was checked in: what is known is who signed up, and no sum of it.
	expect(linesOf({ people: { headCount: 3 } }, 3).slice(-2)).toEqual([
		...['Cá nhân, gia đình đăng ký: 3 người', 'Tổng số: 1.240 lượt người'],
	]);
	const nobody = linesOf({ units: [{ ...units[0]!, present: 0 }], people: { headCount: 0, present: 0 } }, 3);
	expect(nobody.join()).not.toMatch(/Cá nhân|không đăng ký|huỷ/);
});

test('a unit whose name was erased still stands there with its people', () => {
	const nameless = { name: '', headCount: 25 };
	expect(linesOf({ units: [nameless] }, 3)).toContain('- (không còn tên): 25 người đăng ký');
	const checked = { units: [{ ...nameless, present: 23 }], people: { headCount: 0, present: 0 } };
	expect(linesOf(checked, 3)).toContain('- (không còn tên): 23 người (đăng ký 25)');
});

const change = (kind: EventChange['kind'], stood: object, over: object = {}) =>
	({
		kind,
		undoneAt: null,
		reason: 'Mưa bão.',
		stood: { ...event, ...stood },
		...over,
	}) as unknown as EventChange;
const EARLIER = { startsAt: Date.UTC(2026, 10, 21, 23, 30), endsAt: Date.UTC(2026, 10, 22, 2) };

test('a day and a place that were changed say what they were, and why', () => {
	const moved = change('move', { assemblyPoint: 'Sân trường', wardNameVi: null }, { reason: '' });
	const changes = [moved, change('postpone', EARLIER)];
	expect(linesOf({ changes }, 1)).toEqual([
		'Từ 7 giờ đến 10 giờ, Chủ nhật, ngày 29/11/2026.',
		'(hoãn từ 6 giờ 30, Chủ nhật, 22/11/2026; lý do: Mưa bão)',
	]);
	expect(linesOf({ changes }, 2)).toEqual([
		'Nhà văn hoá khối 6, phường Tam Thanh.',
		...['(đổi từ Sân trường)', 'Nơi dọn: Đường Trần Đăng Ninh.'],
	]);
	// Twice postponed: from the first day, each reason once; brought forward is not postponed.
	const between = change('postpone', { startsAt: event.startsAt - 1 }, { reason: 'Lũ' });
	expect(linesOf({ changes: [between, ...changes] }, 1)[1]).toContain('22/11/2026; lý do: Mưa bão; Lũ)');
	const forward = change('postpone', { startsAt: event.startsAt + 1 });
	expect(linesOf({ changes: [forward] }, 1)[1]).toMatch(/^\(dời từ 7 giờ, /);
});

test.each([
	[
		'taken back',
		[change('postpone', EARLIER, { undoneAt: 1 }), change('move', { assemblyPoint: 'A' }, { undoneAt: 1 })],
	],
	['that ends where it was', [change('postpone', {}), change('move', {})]],
	['of another kind', [change('pause', EARLIER)]],
])('a change %s is not on paper', (_name, changes) => {
	expect([...linesOf({ changes }, 1), ...linesOf({ changes }, 2)].join()).not.toMatch(/hoãn|dời|đổi từ/);
});

test('goods that were counted stand beside those that were weighed, with the house that took them', () => {
	const lines = [
		...report.lines,
		{
			materialCode: 'pet',
			unit: 'piece' as const,
			quantityMilli: 240_000,
			nameVi: 'Chai',
			nameEn: 'Bottles',
		},
	];
	const house = { houseCode: 'NNX-006', houseName: 'Khối 6, phường Tam Thanh' };
	const said = linesOf({ report: { ...report, lines, ...house } }, 4);
	expect(said).toContain('Phế liệu, đồ bán được: 14,5 kg và 240 cái');
	expect(said).toContain('Đã đưa vào Ngôi nhà xanh: Khối 6 (NNX-006)');
	expect(linesOf({}, 4).join()).not.toContain('Đã đưa vào');
});

test('the last words stand on the page that is signed', async () => {
	const { xml } = await textOf(parts);
	const last = xml.slice(xml.indexOf('7. Kiến nghị'), xml.lastIndexOf('<w:tbl>'));
	expect(last.match(/<w:p>|<w:p /g)!.length - last.match(/<w:keepNext\/>/g)!.length).toBe(0);
	expect(xml).toContain('<w:cantSplit/>');
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
