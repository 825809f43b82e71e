// The map with the streets of somebody else's server under it, and with so many houses that their pins crowd.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openDb } from '#lib/db.ts';
import { launchBrowser, phone, wide } from '../support/browser.ts';
import { fillManyHouses } from '../support/many-houses.ts';
import { axeErrors } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { startServer, type RunningServer } from '../support/server.ts';

const TILES = 'https://tile.openstreetmap.org/**';
const COUNT = 1000;
const { baseUrl } = await startSamplePortal();
const folder = mkdtempSync(path.join(tmpdir(), 'portal-many-'));

let browser: Browser;
let many: RunningServer;
let tile: Buffer;
beforeAll(async () => {
	browser = await launchBrowser();
	tile = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#dde' } })
		.png()
		.toBuffer();
	const file = path.join(folder, 'portal.db');
	copyFileSync(inject('sqliteTemplate'), file);
	const db = openDb(`file:${file}`);
	await fillManyHouses(db, COUNT);
	await db.destroy();
	many = await startServer({ DATABASE_URL: `file:${file}`, SAMPLE_DATA: 'none' });
});
afterAll(async () => {
	await browser.close();
	await many.stop();
	rmSync(folder, { recursive: true, force: true });
});

type Options = BrowserContextOptions & { from?: string };

/** A page whose service worker answers nothing, so that what it asks of others is seen. */
async function onPage(work: (page: Page) => Promise<void>, { from = baseUrl, ...rest }: Options = {}) {
	const context = await browser.newContext({
		...{ baseURL: from, viewport: phone, serviceWorkers: 'block', ...rest },
	});
	try {
		await work(await context.newPage());
	} finally {
		await context.close();
	}
}

/** Answers for the tile server; gives the addresses that were asked for. */
async function serveTiles(page: Page): Promise<string[]> {
	const asked: string[] = [];
	await page.route(TILES, (route) => {
		asked.push(route.request().url());
		return route.fulfill({ body: tile, contentType: 'image/png' });
	});
	return asked;
}

const wakeMap = async (page: Page) => {
	await page.locator('.map-frame').dispatchEvent('pointerdown');
	await page.locator('.leaflet-map .leaflet-control-zoom').waitFor();
};

describe('the streets', () => {
	test('are fetched only when somebody turns them on, and this device remembers it until they are turned off', async () => {
		await onPage(async (page) => {
			const asked = await serveTiles(page);
			await page.goto('/');
			await wakeMap(page);
			const button = page.locator('[data-streets]');
			expect(await button.getAttribute('aria-pressed')).toBe('false');
			expect([asked, await page.locator('.over-tiles').count()]).toEqual([[], 0]);
			await button.click();
			await page.locator('.leaflet-map.over-tiles').waitFor();
			expect(asked.length).toBeGreaterThan(0);
			// Nothing outside the service area or farther out than the layer goes.
			for (const url of asked) expect(Number(new URL(url).pathname.split('/')[1])).toBeGreaterThanOrEqual(11);
			const credit = page.locator('.leaflet-control-attribution a');
			expect(await credit.getAttribute('href')).toBe('https://www.openstreetmap.org/copyright');
			expect(await credit.textContent()).toContain('OpenStreetMap contributors');

			await page.reload();
			await wakeMap(page);
			await page.locator('.leaflet-map.over-tiles').waitFor();
			expect(await button.getAttribute('aria-pressed')).toBe('true');
			await button.click();
			await expect
				.poll(() => page.locator('.over-tiles, .leaflet-control-attribution, .leaflet-tile').count())
				.toBe(0);
			const before = asked.length;
			await page.reload();
			await wakeMap(page);
			expect(await button.getAttribute('aria-pressed')).toBe('false');
			expect(asked.length).toBe(before);
		});
	});

	test('turned on first of all, wake the map by themselves', async () => {
		await onPage(async (page) => {
			await serveTiles(page);
			await page.goto('/en');
			await page.locator('[data-streets]').press('Enter');
			await page.locator('.leaflet-map.over-tiles').waitFor();
			expect(await axeErrors(page)).toEqual([]);
		});
	});

	test('that are blocked leave the map as it was, and a sentence says so', async () => {
		await onPage(async (page) => {
			await page.route(TILES, (route) => route.abort());
			await page.goto('/');
			await wakeMap(page);
			await page.locator('[data-streets]').click();
			await expect.poll(() => page.locator('[data-map-said]').textContent()).toContain('Chưa tải được');
			expect(await page.locator('.over-tiles').count()).toBe(0);
			expect(await page.locator('.leaflet-map .rv').isVisible()).toBe(true);
			await page.locator('.leaflet-map .pin-icon').first().press('Enter');
			expect(await page.locator('.leaflet-popup a').isVisible()).toBe(true);
			await page.locator('[data-streets]').click();
			await expect.poll(() => page.locator('[data-map-said]').textContent()).toBe('');
		});
	});

	test('words of a pin at the edge come into view whole', async () => {
		await onPage(async (page) => {
			await page.goto('/');
			await wakeMap(page);
			const highest = await page.locator('.leaflet-map .pin-icon').evaluateAll((pins) => {
				const tops = pins.map((pin) => pin.getBoundingClientRect().top);
				const top = pins[0]!.closest('.leaflet-map')!.getBoundingClientRect().top;
				return tops.indexOf(Math.min(...tops.filter((each) => each > top)));
			});
			await page.locator('.leaflet-map .pin-icon').nth(highest).press('Enter');
			await expect
				.poll(() =>
					page.evaluate(() => {
						const [words, map] = ['.leaflet-popup', '.leaflet-map'].map((each) =>
							document.querySelector(each)!.getBoundingClientRect(),
						);
						return (
							words!.top >= map!.top &&
							words!.left >= map!.left &&
							words!.right <= map!.right &&
							words!.bottom <= map!.bottom
						);
					}),
				)
				.toBe(true);
		});
	});

	test('without a network for the map itself, leave the drawing and say so', async () => {
		await onPage(async (page) => {
			await page.route(/\/_astro\/leaflet\./, (route) => route.abort());
			await page.goto('/');
			await page.locator('[data-streets]').click();
			await expect.poll(() => page.locator('[data-map-said]').textContent()).toContain('Chưa tải được');
			expect(await page.locator('svg.map .pins > g').count()).toBe(66);
		});
	});

	test('work where the browser keeps nothing', async () => {
		await onPage(async (page) => {
			await serveTiles(page);
			await page.addInitScript(() =>
				Object.defineProperty(window, 'localStorage', {
					get: () => {
						throw new Error('refused');
					},
				}),
			);
			await page.goto('/');
			await page.locator('[data-streets]').click();
			await page.locator('.leaflet-map.over-tiles').waitFor();
		});
	});

	test('may come only from where the configuration says, and only on pages with a map', async () => {
		const imagesOf = async (address: string) =>
			/img-src ([^;]*)/.exec((await fetch(address)).headers.get('content-security-policy') ?? '')?.[1];
		expect(await imagesOf(`${baseUrl}/`)).toBe("'self' data: blob: https://tile.openstreetmap.org");
		expect(await imagesOf(`${baseUrl}/quy`)).toBe("'self' data: blob:");
		const env = { TILE_URL: 'https://tiles.example.vn/{z}/{x}/{y}.png', TILE_ATTRIBUTION: '© Sở <Xây dựng>' };
		const other = await startServer({ ...env, SAMPLE_DATA: 'none' });
		const none = await startServer({ TILE_URL: 'none', SAMPLE_DATA: 'none' });
		try {
			expect(await imagesOf(`${other.baseUrl}/`)).toBe("'self' data: blob: https://tiles.example.vn");
			expect(await imagesOf(`${none.baseUrl}/`)).toBe("'self' data: blob:");
			await onPage(
				async (page) => {
					await page.route('https://tiles.example.vn/**', (route) => route.fulfill({ body: tile }));
					await page.goto('/');
					await page.locator('[data-streets]').click();
					const credit = page.locator('.leaflet-control-attribution');
					await expect.poll(() => credit.textContent()).toBe('© Sở <Xây dựng>');
				},
				{ from: other.baseUrl },
			);
			await onPage(
				async (page) => {
					await page.goto('/');
					await wakeMap(page);
					expect(await page.locator('[data-streets], [data-streets-note]').count()).toBe(0);
				},
				{ from: none.baseUrl },
			);
		} finally {
			await other.stop();
			await none.stop();
		}
	});
});

describe(`${COUNT} houses`, () => {
	const numbers = async (page: Page, selector: string) =>
		(await page.locator(selector).allTextContents()).map(Number).sort((a, b) => a - b);
	const sum = (list: number[]) => list.reduce((total, each) => total + each, 0);

	test('crowd in the drawing, without JavaScript: every number leads to a list', async () => {
		await onPage(
			async (page) => {
				await page.goto('/');
				const crowds = await numbers(page, 'svg.map .badge text');
				const pins = await page.locator('svg.map .pins > g').count();
				expect(sum(crowds) + pins).toBe(COUNT);
				expect(crowds.length).toBeLessThan(60);
				expect(await page.locator('.houses > li').count()).toBe(COUNT);
				await page.locator('svg.map a.crowd').first().press('Enter');
				await page.waitForURL(/#ds-/);
				expect(await page.locator('details.ward[open]').count()).toBe(1);
			},
			{ from: many.baseUrl, javaScriptEnabled: false },
		);
	});

	test.each([phone, wide])('crowd in Leaflet as they did in the drawing ($width px)', async (viewport) => {
		await onPage(
			async (page) => {
				await page.goto('/');
				const drawn = await numbers(page, 'svg.map .badge text');
				const pins = await page.locator('svg.map .pins > g').count();
				await wakeMap(page);
				expect(await numbers(page, '.leaflet-map .crowd-icon')).toEqual(drawn);
				expect(await page.locator('.leaflet-map .pin-icon').count()).toBe(pins);
				expect(await page.locator('.leaflet-map .map-name').allTextContents()).toHaveLength(5);
				// Slow over so many rows, and a phone's marks are the closest together.
				if (viewport === phone) expect(await axeErrors(page)).toEqual([]);
			},
			{ from: many.baseUrl, viewport },
		);
	});

	test('that were surveyed are led to on foot, by the phone’s own map', async () => {
		const userAgent =
			'Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36';
		const here = { latitude: 21.8601, longitude: 106.7502 };
		await onPage(
			async (page) => {
				await page.goto('/');
				await page.locator('[data-near]').click();
				const walk = page.locator('#gan .walk').first();
				expect(await walk.getAttribute('href')).toMatch(/^geo:21\.86\d*,106\.75\d*\?q=/);
				expect(await walk.getAttribute('aria-label')).toMatch(/^Chỉ đường đi bộ đến Khu dân cư \d+$/);
				await page.goto('/ngoi-nha-xanh/NNX-0001');
				expect(await page.locator('[data-walk-to]').getAttribute('href')).toContain('geo:21.8601,106.7502');
			},
			{ from: many.baseUrl, userAgent, geolocation: here, permissions: ['geolocation'] },
		);
		const page = await (await fetch(`${many.baseUrl}/ngoi-nha-xanh/NNX-0001`)).text();
		expect(/href="([^"]*)"[^>]* data-walk-to/.exec(page)?.[1]).toMatch(/foot&amp;to=21\.8601%2C106\.7502$/);
	});

	test('are reached with the keyboard: a number goes closer until it lists those that share a spot', async () => {
		await onPage(
			async (page) => {
				await page.goto('/');
				await wakeMap(page);
				// The first house's neighbour stands on its very spot.
				await page.locator('.crowd-icon').first().focus();
				const focused = () =>
					page.evaluate(() => {
						const element = document.activeElement;
						return element?.closest('.leaflet-popup') ? 'the list' : (element?.getAttribute('title') ?? '');
					});
				for (let press = 0; press < 12 && (await focused()) !== 'the list'; press += 1) {
					const before = await focused();
					await page.keyboard.press('Enter');
					await expect.poll(focused).not.toBeOneOf([before, '']);
					// As many marks at once as a cheap phone still moves.
					expect(await page.locator('.leaflet-marker-icon:not(.map-name)').count()).toBeLessThan(250);
				}
				const listed = await page.locator('.crowd-list a').allTextContents();
				expect(listed.slice(0, 2)).toEqual(['Khu dân cư 1 · NNX-0001', 'Khu dân cư 2 · NNX-0002']);
				await page.keyboard.press('Escape');
				expect(await focused()).toMatch(/^\d+ nhà/);
				await page.keyboard.press('Enter');
				await expect.poll(focused).toBe('the list');
				await page.keyboard.press('Tab');
				await page.keyboard.press('Enter');
				await page.waitForURL(/\/ngoi-nha-xanh\/NNX-0002$/);
			},
			{ from: many.baseUrl },
		);
	});
});
