import { CompiledQuery, SqliteDialect, type Driver } from 'kysely';

/** Kysely says plain `begin`; a writer must begin IMMEDIATE or fail late with SQLITE_BUSY. */
export class ImmediateSqliteDialect extends SqliteDialect {
	override createDriver(): Driver {
		const driver = super.createDriver();
		driver.beginTransaction = async (connection) => {
			await connection.executeQuery(CompiledQuery.raw('begin immediate'));
		};
		return driver;
	}
}
