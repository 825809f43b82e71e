import { CompiledQuery, SqliteDialect, type Driver } from 'kysely';

/** Kysely says plain `begin`; a writer must begin IMMEDIATE or fail late with SQLITE_BUSY. Who only reads keeps no writer waiting. */
export class ImmediateSqliteDialect extends SqliteDialect {
	override createDriver(): Driver {
		const driver = super.createDriver();
		driver.beginTransaction = async (connection, { accessMode }) => {
			const begin = accessMode === 'read only' ? 'begin' : 'begin immediate';
			await connection.executeQuery(CompiledQuery.raw(begin));
		};
		return driver;
	}
}
