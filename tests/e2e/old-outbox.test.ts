// What an older version of the portal left on a phone, or a newer one that was taken back: read, sent, and never dropped.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchPhone, phone } from '../support/browser.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';

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
	context = await start(world.baseUrl);
	await world.db.deleteFrom('rateLimit').execute();
});
afterEach(async () => {
	await context.close();
	rmSync(folder, { recursive: true, force: true });
});

const start = (baseURL: string) =>
	launchPhone(folder, { baseURL, viewport: phone, isMobile: true, hasTouch: true });

const count = async (table: 'dropOff' | 'houseStateReport' | 'problemReport') =>
	(await world.db.selectFrom(table).select('id').execute()).length;
const waiting = (page: Page) => page.locator('[data-list] > li');

/** Leaves a store of some version on the phone, before any page of the portal has run there. */
async function leave(page: Page, version: number, items: object[]): Promise<void> {
	await page.goto('/healthz');
	await page.evaluate(
		([number, values]) =>
			new Promise<void>((resolve, reject) => {
				const asked = indexedDB.open('nha-xanh', number);
				asked.onupgradeneeded = () => {
					asked.result.createObjectStore('outbox', { keyPath: 'id' });
					asked.result.createObjectStore('made').put(1, 'at');
					// What only the newer one has.
					if (number > 1) asked.result.createObjectStore('more');
				};
				asked.onerror = () => reject(new Error(String(asked.error)));
				asked.onsuccess = () => {
					const trx = asked.result.transaction('outbox', 'readwrite');
					for (const value of values) trx.objectStore('outbox').put(value);
					trx.oncomplete = () => {
						asked.result.close();
						resolve();
					};
				};
			}),
		[version, items] as const,
	);
}

/** Records as the first version of the outbox wrote them. */
function firstItems(code: string) {
	const [drop, state, problem] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
	const [at, base] = [new Date().toISOString(), { language: 'vi', correctPath: '/ghi-nhan', madeAt: 1 }];
	const seen = { green_house_code: code, seen_at: at };
	const lines = [{ material: 'mixed_paper', quantity: '2,5', unit: 'kg' }];
	return [
		{
			...{ ...base, id: drop, kind: 'drop-off', text: '2,5 kg giấy' },
			body: { id: drop, green_house_code: code, happened_at: at, channel: 'web', lines },
		},
		{
			...{ ...base, id: state, kind: 'house-state', text: 'Đầy' },
			body: { id: state, ...seen, state: 'full' },
		},
		{
			...{ ...base, id: problem, kind: 'problem', text: 'Rác' },
			body: { id: problem, ...seen, kind: 'rubbish', text: 'Túi rác' },
		},
	];
}

test.each([1, 2])('records in a store of version %i are sent, once each', async (version) => {
	const before = [await count('dropOff'), await count('houseStateReport'), await count('problemReport')];
	const page = await context.newPage();
	await leave(page, version, firstItems(world.house.code));
	await page.goto('/quy');
	const now = async () => [
		await count('dropOff'),
		await count('houseStateReport'),
		await count('problemReport'),
	];
	await poll(now).toEqual(before.map((each) => each + 1));
	await page.goto('/cho-gui');
	await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	// And a new one still goes by way of this store.
	await page.goto(`/ghi-nhan?diem=${world.house.code}`);
	await page.locator('[data-key="7"]').click();
	await page.locator('[data-send]').click();
	await page.waitForURL('**/ghi-nhan/xong?*');
	expect(await count('dropOff')).toBe(before[0]! + 2);
});

test('a record of a kind that this version does not know is kept, shown as text, copied, and never dropped', async () => {
	const before = await count('dropOff');
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	const page = await context.newPage();
	const [known] = firstItems(world.house.code);
	const foreign = {
		...{ id: 'x', kind: 'toString', body: { a: [1, { b: 2 }] }, language: 'vi', madeAt: 2 },
		...{ text: 'Phiếu của bản sau: <b>15</b> lon', correctPath: '/trang-moi', later: { deep: true } },
	};
	await leave(page, 1, [known!, foreign]);
	for (const _again of [1, 2]) {
		await page.goto('/cho-gui');
		await poll(() => count('dropOff')).toBe(before + 1);
		await poll(() => waiting(page).count()).toBe(1);
		expect(await page.locator('[data-list] [data-text]').textContent()).toBe(foreign.text);
		expect(await page.locator('[data-foreign]:visible').count()).toBe(1);
		expect(await page.locator('[data-refusal]').isVisible()).toBe(false);
		await page.locator('[data-send]').click();
	}
	await page.locator('[data-copy]').click();
	await poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(foreign.text);
	const kept = await page.evaluate(
		() =>
			new Promise((resolve) => {
				const asked = indexedDB.open('nha-xanh');
				asked.onsuccess = () => {
					const got = asked.result.transaction('outbox').objectStore('outbox').get('x');
					got.onsuccess = () => resolve(got.result);
				};
			}),
	);
	// As it was written, to the last field: a page that knows it will send it.
	expect(kept).toEqual(foreign);
});

/** The portal with a service worker that can be an older one. */
function startProxy(target: string, isOld: () => boolean): Promise<Server> {
	const serveWorker = async (outgoing: ServerResponse) => {
		const text = await (await fetch(`${target}/sw.js`)).text();
		outgoing.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-cache' });
		outgoing.end(isOld() ? `self.isOld=true;${text}` : text);
	};
	const server = createServer((incoming, outgoing) => {
		if (incoming.url === '/sw.js') return void serveWorker(outgoing);
		const headers = { ...incoming.headers, host: new URL(target).host };
		if (headers.origin) headers.origin = target;
		const passed = request(target + incoming.url, { method: incoming.method, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
			answer.pipe(outgoing);
		});
		// A page that is left hangs up.
		passed.on('error', () => outgoing.destroy());
		incoming.pipe(passed);
	});
	return new Promise((resolve) => server.listen(0, 'localhost', () => resolve(server)));
}

test('a service worker of an older version is replaced under a half-filled form, which loses nothing', async () => {
	let isOld = true;
	const proxy = await startProxy(world.baseUrl, () => isOld);
	try {
		await context.close();
		context = await start(`http://localhost:${(proxy.address() as AddressInfo).port}`);
		const page = await context.newPage();
		await page.goto('/');
		await poll(() =>
			page.evaluate(async () => (await (await caches.open('trang-1')).keys()).length),
		).toBeGreaterThanOrEqual(5);
		await page.goto(`/ghi-nhan?diem=${world.house.code}`);
		await page.locator('[data-key="6"]').click();
		await page.locator('[data-key="add"]').click();
		await page.locator('[data-key="8"]').click();
		await page.evaluate(() => {
			const watched = window as unknown as { replaced?: boolean };
			navigator.serviceWorker.addEventListener('controllerchange', () => (watched.replaced = true));
		});
		isOld = false;
		await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
		await poll(() => page.evaluate(() => 'replaced' in window)).toBe(true);
		// The page is the same one, with what was typed.
		expect(await page.locator('input[name=quantity]').first().inputValue()).toBe('8');
		expect(await page.locator('[data-basket] li').count()).toBe(1);
		await context.setOffline(true);
		await page.locator('[data-send]').click();
		await page.waitForURL('**/cho-gui');
		await poll(() => waiting(page).count()).toBe(1);
		expect(await waiting(page).textContent()).toMatch(/8 kg .*, 6 kg |6 kg .*, 8 kg /);
	} finally {
		proxy.closeAllConnections();
		proxy.close();
	}
});
