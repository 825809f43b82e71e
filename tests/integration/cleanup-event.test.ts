import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { placeText, type EventInput } from '#features/cleanup-events/cleanup-event.ts';
import type { ReportInput } from '#features/cleanup-events/event-report.ts';
import {
	findEvent,
	findEventBySlug,
	listEventsOf,
	listCoOrganisers,
	listEventsWaitingFor,
	listOrganisations,
	listPartners,
	listPastEvents,
	listUpcomingEvents,
} from '#features/cleanup-events/cleanup-event.repository.ts';
import { findReports, listReports } from '#features/cleanup-events/event-report.repository.ts';
import { listOrganisations as listAllOrganisations } from '#features/accounts/organisation.repository.ts';
import { announceSeries } from '#features/cleanup-events/event-series.service.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { reportEvent } from '#features/cleanup-events/event-report.service.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import type { Db } from '#lib/db.ts';
import type { DomainError } from '#lib/errors.ts';
import { retireSamples } from '#lib/samples.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const HOUR = DAY / 24;
const device = { secret: 'd'.repeat(43) };

async function makeOrganisation(db: Db, name: string, isSample: 0 | 1 = 0): Promise<string> {
	const id = uuidv7(NOW);
	await db
		.insertInto('organisation')
		.values({
			id,
			kind: 'youth_union',
			name,
			adminUnitId: 'tt-2025',
			validFrom: null,
			validTo: null,
			isSample,
		})
		.execute();
	return id;
}

describeEachEngine('Green Sundays', (engine) => {
	let db: Db;
	let organisationId: string;
	let organiser: Actor;
	let other: Actor;

	const input = (over: Partial<EventInput> = {}): EventInput => ({
		id: uuidv7(NOW),
		organisationId,
		title: 'Tổng vệ sinh bờ sông',
		description: 'Mời bà con.',
		startsAt: NOW + 7 * DAY,
		endsAt: NOW + 7 * DAY + 3 * HOUR,
		greenHouseCode: null,
		assemblyPoint: 'Nhà văn hoá khối 6',
		latitude: null,
		longitude: null,
		capacity: null,
		...PLAIN_EVENT,
		whatToBring: 'Chổi, xẻng',
		...over,
	});
	const announce = async (over: Partial<EventInput> = {}, now = NOW) => {
		const each = input(over);
		const slug = await announceEvent(db, organiser, each, now);
		return { each, slug, event: (await findEvent(db, each.id))! };
	};
	const join = (eventId: string, headCount: number) =>
		signUp(
			db,
			eventId,
			{ id: uuidv7(NOW), kind: 'unit', name: 'Khối 6', headCount, phone: null, isSixteen: false },
			device,
			NOW,
		);

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		organisationId = await makeOrganisation(db, 'Đoàn phường Tam Thanh');
		organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
		other = await makeActor(
			db,
			'organiser',
			'organisation',
			await makeOrganisation(db, 'Đoàn phường Kỳ Lừa'),
		);
	});

	test('an announced event has an address of its own and stands in the list', async () => {
		const { slug, event } = await announce();
		expect(slug).toBe('tong-ve-sinh-bo-song-2026-11-29');
		expect(event).toMatchObject({
			status: 'published',
			sequence: 0,
			signedUp: 0,
			organisationName: 'Đoàn phường Tam Thanh',
			isSample: 0,
		});
		expect(event.wardNameVi).toBe('Phường Tam Thanh');
		expect((await findEventBySlug(db, slug))?.id).toBe(event.id);
		expect((await listUpcomingEvents(db, { now: NOW, limit: 10 })).map((each) => each.id)).toEqual([
			event.id,
		]);
		expect((await announce()).slug).toBe('tong-ve-sinh-bo-song-2026-11-29-2');
	});

	test('that the same morning is meant twice is asked about, also of a day of a series', async () => {
		const { each } = await announce();
		const again = input({ title: '  tổng vệ sinh BỜ SÔNG ' });
		const series = { pattern: 'weekly' as const, until: '2026-12-13' };
		const days = ['2026-11-29', '2026-12-06'];
		for (const work of [
			() => announceEvent(db, organiser, { ...again, isSure: false }, NOW),
			() =>
				announceSeries(
					db,
					organiser,
					{
						...input(),
						...series,
						dates: days,
						isSure: false,
					},
					NOW,
				),
		]) {
			const error = await expectNothingWritten(db, work);
			expect(error).toMatchObject({
				...{ kind: 'CONFLICT', key: 'eventTwice', field: 'date' },
				values: { title: 'Tổng vệ sinh bờ sông', date: '2026-11-29' },
			});
		}
		// Another hour, another name, another organisation, or after it was called off.
		const ask = (over: Partial<EventInput>, by = organiser) =>
			announceEvent(db, by, { ...input(over), isSure: false }, NOW);
		await ask({ startsAt: each.startsAt + HOUR });
		await ask({ title: 'Tổng vệ sinh chợ' });
		await ask({ organisationId: other.grants[0]!.scopeId! }, other);
		expect(await announceEvent(db, organiser, { ...again, isSure: true }, NOW)).toMatch(/-4$/);
		for (const { id } of [each, again]) await cancelEvent(db, organiser, { id, reason: 'Mưa' }, NOW);
		expect(await ask({})).toMatch(/-5$/);
	});

	test('organisations are listed as Vietnamese sorts them: Đ before H', async () => {
		const names = ['Trường Tô Hiệu', 'Hội Phụ nữ', 'Đoàn phường', 'Chi đoàn 10', 'Chi đoàn 2'];
		const ids = [];
		for (const name of names) ids.push(await makeOrganisation(db, name));
		const sorted = ['Chi đoàn 2', 'Chi đoàn 10', 'Đoàn phường', 'Hội Phụ nữ', 'Trường Tô Hiệu'];
		const ours = (rows: { name: string }[]) =>
			rows.map(({ name }) => name).filter((name) => names.includes(name));
		expect(ours(await listPartners(db, 0))).toEqual(sorted);
		expect(ours(await listOrganisations(db, ids))).toEqual(sorted);
		expect(ours(await listAllOrganisations(db, { isSample: 0, on: '2026-11-22' }))).toEqual(sorted);
		const { event } = await announce({ coOrganiserIds: [...ids].sort() });
		expect(ours(await listCoOrganisers(db, event.id))).toEqual(sorted);
	});

	test('a house gives the event its position and ward, also when the map was tapped beside it', async () => {
		const house = await makeHouse(db);
		const beside = { latitude: house.latitude + 0.0005, longitude: house.longitude };
		for (const point of [{}, { latitude: house.latitude, longitude: house.longitude }, beside]) {
			const { event } = await announce({ greenHouseCode: house.code.toLowerCase(), ...point });
			expect(event).toMatchObject({
				houseCode: house.code,
				latitude: house.latitude,
				longitude: house.longitude,
				wardNameVi: 'Phường Đông Kinh',
			});
		}
	});

	test('a house and a point elsewhere contradict each other, when announced and when edited', async () => {
		const house = await makeHouse(db);
		const { id } = (await announce({ greenHouseCode: house.code })).event;
		for (const point of [
			{ latitude: house.latitude + 0.001, longitude: house.longitude },
			{ latitude: 21.86, longitude: 106.74 },
			{ latitude: 21.03, longitude: 105.85 },
		]) {
			const over = { greenHouseCode: house.code, ...point };
			for (const work of [
				() => announceEvent(db, organiser, input(over), NOW),
				() => editEvent(db, organiser, { ...input({ id, ...over }), sequence: 0 }, NOW),
			]) {
				expect(await expectNothingWritten(db, work)).toMatchObject({
					kind: 'UNPROCESSABLE_CONTENT',
					key: 'positionNotAtHouse',
					field: 'position',
				});
			}
		}
		const moved = input({ id, latitude: 21.8469, longitude: 106.7589, assemblyPoint: 'Bờ sông' });
		await editEvent(db, organiser, { ...moved, sequence: 0 }, NOW);
		expect(await findEvent(db, id)).toMatchObject({ houseCode: null, latitude: 21.8469 });
		await editEvent(db, organiser, { ...input({ id, greenHouseCode: house.code }), sequence: 1 }, NOW);
		const back = (await findEvent(db, id))!;
		expect(back).toMatchObject({ latitude: house.latitude, wardNameVi: 'Phường Đông Kinh' });
		expect(placeText(back, 'vi')).toMatch(/, phường Đông Kinh$/);
	});

	test('the same form twice is one event, also at the same time; other content under its id is refused', async () => {
		const each = input();
		const slugs = await Promise.all(
			Array.from({ length: 10 }, () => announceEvent(db, organiser, each, NOW)),
		);
		expect(new Set(slugs).size).toBe(1);
		expect(
			await announceEvent(db, organiser, { ...each, title: each.title.normalize('NFD') }, NOW + 30 * DAY),
		).toBe(slugs[0]);
		expect(await listEventsOf(db, [organisationId], 100)).toHaveLength(1);
		const thrown = await expectNothingWritten(db, () =>
			announceEvent(db, organiser, { ...each, title: 'Khác' }, NOW),
		);
		expect(thrown).toMatchObject({ kind: 'CONFLICT', key: 'sameIdOtherContent' });
	});

	test('events of one title on one day get different addresses', async () => {
		const slugs = await Promise.all(
			Array.from({ length: 4 }, () => announceEvent(db, organiser, input(), NOW)),
		);
		expect(new Set(slugs).size).toBe(4);
	});

	test('refused announcements write nothing', async () => {
		const house = await makeHouse(db);
		const sampleHouse = await makeHouse(db, { isSample: 1, positionSource: 'sample' });
		const refusals: [Partial<EventInput>, string][] = [
			[{ title: '' }, 'titleMissing'],
			[{ title: 'a'.repeat(121) }, 'textTooLong'],
			[{ description: 'a'.repeat(4001) }, 'textTooLong'],
			[{ whatToBring: 'a'.repeat(501) }, 'textTooLong'],
			[{ assemblyPoint: 'a'.repeat(201) }, 'textTooLong'],
			[{ assemblyPoint: ' \u200b ' }, 'placeMissing'],
			[{ endsAt: NOW + 6 * DAY }, 'endBeforeStart'],
			[{ endsAt: NOW + 9 * DAY }, 'eventTooLong'],
			[{ startsAt: NOW - DAY, endsAt: NOW - DAY + HOUR }, 'eventInPast'],
			[{ startsAt: NOW + 400 * DAY, endsAt: NOW + 400 * DAY + HOUR }, 'eventTooFar'],
			[{ startsAt: Number.NaN }, 'dateInvalid'],
			[{ capacity: 0 }, 'countOutOfRange'],
			[{ capacity: 1e8 }, 'countOutOfRange'],
			[{ greenHouseCode: 'NNX-999' }, 'unknownHouse'],
			[{ greenHouseCode: sampleHouse.code }, 'unknownHouse'],
			[{ greenHouseCode: `${house.code}' or 1=1 --` }, 'unknownHouse'],
			[{ latitude: 21.03, longitude: 105.85 }, 'positionOutside'],
			[{ latitude: 106.76, longitude: 21.85 }, 'positionOutside'],
			[{ latitude: 0, longitude: 0 }, 'positionOutside'],
			[{ latitude: Number.NaN, longitude: 106.76 }, 'positionOutside'],
			[{ latitude: 21.85 }, 'positionInvalid'],
		];
		for (const [over, key] of refusals) {
			const thrown = (await expectNothingWritten(db, () =>
				announceEvent(db, organiser, input(over), NOW),
			)) as DomainError;
			expect([thrown.kind, thrown.key]).toEqual(['UNPROCESSABLE_CONTENT', key]);
		}
		const steward = await makeActor(db, 'steward', 'organisation', organisationId);
		const people: [Actor | undefined, string][] = [
			[undefined, 'signInFirst'],
			[other, 'notYourRole'],
			[steward, 'notYourRole'],
		];
		for (const [actor, key] of people) {
			expect(await expectNothingWritten(db, () => announceEvent(db, actor, input(), NOW))).toMatchObject({
				key,
			});
		}
		const nobody = await makeActor(db, 'organiser', 'portal', null);
		const unknown = await expectNothingWritten(db, () =>
			announceEvent(db, nobody, input({ organisationId: uuidv7(NOW) }), NOW),
		);
		expect(unknown).toMatchObject({ key: 'unknownOrganisation' });
	});

	test.each([
		['HTML', '<script>alert(1)</script> <b onmouseover="x">dọn</b> &amp;'],
		['SQL', `Robert'); drop table cleanup_event; -- " \\ %_`],
		['templates', 'dọn {{count}} $t(errors:unexpected) ${1+1} {0}'],
		['NFD Vietnamese', 'Đường Trần Đăng Ninh, thuỷ'.normalize('NFD')],
	])('%s in every text field is kept as the text that it is, in NFC', async (_name, text) => {
		const texts = { title: text, description: text, assemblyPoint: text, whatToBring: text };
		const { event } = await announce({ ...texts, startsAt: NOW + HOUR, endsAt: NOW + 2 * HOUR });
		const stored = text.normalize('NFC');
		expect(event).toMatchObject({
			title: stored,
			description: stored,
			assemblyPoint: stored,
			whatToBring: stored,
		});
		await reportEvent(
			db,
			organiser,
			{ id: event.id, headCount: 1, recyclablesGrams: null, otherWasteGrams: null, remarks: text },
			NOW + HOUR,
		);
		expect((await findReports(db, [event.id])).get(event.id)?.remarks).toBe(stored);
		await cancelEvent(db, organiser, { id: event.id, reason: text }, NOW + HOUR);
		expect((await findEvent(db, event.id))?.cancelReason).toBe(stored);
	});

	test('an edit raises the sequence; the same edit again changes nothing', async () => {
		const { each, slug } = await announce();
		const edit = { ...each, title: 'Tổng vệ sinh chợ', capacity: 40, sequence: 0 };
		expect(await editEvent(db, organiser, edit, NOW + HOUR)).toBe(slug);
		expect(await editEvent(db, organiser, edit, NOW + 2 * HOUR)).toBe(slug);
		expect(await findEvent(db, each.id)).toMatchObject({
			title: 'Tổng vệ sinh chợ',
			capacity: 40,
			sequence: 1,
			updatedAt: NOW + HOUR,
			slug,
		});
	});

	test('of two people who edit at once one is told, and nothing of the other is lost', async () => {
		const { each } = await announce();
		const edits = ['A', 'B', 'C'].map((title) =>
			editEvent(db, organiser, { ...each, title, sequence: 0 }, NOW + HOUR),
		);
		const results = await Promise.allSettled(edits);
		expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
		for (const result of results) {
			if (result.status === 'rejected')
				expect(result.reason).toMatchObject({ kind: 'CONFLICT', key: 'changedMeanwhile' });
		}
		expect((await findEvent(db, each.id))?.sequence).toBe(1);
	});

	test('a running event may end later but not start elsewhere in time', async () => {
		const { each } = await announce({ startsAt: NOW + HOUR, endsAt: NOW + 3 * HOUR });
		const during = NOW + 2 * HOUR;
		await editEvent(db, organiser, { ...each, endsAt: NOW + 4 * HOUR, sequence: 0 }, during);
		expect((await findEvent(db, each.id))?.endsAt).toBe(NOW + 4 * HOUR);
		const moved = () => editEvent(db, organiser, { ...each, startsAt: NOW, sequence: 1 }, during);
		expect(await expectNothingWritten(db, moved)).toMatchObject({ key: 'eventInPast' });
	});

	test('refused edits write nothing', async () => {
		const { each } = await announce({ capacity: 30 });
		await join(each.id, 25);
		const refusals: [Partial<EventInput & { sequence: number }>, string, Actor | undefined, number][] = [
			[{ title: 'Khác' }, 'signInFirst', undefined, NOW],
			[{ title: 'Khác' }, 'notYourRole', other, NOW],
			[{ title: 'Khác', id: uuidv7(NOW) }, 'unknownEvent', organiser, NOW],
			[{ title: 'Khác', sequence: 5 }, 'changedMeanwhile', organiser, NOW],
			[{ capacity: 24 }, 'capacityTooSmall', organiser, NOW],
			[{ capacity: 0 }, 'countOutOfRange', organiser, NOW],
			[{ title: '' }, 'titleMissing', organiser, NOW],
			[{ endsAt: each.startsAt }, 'endBeforeStart', organiser, NOW],
			[{ startsAt: NOW - HOUR }, 'eventTooLong', organiser, NOW],
			[{ title: 'Khác' }, 'eventOver', organiser, each.endsAt],
		];
		for (const [over, key, actor, now] of refusals) {
			const thrown = await expectNothingWritten(db, () =>
				editEvent(db, actor, { ...each, sequence: 0, ...over }, now),
			);
			expect(thrown).toMatchObject({ key });
		}
		await editEvent(db, organiser, { ...each, capacity: 25, sequence: 0 }, NOW);
		await cancelEvent(db, organiser, { id: each.id, reason: 'Mưa to' }, NOW);
		const late = () => editEvent(db, organiser, { ...each, title: 'Khác', sequence: 2 }, NOW);
		expect(await expectNothingWritten(db, late)).toMatchObject({ key: 'eventCancelled' });
	});

	test('an event is called off once, with a reason, by its organiser, before it ends', async () => {
		const { each } = await announce();
		const refusals: [Actor | undefined, string, number, string][] = [
			[undefined, 'Mưa to', NOW, 'signInFirst'],
			[other, 'Mưa to', NOW, 'notYourRole'],
			[organiser, '', NOW, 'reasonMissing'],
			[organiser, '...', NOW, 'reasonMissing'],
			[organiser, 'a'.repeat(301), NOW, 'textTooLong'],
			[organiser, 'Mưa to', each.endsAt, 'eventOver'],
		];
		for (const [actor, reason, now, key] of refusals) {
			expect(
				await expectNothingWritten(db, () => cancelEvent(db, actor, { id: each.id, reason }, now)),
			).toMatchObject({ key });
		}
		await cancelEvent(db, organiser, { id: each.id, reason: 'Mưa to' }, NOW);
		await cancelEvent(db, organiser, { id: each.id, reason: 'Lý do khác' }, NOW + HOUR);
		expect(await findEvent(db, each.id)).toMatchObject({
			status: 'cancelled',
			cancelReason: 'Mưa to',
			cancelledAt: NOW,
			sequence: 1,
		});
		expect(await listUpcomingEvents(db, { now: NOW, limit: 10 })).toHaveLength(1);
	});

	test('a report is corrected by a new revision, and the old figures stay', async () => {
		const { event } = await announce();
		const report: ReportInput = {
			id: event.id,
			headCount: 96,
			recyclablesGrams: 12_500,
			otherWasteGrams: null,
			remarks: '',
		};
		expect(await listEventsWaitingFor(db, organiser, event.endsAt)).toMatchObject([
			{ href: `/cua-toi/su-kien/${event.id}#bao-cao` },
		]);
		expect(await listEventsWaitingFor(db, organiser, event.endsAt - 1)).toEqual([]);
		expect(await listEventsWaitingFor(db, other, event.endsAt)).toEqual([]);
		await reportEvent(db, organiser, report, event.startsAt);
		await reportEvent(db, organiser, report, event.startsAt + HOUR);
		await reportEvent(db, organiser, { ...report, otherWasteGrams: 1_240_000 }, event.endsAt + DAY);
		expect(await listReports(db, event.id)).toMatchObject([
			{
				revision: 2,
				headCount: 96,
				recyclablesGrams: 12_500,
				otherWasteGrams: 1_240_000,
				recordedAt: event.endsAt + DAY,
			},
			{
				revision: 1,
				headCount: 96,
				recyclablesGrams: 12_500,
				otherWasteGrams: null,
				recordedAt: event.startsAt,
			},
		]);
		expect((await findReports(db, [event.id])).get(event.id)?.revision).toBe(2);
		expect(await listEventsWaitingFor(db, organiser, event.endsAt)).toEqual([]);
	});

	test('refused reports write nothing', async () => {
		const { event } = await announce();
		const report: ReportInput = {
			id: event.id,
			headCount: 96,
			recyclablesGrams: null,
			otherWasteGrams: null,
			remarks: '',
		};
		const refusals: [Partial<ReportInput>, string, Actor | undefined, number][] = [
			[{}, 'signInFirst', undefined, event.endsAt],
			[{}, 'notYourRole', other, event.endsAt],
			[{ id: uuidv7(NOW) }, 'unknownEvent', organiser, event.endsAt],
			[{}, 'reportTooEarly', organiser, event.startsAt - 1],
			[{ headCount: -1 }, 'countOutOfRange', organiser, event.endsAt],
			[{ headCount: 1e6 }, 'countOutOfRange', organiser, event.endsAt],
			[{ recyclablesGrams: -5 }, 'quantityTooLarge', organiser, event.endsAt],
			[{ remarks: 'a'.repeat(2001) }, 'textTooLong', organiser, event.endsAt],
		];
		for (const [over, key, actor, now] of refusals) {
			expect(
				await expectNothingWritten(db, () => reportEvent(db, actor, { ...report, ...over }, now)),
			).toMatchObject({ key });
		}
		await cancelEvent(db, organiser, { id: event.id, reason: 'Mưa to' }, NOW);
		expect(
			await expectNothingWritten(db, () => reportEvent(db, organiser, report, event.endsAt)),
		).toMatchObject({ key: 'eventCancelled' });
	});

	test('the lists page by key, each event once, also those that begin together', async () => {
		for (let each = 0; each < 7; each += 1) {
			const startsAt = NOW + (1 + Math.floor(each / 3)) * DAY;
			await announce({ startsAt, endsAt: startsAt + HOUR });
		}
		const walk = async (
			list: (key?: { startsAt: number; id: string }) => Promise<{ id: string; startsAt: number }[]>,
		) => {
			const seen: { id: string; startsAt: number }[] = [];
			for (let page = await list(); page.length > 0; page = await list(page.at(-1))) seen.push(...page);
			return seen;
		};
		const coming = await walk((after) => listUpcomingEvents(db, { now: NOW, limit: 2, after }));
		expect(new Set(coming.map((each) => each.id)).size).toBe(7);
		expect(coming.map((each) => each.startsAt)).toEqual(
			coming.map((each) => each.startsAt).toSorted((a, b) => a - b),
		);
		const past = await walk((before) => listPastEvents(db, { now: NOW + 10 * DAY, limit: 2, before }));
		expect(past.map((each) => each.id)).toEqual(coming.map((each) => each.id).toReversed());
		expect(await listUpcomingEvents(db, { now: NOW + 10 * DAY, limit: 9 })).toEqual([]);
	});

	test('samples say so, and leave the lists with the first real event', async () => {
		const sampleId = await makeOrganisation(db, 'Đoàn phường (mẫu)', 1);
		const sampler = await makeActor(db, 'organiser', 'organisation', sampleId, 1);
		const slug = await announceEvent(db, sampler, input({ organisationId: sampleId, title: 'Dọn chợ' }), NOW);
		expect(await findEventBySlug(db, slug)).toMatchObject({ title: 'Dọn chợ (mẫu)', isSample: 1 });
		expect(await listUpcomingEvents(db, { now: NOW, limit: 9 })).toHaveLength(1);
		const { event } = await announce();
		expect((await listUpcomingEvents(db, { now: NOW, limit: 9 })).map((each) => each.id)).toEqual([event.id]);
		await retireSamples(db);
		expect(await findEventBySlug(db, slug)).toBeUndefined();
	});
});
