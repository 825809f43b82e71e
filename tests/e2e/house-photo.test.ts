// A photo with a drop-off or a report: only when wanted, small, kept without a network, and public only when somebody says so.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchPhone, phone } from '../support/browser.ts';
import { makeClient, signInClient } from '../support/http.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';

let world: ServedWorld;
let folder: string;
let file: string;
let context: BrowserContext;
let photo: Buffer;
// A phone has patience.
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });
const start = () =>
	launchPhone(folder, { baseURL: world.baseUrl, viewport: phone, isMobile: true, hasTouch: true });

beforeAll(async () => {
	world = await startWorld();
	const [width, height] = [3000, 2000];
	// As heavy as a phone's: noise does not compress.
	const noise = Buffer.from(Array.from({ length: 300 * 200 * 3 }, (_, n) => (n * 7919) % 251));
	photo = await sharp(noise, { raw: { width: 300, height: 200, channels: 3 } })
		.resize(width, height, { kernel: 'nearest' })
		.withExif({ IFD3: { GPSLatitude: '21/1 50/1 0/1', GPSLatitudeRef: 'N' } })
		.jpeg({ quality: 95 })
		.toBuffer();
});
afterAll(() => world.stop());
beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'portal-phone-'));
	file = path.join(folder, 'anh.jpg');
	writeFileSync(file, photo);
	context = await start();
	await world.db.deleteFrom('rateLimit').execute();
});
afterEach(async () => {
	await context.close();
	rmSync(folder, { recursive: true, force: true });
});

const countDropOffs = async () => (await world.db.selectFrom('dropOff').select('id').execute()).length;
const listPhotos = () =>
	world.db
		.selectFrom('visitorPhoto')
		.innerJoin('photo', 'photo.id', 'visitorPhoto.photoId')
		.select(['photo.id', 'dropOffId', 'problemReportId', 'width', 'height', 'status'])
		.orderBy('uploadedAt')
		.execute();
const waiting = (page: Page) => page.locator('[data-list] > li');
const choose = async (page: Page) => {
	await page.locator('.with-photo summary').click();
	await page.locator('input[name=photo]').setInputFiles(file);
};
/** The first visit, with a network: afterwards the phone has what it needs without one, the script for photos too. */
async function visit(page: Page): Promise<void> {
	await page.goto('/');
	await poll(() =>
		page.evaluate(async () => (await (await caches.open('trang-1')).keys()).length),
	).toBeGreaterThanOrEqual(6);
	const files = await page.evaluate(async () =>
		(await (await caches.open('tep-1')).keys()).map(({ url }) => url),
	);
	expect(files.some((url) => url.includes('photo-item'))).toBe(true);
}

test('a drop-off without a network keeps its photo through a reload and a restart; both arrive once', async () => {
	const before = await countDropOffs();
	let page = await context.newPage();
	await visit(page);
	await context.setOffline(true);
	await page.goto(`/n/${world.house.code}`);
	await page.locator('[data-key="4"]').click();
	expect(await page.locator('input[name=photo]').isVisible()).toBe(false);
	await choose(page);
	await page.locator('[data-send]').click();
	await page.waitForURL('**/cho-gui');
	await page.reload();
	await poll(() => waiting(page).count()).toBe(2);
	expect(await waiting(page).nth(1).textContent()).toMatch(/Ảnh kèm: .*4 kg/);
	// One act of somebody's, whatever goes with it.
	await poll(() => page.locator('[data-outbox]').textContent()).toBe('1 lượt chờ gửi');
	await context.close();
	context = await start();
	page = await context.newPage();
	await page.goto('/quy');
	await poll(async () => (await listPhotos()).length).toBe(1);
	expect(await countDropOffs()).toBe(before + 1);
	const [kept] = await listPhotos();
	// Made small on the phone: less than what the portal would have kept of the original.
	expect(kept).toMatchObject({ width: 1280, height: 853, status: 'private', problemReportId: null });
	await page.goto('/cho-gui');
	await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	expect((await page.request.get(`/anh/${kept!.id}`)).status()).toBe(404);
});

test('a photo that the portal refuses says why, and its drop-off stands', async () => {
	const before = await countDropOffs();
	const page = await context.newPage();
	await page.goto(`/ghi-nhan?diem=${world.house.code}`);
	await page.locator('[data-key="3"]').click();
	await context.route('**/api/v1/photos', (route) =>
		route.continue({ postData: (route.request().postDataBuffer() ?? Buffer.of()).subarray(0, 700) }),
	);
	await choose(page);
	await page.locator('[data-send]').click();
	await page.waitForURL('**/ghi-nhan/xong?*');
	expect(await countDropOffs()).toBe(before + 1);
	await poll(() => page.locator('[data-outbox]').textContent()).toBe('1 lượt cần sửa rồi gửi lại');
	await page.goto('/cho-gui');
	await poll(() => page.locator('[data-refusal]').isVisible()).toBe(true);
	expect(await page.locator('[data-correct]').isVisible()).toBe(false);
	await context.unroute('**/api/v1/photos');
	const photos = (await listPhotos()).length;
	await page.locator('[data-again]').click();
	await poll(() => page.locator('[data-none]').isVisible()).toBe(true);
	expect(await listPhotos()).toHaveLength(photos + 1);
});

test('what is no photo is said in the form, and nothing is sent', async () => {
	const before = await countDropOffs();
	writeFileSync(file, 'không phải ảnh');
	const page = await context.newPage();
	await page.goto(`/ghi-nhan?diem=${world.house.code}`);
	await page.locator('[data-key="3"]').click();
	await choose(page);
	await page.locator('[data-send]').click();
	await page.locator('[data-alert]:visible').waitFor();
	expect(await page.locator('[data-alert]').textContent()).toMatch(/không đọc được/);
	expect(await countDropOffs()).toBe(before);
});

test('without JavaScript it goes with the form; one that is refused leaves the record, sent twice leaves one', async () => {
	const client = makeClient(world.baseUrl);
	await client.send(`/ghi-nhan?diem=${world.house.code}`);
	const send = (body: Buffer | string, id = crypto.randomUUID()) => {
		const form = new FormData();
		const fields = {
			...{ id, house: world.house.code, madeAt: String(Date.now()), date: world.today, channel: 'web' },
			...{ 'material-0': 'mixed_paper', quantity: '2', 'unit-0': 'kg' },
		};
		for (const [name, value] of Object.entries(fields)) form.set(name, value);
		form.set('photo', new Blob([new Uint8Array(Buffer.from(body))]), 'a.jpg');
		return client.send('/ghi-nhan?_action=dropOffs.record', { method: 'POST', body: form });
	};
	const before = await countDropOffs();
	const photos = (await listPhotos()).length;
	const refused = await send('không phải ảnh');
	expect(refused.status).toBe(303);
	const next = refused.headers.get('location')!;
	expect(next).toMatch(/&anh=photoKind$/);
	expect(await (await client.send(next)).text()).toMatch(/chưa nhận được ảnh\. .*Chỉ nhận ảnh JPEG/);
	expect(await countDropOffs()).toBe(before + 1);
	expect((await send(photo)).headers.get('location')).not.toContain('anh=');
	expect(await listPhotos()).toHaveLength(photos + 1);
});

test('the address of photos refuses what is none, what is too much, and other people’s records', async () => {
	const client = makeClient(world.baseUrl);
	await client.send('/api/v1/drop-offs');
	const owner = await world.db.selectFrom('dropOff').select('id').executeTakeFirstOrThrow();
	const send = async (fields: Record<string, string | Blob>) => {
		const form = new FormData();
		for (const [name, value] of Object.entries(fields)) form.set(name, value);
		return client.send('/api/v1/photos', { method: 'POST', body: form });
	};
	const blob = new Blob([new Uint8Array(photo)]);
	const photos = await listPhotos();
	const resultOf = async (response: Response) =>
		((await response.json()) as { results: { id: string; status: number; error: { code: string } }[] })
			.results[0];
	const asked = { id: 'x', of: 'drop-off', record: owner.id };
	expect(await resultOf(await send({ ...asked, photo: blob }))).toMatchObject({
		...{ id: 'x', status: 404, error: { code: 'photoRecordMissing' } },
	});
	expect(await resultOf(await send({ ...asked, record: '../x', photo: blob }))).toMatchObject({
		status: 422,
	});
	expect(await resultOf(await send({ ...asked, of: 'sale', photo: blob }))).toMatchObject({ status: 422 });
	expect(await resultOf(await send(asked))).toMatchObject({ status: 422 });
	const large = await send({ ...asked, photo: new Blob([new Uint8Array(11 * 1024 * 1024)]) }).catch(
		() => undefined,
	);
	if (large) expect(large.status).toBe(413);
	const broken = { 'content-type': 'multipart/form-data; boundary=x' };
	const half = await client.send('/api/v1/photos', { method: 'POST', body: 'x', headers: broken });
	expect(half.status).toBe(400);
	expect(await listPhotos()).toEqual(photos);
});

test('a report’s photo is seen by whoever closes it, and by everybody once the ward’s officer says so', async () => {
	const page = await context.newPage();
	await page.goto(`/bao-tin?diem=${world.house.code}&viec=damage`);
	expect(await axeErrors(page)).toEqual([]);
	await choose(page);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.locator('form[data-report=problem] button.btn:not(.alt)').click();
	await page.waitForURL(/xong=viec/);
	await poll(async () => (await listPhotos()).some(({ problemReportId }) => problemReportId !== null)).toBe(
		true,
	);
	const { id } = (await listPhotos()).find(({ problemReportId }) => problemReportId !== null)!;
	const steward = await signInClient(world.baseUrl, world.people.steward);
	const work = await (await steward.send(`/cua-toi/nha/${world.house.code}/viec-bao`)).text();
	expect(work).toContain(`src="/anh/${id}?goc"`);
	const own = await steward.send(`/anh/${id}?goc`);
	expect(own.headers.get('cache-control')).toBe('private, no-store');
	expect((await sharp(Buffer.from(await own.arrayBuffer())).metadata()).exif).toBeUndefined();
	expect((await steward.send('/cua-toi/anh')).status).toBe(403);
	const refused = await steward.post('/cua-toi/anh?_action=greenHouses.decidePhoto', {
		id,
		status: 'approved',
	});
	expect(refused.status).toBe(403);

	const house = `/ngoi-nha-xanh/${world.house.code}`;
	expect(await (await makeClient(world.baseUrl).send(house)).text()).not.toContain(id);
	const officer = await signInClient(world.baseUrl, world.people['ward officer']);
	expect(await (await officer.send('/cua-toi')).text()).toMatch(/ảnh chờ xem/);
	expect(await (await officer.send('/cua-toi/anh')).text()).toContain(`src="/anh/${id}"`);
	const done = await officer.post('/cua-toi/anh?_action=greenHouses.decidePhoto', {
		...{ id, status: 'approved', form: `photo-${id}`, seenAt: '' },
	});
	expect(done.headers.get('location')).toBe('/cua-toi/anh?xong=dang');
	for (const [prefix, alt] of [
		['', 'Việc một người thấy ở ngôi nhà'],
		['/en', 'What somebody found wrong at the house'],
	] as const) {
		await page.goto(prefix + house);
		const image = page.locator('.photos img');
		await image.scrollIntoViewIfNeeded();
		expect(await image.getAttribute('alt')).toBe(alt);
		expect(await image.getAttribute('loading')).toBe('lazy');
		expect([await image.getAttribute('width'), await image.getAttribute('height')]).toEqual(['480', '320']);
		await poll(() => image.evaluate((each: HTMLImageElement) => each.naturalWidth)).toBe(480);
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	}
	const small = await page.request.get(`/anh/${id}?co=vua`);
	expect((await small.body()).length).toBeLessThan(60 * 1024);
});
