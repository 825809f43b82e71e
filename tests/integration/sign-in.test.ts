// Who may sign in, and how often somebody may try.
import { expect, test } from 'vitest';
import { createAccount, signIn } from '#features/accounts/account.service.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';

const PHONE = '0912 345 678';
const PASSWORD = 'một câu dài chỉ mình tôi biết';
const MINUTE = 60_000;

describeEachEngine('signing in', (engine) => {
	const prepare = async () => {
		const db = await engine.fresh();
		const account = { displayName: 'An', phone: PHONE, password: PASSWORD };
		const id = await createAccount(
			db,
			{ ...account, role: 'administrator', scopeKind: 'portal', scopeId: null },
			NOW,
		);
		const attempt = (password: string, over: { phone?: string; address?: string; at?: number } = {}) =>
			signIn(
				db,
				{
					phone: over.phone ?? PHONE,
					password,
					address: over.address ?? '203.0.113.1',
					allowSamples: true,
				},
				over.at ?? NOW,
			).catch((error: { key?: string }) => error.key);
		return { id, attempt };
	};

	test('takes the number in any of its forms', async () => {
		const { id, attempt } = await prepare();
		for (const phone of ['0912345678', '+84 912 345 678', '84912345678'])
			expect(await attempt(PASSWORD, { phone })).toBe(id);
	});

	test('lets everybody of a school through one address, however often', async () => {
		const { id, attempt } = await prepare();
		for (let each = 0; each < 30; each += 1) expect(await attempt(PASSWORD)).toBe(id);
	});

	test('stops a guesser after ten tries, from whatever address, until the window ends', async () => {
		const { id, attempt } = await prepare();
		const guesses = Array.from({ length: 10 }, (_, each) =>
			attempt('sai rồi nhưng mà đủ dài', { address: `203.0.113.${each}` }),
		);
		expect(new Set(await Promise.all(guesses))).toEqual(new Set(['signInFailed']));
		expect(await attempt(PASSWORD)).toBe('tooManyRequests');
		expect(await attempt(PASSWORD, { at: NOW + 15 * MINUTE })).toBe(id);
	});
});
