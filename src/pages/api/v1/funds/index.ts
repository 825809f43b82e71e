import type { APIRoute } from 'astro';
import { listFunds } from '#features/fund/fund.repository.ts';
import { OPEN_DATA_HEADERS, openFundData } from '#features/fund/open-data.ts';
import { json } from '#lib/api.ts';

/** Every fund with what it holds. */
export const GET: APIRoute = async ({ locals: { db } }) =>
	json({ funds: (await listFunds(db)).map(openFundData) }, { headers: OPEN_DATA_HEADERS });
