// What a phone on prepaid data pays for the first look at a page.
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { findPublicPaths, inEnglish } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl } = await startSamplePortal();
const KB = 1024;
const FIRST_LOAD = 100 * KB;
const FIRST_SCRIPTS = 10 * KB;
const MAP_SCRIPTS = 75 * KB;

let browser: Browser;
beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
});

type Load = { url: string; isScript: boolean; bytes: number; isWhole: boolean };

/** Every transfer of the page, headers included, as Chromium counted it. */
async function recordLoads(cdp: CDPSession): Promise<Map<string, Load>> {
	const loads = new Map<string, Load>();
	cdp.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
		if (request.url.startsWith('data:')) return;
		loads.set(requestId, { url: request.url, isScript: type === 'Script', bytes: 0, isWhole: false });
	});
	cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
		const load = loads.get(requestId);
		if (load) Object.assign(load, { bytes: encodedDataLength, isWhole: true });
	});
	await cdp.send('Network.enable');
	return loads;
}

const sum = (loads: Load[]) => loads.reduce((total, { bytes }) => total + bytes, 0);

/** Scripts inside the page, uncompressed: more than what was sent. */
const inlineScriptBytes = (page: Page) =>
	page.evaluate(() =>
		[...document.querySelectorAll('script:not([src])')].reduce(
			(total, script) => total + new Blob([script.textContent ?? '']).size,
			0,
		),
	);

async function withLoads(
	path: string,
	work: (page: Page, loads: Map<string, Load>) => Promise<void>,
): Promise<void> {
	// A service worker answers between the page and the network, where nothing is counted.
	const context = await browser.newContext({
		...{ baseURL: baseUrl, viewport: phone, isMobile: true },
		serviceWorkers: 'block',
	});
	try {
		const page = await context.newPage();
		const loads = await recordLoads(await context.newCDPSession(page));
		await page.goto(path);
		// Fonts come when the text that needs them is laid out.
		await page.evaluate(() => document.fonts.ready);
		const unfinished = () => [...loads.values()].filter(({ isWhole }) => !isWhole).map(({ url }) => url);
		await expect.poll(unfinished).toEqual([]);
		await work(page, loads);
		const origins = [...loads.values()].map(({ url }) => new URL(url).origin);
		expect([...new Set(origins)]).toEqual([baseUrl]);
	} finally {
		await context.close();
	}
}

/** The map fetches Leaflet when it is touched or the browser is idle; that may fall into a slow first load. */
const isOfMap = ({ url }: Load) => /\/leaflet\.[^/]*$/.test(url);

test.each((await findPublicPaths(baseUrl)).flatMap((path) => [path, inEnglish(path)]))(
	'%s is light at first sight',
	async (path) => {
		await withLoads(path, async (page, loads) => {
			const first = [...loads.values()].filter((load) => !isOfMap(load));
			expect(sum(first)).toBeGreaterThan(20 * KB);
			expect(sum(first)).toBeLessThanOrEqual(FIRST_LOAD);
			const scripts = sum(first.filter(({ isScript }) => isScript)) + (await inlineScriptBytes(page));
			expect(scripts).toBeLessThanOrEqual(FIRST_SCRIPTS);
		});
	},
);

test('the map adds its script only when it is wanted', async () => {
	await withLoads('/', async (page, loads) => {
		await page.locator('.map-frame').dispatchEvent('pointerdown');
		await page.locator('.leaflet-map .pin-icon').first().waitFor();
		const added = [...loads.values()].filter((load) => isOfMap(load) && load.isScript);
		expect(sum(added)).toBeGreaterThan(10 * KB);
		expect(sum(added)).toBeLessThanOrEqual(MAP_SCRIPTS);
		const rest = [...loads.values()].filter((load) => load.isScript && !isOfMap(load));
		expect(sum(rest)).toBeLessThanOrEqual(FIRST_SCRIPTS);
	});
});
