import type SQLite from 'better-sqlite3';
import type { LogEvent } from 'kysely';
import type pg from 'pg';

/**
 * A mark of what the database holds: the same mark twice means that nothing was written in between. A write of this
 * process changes it at once, one of another process at once on SQLite and within a second on PostgreSQL.
 */
export type ReadVersion = () => string | Promise<string>;

const OTHERS_MS = 1000;

/** `data_version` counts what other connections commit, `total_changes` what this one writes. */
export function watchSqlite(database: SQLite.Database): ReadVersion {
	const others = database.prepare('pragma data_version').pluck();
	const own = database.prepare('select total_changes()').pluck();
	return () => `${String(others.get())}.${String(own.get())}`;
}

const isWrite = ({ query, sql }: LogEvent['query']): boolean =>
	query.kind === 'RawNode' ? !/^\s*(select|begin|start|set)\b/i.test(sql) : query.kind !== 'SelectQueryNode';

/** A transaction that writes takes a number, so a snapshot names another state after each of them; `log` hears of our own at once. */
export function watchPostgres(pool: pg.Pool): { readVersion: ReadVersion; log: (event: LogEvent) => void } {
	let own = 0;
	let asked = { at: -Infinity, snapshot: Promise.resolve('') };
	const ask = async () => {
		const { rows } = await pool.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
		return rows[0]!.snapshot;
	};
	return {
		async readVersion() {
			const now = performance.now();
			if (now - asked.at >= OTHERS_MS) asked = { at: now, snapshot: ask() };
			// Read before the wait: what is written meanwhile is to count as a change.
			const before = own;
			try {
				return `${before}.${await asked.snapshot}`;
			} catch (error) {
				asked.at = -Infinity;
				throw error;
			}
		},
		log(event) {
			if (event.level === 'query' && isWrite(event.query)) own += 1;
		},
	};
}
