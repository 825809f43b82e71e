// What one address is told of a series and of changes that are taken back: once, in order, and of nothing too little.
import { createECDH, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { findEvent, listSeriesEvents } from '#features/cleanup-events/cleanup-event.repository.ts';
import { listChanges } from '#features/cleanup-events/event-change.repository.ts';
import {
	cancelEvent,
	moveEvent,
	postponeEvent,
	undoChange,
} from '#features/cleanup-events/event-change.service.ts';
import {
	announceSeries,
	editFollowing,
	pauseSeries,
	resumeSeries,
} from '#features/cleanup-events/event-series.service.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import { findEventFacts, listUnreached } from '#features/notifications/audience.repository.ts';
import type { Letter, Push } from '#features/notifications/channel.service.ts';
import { KINDS_OF, stopToken, type Target } from '#features/notifications/follow.ts';
import { follow, stopAll } from '#features/notifications/follow.service.ts';
import {
	findRecipientOf,
	insertRecipient,
	setKinds,
	upsertFollow,
} from '#features/notifications/recipient.repository.ts';
import { CHANNELS, forgetMessages, sendMessages } from '#features/notifications/send-messages.service.ts';
import { spreadNews } from '#features/notifications/spread-news.service.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import { startSending } from '#server/jobs.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { localDateTimeToInstant, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import {
	DAY,
	makeActor,
	makeHouse,
	NOW,
	openSession,
	PLAIN_EVENT,
	seedReference,
} from '../support/fixtures.ts';

const HOUR = DAY / 24;
const MINUTE = HOUR / 60;
const SECRET = randomBytes(32);
const NIGHT = localDateTimeToInstant('2026-11-22', '22:00')!;
const MORNING = localDateTimeToInstant('2026-11-23', '06:00')!;
const GONE = Object.assign(new Error('gone'), { statusCode: 410 });
const BUSY = Object.assign(new Error('busy'), { responseCode: 451 });
const REFUSED = Object.assign(new Error('no'), { responseCode: 550 });

const browser = () => {
	const keys = createECDH('prime256v1');
	const [p256dh, auth] = [keys.generateKeys('base64url'), randomBytes(16).toString('base64url')];
	return { endpoint: `https://push.example.test/${randomBytes(9).toString('base64url')}`, p256dh, auth };
};
type Browser = ReturnType<typeof browser>;

describeEachEngine('one address', (engine) => {
	let db: Db;
	let organiser: Actor;
	let resident: Actor;
	let organisationId: string;
	/** What arrived: to whom, and what it says. */
	let arrived: { to: string; title: string; text: string }[];
	/** What happens at a try before it arrives. */
	let onTry: (to: string, title: string) => Promise<void>;

	const sending = () => ({
		channels: {
			email: async ({ to, subject: title, text }: Letter) => {
				await onTry(to, title);
				arrived.push({ to, title, text });
			},
			push: async ({ to, payload }: Push) => {
				const { title, body } = JSON.parse(payload) as { title: string; body: string };
				await onTry(to.endpoint, title);
				arrived.push({ to: to.endpoint, title, text: body });
			},
		},
		secret: SECRET,
		publicUrl: 'https://xanh.example.vn',
	});
	const sendAll = (from: Db, now: number) =>
		Promise.all(CHANNELS.map((channel) => sendMessages(from, channel, sending(), () => now)));
	const send = (now: number) => sendAll(db, now);
	const tick = async (now: number) => {
		await spreadNews(db, now);
		await send(now);
	};
	/** Both at once, and what waits for others to be found. */
	const settle = async (now: number) => {
		await tick(now);
		await tick(now + MINUTE);
		await tick(now + 2 * MINUTE);
	};
	const titles = (to?: string) =>
		arrived
			.splice(0)
			.filter((each) => to === undefined || each.to === to)
			.map(({ title }) => title);
	const failOnce = (error: Error, from = '') => {
		let isDone = false;
		onTry = async (to) => {
			if (isDone || !to.includes(from)) return;
			isDone = true;
			throw error;
		};
	};

	const byMail = (
		address: string,
		targets: (Target & { kinds?: string })[],
		personId: string | null = null,
		now = NOW,
	) =>
		inTransaction(db, async (trx) => {
			const row = { channel: 'email' as const, address, personId, p256dh: null, auth: null, sessionId: null };
			const id = uuidv7(now);
			await insertRecipient(trx, {
				...{ ...row, id, locale: 'vi', deviceAliasId: null, createdAt: now, isSample: 0 },
			});
			for (const { kind, id: targetId, kinds = KINDS_OF[kind].join(',') } of targets)
				await upsertFollow(trx, {
					...{ id: uuidv7(now), recipientId: id, targetKind: kind, targetId, kinds, createdAt: now },
				});
			return id;
		});
	const byPush = async (
		by: Browser,
		target: { kind: Target['kind']; name: string },
		{ actor, deviceAliasId }: { actor?: Actor; deviceAliasId?: string } = {},
	) => {
		const sessionId = actor ? await openSession(db, actor.personId) : undefined;
		const input = { id: uuidv7(NOW), target, kinds: ['change'], locale: 'vi' as const };
		const ways = { email: true, push: true, pushHosts: ['push.example.test'] };
		const who = { actor, deviceAliasId, sessionId };
		await follow(db, SECRET, ways, { ...input, by: { channel: 'push', ...by } }, who, NOW);
	};
	const WARD = { kind: 'ward' as const, id: 'dk-2025' };
	const OWN = { kind: 'own' as const, id: '' };

	const input = (over: object = {}) => ({
		...{ organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '', ...PLAIN_EVENT },
		...{ startsAt: NOW + 7 * DAY, endsAt: NOW + 7 * DAY + 3 * HOUR, greenHouseCode: null, capacity: null },
		...{
			assemblyPoint: 'Nhà văn hoá khối 6',
			latitude: 21.846,
			longitude: 106.762,
			id: uuidv7(NOW),
			...over,
		},
	});
	const announceThree = async (now = NOW, startsAt = NOW + 7 * DAY) => {
		const dates = [0, 7, 14].map((days) => toLocalDate(startsAt + days * DAY));
		const each = input({ startsAt, endsAt: startsAt + 3 * HOUR });
		const series = { ...each, pattern: 'weekly' as const, until: dates[2], dates };
		await announceSeries(db, organiser, series, now);
		return { id: each.id, each, dates, days: await listSeriesEvents(db, each.id) };
	};
	const announce = async (title: string, now = NOW) => {
		const each = input({ title });
		await announceEvent(db, organiser, each, now);
		return each.id;
	};
	const join = (eventId: string, by?: Actor, secret = 'd') => {
		const one = { kind: 'person' as const, name: 'Mai', headCount: 1, phone: null, isSixteen: true };
		const device = { secret: secret.repeat(43) };
		return signUp(db, eventId, { id: uuidv7(NOW), ...one, mayWait: true }, device, NOW, by);
	};
	const pause = (id: string, from: string | undefined, now: number) =>
		pauseSeries(db, organiser, { id, from, until: undefined, reason: 'Lũ' }, now);
	const cancel = (id: string, now: number) => cancelEvent(db, organiser, { id, reason: 'Mưa to' }, now);
	const restore = async (eventId: string, now: number) => {
		const [last] = await listChanges(db, eventId);
		await undoChange(db, organiser, { eventId, changeId: last!.id }, now);
	};
	const OFF = 'Đã huỷ: Dọn bờ sông';
	const ON = 'Vẫn diễn ra: Dọn bờ sông';

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		[arrived, onTry] = [[], async () => {}];
		const union = { kind: 'youth_union' as const, name: 'Đoàn phường', adminUnitId: 'dk-2025' };
		organisationId = await inTransaction(db, (trx) =>
			insertOrganisation(trx, { ...union, isSample: 0 }, NOW),
		);
		organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
		resident = await makeActor(db, 'school_lead', 'organisation', organisationId);
	});

	test('that was told of a pause with all its days hears that its own day takes place after all', async () => {
		const id = await byMail('mai@example.vn', [WARD, OWN], resident.personId);
		const { id: seriesId, dates, days } = await announceThree();
		await join(days[2]!.id, resident);
		await settle(NOW);
		titles();
		await pause(seriesId, dates[0], NOW + HOUR);
		await settle(NOW + HOUR);
		expect(titles()).toEqual([OFF]);
		const ward = await db
			.selectFrom('follow')
			.select('id')
			.where('recipientId', '=', id)
			.where('targetKind', '=', 'ward')
			.executeTakeFirstOrThrow();
		await inTransaction(db, (trx) => setKinds(trx, ward.id, 'new'));
		await resumeSeries(db, organiser, { id: seriesId }, NOW + 2 * HOUR);
		await settle(NOW + 2 * HOUR);
		expect(arrived.map(({ title, text }) => [title, text])).toEqual([
			[ON, expect.stringContaining('10:00 chủ nhật, 13/12/2026')],
		]);
	});

	test('that was told of a pause before what it said was kept hears so too', async () => {
		await byMail('mai@example.vn', [WARD]);
		const { id: seriesId, dates, days } = await announceThree();
		await settle(NOW);
		await pause(seriesId, dates[0], NOW + HOUR);
		await settle(NOW + HOUR);
		titles();
		await db.updateTable('outboxMessage').set({ said: null }).execute();
		await resumeSeries(db, organiser, { id: seriesId }, days[0]!.startsAt + DAY);
		await settle(days[0]!.startsAt + DAY);
		expect(arrived.map(({ text }) => text)).toEqual([
			expect.stringContaining('Cả thảy 2 buổi, từ 06/12/2026 đến 13/12/2026. Buổi đầu:'),
		]);
	});

	test.each(['is called off', 'is over'])(
		'hears in the morning of a series whose first day %s by then, from the next one on',
		async (how) => {
			await byMail('mai@example.vn', [WARD]);
			const start = how === 'is over' ? MORNING - HOUR : MORNING + DAY;
			const { days } = await announceThree(NIGHT, start);
			await tick(NIGHT);
			if (how === 'is called off') await cancel(days[0]!.id, NIGHT + MINUTE);
			await tick(MORNING);
			const [announced] = arrived.filter(({ title }) => title === 'Buổi mới: Dọn bờ sông');
			const second = toLocalDate(days[1]!.startsAt).split('-').reverse().join('/');
			expect(announced?.text).toContain(`Cả thảy 2 buổi, từ ${second}`);
			expect(announced?.text).toMatch(new RegExp(`Buổi đầu:\n\\d\\d:00 .+, ${second}\n`));
		},
	);

	test('hears of no series of which no day is left', async () => {
		await byMail('mai@example.vn', [{ ...WARD, kinds: 'new' }]);
		const { id, dates } = await announceThree(NIGHT);
		await tick(NIGHT);
		await pause(id, dates[0], NIGHT + MINUTE);
		await settle(MORNING);
		expect(titles()).toEqual([]);
	});

	test('is not told of its own days while the letter of all of them is tried again, nor after it', async () => {
		await byMail('mai@example.vn', [WARD, OWN], resident.personId);
		const { id, dates, days } = await announceThree();
		for (const day of days) await join(day.id, resident);
		await settle(NOW);
		titles();
		onTry = async () => {
			throw BUSY;
		};
		await pause(id, dates[0], NOW + HOUR);
		for (const minutes of [0, 1, 2, 6]) await tick(NOW + HOUR + minutes * MINUTE);
		onTry = async () => {};
		await tick(NOW + HOUR + 10 * MINUTE);
		expect(arrived).toEqual([]);
		for (const minutes of [36, 37, 50, 500]) await tick(NOW + HOUR + minutes * MINUTE);
		expect(arrived.map(({ title, text }) => [title, text])).toEqual([
			[OFF, expect.stringContaining('Cả thảy 3 buổi')],
		]);
	});

	test('is given up for all days of an act together when a mailbox refuses for good', async () => {
		await byMail('mai@example.vn', [OWN], resident.personId);
		const { id, dates, days } = await announceThree();
		for (const day of days) await join(day.id, resident);
		await settle(NOW);
		failOnce(REFUSED);
		await pause(id, dates[0], NOW + HOUR);
		await settle(NOW + HOUR);
		expect(titles()).toEqual([]);
		const rows = await db.selectFrom('outboxMessage').select(['error', 'failedAt']).execute();
		expect(rows.filter(({ failedAt }) => failedAt !== null).map(({ error }) => error)).toEqual(
			Array(3).fill('smtp-550'),
		);
	});

	test('hears of many things in the order in which they happened', async () => {
		await byMail('mai@example.vn', [WARD]);
		const names = ['Một', 'Hai', 'Ba', 'Bốn', 'Năm', 'Sáu'];
		for (const [index, name] of names.entries()) await announce(name, NIGHT + index);
		await tick(NIGHT + MINUTE);
		await tick(MORNING);
		expect(titles()).toEqual(names.map((name) => `Buổi mới: ${name}`));
	});

	test('hears first of what cannot wait, at six as by day', async () => {
		await byMail('mai@example.vn', [WARD]);
		const event = await announce('Dọn bờ sông');
		await tick(NOW);
		titles();
		for (const [index, name] of ['Một', 'Hai'].entries()) await announce(name, NIGHT + index);
		await cancel(event, NIGHT + MINUTE);
		await tick(NIGHT + MINUTE);
		await tick(MORNING);
		expect(titles()).toEqual([OFF, 'Buổi mới: Một', 'Buổi mới: Hai']);
	});

	test('hears of a series before it hears that a day of it changed', async () => {
		await byMail('mai@example.vn', [WARD]);
		const { days } = await announceThree();
		failOnce(BUSY);
		await tick(NOW);
		await cancel(days[1]!.id, NOW + MINUTE / 2);
		await tick(NOW + MINUTE / 2);
		expect(titles()).toEqual([]);
		await tick(NOW + MINUTE);
		await tick(NOW + 2 * MINUTE);
		expect(titles()).toEqual(['Buổi mới: Dọn bờ sông', OFF]);
	});

	test('is told once, also when an account and somebody without one follow by it', async () => {
		await byMail('mai@example.vn', [WARD], null, NOW - 1);
		await byMail('mai@example.vn', [OWN], resident.personId);
		const { id, dates, days } = await announceThree();
		for (const day of days) await join(day.id, resident);
		await settle(NOW);
		titles();
		await pause(id, dates[0], NOW + HOUR);
		await settle(NOW + HOUR);
		expect(titles()).toEqual([OFF]);
		await resumeSeries(db, organiser, { id }, NOW + 2 * HOUR);
		await settle(NOW + 2 * HOUR);
		expect(titles()).toEqual([ON]);
	});

	test('goes on being told when one who followed by it has stopped and another has not', async () => {
		const first = await byMail('mai@example.vn', [WARD], null, NOW - 1);
		await byMail('mai@example.vn', [OWN], resident.personId);
		const event = await announce('Dọn bờ sông');
		await join(event, resident);
		await tick(NOW);
		titles();
		await cancel(event, NIGHT);
		await tick(NIGHT);
		await stopAll(db, SECRET, stopToken(SECRET, first), NIGHT + 1);
		await tick(MORNING);
		expect(titles()).toEqual([OFF]);
	});

	describe('whose other way has ended', () => {
		test.each(['gone', 'stopped'])(
			'by mail hears that a morning is on again of which a browser that is %s was told that it is off',
			async (how) => {
				const old = browser();
				await byPush(old, { kind: 'own', name: '' }, { actor: resident });
				const event = await announce('Dọn bờ sông');
				await join(event, resident);
				await tick(NOW);
				await cancel(event, NOW + HOUR);
				await tick(NOW + HOUR);
				expect(titles(old.endpoint)).toEqual([OFF]);
				const key = { channel: 'push' as const, address: old.endpoint, personId: resident.personId };
				const { id } = (await findRecipientOf(db, key))!;
				if (how === 'stopped') await stopAll(db, SECRET, stopToken(SECRET, id), NOW + HOUR + 1);
				await byMail('mai@example.vn', [OWN], resident.personId, NOW + HOUR + 1);
				failOnce(GONE, 'push');
				await restore(event, NOW + HOUR + 2 * MINUTE);
				await tick(NOW + HOUR + 2 * MINUTE);
				expect(titles()).toEqual([ON]);
				expect(await findRecipientOf(db, key)).toBeUndefined();
				const data = await readOwnData(db, resident.personId);
				expect(data.messages.map((each) => [each.channel, each.kind])).toContainEqual([
					...['push', 'event.cancelled'],
				]);
			},
		);

		test('by mail hears that a morning is on where a browser stopped while it was told that it is off', async () => {
			const old = browser();
			await byPush(old, { kind: 'own', name: '' }, { actor: resident });
			const event = await announce('Dọn bờ sông');
			await join(event, resident);
			await tick(NOW);
			await cancel(event, NOW + HOUR);
			const key = { channel: 'push' as const, address: old.endpoint, personId: resident.personId };
			const { id } = (await findRecipientOf(db, key))!;
			onTry = () => stopAll(db, SECRET, stopToken(SECRET, id), NOW + HOUR);
			await tick(NOW + HOUR);
			expect(titles(old.endpoint)).toEqual([OFF]);
			onTry = async () => {};
			await byMail('mai@example.vn', [OWN], resident.personId, NOW + HOUR + 1);
			await restore(event, NOW + HOUR + 2 * MINUTE);
			await tick(NOW + HOUR + 2 * MINUTE);
			expect(titles()).toEqual([ON]);
		});

		test('by mail is told of its own days though a browser that is gone was told of all', async () => {
			const old = browser();
			await byPush(old, { kind: 'ward', name: 'dk-2025' }, { actor: resident });
			await byMail('mai@example.vn', [OWN], resident.personId);
			const { id, dates, days } = await announceThree();
			await join(days[2]!.id, resident);
			await settle(NOW);
			titles();
			await pause(id, dates[0], NOW + HOUR);
			await tick(NOW + HOUR);
			expect(titles()).toEqual([OFF]);
			const { id: gone } = (await findRecipientOf(db, {
				...{ channel: 'push', address: old.endpoint, personId: resident.personId },
			}))!;
			await stopAll(db, SECRET, stopToken(SECRET, gone), NOW + HOUR + 1);
			await settle(NOW + HOUR + MINUTE);
			expect(titles('mai@example.vn')).toEqual([OFF]);
		});

		test('whose letter that a morning is off was refused hears that it is on where a browser heard so', async () => {
			const phone = browser();
			await byPush(phone, { kind: 'own', name: '' }, { actor: resident });
			await byMail('mai@example.vn', [OWN], resident.personId);
			const event = await announce('Dọn bờ sông');
			await join(event, resident);
			await tick(NOW);
			failOnce(REFUSED, 'mai@');
			await cancel(event, NOW + HOUR);
			await tick(NOW + HOUR);
			expect(titles()).toEqual([OFF]);
			await restore(event, NOW + HOUR + MINUTE);
			await tick(NOW + HOUR + MINUTE);
			expect(titles('mai@example.vn')).toEqual([ON]);
		});
	});

	test('keeps of an erased account not even that it was told', async () => {
		await makeActor(db, 'school_lead', 'organisation', organisationId);
		await byMail('mai@example.vn', [OWN], resident.personId);
		const event = await announce('Dọn bờ sông');
		await join(event, resident);
		await cancel(event, NOW + HOUR);
		await tick(NOW + HOUR);
		const named = db.selectFrom('outboxMessage').select('id').where('personId', 'is not', null);
		expect(await named.execute()).toHaveLength(1);
		await eraseAccount(db, resident, NOW + 2 * HOUR);
		expect(await named.execute()).toEqual([]);
	});

	test('that began to follow a morning while it was off hears that it is on', async () => {
		const event = await announce('Dọn bờ sông');
		await tick(NOW);
		await cancel(event, NOW + HOUR);
		await byMail('kha@example.vn', [{ kind: 'event', id: event }], null, NOW + HOUR + 1);
		await byMail('lan@example.vn', [WARD], null, NOW + HOUR + 1);
		await restore(event, NOW + HOUR + MINUTE);
		await tick(NOW + HOUR + MINUTE);
		// Who follows the ward since has never heard of the morning.
		expect(arrived.map(({ to, title }) => [to, title])).toEqual([['kha@example.vn', ON]]);
	});

	test('that signed up for a day that was put back hears of it', async () => {
		await byMail('mai@example.vn', [OWN], resident.personId);
		const event = await announce('Dọn bờ sông');
		const { sequence, startsAt, endsAt } = (await findEvent(db, event))!;
		const times = { startsAt: startsAt + DAY, endsAt: endsAt + DAY };
		await postponeEvent(db, organiser, { id: event, sequence, reason: 'Mưa', ...times }, NOW - HOUR);
		await join(event, resident);
		await tick(NOW);
		titles();
		await restore(event, NOW - MINUTE);
		await tick(NOW + MINUTE);
		expect(titles()).toEqual([ON]);
	});

	test('hears that a morning is on though that was written while the letter that it is off went out', async () => {
		await byMail('mai@example.vn', [WARD]);
		const event = await announce('Dọn bờ sông');
		await tick(NOW);
		titles();
		await cancel(event, NOW + HOUR);
		await spreadNews(db, NOW + HOUR);
		onTry = async (_to, title) => {
			if (title !== OFF) return;
			// Asked for before the letter was taken, written after; meanwhile another process sends.
			await restore(event, NOW + HOUR);
			await tick(NOW + HOUR + 2);
		};
		await send(NOW + HOUR + 1);
		await tick(NOW + HOUR + MINUTE + 2);
		expect(titles()).toEqual([OFF, ON]);
	});

	test('hears that a morning is on where a process stopped while it said that it is off', async () => {
		await byMail('mai@example.vn', [WARD]);
		const event = await announce('Dọn bờ sông');
		await tick(NOW);
		titles();
		await cancel(event, NOW + HOUR);
		await tick(NOW + HOUR);
		// It had gone out, and nobody could say so any more.
		const stopped = { sentAt: null, tries: 1, leaseUntil: NOW + HOUR + 10 * MINUTE };
		await db
			.updateTable('outboxMessage')
			.set(stopped)
			.where('sentAt', '=', NOW + HOUR)
			.execute();
		await restore(event, NOW + HOUR + MINUTE);
		await tick(NOW + HOUR + MINUTE);
		expect(titles()).toEqual([OFF]);
		for (const minutes of [10, 11, 12]) await tick(NOW + HOUR + minutes * MINUTE);
		expect(titles()).toEqual([ON]);
	});

	test('hears that a morning is off only after the letter of a change before it, which another process sends', async () => {
		await byMail('mai@example.vn', [WARD]);
		const event = await announce('Dọn bờ sông');
		await tick(NOW);
		titles();
		const { startsAt, endsAt } = (await findEvent(db, event))!;
		const times = { startsAt: startsAt + DAY, endsAt: endsAt + DAY };
		await postponeEvent(db, organiser, { id: event, sequence: 0, reason: 'Mưa', ...times }, NOW + HOUR);
		await spreadNews(db, NOW + HOUR);
		let isUnderWay = false;
		onTry = async () => {
			if (isUnderWay) return;
			isUnderWay = true;
			await cancel(event, NOW + HOUR + 1);
			await tick(NOW + HOUR + 2);
		};
		await send(NOW + HOUR);
		await settle(NOW + HOUR + 2 * MINUTE);
		expect(titles()).toEqual(['Có thay đổi: Dọn bờ sông', OFF]);
	});

	test('hears that all its days are on where one letter that they are off may have arrived', async () => {
		await byMail('mai@example.vn', [OWN], resident.personId);
		const { id, dates, days } = await announceThree();
		for (const day of days.slice(1)) await join(day.id, resident);
		await settle(NOW);
		titles();
		failOnce(BUSY);
		await pause(id, dates[0], NOW + HOUR);
		await tick(NOW + HOUR);
		await tick(NOW + HOUR + MINUTE);
		await resumeSeries(db, organiser, { id }, NOW + HOUR + MINUTE + 1);
		await settle(NOW + HOUR + MINUTE + 1);
		await settle(NOW + HOUR + 5 * MINUTE);
		expect(arrived.map(({ title, text }) => [title, text])).toEqual([
			[ON, expect.stringContaining('2 buổi của anh/chị: 06/12, 13/12. Buổi đầu:')],
		]);
	});

	test('hears of the same days again where a process stopped before it could mark them', async () => {
		await byMail('mai@example.vn', [OWN], resident.personId);
		const { id, dates, days } = await announceThree();
		for (const day of days.slice(1)) await join(day.id, resident);
		await settle(NOW);
		titles();
		await pause(id, dates[0], NOW + HOUR);
		await tick(NOW + HOUR);
		let marks = 0;
		const stopping = db.withPlugin({
			transformQuery: ({ node }) => {
				if (arrived.length === 1 && node.kind === 'UpdateQueryNode' && (marks += 1) === 2)
					throw new Error('stopped');
				return node;
			},
			transformResult: ({ result }) => Promise.resolve(result),
		});
		await sendAll(stopping, NOW + HOUR + MINUTE);
		await settle(NOW + HOUR + 2 * MINUTE);
		const same = [OFF, expect.stringContaining('2 buổi của anh/chị: 06/12, 13/12. Buổi đầu:')];
		expect(arrived.map(({ title, text }) => [title, text])).toEqual([same, same]);
	});

	describe('while another process finds out who is to be told of the other days', () => {
		const spreadFirst = async (now: number) => {
			const others = db.updateTable('news').where('dedupeKey', 'like', '%:narrow');
			await others.set({ handledAt: 1 }).where('handledAt', 'is', null).execute();
			await spreadNews(db, now);
			await others.set({ handledAt: null }).where('handledAt', '=', 1).execute();
		};

		beforeEach(async () => {
			await byMail('mai@example.vn', [OWN], resident.personId);
			const { id, dates, days } = await announceThree();
			for (const day of [days[0]!, days[2]!]) await join(day.id, resident);
			await settle(NOW);
			titles();
			await pause(id, dates[0], NOW + HOUR);
			await spreadFirst(NOW + HOUR);
		});

		test('is told of them all at once', async () => {
			await send(NOW + HOUR);
			await settle(NOW + HOUR + 1);
			expect(arrived.map(({ title, text }) => [title, text])).toEqual([
				[OFF, expect.stringContaining('2 buổi của anh/chị: 29/11, 13/12. Buổi đầu:')],
			]);
		});

		test('is told of the first after a minute all the same', async () => {
			await send(NOW + HOUR + MINUTE);
			expect(titles()).toEqual([OFF]);
		});
	});

	test('by push hears that a morning is off while a mail server takes its time for what came before', async () => {
		vi.useFakeTimers({ toFake: ['Date'], now: NOW });
		const phone = browser();
		await byPush(phone, { kind: 'ward', name: 'dk-2025' });
		await byMail('mai@example.vn', [WARD]);
		const event = await announce('Dọn bờ sông');
		let takeLetter: (() => void) | undefined;
		onTry = (to) =>
			to.includes('@') ? new Promise((resolve) => (takeLetter ??= resolve)) : Promise.resolve();
		const end = startSending(db, sending(), 10);
		try {
			await vi.waitFor(() => expect(takeLetter).toBeDefined());
			await cancel(event, NOW);
			await vi.waitFor(() =>
				expect(arrived.map(({ to, title }) => [to, title])).toEqual([[phone.endpoint, OFF]]),
			);
		} finally {
			onTry = async () => {};
			takeLetter?.();
			await end();
			vi.useRealTimers();
		}
	});

	test('of a browser that is gone goes, whoever followed by it, and no other', async () => {
		const [old, other] = [browser(), browser()];
		await byPush(old, { kind: 'ward', name: 'dk-2025' });
		await byPush(old, { kind: 'ward', name: 'dk-2025' }, { actor: resident });
		await byPush(other, { kind: 'ward', name: 'dk-2025' }, { actor: resident });
		await byMail('mai@example.vn', [WARD], resident.personId);
		const event = await announce('Dọn bờ sông');
		await tick(NOW);
		failOnce(GONE, old.endpoint);
		await cancel(event, NOW + HOUR);
		await tick(NOW + HOUR);
		const left = await db.selectFrom('recipient').select('address').execute();
		expect(left.map(({ address }) => address).sort()).toEqual([other.endpoint, 'mai@example.vn'].sort());
		expect(arrived.filter(({ title }) => title === OFF).map(({ to }) => to)).not.toContain(old.endpoint);
		expect(titles(other.endpoint)).toEqual([OFF]);
	});

	test('hears that a series goes on also when nobody knows any more who was told of its pause', async () => {
		await byMail('mai@example.vn', [WARD]);
		const { id, dates } = await announceThree(NOW, NOW + 140 * DAY);
		await settle(NOW);
		await pause(id, dates[0], NOW + HOUR);
		await settle(NOW + HOUR);
		titles();
		await forgetMessages(db, NOW + 95 * DAY);
		expect(await db.selectFrom('outboxMessage').select('id').execute()).toEqual([]);
		await resumeSeries(db, organiser, { id }, NOW + 95 * DAY);
		await settle(NOW + 95 * DAY);
		expect(arrived.map(({ title, text }) => [title, text])).toEqual([
			[ON, expect.stringContaining('Cả thảy 3 buổi')],
		]);
	});

	test('that follows where one day was moved hears when it is called off with the others, once', async () => {
		const house = await makeHouse(db);
		await byMail('kha@example.vn', [{ kind: 'house', id: house.id }]);
		await byMail('mai@example.vn', [WARD, { kind: 'house', id: house.id }]);
		const { id, dates, days } = await announceThree();
		await settle(NOW);
		const place = { greenHouseCode: house.code, assemblyPoint: 'Cổng chợ', latitude: null, longitude: null };
		const move = { id: days[2]!.id, sequence: 0, reason: 'Đường lầy', ...place };
		await moveEvent(db, organiser, move, NOW + HOUR);
		await settle(NOW + HOUR);
		titles();
		await pause(id, dates[0], NOW + 2 * HOUR);
		await settle(NOW + 2 * HOUR);
		const told = () => arrived.splice(0).map(({ to, title, text }) => [to, title, text]);
		const OF = (text: string) => expect.stringContaining(text) as string;
		expect(told()).toEqual([
			['mai@example.vn', OFF, OF('Cả thảy 3 buổi')],
			['kha@example.vn', OFF, OF('10:00 chủ nhật, 13/12/2026')],
		]);
		await resumeSeries(db, organiser, { id }, NOW + 3 * HOUR);
		await settle(NOW + 3 * HOUR);
		expect(told()).toEqual([
			['mai@example.vn', ON, OF('Cả thảy 3 buổi')],
			['kha@example.vn', ON, OF('10:00 chủ nhật, 13/12/2026')],
		]);
	});

	test('of a household without an account hears once of the days that it follows', async () => {
		const { id, each, dates, days } = await announceThree();
		const phone = browser();
		for (const day of days.slice(1)) {
			await join(day.id);
			const deviceAliasId = (await findDeviceAlias(db, 'd'.repeat(43)))!.id;
			await byPush(phone, { kind: 'event', name: day.id }, { deviceAliasId });
		}
		await settle(NOW);
		const form = { ...each, id: days[0]!.id, assemblyPoint: 'Cổng chợ', sequence: 0 };
		await editFollowing(db, organiser, form, NOW + HOUR);
		await settle(NOW + HOUR);
		await pause(id, dates[0], NOW + 2 * HOUR);
		await settle(NOW + 2 * HOUR);
		await resumeSeries(db, organiser, { id }, NOW + 3 * HOUR);
		await settle(NOW + 3 * HOUR);
		const DAYS = expect.stringContaining(
			'2 buổi của anh/chị: 06/12, 13/12. Buổi đầu:\n10:00 chủ nhật, 06/12/2026\nCổng chợ',
		) as string;
		expect(arrived.map(({ title, text }) => [title, text])).toEqual([
			['Có thay đổi: Dọn bờ sông', DAYS],
			[OFF, DAYS],
			[ON, DAYS],
		]);
	});

	test('hears of its days as early as the most pressing of them asks', async () => {
		await byMail('mai@example.vn', [OWN], resident.personId);
		const { id, days } = await announceThree(NOW, MORNING - HOUR / 2);
		for (const day of [days[0]!, days[2]!]) await join(day.id, resident);
		await settle(NOW);
		// Tomorrow’s morning becomes the last; nobody has heard of it when all are called off.
		const times = { startsAt: days[2]!.startsAt + 3 * DAY, endsAt: days[2]!.endsAt + 3 * DAY };
		await postponeEvent(db, organiser, { id: days[0]!.id, sequence: 0, reason: 'Mưa', ...times }, NIGHT);
		await tick(NIGHT);
		await pause(id, toLocalDate(NOW), NIGHT + MINUTE);
		await tick(NIGHT + MINUTE);
		const early = days[0]!.startsAt - 2 * HOUR;
		await tick(early - 1);
		expect(arrived).toEqual([]);
		for (const minutes of [0, 1, 2]) await tick(early + minutes * MINUTE);
		expect(arrived.map(({ title, text }) => [title, text])).toEqual([
			[OFF, expect.stringContaining('2 buổi của anh/chị: 07/12, 10/12. Buổi đầu:\n05:30 thứ hai')],
		]);
		await settle(MORNING);
		expect(arrived).toHaveLength(1);
	});

	test('that signed up for the first day and the last hears of those two', async () => {
		await byMail('mai@example.vn', [OWN], resident.personId);
		const { id, dates, days } = await announceThree();
		for (const day of [days[0]!, days[2]!]) await join(day.id, resident);
		await settle(NOW);
		await pause(id, dates[0], NOW + HOUR);
		await settle(NOW + HOUR);
		// One of them comes back by itself, then the rest.
		await restore(days[2]!.id, NOW + HOUR + 10 * MINUTE);
		await settle(NOW + HOUR + 10 * MINUTE);
		await resumeSeries(db, organiser, { id }, NOW + 2 * HOUR);
		await settle(NOW + 2 * HOUR);
		const OF = (text: string) => expect.stringContaining(text) as string;
		expect(arrived.map(({ title, text }) => [title, text])).toEqual([
			[OFF, OF('2 buổi của anh/chị: 29/11, 13/12. Buổi đầu:\n10:00 chủ nhật, 29/11/2026')],
			[ON, OF('như đã hẹn:\n10:00 chủ nhật, 13/12/2026')],
			[ON, OF('như đã hẹn:\n10:00 chủ nhật, 29/11/2026')],
		]);
	});

	test('is looked for only among those of whoever signed up', async () => {
		const event = await announce('Dọn bờ sông');
		await join(event, resident);
		await byMail('mai@example.vn', [WARD], resident.personId);
		for (let number = 0; number < 30; number += 1) {
			await byMail(`${number}@example.vn`, [WARD, { kind: 'ward', id: 'kl-2025' }]);
		}
		let rows = 0;
		const counting = db.withPlugin({
			transformQuery: ({ node }) => node,
			transformResult: ({ result }) => {
				rows += result.rows.length;
				return Promise.resolve(result);
			},
		});
		const facts = (await findEventFacts(counting, event))!;
		expect(await listUnreached(counting, facts, { isSample: 0, now: NOW })).toEqual([]);
		expect(rows).toBeLessThan(6);
	});
});
