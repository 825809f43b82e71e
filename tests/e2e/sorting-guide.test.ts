// The sorting guide in the hand: asked without JavaScript, while typing and without a network; edited; on the wall.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, launchPhone, phone } from '../support/browser.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';

let world: ServedWorld;
let browser: Browser;
beforeAll(async () => {
	world = await startWorld();
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

async function withPage(
	work: (page: Page) => Promise<void>,
	options: BrowserContextOptions = {},
): Promise<void> {
	const context = await browser.newContext({ baseURL: world.baseUrl, viewport: phone, ...options });
	try {
		await work(await context.newPage());
	} finally {
		await context.close();
	}
}

const shown = (page: Page) => page.locator('[data-names]:not([hidden]) summary b');
const names = async (page: Page) =>
	(await shown(page).allTextContents()).filter((_, index) => index < 3).map((text) => text.trim());
const best = (page: Page) => page.locator('[data-names] details[open]');

describe.each([
	{ name: 'with JavaScript', javaScriptEnabled: true },
	{ name: 'without JavaScript', javaScriptEnabled: false },
])('$name', ({ javaScriptEnabled }) => {
	test('a question by the keyboard alone opens what it asks for', async () => {
		await withPage(
			async (page) => {
				for (const [query, name, where] of [
					['hộp sữa', 'Vỏ hộp sữa', 'Ngôi nhà xanh'],
					['vo hop sua', 'Vỏ hộp sữa', 'Ngôi nhà xanh'],
					['pin', 'Pin cũ', 'Không bỏ vào Ngôi nhà xanh'],
				] as const) {
					await page.goto('/phan-loai');
					await page.locator('[name=q]').focus();
					await page.keyboard.type(query);
					await page.keyboard.press('Enter');
					await page.waitForURL(/q=/);
					expect((await names(page))[0]).toBe(name);
					expect(await best(page).count()).toBe(1);
					expect(await best(page).textContent()).toContain(where);
				}
			},
			{ javaScriptEnabled },
		);
	});

	test('what the guide does not have is said, with what to do; what was typed stays', async () => {
		await withPage(
			async (page) => {
				const response = await page.goto('/phan-loai?q=%3Cimg%20src=x%20onerror=alert(1)%3E');
				expect(response!.status()).toBe(200);
				expect(await page.locator('[data-say=none]').isVisible()).toBe(true);
				expect(await page.inputValue('[name=q]')).toBe('<img src=x onerror=alert(1)>');
				expect(await shown(page).count()).toBe(0);
			},
			{ javaScriptEnabled },
		);
	});
});

test('the list narrows while somebody types, and is whole and in its order again afterwards', async () => {
	await withPage(async (page) => {
		await page.goto('/en/phan-loai');
		const order = await shown(page).allTextContents();
		await page.fill('[name=q]', 'lon bia');
		await expect.poll(() => names(page)).toEqual(['Aluminium can']);
		expect(await page.textContent('[data-count]')).toBe('1 thing found.');
		await page.fill('[name=q]', 'milk carton brandname');
		await page.locator('[data-say=near]').waitFor();
		expect((await names(page))[0]).toBe('Milk and juice carton');
		await page.fill('[name=q]', 'qqq');
		await page.locator('[data-say=none]').waitFor();
		await page.fill('[name=q]', '');
		await expect.poll(() => shown(page).allTextContents()).toEqual(order);
		expect(await best(page).count()).toBe(0);
	});
});

test('an item leads to the houses that take it, on the map', async () => {
	await withPage(async (page) => {
		await page.goto('/phan-loai/giay-vun');
		await page.locator('a[href*="vat-lieu=mixed_paper"]').click();
		await page.waitForURL(/vat-lieu=mixed_paper/);
		expect(await page.textContent('#danh-sach')).toContain(world.house.code);
	});
});

test('after one visit the guide answers without a network: itself, a search, an item', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-guide-'));
	const context = await launchPhone(folder, { baseURL: world.baseUrl, viewport: phone });
	try {
		const page = await context.newPage();
		await page.goto('/');
		await expect
			.poll(() => page.evaluate(async () => (await caches.match('/phan-loai')) !== undefined), {
				timeout: 30_000,
			})
			.toBe(true);
		await context.setOffline(true);
		await page.goto('/phan-loai?q=vo+hop+sua');
		// The whole list begins with the milk carton too: what tells the answer apart is that it stands open.
		await best(page).waitFor({ timeout: 30_000 });
		expect((await names(page))[0]).toBe('Vỏ hộp sữa');
		expect(await page.inputValue('[name=q]')).toBe('vo hop sua');
		await page.locator('[data-kept-note]').waitFor();
		await page.goto('/phan-loai/ac-quy');
		await page.locator('#ac-quy[open]').waitFor();
	} finally {
		await context.close();
		rmSync(folder, { recursive: true, force: true });
	}
});

test('the board of a house is one A4 page that names what it takes and its short address', async () => {
	await withPage(async (page) => {
		for (const language of ['', '/en']) {
			await page.goto(`${language}/ngoi-nha-xanh/${world.house.code}/bang-phan-loai`);
			expect(await page.textContent('.foot')).toContain(`/n/${world.house.code}`);
			expect(await page.locator('.takes li').count()).toBe(world.house.materials.length);
			expect(await page.locator('.qr svg').count()).toBe(1);
			const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
			expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
		}
	});
});

test('an administrator reads an item as it will stand, then publishes it; without JavaScript', async () => {
	await withPage(
		async (page) => {
			const hostile = '<script>window.__ran=1</script>"><img src=x onerror=window.__ran=1>';
			await signInAs(page, world.baseUrl, world.people.administrator);
			await page.goto('/phan-loai/pin');
			await page.getByText('Sửa món này').click();
			const send = () => page.locator('main form .btn').first().click();
			// What was typed stays beside a refusal that names the field.
			await page.fill('[name=what-vi]', hostile);
			await page.fill('[name=source-en]', ' ');
			await send();
			expect(await page.locator('#source-en-error').textContent()).toContain('Xin ghi nguồn');
			expect(await page.inputValue('[name=what-vi]')).toBe(hostile);
			await page.fill('[name=source-en]', 'The ward, by phone');
			await page.selectOption('[name=destination]', 'house');
			await send();
			expect(await page.locator('#material-error').textContent()).toContain('chỉ nhận vật liệu');
			await page.selectOption('[name=destination]', 'hazardous');
			await send();
			expect(await page.textContent('h1')).toContain('Xem trước bản 2');
			expect(await page.textContent('main')).toContain('The ward, by phone');
			for (const width of [phone.width, 320]) expect(await sticksOut(page, width)).toEqual([]);
			await page.locator('[name=edit]').click();
			expect(await page.inputValue('[name=what-vi]')).toBe(hostile);
			for (const width of [phone.width, 320]) expect(await sticksOut(page, width)).toEqual([]);
			await send();
			await page.locator('form[action*=publishGuideItem] .btn').first().click();
			await page.waitForURL(/\/phan-loai\/pin\?xong=/);
			expect(await page.textContent('[role=status]')).toContain('Đã công bố');
			expect(await page.textContent('main')).toContain('bản 2');
		},
		{ javaScriptEnabled: false },
	);
	await withPage(
		async (page) => {
			for (const at of ['/phan-loai', '/phan-loai?q=pin', '/phan-loai/pin', '/en/phan-loai/pin']) {
				await page.goto(at);
				expect(await page.evaluate(() => '__ran' in window)).toBe(false);
				for (const width of [phone.width, 320]) expect(await sticksOut(page, width)).toEqual([]);
			}
			await page.goto('/phan-loai/pin');
			expect(await page.textContent('main')).toContain('<script>window.__ran=1</script>');
		},
		{ bypassCSP: true, serviceWorkers: 'block' },
	);
});

test('an administrator adds an item and takes it out again; a phone without a network follows', async () => {
	await withPage(async (page) => {
		await signInAs(page, world.baseUrl, world.people.administrator);
		await page.goto('/phan-loai');
		await page.getByText('Thêm một món').click();
		await page.waitForURL('**/cua-toi/phan-loai/moi');
		expect(await axeErrors(page)).toEqual([]);
		const words = {
			...{ code: 'pin', 'name-vi': 'Vỏ trứng', 'name-en': 'Eggshells', 'what-vi': 'Vỏ', 'what-en': 'Shells' },
			...{ 'prepare-vi': 'Bóp nhỏ', 'prepare-en': 'Crush them', 'source-vi': 'Luật', 'source-en': 'Law' },
		};
		for (const [name, text] of Object.entries(words)) await page.fill(`[name=${name}]`, text);
		await page.selectOption('[name=destination]', 'food');
		await page.selectOption('[name=after]', '-');
		const send = page.locator('main form .btn').first();
		await send.click();
		await page.locator('#code-error').waitFor();
		// What was typed is kept.
		expect(await page.inputValue('[name=name-vi]')).toBe('Vỏ trứng');
		expect(await page.inputValue('[name=after]')).toBe('-');
		await page.fill('[name=code]', 'vo-trung');
		await send.click();
		await page.locator('form[action*=publishGuideItem] .btn').first().click();
		await page.waitForURL('**/phan-loai/vo-trung?xong=cong-bo');
		await page.goto('/en/phan-loai');
		expect(await page.locator('#vo-trung summary b').textContent()).toBe('Eggshells');
		const kept = () =>
			page.evaluate(async () => {
				const page = await (await caches.open('trang-1')).match('/phan-loai');
				return (await page?.text())?.includes('id="vo-trung"');
			});
		// A session's own answer is kept by no phone: a visitor's is.
		await page.context().clearCookies();
		await page.goto('/phan-loai');
		await expect.poll(kept, { timeout: 30_000 }).toBe(true);
		await signInAs(page, world.baseUrl, world.people.administrator);
		await page.goto('/cua-toi/phan-loai/vo-trung');
		await page.check('[name=retired]');
		await page.locator('main form .btn').first().click();
		await page.locator('form[action*=publishGuideItem] .btn').first().click();
		await page.waitForURL('**/cua-toi/phan-loai/vo-trung?xong=cong-bo');
		expect((await page.goto('/phan-loai/vo-trung'))!.status()).toBe(404);
		await page.goto('/cua-toi/phan-loai/moi');
		expect(await page.locator('a[href$="/cua-toi/phan-loai/vo-trung"]').count()).toBe(1);
		await page.context().clearCookies();
		await page.goto('/phan-loai');
		await expect.poll(kept, { timeout: 30_000 }).toBe(false);
	});
});

test('the form, its refusal and its preview have no fault', async () => {
	await withPage(async (page) => {
		await signInAs(page, world.baseUrl, world.people.administrator);
		for (const at of ['/cua-toi/phan-loai/ac-quy', '/en/cua-toi/phan-loai/ac-quy']) {
			await page.goto(at);
			await page.fill('[name=name-vi]', ' ');
			const send = page.locator('main form .btn').first();
			await send.click();
			await page.locator('#name-vi-error').waitFor();
			expect(await axeErrors(page)).toEqual([]);
			await page.fill('[name=name-vi]', 'Bình ắc quy');
			await send.click();
			await page.locator('form[action*=publishGuideItem]').waitFor();
			expect(await axeErrors(page)).toEqual([]);
		}
	});
});

test.each(['steward', 'auditor', 'visitor'] as const)('%s edits nothing', async (who) => {
	await withPage(async (page) => {
		if (who !== 'visitor') await signInAs(page, world.baseUrl, world.people[who]);
		await page.goto('/phan-loai/ac-quy');
		expect(await page.getByText('Sửa món này').count()).toBe(0);
		const response = await page.goto('/cua-toi/phan-loai/ac-quy');
		if (who === 'visitor') expect(page.url()).toContain('/dang-nhap');
		else expect(response!.status()).toBe(403);
	});
});
