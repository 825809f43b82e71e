import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, describe, inject } from 'vitest';
import { openDb, type Db } from '#lib/db.ts';

export type Engine = {
	name: 'sqlite' | 'postgres';
	fresh(): Promise<Db>;
	/** A database without any table. */
	empty(): Promise<Db>;
};

const cleanUps: (() => Promise<void>)[] = [];
let serial = 0;
/** PostgreSQL databases of this file without a row, with their open connections: those know the tables already. */
const idle: { name: string; db: Db }[] = [];
/** Each one's schema as it was made. */
const schemaOf = new Map<string, string>();

async function openSqlite(template?: string): Promise<Db> {
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-sqlite-'));
	if (template !== undefined) copyFileSync(template, path.join(folder, 'test.db'));
	const db = openDb(`file:${path.join(folder, 'test.db')}`);
	cleanUps.push(async () => {
		await db.destroy();
		rmSync(folder, { recursive: true, force: true });
	});
	// Nobody reads it after a loss of power: no write waits for the disk.
	await sql`pragma synchronous = off`.execute(db);
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
async function wipe(name: string, db: Db): Promise<boolean> {
	if ((await describeSchema(db)) !== schemaOf.get(name)) return false;
	const { rows } = await sql<{ table: string }>`
		select tablename as table from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`.execute(
		db,
	);
	const deletes = rows.map(({ table }) => `delete from "${table}";`).join('');
	// As a replica, so that append-only triggers and foreign keys let go of the rows.
	await sql.raw(`begin; set local session_replication_role = replica; ${deletes} commit`).execute(db);
	return true;
}

async function openPostgres(): Promise<{ name: string; db: Db }> {
	const name = await createPostgres('portal_template');
	const db = openDb(atDatabase(name));
	schemaOf.set(name, await describeSchema(db));
	return { name, db };
}

async function freshPostgres(): Promise<Db> {
	const { name, db } = idle.pop() ?? (await openPostgres());
	cleanUps.push(async () => {
		if (await wipe(name, db)) idle.push({ name, db });
		else {
			await db.destroy();
			await dropPostgres(name);
		}
	});
	// What the code remembers of a database it remembers by its object, so that is a new one, over the same connections.
	return db.$extendTables();
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
		{ name: 'sqlite', fresh: () => openSqlite(inject('sqliteTemplate')), empty: () => openSqlite() },
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
			for (const { name, db } of idle.splice(0)) {
				await db.destroy();
				await dropPostgres(name);
			}
		});
		define(engine);
	});
}
