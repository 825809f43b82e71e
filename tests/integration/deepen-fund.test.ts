// Migration 0015 makes the book's table anew on SQLite: its rows, indexes and triggers stay, and so does what refers to it.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { isSqlite, type Db } from '#lib/db.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';
import { digest } from '../support/snapshot.ts';
import { insertRaw } from './fund-world.ts';

const entry = (sequence: number, over: Record<string, unknown> = {}) => ({
	...{ id: `e${sequence}`, fund_id: 'f', sequence, kind: 'gift', happened_on: '2026-11-01' },
	...{ booked_on: '2026-11-02', recorded_at: NOW, recorded_by: 'g', source_kind: 'statement' },
	...{ source_id: `s${sequence}`, source_hash: 'h', reverses_entry_id: null, voucher_kind: 'receipt' },
	...{ voucher_year: 2026, voucher_number: sequence, posting_count: 1, change_vnd: 100, transfer_id: null },
	...{ cash_after_vnd: 100 * sequence, bank_after_vnd: 0, text_hash: 't', canonical: '{}', is_sample: 0 },
	...over,
});
const posting = (sequence: number, debit: string, credit: string) => ({
	...{ entry_id: `e${sequence}`, fund_id: 'f', position: 1, debit_account: debit, credit_account: credit },
	amount_vnd: 100,
});

async function fill(db: Db): Promise<void> {
	const person = { id: 'p', display_name: 'Lan', locale: 'vi', created_at: NOW, is_sample: 0 };
	await insertRaw(db, 'person', person);
	const grant = { id: 'g', person_id: 'p', role: 'treasurer', scope_kind: 'fund', scope_id: 'f' };
	await insertRaw(db, 'role_grant', { ...grant, valid_from: '2025-01-01', granted_at: NOW, is_sample: 0 });
	const fund = { id: 'f', code: 'DK', name_vi: 'Quỹ', name_en: 'Fund', created_at: NOW, is_sample: 0 };
	await insertRaw(db, 'fund', fund);
	for (const [code, type] of [
		['cash', 'asset'],
		['gift', 'income'],
	])
		await insertRaw(db, 'ledger_account', { fund_id: 'f', code, type });
	await insertRaw(db, 'journal_entry', entry(1));
	await insertRaw(db, 'posting', posting(1, 'cash', 'gift'));
	await insertRaw(db, 'entry_text', { entry_id: 'e1', salt: 's', text: '{}' });
	await insertRaw(db, 'journal_entry', entry(2));
	await insertRaw(db, 'posting', posting(2, 'cash', 'gift'));
	const back = { kind: 'reversal', reverses_entry_id: 'e1', change_vnd: -100, cash_after_vnd: 100 };
	const voucher = { voucher_kind: null, voucher_year: null, voucher_number: null };
	await insertRaw(db, 'journal_entry', entry(3, { ...back, ...voucher, source_kind: 'journal_entry' }));
	await insertRaw(db, 'posting', posting(3, 'gift', 'cash'));
	const allocation = { payment_entry_id: 'e3', income_entry_id: 'e1', fund_id: 'f', amount_vnd: 100 };
	await insertRaw(db, 'fund_allocation', allocation);
}

/** Names of triggers and indexes, and each row that refers to the book. */
async function partsOf(db: Db): Promise<string[]> {
	const { rows } = isSqlite(db)
		? await sql<{ name: string }>`select type || ' ' || name || ' ' || tbl_name as name from sqlite_master
			where type in ('trigger', 'index')`.execute(db)
		: await sql<{
				name: string;
			}>`select 'trigger ' || tgname || ' ' || tgrelid::regclass as name from pg_trigger
				where not tgisinternal
			union all select 'index ' || indexname || ' ' || tablename from pg_indexes where schemaname = 'public'`.execute(
				db,
			);
	return rows.map((row) => row.name);
}

describeEachEngine('migration 0015', (engine) => {
	test('keeps every row, index, trigger and reference of the book, and takes the new kinds', async () => {
		const db = await engine.empty();
		await migrateToLatest(db, '0014_complete_money');
		await fill(db);
		const [rows, parts] = [await digest(db), await partsOf(db)];
		const none = { voucher_kind: null, voucher_year: null, voucher_number: null };
		const move = { kind: 'bank_move', change_vnd: 0, cash_after_vnd: 0, bank_after_vnd: 100, ...none };
		await expect(insertRaw(db, 'journal_entry', entry(4, move))).rejects.toThrow(/check/i);
		await migrateToLatest(db, '0015_deepen_fund');
		const after = await digest(db);
		for (const [table, before] of Object.entries(rows))
			if (table !== 'kysely_migration') expect([table, after[table]]).toEqual([table, before]);
		expect(await partsOf(db)).toEqual(expect.arrayContaining(parts));

		const refused = async (work: () => Promise<unknown>, message: RegExp) =>
			expect(work()).rejects.toThrow(message);
		await refused(() => sql`update journal_entry set change_vnd = 1`.execute(db), /append-only/);
		await refused(() => sql`delete from journal_entry`.execute(db), /append-only/);
		await refused(() => insertRaw(db, 'posting', { ...posting(1, 'cash', 'gift'), position: 2 }), /complete/);
		await refused(() => insertRaw(db, 'journal_entry', entry(5)), /gap/);
		await refused(() => insertRaw(db, 'journal_entry', entry(4, { ...move, kind: 'party' })), /check/i);
		await refused(
			() => insertRaw(db, 'entry_text', { entry_id: 'nowhere', salt: 's', text: '{}' }),
			/foreign key/i,
		);
		const elsewhere = {
			fund_id: 'nowhere',
			sequence: 1,
			change_vnd: 100,
			cash_after_vnd: 100,
			bank_after_vnd: 0,
		};
		await refused(() => insertRaw(db, 'journal_entry', entry(4, { ...move, ...elsewhere })), /foreign key/i);
		await refused(
			() => insertRaw(db, 'journal_entry', entry(4, { ...move, kind: 'transfer_out' })),
			/check/i,
		);
		await insertRaw(db, 'ledger_account', { fund_id: 'f', code: 'bank', type: 'asset' });
		await insertRaw(db, 'journal_entry', entry(4, move));
		await insertRaw(db, 'posting', posting(4, 'bank', 'cash'));
	});

	test('leaves the book as it was when a row refers to nothing', async () => {
		const db = await engine.empty();
		if (!isSqlite(db)) return;
		await migrateToLatest(db, '0014_complete_money');
		await fill(db);
		await sql`pragma foreign_keys = off`.execute(db);
		await insertRaw(db, 'entry_text', { entry_id: 'nowhere', salt: 's', text: '{}' });
		await sql`pragma foreign_keys = on`.execute(db);
		const before = await partsOf(db);
		await expect(migrateToLatest(db)).rejects.toThrow(/lost what it refers to/);
		expect(await partsOf(db)).toEqual(before);
		expect((await sql<{ n: number }>`select count(*) as n from journal_entry`.execute(db)).rows[0]!.n).toBe(
			3,
		);
	});
});
