import { sql, type RawBuilder } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import {
	approveDisbursement,
	getDisbursement,
	listDisbursementsWaitingFor,
	listFundsOf,
	payDisbursement,
	requestDisbursement,
	returnDisbursement,
} from '#features/fund/disbursement.service.ts';
import type { DisbursementInput } from '#features/fund/disbursement.ts';
import {
	findDisbursement,
	findReturn,
	listApprovals,
	listDisbursements,
} from '#features/fund/disbursement.repository.ts';
import { findEntry } from '#features/fund/fund.repository.ts';
import { parseEntryText } from '#features/fund/ledger.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine, type Engine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, NOW } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import {
	approved,
	cashOf,
	give,
	giftInput,
	insertRaw,
	makePeople,
	makeWorld,
	pay,
	post,
	requestInput,
	reverse,
	TODAY,
	type World,
} from './fund-world.ts';
import { expectRefused } from './sale-world.ts';

describeEachEngine('disbursements', (engine: Engine) => {
	let db: Db;
	let world: World;
	beforeEach(async () => {
		db = await engine.fresh();
		world = await makeWorld(db);
	});

	const request = async (over: Partial<DisbursementInput> = {}, actor: Actor = world.officer) => {
		const input = requestInput(world, 100_000, over);
		await requestDisbursement(db, actor, input, NOW);
		return input.id;
	};

	test('a request is approved by a second person and paid by a third', async () => {
		await give(world, 300_000);
		const id = await request();
		expect((await findDisbursement(db, id))!).toMatchObject({
			status: 'submitted',
			requesterId: world.officer.personId,
		});
		await approveDisbursement(db, world.approver, { id }, NOW);
		const entryId = uuidv7(NOW);
		const entry = await payDisbursement(db, world.treasurer, { id, entryId, paidOn: TODAY }, NOW);
		expect(entry).toMatchObject({ id: entryId, sequence: 2, voucher: 'PC-2026/0001' });
		expect((await findDisbursement(db, id))!.status).toBe('paid');
		expect(await cashOf(world)).toBe(200_000);
		const audit = await db.selectFrom('auditEvent').select(['action', 'subjectId']).execute();
		expect(audit).toEqual([{ action: 'disbursement.approve', subjectId: id }]);
	});

	test('the public row names what for, how many and where, and nobody', async () => {
		await give(world, 300_000);
		const many = await pay(world, 50_000, { beneficiaryCount: 5 });
		const few = await pay(world, 50_000, { beneficiaryCount: 4 });
		const read = async (id: string) => (await findEntry(db, id))!;
		expect(parseEntryText((await read(many.id)).text)).toEqual({
			kind: 'payment',
			purpose: 'tet_gift',
			count: 5,
			wardId: 'dk-2025',
		});
		expect(parseEntryText((await read(few.id)).text)).toEqual({
			kind: 'payment',
			purpose: 'tet_gift',
			count: null,
			wardId: null,
		});
		const row = JSON.stringify(await read(few.id));
		expect(row).not.toContain('Nông Thị Lan');
		for (const actor of [world.officer, world.approver, world.treasurer])
			expect(row).not.toContain(actor.personId);
	});

	test('the same form sent twice changes nothing at each step', async () => {
		await give(world, 300_000);
		const input = requestInput(world, 100_000);
		await requestDisbursement(db, world.officer, input, NOW);
		await requestDisbursement(db, world.officer, input, NOW + 1);
		await approveDisbursement(db, world.approver, { id: input.id }, NOW);
		await approveDisbursement(db, world.approver, { id: input.id }, NOW + 1);
		expect(await listApprovals(db, input.id)).toHaveLength(1);
		const payment = { id: input.id, entryId: uuidv7(NOW), paidOn: TODAY };
		const first = await payDisbursement(db, world.treasurer, payment, NOW);
		expect(await payDisbursement(db, world.treasurer, payment, NOW + 2 * DAY)).toEqual(first);
		await approveDisbursement(db, world.approver, { id: input.id }, NOW + 2);
		expect(await cashOf(world)).toBe(200_000);
		// Another approver comes too late, before the payment and after it.
		const second = await makeActor(db, 'approver', 'fund', world.fundId);
		for (const id of [input.id, await approved(world, 1000)]) {
			const thrown = await expectNothingWritten(db, () => approveDisbursement(db, second, { id }, NOW));
			expect(thrown).toMatchObject({ kind: 'CONFLICT', key: 'alreadyDecided' });
		}
	});

	test('a returned request says why and ends there', async () => {
		await give(world, 300_000);
		const id = await request();
		await returnDisbursement(db, world.approver, { id, reason: 'Thiếu danh sách' }, NOW);
		await returnDisbursement(db, world.approver, { id, reason: 'Thiếu danh sách' }, NOW);
		expect((await listApprovals(db, id))[0]).toMatchObject({ decision: 'return', reason: 'Thiếu danh sách' });
		const second = await makeActor(db, 'approver', 'fund', world.fundId);
		for (const [work, key] of [
			[() => approveDisbursement(db, world.approver, { id }, NOW), 'alreadyDecided'],
			[() => approveDisbursement(db, second, { id }, NOW), 'alreadyDecided'],
			[
				() => payDisbursement(db, world.treasurer, { id, entryId: uuidv7(NOW), paidOn: TODAY }, NOW),
				'notApproved',
			],
		] as const) {
			expect(await expectNothingWritten(db, work)).toMatchObject({ kind: 'CONFLICT', key });
		}
	});

	test('an approved request that is not paid is returned by an approver, also by who approved it', async () => {
		await give(world, 50_000);
		const id = await approved(world, 100_000);
		const second = await makeActor(db, 'approver', 'fund', world.fundId);
		const asker = await request({}, second);
		await approveDisbursement(db, world.approver, { id: asker }, NOW);
		const other = await makePeople(db, await makeFund(db));
		const takeBack = (actor: Actor | undefined, reason = 'Quỹ không đủ tiền', which = id) =>
			returnDisbursement(db, actor, { id: which, reason }, NOW + 1);
		for (const [work, kind, key] of [
			[() => takeBack(second, ' '), 'UNPROCESSABLE_CONTENT', 'reasonMissing'],
			[() => takeBack(second, 'x', asker), 'FORBIDDEN', 'approverIsRequester'],
			[() => takeBack(world.officer), 'FORBIDDEN', 'notYourRole'],
			[() => takeBack(world.treasurer), 'FORBIDDEN', 'notYourRole'],
			[() => takeBack(other.approver), 'FORBIDDEN', 'notYourRole'],
			[() => takeBack(undefined), 'UNAUTHORIZED', 'signInFirst'],
			[() => approveDisbursement(db, second, { id }, NOW), 'CONFLICT', 'alreadyDecided'],
		] as const)
			expect(await expectNothingWritten(db, work)).toMatchObject({ kind, key });
		await takeBack(second);
		await takeBack(second);
		expect((await findDisbursement(db, id))!.status).toBe('returned');
		expect((await listApprovals(db, id)).map(({ decision }) => decision)).toEqual(['approve']);
		expect(await findReturn(db, id)).toMatchObject({
			returnerId: second.personId,
			reason: 'Quỹ không đủ tiền',
		});
		const own = await approved(world, 1000);
		await takeBack(world.approver, 'Nhầm', own);
		await takeBack(world.approver, 'Nhầm', own);
		expect((await findDisbursement(db, own))!.status).toBe('returned');
		await give(world, 500_000);
		const payment = { id, entryId: uuidv7(NOW), paidOn: TODAY };
		expect(
			await expectNothingWritten(db, () => payDisbursement(db, world.treasurer, payment, NOW + 2)),
		).toMatchObject({ kind: 'CONFLICT', key: 'notApproved' });
	});

	test('what is paid is not returned, and of a payment and a return at once one stands', async () => {
		await give(world, 500_000);
		const second = await makeActor(db, 'approver', 'fund', world.fundId);
		const paid = await approved(world, 100_000);
		await payDisbursement(db, world.treasurer, { id: paid, entryId: uuidv7(NOW), paidOn: TODAY }, NOW);
		expect(
			await expectNothingWritten(db, () => returnDisbursement(db, second, { id: paid, reason: 'x' }, NOW)),
		).toMatchObject({ kind: 'CONFLICT', key: 'alreadyPaid' });
		for (let attempt = 0; attempt < 4; attempt += 1) {
			const id = await approved(world, 1000);
			const outcomes = await Promise.allSettled([
				returnDisbursement(db, second, { id, reason: 'x' }, NOW),
				payDisbursement(db, world.treasurer, { id, entryId: uuidv7(NOW), paidOn: TODAY }, NOW),
			]);
			const wasReturned = outcomes[0].status === 'fulfilled';
			expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
			expect((await findDisbursement(db, id))!.status).toBe(wasReturned ? 'returned' : 'paid');
		}
	});

	const badRequests: [string, Partial<DisbursementInput>, string][] = [
		['no description', { description: ' \n ' }, 'descriptionMissing'],
		['no money', { amountVnd: 0 }, 'amountNotPositive'],
		['a negative amount', { amountVnd: -5 }, 'amountNotPositive'],
		['half a đồng', { amountVnd: 0.5 }, 'amountNotWhole'],
		['too much', { amountVnd: 2_000_000_000_000 }, 'amountTooLarge'],
		['more than a number holds', { amountVnd: 2 ** 53 }, 'amountNotWhole'],
		['nobody', { beneficiaryCount: 0 }, 'countOutOfRange'],
		['half a person', { beneficiaryCount: 1.5 }, 'countOutOfRange'],
		['an unknown purpose', { purpose: 'party' as never }, 'formUnreadable'],
		['an unknown ward', { adminUnitId: 'nowhere' }, 'formUnreadable'],
		['an unknown fund', { fundId: 'nowhere' }, 'unknownFund'],
	];
	test.each(badRequests)('a request with %s is refused', async (_name, over, key) => {
		expect(await expectNothingWritten(db, () => request(over))).toMatchObject({ key });
	});

	test('the same id with other content, or from somebody else, is refused', async () => {
		const input = requestInput(world, 100_000);
		await requestDisbursement(db, world.officer, input, NOW);
		for (const [actor, over] of [
			[world.officer, { amountVnd: 100_001 }],
			[world.treasurer, {}],
		] as const) {
			const thrown = await expectNothingWritten(db, () =>
				requestDisbursement(db, actor, { ...input, ...over }, NOW),
			);
			expect(thrown).toMatchObject({ kind: 'CONFLICT', key: 'sameIdOtherContent' });
		}
	});

	test('each step is refused to whoever may not take it', async () => {
		await give(world, 300_000);
		const other = await makePeople(db, await makeFund(db));
		const steward = await makeActor(db, 'steward', 'house', 'some-house');
		const both = await makeActor(db, 'approver', 'fund', world.fundId);
		const alsoTreasurer: Actor = { ...both, grants: [...both.grants, ...world.treasurer.grants] };
		const id = await request({}, world.approver);
		const ready = await approved(world, 100_000);
		const payment = { id: ready, entryId: uuidv7(NOW), paidOn: TODAY };
		for (const [work, key] of [
			[() => requestDisbursement(db, undefined, requestInput(world, 1), NOW), 'signInFirst'],
			[() => request({}, steward), 'notYourRole'],
			[() => request({}, other.treasurer), 'notYourRole'],
			[() => approveDisbursement(db, undefined, { id }, NOW), 'signInFirst'],
			[() => approveDisbursement(db, world.officer, { id }, NOW), 'notYourRole'],
			[() => approveDisbursement(db, other.approver, { id }, NOW), 'notYourRole'],
			[() => approveDisbursement(db, world.treasurer, { id }, NOW), 'notYourRole'],
			[() => approveDisbursement(db, world.approver, { id }, NOW), 'approverIsRequester'],
			[() => approveDisbursement(db, alsoTreasurer, { id }, NOW), 'approverIsTreasurer'],
			[() => returnDisbursement(db, world.approver, { id, reason: 'x' }, NOW), 'approverIsRequester'],
			[() => returnDisbursement(db, both, { id, reason: ' ' }, NOW), 'reasonMissing'],
			[() => approveDisbursement(db, both, { id: uuidv7(NOW) }, NOW), 'unknownDisbursement'],
			[() => payDisbursement(db, undefined, payment, NOW), 'signInFirst'],
			[() => payDisbursement(db, world.officer, payment, NOW), 'notYourRole'],
			[() => payDisbursement(db, other.treasurer, payment, NOW), 'notYourRole'],
			[() => payDisbursement(db, world.treasurer, { ...payment, id }, NOW), 'notApproved'],
			[
				() => payDisbursement(db, { ...world.approver, grants: alsoTreasurer.grants }, payment, NOW),
				'payerIsApprover',
			],
			[() => payDisbursement(db, world.treasurer, { ...payment, paidOn: '2026-11-23' }, NOW), 'dateInFuture'],
			[
				() => payDisbursement(db, world.treasurer, { ...payment, paidOn: '2026-11-21' }, NOW),
				'paidBeforeApproval',
			],
		] as const) {
			expect(await expectNothingWritten(db, work)).toMatchObject({ key });
		}
	});

	test('a payment is refused twice, with other content, and without cash', async () => {
		await give(world, 150_000);
		const id = await approved(world, 100_000);
		const short = await approved(world, 100_000);
		const payment = { id, entryId: uuidv7(NOW), paidOn: TODAY };
		await payDisbursement(db, world.treasurer, payment, NOW);
		for (const [work, key] of [
			[() => payDisbursement(db, world.treasurer, { ...payment, entryId: uuidv7(NOW) }, NOW), 'alreadyPaid'],
			[
				() => payDisbursement(db, world.treasurer, { ...payment, paidOn: '2026-11-21' }, NOW),
				'sameIdOtherContent',
			],
			[() => payDisbursement(db, world.treasurer, { ...payment, id: short }, NOW), 'sameIdOtherContent'],
			[
				() => payDisbursement(db, world.treasurer, { ...payment, id: short, entryId: uuidv7(NOW) }, NOW),
				'cashBelowZero',
			],
		] as const) {
			expect(await expectNothingWritten(db, work)).toMatchObject({ kind: 'CONFLICT', key });
		}
		await reverse(world, payment.entryId);
		await payDisbursement(db, world.treasurer, { ...payment, id: short, entryId: uuidv7(NOW) }, NOW);
		expect(await cashOf(world)).toBe(50_000);
	});

	test('money in the bank does not pay from the cash box', async () => {
		await give(world, 10_000);
		await post(
			world,
			giftInput(world, 500_000, { postings: [{ debit: 'bank', credit: 'gift', amountVnd: 500_000 }] }),
		);
		const id = await approved(world, 10_001);
		const payment = { id, entryId: uuidv7(NOW), paidOn: TODAY };
		const thrown = await expectNothingWritten(db, () => payDisbursement(db, world.treasurer, payment, NOW));
		expect(thrown).toMatchObject({ kind: 'CONFLICT', key: 'cashBelowZero' });
	});

	test('what waits is shown to whom it waits for', async () => {
		await give(world, 300_000);
		const asked = await request({}, world.approver);
		const toPay = await approved(world, 50_000);
		const second = await makeActor(db, 'approver', 'fund', world.fundId);
		const waiting = async (actor: Actor) =>
			(await listDisbursementsWaitingFor(db, actor)).map(({ href, act }) => [href, act]);
		expect(await waiting(second)).toEqual([[`/cua-toi/chi/${asked}`, 'decide']]);
		expect(await waiting(world.approver)).toEqual([]);
		expect(await waiting(world.treasurer)).toEqual([[`/cua-toi/chi/${toPay}`, 'pay']]);
		expect(await waiting(world.officer)).toEqual([]);
		const listed = await listDisbursements(db, [world.fundId], 10);
		expect(listed.map((each) => each.status)).toEqual(['submitted', 'approved']);
	});

	test('a request is read by those with a part in the fund only', async () => {
		const id = await request();
		const other = await makePeople(db, await makeFund(db, { adminUnitId: null }));
		for (const actor of [world.officer, world.approver, world.treasurer]) {
			expect((await getDisbursement(db, actor, id)).id).toBe(id);
			expect((await listFundsOf(db, actor)).map((fund) => fund.code)).toEqual([world.code]);
		}
		await expect(getDisbursement(db, other.treasurer, id)).rejects.toMatchObject({ key: 'notYourRole' });
		// Whoever asked for it and has no part in the fund any more reads no private words or photos of it either.
		const former = { ...world.officer, grants: [] };
		const elsewhere = { ...world.officer, grants: other.treasurer.grants };
		for (const actor of [former, elsewhere])
			await expectRefused(db, () => getDisbursement(db, actor, id), 'notYourRole', 403);
		await expect(getDisbursement(db, undefined, id)).rejects.toMatchObject({ key: 'signInFirst' });
		await expect(getDisbursement(db, world.officer, uuidv7(NOW))).rejects.toMatchObject({
			key: 'unknownDisbursement',
		});
	});

	test('the database keeps a request, and with it the amount that was approved', async () => {
		const id = await request();
		const refused = async (statement: RawBuilder<unknown>) => {
			const error = await expectNothingWritten(db, () => statement.execute(db));
			expect((error as Error).message).toMatch(/disbursement is kept|append-only/);
		};
		await refused(sql`delete from disbursement where id = ${id}`);
		await approveDisbursement(db, world.approver, { id }, NOW);
		await refused(sql`delete from disbursement where id = ${id}`);
		if (engine.name === 'postgres') {
			await refused(sql`truncate disbursement cascade`);
			return;
		}
		const row = await db
			.selectFrom('disbursement')
			.selectAll()
			.where('id', '=', id)
			.executeTakeFirstOrThrow();
		const more = { ...row, amountVnd: row.amountVnd * 100 };
		const error = await expectNothingWritten(db, () => db.replaceInto('disbursement').values(more).execute());
		expect((error as Error).message).toMatch(/disbursement is kept/);
	});

	test('the database alone refuses what the service refuses', async () => {
		await give(world, 300_000);
		const id = await request();
		const { approver, officer, treasurer } = world;
		const approval = {
			disbursement_id: id,
			requester_id: officer.personId,
			approver_id: approver.personId,
			approved_by: approver.grants[0]!.id,
			approved_at: NOW,
			decision: 'approve',
			reason: '',
		};
		const refused = async (work: () => Promise<unknown>, reason: RegExp) => {
			expect(((await expectNothingWritten(db, work)) as Error).message).toMatch(reason);
		};
		const approve = (over: Record<string, unknown>) => () =>
			insertRaw(db, 'disbursement_approval', { ...approval, ...over });
		await refused(approve({ requester_id: treasurer.personId }), /foreign key/i);
		await refused(
			approve({ approver_id: officer.personId, approved_by: officer.grants[0]!.id }),
			/check constraint|needs an approver/i,
		);
		await refused(
			approve({ approver_id: treasurer.personId, approved_by: treasurer.grants[0]!.id }),
			/needs an approver/,
		);
		await refused(approve({ approver_id: treasurer.personId }), /needs an approver/);
		// Somebody who is both: the approver's role is there, and the treasurer's stands against it.
		const double = {
			id: uuidv7(NOW),
			person_id: treasurer.personId,
			role: 'approver',
			scope_kind: 'fund',
			scope_id: world.fundId,
		};
		await insertRaw(db, 'role_grant', { ...double, valid_from: '2025-01-01', granted_at: NOW, is_sample: 0 });
		await refused(approve({ approver_id: treasurer.personId, approved_by: double.id }), /not a treasurer/);

		const payment = {
			disbursement_id: id,
			entry_id: uuidv7(NOW),
			treasurer_id: treasurer.personId,
			paid_by: treasurer.grants[0]!.id,
			paid_at: NOW,
		};
		await refused(
			() => insertRaw(db, 'disbursement_payment', payment),
			/approval of somebody else|its own request/,
		);
		await approveDisbursement(db, approver, { id }, NOW);
		await refused(approve({}), /unique/i);
		await refused(() => insertRaw(db, 'disbursement_payment', payment), /its own request/);
		await refused(
			() => insertRaw(db, 'disbursement_payment', { ...payment, treasurer_id: approver.personId }),
			/somebody else|its own request/,
		);
		for (const change of [
			{ amount_vnd: 1 },
			{ beneficiary_count: 500 },
			{ admin_unit_id: null },
			{ purpose: 'hardship' },
		]) {
			const [[column, value]] = Object.entries(change) as [[string, unknown]];
			await refused(
				() => sql`update disbursement set ${sql.ref(column)} = ${value}`.execute(db),
				/not changed/,
			);
		}

		const paid = await payDisbursement(db, treasurer, { id, entryId: uuidv7(NOW), paidOn: TODAY }, NOW);
		const { rows } = await sql<
			Record<string, unknown>
		>`select * from journal_entry where id = ${paid.id}`.execute(db.withoutPlugins());
		const again = { ...rows[0], id: uuidv7(NOW), sequence: 3, voucher_number: 2, cash_after_vnd: 100_000 };
		await refused(() => insertRaw(db, 'journal_entry', again), /unique/i);
		await refused(
			() => insertRaw(db, 'journal_entry', { ...again, source_id: uuidv7(NOW) }),
			/approved request/,
		);
		await refused(
			() => insertRaw(db, 'journal_entry', { ...again, change_vnd: -1, cash_after_vnd: 199_999 }),
			/approved request/,
		);
		await refused(() => insertRaw(db, 'disbursement_payment', { ...payment, entry_id: paid.id }), /unique/i);
	});
});
