import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// The file lies in the photo folder as <id>.webp; the hash is of the re-encoded bytes.
		`create table photo (
			id text primary key,
			sha256 text not null,
			width bigint not null check (width > 0),
			height bigint not null check (height > 0),
			byte_count bigint not null check (byte_count > 0),
			status text not null check (status in ('private', 'approved', 'refused')),
			uploaded_by text not null references role_grant (id),
			uploaded_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1))
		)`,
	]);
}
