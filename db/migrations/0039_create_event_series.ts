import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

/** Green Sundays that come again: each day is an event of its own. */
export const up = (db: Kysely<unknown>): Promise<void> =>
	createTables(db, [
		`create table event_series (
			id text primary key,
			organisation_id text not null references organisation (id),
			title text not null,
			pattern text not null check (pattern in ('weekly', 'monthly')),
			first_on text not null,
			until_on text not null check (until_on > first_on),
			content_hash text not null,
			created_by text not null references role_grant (id),
			created_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
		`alter table cleanup_event add column series_id text references event_series (id)`,
		// Edited by itself: what is edited for the following days passes it over.
		`alter table cleanup_event add column is_apart bigint not null default 0 check (is_apart in (0, 1))`,
		`create index cleanup_event_by_series on cleanup_event (series_id, starts_at) where series_id is not null`,
	]);
