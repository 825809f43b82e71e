// A school's whole round in the browser: from the Excel list of its classes to the money, and no pupil named anywhere.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostHouse } from '#features/schools/school.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { readWorkbook, writeWorkbook } from '#lib/workbook.ts';
import { launchBrowser, phone, wide } from '../support/browser.ts';
import { DAY, makeHouse } from '../support/fixtures.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { tablesHolding } from '../support/words.ts';

/** Nobody else in the world has it. */
const PUPIL = 'Hoàng Thị Mộng Kha';
const isNamed = (text: string) => /Mộng|M%E1%BB%99ng|M&#7897;ng/.test(text);

let world: ServedWorld;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let schoolId: string;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	// Opened by the operator, without a class.
	const lead = world.people['another school’s lead'];
	schoolId = lead.actor.grants[0]!.scopeId!;
	const house = await makeHouse(world.db, { hostType: 'school' });
	await inTransaction(world.db, (trx) => hostHouse(trx, house.id, schoolId));
	await world.db
		.updateTable('collectionCycle')
		.set({ openedAt: Date.now() - 30 * DAY })
		.where('greenHouseId', '=', house.id)
		.execute();
	context = await browser.newContext({ viewport: phone, baseURL: world.baseUrl });
	page = await context.newPage();
	await signInAs(page, world.baseUrl, lead);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const today = toLocalDate(Date.now());
const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
const openSheet = async (day = today) => {
	await page.goto(`/cua-toi/truong?ngay=${day}`);
	await page.click('[data-from-table] summary');
};
/** Figures of a table are looked at, and sent with this button. */
const enter = async (table: string, button: string) => {
	await openSheet();
	await page.fill('[name=table]', table);
	await page.click('[data-read-table]');
	await page.locator('[data-table-notes] .note').waitFor();
	if (await page.locator('[name=isExtra]').isVisible()) await page.check('[name=isExtra]');
	await press(button);
	await page.waitForURL(/xong=|_action=/);
	// A second sheet of one day says that it is one.
	if (await page.locator('[name=isExtra]').isVisible()) {
		await page.check('[name=isExtra]');
		await press(button);
		await page.waitForURL(/xong=/);
	}
};
/** What is done to the newest sheet that says this. */
const decide = async (words: string, button: string) => {
	await page.goto('/cua-toi/truong');
	const sheet = page
		.locator('main .rows li:has(summary)', { hasText: words, hasNotText: 'đã rút lại' })
		.first();
	await sheet.locator('summary').click();
	await sheet.getByRole('button', { name: button }).click();
	await page.waitForURL(/xong=/);
};
const progress = async (className: string) =>
	(await page.locator('.progress tbody tr', { hasText: className }).locator('td').allTextContents()).map(
		(text) => text.trim(),
	);
let campaign: string;

test('the lead sets up the classes from an Excel list and opens a campaign', async () => {
	await page.goto('/cua-toi/truong');
	expect(await page.locator('main').textContent()).toContain('chưa có danh sách lớp');
	await page.getByRole('link', { name: 'Lớp của trường' }).click();
	await page.getByRole('link', { name: 'Dán danh sách từ Excel' }).first().click();
	const rows = [
		['STT', 'Lớp', 'Sĩ số', 'GVCN'],
		[1, '6A', 40, 'Cô Lan'],
		[2, '6B', 38, 'Thầy Hùng'],
		[3, '7A', 36, ''],
		['', 'Tổng cộng', 114, ''],
	];
	const preview = async (table: (string | number)[][]) => {
		const buffer = Buffer.from(await writeWorkbook('Lớp', table));
		await page.setInputFiles('[name=file]', { name: 'lop.xlsx', mimeType: '', buffer });
		await press('Xem trước');
	};
	await preview(rows);
	await page.locator('#list-error', { hasText: 'D (“GVCN”)' }).waitFor();
	await preview(rows.map((row) => row.slice(0, 3)));
	expect(await page.locator('[role=status]').first().textContent()).toContain('3 lớp mới');
	await press('Lưu 3 thay đổi');
	expect(await page.locator('main').textContent()).toMatch(/3 lớp, 114 em/);

	await page.goto('/cua-toi/truong/dot');
	await page.fill('[name=name]', 'Kế hoạch nhỏ đợt 1');
	await page.fill('[name=purpose]', 'Tặng áo ấm cho bạn ở xa trường');
	await page.fill('[name=startsOn]', today);
	// The days around today may lie in two school years.
	await page.fill('[name=endsOn]', today.slice(5) === '07-31' ? today : addDays(today, 1));
	await press('Lưu bản soạn');
	await page.waitForURL(/xong=soan/);
	await press('Công bố đợt này');
	await page.waitForURL(/xong=cong-bo/);
	campaign = new URL(page.url()).pathname;
});

test('figures are pasted, corrected and revoked, and each total is exact', async () => {
	// Entered wrong, taken back while it waits, and entered again.
	await enter('Lớp\tGiấy vụn (kg)\n6A\t12,5', 'Ghi, duyệt sau');
	await page.goto(campaign);
	expect(await progress('6A')).toEqual(['0 %', '0', '0']);
	await decide('chờ duyệt', 'Rút lại sổ ngày này');
	await page.getByRole('link', { name: 'Sửa rồi ghi lại' }).first().click();
	await page.waitForURL(/tu=/);
	expect(await page.locator('[name^="cell:"][name$=":mixed_paper:kg"]').first().inputValue()).toBe('12,5');
	expect(await page.locator('[name=campaignId] option:checked').textContent()).toContain('Kế hoạch nhỏ');
	await enter('Lớp\tGiấy vụn (kg)\tLon nhôm (cái)\n6A\t120,5\t\n6B\t60\t40\nTổng\t180,5\t40', 'Ghi và duyệt');
	await page.goto(campaign);
	expect((await progress('6A')).slice(1)).toEqual(['120,5', '3,01']);
	const before = await progress('6B');
	// Two more loads of the day, approved in one press, and revoked: exactly that goes.
	await enter('Lớp\tGiấy vụn (kg)\n6B\t7\n7A\t30', 'Ghi, duyệt sau');
	await enter('Lớp\tGiấy vụn (kg)\n7A\t5', 'Ghi, duyệt sau');
	await press('Duyệt cả 2 sổ đang chờ');
	expect(await page.locator('.good[role=status]').textContent()).toContain('Đã duyệt 2 sổ');
	await page.goto(campaign);
	expect((await progress('7A'))[1]).toBe('35');
	for (const sheet of ['30', '5']) await decide(`${sheet}\u00a0kg`, 'Rút lại sổ ngày này');
	await page.goto(campaign);
	expect(await progress('6B')).toEqual(before);
	expect((await progress('7A'))[1]).toBe('0');
});

test('the goods are weighed, sold and confirmed, shown under the flag, and praised on paper', async () => {
	await page.goto(campaign);
	await page.locator('summary', { hasText: 'Ghi số cân' }).click();
	await page.selectOption('[name=materialCode]', 'mixed_paper');
	await page.fill('[name=weight]', '178');
	await press('Ghi số cân');
	await page.waitForURL(/xong=can/);
	expect(await page.locator('main').textContent()).toMatch(/180,5[\s\S]*178[\s\S]*2,5/);
	await page.locator('summary', { hasText: 'Kết thúc đợt' }).click();
	await press('Kết thúc, không mở lại');
	await page.waitForURL(/xong=ket-thuc/);
	await page.locator('.way .btn').click();
	await page.locator('form[action*=closeCycle] button').click();
	await page.waitForURL(/xong=ky/);
	await page.goto(campaign);
	await page.locator('.way .btn').click();
	await page.waitForURL(/#ban$/);
	await page.check('[name=how][value=lump_sum]');
	await page.fill('[name=dealer]', 'Cô Hạnh');
	await page.fill('[name=cash]', '540.000');
	await page.fill('[name=photoMissingReason]', 'Máy hết pin');
	await page.click('[data-sale] .btn');
	await page.waitForURL(/\/cua-toi\/phieu-ban\//);
	const slip = new URL(page.url()).pathname;
	const other = await browser.newContext({ viewport: phone, baseURL: world.baseUrl });
	const treasurer = await other.newPage();
	await signInAs(treasurer, world.baseUrl, world.people.treasurer);
	await treasurer.goto(slip);
	await treasurer.locator('form[action*=confirmSale] button').click();
	await treasurer.locator('.note.good').waitFor();
	await other.close();
	await page.goto(campaign);
	expect(await page.locator('.way').textContent()).toMatch(/540\.000.*vào Quỹ phường Đông Kinh/);

	const at = `/truong/${schoolId}`;
	await page.setViewportSize(wide);
	await page.goto(`${at}/thu-hai`);
	const slide = (await page.locator('main').textContent()) ?? '';
	for (const said of ['Kế hoạch nhỏ đợt 1', '540.000', '120,5\u00a0kg', '6A', '6B'])
		expect(slide).toContain(said);
	await page.goto(`${at}/${campaign.split('/').at(-1)!}/khen`);
	const certificates = await page.locator('.certificate').count();
	expect(certificates).toBeGreaterThan(0);
	const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
	expect([...pdf.matchAll(/\/Type \/Page\b/g)]).toHaveLength(certificates);
	await page.setViewportSize(phone);
});

/** Every field of a page's forms in which something can be typed, sent with the pupil's name in that field alone. */
async function typeIntoEveryField(address: string): Promise<number> {
	await page.goto(address);
	const forms = await page.locator('main form[method=POST]').evaluateAll((all) =>
		(all as HTMLFormElement[]).map((form) => ({
			action: form.action,
			values: [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
			typed: [...form.elements]
				.filter((each) =>
					each.matches('textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=file])'),
				)
				.map((each) => (each as HTMLInputElement).name)
				.filter((name) => name !== ''),
			files: [...form.elements].filter((each) => each.matches('[type=file]')).length,
		})),
	);
	let count = 0;
	for (const { action, values, typed } of forms)
		for (const name of typed) {
			const multipart = {
				...Object.fromEntries(values),
				[name]: name === 'table' || name === 'list' ? `Lớp\tTên\tGiấy vụn (kg)\n6A\t${PUPIL}\t3` : PUPIL,
			};
			if ('id' in multipart) multipart.id = uuidv7(Date.now());
			const answer = await context.request.post(action, {
				multipart,
				headers: { origin: world.baseUrl },
				maxRedirects: 0,
			});
			expect([name, answer.status() < 500]).toEqual([name, true]);
			count += 1;
		}
	return count;
}

test('no field of a school’s pages keeps a pupil’s name, and no table, export, page or log has it', async () => {
	await page.goto('/cua-toi/truong/lop');
	const ofClass = await page.locator('main a[href*="/truong/lop/"]').first().getAttribute('href');
	let count = 0;
	for (const address of [
		'/cua-toi/truong',
		'/cua-toi/truong/lop',
		'/cua-toi/truong/lop/danh-sach',
		ofClass!,
		'/cua-toi/truong/dot',
		campaign,
	])
		count += await typeIntoEveryField(address);
	expect(count).toBeGreaterThan(30);
	expect(await tablesHolding(world.db, 'Mộng Kha')).toEqual([]);
	expect(isNamed(world.output())).toBe(false);
	const id = campaign.split('/').at(-1)!;
	const at = `/truong/${schoolId}`;
	for (const address of [
		'/truong',
		at,
		`${at}/${id}`,
		`${at}/thu-hai`,
		`${at}/${id}/khen`,
		`/nhung${at}`,
		'/cua-toi/truong',
		campaign,
		'/cua-toi/nhat-ky',
	])
		expect([address, isNamed(await (await context.request.get(address)).text())]).toEqual([address, false]);
	for (const address of [`${at}/${id}/ket-qua.xlsx`, `${at}/so-nam.xlsx`]) {
		const { rows } = await readWorkbook(new Uint8Array(await (await context.request.get(address)).body()));
		expect(rows.length).toBeGreaterThan(1);
		expect(isNamed(JSON.stringify(rows))).toBe(false);
	}
});
