// The reader's own colours: the system paints no shade and no shadow, so lines have to say what they said.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { axeErrors, findPublicPaths, inEnglish } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

const { baseUrl } = await startSamplePortal();
const publicPaths = await findPublicPaths(baseUrl);
const event = publicPaths.find((path) => path.startsWith('/chu-nhat-xanh/'))!;

let browser: Browser;
let page: Page;
beforeAll(async () => {
	browser = await launchBrowser();
	page = await browser.newPage({
		baseURL: baseUrl,
		viewport: phone,
		forcedColors: 'active',
		serviceWorkers: 'block',
	});
});
afterAll(async () => {
	await browser.close();
});

/** What is painted of an element, beside its words. */
const looks = (selector: string) =>
	page
		.locator(selector)
		.first()
		.evaluate((element) => {
			const { backgroundColor, borderColor, borderWidth, outline, fill, stroke } = getComputedStyle(element);
			return [backgroundColor, borderColor, borderWidth, outline, fill, stroke].join(' ');
		});
const colourOf = (selector: string, property: string) =>
	page
		.locator(selector)
		.first()
		.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
const paper = () => colourOf('html', 'background-color');

test.each(['light', 'dark'] as const)('axe finds no fault: %s', async (colorScheme) => {
	await page.emulateMedia({ colorScheme });
	const of = colorScheme === 'dark' ? inEnglish : (path: string) => path;
	const paths = ['/', '/?chu=to', '/ngoi-nha-xanh/MAU-001', '/ghi-nhan?diem=MAU-005', '/quy', event];
	for (const path of paths.map(of)) {
		await page.goto(path);
		expect([path, await axeErrors(page)]).toEqual([path, []]);
	}
	await page.goto('/?chu=thuong');
});

test.each(['light', 'dark'] as const)(
	'what is chosen, refused and reached is seen: %s',
	async (colorScheme) => {
		await page.emulateMedia({ colorScheme });
		await page.goto('/ghi-nhan?diem=MAU-005');
		expect(await looks('.tile:has(:checked)')).not.toBe(await looks('.tile:not(:has(:checked))'));
		expect(await looks('.unit :checked + span')).not.toBe(await looks('.unit :not(:checked) + span'));
		expect(await looks('.bar [aria-current]')).not.toBe(await looks('.bar a:not([aria-current], .log)'));
		expect(await colourOf('.btn.send', 'background-color')).not.toBe(await paper());
		await page.fill('[name=quantity]', '-1');
		const before = await looks('[name=quantity]');
		await page.click('[data-send]');
		await page.locator('[aria-invalid=true]').waitFor();
		expect(await looks('[aria-invalid=true]')).not.toBe(before);
		await page.keyboard.press('Tab');
		expect(await colourOf(':focus-visible', 'outline-color')).not.toBe(await paper());
	},
);

test.each(['light', 'dark'] as const)('marks and bars stand out from the ground: %s', async (colorScheme) => {
	await page.emulateMedia({ colorScheme });
	await page.goto('/');
	const ground = await paper();
	expect(await colourOf('.map .wd', 'stroke')).not.toBe(ground);
	expect(await colourOf('.map .rv', 'stroke')).not.toBe(ground);
	const roof = (selector: string) =>
		page
			.locator(selector)
			.first()
			.evaluate((use) => getComputedStyle(use).getPropertyValue('--pr').trim());
	expect(await roof('.pins use.full')).not.toBe(await roof('.pins use.s:not(.full)'));
	await page.goto('/quy');
	expect(await colourOf('.bars .in', 'fill')).not.toBe(ground);
	expect(await colourOf('.bars .out', 'stroke')).not.toBe(ground);
	expect(await colourOf('.bars .out', 'fill')).toBe(ground);
});

test('a printed code stays black on white', async () => {
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.goto('/ngoi-nha-xanh/MAU-001/bien');
	expect(await colourOf('.plate', 'background-color')).toBe('rgb(255, 255, 255)');
});
