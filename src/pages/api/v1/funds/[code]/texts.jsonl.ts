import type { APIRoute } from 'astro';
import { listTexts } from '#features/checkpoints/checkpoint.repository.ts';
import { getFund } from '#features/checkpoints/open-tree.service.ts';
import { OPEN_DATA_HEADERS, readInteger } from '#features/fund/open-data.ts';
import { streamLines } from '#lib/stream-lines.ts';

/** Salts and texts of a fund’s entries, one a line like its leaves; one that was erased is null, and so is its salt. */
export const GET: APIRoute = async ({ locals: { db }, params, url }) => {
	const max = Number.MAX_SAFE_INTEGER;
	const from = readInteger(url.searchParams, 'from', { min: 0, max }) ?? 0;
	const to = readInteger(url.searchParams, 'to', { min: 0, max }) ?? max;
	const fund = await getFund(db, params['code']);
	const page = async (at: number, limit: number) =>
		(await listTexts(db, fund.id, from + at, Math.min(limit, to - from - at))).map(({ salt, text }) =>
			JSON.stringify({ salt: text === null ? null : salt, text }),
		);
	return new Response(streamLines(page), {
		headers: { ...OPEN_DATA_HEADERS, 'content-type': 'application/jsonl; charset=utf-8' },
	});
};
