import type { APIRoute } from 'astro';
import { getCheckpoint, getFund } from '#features/checkpoints/open-tree.service.ts';
import { OPEN_DATA_HEADERS, readInteger } from '#features/fund/open-data.ts';

/** A fund's newest checkpoint as a signed note, or the one of `?size=`. */
export const GET: APIRoute = async ({ locals: { db }, params, url }) => {
	const size = readInteger(url.searchParams, 'size', { max: Number.MAX_SAFE_INTEGER });
	const fund = await getFund(db, params['code']);
	const { note } = await getCheckpoint(db, fund.id, size);
	return new Response(note, {
		headers: { ...OPEN_DATA_HEADERS, 'content-type': 'text/plain; charset=utf-8' },
	});
};
