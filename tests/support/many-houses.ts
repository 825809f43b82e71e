// A town with very many houses: crowded in the middle, thin at the edges, the same every time.
import { insertGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { NOW, seedReference } from './fixtures.ts';

const CENTRE = { latitude: 21.853, longitude: 106.762 };
const WARDS = ['tt-2025', 'lvt-2025', 'dk-2025', 'kl-2025'];
const MATERIALS = [
	['mixed_paper', 'beverage_carton', 'pet_bottle'],
	['aluminium_can', 'glass'],
	['mixed_paper'],
];

/** Numbers from 0 to 1 that repeat from run to run (mulberry32). */
function makeRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Fills an empty database; two of the houses stand on one spot. */
export async function fillManyHouses(db: Db, count: number): Promise<void> {
	await seedReference(db);
	const random = makeRandom(7);
	const around = (spread: number) => (random() + random() + random() + random() - 2) * spread;
	const spot = { latitude: 21.8601, longitude: 106.7502 };
	await inTransaction(db, async (trx) => {
		for (let index = 1; index <= count; index += 1) {
			const code = `NNX-${String(index).padStart(4, '0')}`;
			const place = { latitude: CENTRE.latitude + around(0.018), longitude: CENTRE.longitude + around(0.02) };
			const adminUnitId =
				WARDS[(place.latitude > CENTRE.latitude ? 0 : 1) + (place.longitude > CENTRE.longitude ? 2 : 0)]!;
			const house = {
				...{ id: uuidv7(NOW), code, nameVi: `Khu dân cư ${index}`, hostType: 'residential' as const },
				...{ hostOrganisationId: null, stewardOrganisationId: null, adminUnitId, neighbourhoodId: null },
				...{ address: '', ...(index <= 2 ? spot : place), positionSource: 'surveyed' as const },
				...{
					accuracyM: null,
					hours: '06:00-19:00',
					openedOn: null,
					closedOn: null,
					status: 'active' as const,
				},
				...{ successorId: null, isSample: 0 as const, materials: MATERIALS[index % 3]! },
			};
			await insertGreenHouse(trx, house, NOW);
		}
	});
}
