// What somebody shows besides a password: codes of an app, recovery codes, and what needs them.
import { randomBytes } from 'node:crypto';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { changePassword, isPasswordOf, signUpAccount } from '#features/accounts/account.service.ts';
import { requireGrant, type Actor } from '#features/accounts/actor.ts';
import { hasSecondFactor, listRecoveryCodes } from '#features/accounts/credential.repository.ts';
import { insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { findActor, insertRoleGrant, SECOND_FACTOR_MS } from '#features/accounts/person.repository.ts';
import {
	acceptTotp,
	beginTotp,
	removeSecondFactor,
	renewRecoveryCodes,
	takeSecondFactor,
} from '#features/accounts/second-factor.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { unseal } from '#lib/secret.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';
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
	const codes = (await acceptTotp(db, SECRET, actor, { code: codeOf(secret, NOW), sessionId: '' }, NOW))!;
	const take = (code: string, at = NOW, device?: string) =>
		takeSecondFactor(db, SECRET, { personId: actor.personId, code, device }, at);
	return { actor, secret, codes, take };
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
		const accept = (code: string) => acceptTotp(db, SECRET, actor, { code, sessionId: '' }, NOW);
		await expect(accept('000000')).rejects.toMatchObject({ key: 'codeWrong' });
		expect(await hasSecondFactor(db, actor.personId)).toBe(false);
		expect(await accept(codeOf(secret, NOW))).toHaveLength(10);
		expect(await hasSecondFactor(db, actor.personId)).toBe(true);
		await expectRefused(db, () => beginTotp(db, SECRET, actor, NOW), 'totpExists', 409);
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
					{ personId: actor.personId, code: codeOf(secret, later), device },
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
		const { actor, codes, take } = await withApp(db);
		const fresh = await renewRecoveryCodes(db, SECRET, actor, NOW);
		await expect(take(codes[0]!)).rejects.toMatchObject({ key: 'codeWrong' });
		await take(fresh[0]!);
		const without = await makePerson(db, '0914000000');
		await expectRefused(db, () => renewRecoveryCodes(db, SECRET, without, NOW), 'noSecondFactor', 409);
		await expectRefused(db, () => renewRecoveryCodes(db, SECRET, undefined, NOW), 'signInFirst', 401);
	});
});

describeEachEngine('a second factor', (engine) => {
	test('lets a password be short, and stays while it is', async () => {
		const db = await engine.fresh();
		const { actor } = await withApp(db);
		const change = (password: string) => changePassword(db, actor, { password, sessionId: '' }, NOW);
		await expectRefused(db, () => change('bảy chữ'), 'passwordLength', 422);
		await change('tám chữ nhé');
		expect(await isPasswordOf(db, actor.personId, 'tám chữ nhé')).toBe(true);
		const remove = () => removeSecondFactor(db, actor, { kind: 'totp' }, NOW);
		await expectRefused(db, remove, 'passwordTooShortAlone', 409);
		await change(PASSWORD);
		await remove();
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
