// The story of the portal, as a newcomer walks it in a phone-sized browser.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, phone } from '../support/browser.ts';
import { readSignIns, signInAs } from '../support/sign-in.ts';

const baseUrl = inject('baseUrl');
const people = readSignIns(inject('startOutput'));

let browser: Browser;
beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
});

async function newPhone(
	options: { javaScriptEnabled?: boolean } = {},
): Promise<{ context: BrowserContext; page: Page }> {
	const context = await browser.newContext({ viewport: phone, ...options });
	return { context, page: await context.newPage() };
}

describe.each([
	{ name: 'with JavaScript', javaScriptEnabled: true, prefix: '' },
	{ name: 'without JavaScript, in English', javaScriptEnabled: false, prefix: '/en' },
])('the chain $name', ({ javaScriptEnabled, prefix }) => {
	test('a drop-off is sold, confirmed, booked and found again from the fund', async () => {
		const resident = await newPhone({ javaScriptEnabled });
		await resident.page.goto(`${baseUrl}${prefix}/ngoi-nha-xanh/MAU-001`);
		await resident.page.click(`a[href*="/ghi-nhan?diem=MAU-001"]`);
		const iron = resident.page.locator('[name=material-0][value=scrap_iron]');
		if (!(await iron.isVisible())) await resident.page.click('.tile.others');
		await iron.check({ force: true });
		if (!javaScriptEnabled) await resident.page.check('[name=unit-0][value=kg]', { force: true });
		await resident.page.fill('[name=quantity]', javaScriptEnabled ? '7,25' : '8,75');
		await resident.page.click('[data-send]');
		await resident.page.waitForURL(/\/ghi-nhan\/xong/);

		const steward = await newPhone({ javaScriptEnabled });
		await signInAs(steward.page, baseUrl, people['steward']!);
		await steward.page.goto(`${baseUrl}${prefix}/cua-toi/nha/MAU-001`);
		await steward.page.click('form[action*=closeCycle] button');
		const sale = steward.page.locator('form[data-sale]');
		await sale.locator('[name=dealer]').fill('Cô Hoa');
		const weights = sale.locator('[name^=weight-]');
		await sale.locator('[name=material-0]').selectOption('scrap_iron');
		await weights.nth(0).fill('8');
		await sale.locator('[name=price-0]').fill('7.500');
		await sale.locator('[name=cash]').fill('59.000');
		await sale.locator('[name=photoMissingReason]').fill('Máy hết pin');
		await sale.locator('button.btn').click();
		// Lines and cash differ: the sentence names both, and what was typed is still there.
		expect(await steward.page.locator('[role=alert]').textContent()).toContain(
			javaScriptEnabled ? '60.000' : '60,000',
		);
		expect(await sale.locator('[name=dealer]').inputValue()).toBe('Cô Hoa');
		await sale.locator('[name=differenceReason]').fill('Làm tròn');
		await sale.locator('button.btn').click();
		await steward.page.waitForURL(/\/cua-toi\/phieu-ban\//);
		const slip = steward.page.url();
		expect(await steward.page.locator('form[action*=confirmSale]').count()).toBe(0);

		const treasurer = await newPhone({ javaScriptEnabled });
		await signInAs(treasurer.page, baseUrl, people['treasurer']!);
		await treasurer.page.goto(slip);
		await treasurer.page.click('form[action*=confirmSale] button');
		await treasurer.page.locator('.note.good').waitFor();

		await resident.page.goto(`${baseUrl}${prefix}/quy`);
		await resident.page
			.locator('.led .row', { hasText: /[+ ]59[.,]000/ })
			.first()
			.click();
		await resident.page.waitForURL(/\/quy\/but-toan\//);
		expect(await resident.page.textContent('main')).toContain(javaScriptEnabled ? '7,25' : '8.75');
		await resident.page.goto(`${baseUrl}${prefix}/cua-toi`);
		expect(await resident.page.locator('.stages .reached').count()).toBe(3);
		for (const { context } of [resident, steward, treasurer]) await context.close();
	});

	test('a neighbour signs up for the next Green Sunday and cancels again', async () => {
		const { page, context } = await newPhone({ javaScriptEnabled });
		await page.goto(`${baseUrl}${prefix}/chu-nhat-xanh`);
		await page.locator('main section').first().locator('a[href*="/chu-nhat-xanh/"]').first().click();
		const form = page.locator('form[action*="signUp"]').first();
		await form.locator('[name=name]').fill('Lò Thị Mai');
		await form.locator('[name=isSixteen]').check();
		await form.locator('button').click();
		await page.waitForURL(/xong=/);
		await page.locator('#da-dang-ky .note.good').waitFor();
		await page.locator('#da-dang-ky form[action*=cancelSignUp] button').click();
		await page.waitForURL(/da-huy/);
		expect(await page.locator('form[action*=cancelSignUp]').count()).toBe(0);
		await context.close();
	});
});

test('a double submit, a reload and a retry leave one drop-off; the same form with another quantity is refused', async () => {
	const { page, context } = await newPhone({ javaScriptEnabled: false });
	await page.goto(`${baseUrl}/ghi-nhan?diem=MAU-003`);
	const action = (await page.locator('form.logf').getAttribute('action'))!;
	const valueOf = (selector: string) => page.locator(selector).first().inputValue();
	const form = {
		id: await valueOf('[name=id]'),
		house: 'MAU-003',
		madeAt: await valueOf('[name=madeAt]'),
		channel: 'web',
		'material-0': await valueOf('[name=material-0]:checked'),
		quantity: '2',
		'unit-0': 'kg',
		date: await valueOf('[name=date]'),
	};
	const send = (fields: Record<string, string>) =>
		context.request.post(`${baseUrl}/ghi-nhan${action}`, { form: fields, headers: { origin: baseUrl } });
	const answers = await Promise.all([send(form), send(form)]);
	for (const answer of [...answers, await send(form)]) expect(answer.url()).toContain('/ghi-nhan/xong');
	const other = await send({ ...form, quantity: '3' });
	expect(other.status()).toBe(409);
	await page.goto(`${baseUrl}/cua-toi`);
	expect(await page.locator('.mine > li').count()).toBe(1);
	expect(await page.locator('.mine').textContent()).toContain('2\u00a0kg');
	await context.close();
});

test('one more kind without JavaScript keeps what was typed', async () => {
	const { page, context } = await newPhone({ javaScriptEnabled: false });
	await page.goto(`${baseUrl}/ghi-nhan?diem=MAU-003`);
	await page.fill('[name=quantity]', '2,5');
	await page.check('[name=unit-0][value=kg]', { force: true });
	await page.click('button[name=dong]');
	await page.waitForURL(/dong=2/);
	expect(await page.locator('[name=quantity]').first().inputValue()).toBe('2,5');
	await page.locator('[name=material-1]').nth(1).check({ force: true });
	await page.locator('[name=quantity]').nth(1).fill('4');
	await page.check('[name=unit-1][value=piece]', { force: true });
	await page.click('[data-send]');
	await page.waitForURL(/\/ghi-nhan\/xong/);
	await page.goto(`${baseUrl}/cua-toi`);
	expect(await page.locator('.mine > li').count()).toBe(1);
	expect(await page.locator('.mine').textContent()).toMatch(/2,5\u00a0kg.*4\u00a0cái/s);
	await context.close();
});

test('two kinds are collected with the number pad and sent at once', async () => {
	const { page, context } = await newPhone();
	await page.goto(`${baseUrl}/ghi-nhan?diem=MAU-003`);
	const kg = page.locator('.unit label').first();
	await kg.click();
	for (const key of ['1', ',', '5', 'add']) await page.click(`[data-key="${key}"]`);
	await page.locator('.tile').nth(1).click();
	await kg.click();
	for (const key of ['2', '½']) await page.click(`[data-key="${key}"]`);
	expect(await page.textContent('[data-send]')).toContain('2');
	await page.click('[data-send]');
	await page.waitForURL(/\/ghi-nhan\/xong/);
	await page.goto(`${baseUrl}/cua-toi`);
	expect(await page.locator('.mine > li').count()).toBe(1);
	const text = await page.locator('.mine').textContent();
	expect(text).toContain('1,5\u00a0kg');
	expect(text).toContain('2,5\u00a0kg');
	await context.close();
});

test('a wrong quantity is explained beside what was typed, and nothing is recorded', async () => {
	const { page, context } = await newPhone({ javaScriptEnabled: false });
	await page.goto(`${baseUrl}/ghi-nhan?diem=MAU-003`);
	await page.fill('[name=quantity]', '1.500');
	await page.check('[name=unit-0][value=kg]', { force: true });
	const [response] = await Promise.all([
		page.waitForResponse((each) => each.request().method() === 'POST'),
		page.click('[data-send]'),
	]);
	expect(response.status()).toBe(422);
	expect(await page.locator('[role=alert]').textContent()).toContain('1,5 kg');
	expect(await page.inputValue('[name=quantity]')).toBe('1.500');
	await page.goto(`${baseUrl}/cua-toi`);
	expect(await page.locator('.mine > li').count()).toBe(0);
	await context.close();
});
