// A morning with two phones and no network: who came is counted once, nobody is lost, and the list leaves at sign-out.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkInCodeOf } from '#features/cleanup-events/check-in.ts';
import type { SignUpInput } from '#features/cleanup-events/cleanup-event.ts';
import { cancelTokenOf, signUp } from '#features/cleanup-events/sign-up.service.ts';
import { insertRoleGrant } from '#features/accounts/person.repository.ts';
import { inTransaction } from '#lib/db.ts';
import errors from '#locales/vi/errors.json' with { type: 'json' };
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, launchPhone, phone } from '../support/browser.ts';
import { fieldErrorOf, makeClient, signInClient, type Client } from '../support/http.ts';
import { arrive, axeErrors, printedPages, sticksOut } from '../support/pages.ts';
import { SECRET, startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';
import { digest } from '../support/snapshot.ts';

let world: ServedWorld;
let board: string;
const ids: Record<string, string> = {};
const folders: string[] = [];
const contexts: BrowserContext[] = [];
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });
const HOUR = 3_600_000;
const codeOf = (name: string) => checkInCodeOf(SECRET, ids[name]!);

beforeAll(async () => {
	world = await startWorld();
	board = `/cua-toi/su-kien/${world.eventId}/diem-danh`;
	const now = Date.now();
	await world.db
		.updateTable('cleanupEvent')
		.set({ startsAt: now - HOUR / 2, endsAt: now + HOUR })
		.where('id', '=', world.eventId)
		.execute();
	const people: [string, SignUpInput['kind'], number][] = [
		['Hoàng Thị Đào', 'person', 1],
		['Lý Văn Bình', 'person', 1],
		['Chi đoàn trường X', 'unit', 25],
	];
	for (const [name, kind, headCount] of people) {
		const input = { id: uuidv7(now), kind, name, headCount, phone: null, isSixteen: true };
		ids[name] = (await signUp(world.db, world.eventId, input, { secret: 'x'.repeat(43) }, now)).id;
	}
});
afterAll(async () => {
	for (const context of contexts) await context.close();
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
	await world.stop();
});

async function openPhone(): Promise<Page> {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-phone-'));
	const options = { baseURL: world.baseUrl, viewport: phone, isMobile: true, hasTouch: true };
	const context = await launchPhone(folder, options);
	folders.push(folder);
	contexts.push(context);
	const page = await context.newPage();
	await world.db.deleteFrom('rateLimit').execute();
	await signInAs(page, world.baseUrl, world.people.organiser);
	return page;
}
const rowOf = (page: Page, name: string) => page.locator(`#dong-${ids[name]}`);
const press = (page: Page, name: string) => rowOf(page, name).locator('[data-act=here] .btn').click();
const total = (page: Page) => page.textContent('[data-total]');
const said = () => world.db.selectFrom('attendance').selectAll().execute();
const isKept = (page: Page, path = '/diem-danh/khong-mang') =>
	page.evaluate(async (kept) => (await caches.match(kept)) !== undefined, path);
const send = (page: Page) => arrive(page, () => page.click('main form .btn'));
const add = (page: Page, name: string) => page.locator(`.step:has([name=${name}]) [data-step="1"]`).click();

test('two phones check people in without a network, and each word arrives once', async () => {
	const [first, second] = [await openPhone(), await openPhone()];
	for (const page of [first, second]) {
		await page.goto(board);
		await page.locator('[data-find]:not([hidden])').waitFor();
		await poll(() => isKept(page)).toBe(true);
		// Before it came the pages that it leads to.
		for (const path of ['/ngoai-tuyen', '/cho-gui']) expect(await isKept(page, path)).toBe(true);
	}
	expect(await axeErrors(first)).toEqual([]);
	expect(await sticksOut(first, 320)).toEqual([]);
	for (const page of [first, second]) await page.context().setOffline(true);

	// By name, found without its marks.
	await first.goto(board);
	await first.locator('[data-find]:not([hidden])').waitFor();
	expect(await first.textContent('[data-event-title]')).toBe('Dọn bờ sông');
	await first.fill('[data-search]', 'dao');
	expect(await rowOf(first, 'Lý Văn Bình').isVisible()).toBe(false);
	await press(first, 'Hoàng Thị Đào');
	await poll(() => total(first)).toBe('Có mặt: 1 lượt');
	// Every page says what waits, and this one at once.
	await poll(() => first.textContent('[data-outbox]:not([hidden])')).toContain('1 lượt chờ gửi');
	await first.fill('[data-search]', '');

	// By code; a tampered one is refused without a network too.
	const code = codeOf('Lý Văn Bình');
	await first.fill('[name=code]', code.slice(0, 9) + String((Number(code[9]) + 1) % 10));
	await first.click('[data-act=code] .btn');
	await poll(() => first.textContent('[data-wrong]')).toContain('không có trong danh sách');
	expect(await total(first)).toBe('Có mặt: 1 lượt');
	await first.fill('[name=code]', code);
	await first.click('[data-act=code] .btn');
	await poll(() => first.textContent('[data-done]')).toContain('Lý Văn Bình');

	// A unit by heads, and whoever has no sign-up.
	// Nobody is no check-in: it is said why, and nothing waits.
	const heads = rowOf(first, 'Chi đoàn trường X').locator('[name=heads]');
	expect(await heads.getAttribute('aria-label')).toBe('Số người có mặt: Chi đoàn trường X');
	await heads.fill('0');
	await press(first, 'Chi đoàn trường X');
	const sentence = await heads.evaluate((input) => (input as HTMLInputElement).validationMessage);
	expect(sentence).toContain('Không ai đến thì không cần ghi');
	expect(await total(first)).toBe('Có mặt: 2 lượt');
	await heads.fill('23');
	await press(first, 'Chi đoàn trường X');
	await add(first, 'adults');
	await add(first, 'adults');
	await add(first, 'minors');
	await poll(() => total(first)).toBe('Có mặt: 28 lượt');
	// It outlives a reload.
	await first.reload();
	await poll(() => total(first)).toBe('Có mặt: 28 lượt');
	expect(await rowOf(first, 'Chi đoàn trường X').textContent()).toContain('chờ gửi');
	expect(await first.inputValue('[name=adults]')).toBe('2');
	const labelled = first.locator('label:has([name=adults])');
	expect(await labelled.evaluate((label: HTMLLabelElement) => label.control?.getAttribute('name'))).toBe(
		'adults',
	);
	// It knows itself alone, and says so.
	expect(await first.textContent('[data-walk-ins]')).toMatch(
		/^Máy này: 2 người từ 16 tuổi, 1 em dưới 16 tuổi\. Tính đến \d\d:\d\d[^.]*, chưa có số của máy khác\.$/,
	);
	expect(await first.textContent('[data-known]')).toMatch(/^Số của các máy khác tính đến \d\d:\d\d[^.]*\.$/);

	// Whoever leaves the board finds the way back, and can tell one waiting row from another.
	for (const [address, title] of [
		['/cua-toi', 'Không có mạng'],
		['/cho-gui', 'Chờ gửi'],
	] as const) {
		await first.goto(address);
		await poll(() => first.textContent('h1')).toBe(title);
		const back = first.locator('[data-kept-lists] a');
		await back.waitFor();
		expect((await back.textContent())!.trim().replace(/\s+/g, ' ')).toBe('Điểm danh: Dọn bờ sông');
		expect(await back.getAttribute('href')).toBe(board);
		expect((await back.boundingBox())!.height).toBeGreaterThanOrEqual(44);
	}
	const rows = () =>
		first.locator('.outbox-list li').evaluateAll((all) => all.map((li) => (li as HTMLElement).innerText));
	await poll(rows).toEqual([
		expect.stringMatching(/Điểm danh “Dọn bờ sông”: 1 người\s+Hoàng Thị Đào/),
		expect.stringMatching(/Điểm danh “Dọn bờ sông”: 1 người\s+Lý Văn Bình/),
		expect.stringContaining('Điểm danh “Dọn bờ sông”: Chi đoàn trường X, 23 người'),
		expect.stringContaining('Điểm danh “Dọn bờ sông”: người đến không đăng ký, 3 người'),
	]);
	// The names of people are the list's, and leave with it.
	const stored = () =>
		first.evaluate(
			() =>
				new Promise<string>((resolve) => {
					const opened = indexedDB.open('nha-xanh');
					opened.onsuccess = () => {
						const asked = opened.result.transaction('outbox').objectStore('outbox').getAll();
						asked.onsuccess = () => resolve(JSON.stringify(asked.result));
					};
				}),
		);
	expect(await stored()).toContain('Chi đoàn trường X');
	expect(await stored()).not.toMatch(/Đào|Bình/);
	expect(await axeErrors(first)).toEqual([]);
	expect(await sticksOut(first, 320)).toEqual([]);
	await first.setViewportSize(phone);
	await first.click('[data-kept-lists] a');
	await poll(() => total(first)).toBe('Có mặt: 28 lượt');

	// The other phone counts the unit otherwise, one person again, and its own walk-ins.
	await second.goto(board);
	await second.locator('[data-find]:not([hidden])').waitFor();
	await press(second, 'Chi đoàn trường X');
	await press(second, 'Hoàng Thị Đào');
	await add(second, 'adults');
	await press(second, 'Lý Văn Bình');
	await rowOf(second, 'Lý Văn Bình').locator('[data-act=undo] .btn').click();
	await poll(() => total(second)).toBe('Có mặt: 27 lượt');
	expect(await said()).toEqual([]);

	// The session of the second lapses; the first sends.
	await first.context().setOffline(false);
	await poll(async () => (await said()).length).toBe(4);
	const sessions = await second.context().cookies();
	await second.context().clearCookies({ name: 'phien' });
	await second.context().setOffline(false);
	await second.evaluate(() => dispatchEvent(new Event('online')));
	await second.locator('[data-waits]:not([hidden])').waitFor();
	expect(await second.textContent('[data-waits]')).toContain('đăng nhập lại');
	expect(await said()).toHaveLength(4);
	const wayIn = (page: Page) => page.locator('main [data-sign-in]:visible').first().getAttribute('href');
	expect(await wayIn(second)).toContain(`/dang-nhap?tiep=${encodeURIComponent(board)}`);
	const outbox = await second.context().newPage();
	await outbox.goto('/cho-gui');
	await poll(() => wayIn(outbox)).toBe('/dang-nhap?tiep=/cho-gui');
	// Somebody else may sign in here, and reads no names.
	await outbox.locator('[data-kept-lists] a').waitFor();
	await outbox.waitForTimeout(1000);
	expect(await outbox.locator('[data-who]:not([hidden])').count()).toBe(0);
	await outbox.close();
	await second.context().addCookies(sessions.filter(({ name }) => name === 'phien'));
	await second.evaluate(() => dispatchEvent(new Event('online')));
	await poll(async () => (await said()).length).toBe(9);

	// Both figures of the unit stand, until the lead chooses; a long name breaks on a narrow phone.
	const { displayName, personId } = world.people.organiser.actor;
	const named = (name: string) =>
		world.db.updateTable('person').set({ displayName: name }).where('id', '=', personId).execute();
	const longName = 'Hoàng Thị Phương Thảo, Phó Bí thư Đoàn phường Đông Kinh';
	await named(longName);
	await first.goto(board);
	await first.locator('[data-find]:not([hidden])').waitFor();
	await poll(() => total(first)).toBe('Có mặt: 31 lượt');
	const choices = rowOf(first, 'Chi đoàn trường X').locator('[data-act=choose]');
	expect(await choices.locator('button').count()).toBe(2);
	const offered = await choices.locator('button').allTextContents();
	expect(offered[0]).toMatch(/^Tính 23 \(máy này, lúc [\d:]+\): Chi đoàn trường X$/);
	expect(offered[1]).toMatch(new RegExp(`^Tính 25 \\(máy của ${longName}, lúc [\\d:]+\\): Chi đoàn`));
	expect(await sticksOut(first, phone.width)).toEqual([]);
	const fits = (button: Element) => button.scrollWidth <= button.clientWidth;
	expect(await choices.locator('button').nth(1).evaluate(fits)).toBe(true);
	await named(displayName);
	await choices.locator('button', { hasText: 'Tính 23' }).click();
	await poll(() => total(first)).toBe('Có mặt: 29 lượt');
	await poll(async () => (await said()).length).toBe(10);
	await second.reload();
	await poll(() => total(second)).toBe('Có mặt: 29 lượt');
	await poll(() => first.textContent('[data-walk-ins]')).toMatch(
		/^Máy này: 2 người từ 16 tuổi, 1 em dưới 16 tuổi\. Các máy khác, tính đến \d\d:\d\d[^.]*: 1 người từ 16 tuổi, 0 em/,
	);

	// The report proposes the sum.
	await first.goto(`/cua-toi/su-kien/${world.eventId}`);
	expect(await first.inputValue('form.stack [name=headCount]')).toBe('29');
	expect(await first.textContent('main')).toContain('Điểm danh: 29 lượt');

	// The list leaves with whoever signs out; what the portal has stays there.
	const names = (page: Page) =>
		page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
	await first.goto('/cua-toi');
	expect(await names(first)).toContain(`diem-danh.${world.eventId}`);
	await first.click('form[data-signs-out] .btn');
	await first.waitForURL(/\/$/);
	expect(await names(first)).not.toContain(`diem-danh.${world.eventId}`);
	await first.context().setOffline(true);
	await first.goto('/cua-toi');
	await poll(() => first.textContent('h1')).toBe('Không có mạng');
	expect(await first.locator('[data-kept-lists] a').count()).toBe(0);
	await first.goto(board);
	await poll(() => first.textContent('[data-alert]')).toContain('chưa lưu danh sách');
	// Where nothing can be kept nothing is asked for; the way on stands alone.
	expect(await first.locator('[data-board] :is(input, button)').count()).toBe(0);
	expect(await first.locator('[data-board] a[href=""]').isVisible()).toBe(true);
	expect(await first.textContent('main')).not.toContain('Hoàng Thị Đào');
});

test('what the portal refuses stays with the lead, says why, and counts no more', async () => {
	const page = await openPhone();
	await page.goto(board);
	await page.locator('[data-find]:not([hidden])').waitFor();
	const before = await total(page);
	await page.context().setOffline(true);
	await rowOf(page, 'Chi đoàn trường X').locator('[name=heads]').fill('40');
	await press(page, 'Chi đoàn trường X');
	await poll(() => total(page)).not.toBe(before);
	const [grant] = world.people.organiser.actor.grants;
	await world.db.updateTable('roleGrant').set({ endedAt: Date.now() }).where('id', '=', grant!.id).execute();
	const written = await said();
	await page.context().setOffline(false);
	await rowOf(page, 'Chi đoàn trường X').locator('[data-refusal]:not([hidden])').waitFor();
	expect(await rowOf(page, 'Chi đoàn trường X').textContent()).toContain(
		'Vai trò của anh/chị không làm được',
	);
	expect(await total(page)).toBe(before);
	expect(await said()).toEqual(written);
	const again = {
		personId: world.people.organiser.actor.personId,
		role: 'organiser' as const,
		grantedBy: null,
	};
	const scope = { scopeKind: 'organisation' as const, scopeId: world.union, isSample: 0 as const };
	await inTransaction(world.db, (trx) => insertRoleGrant(trx, { ...again, ...scope }, Date.now() - HOUR));
	await page.goto('/cho-gui');
	expect(await page.textContent('[data-text]')).toMatch(
		/Điểm danh “Dọn bờ sông”: Chi đoàn trường X, 40 người/,
	);
	await page.click('[data-again]');
	await poll(async () => (await said()).length).toBe(written.length + 1);
});

test('the camera reads one code after another, also without a network', async () => {
	const page = await openPhone();
	await page.addInitScript(
		(text) => {
			navigator.mediaDevices.getUserMedia = () =>
				Promise.resolve(document.createElement('canvas').captureStream(5));
			HTMLMediaElement.prototype.play = () => Promise.resolve();
			Object.assign(globalThis, {
				BarcodeDetector: class {
					detect = () => Promise.resolve([{ rawValue: text }]);
				},
			});
		},
		`${world.baseUrl}${board}#ma=${codeOf('Lý Văn Bình')}`,
	);
	await page.goto(board);
	await page.locator('[data-find]:not([hidden])').waitFor();
	const isScannerKept = () =>
		page.evaluate(async () =>
			(await (await caches.open('tep-1')).keys()).some(({ url }) => url.includes('check-in-scan')),
		);
	// The page is kept once its files are.
	await poll(() => isKept(page)).toBe(true);
	expect(await isScannerKept()).toBe(true);
	await page.context().setOffline(true);
	await page.goto(board);
	await page.click('[data-scan]');
	await poll(() => page.textContent('[data-done]')).toContain('Lý Văn Bình');
	await page.click('[data-scanner] .btn');
	expect(await page.locator('[data-scanner]').isVisible()).toBe(false);
	// The same code as an address fills the field, and checks nobody in by itself.
	await page.goto('about:blank');
	await page.goto(`${board}#ma=${codeOf('Hoàng Thị Đào')}`);
	await poll(() => page.inputValue('[name=code]')).toBe(codeOf('Hoàng Thị Đào'));
});

test('the way back leads to the list also in the language in which it was not opened', async () => {
	const page = await openPhone();
	await page.goto(board);
	await page.locator('[data-find]:not([hidden])').waitFor();
	await poll(() => isKept(page)).toBe(true);
	await page.goto('/en/cho-gui');
	await poll(() => isKept(page, '/en/cho-gui')).toBe(true);
	await page.context().setOffline(true);
	await page.reload();
	await page.click('[data-kept-lists] a');
	await poll(() => rowOf(page, 'Hoàng Thị Đào').count()).toBe(1);
});

/** The lists of names that a phone holds. */
const countLists = (page: Page) =>
	page.evaluate(
		async () => (await indexedDB.databases()).filter(({ name }) => name!.startsWith('diem-danh')).length,
	);

test('a list whose 48 hours are over is wiped by the next page, whatever page that is', async () => {
	const page = await openPhone();
	await page.goto(board);
	await page.locator('[data-find]:not([hidden])').waitFor();
	expect(await countLists(page)).toBe(1);
	await page.clock.setFixedTime(Date.now() + 50 * HOUR);
	await page.goto('/phan-loai');
	await poll(() => countLists(page)).toBe(0);
	await page.goto('/cho-gui');
	await page.locator('[data-none]:not([hidden])').waitFor();
	expect(await page.locator('[data-kept-lists] a').count()).toBe(0);
});

test('a list stays for its lead when a session lapses, and for nobody else who signs in', async () => {
	const page = await openPhone();
	await page.goto(board);
	await page.locator('[data-find]:not([hidden])').waitFor();
	const kept = () => page.evaluate(() => localStorage.getItem('diem-danh'));
	await page.goto('/cua-toi');
	expect(await kept()).toContain(world.eventId);
	await page.context().clearCookies({ name: 'phien' });
	await page.goto('/cua-toi');
	expect(await kept()).toContain(world.eventId);
	expect(await countLists(page)).toBe(1);
	await signInAs(page, world.baseUrl, world.people.steward);
	await page.goto('/cua-toi');
	await poll(() => countLists(page)).toBe(0);
	expect(await kept()).toBe('{}');
});

test('without JavaScript each row is a form, and a refusal writes nothing and keeps what was typed', async () => {
	const client = await signInClient(world.baseUrl, world.people.organiser);
	const action = `${board}?_action=cleanupEvents.checkIn`;
	const about = { eventId: world.eventId };
	const post = (fields: Record<string, string>) =>
		client.post(action, { id: crypto.randomUUID(), ...about, ...fields });
	const other = await signInClient(world.baseUrl, world.people['another union’s organiser']);
	const before = await digest(world.db, ['session']);
	const wrong = await post({ code: '0000000000' });
	expect(wrong.status).toBe(422);
	expect(fieldErrorOf(await wrong.text(), 'code')).toContain('không có trong danh sách');
	const signUpId = ids['Chi đoàn trường X']!;
	const tooMany = await post({ signUpId, heads: '10000' });
	expect(tooMany.status).toBe(422);
	expect(await tooMany.text()).toContain('value="10000"');
	const nobody = await post({ signUpId, heads: '0' });
	expect(nobody.status).toBe(422);
	expect(await nobody.text()).toContain(errors.presentOutOfRange.split('. ')[1]);
	const children = await post({ what: 'walk-ins', adults: 'x', minors: '1' });
	expect(fieldErrorOf(await children.text(), 'adults')).toBeTruthy();
	const stranger = await makeClient(world.baseUrl).post(action, {
		...{ id: crypto.randomUUID(), ...about, signUpId, heads: '1' },
	});
	expect(stranger.status).toBe(401);
	expect((await other.post(action, { id: crypto.randomUUID(), ...about, signUpId, heads: '1' })).status).toBe(
		403,
	);
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect((await post({ code: codeOf('Hoàng Thị Đào') })).status).toBe(303);
	expect((await post({ signUpId, heads: '24' })).status).toBe(303);
	expect((await post({ what: 'walk-ins', adults: '2', minors: '3' })).status).toBe(303);
	const html = await (await client.send(board)).text();
	expect(html).toContain(`Tính 24 (trang web, ${world.people.organiser.actor.displayName}, lúc`);
	expect((await post({ signUpId, heads: '0', what: 'undo' })).status).toBe(303);
});

test('the address takes no check-in without its account, and names what is wrong', async () => {
	const client = await signInClient(world.baseUrl, world.people.organiser);
	const one = {
		...{ id: crypto.randomUUID(), account: world.people.organiser.actor.personId, event_id: world.eventId },
		...{ sign_up_id: ids['Lý Văn Bình']!, device: 'may-9', is_choice: false, heads: 1, minors: null },
		checked_in_at: new Date().toISOString(),
	};
	const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString();
	const post = async (by: Client, ...items: object[]) => {
		const response = await by.send('/api/v1/attendance', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ sent_at: new Date().toISOString(), attendance: items }),
		});
		const { results } = (await response.json()) as {
			results: { status: number; error?: { code: string } }[];
		};
		return results.map(({ status, error }) => [status, error?.code]);
	};
	const before = await digest(world.db, ['session']);
	expect(
		await post(
			client,
			{ ...one, account: world.people.steward.actor.personId },
			{ ...one, heads: 10_000 },
			{ ...one, sign_up_id: crypto.randomUUID() },
			{ ...one, event_id: crypto.randomUUID() },
			{ ...one, checked_in_at: 'x' },
			{ ...one, stated_at: 'x' },
			{ ...one, checked_in_at: hoursAgo(7), list_given_at: hoursAgo(9), list_age_ms: 2 * HOUR },
			{ ...one, id: 'x' },
			{ id: one.id },
		),
	).toEqual([
		[401, 'attendanceOtherAccount'],
		[422, 'countOutOfRange'],
		[404, 'signUpNotFound'],
		[404, 'unknownEvent'],
		[422, 'instantInvalid'],
		[422, 'instantInvalid'],
		[422, 'checkInTooEarly'],
		[422, 'idInvalid'],
		[422, 'bodyMalformed'],
	]);
	// Signed out, it waits on the phone.
	const signedOut = makeClient(world.baseUrl);
	expect(await post(signedOut, one)).toEqual([[401, 'attendanceSignIn']]);
	expect(await digest(world.db, ['session'])).toEqual(before);
	expect(await post(client, one, one, { ...one, heads: 0 })).toEqual([
		[201, undefined],
		[200, undefined],
		[409, 'sameIdOtherContent'],
	]);
});

test('whoever was checked in by name gets a letter, and anybody may ask whether it holds', async () => {
	const token = cancelTokenOf(ids['Hoàng Thị Đào']!, 'x'.repeat(43));
	const page = await openPhone();
	await page.context().clearCookies();
	// Their own page says that they came, and does not ask whether they cancel.
	await page.goto(`/chu-nhat-xanh/huy-dang-ky?ma=${token}`);
	expect(await page.textContent('main .tag.ok')).toBe('Đã có mặt: 1 người');
	expect(await page.locator('form[action*=cancelSignUp]').count()).toBe(0);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	// Before the end it is said from when, and nothing is offered; a form of elsewhere is refused.
	const address = `/chu-nhat-xanh/giay-xac-nhan?ma=${token}`;
	const made = () => world.db.selectFrom('participationLetter').selectAll().execute();
	expect(await page.textContent('main')).toContain('Lấy được giấy xác nhận tham gia từ');
	expect(await page.locator('main a[href*=giay-xac-nhan]').count()).toBe(0);
	await page.goto(address);
	expect(await page.textContent('main .note')).toContain('Lấy được giấy xác nhận tham gia từ');
	expect(await page.locator('main form').count()).toBe(0);
	const early = await makeClient(world.baseUrl).post(`${address}&_action=cleanupEvents.issueLetter`, {
		token,
	});
	expect(early.status).toBe(409);
	expect(await early.text()).toContain(errors.letterTooEarly);
	expect(await made()).toEqual([]);
	const ends = (endsAt: number) =>
		world.db.updateTable('cleanupEvent').set({ endsAt }).where('id', '=', world.eventId).execute();
	await ends(Date.now() - 1000);
	await page.goto(`/chu-nhat-xanh/huy-dang-ky?ma=${token}`);
	await page.click('main a[href*=giay-xac-nhan]');
	await send(page);
	expect(await page.textContent('.letter .who')).toBe('Hoàng Thị Đào');
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	// The place of a signature is as wide as its words, on a phone too.
	expect((await page.locator('.letter .sign').boundingBox())!.width).toBeGreaterThan(200);
	const code = (await page.textContent('.letter .digits'))!;
	await page.goto('/chu-nhat-xanh/xac-nhan');
	await page.fill('[name=ma]', code.toLowerCase());
	await send(page);
	expect(await page.locator('.note.good').count()).toBe(1);
	const text = (await page.textContent('main'))!;
	expect(text).toContain('H. T. Đào');
	expect(text).not.toContain('Hoàng');
	expect(text).toContain('Dọn bờ sông');
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	await page.goto(`/chu-nhat-xanh/xac-nhan?ma=${'7'.repeat(20)}`);
	expect(await page.textContent('[role=alert]')).toContain('Không có giấy nào');
	await page.goto(`/en/chu-nhat-xanh/giay-xac-nhan?ma=${token}`);
	await page.emulateMedia({ colorScheme: 'dark' });
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	// Only a browser without a window prints.
	const printer = await launchBrowser();
	try {
		const paper = await printer.newPage({ baseURL: world.baseUrl });
		await paper.goto(`/chu-nhat-xanh/giay-xac-nhan?ma=${token}`);
		await paper.locator('.letter').waitFor();
		expect(await printedPages(paper)).toBe(1);
	} finally {
		await printer.close();
	}
	// A unit gets none, and nobody reads another's.
	const unit = cancelTokenOf(ids['Chi đoàn trường X']!, 'x'.repeat(43));
	await page.goto(`/chu-nhat-xanh/giay-xac-nhan?ma=${unit}`);
	expect(await page.textContent('main .note')).toContain('từ 16 tuổi');
	const strangers = await makeClient(world.baseUrl).send(
		`/chu-nhat-xanh/giay-xac-nhan?luot=${ids['Hoàng Thị Đào']}`,
	);
	expect(strangers.status).toBe(404);
});
