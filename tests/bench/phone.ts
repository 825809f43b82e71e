// npm run bench:pages [-- PATH…]: what every public page costs a phone, in the browser from npm, as a table.
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchBrowser, phone } from '../support/browser.ts';
import { findPublicPaths, inEnglish } from '../support/pages.ts';
import { startServer } from '../support/server.ts';
import { median } from './figures.ts';

/** 9 Mbit/s, an answer after 100 ms, a processor of a quarter of this one's speed. */
const NETWORK = { offline: false, latency: 100, downloadThroughput: 9e6 / 8, uploadThroughput: 9e6 / 8 };
const SLOWER = 4;
const RUNS = 3;
const BARS = { all: 100, Script: 10, map: 75, lcp: 1000, cls: 0.01, inp: 50 };
const KINDS = ['Document', 'Stylesheet', 'Script', 'Font', 'other'] as const;
type Kind = (typeof KINDS)[number];
/** Kilobytes by kind, what Leaflet adds (`map`), counts and milliseconds. */
type Figures = Record<Kind | 'all' | 'map' | 'requests' | 'lcp' | 'cls' | 'inp' | 'long' | 'longest', number>;
type Measured = Figures & { slowest: string };

/** Kept by the page's own observers, and read when all is quiet. */
type Seen = { lcp: number; cls: number; inp: number; slowest: string; tasks: number[] };
type Entry = PerformanceEntry & {
	value: number;
	hadRecentInput: boolean;
	interactionId: number;
	target?: Element;
};
declare const window: { seen: Seen };

function observe(): void {
	const seen: Seen = (window.seen = { lcp: 0, cls: 0, inp: 0, slowest: '', tasks: [] });
	const watch = (type: string, see: (entry: Entry) => void) =>
		new PerformanceObserver((list) => (list.getEntries() as Entry[]).forEach(see)).observe({
			...{ type, buffered: true },
			...(type === 'event' && { durationThreshold: 16 }),
		} as PerformanceObserverInit);
	watch('largest-contentful-paint', (entry) => (seen.lcp = entry.startTime));
	watch('layout-shift', (entry) => (seen.cls += entry.hadRecentInput ? 0 : entry.value));
	watch('event', ({ interactionId, duration, target }) => {
		if (!interactionId || duration <= seen.inp) return;
		const words = (target?.ariaLabel ?? target?.textContent ?? '').replace(/\s+/g, ' ').trim();
		seen.inp = duration;
		seen.slowest = `${target?.localName ?? 'what went away'} ${words}`.slice(0, 30);
	});
	watch('longtask', (entry) => seen.tasks.push(entry.duration));
}

/** The map fetches Leaflet when it is touched or the browser is idle: no part of the first load. */
const isOfMap = (url: string) => /\/leaflet\.[^/]*$/.test(url);

async function countBytes(cdp: CDPSession) {
	const kindOf = new Map<string, Kind | 'map'>();
	const counted = { requests: 0, Document: 0, Stylesheet: 0, Script: 0, Font: 0, other: 0, map: 0 };
	cdp.on('Network.requestWillBeSent', ({ requestId, request: { url }, type }) => {
		if (url.startsWith('data:')) return;
		kindOf.set(requestId, isOfMap(url) ? 'map' : (KINDS.find((kind) => kind === type) ?? 'other'));
	});
	cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
		const kind = kindOf.get(requestId);
		if (!kind) return;
		if (kind !== 'map') counted.requests += 1;
		counted[kind] += encodedDataLength / 1024;
	});
	await cdp.send('Network.enable');
	return counted;
}

// The list of a `select` is drawn by the phone itself, and a print dialog by its system.
const TOUCHED = ['h1', 'summary', 'button[type=button]:not([data-print-page])', 'label:not(:has(select))'];
const OF_MAP = ['.leaflet-control-zoom-in', '.pin-icon, .crowd-icon'];
const FIELDS = 'main :is(input:is([type=text], [type=search], :not([type])), textarea)';

/** A reader looks before the next touch: nothing of the last one is still under way. */
async function rest(page: Page): Promise<void> {
	await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 })));
	await page.waitForTimeout(250);
}

/** Where a thumb meets the element, brought into sight; undefined where it would follow a link. */
function pointOf(element: Element): [x: number, y: number] | undefined {
	element.scrollIntoView({ block: 'center', behavior: 'instant' });
	const { left, top, width, height } = element.getBoundingClientRect();
	const [x, y] = [left + Math.min(width, 160) / 2, top + height / 2];
	const met = document.elementFromPoint(x, y);
	return met && element.contains(met) && !met.closest('a') ? [x, y] : undefined;
}

/** Touches what a thumb would, but for what leads elsewhere, and types into the first field. */
async function use(page: Page): Promise<void> {
	const map = page.locator('[data-map]');
	if ((await map.count()) > 0) {
		await map.dispatchEvent('pointerdown');
		await page.locator('.leaflet-map :is(.pin-icon, .crowd-icon)').first().waitFor();
	}
	for (const selector of [...TOUCHED, ...OF_MAP]) {
		const found = await page.locator(`main :is(${selector})`).filter({ visible: true }).all();
		for (const element of found.slice(0, 2)) {
			// By the screen's own coordinates: a touch that looks for its element first would be measured too.
			const point = await element.evaluate(pointOf).catch(() => undefined);
			if (!point) continue;
			await rest(page);
			await page.touchscreen.tap(...point);
		}
	}
	const field = page.locator(FIELDS).filter({ visible: true }).first();
	if (!(await field.isVisible())) return;
	await field.focus();
	await rest(page);
	await page.keyboard.press('a');
}

async function measurePage(browser: Browser, address: string): Promise<Measured> {
	const context = await browser.newContext({
		...{ viewport: phone, isMobile: true, hasTouch: true, serviceWorkers: 'block' },
		...{ permissions: ['geolocation'], geolocation: { latitude: 21.853, longitude: 106.762 } },
	});
	try {
		const page = await context.newPage();
		const cdp = await context.newCDPSession(page);
		const counted = await countBytes(cdp);
		await cdp.send('Network.emulateNetworkConditions', NETWORK);
		await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
		await page.addInitScript(observe);
		await page.goto(address, { waitUntil: 'load' });
		await page.waitForTimeout(1500);
		const first = { ...counted };
		await use(page);
		await page.waitForTimeout(500);
		const { tasks, ...felt } = await page.evaluate(() => window.seen);
		const all = KINDS.reduce((sum, kind) => sum + first[kind], 0);
		const long = { long: tasks.length, longest: Math.max(0, ...tasks) };
		return { ...first, map: counted.map, all, ...felt, ...long };
	} finally {
		await context.close();
	}
}

/** The middle of several visits, and what was slowest to answer in the one with the middle INP. */
async function measure(browser: Browser, address: string): Promise<Measured> {
	// As the second visitor finds it: whoever comes first after a write has it made.
	await fetch(address);
	const runs: Measured[] = [];
	for (let run = 0; run < RUNS; run += 1) runs.push(await measurePage(browser, address));
	const [one] = runs;
	const keys = Object.keys(one!).filter((key): key is keyof Figures => key !== 'slowest');
	const middle = Object.fromEntries(keys.map((key) => [key, median(runs.map((each) => each[key]))]));
	const { slowest } = runs.toSorted((a, b) => a.inp - b.inp)[Math.floor(RUNS / 2)]!;
	return { ...(middle as Figures), slowest };
}

const COLUMNS: [head: string, key: keyof Figures, digits: number][] = [
	...([
		['HTML', 'Document', 1],
		['CSS', 'Stylesheet', 1],
		['JS', 'Script', 1],
		['fonts', 'Font', 1],
	] as const),
	...([
		['other', 'other', 1],
		['KB', 'all', 1],
		['map KB', 'map', 1],
		['requests', 'requests', 0],
	] as const),
	...([
		['LCP ms', 'lcp', 0],
		['CLS', 'cls', 3],
		['INP ms', 'inp', 0],
	] as const),
	...([
		['long tasks', 'long', 0],
		['longest ms', 'longest', 0],
	] as const),
].map((column) => [...column]);

function row(path: string, figures: Measured): string {
	const over = Object.entries(BARS).filter(([key, bar]) => figures[key as keyof Figures] > bar);
	const heads = over.map(([key]) => COLUMNS.find(([, of]) => of === key)![0].replace(/ ms$/, ''));
	const misses = heads.map((head) => (head === 'INP' ? `INP (${figures.slowest})` : head)).join(', ');
	const cells = COLUMNS.map(([, key, digits]) => figures[key].toFixed(digits));
	return `| ${[path, ...cells, misses.replaceAll('|', ' ')].join(' | ')} |`;
}

/** What this browser takes for a page with nothing on it: no page can be felt faster. */
const EMPTY = `data:text/html,<meta name=viewport content="width=device-width"><main><h1>h1</h1>
	<details><summary>summary</summary>open</details><button type=button>button</button><input>`;

async function main(): Promise<void> {
	const server = await startServer();
	// Nothing is asked of anybody else's server.
	const browser = await launchBrowser('--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost');
	try {
		const given = process.argv.slice(2);
		const paths = given.length > 0 ? given : await findPublicPaths(server.baseUrl);
		const heads = ['page', ...COLUMNS.map(([head]) => head), 'misses'];
		console.log(`| ${heads.join(' | ')} |\n|${heads.map(() => ' --- |').join('')}`);
		console.log(row('(an empty page)', await measure(browser, EMPTY)));
		for (const path of paths.flatMap((each) => [each, inEnglish(each)]))
			console.log(row(path, await measure(browser, server.baseUrl + path)));
	} finally {
		await browser.close();
		await server.stop();
	}
}

await main();
