import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table admin_unit (
			id text primary key,
			kind text not null check (kind in ('city', 'ward', 'commune', 'township')),
			name_vi text not null,
			name_en text not null,
			official_code text not null,
			valid_from text,
			valid_to text,
			in_service_area bigint not null check (in_service_area in (0, 1)),
			note text not null
		)`,
		`create table admin_unit_predecessor (
			admin_unit_id text not null references admin_unit (id),
			predecessor_id text not null references admin_unit (id),
			primary key (admin_unit_id, predecessor_id)
		)`,
		`create index admin_unit_predecessor_by_predecessor on admin_unit_predecessor (predecessor_id)`,
		`create table neighbourhood (
			id text primary key,
			kind text not null check (kind in ('thon', 'khoi_pho', 'to_dan_pho')),
			name text not null,
			admin_unit_id text not null references admin_unit (id),
			valid_from text,
			valid_to text,
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
	]);
}
