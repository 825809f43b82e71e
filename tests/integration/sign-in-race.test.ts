// What somebody showed is looked at again when the session begins: it may have been changed or taken away meanwhile.
import { randomBytes } from 'node:crypto';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import {
	changeAccount,
	changePassword,
	preparePassword,
	provePassword,
	setPassword,
	signUpAccount,
} from '#features/accounts/account.service.ts';
import { deletePasskey, insertPasskey } from '#features/accounts/credential.repository.ts';
import { readDeviceCookie, writeDeviceCookie } from '#features/accounts/device-cookies.ts';
import { findKnownDevice, insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import {
	acceptTotp,
	beginTotp,
	removeSecondFactor,
	renewRecoveryCodes,
	takeSecondFactor,
} from '#features/accounts/second-factor.service.ts';
import {
	confirmSession,
	endListedSession,
	readSession,
	startSession,
} from '#features/accounts/session.service.ts';
import { signIn } from '#features/accounts/sign-in.service.ts';
import { issueResetCode, resetPassword, resetSecondFactor } from '#features/team/reset-code.service.ts';
import { readConfig } from '#lib/config.ts';
import { inTransaction } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, makeHouse, openSession, seedReference } from '../support/fixtures.ts';
import { expectRefused } from './sale-world.ts';

const SECRET = randomBytes(32);
const NAME = '0912345678';
const OLD = 'một câu dài chỉ mình tôi biết';
const NEW = 'câu mới dài hơn mười lăm';
const MINUTE = 60_000;

/** A browser's cookies. */
function makeVisit(locals: {
	db: Parameters<typeof signIn>[0];
	config: ReturnType<typeof readConfig>;
	now: number;
}) {
	const jar = new Map<string, string>();
	const cookies = {
		get: (name: string) => (jar.has(name) ? { value: jar.get(name)! } : undefined),
		set: (name: string, value: string) => void jar.set(name, value),
		delete: (name: string) => void jar.delete(name),
	};
	const visit = { locals, cookies, request: new Request('http://localhost/') };
	return visit as unknown as Parameters<typeof startSession>[0];
}

describeEachEngine('a sign-in that meets a change', (engine) => {
	const prepare = async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const now = Date.now();
		const config = readConfig({});
		const account = { displayName: 'An', name: NAME, password: OLD, locale: 'vi', isSixteen: true } as const;
		const personId = await signUpAccount(db, account, now - MINUTE, async () => {});
		const actor = (await findActor(db, personId, now))!;
		const sessionId = await openSession(db, personId);
		const visit = (at = now) => makeVisit({ db, config, now: at });
		const read = (of: ReturnType<typeof visit>) => readSession(db, config, of.cookies, now);
		const show = (at = now) =>
			signIn(db, { name: NAME, password: OLD, address: 'a', device: undefined, allowSamples: true }, at);
		const addApp = async () => {
			const secret = await beginTotp(db, SECRET, actor, now);
			const code = (at: number) =>
				new TOTP({ secret: OtpSecret.fromBase32(secret) }).generate({ timestamp: at });
			const own = await openSession(db, personId);
			const codes = (await acceptTotp(db, SECRET, actor, { code: code(now), sessionId: own }, now))!;
			return { codes, code };
		};
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		return { db, now, config, personId, sessionId, actor, visit, read, show, addApp, administrator };
	};

	test('is no door for a session that ended while its own request was under way', async () => {
		const { db, now, actor, personId, addApp } = await prepare();
		const ended = await openSession(db, personId);
		const secret = await beginTotp(db, SECRET, actor, now);
		const code = new TOTP({ secret: OtpSecret.fromBase32(secret) }).generate({ timestamp: now });
		await endListedSession(db, actor, ended, now);
		const input = { password: NEW, sessionId: ended };
		await expectRefused(db, () => changePassword(db, actor, input, now), 'signInFirst', 401);
		const app = { code, sessionId: ended };
		const counted = ['rate_limit'];
		await expectRefused(db, () => acceptTotp(db, SECRET, actor, app, now), 'signInFirst', 401, counted);
		// Nor for one whose person has a second factor, which they keep, with its codes.
		await addApp();
		const late = { sessionId: ended };
		for (const work of [
			() => renewRecoveryCodes(db, SECRET, actor, late, now),
			() => removeSecondFactor(db, actor, { kind: 'totp', ...late }, now),
			() => changeAccount(db, actor, { displayName: 'X', name: '0987654321', locale: 'vi', ...late }, now),
		])
			await expectRefused(db, work, 'signInFirst', 401, counted);
	});

	test('is not left with a short password alone when the second factor goes before it is written', async () => {
		const { db, now, actor, personId, addApp } = await prepare();
		await addApp();
		const short = await preparePassword(db, personId, 'ngựa vằn 7');
		expect(short.isLong).toBe(false);
		const own = await openSession(db, personId);
		const write = () =>
			inTransaction(db, (trx) => setPassword(trx, personId, short, { keepSession: own, now }));
		await removeSecondFactor(db, actor, { kind: 'totp', sessionId: own }, now);
		await expectRefused(db, write, 'passwordTooShortAlone', 409);
		// With a second factor it may be short.
		await addApp();
		await write();
		expect(await provePassword(db, personId, 'ngựa vằn 7')).toBeDefined();
	});

	test('by the old password begins nothing, whichever request came first', async () => {
		const { db, now, sessionId, actor, visit, read, show } = await prepare();
		for (const signInAt of [now - 5, now, now + 5]) {
			const shown = await show(signInAt);
			await changePassword(db, actor, { password: OLD, sessionId }, now);
			const browser = visit(signInAt);
			await expectRefused(db, () => startSession(browser, shown), 'signInFailed', 401);
			expect(await read(browser)).toBeUndefined();
		}
	});

	test('by the old password begins nothing after a reset, nor when the password is gone', async () => {
		const { db, now, actor, personId, visit, read, show, addApp, administrator } = await prepare();
		const steward = await makeActor(db, 'steward', 'house', (await makeHouse(db)).id);
		const shown = await show();
		const { code } = await issueResetCode(db, SECRET, steward, { id: uuidv7(now), name: NAME }, now);
		const secrets = { held: undefined, fresh: 'f'.repeat(43) };
		const visitor = { browser: undefined, isKept: false, address: 'a' };
		await resetPassword(db, SECRET, { name: NAME, code, password: NEW, visitor, secrets }, now);
		await expectRefused(db, () => startSession(visit(), shown), 'signInFailed', 401);
		await addApp();
		const sessionId = await openSession(db, personId);
		await changePassword(db, actor, { password: 'tám chữ nhé', sessionId }, now);
		const short = await signIn(
			db,
			{ name: NAME, password: 'tám chữ nhé', address: 'a', device: undefined, allowSamples: true },
			now,
		);
		await resetSecondFactor(db, administrator, { name: NAME }, now);
		const browser = visit();
		await expectRefused(db, () => startSession(browser, short), 'signInFailed', 401);
		expect(await read(browser)).toBeUndefined();
	});

	test('gives the browser a new secret, under which everybody known in it stays known', async () => {
		const { db, now, personId, config, visit, read, show } = await prepare();
		const other = {
			displayName: 'Bình',
			name: '0913000000',
			password: OLD,
			locale: 'vi',
			isSixteen: true,
		} as const;
		const otherId = await signUpAccount(db, other, now, async () => {});
		const browser = visit();
		const planted = 'p'.repeat(43);
		await inTransaction(db, (trx) => insertKnownDevice(trx, otherId, planted, now));
		writeDeviceCookie(browser.cookies, planted, config);
		const known = (secret: string) =>
			Promise.all([personId, otherId].map((id) => findKnownDevice(db, id, secret)));
		await startSession(browser, await show());
		const first = readDeviceCookie(browser.cookies, config)!;
		expect(first).not.toBe(planted);
		expect(await known(first)).toEqual(['all', 'all']);
		expect(await known(planted)).toEqual([undefined, undefined]);
		const { id } = (await read(browser))!;
		await confirmSession(browser, { id, personId, withSecondFactor: false });
		expect(await known(readDeviceCookie(browser.cookies, config)!)).toEqual(['all', 'all']);
		expect(await known(first)).toEqual([undefined, undefined]);
		expect(await db.selectFrom('knownDevice').selectAll().execute()).toHaveLength(2);
	});

	test('really at once leaves no session of the old password', async () => {
		const { db, sessionId, actor, visit, read, show } = await prepare();
		for (let round = 0; round < 8; round += 1) {
			const browser = visit();
			const signing = show().then((shown) => startSession(browser, shown));
			await Promise.allSettled([
				changePassword(db, actor, { password: NEW, sessionId }, Date.now()),
				signing,
			]);
			expect(await read(browser)).toBeUndefined();
			await changePassword(db, actor, { password: OLD, sessionId }, Date.now());
		}
	});

	test('by a passkey that was removed begins nothing', async () => {
		const { db, now, personId, visit, read } = await prepare();
		const passkey = { id: 'key', personId, name: 'x', publicKey: '', counter: 0, transports: '' };
		const add = () =>
			inTransaction(db, (trx) => insertPasskey(trx, { ...passkey, createdAt: now, lastUsedAt: null }));
		const shown = { personId, proof: { kind: 'passkey', id: 'key' } } as const;
		await add();
		const kept = visit();
		expect(await startSession(kept, shown)).toEqual({ isPending: false });
		expect(await read(kept)).toMatchObject({ personId, secondFactorAt: now, isPending: false });
		await inTransaction(db, (trx) => deletePasskey(trx, personId, 'key'));
		const browser = visit();
		await expectRefused(db, () => startSession(browser, shown), 'passkeyRefused', 422);
		expect(await read(browser)).toBeUndefined();
	});

	test('waits for a second factor that was added meanwhile', async () => {
		const { personId, visit, read, show, addApp, db } = await prepare();
		const shown = await show();
		await addApp();
		const browser = visit();
		expect(await startSession(browser, shown)).toEqual({ isPending: true });
		expect(await read(browser)).toMatchObject({ personId, isPending: true });
		expect(await db.selectFrom('knownDevice').selectAll().execute()).toEqual([]);
	});

	test('by a second step that was removed, replaced or reset confirms nothing', async () => {
		const { db, now, personId, actor, visit, read, show, addApp, administrator } = await prepare();
		const { codes, code } = await addApp();
		const sessionId = await openSession(db, personId);
		const begin = async () => {
			const browser = visit();
			await startSession(browser, await show());
			const { id } = (await read(browser))!;
			return {
				browser,
				confirm: (proof: Awaited<ReturnType<typeof take>>) =>
					confirmSession(browser, { id, personId, withSecondFactor: true, proof }),
			};
		};
		const take = (text: string, at = now) =>
			takeSecondFactor(db, SECRET, { personId, code: text, device: undefined, address: 'a' }, at);
		const good = await begin();
		await good.confirm(await take(codes[0]!));
		expect(await read(good.browser)).toMatchObject({ isPending: false });

		const byCode = await begin();
		const old = await take(codes[1]!);
		await renewRecoveryCodes(db, SECRET, actor, { sessionId }, now);
		await expectRefused(db, () => byCode.confirm(old), 'codeWrong', 422);

		const byApp = await begin();
		const shown = await take(code(now + 2 * MINUTE), now + 2 * MINUTE);
		await removeSecondFactor(db, actor, { kind: 'totp', sessionId }, now);
		await expectRefused(db, () => byApp.confirm(shown), 'codeWrong', 422);
		expect(await read(byApp.browser)).toMatchObject({ secondFactorAt: null });
		await addApp();
		const again = await begin();
		await expectRefused(db, () => again.confirm(shown), 'codeWrong', 422);
		expect(await read(again.browser)).toMatchObject({ isPending: true });

		const proof = (await provePassword(db, personId, OLD))!;
		await resetSecondFactor(db, administrator, { name: NAME }, now);
		await expectRefused(db, () => again.confirm(shown), 'codeWrong', 422);
		// The password still stands; the session does not.
		await expectRefused(db, () => again.confirm(proof), 'signInFirst', 401);
	});
});
