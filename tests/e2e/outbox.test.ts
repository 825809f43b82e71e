// What is written without a network: kept through reloads, killed tabs and restarts, sent once each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchPhone, phone } from '../support/browser.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';

let world: ServedWorld;
let folder: string;
let context: BrowserContext;
// A phone has patience.
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

beforeAll(async () => {
	world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'portal-phone-'));
	context = await start();
	await world.db.deleteFrom('rateLimit').execute();
});
afterEach(async () => {
	await context.close();
	rmSync(folder, { recursive: true, force: true });
});

const start = (options: object = {}) =>
	launchPhone(folder, {
		baseURL: world.baseUrl,
		viewport: phone,
		isMobile: true,
		hasTouch: true,
		...options,
	});

const countRows = async () => (await world.db.selectFrom('dropOff').select('id').execute()).length;

/** The first visit, with a network: afterwards the phone has what it needs without one. */
async function visit(page: Page): Promise<void> {
	await page.goto('/');
	// The guide is kept last.
	await poll(() => page.evaluate(async () => (await caches.match('/phan-loai')) !== undefined)).toBe(true);
}

/** A printed code is scanned, a number typed, sent: nothing else. */
async function log(page: Page, quantity: string): Promise<void> {
	await page.goto(`/n/${world.house.code}`);
	await page.locator('.tile:not([hidden]) input[value=mixed_paper]').check({ force: true });
	for (const key of quantity) await page.locator(`[data-key="${key}"]`).click();
	await page.locator('[data-send]').click();
	await page.waitForURL('**/cho-gui');
}

const waiting = (page: Page) => page.locator('[data-list] > li');

const declaredKg = async () => {
	const rows = await world.db.selectFrom('dropOffLine').select('declaredWeightGrams').execute();
	return rows.map((row) => row.declaredWeightGrams! / 1000).sort((a, b) => a - b);
};

/** Writes into the phone's own store as a page of another version might have. */
const putRaw = (page: Page, item: object) =>
	page.evaluate(
		(value) =>
			new Promise<void>((resolve, reject) => {
				const request = indexedDB.open('nha-xanh', 1);
				request.onsuccess = () => {
					const trx = request.result.transaction('outbox', 'readwrite');
					trx.objectStore('outbox').put(value);
					trx.oncomplete = () => resolve();
					trx.onerror = () => reject(new Error(String(trx.error)));
				};
			}),
		item,
	);

describe.each([{ sync: true }, { sync: false }])('with Background Sync: $sync', ({ sync }) => {
	const withoutSync = () => delete (ServiceWorkerRegistration.prototype as { sync?: unknown }).sync;

	test('five are logged without a network, the browser crashes, and all arrive once; twice over', async () => {
		const known = await declaredKg();
		const restart = async () => {
			context = await start();
			if (!sync) await context.addInitScript(withoutSync);
			return context.newPage();
		};
		await context.close();
		let page = await restart();
		await visit(page);
		for (const _round of [1, 2]) {
			const before = await countRows();
			await context.setOffline(true);
			for (const quantity of ['1', '2', '3', '4', '5']) await log(page, quantity);
			await page.reload();
			await poll(() => waiting(page).count()).toBe(5);
			await poll(() => page.locator('[data-outbox]').textContent()).toBe('5 lượt chờ gửi');
			expect(await countRows()).toBe(before);

			const cdp = await context.newCDPSession(page);
			const gone = new Promise((resolve) => context.once('close', resolve));
			cdp.send('Browser.crash').catch(() => undefined);
			await gone;
			page = await restart();
			await page.goto('/quy');
			await poll(countRows).toBe(before + 5);
			await page.goto('/cho-gui');
			await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
			await poll(() => page.locator('[data-outbox]').isVisible()).toBe(false);
		}
		const sent = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
		expect(await declaredKg()).toEqual([...known, ...sent].sort((a, b) => a - b));
	});
});

test('with a network it goes by the same way, and the page thanks at once', async () => {
	const before = await countRows();
	const page = await context.newPage();
	await page.goto(`/ghi-nhan?diem=${world.house.code}&tu=qr`);
	await page.locator('[data-key="7"]').click();
	await page.locator('[data-send]').click();
	await page.waitForURL('**/ghi-nhan/xong?*');
	expect(await countRows()).toBe(before + 1);
	const row = await world.db
		.selectFrom('dropOff')
		.select(['channel', 'recordedAt', 'happenedAt'])
		.orderBy('recordedAt', 'desc')
		.executeTakeFirstOrThrow();
	expect(row.channel).toBe('qr');
	expect(Math.abs(row.recordedAt - row.happenedAt)).toBeLessThan(60_000);
});

test('what the portal refuses while its writer looks is said in the form, and does not wait', async () => {
	const before = await countRows();
	const page = await context.newPage();
	await page.goto(`/ghi-nhan?diem=${world.house.code}`);
	await page.locator('input[name=quantity]').fill('1.500');
	await page.locator('[data-send]').click();
	await page.locator('.wrong').waitFor();
	expect(await page.locator('input[name=quantity]').inputValue()).toBe('1.500');
	await page.goto('/cho-gui');
	await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	expect(await countRows()).toBe(before);
});

test('what the portal refuses later stays with its reason, is corrected, and arrives once', async () => {
	const before = await countRows();
	const page = await context.newPage();
	await visit(page);
	await context.setOffline(true);
	await page.goto(`/ghi-nhan?diem=${world.house.code}`);
	await page.locator('input[name=quantity]').fill('1.500');
	await page.locator('[data-send]').click();
	await page.waitForURL('**/cho-gui');
	await context.setOffline(false);
	await poll(() => page.locator('[data-refusal]').isVisible()).toBe(true);
	expect(await page.locator('[data-refusal]').textContent()).toMatch(/1,5 kg/);
	await poll(() => page.locator('[data-outbox]').textContent()).toBe('1 lượt cần sửa rồi gửi lại');
	// It is not tried again by itself.
	await page.reload();
	await poll(() => page.locator('[data-refusal]').isVisible()).toBe(true);
	expect(await countRows()).toBe(before);

	await page.locator('[data-correct]').click();
	expect(await page.locator('input[name=quantity]').inputValue()).toBe('1.500');
	await page.locator('input[name=quantity]').fill('1,5');
	await page.locator('[data-send]').click();
	await page.waitForURL('**/ghi-nhan/xong?*');
	await page.goto('/cho-gui');
	await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	expect(await countRows()).toBe(before + 1);
});

test('a portal in trouble refuses nothing: all waits, and goes when it is well', async () => {
	const before = await countRows();
	const page = await context.newPage();
	await visit(page);
	for (const status of [429, 500, 503]) {
		await context.route('**/api/v1/drop-offs', (route) =>
			route.request().method() === 'POST' ? route.fulfill({ status, body: 'x' }) : route.continue(),
		);
		await page.goto(`/ghi-nhan?diem=${world.house.code}`);
		await page.locator('[data-key="2"]').click();
		await page.locator('[data-send]').click();
		await page.waitForURL('**/cho-gui');
		await context.unroute('**/api/v1/drop-offs');
	}
	await page.reload();
	await poll(countRows).toBe(before + 3);
});

test('one that no request can carry does not hold up the others, and unknown kinds are left alone', async () => {
	const before = await countRows();
	const page = await context.newPage();
	await page.goto('/cho-gui');
	await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	const item = { language: 'vi', correctPath: '/ghi-nhan', madeAt: 1, text: 'của bản khác' };
	await putRaw(page, { ...item, id: 'a', kind: 'drop-off', body: null });
	await putRaw(page, { ...item, id: 'b', kind: 'from-next-year', body: { x: 1 } });
	const id = crypto.randomUUID();
	const body = {
		...{ id, green_house_code: world.house.code, happened_at: new Date().toISOString() },
		lines: [{ material: 'mixed_paper', quantity: '9', unit: 'kg' }],
	};
	await putRaw(page, { ...item, id, kind: 'drop-off', body, madeAt: 2 });
	await page.reload();
	await poll(countRows).toBe(before + 1);
	await poll(() => waiting(page).count()).toBe(2);
	expect(await page.locator('[data-foreign]:visible').count()).toBe(1);
});

test('the browser wakes the worker when there is a network again, with no page open', async () => {
	const before = await countRows();
	const page = await context.newPage();
	await visit(page);
	await context.setOffline(true);
	await log(page, '3');
	const cdp = await context.newCDPSession(page);
	const registration = new Promise<string>((resolve) => {
		cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			if (registrations[0]) resolve(registrations[0].registrationId);
		});
	});
	await cdp.send('ServiceWorker.enable');
	const registrationId = await registration;
	await page.goto('about:blank');
	await context.setOffline(false);
	const event = { origin: world.baseUrl, registrationId, tag: 'cho-gui', lastChance: false };
	await cdp.send('ServiceWorker.dispatchSyncEvent', event);
	await poll(countRows).toBe(before + 1);
	// What was sent by the worker is not missed.
	await page.goto('/cho-gui');
	await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	await poll(() => page.locator('[data-outbox]').isVisible()).toBe(false);
});

test('thrown away only when asked twice', async () => {
	const page = await context.newPage();
	await visit(page);
	await context.setOffline(true);
	await log(page, '3');
	await page.locator('[data-list] summary').click();
	await page.locator('[data-drop]').click();
	await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	await poll(() => page.locator('[data-outbox]').isVisible()).toBe(false);
});

test('records that the browser threw out are missed, until their owner has read it', async () => {
	const page = await context.newPage();
	await visit(page);
	await context.setOffline(true);
	await log(page, '3');
	const cdp = await context.newCDPSession(page);
	await cdp.send('Storage.clearDataForOrigin', { origin: world.baseUrl, storageTypes: 'indexeddb' });
	await context.setOffline(false);
	await page.goto('/quy');
	await poll(() => page.locator('[data-outbox]').textContent()).toBe('Trình duyệt đã xoá 1 lượt chờ gửi');
	await page.locator('[data-outbox]').click();
	await page.locator('[data-lost-note] button').click();
	// It is written down before the reader goes on.
	await page.locator('[data-lost-note]').waitFor({ state: 'hidden' });
	await page.goto('/quy');
	await poll(() => page.locator('[data-outbox]').isVisible()).toBe(false);
});

test('a phone whose clock is three days wrong writes today', async () => {
	const page = await context.newPage();
	await visit(page);
	await context.setOffline(true);
	for (const days of [3, -3]) {
		await page.clock.setFixedTime(Date.now() + days * 86_400_000);
		await log(page, days > 0 ? '6' : '8');
	}
	const before = await countRows();
	await context.setOffline(false);
	// The one written while the clock was ahead is refused: by that clock it is six days old and lies in the future.
	await poll(countRows).toBeGreaterThanOrEqual(before + 1);
	const last = await world.db
		.selectFrom('dropOff')
		.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
		.select('happenedAt')
		.where('declaredWeightGrams', '=', 8000)
		.executeTakeFirstOrThrow();
	expect(Math.abs(last.happenedAt - Date.now())).toBeLessThan(120_000);
});

test('of two tabs that send at once, each record arrives once', async () => {
	const before = await countRows();
	const first = await context.newPage();
	await visit(first);
	await context.setOffline(true);
	for (const quantity of ['1', '2']) await log(first, quantity);
	const second = await context.newPage();
	await second.goto('/cho-gui');
	// Each tab sends by itself as soon as there is a network.
	await context.setOffline(false);
	for (const page of [first, second]) await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	expect(await countRows()).toBe(before + 2);
});

test('the phone keeps no page of somebody who is signed in, and says the age of those it has', async () => {
	const page = await context.newPage();
	await visit(page);
	await context.setOffline(true);
	await page.goto('/');
	await page.locator('[data-kept-note]').waitFor();
	expect(await page.locator('[data-kept-note]').textContent()).toMatch(
		/^Mạng chậm hoặc không có mạng\. Đây là bản đã lưu lúc /,
	);
	await page.goto('/cua-toi');
	expect(await page.locator('h1').textContent()).toBe('Không có mạng');
	await context.setOffline(false);
	const { steward } = world.people;
	await signInAs(page, world.baseUrl, steward);
	await page.goto('/cua-toi');
	await page.goto(`/ngoi-nha-xanh/${world.house.code}`);
	const kept = await page.evaluate(async () => {
		const cache = await caches.open('trang-1');
		const texts = await Promise.all(
			(await cache.keys()).map(async (key) => [
				new URL(key.url).pathname,
				await (await cache.match(key))!.text(),
			]),
		);
		return texts as [string, string][];
	});
	expect(kept.map(([where]) => where)).not.toContain('/cua-toi');
	for (const [, text] of kept) expect(text).not.toContain(steward.actor.displayName);
});

test('a browser that keeps nothing sends the plain form', async () => {
	const before = await countRows();
	await context.addInitScript(() => {
		IDBFactory.prototype.open = () => {
			throw new DOMException('no', 'SecurityError');
		};
	});
	const page = await context.newPage();
	await page.goto(`/ghi-nhan?diem=${world.house.code}`);
	await page.locator('[data-key="4"]').click();
	await page.locator('[data-send]').click();
	await page.waitForURL('**/ghi-nhan/xong?*');
	expect(await countRows()).toBe(before + 1);
});

test('in Zalo’s window it says where entries live, and leads to the browser with the alias', async () => {
	await context.close();
	context = await start({
		userAgent: 'Mozilla/5.0 (Linux; Android 13; wv) Chrome/120 Mobile Zalo android/23.1',
	});
	const page = await context.newPage();
	await page.goto(`/ghi-nhan?diem=${world.house.code}`);
	await page.locator('[data-key="4"]').click();
	await page.locator('[data-send]').click();
	await page.waitForURL('**/ghi-nhan/xong?*');
	await page.goto('/cho-gui');
	await page.locator('[data-in-app] button').click();
	await page.locator('[data-open-browser]').waitFor();
	const href = await page.locator('[data-open-browser]').getAttribute('href');
	expect(href).toMatch(/^intent:\/\/localhost:\d+\/chuyen-may\?ma=[\w-]+#Intent;scheme=http;end$/);
});
