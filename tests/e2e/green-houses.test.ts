import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, phone, wide } from '../support/browser.ts';
import { startSamplePortal } from '../support/sample-portal.ts';

let browser: Browser;
beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
});

const { baseUrl } = await startSamplePortal();

/** Opens a page, runs the work, and fails on anything that the browser complained of. */
async function visit(
	path: string,
	options: BrowserContextOptions,
	work: (page: Page) => Promise<void>,
): Promise<void> {
	const context = await browser.newContext({ baseURL: baseUrl, ...options });
	const complaints: string[] = [];
	try {
		const page = await context.newPage();
		page.on('pageerror', (error) => complaints.push(error.message));
		page.on('console', (message) => {
			if (message.type() === 'error') complaints.push(message.text().slice(0, 200));
		});
		await page.goto(path);
		await work(page);
		expect(complaints).toEqual([]);
	} finally {
		await context.close();
	}
}

const onPhone: BrowserContextOptions = { viewport: phone, isMobile: true, hasTouch: true };
const asText = async (path: string, init?: RequestInit) => {
	const response = await fetch(baseUrl + path, { redirect: 'manual', ...init });
	return { status: response.status, location: response.headers.get('location'), text: await response.text() };
};

describe('the map without JavaScript', () => {
	test.each(['', '/en'])('draws every house and lists the same ones (%s/)', async (prefix) => {
		await visit(`${prefix}/`, { ...onPhone, javaScriptEnabled: false }, async (page) => {
			expect(await page.locator('svg.map .pins > g').count()).toBe(66);
			expect(await page.locator('.houses > li').count()).toBe(66);
			const legend = await page.locator('.leg b').allTextContents();
			expect(legend.reduce((sum, text) => sum + Number(text), 0)).toBe(66);
			expect(await page.locator('aside.sample').count()).toBe(1);
			expect(await page.locator('[data-near]').isVisible()).toBe(false);
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width);
		});
	});

	test('folds the list by ward; the way to a ward opens it, and a filter opens all', async () => {
		await visit('/', { ...onPhone, javaScriptEnabled: false }, async (page) => {
			const open = () => page.locator('details.ward[open]').count();
			expect([await page.locator('details.ward').count(), await open()]).toEqual([4, 0]);
			await page.locator('svg.map a[href^="#ds-"]').nth(2).press('Enter');
			expect(await open()).toBe(1);
			expect(await page.locator('details.ward[open] .houses > li').first().isVisible()).toBe(true);
			await page.goto('/?noi-dat=school');
			expect(await open()).toBe(await page.locator('details.ward').count());
		});
		await visit('/', { viewport: wide }, async (page) => {
			expect(await page.locator('details.ward[open]').count()).toBe(4);
		});
	});

	test('filters list, map and legend alike', async () => {
		await visit('/', { ...onPhone, javaScriptEnabled: false }, async (page) => {
			await page.locator('details.filter > summary').click();
			await page.locator('select[name="noi-dat"]').selectOption('school');
			await page.locator('details.filter button').click();
			await page.waitForURL(/noi-dat=school/);
			const listed = await page.locator('.houses > li').count();
			expect(listed).toBeGreaterThan(0);
			expect(listed).toBeLessThan(66);
			expect(await page.locator('svg.map .pins > g').count()).toBe(listed);
			const legend = await page.locator('.leg b').allTextContents();
			expect(legend.reduce((sum, text) => sum + Number(text), 0)).toBe(listed);
		});
	});

	test('an old ward’s name without marks finds its houses', async () => {
		const { text } = await asText('/?tim=hoang+dong');
		expect(text).toContain('xã Hoàng Đồng');
		expect(text).not.toContain('MAU-001');
	});

	test('what was searched for is text on the page', async () => {
		const search = '"><script>document.title = 1</script><img src=x onerror="document.title = 2">';
		await visit(`/?tim=${encodeURIComponent(search)}`, onPhone, async (page) => {
			expect(await page.locator('input[name="tim"]').inputValue()).toBe(search.slice(0, 80));
			expect(await page.locator('img').count()).toBe(0);
			expect(await page.title()).toContain('Ngôi nhà xanh');
		});
	});
});

describe('the map with Leaflet', () => {
	test.each([
		['phone', onPhone],
		['wide', { viewport: wide }],
	] as const)('takes over at the same view on a %s screen', async (_name, options) => {
		await visit('/', options, async (page) => {
			/** Where each mark's foot stands on the screen and how large a unit of its drawing is. */
			const marksOf = (selector: string) =>
				page.locator(selector).evaluateAll((marks) =>
					marks.map((mark) => {
						const { a, e, f } = (mark as SVGGraphicsElement).getScreenCTM()!;
						return { x: e, y: f, unit: a };
					}),
				);
			const barOf = async (selector: string) => (await page.locator(selector).boundingBox())!;
			const frame = (await page.locator('.map-frame').boundingBox())!;
			const drawn = await marksOf('svg.map .pins use[href="#pin"]');
			const drawnBar = await barOf('svg.map .bar-2km');
			await page.locator('.map-frame').dispatchEvent('pointerdown');
			await page.locator('.leaflet-map .pin-icon').first().waitFor();
			const taken = await marksOf('.leaflet-map .pin-icon svg');
			expect([drawn.length, taken.length]).toEqual([66, 66]);
			const after = (await page.locator('.map-frame').boundingBox())!;
			expect(Math.abs(after.height - frame.height)).toBeLessThan(1);
			const distances = drawn.map((mark) =>
				Math.min(...taken.map(({ x, y }) => Math.hypot(x - mark.x, y - mark.y))),
			);
			expect(Math.max(...distances)).toBeLessThan(2);
			expect(taken[0]!.unit / drawn[0]!.unit).toBeCloseTo(1, 1);
			expect(await page.locator('.leaflet-control-scale-line').textContent()).toBe('2 km');
			const bar = await barOf('.leaflet-control-scale-line');
			expect(Math.abs(bar.width - drawnBar.width)).toBeLessThan(4);
			expect(Math.abs(bar.x - drawnBar.x)).toBeLessThan(4);
			expect(Math.abs(bar.y + bar.height - drawnBar.y)).toBeLessThan(6);
		});
	});

	test('opens a house from the keyboard', async () => {
		await visit('/', { viewport: wide }, async (page) => {
			await page.locator('.map-frame').dispatchEvent('pointerdown');
			await page.locator('.leaflet-map .pin-icon').first().focus();
			await page.keyboard.press('Enter');
			await page.locator('.leaflet-popup a').click();
			await page.waitForURL(/\/ngoi-nha-xanh\/MAU-\d{3}$/);
		});
	});

	test('nearest houses are sorted on the device and nothing is sent', async () => {
		const here = { latitude: 21.8537, longitude: 106.7616 };
		await visit('/', { ...onPhone, geolocation: here, permissions: ['geolocation'] }, async (page) => {
			const sent: string[] = [];
			page.on('request', (request) => sent.push(request.url()));
			await page.locator('[data-near]').click();
			await page.locator('#gan .rows > li').first().waitFor();
			expect(await page.locator('#gan .rows > li').count()).toBe(5);
			const first = await page.locator('#gan .rows > li').first().textContent();
			expect(first).toMatch(/(phường|xã) .* MAU-\d{3}/s);
			// The map shows where one stands, with the nearest houses around.
			await page.locator('.leaflet-map .here-icon').waitFor();
			const frame = (await page.locator('.leaflet-map').boundingBox())!;
			await expect
				.poll(async () => {
					const mark = (await page.locator('.here-icon').boundingBox())!;
					const [across, down] = [(mark.x - frame.x) / frame.width, (mark.y - frame.y) / frame.height];
					return across > 0.1 && across < 0.9 && down > 0.1 && down < 0.9;
				})
				.toBe(true);
			await expect.poll(() => page.locator('.leaflet-control-scale-line').textContent()).toMatch(/^\d00 m$/);
			expect(sent.filter((url) => url.includes('21.8') || !url.includes('/_astro/'))).toEqual([]);
		});
	});
});

describe('near me', () => {
	test('refused, says so and how else to find a house', async () => {
		await visit('/', onPhone, async (page) => {
			await page.locator('[data-near]').click();
			await expect.poll(() => page.locator('#gan .note').textContent()).toContain('chưa được phép');
			expect(await page.locator('#gan').getAttribute('aria-live')).toBe('polite');
			expect(await page.locator('[data-near]').isEnabled()).toBe(true);
		});
	});

	test('says in which direction each house lies, and leads to no place that was guessed', async () => {
		const here = { latitude: 21.8537, longitude: 106.7616 };
		await visit('/en', { ...onPhone, geolocation: here, permissions: ['geolocation'] }, async (page) => {
			await page.locator('[data-near]').click();
			await page.locator('#gan .rows > li').first().waitFor();
			for (const text of await page.locator('#gan .n small').allTextContents())
				expect(text).toMatch(/^(north|south|east|west)/);
			expect(await page.locator('#gan .walk').count()).toBe(0);
		});
	});

	test('is within what the filter shows', async () => {
		const here = { latitude: 21.8537, longitude: 106.7616 };
		const options = { ...onPhone, geolocation: here, permissions: ['geolocation'] };
		await visit('/?noi-dat=school', options, async (page) => {
			await page.locator('[data-near]').click();
			await page.locator('#gan .rows > li').first().waitFor();
			const names = await page.locator('#gan .row > span:not(.n) > b').allTextContents();
			expect(names).toHaveLength(5);
			for (const name of names) expect(name).toMatch(/^Trường học/);
		});
	});
});

describe('a condition', () => {
	test('that no house meets says so and leads back to all', async () => {
		await visit('/?tim=khong+co+nha+nay', { ...onPhone, javaScriptEnabled: false }, async (page) => {
			expect(await page.locator('.h-list h2').textContent()).toContain('0 nhà');
			await page.locator('.h-list .note a').click();
			await page.waitForURL(/\/#danh-sach$/);
			expect(await page.locator('.houses > li').count()).toBe(66);
		});
	});

	test('for not full and open now narrows map, list and legend, and can be taken back by the same link', async () => {
		await visit('/', { ...onPhone, javaScriptEnabled: false }, async (page) => {
			await page.locator('.sift a[href*="con-cho"]').click();
			await page.waitForURL(/con-cho=1/);
			const listed = await page.locator('.houses > li').count();
			expect(listed).toBeGreaterThan(0);
			expect(listed).toBeLessThan(66);
			expect(await page.locator('svg.map .pins > g').count()).toBe(listed);
			expect(await page.locator('.houses .full').count()).toBe(0);
			await page.locator('.sift a[aria-current]').click();
			await page.waitForURL((url) => url.search === '');
			expect(await page.locator('.houses > li').count()).toBe(66);
		});
	});

	test.each(['phuong=xa-nao-do', 'vat-lieu=%3Cscript%3E', 'noi-dat=hospital'])(
		'that the address names wrongly (%s) is left out, with a sentence and status 400',
		async (query) => {
			const { status, text } = await asText(`/?${query}`);
			expect(status).toBe(400);
			expect(text).toContain('nên mục đó được bỏ qua');
			expect(text.match(/data-code=/g)).toHaveLength(66);
		},
	);

	test('what a chat app adds to an address means nothing', async () => {
		const { status, text } = await asText('/?fbclid=1&utm_source=zalo');
		expect([status, text.includes('nên mục đó được bỏ qua')]).toEqual([200, false]);
	});
});

describe('a house', () => {
	test.each(['', '/en'])('says its state, what it takes and its story (%s)', async (prefix) => {
		await visit(`${prefix}/ngoi-nha-xanh/MAU-030`, { ...onPhone, javaScriptEnabled: false }, async (page) => {
			expect(await page.locator('.state b').count()).toBe(1);
			expect(await page.locator('.mats li').count()).toBeGreaterThan(5);
			expect(await page.locator('a[href$="/ghi-nhan?diem=MAU-030"]').count()).toBe(1);
			expect(await page.locator('.chain').count()).toBeGreaterThan(0);
			expect(await page.locator('a[href*="openstreetmap"]').count()).toBe(0);
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width);
		});
	});

	test('that has closed says since when, and not what it takes as if it were open', async () => {
		const options = { ...onPhone, javaScriptEnabled: false };
		await visit('/ngoi-nha-xanh/MAU-066', options, async (page) => {
			const text = (await page.textContent('main'))!;
			expect(text).toMatch(/đã đóng từ \d\d\/\d\d\/\d{4}/);
			expect(text).not.toMatch(/Nhận \d+ loại|Giờ mở|Kỳ đang gom/);
			expect(await page.locator('a[href*="/ghi-nhan?diem="]').count()).toBe(0);
			expect(await page.locator('.rows a[href^="/ngoi-nha-xanh/"]').count()).toBe(3);
		});
	});

	test.each(['MAU-066', 'MAU-033'])(
		'that takes nothing (%s) shows no form but where else to go',
		async (code) => {
			await visit(`/ghi-nhan?diem=${code}`, { ...onPhone, javaScriptEnabled: false }, async (page) => {
				expect(await page.locator('form.logf').count()).toBe(0);
				expect(await page.locator('[role=alert]').textContent()).toMatch(/đã đóng từ|đang tạm dừng/);
				const others = page.locator('.rows a[href^="/ghi-nhan?diem="]');
				expect(await others.count()).toBe(3);
				await others.first().click();
				expect(await page.locator('form.logf').count()).toBe(1);
			});
		},
	);

	test.each([
		['/n/MAU-030', 302, '/ngoi-nha-xanh/MAU-030'],
		['/n/mau-030', 302, '/ngoi-nha-xanh/MAU-030'],
		['/ngoi-nha-xanh/mau-030', 301, '/ngoi-nha-xanh/MAU-030'],
		['/n/NNX-999', 404, null],
		['/ngoi-nha-xanh/NNX-999', 404, null],
		['/en/ngoi-nha-xanh/NNX-999', 404, null],
		[`/ngoi-nha-xanh/${encodeURIComponent("' or 1=1 --")}`, 404, null],
		['/fr', 404, null],
		['/fr/ngoi-nha-xanh/MAU-030', 404, null],
		['/vi', 404, null],
	])('%s answers %d', async (path, status, location) => {
		expect(await asText(path)).toMatchObject({ status, location });
	});
});

describe('the houses as GeoJSON', () => {
	test('is RFC 7946 with the properties that were promised', async () => {
		const response = await fetch(`${baseUrl}/api/v1/green-houses.geojson`);
		expect(response.headers.get('content-type')).toContain('application/geo+json');
		expect(response.headers.get('access-control-allow-origin')).toBe('*');
		const { type, features } = (await response.json()) as {
			type: string;
			features: Record<string, unknown>[];
		};
		expect(type).toBe('FeatureCollection');
		expect(features).toHaveLength(66);
		for (const feature of features) {
			const { geometry, properties } = feature as {
				geometry: { type: string; coordinates: number[] };
				properties: Record<string, unknown>;
			};
			expect(geometry.type).toBe('Point');
			expect(geometry.coordinates[0]).toBeGreaterThan(100);
			expect(Object.keys(properties)).toEqual([
				'id',
				'code',
				'name',
				'host_type',
				'state',
				'state_reported_at',
				'materials',
				'position_source',
				'sample',
				// As the import reads them.
				...['name_vi', 'ward_name', 'ward_as_of', 'ward_code', 'hours', 'steward_organisation'],
				...['neighbourhood', 'address'],
			]);
			expect(['closed', 'paused', 'locked', 'damaged', 'full', 'half', 'empty', 'unknown']).toContain(
				properties['state'],
			);
			expect(properties['sample']).toBe(true);
		}
	});
});

describe('both pages', () => {
	test.each([
		['/', 'light'],
		['/en', 'dark'],
		['/?noi-dat=school&ranh-gioi=cu', 'light'],
		['/ngoi-nha-xanh/MAU-030', 'light'],
		['/en/ngoi-nha-xanh/MAU-030', 'dark'],
	] as const)('%s (%s) has no accessibility error that axe finds', async (path, colorScheme) => {
		await visit(path, { ...onPhone, colorScheme }, async (page) => {
			const { violations } = await new AxeBuilder({ page })
				.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
				.analyze();
			expect(
				violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`),
			).toEqual([]);
		});
	});
});
