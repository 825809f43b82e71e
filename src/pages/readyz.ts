import type { APIRoute } from 'astro';
import { sql } from 'kysely';
import { findLastRun } from '#features/checks/check.repository.ts';
import { json } from '#lib/api.ts';

/**
 * The process answers and its database does: 200, else 503. What the daily check of the books found stands beside it and
 * changes no status: a portal whose books are in question still shows them.
 */
export const GET: APIRoute = async ({ locals }) => {
	try {
		await sql`select 1 from green_house limit 1`.execute(locals.db);
		const run = await findLastRun(locals.db);
		const ledger = run && {
			checked_at: new Date(run.finishedAt).toISOString(),
			ok: run.failed.length === 0,
			failed: run.failed.map(({ name, total }) => ({ check: name, rows: total })),
		};
		return json({ status: 'ready', ledger: ledger ?? null });
	} catch {
		return json({ status: 'database away' }, { status: 503 });
	}
};
