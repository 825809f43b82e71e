// An upgrade that is cut off half way leaves nothing of its migration, and the next start goes on from there.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { isSqlite, type Db } from '#lib/db.ts';
import { openBefore } from '../support/old-database.ts';

const listTables = async (db: Db): Promise<string[]> =>
	(await db.introspection.getTables()).map(({ name }) => name).sort();

test.each(['sqlite', 'postgres'] as const)('nothing of it is left, and it goes on, on %s', async (engine) => {
	const { db, close } = await openBefore(engine, '0036_record_news');
	try {
		// The last thing that the next migration makes is there already, in a way that it does not expect.
		await sql`create index news_of_subject on news (kind)`.execute(db);
		const before = await listTables(db);
		await expect(migrateToLatest(db)).rejects.toThrow(/news_of_subject/);
		expect(await listTables(db)).toEqual(before);
		await sql`drop index news_of_subject`.execute(db);
		await migrateToLatest(db);
		expect(await listTables(db)).toContain('outbox_message');
		if (isSqlite(db)) {
			const { rows } = await sql<{
				on: number;
			}>`select foreign_keys as "on" from pragma_foreign_keys`.execute(db);
			expect(rows).toEqual([{ on: 1 }]);
		}
	} finally {
		await close();
	}
});
