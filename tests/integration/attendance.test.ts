// Who came, as the phones of two leads say it: nobody twice, nobody lost, and nothing written by whoever may not.
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { findActor, insertRoleGrant } from '#features/accounts/person.repository.ts';
import { listFigures } from '#features/cleanup-events/attendance.repository.ts';
import {
	checkInByCode,
	readAttendance,
	recordAttendance,
} from '#features/cleanup-events/attendance.service.ts';
import { saidAt, sumPresent, walkInsOf } from '#features/cleanup-events/attendance.ts';
import {
	checkInCodeOf,
	codeHash,
	deviceOfForms,
	shownCode,
	type AttendanceInput,
} from '#features/cleanup-events/check-in.ts';
import type { SignUpInput } from '#features/cleanup-events/cleanup-event.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { findEvent } from '#features/cleanup-events/cleanup-event.repository.ts';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { getOfficialReport } from '#features/cleanup-events/event-report.service.ts';
import type { EventNeed } from '#features/cleanup-events/event-need.ts';
import { listNeeds, replaceNeeds } from '#features/cleanup-events/event-need.repository.ts';
import { letterCodeOf, shownLetterCode } from '#features/cleanup-events/letter.ts';
import { insertLetter } from '#features/cleanup-events/letter.repository.ts';
import {
	issueLetter,
	issueOwnLetter,
	readLetter,
	verifyLetter,
} from '#features/cleanup-events/letter.service.ts';
import {
	cancelSignUpRow,
	findSignUp,
	listSignUpChanges,
} from '#features/cleanup-events/sign-up.repository.ts';
import { pledge } from '#features/cleanup-events/sign-up-pledge.service.ts';
import { cancelSignUp, changeSignUp, signUp } from '#features/cleanup-events/sign-up.service.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, openSession, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const START = NOW + DAY;
const END = START + DAY / 12;
const MINUTE = 60_000;
const SECRET = randomBytes(32);
const DEVICE = { secret: 'x'.repeat(43) };

describeEachEngine('Who came to a Green Sunday', (engine) => {
	let db: Db;
	let organiser: Actor;
	let organisationId: string;
	let eventId: string;

	const announce = async (by = organiser, organisation = organisationId) => {
		const id = uuidv7(NOW);
		const about = {
			id,
			organisationId: organisation,
			title: 'Dọn bờ sông',
			description: '',
			whatToBring: '',
		};
		const place = {
			greenHouseCode: null,
			assemblyPoint: 'Sân',
			latitude: null,
			longitude: null,
			capacity: null,
		};
		await announceEvent(db, by, { ...PLAIN_EVENT, ...about, ...place, startsAt: START, endsAt: END }, NOW);
		return id;
	};
	const join = async (over: Partial<SignUpInput> = {}, actor?: Actor) => {
		const input = {
			id: uuidv7(NOW),
			kind: 'person' as const,
			name: 'Lý Văn Bình',
			headCount: 1,
			phone: null,
		};
		return (await signUp(db, eventId, { ...input, isSixteen: true, ...over }, DEVICE, NOW, actor)).id;
	};
	const word = (over: Partial<AttendanceInput> = {}): AttendanceInput => ({
		...{ id: uuidv7(NOW), eventId, signUpId: null, device: 'a', isChoice: false, heads: 1 },
		minors: over.signUpId ? null : 0,
		...{ statedAt: START, checkedInAt: over.statedAt ?? START },
		...over,
	});
	const say = (over: Partial<AttendanceInput> = {}, now = START) =>
		recordAttendance(db, organiser, word(over), now);
	const sum = async () => sumPresent(await listFigures(db, eventId));
	const refusal = (over: Partial<AttendanceInput>, now = START) =>
		expectNothingWritten(db, () => say(over, now));

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		const about = { kind: 'youth_union', name: 'Đoàn phường', adminUnitId: 'tt-2025', isSample: 0 } as const;
		organisationId = await inTransaction(db, (trx) => insertOrganisation(trx, about, NOW));
		organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
		eventId = await announce();
	});

	test('the paper names everybody who came, by how they came, and the ward of today', async () => {
		const unit = await join({ kind: 'unit', name: 'Chi đoàn', headCount: 25 });
		const [person, gone] = [await join({ headCount: 4 }), await join({ name: 'Hoa', headCount: 2 })];
		const read = () => getOfficialReport(db, organiser, eventId);
		const nobody = {
			units: [{ name: 'Chi đoàn', headCount: 25, present: undefined }],
			...{ people: { headCount: 6, present: undefined }, cancelled: 0, walkIns: { heads: 0, minors: 0 } },
		};
		expect(await read()).toMatchObject(nobody);
		// A tap that was taken back is no check-in in which nobody came.
		await say({ signUpId: unit, heads: 25, statedAt: START - 2 });
		await say({ signUpId: unit, heads: 0, statedAt: START - 1 });
		expect(await read()).toMatchObject(nobody);
		await say({ signUpId: unit, heads: 23 });
		await say({ signUpId: person, heads: 3, statedAt: START + 1 });
		await say({ signUpId: gone, heads: 2, statedAt: START + 2 });
		await say({ heads: 4, minors: 1, statedAt: START + 3 });
		await inTransaction(db, (trx) => cancelSignUpRow(trx, gone, START));
		await db
			.updateTable('organisation')
			.set({ adminUnitId: 'hd-old' })
			.where('id', '=', organisationId)
			.execute();
		const parts = await read();
		expect(parts).toMatchObject({
			units: [{ name: 'Chi đoàn', headCount: 25, present: 23 }],
			...{ people: { headCount: 4, present: 3 }, cancelled: 2, walkIns: { heads: 4, minors: 1 } },
			unit: { id: 'tt-2025' },
		});
		expect((await sum()).heads).toBe(23 + 3 + 2 + 4);
	});

	test('a person whom two phones checked in counts once, also when it is sent again', async () => {
		const signUpId = await join();
		const first = word({ signUpId });
		expect(await recordAttendance(db, organiser, first, START)).toBe('created');
		expect(await recordAttendance(db, organiser, first, START + MINUTE)).toBe('unchanged');
		expect(await recordAttendance(db, organiser, { ...first, checkedInAt: START + 7 }, START)).toBe(
			'unchanged',
		);
		await say({ signUpId, device: 'b', statedAt: START + MINUTE }, START + MINUTE);
		expect(await sum()).toEqual({ heads: 1, open: 0 });
		expect(await expectNothingWritten(db, () => say({ ...first, heads: 2 }))).toMatchObject({
			...{ kind: 'CONFLICT', key: 'sameIdOtherContent' },
		});
		const other = await makeActor(db, 'organiser', 'organisation', organisationId);
		expect(await expectNothingWritten(db, () => recordAttendance(db, other, first, START))).toMatchObject({
			key: 'sameIdOtherContent',
		});
	});

	test('two figures of a unit are both kept until the lead chooses; later ones stand again', async () => {
		const signUpId = await join({ kind: 'unit', name: 'Chi đoàn trường X', headCount: 25 });
		await say({ signUpId, device: 'a', heads: 23 });
		await say({ signUpId, device: 'b', heads: 25, statedAt: START + 1 });
		expect(await sum()).toEqual({ heads: 25, open: 1 });
		const choice = { signUpId, device: 'a', isChoice: true, heads: 23, statedAt: START + 5 };
		await say(choice);
		expect(await sum()).toEqual({ heads: 23, open: 0 });
		await say({ signUpId, device: 'b', heads: 26, statedAt: START + 9 });
		expect(await sum()).toEqual({ heads: 26, open: 0 });
		expect(await listFigures(db, eventId)).toHaveLength(4);
		// The lead who chooses reads whose phones they are.
		const { displayName } = await db
			.selectFrom('person')
			.select('displayName')
			.where('id', '=', organiser.personId)
			.executeTakeFirstOrThrow();
		const { figures } = await readAttendance(db, organiser, SECRET, eventId);
		expect(figures.map(({ by }) => by)).toEqual(Array(4).fill(displayName));
	});

	test('a phone whose clock was three days ahead and was put right loses nothing, and keeps its order', async () => {
		const signUpId = await join({ kind: 'unit', name: 'Chi đoàn', headCount: 25 });
		const ahead = START + 3 * DAY;
		await say({ signUpId, heads: 20, statedAt: ahead });
		await say({ signUpId, device: 'b', heads: 25, statedAt: START - MINUTE });
		// What it said since comes later in its order, by a clock that shows the time.
		const since = { signUpId, checkedInAt: START - MINUTE / 2 };
		await say({ ...since, isChoice: true, heads: 20, statedAt: ahead + 1 });
		expect(await sum()).toEqual({ heads: 20, open: 0 });
		await say({ ...since, heads: 22, statedAt: ahead + 2 });
		expect(await sum()).toEqual({ heads: 22, open: 0 });
		const figures = await listFigures(db, eventId);
		expect(figures).toHaveLength(4);
		expect(Math.max(...figures.map(({ at }) => at))).toBe(START);
	});

	describe.each([
		['the evening before', START - DAY / 2],
		['on the morning', START - 10 * MINUTE],
	])('with a list of %s,', (_when, givenAt) => {
		/** How far the clock is off when the list comes, when somebody is checked in, and when that is sent. */
		test.each(
			[-3 * DAY, 0, 3 * DAY].flatMap((atList) =>
				[-3 * DAY, 0, 3 * DAY].flatMap((atWord) => [-3 * DAY, 0, 3 * DAY].map((x) => [atList, atWord, x])),
			) as [number, number, number][],
		)('a clock that is off by %i, %i and %i ms loses nobody', async (atList, atWord, atSending) => {
			const signUpId = await join();
			const statedAt = START + atWord;
			const list = { givenAt, ageMs: statedAt - (givenAt + atList) };
			// It was wrong in between alone, and says what a clock says that was right and checks somebody in three days later.
			const isAlike = atList === atSending && atWord - atList === 3 * DAY;
			for (const sentAt of isAlike ? [START + DAY] : [START + DAY, START + 4 * DAY]) {
				await say({ signUpId, statedAt, checkedInAt: statedAt - atSending, list }, sentAt);
				const figure = (await listFigures(db, eventId)).at(-1);
				expect(figure).toMatchObject({ heads: 1, statedAt });
				expect(figure!.at).toBeGreaterThanOrEqual(Math.max(givenAt, START - DAY / 4));
				expect(figure!.at).toBeLessThanOrEqual(END + 2 * DAY);
				// Exactly where the clock was the same at two of the three.
				if (atWord === atSending || atWord === atList) expect(figure!.at).toBe(START);
			}
		});
	});

	test.each([
		['after the event', START, 3 * DAY, 0, 'checkInTooLate'],
		[
			'after the event, a clock put right by two hours since',
			START,
			3 * DAY,
			2 * 60 * MINUTE,
			'checkInTooLate',
		],
		['the evening before', START - DAY, DAY / 2, 0, 'checkInTooEarly'],
	])('refuses what both the list and the clock place %s', async (_when, givenAt, ageMs, apart, key) => {
		const said = {
			statedAt: givenAt + ageMs,
			checkedInAt: givenAt + ageMs + apart,
			list: { givenAt, ageMs },
		};
		expect(await refusal(said, START + 4 * DAY)).toMatchObject({
			...{ kind: 'UNPROCESSABLE_CONTENT', key, field: 'checkedInAt' },
		});
		// Which figure counts may be said as late as one likes.
		if (key !== 'checkInTooLate') return;
		const signUpId = await join();
		await say({ ...said, signUpId, isChoice: true }, START + 4 * DAY);
		expect((await listFigures(db, eventId)).at(-1)!.at).toBe(givenAt + ageMs);
	});

	test('where both can be true the list counts, as the phone itself reckons', async () => {
		const list = { givenAt: START, ageMs: 10 * MINUTE };
		const said = { heads: 3, statedAt: START + DAY, checkedInAt: START + 40 * MINUTE, list };
		await say(said, START + 50 * MINUTE);
		const [figure] = await listFigures(db, eventId);
		expect(figure!.at).toBe(START + 10 * MINUTE);
		expect(figure!.at).toBe(saidAt(list));
	});

	test('a list is no way to check somebody in before the time, or after it', async () => {
		const early = START - 7 * 60 * MINUTE;
		const list = { givenAt: early, ageMs: 0 };
		const before = () => say({ statedAt: early, list }, early);
		expect(await expectNothingWritten(db, before)).toMatchObject({ key: 'checkInTooEarly' });
		const late = END + 2 * DAY + MINUTE;
		const after = () => say({ statedAt: late, list: { givenAt: late, ageMs: 0 } }, late);
		expect(await expectNothingWritten(db, after)).toMatchObject({ key: 'checkInTooLate' });
	});

	test('walk-ins are one counter for each phone, and the sum of all', async () => {
		await say({ heads: 4, minors: 1 });
		await say({ heads: 6, minors: 2, statedAt: START + 1 });
		await say({ device: 'b', heads: 3, minors: 3 });
		expect(walkInsOf(await listFigures(db, eventId))).toEqual({ heads: 9, minors: 5 });
	});

	test('a check-in is taken back by the phone that made it, and another phone’s stays', async () => {
		const signUpId = await join();
		await say({ signUpId, device: 'a' });
		await say({ signUpId, device: 'b' });
		await say({ signUpId, device: 'b', heads: 0, statedAt: START + 1 });
		expect(await sum()).toEqual({ heads: 1, open: 0 });
		await say({ signUpId, device: 'b', isChoice: true, heads: 0, statedAt: START + 2 });
		expect(await sum()).toEqual({ heads: 0, open: 0 });
	});

	test('whoever cancelled and came all the same is counted', async () => {
		const signUpId = await join();
		await cancelSignUp(db, { id: signUpId, deviceAliasId: await aliasOf(signUpId) }, NOW);
		await say({ signUpId });
		const { rows } = await readAttendance(db, organiser, SECRET, eventId);
		expect(rows).toMatchObject([{ status: 'cancelled', name: '' }]);
		expect(await sum()).toEqual({ heads: 1, open: 0 });
	});
	const aliasOf = async (id: string) =>
		(await db.selectFrom('signUp').select('deviceAliasId').where('id', '=', id).executeTakeFirstOrThrow())
			.deviceAliasId!;

	test('a plain form that is sent twice is one, whenever it arrives; with other heads it is refused', async () => {
		const first = word({ device: deviceOfForms(organiser.personId) });
		await recordAttendance(db, organiser, first, START);
		const again = { ...first, statedAt: START + 9, checkedInAt: START + 9 };
		expect(await recordAttendance(db, organiser, again, START + 9)).toBe('unchanged');
		expect(await expectNothingWritten(db, () => say({ ...again, heads: 2 }))).toMatchObject({
			key: 'sameIdOtherContent',
		});
	});

	test('a code finds its own sign-up alone; a tampered one is refused here and on the phone', async () => {
		const signUpId = await join({ headCount: 3 });
		await join({ name: 'Nông Thị Hoa' });
		const code = checkInCodeOf(SECRET, signUpId);
		expect(code).toMatch(/^\d{10}$/);
		const { rows } = await readAttendance(db, organiser, SECRET, eventId);
		expect(rows.filter(({ hash }) => hash === codeHash(eventId, code)).map(({ id }) => id)).toEqual([
			signUpId,
		]);
		const wrong = code.slice(0, 9) + String((Number(code[9]) + 1) % 10);
		expect(rows.some(({ hash }) => hash === codeHash(eventId, wrong))).toBe(false);
		const { signUpId: _, heads: _heads, minors: _minors, ...rest } = word();
		const typed = (text: string) =>
			checkInByCode(db, organiser, { ...rest, secret: SECRET, code: text }, START);
		for (const text of [wrong, '', 'x', code.slice(1), '٠'.repeat(10)])
			expect(await expectNothingWritten(db, () => typed(text))).toMatchObject({
				key: 'checkInCodeWrong',
				field: 'code',
			});
		expect(await typed(` ${shownCode(code)} `)).toBe(signUpId);
		expect(await sum()).toEqual({ heads: 3, open: 0 });
		// A code opens nothing else.
		expect(checkInCodeOf(randomBytes(32), signUpId)).not.toBe(code);
	});

	test.each([
		['nobody of this event', { signUpId: uuidv7(NOW) }, 'signUpNotFound'],
		['10,000 heads', { heads: 10_000 }, 'countOutOfRange'],
		['fewer than none', { heads: -1 }, 'countOutOfRange'],
		['half a head', { heads: 1.5 }, 'countOutOfRange'],
		['more children than heads', { heads: 1, minors: 2 }, 'countOutOfRange'],
		['walk-ins without their age', { minors: null }, 'bodyMalformed'],
		['a choice about walk-ins', { isChoice: true }, 'bodyMalformed'],
		['a phone without a name', { device: '' }, 'bodyMalformed'],
		['a check-in seven hours before the start', { statedAt: START - 7 * 60 * MINUTE }, 'checkInTooEarly'],
	])('refuses %s and writes nothing', async (_name, over, key) => {
		expect(await refusal(over as Partial<AttendanceInput>)).toMatchObject({ key });
	});

	test('refuses who is of another event, an event called off, and what was said 48 hours after the end', async () => {
		const signUpId = await join();
		eventId = await announce();
		expect(await refusal({ signUpId })).toMatchObject({ kind: 'NOT_FOUND' });
		const late = END + 2 * DAY + 1;
		expect(await refusal({ statedAt: late }, late)).toMatchObject({ key: 'checkInTooLate' });
		// Said in time, it may be sent much later.
		await say({ statedAt: END + 2 * DAY }, END + 9 * DAY);
		await cancelEvent(db, organiser, { id: eventId, reason: 'Bão' }, START);
		expect(await refusal({})).toMatchObject({ key: 'eventCancelled' });
	});

	test('asks whether the role was held when it was said, and whether it is held now', async () => {
		const granted = START + 10 * MINUTE;
		const { personId } = await makeActor(db, 'steward', 'ward', 'tt-2025');
		const scope = { role: 'organiser', scopeKind: 'organisation', scopeId: organisationId } as const;
		const grantId = await inTransaction(db, (trx) =>
			insertRoleGrant(
				trx,
				{ personId, ...scope, grantedBy: null, isSample: 0, validFrom: '2026-01-01' },
				granted,
			),
		);
		const late = (await findActor(db, personId, granted))!;
		const at = (statedAt: number) => recordAttendance(db, late, word({ statedAt }), granted + MINUTE);
		expect(await expectNothingWritten(db, () => at(granted - 1))).toMatchObject({
			...{ kind: 'FORBIDDEN', key: 'notYourRoleThen' },
		});
		expect(await at(granted)).toBe('created');
		await db
			.updateTable('roleGrant')
			.set({ endedAt: granted + 1 })
			.where('id', '=', grantId)
			.execute();
		expect(await expectNothingWritten(db, () => at(granted))).toMatchObject({ key: 'notYourRole' });
		// Who has the role again was none in between.
		await inTransaction(db, (trx) =>
			insertRoleGrant(trx, { personId, ...scope, grantedBy: null, isSample: 0 }, granted + 30),
		);
		const again = (await findActor(db, personId, granted + MINUTE))!;
		const between = () => recordAttendance(db, again, word({ statedAt: granted + 20 }), granted + MINUTE);
		expect(await expectNothingWritten(db, between)).toMatchObject({ key: 'notYourRoleThen' });
		expect(await recordAttendance(db, again, word({ statedAt: granted }), granted + MINUTE)).toBe('created');
	});

	test('whoever erases their account leaves the heads and takes the name', async () => {
		const lan = await makeActor(db, 'steward', 'ward', 'tt-2025');
		await openSession(db, lan.personId);
		const signUpId = await join({ name: 'Hoàng Thị Lan', headCount: 2 }, lan);
		await say({ signUpId, heads: 2 });
		expect((await readOwnData(db, lan.personId)).attendance).toMatchObject([
			{ heads: 2, checkedInAt: START },
		]);
		await eraseAccount(db, lan, END + MINUTE);
		expect((await readAttendance(db, organiser, SECRET, eventId)).rows).toMatchObject([{ name: '' }]);
		expect(await sum()).toEqual({ heads: 2, open: 0 });
	});

	test('a letter is for a person who was checked in by name, and holds while the check-in does', async () => {
		const signUpId = await join({ name: 'Nông Thị Hoa', headCount: 2 });
		const unit = await join({ kind: 'unit', name: 'Chi đoàn', headCount: 20 });
		const issue = (id: string) => issueLetter(db, organiser, SECRET, id, END);
		await say({ signUpId: unit, heads: 20 });
		for (const id of [signUpId, unit])
			expect(await expectNothingWritten(db, () => issue(id))).toMatchObject({ key: 'letterNotEarned' });
		await say({ signUpId, heads: 2 });
		const own = { id: signUpId, deviceAliasId: await aliasOf(signUpId) };
		const stranger = { id: signUpId, deviceAliasId: undefined };
		expect(await expectNothingWritten(db, () => issueOwnLetter(db, SECRET, stranger, END))).toMatchObject({
			key: 'signUpNotFound',
		});
		await issueOwnLetter(db, SECRET, own, END);
		await issue(signUpId);
		const letters = await db.selectFrom('participationLetter').selectAll().execute();
		expect(letters).toHaveLength(1);
		const code = letterCodeOf(SECRET, signUpId);
		expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{20}$/);
		expect(JSON.stringify(letters)).not.toContain(code);
		for (const typed of [code, shownLetterCode(code), ` ${shownLetterCode(code).toLowerCase()} `])
			expect(await verifyLetter(db, typed, END)).toMatchObject({ name: 'N. T. Hoa', event: { id: eventId } });
		const other = code.slice(0, 19) + (code[19] === '7' ? '8' : '7');
		for (const typed of [other, '', 'x', code.slice(1), signUpId, letterCodeOf(SECRET, unit)])
			expect(await verifyLetter(db, typed, END)).toBeUndefined();
		await say({ signUpId, heads: 0, statedAt: START + 1 });
		expect(await verifyLetter(db, code, END)).toBeUndefined();
		await say({ signUpId, heads: 1, statedAt: START + 2 });
		expect(await verifyLetter(db, code, END)).toBeDefined();
		await cancelSignUp(db, own, START);
		expect(await verifyLetter(db, code, END)).toBeUndefined();
	});

	const letterAt = async (signUpId: string, now: number) => {
		const signUp = (await findSignUp(db, signUpId))!;
		return readLetter(db, SECRET, { signUp, event: (await findEvent(db, eventId))! }, now);
	};
	const putLetter = (signUpId: string) => {
		const codeHash = sha256Hex(letterCodeOf(SECRET, signUpId));
		return inTransaction(db, (trx) =>
			insertLetter(trx, { signUpId, codeHash, issuedAt: START, isSample: 0 }),
		);
	};

	test('no letter is made before the event has ended, and one of before that holds only then', async () => {
		const signUpId = await join();
		await say({ signUpId });
		const own = { id: signUpId, deviceAliasId: await aliasOf(signUpId) };
		for (const early of [
			() => issueLetter(db, organiser, SECRET, signUpId, END - 1),
			() => issueOwnLetter(db, SECRET, own, END - 1),
		])
			expect(await expectNothingWritten(db, early)).toMatchObject({
				kind: 'CONFLICT',
				key: 'letterTooEarly',
			});
		await putLetter(signUpId);
		const code = letterCodeOf(SECRET, signUpId);
		expect(await letterAt(signUpId, END - 1)).toEqual({ from: END, letter: undefined, code: undefined });
		expect(await verifyLetter(db, code, END - 1)).toBeUndefined();
		expect(await letterAt(signUpId, END)).toMatchObject({ from: END, code });
		expect(await verifyLetter(db, code, END)).toBeDefined();
	});

	test('no letter is made or shown of what was called off', async () => {
		const signUpId = await join();
		await say({ signUpId });
		const issue = () => issueLetter(db, organiser, SECRET, signUpId, END);
		await putLetter(signUpId);
		await cancelEvent(db, organiser, { id: eventId, reason: 'Bão' }, START);
		expect(await letterAt(signUpId, END)).toEqual({ from: undefined, letter: undefined, code: undefined });
		expect(await verifyLetter(db, letterCodeOf(SECRET, signUpId), END)).toBeUndefined();
		expect(await expectNothingWritten(db, issue)).toMatchObject({ key: 'letterNotEarned' });
	});

	test('whoever erases their account has no letter any more', async () => {
		const lan = await makeActor(db, 'steward', 'ward', 'tt-2025');
		const signUpId = await join({ name: 'Hoàng Thị Lan' }, lan);
		await say({ signUpId });
		await issueLetter(db, organiser, SECRET, signUpId, END);
		expect(await verifyLetter(db, letterCodeOf(SECRET, signUpId), END)).toBeDefined();
		await eraseAccount(db, lan, END + MINUTE);
		expect(await verifyLetter(db, letterCodeOf(SECRET, signUpId), END)).toBeUndefined();
		expect(await sum()).toEqual({ heads: 1, open: 0 });
	});

	test('what a sign-up said before is kept', async () => {
		const signUpId = await join({ kind: 'unit', name: 'Chi đoàn', headCount: 20 });
		const own = { id: signUpId, deviceAliasId: await aliasOf(signUpId) };
		await changeSignUp(db, own, 25, NOW + 1);
		await changeSignUp(db, own, 25, NOW + 2);
		await changeSignUp(db, own, 18, NOW + 3);
		expect(await listSignUpChanges(db, eventId)).toEqual([
			{ signUpId, headCount: 20, changedAt: NOW + 1 },
			{ signUpId, headCount: 25, changedAt: NOW + 3 },
		]);
		await expect(db.deleteFrom('signUpChange').execute()).rejects.toThrow('append-only');
	});

	test('a thing that is renamed keeps its promises, and one that is promised is not taken out', async () => {
		const signUpId = await join();
		const own = { id: signUpId, deviceAliasId: await aliasOf(signUpId) };
		const put = (...needs: EventNeed[]) => inTransaction(db, (trx) => replaceNeeds(trx, eventId, needs, NOW));
		const stand = async () => (await listNeeds(db, eventId)).map(({ label, pledged }) => [label, pledged]);
		await put({ label: 'xẻng', wanted: 10 }, { label: 'chổi', wanted: 5 });
		const [shovels] = await listNeeds(db, eventId);
		await pledge(db, own, { needId: shovels!.id, count: 3 }, NOW);
		await put({ label: 'xẻng cán dài', wanted: 10 }, { label: 'chổi', wanted: 5 });
		expect(await stand()).toEqual([
			['xẻng cán dài', 3],
			['chổi', 0],
		]);
		expect(await expectNothingWritten(db, () => put({ label: 'chổi', wanted: 5 }))).toMatchObject({
			...{ kind: 'CONFLICT', key: 'needPledged', field: 'needs' },
		});
		await put({ label: 'chổi', wanted: 5 }, { label: 'xẻng cán dài', wanted: 4 });
		expect(await stand()).toEqual([
			['chổi', 0],
			['xẻng cán dài', 3],
		]);
		await put({ label: 'bao', wanted: 5 }, { label: 'xẻng cán dài', wanted: 4 });
		await put({ label: 'xẻng cán dài', wanted: 4 });
		expect(await stand()).toEqual([['xẻng cán dài', 3]]);
	});

	test('the database itself changes and deletes nothing that was said', async () => {
		await say();
		await expect(db.updateTable('attendance').set({ heads: 9 }).execute()).rejects.toThrow('append-only');
		await expect(db.deleteFrom('attendance').execute()).rejects.toThrow('append-only');
	});
});
