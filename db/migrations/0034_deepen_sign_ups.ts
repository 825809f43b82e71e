import { sql, type Kysely } from 'kysely';
import { allOrNone, createTables, isSqlite } from './dialect.ts';

/** What a sign-up had before, in the order of the new table. */
const KEPT = `id, event_id, kind, name, head_count, phone_e164, status, cancel_token_hash, device_alias_id,
	person_id, created_at, cancelled_at, content_hash, is_sample`;

/** SQLite changes no CHECK in place: the table is made anew with its rows, on both engines alike. Nothing refers to it. */
export const up = (db: Kysely<unknown>): Promise<void> =>
	isSqlite(db) ? allOrNone(db, () => deepen(db)) : deepen(db);

async function deepen(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table sign_up_next (
			id text primary key,
			event_id text not null,
			kind text not null check (kind in ('person', 'unit')),
			name text not null,
			head_count bigint not null check (head_count between 1 and 500),
			phone_e164 text,
			status text not null check (status in ('active', 'waiting', 'offered', 'cancelled')),
			cancel_token_hash text not null unique,
			device_alias_id text references device_alias (id),
			person_id text references person (id),
			created_at bigint not null,
			cancelled_at bigint,
			content_hash text not null,
			is_sample bigint not null,
			contact text not null default '',
			waiting_since bigint,
			offered_until bigint,
			foreign key (event_id, is_sample) references cleanup_event (id, is_sample),
			check ((status = 'cancelled') = (cancelled_at is not null)),
			check (status not in ('waiting', 'offered') or waiting_since is not null),
			check (case status when 'offered' then offered_until is not null when 'cancelled' then true else offered_until is null end)
		)`,
	]);
	const run = (text: string) => sql.raw(text).execute(db);
	await run(`insert into sign_up_next (${KEPT}) select ${KEPT} from sign_up order by created_at, id`);
	await run('drop table sign_up');
	await run('alter table sign_up_next rename to sign_up');
	await createTables(db, [
		`create index sign_up_by_event on sign_up (event_id, status)`,
		`create index sign_up_in_line on sign_up (event_id, waiting_since) where status in ('waiting', 'offered')`,
		// Somebody who signs up their branch may come themselves too; nobody comes twice.
		`create unique index sign_up_of_person on sign_up (event_id, person_id)
			where person_id is not null and kind = 'person' and status <> 'cancelled'`,
		// What is asked for on the morning: `10 xẻng`.
		`create table event_need (
			id text primary key,
			event_id text not null references cleanup_event (id),
			position bigint not null check (position > 0),
			label text not null check (label <> ''),
			wanted bigint not null check (wanted > 0),
			unique (event_id, label)
		)`,
		// Who brings how many of it.
		`create table pledge (
			need_id text not null references event_need (id),
			sign_up_id text not null references sign_up (id),
			count bigint not null check (count > 0),
			primary key (need_id, sign_up_id)
		)`,
		`create index pledge_by_sign_up on pledge (sign_up_id)`,
	]);
}
