import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { houseScopes, type Condition, type Fill } from './green-house.ts';
import { findGreenHouseByCode, insertStateReport } from './green-house.repository.ts';

export type StateInput = { greenHouseCode: string; fill: Fill; condition: Condition };

/** A steward says how full the house is and whether it can be used. 401, 403, 404 and 422 write nothing. */
export async function reportHouseState(
	db: Db,
	actor: Actor | undefined,
	input: StateInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	if (!house) throw new DomainError('NOT_FOUND', 'unknownHouse');
	const grant = requireGrant(actor, 'house-state.report', houseScopes(house));
	requireSameKind(actor, house.isSample === 1);
	if (house.status === 'closed') throw new DomainError('UNPROCESSABLE_CONTENT', 'houseClosed');
	await inTransaction(db, async (trx) => {
		await holdGrant(trx, grant.id, now);
		await insertStateReport(trx, {
			id: uuidv7(now),
			greenHouseId: house.id,
			fill: input.fill,
			condition: input.condition,
			reportedAt: now,
			reportedBy: grant.id,
			isSample: house.isSample,
		});
	});
}
