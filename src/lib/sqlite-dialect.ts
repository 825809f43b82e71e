import { CompiledQuery, SqliteAdapter, SqliteDialect, type Driver, type SqliteDatabase } from 'kysely';

type Statement = ReturnType<SqliteDatabase['prepare']>;

/** A page asks the same few hundred queries again and again; those with lists of values come in any length. */
const MOST_KEPT = 500;

/** Keeps statements prepared, the longest unused go first; SQLite prepares one anew when the schema has changed. */
export function keepPrepared(database: SqliteDatabase): SqliteDatabase {
	const kept = new Map<string, Statement>();
	return {
		prepare: (text) => {
			const statement = kept.get(text) ?? database.prepare(text);
			kept.delete(text);
			kept.set(text, statement);
			if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
			return statement;
		},
		close: () => database.close(),
	};
}

/** Tables are made and changed within a transaction like rows; Kysely's own adapter does not ask SQLite for it. */
class TransactionalAdapter extends SqliteAdapter {
	override get supportsTransactionalDdl(): boolean {
		return true;
	}
}

/** Kysely says plain `begin`; a writer must begin IMMEDIATE or fail late with SQLITE_BUSY. Who only reads keeps no writer waiting. */
export class ImmediateSqliteDialect extends SqliteDialect {
	constructor(database: SqliteDatabase) {
		super({ database: keepPrepared(database) });
	}

	override createAdapter(): SqliteAdapter {
		return new TransactionalAdapter();
	}

	override createDriver(): Driver {
		const driver = super.createDriver();
		driver.beginTransaction = async (connection, { accessMode }) => {
			const begin = accessMode === 'read only' ? 'begin' : 'begin immediate';
			await connection.executeQuery(CompiledQuery.raw(begin));
		};
		return driver;
	}
}
