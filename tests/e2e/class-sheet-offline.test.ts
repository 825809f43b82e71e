// A school's day entered without a network: it waits for the account that entered it, and is sent once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { draftCampaign, endCampaign, publishCampaign } from '#features/schools/campaign.service.ts';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { launchPhone, phone, wide } from '../support/browser.ts';
import { PLAIN_CAMPAIGN } from '../support/fixtures.ts';
import { makeClient, signInClient, type Client } from '../support/http.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let folder: string;
let context: BrowserContext;
let page: Page;
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

beforeAll(async () => {
	world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'portal-phone-'));
	context = await launchPhone(folder, {
		...{ baseURL: world.baseUrl, viewport: phone, isMobile: true, hasTouch: true },
	});
	page = await context.newPage();
	await world.db.deleteFrom('rateLimit').execute();
});
afterEach(async () => {
	await context.close();
	rmSync(folder, { recursive: true, force: true });
});

const cell = (material: string, unit: string) => `[name="cell:${world.classId}:${material}:${unit}"]`;
const sheets = () => world.db.selectFrom('classSheet').selectAll().execute();
const waiting = () => page.locator('[data-list] > li');

/** The form for the time without a network is kept by now, with what reads a table and what sends. */
async function formIsKept(): Promise<void> {
	const isKept = () =>
		page.evaluate(async () => {
			const files = (await (await caches.open('tep-1')).keys()).map(({ url }) => url);
			const pages = await Promise.all(['/so-lop/khong-mang', '/cho-gui'].map((each) => caches.match(each)));
			return (
				pages.every(Boolean) &&
				['class-sheet-paste', 'class-sheet-queue', 'outbox.client'].every((name) =>
					files.some((url) => url.includes(name)),
				)
			);
		});
	await poll(isKept).toBe(true);
	// Nothing more is on its way: what those files need comes after them.
	const countFiles = () => page.evaluate(async () => (await (await caches.open('tep-1')).keys()).length);
	await poll(async () => {
		const before = await countFiles();
		await page.waitForTimeout(1000);
		return (await countFiles()) === before;
	}).toBe(true);
}

test('without a network it waits, for its own account alone, and is sent once', async () => {
	await signInAs(page, world.baseUrl, world.people['school lead']);
	await page.goto('/cua-toi/truong');
	await formIsKept();
	await context.setOffline(true);
	await page.goto('/cua-toi/truong');
	expect(await page.locator('.grid tbody th').allTextContents()).toEqual(['6A']);
	// Only what the house takes has a cell.
	expect(await page.locator('.grid tbody input').count()).toBe(world.schoolHouse.materials.length);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.click('[data-from-table] summary');
	await page.fill('[name=table]', 'Lớp\tGiấy vụn\tLon nhôm\n6A\t12,5\t40');
	await page.click('[data-read-table]');
	await page.locator('[data-table-notes] .good').waitFor();
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('12,5');
	await page.click('[name=isApproved]');
	await page.waitForURL('**/cho-gui');
	expect(await page.textContent('[data-text]')).toMatch(
		/^Sổ lớp ngày .*, 1 lớp: 12,5\u00a0kg · 40\u00a0cái$/,
	);
	expect(await sheets()).toEqual([]);

	// Signed out meanwhile: it goes on waiting and says for what.
	const session = (await context.cookies()).find(({ name }) => name === 'phien')!;
	await context.clearCookies({ name: 'phien' });
	await context.setOffline(false);
	await page.goto('/cho-gui');
	await page.locator('[data-waits-for]:not([hidden])').waitFor();
	expect(await page.textContent('[data-waits-for]')).toMatch(/đăng nhập lại bằng tài khoản đã ghi/);

	// Another account does not send it either.
	await signInAs(page, world.baseUrl, world.people['another school’s lead']);
	await page.goto('/cho-gui');
	await poll(() => page.textContent('[data-waits-for]')).toMatch(/tài khoản khác/);
	expect(await sheets()).toEqual([]);

	await context.clearCookies({ name: 'phien' });
	await context.addCookies([session]);
	await page.goto('/cho-gui');
	await poll(() => waiting().count()).toBe(0);
	expect(await sheets()).toMatchObject([
		{ status: 'approved', recordedBy: world.people['school lead'].actor.grants[0]!.id },
	]);

	// The same day again, entered without a network: it is asked about, and corrected with all that was typed.
	await page.goto('/cua-toi/truong');
	await context.setOffline(true);
	await page.goto('/cua-toi/truong');
	await page.fill(cell('mixed_paper', 'kg'), '3');
	await page.click('[name=isApproved]');
	await page.waitForURL('**/cho-gui');
	await context.setOffline(false);
	await page.goto('/cho-gui');
	await poll(() => page.textContent('[data-refusal]')).toMatch(/Ngày này đã ghi 6A/);
	await page.click('[data-correct]');
	await poll(() => page.inputValue(cell('mixed_paper', 'kg'))).toBe('3');
	await page.click('[name=isApproved]');
	await page.locator('#sheet-error').waitFor();
	await page.check('[name=isExtra]');
	await page.click('[name=isApproved]');
	await page.locator('.good [role=status]').waitFor();
	expect(await sheets()).toHaveLength(2);
	await page.goto('/cho-gui');
	await poll(() => waiting().count()).toBe(0);
});

const today = toLocalDate(Date.now());
/** A campaign of one day. */
async function openCampaign(name: string, day: string, materials = ['mixed_paper']): Promise<string> {
	const lead = world.people['school lead'].actor;
	const about = { id: crypto.randomUUID(), greenHouseCode: world.schoolHouse.code, name };
	const input = { ...PLAIN_CAMPAIGN, ...about, startsOn: day, endsOn: day, materials };
	await draftCampaign(world.db, lead, input, Date.now());
	await publishCampaign(world.db, lead, about.id, Date.now());
	return about.id;
}
async function addClass(name: string): Promise<string> {
	const { organisationId, schoolYear } = await world.db
		.selectFrom('schoolClass')
		.selectAll()
		.where('id', '=', world.classId)
		.executeTakeFirstOrThrow();
	const row = { organisationId, schoolYear, grade: 6, name, size: 30, isSample: 0 as const };
	return inTransaction(world.db, (trx) => insertClass(trx, row, Date.now()));
}
const campaign = () => page.locator('[name=campaignId] option:checked').textContent();
const note = () => page.locator('[data-campaign-note]');

test('without a network it is proposed for the campaign of its day, and one may choose another or none', async () => {
	const isSameYear = (day: string) => schoolYearOf(day) === schoolYearOf(today);
	const other = [addDays(today, -1), addDays(today, 1)].find(isSameYear)!;
	const ofToday = await openCampaign('Kế hoạch nhỏ', today);
	await openCampaign('Đợt hai', other);
	const classId = await addClass('6B');
	const paper = `[name="cell:${classId}:mixed_paper:kg"]`;
	const cans = `[name="cell:${classId}:aluminium_can:piece"]`;
	await signInAs(page, world.baseUrl, world.people['school lead']);
	await page.goto('/cua-toi/truong');
	const offered = () => page.locator('[name=campaignId] option').allTextContents();
	const online = (await offered()).map((each) => each.trim());
	expect((await campaign())!.trim()).toBe('Kế hoạch nhỏ');
	await formIsKept();
	await context.setOffline(true);
	await page.goto('/cua-toi/truong');
	expect((await offered()).map((each) => each.trim())).toEqual(online);
	expect(await campaign()).toBe('Kế hoạch nhỏ');
	await page.fill('[name=collectedOn]', other);
	expect(await campaign()).toBe('Đợt hai');
	await page.fill('[name=collectedOn]', today);
	expect(await campaign()).toBe('Kế hoạch nhỏ');
	expect(await note().isVisible()).toBe(false);

	// What it does not count has no column, until something stands there: then it is said.
	await page.selectOption('[data-pick] select', { label: '6B' });
	await page.fill(paper, '4');
	expect(await page.isVisible(cans)).toBe(false);
	await page.selectOption('[name=campaignId]', '');
	await page.fill(cans, '30');
	await page.selectOption('[name=campaignId]', { label: 'Kế hoạch nhỏ' });
	expect(await note().textContent()).toMatch(/Đợt này không tính: lon nhôm/);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.fill(cans, '');
	expect(await note().isVisible()).toBe(false);

	// Once somebody has chosen, another day changes nothing.
	await page.selectOption('[name=campaignId]', '');
	await page.fill('[name=collectedOn]', other);
	expect((await campaign())!.trim()).toBe('Không thuộc đợt nào');
	await page.selectOption('[name=campaignId]', { label: 'Kế hoạch nhỏ' });
	expect(await note().textContent()).toMatch(/Ngày này ở ngoài đợt/);
	await page.fill('[name=collectedOn]', today);
	await page.click('[name=isApproved]');
	await page.waitForURL('**/cho-gui');
	await context.setOffline(false);
	await page.goto('/cho-gui');
	await poll(() => waiting().count()).toBe(0);
	expect((await sheets()).filter(({ campaignId }) => campaignId !== null)).toMatchObject([
		{ campaignId: ofToday, collectedOn: today, status: 'approved' },
	]);
});

test('what was refused opens with its campaign, its answers and every figure, also those without a cell', async () => {
	const [kept, gone] = [await addClass('6C'), await addClass('6D')];
	const ofToday = await openCampaign('Đợt ba', today, ['mixed_paper', 'aluminium_can']);
	const field = (classId: string, rest: string) => `[name="cell:${classId}:${rest}"]`;
	await signInAs(page, world.baseUrl, world.people['school lead']);
	// It stands already, so that the same day asks.
	const lead = world.people['school lead'].actor;
	await recordClassSheet(
		world.db,
		lead,
		{
			...{ id: crypto.randomUUID(), greenHouseCode: world.schoolHouse.code },
			...{ collectedOn: today, isApproved: true },
			rows: [{ classId: kept, lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 1000 }] }],
		},
		Date.now(),
	);
	await page.setViewportSize(wide);
	await page.goto(`/cua-toi/truong?dot=${ofToday}`);
	await formIsKept();
	// Cans in kilograms get a column of their own, which the portal makes.
	await page.click('[data-from-table] summary');
	await page.fill('[name=table]', 'Lớp\tGiấy vụn\tLon nhôm (kg)\n6C\t400\t2,5\n6D\t7\t');
	await page.click('[data-read-table]');
	await poll(() => page.inputValue(field(kept, 'aluminium_can:kg'))).toBe('2,5');
	await page.selectOption('[name=campaignId]', ofToday);
	await page.click('[name=isApproved]');
	await page.check('[name=isSure]');
	await page.click('[name=isApproved]');
	await page.locator('#sheet-error').waitFor();
	await page.check('[name=isExtra]');
	await context.setOffline(true);
	await page.click('[name=isApproved]');
	await page.waitForURL('**/cho-gui');

	// Before it is sent its campaign ends and one of its classes is merged away.
	await endCampaign(world.db, lead, ofToday, Date.now());
	await world.db.updateTable('schoolClass').set({ closedOn: today }).where('id', '=', gone).execute();
	await context.setOffline(false);
	await page.goto('/cho-gui');
	await poll(() => page.textContent('[data-refusal]')).toMatch(/không có lớp này/);
	// Without a network the phone's form may be another school's, which was opened since: it takes nothing over.
	const way = (await page.getAttribute('[data-correct]', 'href'))!;
	const setSchool = (code: string) =>
		page.evaluate((to) => {
			const store = JSON.parse(localStorage.getItem('so-lop')!) as { code: string };
			localStorage.setItem('so-lop', JSON.stringify({ ...store, code: to }));
		}, code);
	await setSchool('NNX-998');
	await context.setOffline(true);
	await page.goto(way);
	await poll(() => page.textContent('[data-alert]')).toMatch(/trường khác/);
	expect(await page.inputValue(field(kept, 'mixed_paper:kg'))).toBe('');
	expect(new URL(page.url()).hash).toBe('');
	await setSchool(world.schoolHouse.code);
	await context.setOffline(false);
	await page.goto('/cho-gui');
	await page.click('[data-correct]');
	await poll(() => page.inputValue(field(kept, 'mixed_paper:kg'))).toBe('400');
	for (const name of ['isExtra', 'isSure']) {
		expect(await page.isVisible(`[name=${name}]`)).toBe(true);
		expect(await page.isChecked(`[name=${name}]`)).toBe(true);
	}
	expect((await campaign())!.trim()).toBe('Đợt ba');
	expect(await note().textContent()).toMatch(/không có trong các đợt đang nhận sổ/);
	// A phone shows one class at a time: the first that something was written of.
	await page.setViewportSize(phone);
	expect(await page.isVisible(field(kept, 'mixed_paper:kg'))).toBe(true);
	await page.setViewportSize(wide);
	const strays = page.locator('[data-strays] label');
	expect(await strays.allTextContents()).toEqual(['6C, lon nhôm (kg)', '6D, giấy vụn (kg)']);
	expect(
		await strays.locator('input').evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value)),
	).toEqual(['2,5', '7']);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);

	// Refused once more, the portal's page keeps what has no cell as well.
	await page.click('[name=isApproved]');
	await page.locator('#sheet-error').waitFor();
	expect((await strays.allTextContents()).map((each) => each.trim())).toEqual(['6D, giấy vụn (kg)']);
	expect(await page.inputValue(field(gone, 'mixed_paper:kg'))).toBe('7');
	expect(await page.inputValue(field(kept, 'aluminium_can:kg'))).toBe('2,5');
	expect((await campaign())!.trim()).toBe('Đợt ba');
	expect(await note().textContent()).toMatch(/không có trong các đợt đang nhận sổ/);
	await page.selectOption('[name=campaignId]', '');
	await page.fill(field(gone, 'mixed_paper:kg'), '');
	await page.click('[name=isApproved]');
	await page.locator('.good [role=status]').waitFor();
	const newest = (await sheets()).sort((a, b) => a.recordedAt - b.recordedAt).at(-1)!;
	expect(newest).toMatchObject({ status: 'approved', campaignId: null });
	const cells = await world.db
		.selectFrom('classSheetCell')
		.select(['schoolClassId', 'materialCode', 'unit', 'quantityMilli'])
		.where('classSheetId', '=', newest.id)
		.orderBy('materialCode')
		.execute();
	expect(cells).toEqual([
		{ schoolClassId: kept, materialCode: 'aluminium_can', unit: 'kg', quantityMilli: 2500 },
		{ schoolClassId: kept, materialCode: 'mixed_paper', unit: 'kg', quantityMilli: 400_000 },
	]);
	await page.goto('/cho-gui');
	await poll(() => waiting().count()).toBe(0);
});

test('a phone that never opened the sheet says so', async () => {
	await page.goto('/so-lop/khong-mang');
	expect(await page.textContent('[data-alert]')).toContain('chưa mở Ghi sổ lớp');
	expect(await page.locator('[data-again] a[href=""]').isVisible()).toBe(true);
	expect(await page.locator('.grid').count()).toBe(0);
});

test('the address takes no sheet without its account or its role, and names what is wrong', async () => {
	const lead = world.people['school lead'];
	const client = await signInClient(world.baseUrl, lead);
	const other = world.people['another school’s lead'];
	const stranger = await signInClient(world.baseUrl, other);
	const one = {
		...{ id: crypto.randomUUID(), account: lead.actor.personId, green_house_code: world.schoolHouse.code },
		...{ collected_on: '2026-09-07', rows: { [world.classId]: { 'mixed_paper:kg': '2,5' } } },
		...{ is_approved: true, is_extra: false, is_sure: false },
	};
	const post = async (sender: Client, ...items: object[]) => {
		const response = await sender.send('/api/v1/class-sheets', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ sent_at: new Date().toISOString(), class_sheets: items }),
		});
		expect(response.status).toBe(200);
		const { results } = (await response.json()) as {
			results: { status: number; error?: { code: string; field?: string } }[];
		};
		return results.map(({ status, error }) => [status, error?.code]);
	};
	const before = await digest(world.db, ['session']);
	const at = (typed: string, unit = 'kg') => ({
		...one,
		rows: { [world.classId]: { [`mixed_paper:${unit}`]: typed } },
	});
	expect(
		await post(
			client,
			{ ...one, account: world.people.steward.actor.personId },
			{ ...one, collected_on: '2026-02-30' },
			{ ...one, collected_on: '2099-01-01' },
			{ ...one, green_house_code: 'NNX-998' },
			{ ...one, rows: {} },
			{ ...one, rows: { khac: { 'mixed_paper:kg': '2' } } },
			at('Lan'),
			at('-1'),
			at('2', 'ton'),
			at('400'),
			// Sure of another amount.
			{ ...at('400'), is_sure: `cell:${world.classId}:mixed_paper:kg=401000` },
			{ ...one, id: 'x' },
			{ id: one.id },
		),
	).toEqual([
		[401, 'sheetOtherAccount'],
		[422, 'dateInvalid'],
		[422, 'dateInFuture'],
		[422, 'noSchoolHouse'],
		[422, 'sheetEmpty'],
		[422, 'unknownClass'],
		[422, 'quantityNotNumber'],
		[422, 'quantityNotPositive'],
		[400, 'formUnreadable'],
		[409, 'classAmountLarge'],
		[409, 'classAmountLarge'],
		[422, 'idInvalid'],
		[422, 'bodyMalformed'],
	]);
	expect(await post(makeClient(world.baseUrl), one)).toEqual([[401, 'sheetSignIn']]);
	expect(await post(stranger, { ...one, account: other.actor.personId })).toEqual([[403, 'notYourRole']]);
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await post(client, one, one)).toEqual([
		[201, undefined],
		[200, undefined],
	]);
	expect((await sheets()).filter(({ id }) => id === one.id)).toHaveLength(1);
});
