import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// One row: the name under which this portal's books are signed, fixed at first start.
		`create table ledger_log (
			id text primary key check (id = 'log'),
			origin text not null check (origin <> ''),
			created_at bigint not null
		)`,
		// Every public key that ever signed, in base64; the newest signs.
		`create table ledger_key (
			public_key text primary key,
			valid_from bigint not null unique
		)`,
		// A complete row of 256 hashes of one level, in base64, one after the other, and the root over them. Level 0 are leaves;
		// a hash of level n + 1 is the root of a tile of level n. What is not complete is read from the level below.
		`create table tree_tile (
			fund_id text not null references fund (id),
			level bigint not null check (level >= 0),
			tile_index bigint not null check (tile_index >= 0),
			hashes text not null,
			root text not null,
			primary key (fund_id, level, tile_index)
		)`,
		`create table checkpoint (
			fund_id text not null references fund (id),
			size bigint not null check (size > 0),
			root text not null,
			note text not null,
			public_key text not null references ledger_key (public_key),
			created_at bigint not null,
			primary key (fund_id, size)
		)`,
	]);
	for (const table of ['ledger_log', 'ledger_key', 'tree_tile', 'checkpoint'])
		await makeAppendOnly(db, table);
	await refuse(db, {
		table: 'checkpoint',
		event: 'insert',
		when: `new.size <= coalesce((select max(c.size) from checkpoint c where c.fund_id = new.fund_id), 0)
			or new.size > coalesce((select max(e.sequence) from journal_entry e where e.fund_id = new.fund_id), 0)`,
		message: 'a checkpoint covers more than the one before, and no more than the book',
	});
}
