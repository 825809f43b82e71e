// A report on a phone, from the reminder to the paper: what was typed stays, what was corrected stays beside it.
import { strFromU8, unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import { listedHouseName } from '#features/green-houses/green-house.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { signInClient } from '../support/http.ts';
import { DAY } from '../support/fixtures.ts';
import { arrive, axeErrors, printedPages, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let page: Page;
let slug: string;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	const startsAt = Date.now() - 3 * DAY;
	await world.db
		.updateTable('cleanupEvent')
		.set({ startsAt, endsAt: startsAt + DAY / 12, leadPhoneE164: '+84912345678', leadName: 'Chị Lan' })
		.where('id', '=', world.eventId)
		.execute();
	const event = world.db.selectFrom('cleanupEvent').select('slug').where('id', '=', world.eventId);
	({ slug } = await event.executeTakeFirstOrThrow());
	page = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(page, world.baseUrl, world.people.organiser);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const form = 'form.stack:has([name=headCount])';
const work = () => `${world.baseUrl}/cua-toi/su-kien/${world.eventId}`;
const send = () => arrive(page, () => page.click(`${form} .btn`));
const textOf = async (path: string) => {
	await page.goto(world.baseUrl + path);
	return (await page.textContent('main'))!.replaceAll('\u00a0', ' ');
};

test('a report that is missing after 48 hours is the first thing that waits', async () => {
	await page.goto(`${world.baseUrl}/cua-toi`);
	expect(await page.textContent('.todo li:first-child')).toContain(
		'Quá 48 giờ chưa có báo cáo: “Dọn bờ sông”',
	);
	await page.click('.todo li:first-child a');
	await page.waitForURL(/su-kien/);
	expect(await page.textContent('#bao-cao')).toBe('Báo cáo kết quả');
	expect(await textOf(`/chu-nhat-xanh/${slug}`)).toContain('Chưa có báo cáo');
	// Nothing is postponed any more, and the page for it says why.
	expect(await textOf(`/cua-toi/su-kien/${world.eventId}/doi`)).toContain(
		'Buổi này đã kết thúc hoặc đã huỷ.',
	);
});

test('on the morning itself today’s event stands first, and of many overdue reports the newest', async () => {
	const event = await world.db
		.selectFrom('cleanupEvent')
		.selectAll()
		.where('id', '=', world.eventId)
		.executeTakeFirstOrThrow();
	const now = Date.now();
	const put = (title: string, startsAt: number) => {
		const id = uuidv7(now);
		const row = { ...event, id, slug: id, title, startsAt, endsAt: startsAt + DAY / 12 };
		return world.db.insertInto('cleanupEvent').values(row).execute();
	};
	await put('Buổi hôm nay', now - 60_000);
	for (const week of [1, 2, 3, 4]) await put(`Buổi cũ ${week}`, now - week * 7 * DAY);
	try {
		await page.goto(`${world.baseUrl}/cua-toi`);
		const rows = (await page.locator('.todo').first().locator('b').allTextContents()).map((text) =>
			text.trim(),
		);
		expect(rows.slice(0, 4)).toEqual([
			'Hôm nay, điểm danh: “Buổi hôm nay”',
			'Quá 48 giờ chưa có báo cáo: “Dọn bờ sông”',
			'Quá 48 giờ chưa có báo cáo: “Buổi cũ 1”',
			'Quá 48 giờ chưa có báo cáo: “Buổi cũ 2”',
		]);
		expect(rows.join()).not.toContain('Buổi cũ 3');
		await page.click('summary:has-text("Còn 2 buổi nữa chờ báo cáo")');
		expect(await page.isVisible('a:has-text("Buổi cũ 4")')).toBe(true);
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
		await page.setViewportSize(phone);
		await page.goto(`${world.baseUrl}/cua-toi`);
		await page.click('.todo li:first-child a');
		await page.waitForURL(/diem-danh$/);
	} finally {
		await world.db.deleteFrom('cleanupEvent').where('id', '<>', world.eventId).execute();
	}
});

test('until it is written the report leads, and the event’s own house is proposed for its goods', async () => {
	const set = (greenHouseId: string | null) =>
		world.db.updateTable('cleanupEvent').set({ greenHouseId }).where('id', '=', world.eventId).execute();
	await set(world.house.id);
	const [need, by] = [uuidv7(Date.now()), { eventId: world.eventId, wanted: 5, position: 1 }];
	await world.db
		.insertInto('eventNeed')
		.values({ id: need, label: 'Xẻng', ...by })
		.execute();
	await page.goto(work());
	const solid = page.locator('.acts a.btn:not(.alt)');
	expect(await solid.evaluateAll((all) => all.map((each) => each.getAttribute('href')))).toEqual([
		'#bao-cao',
	]);
	expect(await page.locator('main a[href$="/diem-danh"]').count()).toBeLessThanOrEqual(1);
	expect(await page.inputValue(`${form} [name=goodsHouse]`)).toBe(world.house.code);
	// Nothing is missing any more, and nothing is put off.
	const text = (await page.textContent('main'))!;
	expect(text).toContain('Xẻng');
	expect(text).not.toMatch(/còn thiếu|Hoãn|hoãn/i);
	await world.db.deleteFrom('eventNeed').execute();
	await set(null);
});

test('a figure that could be two is asked about beside it, and nothing is written or lost', async () => {
	await page.goto(work());
	expect(await page.locator('a[href$="/bao-cao"]').count()).toBe(0);
	expect(await page.textContent('main')).toContain('Ghi báo cáo kết quả xong thì có bản để in');
	const picker = page.locator(`${form} [name=goodsHouse]`);
	expect(await picker.locator('> option').allTextContents()).toEqual(['Không nhà nào, để riêng']);
	expect(await picker.locator('optgroup').getAttribute('label')).toBe('Phường Đông Kinh');
	const listed = (await picker.locator('optgroup option').allTextContents()).map((name) => name.trim());
	expect(listed).toContain(listedHouseName(world.house));
	expect(listed.join()).not.toContain('kỳ gom');
	await page.fill(`${form} [name=headCount]`, '25');
	await page.fill(`${form} [name="line-kg-mixed_paper"]`, '12,5');
	await page.fill(`${form} [name=recyclables]`, '2');
	await page.click(`${form} summary:has-text("Rác khác")`);
	await page.fill(`${form} [name=otherWasteM3]`, '1.500');
	await page.fill(`${form} [name=streetMetres]`, 'dài');
	const before = await digest(world.db, ['session']);
	expect(await send()).toBe(422);
	expect(await page.textContent('#otherWasteM3-error')).toContain('Xin ghi số mét khối');
	expect(await page.locator('#otherWasteM3-error').isVisible()).toBe(true);
	expect(await page.inputValue(`${form} [name="line-kg-mixed_paper"]`)).toBe('12,5');
	expect(await page.locator('#streetMetres-error').isVisible()).toBe(true);
	expect(await page.getAttribute(`${form} [name=streetMetres]`, 'aria-describedby')).toBe(
		'streetMetres-error',
	);
	expect(await page.locator('[role=alert]').count()).toBe(2);
	expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('otherWasteM3');
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, phone.width)).toEqual([]);
});

test('it is written, corrected, and the public page shows both', async () => {
	await page.fill(`${form} [name=otherWasteM3]`, '3,5');
	await page.fill(`${form} [name=streetMetres]`, '800');
	await send();
	await page.waitForURL(/xong=bao-cao/);
	// What comes next leads, and the form is folded until it is wanted.
	const acts = () => page.locator('.acts a.btn').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
	expect((await acts()).slice(0, 2)).toEqual(['#them-anh', `/cua-toi/su-kien/${world.eventId}/bao-cao`]);
	expect(await page.locator('.acts a.btn:not(.alt)').count()).toBe(1);
	expect(await page.isVisible(form)).toBe(false);
	await page.click('.acts a[href="#them-anh"]');
	await expect.poll(() => page.isVisible('form:has([name=moment])')).toBe(true);
	await page.click('summary:has-text("Sửa báo cáo")');
	expect(await page.inputValue(`${form} [name=otherWasteM3]`)).toBe('3,5');
	await page.fill(`${form} [name=headCount]`, '30');
	await page.click(`${form} summary:has-text("Quà tặng")`);
	await page.fill(`${form} [name=giftText]`, '5 suất quà <b>cho hộ khó khăn</b>');
	await page.click(`${form} summary:has-text("Tồn tại và kiến nghị")`);
	await page.fill(`${form} [name=shortcomings]`, 'Thiếu <i>xe</i> chở rác');
	await send();
	await page.waitForURL(/xong=bao-cao/);
	const said = await textOf(`/chu-nhat-xanh/${slug}`);
	for (const words of [
		...['14,5 kg', 'Giấy vụn: 12,5 kg', 'Chưa phân loại: 2 kg', '3,5 m³', '800 m', '<b>cho hộ khó khăn</b>'],
		...['30 lượt người, 14,5 kg đồ bán được', '25 lượt người, 14,5 kg đồ bán được'],
	])
		expect(said).toContain(words);
	expect(said).not.toMatch(/0 cây|Cống|chở rác/);
	// Two of one day are told apart.
	const told = await page.locator('#bao-cao + ul small').allTextContents();
	expect(told.map((each) => each.trim())).toEqual([
		expect.stringMatching(/^Ghi lúc \d\d:\d\d [^,]+, [\d/]+$/),
		expect.stringMatching(/^Ghi lúc \d\d:\d\d [^,]+, [\d/]+\s*bản cũ$/),
	]);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, phone.width)).toEqual([]);
});

test('photos before and after stand in pairs once the ward has looked at them', async () => {
	const picture = (red: number) =>
		sharp({ create: { width: 320, height: 240, channels: 3, background: { r: red, g: 90, b: 90 } } })
			.jpeg()
			.toBuffer();
	const photoForm = 'form:has([name=moment])';
	const submit = () => page.click(`${photoForm} .btn`);
	await page.goto(`${work()}#anh`);
	await page.check(`${photoForm} [value=before]`);
	await submit();
	await page.waitForSelector('#photo-error');
	expect(await page.textContent('#photo-error')).toContain('Xin chọn một ảnh.');
	expect(await page.isChecked(`${photoForm} [value=before]`)).toBe(true);
	for (const [index, moment] of (['before', 'after'] as const).entries()) {
		await page.check(`${photoForm} [value=${moment}]`);
		const file = { name: 'a.jpg', mimeType: 'image/jpeg', buffer: await picture(200 * index) };
		await page.setInputFiles(`${photoForm} [name=photo]`, file);
		await submit();
		await expect.poll(() => page.locator('#anh .thumb').count()).toBe(index + 1);
	}
	expect(await page.textContent('#anh [role=status]')).toContain('Đã gửi ảnh.');
	expect(await page.textContent('#anh')).toContain('Chờ phường xem');
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, phone.width)).toEqual([]);
	await page.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}`);
	expect(await page.locator('.before-after').count()).toBe(0);
	const officer = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(officer, world.baseUrl, world.people['ward officer']);
	expect(await officer.textContent('main')).toContain('2 ảnh chờ xem');
	for (const left of [1, 0]) {
		await officer.goto(`${world.baseUrl}/cua-toi/anh`);
		expect(await officer.textContent('main')).toContain('Dọn bờ sông');
		await officer.locator('form.redact [value=approved]').first().click();
		await officer.waitForURL(/xong=dang/);
		expect(await officer.textContent('main')).toContain(
			left === 1 ? '1 ảnh chờ xem' : 'Không có ảnh nào chờ',
		);
	}
	await page.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}`);
	const images = page.locator('.before-after img');
	const altsOf = () => images.evaluateAll((all) => all.map((image) => image.getAttribute('alt')));
	expect(await altsOf()).toEqual(['Trước khi dọn, ảnh 1: Dọn bờ sông', 'Sau khi dọn, ảnh 1: Dọn bờ sông']);
	expect(await images.first().getAttribute('width')).toBe('320');
	expect(await images.first().getAttribute('loading')).toBe('lazy');
	expect(await axeErrors(page)).toEqual([]);
});

test.each([
	['to come', 3 * DAY],
	['on the day', -DAY / 48],
	['over', -3 * DAY],
])('what waits now stands first, the rest is folded: %s', async (state, offset) => {
	const startsAt = Date.now() + offset;
	const set = (start: number) =>
		world.db
			.updateTable('cleanupEvent')
			.set({ startsAt: start, endsAt: start + DAY / 12 })
			.where('id', '=', world.eventId)
			.execute();
	await set(startsAt);
	try {
		for (const prefix of ['', '/en']) {
			await page.goto(`${world.baseUrl}${prefix}/cua-toi/su-kien/${world.eventId}`);
			expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(3500);
			expect(await page.locator(form).isVisible()).toBe(false);
			expect(await page.locator('details.act[open]').count()).toBe(0);
			const first = await page.locator('.acts a.btn').first().getAttribute('href');
			expect(first!.endsWith('/diem-danh')).toBe(state === 'on the day');
			expect(await page.locator('a.btn[href$="/diem-danh"]').count()).toBe(state === 'on the day' ? 1 : 0);
			expect(await axeErrors(page)).toEqual([]);
			expect(await sticksOut(page, phone.width)).toEqual([]);
		}
		if (state !== 'on the day') return;
		await page.goto(`${work()}#bao-cao`);
		await page.fill(`${form} [name=headCount]`, 'nhiều');
		expect(await send()).toBe(422);
		expect(await page.locator('#headCount-error').isVisible()).toBe(true);
	} finally {
		await set(Date.now() - 3 * DAY);
	}
});

test('thirty sign-ups stand on a page of a few screens, its poster on one sheet', async () => {
	const startsAt = Date.now() + 3 * DAY;
	const set = (values: object) =>
		world.db.updateTable('cleanupEvent').set(values).where('id', '=', world.eventId).execute();
	await set({ startsAt, endsAt: startsAt + DAY / 12, capacity: 200 });
	for (let count = 1; count <= 30; count += 1) {
		const input = { id: uuidv7(Date.now()), kind: 'person' as const, name: `Nguyễn Thị Hoa ${count}` };
		const phoneOf = count % 2 === 0 ? `09123456${count + 10}` : null;
		const more = { headCount: 1, phone: phoneOf, isSixteen: true };
		const device = { secret: String(count).padEnd(43, 'x') };
		await signUp(world.db, world.eventId, { ...input, ...more }, device, Date.now());
	}
	try {
		await set({
			title: 'DỌN SÔNG KỲ CÙNG, ĐOẠN QUA CHỢ ĐÊM PHƯỜNG ĐÔNG KINH',
			...{ areaText: 'Đường Trần Đăng Ninh, các ngõ 12, 14', whatToBring: 'Chổi, xẻng, găng tay, bao' },
			...{ provided: 'Bao đựng rác, nước uống', clothes: 'Áo xanh hoặc đồ gọn gàng', leadName: 'Chị Lan' },
			rainPlan: 'Mưa to lúc 06:00 thì hoãn sang Chủ nhật sau, báo trên loa.',
		});
		for (const prefix of ['', '/en']) {
			await page.goto(`${world.baseUrl}${prefix}/cua-toi/su-kien/${world.eventId}`);
			// All that was said stands in the message, in a box of its own.
			const message = page.locator('.copy.long').first();
			expect(await message.textContent()).toMatch(/\.\n.+Áo xanh hoặc đồ gọn gàng\.\n.+Chị Lan\.\n/s);
			expect((await message.boundingBox())!.height).toBeLessThan(320);
			expect(await page.locator('form[action*=removeSignUp]').count()).toBe(30);
			expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(4000);
			// Name and number are no higher than the button beside them.
			const heights = await page
				.locator('.expected tbody tr')
				.evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
			expect(Math.max(...heights)).toBeLessThan(60);
			expect(await axeErrors(page)).toEqual([]);
			expect(await sticksOut(page, 320)).toEqual([]);
			await page.setViewportSize(phone);
		}
		await page.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}/ap-phich`);
		expect(await printedPages(page)).toBe(1);
		// The lunar day is the day's, not the hour's.
		expect(await page.textContent('.poster .date')).toContain('âm lịch');
		expect(await page.textContent('.poster .clock')).not.toContain('âm lịch');
		expect(await page.textContent('.poster')).not.toContain('trang này');
		await page.goto(`${world.baseUrl}/en/chu-nhat-xanh/${slug}/ap-phich`);
		expect(await page.textContent('.poster .calls')).toContain('invites you to join');
		await page.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}/ap-phich`);
		const last = page.locator('.poster dl > :last-child');
		expect(await last.evaluate((each) => getComputedStyle(each).borderBottomWidth)).toBe('0px');
	} finally {
		await set({
			startsAt: Date.now() - 3 * DAY,
			endsAt: Date.now() - 3 * DAY + DAY / 12,
			title: 'Dọn bờ sông',
		});
	}
});

test('the paper stands on a page and in a file, for the event’s organisers alone', async () => {
	// A usual report: every figure, some materials, a sentence under each head.
	const last = await world.db
		.selectFrom('eventReport')
		.selectAll()
		.where('eventId', '=', world.eventId)
		.orderBy('revision', 'desc')
		.executeTakeFirstOrThrow();
	const revision = last.revision + 1;
	const more = { otherWasteGrams: 350_000, drainMetres: 80, treeCount: 15, remarks: 'Bà con cùng tham gia.' };
	const full = { ...last, ...more, revision, proposals: 'Xin bố trí thêm 01 xe cuốn ép.' };
	await world.db.insertInto('eventReport').values(full).execute();
	const lines = [
		...[{ materialCode: 'cardboard', unit: 'kg' as const, quantityMilli: 12_500 }],
		...[{ materialCode: 'pet_bottle', unit: 'piece' as const, quantityMilli: 240_000 }],
		...[{ materialCode: 'scrap_iron', unit: 'kg' as const, quantityMilli: 7000 }],
	].map((line) => ({ ...line, eventId: world.eventId, revision }));
	await world.db.insertInto('eventReportLine').values(lines).execute();
	const about = { documentNumber: '12-KH/ĐTN', collectionPartner: 'Công ty Môi trường đô thị' };
	await world.db.updateTable('cleanupEvent').set(about).where('id', '=', world.eventId).execute();
	for (const prefix of ['', '/en']) {
		await page.goto(`${world.baseUrl}${prefix}/cua-toi/su-kien/${world.eventId}`);
		await page.click('a[href$="/bao-cao"]');
		await page.waitForURL(/bao-cao$/);
		const paper = (await page.textContent('article.official'))!.replaceAll('\u00a0', ' ');
		for (const words of [
			'ĐOÀN TNCS HỒ CHÍ MINH',
			'Đông Kinh, ngày',
			'Tổng số: 30 lượt người',
			'Cá nhân, gia đình đăng ký: 30 người',
			'kg và 240 cái',
			'TM. BAN CHẤP HÀNH',
			'Nơi nhận',
			'Chị Lan',
			'Thiếu <i>xe</i>',
		])
			expect(paper).toContain(words);
		expect(paper).not.toContain('912');
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, phone.width)).toEqual([]);
		expect(await printedPages(page)).toBe(1);
	}
	const path = `/cua-toi/su-kien/${world.eventId}/bao-cao.docx`;
	const organiser = await signInClient(world.baseUrl, world.people.organiser);
	const answer = await organiser.send(path);
	expect(answer.status).toBe(200);
	const xml = strFromU8(unzipSync(new Uint8Array(await answer.arrayBuffer()))['word/document.xml']!);
	expect(xml).toContain('Đoàn phường Đông Kinh'.toLocaleUpperCase('vi'));
	expect(xml).toContain('&lt;b&gt;cho hộ khó khăn&lt;/b&gt;');
	expect(xml).not.toContain('912345678');
	const other = await signInClient(world.baseUrl, world.people['another union’s organiser']);
	for (const each of [path, path.replace('.docx', '')]) {
		expect((await other.send(each)).status).toBe(403);
		expect([401, 303]).toContain((await fetch(world.baseUrl + each, { redirect: 'manual' })).status);
	}
});
