// An event's forms in the organiser's browser: what is refused stands beside its field, what is done is on screen.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, phone } from '../support/browser.ts';
import { DAY } from '../support/fixtures.ts';
import { arrive, axeErrors, sticksOut } from '../support/pages.ts';
import { addDays, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let browser: Browser;
let page: Page;
beforeAll(async () => {
	[world, browser] = await Promise.all([startWorld(), launchBrowser()]);
	page = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(page, world.baseUrl, world.people.organiser);
});
afterAll(async () => {
	await browser.close();
	await world.stop();
});

const editForm = '#sua form';
/** With every part of its form unfolded. */
async function openEvent(hash = ''): Promise<void> {
	await page.goto(`${world.baseUrl}/cua-toi/su-kien/${world.eventId}${hash}`);
	for (const part of await page.locator(`${editForm} details`).all())
		await part.evaluate((details: HTMLDetailsElement) => (details.open = true));
}
const announce = '#dang form:has([name=title])';
const send = (form: string) => arrive(page, () => page.click(`${form} .btn:not([type=button])`));

/** Waits for it: a browser scrolls to an anchor when it likes, after the page has loaded. */
const expectOnScreen = (selector: string) =>
	expect
		.poll(() =>
			page.locator(selector).evaluate((element) => {
				const { top, bottom } = element.getBoundingClientRect();
				return top >= 0 && bottom <= innerHeight;
			}),
		)
		.toBe(true);

test('what was saved is said where the reader looks', async () => {
	await openEvent('#sua');
	await page.fill(`${editForm} [name=title]`, 'Dọn bờ sông Kỳ Cùng');
	await send(editForm);
	await page.waitForURL(/xong=sua$/);
	expect(await page.textContent('[role=status].good')).toContain('Đã lưu thay đổi.');
	await expectOnScreen('[role=status].good');
});

test.each([
	['title', '123', 'Xin ghi tên buổi, có chữ.'],
	['endTime', '06:00', 'Giờ kết thúc phải sau giờ bắt đầu.'],
	['capacity', 'nhiều', 'Số người phải là số nguyên.'],
	['capacity', '99999999', 'Số này phải từ 1 đến 100.000.'],
	['position', 'ngoài sông', 'Toạ độ cần có dạng'],
	['position', '10.5, 106.7', 'Điểm này nằm ngoài 4 phường'],
])('an edit with %s “%s” is refused beside that field, on screen', async (name, value, says) => {
	await openEvent('#sua');
	if (name === 'endTime') await page.fill(`${editForm} [name=startTime]`, '07:00');
	await page.fill(`${editForm} [name=${name}]`, value);
	const before = await digest(world.db, ['session']);
	expect(await send(editForm)).toBe(422);
	expect(await page.textContent(`#${name}-error`)).toContain(says);
	expect(await page.getAttribute(`${editForm} [name=${name}]`, 'aria-describedby')).toBe(`${name}-error`);
	expect(await page.inputValue(`${editForm} [name=${name}]`)).toBe(value);
	expect(await page.locator('[role=alert]').count()).toBe(1);
	await expectOnScreen(`#${name}-error`);
	expect(await digest(world.db, ['session'])).toEqual(before);
});

test('a point away from the chosen house is refused beside the point, with how far it is', async () => {
	await openEvent('#sua');
	await page.selectOption(`${editForm} [name=greenHouseCode]`, world.house.code);
	await page.fill(`${editForm} [name=position]`, '21.86, 106.74');
	expect(await send(editForm)).toBe(422);
	expect(await page.textContent('#position-error')).toMatch(/cách nhà đã chọn [\d.]+ m\./);
	expect(await page.inputValue(`${editForm} [name=greenHouseCode]`)).toBe(world.house.code);
	await expectOnScreen('#position-error');
});

test('a form that is refused for no field of its own says so on screen', async () => {
	await openEvent('#sua');
	await page
		.locator(`${editForm} [name=sequence]`)
		.evaluate((input: HTMLInputElement) => (input.value = '0'));
	await page.fill(`${editForm} [name=title]`, 'Dọn chợ');
	expect(await send(editForm)).toBe(409);
	expect(await page.textContent('#sua [role=alert]')).toContain('Người khác vừa sửa buổi này.');
	await expectOnScreen('#sua [role=alert]');
	expect(await axeErrors(page)).toEqual([]);
});

test('a reason that is missing is asked for beside it', async () => {
	await page.goto(`${world.baseUrl}/cua-toi/su-kien/${world.eventId}/doi#huy`);
	await page.fill('#huy [name=reason]', '   ');
	expect(await send('#huy')).toBe(422);
	expect(await page.textContent('#reason-error')).toContain('Xin ghi lý do.');
	await expectOnScreen('#reason-error');
});

test('of the two sign-up forms of a page, the refused one alone speaks', async () => {
	const { slug } = await world.db
		.selectFrom('cleanupEvent')
		.select('slug')
		.where('id', '=', world.eventId)
		.executeTakeFirstOrThrow();
	await page.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}`);
	await page.click('summary');
	await page.fill('#don-vi [name=name]', 'Tổ dân phố 5');
	await page.fill('#don-vi [name=headCount]', '9999');
	await send('#don-vi');
	expect(await page.textContent('#unit-headCount-error')).toContain('Số người phải từ 1 đến 500.');
	expect(await page.locator('[role=alert]').count()).toBe(1);
	expect(await page.inputValue('#don-vi [name=name]')).toBe('Tổ dân phố 5');
	expect(await axeErrors(page)).toEqual([]);
});

test('a draft from a template is kept, its street is drawn, and everybody reads what was announced', async () => {
	const requests: string[] = [];
	page.on('request', (request) => requests.push(new URL(request.url()).host));
	await page.goto(`${world.baseUrl}/cua-toi/su-kien`);
	await page.click('summary:has-text("mẫu có sẵn")');
	await page.click('a:has-text("Dọn rác bờ sông")');
	await page.waitForURL(/mau=bo-song/);
	expect(await page.inputValue('[name=title]')).toBe('Dọn rác bờ sông');
	// Tết is warned of while the day is chosen.
	await page.fill('[name=date]', '2030-02-02');
	await expect.poll(() => page.textContent('[data-lunar]')).toContain('mùng 1 tháng Giêng âm lịch');
	expect(await page.textContent('[data-lunar] .warn')).toContain('Tết Nguyên đán');
	await page.fill('[name=date]', addDays(world.today, 9));
	await expect.poll(() => page.locator('[data-lunar] .warn').isVisible()).toBe(false);
	await page.click('summary:has-text("nơi dọn và phân công")');
	await page.click('[data-begin]');
	await page.waitForSelector('.leaflet-map svg.base');
	for (const [x, y] of [
		[80, 90],
		[140, 120],
		[180, 100],
	] as const)
		await page.locator('[data-box]').click({ position: { x, y } });
	const points = () => page.inputValue('[name=area]').then((text) => text.split('\n').filter(Boolean));
	await expect.poll(points).toHaveLength(3);
	await page.click('[data-undo]');
	await expect.poll(points).toHaveLength(2);
	const [drawn] = await points();
	expect(drawn).toMatch(/^21\.\d{5}, 106\.\d{5}$/);
	await page.fill('[name=sections]', 'Chi đoàn 3: cầu Kỳ Cùng\nTrường học 1');
	await page.click('button:has-text("Lưu nháp")');
	await page.waitForURL(/xong=nhap/);
	expect(await page.textContent('[role=status].good')).toContain('Đã lưu nháp.');
	expect(await page.inputValue('[name=area]')).toContain(drawn);

	await page.fill('[name=assemblyPoint]', 'Nhà văn hoá khối 6');
	await page.click('summary:has-text("người phụ trách")');
	await page.fill('[name=leadName]', 'Nguyễn Thị Lan');
	await page.fill('[name=leadPhone]', '0912345678');
	await page.click('.btn:has-text("Đăng buổi này")');
	await page.waitForURL(/xong=dang/);
	await page.click('a:has-text("Xem trang công khai")');
	await page.waitForURL(/chu-nhat-xanh\/don-rac-bo-song/);
	const said = (await page.textContent('main'))!;
	for (const words of ['Chi đoàn 3', 'cầu Kỳ Cùng', 'Chưa phân', 'Nguyễn Thị Lan', 'âm lịch', 'Nếu mưa'])
		expect(said).toContain(words);
	expect(said).not.toContain('0912');
	expect(await page.locator('svg.mini .drawn').count()).toBe(1);
	expect(await axeErrors(page)).toEqual([]);
	expect(new Set(requests)).toEqual(new Set([new URL(world.baseUrl).host]));
});

test('of one like it only the day needs an eye: the rest is folded, with what it holds said', async () => {
	const set = (values: object) =>
		world.db.updateTable('cleanupEvent').set(values).where('id', '=', world.eventId).execute();
	await set({ rainPlan: 'Lùi một tuần', clothes: 'Áo xanh', documentNumber: '12-KH/ĐTN' });
	const { startsAt } = await world.db
		.selectFrom('cleanupEvent')
		.select('startsAt')
		.where('id', '=', world.eventId)
		.executeTakeFirstOrThrow();
	for (const [prefix, says, holds] of [
		['', 'Xin xem lại ngày, giờ.', 'Đã ghi: nếu mưa, trang phục'],
		['/en', 'Please look at the day and the hours.', 'Filled in: if it rains, clothes'],
	] as const) {
		await page.goto(`${world.baseUrl}${prefix}/cua-toi/su-kien?tu=${world.eventId}#dang`);
		expect(await page.textContent('#dang .note')).toContain(says);
		expect(await page.locator(`${announce} details[open]`).count()).toBe(0);
		expect(await page.textContent(announce)).toContain(holds);
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
		await page.setViewportSize(phone);
	}
	expect(await page.inputValue(`${announce} [name=clothes]`)).toBe('Áo xanh');
	expect(await page.inputValue(`${announce} [name=documentNumber]`)).toBe('');
	expect(await page.inputValue(`${announce} [name=date]`)).toBe(addDays(toLocalDate(startsAt), 7));
	await page.locator(`${announce} [name=capacity]`).evaluate((input: HTMLInputElement) => {
		input.value = 'nhiều';
	});
	const before = await digest(world.db, ['session']);
	await send(announce);
	await expectOnScreen('#capacity-error');
	expect(await page.locator(`${announce} details[open]`).count()).toBe(1);
	expect(await page.inputValue(`${announce} [name=capacity]`)).toBe('nhiều');
	expect(await digest(world.db, ['session'])).toEqual(before);
});

/** The form for one like the world's event, on that event's own day; returns the event. */
async function copyOntoItsDay(prefix = '') {
	const event = await world.db
		.selectFrom('cleanupEvent')
		.selectAll()
		.where('id', '=', world.eventId)
		.executeTakeFirstOrThrow();
	await page.goto(`${world.baseUrl}${prefix}/cua-toi/su-kien?tu=${world.eventId}#dang`);
	await page.fill(`${announce} [name=date]`, toLocalDate(event.startsAt));
	return event;
}

test('a second morning of the same name and hour is asked about, and goes out once it is meant', async () => {
	const event = await copyOntoItsDay();
	await page.fill(`${announce} [name=whatToBring]`, 'Cuốc');
	const before = await digest(world.db, ['session']);
	expect(await send(announce)).toBe(409);
	await expectOnScreen('#date-error');
	expect(await page.textContent('#date-error')).toMatch(/đã có buổi “Dọn bờ sông Kỳ Cùng” lúc [\d:]{5} ngày/);
	expect(await page.inputValue(`${announce} [name=whatToBring]`)).toBe('Cuốc');
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.setViewportSize(phone);
	const sure = page.locator(`${announce} [name=isSure]`);
	await sure.check();
	// The answer stays while something else is corrected, and is given for no other morning.
	const setCapacity = (value: string) =>
		page.locator(`${announce} [name=capacity]`).evaluate((input: HTMLInputElement, text) => {
			input.value = text;
		}, value);
	await setCapacity('nhiều');
	expect(await send(announce)).toBe(422);
	expect(await sure.isChecked()).toBe(true);
	await setCapacity('');
	const week = { startsAt: event.startsAt + 7 * DAY, endsAt: event.endsAt + 7 * DAY };
	const another = { ...event, ...week, id: uuidv7(Date.now()), slug: 'tuan-sau' };
	await world.db.insertInto('cleanupEvent').values(another).execute();
	const standing = await digest(world.db, ['session']);
	await page.fill(`${announce} [name=date]`, toLocalDate(another.startsAt));
	expect(await send(announce)).toBe(409);
	expect(await sure.isChecked()).toBe(false);
	expect(await digest(world.db, ['session'])).toEqual(standing);
	await sure.check();
	await send(announce);
	await page.waitForURL(/xong=dang/);
	await world.db.deleteFrom('cleanupEvent').where('whatToBring', '=', 'Cuốc').execute();
	await world.db.deleteFrom('cleanupEvent').where('id', '=', another.id).execute();
});

test('an English page says in Vietnamese which event stands already', async () => {
	await copyOntoItsDay('/en');
	const before = await digest(world.db, ['session']);
	expect(await send(announce)).toBe(409);
	expect(await page.locator('#date-error [lang=vi]').textContent()).toBe('Dọn bờ sông Kỳ Cùng');
	expect(await digest(world.db, ['session'])).toEqual(before);
});

test('what is written as a list on the form is a list on the page', async () => {
	const set = (description: string) =>
		world.db.updateTable('cleanupEvent').set({ description }).where('id', '=', world.eventId).execute();
	await set('Việc:\n\n- nhặt rác\n- quét đường\n\n1. trước\n2. sau');
	const { slug } = await world.db
		.selectFrom('cleanupEvent')
		.select('slug')
		.where('id', '=', world.eventId)
		.executeTakeFirstOrThrow();
	await page.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}`);
	const markOf = (list: string) =>
		page
			.locator(`.note-text ${list} li`)
			.first()
			.evaluate((each) => getComputedStyle(each).listStyleType);
	expect([await markOf('ul'), await markOf('ol')]).toEqual(['disc', 'decimal']);
	// No line ends within the hours.
	const hours = page.locator('.lead .nb');
	expect(await hours.textContent()).toMatch(/^\d\d:\d\d–\d\d:\d\d$/);
	expect(await hours.evaluate((each) => getComputedStyle(each).whiteSpace)).toBe('nowrap');
	await set('');
});

test('many mornings that wait for a report are folded, and the form is one tap away', async () => {
	const { db, baseUrl, eventId } = world;
	const event = await db
		.selectFrom('cleanupEvent')
		.selectAll()
		.where('id', '=', eventId)
		.executeTakeFirstOrThrow();
	const ids = [1, 2, 3, 4, 5, 6, 7].map((week) => ({ week, id: uuidv7(Date.now()) }));
	const rows = ids.map(({ week, id }) => {
		const startsAt = Date.now() - week * 7 * DAY;
		return { ...event, id, slug: id, startsAt, endsAt: startsAt + DAY / 12 };
	});
	await db.insertInto('cleanupEvent').values(rows).execute();
	try {
		for (const [prefix, more] of [
			['', 'Còn 2 buổi nữa chờ báo cáo'],
			['/en', '2 more events wait for their reports'],
		] as const) {
			await page.goto(`${baseUrl}${prefix}/cua-toi/su-kien`);
			expect(await page.locator('a[href$="#bao-cao"]:visible').count()).toBe(5);
			await page.click(`summary:has-text("${more}")`);
			expect(await page.locator('a[href$="#bao-cao"]:visible').count()).toBe(7);
			expect(await axeErrors(page)).toEqual([]);
			expect(await sticksOut(page, 320)).toEqual([]);
			await page.setViewportSize(phone);
			await page.goto(`${baseUrl}${prefix}/cua-toi/su-kien`);
			await expectOnScreen('a[href="#dang"]');
			await page.click('a[href="#dang"]');
			await expectOnScreen('#dang [name=title]');
		}
	} finally {
		await db
			.deleteFrom('cleanupEvent')
			.where(
				'id',
				'in',
				ids.map(({ id }) => id),
			)
			.execute();
	}
});

test('an organiser without an event begins with the form', async () => {
	const other = await (await browser.newContext({ viewport: phone })).newPage();
	await signInAs(other, world.baseUrl, world.people['another union’s organiser']);
	await other.goto(`${world.baseUrl}/cua-toi/su-kien`);
	expect(await other.textContent('main')).toContain(
		'Chưa có buổi nào. Đăng buổi đầu tiên mất chừng hai phút',
	);
	expect(await other.locator('a[href="#dang"]').count()).toBe(0);
	expect((await other.locator('#dang [name=title]').boundingBox())!.y).toBeLessThan(phone.height);
	expect(await axeErrors(other)).toEqual([]);
});
