// A database as an earlier version of the portal left it, to be upgraded.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { openDb, type Db } from '#lib/db.ts';

async function openEmpty(engine: 'sqlite' | 'postgres'): Promise<{ db: Db; close: () => Promise<void> }> {
	if (engine === 'sqlite') {
		const folder = mkdtempSync(path.join(tmpdir(), 'portal-migration-'));
		const db = openDb(`file:${path.join(folder, 'test.db')}`);
		return {
			db,
			close: async () => {
				await db.destroy();
				rmSync(folder, { recursive: true, force: true });
			},
		};
	}
	const name = `portal_migration_${process.pid}_${randomUUID().slice(0, 8)}`;
	const admin = openDb(inject('postgresUrl'));
	await sql`create database ${sql.id(name)}`.execute(admin);
	const db = openDb(inject('postgresUrl').replace(/\/[^/]*$/, `/${name}`));
	return {
		db,
		close: async () => {
			await db.destroy();
			await sql`drop database ${sql.id(name)} with (force)`.execute(admin);
			await admin.destroy();
		},
	};
}

/** A database of its own with the tables as they were after a migration. */
export async function openBefore(engine: 'sqlite' | 'postgres', last: string): ReturnType<typeof openEmpty> {
	const opened = await openEmpty(engine);
	try {
		await migrateToLatest(opened.db, last);
		return opened;
	} catch (error) {
		await opened.close();
		throw error;
	}
}
