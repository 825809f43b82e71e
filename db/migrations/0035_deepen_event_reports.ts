import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly } from './dialect.ts';

const AMOUNTS = ['other_waste_litres', 'street_metres', 'drain_metres', 'tree_count'] as const;

/** What else a clean-up achieved, and its recyclables by material; null is not known, 0 is none. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		...AMOUNTS.map((name) => `alter table event_report add column ${name} bigint check (${name} >= 0)`),
		`alter table event_report add column gift_text text not null default ''`,
		// As typed, like a drop-off's lines; recyclables_grams of the report is what nobody sorted.
		`create table event_report_line (
			event_id text not null,
			revision bigint not null,
			material_code text not null references material (code),
			quantity_milli bigint not null check (quantity_milli > 0),
			unit text not null check (unit in ('kg', 'piece')),
			primary key (event_id, revision, material_code),
			foreign key (event_id, revision) references event_report (event_id, revision)
		)`,
		`create table event_photo (
			photo_id text primary key references photo (id),
			event_id text not null references cleanup_event (id),
			moment text not null check (moment in ('before', 'after')),
			content_hash text not null,
			unique (event_id, content_hash)
		)`,
	]);
	await makeAppendOnly(db, 'event_photo');
	// A correction is a new revision.
	await makeAppendOnly(db, 'event_report');
	await makeAppendOnly(db, 'event_report_line');
}
