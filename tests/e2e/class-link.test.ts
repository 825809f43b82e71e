// A homeroom teacher's link, from the lead's hand to the figure that counts, with and without JavaScript.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draftCampaign, publishCampaign } from '#features/schools/campaign.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { endClassLink, findByLinkToken, issueClassLinks } from '#features/schools/class-link.service.ts';
import { revokeClassSheet } from '#features/schools/class-sheet.service.ts';
import { endClass } from '#features/schools/school-class.service.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { addressKey } from '#lib/address-key.ts';
import { inTransaction } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import { addDays } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { PLAIN_CAMPAIGN } from '../support/fixtures.ts';
import { alertOf, makeClient } from '../support/http.ts';
import { arrive, axeErrors, printedPages, sticksOut } from '../support/pages.ts';
import { SECRET, startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';
import { tablesHolding } from '../support/words.ts';

let world: ServedWorld;
let browser: Browser;
let classB: string;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	const { organisationId } = await world.db
		.selectFrom('schoolClass')
		.select('organisationId')
		.where('id', '=', world.classId)
		.executeTakeFirstOrThrow();
	const row = { organisationId, schoolYear: schoolYearOf(world.today), grade: 6, isSample: 0 as const };
	classB = await inTransaction(world.db, (trx) =>
		insertClass(trx, { ...row, name: '6B', size: null }, Date.now()),
	);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

/** A campaign that runs today, also on the last day of a school year. */
async function openCampaign(): Promise<string> {
	const id = uuidv7(Date.now());
	const endsOn = world.today.slice(5) === '07-31' ? world.today : addDays(world.today, 1);
	const campaign = {
		...{ ...PLAIN_CAMPAIGN, id, greenHouseCode: world.schoolHouse.code, startsOn: world.today, endsOn },
		...{ materials: ['mixed_paper', 'aluminium_can'], quotaPer: 'pupil' as const },
		quota: [{ unit: 'kg' as const, quantityMilli: 1000 }],
	};
	await draftCampaign(world.db, world.people['school lead'].actor, campaign, Date.now());
	await publishCampaign(world.db, world.people['school lead'].actor, id, Date.now());
	return id;
}

/** Tokens of links for 6A and, where it is asked for, 6B. */
async function issue(campaignId: string, classId?: string): Promise<string[]> {
	const { actor } = world.people['school lead'];
	const input = { id: uuidv7(Date.now()), campaignId, classId };
	return (await issueClassLinks(world.db, SECRET, actor, input, Date.now())).map(({ token }) => token);
}

const paperOf = (classId: string) => `[name="cell:${classId}:mixed_paper:kg"]`;
const press = (page: Page, name: string) =>
	arrive(page, () => page.getByRole('button', { name, exact: true }).click());
/** Tries are counted; everything else must be as it was. */
const state = () => digest(world.db, ['session', 'rate_limit']);

test('what a teacher typed outlives a network that is gone, and is sent once', async () => {
	const [token] = await issue(await openCampaign(), world.classId);
	const context = await browser.newContext({ viewport: phone, baseURL: world.baseUrl });
	const page = await context.newPage();
	await page.goto(`/lop/${token}`);
	await page.fill(paperOf(world.classId), '7');
	await context.setOffline(true);
	const send = page.locator('form[data-draft] .btn');
	await send.click();
	await page.locator('[data-offline]:visible').waitFor();
	expect(await page.inputValue(paperOf(world.classId))).toBe('7');
	expect(await sticksOut(page, 320)).toEqual([]);
	await context.setOffline(false);
	// The tab was closed meanwhile.
	await page.goto('/');
	await page.goto(`/lop/${token}`);
	expect(await page.inputValue(paperOf(world.classId))).toBe('7');
	await send.click();
	await page.waitForURL(/xong=|_action=/);
	if (await page.locator('[name=isExtra]').isVisible()) {
		await page.check('[name=isExtra]');
		await send.click();
		await page.waitForURL(/xong=/);
	}
	expect(await page.inputValue(paperOf(world.classId))).toBe('');
	expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('cell:');
	await page.reload();
	expect(await page.inputValue(paperOf(world.classId))).toBe('');
	const link = (await findByLinkToken(world.db, token!, Date.now()))!;
	const sheets = await world.db
		.selectFrom('classSheet')
		.select('id')
		.where('classLinkId', '=', link.id)
		.execute();
	expect(sheets).toHaveLength(1);
	await revokeClassSheet(world.db, world.people['school lead'].actor, sheets[0]!.id, Date.now());
	await context.close();
});

describe.each([true, false])('a class link (JavaScript: %s)', (javaScriptEnabled) => {
	test('goes from the lead to the teacher, and what it enters from waiting to counted', async () => {
		const campaignId = await openCampaign();
		const context = await browser.newContext({ javaScriptEnabled, baseURL: world.baseUrl });
		const lead = await context.newPage();
		await signInAs(lead, world.baseUrl, world.people['school lead']);
		await lead.goto(`/cua-toi/truong/dot/${campaignId}`);
		await lead.getByRole('link', { name: 'Đường dẫn cho giáo viên chủ nhiệm' }).click();
		await press(lead, 'Tạo đường dẫn cho 2 lớp chưa có');
		const slips = lead.locator('.slip');
		expect(await slips.count()).toBe(2);
		expect(await slips.locator('.qr svg').count()).toBe(2);
		const links = await slips.locator('.address [data-share-text]').allTextContents();
		const all = lead.locator('.slips > .stack [data-share-text]');
		expect((await all.textContent())!.match(/https?:\S+/g)).toEqual(links);
		const copyAll = lead.getByRole('button', { name: 'Chép cả 2 lời nhắn' });
		if (javaScriptEnabled) {
			await context.grantPermissions(['clipboard-read', 'clipboard-write']);
			await copyAll.click();
			await lead.getByRole('button', { name: 'Đã chép' }).waitFor();
			const copied = await lead.evaluate(() => navigator.clipboard.readText());
			expect(copied.match(/lớp 6[AB]: xin/g)).toEqual(['lớp 6A: xin', 'lớp 6B: xin']);
		} else expect(await copyAll.count()).toBe(0);
		const link = (await slips.first().locator('[data-share-text]').first().textContent())!;
		expect(link).toMatch(/\/lop\/[A-Za-z0-9_-]{43}$/);
		expect(await slips.first().locator('[data-share-text]').last().textContent()).toContain(link);
		// The page is not kept: opened again it shows no link.
		await lead.goto(`/cua-toi/truong/dot/${campaignId}/duong-dan`);
		expect(await lead.locator('.slip').count()).toBe(0);
		expect(await lead.content()).not.toContain(link);

		const phoneContext = await browser.newContext({
			...{ viewport: phone, isMobile: true, javaScriptEnabled, baseURL: world.baseUrl },
		});
		const teacher = await phoneContext.newPage();
		await teacher.goto(new URL(link).pathname);
		const main = teacher.locator('main');
		expect(await main.textContent()).toContain('Chỉ tiêu của lớp: 38\u00a0kg (38 em, mỗi em 1\u00a0kg).');
		expect(await main.textContent()).not.toContain('6B');
		expect(await teacher.locator('main input:not([type=hidden])').count()).toBe(3);
		const before = await state();
		for (const [typed, told] of [
			['1.500', 'Ý anh/chị là 1,5 kg hay 1.500 kg?'],
			['-2', 'lớn hơn 0'],
			['10000', 'quá lớn'],
		] as const) {
			await teacher.fill(paperOf(world.classId), typed);
			await press(teacher, 'Gửi sổ lớp 6A');
			await teacher.locator('.amounts .wrong', { hasText: told }).waitFor();
			expect(await teacher.inputValue(paperOf(world.classId))).toBe(typed);
			expect(await state()).toEqual(before);
		}
		await teacher.fill(paperOf(world.classId), '350');
		await press(teacher, 'Gửi sổ lớp 6A');
		expect(await state()).toEqual(before);
		// Sure of 350 is not sure of 3500.
		await teacher.check('[name=isSure]');
		await teacher.fill(paperOf(world.classId), '3500');
		await press(teacher, 'Gửi sổ lớp 6A');
		expect(await state()).toEqual(before);
		expect(await teacher.isChecked('[name=isSure]')).toBe(false);
		await teacher.fill(paperOf(world.classId), '350,5');
		await press(teacher, 'Gửi sổ lớp 6A');
		await teacher.check('[name=isSure]');
		await press(teacher, 'Gửi sổ lớp 6A');
		await teacher.waitForURL(/xong=|_action=/);
		// The other of these two tests entered the same day, in another campaign.
		if (await teacher.locator('[name=isExtra]').isVisible()) {
			await teacher.check('[name=isExtra]');
			await press(teacher, 'Gửi sổ lớp 6A');
		}
		await teacher.waitForURL(/xong=/);
		expect(await teacher.locator('[role=status]').first().textContent()).toContain('350,5');
		expect(await main.textContent()).toContain('Chờ duyệt: 350,5\u00a0kg giấy vụn.');
		expect(await main.textContent()).toContain('Chưa có gì được tính.');

		// Once more on the same day: asked, sent as an extra load, and taken back.
		await teacher.fill(paperOf(world.classId), '2');
		await press(teacher, 'Gửi sổ lớp 6A');
		// The other of these two tests has had its sheet approved.
		expect(await teacher.locator('#isExtra-error').textContent()).toMatch(
			/^\s*Ngày này (đã ghi|lớp đã có sổ) 6A: /,
		);
		await teacher.check('[name=isExtra]');
		await press(teacher, 'Gửi sổ lớp 6A');
		await teacher.waitForURL(/xong=/);
		await teacher.locator('.sent li', { hasText: '2\u00a0kg' }).first().getByRole('button').click();
		await teacher.waitForURL(/xong=/);
		expect(await teacher.locator('[role=status]').first().textContent()).toContain('Đã rút lại');
		expect(await main.textContent()).toContain('đã rút');

		// Where everything else waits for the lead too.
		await lead.goto('/cua-toi');
		await lead.getByRole('link', { name: /^1 sổ lớp chờ duyệt/ }).click();
		const row = lead.locator('.rows > li', { hasText: 'qua đường dẫn GVCN lớp 6A' }).first();
		await row.locator('summary').click();
		await row.getByRole('button', { name: 'Duyệt sổ ngày này' }).click();
		await lead.goto(`/cua-toi/truong/dot/${campaignId}`);
		expect(await lead.locator('.progress tr', { hasText: '6A' }).textContent()).toContain('922');
		await teacher.reload();
		expect(await main.textContent()).toContain('Đã tính: 350,5\u00a0kg giấy vụn.');
		expect(await teacher.locator('.sent li', { hasText: 'đã tính' }).getByRole('button').count()).toBe(0);

		await lead.goto(`/cua-toi/truong/dot/${campaignId}/duong-dan`);
		expect(await lead.locator('.links > li', { hasText: '6A' }).textContent()).toContain('đã ghi 1 sổ');
		await press(lead, 'Thu hồi, lớp 6A');
		await lead.waitForURL(/xong=thu-hoi/);
		const answer = (await teacher.reload())!;
		expect(answer.status()).toBe(410);
		expect(await main.textContent()).toContain('đã hết hiệu lực. Xin hỏi Tổng phụ trách Đội');
		expect(await main.textContent()).not.toContain('6A');
		await phoneContext.close();
		await context.close();
	});
});

test('a form sent by a link that is over, unknown or another class’s is refused, and nothing is written', async () => {
	const campaignId = await openCampaign();
	const [tokenA] = await issue(campaignId, world.classId);
	const client = makeClient(world.baseUrl);
	const send = (token: string, classId = world.classId, over: Record<string, string> = {}) =>
		client.post(`/lop/${token}?_action=classLinks.record`, {
			...{ token, id: uuidv7(Date.now()), collectedOn: world.today, isExtra: '1' },
			[`cell:${classId}:mixed_paper:kg`]: '2',
			...over,
		});
	const before = await state();
	const forged = await send(tokenA!, classB);
	expect(forged.status).toBe(403);
	expect(alertOf(await forged.text())).toBe('Đường dẫn này chỉ ghi được cho lớp 6A. Chưa ghi gì.');
	const bad = await client.post(`/lop/${tokenA}?_action=classLinks.record`, {
		...{ token: tokenA!, id: 'x', collectedOn: '31/02/2026' },
	});
	expect(bad.status).toBe(400);
	// Neither a field that there is not, nor a cell, keeps a name.
	const PUPIL = 'Lý Mộng Kha';
	for (const name of [
		'name',
		'note',
		'teacher',
		`cell:${PUPIL}:mixed_paper:kg`,
		`cell:${world.classId}:${PUPIL}:kg`,
	])
		expect((await send(tokenA!, world.classId, { [name]: PUPIL, collectedOn: 'x' })).status).toBe(422);
	const typed = await send(tokenA!, world.classId, {
		[`cell:${world.classId}:mixed_paper:kg`]: `3 ${PUPIL}`,
	});
	expect(typed.status).toBe(422);
	expect(await tablesHolding(world.db, 'Mộng Kha')).toEqual([]);
	const unknown = await send('x'.repeat(43));
	const another = await client.send(`/lop/${'y'.repeat(43)}`);
	const short = await client.send('/lop/x');
	expect([unknown.status, another.status, short.status]).toEqual([404, 404, 404]);
	const textOf = async (response: Response) => /<main[^]*<\/main>/.exec(await response.text())![0];
	const told = await textOf(another);
	expect(told).toContain('Đường dẫn này không dùng được.');
	expect(await textOf(short)).toBe(told);
	expect(await textOf(unknown)).toBe(told);
	expect(await state()).toEqual(before);
	const now = Date.now();
	const { id } = (await findByLinkToken(world.db, tokenA!, now))!;
	await endClassLink(world.db, world.people['school lead'].actor, id, now);
	const ended = await state();
	const late = await send(tokenA!);
	expect(late.status).toBe(410);
	expect(await textOf(late)).toContain('Đường dẫn này đã hết hiệu lực.');
	const withdraw = await client.post(`/lop/${tokenA}?_action=classLinks.withdraw`, {
		...{ token: tokenA!, sheetId: 'x' },
	});
	expect(withdraw.status).toBe(410);
	expect(await state()).toEqual(ended);
	expect(world.output()).not.toContain(tokenA);
	expect(await tablesHolding(world.db, tokenA!)).toEqual([]);
	for (const answer of [
		await client.send(`/lop/${tokenA}`),
		await client.send(`/en/lop/${'y'.repeat(43)}`),
	]) {
		expect(answer.headers.get('cache-control')).toContain('no-store');
		expect(answer.headers.get('referrer-policy')).toBe('same-origin');
		expect(await answer.text()).toContain('content="noindex"');
	}
});

test('a figure that was typed stays readable, whatever became of its material, its link or its class', async () => {
	const campaignId = await openCampaign();
	const row = await world.db
		.selectFrom('schoolClass')
		.select(['organisationId', 'schoolYear'])
		.where('id', '=', classB)
		.executeTakeFirstOrThrow();
	const name = '6 MAI';
	const own = { ...row, grade: 6, name, size: null, isSample: 0 as const };
	const classId = await inTransaction(world.db, (trx) => insertClass(trx, own, Date.now()));
	const [token] = await issue(campaignId, classId);
	const client = makeClient(world.baseUrl);
	const cans = `cell:${classId}:aluminium_can:piece`;
	const send = (path = '') =>
		client.post(`${path}/lop/${token}?_action=classLinks.record`, {
			...{ token: token!, id: uuidv7(Date.now()), collectedOn: world.today },
			[cans]: '41',
		});
	const cansOfHouse = () =>
		world.db
			.deleteFrom('greenHouseMaterial')
			.where('greenHouseId', '=', world.schoolHouse.id)
			.where('materialCode', '=', 'aluminium_can')
			.execute();
	await cansOfHouse();
	const before = await state();
	const refused = await send();
	expect(refused.status).toBe(422);
	expect(await refused.text()).toMatch(new RegExp(`name="${cans}"[^>]*value="41"`));
	expect(await state()).toEqual(before);
	await world.db
		.insertInto('greenHouseMaterial')
		.values({ greenHouseId: world.schoolHouse.id, materialCode: 'aluminium_can' })
		.execute();
	await endClass(
		world.db,
		world.people['school lead'].actor,
		{ id: classId, closedOn: world.today },
		Date.now(),
	);
	const ended = await state();
	const late = await send('/en');
	expect(late.status).toBe(410);
	expect(await late.text()).toMatch(/Nothing of this was sent[^]*<li>Aluminium cans?: 41 /);
	expect(await state()).toEqual(ended);
	// Its lead reads why, and is offered nothing that would be refused.
	const context = await browser.newContext({ baseURL: world.baseUrl });
	const lead = await context.newPage();
	await signInAs(lead, world.baseUrl, world.people['school lead']);
	await lead.goto(`/cua-toi/truong/dot/${campaignId}/duong-dan`);
	const gone = lead.locator('.links > li', { hasText: `Lớp ${name}` });
	expect(await gone.textContent()).toContain('Hết hiệu lực: lớp đã ngừng');
	expect(await gone.getByRole('button').count()).toBe(0);
	await context.close();
});

test('too many tries by one link are refused for a while', async () => {
	const [token] = await issue(await openCampaign(), world.classId);
	const client = makeClient(world.baseUrl);
	const statuses: number[] = [];
	const ofAddress = async () => {
		const keys = ['127.0.0.1', '::1'].map((each) => sha256Hex(addressKey('class-link', each)));
		const rows = await world.db.selectFrom('rateLimit').select('count').where('key', 'in', keys).execute();
		return rows.reduce((sum, { count }) => sum + count, 0);
	};
	const before = await ofAddress();
	for (let tries = 0; tries < 61; tries += 1) {
		const answer = await client.post(`/lop/${token}?_action=classLinks.withdraw`, {
			token: token!,
			sheetId: 'x',
		});
		statuses.push(answer.status);
	}
	expect([...new Set(statuses.slice(0, 60))]).toEqual([404]);
	expect(statuses[60]).toBe(429);
	// A school shares one address: what is refused to one link takes nothing from the others.
	expect(await ofAddress()).toBe(before + 60);
});

test('the pages have no fault in either language, and one slip a class is printed', async () => {
	const campaignId = await openCampaign();
	const context = await browser.newContext({ viewport: phone, baseURL: world.baseUrl });
	const page = await context.newPage();
	const check = async () => {
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	};
	await signInAs(page, world.baseUrl, world.people['school lead']);
	for (const [lang, give] of [
		['', 'Tạo đường dẫn mới, lớp 6A'],
		['/en', 'Make a new link, class 6A'],
	] as const) {
		const [token] = await issue(campaignId, world.classId);
		await page.goto(`${lang}/cua-toi/truong/dot/${campaignId}/duong-dan`);
		await check();
		await press(page, give);
		await page.locator('.slip').waitFor();
		await check();
		expect(await printedPages(page)).toBe(1);
		const fresh = (await page.locator('[data-share-text]').first().textContent())!;
		expect((await page.goto(`${lang}/lop/${token}`))!.status()).toBe(410);
		await check();
		await page.goto(new URL(fresh).pathname);
		await page.fill(paperOf(world.classId), 'ba');
		await page.locator('main form .btn').first().click();
		await page.waitForURL(/_action=/);
		await page.locator('main summary').click();
		await check();
	}
	await context.close();
});
