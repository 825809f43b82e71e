import { listFundPlaces } from '#features/fund/fund.repository.ts';
import { fundOfHouse, type Fund } from '#features/fund/fund.ts';
import { listHousesInScopes } from '#features/green-houses/green-house.repository.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import type { Db } from '#lib/db.ts';

/** The houses whose goods earn for one of these funds, by code: those of its ward, or the one in its organisation's yard. */
export async function listHousesOfFunds(
	db: Db,
	funds: Pick<Fund, 'id' | 'organisationId' | 'adminUnitId'>[],
	now: number,
): Promise<GreenHouse[]> {
	if (funds.length === 0) return [];
	const ids = new Set(funds.map(({ id }) => id));
	const wardIds = funds.flatMap(({ adminUnitId }) => adminUnitId ?? []);
	const hostIds = funds.flatMap(({ adminUnitId, organisationId }) =>
		adminUnitId === null ? (organisationId ?? []) : [],
	);
	const places = await listFundPlaces(db);
	return (await listHousesInScopes(db, { wardIds, hostIds }, now)).filter((house) =>
		ids.has(fundOfHouse(house, places)?.id ?? ''),
	);
}
