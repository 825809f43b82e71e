import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, describe, inject } from 'vitest';
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
/** PostgreSQL databases of this file without a row, and each one's schema as it was made. */
const idle: string[] = [];
const schemaOf = new Map<string, string>();

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

const atDatabase = (name: string): string => inject('postgresUrl').replace(/\/[^/]*$/, `/${name}`);

async function createPostgres(template: string): Promise<string> {
	const admin = openDb(inject('postgresUrl'));
	const name = `portal_${process.pid}_${(serial += 1)}`;
	await sql`create database ${sql.id(name)} template ${sql.id(template)}`.execute(admin);
	await admin.destroy();
	return name;
}

async function dropPostgres(name: string): Promise<void> {
	const admin = openDb(inject('postgresUrl'));
	await sql`drop database ${sql.id(name)} with (force)`.execute(admin);
	await admin.destroy();
}

/** Everything but the rows: a test may have taken triggers off. */
async function describeSchema(db: Db): Promise<string> {
	const { rows } = await sql<{ parts: string }>`
		select md5(string_agg(part, ',' order by part)) as parts from (
			select relname::text || relkind::text from pg_class where relnamespace = 'public'::regnamespace
			union all select tgname::text || tgenabled::text from pg_trigger where not tgisinternal
			union all select conname::text || pg_get_constraintdef(oid) from pg_constraint
			union all select proname::text || prosrc from pg_proc where pronamespace = 'public'::regnamespace
			union all select attrelid::text || attname::text from pg_attribute join pg_class on attrelid = pg_class.oid
				where relnamespace = 'public'::regnamespace and not attisdropped
		) as schema (part)`.execute(db);
	return rows[0]!.parts;
}

/** Takes every row out, which is far quicker than a new copy of the template; false when the schema was changed. */
async function wipe(name: string): Promise<boolean> {
	const db = openDb(atDatabase(name));
	try {
		if ((await describeSchema(db)) !== schemaOf.get(name)) return false;
		const { rows } = await sql<{ table: string }>`
			select tablename as table from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`.execute(
			db,
		);
		const deletes = rows.map(({ table }) => `delete from "${table}";`).join('');
		// As a replica, so that append-only triggers and foreign keys let go of the rows.
		await sql.raw(`set session_replication_role = replica; ${deletes}`).execute(db);
		return true;
	} finally {
		await db.destroy();
	}
}

async function freshPostgres(): Promise<Db> {
	const name = idle.pop() ?? (await createPostgres('portal_template'));
	const db = openDb(atDatabase(name));
	if (!schemaOf.has(name)) schemaOf.set(name, await describeSchema(db));
	cleanUps.push(async () => {
		await db.destroy();
		if (await wipe(name)) idle.push(name);
		else await dropPostgres(name);
	});
	return db;
}

async function emptyPostgres(): Promise<Db> {
	const name = await createPostgres('template0');
	const db = openDb(atDatabase(name));
	cleanUps.push(async () => {
		await db.destroy();
		await dropPostgres(name);
	});
	return db;
}

/** Runs the same tests on both engines; `fresh` gives a new, migrated, empty database. */
export function describeEachEngine(name: string, define: (engine: Engine) => void): void {
	const engines: Engine[] = [
		{ name: 'sqlite', fresh: freshSqlite, empty: () => Promise.resolve(openSqlite()) },
		{
			name: 'postgres',
			fresh: freshPostgres,
			empty: emptyPostgres,
		},
	];
	describe.each(engines)(`${name} on $name`, (engine) => {
		afterEach(async () => {
			for (const cleanUp of cleanUps.splice(0)) await cleanUp();
		});
		afterAll(async () => {
			for (const name of idle.splice(0)) await dropPostgres(name);
		});
		define(engine);
	});
}
