// The record of a house: what is refused stands beside its field, and a closed house leads to the one that takes over.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHouse } from '../support/fixtures.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let page: Page;
let house: Awaited<ReturnType<typeof makeHouse>>;
let heir: typeof house;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	house = await makeHouse(world.db, { code: 'NNX-801', nameVi: 'Khối 1' });
	heir = await makeHouse(world.db, { code: 'NNX-802', nameVi: 'Khối 2' });
	const context = await browser.newContext({ viewport: phone, baseURL: world.baseUrl });
	page = await context.newPage();
	await signInAs(page, world.baseUrl, world.people['ward officer']);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const open = (kind: string) => page.locator(`details:has([name=form][value=${kind}]) summary`).click();
const send = (kind: string) => page.locator(`form[action*="greenHouses.${kind}"] .btn`).click();
const faults = async () => [...(await axeErrors(page)), ...(await sticksOut(page, 320))];

test('a move out of the ward is asked about beside its field, what was typed is kept, and nothing is written', async () => {
	await page.goto(`/cua-toi/nha/${house.code}/ho-so`);
	expect(await faults()).toEqual([]);
	await open('move');
	const form = page.locator('form[action*="greenHouses.move"]');
	await form.locator('[name=latitude]').fill('21,9');
	await form.locator('[name=address]').fill('12 Lê Lợi');
	expect(await faults()).toEqual([]);
	const before = await digest(world.db, ['session']);
	await send('move');
	await form.locator('[role=alert]').waitFor();
	expect(await form.locator('[role=alert]').textContent()).toMatch(/nằm ngoài phường Đông Kinh/);
	expect(await form.locator('[name=address]').inputValue()).toBe('12 Lê Lợi');
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await faults()).toEqual([]);
});

test('a house that is merged says where to go, on its page, for its code and in the form for it', async () => {
	await page.goto(`/cua-toi/nha/${house.code}/ho-so`);
	await open('merge');
	const form = page.locator('form[action*="greenHouses.merge"]');
	await form.locator('[name=successor]').selectOption(heir.code);
	await form.locator('[name=reason]').fill('Hai nhà cạnh nhau');
	await send('merge');
	await page.waitForURL(/xong=gop/);
	expect(await page.locator('.changes').textContent()).toContain('Lý do: Hai nhà cạnh nhau');
	expect(await page.locator('details.change').count()).toBe(1);
	expect(await faults()).toEqual([]);

	await page.goto(`/n/${house.code}`);
	expect(new URL(page.url()).pathname).toBe(`/ngoi-nha-xanh/${house.code}`);
	expect(await faults()).toEqual([]);
	await page.locator(`a.btn[href$="${heir.code}"]`).click();
	await page.waitForURL(`**/ngoi-nha-xanh/${heir.code}`);
	await page.goto(`/ghi-nhan?diem=${house.code}`);
	expect(await page.locator(`a.btn[href*="diem=${heir.code}"]`).count()).toBe(1);
});

test('of what the house is no longer, the refusal stands above the forms', async () => {
	await page.goto(`/cua-toi/nha/${heir.code}/ho-so`);
	await world.db.updateTable('greenHouse').set({ status: 'paused' }).where('id', '=', heir.id).execute();
	await open('pause');
	await page.locator('form[action*="greenHouses.pause"] [name=reason]').fill('Mưa');
	await send('pause');
	await page.locator('.note.err[role=alert]').waitFor();
	expect(await page.locator('.note.err').textContent()).toContain('đang tạm dừng rồi');
});
