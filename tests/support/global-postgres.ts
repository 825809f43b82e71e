import { sql } from 'kysely';
import type { TestProject } from 'vitest/node';
import { migrateToLatest } from '#db/migrate.ts';
import { openDb } from '#lib/db.ts';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
	interface ProvidedContext {
		postgresUrl: string;
	}
}

let shared: Promise<{ url: string; stop(): Promise<void> }> | undefined;
let users = 0;

async function startWithTemplate() {
	const postgres = await startPostgres();
	const admin = openDb(postgres.url);
	await sql`drop database if exists portal_template`.execute(admin);
	await sql`create database portal_template`.execute(admin);
	await admin.destroy();
	const template = openDb(postgres.url.replace(/\/[^/]*$/, '/portal_template'));
	await migrateToLatest(template);
	await template.destroy();
	return postgres;
}

/** One server for all projects; every test copies its migrated template. */
export default async function setup(project: TestProject) {
	users += 1;
	shared ??= startWithTemplate();
	const postgres = await shared;
	project.provide('postgresUrl', postgres.url);
	return async () => {
		users -= 1;
		if (users > 0) return;
		shared = undefined;
		await postgres.stop();
	};
}
