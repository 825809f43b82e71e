import type { Kysely } from 'kysely';
import { createTables, keepRows, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// Sessions are short-lived: everybody signs in once more after the upgrade.
		`drop table session`,
		`create table session (
			token_hash text primary key,
			id text not null unique,
			person_id text not null references person (id),
			label text not null,
			created_at bigint not null,
			last_used_at bigint not null,
			expires_at bigint not null,
			authenticated_at bigint not null,
			second_factor_at bigint,
			must_rotate bigint not null check (must_rotate in (0, 1))
		)`,
		`create index session_by_person on session (person_id)`,
		// A browser in which somebody has signed in before: its wrong tries are counted apart.
		`create table known_device (
			secret_hash text not null,
			person_id text not null references person (id),
			created_at bigint not null,
			primary key (secret_hash, person_id)
		)`,
		`create index known_device_by_person on known_device (person_id)`,
		`alter table credential_password add column is_long bigint not null default 1 check (is_long in (0, 1))`,
		`create table credential_passkey (
			id text primary key,
			person_id text not null references person (id),
			name text not null,
			public_key text not null,
			counter bigint not null check (counter >= 0),
			transports text not null,
			created_at bigint not null,
			last_used_at bigint
		)`,
		`create index credential_passkey_by_person on credential_passkey (person_id)`,
		// last_step is the newest time step that was accepted: a code works once.
		`create table credential_totp (
			person_id text primary key references person (id),
			sealed_secret text not null,
			created_at bigint not null,
			confirmed_at bigint,
			last_step bigint not null
		)`,
		`create table recovery_code (
			person_id text not null references person (id),
			code_hash text not null,
			used_at bigint,
			primary key (person_id, code_hash)
		)`,
		`create table used_challenge (
			hash text primary key,
			expires_at bigint not null
		)`,
		`create table reset_code (
			id text primary key,
			person_id text not null references person (id),
			code_hash text not null,
			issued_by text not null references role_grant (id),
			issued_at bigint not null,
			expires_at bigint not null,
			used_at bigint
		)`,
		`create index reset_code_by_person on reset_code (person_id)`,
		// A role by a link that works once: accepted, withdrawn or lapsed, it stays as it ended.
		`create table invitation (
			id text primary key,
			token_hash text not null unique,
			role text not null,
			scope_kind text not null,
			scope_id text,
			invitee_hash text not null,
			invitee_hint text not null,
			replaces_grant_id text references role_grant (id),
			invited_by text not null references role_grant (id),
			created_at bigint not null,
			expires_at bigint not null check (expires_at > created_at),
			withdrawn_at bigint,
			accepted_at bigint,
			accepted_grant_id text references role_grant (id),
			check ((accepted_at is null) = (accepted_grant_id is null)),
			check (accepted_at is null or withdrawn_at is null)
		)`,
		`create index invitation_by_scope on invitation (scope_kind, scope_id)`,
		`alter table role_grant add column ended_at bigint`,
		`alter table role_grant add column ended_by text references role_grant (id)`,
		`alter table audit_event add column person_id text references person (id)`,
		`create index audit_event_by_time on audit_event (happened_at, id)`,
	]);
	await keepRows(db, 'role_grant', 'role_grant is kept');
	await refuse(db, {
		table: 'role_grant',
		event: 'update',
		when: `new.id <> old.id or new.person_id <> old.person_id or new.role <> old.role
			or new.scope_kind <> old.scope_kind or new.scope_id is distinct from old.scope_id
			or new.valid_from <> old.valid_from or new.granted_at <> old.granted_at
			or new.granted_by is distinct from old.granted_by or old.ended_at is not null`,
		message: 'a role is only ended, once',
	});
	await keepRows(db, 'invitation');
	await refuse(db, {
		table: 'invitation',
		event: 'update',
		when: `old.accepted_at is not null or old.withdrawn_at is not null or new.token_hash <> old.token_hash
			or new.role <> old.role or new.scope_kind <> old.scope_kind or new.scope_id is distinct from old.scope_id`,
		message: 'an invitation is used once',
	});
	await keepRows(db, 'reset_code');
}
