import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

/** Which session a browser was told by, and when what a piece of news is about would have begun. */
export const up = (db: Kysely<unknown>): Promise<void> =>
	createTables(db, [
		`alter table recipient add column session_id text`,
		`alter table news add column starts_at bigint`,
	]);
