// A school's day entered without a network: it waits for the account that entered it, and is sent once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchPhone, phone } from '../support/browser.ts';
import { makeClient, signInClient, type Client } from '../support/http.ts';
import { sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest, SEQUENCED } from '../support/snapshot.ts';

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

test('without a network it waits, for its own account alone, and is sent once', async () => {
	await signInAs(page, world.baseUrl, world.people['school lead']);
	await page.goto('/cua-toi/truong');
	// The form for the time without a network is kept by now, with what reads a table and what sends.
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

test('a phone that never opened the sheet says so', async () => {
	await page.goto('/so-lop/khong-mang');
	expect(await page.textContent('[data-alert]')).toContain('chưa mở Ghi sổ lớp');
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
	const before = await digest(world.db, ['session', ...SEQUENCED]);
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
		[422, 'idInvalid'],
		[422, 'bodyMalformed'],
	]);
	expect(await post(makeClient(world.baseUrl), one)).toEqual([[401, 'sheetSignIn']]);
	expect(await post(stranger, { ...one, account: other.actor.personId })).toEqual([[403, 'notYourRole']]);
	expect(await digest(world.db, ['session', ...SEQUENCED])).toEqual(before);
	expect(await post(client, one, one)).toEqual([
		[201, undefined],
		[200, undefined],
	]);
	expect((await sheets()).filter(({ id }) => id === one.id)).toHaveLength(1);
});
