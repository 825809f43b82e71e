import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import {
	findEntry,
	findFundOfHouse,
	listEntries,
	listFunds,
	listLatestEntries,
} from '#features/fund/fund.repository.ts';
import { sumMonths } from '#features/fund/month-sum.repository.ts';
import type { Entry } from '#features/fund/fund.ts';
import { openFund, type EntryInput } from '#features/fund/ledger.service.ts';
import { parseEntryText, voucherName } from '#features/fund/ledger.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine, type Engine } from '../support/engines.ts';
import { DAY, makeFund, NOW } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import {
	allocationsOf,
	approved,
	cashOf,
	giftInput,
	give,
	insertRaw,
	makePeople,
	makeWorld,
	pay,
	post,
	reverse,
	TODAY,
	type World,
} from './fund-world.ts';

describeEachEngine('posting', (engine: Engine) => {
	let db: Db;
	let world: World;
	beforeEach(async () => {
		db = await engine.fresh();
		world = await makeWorld(db);
	});

	test('an entry gets its place, its voucher and the balance after it', async () => {
		const first = await give(world, 500_000);
		const second = await give(world, 120_000);
		expect([first.sequence, second.sequence]).toEqual([1, 2]);
		expect([first.voucher, second.voucher]).toEqual(['PT-2026/0001', 'PT-2026/0002']);
		const entry = (await findEntry(db, second.id))!;
		expect(entry).toMatchObject({
			cashAfterVnd: 620_000,
			bankAfterVnd: 0,
			changeVnd: 120_000,
			postingCount: 1,
			isSample: 0,
			fundCode: world.code,
		});
		expect(parseEntryText(entry.text)).toEqual({ kind: 'statement', words: 'Tiền ủng hộ' });
	});

	test('the canonical form holds amounts, ids and hashes, but no text, and its text hash can be recomputed', async () => {
		const { id } = await give(world, 500_000);
		const entry = (await findEntry(db, id))!;
		const { salt, text } = await db
			.selectFrom('entryText')
			.selectAll()
			.where('entryId', '=', id)
			.executeTakeFirstOrThrow();
		expect(sha256Hex(salt + text)).toBe(entry.textHash);
		const canonical = JSON.parse(entry.canonical) as Record<string, unknown>;
		expect(canonical).toMatchObject({
			form: 'ngoi-nha-xanh/entry/v1',
			id,
			sequence: 1,
			textHash: entry.textHash,
			sourceHash: entry.sourceHash,
		});
		expect(entry.canonical).not.toContain('ủng hộ');
		expect(entry.canonical).not.toContain(world.treasurer.personId);
	});

	test('an opening balance and a reversal take no voucher, and each year begins at 1', async () => {
		const lastYear = { happenedOn: '2025-12-31', bookedOn: '2025-12-31' };
		const opening = giftInput(world, 100_000, {
			...lastYear,
			kind: 'opening_balance',
			postings: [{ debit: 'bank', credit: 'opening-balance', amountVnd: 100_000 }],
		});
		expect((await post(world, opening)).voucher).toBeUndefined();
		const old = await post(world, giftInput(world, 10_000, lastYear));
		const now = await give(world, 10_000);
		expect([old.voucher, now.voucher]).toEqual(['PT-2025/0001', 'PT-2026/0001']);
		expect((await reverse(world, now.id)).voucher).toBeUndefined();
		expect((await give(world, 10_000)).voucher).toBe('PT-2026/0002');
	});

	test('the same id with the same content changes nothing', async () => {
		const input = giftInput(world, 500_000);
		const first = await post(world, input);
		expect(await post(world, input, NOW + DAY)).toEqual(first);
		await sql`update entry_text set text = null, erased_at = ${NOW} where entry_id = ${first.id}`.execute(db);
		expect(await post(world, input)).toEqual(first);
		expect(await listEntries(db, world.fundId, { limit: 10 })).toHaveLength(1);
	});

	const others: [string, (input: EntryInput) => Partial<EntryInput>][] = [
		['kind', () => ({ kind: 'opening_balance' })],
		['day of the event', () => ({ happenedOn: '2026-11-20' })],
		['day of booking', () => ({ happenedOn: '2026-11-20', bookedOn: '2026-11-21' })],
		['amount', () => ({ postings: [{ debit: 'cash', credit: 'gift', amountVnd: 500_001 }] })],
		['account', () => ({ postings: [{ debit: 'bank', credit: 'gift', amountVnd: 500_000 }] })],
		['source', (input) => ({ source: { ...input.source, content: { statement: 'other' } } })],
		['text', () => ({ text: { kind: 'statement', words: 'Khác' } })],
	];
	test.each(others)('the same id with another %s is refused', async (_name, change) => {
		const input = giftInput(world, 500_000);
		await post(world, input);
		const thrown = await expectNothingWritten(db, () => post(world, { ...input, ...change(input) }));
		expect(thrown).toMatchObject({ kind: 'CONFLICT', key: 'sameIdOtherContent' });
	});

	test('the same id in another fund or in another role is refused', async () => {
		const input = giftInput(world, 500_000);
		await post(world, input);
		const other = await makeFund(db);
		for (const change of [{ fundId: other.id }, { recordedBy: world.approver.grants[0]!.id }]) {
			const thrown = await expectNothingWritten(db, () => post(world, { ...input, ...change }));
			expect(thrown).toMatchObject({ kind: 'CONFLICT', key: 'sameIdOtherContent' });
		}
	});

	test('a day before the last entry’s is refused, whichever clock says so, and the book keeps its order', async () => {
		const on = (date: string) => ({ happenedOn: '2026-11-20', bookedOn: date });
		const midnight = Date.parse('2026-11-21T17:00:00Z');
		await post(world, giftInput(world, 1000, on('2026-11-22')), midnight);
		const late = () => post(world, giftInput(world, 1000, on('2026-11-21')), midnight - 1);
		expect(await expectNothingWritten(db, late)).toMatchObject({
			...{ kind: 'CONFLICT', key: 'bookedBeforeLast', field: 'bookedOn', values: { day: '2026-11-22' } },
		});
		// Two at once on either side of midnight: in whichever order they get the lock, no day goes back.
		const other = await makeFund(db);
		const both = await Promise.allSettled([
			post(world, giftInput(world, 1, { ...on('2026-11-22'), fundId: other.id }), midnight),
			post(world, giftInput(world, 1, { ...on('2026-11-21'), fundId: other.id }), midnight - 1),
		]);
		expect(both[0]!.status).toBe('fulfilled');
		const rows = await listEntries(db, other.id, { limit: 10 });
		const days = rows.map((row) => row.bookedOn).reverse();
		expect(days).toEqual([...days].sort());
		expect(days).toHaveLength(both.filter((result) => result.status === 'fulfilled').length);
	});

	test('a day to come, an event after its booking and an unknown fund are refused', async () => {
		for (const [over, key] of [
			[{ bookedOn: '2026-11-23' }, 'dateInFuture'],
			[{ bookedOn: '2026-11-20' }, 'dateInFuture'],
			[{ fundId: uuidv7(NOW) }, 'unknownFund'],
		] as const) {
			const thrown = await expectNothingWritten(db, () => post(world, giftInput(world, 1000, over)));
			expect(thrown).toMatchObject({ key });
		}
	});

	test('a payment spends the oldest money first and says which', async () => {
		const a = await give(world, 100_000);
		const b = await give(world, 200_000);
		const first = await pay(world, 60_000);
		const second = await pay(world, 90_000);
		expect(await allocationsOf(world, first.id)).toEqual([{ incomeEntryId: a.id, amountVnd: 60_000 }]);
		expect(await allocationsOf(world, second.id)).toEqual([
			{ incomeEntryId: a.id, amountVnd: 40_000 },
			{ incomeEntryId: b.id, amountVnd: 50_000 },
		]);
		expect(await cashOf(world)).toBe(150_000);
	});

	test('a reversed payment gives back what it had spent', async () => {
		const a = await give(world, 100_000);
		const wrong = await pay(world, 70_000);
		await reverse(world, wrong.id);
		expect(await cashOf(world)).toBe(100_000);
		const right = await pay(world, 80_000);
		expect(await allocationsOf(world, right.id)).toEqual([{ incomeEntryId: a.id, amountVnd: 80_000 }]);
	});

	test('a reversed income takes its own rest first, then the next that is unspent', async () => {
		const a = await give(world, 100_000);
		const b = await give(world, 50_000);
		const c = await give(world, 50_000);
		await pay(world, 130_000);
		const undone = await reverse(world, b.id);
		expect(await allocationsOf(world, undone.id)).toEqual([
			{ incomeEntryId: b.id, amountVnd: 20_000 },
			{ incomeEntryId: c.id, amountVnd: 30_000 },
		]);
		const last = await pay(world, 20_000);
		expect(await allocationsOf(world, last.id)).toEqual([{ incomeEntryId: c.id, amountVnd: 20_000 }]);
		expect(await cashOf(world)).toBe(0);
		expect((await findEntry(db, a.id))!.reversedById).toBeNull();
	});

	test('money of a reversed income that a reversed payment gives back is spent last, and not lost', async () => {
		const a = await give(world, 100_000);
		const paid = await pay(world, 100_000);
		const b = await give(world, 150_000);
		await reverse(world, a.id);
		await reverse(world, paid.id);
		expect(await cashOf(world)).toBe(150_000);
		const all = await pay(world, 150_000);
		expect(await allocationsOf(world, all.id)).toEqual([
			{ incomeEntryId: a.id, amountVnd: 100_000 },
			{ incomeEntryId: b.id, amountVnd: 50_000 },
		]);
	});

	test('a reversal is booked once, is found again by its id, and is not reversed', async () => {
		const a = await give(world, 100_000);
		const id = uuidv7(NOW);
		const undone = await reverse(world, a.id, id);
		expect(await reverse(world, a.id, id)).toEqual(undone);
		expect((await findEntry(db, a.id))!).toMatchObject({ reversedById: id, reversedOn: TODAY });
		expect((await findEntry(db, id))!).toMatchObject({
			kind: 'reversal',
			originalSequence: 1,
			originalVoucherNumber: 1,
		});
		for (const [work, key] of [
			[() => reverse(world, a.id), 'alreadyReversed'],
			[() => reverse(world, a.id, id, 'lý do khác'), 'sameIdOtherContent'],
			[() => reverse(world, id), 'reversalOfReversal'],
			[() => reverse(world, uuidv7(NOW)), 'unknownEntry'],
		] as const) {
			expect(await expectNothingWritten(db, work)).toMatchObject({ key });
		}
	});

	test('an income whose money is gone cannot be reversed', async () => {
		const a = await give(world, 100_000);
		await pay(world, 10_000);
		expect(await expectNothingWritten(db, () => reverse(world, a.id))).toMatchObject({
			kind: 'CONFLICT',
			key: 'cashBelowZero',
		});
	});

	test('twenty posts at once leave no gap', async () => {
		await Promise.all(Array.from({ length: 20 }, (_, index) => give(world, 1000 + index)));
		const rows = (await listEntries(db, world.fundId, { limit: 50 })).reverse();
		expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
		expect(rows.map((row) => row.voucherNumber)).toEqual(rows.map((row) => row.sequence));
		let sum = 0;
		for (const row of rows) expect(row.cashAfterVnd).toBe((sum += row.changeVnd));
	});

	test('twenty payments at once never spend more than there is', async () => {
		await give(world, 100_000);
		const requests: string[] = [];
		for (let index = 0; index < 8; index += 1) requests.push(await approved(world, 30_000));
		const { payDisbursement } = await import('#features/fund/disbursement.service.ts');
		const results = await Promise.allSettled(
			requests.map((id) =>
				payDisbursement(db, world.treasurer, { id, entryId: uuidv7(NOW), paidOn: TODAY }, NOW),
			),
		);
		expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(3);
		expect(await cashOf(world)).toBe(10_000);
	});

	test('months count a reversal on the side of what it reverses, and no opening balance', async () => {
		const on = (date: string) => ({ happenedOn: date, bookedOn: date });
		await post(world, giftInput(world, 40_000, { kind: 'opening_balance', ...on('2026-09-01') }));
		await post(world, giftInput(world, 100_000, on('2026-10-05')));
		// What comes later is added to what was summed before.
		expect((await sumMonths(db, world.fundId)).map(({ month }) => month)).toEqual(['2026-09', '2026-10']);
		const wrong = await give(world, 30_000);
		const paid = await pay(world, 50_000);
		await reverse(world, wrong.id);
		await reverse(world, paid.id);
		await pay(world, 20_000);
		const sums = [
			{ month: '2026-09', inVnd: 0, outVnd: 0, openingVnd: 40_000 },
			{ month: '2026-10', inVnd: 100_000, outVnd: 0, openingVnd: 0 },
			{ month: '2026-11', inVnd: 0, outVnd: 20_000, openingVnd: 0 },
		];
		expect(await sumMonths(db, world.fundId)).toEqual(sums);
		expect(await sumMonths(db, undefined, '2026-11')).toEqual(sums.slice(2));
	});

	test('months forget what they summed of a book that is no longer there', async () => {
		const day = { happenedOn: '2026-10-05', bookedOn: '2026-10-05' };
		await post(world, giftInput(world, 100_000, day));
		await post(world, giftInput(world, 1000, day));
		expect(await sumMonths(db, world.fundId)).toMatchObject([{ inVnd: 101_000 }]);
		// As an older copy of the database has it: the triggers are no part of what is asked here.
		const restore = async (length: number) => {
			const sqlite = engine.name === 'sqlite';
			const gone = sql`(select id from journal_entry where sequence > ${length})`;
			for (const [table, column] of [
				['posting', 'entry_id'],
				['entry_text', 'entry_id'],
				['journal_entry', 'id'],
			] as const) {
				const off = sqlite
					? `drop trigger if exists ${table}_refuse_delete`
					: `alter table ${table} disable trigger all`;
				await sql.raw(off).execute(db);
				await sql`delete from ${sql.table(table)} where ${sql.ref(column)} in ${gone}`.execute(db);
			}
		};
		await restore(1);
		expect(await sumMonths(db, world.fundId)).toMatchObject([{ inVnd: 100_000 }]);
		// As long as before, and longer, but another.
		await post(world, giftInput(world, 5, day));
		await sumMonths(db, undefined);
		await restore(1);
		await post(world, giftInput(world, 30, day));
		await post(world, giftInput(world, 400, day));
		expect(await sumMonths(db, undefined)).toMatchObject([{ inVnd: 100_430 }]);
	});

	test('samples leave totals, lists and months when the first real fund comes', async () => {
		const fresh = await engine.fresh();
		const { seedReference } = await import('../support/fixtures.ts');
		await seedReference(fresh);
		const sample = await makePeople(fresh, await makeFund(fresh, { code: 'MAU-DK', isSample: 1 }));
		await give(sample, 5000);
		const house = { hostOrganisationId: null, ward: { id: 'dk-2025' } };
		expect((await listFunds(fresh)).map((fund) => [fund.code, fund.balanceVnd])).toEqual([['MAU-DK', 5000]]);
		expect((await findFundOfHouse(fresh, { ...house, isSample: 1 }))?.code).toBe('MAU-DK');
		const real = await makeFund(fresh);
		expect((await listFunds(fresh)).map((fund) => fund.code)).toEqual([real.code]);
		expect(await listLatestEntries(fresh, { limit: 10 })).toEqual([]);
		expect(await sumMonths(fresh, undefined)).toEqual([]);
		expect((await findFundOfHouse(fresh, { ...house, isSample: 0 }))?.code).toBe(real.code);
	});

	test('a page of rows ends where the next begins', async () => {
		for (let index = 0; index < 5; index += 1) await give(world, 1000);
		const first = await listEntries(db, world.fundId, { limit: 2 });
		const next = await listEntries(db, world.fundId, { before: first.at(-1)!.sequence, limit: 2 });
		expect([...first, ...next].map((row) => row.sequence)).toEqual([5, 4, 3, 2]);
	});

	test('page by page every row of every fund comes once, newest first', async () => {
		const fresh = await engine.fresh();
		const { seedReference } = await import('../support/fixtures.ts');
		await seedReference(fresh);
		for (const adminUnitId of ['dk-2025', 'kl-2025']) {
			const book = await makePeople(fresh, await makeFund(fresh, { adminUnitId }));
			// Days, instants and places in the book that two funds share.
			for (let index = 0; index < 4; index += 1) await give(book, 1000);
		}
		const seen: string[] = [];
		let before: Entry | undefined;
		for (;;) {
			const rows: Entry[] = await listLatestEntries(fresh, { limit: 3, before });
			seen.push(...rows.map((row) => row.id));
			before = rows.at(-1);
			if (rows.length < 3) break;
		}
		expect(seen).toEqual((await listLatestEntries(fresh, { limit: 100 })).map((row) => row.id));
		expect(new Set(seen).size).toBe(8);
	});
});

describeEachEngine('the database alone', (engine: Engine) => {
	let db: Db;
	let world: World;
	let giftId: string;
	let row: Record<string, unknown>;
	beforeEach(async () => {
		db = await engine.fresh();
		world = await makeWorld(db);
		giftId = (await give(world, 100_000)).id;
		// What the next right entry would look like: each case below spoils one thing in it.
		const { rows } = await sql<
			Record<string, unknown>
		>`select * from journal_entry where id = ${giftId}`.execute(db.withoutPlugins());
		const next = { sequence: 2, voucher_number: 2, cash_after_vnd: 200_000 };
		row = { ...rows[0], id: uuidv7(NOW), source_id: uuidv7(NOW), ...next };
	});

	const refused = async (work: () => Promise<unknown>, reason: RegExp) => {
		const thrown = (await expectNothingWritten(db, work)) as Error;
		expect(thrown.message).toMatch(reason);
	};

	test('takes the next right entry', async () => {
		await insertRaw(db, 'journal_entry', row);
		expect(await cashOf(world)).toBe(200_000);
	});

	const spoilt: [string, () => Record<string, unknown>, RegExp][] = [
		['a gap in the sequence', () => ({ sequence: 3, cash_after_vnd: 100_000 }), /gap/],
		['a voucher number used twice', () => ({ voucher_number: 1 }), /gap/],
		['a balance that does not follow', () => ({ cash_after_vnd: 900_000 }), /does not follow/],
		['cash below zero', () => ({ change_vnd: -100_001, cash_after_vnd: -1 }), /check constraint/i],
		['a sample entry in a real fund', () => ({ is_sample: 1 }), /foreign key/i],
		['a reversal of nothing', () => ({ kind: 'reversal' }), /check constraint/i],
		[
			'a reversal of an unknown entry',
			() => ({ kind: 'reversal', reverses_entry_id: uuidv7(NOW) }),
			/foreign key/i,
		],
		['a voucher number that leaves one out', () => ({ voucher_number: 3 }), /gap/],
		['a voucher without its year', () => ({ voucher_year: null, voucher_number: 1 }), /check constraint/i],
		[
			'a payment that nobody approved',
			() => ({ kind: 'payment', change_vnd: -100_000, cash_after_vnd: 0 }),
			/approved request/,
		],
		[
			'a day before that of the last entry',
			() => ({ happened_on: '2026-11-21', booked_on: '2026-11-21' }),
			/day of the entry before it/,
		],
		['an unknown role', () => ({ recorded_by: uuidv7(NOW) }), /foreign key/i],
	];
	test.each(spoilt)('refuses %s', async (_name, change, reason) => {
		await refused(() => insertRaw(db, 'journal_entry', { ...row, ...change() }), reason);
	});

	test('refuses a second reversal, a reversal of a reversal and one across funds', async () => {
		const undone = await reverse(world, giftId);
		await give(world, 100_000);
		const reversal = {
			...row,
			kind: 'reversal',
			sequence: 4,
			voucher_kind: null,
			voucher_year: null,
			voucher_number: null,
			change_vnd: -100_000,
			cash_after_vnd: 0,
		};
		await refused(
			() => insertRaw(db, 'journal_entry', { ...reversal, reverses_entry_id: giftId }),
			/unique/i,
		);
		await refused(
			() =>
				insertRaw(db, 'journal_entry', {
					...{ ...reversal, reverses_entry_id: undone.id },
					...{ change_vnd: 100_000, cash_after_vnd: 200_000 },
				}),
			/not reversed/,
		);
		const other = await makeFund(db);
		await refused(
			() =>
				insertRaw(db, 'journal_entry', {
					...reversal,
					fund_id: other.id,
					sequence: 1,
					reverses_entry_id: giftId,
				}),
			/foreign key|unique|does not follow/i,
		);
	});

	test('refuses a reversal of a part, and postings that do not add up to their entry', async () => {
		await give(world, 5_000);
		const part = { kind: 'reversal', voucher_kind: null, voucher_year: null, voucher_number: null };
		const wrong = { ...row, ...part, sequence: 3, change_vnd: -5_000, cash_after_vnd: 100_000 };
		await refused(
			() => insertRaw(db, 'journal_entry', { ...wrong, reverses_entry_id: giftId }),
			/whole entry/,
		);
		const entry = { ...row, sequence: 3, cash_after_vnd: 205_000, voucher_number: 3, posting_count: 2 };
		await insertRaw(db, 'journal_entry', entry);
		const posting = { entry_id: row['id'], fund_id: world.fundId, debit_account: 'cash' };
		const first = { ...posting, position: 1, credit_account: 'gift', amount_vnd: 60_000 };
		await insertRaw(db, 'posting', first);
		await refused(() => give(world, 1), /all its postings/);
		const second = { ...posting, position: 2, credit_account: 'income-paper' };
		await refused(() => insertRaw(db, 'posting', { ...second, amount_vnd: 39_999 }), /add up/);
		await refused(() => insertRaw(db, 'posting', { ...second, amount_vnd: 40_001 }), /add up/);
		await insertRaw(db, 'posting', { ...second, amount_vnd: 40_000 });
		await give(world, 1);
	});

	test('refuses a posting that comes later, crosses funds, stands on one account or moves nothing', async () => {
		const posting = {
			entry_id: giftId,
			fund_id: world.fundId,
			position: 2,
			debit_account: 'cash',
			credit_account: 'gift',
			amount_vnd: 1,
		};
		await refused(() => insertRaw(db, 'posting', posting), /complete/);
		const other = await makeFund(db);
		await insertRaw(db, 'journal_entry', { ...row, posting_count: 3 });
		const open = { ...posting, entry_id: row['id'] };
		await refused(() => insertRaw(db, 'posting', { ...open, fund_id: other.id }), /foreign key/i);
		await refused(() => insertRaw(db, 'posting', { ...open, credit_account: 'no-such' }), /foreign key/i);
		await refused(() => insertRaw(db, 'posting', { ...open, credit_account: 'cash' }), /check constraint/i);
		await refused(() => insertRaw(db, 'posting', { ...open, amount_vnd: 0 }), /check constraint/i);
		await refused(() => insertRaw(db, 'posting', { ...open, position: 4 }), /complete/);
	});

	test('refuses an allocation beyond its income, beyond its payment, or from a reversal', async () => {
		const paid = await pay(world, 60_000);
		const later = await give(world, 70_000);
		const allocation = {
			payment_entry_id: paid.id,
			income_entry_id: later.id,
			fund_id: world.fundId,
			amount_vnd: 1,
		};
		await refused(() => insertRaw(db, 'fund_allocation', allocation), /up to its own amount/);
		await refused(
			() => insertRaw(db, 'fund_allocation', { ...allocation, payment_entry_id: giftId }),
			/up to its own amount/,
		);
		const id = await approved(world, 50_000);
		const entry = {
			...row,
			kind: 'payment',
			sequence: 4,
			change_vnd: -50_000,
			cash_after_vnd: 60_000,
			source_kind: 'disbursement',
			source_id: id,
		};
		await insertRaw(db, 'journal_entry', { ...entry, voucher_kind: 'payment', voucher_number: 2 });
		await insertRaw(db, 'posting', {
			...{ entry_id: row['id'], fund_id: world.fundId, position: 1 },
			...{ debit_account: 'welfare-hardship', credit_account: 'cash', amount_vnd: 50_000 },
		});
		const next = { ...allocation, payment_entry_id: row['id'] };
		await refused(
			() => insertRaw(db, 'fund_allocation', { ...next, income_entry_id: giftId, amount_vnd: 40_001 }),
			/spent twice/,
		);
		await insertRaw(db, 'fund_allocation', { ...next, income_entry_id: giftId, amount_vnd: 40_000 });
		const undone = await reverse(world, paid.id);
		await refused(
			() => insertRaw(db, 'fund_allocation', { ...next, income_entry_id: undone.id, amount_vnd: 10_000 }),
			/up to its own amount/,
		);
	});

	test.each(['journal_entry', 'posting', 'fund_allocation', 'disbursement_approval', 'disbursement_payment'])(
		'lets no row of %s be changed, deleted or replaced',
		async (table) => {
			await pay(world, 10_000);
			const [first] = (
				await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db.withoutPlugins())
			).rows;
			const column =
				Object.keys(first!).find((name) => name !== 'id' && typeof first![name] === 'number') ??
				Object.keys(first!)[0]!;
			await refused(
				() => sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)}`.execute(db),
				/append-only/,
			);
			await refused(() => sql`delete from ${sql.table(table)}`.execute(db), /append-only/);
			if (engine.name === 'sqlite')
				await refused(() => insertRaw(db, table, first!, 'insert or replace'), /./);
			else await refused(() => sql`truncate ${sql.table(table)} cascade`.execute(db), /append-only|kept/);
		},
	);

	test('lets a text be erased, but not be changed, written again or deleted', async () => {
		await refused(() => sql`update entry_text set text = 'khác'`.execute(db), /only be erased/);
		await refused(
			() => sql`update entry_text set text = null, erased_at = 1, salt = ''`.execute(db),
			/only be erased/,
		);
		await refused(() => sql`delete from entry_text`.execute(db), /kept/);
		if (engine.name === 'postgres') await refused(() => sql`truncate entry_text`.execute(db), /kept/);
		await sql`update entry_text set text = null, erased_at = ${NOW}`.execute(db);
		expect((await findEntry(db, giftId))!.text).toBeNull();
		await refused(
			() => sql`update entry_text set text = 'lại', erased_at = null`.execute(db),
			/only be erased/,
		);
	});

	test('keeps sample codes and sample funds together', async () => {
		for (const over of [
			{ code: 'MAU-X', isSample: 0 as const },
			{ code: 'X-1', isSample: 1 as const },
		]) {
			const fund = {
				id: uuidv7(NOW),
				nameVi: '',
				nameEn: '',
				organisationId: null,
				adminUnitId: null,
				...over,
			};
			await refused(() => inTransaction(db, (trx) => openFund(trx, fund, NOW)), /check constraint/i);
		}
	});

	test('names vouchers as they are printed', () => {
		expect(voucherName({ voucherKind: 'receipt', voucherYear: 2026, voucherNumber: 147 })).toBe(
			'PT-2026/0147',
		);
		expect(voucherName({ voucherKind: 'payment', voucherYear: 2026, voucherNumber: 31 })).toBe(
			'PC-2026/0031',
		);
		expect(voucherName({ voucherKind: null, voucherYear: null, voucherNumber: null })).toBeUndefined();
	});
});
