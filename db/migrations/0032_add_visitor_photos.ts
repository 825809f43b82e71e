import { sql, type Kysely } from 'kysely';
import { allOrNone, createTables, isSqlite, makeAppendOnly } from './dialect.ts';

/** SQLite takes no NOT NULL away in place: the table is made anew with all its rows, indexes and triggers. */
async function rebuildPhotos(db: Kysely<unknown>): Promise<void> {
	const run = (text: string) => sql.raw(text).execute(db);
	const { rows: parts } = await sql<{ type: string; sql: string }>`
		select type, sql from sqlite_master where tbl_name = 'photo' and sql is not null order by type = 'trigger'
	`.execute(db);
	const old = parts.find((part) => part.type === 'table')!.sql;
	const made = old
		.replace(/create table "?photo"?/i, 'create table photo_next')
		.replace('uploaded_by text not null', 'uploaded_by text');
	if (!made.includes('uploaded_by text references'))
		throw new Error('photo is not as this migration expects it');
	// Outside a transaction, or the pragmas do nothing: rows and triggers that refer to the table stay as they are.
	await run('pragma foreign_keys = off');
	await run('pragma legacy_alter_table = on');
	try {
		await allOrNone(db, async () => {
			await run(made);
			await run('insert into photo_next select * from photo order by rowid');
			await run('drop table photo');
			await run('alter table photo_next rename to photo');
			for (const part of parts) if (part.type !== 'table') await run(part.sql);
			const { rows: broken } = await sql`pragma foreign_key_check`.execute(db);
			if (broken.length > 0) throw new Error(`a row lost what it refers to: ${JSON.stringify(broken[0])}`);
		});
	} finally {
		await run('pragma legacy_alter_table = off');
		await run('pragma foreign_keys = on');
	}
}

/** Photos of people without an account: nobody's role stands beside them. */
export async function up(db: Kysely<unknown>): Promise<void> {
	if (isSqlite(db)) await rebuildPhotos(db);
	else await sql.raw('alter table photo alter column uploaded_by drop not null').execute(db);
	await createTables(db, [
		// One photo of one record; the hash is of the bytes as they came, so that the same ones sent again are known.
		`create table visitor_photo (
			photo_id text primary key references photo (id),
			drop_off_id text unique references drop_off (id),
			problem_report_id text unique references problem_report (id),
			green_house_id text not null references green_house (id),
			content_hash text not null,
			check ((drop_off_id is null) <> (problem_report_id is null))
		)`,
		`create index visitor_photo_by_house on visitor_photo (green_house_id)`,
	]);
	await makeAppendOnly(db, 'visitor_photo');
}
