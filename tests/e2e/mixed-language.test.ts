// A screen reader reads Vietnamese names with a Vietnamese voice only where the page says that they are Vietnamese.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { findPublicPaths, inEnglish } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { signInAs } from '../support/sign-in.ts';

const { baseUrl, people } = await startSamplePortal();

let browser: Browser;
let page: Page;
beforeAll(async () => {
	browser = await launchBrowser();
	const context = await browser.newContext({ baseURL: baseUrl, viewport: phone, javaScriptEnabled: false });
	page = await context.newPage();
});
afterAll(async () => {
	await browser.close();
});

/** Texts with a Vietnamese letter that stand in another language than Vietnamese. */
const readWrongly = () =>
	page.evaluate(() => {
		const vietnamese = /[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]/iu;
		const found = new Set<string>();
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const holder = node.parentElement!;
			const text = (node.textContent ?? '').normalize('NFC').trim();
			const isRead = !holder.closest('script, style, [aria-hidden=true], [role=img]');
			// An option holds no element, and a ward's or a fund's English name is of two languages.
			const isChoice = holder.matches('option') && /\b(Ward|Fund|gifts)\b/.test(text);
			const isMarked = holder.closest('[lang]')?.matches('[lang=vi]') === true;
			if (vietnamese.test(text) && isRead && !isChoice && !isMarked)
				found.add(`${holder.localName}: ${text.slice(0, 70)}`);
		}
		return [...found];
	});

test('in English pages every Vietnamese word says that it is Vietnamese', async () => {
	const faults: string[] = [];
	for (const path of (await findPublicPaths(baseUrl)).map(inEnglish)) {
		await page.goto(path);
		faults.push(...(await readWrongly()).map((text) => `${path} ${text}`));
	}
	expect(faults).toEqual([]);
});

/** Below an English page, the first address of each shape that holds such a part. */
const findBelow = async (start: string, part: string) => {
	await page.goto(start);
	const links = await page.$$eval(`main a[href*="${part}"]`, (all) =>
		all.map((a) => a.getAttribute('href')!),
	);
	return links[0]!.replace(/#.*/, '');
};

test('so do the pages of an organiser and of a school', async () => {
	const faults: string[] = [];
	const look = async (paths: string[]) => {
		for (const path of paths) {
			await page.goto(path);
			faults.push(...(await readWrongly()).map((text) => `${path} ${text}`));
		}
	};
	await signInAs(page, baseUrl, people['organiser']!);
	const event = await findBelow('/en/cua-toi/su-kien', '/cua-toi/su-kien/0');
	const series = await findBelow('/en/cua-toi/su-kien', '/cua-toi/su-kien/dot/');
	await look(['/en/cua-toi', '/en/cua-toi/su-kien?mau=bo-song', series]);
	await look([event, `${event}/diem-danh`, `${event}/doi`, `${event}/bao-cao`]);
	await signInAs(page, baseUrl, people['school_lead']!);
	const campaign = await findBelow('/en/cua-toi', '/cua-toi/truong/dot/');
	await look(['/en/cua-toi', '/en/cua-toi/truong', '/en/cua-toi/truong/lop', '/en/cua-toi/truong/dot']);
	await look([campaign, `${campaign}/duong-dan`, await findBelow(campaign, '/truong/0')]);
	expect(faults).toEqual([]);
});

test('in Vietnamese pages the way to English says that it is English', async () => {
	await page.goto('/quy');
	expect(await page.locator('a.en').getAttribute('lang')).toBe('en');
	// Sentences are taken apart only where it is needed.
	expect(await page.locator('main [lang=vi]').count()).toBe(0);
});
