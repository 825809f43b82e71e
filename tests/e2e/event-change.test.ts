// An organiser on a phone in the rain: postpones, reads what to paste, takes it back; a second lead is told.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser } from '../support/browser.ts';
import { arrive, axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

const NARROW = { width: 360, height: 740 };
let world: ServedWorld;
let browser: Browser;
let page: Page;
let slug: string;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	const event = world.db.selectFrom('cleanupEvent').select('slug').where('id', '=', world.eventId);
	({ slug } = await event.executeTakeFirstOrThrow());
	page = await (await browser.newContext({ viewport: NARROW })).newPage();
	await signInAs(page, world.baseUrl, world.people.organiser);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const open = (hash = '') => page.goto(`${world.baseUrl}/cua-toi/su-kien/${world.eventId}/doi${hash}`);
const publicText = async () => {
	await page.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}`);
	return (await page.textContent('main'))!;
};
const feed = async () => (await fetch(`${world.baseUrl}/api/v1/events.ics`)).text();
const send = (form: string) => arrive(page, () => page.click(`${form} .btn:not([type=button])`));

test('an event is postponed: its page, its calendar entry and the text for Zalo say so', async () => {
	await publicText();
	const firstImage = await page.getAttribute('meta[property="og:image"]', 'content');
	await page.goto(`${world.baseUrl}/cua-toi/su-kien/${world.eventId}`);
	await page.click('a:has-text("Hoãn, đổi chỗ hay huỷ")');
	await page.waitForURL(/\/doi$/);
	await page.click('#hoan summary');
	await page.fill('#hoan [name=date]', addDays(world.today, 20));
	await page.fill('#hoan [name=startTime]', '22:00');
	await page.fill('#hoan [name=endTime]', '01:30');
	await page.click('#hoan .chips label:has-text("Mưa bão")');
	await page.fill('#hoan [name=reason]', 'đường ngập');
	await page.click('#hoan .btn:not([type=button])');
	await page.waitForURL(/xong=hoan/);
	const text = (await page.textContent('[data-share-text]'))!;
	expect(text).toMatch(/^\s*HOÃN: Dọn bờ sông\.\nTừ: .+\nSang: 22:00 .+ đến 01:30 hôm sau/);
	expect(text).toContain('Lý do: Mưa bão. đường ngập');
	expect(text).toMatch(/không phải đăng ký lại\.\n.+ thông báo\.\n/);
	// The ward reads it out the same evening.
	const read = (await page.locator('[data-share-text]').nth(1).textContent())!;
	expect(read).toMatch(
		/Xin thông báo: buổi Dọn bờ sông hoãn từ .+ sang mười giờ tối .+, lý do mưa bão, đường ngập\.\n/,
	);
	expect(await page.textContent('main')).toMatch(/Đến \d\d:\d\d vẫn lấy lại như cũ được/);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, NARROW.width)).toEqual([]);
	expect(await publicText()).toMatch(/Dời từ .+ sang 22:00 .+ Lý do: Mưa bão\. đường ngập/);
	expect(await page.textContent('[data-share-text]')).toMatch(/Thời gian: 22:00 .+\n\(đã dời từ .+\)\n/);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, NARROW.width)).toEqual([]);
	// What was tapped is said in the reader's language, what was typed stands as it is, and is marked.
	for (const path of [`/en/chu-nhat-xanh/${slug}`, `/en/cua-toi/su-kien/${world.eventId}/doi`]) {
		await page.goto(world.baseUrl + path);
		const said = (await page.textContent('main'))!.replace(/\s+/g, ' ');
		expect(said).toContain('Reason: Storm. đường ngập');
		expect(said).not.toContain('Mưa bão');
		const marked = page.locator('.changes span[lang=vi]', { hasText: 'đường ngập' });
		expect(await marked.first().textContent()).toBe('đường ngập');
	}
	await publicText();
	expect(await feed()).toMatch(/SEQUENCE:1\r\n/);
	const image = (await page.getAttribute('meta[property="og:image"]', 'content'))!;
	expect(image).toMatch(/chia-se\.png\?v=[0-9a-f]{22}$/);
	expect(image).not.toBe(firstImage);
	await page.goto(`${world.baseUrl}/chu-nhat-xanh`);
	expect(await page.textContent('main')).toContain('Đã dời từ ');
});

test('it is taken back within the hour', async () => {
	await open();
	await page.click('form[action*=undoChange] .btn');
	await page.waitForURL(/xong=lay-lai/);
	expect(await page.textContent('[data-share-text]')).toContain('VẪN NHƯ CŨ');
	expect(await page.locator('form[action*=undoChange]').count()).toBe(0);
	expect(await publicText()).toContain('Đã lấy lại như cũ lúc');
	expect(await page.textContent('[data-share-text]')).not.toContain('đã dời');
	expect(await page.locator('.note .changes').count()).toBe(0);
	expect(await page.locator('.changes .undone').isVisible()).toBe(false);
	await page.click('summary:has-text("1 lần đổi đã lấy lại như cũ")');
	expect(await page.locator('.changes .undone').isVisible()).toBe(true);
	expect(await feed()).toMatch(/SEQUENCE:2\r\n/);
	await page.goto(`${world.baseUrl}/chu-nhat-xanh`);
	expect(await page.textContent('main')).not.toContain('Đã dời từ ');
});

test('what cannot be is refused beside its field, in the form that was sent', async () => {
	await open('#hoan');
	await page.fill('#hoan [name=startTime]', '07:00');
	await page.fill('#hoan [name=endTime]', '06:00');
	const before = await digest(world.db, ['session']);
	expect(await send('#hoan')).toBe(422);
	expect(await page.textContent('#hoan #endTime-error')).toContain('Buổi qua nửa đêm thì dài nhất 12 giờ.');
	expect(await page.inputValue('#hoan [name=endTime]')).toBe('06:00');
	expect(await page.locator('[role=alert]').count()).toBe(1);
	await open('#doi-cho');
	await page.fill('#doi-cho [name=assemblyPoint]', '');
	await page.selectOption('#doi-cho [name=greenHouseCode]', '');
	await send('#doi-cho');
	expect(await page.textContent('#assemblyPoint-error')).toContain('Xin ghi nơi tập trung.');
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await axeErrors(page)).toEqual([]);
});

test('a second lead is told what changed, and what they typed is still there', async () => {
	await open('#hoan');
	const second = await page.context().newPage();
	await second.goto(`${world.baseUrl}/cua-toi/su-kien/${world.eventId}/doi#doi-cho`);
	await second.fill('#doi-cho [name=assemblyPoint]', 'Sân trường Đông Kinh');
	await second.selectOption('#doi-cho [name=greenHouseCode]', '');
	await second.click('#doi-cho .btn:not([type=button])');
	await second.waitForURL(/xong=doi-cho/);
	await second.close();
	await page.fill('#hoan [name=date]', addDays(world.today, 30));
	expect(await send('#hoan')).toBe(409);
	const said = (await page.textContent('#hoan'))!;
	expect(said).toContain('Người khác vừa sửa buổi này.');
	expect(said).toMatch(/Đổi nơi tập trung từ .+ sang Sân trường Đông Kinh/);
	expect(await page.inputValue('#hoan [name=date]')).toBe(addDays(world.today, 30));
	expect(await axeErrors(page)).toEqual([]);
	await page.click('#hoan .btn:not([type=button])');
	await page.waitForURL(/xong=hoan/);
	expect(await publicText()).toContain('Sân trường Đông Kinh');
});

test('of two leads who edit without JavaScript each changes what they typed alone', async () => {
	const openPlain = async () => {
		const context = await browser.newContext({ viewport: NARROW, javaScriptEnabled: false });
		const plain = await context.newPage();
		await signInAs(plain, world.baseUrl, world.people.organiser);
		await plain.goto(`${world.baseUrl}/cua-toi/su-kien/${world.eventId}`);
		await plain.click('#sua > summary');
		await plain.click('#sua summary:has-text("Cùng tổ chức")');
		return plain;
	};
	const [first, second] = [await openPlain(), await openPlain()];
	const save = (on: Page) => on.click('#sua .btn:has-text("Lưu thay đổi")');
	await first.fill('#sua [name=title]', 'Dọn bờ sông Kỳ Cùng');
	await first.fill('#sua [name=whatToBring]', 'Chổi, ủng');
	await save(first);
	await first.waitForURL(/xong=sua/);
	await second.fill('#sua [name=whatToBring]', 'Găng tay');
	await second.fill('#sua [name=documentNumber]', '12/KH-ĐTN');
	const before = await digest(world.db, ['session']);
	const answer = second.waitForResponse((response) => response.request().method() === 'POST');
	await save(second);
	expect((await answer).status()).toBe(409);
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await second.inputValue('#sua [name=title]')).toBe('Dọn bờ sông Kỳ Cùng');
	expect(await second.inputValue('#sua [name=whatToBring]')).toBe('Găng tay');
	const said = await second.locator('#sua .note.warn:has(table)').innerText();
	expect(said).toMatch(/Cả hai người cùng sửa[^]+Mang theo\s+Chổi, ủng\s+Găng tay/);
	expect(said).toMatch(/Người kia đã sửa[^]+Dọn bờ sông\s+Dọn bờ sông Kỳ Cùng/);
	expect(said).toMatch(/còn giữ trong mẫu: Số văn bản/);
	expect(await sticksOut(second, NARROW.width)).toEqual([]);
	await save(second);
	await second.waitForURL(/xong=sua/);
	const row = world.db.selectFrom('cleanupEvent').select(['title', 'whatToBring', 'documentNumber']);
	expect(await row.where('id', '=', world.eventId).executeTakeFirstOrThrow()).toEqual({
		...{ title: 'Dọn bờ sông Kỳ Cùng', whatToBring: 'Găng tay', documentNumber: '12/KH-ĐTN' },
	});
	await Promise.all([first, second].map((each) => each.context().close()));
});

test('an event past midnight is edited as any other', async () => {
	const edit = `${world.baseUrl}/cua-toi/su-kien/${world.eventId}#sua`;
	await page.goto(edit);
	await page.fill('#sua [name=startTime]', '22:00');
	await page.fill('#sua [name=endTime]', '01:30');
	for (const what of ['Dọn sau phiên chợ', 'Dọn sau phiên chợ đêm']) {
		await page.fill('#sua [name=whatToBring]', what);
		await page.click('#sua .btn:has-text("Lưu thay đổi")');
		await page.waitForURL(/xong=sua/);
		await page.goto(edit);
		expect(await page.inputValue('#sua [name=endTime]')).toBe('01:30');
	}
	const { startsAt, endsAt } = await world.db
		.selectFrom('cleanupEvent')
		.select(['startsAt', 'endsAt'])
		.where('id', '=', world.eventId)
		.executeTakeFirstOrThrow();
	expect(endsAt - startsAt).toBe(3.5 * 3_600_000);
});

test('it is called off with one tap for the reason', async () => {
	await world.db
		.insertInto('eventNeed')
		.values({ id: uuidv7(Date.now()), eventId: world.eventId, position: 1, label: 'xẻng', wanted: 10 })
		.execute();
	expect(await publicText()).toContain('còn thiếu 10');
	await open('#huy');
	await page.click('#huy .chips label:has-text("Lũ")');
	await page.click('#huy .btn');
	await page.waitForURL(/xong=huy/);
	expect(await page.textContent('[data-share-text]')).toMatch(
		/ĐÃ HUỶ: .+\nLý do: Lũ, ngập\n.+ thông báo\.\n/,
	);
	expect(await page.locator('[data-share-text]').nth(1).textContent()).toContain('không diễn ra.\n');
	expect((await publicText()).match(/huỷ buổi này|buổi này đã huỷ/gi)).toHaveLength(1);
	expect((await publicText()).match(/Lý do: Lũ, ngập/g)).toHaveLength(2);
	expect(await feed()).toContain('STATUS:CANCELLED');
	// Nobody is asked to bring what nobody needs any more.
	expect(await publicText()).toContain('xẻng');
	expect(await publicText()).not.toMatch(/còn thiếu|chọn được thứ mình mang/);
	// The loudspeaker's text, in the second part of the organiser's page, is read to a Vietnamese street.
	for (const [path, part] of [
		['chu-nhat-xanh', 'main'],
		[`chu-nhat-xanh/${slug}`, 'main'],
		[`cua-toi/su-kien/${world.eventId}`, 'main > section:first-of-type'],
	] as const) {
		await page.goto(`${world.baseUrl}/en/${path}`);
		expect(await page.textContent(part)).toContain('Flood');
		expect(await page.textContent(part)).not.toContain('Lũ, ngập');
	}
	expect(await axeErrors(page)).toEqual([]);
});
