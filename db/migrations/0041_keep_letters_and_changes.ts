import type { Kysely } from 'kysely';
import { createTables, keepRows, makeAppendOnly } from './dialect.ts';

/** Letters for those who came, by the hash of their code; and how many a sign-up had said before. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table participation_letter (
			sign_up_id text primary key references sign_up (id),
			code_hash text not null unique,
			issued_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
		`create table sign_up_change (
			id text primary key,
			sign_up_id text not null references sign_up (id),
			head_count bigint not null,
			changed_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
		`create index sign_up_change_by_sign_up on sign_up_change (sign_up_id)`,
	]);
	await keepRows(db, 'participation_letter');
	await makeAppendOnly(db, 'sign_up_change');
}
