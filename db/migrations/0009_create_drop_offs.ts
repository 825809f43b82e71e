import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table drop_off (
			id text primary key,
			green_house_id text not null,
			device_alias_id text references device_alias (id),
			person_id text references person (id),
			class_sheet_id text references class_sheet (id),
			school_class_id text references school_class (id),
			happened_at bigint not null,
			recorded_at bigint not null,
			channel text not null check (channel in ('qr', 'web', 'paper', 'class_sheet', 'api')),
			content_hash text not null,
			cycle_id text not null references collection_cycle (id),
			late bigint not null check (late in (0, 1)),
			withdrawn_at bigint,
			is_sample bigint not null,
			foreign key (green_house_id, is_sample) references green_house (id, is_sample),
			check (
				(case when device_alias_id is null then 0 else 1 end)
				+ (case when person_id is null then 0 else 1 end)
				+ (case when class_sheet_id is null then 0 else 1 end) <= 1
			),
			check ((class_sheet_id is null) = (school_class_id is null))
		)`,
		`create index drop_off_by_cycle on drop_off (cycle_id)`,
		`create index drop_off_by_device on drop_off (device_alias_id, recorded_at)`,
		`create index drop_off_by_house on drop_off (green_house_id, happened_at)`,
		`create index drop_off_by_class_sheet on drop_off (class_sheet_id)`,
		// declared_weight_grams is unknown (null) for a piece that has no piece weight, never 0.
		`create table drop_off_line (
			drop_off_id text not null references drop_off (id),
			position bigint not null check (position > 0),
			material_code text not null references material (code),
			quantity_milli bigint not null check (quantity_milli > 0),
			unit text not null check (unit in ('kg', 'piece')),
			basis text not null check (basis in ('estimated', 'weighed')),
			declared_weight_grams bigint check (declared_weight_grams >= 0),
			factor_id text references material_factor (id),
			primary key (drop_off_id, position)
		)`,
	]);
	await makeAppendOnly(db, 'drop_off_line');
	await refuse(db, { table: 'drop_off', event: 'delete', when: 'true', message: 'drop_off is kept' });
}
