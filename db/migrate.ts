import { Migrator } from 'kysely/migration';
import type { Db } from '#lib/db.ts';
import { migrations } from './migrations/index.ts';

/** Brings an empty or older database to today's tables; throws when a migration fails. */
export async function migrateToLatest(db: Db): Promise<void> {
	const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
	const { error } = await migrator.migrateToLatest();
	if (error !== undefined) throw error;
}
