import type { APIRoute } from 'astro';
import { bookWords } from '#features/schools/sheet-book.ts';
import { getSheetBook } from '#features/schools/sheet-book.service.ts';
import { attachment } from '#lib/attachment.ts';
import { workbookNames, writeWorkbook, XLSX } from '#lib/workbook.ts';

/** One sheet as a workbook, named after its day. */
export const GET: APIRoute = async ({ params, locals: { db, actor, t, locale } }) => {
	const { collectedOn, isSample, rows } = await getSheetBook(
		db,
		actor,
		params['id'] ?? '',
		bookWords(t, locale),
	);
	const name = `${t('schools:sheet.book')} ${collectedOn}`;
	const names = workbookNames(name, `so-lop-${collectedOn}.xlsx`, { isSample });
	return new Response(await writeWorkbook(names.sheet, rows), {
		headers: {
			'content-type': XLSX,
			'content-disposition': attachment(names.file),
			'cache-control': 'no-store',
		},
	});
};
