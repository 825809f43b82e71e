// Postponing, moving and calling off a Green Sunday, and taking it back within the hour.
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { endAfter, type EventInput } from '#features/cleanup-events/cleanup-event.ts';
import { findEvent, listFeedEvents } from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { toCalendar } from '#features/cleanup-events/event-calendar.ts';
import { movedFrom } from '#features/cleanup-events/event-change.ts';
import { findFirstStarts, listChanges } from '#features/cleanup-events/event-change.repository.ts';
import {
	cancelEvent,
	moveEvent,
	postponeEvent,
	undoChange,
} from '#features/cleanup-events/event-change.service.ts';
import { changeText } from '#features/cleanup-events/share-text.ts';
import { findSignUp } from '#features/cleanup-events/sign-up.repository.ts';
import { acceptOffer, cancelSignUp, signUp } from '#features/cleanup-events/sign-up.service.ts';
import type { Db } from '#lib/db.ts';
import { createTranslator } from '#lib/i18n.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { digest, expectNothingWritten } from '../support/snapshot.ts';

const HOUR = DAY / 24;
const START = NOW + 7 * DAY;
const words = { t: createTranslator('vi'), locale: 'vi' as const, publicUrl: 'https://nha-xanh.example' };
const deviceOf = (name: string) => ({ secret: name.padEnd(43, 'x') });

test('an end before the start is the next morning’s, within a night', () => {
	const at = (hour: number) => START - (START % DAY) + hour * HOUR;
	expect(endAfter(at(22), at(2))).toBe(at(26));
	expect(endAfter(at(20), at(8))).toBe(at(32));
	expect(endAfter(at(7), at(10))).toBe(at(10));
	// A slip stays one, and is refused.
	expect(endAfter(at(7), at(6))).toBe(at(6));
	expect(endAfter(at(7), at(7))).toBe(at(7));
});

describeEachEngine('a Green Sunday that changes', (engine) => {
	let db: Db;
	let organiser: Actor;
	let event: EventInput;
	const id = () => event.id;
	const stands = async () => (await findEvent(db, id()))!;
	const news = () => db.selectFrom('news').select(['kind', 'dedupeKey']).orderBy('dedupeKey').execute();
	const later = { startsAt: START + 7 * DAY, endsAt: START + 7 * DAY + 3 * HOUR };
	const postpone = async (over: object = {}, now = NOW) => {
		const { sequence } = await stands();
		await postponeEvent(db, organiser, { id: id(), sequence, reason: 'Mưa bão', ...later, ...over }, now);
		return (await listChanges(db, id()))[0]!;
	};
	const undo = (changeId: string, now = NOW) => undoChange(db, organiser, { eventId: id(), changeId }, now);
	/** It succeeds, and nothing is written. */
	const expectSame = async (work: () => Promise<unknown>) => {
		const before = await digest(db);
		await work();
		expect(await digest(db)).toEqual(before);
	};
	const WHERE = { assemblyPoint: 'Sân trường', greenHouseCode: null, latitude: null, longitude: null };
	const move = async (over: object = {}, now = NOW) => {
		const { sequence } = await stands();
		await moveEvent(db, organiser, { id: id(), sequence, reason: '', ...WHERE, ...over }, now);
		return (await listChanges(db, id()))[0]!;
	};
	const join = (name: string, headCount: number) =>
		signUp(
			db,
			id(),
			{ ...{ id: uuidv7(NOW), kind: 'unit', name, headCount, phone: null }, isSixteen: true, mayWait: true },
			deviceOf(name),
			NOW,
		);
	/** A place that is held for somebody until a day from now. */
	const makeOffer = async () => {
		const unit = await join('Chi đoàn', 30);
		const waiting = await join('Hoa', 2);
		await cancelSignUp(db, { token: unit.token }, NOW);
		expect(await findSignUp(db, waiting.id)).toMatchObject({ status: 'offered', offeredUntil: NOW + DAY });
		return waiting;
	};

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
		event = {
			...{ id: uuidv7(NOW), organisationId: 'doan', title: 'Tổng vệ sinh', description: '', ...PLAIN_EVENT },
			...{ startsAt: START, endsAt: START + 3 * HOUR, greenHouseCode: null, whatToBring: '' },
			...{ assemblyPoint: 'Nhà văn hoá khối 6', latitude: null, longitude: null, capacity: 30 },
		};
		await announceEvent(db, organiser, event, NOW);
	});

	test('is postponed in one act: the event, its calendar entry, its history and one piece of news', async () => {
		const { id: heads } = await join('Chi đoàn', 25);
		const change = await postpone();
		expect(await stands()).toMatchObject({ ...later, sequence: 1, status: 'published', signedUp: 25 });
		expect(await findSignUp(db, heads)).toMatchObject({ status: 'active', headCount: 25 });
		expect(change).toMatchObject({ kind: 'postpone', reason: 'Mưa bão', sequence: 1, undoneAt: null });
		expect([change.stood.startsAt, change.stands.startsAt]).toEqual([START, later.startsAt]);
		expect((await news()).map(({ dedupeKey }) => dedupeKey)).toEqual([
			...[`event.announced:${id()}:0`, `event.changed:${id()}:1`],
		]);
		const calendar = toCalendar((await listFeedEvents(db, {}, NOW)).events, 'x', words);
		expect(calendar).toContain(`UID:${id()}@ngoi-nha-xanh\r\nSEQUENCE:1`);
		const text = changeText(change, await stands(), words);
		expect(text).toMatch(/^HOÃN: Tổng vệ sinh\.\nTừ: .+29\/11\/2026\nSang: .+06\/12\/2026\n/);
		expect(text).toContain('Lý do: Mưa bão');
		// The same once more, and from a second phone that said the same.
		await expectSame(() =>
			postponeEvent(db, organiser, { id: id(), sequence: 0, reason: '', ...later }, NOW),
		);
	});

	test('is told as postponed only while it begins at another instant than at first', async () => {
		/** As the list and the picture say it, and as the page itself does. */
		const first = async () => [
			(await findFirstStarts(db, [id()])).get(id()),
			movedFrom(await stands(), await listChanges(db, id())).time?.startsAt,
		];
		// An hour longer.
		await postpone({ startsAt: START, endsAt: START + 4 * HOUR });
		expect(await first()).toEqual([undefined, undefined]);
		await postpone();
		expect(await first()).toEqual([START, START]);
		await postpone({ startsAt: START, endsAt: START + 3 * HOUR });
		expect(await first()).toEqual([undefined, undefined]);
		await postpone();
		expect(await first()).toEqual([START, START]);
	});

	test('is put back exactly as it stood within the hour; the sequence still rises', async () => {
		const waiting = await makeOffer();
		const before = await stands();
		// An hour and a half from now: the offer cannot be held for a day.
		const change = await postpone({ startsAt: NOW + 2 * HOUR, endsAt: NOW + 4 * HOUR });
		expect(await findSignUp(db, waiting.id)).toMatchObject({ status: 'offered', offeredUntil: NOW + HOUR });
		await undo(change.id, NOW + HOUR);
		const { sequence, updatedAt, ...rest } = await stands();
		const { sequence: stood, updatedAt: _, ...all } = before;
		expect(rest).toEqual(all);
		expect([sequence, updatedAt]).toEqual([stood + 2, NOW + HOUR]);
		expect(await findSignUp(db, waiting.id)).toMatchObject({ status: 'offered', offeredUntil: NOW + DAY });
		expect((await listChanges(db, id()))[0]).toMatchObject({ undoneAt: NOW + HOUR });
		expect((await news()).map(({ dedupeKey }) => dedupeKey)).toContain(`event.restored:${id()}:2`);
		expect(changeText((await listChanges(db, id()))[0]!, await stands(), words)).toContain('VẪN NHƯ CŨ');
		// A second tap changes nothing.
		await expectSame(() => undo(change.id, NOW + 2 * HOUR));
	});

	test('leaves no time to ask: the held place is theirs, and stays so when the change is taken back', async () => {
		const waiting = await makeOffer();
		const change = await postpone({ startsAt: NOW + HOUR / 2, endsAt: NOW + 2 * HOUR });
		expect(await findSignUp(db, waiting.id)).toMatchObject({ status: 'active', offeredUntil: null });
		// Saying yes to what is theirs writes nothing.
		await expectSame(() => acceptOffer(db, { token: waiting.token }, NOW));
		await undo(change.id);
		expect(await findSignUp(db, waiting.id)).toMatchObject({ status: 'active', offeredUntil: null });
	});

	test('a place that was offered meanwhile is held no longer than the old start leaves', async () => {
		const soon = START - 3 * HOUR;
		const unit = await join('Chi đoàn', 30);
		const waiting = await join('Hoa', 2);
		const change = await postpone({}, soon);
		await cancelSignUp(db, { token: unit.token }, soon);
		expect(await findSignUp(db, waiting.id)).toMatchObject({ offeredUntil: soon + DAY });
		await undo(change.id, soon);
		expect(await findSignUp(db, waiting.id)).toMatchObject({
			...{ status: 'offered', offeredUntil: START - HOUR },
		});
	});

	test('an edit to an earlier time holds no place past an hour before the start', async () => {
		const waiting = await makeOffer();
		const edit = (startsAt: number, sequence: number) =>
			editEvent(db, organiser, { ...event, startsAt, endsAt: startsAt + HOUR, sequence }, NOW);
		await edit(NOW + 3 * HOUR, 0);
		expect(await findSignUp(db, waiting.id)).toMatchObject({
			...{ status: 'offered', offeredUntil: NOW + 2 * HOUR },
		});
		await edit(NOW + HOUR / 2, 1);
		expect(await findSignUp(db, waiting.id)).toMatchObject({ status: 'active', offeredUntil: null });
	});

	test('keeps what somebody did with a held place meanwhile', async () => {
		const waiting = await makeOffer();
		const change = await postpone();
		await acceptOffer(db, { token: waiting.token }, NOW);
		await undo(change.id);
		expect(await findSignUp(db, waiting.id)).toMatchObject({ status: 'active', offeredUntil: null });
	});

	test('a held place whose time ran out while the event was off is held anew', async () => {
		const waiting = await makeOffer();
		const off = NOW + DAY - HOUR / 2;
		await cancelEvent(db, organiser, { id: id(), reason: 'Lũ' }, off);
		const [change] = await listChanges(db, id());
		await undo(change!.id, off + HOUR);
		expect(await stands()).toMatchObject({ status: 'published', cancelledAt: null, cancelReason: null });
		expect(await findSignUp(db, waiting.id)).toMatchObject({
			...{ status: 'offered', offeredUntil: off + HOUR + DAY },
		});
	});

	test('meets elsewhere: a house gives its ward and position, and back', async () => {
		const house = await makeHouse(db);
		const before = await stands();
		const change = await move({ greenHouseCode: house.code, assemblyPoint: '' });
		expect(await stands()).toMatchObject({ houseCode: house.code, latitude: house.latitude, sequence: 1 });
		expect(change.stands.wardNameVi).toBe('Phường Đông Kinh');
		await undo(change.id);
		expect(await stands()).toMatchObject({ houseCode: null, adminUnitId: before.adminUnitId, sequence: 2 });
		// The form that was made before all this says what stands.
		await expectSame(() => editEvent(db, organiser, { ...event, sequence: 0 }, NOW));
	});

	test('an old form that says what stood before a change is refused, not taken for what stands', async () => {
		await postpone();
		const work = () => editEvent(db, organiser, { ...event, sequence: 0 }, NOW);
		expect(await expectNothingWritten(db, work)).toMatchObject({ kind: 'CONFLICT', key: 'changedMeanwhile' });
		await editEvent(db, organiser, { ...event, sequence: 1 }, NOW);
		expect(await stands()).toMatchObject({ startsAt: START, sequence: 2 });
	});

	test('refusals write nothing', async () => {
		const { id: house } = await makeHouse(db);
		const stranger = await makeActor(db, 'steward', 'house', house);
		const asked = { id: id(), sequence: 0, reason: '' };
		const REFUSED: [string, () => Promise<unknown>][] = [
			['signInFirst', () => postponeEvent(db, undefined, { ...asked, ...later }, NOW)],
			['notYourRole', () => moveEvent(db, stranger, { ...asked, ...WHERE }, NOW)],
			['unknownEvent', () => postponeEvent(db, organiser, { ...asked, ...later, id: uuidv7(NOW) }, NOW)],
			['nothingNew', () => postpone({ startsAt: START, endsAt: START + 3 * HOUR })],
			['eventInPast', () => postpone({ startsAt: NOW - 1, endsAt: NOW + HOUR })],
			['eventInPast', () => postpone({ startsAt: NOW, endsAt: NOW + HOUR })],
			['endBeforeStart', () => postpone({ endsAt: later.startsAt })],
			['eventTooLong', () => postpone({ endsAt: later.startsAt + DAY + 1 })],
			['eventTooFar', () => postpone({ startsAt: NOW + 400 * DAY, endsAt: NOW + 400 * DAY + HOUR })],
			['changedMeanwhile', () => postpone({ sequence: 3 })],
			['textTooLong', () => postpone({ reason: 'x'.repeat(301) })],
			['nothingNew', () => move({ assemblyPoint: event.assemblyPoint })],
			['placeMissing', () => move({ assemblyPoint: '' })],
			['positionOutside', () => move({ latitude: 10.5, longitude: 106.7 })],
			['unknownHouse', () => move({ greenHouseCode: 'NNX-999' })],
			['reasonMissing', () => cancelEvent(db, organiser, { ...asked, reason: '🌧️' }, NOW)],
			['changedMeanwhile', () => cancelEvent(db, organiser, { ...asked, sequence: 7, reason: 'Lũ' }, NOW)],
			['eventOver', () => postpone({}, START + 4 * HOUR)],
			['unknownChange', () => undo(uuidv7(NOW))],
		];
		for (const [key, work] of REFUSED) expect(await expectNothingWritten(db, work)).toMatchObject({ key });
		const { id: change } = await move();
		expect(await expectNothingWritten(db, () => undo(change, NOW + HOUR + 1))).toMatchObject({
			...{ kind: 'CONFLICT', key: 'undoTooLate' },
		});
		await cancelEvent(db, organiser, { id: id(), reason: 'Lũ' }, NOW);
		expect(await expectNothingWritten(db, () => undo(change))).toMatchObject({
			...{ kind: 'CONFLICT', key: 'undoChanged' },
		});
		expect(await expectNothingWritten(db, () => postpone())).toMatchObject({ key: 'eventCancelled' });
		// The change of one event is not another's.
		const other = { ...event, id: uuidv7(NOW) };
		await announceEvent(db, organiser, other, NOW);
		const foreign = () => undoChange(db, organiser, { eventId: other.id, changeId: change }, NOW);
		expect(await expectNothingWritten(db, foreign)).toMatchObject({ key: 'unknownChange' });
	});

	test('of two leads at once one postpones, the other is told; of two undos one is written', async () => {
		const asked = { id: id(), sequence: 0, reason: '' };
		const days = [7, 14, 21, 28].map((day) => ({
			startsAt: START + day * DAY,
			endsAt: START + day * DAY + HOUR,
		}));
		const tries = await Promise.allSettled([
			...days.map((day) => postponeEvent(db, organiser, { ...asked, ...day }, NOW)),
			cancelEvent(db, organiser, { ...asked, reason: 'Lũ' }, NOW),
		]);
		expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const [change] = await listChanges(db, id());
		await Promise.all([1, 2, 3, 4].map(() => undo(change!.id)));
		expect(await stands()).toMatchObject({ startsAt: START, sequence: 2, status: 'published' });
		expect((await news()).filter(({ kind }) => kind === 'event.restored')).toHaveLength(1);
	});

	test('its history is not rewritten by anybody', async () => {
		const { id: change } = await postpone();
		const rewrite = (set: object) =>
			db.updateTable('eventChange').set(set).where('id', '=', change).execute();
		await expect(rewrite({ reason: 'khác' })).rejects.toThrow(/append-only/);
		await expect(db.deleteFrom('eventChange').execute()).rejects.toThrow(/append-only|kept/);
		await undo(change);
		await expect(rewrite({ undoneAt: NOW + 1 })).rejects.toThrow(/append-only/);
	});
});
