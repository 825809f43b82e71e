// The map and the list on somebody else's page.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { signInClient } from '../support/http.ts';
import { makeSchoolStory } from '../support/school-story.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';

let browser: Browser;
let world: ServedWorld;
let site: Server;
let host: string;
beforeAll(async () => {
	browser = await launchBrowser();
	world = await startWorld();
	// Another site: its page shows whatever address stands behind the question mark.
	site = createServer((request, response) => {
		const shown = decodeURIComponent(request.url!.split('?')[1] ?? '').replaceAll('&', '&amp;');
		response.setHeader('content-type', 'text/html');
		response.end(`<!doctype html><title>x</title><iframe src="${shown}" width="340" height="600"></iframe>`);
	});
	await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
	host = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => {
	await browser.close();
	await world.stop();
	site.close();
});

async function onOtherSite(path: string, work: (page: Page) => Promise<void>): Promise<void> {
	const context = await browser.newContext({ viewport: phone, serviceWorkers: 'block' });
	try {
		const page = await context.newPage();
		await page.goto(`${host}/?${encodeURIComponent(world.baseUrl + path)}`);
		await work(page);
		expect(await context.cookies()).toEqual([]);
	} finally {
		await context.close();
	}
}

describe('on another site', () => {
	test('the map shows the houses of its address, wakes at a touch and leads out of the frame', async () => {
		await onOtherSite('/nhung/ban-do?noi-dat=school&con-cho=1', async (page) => {
			const frame = page.frameLocator('iframe');
			expect(await frame.locator('svg.map .pins > g').count()).toBe(1);
			expect(await frame.locator('h1').textContent()).toBe('1 Ngôi nhà xanh');
			await page.waitForTimeout(2500);
			expect(await frame.locator('.leaflet-map').count()).toBe(0);
			await frame.locator('.map-frame').dispatchEvent('pointerdown');
			await frame.locator('.leaflet-map .pin-icon').press('Enter');
			const opened = page.waitForEvent('popup');
			await frame.locator('.leaflet-popup a').press('Enter');
			expect((await opened).url()).toBe(`${world.baseUrl}/ngoi-nha-xanh/${world.schoolHouse.code}`);
			expect(page.url()).toContain(host);
		});
	});

	test('the streets of the map are not remembered', async () => {
		await onOtherSite('/nhung/ban-do', async (page) => {
			await page.route('https://tile.openstreetmap.org/**', (route) => route.abort());
			const frame = page.frameLocator('iframe');
			await frame.locator('[data-streets]').click();
			await expect.poll(() => frame.locator('[data-map-said]').textContent()).not.toBe('');
			const kept = await page.frames()[1]!.evaluate(() => Object.keys(localStorage));
			expect(kept).toEqual([]);
		});
	});

	test('the list shows its houses, and says what its address got wrong', async () => {
		await onOtherSite('/en/nhung/danh-sach?phuong=dk-2025&vat-lieu=gold', async (page) => {
			const frame = page.frameLocator('iframe');
			expect(await frame.locator('.houses > li').count()).toBe(3);
			expect(await frame.locator('[role=alert]').textContent()).toContain('“Takes”');
			const opened = page.waitForEvent('popup');
			await frame.locator('.houses a').first().click();
			expect((await opened).url()).toMatch(/\/en\/ngoi-nha-xanh\/NNX-\d{3}$/);
		});
	});

	test('a school’s block shows its campaign in class order, and leads out of the frame', async () => {
		const story = await makeSchoolStory(world.db, Date.now());
		const path = `/truong/${story.schoolId}`;
		await onOtherSite(`/nhung${path}`, async (page) => {
			const frame = page.frameLocator('iframe');
			expect((await frame.locator('h1').textContent())?.trim()).toBe(
				'Ngôi nhà xanh của Trường THCS Tam Thanh',
			);
			const names = await frame.locator('.progress tbody th').allTextContents();
			expect(names.map((name) => name.trim())).toEqual(['6A', '6B', '7A', '7B', '8A']);
			const opened = page.waitForEvent('popup');
			await frame.locator('h2 a').first().click();
			expect((await opened).url()).toBe(`${world.baseUrl}${path}/${story.runningId}`);
		});
		const offer = await (await fetch(`${world.baseUrl}/nhung?truong=${story.schoolId}`)).text();
		expect(offer).toContain(`${world.baseUrl}/nhung${path}`);
	});

	test.each([
		'/',
		'/nhung/truong/khong-co',
		'/truong',
		'/dang-nhap',
		'/nhung',
		'/nhung/khong-co',
		'/fr/nhung/ban-do',
		'/quy',
	])('%s is not shown', async (path) => {
		await onOtherSite(path, async (page) => {
			await expect.poll(() => page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
		});
	});
});

test('whoever is signed in gets the same answer as anybody, without a cookie', async () => {
	const client = await signInClient(world.baseUrl, world.people.treasurer);
	for (const path of ['/nhung/ban-do', '/nhung/danh-sach']) {
		const own = await client.send(path);
		expect([own.headers.getSetCookie(), own.headers.get('cache-control')]).toEqual([[], 'public, no-cache']);
		expect(await own.text()).toBe(await (await fetch(world.baseUrl + path)).text());
	}
});

test('nothing can be done in a frame: its address takes no form', async () => {
	const { phone: name, password } = world.people.auditor;
	const response = await fetch(`${world.baseUrl}/nhung/ban-do?_action=accounts.signIn`, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded', origin: world.baseUrl },
		body: new URLSearchParams({ name, password }).toString(),
	});
	expect([response.status, response.headers.getSetCookie()]).toEqual([404, []]);
	expect(response.headers.get('x-frame-options')).toBe('DENY');
});

test('the snippet that the portal hands out is the frame that was chosen', async () => {
	const page = await browser.newPage({ baseURL: world.baseUrl });
	await page.goto('/nhung');
	await page.locator('[name=kieu]').selectOption('danh-sach');
	await page.locator('[name=phuong]').selectOption('dk-2025');
	await page.locator('[name=con-cho]').check();
	await page.locator('.filter button').click();
	await page.waitForURL(/kieu=danh-sach/);
	const snippet = await page.locator('#ma [data-share-text]').textContent();
	expect(snippet?.trim()).toBe(
		`<iframe src="${world.baseUrl}/nhung/danh-sach?phuong=dk-2025&amp;con-cho=1" title="Danh sách Ngôi nhà xanh Lạng Sơn" width="100%" height="480" frameborder="0" loading="lazy"></iframe>`,
	);
	await page.close();
});
