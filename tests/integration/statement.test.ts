// Money that comes by no sale: the treasurer writes it down, an approver confirms it, and only then it is booked.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findEntry, findFund, listEntries } from '#features/fund/fund.repository.ts';
import { parseEntryText } from '#features/fund/ledger.ts';
import { findStatement, listStatements, listWaitingStatements } from '#features/fund/statement.repository.ts';
import {
	confirmStatement,
	decideStatementPhoto,
	eraseStatementNote,
	recordStatement,
	returnStatement,
} from '#features/fund/statement.service.ts';
import type { StatementInput } from '#features/fund/statement.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { traceEntry } from '#features/trace/entry-story.repository.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, NOW, WHOLE } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import {
	allocationsOf,
	give,
	insertRaw,
	makePeople,
	makeWorld,
	pay,
	reverse,
	type World,
} from './fund-world.ts';
import { expectRefused } from './sale-world.ts';

describeEachEngine('statements', (engine) => {
	let db: Db;
	let world: World;
	const folders: string[] = [];
	beforeEach(async () => {
		db = await engine.fresh();
		world = await makeWorld(db);
	});
	afterEach(() => {
		for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
	});

	const inputOf = (over: Partial<StatementInput> = {}): StatementInput => ({
		id: uuidv7(NOW),
		fundId: world.fundId,
		kind: 'gift',
		happenedOn: '2026-11-20',
		account: 'cash',
		amountVnd: 500_000,
		words: 'Bà con khối 6 ủng hộ',
		privateNote: 'Ông Hoàng Văn Thụ',
		purpose: null,
		photoMissingReason: 'Không có giấy tờ',
		...over,
	});
	const record = async (over: Partial<StatementInput> = {}, actor: Actor | undefined = world.treasurer) => {
		const input = inputOf(over);
		await recordStatement(db, actor, input, NOW);
		return input.id;
	};
	const book = async (over: Partial<StatementInput> = {}) => {
		const id = await record(over);
		return confirmStatement(db, world.approver, id, NOW);
	};
	const upload = async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'portal-photos-'));
		folders.push(folder);
		const image = sharp({ create: { width: 40, height: 30, channels: 3, background: '#fff' } });
		const store = openPhotoStore({ photoDir: folder, photoBucket: undefined });
		return { folder, bytes: new Uint8Array(await image.jpeg().toBuffer()), store, hasChildren: false };
	};

	test('a gift is booked when a second person has confirmed it, in public words without the giver', async () => {
		const id = await record();
		expect((await findFund(db, world.fundId))!.cashVnd).toBe(0);
		expect((await listWaitingStatements(db, [world.fundId])).map((each) => each.id)).toEqual([id]);
		const entry = await confirmStatement(db, world.approver, id, NOW);
		expect(await confirmStatement(db, world.approver, id, NOW + DAY)).toEqual(entry);
		expect(entry.voucher).toBe('PT-2026/0001');
		const row = (await findEntry(db, entry.id))!;
		expect(row).toMatchObject({ kind: 'gift', happenedOn: '2026-11-20', bookedOn: '2026-11-22' });
		expect(parseEntryText(row.text)).toEqual({ kind: 'gift', words: 'Bà con khối 6 ủng hộ', purpose: null });
		expect(JSON.stringify(row)).not.toContain('Hoàng');
		expect(row.canonical).not.toContain('khối 6');
		expect(await findStatement(db, id)).toMatchObject({ status: 'confirmed', entryId: entry.id });
		expect(await listWaitingStatements(db, [world.fundId])).toEqual([]);
	});

	test('an opening balance of cash and one of the bank are no income, once each', async () => {
		const opening = { kind: 'opening_balance' as const, words: 'Số dư sổ giấy' };
		const cash = await book(opening);
		await book({ ...opening, account: 'bank', amountVnd: 2_000_000 });
		expect(await findFund(db, world.fundId)).toMatchObject({ cashVnd: 500_000, bankVnd: 2_000_000 });
		expect(cash.voucher).toBeUndefined();
		await expectRefused(db, () => record(opening), 'openingTwice', 409);
		await reverse(world, cash.id);
		await book({ ...opening, amountVnd: 450_000 });
		expect((await findFund(db, world.fundId))!.cashVnd).toBe(450_000);
	});

	test('cash goes into the bank and comes back, and the fund holds as much as before', async () => {
		await give(world, 800_000);
		await book({ kind: 'bank_deposit', amountVnd: 600_000, words: 'Gửi tiết kiệm' });
		expect(await findFund(db, world.fundId)).toMatchObject({ cashVnd: 200_000, bankVnd: 600_000 });
		const back = await book({ kind: 'bank_withdrawal', amountVnd: 100_000, words: 'Rút chi Tết' });
		expect(await findFund(db, world.fundId)).toMatchObject({ cashVnd: 300_000, bankVnd: 500_000 });
		expect((await findEntry(db, back.id))!.changeVnd).toBe(0);
		await reverse(world, back.id);
		expect(await findFund(db, world.fundId)).toMatchObject({ cashVnd: 200_000, bankVnd: 600_000 });
		for (const [kind, key] of [
			['bank_deposit', 'cashBelowZero'],
			['bank_withdrawal', 'bankBelowZero'],
		] as const) {
			const id = await record({ kind, amountVnd: 900_000 });
			await expectRefused(db, () => confirmStatement(db, world.approver, id, NOW), key, 409);
		}
	});

	test('a gift for a purpose pays for that first, and for nothing else', async () => {
		const free = await give(world, 100_000);
		const tied = await book({ purpose: 'scholarship', amountVnd: 300_000 });
		const scholarship = await pay(world, 320_000, { purpose: 'scholarship' });
		expect(await allocationsOf(world, scholarship.id)).toEqual([
			{ incomeEntryId: free.id, amountVnd: 20_000 },
			{ incomeEntryId: tied.id, amountVnd: 300_000 },
		]);
		await book({ purpose: 'tet_gift', amountVnd: 200_000 });
		expect(await pay(world, 80_001, { purpose: 'hardship' }).catch((error: unknown) => error)).toMatchObject({
			key: 'moneyTied',
			values: { free: 80_000 },
		});
		await pay(world, 80_000, { purpose: 'hardship' });
		await pay(world, 200_000, { purpose: 'tet_gift' });
		expect((await findFund(db, world.fundId))!.cashVnd).toBe(0);
	});

	test('the same form twice changes nothing, and the same id says nothing else', async () => {
		const input = inputOf();
		await recordStatement(db, world.treasurer, input, NOW);
		await recordStatement(db, world.treasurer, input, NOW + 1);
		expect(await listStatements(db, world.fundId, 10)).toHaveLength(1);
		const second = await makeActor(db, 'treasurer', 'fund', world.fundId);
		for (const [actor, over] of [
			[world.treasurer, { amountVnd: 500_001 }],
			[world.treasurer, { privateNote: 'Bà khác' }],
			[second, {}],
		] as const)
			await expectRefused(
				db,
				() => recordStatement(db, actor, { ...input, ...over }, NOW),
				'sameIdOtherContent',
				409,
			);
	});

	const wrong: [string, Partial<StatementInput>, string, number][] = [
		['nothing', { amountVnd: 0 }, 'amountNotPositive', 422],
		['a negative amount', { amountVnd: -5 }, 'amountNotPositive', 422],
		['half a đồng', { amountVnd: 0.5 }, 'amountNotWhole', 422],
		['more than a number holds', { amountVnd: 2 ** 53 }, 'amountNotWhole', 422],
		['too much', { amountVnd: 2_000_000_000_000 }, 'amountTooLarge', 422],
		['tomorrow', { happenedOn: '2026-11-23' }, 'dateInFuture', 422],
		['no words', { words: ' ' }, 'wordsMissing', 422],
		['neither photo nor reason', { photoMissingReason: ' ' }, 'paperMissing', 422],
		['an unknown kind', { kind: 'loan' as never }, 'formUnreadable', 400],
		['an unknown account', { account: 'sofa' as never }, 'formUnreadable', 400],
		['an unknown purpose', { purpose: 'party' as never }, 'formUnreadable', 400],
		['a purpose of a balance', { kind: 'opening_balance', purpose: 'tet_gift' }, 'formUnreadable', 400],
		['an unknown fund', { fundId: uuidv7(NOW) }, 'unknownFund', 404],
	];
	test.each(wrong)('a statement with %s is refused', async (_name, over, key, status) => {
		await expectRefused(db, () => record(over), key, status);
	});

	test('who recorded it does not confirm it, nor does anybody else than an approver of the fund', async () => {
		const id = await record();
		const other = await makePeople(db, await makeFund(db));
		const both: Actor = {
			...world.treasurer,
			grants: [...world.treasurer.grants, ...world.approver.grants],
		};
		const weak = { ...world.approver, isStrong: false };
		for (const [work, key, status] of [
			[() => record({}, world.approver), 'notYourRole', 403],
			[() => record({}, other.treasurer), 'notYourRole', 403],
			[() => recordStatement(db, undefined, inputOf(), NOW), 'signInFirst', 401],
			[() => confirmStatement(db, both, id, NOW), 'confirmerIsRecorder', 403],
			[() => confirmStatement(db, world.treasurer, id, NOW), 'notYourRole', 403],
			[() => confirmStatement(db, other.approver, id, NOW), 'notYourRole', 403],
			[() => confirmStatement(db, weak, id, NOW), 'secondFactorFirst', 403],
			[() => confirmStatement(db, undefined, id, NOW), 'signInFirst', 401],
			[() => confirmStatement(db, world.approver, uuidv7(NOW), NOW), 'unknownStatement', 404],
			[() => returnStatement(db, world.approver, { id, reason: ' ' }, NOW), 'reasonMissing', 422],
			[() => returnStatement(db, both, { id, reason: 'x' }, NOW), 'confirmerIsRecorder', 403],
		] as const)
			await expectRefused(db, work, key, status);
	});

	test('what was returned is not confirmed, and what was confirmed is not returned', async () => {
		const id = await record();
		const back = { id, reason: 'Sai số tiền' };
		await returnStatement(db, world.approver, back, NOW);
		await returnStatement(db, world.approver, back, NOW + 1);
		expect(await findStatement(db, id)).toMatchObject({ status: 'returned', returnReason: 'Sai số tiền' });
		await expectRefused(db, () => confirmStatement(db, world.approver, id, NOW), 'alreadyDecided', 409);
		const booked = await record();
		await confirmStatement(db, world.approver, booked, NOW);
		await expectRefused(
			db,
			() => returnStatement(db, world.approver, { id: booked, reason: 'x' }, NOW),
			'alreadyDecided',
			409,
		);
		const both = await record();
		const outcomes = await Promise.allSettled([
			confirmStatement(db, world.approver, both, NOW),
			returnStatement(db, world.approver, { id: both, reason: 'x' }, NOW),
		]);
		expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
	});

	test('who gave it is erased by the people who may read it, and no entry changes', async () => {
		const entry = await book();
		const { id } = (await listStatements(db, world.fundId, 1))[0]!;
		const before = (await findEntry(db, entry.id))!.canonical;
		await expectRefused(db, () => eraseStatementNote(db, world.officer, id, NOW), 'notYourRole', 403);
		await eraseStatementNote(db, world.approver, id, NOW);
		await eraseStatementNote(db, world.treasurer, id, NOW);
		expect(await findStatement(db, id)).toMatchObject({ privateNote: null, contentHash: '' });
		expect((await findEntry(db, entry.id))!.canonical).toBe(before);
	});

	test('its photo stays private until an approver decides, and a refused statement keeps none', async () => {
		const input = inputOf({ photoMissingReason: '' });
		const photo = await upload();
		await recordStatement(db, world.treasurer, input, NOW, photo);
		await recordStatement(db, world.treasurer, input, NOW + 1, photo);
		expect(readdirSync(photo.folder)).toHaveLength(1);
		const show = (id: string) =>
			decideStatementPhoto(db, world.approver, { id, status: 'approved', redaction: WHOLE }, NOW);
		await expectRefused(db, () => show(input.id), 'photoBeforeBooking', 409);
		const back = inputOf({ photoMissingReason: '' });
		await recordStatement(db, world.treasurer, back, NOW, await upload());
		await returnStatement(db, world.approver, { id: back.id, reason: 'Ghi nhầm' }, NOW);
		await expectRefused(db, () => show(back.id), 'photoBeforeBooking', 409);
		const entry = await confirmStatement(db, world.approver, input.id, NOW);
		expect((await traceEntry(db, entry.id))!.photos).toEqual([]);
		await show(input.id);
		expect((await traceEntry(db, entry.id))!.photos).toHaveLength(1);
		const refused = await upload();
		await expectRefused(
			db,
			() => recordStatement(db, world.treasurer, { ...input, amountVnd: 5 }, NOW, refused),
			'sameIdOtherContent',
			409,
		);
		expect(readdirSync(refused.folder)).toEqual([]);
	});

	test('the database alone keeps what was recorded, and books nothing else', async () => {
		const id = await record();
		const refused = async (work: () => Promise<unknown>, message: RegExp) =>
			expect(((await expectNothingWritten(db, work)) as Error).message).toMatch(message);
		for (const change of [
			{ amount_vnd: 1 },
			{ words: 'Khác' },
			{ purpose: 'tet_gift' },
			{ recorder_id: world.approver.personId },
		]) {
			const [[column, value]] = Object.entries(change) as [[string, unknown]];
			await refused(() => sql`update statement set ${sql.ref(column)} = ${value}`.execute(db), /not changed/);
		}
		await refused(() => sql`delete from statement`.execute(db), /kept/);
		await refused(() => sql`update statement set private_note = 'Khác'`.execute(db), /only be erased/);
		const gift = await give(world, 5);
		const decide = (who: Actor, entryId: string) =>
			sql`update statement set status = 'confirmed', decided_at = ${NOW},
			decided_by = ${who.grants[0]!.id}, confirmer_id = ${who.personId}, entry_id = ${entryId} where id = ${id}`.execute(
				db,
			);
		await refused(() => decide(world.approver, gift.id), /as it was recorded/);
		await refused(() => decide(world.treasurer, gift.id), /approver|as it was recorded|check/i);
		const { rows } = await sql<Record<string, unknown>>`select * from statement`.execute(db.withoutPlugins());
		const forged = { ...rows[0], id: uuidv7(NOW), recorder_id: world.approver.personId };
		await refused(() => insertRaw(db, 'statement', forged), /treasurer/);
		await confirmStatement(db, world.approver, id, NOW);
		await refused(
			() => sql`update statement set status = 'returned', return_reason = 'x', entry_id = null`.execute(db),
			/decided once/,
		);
		expect((await listEntries(db, world.fundId, { limit: 5 })).map((each) => each.changeVnd)).toEqual([
			500_000, 5,
		]);
	});
});
