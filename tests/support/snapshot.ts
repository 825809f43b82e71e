import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';

/** What the portal writes by itself, at any time. */
const OWN = ['job_run', 'ledger_check'];

/** What a running server makes, a moment later, of the entries and news that stand there. */
const FOLLOWING = ['tree_tile', 'checkpoint', 'outbox_message'];
const served = new WeakSet<Db>();

/** A database behind a server: what that makes of older rows is no trace of a refused write. */
export const noteServed = (db: Db): void => void served.add(db);

/** Columns that it fills in by itself. */
const OWN_COLUMNS = ['handledAt'];

/** A digest of every row of every table, those named in `except` left out. */
export async function digest(db: Db, except: string[] = []): Promise<Record<string, string>> {
	const left = new Set([...OWN, ...(served.has(db) ? FOLLOWING : []), ...except]);
	const tables = await db.introspection.getTables();
	const digests: Record<string, string> = {};
	for (const { name } of tables.filter((table) => !left.has(table.name))) {
		const { rows } = await sql`select * from ${sql.table(name)}`.execute(db);
		digests[name] = sha256Hex(
			rows
				.map((row) =>
					JSON.stringify(row, (name, value: unknown) => (OWN_COLUMNS.includes(name) ? undefined : value)),
				)
				.sort()
				.join('\n'),
		);
	}
	return digests;
}

/**
 * Runs a write that must be refused; asserts that no table changed but those in `except` (tries are counted) and gives
 * back what was thrown.
 */
export async function expectNothingWritten(
	db: Db,
	work: () => Promise<unknown>,
	except: string[] = [],
): Promise<unknown> {
	const before = await digest(db, except);
	const thrown: unknown = await work().then(
		() => expect.fail('the write was not refused'),
		(error: unknown) => error,
	);
	expect(await digest(db, except)).toEqual(before);
	return thrown;
}
