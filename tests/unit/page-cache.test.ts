import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { createPageCache } from '#lib/page-cache.ts';

function openCache(mostBytes?: number) {
	const data = { version: '1' };
	const pages = createPageCache(() => data.version, mostBytes);
	const keep = (key: string, text: string, changesAt = Infinity, version = data.version) =>
		pages.keep(key, { version, changesAt, headers: [['x-page', key]], body: Buffer.from(text) });
	return { data, pages, keep };
}

test('a page is kept for its address, with its headers and a tag of its bytes', async () => {
	const { pages, keep } = openCache();
	expect(await pages.find('/', 0)).toBeUndefined();
	await keep('/', 'Trang chủ');
	const page = await pages.find('/', 0);
	expect(page!.headers).toEqual([
		['x-page', '/'],
		['etag', page!.etag],
	]);
	expect(await pages.find('/?loc=giay', 0)).toBeUndefined();
	await keep('/en', 'Home');
	expect((await pages.find('/en', 0))!.etag).not.toBe(page!.etag);
});

test('its bytes come as they were, and compressed', async () => {
	const { pages, keep } = openCache();
	await keep('/', 'Lạng Sơn');
	const page = (await pages.find('/', 0))!;
	expect((await page.bytes('identity')).toString()).toBe('Lạng Sơn');
	expect(gunzipSync(await page.bytes('gzip')).toString()).toBe('Lạng Sơn');
	expect(brotliDecompressSync(await page.bytes('br')).toString()).toBe('Lạng Sơn');
	expect(await page.bytes('br')).toBe(await page.bytes('br'));
});

test('a write drops every page', async () => {
	const { data, pages, keep } = openCache();
	await keep('/', 'a');
	await keep('/quy', 'b');
	data.version = '2';
	expect(await pages.find('/', 0)).toBeUndefined();
	data.version = '1';
	expect(await pages.find('/quy', 0)).toBeUndefined();
});

test('what was read before a write is not kept after it', async () => {
	const { data, pages, keep } = openCache();
	const { version } = data;
	data.version = '2';
	await keep('/', 'read before', Infinity, version);
	expect(await pages.find('/', 0)).toBeUndefined();
});

test('after a write one makes the page, and those who come meanwhile wait for it', async () => {
	const { data, pages, keep } = openCache();
	await keep('/', 'old');
	data.version = '2';
	expect(await pages.find('/', 0)).toBeUndefined();
	const waiting = Promise.all([pages.find('/', 0), pages.find('/', 0)]);
	// An address that nothing was kept for keeps nobody waiting.
	expect(await pages.find('/ghi-nhan', 0)).toBeUndefined();
	expect(await pages.find('/ghi-nhan', 0)).toBeUndefined();
	const page = await keep('/', 'new');
	expect((await waiting).map((each) => each?.etag)).toEqual([page.etag, page.etag]);
});

test('who waits makes the page when the first could not', async () => {
	const { data, pages, keep } = openCache();
	await keep('/', 'old');
	data.version = '2';
	expect(await pages.find('/', 0)).toBeUndefined();
	const waiting = pages.find('/', 0);
	pages.giveUp('/');
	expect(await waiting).toBeUndefined();
});

test('nobody waits for long for whoever neither makes the page nor goes away', async () => {
	vi.useFakeTimers();
	const { data, pages, keep } = openCache();
	await keep('/', 'old');
	data.version = '2';
	expect(await pages.find('/', 0)).toBeUndefined();
	const waiting = pages.find('/', 0);
	await vi.advanceTimersByTimeAsync(5000);
	expect(await waiting).toBeUndefined();
	vi.useRealTimers();
});

test('a page goes at the moment at which it changes by itself', async () => {
	const { pages, keep } = openCache();
	await keep('/', 'a', 1000);
	expect(await pages.find('/', 999)).toBeDefined();
	expect(await pages.find('/', 1000)).toBeUndefined();
	// One makes it, as after a write.
	const waiting = pages.find('/', 1000);
	const page = await keep('/', 'b', 2000);
	expect((await waiting)?.etag).toBe(page.etag);
});

test('who asks for addresses that nobody else asks for pushes out no page that is read', async () => {
	const { pages, keep } = openCache(10);
	await keep('/', '12345');
	await keep('/?1', '12345');
	expect(await pages.find('/', 0)).toBeDefined();
	await keep('/?2', '12345');
	expect(await pages.find('/', 0)).toBeDefined();
	expect(await pages.find('/?1', 0)).toBeUndefined();
});

test('an address that is longer than any link is not kept', async () => {
	const { pages, keep } = openCache();
	const key = `/?${'x'.repeat(1000)}`;
	await keep(key, 'a');
	expect(await pages.find(key, 0)).toBeUndefined();
});

test('addresses without end take no more memory than is theirs: the oldest pages go', async () => {
	const { pages, keep } = openCache(10);
	await keep('/1', '12345');
	await keep('/2', '12345');
	await keep('/1', '12345');
	await keep('/3', '12345');
	expect(await pages.find('/2', 0)).toBeUndefined();
	expect(await pages.find('/1', 0)).toBeDefined();
	await keep('/4', 'longer than all of it');
	expect(await pages.find('/4', 0)).toBeUndefined();
});
