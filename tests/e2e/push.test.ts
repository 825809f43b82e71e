// Notifications on a device: what the button does where it cannot work, what a push shows, and that none of them outlives
// its person's session.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { axeErrors, sticksOut } from '../support/pages.ts';
import { PUSH_HOST } from '../support/push-service.ts';
import { startSamplePortal } from '../support/sample-portal.ts';
import { startWorld, type ServedWorld } from '../support/served-world.ts';
import { signInAs } from '../support/sign-in.ts';

const WARD = '/theo-doi?phuong=dk-2025';
const WAIT = { timeout: 40_000, interval: 500 };

const samples = await startSamplePortal();
let browser: Browser;
/** Sends no mail: the device is the only way. */
let world: ServedWorld;
let slug: string;

beforeAll(async () => {
	[browser, world] = await Promise.all([launchBrowser(), startWorld(undefined, { PUSH_HOSTS: PUSH_HOST })]);
	({ slug } = await world.db.selectFrom('cleanupEvent').select('slug').executeTakeFirstOrThrow());
});
afterAll(async () => {
	await browser?.close();
	await world?.stop();
});

async function withPage(
	options: BrowserContextOptions,
	work: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
	const context = await browser.newContext({ baseURL: world.baseUrl, viewport: phone, ...options });
	try {
		await work(await context.newPage(), context);
	} finally {
		await context.close();
	}
}

const ZALO =
	'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 Zalo android/24';

test.each<[string, BrowserContextOptions, () => void, string]>([
	['another app', { userAgent: ZALO }, () => undefined, 'bên trong Zalo, Facebook'],
	[
		'a browser without push',
		{},
		() => void Reflect.deleteProperty(window, 'PushManager'),
		'Trình duyệt này không nhận được thông báo',
	],
])('in %s a sentence stands in place of the button', async (_name, options, prepare, words) => {
	await withPage(options, async (page) => {
		await page.addInitScript(prepare);
		await page.goto(WARD);
		const note = page.locator('[data-push-note]');
		await note.waitFor();
		expect(await note.textContent()).toContain(words);
		// No mail is sent here, and none is spoken of; nothing is left to tick that no button sends.
		expect(await note.textContent()).not.toContain('qua thư');
		expect(
			await page
				.locator('form[data-follow] :is(button, input[type=checkbox])')
				.filter({ visible: true })
				.count(),
		).toBe(0);
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	});
});

test('without JavaScript a sentence says what is possible', async () => {
	await withPage({ javaScriptEnabled: false }, async (page) => {
		await page.goto(WARD);
		const form = page.locator('form[data-follow]');
		expect(await form.innerText()).toContain('cần bật JavaScript');
		expect(await form.locator('input[type=checkbox]').filter({ visible: true }).count()).toBe(0);
		await page.goto(`/en${WARD}`);
		expect(await form.innerText()).toContain('needs JavaScript');
	});
});

/** The browser says yes and has a push service; what it really lacks in tests. */
const allow = (host: string) => {
	Notification.requestPermission = () => Promise.resolve('granted');
	const keys = { p256dh: `BA${'A'.repeat(85)}`, auth: 'A'.repeat(22) };
	const subscription = { toJSON: () => ({ endpoint: `https://${host}/may-chung`, keys }) };
	if (host !== '') PushManager.prototype.subscribe = () => Promise.resolve(subscription as never);
	else PushManager.prototype.subscribe = () => Promise.reject(new Error('no push service'));
};

test.each<[string, (() => void) | undefined, string]>([
	['does not allow it', undefined, 'chưa cho phép hiện thông báo'],
	['cannot reach its push service', () => undefined, 'Xin thử lại'],
])(
	'a tap where the browser %s is answered by a sentence, and follows nothing',
	async (_name, fails, words) => {
		await withPage({}, async (page) => {
			if (fails) await page.addInitScript(allow, '');
			await page.goto(WARD);
			await page.click('[data-push-key]');
			const note = page.locator('[data-push-note]');
			await note.waitFor();
			expect(await note.textContent()).toContain(words);
			expect(await page.locator('[data-push-key]').isEnabled()).toBe(true);
			expect(await axeErrors(page)).toEqual([]);
			expect(await world.db.selectFrom('recipient').select('id').execute()).toEqual([]);
		});
	},
);

test('a push that arrives is shown once, in Vietnamese, and opens its page or the way to stop', async () => {
	await withPage({}, async (page, context) => {
		await page.goto(WARD);
		await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
		const [worker] = context.serviceWorkers();
		// A browser without a window has no notifications: what it is asked to show and to open is looked at.
		await worker!.evaluate(() => {
			const scope = globalThis as unknown as Record<string, unknown> & {
				registration: { showNotification: unknown };
				clients: { openWindow: unknown };
			};
			const [shown, opened]: [object[], string[]] = [[], []];
			Object.assign(scope, { shown, opened });
			scope.registration.showNotification = (title: string, options: object) => {
				shown.push({ title, ...options });
				return Promise.resolve();
			};
			scope.clients.openWindow = (path: string) => {
				opened.push(path);
				return Promise.resolve(null);
			};
		});
		const message = {
			...{ title: 'Đã huỷ: Dọn bờ sông Kỳ Cùng', body: 'Buổi này không diễn ra nữa.\nLý do: Lũ, ngập' },
			...{ path: `/chu-nhat-xanh/${slug}`, stop: '/theo-doi/thoi?ma=b', stopText: 'Thôi nhận', tag: 'c' },
		};
		const cdp = await context.newCDPSession(page);
		const found = new Promise<string>((resolve) =>
			cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
				if (first) resolve(first.registrationId);
			}),
		);
		await cdp.send('ServiceWorker.enable');
		const target = { origin: world.baseUrl, registrationId: await found };
		await cdp.send('ServiceWorker.deliverPushMessage', { ...target, data: JSON.stringify(message) });
		await cdp.send('ServiceWorker.deliverPushMessage', { ...target, data: '{}' });
		const look = () => worker!.evaluate(() => (globalThis as unknown as { shown: object[] }).shown);
		await expect.poll(look, WAIT).toHaveLength(1);
		const { title, body, tag, path, stop, stopText } = message;
		const options = { title, body, tag, icon: '/icons/icon-192.png', data: { path, stop } };
		expect(await look()).toEqual([{ ...options, actions: [{ action: 'stop', title: stopText }] }]);
		const opened = await worker!.evaluate(
			(data) => {
				const scope = globalThis as unknown as {
					opened: string[];
					dispatchEvent(event: Event): void;
					ExtendableEvent: new (type: string) => Event;
				};
				const click = (action: string, given: object) => {
					const event = new scope.ExtendableEvent('notificationclick');
					const notification = { data: given, close: () => undefined };
					scope.dispatchEvent(Object.assign(event, { action, notification }));
				};
				click('', data);
				click('stop', data);
				click('', { ...data, path: 'https://example.org/' });
				return scope.opened;
			},
			{ path, stop },
		);
		expect(opened).toEqual([path, stop]);
		expect((await page.request.get(opened[0]!)).status()).toBe(200);
	});
});

test('whoever signs out at a shared computer leaves nothing of their own news to it', async () => {
	const { db, people, eventId } = world;
	await withPage({}, async (page) => {
		await page.addInitScript(allow, PUSH_HOST);
		await signInAs(page, world.baseUrl, people.steward);
		await page.goto(`/theo-doi?su-kien=${slug}`);
		expect(await page.locator('form[data-follow]').innerText()).toContain('khi anh/chị còn đăng nhập');
		await page.click('[data-push-key]');
		await page.waitForURL(/xong=theo-doi/);
		const [recipient] = await db.selectFrom('recipient').select(['personId', 'sessionId']).execute();
		expect(recipient!.personId).toBe(people.steward.actor.personId);
		const session = db.selectFrom('session').select('personId').where('id', '=', recipient!.sessionId);
		expect(await session.executeTakeFirst()).toEqual({ personId: recipient!.personId });
		expect(await page.locator('#danh-sach').innerText()).not.toContain('đã thoát tài khoản');
		await page.goto('/cua-toi');
		await page.click('form[data-signs-out] button');
		await page.waitForURL((url) => url.pathname !== '/cua-toi');
		await cancelEvent(db, people.organiser.actor, { id: eventId, reason: 'Mưa to' }, Date.now());
		const handled = () =>
			db.selectFrom('news').select('handledAt').where('kind', '=', 'event.cancelled').executeTakeFirst();
		await expect.poll(async () => (await handled())?.handledAt ?? null, WAIT).not.toBeNull();
		expect(await db.selectFrom('outboxMessage').select('id').execute()).toEqual([]);
		// Signed in again, they read that this browser is told no more.
		await signInAs(page, world.baseUrl, people.steward);
		await page.goto('/theo-doi');
		expect(await page.locator('#danh-sach').innerText()).toContain('đã thoát tài khoản');
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	});
});

test('whoever leads reads whom the portal cannot tell, with what to send and whom to call', async () => {
	const { db, people, eventId } = world;
	const asked = { id: uuidv7(Date.now()), kind: 'person' as const, name: 'Lò Thị Mai', headCount: 2 };
	const given = { ...asked, phone: '0912345678', isSixteen: true, mayWait: false };
	await db
		.updateTable('cleanupEvent')
		.set({ status: 'published', cancelledAt: null, cancelReason: null })
		.where('id', '=', eventId)
		.execute();
	await signUp(db, eventId, given, { secret: 'd'.repeat(43) }, Date.now());
	await withPage({}, async (page) => {
		await signInAs(page, world.baseUrl, people.organiser);
		await page.goto(`/cua-toi/su-kien/${eventId}`);
		const fold = page.locator('details.fold:has-text("1 lượt đăng ký không nhận được tin qua cổng")');
		await fold.locator('summary').click();
		const said = await fold.innerText();
		for (const words of ['Thời gian:', 'Đăng ký:', 'Lò Thị Mai', '0912 345 678'])
			expect(said).toContain(words);
		expect(await fold.locator('a[href="tel:+84912345678"]').count()).toBe(1);
		// Nobody had asked for the news of the test before.
		expect(await page.locator('.told:has-text("Huỷ buổi")').innerText()).toContain(
			'Không ai bật nhận tin này.',
		);
		expect(await axeErrors(page)).toEqual([]);
		expect(await sticksOut(page, 320)).toEqual([]);
	});
});

test('while the mornings shown are samples, the page says that nothing is sent of them', async () => {
	const { baseUrl } = samples;
	for (const [path, words] of [
		[WARD, 'là dữ liệu mẫu và không gửi tin'],
		[`/en${WARD}`, 'are samples, and nothing is sent'],
	] as const) {
		expect(await (await fetch(baseUrl + path)).text()).toContain(words);
		expect(await (await fetch(world.baseUrl + path)).text()).not.toContain(words);
	}
});
