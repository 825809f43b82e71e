// A school's public pages: drafts stay hidden, pages are light, names that are typed for a certificate stay on the screen.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draftCampaign, publishCampaign } from '#features/schools/campaign.service.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { readWorkbook } from '#lib/workbook.ts';
import { launchBrowser, phone, wide } from '../support/browser.ts';
import { signInClient } from '../support/http.ts';
import { axeErrors, inEnglish, sticksOut } from '../support/pages.ts';
import { makeSchoolStory, type SchoolStory } from '../support/school-story.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { tablesHolding } from '../support/words.ts';

const KB = 1024;
const GRADES = [6, 7, 8, 9];
/** Nobody else in the world has it. */
const PUPIL = 'Hoàng Thị Mộng Kha';

let world: ServedWorld;
let browser: Browser;
let story: SchoolStory;
let large: SchoolStory;
let at: Record<'school' | 'ended' | 'running' | 'draft' | 'slide' | 'khen', string>;

beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	const { db } = world;
	const now = Date.now();
	story = await makeSchoolStory(db, now);
	const school = `/truong/${story.schoolId}`;
	const [ended, running] = [`${school}/${story.endedId}`, `${school}/${story.runningId}`];
	at = {
		school,
		ended,
		running,
		draft: `${school}/${story.draftId}`,
		slide: `${school}/thu-hai`,
		khen: `${ended}/khen`,
	};
	const classNames = GRADES.flatMap((grade) =>
		Array.from({ length: 15 }, (_, index) => `${grade}A${index + 1}`),
	);
	large = await makeSchoolStory(db, now, { classNames, name: 'Trường THCS Hoàng Văn Thụ' });
	// Two more years of classes, and twenty-eight more campaigns in this one.
	for (const schoolYear of ['2001-2002', '2002-2003'])
		for (const name of classNames) {
			const row = {
				organisationId: large.schoolId,
				schoolYear,
				grade: 6,
				name,
				size: 40,
				isSample: 0 as const,
			};
			await inTransaction(db, (trx) => insertClass(trx, row, now));
		}
	for (let index = 0; index < 28; index += 1) {
		const id = uuidv7(now);
		const input = {
			...large.rules,
			id,
			name: `Thu gom giấy vụn lần ${index + 3}`,
			greenHouseCode: large.house.code,
		};
		await draftCampaign(db, large.people.lead, input, now);
		await publishCampaign(db, large.people.lead, id, now);
		await large.bring(id, (each) => 1000 + each * 100);
	}
}, 180_000);
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const open = async (path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
	const context = await browser.newContext({ viewport: phone, serviceWorkers: 'block', ...options });
	const page = await context.newPage();
	await page.goto(world.baseUrl + path);
	return page;
};
const textOf = async (path: string) => (await fetch(world.baseUrl + path)).text();

describe.each([true, false])('with JavaScript: %s', (javaScriptEnabled) => {
	test('the way leads from the footer to a class’s result and on to what was paid', async () => {
		const page = await open('/', { javaScriptEnabled });
		await page.click('footer a[href="/truong"]');
		await page.waitForURL('**/truong');
		await page.click(`a[href="${at.school}"]`);
		await page.waitForURL(`**${at.school}`);
		await page.click(`a[href="${at.ended}"]`);
		await page.waitForURL(`**${at.ended}`);
		const rows = await page.locator('.progress tbody tr').allTextContents();
		expect(rows.map((row) => row.trim().slice(0, 2))).toEqual(['6A', '6B', '7A', '7B', '8A']);
		const main = await page.locator('main').innerText();
		for (const said of ['Chi đội xuất sắc', '118', '480.000', '300.000']) expect(main).toContain(said);
		await page.click(`a[href="/hanh-trinh/phieu-ban/${story.saleId}"]`);
		await page.waitForURL('**/hanh-trinh/phieu-ban/**');
		await page.context().close();
	});
});

test('drafts have no page, no file and no frame, not even for their lead’s school', async () => {
	for (const path of ['', '/khen', '/ket-qua.xlsx'])
		expect([path, (await fetch(world.baseUrl + at.draft + path)).status]).toEqual([path, 404]);
	for (const path of [at.school, at.slide, '/truong', `/nhung${at.school}`])
		expect(await textOf(path)).not.toContain('Bản nháp chưa công bố');
});

test('the classes of the lower half have no place', async () => {
	const page = await open(`/truong/${large.schoolId}/${large.runningId}`);
	const places = page.locator('table', { hasText: 'Hạng' }).locator('tbody tr');
	const count = await places.count();
	expect(count).toBeGreaterThanOrEqual(29);
	expect(count).toBeLessThan(45);
	await page.context().close();
});

test.each(['school', 'ended', 'running', 'slide', 'khen', 'person', 'frame', 'all'])(
	'%s has no fault on a phone, in either language',
	async (name) => {
		const more: Record<string, string> = {
			...at,
			...{ person: `${at.khen}?rieng`, frame: `/nhung${at.school}`, all: '/truong' },
		};
		const page = await open(more[name]!);
		for (const path of [more[name]!, inEnglish(more[name]!)]) {
			await page.goto(world.baseUrl + path);
			expect.soft(await axeErrors(page), path).toEqual([]);
			for (const width of [320, 360, 768]) expect.soft(await sticksOut(page, width), path).toEqual([]);
		}
		await page.context().close();
	},
);

test.each(['', '/thu-hai', '/campaign'])(
	'a school of three years, sixty classes and thirty campaigns is light (%s)',
	async (part) => {
		const context = await browser.newContext({ viewport: phone, isMobile: true, serviceWorkers: 'block' });
		const page = await context.newPage();
		const loads: { isScript: boolean; bytes: Promise<number> }[] = [];
		page.on('requestfinished', (request) => {
			const bytes = request.sizes().then((each) => each.responseBodySize + each.responseHeadersSize);
			loads.push({ isScript: request.resourceType() === 'script', bytes });
		});
		const path = part === '/campaign' ? `/${large.runningId}` : part;
		await page.goto(`${world.baseUrl}/truong/${large.schoolId}${path}`, { waitUntil: 'networkidle' });
		const sum = async (some: typeof loads) =>
			(await Promise.all(some.map(({ bytes }) => bytes))).reduce((total, bytes) => total + bytes, 0);
		expect(await sum(loads)).toBeGreaterThan(20 * KB);
		expect(await sum(loads)).toBeLessThanOrEqual(100 * KB);
		expect(await sum(loads.filter(({ isScript }) => isScript))).toBeLessThanOrEqual(10 * KB);
		await context.close();
	},
);

test('another year is a page of its own', async () => {
	const html = await textOf(`/truong/${large.schoolId}?nam=2001-2002`);
	expect(html).toContain('chưa mở đợt thu gom nào');
	expect(html).not.toContain('Thu gom giấy vụn lần 3');
});

test('the slide has large type without a script, and prints across', async () => {
	const page = await open(at.slide, { javaScriptEnabled: false, viewport: wide });
	const sizes = await page
		.locator('.classes b')
		.evaluateAll((names) => names.map((each) => parseFloat(getComputedStyle(each).fontSize)));
	expect(sizes).toHaveLength(5);
	expect(Math.min(...sizes)).toBeGreaterThanOrEqual(56);
	expect(await page.locator('header.eaves, footer').count()).toBe(0);
	const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
	const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(
		([, x, y]) => Number(x) > Number(y),
	);
	expect(boxes).toEqual([true, true]);
	await page.context().close();
});

test.each([
	[1920, 1080],
	[1280, 720],
	[1024, 768],
])('a slide fills a wall of %i × %i, and all of it is read from afar', async (width, height) => {
	for (const school of [story.schoolId, large.schoolId]) {
		const page = await open(`/truong/${school}/thu-hai`, { viewport: { width, height } });
		const screens = await page.locator('.screen').evaluateAll((each) =>
			each.map((screen) => {
				const texts = [...screen.querySelectorAll('*')].filter((node) =>
					[...node.childNodes].some((child) => child.nodeType === 3 && child.textContent!.trim() !== ''),
				);
				return {
					height: screen.getBoundingClientRect().height,
					beyond: screen.scrollWidth - screen.clientWidth,
					smallest: Math.min(...texts.map((node) => parseFloat(getComputedStyle(node).fontSize))),
				};
			}),
		);
		for (const screen of screens) {
			expect.soft(screen.height).toBeLessThanOrEqual(height + 1);
			expect.soft(screen.beyond).toBeLessThanOrEqual(0);
			expect.soft(screen.smallest).toBeGreaterThanOrEqual(height * 0.034);
		}
		const used = await page.locator('.sums').evaluate((each) => {
			const range = document.createRange();
			range.selectNodeContents(each);
			return range.getBoundingClientRect().width / innerWidth;
		});
		expect.soft(used).toBeGreaterThan(0.85);
		// All bars begin and end in two lines at most: one for each column.
		const edges = await page.locator('.classes svg').evaluateAll((bars) => [
			...new Set(
				bars.map((bar) => {
					const { left, right } = bar.getBoundingClientRect();
					return `${Math.round(left)} ${Math.round(right)}`;
				}),
			),
		]);
		expect.soft(edges.length).toBeLessThanOrEqual(2);
		await page.context().close();
	}
});

test('a slide says what its bars mean and what the money is for', async () => {
	const page = await open(at.slide, { javaScriptEnabled: false, viewport: wide });
	const words = await page.locator('main').innerText();
	for (const said of [
		'Thanh xanh là số kg của lớp trong tuần.',
		'Tiền từ các đợt này để: Mua áo ấm cho các bạn ở xa trường',
		'Đã chi cho',
		'300.000',
	])
		expect(words).toContain(said);
	const widths = await page
		.locator('.classes li')
		.evaluateAll((rows) =>
			rows.map((row) => [
				Number(row.querySelector('rect:not(.ground)')!.getAttribute('width')),
				parseFloat(row.querySelector('span')!.textContent.replace(',', '.')),
			]),
		);
	const most = Math.max(...widths.map(([, kg]) => kg!));
	for (const [bar, kg] of widths) expect(bar).toBeCloseTo((kg! * 100) / most, 0);
	await page.context().close();
});

test('certificates of classes print one to a sheet', async () => {
	const page = await open(at.khen, { viewport: wide });
	const count = await page.locator('.certificate').count();
	expect(count).toBeGreaterThan(1);
	const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
	expect([...pdf.matchAll(/\/Type \/Page\b/g)]).toHaveLength(count);
	await page.locator('select').selectOption({ label: '8A' });
	await page.click('.choice .btn');
	await page.waitForURL(/lop=/);
	expect(await page.locator('.certificate .who').allTextContents()).toEqual([expect.stringContaining('8A')]);
	await page.goto(`${world.baseUrl}${at.running}/khen`);
	expect(await page.locator('.certificate').count()).toBe(0);
	expect(await page.locator('.note').textContent()).toContain('khi nhà trường đã kết thúc');
	await page.context().close();
});

test('long words of a campaign and an award leave a certificate whole on paper', async () => {
	// As wide as what is printed on: A4 across without its margins.
	const page = await open(at.khen, { viewport: { width: 1047, height: 718 } });
	await page.emulateMedia({ media: 'print' });
	const sheet = page.locator('.certificate').first();
	const long = 'Chi đội xuất sắc trong phong trào Kế hoạch nhỏ vì môi trường';
	await sheet.locator('.award').evaluate((each, words) => (each.textContent = words), long);
	await sheet
		.locator('> p', { hasText: 'trong đợt thu gom' })
		.evaluate((each, words) => (each.textContent += words), `, ${long}`);
	const found = await sheet.evaluate((each) => {
		const box = (name: string) => each.querySelector(name)!.getBoundingClientRect();
		const signed = each.querySelector('.signed p')!;
		return {
			cut: each.scrollHeight - each.clientHeight,
			overlap: box('.crest').bottom - box('h2').top,
			// The place and the day in one line, whoever signs in the next.
			lines: signed.getBoundingClientRect().height / parseFloat(getComputedStyle(signed).lineHeight),
		};
	});
	expect(found.cut).toBeLessThanOrEqual(0);
	expect(found.overlap).toBeLessThanOrEqual(0);
	expect(found.lines).toBeLessThan(2.7);
	await page.context().close();
});

test('places and awards stand in whole words on a phone', async () => {
	const page = await open(at.ended);
	const broken = await page.locator('.best th').evaluateAll(
		(cells) =>
			cells.filter((each) => {
				const range = document.createRange();
				range.selectNodeContents(each);
				return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
			}).length,
	);
	expect(broken).toBe(0);
	const [name, classes] = await page
		.locator('.awards')
		.evaluate((list) =>
			['dt', 'dd'].map((tag) => list.querySelector(tag)!.getBoundingClientRect().width / list.clientWidth),
		);
	expect([name, classes]).toEqual([1, 1]);
	await page.context().close();
});

test.each(['screen', 'print'] as const)('a long name stands whole on a certificate (%s)', async (media) => {
	// A printed sheet is as wide as paper, whatever it is printed from.
	for (const viewport of media === 'print' ? [wide] : [phone, wide]) {
		const page = await open(`${at.khen}?rieng`, { viewport });
		await page.emulateMedia({ media });
		const who = page.locator('.certificate .who');
		await who.fill('Nguyễn Hoàng Thuỳ Phương Khánh Linh');
		const hidden = await who.evaluate((each) => [
			each.scrollWidth - each.clientWidth,
			each.scrollHeight - each.clientHeight,
		]);
		expect(Math.max(...hidden)).toBeLessThanOrEqual(1);
		// The longest that fits its fields, and still nothing covers anything or is cut off.
		await who.fill('Nguyễn Hoàng Phương Thảo Nguyên Công Tằng Tôn Nữ Bảo Ngọc');
		await page.locator('.certificate textarea:not(.who)').fill(`${'góp nhiều nhất khối '.repeat(8)}`.trim());
		const { cut, gaps } = await page.locator('.certificate').evaluate((sheet) => {
			const boxes = [...sheet.children]
				.filter((each) => getComputedStyle(each).position !== 'absolute')
				.map((each) => each.getBoundingClientRect());
			return {
				// What is lost is room below whoever signs.
				cut:
					sheet.querySelector('.signed p')!.getBoundingClientRect().bottom -
					sheet.getBoundingClientRect().bottom,
				gaps: boxes.slice(1).map(({ top }, index) => top - boxes[index]!.bottom),
			};
		});
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
		expect(cut).toBeLessThanOrEqual(0);
		await page.context().close();
	}
});

test('a pupil’s name on a certificate is on the screen and on paper alone', async () => {
	// With its service worker: that too must keep nothing.
	const context = await browser.newContext({ viewport: wide });
	const page = await context.newPage();
	await page.goto(`${world.baseUrl}${at.khen}?rieng`);
	await page.evaluate(() => navigator.serviceWorker.ready);
	const sent: string[] = [];
	context.on('request', (request) => {
		sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`);
	});
	for (const field of await page.locator('.certificate :is(input, textarea)').all()) {
		expect(await field.getAttribute('name')).toBeNull();
		expect(await field.getAttribute('autocomplete')).toBe('off');
		expect(await field.evaluate((each) => (each as HTMLInputElement).form)).toBeNull();
		await field.fill(PUPIL);
		await field.press('Enter');
	}
	await page.evaluate(() => {
		window.print = () => undefined;
	});
	await page.click('[data-print-page]');
	await page.pdf({ preferCSSPageSize: true });
	await page.waitForTimeout(500);
	const kept = await page.evaluate(async () => {
		const found = [
			JSON.stringify({ ...localStorage }),
			JSON.stringify({ ...sessionStorage }),
			document.cookie,
		];
		found.push(JSON.stringify(history.state), location.href);
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			for (const request of await cache.keys())
				found.push(request.url, await (await cache.match(request))!.text());
		}
		for (const { name } of await indexedDB.databases()) {
			const db = await new Promise<IDBDatabase>((resolve, reject) => {
				const request = indexedDB.open(name!);
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(new Error(name));
			});
			for (const store of db.objectStoreNames) {
				const rows = await new Promise((resolve) => {
					const request = db.transaction(store).objectStore(store).getAll();
					request.onsuccess = () => resolve(request.result);
				});
				found.push(JSON.stringify(rows));
			}
			db.close();
		}
		return found;
	});
	await page.reload();
	expect(await page.locator('.certificate .who').inputValue()).toBe('');
	const written = ['Mộng Kha', 'M%E1%BB%99ng'];
	const isHeld = (text: string) => written.some((each) => text.includes(each));
	expect(kept.length).toBeGreaterThan(5);
	expect([...kept, ...sent].filter(isHeld).map((text) => text.slice(0, 200))).toEqual([]);
	expect(await tablesHolding(world.db, 'Mộng Kha')).toEqual([]);
	await context.close();
});

test('no field takes a pupil’s name but the school’s own words for a campaign and its awards', async () => {
	const client = await signInClient(world.baseUrl, world.people['school lead']);
	const { schoolHouse, classId, today } = world;
	const cell = (unit: string) => `cell:${classId}:mixed_paper:${unit}`;
	const plain = {
		id: uuidv7(Date.now()),
		greenHouseCode: schoolHouse.code,
		collectedOn: today,
		[cell('kg')]: '3',
	};
	const post = (fields: Record<string, string>) =>
		client.post('/cua-toi/truong?_action=schools.recordSheet', fields);
	expect((await post({ ...plain, [cell('kg')]: PUPIL })).status).toBe(422);
	for (const field of [
		...Object.keys(plain),
		'campaignId',
		'isExtra',
		'note',
		'name',
		'student',
		cell(PUPIL),
	]) {
		await (await post({ ...plain, id: uuidv7(Date.now()), [field]: PUPIL })).text();
		// A name in a cell that holds a number, as it is pasted out of a register.
		await (await post({ ...plain, id: uuidv7(Date.now()), [cell('kg')]: `3 ${PUPIL}` })).text();
	}
	expect(await tablesHolding(world.db, 'Mộng Kha')).toEqual([]);
	expect(world.output()).not.toContain('Mộng Kha');
	for (const path of [at.school, at.ended, at.running, at.slide, at.khen, '/truong', `/nhung${at.school}`])
		expect(await textOf(path)).not.toContain('Mộng Kha');

	// A campaign's own words are its lead's, and are read before they stand.
	const campaign = { ...story.rules, greenHouseCode: story.house.code };
	for (const words of [
		{ name: PUPIL },
		{ purpose: `Giúp bạn ${PUPIL}` },
		{ awards: [{ name: PUPIL, minPoints: 1 }] },
	]) {
		const input = { ...campaign, ...words, id: uuidv7(Date.now()) };
		await expect(draftCampaign(world.db, story.people.lead, input, Date.now())).rejects.toMatchObject({
			key: 'personNamed',
		});
	}
	expect(await tablesHolding(world.db, 'Mộng Kha')).toEqual([]);
});

test('a campaign’s results and a year’s register open as workbooks with their letters whole', async () => {
	const files: string[] = [];
	const read = async (path: string) => {
		const response = await fetch(world.baseUrl + path);
		files.push(decodeURIComponent(response.headers.get('content-disposition')!.split("UTF-8''")[1]!));
		return (await readWorkbook(new Uint8Array(await response.arrayBuffer()))).rows;
	};
	const results = await read(`${at.ended}/ket-qua.xlsx`);
	expect(results[0]).toEqual(
		expect.arrayContaining(['Lớp', 'Giấy vụn (kg)', 'Danh hiệu', 'Hạng (nửa trên)']),
	);
	expect(results.slice(1).map(([name]) => name)).toEqual(['6A', '6B', '7A', '7B', '8A']);
	expect(results.flat()).toContain('Chi đội xuất sắc');
	const register = await read(`${at.school}/so-nam.xlsx?nam=${story.schoolYear}`);
	expect(register).toHaveLength(21);
	expect(register.flat()).toEqual(expect.arrayContaining(['6A', 'Giấy vụn', 'Kế hoạch nhỏ đợt 1']));
	expect(register[1]?.[0]).toBe(world.today);
	expect((await read(`/en${at.ended}/ket-qua.xlsx`))[0]?.[0]).toBe('Class');
	expect(files).toEqual([
		`Kết quả - Kế hoạch nhỏ đợt 1 - Trường THCS Tam Thanh - ${world.today}.xlsx`,
		`Sổ năm ${story.schoolYear} - Trường THCS Tam Thanh - ${world.today}.xlsx`,
		`Results - Kế hoạch nhỏ đợt 1 - Trường THCS Tam Thanh - ${world.today}.xlsx`,
	]);
});

test('pages are kept, and a sheet that is approved is there at once', async () => {
	const ask = async (tag?: string) => {
		const response = await fetch(
			world.baseUrl + at.running,
			tag ? { headers: { 'if-none-match': tag } } : {},
		);
		return { status: response.status, tag: response.headers.get('etag')!, html: await response.text() };
	};
	await ask();
	const { tag, html } = await ask();
	expect((await ask(tag)).status).toBe(304);
	await story.bring(story.runningId, () => 9000);
	const after = await ask(tag);
	expect(after.status).toBe(200);
	expect(after.html).not.toBe(html);
});
