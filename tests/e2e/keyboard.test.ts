// The portal with the keyboard alone, on a window as large as a phone.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { wide } from '../support/browser.ts';
import { findPublicPaths } from '../support/pages.ts';
import { usePhone } from '../support/phone-page.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { signInAs } from '../support/sign-in.ts';

const { baseUrl, people } = await startSamplePortal();
const withPage = usePhone(baseUrl);
const MOST_STOPS = 250;
/** How much of what has the focus must stand above the bottom bar, in pixels. */
const LEAST_SEEN = 24;

/** Presses a key until what has the focus matches; fails where the page ends. */
async function pressUntil(page: Page, selector: string, key = 'Tab'): Promise<void> {
	for (let stop = 0; stop < MOST_STOPS; stop += 1) {
		await page.keyboard.press(key);
		const found = await page.evaluate((wanted) => {
			const focused = document.activeElement;
			return focused === document.body ? 'end' : focused?.matches(wanted) ? 'here' : 'on';
		}, selector);
		if (found === 'here') return;
		if (found === 'end') break;
	}
	throw new Error(`${selector} is not reached with ${key} on ${page.url()}`);
}

/** Walks through the whole page; says what has the focus without showing it. */
async function hiddenStops(page: Page): Promise<string[]> {
	const hidden: string[] = [];
	for (let stop = 0; stop < MOST_STOPS; stop += 1) {
		await page.keyboard.press('Tab');
		const fault = await page.evaluate((least) => {
			const focused = document.activeElement;
			if (!focused || focused === document.body) return 'end';
			// A tile or a unit shows the ring of the radio button that it covers.
			const isCovered = getComputedStyle(focused).opacity === '0';
			const shown = (isCovered && (focused.closest('.tile') ?? focused.nextElementSibling)) || focused;
			const { outlineStyle, outlineWidth } = getComputedStyle(shown);
			const name = focused.outerHTML.slice(0, 80);
			if (outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 2) return `no ring: ${name}`;
			if (focused.closest('.bar')) return '';
			const { top, bottom, height } = shown.getBoundingClientRect();
			const bar = document.querySelector('.bar')?.getBoundingClientRect().top ?? innerHeight;
			const seen = Math.min(bottom, bar) - Math.max(top, 0);
			return seen < Math.min(height, least) ? `under the bar: ${name}` : '';
		}, LEAST_SEEN);
		if (fault === 'end') return hidden;
		if (fault) hidden.push(fault);
	}
	throw new Error(`the focus does not leave ${page.url()}`);
}

const publicPaths = await findPublicPaths(baseUrl);

describe('what has the focus is seen', () => {
	test.each(publicPaths)('on %s', async (path) => {
		await withPage(async (page) => {
			await page.goto(path);
			expect(await hiddenStops(page)).toEqual([]);
		});
	});

	test.each([
		['steward', '/cua-toi/nha/MAU-002'],
		['organiser', '/cua-toi/su-kien'],
		['school_lead', '/cua-toi/truong'],
		['school_lead', '/cua-toi/truong/lop'],
		['ward_officer', '/cua-toi/chi'],
	])('by the %s on %s', async (role, path) => {
		await withPage(async (page) => {
			await signInAs(page, baseUrl, people[role]!);
			await page.goto(path);
			expect(await hiddenStops(page)).toEqual([]);
		});
	});
});

test('on a wide screen the form that announces is one stop away, past all the lists', async () => {
	await withPage(
		async (page) => {
			await signInAs(page, baseUrl, people['organiser']!);
			await page.goto('/cua-toi/su-kien');
			const way = page.locator('.to-form a');
			expect((await way.boundingBox())!.x).toBeLessThan(0);
			await pressUntil(page, '.to-form a');
			expect((await way.boundingBox())!.x).toBeGreaterThan(0);
			await page.keyboard.press('Enter');
			await page.keyboard.press('Tab');
			expect(await page.locator('#dang :focus').count()).toBe(1);
		},
		{ viewport: wide },
	);
});

describe.each([
	{ name: 'with JavaScript', javaScriptEnabled: true },
	{ name: 'without JavaScript', javaScriptEnabled: false },
])('$name', ({ javaScriptEnabled }) => {
	test('the first stop skips to the content', async () => {
		await withPage(
			async (page) => {
				await page.goto('/quy');
				await page.keyboard.press('Tab');
				const skip = page.locator('.skip:focus');
				expect(await skip.isVisible()).toBe(true);
				await page.keyboard.press('Enter');
				await page.keyboard.press('Tab');
				expect(await page.locator('main :focus').count()).toBe(1);
			},
			{ javaScriptEnabled },
		);
	});

	test('a house is found by filter and list', async () => {
		await withPage(
			async (page) => {
				await page.goto('/');
				await pressUntil(page, 'details.filter > summary');
				await page.keyboard.press('Enter');
				await pressUntil(page, '[name="noi-dat"]');
				await page.keyboard.type('Trường');
				await pressUntil(page, 'details.filter button');
				await page.keyboard.press('Enter');
				await page.waitForURL(/noi-dat=school/);
				await pressUntil(page, '.houses a');
				await page.keyboard.press('Enter');
				await page.waitForURL(/\/ngoi-nha-xanh\/MAU-\d+$/);
			},
			{ javaScriptEnabled },
		);
	});

	test('a drop-off is logged', async () => {
		await withPage(
			async (page) => {
				await page.goto('/ngoi-nha-xanh/MAU-004');
				await pressUntil(page, 'a[href*="/ghi-nhan?diem="]');
				await page.keyboard.press('Enter');
				await page.waitForURL(/\/ghi-nhan\?/);
				await pressUntil(page, '[name=material-0]');
				await page.keyboard.press('ArrowRight');
				const material = await page.locator('[name=material-0]:checked').getAttribute('value');
				await pressUntil(page, '[name=quantity]');
				await page.keyboard.type('3');
				if (!javaScriptEnabled) {
					await pressUntil(page, '[name=unit-0]');
					await page.keyboard.press('Space');
				}
				await pressUntil(page, '[data-send]');
				await page.keyboard.press('Enter');
				await page.waitForURL(/\/ghi-nhan\/xong/);
				const first = await page.locator('main .row').first().textContent();
				expect(first).toContain('3');
				expect(material).not.toBeNull();
			},
			{ javaScriptEnabled },
		);
	});

	test('a neighbour signs up for a Green Sunday', async () => {
		await withPage(
			async (page) => {
				await page.goto('/chu-nhat-xanh');
				await pressUntil(page, '.coming a');
				await page.keyboard.press('Enter');
				await page.waitForURL(/\/chu-nhat-xanh\/./);
				await pressUntil(page, 'form[action*=signUp] [name=name]');
				await page.keyboard.type('Vi Thị Hoa');
				await pressUntil(page, '[name=isSixteen]');
				await page.keyboard.press('Space');
				await pressUntil(page, 'form[action*=signUp] button');
				await page.keyboard.press('Enter');
				await page.waitForURL(/xong=|moi=1/);
				expect(await page.locator('.note.good').first().isVisible()).toBe(true);
			},
			{ javaScriptEnabled },
		);
	});
});

describe('the map', () => {
	test('is left out by one link', async () => {
		await withPage(async (page) => {
			await page.goto('/');
			await pressUntil(page, '.h-map .skip');
			await page.keyboard.press('Enter');
			await page.keyboard.press('Tab');
			expect(await page.locator('#danh-sach summary:focus').count()).toBe(1);
		});
	});

	test('leads by its wards to a house without JavaScript', async () => {
		await withPage(
			async (page) => {
				await page.goto('/');
				await pressUntil(page, 'svg.map a');
				await page.keyboard.press('Enter');
				await page.waitForURL(/#ds-/);
				await pressUntil(page, '.houses a');
				await page.keyboard.press('Enter');
				await page.waitForURL(/\/ngoi-nha-xanh\/MAU-\d+$/);
			},
			{ javaScriptEnabled: false },
		);
	});

	test('keeps the focus when Leaflet takes over, and leads from a pin into its words and back', async () => {
		await withPage(async (page) => {
			await page.goto('/');
			await pressUntil(page, 'svg.map a');
			await page.locator('.map-frame').dispatchEvent('pointerdown');
			await page.locator('.leaflet-map:focus').waitFor();
			await pressUntil(page, '.pin-icon');
			const name = await page.locator('.pin-icon:focus').getAttribute('title');
			await page.keyboard.press('Enter');
			await page.locator('.leaflet-popup a:focus').waitFor();
			await page.keyboard.press('Escape');
			expect(await page.locator('.pin-icon:focus').getAttribute('title')).toBe(name);
			await page.keyboard.press('Enter');
			await page.locator('.leaflet-popup a:focus').waitFor();
			await page.keyboard.press('Enter');
			await page.waitForURL(/\/ngoi-nha-xanh\/MAU-\d+$/);
			const code = page.url().split('/').at(-1);
			expect(`${await page.locator('h1').textContent()}, ${code}`).toBe(name);
		});
	});
});
