import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table organisation (
			id text primary key,
			kind text not null check (kind in ('womens_union', 'youth_union', 'school', 'peoples_committee', 'fatherland_front', 'agency', 'company', 'inter_household_group', 'residential_group')),
			name text not null,
			admin_unit_id text references admin_unit (id),
			valid_from text,
			valid_to text,
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
		`create table person (
			id text primary key,
			display_name text not null,
			phone_e164 text unique,
			email text unique,
			locale text not null check (locale in ('vi', 'en')),
			created_at bigint not null,
			erased_at bigint,
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
		`create table credential_password (
			person_id text primary key references person (id),
			hash text not null,
			changed_at bigint not null
		)`,
		`create table session (
			token_hash text primary key,
			person_id text not null references person (id),
			created_at bigint not null,
			expires_at bigint not null
		)`,
		`create index session_by_person on session (person_id)`,
		`create table device_alias (
			id text primary key,
			secret_hash text not null unique,
			person_id text references person (id),
			created_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
		// The scope's id is the id of a house, an organisation, a fund or a ward; the portal has none.
		`create table role_grant (
			id text primary key,
			person_id text not null references person (id),
			role text not null check (role in ('steward', 'school_lead', 'organiser', 'treasurer', 'approver', 'auditor', 'ward_officer', 'administrator')),
			scope_kind text not null check (scope_kind in ('house', 'organisation', 'fund', 'ward', 'portal')),
			scope_id text,
			valid_from text not null,
			valid_to text,
			granted_by text references role_grant (id),
			granted_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1)),
			unique (id, person_id),
			check ((scope_kind = 'portal') = (scope_id is null))
		)`,
		`create index role_grant_by_person on role_grant (person_id)`,
		`create index role_grant_by_scope on role_grant (scope_kind, scope_id)`,
		`create table audit_event (
			id text primary key,
			happened_at bigint not null,
			role_grant_id text references role_grant (id),
			action text not null,
			subject_kind text not null,
			subject_id text not null
		)`,
		`create index audit_event_by_subject on audit_event (subject_kind, subject_id)`,
		`create table rate_limit (
			key text not null,
			window_start bigint not null,
			count bigint not null check (count > 0),
			primary key (key, window_start)
		)`,
		`create table portal_setting (key text primary key, value text not null)`,
	]);
	await makeAppendOnly(db, 'audit_event');
}
