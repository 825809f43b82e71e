import { sql } from 'kysely';
import { isSqlite, type Db } from '#lib/db.ts';

/** Changes what the database keeps, as somebody with its file would: without the triggers of that table. */
export async function tamper(db: Db, table: string, statement: string): Promise<void> {
	if (isSqlite(db)) {
		const { rows } = await sql<{
			name: string;
		}>`select name from sqlite_master where type = 'trigger' and tbl_name = ${table}`.execute(db);
		for (const { name } of rows) await sql.raw(`drop trigger ${name}`).execute(db);
	} else await sql.raw(`alter table ${table} disable trigger user`).execute(db);
	await sql.raw(statement).execute(db);
}
