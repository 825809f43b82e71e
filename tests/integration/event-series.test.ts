// Green Sundays that come again: each day an event of its own, written, changed and signed up for together.
import ICAL from 'ical.js';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import type { EventInput, SignUpInput } from '#features/cleanup-events/cleanup-event.ts';
import {
	findEvent,
	listFeedEvents,
	listSeriesEvents,
} from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { toAtom } from '#features/cleanup-events/event-atom.ts';
import { toCalendar } from '#features/cleanup-events/event-calendar.ts';
import { listChanges } from '#features/cleanup-events/event-change.repository.ts';
import { cancelEvent, postponeEvent, undoChange } from '#features/cleanup-events/event-change.service.ts';
import { parseFeedFilter } from '#features/cleanup-events/event-feed.ts';
import {
	MAX_SERIES_DAYS,
	onDay,
	planDates,
	seriesDates,
	skippedDates,
} from '#features/cleanup-events/event-series.ts';
import { findSeries } from '#features/cleanup-events/event-series.repository.ts';
import {
	announceSeries,
	editFollowing,
	extendSeries,
	pauseSeries,
	resumeSeries,
	type SeriesInput,
} from '#features/cleanup-events/event-series.service.ts';
import { signUpForSeries } from '#features/cleanup-events/series-sign-up.service.ts';
import { listSignUps } from '#features/cleanup-events/sign-up.repository.ts';
import type { Db } from '#lib/db.ts';
import type { DomainError } from '#lib/errors.ts';
import { createTranslator } from '#lib/i18n.ts';
import { addDays, localDateTimeToInstant, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { digest, expectNothingWritten } from '../support/snapshot.ts';

const HOUR = DAY / 24;
/** A Sunday, the first of its month. */
const FIRST = '2026-12-06';
const UNTIL = '2027-01-03';
const SUNDAYS = ['2026-12-06', '2026-12-13', '2026-12-20', '2026-12-27', '2027-01-03'];
const startsAt = localDateTimeToInstant(FIRST, '06:30')!;
const words = { t: createTranslator('vi'), locale: 'vi' as const, publicUrl: 'https://nha-xanh.example' };
const deviceOf = (name: string | number) => ({ secret: String(name).padEnd(43, 'x') });

test('weekly days are a week apart; monthly ones keep weekday and week, whichever weekday it is', () => {
	expect(seriesDates(FIRST, 'weekly', UNTIL)).toEqual(SUNDAYS);
	expect(seriesDates(FIRST, 'monthly', '2027-05-31')).toEqual([
		...['2026-12-06', '2027-01-03', '2027-02-07', '2027-03-07', '2027-04-04', '2027-05-02'],
	]);
	// The third Saturday.
	expect(seriesDates('2026-12-19', 'monthly', '2027-02-28')).toEqual([
		'2026-12-19',
		'2027-01-16',
		'2027-02-20',
	]);
	expect(() => seriesDates('2026-12-29', 'monthly', '2027-05-31')).toThrow('fifthWeek');
	// Tết 2027 is 6 February: that Sunday is left out at first, and only then.
	const planned = planDates(seriesDates(FIRST, 'weekly', '2027-02-28'), undefined);
	expect(planned.filter(({ isTaken }) => !isTaken).map(({ date }) => date)).toEqual(['2027-02-07']);
	expect(planDates(['2027-02-07'], ['2027-02-07'])).toMatchObject([{ isTaken: true, holiday: 'tet' }]);
});

test('whatever the first day, a series keeps its weekday, one day a week or a month, and never passes its end', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 3000 }),
			fc.integer({ min: 1, max: MAX_SERIES_DAYS }),
			fc.constantFrom('weekly' as const, 'monthly' as const),
			(from, length, pattern) => {
				const first = addDays('2026-01-01', from);
				const until = addDays(first, length);
				if (pattern === 'monthly' && Number(first.slice(8)) > 28) return;
				const days = seriesDates(first, pattern, until);
				const weekday = (date: string) => new Date(`${date}T00:00:00Z`).getUTCDay();
				expect(days[0]).toBe(first);
				expect(days.length).toBeLessThanOrEqual(27);
				expect(days.every((date) => date <= until && weekday(date) === weekday(first))).toBe(true);
				expect(new Set(days).size).toBe(days.length);
				if (pattern === 'monthly')
					expect(new Set(days.map((date) => date.slice(0, 7))).size).toBe(days.length);
				else expect(days.length).toBe(Math.floor(length / 7) + 1);
			},
		),
	);
});

test('a day to come without an event is named, whether it was left out or moved', () => {
	const series = { firstOn: FIRST, pattern: 'weekly' as const, untilOn: UNTIL };
	const on = (date: string) => ({ startsAt: localDateTimeToInstant(date, '06:30')! });
	const events = [on('2026-12-06'), on('2026-12-13'), on('2026-12-21'), on('2027-01-03')];
	expect(skippedDates(series, events, FIRST)).toEqual(['2026-12-20', '2026-12-27']);
	expect(skippedDates(series, events, '2026-12-21')).toEqual(['2026-12-27']);
});

test('the hours stay, also past midnight', () => {
	const night = { startsAt: startsAt + 16 * HOUR, endsAt: startsAt + 20 * HOUR };
	expect(onDay(night, '2026-12-13')).toEqual({
		startsAt: night.startsAt + 7 * DAY,
		endsAt: night.endsAt + 7 * DAY,
	});
});

describeEachEngine('a series of Green Sundays', (engine) => {
	let db: Db;
	let organiser: Actor;
	const input = (over: Partial<SeriesInput> = {}): SeriesInput => ({
		...{ id: uuidv7(NOW), organisationId: 'doan', title: 'Dọn bờ sông', description: '', ...PLAIN_EVENT },
		...{ startsAt, endsAt: startsAt + 3 * HOUR, greenHouseCode: null, whatToBring: 'Chổi' },
		...{ assemblyPoint: 'Nhà văn hoá khối 6', latitude: null, longitude: null, capacity: 30 },
		...{ needs: [{ label: 'xẻng', wanted: 10 }], sections: [{ unit: 'Chi đoàn 3', place: 'cầu' }] },
		...{ pattern: 'weekly', until: UNTIL, dates: SUNDAYS.filter((date) => date !== '2026-12-20') },
		...over,
	});
	const announce = async (over: Partial<SeriesInput> = {}) => {
		const each = input(over);
		await announceSeries(db, organiser, each, NOW);
		return { each, id: each.id, days: await listSeriesEvents(db, each.id) };
	};
	const datesOf = async (id: string) =>
		(await listSeriesEvents(db, id)).map((each) => [toLocalDate(each.startsAt), each.status]);
	const news = async () =>
		(await db.selectFrom('news').select('dedupeKey').execute()).map(({ dedupeKey }) => dedupeKey);
	const person = (name: string, headCount: number, over: Partial<SignUpInput> = {}): SignUpInput => ({
		...{ id: uuidv7(NOW), kind: 'unit', name, headCount, phone: null, isSixteen: true, mayWait: false },
		...over,
	});
	const expectSame = async (work: () => Promise<unknown>) => {
		const before = await digest(db);
		await work();
		expect(await digest(db)).toEqual(before);
	};
	const editOf = ({ pattern: _, until: __, dates: ___, ...each }: SeriesInput): EventInput => each;

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		const organisation = {
			id: 'doan',
			kind: 'youth_union' as const,
			name: 'Đoàn phường',
			isSample: 0 as const,
		};
		await db
			.insertInto('organisation')
			.values({ ...organisation, adminUnitId: 'tt-2025', validFrom: null, validTo: null })
			.execute();
		organiser = await makeActor(db, 'organiser', 'organisation', 'doan');
	});

	test('is announced at once: an event for each day but those left out, one piece of news', async () => {
		const { each, id, days } = await announce();
		expect(days.map(({ slug }) => slug)).toEqual([
			...[
				'don-bo-song-2026-12-06',
				'don-bo-song-2026-12-13',
				'don-bo-song-2026-12-27',
				'don-bo-song-2027-01-03',
			],
		]);
		expect(days[3]).toMatchObject({ sequence: 0, isApart: 0, capacity: 30, wardNameVi: 'Phường Tam Thanh' });
		expect(days.map((day) => day.endsAt - day.startsAt)).toEqual([3, 3, 3, 3].map((hours) => hours * HOUR));
		expect(await news()).toEqual([`event.announced:${days[0]!.id}:0`]);
		// The same form once more, also twice at a time.
		await expectSame(() => announceSeries(db, organiser, each, NOW));
		const twice = input();
		await Promise.all([1, 2, 3].map(() => announceSeries(db, organiser, twice, NOW)));
		expect(await listSeriesEvents(db, twice.id)).toHaveLength(4);
		const other = () => announceSeries(db, organiser, { ...each, title: 'Khác' }, NOW);
		expect(await expectNothingWritten(db, other)).toMatchObject({ key: 'sameIdOtherContent' });
		expect(await findSeries(db, id)).toMatchObject({ firstOn: FIRST, untilOn: UNTIL, pattern: 'weekly' });
	});

	test('its feeds hold its days alone, read by a parser that is not ours', async () => {
		const { id } = await announce();
		const single = { ...editOf(input()), id: uuidv7(NOW), title: 'Buổi khác' };
		await announceEvent(db, organiser, single, NOW);
		const filter = parseFeedFilter(new URLSearchParams(`series=${id}`));
		const { name, events } = await listFeedEvents(db, filter, NOW);
		expect(name).toBe('Dọn bờ sông');
		const read = new ICAL.Component(ICAL.parse(toCalendar(events, name!, words)) as unknown[])
			.getAllSubcomponents('vevent')
			.map((each) => new ICAL.Event(each));
		expect(read.map((each) => each.startDate.toString()).sort()).toEqual([
			...['2026-12-06T06:30:00', '2026-12-13T06:30:00', '2026-12-27T06:30:00', '2027-01-03T06:30:00'],
		]);
		expect(new Set(read.map(({ uid }) => uid)).size).toBe(4);
		const atom = toAtom(events, { title: 'x', self: 'https://x', now: NOW, reports: new Map() }, words);
		expect(atom.match(/<entry>/g)).toHaveLength(4);
		expect(() => parseFeedFilter(new URLSearchParams('series=1'))).toThrow('unknownSeries');
		const unknown = () => listFeedEvents(db, { seriesId: uuidv7(NOW) }, NOW);
		expect(await expectNothingWritten(db, unknown)).toMatchObject({ kind: 'NOT_FOUND' });
	});

	test('this and the following are edited but for their day; those edited apart stay', async () => {
		const { each, days, id } = await announce();
		const edit = editOf(each);
		await editEvent(
			db,
			organiser,
			{ ...edit, ...onDay(each, '2026-12-27'), id: days[2]!.id, title: 'Dọn chợ', sequence: 0 },
			NOW,
		);
		await signUpForSeries(db, id, { ...person('Chi đoàn', 5), dates: [days[3]!.id] }, deviceOf(1), NOW);
		const later = { startsAt: days[1]!.startsAt + HOUR, endsAt: days[1]!.endsAt + HOUR };
		const form = { ...edit, ...later, id: days[1]!.id, assemblyPoint: 'Sân vận động', sequence: 0 };
		await editFollowing(db, organiser, form, NOW);
		const after = await listSeriesEvents(db, id);
		expect(after.map((day) => [day.title, day.assemblyPoint, day.sequence, day.isApart])).toEqual([
			['Dọn bờ sông', 'Nhà văn hoá khối 6', 0, 0],
			['Dọn bờ sông', 'Sân vận động', 1, 0],
			['Dọn chợ', 'Nhà văn hoá khối 6', 1, 1],
			['Dọn bờ sông', 'Sân vận động', 1, 0],
		]);
		expect(after[3]!.startsAt).toBe(days[3]!.startsAt + HOUR);
		// Of the later days, those are told who signed up for one or follow it.
		expect((await news()).filter((key) => key.startsWith('event.changed')).sort()).toEqual(
			[days[1]!, days[2]!, days[3]!]
				.map((day, index) => `event.changed:${day.id}:1${index === 2 ? ':narrow' : ''}`)
				.sort(),
		);
		await expectSame(() => editFollowing(db, organiser, form, NOW));
		const old = () => editFollowing(db, organiser, { ...form, title: 'Khác' }, NOW);
		expect(await expectNothingWritten(db, old)).toMatchObject({ key: 'changedMeanwhile' });
		// One day that refuses keeps all from being edited.
		const small = () => editFollowing(db, organiser, { ...form, capacity: 3, sequence: 1 }, NOW);
		expect(await expectNothingWritten(db, small)).toMatchObject({
			...{ key: 'capacityTooSmall', values: { count: 5, date: '2027-01-03' } },
		});
	});

	test('asks about a name that one of the days has already before it writes any', async () => {
		const { days, id } = await announce();
		const form = { ...person('Chi đoàn', 5), mayRepeat: false };
		await signUpForSeries(db, id, { ...form, dates: [days[1]!.id] }, deviceOf(1), NOW);
		const again = { ...form, id: uuidv7(NOW), dates: days.map((day) => day.id) };
		const ask = () => signUpForSeries(db, id, again, deviceOf(1), NOW);
		expect(await expectNothingWritten(db, ask)).toMatchObject({ key: 'nameSignedUp' });
		const done = { taken: days.length, left: 0 };
		const answered = { ...again, mayRepeat: true };
		expect(await signUpForSeries(db, id, answered, deviceOf(1), NOW)).toEqual(done);
		// The same form a second time is no other one.
		expect(
			await signUpForSeries(db, id, { ...answered, mayRepeat: false }, deviceOf(2), NOW).catch(String),
		).toContain('sameIdOtherContent');
	});

	test('pauses between two days and goes on as it stood', async () => {
		const { days, id } = await announce();
		await signUpForSeries(db, id, { ...person('Chi đoàn', 5), dates: [days[1]!.id] }, deviceOf(1), NOW);
		const before = await listSeriesEvents(db, id);
		const pause = { id, from: '2026-12-10', until: '2026-12-31', reason: 'Tạm nghỉ. Lũ' };
		await pauseSeries(db, organiser, pause, NOW);
		expect(await datesOf(id)).toEqual([
			...[
				['2026-12-06', 'published'],
				['2026-12-13', 'cancelled'],
				['2026-12-27', 'cancelled'],
			],
			['2027-01-03', 'published'],
		]);
		expect(await findEvent(db, days[1]!.id)).toMatchObject({ cancelReason: 'Tạm nghỉ. Lũ' });
		// One piece for the followers of the ward, and one for those of each day.
		expect((await news()).filter((key) => key.includes('cancelled')).sort()).toEqual(
			[`event.cancelled:${days[1]!.id}:1`, `event.cancelled:${days[2]!.id}:1:narrow`].sort(),
		);
		// One that was called off by itself stays so.
		await cancelEvent(db, organiser, { id: days[3]!.id, reason: 'Mưa' }, NOW);
		await resumeSeries(db, organiser, { id }, NOW + 3 * DAY);
		const after = await listSeriesEvents(db, id);
		expect(after.map(({ status }) => status)).toEqual(['published', 'published', 'published', 'cancelled']);
		expect(after[1]).toMatchObject({ sequence: 2, signedUp: 5, contentHash: before[1]!.contentHash });
		expect((await news()).filter((key) => key.includes('restored')).sort()).toEqual(
			[`event.restored:${days[1]!.id}:2`, `event.restored:${days[2]!.id}:2:narrow`].sort(),
		);
		const again = () => resumeSeries(db, organiser, { id }, NOW + 3 * DAY);
		expect(await expectNothingWritten(db, again)).toMatchObject({ kind: 'CONFLICT', key: 'nothingPaused' });
		const none = () => pauseSeries(db, organiser, { ...pause, from: '2027-03-01', until: undefined }, NOW);
		expect(await expectNothingWritten(db, none)).toMatchObject({ key: 'noDaysBetween', field: 'from' });
		await pauseSeries(db, organiser, { ...pause, from: '2026-12-01', until: undefined }, NOW);
		expect((await datesOf(id)).map(([, status]) => status)).toEqual(Array(4).fill('cancelled'));
	});

	test('is called off from today on with the reason that was chosen, each day once', async () => {
		const { days, id } = await announce();
		const rest = { id, from: toLocalDate(days[1]!.startsAt), until: undefined, reason: 'Mưa bão' };
		const later = days[1]!.startsAt + HOUR;
		const stranger = await makeActor(db, 'organiser', 'organisation', 'another');
		const officer = await makeActor(db, 'treasurer', 'organisation', 'doan');
		const REFUSED: [string, () => Promise<unknown>][] = [
			['signInFirst', () => pauseSeries(db, undefined, rest, later)],
			['notYourRole', () => pauseSeries(db, stranger, rest, later)],
			['notYourRole', () => pauseSeries(db, officer, rest, later)],
			['unknownSeries', () => pauseSeries(db, organiser, { ...rest, id: uuidv7(NOW) }, later)],
			['reasonMissing', () => pauseSeries(db, organiser, { ...rest, reason: ' ' }, later)],
			['dateInvalid', () => pauseSeries(db, organiser, { ...rest, from: undefined }, later)],
			['noDaysLeft', () => pauseSeries(db, organiser, rest, days[3]!.startsAt)],
		];
		for (const [key, work] of REFUSED) expect(await expectNothingWritten(db, work)).toMatchObject({ key });
		await pauseSeries(db, organiser, rest, later);
		// The one that is over and the one that has begun stay.
		expect((await datesOf(id)).map(([, status]) => status)).toEqual([
			...['published', 'published', 'cancelled', 'cancelled'],
		]);
		expect((await findEvent(db, days[3]!.id))!.cancelReason).toBe('Mưa bão');
		const again = () => pauseSeries(db, organiser, rest, later);
		expect(await expectNothingWritten(db, again)).toMatchObject({ kind: 'CONFLICT', key: 'noDaysLeft' });
		await resumeSeries(db, organiser, { id }, later);
		expect((await datesOf(id)).map(([, status]) => status)).toEqual(Array(4).fill('published'));
	});

	test('is prolonged like its last day, without the telephone number; two at once prolong it once', async () => {
		const { id } = await announce({ leadName: 'Lan', leadPhone: '0912345678', isLeadPhonePublic: true });
		const until = '2027-02-28';
		const dates = ['2027-01-10', '2027-01-17', '2027-02-14'];
		const extend = () => extendSeries(db, organiser, { id, until, dates }, NOW);
		const tries = await Promise.allSettled([extend(), extend(), extend()]);
		expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		// The others are told so, and wrote nothing: the days stand once.
		const refused = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
		// One that looks once the first has written reads that the series reaches that day already.
		expect(refused).toHaveLength(2);
		for (const error of refused)
			expect(['seriesChanged', 'seriesTooShort']).toContain((error as DomainError).key);
		const days = await listSeriesEvents(db, id);
		expect(days).toHaveLength(7);
		expect(days.slice(4).map((day) => toLocalDate(day.startsAt))).toEqual(dates);
		expect(days[6]).toMatchObject({
			title: 'Dọn bờ sông',
			leadName: 'Lan',
			leadPhoneE164: null,
			capacity: 30,
		});
		expect(await findSeries(db, id)).toMatchObject({ untilOn: until });
		expect((await news()).filter((key) => key.includes('announced'))).toHaveLength(2);
		const REFUSED = [
			['seriesTooShort', { until, dates }],
			['seriesTooLong', { until: addDays(until, MAX_SERIES_DAYS + 1), dates }],
			['dateInvalid', { until: undefined, dates }],
			['tooFewDates', { until: '2027-03-31', dates: ['2027-03-15'] }],
		] as const;
		for (const [key, asked] of REFUSED) {
			const work = () => extendSeries(db, organiser, { id, ...asked }, NOW);
			expect(await expectNothingWritten(db, work)).toMatchObject({ kind: 'UNPROCESSABLE_CONTENT', key });
		}
	});

	test('what cannot be announced writes nothing', async () => {
		const stranger = await makeActor(db, 'organiser', 'organisation', 'another');
		const REFUSED: [string, () => Promise<unknown>][] = [
			['signInFirst', () => announceSeries(db, undefined, input(), NOW)],
			['notYourRole', () => announceSeries(db, stranger, input(), NOW)],
			['seriesTooLong', () => announce({ until: addDays(FIRST, 200) })],
			['seriesTooShort', () => announce({ until: FIRST })],
			['dateInvalid', () => announce({ until: undefined })],
			['tooFewDates', () => announce({ dates: [FIRST] })],
			['tooFewDates', () => announce({ dates: ['2026-12-07', '2026-12-08'] })],
			[
				'eventInPast',
				() =>
					announce({
						startsAt: NOW - 7 * DAY,
						endsAt: NOW - 7 * DAY + HOUR,
						dates: [toLocalDate(NOW - 7 * DAY), toLocalDate(NOW + 7 * DAY)],
					}),
			],
			['titleMissing', () => announce({ title: '🧹' })],
			['endBeforeStart', () => announce({ endsAt: startsAt })],
			[
				'unknownSeries',
				() => pauseSeries(db, organiser, { id: uuidv7(NOW), from: FIRST, until: UNTIL, reason: 'x' }, NOW),
			],
		];
		for (const [key, work] of REFUSED) expect(await expectNothingWritten(db, work)).toMatchObject({ key });
		const { id, days, each } = await announce();
		await cancelEvent(db, organiser, { id: days[0]!.id, reason: 'Mưa' }, NOW);
		const form = { ...editOf(each), id: days[0]!.id, sequence: 1 };
		expect(await expectNothingWritten(db, () => editFollowing(db, organiser, form, NOW))).toMatchObject({
			...{ key: 'eventCancelled' },
		});
		const single = editOf(input());
		await announceEvent(db, organiser, single, NOW);
		const apart = () => editFollowing(db, organiser, { ...single, sequence: 0 }, NOW);
		expect(await expectNothingWritten(db, apart)).toMatchObject({ key: 'unknownSeries' });
		expect(await datesOf(id)).toHaveLength(4);
	});

	test('a postponed day counts as edited apart, and its undo does not', async () => {
		const { days } = await announce();
		const asked = { id: days[1]!.id, sequence: 0, reason: '' };
		const times = { startsAt: days[1]!.startsAt + DAY, endsAt: days[1]!.endsAt + DAY };
		await postponeEvent(db, organiser, { ...asked, ...times }, NOW);
		expect(await findEvent(db, days[1]!.id)).toMatchObject({ isApart: 1 });
		const [change] = await listChanges(db, days[1]!.id);
		await undoChange(db, organiser, { eventId: days[1]!.id, changeId: change!.id }, NOW);
		expect(await findEvent(db, days[1]!.id)).toMatchObject({ isApart: 0, startsAt: days[1]!.startsAt });
	});

	test('one act signs up for every day: its own row each, in line where it is full and they may wait', async () => {
		const { id, days } = await announce();
		const ids = days.map((day) => day.id);
		await signUpForSeries(db, id, { ...person('Trường học', 30), dates: [ids[1]!] }, deviceOf(1), NOW);
		const hoa = { ...person('Hoa', 2), dates: ids };
		expect(await signUpForSeries(db, id, hoa, deviceOf(2), NOW)).toEqual({ taken: 3, left: 1 });
		await expectSame(() => signUpForSeries(db, id, hoa, deviceOf(2), NOW));
		const mai = { ...person('Mai', 1, { mayWait: true }), dates: ids.slice(0, 2) };
		expect(await signUpForSeries(db, id, mai, deviceOf(3), NOW)).toEqual({ taken: 2, left: 0 });
		const names = async (eventId: string) =>
			(await listSignUps(db, eventId)).map((each) => [each.name, each.status]).sort();
		expect(await names(ids[0]!)).toEqual([
			['Hoa', 'active'],
			['Mai', 'active'],
		]);
		expect(await names(ids[1]!)).toEqual([
			['Mai', 'waiting'],
			['Trường học', 'active'],
		]);
		const REFUSED: [string, Partial<SignUpInput> & { dates?: string[] }][] = [
			['nameMissing', { name: '🙂' }],
			['headsOutOfRange', { headCount: 0 }],
			['headsOutOfRange', { headCount: 10_000 }],
			['noDayChosen', { dates: [] }],
			['noDayChosen', { dates: [uuidv7(NOW)] }],
		];
		for (const [key, over] of REFUSED) {
			const work = () =>
				signUpForSeries(db, id, { ...person('Lan', 2), dates: ids, ...over }, deviceOf(4), NOW);
			expect(await expectNothingWritten(db, work)).toMatchObject({ key });
		}
		const none = () => signUpForSeries(db, uuidv7(NOW), hoa, deviceOf(2), NOW);
		expect(await expectNothingWritten(db, none)).toMatchObject({ key: 'unknownSeries' });
	});

	test('50 at once for the last place of each day: every day has exactly one', async () => {
		const { id, days } = await announce({ capacity: 1 });
		const dates = days.map((day) => day.id);
		await Promise.all(
			Array.from({ length: 50 }, (_, index) =>
				signUpForSeries(db, id, { ...person(`Đơn vị ${index}`, 1), dates }, deviceOf(index), NOW),
			),
		);
		expect((await listSeriesEvents(db, id)).map(({ signedUp }) => signedUp)).toEqual([1, 1, 1, 1]);
	});
});
