import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table school_class (
			id text primary key,
			organisation_id text not null references organisation (id),
			school_year text not null,
			grade bigint not null check (grade between 1 and 12),
			name text not null,
			size bigint check (size > 0),
			follows_class_id text references school_class (id),
			is_sample bigint not null check (is_sample in (0, 1)),
			unique (organisation_id, school_year, name)
		)`,
		`create table class_sheet (
			id text primary key,
			organisation_id text not null references organisation (id),
			green_house_id text not null,
			collected_on text not null,
			status text not null check (status in ('entered', 'approved', 'revoked')),
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			revoked_at bigint,
			content_hash text not null,
			is_sample bigint not null,
			foreign key (green_house_id, is_sample) references green_house (id, is_sample),
			check ((status = 'revoked') = (revoked_at is not null))
		)`,
		`create index class_sheet_by_organisation on class_sheet (organisation_id, collected_on)`,
	]);
}
