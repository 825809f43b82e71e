import { sql } from 'kysely';
import type { Db } from '#lib/db.ts';

/** Every column of every table of an SQLite database in which these letters stand, as `table.column`. */
export async function tablesHolding(db: Db, words: string): Promise<string[]> {
	const tables = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
	const held: string[] = [];
	for (const { name } of tables.rows) {
		const columns = await sql<{ name: string }>`select name from pragma_table_info(${name})`.execute(db);
		for (const column of columns.rows) {
			const { rows } = await sql`
				select 1 from ${sql.table(name)} where instr(cast(${sql.ref(column.name)} as text), ${words}) > 0 limit 1`.execute(
				db,
			);
			if (rows.length > 0) held.push(`${name}.${column.name}`);
		}
	}
	return held;
}
