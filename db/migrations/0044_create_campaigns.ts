import { sql, type Kysely } from 'kysely';
import { createTables } from './dialect.ts';

/**
 * A school's campaigns, and class sheets with states: what is entered waits in cells, and becomes drop-offs when it is
 * approved. Every sheet of before has its drop-offs, so it was approved by whoever entered it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// A class ends when it is merged into another one, or when its school year is over.
		'alter table school_class add column closed_on text',
		'alter table school_class add column merged_into_id text references school_class (id)',
		`create table campaign (
			id text primary key,
			organisation_id text not null references organisation (id),
			green_house_id text not null,
			school_year text not null,
			name text not null,
			purpose text not null,
			starts_on text not null,
			ends_on text not null check (ends_on >= starts_on),
			quota_per text check (quota_per in ('pupil', 'class')),
			full_points bigint not null check (full_points between 0 and 1000),
			extra_points bigint not null check (extra_points between 0 and 1000),
			extra_cap bigint not null check (extra_cap between 0 and 1000),
			tie_rule text not null check (tie_rule in ('shared', 'points')),
			rounding text not null check (rounding in ('down', 'nearest')),
			created_at bigint not null,
			created_by text not null references role_grant (id),
			published_at bigint,
			ended_at bigint check (ended_at is null or published_at is not null),
			is_sample bigint not null,
			unique (id, is_sample),
			foreign key (green_house_id, is_sample) references green_house (id, is_sample)
		)`,
		'create index campaign_by_organisation on campaign (organisation_id, starts_on)',
		`create table campaign_material (
			campaign_id text not null references campaign (id),
			material_code text not null references material (code),
			primary key (campaign_id, material_code)
		)`,
		// One or the other fills it: 3 kg or 20 pieces, or a part of both.
		`create table campaign_quota (
			campaign_id text not null references campaign (id),
			unit text not null check (unit in ('kg', 'piece')),
			quantity_milli bigint not null check (quantity_milli > 0),
			primary key (campaign_id, unit)
		)`,
		`create table campaign_award (
			campaign_id text not null references campaign (id),
			position bigint not null check (position > 0),
			name text not null,
			min_points bigint not null check (min_points >= 0),
			primary key (campaign_id, position)
		)`,
		// The classes that take part, with their size as it was when the campaign was published; null is unknown.
		`create table campaign_class (
			campaign_id text not null references campaign (id),
			school_class_id text not null references school_class (id),
			size bigint check (size > 0),
			primary key (campaign_id, school_class_id)
		)`,
		`create table class_link (
			id text primary key,
			campaign_id text not null,
			school_class_id text not null,
			token_hash text not null unique,
			issued_at bigint not null,
			issued_by text not null references role_grant (id),
			lapses_at bigint not null check (lapses_at > issued_at),
			ended_at bigint,
			foreign key (campaign_id, school_class_id) references campaign_class (campaign_id, school_class_id)
		)`,
		'create index class_link_by_campaign on class_link (campaign_id)',
		'alter table class_sheet add column campaign_id text references campaign (id)',
		'alter table class_sheet add column class_link_id text references class_link (id)',
		'alter table class_sheet add column approved_at bigint',
		'alter table class_sheet add column approved_by text references role_grant (id)',
		'create index class_sheet_by_campaign on class_sheet (campaign_id, collected_on)',
		`create table class_sheet_cell (
			class_sheet_id text not null references class_sheet (id),
			school_class_id text not null references school_class (id),
			material_code text not null references material (code),
			unit text not null check (unit in ('kg', 'piece')),
			quantity_milli bigint not null check (quantity_milli > 0),
			primary key (class_sheet_id, school_class_id, material_code, unit)
		)`,
		// What the scale said of the whole school's goods, beside the sum of its classes.
		`create table weigh_in (
			id text primary key,
			campaign_id text not null references campaign (id),
			material_code text not null references material (code),
			weighed_on text not null,
			weight_grams bigint not null check (weight_grams > 0),
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			withdrawn_at bigint
		)`,
		'create index weigh_in_by_campaign on weigh_in (campaign_id)',
	]);
	await sql`
		insert into class_sheet_cell (class_sheet_id, school_class_id, material_code, unit, quantity_milli)
		select d.class_sheet_id, d.school_class_id, l.material_code, l.unit, sum(l.quantity_milli)
		from drop_off d join drop_off_line l on l.drop_off_id = d.id
		where d.class_sheet_id is not null
		group by d.class_sheet_id, d.school_class_id, l.material_code, l.unit`.execute(db);
	await sql`update class_sheet set approved_at = recorded_at, approved_by = recorded_by`.execute(db);
	await sql`update class_sheet set status = 'approved' where status = 'entered'`.execute(db);
}
