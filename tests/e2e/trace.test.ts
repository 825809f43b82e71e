// Any figure is walked both ways, as pages and as open data, without an account.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { axeErrors, inEnglish, sticksOut } from '../support/pages.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { uuidv7 } from '#lib/uuid.ts';

const { baseUrl } = await startSamplePortal();
const get = (path: string, language = 'vi') =>
	fetch(baseUrl + path, { headers: { 'accept-language': language } });
let browser: Browser;
let page: Page;
beforeAll(async () => {
	browser = await launchBrowser();
	page = await (await browser.newContext({ viewport: phone, javaScriptEnabled: true })).newPage();
});
afterAll(() => browser.close());

type Row = { id: string; kind: string; source: { id: string } };
async function sampleRows() {
	const { entries } = (await (await get('/api/v1/funds/MAU-KL/entries?limit=200')).json()) as {
		entries: Row[];
	};
	return {
		sale: entries.find((entry) => entry.kind === 'scrap_sale')!,
		payment: entries.find((entry) => entry.kind === 'payment')!,
	};
}

test('a payment is walked back to houses by its page, and each of them forward again', async () => {
	const { payment } = await sampleRows();
	await page.goto(`${baseUrl}/quy/but-toan/${payment.id}`);
	await page.click('a[href*="/hanh-trinh/chi/"]');
	for (const step of ['/hanh-trinh/phieu-ban/', '/hanh-trinh/ky/']) {
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
		await page.locator(`.chain a[href*="${step}"]`).first().click();
		await page.waitForURL(new RegExp(step));
	}
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	expect(await page.locator('.chain a[href*="/quy/but-toan/"]').count()).toBeGreaterThan(0);
	await page.goto(`${baseUrl}${inEnglish(new URL(page.url()).pathname)}`);
	expect(await page.textContent('h1')).toBe('The way of one cycle');
	expect(await axeErrors(page)).toEqual([]);
});

test('the same walk is open data for any site', async () => {
	const { sale, payment } = await sampleRows();
	for (const [kind, id] of [
		['sale', sale.source.id],
		['entry', sale.id],
		['payment', payment.id],
	]) {
		const response = await get(`/api/v1/trace/${kind}/${id}`);
		expect(response.status).toBe(200);
		expect(response.headers.get('access-control-allow-origin')).toBe('*');
		const body = (await response.json()) as { kind: string; cycles: { id: string }[]; sample: boolean };
		expect(body).toMatchObject({ kind, id, sample: true });
		expect((await get(`/api/v1/trace/cycle/${body.cycles[0]!.id}`)).status).toBe(200);
	}
});

test.each([
	['drop-off', uuidv7(1)],
	['cycle', uuidv7(1)],
	['sale', 'x'],
	['entry', '%00'],
	['payment', uuidv7(1)],
	['person', uuidv7(1)],
])('an unknown %s is 404 with a sentence', async (kind, id) => {
	const response = await get(`/api/v1/trace/${kind}/${id}`, 'en');
	expect(response.status).toBe(404);
	const { error } = (await response.json()) as { error: { code: string; message: string } };
	if (id !== '%00') expect(error).toMatchObject({ code: 'unknownTrace' });
	expect(error.message.length).toBeGreaterThan(10);
	expect((await get(`/hanh-trinh/${kind}/${id}`)).status).toBe(404);
});
