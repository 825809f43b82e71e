// One whole month of a fund, as its people live it on phone-sized pages: from what neighbours brought to the printed
// sheet, and a month later back from that sheet to the book.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmScrapSale } from '#features/collections/scrap-sale.service.ts';
import { payDisbursement, returnDisbursement } from '#features/fund/disbursement.service.ts';
import { monthsBefore } from '#features/fund/month-chart.ts';
import { startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { movedClock } from '../support/moved-clock.ts';
import { arrive } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';

const run = promisify(execFile);
type Who = keyof ServedWorld['people'];
const DAY = 86_400_000;
const month = toLocalDate(Date.now()).slice(0, 7);
const clock = movedClock();
let world: ServedWorld;
let browser: Browser;
let folder: string;
let houseCode: string;
let slip: Buffer;

beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'portal-month-'));
	world = await startWorld(undefined, clock.env);
	// What waits in this world already would hold the month.
	const { db, people, saleId, approvedId, requestId, today } = world;
	const [now, treasurer] = [Date.now(), people.treasurer.actor];
	await confirmScrapSale(db, treasurer, saleId, now);
	const payment = { id: approvedId, entryId: uuidv7(now), paidOn: today };
	await payDisbursement(db, treasurer, payment, now);
	await returnDisbursement(db, people.approver.actor, { id: requestId, reason: 'Đã có nơi khác giúp' }, now);
	const { scopeId } = people['another house’s steward'].actor.grants[0]!;
	const house = db.selectFrom('greenHouse').select('code').where('id', '=', scopeId!);
	houseCode = (await house.executeTakeFirstOrThrow()).code;
	slip = await sharp({ create: { width: 60, height: 30, channels: 3, background: '#88aa66' } })
		.jpeg()
		.toBuffer();
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
	await world.stop();
	rmSync(folder, { recursive: true, force: true });
	clock.remove();
});

const phones = new Map<Who, Page>();
async function open(): Promise<Page> {
	const context = await browser.newContext({ viewport: phone, baseURL: world.baseUrl });
	return context.newPage();
}
/** That person's own phone, signed in. */
async function as(who: Who): Promise<Page> {
	const known = phones.get(who);
	if (known) return known;
	const page = await open();
	await signInAs(page, world.baseUrl, world.people[who]);
	phones.set(who, page);
	return page;
}
/** The server's clock goes on to this day; everybody signs in anew. */
async function waitUntil(day: string): Promise<void> {
	clock.moveTo(startOfLocalDate(day) + DAY / 3);
	for (const page of phones.values()) await page.context().close();
	phones.clear();
}
/** Sends a form and waits for the page that comes of it. */
async function press(page: Page, button: string, expected = 303): Promise<void> {
	const status = await arrive(page, () => page.locator(button).first().click());
	expect([button, status]).toEqual([button, expected]);
}
const photo = () => ({ name: 'giay.jpg', mimeType: 'image/jpeg', buffer: slip });
const get = async (address: string) => (await fetch(`${world.baseUrl}/api/v1/${address}`)).text();

async function bring(kilograms: string): Promise<void> {
	const page = await open();
	await page.goto(`/ghi-nhan?diem=${houseCode}`);
	await page.locator('[name=material-0][value=mixed_paper]').check({ force: true });
	await page.fill('[name=quantity]', kilograms);
	await page.click('[data-send]');
	await page.waitForURL(/\/ghi-nhan\/xong/);
	await page.context().close();
}

async function ask(amount: string, description: string): Promise<string> {
	const page = await as('ward officer');
	await page.goto('/cua-toi/chi');
	const form = page.locator('#de-nghi');
	await form.locator('[name=fundId]').selectOption(world.fund.id);
	await form.locator('[name=purpose]').selectOption('hardship');
	await form.locator('[name=amount]').fill(amount);
	await form.locator('[name=count]').fill('6');
	await form.locator('[name=description]').fill(description);
	await press(page, '#de-nghi .btn');
	await page.waitForURL(/\/cua-toi\/chi\/[0-9a-f-]{36}$/);
	return new URL(page.url()).pathname;
}

async function decide(who: Who, request: string): Promise<void> {
	const page = await as(who);
	await page.goto(request);
	await press(page, 'form[action*=approveDisbursement] .btn');
}

test(
	'a treasurer runs a month, and its sheet proves the book a month later',
	{ timeout: 240_000 },
	async () => {
		const home = `/cua-toi/quy/${world.fund.code}`;
		const approver = await as('approver');
		await approver.goto(`${home}/quy-che`);
		await approver.fill('[name=limit]', '200.000');
		await approver.fill('[name=dueDay]', '5');
		await press(approver, 'form[action*=setRule] .btn');

		// What neighbours bring is emptied, sold to a dealer and confirmed by the treasurer.
		for (const kilograms of ['12,5', '7,5']) await bring(kilograms);
		const steward = await as('another house’s steward');
		await steward.goto(`/cua-toi/nha/${houseCode}`);
		await press(steward, 'form[action*=closeCycle] button');
		const sale = steward.locator('form[data-sale]');
		await sale.locator('[name=dealer]').fill('Cô Hoa');
		await sale.locator('[name=weight-0]').fill('20');
		await sale.locator('[name=price-0]').fill('3.000');
		await sale.locator('[name=cash]').fill('60.000');
		await sale.locator('[name=photo]').setInputFiles(photo());
		await press(steward, 'form[data-sale] button.btn');
		await steward.waitForURL(/\/cua-toi\/phieu-ban\//);
		const treasurer = await as('treasurer');
		await treasurer.goto(steward.url());
		await press(treasurer, 'form[action*=confirmSale] button');
		await treasurer.locator('.note.good').waitFor();

		// A gift from outside the houses.
		await treasurer.goto(`${home}/ghi-thu`);
		await treasurer.fill('[name=amount]', '250.000');
		await treasurer.fill('[name=words]', 'Bà con khối 6 ủng hộ');
		await treasurer.fill('[name=photoMissingReason]', 'Không có giấy tờ');
		await press(treasurer, 'form[action*=recordStatement] .btn');
		await treasurer.waitForURL(/\/quy\/phieu\//);
		await approver.goto(treasurer.url());
		await press(approver, 'form[action*=confirmStatement] .btn');

		// One approver for the small request, two for the large one; the treasurer pays and adds the receipt.
		const [small, large] = [await ask('150.000', 'Giúp bà Tư'), await ask('500.000', 'Giúp sáu hộ')];
		for (const request of [small, large]) await decide('approver', request);
		await treasurer.goto(large);
		expect(await treasurer.locator('form[action*=payDisbursement]').count()).toBe(0);
		await decide('second approver', large);
		for (const request of [small, large]) {
			await treasurer.goto(request);
			await press(treasurer, 'form[action*=payDisbursement] .btn');
		}
		await treasurer.goto(large);
		await treasurer.locator('form[action*=recordProof] [name=photo]').setInputFiles(photo());
		await press(treasurer, 'form[action*=recordProof] .btn');
		await treasurer.locator('.steps a[href^="/anh/"]').waitFor();
		await treasurer.locator('a[href$="/phieu"]').first().click();
		await treasurer.waitForURL(/\/phieu$/);
		expect(await treasurer.locator('.slip-copy').first().textContent()).toContain('Người duyệt 2');

		// The next month: the cash is counted, an approver agrees, the month is closed, the sheet is printed.
		const next = monthsBefore(month, -1);
		await waitUntil(`${next}-03`);
		const counter = await as('treasurer');
		await counter.goto(`${home}/khoa-so`);
		expect(await counter.locator('form[action*=closeMonth]').count()).toBe(0);
		const cash = 1_000_000 + 50_000 - 100_000 + 60_000 + 250_000 - 150_000 - 500_000;
		await counter.goto(`${home}/kiem-quy`);
		await counter.fill('[name=counted]', String(cash));
		await press(counter, 'form[action*=recordCount] .btn');
		const witness = await as('approver');
		await witness.goto(`${home}/kiem-quy`);
		await press(witness, 'form[action*=confirmCount] .btn');
		await counter.goto(`${home}/khoa-so`);
		await press(counter, 'form[action*=closeMonth] .btn');
		await counter.goto(`/quy/${world.fund.code}/bang/${month}`);
		const sheet = await counter.locator('.a4').innerText();
		expect(sheet).toContain('Đã khoá sổ tháng');
		expect(sheet).toContain('610.000');
		expect(await counter.locator('.sheet-rows tbody tr').count()).toBe(8);
		const typed = (await counter.textContent('[data-typed]'))!.trim();
		expect(typed).toMatch(/^7-/);
		expect((await counter.pdf({ preferCSSPageSize: true })).subarray(0, 4).toString()).toBe('%PDF');

		// A month later the book has grown; the paper still proves it.
		await waitUntil(`${monthsBefore(next, -1)}-04`);
		const later = await as('treasurer');
		await later.goto(`${home}/ghi-thu`);
		await later.fill('[name=amount]', '90.000');
		await later.fill('[name=words]', 'Hội Phụ nữ góp');
		await later.fill('[name=photoMissingReason]', 'Không có giấy tờ');
		await press(later, 'form[action*=recordStatement] .btn');
		await later.waitForURL(/\/quy\/phieu\//);
		const second = await as('approver');
		await second.goto(later.url());
		await press(second, 'form[action*=confirmStatement] .btn');
		await expect
			.poll(() => get(`funds/${world.fund.code}/checkpoint`), { timeout: 30_000, interval: 200 })
			.toMatch(/\n8\n/);
		const anyone = await open();
		await anyone.goto(`/quy/kiem-chung?quy=${world.fund.code}`);
		await anyone.fill('[name=ma]', typed.toLowerCase().replaceAll('-', ' '));
		await anyone.click('form .btn');
		await anyone.waitForURL(/ma=/);
		const said = anyone.locator('[role=status].good');
		await said.waitFor();
		expect(await said.textContent()).toContain('7 bút toán đầu đúng như lúc in tờ giấy');

		// And at home, from a download, without the server.
		const book = path.join(folder, 'leaves.jsonl');
		writeFileSync(book, await get(`funds/${world.fund.code}/leaves.jsonl`));
		const check = (code: string) =>
			run(process.execPath, ['src/server/ledger-verify.ts', book, '--checkpoint', code]);
		const { stdout } = await check(typed);
		expect(stdout).toContain(
			`ok    8 entries of ${world.fund.code} keep every rule; cash ${cash + 90_000} VND`,
		);
		expect(stdout).toContain(`ok    ${typed}: the first 7 entries are the book it saw`);
		const wrong = typed.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A'));
		await expect(check(wrong)).rejects.toMatchObject({ code: 1 });
	},
);
