import { Migrator } from 'kysely/migration';
import { isSqlite, type Db } from '#lib/db.ts';
import { migrations } from './migrations/index.ts';

/** Those before it look after their transactions themselves: some turn SQLite's foreign keys off, which does nothing in one. */
const FIRST_IN_TRANSACTION = '0036';

/**
 * Brings an empty or older database to today's tables, or to those of migration `last`; throws when a migration fails.
 * What is cut off half way leaves nothing of its migration, so that the next start goes on from there: on SQLite each
 * has a transaction of its own, on PostgreSQL they share one.
 */
export async function migrateToLatest(db: Db, last?: string): Promise<void> {
	const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
	const check = ({ error }: { error?: unknown }) => {
		if (error !== undefined) throw error;
	};
	if (isSqlite(db)) {
		const waiting = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined);
		for (const { name } of waiting) {
			if (last !== undefined && name > last) return;
			check(await migrator.migrateUp({ disableTransactions: name < FIRST_IN_TRANSACTION }));
		}
	}
	// Refuses a database of a newer version, too.
	check(await (last === undefined ? migrator.migrateToLatest() : migrator.migrateTo(last)));
}
