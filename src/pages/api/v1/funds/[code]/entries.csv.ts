import type { APIRoute } from 'astro';
import { getFund } from '#features/checkpoints/open-tree.service.ts';
import { streamEntryCsv } from '#features/fund/book-export.service.ts';
import { downloadHeaders } from '#features/fund/open-data.ts';
import { readRowNames } from '#features/trace/row-names.repository.ts';
import { createTranslator } from '#lib/i18n.ts';

/** A fund’s whole book for a spreadsheet; its sentences are Vietnamese whoever asks. */
export const GET: APIRoute = async ({ locals: { db, now }, params }) => {
	const fund = await getFund(db, params['code']);
	const wording = { names: await readRowNames(db, 'vi', now), t: createTranslator('vi') };
	return new Response(streamEntryCsv(db, fund, wording), {
		headers: downloadHeaders(`so-quy-${fund.code}.csv`, 'text/csv'),
	});
};
