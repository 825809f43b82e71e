import { sql, type Kysely } from 'kysely';
import { allOrNone, createTables, isSqlite, makeAppendOnly } from './dialect.ts';

const MOMENTS = `moment in ('before', 'after', 'cover')`;

/** An event may show a photo before it happens. SQLite changes no CHECK in place: the table is made anew with its rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const run = (text: string) => sql.raw(text).execute(db);
	if (!isSqlite(db)) {
		await run('alter table event_photo drop constraint event_photo_moment_check');
		await run(`alter table event_photo add constraint event_photo_moment_check check (${MOMENTS})`);
		return;
	}
	await allOrNone(db, async () => {
		await createTables(db, [
			`create table event_photo_next (
				photo_id text primary key references photo (id),
				event_id text not null references cleanup_event (id),
				moment text not null check (${MOMENTS}),
				content_hash text not null,
				unique (event_id, content_hash)
			)`,
		]);
		await run(
			'insert into event_photo_next select photo_id, event_id, moment, content_hash from event_photo',
		);
		await run('drop table event_photo');
		await run('alter table event_photo_next rename to event_photo');
		await makeAppendOnly(db, 'event_photo');
	});
}
