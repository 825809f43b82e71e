// The class sheet as the school lead's browser shows it: every bad cell, and a day that stands already.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, toLocalDate } from '#lib/time.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { signInClient } from '../support/http.ts';
import { axeErrors } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest, SEQUENCED } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const openSheet = async (javaScriptEnabled = true): Promise<Page> => {
	const page = await (await browser.newContext({ viewport: phone, javaScriptEnabled })).newPage();
	await signInAs(page, world.baseUrl, world.people['school lead']);
	await page.goto(`${world.baseUrl}/cua-toi/truong`);
	return page;
};
const cell = (material: string, unit: string) => `[name="cell:${world.classId}:${material}:${unit}"]`;
const send = (page: Page) => page.click('[data-class-sheet] .btn');

test.each([true, false])(
	'every bad cell is marked, listed by class and material, and kept (JavaScript: %s)',
	async (javaScriptEnabled) => {
		const page = await openSheet(javaScriptEnabled);
		const before = await digest(world.db, ['session', ...SEQUENCED]);
		await page.fill(cell('mixed_paper', 'kg'), '-3');
		await page.fill(cell('cardboard', 'kg'), 'Lan');
		await page.fill(cell('aluminium_can', 'piece'), '12');
		await page.fill(cell('e_waste', 'piece'), '1,5');
		await send(page);
		const alert = page.locator('[role=alert]');
		expect(await alert.locator('li').allTextContents()).toEqual([
			expect.stringMatching(/^\s*6A, giấy vụn: Số lượng phải lớn hơn 0\.\s*$/),
			expect.stringMatching(/^\s*6A, bìa carton: Số lượng phải là một con số/),
			expect.stringMatching(/^\s*6A, đồ điện tử cũ: Số cái phải là số nguyên/),
		]);
		const marked = page.locator('[aria-invalid=true]');
		expect(
			await marked.evaluateAll((cells) =>
				(cells as HTMLInputElement[]).map((each) => [
					each.value,
					document
						.getElementById(each.getAttribute('aria-describedby') ?? '')
						?.textContent.trim()
						.slice(0, 8),
				]),
			),
		).toEqual([
			['-3', '6A, giấy'],
			['Lan', '6A, bìa '],
			['1,5', '6A, đồ đ'],
		]);
		expect(await page.inputValue(cell('aluminium_can', 'piece'))).toBe('12');
		expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toContain('mixed_paper');
		expect(await digest(world.db, ['session', ...SEQUENCED])).toEqual(before);
		if (javaScriptEnabled) expect(await axeErrors(page)).toEqual([]);
		await page.context().close();
	},
);

test('a date that has not come is refused beside the date', async () => {
	const page = await openSheet(false);
	await page.fill(cell('mixed_paper', 'kg'), '3');
	await page.locator('[name=collectedOn]').evaluate((input) => input.removeAttribute('max'));
	await page.fill('[name=collectedOn]', '2099-01-01');
	await send(page);
	expect(await page.locator('#collectedOn-error').textContent()).toContain('chưa tới');
	expect(await page.getAttribute('[name=collectedOn]', 'aria-describedby')).toBe('collectedOn-error');
	expect(await page.locator('[role=alert]').count()).toBe(1);
	await page.context().close();
});

test('a day that stands already is asked about, and then comes on top', async () => {
	const page = await openSheet(false);
	await page.fill(cell('mixed_paper', 'kg'), '3');
	await send(page);
	expect(await page.locator('[role=status]').textContent()).toMatch(/1 lớp: 3\u00a0kg giấy vụn\./);
	await page.fill(cell('mixed_paper', 'kg'), '2,5');
	expect(await page.locator('[name=isExtra]').count()).toBe(0);
	const before = await digest(world.db, ['session', ...SEQUENCED]);
	const [answer] = await Promise.all([
		page.waitForResponse((response) => response.request().method() === 'POST'),
		send(page),
	]);
	expect(answer.status()).toBe(409);
	expect(await digest(world.db, ['session', ...SEQUENCED])).toEqual(before);
	expect(await page.locator('[role=alert]').textContent()).toContain(
		'Ngày này đã ghi 6A: 3\u00a0kg giấy vụn.',
	);
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('2,5');
	await page.check('[name=isExtra]');
	await send(page);
	expect(await page.locator('[role=status]').textContent()).toMatch(/1 lớp: 2,5\u00a0kg giấy vụn\./);
	expect(await page.locator('[name=isExtra]').count()).toBe(0);
	await page.context().close();
});

test.each([true, false])('a day waits until it is approved (JavaScript: %s)', async (javaScriptEnabled) => {
	const page = await openSheet(javaScriptEnabled);
	const dropOffs = async () => {
		const { n } = await world.db
			.selectFrom('dropOff')
			.select(({ fn }) => fn.countAll().as('n'))
			.where('greenHouseId', '=', world.schoolHouse.id)
			.executeTakeFirstOrThrow();
		return Number(n);
	};
	const before = await dropOffs();
	await page.fill('[name=collectedOn]', addDays(toLocalDate(Date.now()), javaScriptEnabled ? -8 : -9));
	await page.fill(cell('mixed_paper', 'kg'), '320');
	await page.getByRole('button', { name: 'Ghi, duyệt sau' }).click();
	expect(await page.locator('[role=alert]').textContent()).toContain('lớn hơn thường lệ');
	await page.check('[name=isSure]');
	await page.getByRole('button', { name: 'Ghi, duyệt sau' }).click();
	expect(await page.locator('[role=status]').textContent()).toContain('Sổ chờ duyệt');
	expect(await dropOffs()).toBe(before);
	await page.locator('summary', { hasText: 'chờ duyệt' }).click();
	await page.getByRole('button', { name: 'Duyệt sổ ngày này' }).click();
	await page.waitForURL(/truong$/);
	expect(await page.locator('summary', { hasText: 'chờ duyệt' }).count()).toBe(0);
	expect(await dropOffs()).toBe(before + 1);
	await page.context().close();
});

test.each([
	['', 'Trường THCS Vĩnh Trại · Nhà ở trường · Phường Đông Kinh'],
	['/en', 'Trường THCS Vĩnh Trại · Nhà ở trường · Đông Kinh Ward'],
])('the school is named without the ward of before the merger (%s)', async (prefix, names) => {
	await world.db
		.updateTable('organisation')
		.set({ name: 'Trường THCS Vĩnh Trại, phường Vĩnh Trại' })
		.where('kind', '=', 'school')
		.execute();
	await world.db
		.updateTable('greenHouse')
		.set({ nameVi: 'Nhà ở trường, phường Vĩnh Trại' })
		.where('id', '=', world.schoolHouse.id)
		.execute();
	const lead = await signInClient(world.baseUrl, world.people['school lead']);
	const html = await (await lead.send(`${prefix}/cua-toi/truong`)).text();
	expect(html).toContain(names);
	expect(html).not.toContain('phường Vĩnh Trại');
});
