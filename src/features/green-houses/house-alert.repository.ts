// A house that several people found full: the row that calls its steward, once for each fullness.
import type { Db, Trx } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { STATE_KNOWN_MS, VOICES_FOR_ALERT } from './green-house.ts';

/** The last moment at which the house was certainly not full: emptied, or said to be empty or half full. */
async function findNotFullAt(trx: Trx, greenHouseId: string): Promise<number> {
	const { at: saidAt } = await trx
		.selectFrom('houseStateReport')
		.select(({ fn }) => fn.max('reportedAt').as('at'))
		.where('greenHouseId', '=', greenHouseId)
		.where('fill', 'in', ['empty', 'half'])
		.executeTakeFirstOrThrow();
	const { at: emptiedAt } = await trx
		.selectFrom('collectionCycle')
		.select(({ fn }) => fn.max('closedAt').as('at'))
		.where('greenHouseId', '=', greenHouseId)
		.executeTakeFirstOrThrow();
	return Math.max(saidAt ?? 0, emptiedAt ?? 0);
}

/** Who said "full" after a moment: a person's devices are one, and a steward needs no second voice. */
async function findVoices(trx: Trx, greenHouseId: string, from: number) {
	const rows = await trx
		.selectFrom('houseStateReport')
		.leftJoin('deviceAlias', 'deviceAlias.id', 'houseStateReport.deviceAliasId')
		.select(({ fn }) => fn.coalesce('deviceAlias.personId', 'deviceAlias.id').as('voice'))
		.distinct()
		.where('greenHouseId', '=', greenHouseId)
		.where('fill', '=', 'full')
		.where('reportedAt', '>', from)
		.execute();
	return { hasSteward: rows.some(({ voice }) => voice === null), count: rows.length };
}

/** The house is not full any more. */
export async function endHouseAlert(trx: Trx, greenHouseId: string, now: number): Promise<void> {
	await trx
		.updateTable('houseAlert')
		.set({ endedAt: now })
		.where('greenHouseId', '=', greenHouseId)
		.where('endedAt', 'is', null)
		.execute();
}

/**
 * Raises or ends the house's alert by what was said of it. The caller has locked the house's row; were it not, the
 * unique key would still leave one open alert.
 */
export async function updateHouseAlert(
	trx: Trx,
	house: { id: string; isSample: 0 | 1 },
	now: number,
): Promise<void> {
	const notFullAt = await findNotFullAt(trx, house.id);
	const { count, hasSteward } = await findVoices(trx, house.id, notFullAt);
	if (count === 0) return endHouseAlert(trx, house.id, now);
	// Whoever looks after the house has said it and knows.
	if (hasSteward) return;
	const fresh = await findVoices(trx, house.id, Math.max(notFullAt, now - STATE_KNOWN_MS));
	if (fresh.count < VOICES_FOR_ALERT) return;
	await trx
		.insertInto('houseAlert')
		.values({
			id: uuidv7(now),
			greenHouseId: house.id,
			kind: 'full',
			raisedAt: now,
			endedAt: null,
			isSample: house.isSample,
		})
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

/** When each of these houses' open alerts was raised; one that has closed or pauses calls nobody. */
export async function listHouseAlerts(db: Db, houseIds: string[]): Promise<Map<string, number>> {
	if (houseIds.length === 0) return new Map();
	const rows = await db
		.selectFrom('houseAlert')
		.innerJoin('greenHouse', 'greenHouse.id', 'houseAlert.greenHouseId')
		.select(['greenHouseId', 'raisedAt'])
		.where('greenHouseId', 'in', houseIds)
		.where('greenHouse.status', '=', 'active')
		.where('endedAt', 'is', null)
		.execute();
	return new Map(rows.map(({ greenHouseId, raisedAt }) => [greenHouseId, raisedAt]));
}
