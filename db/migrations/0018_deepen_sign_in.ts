import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// A browser in which a reset code was used: its wrong passwords are counted apart, its codes of the second step not.
		`alter table known_device add column password_only bigint not null default 0 check (password_only in (0, 1))`,
		`create index rate_limit_by_window on rate_limit (window_start)`,
	]);
}
