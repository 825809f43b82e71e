// WCAG 2.2 AA on every kind of page, as everybody who may open it, in both languages and colour schemes.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { handOutLinks } from '../support/class-link-page.ts';
import { axeErrors, findPublicPaths, inEnglish, linksIn, sticksOut } from '../support/pages.ts';
import { usePhone } from '../support/phone-page.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { signInAs } from '../support/sign-in.ts';

const { baseUrl, people } = await startSamplePortal();
const onPhone = usePhone(baseUrl, { isMobile: true, hasTouch: true });
const MAIN_ACTIONS = '.btn, button, summary, select, textarea, input:not([type=hidden]), nav.bar a, a.row';
const SMALLEST_TARGET = 44;

/** Buttons, fields and rows that a thumb would miss. */
const smallTargets = (page: Page) =>
	page.evaluate(
		([selector, smallest]) =>
			[...document.querySelectorAll(selector)]
				.filter((element) => element.checkVisibility({ visibilityProperty: true }))
				.map((element) => {
					const isChoice = element.matches('[type=radio], [type=checkbox]');
					const target = (isChoice && element.closest('label')) || element;
					const { width, height } = target.getBoundingClientRect();
					return { element, width: Math.round(width), height: Math.round(height) };
				})
				.filter(({ width, height }) => height > 0 && Math.min(width, height) < smallest)
				.map(({ element, width, height }) => `${width}×${height}: ${element.outerHTML.slice(0, 80)}`),
		[MAIN_ACTIONS, SMALLEST_TARGET] as const,
	);

/** Everything that is wrong with the page as it stands, at two widths. */
async function faultsOf(page: Page): Promise<string[]> {
	const faults = await axeErrors(page);
	faults.push(...(await smallTargets(page)));
	for (const width of [phone.width, 320]) faults.push(...(await sticksOut(page, width)));
	await page.setViewportSize(phone);
	return faults.map((fault) => `${new URL(page.url()).pathname}: ${fault}`);
}

async function faultsOfPaths(page: Page, paths: string[]): Promise<string[]> {
	const faults: string[] = [];
	// Rules on structure do not look at colours, and colours do not change with the language.
	for (const [colorScheme, of] of [
		['light', (path: string) => path],
		['dark', inEnglish],
	] as const) {
		await page.emulateMedia({ colorScheme });
		for (const path of paths) {
			await page.goto(of(path));
			faults.push(...(await faultsOf(page)));
		}
	}
	return faults;
}

const publicPaths = await findPublicPaths(baseUrl);

test('no public page scrolls sideways on a phone whose text is twice as large', async () => {
	const large = await launchBrowser('--blink-settings=defaultFontSize=32');
	try {
		const page = await large.newPage({ baseURL: baseUrl });
		for (const path of publicPaths.flatMap((each) => [each, inEnglish(each)])) {
			await page.goto(path);
			const size = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
			expect(parseFloat(size)).toBeGreaterThanOrEqual(32);
			expect.soft(await sticksOut(page, phone.width), path).toEqual([]);
		}
	} finally {
		await large.close();
	}
});

describe('anyone', () => {
	test.each(publicPaths)('%s has no fault', async (path) => {
		await onPhone(async (page) => {
			expect(await faultsOfPaths(page, [path])).toEqual([]);
		});
	});

	test('the map that Leaflet took over has no fault', async () => {
		await onPhone(async (page) => {
			await page.goto('/');
			await page.locator('.map-frame').dispatchEvent('pointerdown');
			await page.locator('.leaflet-map .pin-icon').first().waitFor();
			expect(await faultsOf(page)).toEqual([]);
		});
	});

	test('a sign-up, the question about its name and the page of its link have no fault', async () => {
		await onPhone(async (page) => {
			const form = 'form:has([name=kind][value=person])';
			const signUp = async (path: string) => {
				await page.goto(path);
				const fold = page.locator('details#tham-gia summary');
				if (await fold.isVisible()) await fold.click();
				await page.fill(`${form} [name=name]`, 'Vi Thị Sáu');
				await page.check(`${form} [name=isSixteen]`);
				await page.locator(`${form} .btn`).last().click();
			};
			const event = publicPaths.find((path) => /^\/chu-nhat-xanh\/.*\d$/.test(path))!;
			await signUp(event);
			await page.waitForURL(/xong=/);
			const link = new URL((await page.locator('.link-out a').first().getAttribute('href'))!);
			const faults = await faultsOfPaths(page, [link.pathname + link.search]);
			for (const path of [event, inEnglish(event)]) {
				await signUp(path);
				await page.locator('[name=mayRepeat]').waitFor();
				faults.push(...(await faultsOf(page)));
			}
			expect(faults).toEqual([]);
		});
	});

	test('the thanks for a drop-off and this device’s own page have no fault', async () => {
		await onPhone(async (page) => {
			await page.goto('/ghi-nhan?diem=MAU-005');
			await page.fill('[name=quantity]', '2');
			await page.click('[data-send]');
			await page.waitForURL(/\/ghi-nhan\/xong/);
			const { pathname, search } = new URL(page.url());
			expect(await faultsOfPaths(page, [pathname + search, '/cua-toi'])).toEqual([]);
		});
	});

	test.each([
		['/ghi-nhan?diem=MAU-005', { quantity: '-1' }, '[data-send]'],
		['/dang-nhap', { name: '0900000000', password: 'not the password' }, 'form .btn'],
		[
			publicPaths.find((path) => path.startsWith('/chu-nhat-xanh/'))!,
			{ name: 'Lan', phone: '12' },
			'form .btn',
		],
	] as [string, Record<string, string>, string][])(
		'%s has no fault when it says what is wrong',
		async (path, values, button) => {
			await onPhone(async (page) => {
				for (const each of [path, inEnglish(path)]) {
					await page.goto(each);
					for (const [name, value] of Object.entries(values))
						await page.locator(`[name=${name}]`).first().fill(value);
					for (const box of await page.locator('form [name=isSixteen]').all()) await box.check();
					await page.locator(button).first().click();
					await page.locator('[role=alert]').waitFor();
					expect(await faultsOf(page)).toEqual([]);
				}
			});
		},
	);
});

const kindOf = (path: string) => path.replace(/[0-9a-f-]{36}|MAU-\w+/g, '*');

/** The workspace and what opens from it: at most two pages of a kind, because they may differ in their state. */
async function findOwnPaths(page: Page): Promise<string[]> {
	const found = ['/cua-toi'];
	for (const path of found) {
		const html = await (await page.request.get(path)).text();
		for (const link of linksIn(html, '/cua-toi/')) {
			const alike = found.filter((each) => kindOf(each) === kindOf(link));
			const isFile = /\.(csv|json|docx|xlsx|ics)\b/.test(link);
			if (!isFile && !found.includes(link) && alike.length < 2) found.push(link);
		}
	}
	// What opens from an event depends on its state.
	const read = async (path: string) => (await page.request.get(path)).text();
	const events = found.includes('/cua-toi/su-kien') ? await read('/cua-toi/su-kien') : '';
	for (const event of linksIn(events, '/cua-toi/su-kien/'))
		for (const link of linksIn(await read(event), `${event}/`))
			if (!/\.(docx|xlsx)\b/.test(link) && !found.some((each) => kindOf(each) === kindOf(link)))
				found.push(link);
	return found;
}

test.each([
	['steward', ['/cua-toi/nha/*', '/cua-toi/nha/*/khao-sat', '/cua-toi/nha/*/ho-so', '/cua-toi/phieu-ban/*']],
	['treasurer', ['/cua-toi/phieu-ban/*', '/cua-toi/chi', '/cua-toi/chi/*', '/cua-toi/quy/*/cong-khai']],
	['approver', ['/cua-toi/chi', '/cua-toi/chi/*', '/cua-toi/quy/*/quy-che']],
	[
		'organiser',
		[
			...['/cua-toi/su-kien', '/cua-toi/su-kien/*', '/cua-toi/su-kien/*/diem-danh'],
			...['/cua-toi/su-kien/*/doi', '/cua-toi/su-kien/*/bao-cao', '/cua-toi/su-kien/dot/*'],
		],
	],
	['school_lead', ['/cua-toi/truong', '/cua-toi/truong/lop?diem=*', '/cua-toi/truong/lop/*?diem=*']],
	['ward_officer', ['/cua-toi/chi', '/cua-toi/chi/*']],
	['administrator', ['/cua-toi/yeu-cau', '/cua-toi/thong-bao', '/cua-toi/nhat-ky', '/cua-toi/kiem-tra']],
])('the %s’s workspace has no fault', async (role, opens) => {
	await onPhone(async (page) => {
		await signInAs(page, baseUrl, people[role]!);
		const paths = await findOwnPaths(page);
		expect(paths.map(kindOf)).toEqual(expect.arrayContaining(['/cua-toi', ...opens]));
		expect(await faultsOfPaths(page, paths)).toEqual([]);
	});
});

test('links for homeroom teachers, and the page of one, have no fault', async () => {
	await onPhone(async (page) => {
		await signInAs(page, baseUrl, people['school_lead']!);
		const { lead, teacher } = await handOutLinks(page);
		const faults = await faultsOf(page);
		faults.push(...(await faultsOfPaths(page, [lead, teacher])));
		await page.goto(teacher);
		await page.locator('.amounts input').first().fill('1.500');
		await page.locator('form[action*="classLinks.record"] .btn').click();
		await page.locator('.amounts .wrong').waitFor();
		faults.push(...(await faultsOf(page)));
		await page.locator('.amounts input').first().fill('2');
		await page.locator('form[action*="classLinks.record"] .btn').click();
		await page.waitForURL(/xong=/);
		faults.push(...(await faultsOf(page)));
		await page.goto(lead);
		await page.locator('form[action*="classLinks.end"] .btn').first().click();
		await page.waitForURL(/xong=thu-hoi/);
		faults.push(...(await faultsOfPaths(page, [teacher, '/lop/khac'])));
		expect(faults).toEqual([]);
	});
});
