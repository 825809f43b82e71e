import type { Names } from '#features/fund/entry-title.ts';
import { listFunds } from '#features/fund/fund.repository.ts';
import { listedHouseName } from '#features/green-houses/green-house.ts';
import { listGreenHouses } from '#features/green-houses/green-house.repository.ts';
import { listAdminUnits } from '#features/places/place.repository.ts';
import { unitInText } from '#features/places/place.ts';
import type { Db } from '#lib/db.ts';
import type { Locale } from '#lib/i18n.ts';

/** The names that sentences of a book's rows say, in the reader's language. */
export const readRowNames = async (db: Db, locale: Locale, now: number): Promise<Required<Names>> => ({
	houses: new Map((await listGreenHouses(db, {}, now)).map((house) => [house.code, listedHouseName(house)])),
	wards: new Map((await listAdminUnits(db)).map((unit) => [unit.id, unitInText(unit, locale)])),
	funds: new Map(
		(await listFunds(db)).map((fund) => [fund.code, locale === 'vi' ? fund.nameVi : fund.nameEn]),
	),
});
