import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { findGreenHouse } from '#features/green-houses/green-house.repository.ts';
import { houseScopes } from '#features/green-houses/green-house.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { closeCycleRow, findCycle, insertCycle } from './collection-cycle.repository.ts';

/** The steward empties the house: this cycle closes and the next one opens. A second time changes nothing. */
export async function closeCycle(
	db: Db,
	actor: Actor | undefined,
	cycleId: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	const cycle = await findCycle(db, cycleId);
	const house = cycle && (await findGreenHouse(db, cycle.greenHouseId, now));
	if (!house) throw new DomainError('NOT_FOUND', 'unknownCycle');
	const grant = requireGrant(actor, 'collection-cycle.close', houseScopes(house));
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		const current = await findCycle(trx, cycleId);
		if (!current || current.closedAt !== null) return;
		await closeCycleRow(trx, cycleId, grant.id, now);
		await insertCycle(trx, {
			id: uuidv7(now),
			greenHouseId: house.id,
			number: current.number + 1,
			openedAt: now,
			closedAt: null,
			closedBy: null,
			isSample: house.isSample,
		});
	});
}
