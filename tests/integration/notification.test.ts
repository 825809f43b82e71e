// News goes out to whoever asked for it, each message once, by mail and by push, at an hour that wakes nobody.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { listChanges } from '#features/cleanup-events/event-change.repository.ts';
import {
	cancelEvent,
	moveEvent,
	postponeEvent,
	undoChange,
} from '#features/cleanup-events/event-change.service.ts';
import { findEvent, listSeriesEvents } from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceSeries, pauseSeries, resumeSeries } from '#features/cleanup-events/event-series.service.ts';
import { remindLeads } from '#features/cleanup-events/report-reminder.service.ts';
import { reportEvent } from '#features/cleanup-events/event-report.service.ts';
import { cancelSignUp, signUp } from '#features/cleanup-events/sign-up.service.ts';
import { openChannels } from '#features/notifications/channel.service.ts';
import {
	changeFollow,
	confirmFollow,
	follow,
	stopAll,
	unfollow,
	type FollowInput,
} from '#features/notifications/follow.service.ts';
import { findEventFacts, listUnreached } from '#features/notifications/audience.repository.ts';
import { stopToken } from '#features/notifications/follow.ts';
import { listNewsOfEvent } from '#features/notifications/news.repository.ts';
import { claimMessages } from '#features/notifications/outbox-message.repository.ts';
import { dueAt, pressingStart } from '#features/notifications/quiet-hours.ts';
import {
	CHANNELS,
	forgetMessages,
	sendMessages,
	type Sending,
} from '#features/notifications/send-messages.service.ts';
import { spreadNews } from '#features/notifications/spread-news.service.ts';
import { readConfig } from '#lib/config.ts';
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
import { linkIn, openMailbox, type Mailbox } from '../support/mailbox.ts';
import { openPushService, PUSH_HOST, type PushService } from '../support/push-service.ts';

const HOUR = DAY / 24;
const MINUTE = HOUR / 60;
const SECRET = randomBytes(32);
const REPORT = { headCount: 5, recyclablesGrams: null, otherWasteGrams: null, remarks: '' };
const PUBLIC_URL = 'https://xanh.example.vn';

describe('a message goes out', () => {
	const at = (time: string, day = '2026-11-28') => localDateTimeToInstant(day, time)!;
	const next = '2026-11-29';
	test.each([
		['at once by day', at('20:59'), undefined, at('20:59')],
		['at once from six', at('06:00'), undefined, at('06:00')],
		['in the morning when it comes at nine in the evening', at('21:00'), undefined, at('06:00', next)],
		['in the morning when it comes at night', at('00:01', next), undefined, at('06:00', next)],
		['in the morning about a morning at eight', at('23:00'), at('08:00', next), at('06:00', next)],
		['two hours before a morning at six', at('23:00'), at('06:00', next), at('04:00', next)],
		['at once when less is left', at('05:10', next), at('06:30', next), at('05:10', next)],
		['in the morning about another day', at('05:10', next), at('06:30', '2026-11-30'), at('06:00', next)],
	])('%s', (_name, now, startsAt, due) => expect(dueAt(now, startsAt)).toBe(due));
	test.each([
		['of an earlier start that people believe in', at('23:00'), at('05:30', next), at('03:30', next)],
		['of the start that stands once the other has long passed', at('23:00'), at('20:59'), at('06:00', next)],
		['at once while they wait where nothing begins', at('23:00'), at('22:30'), at('23:00')],
	])('with a thought %s', (_name, now, believed, due) =>
		expect(dueAt(now, pressingStart(now, { startsAt: believed }, at('09:00', '2026-12-06')))).toBe(due),
	);
});

describeEachEngine('news', (engine) => {
	let db: Db;
	let mailbox: Mailbox;
	let pushService: PushService;
	let organiser: Actor;
	let organisationId: string;
	const ways = { email: true, push: true, pushHosts: [PUSH_HOST] };

	beforeAll(async () => {
		[mailbox, pushService] = await Promise.all([openMailbox(), openPushService()]);
	});
	afterAll(() => Promise.all([mailbox.close(), pushService.close()]));

	const sending = () => ({
		channels: openChannels(
			readConfig({
				...{ DATABASE_URL: 'file::memory:', PUBLIC_URL, SMTP_URL: mailbox.url, PUSH_HOSTS: PUSH_HOST },
				...{ MAIL_FROM: 'Ngôi nhà xanh <tin@xanh.example.vn>', VAPID_KEY: 'A'.repeat(42) + 'E' },
			}),
			pushService.agent,
		),
		secret: SECRET,
		publicUrl: PUBLIC_URL,
	});
	const sendAll = (by: Sending, clock: () => number) =>
		Promise.all(CHANNELS.map((channel) => sendMessages(db, channel, by, clock)));
	/** What the process does every few seconds. */
	const tick = async (now = NOW) => {
		await spreadNews(db, now);
		await sendAll(sending(), () => now);
	};
	/** The subjects of the letters and the titles of the pushes since the last look. */
	const arrived = () => [
		...mailbox.letters.splice(0).map((each) => each.subject),
		...pushService.pushed.splice(0).map((each) => each.payload.title),
	];
	const inputOf = (over: Partial<FollowInput>): FollowInput => ({
		...{ id: uuidv7(NOW), target: { kind: 'ward', name: 'dk-2025' }, kinds: ['new', 'change'] },
		...{ by: { channel: 'email', email: 'mai@example.vn' }, locale: 'vi', ...over },
	});
	const NOBODY = { actor: undefined, deviceAliasId: undefined };
	const byPush = () => ({ by: { channel: 'push' as const, ...pushService.subscribe() } });
	/** Follows by mail and says yes in the letter. */
	const followByMail = async (over: Partial<FollowInput> = {}, actor?: Actor) => {
		await follow(db, SECRET, ways, inputOf(over), { actor, deviceAliasId: undefined }, NOW);
		await sendAll(sending(), () => NOW);
		const letter = mailbox.letters.pop()!;
		const path = `${over.locale === 'en' ? '/en' : ''}/theo-doi/xac-nhan`;
		await confirmFollow(db, SECRET, linkIn(letter, path).split('ma=')[1]!, NOW);
		return letter;
	};
	const announce = async (over: Record<string, unknown> = {}, now = NOW, by = organiser) => {
		const input = {
			...{ id: uuidv7(NOW), organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '' },
			...{ startsAt: NOW + 7 * DAY, endsAt: NOW + 7 * DAY + 3 * HOUR, greenHouseCode: null },
			...{ assemblyPoint: 'Nhà văn hoá khối 6', latitude: 21.846, longitude: 106.762, capacity: null },
			...{ ...PLAIN_EVENT, ...over },
		};
		await announceEvent(db, by, input, now);
		return input;
	};
	const edit = async (input: Awaited<ReturnType<typeof announce>>, over: object, now = NOW) => {
		const { sequence } = (await findEvent(db, input.id))!;
		await editEvent(db, organiser, { ...input, ...over, sequence }, now);
	};
	const cancel = (id: string, now = NOW) => cancelEvent(db, organiser, { id, reason: 'Mưa to' }, now);
	const postpone = async (id: string, startsAt: number, now: number) => {
		const { sequence } = (await findEvent(db, id))!;
		const asked = { id, sequence, reason: 'Mưa to', startsAt, endsAt: startsAt + 3 * HOUR };
		await postponeEvent(db, organiser, asked, now);
	};
	/** Takes back what was changed last. */
	const restore = async (eventId: string, now: number) => {
		const [last] = await listChanges(db, eventId);
		await undoChange(db, organiser, { eventId, changeId: last!.id }, now);
	};
	const counts = async (eventId: string) =>
		(await listNewsOfEvent(db, eventId)).map(({ kind, ...each }) => [
			kind,
			...[each.all, each.sent, each.failed, each.dropped].map(Number),
		]);

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		mailbox.letters.length = 0;
		pushService.pushed.length = 0;
		organisationId = await inTransaction(db, (trx) =>
			insertOrganisation(
				trx,
				{ kind: 'youth_union', name: 'Đoàn phường', adminUnitId: 'dk-2025', isSample: 0 },
				NOW,
			),
		);
		organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
	});

	test('reaches a follower by mail in their language, with a link that stops it at one tap', async () => {
		const asked = await followByMail({ kinds: ['new'] });
		expect(asked.subject).toBe('Xin xác nhận: theo dõi Phường Đông Kinh');
		expect(asked.headers.get('list-unsubscribe')).toBeUndefined();
		const event = await announce({ title: 'Dọn <b>bờ</b> sông' });
		await tick();
		const [letter] = mailbox.letters;
		expect(letter!.subject).toBe('Buổi mới: Dọn <b>bờ</b> sông');
		expect(letter!.from!.text).toBe('"Ngôi nhà xanh" <tin@xanh.example.vn>');
		expect(letter!.html).toBe(false);
		expect(letter!.text).toContain('10:00 chủ nhật, 29/11/2026\nNhà văn hoá khối 6');
		expect(linkIn(letter!, `/chu-nhat-xanh/${(await findEvent(db, event.id))!.slug}`)).toBeTruthy();
		const stop = linkIn(letter!, '/theo-doi/thoi');
		const list = letter!.headers.get('list') as unknown as Record<string, { url?: string; name?: string }>;
		expect(list['unsubscribe']!.url).toBe(PUBLIC_URL + stop);
		expect(list['unsubscribe-post']!.name).toBe('List-Unsubscribe=One-Click');
		await stopAll(db, SECRET, stop.split('ma=')[1]!, NOW);
		await cancel(event.id, NOW + 1);
		await tick(NOW + 1);
		expect(arrived()).toEqual(['Buổi mới: Dọn <b>bờ</b> sông']);
		expect(await db.selectFrom('recipient').select('id').execute()).toEqual([]);
		expect(await counts(event.id)).toEqual([
			['event.cancelled', 0, 0, 0, 0],
			['event.announced', 1, 1, 0, 0],
		]);
	});

	test('reaches a browser, encrypted, under a topic of its own', async () => {
		await follow(db, SECRET, ways, inputOf(byPush()), NOBODY, NOW);
		const event = await announce();
		await tick();
		const [push] = pushService.pushed;
		expect(push!.payload).toMatchObject({ title: 'Buổi mới: Dọn bờ sông', tag: push!.headers['topic'] });
		expect(push!.payload.body).toContain('Nhà văn hoá khối 6');
		expect(push!.payload.path).toBe(`/chu-nhat-xanh/${(await findEvent(db, event.id))!.slug}`);
		expect(push!.headers['content-encoding']).toBe('aes128gcm');
		expect(push!.headers['authorization']).toMatch(/^vapid t=/);
	});

	test.each([404, 410])('ends for a browser whose push service says %i', async (code) => {
		await follow(db, SECRET, ways, inputOf(byPush()), NOBODY, NOW);
		const event = await announce();
		pushService.refuse(code);
		await tick();
		expect(await db.selectFrom('recipient').select('id').execute()).toEqual([]);
		expect(await counts(event.id)).toEqual([['event.announced', 1, 0, 1, 0]]);
		await edit(event, { title: 'Khác' });
		await tick();
		expect(arrived()).toEqual([]);
	});

	test('is of the kinds that somebody chose, of what they follow, once for each address', async () => {
		const house = await makeHouse(db);
		await followByMail({ kinds: ['new'] });
		await followByMail({ target: { kind: 'organisation', name: organisationId } });
		await followByMail({ target: { kind: 'house', name: house.code }, kinds: ['change'] });
		await followByMail({
			target: { kind: 'ward', name: 'kl-2025' },
			by: { channel: 'email', email: 'xa@example.vn' },
		});
		const event = await announce({ greenHouseCode: house.code, latitude: null, longitude: null });
		await tick();
		expect(arrived()).toEqual(['Buổi mới: Dọn bờ sông']);
		await edit(event, { title: 'Dọn bờ suối' }, NOW + 1);
		await tick(NOW + 1);
		expect(arrived()).toEqual(['Có thay đổi: Dọn bờ suối']);
		await cancel(event.id, NOW + 2);
		await tick(NOW + 2);
		await tick(NOW + 2);
		expect(arrived()).toEqual(['Đã huỷ: Dọn bờ suối']);
	});

	/** A series on three Sundays, of which nobody has been told. */
	const announceThree = async () => {
		const dates = [7, 14, 21].map((days) => toLocalDate(NOW + days * DAY));
		const id = uuidv7(NOW);
		const input = {
			...{ id, organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '', ...PLAIN_EVENT },
			...{ startsAt: NOW + 7 * DAY, endsAt: NOW + 7 * DAY + 3 * HOUR, greenHouseCode: null, capacity: null },
			...{ assemblyPoint: 'Nhà văn hoá khối 6', latitude: 21.846, longitude: 106.762 },
			...{ pattern: 'weekly' as const, until: dates[2], dates },
		};
		await announceSeries(db, organiser, input, NOW);
		return { id, dates, days: await listSeriesEvents(db, id) };
	};

	test('of a series that pauses is one letter for who follows the ward, and one for who follows a day', async () => {
		const { id, dates, days } = await announceThree();
		await followByMail({ kinds: ['change'] });
		await followByMail({
			...{ target: { kind: 'event', name: days[2]!.id }, kinds: ['change'] },
			by: { channel: 'email', email: 'ngay-ba@example.vn' },
		});
		await tick();
		arrived();
		await pauseSeries(db, organiser, { id, from: dates[0], until: undefined, reason: 'Lũ' }, NOW + 1);
		await tick(NOW + 1);
		await tick(NOW + 1 + MINUTE);
		const told = mailbox.letters.flatMap(({ to }) => to ?? []).map(({ text }) => text);
		expect(told.sort()).toEqual(['mai@example.vn', 'ngay-ba@example.vn']);
	});

	test('of many days says how many and which, as far as they still hold', async () => {
		const SPAN = (count: number, first: string) =>
			`Cả thảy ${count} buổi, từ ${first}/2026 đến 13/12/2026. Buổi đầu:\n10:00 chủ nhật, ${first}/2026`;
		await followByMail();
		const { id, dates, days } = await announceThree();
		await tick();
		expect(mailbox.letters.splice(0).map(({ text }) => text)).toEqual([
			expect.stringContaining(SPAN(3, '29/11')),
		]);
		const night = localDateTimeToInstant('2026-11-22', '22:00')!;
		await pauseSeries(db, organiser, { id, from: dates[0], until: undefined, reason: 'Lũ, ngập' }, night);
		await tick(night);
		// One day comes back before anybody has heard: the others are still told of.
		await restore(days[0]!.id, night + MINUTE);
		await tick(night + MINUTE);
		await tick(night + 8 * HOUR);
		const [told, ...more] = mailbox.letters.splice(0);
		expect(more).toEqual([]);
		expect(told!.subject).toBe('Đã huỷ: Dọn bờ sông');
		expect(told!.text).toContain(`Lý do: Lũ, ngập\n${SPAN(2, '06/12')}`);
		await resumeSeries(db, organiser, { id }, night + 9 * HOUR);
		await tick(night + 9 * HOUR);
		expect(mailbox.letters.map(({ subject, text }) => [subject, text])).toEqual([
			['Vẫn diễn ra: Dọn bờ sông', expect.stringContaining(SPAN(2, '06/12'))],
		]);
	});

	test('of many days is one letter also for who signed up for several of them', async () => {
		const resident = await makeActor(db, 'school_lead', 'organisation', organisationId);
		const other = await makeActor(db, 'school_lead', 'organisation', organisationId);
		await followByMail({ kinds: ['change'] }, resident);
		const own = { target: { kind: 'own' as const, name: '' }, kinds: ['change'] };
		await followByMail({ ...own, by: { channel: 'email', email: 'kha@example.vn' } }, other);
		const { id, dates, days } = await announceThree();
		const one = { kind: 'person' as const, headCount: 1, phone: null, isSixteen: true, mayWait: true };
		for (const day of days.slice(1)) {
			const device = { secret: 'd'.repeat(43) };
			await signUp(db, day.id, { id: uuidv7(NOW), name: 'Mai', ...one }, device, NOW, resident);
			await signUp(db, day.id, { id: uuidv7(NOW), name: 'Kha', ...one }, device, NOW, other);
		}
		await pauseSeries(db, organiser, { id, from: dates[0], until: undefined, reason: 'Lũ' }, NOW + 1);
		await tick(NOW + 1);
		await tick(NOW + 1 + MINUTE);
		const told = mailbox.letters.flatMap(({ to }) => to ?? []).map(({ text }) => text);
		expect(told.sort()).toEqual(['kha@example.vn', 'mai@example.vn']);
		// Who follows the ward is told of all the days, who signed up for two of them of those.
		const textTo = (name: string) =>
			mailbox.letters.find(({ to }) => (to as { text: string }).text === name)!.text;
		expect(textTo('mai@example.vn')).toContain('Cả thảy 3 buổi, từ 29/11/2026 đến 13/12/2026. Buổi đầu:');
		expect(textTo('kha@example.vn')).toContain(
			'2 buổi của anh/chị: 06/12, 13/12. Buổi đầu:\n10:00 chủ nhật, 06/12/2026',
		);
	});

	test('of one day of a series names no other', async () => {
		await followByMail();
		const { days } = await announceThree();
		await tick();
		arrived();
		await cancelEvent(db, organiser, { id: days[1]!.id, reason: 'Rét đậm. Có sương' }, NOW + 1);
		await tick(NOW + 1);
		expect(mailbox.letters.map(({ text }) => text)).toEqual([
			expect.stringContaining('Lý do: Rét đậm. Có sương\n10:00 chủ nhật, 06/12/2026'),
		]);
	});

	test('says a reason that was chosen in the language of whoever reads', async () => {
		await followByMail({ locale: 'en' });
		const event = await announce();
		await tick();
		arrived();
		await cancelEvent(db, organiser, { id: event.id, reason: 'Mưa bão. Đường ngập' }, NOW + 1);
		await tick(NOW + 1);
		expect(mailbox.letters[0]!.text).toContain('Reason: Storm. Đường ngập');
	});

	test.each(['postponed', 'edited'])(
		'of an early morning that was %s to a later day comes before people leave for it',
		async (how) => {
			await followByMail();
			const start = localDateTimeToInstant('2026-11-29', '05:30')!;
			const event = await announce({ startsAt: start, endsAt: start + 2 * HOUR });
			await tick();
			arrived();
			const [night, later] = [start - 8 * HOUR, start + 4 * HOUR];
			if (how === 'postponed') await postpone(event.id, later, night);
			else await edit(event, { startsAt: later, endsAt: later + HOUR }, night);
			await tick(night);
			// Moved once more before anybody has heard of it: people still believe in the first hour.
			await postpone(event.id, start + 7 * DAY, night + MINUTE);
			await tick(night + MINUTE);
			await tick(start - 2 * HOUR - 1);
			expect(arrived()).toEqual([]);
			await tick(start - 2 * HOUR);
			expect(mailbox.letters[0]!.text).toContain('05:30 chủ nhật, 06/12/2026');
			expect(arrived()).toEqual(['Có thay đổi: Dọn bờ sông']);
		},
	);

	test('of a change that comes after another was told waits for the morning', async () => {
		await followByMail();
		const start = localDateTimeToInstant('2026-11-29', '05:30')!;
		const event = await announce({ startsAt: start, endsAt: start + 2 * HOUR });
		await tick();
		const evening = start - 9.5 * HOUR;
		await postpone(event.id, start + 4 * HOUR, evening);
		await tick(evening);
		arrived();
		await postpone(event.id, start + 7 * DAY, evening + 2 * HOUR);
		await tick(evening + 2 * HOUR);
		await tick(start - 2 * HOUR);
		expect(arrived()).toEqual([]);
		await tick(start + HOUR / 2);
		expect(arrived()).toEqual(['Có thay đổi: Dọn bờ sông']);
	});

	describe('by push of what is a person’s own', () => {
		const OWN = { target: { kind: 'own' as const, name: '' }, kinds: ['change'] };
		const WARD = { kinds: ['change'] };
		let resident: Actor;
		let sessionId: string;
		let event: Awaited<ReturnType<typeof announce>>;
		let browser: ReturnType<typeof byPush>;

		const followHere = async (over: object, session: string | undefined = sessionId) => {
			const follower = { actor: resident, deviceAliasId: undefined, sessionId: session };
			await follow(db, SECRET, ways, inputOf({ ...browser, ...over }), follower, NOW);
		};
		const change = async (title: string, now: number) => {
			await edit(event, { title }, now);
			await tick(now);
			return arrived();
		};

		beforeEach(async () => {
			resident = await makeActor(db, 'school_lead', 'organisation', organisationId);
			sessionId = await openSession(db, resident.personId);
			browser = byPush();
			event = await announce();
			const one = { kind: 'person' as const, name: 'Mai', phone: null, isSixteen: true, mayWait: true };
			const device = { secret: 'e'.repeat(43) };
			await signUp(db, event.id, { id: uuidv7(NOW), headCount: 1, ...one }, device, NOW, resident);
			await tick();
		});

		test.each<[string, () => Promise<unknown>]>([
			['they signed out', () => db.deleteFrom('session').where('id', '=', sessionId).execute()],
			['the session lapsed', () => db.updateTable('session').set({ expiresAt: NOW }).execute()],
			[
				'the session is too old',
				() =>
					db
						.updateTable('session')
						.set({ createdAt: NOW - 90 * DAY })
						.execute(),
			],
			[
				'another signed in there',
				async () => {
					await db.deleteFrom('session').execute();
					await openSession(db, organiser.personId, sessionId);
				},
			],
		])('nothing arrives after %s', async (_name, end) => {
			await followHere(OWN);
			await followHere({ target: { kind: 'event', name: event.id }, kinds: ['change'] });
			expect(await change('Một', NOW + 1)).toEqual(['Có thay đổi: Một']);
			await end();
			expect(await change('Hai', NOW + 2)).toEqual([]);
			// A ward that they follow is no way to tell of what they were told of before.
			await followHere({ target: { kind: 'ward', name: 'kl-2025' }, ...WARD }, undefined);
			expect(await change('Ba', NOW + 3)).toEqual([]);
			expect(await counts(event.id)).toContainEqual(['event.changed', 0, 0, 0, 0]);
		});

		test('what waits is not sent after they signed out', async () => {
			await followHere(OWN);
			const night = localDateTimeToInstant('2026-11-22', '22:00')!;
			expect(await change('Một', night)).toEqual([]);
			await db.deleteFrom('session').execute();
			await tick(night + 8 * HOUR);
			expect(arrived()).toEqual([]);
			expect((await counts(event.id))[0]).toEqual(['event.changed', 1, 0, 0, 1]);
		});

		test('goes on when they have signed in again and asked again, and of a ward all along', async () => {
			await followHere(WARD);
			await db.deleteFrom('session').execute();
			expect(await change('Một', NOW + 1)).toEqual(['Có thay đổi: Một']);
			await followHere(WARD, await openSession(db, resident.personId));
			const [row] = await db.selectFrom('recipient').select('id').execute();
			const ward = await db
				.selectFrom('follow')
				.select('id')
				.where('recipientId', '=', row!.id)
				.where('targetKind', '=', 'ward')
				.executeTakeFirstOrThrow();
			await unfollow(db, SECRET, { actor: resident }, ward.id, NOW);
			expect(await change('Hai', NOW + 2)).toEqual(['Có thay đổi: Hai']);
		});
	});

	test('that waits is not sent to who has stopped following, and is to who follows it otherwise', async () => {
		const house = await makeHouse(db);
		await followByMail();
		await followByMail({ by: { channel: 'email', email: 'kha@example.vn' } });
		await followByMail({
			...{ target: { kind: 'house' as const, name: house.code } },
			by: { channel: 'email', email: 'kha@example.vn' },
		});
		await followByMail({ by: { channel: 'email', email: 'lan@example.vn' } });
		const event = await announce({ greenHouseCode: house.code, latitude: null, longitude: null });
		await tick();
		arrived();
		const night = localDateTimeToInstant('2026-11-22', '22:00')!;
		await cancel(event.id, night);
		await tick(night);
		const follows = await db
			.selectFrom('follow')
			.innerJoin('recipient', 'recipient.id', 'follow.recipientId')
			.select(['follow.id', 'address', 'recipientId'])
			.where('targetKind', '=', 'ward')
			.execute();
		const tokenOf = (id: string) => ({ token: stopToken(SECRET, id) });
		for (const { id, address, recipientId } of follows) {
			if (address !== 'lan@example.vn') await unfollow(db, SECRET, tokenOf(recipientId), id, night + MINUTE);
			else await changeFollow(db, SECRET, tokenOf(recipientId), { id, kinds: ['new'] });
		}
		await tick(night + 8 * HOUR);
		expect(mailbox.letters.map(({ to }) => (to as { text: string }).text)).toEqual(['kha@example.vn']);
		expect((await counts(event.id))[0]).toEqual(['event.cancelled', 3, 1, 0, 2]);
	});

	test('cannot be told by the portal to who signed up and asked for none', async () => {
		const event = await announce();
		const person = (name: string) => ({
			...{ id: uuidv7(NOW), kind: 'person' as const, name, headCount: 1, phone: null },
			...{ isSixteen: true, mayWait: true },
		});
		const resident = await makeActor(db, 'school_lead', 'organisation', organisationId);
		const sessionId = await openSession(db, resident.personId);
		const secrets = ['d', 'e', 'f', 'g'].map((each) => ({ secret: each.repeat(43) }));
		await signUp(db, event.id, person('Lan'), secrets[0]!, NOW);
		await signUp(db, event.id, person('Mai'), secrets[1]!, NOW, resident);
		await signUp(db, event.id, person('Kha'), secrets[2]!, NOW);
		const gone = await signUp(db, event.id, person('Thôi'), secrets[3]!, NOW);
		await cancelSignUp(db, { token: gone.token }, NOW);
		const names = async () => {
			const facts = (await findEventFacts(db, event.id))!;
			return (await listUnreached(db, facts, { isSample: 0, now: NOW })).map(({ name }) => name).sort();
		};
		expect(await names()).toEqual(['Kha', 'Lan', 'Mai']);
		const deviceAliasId = (await findDeviceAlias(db, secrets[0]!.secret))!.id;
		const target = { kind: 'event' as const, name: event.id };
		const lan = { actor: undefined, deviceAliasId };
		await follow(db, SECRET, ways, inputOf({ ...byPush(), target, kinds: ['change'] }), lan, NOW);
		const own = { target: { kind: 'own' as const, name: '' }, kinds: ['change'] };
		const mai = { actor: resident, deviceAliasId: undefined, sessionId };
		await follow(db, SECRET, ways, inputOf({ ...byPush(), ...own }), mai, NOW);
		expect(await names()).toEqual(['Kha']);
		await db.deleteFrom('session').execute();
		expect(await names()).toEqual(['Kha', 'Mai']);
	});

	test('of what somebody signed up for reaches their account, and the household that follows the event', async () => {
		const resident = await makeActor(db, 'school_lead', 'organisation', organisationId);
		await followByMail({ target: { kind: 'own', name: '' }, kinds: ['change'] }, resident);
		const event = await announce({ capacity: 2 });
		const one = { kind: 'person' as const, phone: null, isSixteen: true, mayWait: true };
		const device = { secret: 'd'.repeat(43) };
		const holder = { id: uuidv7(NOW), name: 'Lan', headCount: 2, ...one };
		const first = await signUp(db, event.id, holder, device, NOW);
		await signUp(
			db,
			event.id,
			{ id: uuidv7(NOW), name: 'Mai', headCount: 2, ...one },
			{ secret: 'e'.repeat(43) },
			NOW,
			resident,
		);
		await tick();
		expect(arrived()).toEqual([]);
		await cancelSignUp(db, { token: first.token }, NOW);
		await tick();
		expect(arrived()).toEqual(['Có chỗ cho anh/chị: Dọn bờ sông']);
		await cancel(event.id, NOW + 1);
		await tick(NOW + 1);
		expect(arrived()).toEqual(['Đã huỷ: Dọn bờ sông']);
	});

	test('of a place that has come free reaches what the household that waits follows the event by, and nobody else', async () => {
		const event = await announce({ capacity: 2 });
		const one = { kind: 'person' as const, phone: null, isSixteen: true, mayWait: true, headCount: 2 };
		const secrets = ['d', 'e', 'f'].map((each) => ({ secret: each.repeat(43) }));
		const first = await signUp(db, event.id, { id: uuidv7(NOW), name: 'Lan', ...one }, secrets[0]!, NOW);
		await signUp(db, event.id, { id: uuidv7(NOW), name: 'Mai', ...one }, secrets[1]!, NOW);
		await signUp(db, event.id, { id: uuidv7(NOW), name: 'Kha', ...one }, secrets[2]!, NOW);
		const target = { kind: 'event' as const, name: event.id };
		const paths: string[] = [];
		for (const { secret } of secrets) {
			const alias = await findDeviceAlias(db, secret);
			const input = inputOf({ ...byPush(), target, kinds: ['change'] });
			if (input.by.channel === 'push') paths.push(new URL(input.by.endpoint).pathname);
			await follow(db, SECRET, ways, input, { actor: undefined, deviceAliasId: alias!.id }, NOW);
		}
		await cancelSignUp(db, { token: first.token }, NOW);
		await tick();
		expect(pushService.pushed.map(({ path }) => path)).toEqual([paths[1]]);
		expect(arrived()).toEqual(['Có chỗ cho anh/chị: Dọn bờ sông']);
	});

	test('that waits for the morning is not sent when it no longer holds', async () => {
		await followByMail();
		const night = localDateTimeToInstant('2026-11-22', '22:00')!;
		const morning = localDateTimeToInstant('2026-11-23', '06:00')!;
		const [gone, changed] = [
			await announce({ title: 'Buổi một' }, night),
			await announce({ title: 'Buổi hai' }, night),
		];
		await tick(night);
		await cancel(gone.id, night + MINUTE);
		await edit(changed, { title: 'Buổi hai, giờ mới' }, night + MINUTE);
		await tick(night + MINUTE);
		expect(arrived()).toEqual([]);
		await tick(morning);
		// The news of its cancellation waits until it is known whether its announcement goes out.
		await tick(morning + MINUTE);
		// Who hears of an event only now hears of it as it stands.
		expect(arrived()).toEqual(['Buổi mới: Buổi hai, giờ mới', 'Đã huỷ: Buổi một']);
		expect(await counts(gone.id)).toEqual([
			['event.cancelled', 1, 1, 0, 0],
			['event.announced', 1, 0, 0, 1],
		]);
	});

	test('of a change that was undone before anybody heard of it is not sent, and neither is that it was undone', async () => {
		await followByMail();
		const event = await announce();
		await tick();
		arrived();
		const night = localDateTimeToInstant('2026-11-22', '22:00')!;
		const morning = localDateTimeToInstant('2026-11-23', '06:00')!;
		await cancel(event.id, night);
		await tick(night);
		await restore(event.id, night + MINUTE);
		await tick(night + MINUTE);
		await tick(morning);
		expect(arrived()).toEqual([]);
		await cancel(event.id, morning + MINUTE);
		await tick(morning + MINUTE);
		await restore(event.id, morning + 2 * MINUTE);
		await tick(morning + 2 * MINUTE);
		expect(arrived()).toEqual(['Đã huỷ: Dọn bờ sông', 'Vẫn diễn ra: Dọn bờ sông']);
	});

	test('of a postponement is sent although a cancellation came after it, and was taken back', async () => {
		await followByMail();
		const event = await announce();
		await tick();
		arrived();
		const night = localDateTimeToInstant('2026-11-22', '21:30')!;
		const morning = localDateTimeToInstant('2026-11-23', '06:00')!;
		await postpone(event.id, NOW + 8 * DAY, night);
		await tick(night);
		await cancel(event.id, night + MINUTE);
		await tick(night + MINUTE);
		await restore(event.id, night + 2 * MINUTE);
		await tick(night + 2 * MINUTE);
		await tick(morning);
		expect(arrived()).toEqual(['Có thay đổi: Dọn bờ sông']);
		// The change that is taken back is not the one they were told of.
		await cancel(event.id, night + DAY);
		await tick(night + DAY);
		await restore(event.id, night + DAY + MINUTE);
		await tick(night + DAY + MINUTE);
		await tick(morning + DAY);
		expect(arrived()).toEqual([]);
	});

	test.each(['moved', 'edited'])(
		'of a morning that was %s away reaches who follows the old place',
		async (how) => {
			const [from, to] = [await makeHouse(db), await makeHouse(db)];
			await followByMail({ target: { kind: 'house', name: from.code } });
			const event = await announce({ greenHouseCode: from.code, latitude: null, longitude: null });
			await tick();
			const place = { greenHouseCode: to.code, assemblyPoint: 'Cổng chợ', latitude: null, longitude: null };
			if (how === 'edited') await edit(event, place, NOW + 1);
			else
				await moveEvent(db, organiser, { id: event.id, sequence: 0, reason: 'Đường lầy', ...place }, NOW + 1);
			await tick(NOW + 1);
			if (how === 'moved') await restore(event.id, NOW + 2);
			else await cancel(event.id, NOW + 2);
			await tick(NOW + 2);
			expect(arrived()).toEqual([
				...['Buổi mới: Dọn bờ sông', 'Có thay đổi: Dọn bờ sông'],
				`${how === 'moved' ? 'Vẫn diễn ra' : 'Đã huỷ'}: Dọn bờ sông`,
			]);
		},
	);

	test('of an early start is sent where the announcement would come too late', async () => {
		await followByMail();
		const night = localDateTimeToInstant('2026-11-22', '21:30')!;
		const start = localDateTimeToInstant('2026-11-23', '06:00')!;
		const event = await announce({ startsAt: start, endsAt: start + 3 * HOUR }, night);
		await tick(night);
		await postpone(event.id, start - HOUR, night + HOUR);
		await tick(night + HOUR);
		await tick(start - 3 * HOUR);
		await tick(start);
		expect(arrived()).toEqual(['Có thay đổi: Dọn bờ sông']);
	});

	test('comes before an early morning that is called off at night', async () => {
		await followByMail();
		const start = localDateTimeToInstant('2026-11-29', '06:00')!;
		const event = await announce({ startsAt: start, endsAt: start + 2 * HOUR });
		await tick();
		arrived();
		await cancel(event.id, start - 7 * HOUR);
		await tick(start - 7 * HOUR);
		expect(arrived()).toEqual([]);
		await tick(start - 2 * HOUR);
		expect(arrived()).toEqual(['Đã huỷ: Dọn bờ sông']);
	});

	test('wakes nobody when it was late or a try failed, and no try is counted for waiting', async () => {
		await followByMail();
		const evening = localDateTimeToInstant('2026-11-22', '20:59')!;
		const morning = localDateTimeToInstant('2026-11-23', '06:00')!;
		await announce({ title: 'Lần hai' }, evening);
		mailbox.refuse(451);
		await tick(evening);
		await announce({ title: 'Lần đầu' }, evening);
		await spreadNews(db, evening);
		for (const minutes of [1, 2, 30]) await tick(evening + minutes * MINUTE);
		expect(arrived()).toEqual([]);
		const waiting = db.selectFrom('outboxMessage').select(['tries', 'dueAt']).where('sentAt', 'is', null);
		expect(await waiting.orderBy('tries').execute()).toEqual([
			{ tries: 0, dueAt: morning },
			{ tries: 1, dueAt: morning },
		]);
		await tick(morning);
		expect(arrived().toSorted()).toEqual(['Buổi mới: Lần hai', 'Buổi mới: Lần đầu'].toSorted());
	});

	test('by push does not wait for a mail server, and what a slow one leaves is taken anew', async () => {
		await followByMail();
		await follow(db, SECRET, ways, inputOf(byPush()), NOBODY, NOW);
		for (const title of ['Một', 'Hai']) await announce({ title });
		await spreadNews(db, NOW);
		let now = NOW;
		const { channels, ...rest } = sending();
		const order: string[] = [];
		const email = async () => {
			await vi.waitFor(() => expect(pushService.pushed).toHaveLength(2));
			const leases = await db.selectFrom('outboxMessage').select('leaseUntil').execute();
			expect(Math.max(...leases.map((each) => each.leaseUntil ?? 0)) - now).toBe(10 * MINUTE);
			now += 8 * MINUTE;
			order.push('email');
		};
		await sendAll({ ...rest, channels: { ...channels, email } }, () => now);
		expect(order).toHaveLength(2);
		expect(await db.selectFrom('outboxMessage').select('tries').where('tries', '<>', 1).execute()).toEqual(
			[],
		);
	});

	test('that cannot be spread holds up no other', async () => {
		await followByMail();
		const [broken, whole] = [await announce({ title: 'Hỏng' }), await announce({ title: 'Lành' })];
		await tick();
		arrived();
		await postpone(broken.id, NOW + 8 * DAY, NOW + 1);
		const change = await db.selectFrom('eventChange').selectAll().executeTakeFirstOrThrow();
		await db
			.insertInto('eventChange')
			.values({ ...change, id: uuidv7(NOW), sequence: 9, stood: '{' })
			.execute();
		await cancel(whole.id, NOW + 2);
		// eslint-disable-next-line no-console -- what the process logged
		const log = vi.mocked(console.error).mockImplementation(() => {});
		await tick(NOW + 2);
		expect(log.mock.calls.splice(0)).toEqual([
			[expect.stringContaining('could not be spread'), expect.any(SyntaxError)],
		]);
		expect(arrived()).toEqual(['Đã huỷ: Lành']);
	});

	test('goes out once from processes that work at the same time', async () => {
		for (let number = 0; number < 25; number += 1)
			await follow(db, SECRET, ways, inputOf(byPush()), NOBODY, NOW);
		const event = await announce();
		await Promise.all([tick(), tick(), tick()]);
		await tick();
		expect(new Set(pushService.pushed.map(({ path }) => path)).size).toBe(25);
		expect(arrived()).toHaveLength(25);
		expect(await counts(event.id)).toEqual([['event.announced', 25, 25, 0, 0]]);
	});

	test('that a process took before it stopped goes out when its lease is over, under the same id', async () => {
		await followByMail();
		await announce();
		await spreadNews(db, NOW);
		const take = (now: number) =>
			inTransaction(db, (trx) =>
				claimMessages(trx, { channel: 'email', now, leaseUntil: now + 10 * MINUTE, limit: 10 }),
			);
		expect(await take(NOW)).toHaveLength(1);
		await tick(NOW + 9 * MINUTE);
		expect(arrived()).toEqual([]);
		await tick(NOW + 10 * MINUTE);
		const [letter] = mailbox.letters;
		expect(arrived()).toEqual(['Buổi mới: Dọn bờ sông']);
		// It stopped after sending, before it could say so.
		await db.updateTable('outboxMessage').set({ sentAt: null }).execute();
		await tick(NOW + 30 * MINUTE);
		expect(mailbox.letters[0]!.messageId).toBe(letter!.messageId);
	});

	test('is tried again later and later, and then has failed for all to see', async () => {
		await followByMail();
		const event = await announce();
		mailbox.refuse(...Array<number>(6).fill(451));
		await tick();
		let now = NOW;
		for (const minutes of [1, 5, 30, 120, 360]) {
			const tries = () => db.selectFrom('outboxMessage').select('tries').where('newsId', 'is not', null);
			const before = await tries().executeTakeFirstOrThrow();
			now += minutes * MINUTE;
			await tick(now - 1);
			expect(await tries().executeTakeFirstOrThrow()).toEqual(before);
			await tick(now);
		}
		await tick(now + DAY);
		expect(arrived()).toEqual([]);
		expect(await counts(event.id)).toEqual([['event.announced', 1, 0, 1, 0]]);
	});

	test('that a mailbox refuses for good is not tried again', async () => {
		await followByMail();
		const event = await announce();
		mailbox.refuse(550);
		await tick();
		await tick(NOW + DAY);
		expect(arrived()).toEqual([]);
		expect(await counts(event.id)).toEqual([['event.announced', 1, 0, 1, 0]]);
		expect(
			await db.selectFrom('outboxMessage').select('error').where('error', 'is not', null).execute(),
		).toEqual([{ error: 'smtp-550' }]);
	});

	test('of samples reaches sample people alone, and theirs is of samples alone', async () => {
		const sampleUnion = await inTransaction(db, (trx) =>
			insertOrganisation(
				trx,
				{ kind: 'youth_union', name: 'Đoàn (mẫu)', adminUnitId: 'dk-2025', isSample: 1 },
				NOW,
			),
		);
		const sample = await makeActor(db, 'organiser', 'organisation', sampleUnion, 1);
		await followByMail();
		await followByMail({ by: { channel: 'email', email: 'mau@example.vn' } }, sample);
		await announce();
		await announce({ organisationId: sampleUnion, title: 'Buổi (mẫu)' }, NOW, sample);
		await tick();
		const got = mailbox.letters.map(({ to, subject }) => [(to as { text: string }).text, subject]).sort();
		expect(got).toEqual([
			['mai@example.vn', 'Buổi mới: Dọn bờ sông'],
			['mau@example.vn', 'Buổi mới: Buổi (mẫu)'],
		]);
	});

	test('of a report that is missing reaches who leads, once, until there is one', async () => {
		await followByMail({ target: { kind: 'own', name: '' }, kinds: ['reminder'] }, organiser);
		const first = await announce({ title: 'Có báo cáo', startsAt: NOW + HOUR, endsAt: NOW + 2 * HOUR });
		await announce({ title: 'Chưa có', startsAt: NOW + HOUR, endsAt: NOW + 2 * HOUR });
		await remindLeads(db, NOW + 2 * DAY);
		await tick(NOW + 2 * DAY);
		expect(arrived()).toEqual([]);
		const late = NOW + 2 * DAY + 2 * HOUR;
		await remindLeads(db, late);
		await reportEvent(db, organiser, { ...REPORT, id: first.id }, late);
		await remindLeads(db, late);
		await tick(late);
		await tick(late + DAY);
		expect(arrived()).toEqual(['Chưa có báo cáo: Chưa có']);
	});

	test('of a house that several found full reaches its steward, while it is full', async () => {
		const house = await makeHouse(db);
		const steward = await makeActor(db, 'steward', 'house', house.id);
		const other = await makeActor(db, 'steward', 'house', (await makeHouse(db)).id);
		await followByMail({ target: { kind: 'own', name: '' }, kinds: ['full'] }, steward);
		await followByMail(
			{
				target: { kind: 'own', name: '' },
				kinds: ['full'],
				by: { channel: 'email', email: 'kha@example.vn' },
			},
			other,
		);
		const raise = (id: string) =>
			db
				.insertInto('houseAlert')
				.values({ id, greenHouseId: house.id, kind: 'full', raisedAt: NOW, endedAt: null, isSample: 0 })
				.execute();
		await raise(uuidv7(NOW));
		await tick();
		await tick();
		expect(mailbox.letters.map(({ to }) => (to as { text: string }).text)).toEqual(['mai@example.vn']);
		expect(arrived()).toEqual([expect.stringMatching(/^Nhà đầy: .*\(NNX-\d+\)$/)]);
		await db.updateTable('houseAlert').set({ endedAt: NOW }).execute();
		await raise(uuidv7(NOW));
		await spreadNews(db, NOW);
		await db.updateTable('houseAlert').set({ endedAt: NOW }).execute();
		await tick();
		expect(arrived()).toEqual([]);
	});

	test('leaves no address behind, and no message after ninety days', async () => {
		await followByMail();
		await announce();
		await tick();
		const rows = await db.selectFrom('outboxMessage').select(['address', 'content', 'sentAt']).execute();
		expect(rows).toEqual(Array(2).fill({ address: null, content: null, sentAt: NOW }));
		await forgetMessages(db, NOW + 90 * DAY);
		expect(await db.selectFrom('outboxMessage').select('id').execute()).toHaveLength(2);
		await forgetMessages(db, NOW + 90 * DAY + 1);
		expect(await db.selectFrom('outboxMessage').select('id').execute()).toEqual([]);
		expect(await db.selectFrom('recipient').select('id').execute()).toHaveLength(1);
	});
});
