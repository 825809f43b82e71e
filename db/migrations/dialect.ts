import { sql, SqliteAdapter, type Kysely } from 'kysely';

export const isSqlite = (db: Kysely<unknown>): boolean => db.getExecutor().adapter instanceof SqliteAdapter;

/**
 * Runs plain SQL that both engines read, one statement a string. SQLite gets STRICT tables, which know
 * `integer` and `real` where PostgreSQL has `bigint` and `double precision`.
 */
export async function createTables(db: Kysely<unknown>, statements: string[]): Promise<void> {
	for (const statement of statements) {
		const text = isSqlite(db)
			? statement
					.replace(/\bbigint\b/g, 'integer')
					.replace(/\bdouble precision\b/g, 'real')
					.replace(/^(\s*create table [\s\S]*\))\s*$/, '$1 strict')
			: statement;
		await sql.raw(text).execute(db);
	}
}

/** Refuses UPDATE and DELETE of a table's rows (and TRUNCATE on PostgreSQL). */
export async function makeAppendOnly(db: Kysely<unknown>, table: string): Promise<void> {
	await refuse(db, { table, event: 'update', when: 'true', message: `${table} is append-only` });
	await keepRows(db, table, `${table} is append-only`);
}

/** Refuses DELETE of a table's rows (on SQLite also REPLACE, on PostgreSQL also TRUNCATE). */
export async function keepRows(
	db: Kysely<unknown>,
	table: string,
	message = `${table} is kept`,
): Promise<void> {
	await refuse(db, { table, event: 'delete', when: 'true', message });
	if (!isSqlite(db)) {
		await sql
			.raw(
				`create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function ${table}_refuse_delete()`,
			)
			.execute(db);
	}
}

/** Runs statements that leave a table half made when they stop half way, all or none of them; also within a transaction. */
export async function allOrNone(db: Kysely<unknown>, work: () => Promise<void>): Promise<void> {
	if (db.isTransaction) return work();
	await sql`begin immediate`.execute(db);
	try {
		await work();
		await sql`commit`.execute(db);
	} catch (error) {
		await sql`rollback`.execute(db);
		throw error;
	}
}

type Refusal = {
	table: string;
	event: 'insert' | 'update' | 'delete';
	/** A condition over `new` and `old` in SQL that both engines read. */
	when: string;
	message: string;
	/** Tells several refusals of one event apart. */
	name?: string;
};

/** A trigger that aborts the statement when its condition holds. */
export async function refuse(
	db: Kysely<unknown>,
	{ table, event, when, message, name }: Refusal,
): Promise<void> {
	const trigger = `${table}_refuse_${name ?? event}`;
	if (isSqlite(db)) {
		await sql
			.raw(
				`create trigger ${trigger} before ${event} on ${table} for each row when ${when} begin select raise(abort, '${message}'); end`,
			)
			.execute(db);
		return;
	}
	await sql
		.raw(
			`create function ${trigger}() returns trigger language plpgsql as $$ begin if ${when} then raise exception '${message}' using errcode = 'integrity_constraint_violation'; end if; return ${event === 'delete' ? 'old' : 'new'}; end $$`,
		)
		.execute(db);
	await sql
		.raw(`create trigger ${trigger} before ${event} on ${table} for each row execute function ${trigger}()`)
		.execute(db);
}

/** Takes a refusal away, for another one to take its place. */
export async function dropRefusal(db: Kysely<unknown>, table: string, name: string): Promise<void> {
	const trigger = `${table}_refuse_${name}`;
	await sql.raw(`drop trigger ${trigger}${isSqlite(db) ? '' : ` on ${table}`}`).execute(db);
	if (!isSqlite(db)) await sql.raw(`drop function ${trigger}()`).execute(db);
}
