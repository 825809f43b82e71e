import type { APIRoute } from 'astro';
import { getFund, getInclusion } from '#features/checkpoints/open-tree.service.ts';
import { OPEN_DATA_HEADERS } from '#features/fund/open-data.ts';
import { json } from '#lib/api.ts';

/** The proof that `?entry=` lies in the tree of the newest checkpoint. */
export const GET: APIRoute = async ({ locals: { db }, params, url }) => {
	const fund = await getFund(db, params['code']);
	const found = await getInclusion(db, fund, url.searchParams.get('entry') ?? '');
	return json(
		{
			entry: found.entryId,
			index: found.index,
			size: found.checkpoint.size,
			leaf_hash: found.leafHash,
			proof: found.proof,
			checkpoint: found.checkpoint.note,
		},
		{ headers: OPEN_DATA_HEADERS },
	);
};
