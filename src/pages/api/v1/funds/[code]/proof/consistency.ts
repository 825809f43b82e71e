import type { APIRoute } from 'astro';
import { getConsistency, getFund } from '#features/checkpoints/open-tree.service.ts';
import { OPEN_DATA_HEADERS, readInteger } from '#features/fund/open-data.ts';
import { json } from '#lib/api.ts';

/** The proof that the tree of `?to=` entries (the newest checkpoint's by default) begins with that of `?from=`. */
export const GET: APIRoute = async ({ locals: { db }, params, url }) => {
	const max = Number.MAX_SAFE_INTEGER;
	const from = readInteger(url.searchParams, 'from', { max });
	const to = readInteger(url.searchParams, 'to', { max });
	const fund = await getFund(db, params['code']);
	const found = await getConsistency(db, fund.id, { from, to });
	return json(
		{ from: found.from, from_root: found.fromRoot, to: found.to, to_root: found.toRoot, proof: found.proof },
		{ headers: OPEN_DATA_HEADERS },
	);
};
