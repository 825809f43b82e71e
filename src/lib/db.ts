import { mkdirSync } from 'node:fs';
import path from 'node:path';
import SQLite from 'better-sqlite3';
import { CamelCasePlugin, Kysely, PostgresDialect, SqliteAdapter, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Database } from '#db/schema.ts';
import { ConfigError } from './config.ts';
import { watchPostgres, watchSqlite, type ReadVersion } from './data-version.ts';
import { ImmediateSqliteDialect } from './sqlite-dialect.ts';

/** What a query takes. A `Trx` is also a `Db`, but a `Db` is not a `Trx`. */
export type Db = Kysely<Database>;

/** What a write takes that is only correct inside a transaction. */
export type Trx = Transaction<Database>;

const isPostgresUrl = (url: string): boolean => /^postgres(ql)?:/.test(url);

/** A server that is gone, or a process that stopped within a transaction, holds nobody up for long. */
const PATIENCE = {
	connectionTimeoutMillis: 30_000,
	keepAlive: true,
	idle_in_transaction_session_timeout: 120_000,
};

function openPostgres(connectionString: string) {
	// int8 (20) and numeric (1700) arrive as strings; refuse what a number cannot hold.
	const types = new pg.TypeOverrides();
	const toNumber = (text: string) => {
		const value = Number(text);
		if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${text}`);
		return value;
	};
	types.setTypeParser(20, toNumber);
	types.setTypeParser(1700, toNumber);
	const pool = new pg.Pool({ connectionString, types, max: 10, ...PATIENCE });
	// An idle client that loses its server must not end the process; the next query reports it.
	pool.on('error', () => {});
	// One in use neither: the query under way is refused, and the pool lets the client go.
	pool.on('connect', (client) => client.on('error', () => {}));
	return { dialect: new PostgresDialect({ pool }), ...watchPostgres(pool) };
}

function openSqliteFile(file: string, fileMustExist: boolean) {
	try {
		if (file !== ':memory:' && !fileMustExist) mkdirSync(path.dirname(file), { recursive: true });
		const database = new SQLite(file, { fileMustExist });
		database.pragma('journal_mode = WAL');
		return database;
	} catch (error) {
		throw new ConfigError(`DATABASE_URL cannot be opened: ${file}: ${(error as Error).message}.`);
	}
}

function openSqlite(file: string, fileMustExist: boolean) {
	const database = openSqliteFile(file, fileMustExist);
	database.pragma('synchronous = FULL'); // the driver's default loses acknowledged rows on power loss
	database.pragma('foreign_keys = ON');
	database.pragma('recursive_triggers = ON'); // else INSERT OR REPLACE passes the DELETE triggers
	database.pragma('busy_timeout = 5000');
	return { dialect: new ImmediateSqliteDialect(database), readVersion: watchSqlite(database) };
}

/** Opens `file:PATH` (SQLite, made when absent unless it must exist) or `postgres://…`. */
export function openDb(url: string, { mustExist = false }: { mustExist?: boolean } = {}): Db {
	const { readVersion, ...settings } = isPostgresUrl(url)
		? openPostgres(url)
		: openSqlite(url.replace(/^file:/, ''), mustExist);
	const db = new Kysely<Database>({ ...settings, plugins: [new CamelCasePlugin()] });
	versions.set(db, readVersion);
	return db;
}

const versions = new WeakMap<Db, ReadVersion>();

/** A mark that any write to the database changes; of a connection that {@link openDb} made, not of a transaction. */
export const versionOf = (db: Db): ReadVersion => versions.get(db)!;

/** Which of the two engines a connection speaks. */
export const isSqlite = (db: Db): boolean => db.getExecutor().adapter instanceof SqliteAdapter;

const RETRY_LIMIT = 5;
const isTransient = (error: unknown): boolean => {
	const code = (error as { code?: unknown } | null)?.code;
	// SQLITE_BUSY*: another process holds the file; 40001/40P01: PostgreSQL chose this one as the loser.
	return typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code === '40001' || code === '40P01');
};

/**
 * Runs one write as one transaction and repeats it as a whole when the engine asks for that.
 * `work` must therefore have no effect outside `trx`.
 */
export async function inTransaction<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await db.transaction().execute(work);
		} catch (error) {
			if (!isTransient(error) || attempt === RETRY_LIMIT) throw error;
			await new Promise((resolve) => setTimeout(resolve, 10 * attempt * attempt));
		}
	}
}

/**
 * Takes the row's lock until the transaction ends; `undefined` when there is no such row.
 * SQLite's writers already stand in one line (BEGIN IMMEDIATE), so there it is only a read.
 */
export async function lockRow(
	trx: Trx,
	table:
		| 'admin_unit'
		| 'fund'
		| 'cleanup_event'
		| 'event_series'
		| 'green_house'
		| 'scrap_sale'
		| 'disbursement'
		| 'invitation'
		| 'organisation'
		| 'person'
		| 'photo'
		| 'device_alias',
	id: string,
): Promise<{ id: string } | undefined> {
	const lock = isSqlite(trx) ? sql`` : sql` for update`;
	const { rows } = await sql<{
		id: string;
	}>`select id from ${sql.table(table)} where id = ${id}${lock}`.execute(trx);
	return rows[0];
}

/**
 * Takes a name's lock until the transaction ends, for what has no row to lock yet. Names that hash alike wait for each
 * other for nothing. SQLite's writers already stand in one line.
 */
export async function lockName(trx: Trx, name: string): Promise<void> {
	if (!isSqlite(trx)) await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx);
}

/** True for a UNIQUE or PRIMARY KEY violation on either engine. */
export function isUniqueViolation(error: unknown): boolean {
	const code = (error as { code?: unknown } | null)?.code;
	return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** Repeats a write that met a row which a parallel request had just made; the next look sees that row. */
export async function retryWhenTaken<T>(write: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await write();
		} catch (error) {
			if (!isUniqueViolation(error) || attempt === RETRY_LIMIT) throw error;
		}
	}
}
