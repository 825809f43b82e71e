import type { APIRoute } from 'astro';
import {
	findFundByCode,
	listAllocationsOf,
	listEntries,
	listPostingsOf,
} from '#features/fund/fund.repository.ts';
import { OPEN_DATA_HEADERS, openEntryData, openFundData, readPage } from '#features/fund/open-data.ts';
import { json } from '#lib/api.ts';
import { DomainError } from '#lib/errors.ts';

/** A fund's book, newest row first, in pages by sequence; `next_before` asks for the next page. */
export const GET: APIRoute = async ({ locals: { db }, params, url }) => {
	const { limit, before } = readPage(url.searchParams);
	const fund = await findFundByCode(db, params['code'] ?? '');
	if (!fund) throw new DomainError('NOT_FOUND', 'unknownFund');
	const rows = await listEntries(db, fund.id, { before, limit: limit + 1 });
	const entries = rows.slice(0, limit);
	const ids = entries.map((entry) => entry.id);
	const [postings, allocations] = [await listPostingsOf(db, ids), await listAllocationsOf(db, ids)];
	return json(
		{
			fund: openFundData(fund),
			entries: entries.map((entry) => openEntryData(entry, postings, allocations)),
			next_before: rows.length > limit ? (entries.at(-1)?.sequence ?? null) : null,
		},
		{ headers: OPEN_DATA_HEADERS },
	);
};
