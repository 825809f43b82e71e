// Waiting for a place in a Green Sunday that is full, changing how many come, and one sign-up for each account.
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import type { EventInput, SignUpInput } from '#features/cleanup-events/cleanup-event.ts';
import { findEvent, listSections } from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { offerUntil, takeFromLine } from '#features/cleanup-events/sign-up-line.ts';
import { listNeeds } from '#features/cleanup-events/event-need.repository.ts';
import { pledge } from '#features/cleanup-events/sign-up-pledge.service.ts';
import { settleLines } from '#features/cleanup-events/sign-up-line.service.ts';
import {
	listComingSignUps,
	listOwnSignUps,
	listSignUps,
	listUnits,
	updateSignUp,
} from '#features/cleanup-events/sign-up.repository.ts';
import {
	acceptOffer,
	cancelSignUp,
	changeSignUp,
	findByCancelToken,
	forgetOldPhones,
	removeSignUp,
	signUp,
} from '#features/cleanup-events/sign-up.service.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { digest, expectNothingWritten } from '../support/snapshot.ts';

const HOUR = DAY / 24;
const deviceOf = (name: string | number) => ({ secret: String(name).padEnd(43, 'x') });
const START = NOW + 7 * DAY;

test('a place is kept for a day, never past an hour before the start', () => {
	expect(offerUntil(START, NOW)).toBe(NOW + DAY);
	expect(offerUntil(START, START - 3 * HOUR)).toBe(START - HOUR);
	for (const now of [START - HOUR, START - 1, START + HOUR]) expect(offerUntil(START, now)).toBeUndefined();
});

test('who does not fit into what is free is passed over', () => {
	const line = [{ headCount: 25 }, { headCount: 2 }, { headCount: 3 }, { headCount: 1 }];
	expect(takeFromLine(line, 3)).toEqual([{ headCount: 2 }, { headCount: 1 }]);
	expect(takeFromLine(line, 0)).toEqual([]);
	expect(takeFromLine(line, Infinity)).toEqual(line);
});

describeEachEngine('the waiting list of a Green Sunday', (engine) => {
	let db: Db;
	let organiser: Actor;
	let event: EventInput;

	const announce = async (over: Partial<EventInput> = {}): Promise<EventInput> => {
		const made = {
			...{ id: uuidv7(NOW), organisationId: 'doan', title: 'Tổng vệ sinh', description: '' },
			...{ startsAt: START, endsAt: START + 3 * HOUR, greenHouseCode: null, whatToBring: '' },
			...{ assemblyPoint: 'Nhà văn hoá khối 6', latitude: null, longitude: null, capacity: 30 },
			...PLAIN_EVENT,
			...over,
		};
		await announceEvent(db, organiser, made, NOW);
		return made;
	};
	const inputOf = (name: string, headCount: number, over: Partial<SignUpInput> = {}): SignUpInput => ({
		...{ id: uuidv7(NOW), kind: 'unit', name, headCount, phone: null, isSixteen: true, mayWait: true },
		...over,
	});
	const join = async (name: string, headCount: number, now = NOW, over: Partial<SignUpInput> = {}) => {
		const input = inputOf(name, headCount, over);
		return { ...(await signUp(db, event.id, input, deviceOf(name), now)), input };
	};
	const states = async () =>
		(await listSignUps(db, event.id)).map((each) => [each.name, each.headCount, each.status]);
	const edit = async (over: Partial<EventInput>, now = NOW) => {
		const { sequence } = (await findEvent(db, event.id))!;
		await editEvent(db, organiser, { ...event, ...over, sequence }, now);
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
		event = await announce();
	});

	test('a unit changes its number; a full event has a line; fewer lets the next one in', async () => {
		const unit = await join('Chi đoàn trường X', 25);
		await changeSignUp(db, { token: unit.token }, 30, NOW);
		const hoa = await join('Hoa', 2);
		const mai = await join('Mai', 1);
		expect(await states()).toEqual([
			['Chi đoàn trường X', 30, 'active'],
			['Hoa', 2, 'waiting'],
			['Mai', 1, 'waiting'],
		]);
		expect(await findByCancelToken(db, mai.token)).toMatchObject({ status: 'waiting', place: 2 });
		// Those who wait are in no public figure.
		expect(await findEvent(db, event.id)).toMatchObject({ signedUp: 30, heldHeads: 0 });
		expect(await listUnits(db, event.id)).toHaveLength(1);

		await changeSignUp(db, { token: unit.token }, 28, NOW);
		expect(await findByCancelToken(db, hoa.token)).toMatchObject({
			status: 'offered',
			offeredUntil: NOW + DAY,
		});
		expect(await findByCancelToken(db, mai.token)).toMatchObject({ status: 'waiting', place: 1 });
		expect(await findEvent(db, event.id)).toMatchObject({ signedUp: 28, heldHeads: 2 });
		await acceptOffer(db, { token: hoa.token }, NOW + HOUR);
		await acceptOffer(db, { token: hoa.token }, NOW + 2 * DAY);
		expect(await findEvent(db, event.id)).toMatchObject({ signedUp: 30, heldHeads: 0 });
	});

	test('a line is asked for: without the word, a full event refuses', async () => {
		await join('Chi đoàn', 29);
		const tries = [
			[2, 'fewPlacesLeft', { count: 1 }],
			[31, 'fewPlacesLeft', { count: 1 }],
		] as const;
		for (const [heads, key, values] of tries) {
			const input = inputOf('Hoa', heads, { mayWait: false });
			const work = () => signUp(db, event.id, input, deviceOf('Hoa'), NOW);
			expect(await expectNothingWritten(db, work)).toMatchObject({ key, values, field: 'headCount' });
		}
		const huge = () => signUp(db, event.id, inputOf('Hoa', 31), deviceOf('Hoa'), NOW);
		expect(await expectNothingWritten(db, huge)).toMatchObject({
			key: 'moreThanCapacity',
			field: 'headCount',
		});
	});

	test('an offer that lapses goes to the next, by the process as by any other write', async () => {
		const unit = await join('Chi đoàn', 30);
		const hoa = await join('Hoa', 2);
		const mai = await join('Mai', 2);
		const lan = await join('Lan', 2);
		await changeSignUp(db, { token: unit.token }, 28, NOW);
		await Promise.all([1, 2, 3].map(() => settleLines(db, NOW + DAY - 1)));
		expect(await findByCancelToken(db, hoa.token)).toMatchObject({ status: 'offered' });
		// Several processes at once.
		await Promise.all([1, 2, 3, 4].map(() => settleLines(db, NOW + DAY)));
		expect(await findByCancelToken(db, hoa.token)).toMatchObject({
			...{ status: 'cancelled', name: '', offeredUntil: NOW + DAY },
		});
		expect(await findByCancelToken(db, mai.token)).toMatchObject({
			...{ status: 'offered', offeredUntil: NOW + 2 * DAY },
		});
		const late = () => acceptOffer(db, { token: hoa.token }, NOW + DAY);
		expect(await expectNothingWritten(db, late)).toMatchObject({ kind: 'CONFLICT', key: 'offerLapsed' });
		// Before the process looks, the first write finds that it lapsed.
		const lapsed = () => acceptOffer(db, { token: mai.token }, NOW + 2 * DAY);
		expect(await expectNothingWritten(db, lapsed)).toMatchObject({ key: 'offerLapsed' });
		await cancelSignUp(db, { token: (await join('Tú', 1, NOW + 2 * DAY)).token }, NOW + 2 * DAY);
		expect(await findByCancelToken(db, lan.token)).toMatchObject({ status: 'offered' });
	});

	test('within the last hour, and where nothing is short any more, nobody is asked: they are in', async () => {
		const unit = await join('Chi đoàn', 30);
		const hoa = await join('Hoa', 2);
		const mai = await join('Mai', 2);
		const lan = await join('Lan', 2);
		await changeSignUp(db, { token: unit.token }, 28, START - 2 * HOUR);
		expect(await findByCancelToken(db, hoa.token)).toMatchObject({ offeredUntil: START - HOUR });
		await changeSignUp(db, { token: unit.token }, 26, START - HOUR + 1);
		for (const { token } of [mai, lan])
			expect(await findByCancelToken(db, token)).toMatchObject({ status: 'active' });
		const [first, second] = [await announce({ capacity: 1 }), await announce({ capacity: 1 })];
		event = first;
		await join('a', 1);
		await join('b', 1);
		await edit({ capacity: null });
		expect((await states()).map((each) => each[2])).toEqual(['active', 'active']);
		event = second;
	});

	test('a sign-up that ended meanwhile is given nothing', async () => {
		const unit = await join('Chi đoàn', 25);
		await cancelSignUp(db, { token: unit.token }, NOW);
		const before = await digest(db);
		const give = () => inTransaction(db, (trx) => updateSignUp(trx, unit.id, { status: 'active' }));
		expect(await give()).toBe(false);
		expect(await digest(db)).toEqual(before);
	});

	test('cancelling, being taken off and a higher capacity each make room, in the order of the line', async () => {
		const a = await join('a', 10);
		const b = await join('b', 10);
		await join('c', 10);
		const names = ['lớn', 'd', 'e', 'g'];
		await join('lớn', 25);
		for (const name of names.slice(1)) await join(name, 10);
		await cancelSignUp(db, { token: a.token }, NOW);
		await removeSignUp(db, organiser, { id: b.input.id }, NOW);
		await edit({ capacity: 35 });
		expect((await states()).filter((each) => each[2] === 'offered').map((each) => each[0])).toEqual([
			'd',
			'e',
		]);
		// What is held cannot be taken away.
		const less = async () => edit({ capacity: 29 });
		expect(await expectNothingWritten(db, less)).toMatchObject({
			key: 'capacityTooSmall',
			values: { count: 30 },
		});
		await edit({ capacity: 65 });
		expect((await states()).filter((each) => each[2] === 'waiting')).toEqual([]);
		expect(await findEvent(db, event.id)).toMatchObject({ signedUp: 10, heldHeads: 55 });
	});

	test('what cannot be changed or accepted is refused, and nothing is written', async () => {
		const unit = await join('Chi đoàn', 25);
		const hoa = await join('Hoa', 5, NOW, { kind: 'person' });
		const gone = await join('Đã huỷ', 1);
		const waits = await join('Chờ', 2);
		const inLine = await join('Chờ nữa', 2);
		await cancelSignUp(db, { token: inLine.token }, NOW);
		const by = { token: unit.token };
		const refusals: [() => Promise<unknown>, string][] = [
			...[0, -1, 1.5, 501, 10_000].map(
				(heads) =>
					[() => changeSignUp(db, by, heads, NOW), 'headsOutOfRange'] as [() => Promise<unknown>, string],
			),
			[() => changeSignUp(db, { token: hoa.token }, 51, NOW), 'headsOutOfRange'],
			[() => changeSignUp(db, by, 26, NOW), 'eventFull'],
			[() => changeSignUp(db, { token: waits.token }, 31, NOW), 'moreThanCapacity'],
			[() => changeSignUp(db, { token: inLine.token }, 3, NOW), 'signUpCancelled'],
			[() => changeSignUp(db, by, 20, START + 3 * HOUR), 'eventOver'],
			[() => changeSignUp(db, { token: 'A'.repeat(43) }, 20, NOW), 'signUpNotFound'],
			[() => changeSignUp(db, { id: unit.input.id, deviceAliasId: undefined }, 20, NOW), 'signUpNotFound'],
			[() => changeSignUp(db, { id: unit.input.id, deviceAliasId: 'other' }, 20, NOW), 'signUpNotFound'],
			[
				() =>
					changeSignUp(
						db,
						{ id: unit.input.id, deviceAliasId: undefined, personId: organiser.personId },
						20,
						NOW,
					),
				'signUpNotFound',
			],
			[() => acceptOffer(db, { token: waits.token }, NOW), 'notYourTurn'],
			[() => acceptOffer(db, { token: inLine.token }, NOW), 'signUpCancelled'],
			[() => acceptOffer(db, { token: 'A'.repeat(43) }, NOW), 'signUpNotFound'],
			[() => acceptOffer(db, { token: waits.token }, START + 3 * HOUR), 'eventOver'],
		];
		await cancelSignUp(db, { token: gone.token }, NOW);
		// The one that is free goes to nobody: two wait.
		await changeSignUp(db, { token: hoa.token }, 5, NOW);
		for (const [work, key] of refusals) expect(await expectNothingWritten(db, work)).toMatchObject({ key });
		await cancelEvent(db, organiser, { id: event.id, reason: 'Mưa to' }, NOW);
		for (const work of [
			() => changeSignUp(db, by, 20, NOW),
			() => acceptOffer(db, { token: waits.token }, NOW),
		])
			expect(await expectNothingWritten(db, work)).toMatchObject({ key: 'eventCancelled' });
		await settleLines(db, NOW);
		expect(await findByCancelToken(db, waits.token)).toMatchObject({ status: 'waiting' });
	});

	test('fewer than are left is said: 25 may become 27 and not 28', async () => {
		const unit = await join('Chi đoàn', 25);
		await join('Hoa', 3);
		const work = () => changeSignUp(db, { token: unit.token }, 28, NOW);
		expect(await expectNothingWritten(db, work)).toMatchObject({
			...{ kind: 'CONFLICT', key: 'fewPlacesLeft', field: 'headCount', values: { count: 2 } },
		});
		await changeSignUp(db, { token: unit.token }, 27, NOW);
		expect(await findEvent(db, event.id)).toMatchObject({ signedUp: 30 });
	});

	test('cancelling, a new sign-up and saying yes at once never fill a place twice', async () => {
		const a = await join('a', 15);
		await join('b', 15);
		const waiting = [];
		for (let each = 0; each < 6; each += 1) waiting.push(await join(`w${each}`, 5));
		await cancelSignUp(db, { token: a.token }, NOW);
		const offered = waiting.slice(0, 3);
		const acts = [
			...offered.map(({ token }) => acceptOffer(db, { token }, NOW)),
			cancelSignUp(db, { token: offered[0]!.token }, NOW),
			...[1, 2, 3, 4].map((each) => join(`mới ${each}`, 5)),
			changeSignUp(db, { token: offered[1]!.token }, 2, NOW),
			settleLines(db, NOW),
		];
		await Promise.allSettled(acts);
		const found = (await findEvent(db, event.id))!;
		expect(found.signedUp + found.heldHeads).toBeLessThanOrEqual(30);
		// Nobody waits who would fit.
		const free = 30 - found.signedUp - found.heldHeads;
		expect((await states()).filter((each) => each[2] === 'waiting' && Number(each[1]) <= free)).toEqual([]);
	});

	test('one tap signs somebody up, a second one changes nothing, and it is theirs', async () => {
		const input = inputOf('Người tổ chức', 1, { kind: 'person', isSixteen: false });
		const first = await signUp(db, event.id, input, deviceOf('máy'), NOW, organiser);
		const tap = () => {
			const again = { ...input, id: uuidv7(NOW), headCount: 3 };
			return signUp(db, event.id, again, deviceOf('máy khác'), NOW + 1, organiser);
		};
		const second = await Promise.all([tap(), tap(), tap()]);
		expect(second.map(({ id }) => id)).toEqual([input.id, input.id, input.id]);
		expect(await states()).toEqual([['Người tổ chức', 1, 'active']]);
		const viewer = { deviceAliasId: undefined, personId: organiser.personId };
		expect(await listOwnSignUps(db, event.id, viewer)).toMatchObject([{ id: first.id }]);
		expect(await listComingSignUps(db, viewer, NOW)).toMatchObject([{ id: first.id, status: 'active' }]);
		// On a phone that a family shares it is nobody else's.
		expect(await db.selectFrom('deviceAlias').select('id').execute()).toEqual([]);
		expect((await readOwnData(db, organiser.personId)).signUps).toMatchObject([{ name: 'Người tổ chức' }]);
		const by = { id: first.id, deviceAliasId: undefined, personId: organiser.personId };
		await changeSignUp(db, by, 4, NOW);
		expect(await states()).toEqual([['Người tổ chức', 4, 'active']]);
		await cancelSignUp(db, by, NOW);
		await signUp(db, event.id, { ...input, id: uuidv7(NOW) }, deviceOf('máy'), NOW, organiser);
		expect(await states()).toEqual([['Người tổ chức', 1, 'active']]);
	});

	test('fifty taps of one person at once are one sign-up', async () => {
		const taps = Array.from({ length: 50 }, (_, each) =>
			signUp(db, event.id, inputOf('Tôi', 1, { kind: 'person' }), deviceOf(each), NOW, organiser),
		);
		const ids = new Set((await Promise.all(taps)).map(({ id }) => id));
		expect(ids.size).toBe(1);
		expect(await findEvent(db, event.id)).toMatchObject({ signedUp: 1 });
	});

	test('a sample person’s tap on a real event is a stranger’s: it asks for the declared age', async () => {
		const sample = { ...organiser, isSample: true };
		const input = inputOf('Mẫu', 1, { kind: 'person', isSixteen: false });
		const work = () => signUp(db, event.id, input, deviceOf('máy'), NOW, sample);
		expect(await expectNothingWritten(db, work)).toMatchObject({ key: 'ownNameSixteen' });
		await signUp(db, event.id, { ...input, isSixteen: true }, deviceOf('máy'), NOW, sample);
		expect(await db.selectFrom('signUp').select('personId').execute()).toEqual([{ personId: null }]);
	});

	test('whoever erases their account leaves the line and the list', async () => {
		const resident = await makeActor(db, 'steward', 'ward', 'tt-2025');
		await join('Chi đoàn', 28);
		await signUp(db, event.id, inputOf('Tôi', 2, { kind: 'person' }), deviceOf('máy'), NOW, resident);
		const mai = await join('Mai', 2);
		await signUp(
			db,
			event.id,
			inputOf('Tổ của tôi', 2, { contact: 'Tôi', phone: '0912345678' }),
			deviceOf('máy'),
			NOW,
			resident,
		);
		await eraseAccount(db, resident, NOW);
		expect(JSON.stringify(await db.selectFrom('signUp').selectAll().execute())).not.toMatch(/tôi|912345678/i);
		await settleLines(db, NOW);
		expect(await findByCancelToken(db, mai.token)).toMatchObject({ status: 'offered' });
		expect(await states()).toHaveLength(2);
		const gone = () => signUp(db, event.id, inputOf('Tôi', 1), deviceOf('máy'), NOW, resident);
		expect(await expectNothingWritten(db, gone)).toMatchObject({ key: 'signInFirst' });
	});

	test('people take of what is needed; two who take the last at once: one gets it', async () => {
		const needs = [
			{ label: 'xe rác', wanted: 2 },
			{ label: 'xẻng', wanted: 10 },
		];
		await edit({ needs });
		const a = await join('a', 5);
		const b = await join('b', 5);
		const c = await join('c', 19);
		const [cart, spade] = (await listNeeds(db, event.id)).map(({ id }) => id) as [string, string];
		const bring = (who: { token: string }, needId: string, count: number, now = NOW) =>
			pledge(db, { token: who.token }, { needId, count }, now);
		const pledged = async () => (await listNeeds(db, event.id)).map((each) => each.pledged);
		await bring(a, spade, 3);
		await bring(a, spade, 3);
		expect(await pledged()).toEqual([0, 3]);
		await bring(b, cart, 1);
		const races = await Promise.allSettled([bring(a, cart, 1), bring(c, cart, 1)]);
		expect(races.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(races.find((each) => each.status === 'rejected')?.reason).toMatchObject({ key: 'needTaken' });
		expect(await pledged()).toEqual([2, 3]);

		const waits = await join('chờ', 9);
		const gone = await join('đi', 1);
		await cancelSignUp(db, { token: gone.token }, NOW);
		event = { ...event, needs };
		const other = event;
		event = await announce({ needs: [{ label: 'chổi', wanted: 1 }] });
		const foreign = (await listNeeds(db, event.id))[0]!.id;
		event = other;
		const refusals: [() => Promise<unknown>, string][] = [
			[() => bring(b, spade, 8), 'needTaken'],
			[() => bring(b, spade, -1), 'countOutOfRange'],
			[() => bring(b, spade, 10_000), 'countOutOfRange'],
			[() => bring(b, spade, 0.5), 'countOutOfRange'],
			[() => bring(b, foreign, 1), 'needUnknown'],
			[() => bring(b, 'x', 1), 'needUnknown'],
			[() => bring(waits, spade, 1), 'pledgeWithoutPlace'],
			[() => bring(gone, spade, 1), 'signUpCancelled'],
			[() => bring({ token: 'A'.repeat(43) }, spade, 1), 'signUpNotFound'],
			[() => bring(b, spade, 1, event.endsAt), 'eventOver'],
		];
		for (const [work, key] of refusals) expect(await expectNothingWritten(db, work)).toMatchObject({ key });

		// Fewer wanted than promised stands as it is; more is not taken, less is.
		await edit({ needs: [{ label: 'Xẻng', wanted: 2 }, needs[0]!] });
		expect(await listNeeds(db, event.id)).toMatchObject([
			{ id: spade, label: 'Xẻng', wanted: 2, pledged: 3 },
			{ id: cart, pledged: 2 },
		]);
		expect(await expectNothingWritten(db, () => bring(b, spade, 1))).toMatchObject({
			...{ key: 'needTaken', values: { count: 0 } },
		});
		await bring(a, spade, 2);
		await cancelSignUp(db, { token: b.token }, NOW);
		expect((await pledged())[0]).toBe(2);
		await bring(a, spade, 0);
		await removeSignUp(db, organiser, { id: c.input.id }, NOW);
		await cancelSignUp(db, { token: a.token }, NOW);
		expect(await pledged()).toEqual([0, 0]);
		await edit({ needs: [] });
		expect(await listNeeds(db, event.id)).toEqual([]);
	});

	test.each([
		['emoji', '🌿🌿'],
		['digits', '123'],
	])('a contact of %s alone is refused, and so is such a name', async (_name, text) => {
		for (const over of [{ name: text }, { contact: text }]) {
			const work = () => signUp(db, event.id, inputOf('Chi đoàn', 5, over), deviceOf('máy'), NOW);
			expect(await expectNothingWritten(db, work)).toMatchObject({
				...{ key: 'nameMissing', field: Object.keys(over)[0] },
			});
		}
	});

	test('a contact is the organiser’s to see, as typed, and is forgotten with the number', async () => {
		const contact = '<b>Cô Hà</b>';
		await join('Chi đoàn', 5, NOW, { contact, phone: '0912 345 678' });
		expect(await listSignUps(db, event.id)).toMatchObject([{ contact, hasPhone: 1 }]);
		expect(JSON.stringify(await listUnits(db, event.id))).not.toContain('Hà');
		await forgetOldPhones(db, event.endsAt + 31 * DAY);
		expect(await listSignUps(db, event.id)).toMatchObject([{ contact: '', hasPhone: 0 }]);
		expect(await listSections(db, event.id)).toEqual([]);
	});
});
