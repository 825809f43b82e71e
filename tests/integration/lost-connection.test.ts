// PostgreSQL restarts or ends a connection while it is in use: that request fails, the process stays.
import { sql } from 'kysely';
import { expect, inject, test } from 'vitest';
import { inTransaction, openDb } from '#lib/db.ts';

test('a transaction that nobody goes on with ends, and with it the locks that it holds', async () => {
	const db = openDb(inject('postgresUrl'));
	const { rows } = await sql`show idle_in_transaction_session_timeout`.execute(db);
	expect(rows).toEqual([{ idleInTransactionSessionTimeout: '2min' }]);
	await db.destroy();
});

test('a connection that is lost in a transaction fails that write alone', async () => {
	const db = openDb(inject('postgresUrl'));
	const write = inTransaction(db, (trx) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx));
	await expect(write).rejects.toThrow(/terminat/);
	expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
	await db.destroy();
});
