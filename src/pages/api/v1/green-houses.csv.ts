import type { APIRoute } from 'astro';
import { downloadHeaders } from '#features/fund/open-data.ts';
import { listRegister } from '#features/green-houses/house-export.repository.ts';
import { HOUSE_COLUMNS } from '#features/green-houses/house-import.ts';
import { csvLine } from '#lib/csv.ts';

/** A spreadsheet reads UTF-8 with Vietnamese letters only behind this mark. */
const BYTE_ORDER_MARK = '\uFEFF';

/** The houses as the import reads them; anybody may read them from anywhere. */
export const GET: APIRoute = async ({ locals: { db, now } }) => {
	const register = await listRegister(db, now);
	const lines = [
		csvLine(HOUSE_COLUMNS),
		...register.map(({ row }) => csvLine(HOUSE_COLUMNS.map((each) => row[each]))),
	];
	const headers = downloadHeaders('ngoi-nha-xanh.csv', 'text/csv');
	return new Response(BYTE_ORDER_MARK + lines.join(''), { headers });
};
