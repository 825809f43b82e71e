// Standing at a house with a phone: its position from several readings, without a network too, and under no other account.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchPhone, phone } from '../support/browser.ts';
import { fieldErrorOf, makeClient, signInClient, type Client } from '../support/http.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

/** Words under the name of a picture. */
const NO_PHOTO = Buffer.from('không phải ảnh');

let world: ServedWorld;
let folder: string;
let context: BrowserContext;
let page: Page;
let survey: string;
// A phone has patience.
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });
const HERE = { latitude: 21.8461, longitude: 106.7622, accuracy: 8 };

beforeAll(async () => {
	world = await startWorld();
	survey = `/cua-toi/nha/${world.house.code}/khao-sat`;
});
afterAll(() => world.stop());
beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'portal-phone-'));
	context = await launchPhone(folder, {
		...{ baseURL: world.baseUrl, viewport: phone, isMobile: true, hasTouch: true },
		...{ geolocation: HERE, permissions: ['geolocation'] },
	});
	page = await context.newPage();
	await world.db.deleteFrom('rateLimit').execute();
});
afterEach(async () => {
	await context.close();
	rmSync(folder, { recursive: true, force: true });
});

const countSurveys = async () => (await world.db.selectFrom('houseChange').select('id').execute()).length;
const position = () =>
	world.db
		.selectFrom('greenHouse')
		.select(['latitude', 'longitude', 'accuracyM', 'positionSource'])
		.where('code', '=', world.house.code)
		.executeTakeFirstOrThrow();
const send = () => page.click('form[data-survey] .btn:not(.alt)');
const waiting = () => page.locator('[data-list] > li');

/** A device that reads its place again and again; the browser's own stand-in reads it once. */
const readOften = (readings: { latitude: number; longitude: number; accuracy: number }[]) => {
	navigator.geolocation.watchPosition = (found) => {
		for (const coords of readings) found({ coords, timestamp: Date.now() } as GeolocationPosition);
		return 1;
	};
};

test('several readings are shown and averaged, and the position becomes a surveyed one', async () => {
	await world.db
		.updateTable('greenHouse')
		.set({ positionSource: 'approximate' })
		.where('code', '=', world.house.code)
		.execute();
	await signInAs(page, world.baseUrl, world.people.steward);
	await page.addInitScript(readOften, [HERE, { ...HERE, latitude: 21.8462, accuracy: 16 }]);
	await page.goto(survey);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.click('[data-take]');
	// What takes them is fetched at the first press.
	await page.locator('[data-fixes] li').nth(1).waitFor();
	expect(await page.locator('[data-fixes] li').allTextContents()).toEqual([
		'Lần 1: lệch tối đa 8 m',
		'Lần 2: lệch tối đa 16 m',
	]);
	await page.click('[data-take]');
	expect(await page.textContent('[data-average]')).toMatch(/Trung bình 2\/2 lần đo/);
	expect(Number(await page.inputValue('[name=latitude]'))).toBeCloseTo(21.84612, 5);
	await send();
	await page.waitForURL(/xong=1/);
	expect(await page.textContent('[role=status]')).toContain('vị trí đã khảo sát');
	expect(await position()).toMatchObject({ positionSource: 'surveyed', accuracyM: 10 });
	await page.goto(`/ngoi-nha-xanh/${world.house.code}`);
	expect(await page.textContent('.changes')).toContain('Khảo sát tại chỗ');
});

test('whoever may not be located is told, and types', async () => {
	await context.clearPermissions();
	await signInAs(page, world.baseUrl, world.people.steward);
	await page.goto(survey);
	await page.click('[data-take]');
	await poll(() => page.textContent('[data-average]')).toMatch(/cài đặt|định vị|gõ toạ độ/);
});

test('without JavaScript a point outside the ward is asked about, and what was typed is kept', async () => {
	const client = await signInClient(world.baseUrl, world.people.steward);
	const fields = {
		...{ id: crypto.randomUUID(), house: world.house.code, statedAt: new Date().toISOString() },
		...{ latitude: '21,9', longitude: '106,75', accuracy: '', neighbourhood: 'Khối 6', hours: '' },
		materials: 'mixed_paper',
	};
	const before = await digest(world.db, ['session']);
	const refused = await client.post(`${survey}?_action=greenHouses.survey`, fields);
	expect(refused.status).toBe(422);
	const html = await refused.text();
	expect(fieldErrorOf(html, 'farConfirmed')).toMatch(/nằm ngoài/);
	expect(html).toContain('value="21,9"');
	const outside = await client.post(`${survey}?_action=greenHouses.survey`, { ...fields, latitude: '21,03' });
	expect(fieldErrorOf(await outside.text(), 'latitude')).toMatch(/ngoài bốn phường/);
	expect(await digest(world.db, ['session'])).toEqual(before);
	const done = await client.post(`${survey}?_action=greenHouses.survey`, { ...fields, farConfirmed: '1' });
	expect(done.status).toBe(303);
});

test('without a network it waits, for its own account alone, and is sent once', async () => {
	const before = await countSurveys();
	await signInAs(page, world.baseUrl, world.people.steward);
	await page.goto(survey);
	// The form for the time without a network is kept by now, and before it the page where things wait.
	await poll(() =>
		page.evaluate(async () => (await caches.match('/khao-sat/khong-mang')) !== undefined),
	).toBe(true);
	await context.setOffline(true);
	await page.goto(survey);
	expect(await page.locator('[data-houses]').inputValue()).toBe(world.house.code);
	await page.fill('[name=latitude]', '21,8463');
	await page.fill('[name=longitude]', '106,7622');
	await page.setInputFiles('[name=photo]', { name: 'ghi-chu.jpg', mimeType: 'image/jpeg', buffer: NO_PHOTO });
	await send();
	await poll(() => page.textContent('[data-alert]')).toMatch(/không đọc được/);
	const picture = sharp({ create: { width: 2000, height: 1500, channels: 3, background: '#4a7' } });
	const buffer = await picture.jpeg().toBuffer();
	await page.setInputFiles('[name=photo]', { name: 'nha.jpg', mimeType: 'image/jpeg', buffer });
	await send();
	await page.waitForURL('**/cho-gui');
	await expect.poll(() => waiting().count()).toBe(1);
	expect(await page.textContent('[data-text]')).toContain('21,8463');

	// Signed out meanwhile: it goes on waiting and says for what.
	const session = (await context.cookies()).find(({ name }) => name === 'phien')!;
	await context.clearCookies({ name: 'phien' });
	await context.setOffline(false);
	await page.goto('/cho-gui');
	await page.locator('[data-waits-for]:not([hidden])').waitFor();
	expect(await page.textContent('[data-waits-for]')).toMatch(/đăng nhập lại bằng tài khoản đã đo/);

	// Another account does not send it either.
	await signInAs(page, world.baseUrl, world.people['ward officer']);
	await page.goto('/cho-gui');
	await poll(() => page.textContent('[data-waits-for]')).toMatch(/tài khoản khác/);
	expect(await countSurveys()).toBe(before);

	await context.clearCookies({ name: 'phien' });
	await context.addCookies([session]);
	await page.goto('/cho-gui');
	await poll(() => waiting().count()).toBe(0);
	expect(await countSurveys()).toBe(before + 1);
	expect(await position()).toMatchObject({ latitude: 21.8463, positionSource: 'surveyed' });
	// Its photo came with it, made small on the phone, and waits for the ward to look at it.
	const photo = await world.db
		.selectFrom('houseChange')
		.innerJoin('photo', 'photo.id', 'houseChange.photoId')
		.select(['photo.status', 'photo.width'])
		.orderBy('houseChange.recordedAt', 'desc')
		.executeTakeFirst();
	expect(photo).toEqual({ status: 'private', width: 1280 });
});

test('a survey with a photo that is none, or without its survey, writes nothing', async () => {
	const client = await signInClient(world.baseUrl, world.people.steward);
	const one = {
		...{ id: crypto.randomUUID(), account: world.people.steward.actor.personId, hours: '' },
		...{ green_house_code: world.house.code, surveyed_at: new Date().toISOString(), far_confirmed: false },
		...{ latitude: '21.8461', longitude: '106.7622', accuracy: '7', neighbourhood: '', materials: ['can'] },
	};
	const post = async (survey: string, sender: Client = client) => {
		const body = new FormData();
		body.set('sent_at', new Date().toISOString());
		body.set('survey', survey);
		body.set('photo', new Blob([NO_PHOTO]), 'x.jpg');
		const response = await sender.send('/api/v1/house-surveys', { method: 'POST', body });
		expect(response.status).toBe(200);
		return (await response.json()) as { results: { id: string; status: number; error: { code: string } }[] };
	};
	const before = await digest(world.db, ['session']);
	const { results } = await post(JSON.stringify({ ...one, materials: ['mixed_paper'] }));
	expect(results).toMatchObject([{ id: one.id, status: 415, error: { code: 'photoKind' } }]);
	expect((await post('{')).results).toMatchObject([{ id: null, status: 422 }]);
	const stranger = makeClient(world.baseUrl);
	expect((await post(JSON.stringify(one), stranger)).results).toMatchObject([{ status: 401 }]);
	expect(await digest(world.db, ['session'])).toEqual(before);
});

test('the address takes no survey without its account, and names what is wrong', async () => {
	const client = await signInClient(world.baseUrl, world.people.steward);
	const { personId } = world.people.steward.actor;
	const one = {
		...{ id: crypto.randomUUID(), account: personId, green_house_code: world.house.code },
		...{ surveyed_at: new Date().toISOString(), latitude: '21.8461', longitude: '106.7622', accuracy: '7' },
		...{ neighbourhood: '', hours: '', materials: ['mixed_paper'], far_confirmed: false },
	};
	const postAs = async (sender: Client, ...items: object[]) => {
		const response = await sender.send('/api/v1/house-surveys', {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'accept-language': 'en' },
			body: JSON.stringify({ sent_at: new Date().toISOString(), house_surveys: items }),
		});
		expect(response.status).toBe(200);
		return (
			(await response.json()) as {
				results: { status: number; error?: { code: string; field?: string } }[];
			}
		).results;
	};
	const post = (...items: object[]) => postAs(client, ...items);
	const before = await digest(world.db, ['session']);
	expect(
		(
			await post(
				{ ...one, account: world.people['ward officer'].actor.personId },
				{ ...one, latitude: '106.76', longitude: '21.84' },
				{ ...one, hours: '25:00' },
				{ ...one, materials: [] },
				{ ...one, id: 'x' },
				{ id: one.id },
			)
		).map(({ status, error }) => [status, error?.field ?? error?.code]),
	).toEqual([
		[401, 'surveyOtherAccount'],
		[422, 'latitude'],
		[422, 'hours'],
		[422, 'materials'],
		[422, 'id'],
		[422, 'account'],
	]);
	expect((await postAs(makeClient(world.baseUrl), one)).map(({ error }) => error?.code)).toEqual([
		'surveySignIn',
	]);
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect((await post(one)).map(({ status }) => status)).toEqual([201]);
	expect((await post(one, { ...one, hours: '06:00-19:00' })).map(({ status }) => status)).toEqual([200, 409]);
});
