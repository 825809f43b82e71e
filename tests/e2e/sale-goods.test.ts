// A steward sells paper, keeps the cans, and a treasurer sees a weight that differs: through the pages, on a phone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { fieldErrorOf, signInClient, type Client } from '../support/http.ts';
import { axeErrors, inEnglish, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let page: Page;
let clients: Record<'steward' | 'treasurer' | 'approver', Client>;
let path: string;
const paperId = uuidv7(Date.now());
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	path = `/cua-toi/nha/${world.house.code}`;
	const now = Date.now();
	await recordDropOff(
		world.db,
		{ kind: 'device', secret: 's'.repeat(43) },
		{
			...{ id: uuidv7(now), greenHouseCode: world.house.code, channel: 'web', happenedAt: now },
			lines: [
				{ material: 'mixed_paper', unit: 'kg', quantityMilli: 10_000 },
				{ material: 'aluminium_can', unit: 'piece', quantityMilli: 100_000 },
			],
		},
		now,
	);
	await closeCycle(world.db, world.people.steward.actor, world.openCycleId, now);
	clients = {
		steward: await signInClient(world.baseUrl, world.people.steward),
		treasurer: await signInClient(world.baseUrl, world.people.treasurer),
		approver: await signInClient(world.baseUrl, world.people.approver),
	};
	page = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(page, world.baseUrl, world.people.steward);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const form = () => ({
	...{
		id: paperId,
		cycle: world.openCycleId,
		house: world.house.code,
		soldOn: world.today,
		dealer: 'Cô Hoa',
	},
	...{ how: 'goods', 'material-0': 'mixed_paper', 'weight-0': '13', 'price-0': '3.000', cash: '39.000' },
	...{ differenceReason: '', photoMissingReason: 'Máy hết pin', keepsRest: '1' },
});
const refused = async (work: () => Promise<Response>) => {
	let response: Response | undefined;
	await expectNothingWritten(
		world.db,
		async () => {
			response = await work();
			if (response.status < 400) return;
			throw new Error(String(response.status));
		},
		['session', 'rate_limit'],
	);
	return { status: response!.status, html: await response!.text() };
};

test('the paper is sold and the cans are left', async () => {
	await page.goto(`${world.baseUrl}${path}?ky=${world.openCycleId}`);
	expect(await page.locator('[name=keepsRest]').isVisible()).toBe(true);
	expect(await axeErrors(page)).toEqual([]);
	// Which cycle a line weighs is asked only of a load of several.
	expect(await page.locator('[name=cycle-0]').isVisible()).toBe(false);
	await page.locator('[type=checkbox][name=cycle]').first().check();
	expect(await page.locator('[name=cycle-0]').isVisible()).toBe(true);
	expect(await sticksOut(page, 320)).toEqual([]);
	const post = (over: Record<string, string> = {}) =>
		clients.steward.post(`${path}?_action=collections.recordSale`, { ...form(), ...over });
	const wrong = await refused(() => post({ cash: '40.000' }));
	expect([wrong.status, fieldErrorOf(wrong.html, 'differenceReason')]).toEqual([
		422,
		expect.stringContaining('39.000'),
	]);
	expect((await refused(() => post({ photoMissingReason: '' }))).html).toContain('id="photo-error"');
	expect((await post()).status).toBe(303);
	expect((await post()).status).toBe(303);
	const other = await refused(() => post({ dealer: 'Người khác' }));
	expect(other.status).toBe(409);
	const sold = await refused(() => post({ id: uuidv7(Date.now()) }));
	expect([sold.status, sold.html.includes('Giấy vụn của kỳ này đã nằm trong một phiếu bán khác')]).toEqual([
		409,
		true,
	]);
	await page.goto(`${world.baseUrl}${path}?ky=${world.openCycleId}`);
	expect(await page.locator('#ban .declared tbody th').allTextContents()).toEqual(['Lon nhôm']);
});

test('the cans are kept for the open cycle, where they count', async () => {
	await page.goto(`${world.baseUrl}${path}?ky=${world.openCycleId}`);
	await page.click('summary:has-text("Giữ lại một ít")');
	await page.locator('form[action*=carryGoods] .btn').click();
	expect(await page.locator('#carry-error').isVisible()).toBe(true);
	expect(await axeErrors(page)).toEqual([]);
	await page.locator('[name=carry]').check();
	await page.locator('form[action*=carryGoods] .btn').click();
	await page.waitForURL(/xong=giu/);
	expect(await page.textContent('main')).toContain('Có hàng giữ lại từ kỳ 3: Lon nhôm 100');
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.goto(`${world.baseUrl}/ngoi-nha-xanh/${world.house.code}`);
	expect(await page.textContent('main')).toContain('Giữ lại sang kỳ 4: Lon nhôm 100');
});

test('a weight beyond the limit is seen and explained before it is booked, and the percent is public', async () => {
	const slip = `/cua-toi/phieu-ban/${paperId}`;
	await page.context().clearCookies();
	await signInAs(page, world.baseUrl, world.people.treasurer);
	for (const address of [slip, inEnglish(slip)]) {
		await page.goto(`${world.baseUrl}${address}`);
		expect(await page.locator('[name=varianceSeen]').isVisible()).toBe(true);
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	}
	const confirm = (over: Record<string, string>) =>
		clients.treasurer.post(`${slip}?_action=collections.confirmSale`, { id: paperId, ...over });
	const unseen = await refused(() => confirm({ varianceReason: 'Cân lại rồi' }));
	expect([unseen.status, fieldErrorOf(unseen.html, 'varianceSeen')]).toEqual([422, expect.any(String)]);
	expect(unseen.html).toContain('value="Cân lại rồi"');
	const silent = await refused(() => confirm({ varianceSeen: '1', varianceReason: ' ' }));
	expect([silent.status, fieldErrorOf(silent.html, 'varianceReason')]).toEqual([422, expect.any(String)]);
	expect((await confirm({ varianceSeen: '1', varianceReason: 'Cân lại rồi' })).status).toBe(303);
	const house = await (await fetch(`${world.baseUrl}/ngoi-nha-xanh/${world.house.code}`)).text();
	expect(house).toContain('Cân được nhiều hơn lời khai 30 %');
	expect(house).not.toContain('Cân lại rồi');
});

test('a wrong sale is reversed by an approver with a reason, and its slip leads to the one that replaces it', async () => {
	const slip = `/cua-toi/phieu-ban/${paperId}`;
	const entryId = uuidv7(Date.now());
	const reverse = (client: Client, reason: string) =>
		client.post(`${slip}?_action=collections.reverseSale`, { id: paperId, entryId, reason });
	expect((await refused(() => reverse(clients.treasurer, 'Cân nhầm'))).status).toBe(403);
	expect((await refused(() => reverse(clients.approver, ' '))).status).toBe(422);
	expect((await reverse(clients.approver, 'Cân nhầm')).status).toBe(303);
	const read = async (client: Client, address: string) => (await client.send(address)).text();
	expect(await read(clients.steward, slip)).toContain(`${path}?ky=${world.openCycleId}#ban`);
	// The form of the cycle begins with what was typed.
	const again = await read(clients.steward, `${path}?ky=${world.openCycleId}`);
	expect(again).toContain('value="Cô Hoa"');
	const id = uuidv7(Date.now());
	const next = { ...form(), id, 'weight-0': '10', cash: '30.000' };
	expect((await clients.steward.post(`${path}?_action=collections.recordSale`, next)).status).toBe(303);
	expect(await read(clients.steward, slip)).toContain(`/cua-toi/phieu-ban/${id}`);
	expect(await read(clients.steward, `/cua-toi/phieu-ban/${id}`)).toContain(slip);
});
