// Following and stopping: who may, by which way, and that a refusal writes nothing.
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { requireStopToken, requireWish, stopToken, wishToken } from '#features/notifications/follow.ts';
import {
	changeFollow,
	confirmFollow,
	follow,
	stopAll,
	unfollow,
	type FollowInput,
} from '#features/notifications/follow.service.ts';
import { isPrivateAddress } from '#features/notifications/push-endpoint.ts';
import { listFollows, listOwnRecipients } from '#features/notifications/recipient.repository.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import { readConfig } from '#lib/config.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const HOUR = 3_600_000;
const SECRET = randomBytes(32);
const HOSTS = readConfig({}).pushHosts;
const WAYS = { email: true, push: true, pushHosts: HOSTS };
const NOBODY = { actor: undefined, deviceAliasId: undefined };
/** A point that is one, and sixteen bytes. */
const KEYS = {
	p256dh: Buffer.concat([Buffer.from([4]), randomBytes(64)]).toString('base64url'),
	auth: randomBytes(16).toString('base64url'),
};
const push = (endpoint: string, over: object = {}) => ({
	channel: 'push' as const,
	endpoint,
	...KEYS,
	...over,
});
const FCM = 'https://fcm.googleapis.com/fcm/send/abc';

describe('a private address is one', () => {
	test.each([
		'127.0.0.1',
		'10.1.2.3',
		'172.20.0.1',
		'192.168.1.1',
		'169.254.169.254',
		'100.64.0.1',
		'0.0.0.0',
	])('%s', (each) => expect(isPrivateAddress(each)).toBe(true));
	test.each(['::1', 'fd00::1', 'fe80::1', '::ffff:10.0.0.1', '::'])('%s', (each) =>
		expect(isPrivateAddress(each)).toBe(true),
	);
	test.each(['142.250.1.1', '2a00:1450:4001::1'])('not %s', (each) =>
		expect(isPrivateAddress(each)).toBe(false),
	);
});

describeEachEngine('following', (engine) => {
	let db: Db;
	let resident: Actor;
	const inputOf = (over: Partial<FollowInput> = {}): FollowInput => ({
		...{ id: uuidv7(NOW), target: { kind: 'ward', name: 'dk-2025' }, kinds: ['new', 'change'] },
		...{ by: { channel: 'email', email: 'Mai@Example.vn' }, locale: 'vi', ...over },
	});
	const ask = (over: Partial<FollowInput> = {}, by: Parameters<typeof follow>[4] = NOBODY, ways = WAYS) =>
		follow(db, SECRET, ways, inputOf(over), by, NOW);
	const lastWish = async (address = 'mai@example.vn') => {
		const wishes = db.selectFrom('outboxMessage').select('content').where('address', '=', address);
		return (await wishes.orderBy('createdAt', 'desc').executeTakeFirstOrThrow()).content!;
	};
	const followByMail = async (email: string, actor: Actor) => {
		await ask({ by: { channel: 'email', email } }, { actor, deviceAliasId: undefined });
		await confirmFollow(db, SECRET, await lastWish(email), NOW);
	};
	const listAll = async () =>
		listFollows(
			db,
			(await db.selectFrom('recipient').select('id').execute()).map(({ id }) => id),
		);
	const rows = async () =>
		(await listAll()).map(({ targetKind, targetId, kinds }) => [targetKind, targetId, kinds]).sort();

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		resident = await makeActor(db, 'organiser', 'portal', null);
	});

	test('by mail writes nothing of the address but the letter that asks, until it is answered', async () => {
		expect(await ask()).toBe('asked');
		expect(await rows()).toEqual([]);
		expect(await db.selectFrom('recipient').select('id').execute()).toEqual([]);
		const token = await lastWish();
		expect(token).not.toContain('mai');
		await confirmFollow(db, SECRET, token, NOW + 47 * HOUR);
		await confirmFollow(db, SECRET, token, NOW + 47 * HOUR);
		expect(await rows()).toEqual([['ward', 'dk-2025', 'new,change']]);
		// Whoever asks again gets the same answer.
		expect(await ask()).toBe('asked');
	});

	test('sent twice asks once', async () => {
		const input = inputOf();
		for (let each = 0; each < 2; each += 1) await follow(db, SECRET, WAYS, input, NOBODY, NOW);
		expect(await db.selectFrom('outboxMessage').select('id').execute()).toHaveLength(1);
	});

	test('sent again with an address that was corrected asks there too', async () => {
		const input = inputOf({ by: { channel: 'email', email: 'mia@example.vn' } });
		await follow(db, SECRET, WAYS, input, NOBODY, NOW);
		await follow(db, SECRET, WAYS, { ...inputOf(), id: input.id }, NOBODY, NOW);
		await confirmFollow(db, SECRET, await lastWish('mai@example.vn'), NOW);
		expect(await rows()).toEqual([['ward', 'dk-2025', 'new,change']]);
	});

	test('asks an address five times a day at most, and counts nothing but letters', async () => {
		await followByMail('mai@example.vn', resident);
		for (let each = 0; each < 6; each += 1) {
			const target = { kind: 'house' as const, name: (await makeHouse(db)).code };
			expect(await ask({ target }, { actor: resident, deviceAliasId: undefined })).toBe('done');
		}
		const input = inputOf();
		for (let each = 0; each < 6; each += 1) await follow(db, SECRET, WAYS, input, NOBODY, NOW);
		for (let each = 0; each < 3; each += 1) await ask();
		await expect(ask()).rejects.toMatchObject({ key: 'tooManyRequests' });
		expect(await db.selectFrom('outboxMessage').select('id').execute()).toHaveLength(5);
	});

	test('with an account asks once for an address, tells of their own by it too, and is theirs to change', async () => {
		await followByMail('mai@example.vn', resident);
		const house = await makeHouse(db);
		const by = { actor: resident, deviceAliasId: undefined };
		expect(await ask({ target: { kind: 'house', name: house.code }, kinds: ['change'] }, by)).toBe('done');
		expect(await rows()).toEqual([
			['house', house.id, 'change'],
			['own', '', 'change,full,reminder'],
			['ward', 'dk-2025', 'new,change'],
		]);
		const [recipient] = await listOwnRecipients(db, resident.personId);
		const idOf = async (kind: string) => (await listAll()).find((each) => each.targetKind === kind)!.id;
		const change = { id: await idOf('ward'), kinds: ['new', 'full'] };
		await changeFollow(db, SECRET, { actor: resident }, change);
		await unfollow(db, SECRET, { actor: resident }, await idOf('own'), NOW);
		expect(await rows()).toEqual([
			['house', house.id, 'change'],
			['ward', 'dk-2025', 'new'],
		]);
		// With the last thing the address goes.
		for (const { id } of await listAll())
			await unfollow(db, SECRET, { token: stopToken(SECRET, recipient!.id) }, id, NOW);
		expect(await listOwnRecipients(db, resident.personId)).toEqual([]);
	});

	test('stops at one tap, and a second one changes nothing', async () => {
		await ask({ by: push(FCM) });
		const { id } = await db.selectFrom('recipient').select('id').executeTakeFirstOrThrow();
		const token = stopToken(SECRET, id);
		await stopAll(db, SECRET, token, NOW);
		expect(await rows()).toEqual([]);
		await stopAll(db, SECRET, token, NOW);
	});

	test('is in one’s own data, and goes with the account', async () => {
		await followByMail('mai@example.vn', resident);
		await ask({ by: push(FCM) }, { actor: resident, deviceAliasId: undefined });
		const { recipients, follows } = await readOwnData(db, resident.personId);
		expect(recipients.toSorted((a, b) => (a.channel < b.channel ? -1 : 1))).toMatchObject([
			{ email: 'mai@example.vn' },
			{ channel: 'push', email: null },
		]);
		expect(follows).toHaveLength(4);
		await eraseAccount(db, resident, NOW);
		expect(await rows()).toEqual([]);
		expect(await db.selectFrom('recipient').select('id').execute()).toEqual([]);
	});

	test.each<[string, Partial<FollowInput>, string]>([
		['no kind of news', { kinds: [] }, 'newsKindMissing'],
		['a kind that the target has not', { kinds: ['reminder', 'x'] }, 'newsKindMissing'],
		['an unknown ward', { target: { kind: 'ward', name: 'khac' } }, 'nothingToFollow'],
		['a ward that is no more', { target: { kind: 'ward', name: 'dk-2020' } }, 'nothingToFollow'],
		[
			'one’s own without an account',
			{ target: { kind: 'own', name: '' }, kinds: ['change'] },
			'nothingToFollow',
		],
		['a house that is none', { target: { kind: 'house', name: '<script>' } }, 'nothingToFollow'],
		['no address', { by: { channel: 'email', email: '' } }, 'emailInvalid'],
		['a phone number', { by: { channel: 'email', email: '0912345678' } }, 'emailInvalid'],
		['a second line', { by: { channel: 'email', email: 'a@b.vn\nBcc: c@d.vn' } }, 'emailInvalid'],
		['a name beside the address', { by: { channel: 'email', email: 'Mai <a@b.vn>' } }, 'emailInvalid'],
		['two addresses', { by: { channel: 'email', email: 'a@b.vn,c@d.vn' } }, 'emailInvalid'],
		['an unknown push service', { by: push('https://push.example.org/abc') }, 'pushUnusable'],
		[
			'a host that only begins alike',
			{ by: push('https://fcm.googleapis.com.example.org/a') },
			'pushUnusable',
		],
		['a host that only ends alike', { by: push('https://evilpush.apple.com/a') }, 'pushUnusable'],
		['the name above a listed suffix', { by: push('https://push.apple.com/a') }, 'pushUnusable'],
		['plain http', { by: push('http://fcm.googleapis.com/a') }, 'pushUnusable'],
		['another port', { by: push('https://fcm.googleapis.com:8443/a') }, 'pushUnusable'],
		['a private address', { by: push('https://192.168.1.1/a') }, 'pushUnusable'],
		['this machine', { by: push('https://localhost/a') }, 'pushUnusable'],
		['a name before the host', { by: push('https://fcm.googleapis.com@10.0.0.1/a') }, 'pushUnusable'],
		['a key that is none', { by: push(FCM, { p256dh: 'abc' }) }, 'pushUnusable'],
		['a secret that is none', { by: push(FCM, { auth: '' }) }, 'pushUnusable'],
	])('refuses %s', async (_name, over, key) => {
		expect(await expectNothingWritten(db, () => ask(over))).toMatchObject({ key });
	});

	test('takes the services of the four browsers', async () => {
		const endpoints = [
			...['https://fcm.googleapis.com/a', 'https://updates.push.services.mozilla.com/a'],
			...['https://web.push.apple.com/a', 'https://wns2-pn1p.notify.windows.com/a'],
		];
		for (const each of endpoints) expect(await ask({ by: push(each) })).toBe('done');
	});

	test('is refused by a way that is not set up, and of samples', async () => {
		const off = { ...WAYS, email: false, push: false };
		const sample = await makeActor(db, 'steward', 'ward', 'dk-2025', 1);
		const [real, made] = [
			await makeHouse(db),
			await makeHouse(db, { code: 'MAU-001', positionSource: 'sample', isSample: 1 }),
		];
		const refusals: [() => Promise<unknown>, string][] = [
			[() => ask({}, NOBODY, off), 'mailOff'],
			[() => ask({ by: push(FCM) }, NOBODY, off), 'pushOff'],
			[() => ask({ target: { kind: 'house', name: made.code } }), 'sampleNotFollowed'],
			[
				() =>
					ask({ target: { kind: 'house', name: real.code } }, { actor: sample, deviceAliasId: undefined }),
				'sampleOnReal',
			],
		];
		for (const [work, key] of refusals) expect(await expectNothingWritten(db, work)).toMatchObject({ key });
	});

	test('refuses a link that has lapsed, was changed, or is another portal’s', async () => {
		await ask();
		const token = await lastWish();
		const wish = requireWish(SECRET, token, NOW);
		const foreign = wishToken(randomBytes(32), wish);
		const works = [
			() => confirmFollow(db, SECRET, token, NOW + 48 * HOUR),
			() => confirmFollow(db, SECRET, foreign, NOW),
			() => confirmFollow(db, SECRET, `${token.slice(0, -2)}AA`, NOW),
			() => confirmFollow(db, SECRET, '', NOW),
			() => confirmFollow(db, SECRET, '<b>'.repeat(20), NOW),
			() => stopAll(db, SECRET, stopToken(randomBytes(32), uuidv7(NOW)), NOW),
			() => stopAll(db, SECRET, token, NOW),
		];
		for (const work of works)
			expect(await expectNothingWritten(db, work)).toMatchObject({
				key: 'followLinkOver',
				kind: 'NOT_FOUND',
			});
		expect(
			requireStopToken(SECRET, stopToken(SECRET, wish.target.id.padEnd(36, '0').replace(/[^0-9a-f-]/g, 'a'))),
		).toBeTruthy();
	});

	test('is nobody else’s to change or stop', async () => {
		await followByMail('mai@example.vn', resident);
		const other = await makeActor(db, 'organiser', 'portal', null);
		await followByMail('kha@example.vn', other);
		const [mine] = await listOwnRecipients(db, resident.personId);
		const [theirs] = await listOwnRecipients(db, other.personId);
		const own = (await listFollows(db, [mine!.id])).find((each) => each.targetKind === 'own');
		const token = stopToken(SECRET, theirs!.id);
		const works = [
			() => unfollow(db, SECRET, { actor: other }, own!.id, NOW),
			() => unfollow(db, SECRET, { actor: undefined }, own!.id, NOW),
			() => unfollow(db, SECRET, { token }, own!.id, NOW),
			() => changeFollow(db, SECRET, { token }, { id: own!.id, kinds: ['change'] }),
			() => changeFollow(db, SECRET, { actor: other }, { id: uuidv7(NOW), kinds: ['change'] }),
		];
		for (const work of works)
			expect(await expectNothingWritten(db, work)).toMatchObject({ key: 'followUnknown' });
		expect(
			await expectNothingWritten(db, () =>
				changeFollow(db, SECRET, { actor: resident }, { id: own!.id, kinds: ['new'] }),
			),
		).toMatchObject({ key: 'newsKindMissing' });
	});

	test('has its limits, also for an account that is erased', async () => {
		const by = { actor: resident, deviceAliasId: undefined };
		for (let each = 0; each < 10; each += 1) await ask({ by: push(`${FCM}${each}`) }, by);
		expect(await expectNothingWritten(db, () => ask({ by: push(FCM) }, by))).toMatchObject({
			key: 'tooManyRecipients',
		});
		await ask({ by: push(FCM) });
		for (let each = 0; each < 49; each += 1) {
			const { code } = await makeHouse(db);
			await ask({ by: push(FCM), target: { kind: 'house', name: code } });
		}
		const { code } = await makeHouse(db);
		const target = { kind: 'house' as const, name: code };
		expect(await expectNothingWritten(db, () => ask({ by: push(FCM), target }))).toMatchObject({
			key: 'tooManyFollows',
		});
		await ask({}, by);
		const token = await lastWish();
		await eraseAccount(db, resident, NOW);
		expect(await expectNothingWritten(db, () => confirmFollow(db, SECRET, token, NOW))).toMatchObject({
			key: 'followLinkOver',
		});
	});
});
