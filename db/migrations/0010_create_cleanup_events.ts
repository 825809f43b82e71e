import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table cleanup_event (
			id text primary key,
			slug text not null unique,
			status text not null check (status in ('published', 'cancelled')),
			sequence bigint not null check (sequence >= 0),
			organisation_id text not null references organisation (id),
			title text not null,
			description text not null,
			starts_at bigint not null,
			ends_at bigint not null,
			green_house_id text references green_house (id),
			admin_unit_id text references admin_unit (id),
			assembly_point text not null,
			latitude double precision check (latitude between -90 and 90),
			longitude double precision check (longitude between -180 and 180),
			capacity bigint check (capacity > 0),
			what_to_bring text not null,
			created_by text not null references role_grant (id),
			created_at bigint not null,
			updated_at bigint not null,
			cancelled_at bigint,
			cancel_reason text,
			content_hash text not null,
			is_sample bigint not null check (is_sample in (0, 1)),
			unique (id, is_sample),
			check (ends_at > starts_at),
			check ((status = 'cancelled') = (cancelled_at is not null)),
			check ((latitude is null) = (longitude is null))
		)`,
		`create index cleanup_event_by_start on cleanup_event (starts_at, id)`,
		`create table sign_up (
			id text primary key,
			event_id text not null,
			kind text not null check (kind in ('person', 'unit')),
			name text not null,
			head_count bigint not null check (head_count between 1 and 500),
			phone_e164 text,
			status text not null check (status in ('active', 'cancelled')),
			cancel_token_hash text not null unique,
			device_alias_id text references device_alias (id),
			person_id text references person (id),
			created_at bigint not null,
			cancelled_at bigint,
			content_hash text not null,
			is_sample bigint not null,
			foreign key (event_id, is_sample) references cleanup_event (id, is_sample),
			check ((status = 'cancelled') = (cancelled_at is not null))
		)`,
		`create index sign_up_by_event on sign_up (event_id, status)`,
		`create table event_report (
			event_id text not null references cleanup_event (id),
			revision bigint not null check (revision > 0),
			head_count bigint not null check (head_count >= 0),
			recyclables_grams bigint check (recyclables_grams >= 0),
			other_waste_grams bigint check (other_waste_grams >= 0),
			remarks text not null,
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			is_sample bigint not null check (is_sample in (0, 1)),
			primary key (event_id, revision)
		)`,
	]);
}
