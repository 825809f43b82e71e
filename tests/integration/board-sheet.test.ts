// The sheet of a fund's month: its rows and balances, and that it is given out only when its code vouches for them.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { readBoardSheet } from '#features/checkpoints/board-sheet.service.ts';
import type { ReadySheet } from '#features/checkpoints/board-sheet.ts';
import { openLog, sequenceFunds } from '#features/checkpoints/checkpoint.service.ts';
import { ledgerKeyOf } from '#features/checkpoints/ledger-key.ts';
import { parseSheetCode, isRootOfCode } from '#features/checkpoints/sheet-code.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import { postEntry, reverseEntry } from '#features/fund/ledger.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, NOW } from '../support/fixtures.ts';
import { tamper } from '../support/tamper.ts';
import { giftInput, makeWorld, type World } from './fund-world.ts';

const KEY = ledgerKeyOf(new Uint8Array(32).fill(7));
const TODAY = toLocalDate(NOW);
/** 15/10/2026, in the month before. */
const OCTOBER = NOW - 38 * DAY;
const sign = (db: Db) => sequenceFunds(db, KEY, NOW);

const give = (world: World, amountVnd: number, at: number) => {
	const day = toLocalDate(at);
	const input = giftInput(world, amountVnd, { happenedOn: day, bookedOn: day });
	return inTransaction(world.db, (trx) => postEntry(trx, input, at));
};

async function read({ db, fundId }: World, month: string) {
	return readBoardSheet(db, (await findFund(db, fundId))!, month, TODAY);
}

/** Two gifts in September, none in October, two and a reversal in November. */
async function openWorld(db: Db): Promise<World> {
	const world = await makeWorld(db);
	await openLog(db, KEY, 'nha-xanh.example', NOW);
	await give(world, 100_000, OCTOBER - 30 * DAY);
	await give(world, 50_000, OCTOBER - 20 * DAY);
	await give(world, 7_000, NOW - DAY);
	const { id } = await give(world, 3_000, NOW);
	const reversal = { id: uuidv7(NOW), entryId: id, reason: 'Ghi nhầm' };
	const recordedBy = world.approver.grants[0]!.id;
	await inTransaction(db, (trx) => reverseEntry(trx, { ...reversal, recordedBy }, NOW));
	return world;
}

describeEachEngine('a board’s sheet', (engine) => {
	test('has the month’s rows between its balances, and a code of the whole book', async () => {
		const world = await openWorld(await engine.fresh());
		await sign(world.db);
		const sheet = (await read(world, '2026-11')) as ReadySheet;
		expect(sheet).toMatchObject({
			...{ state: 'ready', month: 'running', lastSequence: 5, inVnd: 7_000, outVnd: 0, openedVnd: 0 },
			opening: { cashVnd: 150_000, bankVnd: 0 },
			closing: { cashVnd: 157_000, bankVnd: 0 },
		});
		expect(sheet.rows.map(({ entry, inVnd }) => [entry.sequence, inVnd])).toEqual([
			[3, 7_000],
			[4, 3_000],
			[5, -3_000],
		]);
		for (const text of [sheet.typed, sheet.scanned]) {
			const code = parseSheetCode(text)!;
			expect(code.size).toBe(5);
			expect(isRootOfCode(code, Buffer.from(sheet.checkpoint.root, 'base64'))).toBe(true);
		}
		expect(await read(world, '2026-10')).toMatchObject({
			...{ state: 'ready', month: 'open', rows: [], lastSequence: 2 },
			opening: { cashVnd: 150_000 },
			closing: { cashVnd: 150_000 },
		});
		expect(await read(world, '2026-09')).toMatchObject({ opening: { cashVnd: 0 }, inVnd: 150_000 });
	});

	test('is not there for a month that has not come, or from before the book', async () => {
		const world = await openWorld(await engine.fresh());
		await sign(world.db);
		expect(await read(world, '2026-12')).toEqual({ state: 'future' });
		expect(await read(world, '2026-08')).toEqual({ state: 'before', firstMonth: '2026-09' });
		const empty = await makeWorld(world.db);
		expect(await read(empty, '2026-11')).toEqual({ state: 'before', firstMonth: undefined });
	});

	test('waits until the tree covers its last row, while an earlier month is there', async () => {
		const world = await openWorld(await engine.fresh());
		expect(await read(world, '2026-09')).toMatchObject({ state: 'uncovered', size: 0 });
		await sign(world.db);
		await give(world, 1_000, NOW);
		expect(await read(world, '2026-11')).toMatchObject({
			...{ state: 'uncovered', size: 5 },
			last: { sequence: 6 },
		});
		expect(await read(world, '2026-09')).toMatchObject({ state: 'ready' });
		await sign(world.db);
		expect(await read(world, '2026-11')).toMatchObject({ state: 'ready', lastSequence: 6 });
	});

	test.each([
		[
			'amounts beside their leaf',
			'journal_entry',
			`update journal_entry set change_vnd = 8000 where sequence = 3`,
		],
		['balances', 'journal_entry', `update journal_entry set cash_after_vnd = 158000 where sequence = 3`],
		['vouchers', 'journal_entry', `update journal_entry set voucher_number = 9 where sequence = 3`],
		['days', 'journal_entry', `update journal_entry set booked_on = '2026-11-02' where sequence = 3`],
		[
			'the words',
			'entry_text',
			`update entry_text set text = '{"kind":"statement","words":"Khác"}' where text like '%ng h%'`,
		],
		[
			'leaves of an older month',
			'journal_entry',
			`update journal_entry set canonical = replace(canonical, '100000', '900000') where sequence = 1`,
		],
	])('is not given out once %s were changed behind the portal’s back', async (_what, table, statement) => {
		const world = await openWorld(await engine.fresh());
		await sign(world.db);
		await tamper(world.db, table, statement);
		expect(await read(world, '2026-11')).toEqual({ state: 'changed' });
	});

	test('keeps a row whose words were erased on request', async () => {
		const world = await openWorld(await engine.fresh());
		await sign(world.db);
		await sql`update entry_text set text = null, erased_at = ${NOW}`.execute(world.db);
		expect(await read(world, '2026-11')).toMatchObject({ state: 'ready' });
	});
});
