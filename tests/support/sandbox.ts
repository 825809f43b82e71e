// A world that is used and given back: all that happens in it is one transaction, which is undone.
import { sql, type ControlledTransaction } from 'kysely';
import type { Database } from '#db/schema.ts';
import { isSqlite, type Db, type Trx } from '#lib/db.ts';

/** What services take for a database; a transaction of theirs is a step of the one around it. */
function nested(outer: ControlledTransaction<Database>): Db {
	let serial = 0;
	const transaction = () => ({
		execute: async <T>(work: (trx: Trx) => Promise<T>): Promise<T> => {
			const step = `step_${(serial += 1)}`;
			await sql`savepoint ${sql.raw(step)}`.execute(outer);
			try {
				const result = await work(outer as unknown as Trx);
				await sql`release savepoint ${sql.raw(step)}`.execute(outer);
				return result;
			} catch (error) {
				await sql`rollback to savepoint ${sql.raw(step)}`.execute(outer);
				throw error;
			}
		},
	});
	return new Proxy(outer, {
		get(target, name) {
			if (name === 'transaction') return transaction;
			const value: unknown = Reflect.get(target, name);
			return typeof value === 'function' ? (value.bind(target) as unknown) : value;
		},
	}) as unknown as Db;
}

/** Runs work in a database that is as it was afterwards. Nothing else may use the database meanwhile. */
export async function inSandbox<T>(db: Db, work: (sandbox: Db) => Promise<T>): Promise<T> {
	const outer = await db.startTransaction().execute();
	try {
		return await work(nested(outer));
	} finally {
		await outer.rollback().execute();
	}
}

/** Reads every row of every table but those in `except` in one query; gives back what tells one state from another. */
export async function makeSnapshot(
	db: Db,
	except: string[],
): Promise<(db: Db) => Promise<Record<string, string>>> {
	const tables = (await db.introspection.getTables()).filter((table) => !except.includes(table.name));
	const ofRow = (columns: { name: string }[]) =>
		sql.join(
			columns.map(({ name }) => sql`quote(${sql.ref(name)})`),
			sql` || ',' || `,
		);
	const parts = tables.map(({ name, columns }) =>
		isSqlite(db)
			? sql`select ${name} as name, group_concat(line, '|') as rows
				from (select ${ofRow(columns)} as line from ${sql.table(name)} order by 1)`
			: sql`select ${name}::text as name, md5(string_agg(line, '|' order by line)) as rows
				from (select each::text as line from ${sql.table(name)} as each) as lines`,
	);
	// SQLite joins no more than 500 parts in one query.
	const query = sql<{ name: string; rows: string | null }>`${sql.join(parts, sql` union all `)}`;
	return async (at) =>
		Object.fromEntries((await query.execute(at)).rows.map(({ name, rows }) => [name, rows ?? '']));
}
