// What people without an account say of a house: how full it is, and what is wrong there.
import { expect, test } from 'vitest';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { findGreenHouse } from '#features/green-houses/green-house.repository.ts';
import {
	reportHouseState,
	reportStateSeen,
	type SeenInput,
} from '#features/green-houses/green-house.service.ts';
import { STATE_KNOWN_DAYS, type Seen } from '#features/green-houses/green-house.ts';
import { listHouseAlerts } from '#features/green-houses/house-alert.repository.ts';
import {
	countOpenKinds,
	countOpenProblems,
	forgetProblemWords,
	findLastClosed,
	listOpenProblems,
	listProblemsWithText,
} from '#features/green-houses/problem-report.repository.ts';
import {
	addVoice,
	closeProblem,
	reportProblem,
	type ProblemInput,
} from '#features/green-houses/problem-report.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import type { DomainErrorKey, DomainErrorKind } from '#lib/errors.ts';
import { retireSamples } from '#lib/samples.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine, type Engine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

async function makeWorld(engine: Engine) {
	const db = await engine.fresh();
	await seedReference(db);
	const house = await makeHouse(db);
	const steward = await makeActor(db, 'steward', 'house', house.id);
	const [one, two, three] = [mintDeviceSecret(), mintDeviceSecret(), mintDeviceSecret()];
	const say = (secret: string, state: Seen, over: Partial<SeenInput> = {}, now = NOW) =>
		reportStateSeen(
			db,
			{ secret },
			{ id: uuidv7(now), greenHouseCode: house.code, state, seenAt: now, ...over },
			now,
		);
	const problem = (over: Partial<ProblemInput> = {}): ProblemInput => ({
		...{ id: uuidv7(NOW), greenHouseCode: house.code, kind: 'rubbish', text: 'Túi rác trước cửa' },
		seenAt: NOW,
		...over,
	});
	const isCalled = async () => (await listHouseAlerts(db, [house.id])).has(house.id);
	const countAlerts = async () => (await db.selectFrom('houseAlert').select('id').execute()).length;
	return { db, house, steward, one, two, three, say, problem, isCalled, countAlerts };
}

const expectRefusal = async (
	db: Db,
	work: () => Promise<unknown>,
	kind: DomainErrorKind,
	key: DomainErrorKey,
) => expect(await expectNothingWritten(db, work)).toMatchObject({ kind, key });

describeEachEngine('how somebody found a house', (engine) => {
	test('is shown with its age and who said it, and is not known after so many days', async () => {
		const { db, house, steward, one, say } = await makeWorld(engine);
		await say(one, 'half');
		const read = (now: number) => findGreenHouse(db, house.id, now);
		expect(await read(NOW)).toMatchObject({ state: 'half', stateReportedBy: 'resident' });
		await reportHouseState(
			db,
			steward,
			{ greenHouseCode: house.code, fill: 'empty', condition: 'usable' },
			NOW + 1,
		);
		expect(await read(NOW + 1)).toMatchObject({ state: 'empty', stateReportedBy: 'steward' });
		expect(await read(NOW + 1 + STATE_KNOWN_DAYS * DAY)).toMatchObject({ state: 'empty' });
		expect(await read(NOW + 2 + STATE_KNOWN_DAYS * DAY)).toMatchObject({
			...{ state: 'unknown', stateReportedAt: NOW + 1 },
		});
	});

	test('counts from when it was seen, however long it waited on the phone', async () => {
		const { db, house, one, two, say } = await makeWorld(engine);
		await say(one, 'empty', {}, NOW - DAY);
		await say(two, 'full', { seenAt: NOW - 3 * DAY });
		expect(await findGreenHouse(db, house.id, NOW)).toMatchObject({
			...{ state: 'empty', stateReportedAt: NOW - DAY },
		});
		const rows = await db.selectFrom('houseStateReport').select(['reportedAt', 'recordedAt']).execute();
		expect(rows).toContainEqual({ reportedAt: NOW - 3 * DAY, recordedAt: NOW });
	});

	test('by a phone whose clock runs ahead is seen now: what is said after it counts', async () => {
		const { db, house, steward, one, say } = await makeWorld(engine);
		await say(one, 'full', { seenAt: NOW + 4 * 60_000 });
		const empty = { greenHouseCode: house.code, fill: 'empty', condition: 'usable' } as const;
		await reportHouseState(db, steward, empty, NOW + 1);
		expect(await findGreenHouse(db, house.id, NOW + 1)).toMatchObject({ state: 'empty' });
	});

	test('is written once, however often it comes', async () => {
		const { db, house, one, say } = await makeWorld(engine);
		const id = uuidv7(NOW);
		const all = await Promise.all([1, 2, 3, 4].map(() => say(one, 'full', { id })));
		expect(all.sort()).toEqual(['created', 'unchanged', 'unchanged', 'unchanged']);
		// Days later, and after the house has closed, the retry still succeeds.
		await db.updateTable('greenHouse').set({ status: 'closed' }).where('id', '=', house.id).execute();
		expect(await say(one, 'full', { id, seenAt: NOW }, NOW + 90 * DAY)).toBe('unchanged');
		expect(await db.selectFrom('houseStateReport').select('id').execute()).toHaveLength(1);
	});

	test.each<[string, Partial<SeenInput>, DomainErrorKey]>([
		['a house that is none', { greenHouseCode: 'NNX-999' }, 'unknownHouse'],
		['a time to come', { seenAt: NOW + DAY }, 'dateInFuture'],
		['a time too long ago', { seenAt: NOW - 61 * DAY }, 'dateTooOld'],
	])('%s is refused and nothing is written', async (_name, over, key) => {
		const { db, one, say } = await makeWorld(engine);
		await expectRefusal(db, () => say(one, 'full', over), 'UNPROCESSABLE_CONTENT', key);
	});

	test('a closed house, and an id that stands for something else, are refused and nothing is written', async () => {
		const { db, house, one, two, say } = await makeWorld(engine);
		const id = uuidv7(NOW);
		await say(one, 'half', { id });
		await say(two, 'half');
		for (const again of [() => say(one, 'full', { id }), () => say(two, 'half', { id })])
			await expectRefusal(db, again, 'CONFLICT', 'sameIdOtherContent');
		await db.updateTable('greenHouse').set({ status: 'closed' }).where('id', '=', house.id).execute();
		await expectRefusal(db, () => say(one, 'full'), 'UNPROCESSABLE_CONTENT', 'houseClosed');
	});
});

describeEachEngine('a house that several found full', (engine) => {
	test('calls its steward once, at the second voice', async () => {
		const { one, two, three, say, isCalled, countAlerts } = await makeWorld(engine);
		await say(one, 'full');
		await say(one, 'full');
		expect(await isCalled()).toBe(false);
		await say(two, 'full');
		expect(await isCalled()).toBe(true);
		await say(three, 'full');
		expect(await countAlerts()).toBe(1);
	});

	test('calls once also when all report at the same moment', async () => {
		const { db, say, isCalled, countAlerts } = await makeWorld(engine);
		await Promise.all(Array.from({ length: 8 }, () => say(mintDeviceSecret(), 'full')));
		expect([await isCalled(), await countAlerts()]).toEqual([true, 1]);
		const alert = await db.selectFrom('houseAlert').selectAll().executeTakeFirstOrThrow();
		const again = db.insertInto('houseAlert').values({ ...alert, id: uuidv7(NOW) });
		await expect(again.execute()).rejects.toThrow(/unique/i);
	});

	test('two devices of one person are one voice', async () => {
		const { db, steward, one, two, three, say, isCalled } = await makeWorld(engine);
		await inTransaction(db, async (trx) => {
			for (const secret of [one, two]) {
				const { id } = await ensureDeviceAlias(trx, NOW, secret);
				await trx
					.updateTable('deviceAlias')
					.set({ personId: steward.personId })
					.where('id', '=', id)
					.execute();
			}
		});
		await say(one, 'full');
		await say(two, 'full');
		expect(await isCalled()).toBe(false);
		await say(three, 'full');
		expect(await isCalled()).toBe(true);
	});

	test('is over when somebody finds it not full, and the next fullness calls anew', async () => {
		const { one, two, say, isCalled, countAlerts } = await makeWorld(engine);
		const later = NOW + 60_000;
		await say(one, 'full');
		await say(two, 'full');
		await say(two, 'locked', {}, later);
		expect(await isCalled()).toBe(true);
		await say(two, 'half', {}, later + 1);
		expect(await isCalled()).toBe(false);
		await say(one, 'full', {}, later + 2);
		expect(await isCalled()).toBe(false);
		await say(two, 'full', {}, later + 3);
		expect([await isCalled(), await countAlerts()]).toEqual([true, 2]);
	});

	test('is over when the steward empties it, also one that was last said to be locked', async () => {
		const { db, house, steward, one, two, say, isCalled } = await makeWorld(engine);
		await say(one, 'full');
		await say(two, 'full');
		await say(two, 'locked', {}, NOW + 1);
		await closeCycle(db, steward, (await findOpenCycle(db, house.id))!.id, NOW + 2);
		expect(await isCalled()).toBe(false);
		// One who saw it before it was emptied does not count towards the next fullness.
		await say(one, 'full', { seenAt: NOW + 1 }, NOW + 3);
		await say(two, 'full', {}, NOW + 3);
		expect(await isCalled()).toBe(false);
	});

	test('calls nobody once it has closed', async () => {
		const { db, house, one, two, say, isCalled } = await makeWorld(engine);
		await say(one, 'full');
		await say(two, 'full');
		await db.updateTable('greenHouse').set({ status: 'closed' }).where('id', '=', house.id).execute();
		expect(await isCalled()).toBe(false);
	});

	test('calls nobody who has said it, and nobody by reports too old to be known', async () => {
		const { db, house, steward, one, two, three, say, isCalled } = await makeWorld(engine);
		await say(one, 'full', { seenAt: NOW - 40 * DAY });
		await say(two, 'full');
		expect(await isCalled()).toBe(false);
		const full = { greenHouseCode: house.code, fill: 'full', condition: 'usable' } as const;
		await reportHouseState(db, steward, full, NOW + 1);
		await say(three, 'full', {}, NOW + 2);
		expect(await isCalled()).toBe(false);
	});
});

describeEachEngine('a problem at a house', (engine) => {
	test('is open until the steward closes it with a note, which everybody reads; the words stay inside', async () => {
		const { db, house, steward, one, problem } = await makeWorld(engine);
		const input = problem();
		expect(await reportProblem(db, { secret: one }, input, NOW)).toBe('created');
		expect(await listOpenProblems(db, house.id)).toMatchObject([
			{ id: input.id, kind: 'rubbish', voices: 0 },
		]);
		expect(JSON.stringify(await listOpenProblems(db, house.id))).not.toContain(input.text);
		expect(await listProblemsWithText(db, house.id, true, 9)).toMatchObject([{ text: input.text }]);
		expect(await countOpenProblems(db, [house.id])).toEqual(new Map([[house.id, 1]]));
		await closeProblem(db, steward, { id: input.id, note: ' Đã dọn  sáng nay ' }, NOW + 5);
		await closeProblem(db, steward, { id: input.id, note: 'Đã dọn sáng nay' }, NOW + 9);
		expect(await listOpenProblems(db, house.id)).toEqual([]);
		expect(await findLastClosed(db, house.id)).toMatchObject({
			...{ closedAt: NOW + 5, closingNote: 'Đã dọn sáng nay' },
		});
		const audit = await db.selectFrom('auditEvent').select(['action', 'subjectId']).execute();
		expect(audit).toEqual([{ action: 'problem-report.close', subjectId: input.id }]);
	});

	test('is offered to be joined, the newest of its kind; all of them are counted', async () => {
		const { db, house, one, problem } = await makeWorld(engine);
		for (let each = 0; each < 7; each += 1) await reportProblem(db, { secret: one }, problem(), NOW + each);
		const damage = problem({ kind: 'damage' });
		await reportProblem(db, { secret: one }, damage, NOW);
		expect(await listOpenProblems(db, house.id, 'rubbish')).toHaveLength(5);
		expect(await listOpenProblems(db, house.id, 'damage')).toMatchObject([{ id: damage.id }]);
		expect(await countOpenKinds(db, house.id)).toEqual(
			new Map([
				['damage', 1],
				['rubbish', 7],
			]),
		);
	});

	test('is written once, however often it comes', async () => {
		const { db, one, problem } = await makeWorld(engine);
		const input = problem();
		const all = await Promise.all([1, 2, 3, 4].map(() => reportProblem(db, { secret: one }, input, NOW)));
		expect(all.sort()).toEqual(['created', 'unchanged', 'unchanged', 'unchanged']);
		expect(await reportProblem(db, { secret: one }, input, NOW + 90 * DAY)).toBe('unchanged');
	});

	test('may be reported at a house that has closed', async () => {
		const { db, house, one, problem } = await makeWorld(engine);
		await db.updateTable('greenHouse').set({ status: 'closed' }).where('id', '=', house.id).execute();
		expect(await reportProblem(db, { secret: one }, problem(), NOW)).toBe('created');
	});

	test('others add a voice, each once; the reporter’s own is there already', async () => {
		const { db, house, one, two, three, problem } = await makeWorld(engine);
		const { id } = problem();
		await reportProblem(db, { secret: one }, problem({ id }), NOW);
		await Promise.all([one, two, two, three].map((secret) => addVoice(db, { secret }, id, NOW)));
		expect(await listOpenProblems(db, house.id)).toMatchObject([{ voices: 2 }]);
	});

	test('takes no voice once it is a sample that has been retired', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const house = await makeHouse(db, { code: 'MAU-001', positionSource: 'sample', isSample: 1 });
		const id = uuidv7(NOW);
		const report = { id, greenHouseCode: house.code, kind: 'rubbish', text: '', seenAt: NOW } as const;
		await reportProblem(db, { secret: mintDeviceSecret() }, report, NOW);
		await retireSamples(db);
		const voice = () => addVoice(db, { secret: mintDeviceSecret() }, id, NOW);
		await expectRefusal(db, voice, 'NOT_FOUND', 'unknownProblem');
	});

	test.each<[string, Partial<ProblemInput>, DomainErrorKey]>([
		['a house that is none', { greenHouseCode: 'NNX-999' }, 'unknownHouse'],
		['a wrong pin without a word', { kind: 'wrong_pin', text: ' \n ' }, 'pinTextMissing'],
		['a text too long', { text: 'à'.repeat(501) }, 'textTooLong'],
		['a time to come', { seenAt: NOW + DAY }, 'dateInFuture'],
		['a time too long ago', { seenAt: NOW - 61 * DAY }, 'dateTooOld'],
	])('%s is refused and nothing is written', async (_name, over, key) => {
		const { db, one, problem } = await makeWorld(engine);
		const report = () => reportProblem(db, { secret: one }, problem(over), NOW);
		await expectRefusal(db, report, 'UNPROCESSABLE_CONTENT', key);
	});

	test('an id that stands for something else is refused and nothing is written', async () => {
		const { db, one, two, problem } = await makeWorld(engine);
		const { id } = problem();
		await reportProblem(db, { secret: one }, problem({ id }), NOW);
		await reportProblem(db, { secret: two }, problem(), NOW);
		for (const again of [
			() => reportProblem(db, { secret: one }, problem({ id, text: 'khác' }), NOW),
			() => reportProblem(db, { secret: two }, problem({ id }), NOW),
		])
			await expectRefusal(db, again, 'CONFLICT', 'sameIdOtherContent');
	});

	test('a voice or an end that cannot be is refused and nothing is written', async () => {
		const { db, steward, one, two, problem } = await makeWorld(engine);
		const { id } = problem();
		await reportProblem(db, { secret: one }, problem({ id }), NOW);
		await reportProblem(db, { secret: two }, problem(), NOW);
		const close = (note: string, of = id, actor = steward) => closeProblem(db, actor, { id: of, note }, NOW);
		await expectRefusal(db, () => addVoice(db, { secret: two }, 'x', NOW), 'NOT_FOUND', 'unknownProblem');
		await expectRefusal(db, () => close('Xong', 'x'), 'NOT_FOUND', 'unknownProblem');
		await expectRefusal(db, () => close(' '), 'UNPROCESSABLE_CONTENT', 'closingNoteMissing');
		await expectRefusal(db, () => close('à'.repeat(301)), 'UNPROCESSABLE_CONTENT', 'textTooLong');
		const sample = await makeActor(db, 'ward_officer', 'ward', 'dk-2025', 1);
		await expectRefusal(db, () => close('Xong', id, sample), 'FORBIDDEN', 'sampleOnReal');
		await close('Đã dọn');
		await expectRefusal(db, () => close('Lời khác'), 'CONFLICT', 'problemClosed');
		await expectRefusal(db, () => addVoice(db, { secret: two }, id, NOW), 'CONFLICT', 'problemClosed');
	});

	test('the database keeps it: not deleted, not reopened, its words erased and never changed', async () => {
		const { db, steward, one, two, problem } = await makeWorld(engine);
		const { id } = problem();
		await reportProblem(db, { secret: one }, problem({ id }), NOW);
		const { id: alias } = await inTransaction(db, (trx) => ensureDeviceAlias(trx, NOW, two));
		const change = (set: object) => db.updateTable('problemReport').set(set).where('id', '=', id).execute();
		await expect(change({ text: 'lời khác' })).rejects.toThrow();
		await expect(change({ kind: 'damage' })).rejects.toThrow();
		await expect(change({ closedAt: NOW })).rejects.toThrow();
		await closeProblem(db, steward, { id, note: 'Đã dọn' }, NOW);
		await expect(change({ closingNote: 'Lời khác' })).rejects.toThrow();
		await expect(change({ closedAt: null, closedBy: null, closingNote: null })).rejects.toThrow();
		await expect(db.deleteFrom('problemReport').execute()).rejects.toThrow();
		const voice = { problemReportId: id, deviceAliasId: alias, voicedAt: NOW };
		await expect(db.insertInto('problemVoice').values(voice).execute()).rejects.toThrow();
		await expect(change({ contentHash: '' })).rejects.toThrow();
		await expect(change({ text: null, contentHash: 'x' })).rejects.toThrow();
		await change({ text: null, contentHash: '' });
		expect(await db.selectFrom('problemReport').select(['text', 'contentHash']).execute()).toEqual([
			{ text: null, contentHash: '' },
		]);
	});

	test('loses its words, and their hash, a month after it is closed and after a year at the latest', async () => {
		const { db, house, steward, one, problem } = await makeWorld(engine);
		const { id } = problem();
		await reportProblem(db, { secret: one }, problem({ id }), NOW);
		await reportProblem(db, { secret: one }, problem(), NOW);
		await closeProblem(db, steward, { id, note: 'Đã dọn' }, NOW);
		const countWords = async (now: number) => {
			await inTransaction(db, (trx) => forgetProblemWords(trx, now));
			const rows = await db.selectFrom('problemReport').select(['text', 'contentHash']).execute();
			expect(rows.filter(({ contentHash }) => contentHash !== '')).toHaveLength(
				rows.filter(({ text }) => text !== null).length,
			);
			return rows.filter(({ text }) => text !== null).length;
		};
		expect(await countWords(NOW + 29 * DAY)).toBe(2);
		expect(await countWords(NOW + 30 * DAY)).toBe(1);
		expect(await countWords(NOW + 365 * DAY)).toBe(0);
		expect(await findLastClosed(db, house.id)).toMatchObject({ closingNote: 'Đã dọn' });
	});
});
