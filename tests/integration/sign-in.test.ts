// Who may sign in, and how often somebody may try.
import { expect, test } from 'vitest';
import { changeAccount, createAccount, signUpAccount } from '#features/accounts/account.service.ts';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { signIn } from '#features/accounts/sign-in.service.ts';
import { insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { takeRate } from '#lib/rate-limit.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW, openSession } from '../support/fixtures.ts';
import { expectRefused } from './sale-world.ts';

const PHONE = '0912 345 678';
const PASSWORD = 'một câu dài chỉ mình tôi biết';
const WRONG = 'sai rồi nhưng mà đủ dài';
const MINUTE = 60_000;
const DEVICE = 'd'.repeat(43);

describeEachEngine('signing in', (engine) => {
	const prepare = async () => {
		const db = await engine.fresh();
		const make = (name: string) =>
			signUpAccount(
				db,
				{ displayName: 'Nguyễn An', name, password: PASSWORD, locale: 'vi', isSixteen: true },
				NOW,
				async () => {},
			);
		const id = await make(PHONE);
		type Over = { name?: string; address?: string; device?: string; at?: number };
		const attempt = (password: string, over: Over = {}) =>
			signIn(
				db,
				{
					name: over.name ?? PHONE,
					password,
					address: over.address ?? '203.0.113.1',
					device: over.device,
					allowSamples: true,
				},
				over.at ?? NOW,
			).then(
				({ personId }) => personId,
				(error: { key?: string }) => error.key,
			);
		return { db, id, make, attempt };
	};

	test('takes the number in any of its forms', async () => {
		const { id, attempt } = await prepare();
		for (const name of ['0912345678', '+84 912 345 678', '84912345678'])
			expect(await attempt(PASSWORD, { name })).toBe(id);
	});

	test('takes an e-mail address in any case', async () => {
		const { make, attempt } = await prepare();
		const id = await make('An.Nguyen@Example.vn');
		for (const name of ['an.nguyen@example.vn', ' AN.NGUYEN@EXAMPLE.VN '])
			expect(await attempt(PASSWORD, { name })).toBe(id);
	});

	test('says the same of an unknown name, a wrong password and what is no name', async () => {
		const { attempt } = await prepare();
		for (const name of [PHONE, '0999 999 999', 'nobody@example.vn', 'a name', ''])
			expect(await attempt(WRONG, { name })).toBe('signInFailed');
	});

	test('counts what is no name each by itself, however it is written', async () => {
		const { attempt } = await prepare();
		for (let each = 0; each < 12; each += 1)
			expect(await attempt(WRONG, { name: `09123${each}` })).toBe('signInFailed');
		const written = ['cô Hoa', 'CÔ HOA', 'co hoa', 'Cô Hoa'];
		for (let each = 0; each < 10; each += 1) await attempt(WRONG, { name: written[each % 4]! });
		expect(await attempt(WRONG, { name: 'cô hoa' })).toBe('tooManyRequests');
		expect(await attempt(WRONG, { name: '0'.repeat(100_000) })).toBe('signInFailed');
	});

	test('stops tries at an unknown name as at a known one', async () => {
		const { attempt } = await prepare();
		for (const name of [PHONE, '0999 999 999']) {
			for (let each = 0; each < 10; each += 1) await attempt(WRONG, { name });
			expect(await attempt(WRONG, { name })).toBe('tooManyRequests');
		}
	});

	test('lets everybody of a school through one address, however often', async () => {
		const { id, attempt, make } = await prepare();
		for (let each = 0; each < 30; each += 1) expect(await attempt(PASSWORD)).toBe(id);
		const pupils = Array.from({ length: 40 }, (_, each) => `0913${String(each).padStart(6, '0')}`);
		for (const name of pupils.slice(0, 8)) {
			const pupil = await make(name);
			expect(await attempt(WRONG, { name })).toBe('signInFailed');
			expect(await attempt(PASSWORD, { name })).toBe(pupil);
		}
	});

	test('stops a guesser after ten tries, from whatever address, until the window ends', async () => {
		const { id, attempt } = await prepare();
		const guesses = Array.from({ length: 10 }, (_, each) => attempt(WRONG, { address: `203.0.113.${each}` }));
		expect(new Set(await Promise.all(guesses))).toEqual(new Set(['signInFailed']));
		expect(await attempt(PASSWORD)).toBe('tooManyRequests');
		expect(await attempt(PASSWORD, { at: NOW + 15 * MINUTE })).toBe(id);
	});

	test('a guesser elsewhere cannot lock somebody out of a browser that is known', async () => {
		const { db, id, attempt } = await prepare();
		await inTransaction(db, (trx) => insertKnownDevice(trx, id, DEVICE, NOW));
		for (let each = 0; each < 12; each += 1) await attempt(WRONG, { address: '203.0.113.9' });
		expect(await attempt(PASSWORD)).toBe('tooManyRequests');
		expect(await attempt(PASSWORD, { device: DEVICE })).toBe(id);
		for (let each = 0; each < 10; each += 1)
			expect(await attempt(WRONG, { device: DEVICE })).toBe('signInFailed');
		expect(await attempt(PASSWORD, { device: DEVICE })).toBe('tooManyRequests');
	});

	test('wrong tries at many names from one address end after two hundred', async () => {
		const { db, attempt } = await prepare();
		const guess = (each: number) => attempt(WRONG, { name: `nobody${each}@example.vn` });
		expect(await guess(1)).toBe('signInFailed');
		const window = { limit: 1000, windowMs: 15 * MINUTE };
		await takeRate(db, 'sign-in:address:203.0.113.1', window, NOW, 198);
		expect(await guess(2)).toBe('signInFailed');
		expect(await guess(3)).toBe('tooManyRequests');
	});

	test('addresses of one household’s line count as one', async () => {
		const { db, attempt } = await prepare();
		const window = { limit: 1000, windowMs: 15 * MINUTE };
		await takeRate(db, 'sign-in:address:2001:db8:0:1::/64', window, NOW, 199);
		await takeRate(db, 'sign-in:address:198.51.100.4', window, NOW, 199);
		const guess = (each: number, address: string) =>
			attempt(WRONG, { name: `nobody${each}@example.vn`, address });
		expect(await guess(1, '2001:db8:0:1::1')).toBe('signInFailed');
		expect(await guess(2, '2001:db8:0:1:ffff::9')).toBe('tooManyRequests');
		expect(await guess(3, '2001:db8:0:2::1')).toBe('signInFailed');
		expect(await guess(4, '::ffff:198.51.100.4')).toBe('signInFailed');
		expect(await guess(5, '198.51.100.4')).toBe('tooManyRequests');
	});
});

describeEachEngine('an account', (engine) => {
	const account = { displayName: 'Nguyễn An', name: PHONE, password: PASSWORD, locale: 'vi' as const };
	const open = (db: Parameters<typeof signUpAccount>[0], over = {}) =>
		signUpAccount(db, { ...account, isSixteen: true, ...over }, NOW, async () => {});

	test.each([
		[{ isSixteen: false }, 'sixteenMissing'],
		[{ displayName: ' \u200b ' }, 'nameMissing'],
		[{ name: '12345' }, 'signInNameInvalid'],
		[{ name: 'an@localhost' }, 'signInNameInvalid'],
		[{ name: '"><b>@example.vn' }, 'signInNameInvalid'],
		[{ password: 'ngắn quá' }, 'passwordLength'],
		[{ password: 'x'.repeat(129) }, 'passwordLength'],
		[{ password: 'ngôi nhà xanh lạng sơn 2026' }, 'passwordOwnWords'],
		[{ password: 'Nguyễn An 0912345678 0912345678' }, 'passwordOwnWords'],
		[{ password: '0912345678 0912345678' }, 'passwordOwnWords'],
		[{ password: '+84 912 345 678 912 345 678' }, 'passwordOwnWords'],
		[{ password: 'aaaaaaaaaaaaaaaaaaaa' }, 'passwordCommon'],
		[{ password: '123456789012345678' }, 'passwordCommon'],
		[{ password: '987654321098765432' }, 'passwordCommon'],
		[{ password: '193847560219384' }, 'passwordCommon'],
		[{ password: '2026202620262026' }, 'passwordCommon'],
		[{ password: '!!!!!!!!!!!!!!!!!' }, 'passwordCommon'],
		[{ password: '1-2-3-4-5-6-7-8-9' }, 'passwordCommon'],
		[{ password: 'abcdefghijklmnop' }, 'passwordCommon'],
		[{ password: 'qwertyuiopasdfghjkl' }, 'passwordCommon'],
		[{ password: 'LKJHGFDSA poiuytrewq' }, 'passwordCommon'],
		[{ password: '1qaz2wsx3edc4rfv' }, 'passwordCommon'],
		[{ password: 'Hoa hoa hoa hoa hoa' }, 'passwordCommon'],
		[{ password: 'mật khẩu 123456789' }, 'passwordCommon'],
		[{ password: 'MomsAnAladventure' }, 'passwordCommon'],
	])('with %o is refused and leaves nothing', async (over, key) => {
		const db = await engine.fresh();
		await expectRefused(db, () => open(db, over), key, 422);
	});

	test('is one for each number, also when two ask at once', async () => {
		const db = await engine.fresh();
		const names = [PHONE, '+84912345678', '0912345678', PHONE];
		const outcomes = await Promise.allSettled(names.map((name) => open(db, { name })));
		expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
		await expectRefused(db, () => open(db), 'signInNameTaken', 409);
	});

	test('changes its name and number, never to another’s', async () => {
		const db = await engine.fresh();
		const id = await open(db);
		await open(db, { name: 'other@example.vn' });
		const actor = await findActor(db, id, NOW);
		const sessionId = await openSession(db, id);
		const change = (name: string) =>
			changeAccount(db, actor, { displayName: 'Cô An', name, locale: 'vi', sessionId }, NOW);
		await expectRefused(db, () => change('other@example.vn'), 'signInNameOfAnother', 409, ['rate_limit']);
		await expectRefused(
			db,
			() => changeAccount(db, undefined, { displayName: 'x', name: PHONE, locale: 'vi', sessionId }, NOW),
			'signInFirst',
			401,
		);
		await change('an@example.vn');
		expect(await findActor(db, id, NOW)).toMatchObject({ displayName: 'Cô An' });
	});

	test('from the command line has its first role', async () => {
		const db = await engine.fresh();
		const role = { role: 'administrator', scopeKind: 'portal', scopeId: null } as const;
		const id = await createAccount(db, { ...account, ...role }, NOW);
		expect((await findActor(db, id, NOW))?.grants).toMatchObject([role]);
		expect(await listAuditEvents(db, { action: 'account.create' }, 9)).toMatchObject([
			{ subjectId: id, personId: null, roleGrantId: null },
		]);
		const grantId = (await findActor(db, id, NOW))!.grants[0]!.id;
		expect(await listAuditEvents(db, { action: 'role.accept' }, 9)).toMatchObject([
			{ subjectId: grantId, personId: null, roleGrantId: null },
		]);
	});
});
