import type { Kysely } from 'kysely';
import { createTables, keepRows, makeAppendOnly, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// A page's text: each change is a new version, and what somebody agreed to stays readable.
		`create table content_page (
			slug text not null,
			version bigint not null check (version > 0),
			locale text not null check (locale in ('vi', 'en')),
			title text not null,
			body text not null,
			published_at bigint not null,
			published_by text references role_grant (id),
			primary key (slug, version, locale)
		)`,
		`create table consent (
			id text primary key,
			person_id text not null references person (id),
			purpose text not null,
			notice_version bigint not null,
			given_at bigint not null,
			withdrawn_at bigint,
			check (withdrawn_at is null or withdrawn_at >= given_at)
		)`,
		`create unique index consent_live on consent (person_id, purpose) where withdrawn_at is null`,
		// The text goes when the person is erased; that there was a request, and when it was answered, stays.
		`create table rights_request (
			id text primary key,
			person_id text not null references person (id),
			kind text not null check (kind in ('access', 'correct', 'erase', 'restrict', 'object', 'complain')),
			text text not null,
			requested_at bigint not null,
			reply_due_on text not null,
			complete_due_on text not null,
			replied_at bigint,
			completed_at bigint,
			read_at bigint
		)`,
		// Every answer stays as it was given; only its words go, with the person who asked.
		`create table rights_request_answer (
			id text primary key,
			request_id text not null references rights_request (id),
			text text not null,
			answered_at bigint not null,
			answered_by text not null references role_grant (id)
		)`,
		`create index rights_request_answer_by_request on rights_request_answer (request_id, answered_at)`,
		`create index rights_request_by_person on rights_request (person_id)`,
		`create index rights_request_open on rights_request (completed_at, complete_due_on)`,
		// A job of one window runs in one process, however many share the database.
		`create table job_run (
			name text not null,
			run_window text not null,
			started_at bigint not null,
			finished_at bigint,
			primary key (name, run_window)
		)`,
		// A code with which another phone takes an alias over, once.
		`create table alias_transfer (
			token_hash text primary key,
			device_alias_id text not null references device_alias (id),
			created_at bigint not null,
			expires_at bigint not null,
			used_at bigint
		)`,
		`alter table photo add column children_declared bigint check (children_declared in (0, 1))`,
		`alter table photo add column decided_by text references role_grant (id)`,
		`alter table photo add column decided_at bigint`,
	]);
	await makeAppendOnly(db, 'content_page');
	await keepRows(db, 'consent');
	await refuse(db, {
		table: 'consent',
		event: 'update',
		when: `new.person_id <> old.person_id or new.purpose <> old.purpose or new.given_at <> old.given_at
			or new.notice_version <> old.notice_version or old.withdrawn_at is not null`,
		message: 'a consent is only withdrawn, once',
	});
	await keepRows(db, 'rights_request_answer');
	await refuse(db, {
		table: 'rights_request_answer',
		event: 'update',
		when: `new.text <> '' or new.id <> old.id or new.request_id <> old.request_id
			or new.answered_at <> old.answered_at or new.answered_by <> old.answered_by`,
		message: 'an answer stays as it was given',
	});
	await keepRows(db, 'photo');
	await refuse(db, {
		table: 'photo',
		event: 'update',
		when: `new.sha256 <> old.sha256 or new.children_declared is distinct from old.children_declared
			or (new.status = 'approved' and coalesce(new.children_declared, 1) = 1)`,
		message: 'a photo with children stays private',
	});
}
