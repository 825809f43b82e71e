// How often somebody who is not signed in may try, with others behind the same address.
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { findVisitor } from '#features/accounts/visitor.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { returnVisit, takeVisit } from '#lib/rate-limit.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';

const RATE = { limit: 10, windowMs: 3_600_000 };

describeEachEngine('tries of visitors', (engine) => {
	const prepare = async () => {
		const db = await engine.fresh();
		const visitor = (browser: string | undefined, address: string) => ({ browser, isKept: false, address });
		const take = (browser: string | undefined, address = 'school') =>
			takeVisit(db, 'x', visitor(browser, address), RATE, NOW).then(
				() => 'taken',
				(error: { key?: string }) => error.key,
			);
		const giveBack = (browser: string | undefined) =>
			returnVisit(db, 'x', visitor(browser, 'school'), RATE, NOW);
		return { db, take, giveBack };
	};
	const many = async (count: number, work: (each: number) => Promise<unknown>) => {
		for (let each = 0; each < count; each += 1) await work(each);
	};

	test('of one that is stubborn, with a secret or without, close nothing for the others', async () => {
		const { take } = await prepare();
		for (const stubborn of [undefined, 'one']) {
			await many(10, async () => expect(await take(stubborn)).toBe('taken'));
			await many(60, async () => expect(await take(stubborn)).toBe('tooManyRequests'));
		}
		expect(await take('another')).toBe('taken');
		expect(await take(undefined, 'elsewhere')).toBe('taken');
	});

	test('of many secrets from one address end at four times as many', async () => {
		const { take } = await prepare();
		await many(40, async (each) => expect(await take(`made-${each}`)).toBe('taken'));
		expect(await take('one more')).toBe('tooManyRequests');
		expect(await take('one more', 'elsewhere')).toBe('taken');
	});

	test('of a browser that the portal knows go on where made-up secrets closed the address, up to its own limit', async () => {
		const { db, take } = await prepare();
		const [device, alias] = [mintDeviceSecret(), mintDeviceSecret()];
		const account = { displayName: 'An', name: '0912345678', password: 'một câu dài chỉ mình tôi biết' };
		const input = { ...account, locale: 'vi', isSixteen: true } as const;
		const personId = await signUpAccount(db, input, NOW, async () => {});
		await inTransaction(db, async (trx) => {
			await insertKnownDevice(trx, personId, device, NOW);
			await ensureDeviceAlias(trx, NOW, alias);
		});
		await many(40, async () => {
			const made = await findVisitor(db, [mintDeviceSecret(), mintDeviceSecret()], 'school');
			expect(made.isKept).toBe(false);
			expect(await take(made.browser)).toBe('taken');
		});
		expect(await take(undefined)).toBe('tooManyRequests');
		const tryAs = async (secrets: string[]) =>
			takeVisit(db, 'x', await findVisitor(db, secrets, 'school'), RATE, NOW).then(
				() => 'taken',
				(error: { key?: string }) => error.key,
			);
		expect(await tryAs([mintDeviceSecret()])).toBe('tooManyRequests');
		expect(await tryAs([])).toBe('tooManyRequests');
		// One true secret is enough, whichever cookie it stands in.
		for (const secrets of [[device], [mintDeviceSecret(), alias]]) {
			await many(10, async () => expect(await tryAs(secrets)).toBe('taken'));
			expect(await tryAs(secrets)).toBe('tooManyRequests');
			expect(await findVisitor(db, secrets, 'school')).toEqual({
				...{ browser: secrets.at(-1), isKept: true, address: 'school' },
			});
		}
		// What is given back leaves the address as it was.
		for (let each = 0; each < 2; each += 1)
			await returnVisit(db, 'x', await findVisitor(db, [device], 'school'), RATE, NOW);
		expect([await tryAs([device]), await take('another')]).toEqual(['taken', 'tooManyRequests']);
	});

	test('that are given back leave nothing', async () => {
		const { db, take, giveBack } = await prepare();
		for (const browser of [undefined, 'one'])
			await many(15, async () => {
				expect(await take(browser)).toBe('taken');
				await giveBack(browser);
			});
		expect(await db.selectFrom('rateLimit').selectAll().execute()).toEqual([]);
	});
});
