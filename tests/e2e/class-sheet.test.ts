// The class sheet as the school lead's browser shows it: every bad cell, and a day that stands already.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftCampaign, endCampaign, publishCampaign } from '#features/schools/campaign.service.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { createTranslator } from '#lib/i18n.ts';
import { recordClassSheet, revokeClassSheet } from '#features/schools/class-sheet.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { writeWorkbook } from '#lib/workbook.ts';
import { addDays, formatDate, toLocalDate } from '#lib/time.ts';
import errors from '#locales/vi/errors.json' with { type: 'json' };
import { launchBrowser, phone, wide } from '../support/browser.ts';
import { PLAIN_CAMPAIGN } from '../support/fixtures.ts';
import { signInClient } from '../support/http.ts';
import { arrive, axeErrors, sticksOut } from '../support/pages.ts';
import { movedClock } from '../support/moved-clock.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

// Days up to nine back are entered in one school year, so in the first days of August the portal's clock runs ahead.
const clock = movedClock();
const dayIn = (days: number) => toLocalDate(Date.now() + days * 86_400_000);
const ahead = [0, 3, 6, 9].find((days) => schoolYearOf(dayIn(days - 9)) === schoolYearOf(dayIn(days)))!;
const now = () => Date.now() + ahead * 86_400_000;
const today = dayIn(ahead);
let world: ServedWorld;
let browser: Browser;
beforeAll(async () => {
	clock.moveBy(ahead * 86_400_000);
	[world, browser] = await Promise.all([startWorld(undefined, clock.env), launchBrowser()]);
	const { id: _id, ...first } = await world.db
		.selectFrom('schoolClass')
		.selectAll()
		.where('id', '=', world.classId)
		.executeTakeFirstOrThrow();
	await world.db
		.insertInto('schoolClass')
		.values({ ...first, id: crypto.randomUUID(), name: '6B' })
		.execute();
});
afterAll(async () => {
	await browser.close();
	await world.stop();
	clock.remove();
});

// One sign-in for all: each takes a recovery code.
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>> | undefined;
const openSheet = async (javaScriptEnabled = true, viewport = phone): Promise<Page> => {
	const context = await browser.newContext({
		...{ viewport, javaScriptEnabled },
		...(signedIn && { storageState: signedIn }),
	});
	const page = await context.newPage();
	if (!signedIn) {
		await signInAs(page, world.baseUrl, world.people['school lead']);
		signedIn = await context.storageState();
	}
	await page.goto(`${world.baseUrl}/cua-toi/truong`);
	return page;
};
const cell = (material: string, unit: string) => `[name="cell:${world.classId}:${material}:${unit}"]`;
const send = (page: Page) => page.click('[data-class-sheet] [name=isApproved]');

test.each([true, false])(
	'every bad cell is marked, listed by class and material, and kept (JavaScript: %s)',
	async (javaScriptEnabled) => {
		const page = await openSheet(javaScriptEnabled);
		const before = await digest(world.db, ['session']);
		await page.fill(cell('mixed_paper', 'kg'), '-3');
		await page.fill(cell('cardboard', 'kg'), 'Lan');
		await page.fill(cell('aluminium_can', 'piece'), '12');
		await page.fill(cell('e_waste', 'piece'), '1,5');
		await send(page);
		const alert = page.locator('[role=alert]');
		await alert.locator('li').first().waitFor();
		expect(await alert.locator('li').allTextContents()).toEqual([
			expect.stringMatching(/^\s*6A, giấy vụn: Số lượng phải lớn hơn 0\.\s*$/),
			expect.stringMatching(/^\s*6A, bìa carton: Số lượng phải là một con số/),
			expect.stringMatching(/^\s*6A, đồ điện tử cũ: Số cái phải là số nguyên/),
		]);
		const marked = page.locator('[aria-invalid=true]');
		expect(
			await marked.evaluateAll((cells) =>
				(cells as HTMLInputElement[]).map((each) => [
					each.value,
					document
						.getElementById(each.getAttribute('aria-describedby') ?? '')
						?.textContent.trim()
						.slice(0, 8),
				]),
			),
		).toEqual([
			['-3', '6A, giấy'],
			['Lan', '6A, bìa '],
			['1,5', '6A, đồ đ'],
		]);
		expect(await page.inputValue(cell('aluminium_can', 'piece'))).toBe('12');
		expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toContain('mixed_paper');
		expect(await digest(world.db, ['session'])).toEqual(before);
		if (javaScriptEnabled) expect(await axeErrors(page)).toEqual([]);
		await page.context().close();
	},
);

const paste = async (page: Page, text: string) => {
	if (!(await page.isVisible('[name=table]'))) await page.click('[data-from-table] summary');
	await page.fill('[name=table]', text);
	await page.locator('[data-table-notes] .note').evaluateAll((notes) => {
		for (const note of notes) note.remove();
	});
	await page.click('[data-read-table]');
	await page.locator('[data-table-notes] .note').waitFor();
};
const TABLE = [
	'KẾ HOẠCH NHỎ\t\t\t\t',
	'STT\tLớp\tGiấy vụn (kg)\tLon nhôm\tPin tiểu',
	'1\tLớp 6a\t12,5\t1.500\t3',
	'2\t6C\t4\t\t',
	'\tTổng\t16,5\t1500\t3',
].join('\n');

test.each([true, false])(
	'a pasted table stands in the grid, each doubtful place is named, and nothing is written (JavaScript: %s)',
	async (javaScriptEnabled) => {
		const page = await openSheet(javaScriptEnabled);
		const before = await digest(world.db, ['session']);
		await page.fill(cell('cardboard', 'kg'), '7');
		await paste(page, TABLE);
		expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('12,5');
		expect(await page.inputValue(cell('aluminium_can', 'piece'))).toBe('1.500');
		expect(await page.inputValue(cell('cardboard', 'kg'))).toBe('7');
		const notes = page.locator('[data-table-notes]');
		expect(
			(await notes.locator('li').allTextContents()).map((each) =>
				each
					.replace(/Điền dòng này vào \S+/g, '')
					.replace(/\s+/g, ' ')
					.trim(),
			),
		).toEqual([
			'Dòng 2, cột E: Pin cũ và ắc quy không bỏ vào Ngôi nhà xanh nên không ghi vào sổ. Xem cách xử lý',
			'Dòng 4, cột B: Trường không có lớp này. Trong bảng ghi “6C”. Gần nhất: 6B, 6A.',
		]);
		expect(await notes.locator('li a').getAttribute('href')).toBe('/phan-loai/pin');
		expect(await notes.textContent()).toContain('Bỏ qua dòng, cột cộng: 5.');
		expect(await digest(world.db, ['session'])).toEqual(before);
		expect(await page.inputValue('[name=table]')).toBe('');
		if (javaScriptEnabled) expect(await axeErrors(page)).toEqual([]);
		await page.fill('[name=collectedOn]', addDays(today, javaScriptEnabled ? -3 : -4));
		// Whoever does not say that they have looked is asked to.
		await page.locator('[name=isSeen]').evaluate((box) => box.removeAttribute('required'));
		await send(page);
		await page.locator('#sheet-error', { hasText: errors.tableUnseen }).waitFor();
		expect(await digest(world.db, ['session'])).toEqual(before);
		await page.check('[name=isSeen]');
		await send(page);
		await page.locator('.good [role=status]', { hasText: '1 lớp' }).waitFor();
		await page.click('text=Rút lại sổ này');
		await page.locator('.note [role=status]', { hasText: 'Đã rút lại' }).waitFor();
		await page.context().close();
	},
);

test.each([true, false])(
	'a pupil’s name in a table is neither shown nor kept (JavaScript: %s)',
	async (javaScriptEnabled) => {
		const page = await openSheet(javaScriptEnabled);
		const name = 'Hoàng Thị Ngát';
		await paste(page, `Họ và tên\tLớp\tGiấy vụn\n${name}\t6A\t2\nLý Văn Ón\t6A\t3`);
		expect(await page.locator('[data-table-notes]').textContent()).toContain('Bảng này ghi từng học sinh');
		// Nothing of it can be saved, so nobody is asked whether they have looked.
		expect(await page.locator('[name=isSeen]').count()).toBe(0);
		await paste(page, `Lớp\tGVCN\tGiấy vụn\n6A\t${name}\tNgát`);
		const said = (await page.locator('[data-table-notes]').textContent()) ?? '';
		expect(said).toContain('Cột B: Cột này giống tên người');
		expect(said).toMatch(/6A, giấy vụn \(dòng 2, cột C\): Số lượng phải là một con số/);
		expect(await page.content()).not.toContain('Ngát');
		expect(world.output()).not.toContain('Ngát');
		await page.context().close();
	},
);

test.each(['pasted', 'sent as a file'])(
	'a row of an unknown class goes to the near one by one key, all its figures (%s)',
	async (way) => {
		const page = await openSheet(true);
		const before = await digest(world.db, ['session']);
		const table = 'Lớp\tGiấy vụn\tLon nhôm\tBìa carton\n6B\t5\t\t\n6C\t4,5\t12\t0\n6D\t1\t\t';
		if (way === 'pasted') await paste(page, table);
		else {
			await page.click('[data-from-table] summary');
			const file = { name: 'so.txt', mimeType: '', buffer: Buffer.from(table) };
			await page.setInputFiles('[name=file]', file);
			await page.click('[data-read-table]');
		}
		const notes = page.locator('[data-table-notes]');
		// 6B has a row of its own.
		const offers = notes.getByRole('button');
		await offers.first().waitFor();
		expect(await offers.allTextContents()).toEqual(Array(2).fill(expect.stringContaining('vào 6A')));
		// What somebody types meanwhile stays: the class has figures of its own, until they are gone again.
		await page.fill(cell('cardboard', 'kg'), '9');
		await offers.first().waitFor({ state: 'detached' });
		const hidden = notes.locator('[data-offer]').first();
		await hidden.evaluate((button) => (button as HTMLElement).click());
		await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
		expect(await notes.locator('[data-offer]').count()).toBe(2);
		expect(await page.inputValue(cell('cardboard', 'kg'))).toBe('9');
		expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('');
		await page.fill(cell('cardboard', 'kg'), '');
		await offers.first().waitFor();
		await offers.first().focus();
		await page.keyboard.press('Enter');
		const link = notes.getByRole('link', { name: 'Đã điền dòng 3 vào lớp 6A' });
		await link.waitFor();
		expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
		expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('4,5');
		expect(await page.inputValue(cell('aluminium_can', 'piece'))).toBe('12');
		expect(await page.inputValue(cell('cardboard', 'kg'))).toBe('');
		expect(await page.locator('.grid tbody .sum').first().textContent()).toContain('4,5');
		// The class has its figures now: no other row goes there.
		expect(await offers.count()).toBe(0);
		expect(await page.locator('[name=isSeen]').count()).toBe(1);
		expect(await digest(world.db, ['session'])).toEqual(before);
		expect(await axeErrors(page)).toEqual([]);
		await page.context().close();
	},
);

test('a workbook is read by the portal, and what is none is refused with a sentence', async () => {
	const page = await openSheet(false);
	const before = await digest(world.db, ['session']);
	const upload = async (name: string, buffer: Uint8Array) => {
		if (!(await page.isVisible('[name=file]'))) await page.click('[data-from-table] summary');
		await page.setInputFiles('[name=file]', { name, mimeType: '', buffer: Buffer.from(buffer) });
		return arrive(page, () => page.click('[data-read-table]'));
	};
	const rows = [
		['Lớp', 'Giấy vụn (kg)', 'Lon nhôm (kg)'],
		['6A', 12.5, 1.25],
	];
	expect(await upload('so.xlsx', await writeWorkbook('Sổ', rows))).toBe(200);
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('12,5');
	expect(await page.inputValue(cell('aluminium_can', 'kg'))).toBe('1,25');
	expect(await upload('so.csv', Buffer.from('\ufeffLớp;Giấy vụn\r\n6A;3\r\n'))).toBe(200);
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('3');
	expect(await upload('so.txt', Buffer.from('\ufeffLớp\tGiấy vụn\n6A\t4', 'utf16le'))).toBe(200);
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('4');
	const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex');
	for (const [name, bytes, status, said] of [
		['so.xls', compound, 422, 'kiểu cũ'],
		['so.xlsx', Buffer.concat([compound, Buffer.from('EncryptedPackage', 'utf16le')]), 422, 'mật khẩu'],
		['so.xlsx', Buffer.from('PK'), 422, 'đã hỏng'],
		['so.csv', Buffer.from('ffd8ffe0', 'hex'), 422, errors.tableFileKind],
		['so.csv', Buffer.alloc(5_000_001, 'a'), 413, 'nhiều nhất 5 MB'],
	] as const) {
		expect([name, await upload(name, bytes)]).toEqual([name, status]);
		expect(await page.locator('#table-error').textContent()).toContain(said);
		expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('4');
	}
	const long = page.locator('[name=table]');
	await long.evaluate((area) => {
		(area as HTMLTextAreaElement).value = `Lớp\tGiấy vụn\n${'6A\t9\n'.repeat(100_001)}`;
	});
	expect(await upload('so.txt', Buffer.from(''))).toBe(413);
	const tooLong = createTranslator('vi')('errors:tableTextLong', { max: 500 });
	expect(await page.locator('#table-error').textContent()).toContain(tooLong);
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('4');
	await page.click('[data-read-table]');
	expect(await page.locator('#table-error').textContent()).toContain(errors.tableMissing);
	expect(await digest(world.db, ['session'])).toEqual(before);
	await page.context().close();
});

/** Puts a text into the clipboard of a cell, as a spreadsheet does. */
const pasteInto = (page: Page, selector: string, text: string) =>
	page.locator(selector).evaluate((input, said) => {
		const clipboardData = new DataTransfer();
		clipboardData.setData('text/plain', said);
		input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
	}, text);

test('a block that is pasted into a cell fills the cells from there on, or finds its own by its heads', async () => {
	const page = await openSheet(true, wide);
	const names = await page
		.locator('.grid input')
		.evaluateAll((cells) => (cells as HTMLInputElement[]).map((each) => each.name));
	const place = names.findIndex((name) => name.includes(':cardboard:'));
	await pasteInto(page, cell('cardboard', 'kg'), '2,5\tLan\n\t\n7\t8\n');
	await page.locator('[data-table-notes] .note').waitFor();
	expect(await page.inputValue(cell('cardboard', 'kg'))).toBe('2,5');
	const said = await page.locator('[data-table-notes] li').allTextContents();
	expect(said[0]).toMatch(/^6A, .* \(dòng 1, cột B\): Số lượng phải là một con số/);
	expect(said[1]).toBe('Dòng 3: Dòng này có số mà không có tên lớp.');
	expect(await page.locator(`[id="${names[place + 1]}"]`).getAttribute('aria-invalid')).toBe('true');
	expect(await page.content()).not.toContain('Lan');
	expect(await page.locator('.grid tbody .sum').first().textContent()).toBe('2,5\u00a0kg');
	await pasteInto(page, cell('mixed_paper', 'kg'), 'Lớp\tBìa carton\n6A\t9');
	await page.locator('[data-table-notes] .good').waitFor();
	expect(await page.inputValue(cell('cardboard', 'kg'))).toBe('9');
	expect(await page.locator('[aria-invalid=true]').count()).toBe(0);
	expect(await page.locator('[name=isSeen]').count()).toBe(0);
	// Another unit than the house's gets a column, which the portal makes; what is typed stays.
	await pasteInto(page, cell('mixed_paper', 'kg'), 'Lớp\tLon nhôm (kg)\n6A\t1,5');
	await page.locator(cell('aluminium_can', 'kg')).waitFor();
	expect(await page.inputValue(cell('aluminium_can', 'kg'))).toBe('1,5');
	expect(await page.inputValue(cell('cardboard', 'kg'))).toBe('9');
	await page.context().close();
});

test('the grid goes by keyboard as a spreadsheet does, and adds up', async () => {
	const page = await openSheet(true, wide);
	const at = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
	const cells = await page
		.locator('.grid input')
		.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? ''));
	const width = cells.length / 2;
	const press = async (...keys: string[]) => {
		for (const key of keys) await page.keyboard.press(key);
		return cells.indexOf((await at()) ?? '');
	};
	await page.locator('.grid input').first().focus();
	expect(await press('ArrowRight', 'ArrowRight')).toBe(2);
	expect(await press('ArrowDown')).toBe(width + 2);
	expect(await press('ArrowDown')).toBe(width + 2);
	expect(await press('ArrowUp', 'ArrowLeft')).toBe(1);
	expect(await press('End')).toBe(width - 1);
	expect(await press('Home')).toBe(0);
	expect(await press('Control+End')).toBe(cells.length - 1);
	expect(await press('Control+Home')).toBe(0);
	await page.keyboard.type('12,5');
	// While a number is written the arrows move in it.
	expect(await press('ArrowLeft')).toBe(0);
	expect(await press('Enter')).toBe(width);
	await page.keyboard.type('1');
	expect(await press('Shift+Enter')).toBe(0);
	expect(await press('Tab')).toBe(1);
	expect(await page.locator('.grid tfoot td').first().textContent()).toBe('13,5\u00a0kg');
	expect(await page.locator('.grid tfoot td').last().textContent()).toBe('13,5\u00a0kg');
	await page.context().close();
});

test('the grid shows what the campaign counts, and whatever was typed', async () => {
	const { actor } = world.people['school lead'];
	const id = uuidv7(now());
	const days = { startsOn: today, endsOn: today };
	const { code: greenHouseCode } = world.schoolHouse;
	await draftCampaign(world.db, actor, { ...PLAIN_CAMPAIGN, ...days, id, greenHouseCode }, now());
	await publishCampaign(world.db, actor, id, now());
	const page = await openSheet(true, wide);
	const heads = async () =>
		(await page.locator('.grid thead th:visible').allTextContents()).map(
			(text) => text.trim().split(/\s{2,}/)[0],
		);
	expect(await heads()).toEqual(['Lớp', expect.stringContaining('Giấy vụn'), 'Cộng']);
	// What is hidden is passed over by keys and by a block that is pasted.
	await page.locator(cell('mixed_paper', 'kg')).focus();
	await page.keyboard.press('End');
	expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toContain('mixed_paper');
	await page.selectOption('[name=campaignId]', '');
	expect((await heads()).length).toBeGreaterThan(5);
	await page.fill(cell('cardboard', 'kg'), '2');
	await page.selectOption('[name=campaignId]', id);
	expect(await heads()).toHaveLength(4);
	expect(await page.locator('[data-campaign-note]').textContent()).toContain('bìa carton');
	await page.fill(cell('cardboard', 'kg'), '');
	await page.locator(cell('mixed_paper', 'kg')).fill('1');
	expect(await heads()).toHaveLength(3);
	expect(await page.locator('.grid tfoot td:visible').allTextContents()).toEqual(['1\u00a0kg', '1\u00a0kg']);
	await page.context().close();
	await endCampaign(world.db, actor, id, now());
});

test.each([true, false])('on a phone nothing goes sideways (JavaScript: %s)', async (javaScriptEnabled) => {
	const page = await openSheet(javaScriptEnabled);
	expect(await sticksOut(page, 320)).toEqual([]);
	const shown = () => page.locator('.grid tbody tr:visible').count();
	if (!javaScriptEnabled) {
		expect(await shown()).toBe(2);
		expect(await page.locator('[data-pick]').isVisible()).toBe(false);
		await page.context().close();
		return;
	}
	expect(await shown()).toBe(1);
	await page.fill(cell('mixed_paper', 'kg'), '3');
	await page.click('[data-step="1"]');
	expect(await page.locator('.grid tbody tr:visible th').textContent()).toBe('6B');
	expect(await page.isDisabled('[data-step="1"]')).toBe(true);
	await page.selectOption('[data-pick] select', '6A');
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('3');
	// The last cell of a class leads on to the next one.
	await page.locator('.grid tbody tr:visible input').last().focus();
	await page.keyboard.press('Enter');
	expect(await page.locator('.grid tbody tr:visible th').textContent()).toBe('6B');
	expect(await axeErrors(page)).toEqual([]);
	await page.context().close();
});

test('a date that has not come is refused beside the date', async () => {
	const page = await openSheet(false);
	await page.fill(cell('mixed_paper', 'kg'), '3');
	await page.locator('[name=collectedOn]').evaluate((input) => input.removeAttribute('max'));
	await page.fill('[name=collectedOn]', '2099-01-01');
	await send(page);
	expect(await page.locator('#collectedOn-error').textContent()).toContain('chưa tới');
	expect(await page.getAttribute('[name=collectedOn]', 'aria-describedby')).toBe('collectedOn-error');
	expect(await page.locator('[role=alert]').count()).toBe(1);
	await page.context().close();
});

test('a day that stands already is asked about, and then comes on top', async () => {
	const page = await openSheet(false);
	await page.fill(cell('mixed_paper', 'kg'), '3');
	await send(page);
	expect(await page.locator('[role=status]').textContent()).toMatch(/1 lớp: 3\u00a0kg giấy vụn\./);
	await page.fill(cell('mixed_paper', 'kg'), '2,5');
	expect(await page.isVisible('[name=isExtra]')).toBe(false);
	const before = await digest(world.db, ['session']);
	expect(await arrive(page, () => send(page))).toBe(409);
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await page.locator('[role=alert]').textContent()).toContain(
		'Ngày này đã ghi 6A: 3\u00a0kg giấy vụn.',
	);
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('2,5');
	await page.check('[name=isExtra]');
	await send(page);
	expect(await page.locator('[role=status]').textContent()).toMatch(/1 lớp: 2,5\u00a0kg giấy vụn\./);
	expect(await page.isVisible('[name=isExtra]')).toBe(false);
	await page.context().close();
});

test.each([true, false])('a day waits until it is approved (JavaScript: %s)', async (javaScriptEnabled) => {
	const page = await openSheet(javaScriptEnabled);
	const dropOffs = async () => {
		const { n } = await world.db
			.selectFrom('dropOff')
			.select(({ fn }) => fn.countAll().as('n'))
			.where('greenHouseId', '=', world.schoolHouse.id)
			.executeTakeFirstOrThrow();
		return Number(n);
	};
	const before = await dropOffs();
	await page.fill('[name=collectedOn]', addDays(today, javaScriptEnabled ? -8 : -9));
	await page.fill(cell('mixed_paper', 'kg'), '320');
	await page.getByRole('button', { name: 'Ghi, duyệt sau' }).click();
	expect(await page.locator('[role=alert]').textContent()).toContain('lớn hơn thường lệ');
	// Sure of 320 is not sure of 3200, with the form's own page and with what waits on the phone.
	await page.check('[name=isSure]');
	await page.fill(cell('mixed_paper', 'kg'), '3200');
	const kept = await digest(world.db, ['session']);
	const enter = () => page.getByRole('button', { name: 'Ghi, duyệt sau' }).click();
	expect(await arrive(page, enter)).toBe(409);
	expect(await page.isChecked('[name=isSure]')).toBe(false);
	await page.fill(cell('mixed_paper', 'kg'), '320');
	expect(await arrive(page, enter)).toBe(409);
	expect(await digest(world.db, ['session'])).toEqual(kept);
	await page.check('[name=isSure]');
	await enter();
	expect(await page.locator('[role=status]').textContent()).toContain('Sổ chờ duyệt');
	expect(await dropOffs()).toBe(before);
	await page.locator('summary', { hasText: 'chờ duyệt' }).click();
	await page.getByRole('button', { name: 'Duyệt sổ ngày này' }).click();
	await page.locator('.good [role=status]', { hasText: 'Đã duyệt sổ' }).waitFor();
	expect(await page.locator('summary', { hasText: 'chờ duyệt' }).count()).toBe(0);
	expect(await dropOffs()).toBe(before + 1);
	await page.context().close();
});

/** Sheets of 6A that wait, of days long ago that no other test has. */
async function enterWaiting(days: number[]) {
	const { actor } = world.people['school lead'];
	const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 2000 }];
	const sheets = days.map((day) => ({ id: uuidv7(Date.now()), collectedOn: addDays(world.today, -day) }));
	for (const sheet of sheets)
		await recordClassSheet(
			world.db,
			actor,
			{ ...sheet, greenHouseCode: world.schoolHouse.code, rows: [{ classId: world.classId, lines }] },
			Date.now(),
		);
	const statuses = async () => {
		const ids = sheets.map(({ id }) => id);
		const rows = await world.db
			.selectFrom('classSheet')
			.select(['id', 'status'])
			.where('id', 'in', ids)
			.execute();
		return ids.map((id) => rows.find((row) => row.id === id)!.status);
	};
	return { sheets, statuses, revoke: (id: string) => revokeClassSheet(world.db, actor, id, Date.now()) };
}

test.each([
	{ prefix: '', javaScriptEnabled: false },
	{ prefix: '/en', javaScriptEnabled: true },
])('all that wait are approved at once, and what was taken back meanwhile is named: %o', async (how) => {
	const { prefix, javaScriptEnabled } = how;
	const { sheets, statuses, revoke } = await enterWaiting(prefix === '' ? [21, 22, 23] : [24, 25, 26]);
	const page = await openSheet(javaScriptEnabled);
	await page.goto(`${world.baseUrl}${prefix}/cua-toi/truong`);
	await revoke(sheets[1]!.id);
	const date = formatDate(sheets[1]!.collectedOn, prefix === '' ? 'vi' : 'en');
	const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
	await press(prefix === '' ? 'Duyệt cả 3 sổ đang chờ' : 'Approve all 3 waiting sheets');
	const told = page.locator('.note[role=status]');
	expect(await told.locator('p').allTextContents()).toEqual(
		prefix === ''
			? ['Đã duyệt 2 sổ.', 'Còn 1 sổ để nguyên:']
			: ['2 sheets are approved.', '1 sheet was left as it is:'],
	);
	expect((await told.locator('li').textContent())!.trim()).toBe(
		prefix === ''
			? `6A, ngày ${date}: đã rút lại nên không duyệt.`
			: `6A, ${date}: was taken back, so it is not approved.`,
	);
	expect(await statuses()).toEqual(['approved', 'revoked', 'approved']);
	if (javaScriptEnabled) expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.context().close();
});

test('what is approved at once is said by what was done, and never by an address', async () => {
	const { sheets, statuses, revoke } = await enterWaiting([27, 28]);
	const [, second] = sheets;
	await revoke(second!.id);
	const page = await openSheet(false);
	const post = (...ids: string[]) =>
		page.request.post(`${world.baseUrl}/cua-toi/truong?_action=schools.approveSheets`, {
			headers: { 'content-type': 'application/x-www-form-urlencoded', origin: world.baseUrl },
			data: ids.map((id) => `id=${id}`).join('&') + `&diem=${world.schoolHouse.code}`,
		});
	const before = await digest(world.db, ['session']);
	const none = await post(second!.id);
	expect(none.status()).toBe(409);
	expect(await none.text()).toContain('Lượt này chưa duyệt được sổ nào.');
	const unknown = await post(sheets[0]!.id, uuidv7(Date.now()));
	expect(unknown.status()).toBe(404);
	expect(await unknown.text()).toContain(errors.sheetNotFound);
	const many = await post(...Array.from({ length: 151 }, () => uuidv7(Date.now())));
	expect(many.status()).toBe(413);
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await statuses()).toEqual(['entered', 'revoked']);
	const one = await post(sheets[0]!.id, sheets[0]!.id, sheets[0]!.id);
	expect(await one.text()).toContain('Đã duyệt 1 sổ.');
	const again = await post(sheets[0]!.id);
	expect(again.status()).toBe(200);
	expect(await again.text()).toContain('đã được duyệt từ trước.');
	await page.goto(`${world.baseUrl}/cua-toi/truong?duyet=999`);
	expect(await page.locator('.note.good').count()).toBe(0);
	await page.context().close();
});

test('only a sheet that was taken back stands in the grid once more', async () => {
	const { sheets, revoke } = await enterWaiting([29]);
	const { id, collectedOn } = sheets[0]!;
	const page = await openSheet(false);
	const open = () => page.goto(`${world.baseUrl}/cua-toi/truong?ngay=${collectedOn}&tu=${id}`);
	await open();
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('');
	await revoke(id);
	await open();
	expect(await page.inputValue(cell('mixed_paper', 'kg'))).toBe('2');
	await page.context().close();
});

test.each([
	['', 'Trường THCS Vĩnh Trại · Nhà ở trường · Phường Đông Kinh'],
	['/en', 'Trường THCS Vĩnh Trại · Nhà ở trường · Đông Kinh Ward'],
])('the school is named without the ward of before the merger (%s)', async (prefix, names) => {
	await world.db
		.updateTable('organisation')
		.set({ name: 'Trường THCS Vĩnh Trại, phường Vĩnh Trại' })
		.where('kind', '=', 'school')
		.execute();
	await world.db
		.updateTable('greenHouse')
		.set({ nameVi: 'Nhà ở trường, phường Vĩnh Trại' })
		.where('id', '=', world.schoolHouse.id)
		.execute();
	const lead = await signInClient(world.baseUrl, world.people['school lead']);
	const html = await (await lead.send(`${prefix}/cua-toi/truong`)).text();
	expect(html.replace(/<span lang="vi">([^<]*)<\/span>/g, '$1')).toContain(names);
	expect(html).not.toContain('phường Vĩnh Trại');
});
