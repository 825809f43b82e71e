// The mark by which kept pages are dropped.
import { sql } from 'kysely';
import { expect, inject, test } from 'vitest';
import { inTransaction, isSqlite, openDb, versionOf, type Db } from '#lib/db.ts';
import { describeEachEngine } from '../support/engines.ts';

const write = (db: Db) => sql`insert into note (text) values ('x')`.execute(db);

/** The same database as another process would open it. */
async function openAgain(db: Db): Promise<Db> {
	if (isSqlite(db)) {
		const { rows } = await sql<{ file: string }>`pragma database_list`.execute(db);
		return openDb(`file:${rows[0]!.file}`);
	}
	const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
	return openDb(inject('postgresUrl').replace(/\/[^/]*$/, `/${rows[0]!.name}`));
}

describeEachEngine('the mark of what a database holds', (engine) => {
	const open = async () => {
		const db = await engine.empty();
		await sql`create table note (text text)`.execute(db);
		return { db, read: versionOf(db) };
	};

	test('stays while one only reads', async () => {
		const { db, read } = await open();
		const before = await read();
		await sql`select * from note`.execute(db);
		await db.selectNoFrom(sql`1`.as('one')).execute();
		expect(await read()).toBe(before);
	});

	test('is another one after every write of one’s own, at once', async () => {
		const { db, read } = await open();
		const marks = [await read()];
		await write(db);
		marks.push(await read());
		await inTransaction(db, write);
		marks.push(await read());
		await sql`update note set text = 'y'`.execute(db);
		marks.push(await read());
		await sql`delete from note`.execute(db);
		marks.push(await read());
		expect(new Set(marks).size).toBe(marks.length);
	});

	test('what is read while a transaction is under way is not taken for what it leaves', async () => {
		const { db, read } = await open();
		const marks: string[] = [await read()];
		let whenWritten: string | undefined;
		await inTransaction(db, async (trx) => {
			await write(trx);
			whenWritten = await read();
		});
		marks.push(await read());
		expect(marks[0]).not.toBe(marks[1]);
		// SQLite lets nobody else read before the commit.
		if (engine.name === 'postgres') expect(whenWritten).not.toBe(marks[1]);
	});

	test('is another one soon after a write of another process', async () => {
		const { db, read } = await open();
		const other = await openAgain(db);
		const before = await read();
		await write(other);
		await expect.poll(read, { timeout: 3000 }).not.toBe(before);
		const after = await read();
		await sql`select * from note`.execute(other);
		expect(await read()).toBe(after);
		await other.destroy();
	});
});
