import type { APIRoute } from 'astro';
import { downloadHeaders } from '#features/fund/open-data.ts';
import { listRegister } from '#features/green-houses/house-export.repository.ts';
import { HOUSE_COLUMNS } from '#features/green-houses/house-import.ts';
import { writeWorkbook, XLSX } from '#lib/workbook.ts';

/** The houses as the import reads them, as a workbook; anybody may read them from anywhere. */
export const GET: APIRoute = async ({ locals: { db, now, t } }) => {
	const register = await listRegister(db, now);
	const file = await writeWorkbook(t('common:site'), [
		HOUSE_COLUMNS,
		...register.map(({ row }) => HOUSE_COLUMNS.map((each) => row[each])),
	]);
	return new Response(file, {
		headers: { ...downloadHeaders('ngoi-nha-xanh.xlsx', XLSX), 'content-type': XLSX },
	});
};
