import type { Kysely } from 'kysely';
import { createTables, keepRows, refuse } from './dialect.ts';

const KEPT = ['id', 'green_house_id', 'kind', 'device_alias_id', 'seen_at', 'recorded_at'];

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// Who said how full a house is: somebody in a role, or a device without an account. A report that waited on a
		// phone comes later than what it saw.
		`alter table house_state_report add column device_alias_id text references device_alias (id)`,
		`alter table house_state_report add column recorded_at bigint`,
		`update house_state_report set recorded_at = reported_at`,
		`create index house_state_report_by_device on house_state_report (device_alias_id)`,
		`create table house_alert (
			id text primary key,
			green_house_id text not null,
			kind text not null check (kind in ('full')),
			raised_at bigint not null,
			ended_at bigint check (ended_at >= raised_at),
			is_sample bigint not null,
			foreign key (green_house_id, is_sample) references green_house (id, is_sample)
		)`,
		// One alert for one fullness, whoever reports at the same moment.
		`create unique index house_alert_open on house_alert (green_house_id, kind) where ended_at is null`,
		// Its words are erased, with the hash of them: one could guess what they were.
		`create table problem_report (
			id text primary key,
			green_house_id text not null,
			kind text not null check (kind in ('wrong_pin', 'damage', 'rubbish')),
			text text,
			device_alias_id text not null references device_alias (id),
			seen_at bigint not null,
			recorded_at bigint not null,
			content_hash text not null,
			closed_at bigint,
			closed_by text references role_grant (id),
			closing_note text check (closing_note <> ''),
			is_sample bigint not null,
			foreign key (green_house_id, is_sample) references green_house (id, is_sample),
			check ((closed_at is null) = (closed_by is null)),
			check ((closed_at is null) = (closing_note is null))
		)`,
		`create index problem_report_by_house on problem_report (green_house_id, closed_at)`,
		`create index problem_report_by_device on problem_report (device_alias_id)`,
		// "I saw it too": one voice of a device for one report.
		`create table problem_voice (
			problem_report_id text not null references problem_report (id),
			device_alias_id text not null references device_alias (id),
			voiced_at bigint not null,
			primary key (problem_report_id, device_alias_id)
		)`,
		`create index problem_voice_by_device on problem_voice (device_alias_id)`,
	]);
	await refuse(db, {
		table: 'house_state_report',
		event: 'insert',
		when: 'new.reported_by is not null and new.device_alias_id is not null',
		message: 'a state report has one declarer',
	});
	await keepRows(db, 'problem_report');
	await refuse(db, {
		table: 'problem_report',
		event: 'update',
		when: `${[...KEPT, 'is_sample'].map((column) => `new.${column} is distinct from old.${column}`).join(' or ')}
			or (new.text is not null and (new.text is distinct from old.text or new.content_hash <> old.content_hash))
			or new.content_hash not in (old.content_hash, '')
			or (old.closed_at is not null and (
				new.closed_at is distinct from old.closed_at
				or new.closed_by is distinct from old.closed_by
				or new.closing_note is distinct from old.closing_note
			))`,
		message: 'a problem report is closed once; its words can only be erased',
	});
	await refuse(db, {
		table: 'problem_voice',
		event: 'insert',
		when: `exists (
			select 1 from problem_report p where p.id = new.problem_report_id and p.closed_at is not null
		)`,
		message: 'a closed problem takes no voice',
	});
}
