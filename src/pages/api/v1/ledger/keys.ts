import type { APIRoute } from 'astro';
import { getKeys } from '#features/checkpoints/open-tree.service.ts';
import { OPEN_DATA_HEADERS } from '#features/fund/open-data.ts';
import { json } from '#lib/api.ts';

/** The name under which this portal's books are signed, and every key that signs or signed them, the newest first. */
export const GET: APIRoute = async ({ locals: { db } }) => {
	const { origin, keys } = await getKeys(db);
	const listed = keys.map(({ key, validFrom }) => ({ key, valid_from: new Date(validFrom).toISOString() }));
	return json({ origin, keys: listed }, { headers: OPEN_DATA_HEADERS });
};
