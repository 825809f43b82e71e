// An approver covers parts of a weigh slip's photo before it is public: by finger, by keyboard, and without JavaScript.
import { readdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { findSale } from '#features/collections/scrap-sale.repository.ts';
import { confirmScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { findPhoto } from '#features/photos/photo.repository.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone, wide } from '../support/browser.ts';
import { axeErrors, inEnglish, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let page: Page;
const store = () => openPhotoStore({ photoDir: world.photoDir, photoBucket: undefined });
const photosIn = () => readdirSync(world.photoDir).filter((name) => name.endsWith('.webp'));
const saleId = uuidv7(Date.now());
const path = `/cua-toi/phieu-ban/${saleId}`;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	const now = Date.now();
	await recordDropOff(
		world.db,
		{ kind: 'device', secret: 's'.repeat(43) },
		{
			...{ id: uuidv7(now), greenHouseCode: world.house.code, channel: 'web', happenedAt: now },
			lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 10_000 }],
		},
		now,
	);
	await closeCycle(world.db, world.people.steward.actor, world.openCycleId, now);
	const slip = sharp({ create: { width: 600, height: 800, channels: 3, background: '#f4efe2' } });
	await recordScrapSale(
		world.db,
		world.people.steward.actor,
		{
			...{ id: saleId, cycleIds: [world.openCycleId], soldOn: world.today, dealer: 'Cô Hoa' },
			lines: [{ kind: 'lump_sum', weightGrams: null, amountVnd: 30_000 }],
			...{ cashReceivedVnd: 30_000, differenceReason: '', photoMissingReason: '' },
		},
		now,
		{ bytes: await slip.jpeg().toBuffer(), hasChildren: false, store: store() },
	);
	// The photo of a slip is decided once the slip is in the book.
	await confirmScrapSale(world.db, world.people.treasurer.actor, saleId, now);
	page = await (await browser.newContext({ viewport: phone, hasTouch: true })).newPage();
	await signInAs(page, world.baseUrl, world.people.approver);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

test('frames are numbers where there is no JavaScript, and what lies outside is said beside them', async () => {
	const plain = await browser.newContext({
		viewport: phone,
		javaScriptEnabled: false,
		storageState: await page.context().storageState(),
	});
	const sheet = await plain.newPage();
	await sheet.goto(`${world.baseUrl}${path}`);
	expect(await sheet.locator('[data-add]').isVisible()).toBe(false);
	await sheet.locator('.redact summary').click();
	for (const [name, value] of Object.entries({ left: '60', top: '0', width: '50', height: '10' }))
		await sheet.locator(`[name=frame-${name}]`).first().fill(value);
	await expectNothingWritten(
		world.db,
		async () => {
			const answer = sheet.waitForResponse((each) => each.request().method() === 'POST');
			await sheet.click('.redact [value=approved]');
			throw new Error(String((await answer).status()));
		},
		['session', 'rate_limit'],
	);
	await sheet.waitForSelector('.redact [role=alert]');
	expect(await sheet.locator('[role=alert]').count()).toBe(1);
	expect(await sheet.locator('[name=frame-left]').first().inputValue()).toBe('60');
	expect(photosIn()).toHaveLength(1);
	await plain.close();
});

test('the place of the photo is kept free in its shape before it is there', async () => {
	for (const viewport of [phone, wide]) {
		const slow = await browser.newContext({ viewport, storageState: await page.context().storageState() });
		const sheet = await slow.newPage();
		let send = () => {};
		const gate = new Promise<void>((resolve) => (send = resolve));
		await sheet.route('**/anh/**', async (route) => {
			await gate;
			await route.continue();
		});
		await sheet.goto(`${world.baseUrl}${path}`, { waitUntil: 'domcontentloaded' });
		const picture = sheet.locator('.redact .canvas img');
		await picture.scrollIntoViewIfNeeded();
		const before = (await picture.boundingBox())!;
		expect(before.width / before.height).toBeCloseTo(600 / 800, 2);
		send();
		await sheet.waitForFunction(
			() => document.querySelector<HTMLImageElement>('.redact .canvas img')?.naturalWidth === 600,
		);
		const after = (await picture.boundingBox())!;
		expect([after.width, after.height]).toEqual([before.width, before.height]);
		const shots = process.env['SHOTS'];
		if (shots) await sheet.screenshot({ path: `${shots}/photo-${viewport.width}.png`, fullPage: true });
		await slow.close();
	}
});

test('a finger draws a frame, the keyboard another one, and everybody sees the rest', async () => {
	for (const address of [path, inEnglish(path)]) {
		await page.goto(`${world.baseUrl}${address}`);
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	}
	await page.setViewportSize(phone);
	await page.goto(`${world.baseUrl}${path}`);
	const svg = page.locator('.redact svg');
	await svg.scrollIntoViewIfNeeded();
	// The picture gives the drawing its place.
	await page.waitForFunction(() => {
		const picture = document.querySelector<HTMLImageElement>('.redact .canvas img');
		return picture?.complete && picture.naturalWidth > 0 && document.querySelector('.redact svg.live');
	});
	await svg.scrollIntoViewIfNeeded();
	const frames = () => page.locator('.redact rect').count();
	const draw = async (from: number, to: number) => {
		const box = (await svg.boundingBox())!;
		await page.mouse.move(box.x + box.width * from, box.y + box.height * from);
		await page.mouse.down();
		await page.mouse.move(box.x + box.width * to, box.y + box.height * to, { steps: 4 });
		await page.mouse.up();
	};
	await draw(0.1, 0.3);
	await draw(0.6, 0.7);
	await expect.poll(frames).toBe(2);
	await page.click('[data-undo]');
	await expect.poll(frames).toBe(1);
	await page.locator('[data-add]').press('Enter');
	await expect.poll(frames).toBe(2);
	await page.keyboard.press('Control+A');
	await page.keyboard.type('70');
	await page.keyboard.press('Enter');
	await expect.poll(() => page.locator('.redact rect').nth(1).getAttribute('x')).toBe('700');
	expect(await axeErrors(page)).toEqual([]);
	const shots = process.env['SHOTS'];
	if (shots) await page.screenshot({ path: `${shots}/phone.png`, fullPage: true });
	await page.click('.redact [value=approved]');
	await page.waitForSelector('a[href$="?goc"]');
	const { photoId } = (await findSale(world.db, saleId))!;
	expect(JSON.parse((await findPhoto(world.db, photoId!))!.publicFrames!)).toHaveLength(2);
	const open = Buffer.from(await (await fetch(`${world.baseUrl}/anh/${photoId}`)).arrayBuffer());
	const brightest = async (left: number, top: number) =>
		Math.max(...(await sharp(open).extract({ left, top, width: 20, height: 20 }).raw().toBuffer()));
	expect(await brightest(110, 150)).toBeLessThan(24);
	expect(await brightest(480, 390)).toBeLessThan(24);
	expect(await brightest(300, 700)).toBeGreaterThan(200);
	expect((await fetch(`${world.baseUrl}/anh/${photoId}?goc`)).status).toBe(404);
});

test('the slip of a lump sum gives a text for Zalo without a weight that nobody knows', async () => {
	for (const [address, cash] of [
		[path, '30.000 ₫, phiếu thu'],
		[inEnglish(path), '30,000 ₫, receipt'],
	] as const) {
		await page.goto(`${world.baseUrl}${address}`);
		const text = (await page.textContent('[data-share-text]'))!.replaceAll('\u00a0', ' ');
		expect(text).toContain(cash);
		expect(text).not.toMatch(/\bkg\b/);
	}
});
