// Following by mail, on a phone: the form, the letter that asks, news when a morning is called off, and stopping at one tap.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { createTranslator } from '#lib/i18n.ts';
import { launchBrowser } from '../support/browser.ts';
import { linkIn, openMailbox, type Mailbox } from '../support/mailbox.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';

const t = createTranslator('vi');
const WAIT = { timeout: 40_000, interval: 500 };

let browser: Browser;
let mailbox: Mailbox;
let world: ServedWorld;
let page: Page;

beforeAll(async () => {
	[browser, mailbox] = await Promise.all([launchBrowser(), openMailbox()]);
	world = await startWorld(undefined, {
		SMTP_URL: mailbox.url,
		MAIL_FROM: 'Ngôi nhà xanh <tin@xanh.example.vn>',
	});
	page = await browser.newPage({ viewport: { width: 360, height: 740 } });
});
afterAll(async () => {
	await browser?.close();
	await world?.stop();
	await mailbox?.close();
});

const letter = (subject: RegExp) =>
	expect
		.poll(() => mailbox.letters.find((each) => subject.test(each.subject ?? ''))?.subject, WAIT)
		.toBeTruthy();
const find = (subject: RegExp) => mailbox.letters.find((each) => subject.test(each.subject ?? ''))!;
const texts = () => page.locator('main').innerText();

test('somebody without an account follows a morning, hears that it is called off, and stops', async () => {
	const { slug } = await world.db.selectFrom('cleanupEvent').select('slug').executeTakeFirstOrThrow();
	await page.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}`);
	await page.click('a[href^="/theo-doi?su-kien="]');
	await page.waitForURL(/\/theo-doi\?/);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	// No push service in this browser's reach is asked before somebody taps.
	await page.fill('[name=email]', 'khong-phai-thu');
	await page.$eval('form[data-follow]', (form) => ((form as HTMLFormElement).noValidate = true));
	await page.click('button[value=email]');
	await page.locator('#email-error').waitFor();
	expect(await page.inputValue('[name=email]')).toBe('khong-phai-thu');
	await page.fill('[name=email]', 'lan@example.vn');
	await page.click('button[value=email]');
	await page.waitForURL(/xong=thu/);
	expect(await texts()).toContain('Đã gửi một thư');
	expect(await world.db.selectFrom('recipient').select('id').execute()).toEqual([]);

	await letter(/^Xin xác nhận/);
	await page.goto(world.baseUrl + linkIn(find(/^Xin xác nhận/), '/theo-doi/xac-nhan'));
	// Opened is not answered.
	expect(await world.db.selectFrom('recipient').select('id').execute()).toEqual([]);
	expect(await axeErrors(page)).toEqual([]);
	await page.click('main form button');
	await page.waitForURL(/xong=theo-doi/);
	expect(await world.db.selectFrom('follow').select('kinds').execute()).toEqual([{ kinds: 'change' }]);

	const { eventId, people, db } = world;
	// Something that begins within two hours is told of by night, too.
	const startsAt = Date.now() + 3_600_000;
	await db
		.updateTable('cleanupEvent')
		.set({ startsAt, endsAt: startsAt + 3_600_000 })
		.where('id', '=', eventId)
		.execute();
	await cancelEvent(db, people.organiser.actor, { id: eventId, reason: 'Mưa to' }, Date.now());
	await expect.poll(() => mailbox.letters.length, WAIT).toBe(2);
	const news = find(/^Đã huỷ: /);
	expect(news.text).toContain('Mưa to');
	const stop = linkIn(news, '/theo-doi/thoi');
	await page.goto(world.baseUrl + stop);
	expect(await axeErrors(page)).toEqual([]);
	expect(await sticksOut(page, 320)).toEqual([]);
	expect(await db.selectFrom('recipient').select('id').execute()).toHaveLength(1);
	await page.click('button[name=List-Unsubscribe]');
	await page.getByText('Đã thôi nhận').waitFor();
	expect(await db.selectFrom('recipient').select('id').execute()).toEqual([]);
	// The mail program's own button, once more, as RFC 8058 says it is pressed.
	const pressed = await fetch(world.baseUrl + stop, {
		method: 'POST',
		body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
	});
	expect([pressed.status, pressed.redirected]).toEqual([200, false]);
	const wrong = await fetch(`${world.baseUrl}/theo-doi/thoi?ma=khac`, {
		method: 'POST',
		body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
	});
	expect(wrong.status).toBe(404);
	expect(
		(await fetch(world.baseUrl + stop, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })).status,
	).toBe(400);
});

test('a sign-up without an account offers at once to tell of changes, also without JavaScript', async () => {
	const { db } = world;
	// The other test called it off.
	const startsAt = Date.now() + 7 * 86_400_000;
	await db
		.updateTable('cleanupEvent')
		.set({
			status: 'published',
			cancelledAt: null,
			cancelReason: null,
			startsAt,
			endsAt: startsAt + 3_600_000,
		})
		.execute();
	const { slug } = await db.selectFrom('cleanupEvent').select('slug').executeTakeFirstOrThrow();
	const context = await browser.newContext({
		javaScriptEnabled: false,
		viewport: { width: 360, height: 740 },
	});
	const tab = await context.newPage();
	await tab.goto(`${world.baseUrl}/chu-nhat-xanh/${slug}`);
	expect(await tab.locator('#bao-tin').count()).toBe(0);
	const form = 'form:has([name=kind][value=person])';
	await tab.fill(`${form} [name=name]`, 'Lò Thị Mai');
	await tab.check(`${form} [name=isSixteen]`);
	await tab.click(`${form} button`);
	await tab.waitForURL(/xong=/);
	const offer = tab.locator('#bao-tin');
	expect(await offer.innerText()).toContain('Báo cho tôi khi có thay đổi');
	expect(await sticksOut(tab, 320)).toEqual([]);
	await offer.locator('[name=email]').fill('mai@example.vn');
	await offer.locator('button[value=email]').click();
	await tab.waitForURL(/\/theo-doi\?.*xong=thu/);
	const find = () => mailbox.letters.find(({ to }) => JSON.stringify(to).includes('mai@example.vn'));
	await expect.poll(find, WAIT).toBeTruthy();
	await tab.goto(world.baseUrl + linkIn(find()!, '/theo-doi/xac-nhan'));
	await tab.click('main form button');
	await tab.waitForURL(/xong=theo-doi/);
	const told = db
		.selectFrom('follow')
		.innerJoin('recipient', 'recipient.id', 'follow.recipientId')
		.innerJoin('signUp', 'signUp.deviceAliasId', 'recipient.deviceAliasId')
		.select(['targetKind', 'signUp.name']);
	expect(await told.execute()).toEqual([{ targetKind: 'event', name: 'Lò Thị Mai' }]);
	await context.close();
});

test('letters that ask go to one address five times a day', async () => {
	const post = (email: string) =>
		fetch(`${world.baseUrl}/theo-doi?phuong=dk-2025&_action=notifications.follow`, {
			method: 'POST',
			redirect: 'manual',
			body: new URLSearchParams({
				...{
					form: 'follow',
					id: crypto.randomUUID(),
					phuong: 'dk-2025',
					kinds: 'new',
					channel: 'email',
					email,
				},
			}),
		});
	const statuses: number[] = [];
	for (let each = 0; each < 6; each += 1) statuses.push((await post('nhieu@example.vn')).status);
	expect(statuses).toEqual([303, 303, 303, 303, 303, 429]);
	expect((await post('khac@example.vn')).status).toBe(303);
	expect((await post('khong')).status).toBe(422);
});

test.each(['with', 'without'])(
	'an account with an address is promised a letter on a portal %s mail, and offered what there is',
	async (how) => {
		const own = how === 'with' ? world : await startWorld();
		const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
		try {
			const { organiser } = own.people;
			const { personId } = organiser.actor;
			const id = crypto.randomUUID();
			const row = {
				id,
				channel: 'email' as const,
				address: 'kha@example.vn',
				locale: 'vi' as const,
				personId,
			};
			await own.db
				.insertInto('recipient')
				.values({
					...{ ...row, p256dh: null, auth: null, deviceAliasId: null, sessionId: null },
					...{ createdAt: Date.now(), isSample: 0 },
				})
				.execute();
			await own.db
				.insertInto('follow')
				.values({
					...{ id: crypto.randomUUID(), recipientId: id, targetKind: 'own', targetId: '' },
					...{ kinds: 'change', createdAt: Date.now() },
				})
				.execute();
			const tab = await context.newPage();
			await signInAs(tab, own.baseUrl, organiser);
			const { slug } = await own.db.selectFrom('cleanupEvent').select('slug').executeTakeFirstOrThrow();
			await tab.goto(`${own.baseUrl}/chu-nhat-xanh/${slug}`);
			await tab.click(`form .btn:has-text("${t('cleanup-events:event.join')}")`);
			await tab.waitForURL(/xong=/);
			const [told, byPush] = ['notifications:offer.told', 'notifications:follow.byPush'] as const;
			const offer = (await tab.textContent('#bao-tin'))!;
			expect([offer.includes(t(told)), offer.includes(t(byPush))]).toEqual([
				how === 'with',
				how === 'without',
			]);
			expect(await sticksOut(tab, 320)).toEqual([]);
		} finally {
			await context.close();
			if (own !== world) await own.stop();
		}
	},
);
