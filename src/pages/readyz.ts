import type { APIRoute } from 'astro';
import { sql } from 'kysely';
import { json } from '#lib/api.ts';

/** The process answers and its database does: 200, else 503. */
export const GET: APIRoute = async ({ locals }) => {
	try {
		await sql`select 1 from green_house limit 1`.execute(locals.db);
		return json({ status: 'ready' });
	} catch {
		return json({ status: 'database away' }, { status: 503 });
	}
};
