// A new person's way through invitation, second factors, a reset face to face, export and erasure, in a real browser.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccount } from '#features/accounts/account.service.ts';
import { readSignInName } from '#features/accounts/account.ts';
import type { Role, ScopeKind } from '#features/accounts/actor.ts';
import { insertAuditEvent, SECOND_FACTOR_REFUSED } from '#features/accounts/audit.repository.ts';
import { findActor, findPersonByName } from '#features/accounts/person.repository.ts';
import { acceptTotp, beginTotp } from '#features/accounts/second-factor.service.ts';
import { endListedSession } from '#features/accounts/session.service.ts';
import { inTransaction, openDb } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { openSession } from '../support/fixtures.ts';
import { launchBrowser, phone } from '../support/browser.ts';
import { copySample, samplePeople as people } from '../support/sample-portal.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { signInAs } from '../support/sign-in.ts';

const PASSWORD = 'một câu dài chỉ mình tôi biết';
const SHORT = 'tám chữ nhé';

const folder = mkdtempSync(path.join(tmpdir(), 'portal-account-'));
const secret = randomBytes(32);
const databaseUrl = copySample(folder);
let browser: Browser;
let server: RunningServer;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
	browser = await launchBrowser();
	server = await startServer({
		DATABASE_URL: databaseUrl,
		PORTAL_SECRET: secret.toString('base64url'),
	});
});
afterAll(async () => {
	for (const context of contexts) await context.close();
	await browser.close();
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
});

async function newPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
	const context = await browser.newContext({ viewport: phone, baseURL: server.baseUrl, ...options });
	contexts.push(context);
	return context.newPage();
}

/** A device that holds passkeys and has checked its owner. */
async function addAuthenticator(page: Page) {
	const session = await page.context().newCDPSession(page);
	await session.send('WebAuthn.enable');
	const options = {
		protocol: 'ctap2',
		transport: 'internal',
		hasResidentKey: true,
		hasUserVerification: true,
		isUserVerified: true,
		automaticPresenceSimulation: true,
	} as const;
	const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
	return { session, authenticatorId };
}

/** A real person with a role and an authenticator app; recovery codes stand in for it. */
async function makeReal(displayName: string, role: Role, scopeKind: ScopeKind, scopeId: string | null) {
	const now = Date.now();
	const db = openDb(databaseUrl);
	const name = `0983000${String((serial += 1)).padStart(3, '0')}`;
	const account = { displayName, name, password: PASSWORD, role, scopeKind, scopeId };
	const actor = (await findActor(db, await createAccount(db, account, now), now))!;
	const key = await beginTotp(db, secret, actor, now);
	const code = new TOTP({ secret: OtpSecret.fromBase32(key) }).generate({ timestamp: now });
	const sessionId = await openSession(db, actor.personId);
	const recoveryCodes = (await acceptTotp(db, secret, actor, { code, sessionId }, now))!;
	await endListedSession(db, actor, sessionId, now);
	await db.destroy();
	return { phone: name, password: PASSWORD, recoveryCodes };
}

let serial = 0;
async function openAccount(page: Page, from = '/tao-tai-khoan', name?: string): Promise<string> {
	const signInName = name ?? `0987000${String((serial += 1)).padStart(3, '0')}`;
	await page.goto(from);
	const form = page.locator('form[action*=openAccount]');
	await form.locator('[name=displayName]').fill('Lò Thị Mai');
	await form.locator('[name=name]').fill(signInName);
	await form.locator('[name=password]').fill(PASSWORD);
	await form.locator('[name=isSixteen]').check();
	await form.locator('button.btn').click();
	await page.waitForURL(/\/cua-toi/);
	return signInName;
}

async function signIn(page: Page, name: string, password = PASSWORD): Promise<void> {
	await page.goto('/dang-nhap');
	const form = page.locator('form[action*="accounts.signIn"]').first();
	await form.locator('[name=name]').fill(name);
	await form.locator('[name=password]').fill(password);
	await form.locator('button.btn').click();
	await page.waitForURL((url) => !/\/dang-nhap$/.test(url.pathname));
}

/** The role is chosen first; then the places where it can be held, which may be one. */
async function fillInvitation(page: Page, name: string, role: string): Promise<void> {
	await page.goto('/cua-toi/nhom');
	await page.click(`a.pick[href*="=${role}"]`);
	const form = page.locator('form:has([name=form][value=moi])');
	const select = form.locator('select[name=scope]');
	if ((await select.count()) > 0) await select.selectOption('portal');
	await form.locator('[name=name]').fill(name);
	await form.locator('button.btn').click();
}

/** Makes a reset code, or is refused; the form is folded. */
async function askForCode(page: Page, name: string): Promise<void> {
	await page.goto('/cua-toi/nhom');
	const form = page.locator('form[action*=issueResetCode]');
	await page.locator('details:has(> form[action*=issueResetCode]) > summary').click();
	await form.locator('[name=name]').fill(name);
	await form.locator('button').click();
}

/** Invites somebody to a role of the whole portal; the link as it is shown. */
async function invite(page: Page, name: string, role: string): Promise<string> {
	await fillInvitation(page, name, role);
	const link = await page.locator('[data-share-text]').textContent();
	return link!.trim();
}

describe.each([true, false])('with JavaScript: %s', (javaScriptEnabled) => {
	test('an account is opened, seen, and erased again', async () => {
		const page = await newPage({ javaScriptEnabled });
		await page.goto('/ghi-nhan?diem=MAU-004');
		await page.locator('[name=quantity]').fill('3');
		if (!javaScriptEnabled) await page.check('[name=unit-0][value=kg]', { force: true });
		await page.click('[data-send]');
		await page.waitForURL(/ghi-nhan\/xong/);
		await page.goto('/tao-tai-khoan');
		const form = page.locator('form[action*=openAccount]');
		await form.locator('[name=displayName]').fill('Lò Thị Mai');
		await form.locator('[name=name]').fill(`0986000${javaScriptEnabled ? '001' : '002'}`);
		await form.locator('[name=password]').fill('ngôi nhà xanh lạng sơn');
		await form.locator('[name=isSixteen]').check();
		expect(await form.locator('[name=link]').isChecked()).toBe(false);
		await form.locator('[name=link]').check();
		await form.locator('button.btn').click();
		// The refused password is named beside its field, and what was typed stays.
		await page.locator('#password-error').waitFor();
		expect(await form.locator('[name=displayName]').inputValue()).toBe('Lò Thị Mai');
		expect(await form.locator('[name=link]').isChecked()).toBe(true);
		await form.locator('[name=password]').fill(PASSWORD);
		// The page stood open while another notice was published: what was ticked under the old one is ticked anew.
		await form.locator('[name=noticeVersion]').evaluate((input: HTMLInputElement) => (input.value = '0'));
		await form.locator('button.btn').click();
		const newer = page.locator('[role=alert]', { hasText: 'đã có bản mới' });
		await newer.waitFor();
		expect(await newer.locator('a').getAttribute('href')).toBe('/quyen-rieng-tu');
		expect(await form.locator('[name=link]').isChecked()).toBe(false);
		await form.locator('[name=link]').check();
		await form.locator('[name=password]').fill(PASSWORD);
		await form.locator('button.btn').click();
		await page.waitForURL(/cua-toi\?xong=tai-khoan/);
		// A plain resident is greeted by name, with nothing said of work or roles; the list is theirs once it is linked.
		expect(await page.locator('h1').textContent()).toContain('Chào Lò Thị Mai');
		expect(await page.textContent('main')).not.toMatch(/việc nào đang chờ|·\s*$/m);
		expect(await page.locator('h2').first().textContent()).toBe('Lượt ghi nhận của anh/chị');
		await page.goto('/cua-toi/tai-khoan');
		expect(await page.textContent('main')).toContain('Đã đồng ý');
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.click('a[href$="du-lieu.json"]'),
		]);
		const data = JSON.parse(readFileSync(await download.path(), 'utf8')) as { dropOffs: unknown[] };
		expect(data.dropOffs).toHaveLength(1);
		// What goes and what stays is said before, and a copy is at hand.
		const said = page.locator('section:has(#xoa) .points');
		expect(await said.count()).toBe(2);
		expect(await said.last().textContent()).toContain('sổ quỹ');
		expect(await page.locator('a[href$="du-lieu.csv"]').count()).toBe(2);
		// A refusal stands where the button is, and the page opens there.
		const erasing = page.locator('form[action*="privacy.erase"]');
		await erasing.evaluate((form: HTMLFormElement) => (form.noValidate = true));
		await erasing.locator('button').click();
		await page.locator('#sure-error').waitFor();
		await expect
			.poll(async () => {
				const box = (await page.locator('#sure-error').boundingBox()) ?? { y: -1, height: 0 };
				return box.y > 0 && box.y + box.height < phone.height;
			})
			.toBe(true);
		await page.check('[name=sure]');
		await page.click('form[action*="privacy.erase"] button');
		await page.waitForURL(/xong=xoa/);
		await page.goto('/cua-toi/tai-khoan');
		expect(new URL(page.url()).pathname).toBe('/dang-nhap');
	});

	test('a code handed out face to face sets a new password, and its owner is told', async () => {
		const page = await newPage({ javaScriptEnabled });
		const name = await openAccount(page);
		const steward = await newPage({ javaScriptEnabled });
		const sample = await newPage({ javaScriptEnabled });
		await signInAs(sample, server.baseUrl, people['steward']!);
		await askForCode(sample, name);
		expect(await sample.locator('[role=alert]').textContent()).toContain('Vai trò mẫu chỉ');
		expect(await sample.locator('.codes').count()).toBe(0);
		await signInAs(steward, server.baseUrl, await makeReal('Nông Thị Hoa', 'steward', 'ward', 'dk-2025'));
		await askForCode(steward, name);
		expect(await steward.locator('.once').textContent()).toMatch(
			/Mã cho Lò Thị Mai, 0987\d{6}\. Dùng được đến/,
		);
		// Nothing of it is left beside a button that would make another.
		expect(await steward.locator('form[action*=issueResetCode] [name=name]').inputValue()).toBe('');
		const code = (await steward.locator('.codes code').textContent())!;
		await steward.reload();
		expect(await steward.locator('.codes code').textContent()).toBe(code);
		await steward.goto('/cua-toi/nhom');
		expect(await steward.locator('.codes').count()).toBe(0);

		const other = await newPage({ javaScriptEnabled });
		await other.goto('/dang-nhap/dat-lai');
		const form = other.locator('form[action*=resetPassword]');
		for (const [field, value] of [
			['name', name],
			['code', code],
			['password', 'câu mới cũng dài lắm nhé'],
		] as const)
			await form.locator(`[name=${field}]`).fill(value);
		await form.locator('button.btn').click();
		await other.waitForURL(/xong=dat-lai/);
		// The session that was open has ended.
		await page.goto('/cua-toi/tai-khoan');
		expect(new URL(page.url()).pathname).toBe('/dang-nhap');
		await signIn(other, name, 'câu mới cũng dài lắm nhé');
		expect(await other.textContent('main')).toContain('Nông Thị Hoa');
		// Whoever used the code cannot put it away: the owner reads it too.
		for (const path of ['/cua-toi', '/cua-toi/tai-khoan/dang-nhap']) {
			await other.goto(path);
			const notice = other.locator('main .note.warn', { hasText: 'Mật khẩu được đặt lại' });
			expect(await notice.textContent()).toContain('Người phụ trách nhà');
			expect(await notice.locator('button').count()).toBe(0);
		}
		expect(await other.textContent('#da-xay-ra + .rows')).toContain('Người phụ trách nhà');
	});

	test('an authenticator app is added, then asked for; its recovery codes stand in for it', async () => {
		const page = await newPage({ javaScriptEnabled });
		const name = await openAccount(page);
		await page.goto('/cua-toi/tai-khoan/dang-nhap');
		if (javaScriptEnabled) await page.locator('summary').first().click();
		const secret = (await page.locator('code.key').textContent())!.replace(/\s/g, '');
		const codeOf = (at: number) =>
			new TOTP({ secret: OtpSecret.fromBase32(secret) }).generate({ timestamp: at });
		if (!javaScriptEnabled) await page.locator('summary').first().click();
		await page.locator('form[action*=acceptTotp] [name=code]').fill(codeOf(Date.now()));
		await page.locator('form[action*=acceptTotp] button').click();
		const codes = await page.locator('.codes code').allTextContents();
		expect(codes).toHaveLength(10);
		// To copy and to print take a script; the sheet has the codes and nothing else.
		for (const button of ['[data-copy-codes]', '[data-print]'])
			expect(await page.locator(button).isVisible()).toBe(javaScriptEnabled);
		await page.emulateMedia({ media: 'print' });
		expect(await page.locator('.codes').isVisible()).toBe(true);
		expect(await page.locator('main form:visible, main button:visible').count()).toBe(0);
		await page.emulateMedia({ media: 'screen' });
		if (javaScriptEnabled) {
			const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-save-codes]')]);
			expect(readFileSync(await file.path(), 'utf8')).toContain(codes.join('\n'));
		}
		// They are shown once: the page loaded anew says so, and makes others only when it is asked to.
		await page.reload();
		expect(await page.locator('.codes').count()).toBe(0);
		expect(await page.locator('main [role=status]').textContent()).toContain('chỉ hiện một lần');
		await page.locator('[role=status] form[action*=renewCodes] button').click();
		await page.waitForURL(/xong=bo-ma/);
		const renewed = await page.locator('.codes code').allTextContents();
		expect(renewed).toHaveLength(10);
		expect(renewed).not.toContain(codes[3]);
		codes.splice(0, codes.length, ...renewed);
		await page.goto('/cua-toi/tai-khoan/dang-nhap');
		await page.locator('form[action*=changePassword] [name=password]').fill(SHORT);
		await page.locator('form[action*=changePassword] button').click();
		await page.waitForURL(/xong=mat-khau/);

		const other = await newPage({ javaScriptEnabled });
		await signIn(other, name, SHORT);
		expect(new URL(other.url()).pathname).toBe('/dang-nhap/buoc-hai');
		// The password alone opens nothing.
		await other.goto('/cua-toi/tai-khoan');
		expect(new URL(other.url()).pathname).toMatch(/^\/dang-nhap/);
		await other.goto('/dang-nhap/buoc-hai');
		await other.fill('[name=code]', 'AAAA-BBBB-CCCC');
		await other.click('form[action*="accounts.confirm"]:not([data-passkey]) button');
		await other.locator('#code-error').waitFor();
		await other.fill('[name=code]', codes[3]!);
		await other.click('form[action*="accounts.confirm"]:not([data-passkey]) button');
		await other.waitForURL(/\/cua-toi$/);
		await other.goto('/cua-toi/tai-khoan');
		expect(await other.locator('.device').count()).toBe(2);
		await other.click('form[action*=endOtherSessions] button');
		await other.waitForURL(/#may/);
		expect(await other.locator('[role=status]').textContent()).toContain('Mọi máy khác đã thoát');
		await page.goto('/cua-toi/tai-khoan');
		expect(new URL(page.url()).pathname).toBe('/dang-nhap');
	});
});

test('somebody who knows the password and not the code is told of, and that the password was changed since', async () => {
	const page = await newPage();
	const name = await openAccount(page);
	const db = openDb(databaseUrl);
	const person = (await findPersonByName(db, readSignInName(name)!))!;
	const event = { action: SECOND_FACTOR_REFUSED, subjectKind: 'person', subjectId: person.id };
	await inTransaction(db, (trx) => insertAuditEvent(trx, event, Date.now()));
	await db.destroy();
	const note = page.locator('main .note.warn', { hasText: 'có người ghi đúng mật khẩu' });
	await page.goto('/cua-toi');
	expect(await note.textContent()).toContain('xin đổi mật khẩu ngay');
	expect(await note.locator('button').count()).toBe(0);
	await note.locator('a').click();
	await page.waitForURL(/#da-xay-ra$/);
	expect(await page.textContent('#da-xay-ra + .rows')).toContain('1 đợt');
	await page.locator('form[action*=changePassword] [name=password]').fill('một câu hoàn toàn khác');
	await page.locator('form[action*=changePassword] button').click();
	await page.waitForURL(/xong=mat-khau/);
	expect(await note.textContent()).toContain('đã được đổi sau đó');
});

test('a passkey is added and signs in by itself; another person’s session refuses it', async () => {
	const page = await newPage();
	const { session, authenticatorId } = await addAuthenticator(page);
	await openAccount(page);
	await page.goto('/cua-toi/tai-khoan/dang-nhap');
	await page.click('form[data-passkey=add] button');
	await page.locator('.codes').waitFor();
	await page.goto('/cua-toi/tai-khoan/dang-nhap');
	expect(await page.locator('form[action*=removeFactor]').count()).toBe(1);
	expect(await page.locator('form[action*=removeFactor] button').isVisible()).toBe(false);
	await page.goto('/cua-toi');
	await page.click('form[action*=signOut] button');
	await page.goto('/dang-nhap');
	await page.click('form[data-passkey=sign-in] button');
	await page.waitForURL(/\/cua-toi$/);
	expect(await page.textContent('main')).toContain('Lò Thị Mai');

	// The same device, but somebody else is asked to confirm: an answer of this passkey is no answer of theirs.
	const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
	const other = await newPage();
	const second = await addAuthenticator(other);
	await openAccount(other);
	await second.session.send('WebAuthn.addCredential', {
		authenticatorId: second.authenticatorId,
		credential: credentials[0]!,
	});
	await other.goto('/dang-nhap/buoc-hai');
	const answer = await other.evaluate(async () => {
		const options = await (await fetch('/passkey/confirm', { method: 'POST' })).json();
		const parsed = PublicKeyCredential.parseRequestOptionsFromJSON(options as never);
		const credential = (await navigator.credentials.get({ publicKey: parsed })) as PublicKeyCredential;
		return JSON.stringify(credential.toJSON());
	});
	const response = await other.request.post('/dang-nhap/buoc-hai?_action=accounts.confirm', {
		form: { passkey: answer },
		headers: { origin: server.baseUrl },
		maxRedirects: 0,
	});
	expect(response.status()).toBe(422);
	expect(await response.text()).toContain('Khoá đăng nhập này không dùng được');
});

test('a second factor is taken away only behind a sentence that says what is lost', async () => {
	const page = await newPage();
	await addAuthenticator(page);
	await openAccount(page);
	await page.goto('/cua-toi/tai-khoan/dang-nhap');
	await page.click('form[data-passkey=add] button');
	await page.locator('.codes').waitFor();
	const quiet = await newPage({
		javaScriptEnabled: false,
		storageState: await page.context().storageState(),
	});
	await quiet.goto('/cua-toi/tai-khoan/dang-nhap');
	const fold = quiet.locator('details:has(form[action*=removeFactor])');
	await fold.locator('summary').click();
	expect(await fold.textContent()).toContain('bước thứ hai cuối cùng');
	await fold.locator('button').click();
	await quiet.waitForURL(/xong=bo-khoa/);
	expect(await quiet.locator('[role=status]').textContent()).toContain('Tài khoản nay chỉ còn mật khẩu');
	expect(await quiet.locator('form[action*=removeFactor]').count()).toBe(0);
});

test('an answer of a passkey is taken once, for what it was asked', async () => {
	const page = await newPage();
	await addAuthenticator(page);
	await openAccount(page);
	await page.goto('/cua-toi/tai-khoan/dang-nhap');
	await page.click('form[data-passkey=add] button');
	await page.locator('.codes').waitFor();
	const answerTo = (kind: string) =>
		page.evaluate(async (which) => {
			const options = await (await fetch(`/passkey/${which}`, { method: 'POST' })).json();
			const parsed = PublicKeyCredential.parseRequestOptionsFromJSON(options as never);
			const credential = (await navigator.credentials.get({ publicKey: parsed })) as PublicKeyCredential;
			return JSON.stringify(credential.toJSON());
		}, kind);
	const stranger = await newPage();
	const send = async (passkey: string) =>
		(
			await stranger.request.post('/dang-nhap?_action=accounts.signInWithPasskey', {
				form: { passkey },
				headers: { origin: server.baseUrl },
				maxRedirects: 0,
			})
		).status();
	expect(await send(await answerTo('confirm'))).toBe(422);
	const answer = await answerTo('sign-in');
	expect(await send(answer)).toBe(303);
	expect(await send(answer)).toBe(422);
	expect(await send('not json')).toBe(422);
	expect(await send('{"id":"x"}')).toBe(422);
});

test('whoever signs in wrongly too often reads that, and until when', async () => {
	const page = await newPage();
	const attempt = () =>
		page.request.post('/dang-nhap?_action=accounts.signIn', {
			form: { name: '0989999999', password: 'sai rồi, sai nữa' },
			headers: { origin: server.baseUrl },
		});
	for (let count = 0; count < 10; count += 1) expect((await attempt()).status()).toBe(401);
	const last = await attempt();
	expect(last.status()).toBe(429);
	expect(await last.text()).toMatch(/quá nhiều lần đăng nhập sai. Xin thử lại sau \d\d:\d\d\./);
});

test('a session that somebody planted is not the one that is signed in', async () => {
	const page = await newPage();
	const name = await openAccount(page);
	const planted = 'x'.repeat(40);
	const other = await newPage();
	await other.context().addCookies([{ name: 'phien', value: planted, url: server.baseUrl }]);
	await signIn(other, name);
	const cookies = await other.context().cookies();
	expect(cookies.find((cookie) => cookie.name === 'phien')?.value).not.toBe(planted);
	expect(cookies.find((cookie) => cookie.name === 'phien')?.httpOnly).toBe(true);
});

test('an invitation gives its role to a new account, which is then asked for a second factor', async () => {
	const db = openDb(databaseUrl);
	const chief = { displayName: 'Nông Văn Bình', name: '0984000001', password: PASSWORD };
	const role = { role: 'administrator', scopeKind: 'portal', scopeId: null } as const;
	await createAccount(db, { ...chief, ...role }, Date.now());
	await db.destroy();
	const administrator = await newPage();
	await addAuthenticator(administrator);
	await signIn(administrator, chief.name);
	// Without a second factor the forms are not offered; the way to add one leads back to where it was wanted.
	await administrator.goto('/cua-toi/nhom?vai-tro=auditor');
	expect(await administrator.locator('form:has([name=form][value=moi])').count()).toBe(0);
	const unsent = await administrator.request.post('/cua-toi/nhom?_action=team.invite', {
		form: { form: 'moi', role: 'auditor', scope: 'portal', name: '0984000002', id: uuidv7(Date.now()) },
		headers: { origin: server.baseUrl },
	});
	expect(unsent.status()).toBe(403);
	expect(await unsent.text()).toMatch(/role="alert"[^]*Thêm bước thứ hai/);
	const wanted = '/cua-toi/nhom?vai-tro=auditor';
	const way = `/cua-toi/tai-khoan/dang-nhap?tiep=${encodeURIComponent(wanted)}`;
	await administrator.locator('main .note.warn a', { hasText: 'Thêm bước thứ hai' }).click();
	expect(administrator.url()).toBe(server.baseUrl + way);
	// Whoever signed in long ago writes the password on the way there.
	await administrator.goto(`/dang-nhap/buoc-hai?tiep=${encodeURIComponent(wanted)}`);
	await administrator.fill('form [name=password]', PASSWORD);
	await administrator.click('form[action*="accounts.confirm"] button');
	expect(administrator.url()).toBe(server.baseUrl + way);
	await administrator.click('form[data-passkey=add] button');
	await administrator.locator('.codes').waitFor();
	await administrator.locator('a', { hasText: 'Đã cất mã' }).click();
	expect(administrator.url()).toBe(server.baseUrl + wanted);
	expect(await administrator.locator('form:has([name=form][value=moi])').count()).toBe(1);

	const link = await invite(administrator, '0984000002', 'auditor');
	await administrator.reload();
	expect((await administrator.locator('[data-share-text]').textContent())!.trim()).toBe(link);
	const page = await newPage();
	const response = await page.goto(link);
	expect(response?.headers()['referrer-policy']).toBe('same-origin');
	expect(await page.textContent('main')).toContain('mời anh/chị làm người kiểm tra của cả cổng');
	await openAccount(page, link, '0984000002');
	expect(await page.textContent('main')).toContain('Đã nhận vai trò');
	// A link that was used says what to do next.
	expect((await page.goto(link))?.status()).toBe(404);
	await page.locator('main a.btn', { hasText: 'Của tôi' }).click();
	expect(new URL(page.url()).pathname).toBe('/cua-toi');
	await page.goto('/cua-toi/nhat-ky');
	expect(await page.locator('.audit b').allTextContents()).toContain('Mời nhận vai trò');
	// The search is folded; a line of the log stands on the first screen of a phone.
	expect((await page.locator('.audit').first().boundingBox())!.y).toBeLessThan(phone.height - 68);
	await page.locator('summary').click();
	await page.locator('[name=viec]').selectOption('invitation.send');
	await page.locator('form.search button').click();
	expect(await page.locator('.tally b').textContent()).toBe('1 dòng');
	expect(await page.locator('.audit').count()).toBe(1);
	const unread = await page.goto('/cua-toi/nhat-ky?tu=2026-11-22&den=2026-11-21');
	expect(unread?.status()).toBe(422);
	expect(await page.locator('#den-error').textContent()).toContain('Ngày cuối đứng trước ngày đầu');
	expect(await page.locator('.audit').count()).toBe(0);
	// Reading the log needs no second factor, taking it away does.
	const refused = await page.goto('/cua-toi/nhat-ky.csv').catch(() => null);
	expect(refused?.status()).toBe(403);
});

test('a request is answered with a word to both: who answers sees that it was sent, who asked is told until they read', async () => {
	const page = await newPage();
	await openAccount(page);
	await page.goto('/cua-toi/tai-khoan');
	await page.locator('details:has(form[action*=sendRequest]) summary').click();
	await page.locator('[name=text]').fill('Xin sửa tên tôi.');
	// Nothing is chosen for the person: a form without a kind goes nowhere.
	expect(await page.locator('[name=kind]').inputValue()).toBe('');
	await page.locator('[name=kind]').selectOption('correct');
	await page.locator('form[action*=sendRequest] button').click();
	await page.waitForURL(/xong=yeu-cau/);
	await page.goto('/cua-toi');
	expect(await page.locator('[role=status]').count()).toBe(0);

	const administrator = await newPage();
	const real = await makeReal('Hoàng Thị Chín', 'administrator', 'portal', null);
	await signInAs(administrator, server.baseUrl, real);
	await administrator.goto('/cua-toi/yeu-cau');
	const form = administrator.locator('.request:has-text("Xin sửa tên tôi.") form');
	await form.locator('[name=answer]').fill('Đã sửa tên của chị.');
	await form.locator('[name=complete]').check();
	await form.locator('button').click();
	await administrator.waitForURL(/xong=lam-xong/);
	expect(await administrator.locator('[role=status]').textContent()).toContain('làm xong');
	const completed = administrator.locator('details .request:has-text("Xin sửa tên tôi.")');
	expect(await completed.textContent()).toContain('Đã sửa tên của chị.');

	await page.goto('/cua-toi');
	expect(await page.locator('[role=status]').textContent()).toContain('1 yêu cầu');
	await page.locator('[role=status] a').click();
	expect(await page.locator('.request .note').textContent()).toContain('Đã sửa tên của chị.');
	await page.locator('form[action*=readAnswer] button').click();
	await page.waitForURL(/xong=da-doc/);
	await page.goto('/cua-toi');
	expect(await page.locator('[role=status]').count()).toBe(0);
});

test('the audit log leaves as a file: the rows that were asked for, codes kept, times with their offset', async () => {
	const page = await newPage();
	await signInAs(page, server.baseUrl, people['auditor']!);
	const read = async (query: string) => {
		const response = await page.request.get(`/cua-toi/nhat-ky.csv?${query}`);
		return { status: response.status(), text: await response.text() };
	};
	const all = await read('');
	expect(all.text.startsWith('\ufeffid,happened_at,local_time,action,')).toBe(true);
	const { text } = await read('viec=cleanup-event.announce&vai-tro=organiser');
	const [, ...lines] = text.trim().split('\r\n');
	expect(lines.length).toBeGreaterThan(0);
	expect(lines.length).toBeLessThan(all.text.trim().split('\r\n').length - 1);
	for (const line of lines) {
		const [, happened, local, action] = line.split(',');
		expect(action).toBe('cleanup-event.announce');
		expect(happened).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00$/);
		expect(local).toBe(happened!.slice(0, 19).replace('T', ' '));
	}
	expect((await read('tu=hom-nay')).status).toBe(422);
});

test('a sample person’s invitation gives a role that works on samples alone', async () => {
	const sample = await newPage();
	await signInAs(sample, server.baseUrl, people['administrator']!);
	const link = await invite(sample, '0985000001', 'administrator');
	const page = await newPage();
	await openAccount(page, link, '0985000001');
	expect(await page.textContent('main')).toContain('Đã nhận vai trò');
	const other = await newPage();
	const name = await openAccount(other);
	await askForCode(page, name);
	expect(await page.locator('aside.sample').count()).toBe(1);
	expect(await page.locator('[role=alert]').textContent()).toContain('Vai trò mẫu chỉ');
	await page.goto('/cua-toi/thong-bao');
	await page.locator('main form .btn').first().click();
	expect(await page.locator('[role=alert]').textContent()).toContain('Vai trò mẫu chỉ');
});

test('an invitation that somebody else opened goes on to the one it is for', async () => {
	const chief = await newPage();
	await signInAs(chief, server.baseUrl, await makeReal('Hoàng Văn Thụ', 'administrator', 'portal', null));
	const invited = await newPage({ javaScriptEnabled: false });
	const name = await openAccount(invited);
	await invited.goto('/cua-toi');
	await invited.click('form[action*=signOut] button');
	await openAccount(invited);
	const link = await invite(chief, name, 'auditor');
	expect(await chief.locator('.once').textContent()).toContain(
		`Lời mời cho ${name}, làm người kiểm tra của cả cổng. Dùng được đến`,
	);
	// Its sender cannot take it, and is told so before a button.
	await chief.goto(link);
	expect(await chief.textContent('main')).toContain('do chính anh/chị tạo');
	expect(await chief.locator('form[action*="team.accept"]').count()).toBe(0);
	await invited.goto(link);
	expect(await invited.textContent('main')).toContain('không phải tài khoản ấy');
	expect(await invited.locator('form[action*="team.accept"]').count()).toBe(0);
	await invited.click('form[action*=leaveForInvitation] button');
	expect(invited.url()).toBe(link);
	await invited.click('a[href*="/dang-nhap?tiep="]');
	// Who has no account yet finds the way back as well.
	const back = invited.url();
	await invited.click('a[href*="/tao-tai-khoan"]');
	expect(invited.url()).toBe(`${link}#mo-tai-khoan`);
	await invited.goto(back);
	const form = invited.locator('form[action*="accounts.signIn"]').first();
	await form.locator('[name=name]').fill(name);
	await form.locator('[name=password]').fill(PASSWORD);
	await form.locator('button.btn').click();
	expect(invited.url()).toBe(link);
	await invited.click('form[action*="team.accept"] button');
	expect(await invited.textContent('main')).toContain('Đã nhận vai trò');
});

test.each([true, false])(
	'each form of the team’s page is refused by itself; JavaScript: %s',
	async (javaScriptEnabled) => {
		const page = await newPage({ javaScriptEnabled });
		await signInAs(page, server.baseUrl, people['administrator']!);
		await page.goto('/cua-toi/nhom');
		const marked = () => page.locator('[aria-invalid]');
		const formOf = (value: string) => page.locator(`form:has([name=form][value^="${value}"])`);
		/** Waits for it: a browser scrolls to an anchor and gives the focus when it likes. */
		const expectOnScreen = (found: ReturnType<typeof formOf>) =>
			expect
				.poll(async () => {
					const box = (await found.boundingBox()) ?? { y: -1, height: 0 };
					return box.y > 0 && box.y + box.height < phone.height;
				})
				.toBe(true);
		/** The marked field is the form's own, it is seen and has the focus, and no other form is open. */
		const expectRefusedIn = async (value: string, typed: string) => {
			const own = formOf(value).locator('[aria-invalid]');
			await own.waitFor();
			expect(await marked().count()).toBe(1);
			expect(await own.inputValue()).toBe(typed);
			await expect.poll(() => own.evaluate((field) => field === document.activeElement)).toBe(true);
			await expectOnScreen(own);
		};
		await page.locator('.fold > summary').first().click();
		await page.locator('.more > summary').first().click();
		const handover = formOf('giao-').first();
		const replaced = await handover.locator('[name=replacesGrantId]').inputValue();
		await handover.locator('[name=name]').fill('cô Hoa');
		await handover.locator('button').click();
		await expectRefusedIn('giao-', 'cô Hoa');
		const again = page.locator('form:has([aria-invalid])');
		expect(await again.locator('[name=replacesGrantId]').inputValue()).toBe(replaced);
		await askForCode(page, 'cô Lan');
		await expectRefusedIn('ma', 'cô Lan');
		await fillInvitation(page, 'cô Mai', 'administrator');
		await expectRefusedIn('moi', 'cô Mai');

		const organisation = `Chi hội ${javaScriptEnabled}`;
		const add = async () => {
			await page.goto('/cua-toi/nhom');
			await page.locator('details:has([name=adminUnitId]) > summary').click();
			await formOf('to-chuc-moi').locator('[name=name]').fill(organisation);
			await formOf('to-chuc-moi').locator('button').click();
		};
		await add();
		const status = page.locator('#to-chuc ~ [role=status]');
		await expectOnScreen(status);
		await add();
		await expectRefusedIn('to-chuc-moi', organisation);

		// One that has ended is seen until tonight, and counts no longer.
		await page.goto('/cua-toi/nhom');
		const count = page.locator('#to-chuc ~ details > summary').first();
		const living = async () => Number.parseInt((await count.textContent())!.trim(), 10);
		const before = await living();
		await count.click();
		const row = page.locator('.device', { hasText: organisation });
		await row.locator('summary').click();
		await row.locator('button').click();
		await page.waitForURL(/xong=ket-thuc/);
		expect(await living()).toBe(before - 1);
		expect(await count.textContent()).toMatch(/\d kết thúc hôm nay/);
	},
);

test('a place with a long name is chosen from a list, and asked for when none is', async () => {
	const page = await newPage({ javaScriptEnabled: false });
	await signInAs(page, server.baseUrl, people['administrator']!);
	await page.goto('/cua-toi/nhom?vai-tro=steward');
	expect(await page.locator('form label:has([type=radio]):has-text("MAU-")').count()).toBeGreaterThan(60);
	await page.goto('/cua-toi/nhom?vai-tro=ward_officer');
	expect(await page.locator('select[name=scope] option').count()).toBe(5);
	await page.goto('/cua-toi/nhom?vai-tro=school_lead');
	const form = page.locator('form:has([name=form][value=moi])');
	await form.locator('[name=name]').fill('0912345678');
	await form.locator('button').click();
	expect(await form.locator('#moiscope-error').textContent()).toContain('Xin chọn nơi');
	expect(await form.locator('[name=name]').inputValue()).toBe('0912345678');
	await form.locator('summary').last().click();
	await form.locator('[name=scope]').last().check();
	await form.locator('button').click();
	expect(await page.locator('.once').textContent()).toContain('làm tổng phụ trách trường ở Trường học');
});

test('a role ends only behind a sentence that says whose, which and where', async () => {
	const page = await newPage({ javaScriptEnabled: false });
	await signInAs(page, server.baseUrl, people['ward_officer']!);
	await page.goto('/cua-toi/nhom');
	const fold = page.locator('.fold', { hasText: 'Ngôi nhà xanh' }).first();
	await fold.locator('> summary').click();
	const row = fold.locator('.device').last();
	const button = row.locator('form[action*=endRole] button');
	expect(await button.isVisible()).toBe(false);
	await row.locator('.more > summary').last().click();
	expect(await row.textContent()).toMatch(/thôi làm người phụ trách nhà ở .+\s·\sMAU-\d+ ngay khi bấm/);
	await button.click();
	expect(await page.locator('[role=status]').textContent()).toMatch(
		/đã thôi làm người phụ trách nhà ở .+MAU-\d+/,
	);
	// One's own role is there as well, to be laid down.
	const own = page.locator('.fold', { hasText: 'Phường' }).first().locator('.device');
	expect(await own.first().textContent()).toContain('Thôi vai trò…');
	expect(await own.locator('form[action*="team.invite"]').count()).toBe(0);
});

test('the privacy notice is read as it will stand before it is published; without JavaScript', async () => {
	const page = await newPage({ javaScriptEnabled: false });
	await signInAs(page, server.baseUrl, await makeReal('Lương Văn Tri', 'administrator', 'portal', null));
	// The notice that is shipped is one of the administrator's tasks until it is filled in; visitors read no brackets.
	await page.locator('.todo a', { hasText: 'Điền nốt thông báo' }).click();
	const send = () => page.locator('main form .btn').first().click();
	// Nothing was changed: the sentence stands at the button.
	await send();
	const unchanged = page.locator('form[action*=previewNotice] div > [role=alert]');
	expect(await unchanged.textContent()).toContain('Chưa có chữ nào đổi');
	await page.fill('[name=body-vi]', 'Do [[tên cơ quan]].');
	await send();
	expect(await page.textContent('.prose')).toContain('(chưa điền: tên cơ quan)');
	expect(await page.locator('main form .btn').count()).toBe(1);
	await page.locator('[name=edit]').click();
	await page.fill('[name=body-en]', 'By the ward.');
	// What was typed stays beside a refusal that names the title.
	await page.fill('[name=title-vi]', ' ');
	await page.fill('[name=body-vi]', 'Đoạn một.\n\nĐoạn hai.\n\n- gạch đầu dòng\n- <b>chữ</b>');
	await send();
	expect(await page.locator('#title-vi-error').textContent()).toContain('Xin ghi tiêu đề.');
	expect(await page.inputValue('[name=body-vi]')).toContain('Đoạn hai.');
	await page.fill('[name=title-vi]', 'Quyền riêng tư, bản mới');
	await send();
	expect(await page.textContent('h1')).toContain('Xem trước bản 2');
	expect(await page.locator('.prose').first().locator('p, li').allTextContents()).toEqual([
		'Đoạn một.',
		'Đoạn hai.',
		'gạch đầu dòng',
		'<b>chữ</b>',
	]);
	const reader = await newPage();
	await reader.goto('/quyen-rieng-tu');
	expect(await reader.textContent('main')).not.toMatch(/Đoạn hai\.|\[\[/);
	expect(await reader.textContent('main')).toContain('(chưa điền: tên cơ quan chịu trách nhiệm)');
	await page.locator('[name=edit]').click();
	expect(await page.inputValue('[name=body-vi]')).toContain('Đoạn hai.');
	await send();
	await page.locator('form[action*=publishNotice] .btn').first().click();
	await page.waitForURL(/quyen-rieng-tu/);
	expect(await page.textContent('[role=status]')).toContain('Đã công bố');
	await reader.goto('/quyen-rieng-tu');
	expect(await reader.textContent('main')).toContain('Đoạn hai.');
	const versions = reader.locator('section:has(#cac-ban) li');
	expect(await versions.count()).toBe(2);
	expect(await versions.first().textContent()).toMatch(/Bản 2, ngày \d\d\/\d\d\/\d{4}/);
	const list = reader.locator('.prose ul');
	expect(await list.evaluate((element) => getComputedStyle(element).listStyleType)).toBe('disc');
});

test('a device that has forgotten says so, and not that nothing was ever logged', async () => {
	const page = await newPage();
	await page.goto('/ghi-nhan?diem=MAU-004');
	await page.locator('[name=quantity]').fill('5');
	await page.click('[data-send]');
	await page.waitForURL(/ghi-nhan\/xong/);
	await page.goto('/cua-toi');
	await page.locator('summary').first().click();
	await page.locator('details details summary').click();
	await page.click('form[action*=forgetAlias] button');
	await page.waitForURL(/xong=quen/);
	expect(await page.locator('[role=status]').textContent()).toContain('đã quên các lượt cũ');
	expect(await page.textContent('main')).not.toContain('chưa ghi lượt nào');
});

test('a household’s alias comes to another phone by its code', async () => {
	const page = await newPage();
	await page.goto('/ghi-nhan?diem=MAU-004');
	await page.locator('[name=quantity]').fill('4');
	await page.click('[data-send]');
	await page.waitForURL(/ghi-nhan\/xong/);
	await page.goto('/cua-toi');
	await page.locator('summary').first().click();
	await page.click('form[action*=offerAlias] button');
	await page.locator('.qr svg').waitFor();
	const link = (await page.locator('[data-share-text]').textContent())!.trim();
	const other = await newPage();
	await other.goto(link);
	await other.click('form[action*=takeAlias] button');
	await other.waitForURL(/xong=chuyen/);
	expect(await other.locator('.mine > li').count()).toBe(1);
	expect((await other.goto(link))?.status()).toBe(404);
	// It has moved: the first phone no longer knows it.
	await page.goto('/cua-toi');
	expect(await page.locator('.mine > li').count()).toBe(0);
});
