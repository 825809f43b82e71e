// npm run bench:pages [-- PATH…]: what every public page costs a phone, in the browser from npm, as a table.
import type { CDPSession, Page } from 'playwright-core';
import { launchBrowser, phone } from '../support/browser.ts';
import { findPublicPaths, inEnglish } from '../support/pages.ts';
import { startServer } from '../support/server.ts';
import { median } from './figures.ts';

/** 9 Mbit/s, an answer after 100 ms, a processor of a quarter of this one's speed. */
const NETWORK = { offline: false, latency: 100, downloadThroughput: 9e6 / 8, uploadThroughput: 9e6 / 8 };
const SLOWER = 4;
const RUNS = 3;
const KINDS = ['Document', 'Stylesheet', 'Script', 'Font', 'other'] as const;
type Kind = (typeof KINDS)[number];
type Figures = Record<'requests' | 'lcp' | 'cls' | 'inp' | 'long' | 'longest', number> & {
	bytes: Record<Kind, number>;
};

/** Kept by the page's own observers, and read when all is quiet. */
type Seen = { lcp: number; cls: number; inp: number; tasks: number[] };
type Entry = PerformanceEntry & { value: number; hadRecentInput: boolean; interactionId: number };
declare const window: { seen: Seen };

function observe(): void {
	const seen: Seen = (window.seen = { lcp: 0, cls: 0, inp: 0, tasks: [] });
	const watch = (type: string, see: (entry: Entry) => void) =>
		new PerformanceObserver((list) => (list.getEntries() as Entry[]).forEach(see)).observe({
			...{ type, buffered: true },
			...(type === 'event' && { durationThreshold: 16 }),
		} as PerformanceObserverInit);
	watch('largest-contentful-paint', (entry) => (seen.lcp = entry.startTime));
	watch('layout-shift', (entry) => (seen.cls += entry.hadRecentInput ? 0 : entry.value));
	watch('event', (entry) => (seen.inp = entry.interactionId ? Math.max(seen.inp, entry.duration) : seen.inp));
	watch('longtask', (entry) => seen.tasks.push(entry.duration));
}

async function countBytes(cdp: CDPSession) {
	const kindOf = new Map<string, Kind>();
	const figures = { requests: 0, bytes: { Document: 0, Stylesheet: 0, Script: 0, Font: 0, other: 0 } };
	cdp.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
		if (request.url.startsWith('data:')) return;
		kindOf.set(requestId, KINDS.find((kind) => kind === type) ?? 'other');
	});
	cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
		const kind = kindOf.get(requestId);
		if (!kind) return;
		figures.requests += 1;
		figures.bytes[kind] += encodedDataLength;
	});
	await cdp.send('Network.enable');
	return figures;
}

/** Touches what a thumb would, but for what leads elsewhere, and types into the first field. */
async function use(page: Page): Promise<void> {
	const touched = page.locator('main :is(summary, label, button[type=button], h1)').filter({ visible: true });
	for (const element of (await touched.all()).slice(0, 4))
		await element.tap({ timeout: 5000 }).catch(() => undefined);
	const field = page.locator('main :is(input:is([type=text], [type=search], :not([type])), textarea)');
	if (await field.first().isVisible()) await field.first().press('a', { timeout: 5000 });
}

async function measurePage(page: Page, address: string): Promise<Figures> {
	const cdp = await page.context().newCDPSession(page);
	const counted = await countBytes(cdp);
	await cdp.send('Network.emulateNetworkConditions', NETWORK);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
	await page.addInitScript(observe);
	await page.goto(address, { waitUntil: 'load' });
	await page.waitForTimeout(1500);
	const first = structuredClone(counted);
	await use(page);
	await page.waitForTimeout(500);
	const { lcp, cls, inp, tasks } = await page.evaluate(() => window.seen);
	return { ...first, lcp, cls, inp, long: tasks.length, longest: Math.max(0, ...tasks) };
}

const kb = (count: number) => (count / 1024).toFixed(1);

async function main(): Promise<void> {
	const server = await startServer();
	const browser = await launchBrowser();
	try {
		const given = process.argv.slice(2);
		const paths = given.length > 0 ? given : await findPublicPaths(server.baseUrl);
		const heads = ['page', ...['HTML', 'CSS', 'JS', 'fonts', 'other', 'KB'], 'requests'];
		heads.push(...['LCP ms', 'CLS', 'INP ms', 'long tasks', 'longest ms']);
		console.log(`| ${heads.join(' | ')} |\n|${heads.map(() => ' --- |').join('')}`);
		for (const path of paths.flatMap((each) => [each, inEnglish(each)])) {
			// As the second visitor finds it: whoever comes first after a write has it made.
			await fetch(server.baseUrl + path);
			const runs: Figures[] = [];
			for (let run = 0; run < RUNS; run += 1) {
				const context = await browser.newContext({
					...{ viewport: phone, isMobile: true, hasTouch: true, serviceWorkers: 'block' },
				});
				runs.push(await measurePage(await context.newPage(), server.baseUrl + path));
				await context.close();
			}
			const middle = (of: (figures: Figures) => number) => median(runs.map(of));
			const kinds = KINDS.map((kind) => kb(middle(({ bytes }) => bytes[kind])));
			const all = kb(middle(({ bytes }) => Object.values(bytes).reduce((sum, each) => sum + each, 0)));
			const felt = [
				middle(({ lcp }) => lcp).toFixed(0),
				middle(({ cls }) => cls).toFixed(3),
				middle(({ inp }) => inp).toFixed(0),
				...[middle(({ long }) => long), middle(({ longest }) => longest).toFixed(0)],
			];
			console.log(`| ${[path, ...kinds, all, middle(({ requests }) => requests), ...felt].join(' | ')} |`);
		}
	} finally {
		await browser.close();
		await server.stop();
	}
}

await main();
