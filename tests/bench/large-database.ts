// A SQLite database with one fund's long book, as tests/bench/large-book.ts tells it. The engine makes the rows by itself,
// past the services and with its triggers and indexes taken off meanwhile: millions of them in minutes.
import SQLite from 'better-sqlite3';
import { migrateToLatest } from '#db/migrate.ts';
import { loadReference } from '#db/reference.ts';
import { openDb } from '#lib/db.ts';
import { makeActor, makeFund } from '../support/fixtures.ts';

export const FUND = 'LON';

// Of entry s: four gifts, then a payment that spends all of them.
const ID = (s: string, kind = 0) => `printf('0198c0de-0000-7000-800${kind}-%012x', ${s})`;
const GIFT = (s: string) => `(17000 + (${s}) % 7 * 1000)`;
const SUM = (s: string, count: number) =>
	Array.from({ length: count }, (_, back) => GIFT(`${s} - ${back}`)).join(' + ') || '0';
const CASH_AFTER = `case s % 5 when 0 then 0 ${[1, 2, 3, 4].map((rest) => `when ${rest} then ${SUM('s', rest)}`).join(' ')} end`;
const PAID = `(${SUM('s - 1', 4)})`;
const IS_PAYMENT = 's % 5 = 0';
/** As long as an entry's canonical text is; no page reads what it says. */
const CANONICAL = `'{"filler":"' || ${ID('s')} || '${'x'.repeat(750)}"}'`;

const STATEMENTS = [
	`insert into journal_entry (id, fund_id, sequence, kind, happened_on, booked_on, recorded_at, recorded_by, source_kind, source_id,
		source_hash, voucher_kind, voucher_year, voucher_number, posting_count, change_vnd, cash_after_vnd, bank_after_vnd, text_hash,
		canonical, is_sample)
	select ${ID('s')}, $fund, s, iif(${IS_PAYMENT}, 'payment', 'gift'), day, day, unixepoch(day) * 1000, $grant,
		iif(${IS_PAYMENT}, 'disbursement', 'statement'), ${ID('s', 1)}, hex(zeroblob(32)), iif(${IS_PAYMENT}, 'payment', 'receipt'), 2026, s,
		iif(${IS_PAYMENT}, 1, 3), iif(${IS_PAYMENT}, -${PAID}, ${GIFT('s')}), ${CASH_AFTER}, 0, hex(zeroblob(32)), ${CANONICAL}, 0
	from (select s, date('2026-11-20', printf('-%d days', ($count - s) * 3650 / $count)) as day from entry)`,
	`insert into posting (entry_id, fund_id, position, debit_account, credit_account, amount_vnd)
	select ${ID('s')}, $fund, p, iif(${IS_PAYMENT}, 'welfare-tet-gift', 'cash'), iif(${IS_PAYMENT}, 'cash', 'gift'),
		iif(${IS_PAYMENT}, ${PAID}, iif(p = 1, ${GIFT('s')} - 7000, iif(p = 2, 5000, 2000)))
	from entry join (select 1 as p union select 2 union select 3) on p = 1 or not ${IS_PAYMENT}`,
	`insert into entry_text (entry_id, salt, text)
	select ${ID('s')}, '00112233445566778899aabbccddeeff', iif(${IS_PAYMENT},
		'{"count":12,"kind":"payment","purpose":"tet_gift","wardId":"dk-2025"}',
		'{"kind":"gift","purpose":null,"words":"Tiền ủng hộ của bà con"}')
	from entry`,
	`insert into fund_allocation (payment_entry_id, income_entry_id, fund_id, amount_vnd)
	select ${ID('s')}, ${ID('s - back')}, $fund, ${GIFT('s - back')}
	from entry join (select 4 as back union select 3 union select 2 union select 1) where ${IS_PAYMENT}`,
	// As if the tree were built: a server would first hash all of it, and no page of the book shows it.
	`insert into ledger_key (public_key, valid_from) values ('bench', 1)`,
	`insert into checkpoint (fund_id, size, root, note, public_key, created_at) values ($fund, $count, '', '', 'bench', 1)`,
];

/** Makes the file with a book of so many entries. */
export async function makeLargeDatabase(file: string, count: number): Promise<void> {
	const db = openDb(`file:${file}`);
	await migrateToLatest(db);
	await loadReference(db);
	const { id: fundId } = await makeFund(db, { code: FUND });
	const treasurer = await makeActor(db, 'treasurer', 'fund', fundId);
	await db.destroy();
	const database = new SQLite(file);
	for (const pragma of [
		'journal_mode = off',
		'synchronous = off',
		'foreign_keys = off',
		'cache_size = -1000000',
	])
		database.pragma(pragma);
	const parts = database
		.prepare(
			`select type, name, sql from sqlite_master where type in ('trigger', 'index') and sql is not null`,
		)
		.all() as { type: string; name: string; sql: string }[];
	for (const { type, name } of parts) database.exec(`drop ${type} ${name}`);
	const values = { fund: fundId, grant: treasurer.grants[0]!.id, count };
	for (const statement of STATEMENTS) {
		const withEntries = `with recursive entry (s) as (select 1 union all select s + 1 from entry where s < $count) ${statement}`;
		const used = Object.entries(values).filter(([name]) => withEntries.includes(`$${name}`));
		database.prepare(withEntries).run(Object.fromEntries(used));
	}
	for (const { sql } of parts) database.exec(sql);
	database.pragma('journal_mode = wal');
	database.close();
}
