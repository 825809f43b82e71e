import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// admin_unit_id is the unit as the register named it; today's ward is found by walking its successors.
		`create table green_house (
			id text primary key,
			code text not null unique,
			name_vi text not null,
			host_type text not null check (host_type in ('residential', 'school', 'agency', 'work_unit')),
			host_organisation_id text references organisation (id),
			steward_organisation_id text references organisation (id),
			admin_unit_id text not null references admin_unit (id),
			neighbourhood_id text references neighbourhood (id),
			address text not null,
			latitude double precision not null check (latitude between -90 and 90),
			longitude double precision not null check (longitude between -180 and 180),
			position_source text not null check (position_source in ('sample', 'approximate', 'surveyed')),
			accuracy_m bigint,
			hours text not null,
			opened_on text,
			closed_on text,
			status text not null check (status in ('active', 'paused', 'closed')),
			successor_id text references green_house (id),
			created_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1)),
			unique (id, is_sample),
			check ((is_sample = 1) = (position_source = 'sample'))
		)`,
		`create index green_house_by_admin_unit on green_house (admin_unit_id)`,
		`create table green_house_material (
			green_house_id text not null references green_house (id),
			material_code text not null references material (code),
			primary key (green_house_id, material_code)
		)`,
		`create table house_state_report (
			id text primary key,
			green_house_id text not null references green_house (id),
			fill text check (fill in ('empty', 'half', 'full')),
			condition text not null check (condition in ('usable', 'locked', 'damaged')),
			reported_at bigint not null,
			reported_by text references role_grant (id),
			is_sample bigint not null check (is_sample in (0, 1)),
			check (fill is not null or condition <> 'usable')
		)`,
		`create index house_state_report_latest on house_state_report (green_house_id, reported_at)`,
	]);
}
