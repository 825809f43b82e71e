// What was made public of a fund: recorded by a role, ended once, taken back by another record, never edited.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { APIContext } from 'astro';
import { sql } from 'kysely';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import {
	findDisclosure,
	listDisclosures,
	listHungSheets,
	listTakenBack,
} from '#features/disclosures/disclosure.repository.ts';
import {
	decideDisclosurePhoto,
	endDisclosure,
	findFundToDisclose,
	listOverdueFor,
	readDueSheets,
	recordDisclosure,
	withdrawDisclosure,
} from '#features/disclosures/disclosure.service.ts';
import type { DisclosureInput } from '#features/disclosures/disclosure.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import { setFundRule } from '#features/fund/fund-rule.service.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { findPhoto } from '#features/photos/photo.repository.ts';
import { clearRefusedPhotos } from '#features/photos/photo.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { GET } from '../../src/pages/anh/[id].ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, NOW, WHOLE } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import { give, giftInput, makeWorld, post, type World } from './fund-world.ts';
import { expectRefused } from './sale-world.ts';

describeEachEngine('disclosures', (engine) => {
	let db: Db;
	let world: World;
	let union: string;
	let steward: Actor;
	const folders: string[] = [];
	beforeEach(async () => {
		db = await engine.fresh();
		world = await makeWorld(db);
		const organisation = { kind: 'womens_union' as const, adminUnitId: 'dk-2025', isSample: 0 as const };
		union = await inTransaction(db, (trx) =>
			insertOrganisation(trx, { ...organisation, name: 'Hội Phụ nữ khối 6' }, NOW),
		);
		await db.updateTable('fund').set({ organisationId: union }).where('id', '=', world.fundId).execute();
		steward = await makeActor(db, 'steward', 'organisation', union);
	});
	afterEach(() => {
		for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
	});

	const inputOf = (over: Partial<DisclosureInput> = {}): DisclosureInput => ({
		...{ id: uuidv7(NOW), fundId: world.fundId, month: '2026-10', subject: '', form: 'board' },
		...{ place: 'Nhà văn hoá khối 6', fromOn: '2026-11-05', toOn: null, note: '' },
		photoMissingReason: 'Máy hỏng',
		...over,
	});
	const record = async (over: Partial<DisclosureInput> = {}, actor: Actor | undefined = world.treasurer) => {
		const input = inputOf(over);
		await recordDisclosure(db, actor, input, NOW);
		return input.id;
	};
	const listed = () => listDisclosures(db, world.fundId, { limit: 10 });
	const upload = async (hasChildren = false) => {
		const folder = mkdtempSync(path.join(tmpdir(), 'portal-photos-'));
		folders.push(folder);
		const image = sharp({ create: { width: 40, height: 30, channels: 3, background: '#fff' } });
		const store = openPhotoStore({ photoDir: folder, photoBucket: undefined });
		return { folder, bytes: new Uint8Array(await image.jpeg().toBuffer()), store, hasChildren };
	};
	const rule = (over: { validFrom?: string; boardDueDay?: number | null } = {}) =>
		setFundRule(
			db,
			world.approver,
			{
				...{ id: uuidv7(NOW), fundId: world.fundId, validFrom: '2026-11-22', twoApproversAboveVnd: null },
				...{ saleRecorder: 'treasurer' as const, boardDueDay: 5, shares: [] },
				...over,
			},
			NOW,
		);

	test('are said by a role of an organisation, the treasurer’s or the steward’s, and by no person', async () => {
		await record();
		await record({ form: 'zalo', place: 'Nhóm Zalo khối 6', fromOn: '2026-11-06' }, steward);
		const rows = await listed();
		expect(rows.map(({ role, organisationName, form }) => [role, organisationName, form])).toEqual([
			['steward', 'Hội Phụ nữ khối 6', 'zalo'],
			['treasurer', 'Hội Phụ nữ khối 6', 'board'],
		]);
		expect(JSON.stringify(rows)).not.toContain(world.treasurer.displayName);
		expect(JSON.stringify(rows)).not.toContain(world.treasurer.personId);
		expect(await findFundToDisclose(db, steward, world.code)).toMatchObject({ id: world.fundId });
		expect(await findFundToDisclose(db, world.officer, world.code)).toBeUndefined();
	});

	test('the same again changes nothing, the same id with other content is refused', async () => {
		const input = inputOf();
		await recordDisclosure(db, world.treasurer, input, NOW);
		await recordDisclosure(db, world.treasurer, input, NOW + DAY);
		expect(await listed()).toHaveLength(1);
		const other = { ...input, place: 'Trường học' };
		await expectRefused(
			db,
			() => recordDisclosure(db, world.treasurer, other, NOW),
			'sameIdOtherContent',
			409,
		);
		await expectRefused(db, () => recordDisclosure(db, steward, input, NOW), 'sameIdOtherContent', 409);
	});

	test('a meeting and the loudspeaker are over on their day, a sheet stays up', async () => {
		for (const form of ['meeting', 'loudspeaker', 'zalo', 'site'] as const) await record({ form });
		const ends = Object.fromEntries((await listed()).map((row) => [row.form, row.toOn]));
		expect(ends).toEqual({ meeting: '2026-11-05', loudspeaker: '2026-11-05', zalo: null, site: null });
	});

	test('what is not true or not complete is refused, and nothing is written', async () => {
		for (const [over, key, field] of [
			[{ fromOn: '2026-11-20', toOn: '2026-11-19' }, 'lastDayBeforeFirst', 'toOn'],
			[{ fromOn: '2026-11-23' }, 'dateInFuture', 'fromOn'],
			[{ toOn: '2026-11-23' }, 'dateInFuture', 'toOn'],
			[{ month: '2026-12' }, 'monthInFuture', 'month'],
			[{ month: '2026-11', fromOn: '2026-11-22' }, 'disclosureBeforeMonthEnd', 'fromOn'],
			[{ month: '2026-13' }, 'formUnreadable', 'month'],
			[{ month: null, subject: '  ' }, 'disclosureSubjectMissing', 'subject'],
			[{ place: ' ' }, 'disclosurePlaceMissing', 'place'],
			[{ photoMissingReason: ' ' }, 'disclosurePhotoMissing', 'photo'],
		] as const) {
			const error = await expectNothingWritten(db, () => record(over));
			expect(error).toMatchObject({ key, field });
		}
		await expectRefused(db, () => record({ form: 'pigeon' as 'board' }), 'formUnreadable', 400);
		await expectRefused(db, () => record({ fundId: 'no fund' }), 'unknownFund', 404);
	});

	test('nobody records for another fund, and samples stay apart', async () => {
		const other = await makeFund(db);
		const sample = await makeFund(db, { code: 'MAU-X', isSample: 1, organisationId: union });
		await expectRefused(db, () => record({ fundId: other.id }), 'notYourRole', 403);
		await expectRefused(db, () => record({}, world.approver), 'notYourRole', 403);
		await expectRefused(db, () => record({ fundId: sample.id }, steward), 'realOnSample', 403);
		const invented = await makeActor(db, 'steward', 'organisation', union, 1);
		await expectRefused(db, () => record({}, invented), 'sampleOnReal', 403);
		const nobody = () => recordDisclosure(db, undefined, inputOf(), NOW);
		await expectRefused(db, nobody, 'signInFirst', 401);
		const id = await record();
		const stranger = await makeActor(db, 'treasurer', 'fund', other.id);
		await expectRefused(
			db,
			() => endDisclosure(db, stranger, { id, toOn: '2026-11-20' }, NOW),
			'notYourRole',
			403,
		);
	});

	test('the end is set once', async () => {
		const id = await record();
		const end = (toOn: string, at = NOW) => endDisclosure(db, steward, { id, toOn }, at);
		await expectRefused(db, () => end('2026-11-04'), 'lastDayBeforeFirst', 422);
		await expectRefused(db, () => end('2026-11-23'), 'dateInFuture', 422);
		await end('2026-11-20');
		await end('2026-11-20', NOW + DAY);
		await expectRefused(db, () => end('2026-11-21'), 'disclosureEnded', 409);
		expect((await findDisclosure(db, id))!.toOn).toBe('2026-11-20');
	});

	test('a wrong record is taken back with a reason, once, and both stay', async () => {
		const id = await record();
		const undo = { id: uuidv7(NOW), replacesId: id, reason: 'Bảng dán ở khối 5' };
		const run = (over: Partial<typeof undo> = {}) =>
			withdrawDisclosure(db, world.treasurer, { ...undo, ...over }, NOW);
		await expectRefused(db, () => run({ reason: ' ' }), 'reasonMissing', 422);
		await expectRefused(db, () => run({ replacesId: uuidv7(NOW) }), 'unknownDisclosure', 404);
		await run();
		await run();
		await expectRefused(db, () => run({ reason: 'Khác' }), 'sameIdOtherContent', 409);
		await expectRefused(db, () => run({ id: uuidv7(NOW) }), 'disclosureTakenBack', 409);
		await expectRefused(db, () => run({ id: uuidv7(NOW), replacesId: undo.id }), 'unknownDisclosure', 404);
		const end = () => endDisclosure(db, world.treasurer, { id, toOn: '2026-11-20' }, NOW);
		await expectRefused(db, end, 'disclosureTakenBack', 409);
		expect(await listed()).toEqual([]);
		expect((await listHungSheets(db, world.fundId)).size).toBe(0);
		expect(await listTakenBack(db, world.fundId, 10)).toMatchObject([
			{ id, takenBackReason: 'Bảng dán ở khối 5' },
		]);
		await record({ place: 'Nhà văn hoá khối 5' });
		expect((await listHungSheets(db, world.fundId)).get('2026-10')).toBe('2026-11-05');
	});

	test('a steward takes back what they recorded themselves, the treasurer what anybody did', async () => {
		const undo = (actor: Actor, replacesId: string) =>
			withdrawDisclosure(db, actor, { id: uuidv7(NOW), replacesId, reason: 'Ghi nhầm' }, NOW);
		const byTreasurer = await record();
		const bySteward = await record({ form: 'zalo', fromOn: '2026-11-06' }, steward);
		const another = await makeActor(db, 'steward', 'organisation', union);
		await expectRefused(db, () => undo(steward, byTreasurer), 'withdrawByRecorder', 403);
		await expectRefused(db, () => undo(another, bySteward), 'withdrawByRecorder', 403);
		expect(await listed()).toHaveLength(2);
		await undo(steward, bySteward);
		await undo(world.treasurer, await record({ form: 'site' }, another));
		await undo(await makeActor(db, 'treasurer', 'fund', world.fundId), byTreasurer);
		expect(await listed()).toEqual([]);
	});

	test('a photo is private until an approver decides, and never public with children', async () => {
		const files = await upload();
		const input = inputOf({ photoMissingReason: '' });
		await recordDisclosure(db, steward, input, NOW, files);
		await recordDisclosure(db, steward, input, NOW, files);
		expect(readdirSync(files.folder)).toHaveLength(1);
		expect((await listed())[0]).toMatchObject({ photoStatus: 'private', photoMissingReason: null });
		const decide = (actor: Actor) =>
			decideDisclosurePhoto(db, actor, { id: input.id, status: 'approved', redaction: WHOLE }, NOW);
		await expectRefused(db, () => decide(steward), 'notYourRole', 403);
		await decide(world.approver);
		expect((await listed())[0]).toMatchObject({ photoStatus: 'approved' });
		const faces = inputOf({ photoMissingReason: '' });
		await recordDisclosure(db, steward, faces, NOW, await upload(true));
		const show = { id: faces.id, status: 'approved' as const, redaction: WHOLE };
		await expectRefused(
			db,
			() => decideDisclosurePhoto(db, world.approver, show, NOW),
			'photoWithChildren',
			409,
		);
		const refused = await upload();
		await expectRefused(
			db,
			() => recordDisclosure(db, steward, inputOf({ place: '' }), NOW, refused),
			'disclosurePlaceMissing',
			422,
		);
		expect(readdirSync(refused.folder)).toEqual([]);
	});

	test('the photo of a record that was taken back is public no longer, and nobody shows it again', async () => {
		const files = await upload();
		const input = inputOf({ photoMissingReason: '' });
		await recordDisclosure(db, steward, input, NOW, files);
		const photoId = (await findDisclosure(db, input.id))!.photoId!;
		const look = (actor?: Actor, query = '') =>
			GET({
				params: { id: photoId },
				url: new URL(`http://localhost/anh/${photoId}${query}`),
				locals: { db, actor, now: NOW, config: { photoDir: files.folder } },
			} as unknown as APIContext);
		const frames = [{ left: 0, top: 0, width: 500, height: 500 }];
		const show = { id: input.id, status: 'approved' as const, redaction: { frames, store: files.store } };
		await decideDisclosurePhoto(db, world.approver, show, NOW);
		expect((await look()).status).toBe(200);
		const undo = { id: uuidv7(NOW), replacesId: input.id, reason: 'Ghi nhầm khối' };
		await withdrawDisclosure(db, steward, undo, NOW + 1);
		await withdrawDisclosure(db, steward, undo, NOW + 2);
		for (const query of ['', '?co=nho', '?goc']) expect((await look(undefined, query)).status).toBe(404);
		// The original stays for those who saw it before, for a year; the copy goes with the day's job.
		expect((await look(steward)).headers.get('cache-control')).toBe('private, no-store');
		expect(await findPhoto(db, photoId)).toMatchObject({
			...{ status: 'refused', decidedAt: NOW + 1, decidedBy: steward.grants[0]!.id, publicKey: null },
		});
		expect(readdirSync(files.folder)).toHaveLength(2);
		await clearRefusedPhotos(db, files.store, NOW + DAY);
		expect(readdirSync(files.folder)).toEqual([`${photoId}.webp`]);
		for (const seenAt of [null, NOW, NOW + 1])
			await expectRefused(
				db,
				() => decideDisclosurePhoto(db, world.approver, { ...show, seenAt }, NOW + 3),
				'alreadyDecided',
				409,
			);
		expect(readdirSync(files.folder)).toHaveLength(1);
		// One that waited for its decision no longer waits.
		const waiting = inputOf({ photoMissingReason: '' });
		await recordDisclosure(db, steward, waiting, NOW, await upload());
		const other = { id: uuidv7(NOW), replacesId: waiting.id, reason: 'Ghi nhầm' };
		await withdrawDisclosure(db, world.treasurer, other, NOW);
		const { photoStatus } = (await findDisclosure(db, waiting.id))!;
		expect(photoStatus).toBe('refused');
	});

	test('a sheet that does not hang is overdue for whoever puts it up, until it is recorded', async () => {
		const later = (day: string) => readDueSheets(db, world.fundId, day);
		expect(await later('2027-01-10')).toEqual([]);
		await give(world, 50_000);
		// No rule, no agreed day; a month without entries has its sheet too.
		expect((await later('2027-01-10')).map(({ month, state }) => [month, state])).toEqual([
			['2026-12', 'noDate'],
			['2026-11', 'noDate'],
		]);
		await rule();
		expect((await later('2027-01-10')).map(({ month, daysOver }) => [month, daysOver])).toEqual([
			['2026-12', 5],
			['2026-11', 36],
		]);
		const fund = (await findFund(db, world.fundId))!;
		const waiting = (actor: Actor, day = '2027-01-10') => listOverdueFor(db, actor, [fund], day);
		expect((await waiting(world.treasurer))[0]!.sheets).toHaveLength(2);
		expect((await waiting(steward))[0]!.sheets).toHaveLength(2);
		expect(await waiting(world.approver)).toEqual([]);
		const hang = inputOf({ month: '2026-11', fromOn: '2026-12-03' });
		await recordDisclosure(db, steward, hang, NOW + 30 * DAY);
		// A meeting is no sheet.
		await recordDisclosure(
			db,
			steward,
			inputOf({ month: '2026-12', form: 'meeting', fromOn: '2027-01-02' }),
			NOW + 50 * DAY,
		);
		expect((await later('2027-01-10')).map(({ month, state }) => [month, state])).toEqual([
			['2026-12', 'overdue'],
			['2026-11', 'hung'],
		]);
		// Four days late, and that stays.
		const late = inputOf({ month: '2026-12', fromOn: '2027-01-09' });
		await recordDisclosure(db, steward, late, NOW + 60 * DAY);
		expect((await later('2027-02-03')).map((sheet) => [sheet.state, sheet.daysOver])).toEqual([
			['waiting', 0],
			['hung', 4],
			['hung', 0],
		]);
	});

	test('the next page goes on where the last one ended', async () => {
		const ids: string[] = [];
		for (const fromOn of ['2026-11-01', '2026-11-05', '2026-11-05', '2026-11-09'])
			ids.push(await record({ fromOn }));
		const first = await listDisclosures(db, world.fundId, { limit: 2 });
		const rest = await listDisclosures(db, world.fundId, { before: first.at(-1), limit: 10 });
		expect([...first, ...rest].map((row) => row.id).sort()).toEqual([...ids].sort());
	});

	test('the database itself refuses to change, delete or invent one', async () => {
		const id = await record();
		await post(world, giftInput(world, 1000));
		const run = (query: string) => sql.raw(query).execute(db);
		for (const change of [
			`place = 'Chợ'`,
			`from_on = '2026-11-01'`,
			`note = 'x'`,
			`month = '2026-09'`,
			`recorded_by = '${world.approver.grants[0]!.id}'`,
		])
			await expect(run(`update disclosure set ${change} where id = '${id}'`)).rejects.toThrow(/append-only/);
		await expect(run(`update disclosure set to_on = '2026-11-01'`)).rejects.toThrow();
		await run(`update disclosure set to_on = '2026-11-20'`);
		await expect(run(`update disclosure set to_on = '2026-11-21'`)).rejects.toThrow(/once/);
		await expect(run(`delete from disclosure`)).rejects.toThrow(/append-only/);
		if (engine.name === 'postgres') await expect(run('truncate disclosure')).rejects.toThrow();
		const copy = (values: string) =>
			run(`insert into disclosure (id, fund_id, month, subject, form, place, from_on, note, photo_missing_reason,
				recorded_by, recorded_at, content_hash, is_sample)
				select 'x', fund_id, month, subject, form, place, from_on, note, photo_missing_reason, ${values} from disclosure`);
		await expect(copy(`'${world.approver.grants[0]!.id}', recorded_at, '', is_sample`)).rejects.toThrow(
			/recorded by the treasurer/,
		);
		await expect(copy(`recorded_by, recorded_at, '', 1`)).rejects.toThrow();
		expect(await listed()).toHaveLength(1);
	});
});
