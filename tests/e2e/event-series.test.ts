// A series on a phone: set up with a day left out, signed up for with one skipped, and edited from a day on.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTranslator } from '#lib/i18n.ts';
import { addDays, formatDate, formatShortDate } from '#lib/time.ts';
import { launchBrowser } from '../support/browser.ts';
import { makeClient, signInClient } from '../support/http.ts';
import { arrive, axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

const NARROW = { width: 360, height: 740 };
let world: ServedWorld;
let browser: Browser;
let page: Page;
let seriesId: string;
let dates: string[];
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	page = await (await browser.newContext({ viewport: NARROW })).newPage();
	await signInAs(page, world.baseUrl, world.people.organiser);
	dates = [7, 14, 21, 28].map((days) => addDays(world.today, days));
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const look = async (on: Page = page) => {
	expect(await axeErrors(on)).toEqual([]);
	expect(await sticksOut(on, NARROW.width)).toEqual([]);
};
const main = async (on: Page = page) => (await on.textContent('main'))!.replaceAll('\u00a0', ' ');

test('a series is announced after its days were shown, one of them left out', async () => {
	await page.goto(`${world.baseUrl}/cua-toi/su-kien#dang`);
	await page.fill('#dang [name=title]', 'Dọn chợ');
	await page.fill('#dang [name=date]', dates[0]!);
	await page.fill('#dang [name=assemblyPoint]', 'Cổng chợ Đông Kinh');
	await page.click('summary:has-text("Lặp lại")');
	await page.click('.chips label:has-text("Hằng tuần")');
	await page.fill('#dang [name=until]', addDays(dates[0]!, 200));
	const before = await digest(world.db, ['session']);
	await page.click('.btn:has-text("Đăng buổi này")');
	await page.waitForSelector('#until-error');
	expect(await page.textContent('#until-error')).toContain('Một đợt dài nhất 184 ngày');
	expect(await page.isChecked('[name=repeat][value=weekly]')).toBe(true);
	await page.fill('#dang [name=until]', dates[3]!);
	await page.click('.btn:has-text("Đăng buổi này")');
	await page.waitForSelector('#cac-ngay');
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await page.inputValue('#dang [name=title]')).toBe('Dọn chợ');
	expect(await page.locator('#cac-ngay [name=dates]').count()).toBe(4);
	// A holiday among them is left out already.
	for (const date of dates) await page.setChecked(`#cac-ngay [value="${date}"]`, date !== dates[2]);
	await look();
	await page.click('.btn:has-text("Đăng cả đợt")');
	await page.waitForURL(/su-kien\/dot\/.+xong=dang/);
	seriesId = /dot\/([^?]+)/.exec(page.url())![1]!;
	expect(await main()).toContain('3 buổi sắp tới');
	expect(await main()).not.toContain(formatDate(dates[2]!, 'vi'));
	expect(await main()).toMatch(new RegExp(`Không làm: ${formatShortDate(dates[2]!, 'vi')}( \\(.+\\))?\\.`));
	await look();
});

test('a browser that keeps no cookie is told so, and nothing is written', async () => {
	const client = makeClient(world.baseUrl);
	const days = await world.db
		.selectFrom('cleanupEvent')
		.select('id')
		.where('seriesId', '=', seriesId)
		.execute();
	const fields = { id: crypto.randomUUID(), seriesId, kind: 'person', name: 'Lò Thị Mai', headCount: '2' };
	const before = await digest(world.db, ['session', 'rate_limit']);
	const path = `/chu-nhat-xanh/dot/${seriesId}?_action=eventSeries.signUp`;
	const response = await client.post(path, { ...fields, isSixteen: '1', days: days[0]!.id });
	expect(response.status).toBe(409);
	expect(await response.text()).toContain(createTranslator('vi')('errors:browserKeepsNothing'));
	expect(await digest(world.db, ['session', 'rate_limit'])).toEqual(before);
});

test('a resident signs up for all days but one, and sees day by day what came of it', async () => {
	const resident = await (await browser.newContext({ viewport: NARROW })).newPage();
	await resident.goto(`${world.baseUrl}/chu-nhat-xanh`);
	await resident.click('a:has-text("Dọn chợ")');
	await resident.click('a:has-text("xem cả đợt")');
	await resident.waitForURL(/chu-nhat-xanh\/dot\//);
	await look(resident);
	expect(await main(resident)).toContain('Không làm: ');
	await resident.click('a:has-text("Đăng ký cả đợt")');
	await resident.waitForURL(/#dang-ky$/);
	const form = 'form:has([value=person])';
	await resident.fill(`${form} [name=name]`, 'Lò Thị Mai');
	await resident.fill(`${form} [name=headCount]`, '0');
	await resident.check(`${form} [name=isSixteen]`);
	await resident.click(`${form} label:has-text("${formatDate(dates[1]!, 'vi')}")`);
	await resident.click(`${form} .btn`);
	await resident.waitForSelector('#person-headCount-error');
	expect(await resident.isChecked(`${form} label:has-text("${formatDate(dates[1]!, 'vi')}") input`)).toBe(
		false,
	);
	await resident.fill(`${form} [name=headCount]`, '2');
	await resident.click(`${form} .btn`);
	await resident.waitForURL(/xong=1/);
	expect(await resident.locator('#bao-tin').innerText()).toContain('Báo cho tôi khi có thay đổi');
	const said = await main(resident);
	expect(said).toContain('Anh/chị có đăng ký ở 2 buổi.');
	expect(said.match(/đã đăng ký 2 người/g)).toHaveLength(2);
	await look(resident);
	// A single day is cancelled as ever.
	await resident.click(`.row:has-text("${formatDate(dates[3]!, 'vi')}")`);
	await resident.waitForURL(/don-cho/);
	await resident.click('form[action*=cancelSignUp] .btn');
	await resident.waitForURL(/da-huy/);
	await resident.goto(`${world.baseUrl}/chu-nhat-xanh/dot/${seriesId}`);
	expect((await main(resident)).match(/đã đăng ký 2 người/g)).toHaveLength(1);
	const feed = await (await fetch(`${world.baseUrl}/api/v1/events.ics?series=${seriesId}`)).text();
	expect(feed.match(/BEGIN:VEVENT/g)).toHaveLength(3);
	const { events } = (await (await fetch(`${world.baseUrl}/api/v1/events?limit=100`)).json()) as {
		events: { series_id: string | null }[];
	};
	expect(events.filter((each) => each.series_id === seriesId)).toHaveLength(3);
	expect(events.some((each) => each.series_id === null)).toBe(true);
	await resident.context().close();
});

test('this day and the following are edited; the series pauses, goes on and is prolonged', async () => {
	await page.goto(`${world.baseUrl}/cua-toi/su-kien/dot/${seriesId}`);
	await page.click(`.row:has-text("${formatDate(dates[1]!, 'vi')}")`);
	await page.waitForURL(/su-kien\/[0-9a-f-]{36}$/);
	await page.click('#sua > summary');
	await page.fill('#sua [name=startTime]', '06:30');
	await page.click('.btn:has-text("Lưu cho buổi này và các buổi sau")');
	await page.waitForURL(/xong=sua/);
	expect((await main()).match(/06:30–10:00/g)).toHaveLength(2);
	await page.fill('#nghi [name=from]', dates[1]!);
	await page.fill('#nghi [name=to]', dates[1]!);
	await page.fill('#nghi [name=reason]', 'Lũ về');
	await page.click('#nghi .btn');
	await page.waitForURL(/xong=nghi/);
	expect(await main()).toContain('Đã huỷ: Tạm nghỉ. Lũ về');
	expect(await main()).toContain('2 buổi sắp tới, 1 buổi đã huỷ');
	// The resident signed up for another day.
	expect(await main()).toContain('Chưa ai đăng ký những buổi ấy.');
	const day = (date: string) => formatShortDate(date, 'vi');
	const off = (await page.textContent('[data-share-text]'))!;
	expect(off).toMatch(/NGHỈ: Dọn chợ\.\nNghỉ các ngày: .+\.\nLý do: Tạm nghỉ\. Lũ về\n/);
	expect(off).toContain(`Nghỉ các ngày: ${day(dates[1]!)}.`);
	expect(off).toContain(`Có làm các ngày: ${day(dates[0]!)}, ${day(dates[3]!)}.`);
	await look();
	// What was chosen is English on an English page, what was typed stays Vietnamese and says so.
	await page.goto(`${world.baseUrl}/en/chu-nhat-xanh/dot/${seriesId}`);
	expect(await main()).toContain('Called off: Paused. Lũ về');
	expect(await page.textContent('.off [lang=vi]')).toBe('Lũ về');
	await page.goto(`${world.baseUrl}/cua-toi/su-kien/dot/${seriesId}`);
	await page.click('#lai .btn');
	await page.waitForURL(/xong=lai/);
	expect(await main()).not.toContain('Tạm nghỉ. Lũ về');
	expect(await page.textContent('[data-share-text]')).toContain(
		`LẠI DIỄN RA: Dọn chợ.\nCó làm các ngày: ${day(dates[1]!)}.`,
	);
	await page.fill('#nghi [name=from]', addDays(dates[3]!, 1));
	await page.click('#nghi .btn');
	await page.waitForSelector('#from-error');
	expect(await page.inputValue('#nghi [name=from]')).toBe(addDays(dates[3]!, 1));
	await page.fill('#them [name=until]', addDays(dates[3]!, 14));
	await page.click('#them .btn');
	await page.waitForSelector('#cac-ngay');
	expect(await page.locator('#cac-ngay [name=dates]').count()).toBe(2);
	for (const box of await page.locator('#cac-ngay [name=dates]').all()) await box.check();
	await look();
	await page.click('#them .btn');
	await page.waitForURL(/xong=them/);
	expect(await main()).toContain('5 buổi sắp tới');
	await look();
});

test('nobody else calls off the rest of a series', async () => {
	const path = `/cua-toi/su-kien/dot/${seriesId}?_action=eventSeries.callOff`;
	const fields = { id: seriesId, cause: 'storm', reason: 'Mưa bão' };
	const other = await signInClient(world.baseUrl, world.people['another union’s organiser']);
	const own = await signInClient(world.baseUrl, world.people.organiser);
	const before = await digest(world.db, ['session']);
	const nobody = await makeClient(world.baseUrl).post(path, fields);
	expect([nobody.status, (await other.post(path, fields)).status]).toEqual([401, 403]);
	const none = await own.post(path, { ...fields, id: crypto.randomUUID() });
	expect(none.status).toBe(404);
	expect(await digest(world.db, ['session'])).toEqual(before);
});

test('the rest of a series is called off with one tap for the reason, and takes place after all', async () => {
	await page.goto(`${world.baseUrl}/cua-toi/su-kien/dot/${seriesId}`);
	await page.click('#huy > summary');
	const before = await digest(world.db, ['session']);
	await page.click('#huy .btn');
	await page.waitForSelector('#reason-error');
	expect(await page.textContent('#reason-error')).toContain(createTranslator('vi')('errors:reasonMissing'));
	expect(await digest(world.db, ['session'])).toEqual(before);
	// A form that was open before another called everything off.
	const late = await page.context().newPage();
	await late.goto(`${world.baseUrl}/cua-toi/su-kien/dot/${seriesId}`);
	await late.click('#huy > summary');
	await late.click('#huy .chips label:has-text("Rét đậm")');
	await page.click('#huy .chips label:has-text("Mưa bão")');
	await page.click('#huy .btn');
	await page.waitForURL(/xong=huy/);
	expect(await main()).toContain('Không còn buổi nào sắp tới. 5 buổi đã huỷ');
	// The resident's browser asked for no news.
	expect(await main()).toContain('Cổng không báo được lượt nào trong 1 lượt đăng ký');
	expect(await page.textContent('[data-share-text]')).toContain('Lý do: Mưa bão\n');
	expect(await page.locator('#huy').count()).toBe(0);
	await look();
	const off = await digest(world.db, ['session']);
	expect(await arrive(late, () => late.click('#huy .btn'))).toBe(409);
	expect(await late.textContent('#huy [role=alert]')).toContain(createTranslator('vi')('errors:noDaysLeft'));
	expect(await late.isChecked('#huy .chips label:has-text("Rét đậm") input')).toBe(true);
	await look(late);
	await late.close();
	expect(await digest(world.db, ['session'])).toEqual(off);
	await page.goto(`${world.baseUrl}/en/chu-nhat-xanh`);
	expect(await main()).toContain('Storm');
	expect(await main()).not.toContain('Mưa bão');
	await page.goto(`${world.baseUrl}/cua-toi/su-kien/dot/${seriesId}`);
	await page.click('#lai .btn');
	await page.waitForURL(/xong=lai/);
	expect(await main()).toContain('5 buổi sắp tới');
	await look();
});
