import type { Db } from '#lib/db.ts';
import type { GreenHouse } from './green-house.ts';
import { listGreenHouses, listNeighbourhoodNames, listStewardNames } from './green-house.repository.ts';
import { houseRow } from './house-export.ts';

export type Registered = { house: GreenHouse; row: ReturnType<typeof houseRow> };

/** The houses that are shown now, each with its row of the register's file. */
export async function listRegister(db: Db, now: number): Promise<Registered[]> {
	const houses = await listGreenHouses(db, {}, now);
	const names = { stewards: await listStewardNames(db), neighbourhoods: await listNeighbourhoodNames(db) };
	return houses.map((house) => ({ house, row: houseRow(house, names) }));
}
