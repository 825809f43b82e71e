import { sql, type Kysely } from 'kysely';
import { allOrNone, isSqlite } from './dialect.ts';

/** A file that the operator reads in changes a house too; nobody with a role says so. */
const SAID = `check (kind = 'import' or recorded_by is not null)`;

export async function up(db: Kysely<unknown>): Promise<void> {
	if (isSqlite(db)) return allOrNone(db, () => rebuild(db));
	await sql
		.raw(
			`alter table house_change
				alter column recorded_by drop not null,
				drop constraint house_change_kind_check,
				add constraint house_change_kind_check
					check (kind in ('survey', 'move', 'pause', 'reopen', 'close', 'merge', 'import')),
				add ${SAID}`,
		)
		.execute(db);
}

/** SQLite changes no CHECK in place: the table is made anew with its rows, index and triggers. Nothing refers to it. */
async function rebuild(db: Kysely<unknown>): Promise<void> {
	const run = (text: string) => sql.raw(text).execute(db);
	const { rows: parts } = await sql<{ type: string; sql: string }>`
		select type, sql from sqlite_master where tbl_name = 'house_change' and sql is not null order by type = 'trigger'
	`.execute(db);
	const made = parts
		.find((part) => part.type === 'table')!
		.sql.replace(/create table "?house_change"?/i, 'create table house_change_next')
		.replace(`'merge')`, `'merge', 'import')`)
		.replace('recorded_by text not null', 'recorded_by text')
		.replace(/\)\s*strict\s*$/, `, ${SAID}) strict`);
	if (!made.includes(`'import')`) || !made.includes('recorded_by text references') || !made.includes(SAID))
		throw new Error('house_change is not as this migration expects it');
	await run(made);
	await run('insert into house_change_next select * from house_change order by rowid');
	await run('drop table house_change');
	await run('alter table house_change_next rename to house_change');
	for (const part of parts) if (part.type !== 'table') await run(part.sql);
}
