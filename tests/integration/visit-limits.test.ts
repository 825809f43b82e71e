// How often somebody who is not signed in may try, with others behind the same address.
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import { ensureDeviceAlias, findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { insertKnownDevice, knowDevice } from '#features/accounts/known-device.repository.ts';
import { findVisitor } from '#features/accounts/visitor.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { returnVisit, takeVisit } from '#lib/rate-limit.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';
import { expectRefused } from './sale-world.ts';

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
		const household = await findDeviceAlias(db, alias);
		const known = [
			{ secrets: [device], browser: `person:${personId}` },
			{ secrets: [mintDeviceSecret(), alias], browser: `alias:${household!.id}` },
		];
		for (const { secrets, browser } of known) {
			await many(10, async () => expect(await tryAs(secrets)).toBe('taken'));
			expect(await tryAs(secrets)).toBe('tooManyRequests');
			expect(await findVisitor(db, secrets, 'school')).toEqual({
				...{ browser, isKept: true, address: 'school' },
			});
		}
		// What is given back leaves the address as it was.
		for (let each = 0; each < 2; each += 1)
			await returnVisit(db, 'x', await findVisitor(db, [device], 'school'), RATE, NOW);
		expect([await tryAs([device]), await take('another')]).toEqual(['taken', 'tooManyRequests']);
	});

	test('of a browser that gets another secret are counted on', async () => {
		const { db } = await prepare();
		const join = (name: string, now: number) => {
			const account = { displayName: 'An', name, password: 'một câu dài chỉ mình tôi biết' };
			return signUpAccount(db, { ...account, locale: 'vi', isSixteen: true }, now, async () => {});
		};
		// The account that is older comes second.
		const people = [await join('0912345678', NOW - 1), await join('0912345679', NOW)];
		let held: string | undefined;
		const signIn = async (personId: string, now: number) => {
			const fresh = mintDeviceSecret();
			const seen = { passwordOnly: 0, now } as const;
			await inTransaction(db, (trx) => knowDevice(trx, personId, { held, fresh }, seen));
			held = fresh;
		};
		const tryNow = async () =>
			takeVisit(db, 'x', await findVisitor(db, [held!], 'school'), RATE, NOW).then(
				() => 'taken',
				(error: { key?: string }) => error.key,
			);
		await many(10, async (each) => {
			await signIn(people[(each + 1) % 2]!, NOW + each);
			expect(await tryNow()).toBe('taken');
		});
		await signIn(people[0]!, NOW + 10);
		expect(await tryNow()).toBe('tooManyRequests');
	});

	test('of many browsers that the portal knows end at eight times as many, apart from made-up ones', async () => {
		const { db, take } = await prepare();
		const kept = (each: number) => ({ browser: `alias:${each}`, isKept: true, address: 'school' });
		await many(80, async (each) => takeVisit(db, 'x', kept(each), RATE, NOW));
		await expectRefused(db, () => takeVisit(db, 'x', kept(80), RATE, NOW), 'tooManyRequests', 429, [
			'rate_limit',
		]);
		expect(await take('made up')).toBe('taken');
		await takeVisit(db, 'x', { ...kept(80), address: 'elsewhere' }, RATE, NOW);
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
