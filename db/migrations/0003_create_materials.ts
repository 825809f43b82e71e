import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table material (
			code text primary key,
			group_code text not null,
			group_vi text not null,
			name_vi text not null,
			name_en text not null,
			aliases_vi text not null,
			default_unit text not null check (default_unit in ('kg', 'piece')),
			accepted_by_default text not null check (accepted_by_default in ('yes', 'no', 'never')),
			osm_recycling_tag text,
			sort_order bigint not null
		)`,
		// piece_weight: milligrams of one piece; co2e: grams of CO2e for one kilogram.
		`create table material_factor (
			id text primary key,
			material_code text not null references material (code),
			kind text not null check (kind in ('piece_weight', 'co2e')),
			value bigint not null check (value > 0),
			source text not null,
			version text not null,
			valid_from text not null,
			unique (material_code, kind, valid_from)
		)`,
		`create table reference_price (
			id text primary key,
			material_code text not null references material (code),
			vnd_per_kg bigint not null check (vnd_per_kg > 0),
			valid_from text not null,
			source text not null
		)`,
	]);
	await makeAppendOnly(db, 'material_factor');
}
