// What a homeroom teacher typed and the portal may not have: put back, dropped, or shown where it cannot be sent any more.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftCampaign, publishCampaign } from '#features/schools/campaign.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { endClassLink, findByLinkToken, issueClassLinks } from '#features/schools/class-link.service.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { addDays, formatDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { DAY, PLAIN_CAMPAIGN } from '../support/fixtures.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { SECRET, startWorld, type ServedWorld } from '../support/served-world.ts';

let world: ServedWorld;
let browser: Browser;
let campaignId: string;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	const { actor } = world.people['school lead'];
	campaignId = uuidv7(Date.now());
	const endsOn = world.today.slice(5) === '07-31' ? world.today : addDays(world.today, 1);
	const campaign = {
		...{ ...PLAIN_CAMPAIGN, id: campaignId, greenHouseCode: world.schoolHouse.code },
		...{ startsOn: world.today, endsOn, materials: ['mixed_paper', 'aluminium_can'] },
	};
	await draftCampaign(world.db, actor, campaign, Date.now());
	await publishCampaign(world.db, actor, campaignId, Date.now());
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

/** The page of a class of its own by its link, on a phone. */
async function openLink(name: string) {
	const { actor } = world.people['school lead'];
	const organisationId = actor.grants[0]!.scopeId!;
	const row = { organisationId, schoolYear: schoolYearOf(world.today), grade: 6, isSample: 0 as const };
	const classId = await inTransaction(world.db, (trx) =>
		insertClass(trx, { ...row, name, size: null }, Date.now()),
	);
	const input = { id: uuidv7(Date.now()), campaignId, classId };
	const token = (await issueClassLinks(world.db, SECRET, actor, input, Date.now()))[0]!.token;
	const linkId = (await findByLinkToken(world.db, token, Date.now()))!.id;
	const context = await browser.newContext({ viewport: phone, baseURL: world.baseUrl });
	const page = await context.newPage();
	const open = () => page.goto(`/lop/${token}`);
	await open();
	const field = (material: string, unit: string) => `[name="cell:${classId}:${material}:${unit}"]`;
	const sheets = () =>
		world.db.selectFrom('classSheet').select('id').where('classLinkId', '=', linkId).execute();
	return {
		...{ token, linkId, page, open, sheets, context },
		paper: field('mixed_paper', 'kg'),
		cans: field('aluminium_can', 'piece'),
	};
}
const send = (page: Page) => page.click('form[data-draft] .btn');
const kept = (page: Page) => page.evaluate(() => JSON.stringify({ ...localStorage }));

/** The sheet reaches the portal; what the portal answers never reaches the phone. */
async function sendAndLoseAnswer(page: Page): Promise<void> {
	await page.route('**/lop/**', async (route) => {
		if (route.request().method() !== 'POST') return route.continue();
		await route.fetch({ maxRedirects: 0 });
		await route.abort('aborted');
	});
	const lost = page.waitForEvent('requestfailed', (request) => request.method() === 'POST');
	await send(page);
	await lost;
	await page.unroute('**/lop/**');
}

test('is dropped once the portal has the sheet, though its answer was lost', async () => {
	const { page, open, paper, sheets, context } = await openLink('6C');
	await page.fill(paper, '7');
	await sendAndLoseAnswer(page);
	expect(await sheets()).toHaveLength(1);
	await open();
	expect(await page.locator('.sent li').count()).toBe(1);
	expect(await page.inputValue(paper)).toBe('');
	expect(await page.locator('[data-restored]').isVisible()).toBe(false);
	expect(await kept(page)).not.toContain('cell:');
	await context.close();
});

test.each([
	['from the page where it was refused', '6D'],
	['after that page was left', '6E'],
	['on the page opened again', '6I'],
])('is another sheet when it was typed on after the answer was lost, and is sent %s', async (how, name) => {
	const { page, open, paper, sheets, context } = await openLink(name);
	await page.fill(paper, '7');
	await sendAndLoseAnswer(page);
	await page.fill(paper, '8');
	if (how !== 'on the page opened again') {
		// Its id stands for the first one: the form comes back under another id, and so does what the phone keeps.
		await send(page);
		await page.locator('form[data-refused]').waitFor();
		await page.waitForLoadState();
		expect(await kept(page)).toContain(await page.inputValue('form[data-draft] [name=id]'));
	}
	if (how !== 'from the page where it was refused') {
		await open();
		expect(await page.locator('[data-restored]').isVisible()).toBe(true);
	}
	expect(await page.inputValue(paper)).toBe('8');
	await send(page);
	// The first one stands on this day.
	await page.check('[name=isExtra]');
	expect(await page.inputValue(paper)).toBe('8');
	await send(page);
	await page.waitForURL(/xong=/);
	expect(await page.inputValue(paper)).toBe('');
	expect(await kept(page)).not.toContain('cell:');
	expect(await sheets()).toHaveLength(2);
	await context.close();
});

test('is put back with a sentence, and with the figures that have no field any more', async () => {
	const { page, open, paper, cans, sheets, context } = await openLink('6G');
	await page.fill(paper, '2');
	await page.fill(cans, '41');
	const row = { greenHouseId: world.schoolHouse.id, materialCode: 'aluminium_can' };
	const ofHouse = world.db.deleteFrom('greenHouseMaterial').where('greenHouseId', '=', row.greenHouseId);
	await ofHouse.where('materialCode', '=', row.materialCode).execute();
	await open();
	expect(await page.inputValue(paper)).toBe('2');
	expect(await page.locator('[data-restored] > p').textContent()).toContain('chưa gửi đã được đưa lại');
	expect(await page.locator('[data-strays]').textContent()).toBe('Lon nhôm: 41 cái');
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await send(page);
	await page.waitForURL(/xong=/);
	expect(await sheets()).toHaveLength(1);
	expect(await kept(page)).not.toContain('cell:');
	await world.db.insertInto('greenHouseMaterial').values(row).execute();
	await context.close();
});

test('is shown to be copied where its link is over, and leaves the phone by one press', async () => {
	const { page, open, token, linkId, paper, cans, context } = await openLink('6H');
	await page.fill(paper, '2,5');
	await page.fill(cans, '41');
	await endClassLink(world.db, world.people['school lead'].actor, linkId, Date.now());
	for (const lang of ['', '/en']) {
		expect((await page.goto(`${lang}/lop/${token}`))!.status()).toBe(410);
		const text = page.locator('[data-unsent] [data-share-text]');
		expect(await text.textContent()).toBe(
			`Sổ lớp 6H, ${formatDate(world.today, 'vi')}:\nGiấy vụn: 2,5 kg\nLon nhôm: 41 cái`,
		);
		expect(await text.getAttribute('lang')).toBe('vi');
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	}
	await page.click('[data-drop]');
	expect(await page.locator('[data-unsent]').textContent()).toContain('were deleted from this device');
	expect(await kept(page)).not.toContain('cell:');
	await open();
	expect(await page.locator('[data-unsent]').isVisible()).toBe(false);
	await context.close();
});

test('goes by itself a month after its link’s last day, on the page of any link', async () => {
	const { page, open, linkId, paper, context } = await openLink('6K');
	await page.fill(paper, '3');
	const { lapsesAt } = await world.db
		.selectFrom('classLink')
		.select('lapsesAt')
		.where('id', '=', linkId)
		.executeTakeFirstOrThrow();
	await page.evaluate((key) => {
		const draft = localStorage.getItem(key)!;
		localStorage.setItem('so-lop-old', draft.replace(/"until":\d+/, `"until":${Date.now() - 1}`));
		localStorage.setItem('so-lop-other', draft);
	}, `so-lop-${linkId}`);
	expect(await page.evaluate((key) => localStorage.getItem(key), `so-lop-${linkId}`)).toContain(
		`"until":${lapsesAt + 30 * DAY}`,
	);
	await open();
	expect(await page.evaluate(() => Object.keys(localStorage).sort())).toEqual(
		[`so-lop-${linkId}`, 'so-lop-other'].sort(),
	);
	await context.close();
});
