// How often somebody who is not signed in may try, with others behind the same address.
import { expect, test } from 'vitest';
import { returnVisit, takeVisit } from '#lib/rate-limit.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';

const RATE = { limit: 10, windowMs: 3_600_000 };

describeEachEngine('tries of visitors', (engine) => {
	const prepare = async () => {
		const db = await engine.fresh();
		const visitor = (browser: string | undefined, address: string) => ({ browser, address });
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
