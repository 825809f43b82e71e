import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

/** What people are to be told of, written with what happened; each piece once. */
export const up = (db: Kysely<unknown>): Promise<void> =>
	createTables(db, [
		`create table news (
			id text primary key,
			dedupe_key text not null unique,
			kind text not null,
			subject_id text not null,
			happened_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1)),
			handled_at bigint
		)`,
		`create index news_to_handle on news (happened_at) where handled_at is null`,
	]);
