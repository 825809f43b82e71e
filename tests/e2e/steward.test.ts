// The steward's page of a house: what is being sold, how it is sold, and which state it is in.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { returnScrapSale } from '#features/collections/scrap-sale.service.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { reportHouseState } from '#features/green-houses/green-house.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { DAY } from '../support/fixtures.ts';
import { signInClient } from '../support/http.ts';
import { arrive, axeErrors } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let page: Page;
let path: string;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	path = `/cua-toi/nha/${world.house.code}`;
	const now = Date.now();
	const line = { material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 3500 };
	const cans = { material: 'aluminium_can', unit: 'piece' as const, quantityMilli: 40_000 };
	const { closedAt, greenHouseId } = await world.db
		.selectFrom('collectionCycle')
		.select(['closedAt', 'greenHouseId'])
		.where('id', '=', world.unsoldCycleId)
		.executeTakeFirstOrThrow();
	// The world closes both cycles in one moment; here the second one takes a day, and goods.
	await world.db
		.updateTable('collectionCycle')
		.set({ closedAt: closedAt! - DAY })
		.where('greenHouseId', '=', greenHouseId)
		.where('number', '=', 1)
		.execute();
	await world.db
		.updateTable('collectionCycle')
		.set({ openedAt: closedAt! - DAY })
		.where('id', '=', world.unsoldCycleId)
		.execute();
	await recordDropOff(
		world.db,
		{ kind: 'device', secret: 's'.repeat(43) },
		{
			...{ id: uuidv7(now), greenHouseCode: world.house.code, channel: 'web' },
			...{ happenedAt: closedAt! - 1000, lines: [line, cans] },
		},
		now,
	);
	await reportHouseState(
		world.db,
		world.people.steward.actor,
		{ greenHouseCode: world.house.code, fill: 'half', condition: 'usable' },
		now,
	);
	page = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(page, world.baseUrl, world.people.steward);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

test('the sale form shows what was declared in the cycle that is sold', async () => {
	await page.goto(`${world.baseUrl}${path}`);
	const cells = await page
		.locator('#ban .declared tr')
		.evaluateAll((rows) =>
			(rows as HTMLTableRowElement[]).map((row) => [...row.cells].map((cell) => cell.textContent.trim())),
		);
	expect(cells).toEqual([
		['Vật liệu', 'Đã khai', 'Ước tính'],
		['Giấy vụn', '3,5\u00a0kg', '3,5\u00a0kg'],
		['Lon nhôm', '40\u00a0cái', '0,5\u00a0kg'],
		['Cộng, ước tính', '4\u00a0kg'],
	]);
	expect(await axeErrors(page)).toEqual([]);
});

test('a sale that is sent after the session ended is kept, and goes through once somebody signed in', async () => {
	await page.goto(`${world.baseUrl}${path}`);
	await page.check('[name=how][value=lump_sum]');
	await page.fill('[name=dealer]', 'Cô Hạnh');
	await page.fill('[name=cash]', '70.000');
	await page.fill('[name=photoMissingReason]', 'Máy hết pin');
	await world.db.deleteFrom('session').execute();
	const before = await digest(world.db);
	expect(await arrive(page, () => page.click('[data-sale] .btn'))).toBe(401);
	expect(await digest(world.db)).toEqual(before);
	expect(await page.textContent('.note')).toContain('vẫn còn trong trang này');
	const boxes = await page
		.locator('.acts .btn')
		.evaluateAll((links) =>
			links
				.map((each) => each.getBoundingClientRect())
				.map(({ x, y, right, bottom }) => ({ x, y, right, bottom })),
		);
	expect(boxes).toHaveLength(2);
	expect(Math.max(boxes[1]!.x - boxes[0]!.right, boxes[1]!.y - boxes[0]!.bottom)).toBeGreaterThan(7);
	expect(await axeErrors(page)).toEqual([]);
	const [tab] = await Promise.all([
		page.context().waitForEvent('page'),
		page.click('.acts a[target=_blank]'),
	]);
	await tab.fill('[name=name]', world.people.steward.phone);
	await tab.fill('[name=password]', world.people.steward.password);
	await tab.click('form .btn');
	await tab.fill('[name=code]', world.people.steward.recoveryCodes.pop()!);
	await tab.click('form:has([name=code]) .btn');
	await tab.waitForURL(`${world.baseUrl}${path}`);
	await tab.close();
	await page.reload();
	await page.waitForURL(/\/cua-toi\/phieu-ban\//);
	const sales = await world.db.selectFrom('scrapSale').select('id').where('dealer', '=', 'Cô Hạnh').execute();
	expect(sales).toHaveLength(1);
	// The next test sells this cycle again.
	const { id } = sales[0]!;
	await returnScrapSale(world.db, world.people.treasurer.actor, { saleId: id, reason: 'Thử' }, Date.now());
});

test('one sum for everything asks for no difference, and ignores one that was typed', async () => {
	await page.goto(`${world.baseUrl}${path}`);
	const difference = page.locator('[name=differenceReason]');
	await page.check('[name=how][value=goods]');
	expect(await difference.isVisible()).toBe(true);
	await page.check('[name=how][value=lump_sum]');
	expect(await difference.isVisible()).toBe(false);
	await page.check('[name=how][value=goods]');
	expect(await difference.isVisible()).toBe(true);
	const steward = await signInClient(world.baseUrl, world.people.steward);
	const id = uuidv7(Date.now());
	const sale = {
		...{ id, cycle: world.unsoldCycleId, house: world.house.code, dealer: 'Cô Hoa', soldOn: world.today },
		...{ how: 'lump_sum', 'lump-weight': '', cash: '40.000', photoMissingReason: 'Máy hết pin' },
	};
	const action = `${path}?_action=collections.recordSale`;
	const first = await steward.post(action, { ...sale, differenceReason: 'Làm tròn' });
	expect(first.headers.get('location')).toBe(`/cua-toi/phieu-ban/${id}`);
	// The same sale without the ignored words is the same content.
	expect((await steward.post(action, { ...sale, differenceReason: '' })).status).toBe(303);
	const lines = await world.db.selectFrom('scrapSaleLine').select('kind').where('saleId', '=', id).execute();
	expect(lines).toEqual([{ kind: 'lump_sum' }]);
	const slip = await (await steward.send(`/cua-toi/phieu-ban/${id}`)).text();
	expect(slip.replace(/<[^>]+>|\s+/g, ' ').replace(/ +/g, ' ')).toContain('Không có ảnh tờ cân Máy hết pin');
});

test('the state that the house is in is pressed, beside its mark, among buttons of one size', async () => {
	await page.goto(`${world.baseUrl}${path}`);
	const pressed = page.locator('[name=state][aria-pressed=true]');
	expect(await pressed.allTextContents()).toEqual([expect.stringContaining('Còn nửa chỗ')]);
	const sizes = await page
		.locator('[name=state]')
		.evaluateAll((buttons) => buttons.map((each) => Math.round(each.getBoundingClientRect().width)));
	expect(new Set(sizes).size).toBe(1);
	const [mark, words] = await Promise.all(
		['.state .mark', '.state b'].map((selector) => page.locator(selector).boundingBox()),
	);
	expect(words!.x).toBeGreaterThan(mark!.x + mark!.width);
	expect(words!.y).toBeLessThan(mark!.y + mark!.height);
	const colours = await page
		.locator('[name=state]')
		.evaluateAll((buttons) => buttons.map((each) => getComputedStyle(each).backgroundColor));
	expect(new Set(colours).size).toBe(2);
});
