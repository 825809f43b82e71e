import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import type { TestProject } from 'vitest/node';
import { migrateToLatest } from '#db/migrate.ts';
import { openDb } from '#lib/db.ts';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** A server with the migrated database `portal_template`. */
		postgresUrl: string;
		/** The file of a migrated SQLite database. */
		sqliteTemplate: string;
	}
}

type Databases = { postgresUrl: string; sqliteTemplate: string; stop(): Promise<void> };
type Shared = { users: number; databases?: Promise<Databases> };
// Each project loads this module anew: what they share hangs where all of them find it.
const shared = ((globalThis as { portalTests?: Shared }).portalTests ??= { users: 0 });

async function migrate(url: string): Promise<void> {
	const db = openDb(url);
	await migrateToLatest(db);
	await db.destroy();
}

async function start(): Promise<Databases> {
	const postgres = await startPostgres();
	const admin = openDb(postgres.url);
	await sql`drop database if exists portal_template`.execute(admin);
	await sql`create database portal_template`.execute(admin);
	await admin.destroy();
	await migrate(postgres.url.replace(/\/[^/]*$/, '/portal_template'));
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-template-'));
	const sqliteTemplate = path.join(folder, 'template.db');
	await migrate(`file:${sqliteTemplate}`);
	return {
		postgresUrl: postgres.url,
		sqliteTemplate,
		stop: async () => {
			rmSync(folder, { recursive: true, force: true });
			await postgres.stop();
		},
	};
}

/** One server and one pair of templates for all projects; every test copies from them. */
export default async function setup(project: TestProject) {
	shared.users += 1;
	const { postgresUrl, sqliteTemplate, stop } = await (shared.databases ??= start());
	project.provide('postgresUrl', postgresUrl);
	project.provide('sqliteTemplate', sqliteTemplate);
	return async () => {
		shared.users -= 1;
		if (shared.users > 0) return;
		delete shared.databases;
		await stop();
	};
}
