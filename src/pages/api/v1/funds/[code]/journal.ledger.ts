import type { APIRoute } from 'astro';
import { getFund } from '#features/checkpoints/open-tree.service.ts';
import { streamJournal } from '#features/fund/book-export.service.ts';
import { downloadHeaders, readInteger } from '#features/fund/open-data.ts';
import { readRowNames } from '#features/trace/row-names.repository.ts';
import { createTranslator } from '#lib/i18n.ts';

/** A fund’s book as a journal for hledger and Beancount: whole, or the rows that are booked in `?year=`. */
export const GET: APIRoute = async ({ locals: { db, now }, params, url }) => {
	const year = readInteger(url.searchParams, 'year', { min: 2000, max: 2999 });
	const fund = await getFund(db, params['code']);
	const wording = { names: await readRowNames(db, 'vi', now), t: createTranslator('vi') };
	const name = year === undefined ? fund.code : `${fund.code}-${year}`;
	return new Response(await streamJournal(db, fund, year, wording), {
		headers: downloadHeaders(`so-quy-${name}.ledger`, 'text/plain'),
	});
};
