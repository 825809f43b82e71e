import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { ensureDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { checkHappenedWithin } from '#lib/happened-at.ts';
import {
	houseScopes,
	MAX_REPORT_AGE_DAYS,
	STATED,
	type Condition,
	type Fill,
	type GreenHouse,
	type Seen,
} from './green-house.ts';
import { findGreenHouseByCode, findStateReport, insertStateReport } from './green-house.repository.ts';
import { updateHouseAlert } from './house-alert.repository.ts';

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
		await lockRow(trx, 'green_house', house.id);
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
		await updateHouseAlert(trx, house, now);
	});
}

export type SeenInput = {
	/** Any UUID, minted where the form was made: a retry with the same id leaves one row. */
	id: string;
	greenHouseCode: string;
	state: Seen;
	seenAt: number;
};

async function writeSeen(
	db: Db,
	secret: string,
	{ id, state, seenAt, house }: SeenInput & { house: GreenHouse },
	now: number,
): Promise<'created' | 'unchanged'> {
	const { fill, condition } = STATED[state];
	return inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		const { id: deviceAliasId } = await ensureDeviceAlias(trx, now, secret);
		const existing = await findStateReport(trx, id);
		if (existing) {
			const isSame =
				existing.greenHouseId === house.id &&
				existing.deviceAliasId === deviceAliasId &&
				existing.fill === fill &&
				existing.condition === condition;
			if (isSame) return 'unchanged';
			throw new DomainError('CONFLICT', 'sameIdOtherContent', { field: 'id' });
		}
		await insertStateReport(trx, {
			...{ id, greenHouseId: house.id, fill, condition, deviceAliasId, reportedBy: null },
			...{ reportedAt: seenAt, recordedAt: now, isSample: house.isSample },
		});
		await updateHouseAlert(trx, house, now);
		return 'created';
	});
}

/**
 * Somebody without a role says how they found a house; two of them who say "full" call its steward. 422 for what cannot
 * be, 409 for an id that stands for something else; both write nothing, not even the device.
 */
export async function reportStateSeen(
	db: Db,
	{ secret }: { secret: string },
	input: SeenInput,
	now: number,
): Promise<'created' | 'unchanged'> {
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	if (!house) throw new DomainError('UNPROCESSABLE_CONTENT', 'unknownHouse', { field: 'house' });
	// A retry of what already stands succeeds even when the house has closed or days have passed since.
	if (!(await findStateReport(db, input.id))) {
		if (house.status === 'closed')
			throw new DomainError('UNPROCESSABLE_CONTENT', 'houseClosed', { field: 'house' });
		checkHappenedWithin(MAX_REPORT_AGE_DAYS, input.seenAt, now);
	}
	// A phone whose clock runs ahead does not outlast what is said after it.
	const seenAt = Math.min(input.seenAt, now);
	return retryWhenTaken(() => writeSeen(db, secret, { ...input, seenAt, house }, now));
}
