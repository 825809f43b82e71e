// What somebody shows besides a password: codes of an app, recovery codes, and what needs them.
import { randomBytes } from 'node:crypto';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import {
	changeAccount,
	changePassword,
	provePassword,
	signUpAccount,
} from '#features/accounts/account.service.ts';
import { requireGrant, type Actor } from '#features/accounts/actor.ts';
import { listAuditEvents, listRefusals } from '#features/accounts/audit.repository.ts';
import {
	hasSecondFactor,
	insertPasskey,
	listRecoveryCodes,
} from '#features/accounts/credential.repository.ts';
import { findKnownDevice, insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { findActor, insertRoleGrant, SECOND_FACTOR_MS } from '#features/accounts/person.repository.ts';
import {
	acceptTotp,
	beginTotp,
	completeSecondFactor,
	removeSecondFactor,
	renewRecoveryCodes,
	takeSecondFactor,
} from '#features/accounts/second-factor.service.ts';
import {
	endListedSession,
	endOtherSessions,
	listSessions,
	RECENT_MS,
} from '#features/accounts/session.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { unseal } from '#lib/secret.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW, openSession } from '../support/fixtures.ts';
import { expectRefused } from './sale-world.ts';

const SECRET = randomBytes(32);
const STEP = 30_000;
const PASSWORD = 'một câu dài chỉ mình tôi biết';
const codeOf = (secret: string, at: number) =>
	new TOTP({ secret: OtpSecret.fromBase32(secret) }).generate({ timestamp: at });

async function makePerson(db: Db, name = '0912345678'): Promise<Actor> {
	const account = { displayName: 'An', name, password: PASSWORD, locale: 'vi', isSixteen: true } as const;
	const id = await signUpAccount(db, account, NOW, async () => {});
	return (await findActor(db, id, NOW))!;
}

async function withApp(db: Db, name?: string) {
	const actor = await makePerson(db, name);
	const secret = await beginTotp(db, SECRET, actor, NOW);
	const sessionId = await openSession(db, actor.personId);
	const codes = (await acceptTotp(db, SECRET, actor, { code: codeOf(secret, NOW), sessionId }, NOW))!;
	const take = (code: string, at = NOW, device?: string, address = 'a') =>
		takeSecondFactor(db, SECRET, { personId: actor.personId, code, device, address }, at);
	return { actor, secret, sessionId, codes, take };
}

describeEachEngine('an authenticator app', (engine) => {
	test('counts once a code of it was given; its secret is sealed in the database', async () => {
		const db = await engine.fresh();
		const actor = await makePerson(db);
		const secret = await beginTotp(db, SECRET, actor, NOW);
		expect(await beginTotp(db, SECRET, actor, NOW)).toBe(secret);
		expect(await hasSecondFactor(db, actor.personId)).toBe(false);
		const { sealedSecret } = await db.selectFrom('credentialTotp').selectAll().executeTakeFirstOrThrow();
		expect(sealedSecret).not.toContain(secret);
		expect(unseal(SECRET, 'totp', sealedSecret, 'another person')).toBeUndefined();
		expect(unseal(randomBytes(32), 'totp', sealedSecret, actor.personId)).toBeUndefined();
		const sessionId = await openSession(db, actor.personId);
		const accept = (code: string) => acceptTotp(db, SECRET, actor, { code, sessionId }, NOW);
		await expect(accept('000000')).rejects.toMatchObject({ key: 'codeWrong' });
		expect(await hasSecondFactor(db, actor.personId)).toBe(false);
		expect(await accept(codeOf(secret, NOW))).toHaveLength(10);
		expect(await hasSecondFactor(db, actor.personId)).toBe(true);
		await expectRefused(db, () => beginTotp(db, SECRET, actor, NOW), 'totpExists', 409);
	});

	test('that was shown more than a quarter of an hour ago is not taken; a new one is shown', async () => {
		const db = await engine.fresh();
		const actor = await makePerson(db);
		const shown = await beginTotp(db, SECRET, actor, NOW);
		const sessionId = await openSession(db, actor.personId);
		const accept = (secret: string, at: number) =>
			acceptTotp(db, SECRET, actor, { code: codeOf(secret, at), sessionId }, at);
		const counted = ['rate_limit'];
		for (const at of [NOW + RECENT_MS, NOW + 2 * RECENT_MS])
			await expectRefused(db, () => accept(shown, at), 'codeWrong', 422, counted);
		expect(await hasSecondFactor(db, actor.personId)).toBe(false);
		const later = NOW + 3 * RECENT_MS;
		const fresh = await beginTotp(db, SECRET, actor, later);
		expect(fresh).not.toBe(shown);
		expect(await accept(fresh, later + RECENT_MS - 1)).toHaveLength(10);
	});

	test('gives codes that work once, within a step of now', async () => {
		const db = await engine.fresh();
		const { secret, take } = await withApp(db);
		const later = NOW + 10 * STEP;
		const code = codeOf(secret, later);
		await take(code, later);
		await expect(take(code, later)).rejects.toMatchObject({ key: 'codeWrong' });
		await expect(take(codeOf(secret, later - STEP), later)).rejects.toMatchObject({ key: 'codeWrong' });
		await expect(take(codeOf(secret, later + 5 * STEP), later)).rejects.toMatchObject({ key: 'codeWrong' });
		await take(codeOf(secret, later + STEP), later);
	});

	test('sent eight times at once is taken once', async () => {
		const db = await engine.fresh();
		const { secret, actor } = await withApp(db);
		const later = NOW + 20 * STEP;
		// Each from a browser that is known has tries of its own, so that only the code decides.
		const devices = Array.from({ length: 8 }, (_, each) => String(each).repeat(43));
		for (const device of devices)
			await inTransaction(db, (trx) => insertKnownDevice(trx, actor.personId, device, NOW));
		const outcomes = await Promise.allSettled(
			devices.map((device) =>
				takeSecondFactor(
					db,
					SECRET,
					{ personId: actor.personId, code: codeOf(secret, later), device, address: 'a' },
					later,
				),
			),
		);
		expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
	});

	test('is guessed five times in a quarter of an hour, whoever guesses; a known browser is counted apart', async () => {
		const db = await engine.fresh();
		const { actor, secret, take } = await withApp(db);
		const later = NOW + 40 * STEP;
		for (let each = 0; each < 5; each += 1)
			await expect(take('123456', later)).rejects.toMatchObject({ key: 'codeWrong' });
		await expect(take(codeOf(secret, later), later)).rejects.toMatchObject({ key: 'tooManyRequests' });
		const device = 'd'.repeat(43);
		await inTransaction(db, (trx) => insertKnownDevice(trx, actor.personId, device, NOW));
		await take(codeOf(secret, later), later, device);
	});
});

describeEachEngine('guessing codes with a known password', (engine) => {
	const QUARTER = 15 * 60_000;
	const DAY = 24 * 3_600_000;
	/** Midnight in UTC: windows of a day begin here. */
	const START = NOW - (NOW % DAY) + DAY;
	const DEVICE = 'd'.repeat(43);
	const wrong =
		(take: (code: string, at: number, device?: string) => Promise<unknown>, device?: string) =>
		(at: number) =>
			take('123456', at, device).then(
				() => 'taken',
				(error: { key?: string }) => error.key,
			);
	const refusals = async (db: Db) =>
		(await listAuditEvents(db, { action: 'second-factor.refused' }, 100)).map((event) => event.happenedAt);

	test('ends after twenty in a day, until the next; a known browser and recovery codes go on', async () => {
		const db = await engine.fresh();
		const { actor, secret, codes, take } = await withApp(db);
		const guess = wrong(take);
		for (let each = 0; each < 20; each += 1)
			expect(await guess(START + Math.floor(each / 5) * QUARTER)).toBe('codeWrong');
		const later = START + 5 * QUARTER;
		// Tries that are not looked at use nothing up.
		for (let each = 0; each < 7; each += 1) expect(await guess(later)).toBe('codesOfToday');
		const right = () => take(codeOf(secret, later), later);
		await expectRefused(db, right, 'codesOfToday', 429, ['rate_limit']);
		await expect(right()).rejects.toMatchObject({ field: 'code' });
		await take(codes[0]!, later);
		await inTransaction(db, (trx) => insertKnownDevice(trx, actor.personId, DEVICE, NOW));
		await take(codeOf(secret, later), later, DEVICE);
		expect(await guess(START + DAY)).toBe('codeWrong');
		await take(codeOf(secret, START + DAY), START + DAY);
	});

	test('with what looks like a recovery code closes neither the app’s codes nor another address, and is told', async () => {
		const db = await engine.fresh();
		const { actor, secret, codes, take } = await withApp(db);
		const flood = (at: number, device?: string, address?: string) =>
			take('AAAA-BBBB-CCCC', at, device, address).then(
				() => 'taken',
				(error: { key?: string }) => error.key,
			);
		for (let quarter = 0; quarter < 4; quarter += 1) {
			const at = START + quarter * QUARTER;
			for (let each = 0; each < 10; each += 1) expect(await flood(at)).toBe('codeWrong');
			expect(await flood(at)).toBe('tooManyRequests');
			await take(codes[quarter]!, at, undefined, 'home');
			await take(codeOf(secret, at), at);
		}
		expect(await refusals(db)).toHaveLength(4);
		// From the same address a browser that is known has tries of its own.
		await inTransaction(db, (trx) => insertKnownDevice(trx, actor.personId, DEVICE, NOW));
		const at = START + 3 * QUARTER;
		await expect(take(codes[4]!, at)).rejects.toMatchObject({ key: 'tooManyRequests', field: 'code' });
		await take(codes[4]!, at, DEVICE);
		for (let each = 0; each < 10; each += 1) expect(await flood(at, DEVICE, 'home')).toBe('codeWrong');
		expect(await flood(at, DEVICE, 'home')).toBe('tooManyRequests');
		await take(codes[5]!, at, undefined, 'home');
	});

	test('is written down once in a quarter of an hour, with ids alone', async () => {
		const db = await engine.fresh();
		const { actor, take } = await withApp(db);
		const guess = wrong(take);
		for (let each = 0; each < 4; each += 1) await guess(START);
		expect(await refusals(db)).toEqual([]);
		await Promise.all(Array.from({ length: 6 }, () => guess(START + 1)));
		await guess(START + 2);
		expect(await refusals(db)).toEqual([START + 1]);
		for (let each = 0; each < 7; each += 1) await guess(START + QUARTER);
		expect(await refusals(db)).toEqual([START + QUARTER, START + 1]);
		const [event] = await listAuditEvents(db, { action: 'second-factor.refused' }, 1);
		expect(event).toMatchObject({
			...{ subjectKind: 'person', subjectId: actor.personId, personId: null, roleGrantId: null },
		});
		expect(await listRefusals(db, actor.personId)).toEqual([START + QUARTER, START + 1]);
	});

	test('is written down when it is kept below the quarter’s limit all day, once', async () => {
		const db = await engine.fresh();
		const { take } = await withApp(db);
		const guess = wrong(take);
		for (let each = 0; each < 30; each += 1) await guess(START + Math.floor(each / 4) * QUARTER);
		expect(await refusals(db)).toEqual([START + 4 * QUARTER]);
	});

	test('is written down of a known browser too, whose tries are its own', async () => {
		const db = await engine.fresh();
		const { actor, take } = await withApp(db);
		await inTransaction(db, (trx) => insertKnownDevice(trx, actor.personId, DEVICE, NOW));
		const known = wrong(take, DEVICE);
		for (let each = 0; each < 5; each += 1) expect(await known(START)).toBe('codeWrong');
		expect(await known(START)).toBe('tooManyRequests');
		expect(await wrong(take)(START)).toBe('codeWrong');
		expect(await refusals(db)).toEqual([START]);
	});

	test('is no easier in a browser that was known before there was a second factor', async () => {
		const db = await engine.fresh();
		const actor = await makePerson(db);
		await inTransaction(db, (trx) => insertKnownDevice(trx, actor.personId, DEVICE, NOW));
		const secret = await beginTotp(db, SECRET, actor, NOW);
		const sessionId = await openSession(db, actor.personId);
		await acceptTotp(db, SECRET, actor, { code: codeOf(secret, NOW), sessionId }, NOW);
		expect(await findKnownDevice(db, actor.personId, DEVICE)).toBeUndefined();
	});
});

describeEachEngine('recovery codes', (engine) => {
	test('work once each, however they are written, and only for their owner', async () => {
		const db = await engine.fresh();
		const { codes, take } = await withApp(db);
		const other = await withApp(db, '0913000000');
		await expect(other.take(codes[0]!)).rejects.toMatchObject({ key: 'codeWrong' });
		await take(codes[0]!.toLowerCase().replaceAll('-', ' '));
		await expect(take(codes[0]!)).rejects.toMatchObject({ key: 'codeWrong' });
		await take(codes[1]!);
	});

	test('are void when new ones are made', async () => {
		const db = await engine.fresh();
		const { actor, codes, take, sessionId } = await withApp(db);
		const renew = (who: Actor | undefined, id = sessionId) =>
			renewRecoveryCodes(db, SECRET, who, { sessionId: id }, NOW);
		const fresh = await renew(actor);
		await expect(take(codes[0]!)).rejects.toMatchObject({ key: 'codeWrong' });
		await take(fresh[0]!);
		const without = await makePerson(db, '0914000000');
		const own = await openSession(db, without.personId);
		await expectRefused(db, () => renew(without, own), 'noSecondFactor', 409);
		await expectRefused(db, () => renew(without), 'signInFirst', 401);
		await expectRefused(db, () => renew(undefined), 'signInFirst', 401);
	});
});

describeEachEngine('a second factor', (engine) => {
	test('lets a password be short, and stays while it is', async () => {
		const db = await engine.fresh();
		const { actor, sessionId } = await withApp(db);
		const change = (password: string) => changePassword(db, actor, { password, sessionId }, NOW);
		await expectRefused(db, () => change('bảy chữ'), 'passwordLength', 422);
		await change('tám chữ nhé');
		expect(await provePassword(db, actor.personId, 'tám chữ nhé')).toBeDefined();
		const remove = () => removeSecondFactor(db, actor, { kind: 'totp', sessionId }, NOW);
		await expectRefused(db, remove, 'passwordTooShortAlone', 409);
		await change(PASSWORD);
		const other = await makePerson(db, '0914000000');
		await openSession(db, other.personId, 'another');
		await db.updateTable('session').set({ secondFactorAt: NOW }).execute();
		await remove();
		// No session goes on as if a factor stood behind it.
		const strong = db.selectFrom('session').select('id').where('secondFactorAt', 'is not', null);
		expect(await strong.execute()).toEqual([{ id: 'another' }]);
		expect(await hasSecondFactor(db, actor.personId)).toBe(false);
		expect(await listRecoveryCodes(db, actor.personId)).toEqual([]);
		await expectRefused(db, () => change('tám chữ nhé'), 'passwordLength', 422);
	});

	test('is needed for money, and counts for twelve hours', async () => {
		const db = await engine.fresh();
		const { personId } = await makePerson(db);
		const grant = { personId, role: 'approver', scopeKind: 'fund', scopeId: 'f', grantedBy: null } as const;
		await inTransaction(db, (trx) => insertRoleGrant(trx, { ...grant, isSample: 0 }, NOW));
		const decide = async (secondFactorAt: number | null) => {
			const actor = await findActor(db, personId, NOW, secondFactorAt);
			return requireGrant(actor, 'disbursement.approve', [{ kind: 'fund', id: 'f' }]).role;
		};
		await expect(decide(null)).rejects.toMatchObject({ key: 'secondFactorFirst', kind: 'FORBIDDEN' });
		expect(await decide(NOW - SECOND_FACTOR_MS + 1)).toBe('approver');
		await expect(decide(NOW - SECOND_FACTOR_MS)).rejects.toMatchObject({ key: 'secondFactorFirst' });
	});
});

describeEachEngine('the audit log', (engine) => {
	test('has every act that changes how somebody signs in, once', async () => {
		const db = await engine.fresh();
		const actor = await makePerson(db);
		const { personId } = actor;
		const passkey = { id: 'key', personId, name: 'x', publicKey: '', counter: 0, transports: '' };
		const done = async (work: () => Promise<unknown>) => {
			const before = new Set((await listAuditEvents(db, {}, 100)).map(({ id }) => id));
			await work();
			const events = (await listAuditEvents(db, {}, 100)).filter(({ id }) => !before.has(id));
			return events.map((event) => [event.action, event.personId]);
		};
		const secret = await beginTotp(db, SECRET, actor, NOW);
		const sessionId = await openSession(db, personId);
		const app = { code: codeOf(secret, NOW), sessionId };
		expect(await done(() => acceptTotp(db, SECRET, actor, app, NOW))).toEqual([['totp.add', personId]]);
		const addPasskey = () =>
			inTransaction(db, async (trx) => {
				await insertPasskey(trx, { ...passkey, createdAt: NOW, lastUsedAt: null });
				return completeSecondFactor(trx, SECRET, { personId, sessionId, action: 'passkey.add' }, NOW);
			});
		expect(await done(addPasskey)).toEqual([['passkey.add', personId]]);
		expect(await done(() => renewRecoveryCodes(db, SECRET, actor, { sessionId }, NOW))).toEqual([
			['recovery-code.renew', personId],
		]);
		const remove = (factor: Parameters<typeof removeSecondFactor>[2]) => () =>
			removeSecondFactor(db, actor, factor, NOW);
		expect(await done(remove({ kind: 'totp', sessionId }))).toEqual([['totp.remove', personId]]);
		expect(await done(remove({ kind: 'passkey', id: 'key', sessionId }))).toEqual([
			['passkey.remove', personId],
		]);
		const password = { password: 'một câu khác cũng dài lắm', sessionId };
		expect(await done(() => changePassword(db, actor, password, NOW))).toEqual([
			['password.change', personId],
		]);
		const name = { displayName: 'An', name: 'an@example.vn', locale: 'vi', sessionId } as const;
		expect(await done(() => changeAccount(db, actor, name, NOW))).toEqual([['account.change', personId]]);
		for (const id of ['a', 'b', 'c', 'd']) await openSession(db, personId, id);
		expect(await done(() => endListedSession(db, actor, 'b', NOW))).toEqual([['session.end', personId]]);
		expect(await done(() => endListedSession(db, actor, 'b', NOW))).toEqual([]);
		expect(await done(() => endOtherSessions(db, actor, 'a', NOW))).toEqual([
			['session.end-others', personId],
		]);
		expect(await done(() => endOtherSessions(db, actor, 'a', NOW))).toEqual([]);
		expect((await listSessions(db, personId, NOW)).map(({ id }) => id)).toEqual(['a']);
	});

	test('says nothing of another person’s session, which stays', async () => {
		const db = await engine.fresh();
		const [an, binh] = [await makePerson(db), await makePerson(db, '0913000000')];
		await openSession(db, binh.personId, 'hers');
		await endListedSession(db, an, 'hers', NOW);
		await endOtherSessions(db, an, 'none', NOW);
		expect(await listSessions(db, binh.personId, NOW)).toHaveLength(1);
		expect(await listAuditEvents(db, { action: 'session' }, 10)).toEqual([]);
		await expectRefused(db, () => endListedSession(db, undefined, 'hers', NOW), 'signInFirst', 401);
		await expectRefused(db, () => endOtherSessions(db, undefined, 'a', NOW), 'signInFirst', 401);
	});
});
