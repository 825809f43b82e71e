import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterEach, describe, inject } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { openDb, type Db } from '#lib/db.ts';

export type Engine = {
	name: 'sqlite' | 'postgres';
	fresh(): Promise<Db>;
	/** A database without any table. */
	empty(): Promise<Db>;
};

let sqliteTemplate: Promise<string> | undefined;
const cleanUps: (() => Promise<void>)[] = [];
let serial = 0;

async function makeSqliteTemplate(): Promise<string> {
	const file = path.join(mkdtempSync(path.join(tmpdir(), 'portal-sqlite-')), 'template.db');
	const db = openDb(`file:${file}`);
	await migrateToLatest(db);
	await db.destroy();
	return file;
}

async function freshSqlite(): Promise<Db> {
	sqliteTemplate ??= makeSqliteTemplate();
	return openSqlite(await sqliteTemplate);
}

function openSqlite(template?: string): Db {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-sqlite-'));
	if (template !== undefined) copyFileSync(template, path.join(folder, 'test.db'));
	const db = openDb(`file:${path.join(folder, 'test.db')}`);
	cleanUps.push(async () => {
		await db.destroy();
		rmSync(folder, { recursive: true, force: true });
	});
	return db;
}

async function openPostgres(template: string): Promise<Db> {
	const url = inject('postgresUrl');
	const name = `portal_${process.pid}_${(serial += 1)}`;
	const admin = openDb(url);
	await sql`create database ${sql.id(name)} template ${sql.id(template)}`.execute(admin);
	const db = openDb(url.replace(/\/[^/]*$/, `/${name}`));
	cleanUps.push(async () => {
		await db.destroy();
		await sql`drop database ${sql.id(name)} with (force)`.execute(admin);
		await admin.destroy();
	});
	return db;
}

/** Runs the same tests on both engines; `fresh` gives a new, migrated, empty database. */
export function describeEachEngine(name: string, define: (engine: Engine) => void): void {
	const engines: Engine[] = [
		{ name: 'sqlite', fresh: freshSqlite, empty: () => Promise.resolve(openSqlite()) },
		{
			name: 'postgres',
			fresh: () => openPostgres('portal_template'),
			empty: () => openPostgres('template0'),
		},
	];
	describe.each(engines)(`${name} on $name`, (engine) => {
		afterEach(async () => {
			for (const cleanUp of cleanUps.splice(0)) await cleanUp();
		});
		define(engine);
	});
}
