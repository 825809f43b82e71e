// The steward types the notebook: as a sheet, one row at a time on a phone, and without JavaScript.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '#lib/time.ts';
import { launchBrowser, phone, wide } from '../support/browser.ts';
import { axeErrors, inEnglish, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let page: Page;
let path: string;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	path = `/cua-toi/nha/${world.house.code}/so-tay`;
	page = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(page, world.baseUrl, world.people.steward);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});
const rowsOf = async () =>
	(await world.db.selectFrom('dropOff').select('id').where('channel', '=', 'paper').execute()).length;

test('on a phone the rows come one at a time, and a wrong row is named and writes nothing', async () => {
	await page.goto(`${world.baseUrl}/cua-toi/nha/${world.house.code}`);
	await page.click('a[href$="/so-tay"]');
	await page.waitForURL(/so-tay/);
	expect(await page.locator('.prow:visible').count()).toBe(1);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.fill('[name=date-0]', addDays(world.today, -3));
	await page.fill('[name=households-0]', '5');
	await page.fill('[name=cell-0-mixed_paper]', '12,5');
	await page.click('[data-step="1"]');
	await page.fill('[name=date-1]', addDays(world.today, -2));
	await page.fill('[name=cell-1-mixed_paper]', '1.500');
	const before = await digest(world.db, ['session']);
	await page.click('.typing .btn:not(.alt)');
	await page.waitForSelector('.note.err li');
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await page.locator('.note.err li a').allTextContents()).toEqual([
		expect.stringMatching(/^\s*Dòng 2, Số hộ\s*$/),
		expect.stringMatching(/^\s*Dòng 2, giấy vụn\s*$/),
	]);
	// The row that is wrong is the one that is open, and what was typed is there.
	expect(await page.inputValue('.prow:visible [name=cell-1-mixed_paper]')).toBe('1.500');
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.fill('[name=households-1]', '2');
	await page.fill('[name=cell-1-mixed_paper]', '1,5');
	await page.click('.typing .btn:not(.alt)');
	await page.waitForURL(/xong=/);
	expect(await page.textContent('[role=status]')).toContain('Đã lưu 2 dòng.');
	expect(await rowsOf()).toBe(2);
	expect(await axeErrors(page)).toEqual([]);
});

test('on a wide page it is a sheet for the keyboard', async () => {
	await page.setViewportSize(wide);
	await page.goto(`${world.baseUrl}${inEnglish(path)}`);
	expect(await page.locator('.prow:visible').count()).toBe(8);
	await page.focus('[name=households-0]');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('households-2');
	expect(await axeErrors(page)).toEqual([]);
	await page.setViewportSize(phone);
});

test('without JavaScript more rows come from the server, and the same page sent twice adds nothing', async () => {
	const context = await browser.newContext({ viewport: phone, javaScriptEnabled: false });
	await context.addCookies(await page.context().cookies());
	const plain = await context.newPage();
	await plain.goto(`${world.baseUrl}${path}`);
	expect(await plain.locator('.prow:visible').count()).toBe(8);
	await plain.fill('[name=date-0]', addDays(world.today, -1));
	await plain.fill('[name=households-0]', '3');
	await plain.fill('[name=cell-0-mixed_paper]', '4');
	const before = await rowsOf();
	await plain.click('[name=more]');
	expect(await plain.locator('.prow').count()).toBe(16);
	expect(await plain.inputValue('[name=households-0]')).toBe('3');
	expect(await rowsOf()).toBe(before);
	const id = await plain.inputValue('.typing [name=id]');
	await plain.click('.typing .btn:not(.alt)');
	await plain.waitForURL(/xong=/);
	const again = await plain.request.post(`${world.baseUrl}${path}?_action=collections.recordPaperPage`, {
		form: {
			...{ id, house: world.house.code, 'date-0': addDays(world.today, -1), 'households-0': '3' },
			'cell-0-mixed_paper': '4',
		},
		headers: { origin: world.baseUrl },
		maxRedirects: 0,
	});
	expect(again.status()).toBe(303);
	expect(await rowsOf()).toBe(before + 1);
	await context.close();
});
