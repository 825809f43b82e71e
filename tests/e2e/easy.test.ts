// Large text and pictures first: asked for by the address, remembered by the browser.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { EASY_SCRIPT_HASH } from '#lib/easy.ts';
import { phone, wide } from '../support/browser.ts';
import { axeErrors, findPublicPaths, inEnglish, sticksOut } from '../support/pages.ts';
import { usePhone } from '../support/phone-page.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl } = await startSamplePortal();
const onPhone = usePhone(baseUrl);
const PICTURE_PAGES = ['/', '/ngoi-nha-xanh/MAU-001', '/ghi-nhan?diem=MAU-005'];

const isEasy = (page: Page) => page.evaluate(() => document.documentElement.hasAttribute('data-easy'));
const textSize = (page: Page) =>
	page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
const easy = (path: string) => `${path}${path.includes('?') ? '&' : '?'}chu=to`;

test('without JavaScript the link shows the same page in large text with pictures, and back', async () => {
	await onPhone(
		async (page) => {
			await page.goto('/?noi-dat=school');
			expect(await page.locator('.easy-tiles').isVisible()).toBe(false);
			const size = await textSize(page);
			await page.locator('.h-head .to-easy').click();
			await page.waitForURL('**/?noi-dat=school&chu=to');
			expect(await page.locator('.easy-tiles a').count()).toBe(4);
			expect(await page.locator('.easy-tiles').isVisible()).toBe(true);
			expect(await textSize(page)).toBeGreaterThanOrEqual(size * 1.2);
			await page.locator('footer .to-plain').click();
			await page.waitForURL('**/?noi-dat=school&chu=thuong');
			expect(await textSize(page)).toBe(size);
		},
		{ javaScriptEnabled: false },
	);
});

test('the browser remembers the choice for every page, and no address carries it on', async () => {
	await onPhone(async (page) => {
		const refused: string[] = [];
		page.on('console', (message) => {
			if (message.type() === 'error') refused.push(message.text());
		});
		await page.goto('/en?noi-dat=school');
		await page.locator('footer .to-easy').click();
		await page.locator('.easy-tiles').waitFor();
		await expect.poll(() => page.url()).toBe(`${baseUrl}/en?noi-dat=school`);
		for (const path of ['/quy', '/en/chu-nhat-xanh', '/ghi-nhan/khong-mang', '/khong-co-trang-nay']) {
			await page.goto(path);
			expect([path, await isEasy(page)]).toEqual([path, true]);
		}
		await page.locator('footer .to-plain').click();
		await page.locator('footer .to-easy').waitFor();
		await page.goto('/');
		expect(await isEasy(page)).toBe(false);
		expect(refused.filter((text) => /Content Security Policy/i.test(text))).toEqual([]);
	});
});

test('nothing moves after the page was painted, and nothing more is fetched', async () => {
	await onPhone(
		async (page) => {
			await page.goto('/?chu=to');
			await page.addInitScript(() => {
				const seen = { moved: 0 };
				Object.assign(window, { seen });
				new PerformanceObserver((list) => {
					for (const entry of list.getEntries()) seen.moved += (entry as unknown as { value: number }).value;
				}).observe({ type: 'layout-shift', buffered: true });
			});
			const asked: string[] = [];
			page.on('request', (request) => {
				if (['script', 'stylesheet'].includes(request.resourceType()) && !/leaflet/.test(request.url()))
					asked.push(request.url());
			});
			await page.goto('/');
			await page.evaluate(() => document.fonts.ready);
			expect(await isEasy(page)).toBe(true);
			const inEasy = asked.splice(0).sort();
			expect(await page.evaluate(() => (window as unknown as { seen: { moved: number } }).seen.moved)).toBe(
				0,
			);
			await page.goto('/?chu=thuong');
			await page.evaluate(() => document.fonts.ready);
			expect(inEasy).toEqual(asked.sort());
		},
		{ serviceWorkers: 'block' },
	);
});

test('a page is kept for each size by itself, and no cookie decides', async () => {
	const ask = async (path: string, cookie = '') =>
		(await (await fetch(baseUrl + path, { headers: { cookie } })).text()).includes(
			'<html lang="vi" data-easy',
		);
	for (const _ of [1, 2]) {
		expect(await ask('/?chu=to')).toBe(true);
		expect(await ask('/', 'chu=to')).toBe(false);
		expect(await ask('/?chu=thuong')).toBe(false);
		expect(await ask('/?chu=%3Cscript%3E')).toBe(false);
	}
});

test('the policy lets the one inline script run, wherever a page is made', async () => {
	for (const path of ['/', '/ghi-nhan', '/khong-co-trang-nay']) {
		const policy = (await fetch(baseUrl + path)).headers.get('content-security-policy');
		expect(policy).toContain(`'${EASY_SCRIPT_HASH}'`);
	}
});

test('the picture of the nearest house measures on the device', async () => {
	const settings = {
		geolocation: { latitude: 21.853, longitude: 106.761 },
		permissions: ['geolocation'],
	};
	await onPhone(async (page) => {
		await page.goto('/?chu=to');
		await page.locator('[data-near-link]').click();
		await page.locator('#gan .rows li').first().waitFor();
		expect(await page.locator('#gan .rows li').count()).toBe(5);
	}, settings);
});

test.each([
	['light', (path: string) => path],
	['dark', inEnglish],
] as const)('home, house and log have no fault in large text: %s', async (colorScheme, of) => {
	await onPhone(
		async (page) => {
			for (const path of PICTURE_PAGES.map((each) => easy(of(each)))) {
				await page.goto(path);
				expect([path, await isEasy(page), await axeErrors(page)]).toEqual([path, true, []]);
			}
		},
		{ colorScheme },
	);
});

test('no public page scrolls sideways in large text', async () => {
	await onPhone(async (page) => {
		const paths = (await findPublicPaths(baseUrl)).flatMap((each) => [each, inEnglish(each)]);
		for (const path of paths) {
			await page.goto(easy(path));
			for (const width of [320, phone.width, wide.width])
				expect.soft(await sticksOut(page, width), path).toEqual([]);
		}
	});
});
