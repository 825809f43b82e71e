// A house as a row of the register's file: read again by the import, it changes nothing.
import type { GreenHouse } from './green-house.ts';
import type { Column } from './house-import.ts';

export type RegisterNames = { stewards: Map<string, string>; neighbourhoods: Map<string, string> };

/** A day on which the unit existed; names are used again, so a name alone does not say which unit it means. */
const dayOf = ({ statedUnit: { validFrom, validTo } }: GreenHouse): string =>
	validTo ?? validFrom ?? '1900-01-01';

/** Numbers stay numbers; codes of materials are separated by semicolons. */
export function houseRow(house: GreenHouse, names: RegisterNames): Record<Column, string | number> {
	return {
		code: house.code,
		name_vi: house.nameVi,
		host_type: house.hostType,
		ward_name: house.statedUnit.nameVi,
		ward_as_of: dayOf(house),
		latitude: house.latitude,
		longitude: house.longitude,
		position_source: house.positionSource,
		materials: house.materials.join(';'),
		hours: house.hours,
		steward_organisation: names.stewards.get(house.stewardOrganisationId ?? '') ?? '',
		neighbourhood: names.neighbourhoods.get(house.neighbourhoodId ?? '') ?? '',
		address: house.address,
		ward_code: house.statedUnit.officialCode ?? '',
	};
}
