import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table collection_cycle (
			id text primary key,
			green_house_id text not null,
			number bigint not null check (number > 0),
			opened_at bigint not null,
			closed_at bigint check (closed_at >= opened_at),
			closed_by text references role_grant (id),
			is_sample bigint not null,
			unique (green_house_id, number),
			foreign key (green_house_id, is_sample) references green_house (id, is_sample),
			check ((closed_at is null) = (closed_by is null))
		)`,
		`create unique index collection_cycle_one_open on collection_cycle (green_house_id) where closed_at is null`,
		// status: recorded, then confirmed (posted) or returned; a confirmed sale may later be reversed.
		`create table scrap_sale (
			id text primary key,
			fund_id text not null,
			organisation_id text references organisation (id),
			sold_on text not null,
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			recorder_id text not null references person (id),
			dealer text not null,
			cash_received_vnd bigint not null check (cash_received_vnd > 0),
			photo_id text references photo (id),
			photo_missing_reason text,
			status text not null check (status in ('recorded', 'confirmed', 'returned', 'reversed')),
			confirmed_at bigint,
			confirmed_by text references role_grant (id),
			confirmer_id text references person (id),
			return_reason text,
			entry_id text unique references journal_entry (id),
			replaces_sale_id text unique references scrap_sale (id),
			content_hash text not null,
			is_sample bigint not null,
			foreign key (fund_id, is_sample) references fund (id, is_sample),
			check (confirmer_id is null or confirmer_id <> recorder_id),
			check ((status in ('confirmed', 'reversed')) = (entry_id is not null)),
			check ((entry_id is null) or (confirmer_id is not null and confirmed_at is not null)),
			check (photo_id is not null or photo_missing_reason is not null)
		)`,
		`create index scrap_sale_by_fund on scrap_sale (fund_id, status)`,
		`create table scrap_sale_cycle (
			sale_id text not null references scrap_sale (id),
			cycle_id text not null references collection_cycle (id),
			declared_weight_grams bigint,
			released_at bigint,
			primary key (sale_id, cycle_id)
		)`,
		`create unique index scrap_sale_cycle_one_live on scrap_sale_cycle (cycle_id) where released_at is null`,
		`create table scrap_sale_line (
			sale_id text not null references scrap_sale (id),
			position bigint not null check (position > 0),
			cycle_id text references collection_cycle (id),
			material_code text references material (code),
			weighed_weight_grams bigint check (weighed_weight_grams > 0),
			unit_price_vnd bigint check (unit_price_vnd > 0),
			amount_vnd bigint not null check (amount_vnd <> 0),
			kind text not null check (kind in ('goods', 'lump_sum', 'difference')),
			note text not null,
			primary key (sale_id, position),
			check (kind = 'difference' or amount_vnd > 0),
			check (kind <> 'goods' or (material_code is not null and weighed_weight_grams is not null and unit_price_vnd is not null))
		)`,
	]);
	await makeAppendOnly(db, 'scrap_sale_line');
	await refuse(db, { table: 'scrap_sale', event: 'delete', when: 'true', message: 'scrap_sale is kept' });
	await refuse(db, {
		table: 'scrap_sale',
		event: 'update',
		when: `new.cash_received_vnd <> old.cash_received_vnd or new.recorder_id <> old.recorder_id
			or new.fund_id <> old.fund_id or new.sold_on <> old.sold_on or new.dealer <> old.dealer
			or (old.entry_id is not null and (new.entry_id is null or new.entry_id <> old.entry_id))`,
		message: 'a sale is not changed after it was recorded',
	});
}
