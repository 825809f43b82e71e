import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// What changed at a house and who said so; what it was and what it became are JSON of the fields that it touched.
		`create table house_change (
			id text primary key,
			green_house_id text not null,
			kind text not null check (kind in ('survey', 'move', 'pause', 'reopen', 'close', 'merge')),
			happened_at bigint not null,
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			before_values text not null,
			after_values text not null,
			reason text not null,
			successor_id text references green_house (id),
			photo_id text unique references photo (id),
			content_hash text not null,
			is_sample bigint not null,
			foreign key (green_house_id, is_sample) references green_house (id, is_sample),
			check (kind in ('close', 'merge') or successor_id is null),
			check (kind <> 'merge' or successor_id is not null),
			check (successor_id is null or successor_id <> green_house_id)
		)`,
		`create index house_change_by_house on house_change (green_house_id, happened_at)`,
	]);
	await makeAppendOnly(db, 'house_change');
}
