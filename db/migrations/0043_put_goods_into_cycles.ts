import type { Kysely } from 'kysely';
import { createTables, makeAppendOnly } from './dialect.ts';

/** Recyclables of a clean-up may go into a house's cycle, as a drop-off; null is apart, as all were before. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		'alter table event_report add column green_house_id text references green_house (id)',
		// A correction that leaves goods and house as they were keeps the drop-off of the revision before it.
		`create table event_goods (
			event_id text not null,
			revision bigint not null,
			drop_off_id text not null references drop_off (id),
			primary key (event_id, revision),
			foreign key (event_id, revision) references event_report (event_id, revision)
		)`,
		'create index event_goods_by_drop_off on event_goods (drop_off_id)',
	]);
	await makeAppendOnly(db, 'event_goods');
}
