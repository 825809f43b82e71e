// An invitation that names the last day of its role, from the form to the page of whoever took it.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, formatDate } from '#lib/time.ts';
import { launchBrowser, phone, wide } from '../support/browser.ts';
import { axeErrors, inEnglish, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let page: Page;
const shoot = async (of: Page, name: string) => {
	const shots = process.env['SHOTS'];
	if (shots) await of.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	page = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(page, world.baseUrl, world.people.administrator);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

test('a role is invited to up to a day, which its holder reads on their own page', async () => {
	const { baseUrl, db, people, today } = world;
	const lastDay = addDays(today, 200);
	const shown = `đến hết ${formatDate(lastDay, 'vi')}`;
	await page.goto(`${baseUrl}/cua-toi/nhom?vai-tro=administrator`);
	expect(await page.locator('form:has([name=role][value=administrator]) [name=validTo]').count()).toBe(0);
	const asked = '/cua-toi/nhom?vai-tro=ward_officer';
	for (const address of [inEnglish(asked), asked]) {
		await page.goto(baseUrl + address);
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
		await page.setViewportSize(phone);
		await shoot(page, `invite-${address.startsWith('/en') ? 'en' : 'vi'}`);
	}
	const fields = page.locator('form:has([name=form][value=moi])');
	const send = async (day: string) => {
		await fields.locator('[name=name]').fill(people.steward.phone);
		await fields.locator('[name=scope]').first().selectOption('ward:kl-2025');
		// Browsers that know no calendar send what was typed.
		await fields.locator('[name=validTo]').evaluate((field: HTMLInputElement, value) => {
			field.type = 'text';
			field.value = value;
		}, day);
		await fields.locator('.btn').click();
	};
	await expectNothingWritten(db, async () => {
		await send(addDays(today, -1));
		await page.waitForSelector('[role=alert]');
		throw new Error('refused');
	}, ['session', 'rate_limit']);
	expect(await fields.locator('[name=validTo]').getAttribute('aria-invalid')).toBe('true');
	expect(await fields.locator('[name=validTo]').inputValue()).toBe(addDays(today, -1));
	expect(await axeErrors(page)).toEqual([]);
	await shoot(page, 'refused');
	await send(lastDay);
	const link = (await page.locator('[data-share-text]').textContent())!.trim();
	expect(await page.locator('main').innerText()).toContain(shown);
	await shoot(page, 'sent');

	const holder = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(holder, baseUrl, people.steward);
	await holder.goto(baseUrl + link.slice(link.indexOf('/loi-moi')));
	expect(await holder.locator('main').innerText()).toContain(`tự hết sau ngày ${formatDate(lastDay, 'vi')}`);
	await shoot(holder, 'invitation');
	await holder.locator('form[action*="team.accept"] .btn').click();
	await holder.waitForURL(/xong=vai-tro/);
	expect(await holder.locator('main').innerText()).toContain(shown);
	await shoot(holder, 'mine');
	await holder.goto(`${baseUrl}/cua-toi/tai-khoan`);
	expect(await holder.locator('main').innerText()).toContain(shown);
	await shoot(holder, 'account');
	await page.goto(`${baseUrl}/cua-toi/nhom`);
	expect(await page.locator('main').textContent()).toContain(shown);
	await page.setViewportSize(wide);
	await page
		.locator('details.fold summary')
		.evaluateAll((all) => all.forEach((each) => (each as HTMLElement).click()));
	await shoot(page, 'team-wide');
});
