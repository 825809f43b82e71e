// What was done by mistake is put right on the pages: a payment, a house's limit, kept goods, a typed page.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { carryGoods, closeCycle } from '#features/collections/collection-cycle.service.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { recordPaperPage } from '#features/collections/paper-page.service.ts';
import { payDisbursement } from '#features/fund/disbursement.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { fieldErrorOf } from '../support/http.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const open = new Map<string, Promise<Page>>();
function as(who: keyof ServedWorld['people']): Promise<Page> {
	const begin = async () => {
		const page = await (await browser.newContext({ viewport: phone })).newPage();
		page.setDefaultTimeout(30_000);
		await signInAs(page, world.baseUrl, world.people[who]);
		return page;
	};
	const page = open.get(who) ?? begin();
	open.set(who, page);
	return page;
}
const go = (page: Page, path: string) => page.goto(world.baseUrl + path);
async function expectFaultless(page: Page): Promise<void> {
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.setViewportSize(phone);
}

test('a wrong payment is reversed from its request, and the request says so', async () => {
	const entryId = uuidv7(Date.now());
	const payment = { id: world.approvedId, entryId, paidOn: world.today };
	await payDisbursement(world.db, world.people.treasurer.actor, payment, Date.now());
	const treasurer = await as('treasurer');
	await go(treasurer, `/cua-toi/chi/${world.approvedId}`);
	await treasurer.click(`a[href$="/cua-toi/quy/dao/${entryId}"]`);
	await treasurer.waitForURL(/quy\/dao/);
	await expectFaultless(treasurer);
	await treasurer.fill('[name=reason]', 'Chi nhầm hộ');
	await treasurer.click('form[action*=askReversal] .btn');
	await treasurer.waitForSelector('.steps');
	const approver = await as('approver');
	await go(approver, '/cua-toi');
	await approver.click(`a[href$="/cua-toi/quy/dao/${entryId}"]`);
	await approver.waitForSelector('form[action*=confirmReversal]');
	await expectFaultless(approver);
	await approver.click('form[action*=confirmReversal] .btn');
	await approver.waitForSelector('text=Bút toán này đã đảo');
	await expectFaultless(approver);
	await go(treasurer, `/cua-toi/chi/${world.approvedId}`);
	expect(await treasurer.textContent('main')).toContain('Khoản này đã chi rồi đảo');
	await go(treasurer, `/cua-toi/quy/${world.fund.code}/ghi-dao`);
	await expectFaultless(treasurer);
});

test('an approver sets a house’s limit, and a wrong one is refused beside its field', async () => {
	const approver = await as('approver');
	await go(approver, `/cua-toi/quy/${world.fund.code}`);
	await approver.click('a[href$="/muc-lech"]');
	await approver.waitForSelector('[name=percent]');
	await approver.selectOption('[name=house]', world.house.code);
	await approver.fill('[name=percent]', '140');
	const before = await digest(world.db, ['session']);
	await approver.click('form[action*=setVarianceLimit] .btn');
	await approver.waitForSelector('[name=percent][aria-invalid]');
	expect(fieldErrorOf(await approver.content(), 'percent')).toContain('từ 1 đến 100');
	expect(await approver.inputValue('[name=percent]')).toBe('140');
	expect(await digest(world.db, ['session'])).toEqual(before);
	await expectFaultless(approver);
	await approver.fill('[name=percent]', '25 %');
	await approver.click('form[action*=setVarianceLimit] .btn');
	await approver.waitForSelector('li small:has-text("25 %")');
	const treasurer = await as('treasurer');
	await go(treasurer, `/cua-toi/quy/${world.fund.code}/muc-lech`);
	expect(await treasurer.textContent('main')).toContain('Người duyệt chi của quỹ đặt mức này.');
});

test('a typed page is taken back with a reason, and kept goods go back to their cycle', async () => {
	const { actor } = world.people.steward;
	const lines = [{ material: 'aluminium_can', unit: 'piece' as const, quantityMilli: 30_000 }];
	const type = () =>
		recordPaperPage(
			world.db,
			actor,
			{
				...{ id: uuidv7(Date.now()), greenHouseCode: world.house.code },
				rows: [{ index: 0, happenedOn: world.today, householdCount: 4, lines }],
			},
			Date.now(),
		);
	await type();
	const steward = await as('steward');
	await go(steward, `/cua-toi/nha/${world.house.code}/so-tay`);
	await steward.click('summary:has-text("Chép sai trang này")');
	await expectFaultless(steward);
	await steward.fill('form[action*=withdrawPaperPage] [name=reason]', 'Chép nhầm nhà');
	await steward.click('form[action*=withdrawPaperPage] .btn');
	await steward.waitForSelector('[role=status]');
	expect(await steward.textContent('main')).toContain('Chép nhầm nhà');
	await expectFaultless(steward);

	await type();
	const cycle = (await findOpenCycle(world.db, world.house.id))!;
	await closeCycle(world.db, actor, cycle.id, Date.now());
	await carryGoods(world.db, actor, { cycleId: cycle.id, materials: ['aluminium_can'] }, Date.now());
	await go(steward, `/cua-toi/nha/${world.house.code}`);
	await steward.click('summary:has-text("Giữ nhầm")');
	await expectFaultless(steward);
	await steward.click('form[action*=returnGoods] .btn');
	await steward.waitForSelector('[role=status]:has-text("Đã trả về kỳ trước")');
	const kept = await world.db.selectFrom('carriedGoods').select('returnedAt').execute();
	expect(kept.every((each) => each.returnedAt !== null)).toBe(true);
});
