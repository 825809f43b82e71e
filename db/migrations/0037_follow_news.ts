import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

/** Who is told of what, by which way; and the messages that go out to them, each once. */
export const up = (db: Kysely<unknown>): Promise<void> =>
	createTables(db, [
		// A mail address or a browser that takes pushes, shown to be its holder's. Whoever stops is deleted.
		`create table recipient (
			id text primary key,
			channel text not null check (channel in ('email', 'push')),
			address text not null,
			p256dh text,
			auth text,
			locale text not null check (locale in ('vi', 'en')),
			person_id text references person (id),
			device_alias_id text references device_alias (id),
			created_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1)),
			check ((channel = 'push') = (p256dh is not null and auth is not null))
		)`,
		`create unique index recipient_once on recipient (channel, address, (coalesce(person_id, '')))`,
		`create index recipient_of_person on recipient (person_id)`,
		`create index recipient_of_device on recipient (device_alias_id)`,
		// 'own': what somebody with an account signed up for, and what their roles ask of them.
		`create table follow (
			id text primary key,
			recipient_id text not null references recipient (id) on delete cascade,
			target_kind text not null check (target_kind in ('ward', 'organisation', 'house', 'event', 'own')),
			target_id text not null,
			kinds text not null,
			created_at bigint not null,
			unique (recipient_id, target_kind, target_id)
		)`,
		`create index follow_of_target on follow (target_kind, target_id)`,
		// A letter that asks whether an address is its writer's has no recipient yet: the address stands in it until it is sent.
		`create table outbox_message (
			id text primary key,
			dedupe_key text not null unique,
			news_id text references news (id),
			recipient_id text references recipient (id) on delete set null,
			channel text not null check (channel in ('email', 'push')),
			address text,
			content text,
			due_at bigint not null,
			lease_until bigint,
			tries bigint not null default 0,
			sent_at bigint,
			failed_at bigint,
			dropped_at bigint,
			error text,
			created_at bigint not null
		)`,
		`create index outbox_message_due on outbox_message (due_at)
			where sent_at is null and failed_at is null and dropped_at is null`,
		`create index outbox_message_of_news on outbox_message (news_id)`,
		`create index outbox_message_of_recipient on outbox_message (recipient_id)`,
		`create index news_of_subject on news (subject_id)`,
	]);
