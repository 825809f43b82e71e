import type { APIRoute } from 'astro';
import { downloadHeaders } from '#features/fund/open-data.ts';
import {
	listGreenHouses,
	listNeighbourhoodNames,
	listStewardNames,
} from '#features/green-houses/green-house.repository.ts';
import { houseRow } from '#features/green-houses/house-export.ts';
import { HOUSE_COLUMNS } from '#features/green-houses/house-import.ts';
import { csvLine } from '#lib/csv.ts';

/** A spreadsheet reads UTF-8 with Vietnamese letters only behind this mark. */
const BYTE_ORDER_MARK = '\uFEFF';

/** The houses as the import reads them; anybody may read them from anywhere. */
export const GET: APIRoute = async ({ locals: { db, now } }) => {
	const houses = await listGreenHouses(db, {}, now);
	const names = { stewards: await listStewardNames(db), neighbourhoods: await listNeighbourhoodNames(db) };
	const rows = houses.map((house) => houseRow(house, names));
	const lines = [
		csvLine(HOUSE_COLUMNS),
		...rows.map((row) => csvLine(HOUSE_COLUMNS.map((each) => row[each]))),
	];
	const headers = downloadHeaders('ngoi-nha-xanh.csv', 'text/csv');
	return new Response(BYTE_ORDER_MARK + lines.join(''), { headers });
};
