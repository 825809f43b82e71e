import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly } from './dialect.ts';

/** Who came, as each phone said it. Nothing is changed: what a phone says later stands after what it said before. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table attendance (
			id text primary key,
			event_id text not null,
			sign_up_id text references sign_up (id),
			device text not null check (device <> ''),
			is_choice bigint not null check (is_choice in (0, 1)),
			heads bigint not null check (heads between 0 and 9999),
			minors bigint check (minors between 0 and heads),
			stated_at bigint not null,
			checked_in_at bigint not null,
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			content_hash text not null,
			is_sample bigint not null,
			foreign key (event_id, is_sample) references cleanup_event (id, is_sample),
			check ((sign_up_id is null) = (minors is not null)),
			check (is_choice = 0 or sign_up_id is not null)
		)`,
		`create index attendance_by_event on attendance (event_id)`,
		`create index attendance_by_sign_up on attendance (sign_up_id) where sign_up_id is not null`,
	]);
	await makeAppendOnly(db, 'attendance');
}
