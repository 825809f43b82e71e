// A full Green Sunday on phones: a unit changes its number, somebody waits, gets a place and says yes.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { axeErrors } from '../support/pages.ts';
import { signInAs } from '../support/sign-in.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';

let world: ServedWorld;
let browser: Browser;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

/** Another event of the world's organiser with so many places, and what is needed there. */
async function copyEvent(capacity: number): Promise<string> {
	const { db, eventId } = world;
	const event = await db
		.selectFrom('cleanupEvent')
		.selectAll()
		.where('id', '=', eventId)
		.executeTakeFirstOrThrow();
	const id = uuidv7(Date.now());
	await db
		.insertInto('cleanupEvent')
		.values({ ...event, id, slug: id, capacity, status: 'published', cancelledAt: null, cancelReason: null })
		.execute();
	await db
		.insertInto('eventNeed')
		.values({ id: uuidv7(Date.now()), eventId: id, position: 1, label: 'xẻng', wanted: 10 })
		.execute();
	return id;
}

async function newPhone(javaScriptEnabled: boolean): Promise<Page> {
	runsScripts = javaScriptEnabled;
	const context = await browser.newContext({ baseURL: world.baseUrl, viewport: phone, javaScriptEnabled });
	context.setDefaultTimeout(20_000);
	return context.newPage();
}

const unitForm = 'form:has([name=kind][value=unit]):has([name=name])';
const personForm = 'form[action*=signUp]:has([name=kind][value=person]):has([name=isSixteen])';
const changeForm = 'form[action*=changeSignUp]';
const open = async (page: Page, inside: string) => {
	const fold = page.locator(`details:has(${inside})`).first();
	if ((await fold.getAttribute('open')) === null) await fold.locator('summary').first().click();
};
async function changeTo(page: Page, heads: string): Promise<void> {
	await open(page, changeForm);
	await page.fill(`${changeForm} [name=headCount]`, heads);
	await page.click(`${changeForm} button`);
}

/** axe is a script: where the page runs none, it never answers. */
let runsScripts = true;
async function expectAccessible(page: Page): Promise<void> {
	if (runsScripts) expect(await axeErrors(page)).toEqual([]);
}

describe.each([true, false])('with JavaScript: %s', (javaScriptEnabled) => {
	test('a unit signs up 25, comes with 30, lowers again; who waits gets the place and says yes', async () => {
		const path = `/chu-nhat-xanh/${await copyEvent(30)}`;
		const [unit, hoa] = [await newPhone(javaScriptEnabled), await newPhone(javaScriptEnabled)];
		await unit.goto(path);
		await open(unit, unitForm);
		await unit.fill(`${unitForm} [name=name]`, 'Chi đoàn trường X');
		await unit.fill(`${unitForm} [name=headCount]`, '25');
		await unit.fill(`${unitForm} [name=contact]`, 'Cô Hà');
		await unit.click(`${unitForm} button`);
		await unit.waitForURL(/xong=/);
		await changeTo(unit, '31');
		const alert = unit.locator(`${changeForm} [role=alert]`);
		await alert.waitFor();
		expect(await alert.textContent()).toContain('Chỉ còn 5 chỗ');
		expect(await unit.inputValue(`${changeForm} [name=headCount]`)).toBe('31');
		await changeTo(unit, '30');
		await unit.waitForURL(/da-sua=1/);
		expect(await unit.textContent('main')).toContain('Chi đoàn trường X: 30 người');

		await hoa.goto(path);
		expect(await hoa.textContent('main')).toContain('Buổi này đã đủ người');
		expect(await hoa.textContent('main')).not.toContain('Cô Hà');
		await hoa.fill(`${personForm} [name=name]`, 'Vi Thị Hoa');
		await hoa.fill(`${personForm} [name=headCount]`, '2');
		await hoa.check(`${personForm} [name=isSixteen]`);
		await hoa.getByRole('button', { name: 'Vào danh sách chờ' }).click();
		await hoa.waitForURL(/xong=/);
		expect(await hoa.textContent('#da-dang-ky')).toContain('thứ 1 trong danh sách chờ');
		await expectAccessible(hoa);
		const link = (await hoa.locator('.link-out a').first().getAttribute('href'))!;

		await changeTo(unit, '28');
		await unit.waitForURL(/da-sua=1/);
		await hoa.goto(link);
		expect(await hoa.textContent('main')).toContain('Đã có chỗ cho 2 người');
		await expectAccessible(hoa);
		await hoa.goto(path);
		await hoa.click('form[action*=acceptOffer] button');
		await hoa.waitForURL(/da-nhan=1/);
		expect(await hoa.textContent('#da-dang-ky')).toContain('Đã xác nhận');
		expect(await hoa.textContent('main tfoot')).toContain('30');

		const pledgeForm = 'form[action*=pledge]';
		await open(hoa, pledgeForm);
		await hoa.fill(`${pledgeForm} [name=count]`, '11');
		await hoa.click(`${pledgeForm} button`);
		await hoa.locator(`${pledgeForm} [role=alert]`).waitFor();
		expect(await hoa.textContent(`${pledgeForm} [role=alert]`)).toContain('Chỉ còn thiếu 10');
		await hoa.fill(`${pledgeForm} [name=count]`, '3');
		await hoa.click(`${pledgeForm} button`);
		await hoa.waitForURL(/da-ghi=1/);
		expect(await hoa.textContent('main')).toContain('còn thiếu 7');

		// The link changes the number too, and cancels.
		await hoa.goto(link);
		await changeTo(hoa, '1');
		await hoa.waitForURL(/da-sua=1/);
		expect(await hoa.textContent('main')).toContain('Vi Thị Hoa: 1 người');
		await hoa.click('form[action*=cancelSignUp] button');
		await hoa.waitForURL(/da-huy=1/);
		expect(await hoa.textContent('main')).toContain('còn thiếu 10');
		for (const page of [unit, hoa]) await page.context().close();
	});

	test('somebody signed in joins with one tap and finds it on their own page', async () => {
		const eventId = await copyEvent(30);
		const page = await newPhone(javaScriptEnabled);
		await signInAs(page, world.baseUrl, world.people.organiser);
		await page.goto(`/chu-nhat-xanh/${eventId}`);
		await page.getByRole('button', { name: 'Tôi tham gia' }).click();
		await page.waitForURL(/xong=/);
		expect(await page.textContent('#da-dang-ky')).toContain('Đã đăng ký 1 người');
		await page.goto('/cua-toi');
		await page.locator(`a[href*="${eventId}"]`).waitFor();
		expect(await page.textContent('main')).toContain('Các buổi tôi tham gia');
		await page.goto(`/cua-toi/su-kien/${eventId}`);
		await expectAccessible(page);
		expect(await page.textContent('main')).toContain('xẻng');
		await page.context().close();
	});
});
