// The classes of a school in its lead's browser, with JavaScript and without: from an Excel list to the next school year.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { listYearClasses } from '#features/schools/school-class.repository.ts';
import { createTranslator } from '#lib/i18n.ts';
import { toLocalDate } from '#lib/time.ts';
import { writeWorkbook } from '#lib/workbook.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { arrive, axeErrors } from '../support/pages.ts';
import { movedClock } from '../support/moved-clock.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';
import { compoundFile } from '../support/workbooks.ts';

const clock = movedClock();
let world: ServedWorld;
let browser: Browser;
let page: Page;
const year = schoolYearOf(toLocalDate(Date.now()));
beforeAll(async () => {
	browser = await launchBrowser();
});
afterAll(async () => {
	await browser.close();
	clock.remove();
});
beforeEach(async () => {
	clock.moveBy(0);
	world = await startWorld(undefined, clock.env);
});
afterEach(async () => {
	await page.context().close();
	await world.stop();
});

const open = async (javaScriptEnabled: boolean): Promise<void> => {
	page = await (await browser.newContext({ viewport: phone, javaScriptEnabled })).newPage();
	await signInAs(page, world.baseUrl, world.people['school lead']);
};
const go = (at: string) => page.goto(`${world.baseUrl}${at}`);
const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
const said = (role: 'alert' | 'status') => page.locator(`[role=${role}]`).first().textContent();
const classes = async (of = year) => {
	const { organisationId } = await world.db
		.selectFrom('schoolClass')
		.select('organisationId')
		.where('id', '=', world.classId)
		.executeTakeFirstOrThrow();
	return (await listYearClasses(world.db, organisationId, of)).map(
		({ name, size, closedOn }) => `${name} ${size ?? '?'}${closedOn === null ? '' : ' †'}`,
	);
};
const written = () => digest(world.db, ['session']);
const LIST = 'STT\tTên lớp\tSĩ số\n1\t6A\t40\n2\t6B\t39 em\n3\t7A\t38\n4\t9A\t35\n\tTổng cộng\t152';

test.each([true, false])(
	'a school is set up, merged, split and rolled over (JavaScript: %s)',
	async (isOn) => {
		await open(isOn);
		await go('/cua-toi/truong');
		await page.getByRole('link', { name: 'Lớp của trường' }).click();
		await page.getByRole('link', { name: 'Dán danh sách từ Excel' }).click();
		const before = await written();
		await page.fill('textarea[name=list]', LIST);
		await press('Xem trước');
		expect(await said('status')).toMatch(/3 lớp mới\s*6B \(39 em\), 7A \(38 em\), 9A \(35 em\)/);
		expect(await said('status')).toMatch(/1 lớp đổi sĩ số\s*6A:\s38\s→\s40/);
		expect(await written()).toEqual(before);
		if (isOn) expect(await axeErrors(page)).toEqual([]);
		await press('Lưu 4 thay đổi');
		expect(await said('status')).toContain('Đã lưu danh sách lớp');
		expect(await classes()).toEqual(['6A 40', '6B 39', '7A 38', '9A 35']);
		expect(await page.locator('main').textContent()).toMatch(/4 lớp, 152 em/);

		// The same list once more has nothing to save.
		await page.getByRole('link', { name: 'Dán danh sách từ Excel' }).click();
		await page.fill('textarea[name=list]', LIST);
		await press('Xem trước');
		expect(await said('status')).toContain('không có gì để lưu');
		expect(await page.getByRole('button', { name: /^Lưu/ }).count()).toBe(0);

		await go('/cua-toi/truong/lop');
		await page.fill('[name=name]', '6C');
		await page.fill('[name=size]', '20');
		await press('Thêm lớp');
		await page.getByRole('link', { name: /^6C/ }).click();
		await page.locator('summary', { hasText: 'Gộp vào lớp khác' }).click();
		expect(await page.locator('details[open]').textContent()).toContain(
			'6A và 6C là 60 em; 6B và 6C là 59 em',
		);
		await page.selectOption('[name=intoId]', { label: '6B (39 em)' });
		await page.locator('details[open] [name=size]').fill('59');
		await press('Gộp lớp');
		expect(await said('status')).toContain('Đã gộp lớp');
		expect(await classes()).toEqual(['6A 40', '6B 59', '6C 20 †', '7A 38', '9A 35']);
		expect(await page.locator('.ended').textContent()).toContain('6C: gộp vào 6B');

		await page.getByRole('link', { name: /^6B/ }).click();
		await page.locator('summary', { hasText: 'Tách lớp' }).click();
		await page.locator('details[open] [name=newName]').fill('6d');
		await page.locator('details[open] [name=newSize]').fill('30');
		await page.locator('details[open] [name=size]').fill('29');
		await page.locator('details[open] .btn').click();
		expect(await said('status')).toContain('Đã tách lớp');
		await page.getByRole('link', { name: /^9A/ }).click();
		await page.fill('[name=size] >> nth=0', '36');
		await press('Lưu tên và sĩ số');
		expect(await classes()).toEqual(['6A 40', '6B 29', '6C 20 †', '6D 30', '7A 38', '9A 36']);

		// The June after: another clock, so another sign-in.
		const june = Date.UTC(Number(year.slice(5)), 5, 20, 3);
		clock.moveTo(Math.max(june, Date.now()));
		await page.context().clearCookies();
		await signInAs(page, world.baseUrl, world.people['school lead']);
		await go('/cua-toi/truong/lop');
		await page.getByRole('link', { name: /^Lập lớp cho năm học/ }).click();
		const names = page.locator('.rollover [name^="name:"]');
		expect(
			await names.evaluateAll((inputs) => inputs.map((each) => (each as HTMLInputElement).value)),
		).toEqual([...['6A', '6B', '6D', '7A', '7B', '7D', '8A']]);
		if (isOn) expect(await axeErrors(page)).toEqual([]);
		expect(await page.locator('main').textContent()).toContain('1 lớp khối 9 ra trường: 9A.');
		await page.uncheck('[name="keep:2"]');
		await page.fill('[name="name:0"]', '7A');
		const unchanged = await written();
		await press('Lập các lớp đã giữ');
		expect(await said('alert')).toMatch(/Có 1 chỗ chưa đúng.*7A: Lớp 7A có hai lần\./s);
		expect(await page.locator('[aria-invalid]').getAttribute('name')).toBe('name:3');
		expect(await page.isChecked('[name="keep:2"]')).toBe(false);
		expect(await written()).toEqual(unchanged);
		await page.fill('[name="name:0"]', '6A');
		await page.fill('[name="size:0"]', '41');
		await press('Lập các lớp đã giữ');
		expect(await said('status')).toContain('Đã lập lớp cho năm học mới');
		const next = `${year.slice(5)}-${Number(year.slice(5)) + 1}`;
		expect(await classes(next)).toEqual(['6A 41', '6B ?', '7A 40', '7B 29', '7D 30', '8A 38']);
		expect(await classes()).toHaveLength(6);
		await go('/cua-toi/truong/lop/nam-moi');
		expect(await page.locator('.rollover').count()).toBe(0);
		expect(await page.locator('main .note').textContent()).toContain('đã có lớp rồi');
		await go(`/cua-toi/truong/lop?nam=${year}`);
		expect(await page.getByRole('link', { name: /^9A/ }).count()).toBe(1);
	},
);

test('what is wrong is said beside it, kept, and written nowhere; names are not even shown again', async () => {
	await open(false);
	const before = await written();
	const send = (name: string) => arrive(page, () => press(name));
	await go('/cua-toi/truong/lop/danh-sach');
	await page.fill('textarea[name=list]', 'Lớp\tSĩ số\n6A\t0\nLan\t38');
	expect(await send('Xem trước')).toBe(422);
	expect(await said('alert')).toMatch(
		/2 dòng chưa đúng.*Dòng 2: sĩ số.*Trong bảng ghi “0”.*Dòng 3: không rõ tên lớp[^“]*$/s,
	);
	expect(await page.inputValue('textarea[name=list]')).toContain('Lan\t38');
	await page.fill('textarea[name=list]', 'Lớp\tSĩ số\tGVCN\n6A\t38\tNguyễn Thị Hoa');
	expect(await send('Xem trước')).toBe(422);
	expect(await said('alert')).toContain('Cột C (“GVCN”) giống tên người');
	expect(await said('alert')).toContain('Xin xoá cột ấy trong Excel');
	expect(await page.content()).not.toContain('Hoa');

	for (const [rows, key] of [
		[10_000, 'classListRows'],
		[100_000, 'tableTextLong'],
	] as const) {
		await page.locator('textarea[name=list]').evaluate((area, count) => {
			(area as HTMLTextAreaElement).value = '6A\t38\n'.repeat(count);
		}, rows);
		expect(await send('Xem trước')).toBe(413);
		expect(await said('alert')).toContain(createTranslator('vi')(`errors:${key}`, { max: 300 }));
		expect(await written()).toEqual(before);
	}

	const upload = async (name: string, bytes: Uint8Array) => {
		await page.setInputFiles('[name=file]', { name, mimeType: '', buffer: Buffer.from(bytes) });
		return send('Xem trước');
	};
	expect(await upload('lop.xls', compoundFile('Workbook'))).toBe(422);
	expect(await page.locator('#file-error').textContent()).toContain('.xls');
	expect(await upload('lop.xlsx', compoundFile('EncryptedPackage'))).toBe(422);
	expect(await page.locator('#file-error').textContent()).toContain('mật khẩu');
	expect(await upload('lop.csv', new Uint8Array(1_000_001))).toBe(413);
	const book = await writeWorkbook('Lớp', [
		['Tên lớp', 'Sĩ số'],
		['6A', 38],
		['8A', 33],
	]);
	expect(await upload('lop.xlsx', book)).toBe(200);
	expect(await said('status')).toContain('8A (33 em)');

	await go('/cua-toi/truong/lop');
	await page.fill('[name=name]', '13A');
	await page.fill('[name=size]', '38');
	expect(await send('Thêm lớp')).toBe(422);
	expect(await page.locator('#name-error').textContent()).toContain('Tên lớp gồm khối');
	expect(await page.inputValue('[name=size]')).toBe('38');
	await go(`/cua-toi/truong/lop/${world.classId}`);
	await page.fill('[name=size] >> nth=0', '500');
	expect(await send('Lưu tên và sĩ số')).toBe(422);
	expect(await page.locator('#change-size-error').textContent()).toContain('từ 1 đến 120');
	await page.locator('summary', { hasText: 'Tách lớp' }).click();
	await page.locator('details[open] [name=newName]').fill('7C');
	expect(await send('Tách lớp')).toBe(422);
	expect(await page.locator('#split-newName-error').textContent()).toContain('khối 6');
	expect(await written()).toEqual(before);
});

test('a school that has nothing yet is led to its list of classes and to its first campaign', async () => {
	await open(false);
	await go('/cua-toi/truong');
	const list = page.locator('section', { has: page.locator('#da-ghi') });
	expect(await list.textContent()).toContain('Chưa có đợt thu gom nào đang mở');
	await world.db
		.updateTable('schoolClass')
		.set({ closedOn: `${year.slice(0, 4)}-08-02` })
		.execute();
	await go('/cua-toi/truong');
	expect(await list.textContent()).toContain('việc đầu tiên là lập danh sách lớp');
	await list.getByRole('link', { name: 'Mở một đợt thu gom' }).click();
	await page.waitForURL(/\/dot\?diem=.*#moi$/);
	await go('/cua-toi/truong');
	await list.getByRole('link', { name: 'Dán danh sách từ Excel' }).click();
	await page.waitForURL(/\/lop\/danh-sach/);
});
