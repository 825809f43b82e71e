// Signing up for a Green Sunday on its own page: refusals beside their field, and what stands there afterwards.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { linksIn } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl } = await startSamplePortal();
let browser: Browser;
let path: string;
beforeAll(async () => {
	browser = await launchBrowser();
	const html = await (await fetch(`${baseUrl}/chu-nhat-xanh`)).text();
	path = linksIn(html.split('id="da-qua"')[0]!, '/chu-nhat-xanh/')[0]!;
});
afterAll(async () => {
	await browser.close();
});

async function withPhone(work: (page: Page) => Promise<void>): Promise<void> {
	const context = await browser.newContext({ baseURL: baseUrl, viewport: phone, javaScriptEnabled: false });
	try {
		await work(await context.newPage());
	} finally {
		await context.close();
	}
}

const personForm = 'form:has([name=kind][value=person])';
const fill = async (page: Page, typed: Record<string, string>) => {
	await page.locator(personForm).evaluate((form) => ((form as HTMLFormElement).noValidate = true));
	for (const [name, value] of Object.entries({ name: 'Lò Thị Mai', headCount: '2', ...typed })) {
		if (name !== 'isSixteen') await page.fill(`${personForm} [name=${name}]`, value);
	}
	if (typed['isSixteen'] !== 'no') await page.check(`${personForm} [name=isSixteen]`);
	await page.click(`${personForm} button`);
};

describe('a refused sign-up', () => {
	test.each([
		['headCount', { headCount: '51' }, 'Số người phải từ 1 đến 50'],
		['headCount', { headCount: '-1' }, 'Số người phải từ 1 đến 50'],
		['headCount', { headCount: 'hai' }, 'Số người phải là số nguyên'],
		['name', { name: '123' }, 'Xin ghi tên'],
		['phone', { phone: '12' }, 'Số điện thoại này không đọc được'],
		['isSixteen', { isSixteen: 'no' }, 'từ 16 tuổi'],
	] as const)('says it beside %s: %j', async (field, typed, words) => {
		await withPhone(async (page) => {
			await page.goto(path);
			const before = await page.textContent('main tfoot');
			await fill(page, typed);
			const alert = page.locator('[role=alert]');
			expect(await alert.count()).toBe(1);
			expect(await alert.textContent()).toContain(words);
			const control = page.locator(`${personForm} [name=${field}]`);
			expect(await control.getAttribute('aria-invalid')).toBe('true');
			expect(await control.getAttribute('aria-describedby')).toBe(await alert.getAttribute('id'));
			if (field !== 'isSixteen')
				expect(await control.inputValue()).toBe((typed as Record<string, string>)[field]);
			await page.goto(path);
			expect(await page.locator('form[action*=cancelSignUp]').count()).toBe(0);
			expect(await page.textContent('main tfoot')).toBe(before);
		});
	});
});

test('after a sign-up the form is folded; a refused second one opens it', async () => {
	await withPhone(async (page) => {
		await page.goto(path);
		await fill(page, {});
		await page.waitForURL(/xong=/);
		const fold = page.locator('details#tham-gia');
		expect(await fold.locator('summary').textContent()).toBe('Đăng ký thêm người');
		expect(await fold.getAttribute('open')).toBeNull();
		expect(await page.locator('a[href="#tham-gia"]').count()).toBe(0);
		await fold.locator('summary').click();
		await fill(page, { headCount: '0' });
		expect(await fold.getAttribute('open')).not.toBeNull();
		expect(await fold.locator('[role=alert]').textContent()).toContain('Số người');

		const link = (await page.locator('.link-out a').getAttribute('href'))!;
		await page.locator('form[action*=cancelSignUp] button').first().click();
		await page.waitForURL(/da-huy/);
		expect(await page.locator('h2#tham-gia').count()).toBe(1);
		// The dead link has words of its own.
		await page.goto(link);
		expect(await page.locator('form[action*=cancelSignUp]').count()).toBe(0);
		expect(await page.textContent('main')).not.toContain('Không huỷ');
		await page.getByRole('link', { name: 'Về trang của buổi' }).click();
		expect(new URL(page.url()).pathname).toBe(path);
	});
});

test('the same name a second time is asked about first, and nothing is written until then', async () => {
	await withPhone(async (page) => {
		await page.goto(path);
		await fill(page, { name: 'Vi Thị Sáu' });
		await page.waitForURL(/xong=/);
		const own = () => page.locator('.mine-here > li').count();
		expect(await own()).toBe(1);
		await page.locator('details#tham-gia summary').click();
		await fill(page, { name: 'Vi Thị Sáu', headCount: '3' });
		expect(await page.textContent(`${personForm} [role=alert]`)).toContain('đã đăng ký “Vi Thị Sáu”');
		expect(await page.inputValue(`${personForm} [name=headCount]`)).toBe('3');
		expect(await own()).toBe(1);
		await page.click(`${personForm} [name=mayRepeat]`);
		await page.waitForURL(/xong=/);
		expect(await own()).toBe(2);
	});
});
