import type { APIRoute } from 'astro';
import { bookWords } from '#features/schools/sheet-book.ts';
import { getSheetBook } from '#features/schools/sheet-book.service.ts';
import { writeWorkbook, XLSX } from '#lib/workbook.ts';

/** One sheet as a workbook, named after its day. */
export const GET: APIRoute = async ({ params, locals: { db, actor, t, locale } }) => {
	const { collectedOn, rows } = await getSheetBook(db, actor, params['id'] ?? '', bookWords(t, locale));
	return new Response(await writeWorkbook(`${t('schools:sheet.book')} ${collectedOn}`, rows), {
		headers: {
			'content-type': XLSX,
			'content-disposition': `attachment; filename="so-lop-${collectedOn}.xlsx"`,
			'cache-control': 'no-store',
		},
	});
};
