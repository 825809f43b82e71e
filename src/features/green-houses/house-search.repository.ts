// What the address of a map or list asks for: the same for the home page and for pages that other sites show.
import { listMaterials } from '#features/materials/material.repository.ts';
import type { Material } from '#features/materials/material.ts';
import { listAdminUnits } from '#features/places/place.repository.ts';
import { findFormerUnits, type AdminUnit } from '#features/places/place.ts';
import type { Db } from '#lib/db.ts';
import { isOpen, nextUnknownAt, type GreenHouse } from './green-house.ts';
import { listGreenHouses } from './green-house.repository.ts';
import { isFiltered, readFilter, type Filter } from './house-filter.ts';
import { isWithinHours } from './opening-hours.ts';

const MINUTE_MS = 60_000;

export type HouseSearch = {
	filter: Filter;
	/** Parts of the address that name nothing there is. */
	unknown: ReturnType<typeof readFilter>['unknown'];
	all: GreenHouse[];
	houses: GreenHouse[];
	/** Left out by "open now" because nobody has said when they are open. */
	hoursUnknown: number;
	/** Today's wards, and what any house takes. */
	wards: AdminUnit[];
	materials: Material[];
	/** Whose name was looked for, and where it belongs today. */
	former: { former: AdminUnit; now: AdminUnit }[];
	units: AdminUnit[];
	/** When what was found changes by itself. */
	changesAt: number;
};

export async function searchHouses(db: Db, params: URLSearchParams, now: number): Promise<HouseSearch> {
	const units = await listAdminUnits(db);
	const wards = units.filter((unit) => unit.inServiceArea === 1 && unit.validTo === null);
	const all = await listGreenHouses(db, {}, now);
	const materials = (await listMaterials(db)).filter(({ code }) =>
		all.some((house) => house.materials.includes(code)),
	);
	const { filter, unknown } = readFilter(params, {
		materials: materials.map(({ code }) => code),
		wards: wards.map(({ id }) => id),
	});
	const houses = isFiltered(filter) ? await listGreenHouses(db, filter, now) : all;
	const others = filter.openNow ? await listGreenHouses(db, { ...filter, openNow: false }, now) : [];
	const hoursUnknown = others.filter(
		(house) => isOpen(house.state) && isWithinHours(house.hours, now) === undefined,
	).length;
	const former = filter.search ? findFormerUnits(units, filter.search) : [];
	const nextMinute = now - (now % MINUTE_MS) + MINUTE_MS;
	const changesAt = Math.min(nextUnknownAt(all), filter.openNow ? nextMinute : Infinity);
	return { changesAt, filter, unknown, all, houses, hoursUnknown, wards, materials, former, units };
}
