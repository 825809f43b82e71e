// What a phone on prepaid data pays for the first look at a page.
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { handOutLinks } from '../support/class-link-page.ts';
import { findPublicPaths, inEnglish, linksIn } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { signInAs } from '../support/sign-in.ts';

const { baseUrl, people } = await startSamplePortal();
const KB = 1024;
const FIRST_LOAD = 100 * KB;
const FIRST_SCRIPTS = 10 * KB;
const MAP_SCRIPTS = 75 * KB;
const BOARD_SCRIPTS = 10 * KB;

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
	path: string | (() => string),
	work: (page: Page, loads: Map<string, Load>) => Promise<void>,
	prepare?: (page: Page) => Promise<unknown>,
): Promise<void> {
	// A service worker answers between the page and the network, where nothing is counted.
	const context = await browser.newContext({
		...{ baseURL: baseUrl, viewport: phone, isMobile: true },
		serviceWorkers: 'block',
	});
	try {
		const page = await context.newPage();
		await prepare?.(page);
		const cdp = await context.newCDPSession(page);
		await cdp.send('Network.clearBrowserCache');
		const loads = await recordLoads(cdp);
		await page.goto(typeof path === 'string' ? path : path());
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
/** What takes the plain forms of a check-in over follows the picture, and brings the outbox. */
const isOfBoard = ({ url }: Load) => /\/(attendance-board|outbox\.client|fold)\.[^/]*$/.test(url);

test.each((await findPublicPaths(baseUrl)).flatMap((path) => [path, inEnglish(path)]))(
	'%s is light at first sight',
	(path) => withLoads(path, isLight),
);

async function isLight(page: Page, loads: Map<string, Load>): Promise<void> {
	const hasBoard = (await page.locator('[data-board]').count()) > 0;
	const first = [...loads.values()].filter((load) => !isOfMap(load) && !(hasBoard && isOfBoard(load)));
	expect(sum(first)).toBeGreaterThan(20 * KB);
	expect(sum(first)).toBeLessThanOrEqual(FIRST_LOAD);
	const scripts = sum(first.filter(({ isScript }) => isScript)) + (await inlineScriptBytes(page));
	expect(scripts).toBeLessThanOrEqual(FIRST_SCRIPTS);
}

test('a lead’s list of who is expected is light at first sight', async () => {
	const list: string[] = [];
	const signIn = async (page: Page) => {
		await signInAs(page, baseUrl, people['organiser']!);
		const read = async (path: string) => (await page.request.get(path)).text();
		for (const event of linksIn(await read('/cua-toi/su-kien'), '/cua-toi/su-kien/'))
			list.push(...linksIn(await read(event), event).filter((path) => path.endsWith('/diem-danh')));
	};
	await withLoads(
		() => list[0]!,
		async (page, loads) => {
			expect(new URL(page.url()).pathname).toBe(list[0]);
			await page.locator('[data-find]:not([hidden])').waitFor();
			await isLight(page, loads);
			const added = sum([...loads.values()].filter(isOfBoard));
			expect(added).toBeGreaterThan(5 * KB);
			expect(added).toBeLessThanOrEqual(BOARD_SCRIPTS);
		},
		signIn,
	);
});

test.each(['/doi', '/bao-cao'])(
	'what a lead opens from an event, %s, is light in both languages',
	async (end) => {
		const found: string[] = [];
		const signIn = async (page: Page) => {
			await signInAs(page, baseUrl, people['organiser']!);
			const read = async (path: string) => (await page.request.get(path)).text();
			for (const event of linksIn(await read('/cua-toi/su-kien'), '/cua-toi/su-kien/'))
				found.push(...linksIn(await read(event), event).filter((path) => path.endsWith(end)));
		};
		for (const of of [(path: string) => path, inEnglish])
			await withLoads(
				() => of(found[0]!),
				async (page, loads) => {
					expect(new URL(page.url()).pathname).toBe(of(found[0]!));
					await isLight(page, loads);
				},
				signIn,
			);
	},
);

test('a letter for who came is light in both languages, before it is made and after', async () => {
	const letters = new Set<string>();
	const signIn = async (page: Page) => {
		await signInAs(page, baseUrl, people['organiser']!);
		const read = async (path: string) => (await page.request.get(path)).text();
		for (const event of linksIn(await read('/cua-toi/su-kien'), '/cua-toi/su-kien/'))
			for (const path of linksIn(await read(event), '/chu-nhat-xanh/giay-xac-nhan?')) letters.add(path);
	};
	const make = async (page: Page) => {
		await signIn(page);
		await page.goto([...letters][0]!);
		await page.click('main form .btn');
		await page.locator('.letter').waitFor();
	};
	const vi = (path: string) => path;
	for (const [of, count, prepare] of [
		[vi, 0, signIn],
		[inEnglish, 0, signIn],
		[vi, 1, make],
		[inEnglish, 1, signIn],
	] as const)
		await withLoads(
			() => of([...letters][0]!),
			async (page, loads) => {
				expect(await page.locator('.letter .digits').count()).toBe(count);
				await isLight(page, loads);
			},
			prepare,
		);
});

test('a homeroom teacher’s page of a class is light in both languages', async () => {
	let teacher = '';
	const handOut = async (page: Page) => {
		await signInAs(page, baseUrl, people['school_lead']!);
		teacher = (await handOutLinks(page)).teacher;
		await page.context().clearCookies();
	};
	await withLoads(
		() => teacher,
		async (page, loads) => {
			expect(await page.locator('.amounts input').count()).toBeGreaterThan(0);
			await isLight(page, loads);
		},
		handOut,
	);
	await withLoads(inEnglish(teacher), isLight);
});

test('the pages of a school’s lead are light in both languages', async () => {
	const pages = [
		'/cua-toi/truong',
		'/cua-toi/truong/lop',
		'/cua-toi/truong/lop/danh-sach',
		'/cua-toi/truong/dot',
	];
	const cookies: Awaited<ReturnType<ReturnType<Page['context']>['cookies']>> = [];
	const signIn = async (page: Page) => {
		if (cookies.length > 0) return page.context().addCookies(cookies);
		await signInAs(page, baseUrl, people['school_lead']!);
		cookies.push(...(await page.context().cookies()));
		const read = async (path: string) => (await page.request.get(path)).text();
		for (const list of ['/cua-toi/truong/lop', '/cua-toi/truong/dot']) {
			const [one] = linksIn(await read(list), `${list}/`).filter((path) => /[\w-]{36}(\?|$)/.test(path));
			pages.push(one!);
		}
		pages.push(`${pages.at(-1)!.split('?')[0]}/duong-dan`);
	};
	for (let index = 0; index < pages.length; index += 1)
		for (const of of [(path: string) => path, inEnglish])
			await withLoads(
				() => of(pages[index]!),
				async (page, loads) => {
					expect(page.url().replace(baseUrl, '').split('?')[0]).toBe(of(pages[index]!).split('?')[0]);
					await isLight(page, loads);
				},
				signIn,
			);
	expect(pages).toHaveLength(7);
});

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
