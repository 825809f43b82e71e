import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

/** An item that the guide no longer has: a version that says so, as each change is one. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`alter table guide_item add column is_retired bigint not null default 0 check (is_retired in (0, 1))`,
	]);
}
