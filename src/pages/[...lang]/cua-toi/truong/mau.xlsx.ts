import type { APIRoute } from 'astro';
import { bookWords } from '#features/schools/sheet-book.ts';
import { getSheetTemplate } from '#features/schools/sheet-book.service.ts';
import { writeWorkbook, XLSX } from '#lib/workbook.ts';

/** The school's classes and the house's materials as an empty table, to fill in and bring back. */
export const GET: APIRoute = async ({ url, locals: { db, actor, now, t, locale } }) => {
	const code = url.searchParams.get('diem') ?? '';
	const rows = await getSheetTemplate(db, actor, code, bookWords(t, locale), now);
	return new Response(await writeWorkbook(t('schools:sheet.book'), rows), {
		headers: {
			'content-type': XLSX,
			'content-disposition': 'attachment; filename="so-lop-mau.xlsx"',
			'cache-control': 'no-store',
		},
	});
};
