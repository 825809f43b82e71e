// A school's lead on a phone, with and without JavaScript: from the class sheets to the school's own fund.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { confirmScrapSale } from '#features/collections/scrap-sale.service.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { draftCampaign, publishCampaign } from '#features/schools/campaign.service.ts';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { makeActor, makeFund, PLAIN_CAMPAIGN } from '../support/fixtures.ts';
import { signInClient } from '../support/http.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let campaignId: string;
let school: string;
let own: { id: string; code: string };
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	const { db, people, fund } = world;
	school = people['school lead'].actor.grants[0]!.scopeId!;
	own = await makeFund(db, {
		...{ organisationId: school, adminUnitId: null },
		...{ nameVi: 'Quỹ Liên đội THCS Đông Kinh', nameEn: 'Đông Kinh School Fund' },
	});
	const approver = await makeActor(db, 'approver', 'fund', own.id);
	const rule = {
		...{ id: uuidv7(Date.now()), fundId: own.id, validFrom: world.today, twoApproversAboveVnd: null },
		...{ saleRecorder: 'steward_or_treasurer' as const, boardDueDay: null },
		shares: [{ fundId: fund.id, percent: 25 }],
	};
	await setFundRule(db, approver, rule, Date.now());
});
beforeEach(async () => {
	const { db, people, today, schoolHouse, classId } = world;
	const [now, lead] = [Date.now(), people['school lead'].actor];
	campaignId = uuidv7(now);
	const endsOn = today.slice(5) === '07-31' ? today : addDays(today, 1);
	const rules = { ...PLAIN_CAMPAIGN, startsOn: today, endsOn, materials: ['mixed_paper'] };
	await draftCampaign(db, lead, { ...rules, id: campaignId, greenHouseCode: schoolHouse.code }, now);
	await publishCampaign(db, lead, campaignId, now);
	const line = { material: 'mixed_paper', unit: 'kg' as const };
	const sheet = {
		...{ id: uuidv7(now), greenHouseCode: schoolHouse.code, collectedOn: today, campaignId },
		rows: [{ classId, lines: [{ ...line, quantityMilli: 12_000 }] }],
		...{ isApproved: false, isExtra: true },
	};
	await recordClassSheet(db, lead, sheet, now);
	// Somebody who lives there brings something too.
	const dropOff = { id: uuidv7(now), greenHouseCode: schoolHouse.code, happenedAt: now };
	await recordDropOff(
		db,
		{ kind: 'device', secret: 's'.repeat(43) },
		{ ...dropOff, channel: 'web', lines: [{ ...line, quantityMilli: 3000 }] },
		now,
	);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const next = (page: Page) => page.locator('.way .btn').allTextContents();
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();

test.each([true, false])('leads step by step to the fund (JavaScript: %s)', async (javaScriptEnabled) => {
	const { db, people, schoolHouse } = world;
	const context = await browser.newContext({ viewport: phone, javaScriptEnabled, baseURL: world.baseUrl });
	const page = await context.newPage();
	await signInAs(page, world.baseUrl, people['school lead']);
	await page.goto('/cua-toi');
	expect(await page.locator('.todo').textContent()).toContain('1 sổ lớp chờ duyệt');
	await page.locator('.rows:not(.todo) a', { hasText: schoolHouse.code }).click();
	await page.waitForURL(`**/cua-toi/nha/${schoolHouse.code}`);
	// What a steward has here besides, a lead has not.
	for (const rest of ['so-tay', 'viec-bao', 'khao-sat', 'ho-so'])
		expect(await page.locator(`a[href$="/${rest}"]`).count()).toBe(0);
	expect(await page.locator('[name=state]').count()).toBe(0);
	await page.goto('/cua-toi/truong');
	await page.getByRole('link', { name: 'Nhà của trường: kỳ gom và phiếu bán' }).click();
	await page.waitForURL(`**/cua-toi/nha/${schoolHouse.code}`);

	const home = `/cua-toi/truong/dot/${campaignId}`;
	await page.goto(home);
	expect(await next(page)).toEqual(['Duyệt 1 sổ đang chờ']);
	await page.locator('.way .btn').click();
	await page.waitForURL(/#da-ghi$/);
	await page.locator('summary', { hasText: 'chờ duyệt' }).first().click();
	await press(page, 'Duyệt sổ ngày này');
	await page.locator('.good [role=status]', { hasText: 'Đã duyệt sổ' }).waitFor();
	await page.goto(home);
	expect(await next(page)).toEqual(['Ghi sổ cho đợt này']);
	await page.locator('summary', { hasText: 'Kết thúc đợt' }).click();
	await press(page, 'Kết thúc, không mở lại');
	await page.waitForURL(/xong=ket-thuc/);
	const { number } = (await findOpenCycle(db, schoolHouse.id))!;
	expect(await next(page)).toEqual([`Đến trang nhà để đóng kỳ ${number}`]);
	if (javaScriptEnabled) {
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	}
	await page.goto('/cua-toi');
	await page.locator('.todo a', { hasText: 'Đóng kỳ gom của đợt “Kế hoạch nhỏ”' }).click();
	await page.locator('.way .btn').click();
	await press(page, `Đóng kỳ gom ${number}`);
	await page.waitForURL(/xong=ky/);
	await page.goto(home);
	expect(await next(page)).toEqual([`Ghi phiếu bán kỳ ${number}`]);
	await page.locator('.way .btn').click();
	await page.waitForURL(/#ban$/);
	await page.check('[name=how][value=lump_sum]');
	await page.fill('[name=dealer]', 'Cô Hạnh');
	await page.fill('[name=cash]', '60.000');
	await page.fill('[name=photoMissingReason]', 'Máy hết pin');
	await page.click('[data-sale] .btn');
	await page.waitForURL(/\/cua-toi\/phieu-ban\//);
	const saleId = new URL(page.url()).pathname.split('/').at(-1)!;
	expect(await page.getByRole('button', { name: /Đã nhận đủ/ }).count()).toBe(0);
	await page.goto(home);
	expect(await next(page)).toEqual([]);
	expect(await page.locator('.way .waits').textContent()).toContain('Quỹ Liên đội THCS Đông Kinh');

	const treasurer = await makeActor(db, 'treasurer', 'fund', own.id);
	const entry = await confirmScrapSale(db, treasurer, saleId, Date.now());
	await page.reload();
	expect(await page.locator('.way .done').count()).toBe(6);
	const shares = [
		'Chia sang Quỹ phường Đông Kinh: 15.000\u00a0₫',
		'Ở lại Quỹ Liên đội THCS Đông Kinh: 45.000\u00a0₫',
	];
	const wordsOf = async (selector: string) =>
		(await page.locator(selector).allTextContents()).map((words) => words.trim());
	expect(await wordsOf('.way .shares li')).toEqual(shares);
	expect(await page.locator('.way').textContent()).toContain(entry.voucher);

	await page.goto(`/truong/${school}/${campaignId}`);
	const chain = page.locator('.chain');
	expect(await chain.locator(`a[href="/hanh-trinh/phieu-ban/${saleId}"]`).count()).toBe(1);
	expect(await chain.locator('a[href^="/hanh-trinh/ky/"]').allTextContents()).toEqual([
		expect.stringContaining(`Kỳ gom ${number}`),
	]);
	expect(await chain.locator(`a[href="/quy/but-toan/${entry.id}"]`).textContent()).toContain(entry.voucher);
	expect(await wordsOf('.chain .shares li')).toEqual(shares);
	expect(await wordsOf('.chain .load li')).toEqual([
		'Đợt này: 12\u00a0kg',
		'Bà con, học sinh tự mang tới: 3\u00a0kg',
	]);
	expect(await chain.locator('.load').textContent()).toContain('Tiền là của cả chuyến.');
	if (javaScriptEnabled)
		for (const path of [
			`/truong/${school}/${campaignId}`,
			`/en${home}`,
			`/en/truong/${school}/${campaignId}`,
		]) {
			await page.goto(path);
			expect(await axeErrors(page)).toEqual([]);
			expect(await sticksOut(page, 320)).toEqual([]);
		}
	await context.close();
});

test('another school’s lead is refused at the house and at the campaign, and nothing is written', async () => {
	const { db, people, schoolHouse } = world;
	const client = await signInClient(world.baseUrl, people['another school’s lead']);
	const cycle = (await findOpenCycle(db, schoolHouse.id))!.id;
	const at = `/cua-toi/nha/${schoolHouse.code}`;
	const before = await digest(db, ['session']);
	for (const path of [at, `/cua-toi/truong/dot/${campaignId}`])
		expect((await client.send(path)).status).toBe(403);
	const close = { cycle, house: schoolHouse.code };
	expect((await client.post(`${at}?_action=collections.closeCycle`, close)).status).toBe(403);
	const sale = {
		...{ id: uuidv7(Date.now()), cycle, house: schoolHouse.code, dealer: 'Cô Hoa' },
		...{ soldOn: toLocalDate(Date.now()), how: 'lump_sum', 'lump-weight': '', cash: '40.000' },
		photoMissingReason: 'Máy hết pin',
	};
	expect((await client.post(`${at}?_action=collections.recordSale`, sale)).status).toBe(403);
	expect(await digest(db, ['session'])).toEqual(before);
});
