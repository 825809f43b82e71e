import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { moneyScopes } from '#features/fund/disbursement.ts';
import { findFundOfHouse } from '#features/fund/fund.repository.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { toLocalDate } from '#lib/time.ts';
import { findLimit, findLimitFrom, insertLimit } from './variance-limit.repository.ts';
import { checkVarianceLimit, type VarianceLimitInput } from './variance-limit.ts';

/**
 * An approver of the fund for which a house earns sets its limit from tomorrow or later; what was confirmed keeps the
 * limit of its day. The same id with the same content changes nothing. Refuses with 401, 403, 404 and 422, with 409
 * other content and a second limit for one day.
 */
export async function setVarianceLimit(
	db: Db,
	actor: Actor | undefined,
	input: VarianceLimitInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	if (!house) throw new DomainError('NOT_FOUND', 'unknownHouse', { field: 'house' });
	const fund = await findFundOfHouse(db, house);
	// As the fund's rule: it says how closely the fund's people look.
	const grant = requireGrant(actor, 'fund.rule', fund ? moneyScopes(fund.id) : []);
	requireSameKind(actor, house.isSample === 1);
	const { id, percent, validFrom } = input;
	const contentHash = sha256Hex(canonicalJson({ house: house.id, percent: String(percent), validFrom }));
	const write = async (trx: Trx): Promise<void> => {
		await lockRow(trx, 'green_house', house.id);
		const existing = await findLimit(trx, id);
		if (existing?.contentHash === contentHash && existing.decidedBy === grant.id) return;
		if (existing) throw new DomainError('CONFLICT', 'sameIdOtherContent');
		checkVarianceLimit(input, toLocalDate(now));
		if (await findLimitFrom(trx, house.id, validFrom))
			throw new DomainError('CONFLICT', 'limitDayTaken', { field: 'validFrom' });
		await holdGrant(trx, grant.id, now);
		await insertLimit(trx, {
			...{ id, greenHouseId: house.id, validFrom, percent, decidedBy: grant.id, decidedAt: now },
			...{ contentHash, isSample: house.isSample },
		});
		const event = { action: 'green-house.variance-limit', subjectKind: 'green_house', subjectId: house.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	};
	await retryWhenTaken(() => inTransaction(db, write));
}
