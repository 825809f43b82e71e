import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { countDropOffs } from '#features/drop-offs/drop-off.repository.ts';
import {
	findGreenHouse,
	findLastReport,
	insertStateReport,
} from '#features/green-houses/green-house.repository.ts';
import { houseScopes } from '#features/green-houses/green-house.ts';
import { endHouseAlert } from '#features/green-houses/house-alert.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import {
	closeCycleRow,
	findCycle,
	findOpenCycle,
	insertCycle,
	listUnsoldCycles,
} from './collection-cycle.repository.ts';
import {
	insertCarried,
	listCarriedFrom,
	listCarriedInto,
	listGoodsLeft,
	returnCarried,
	wasReturned,
} from './goods.repository.ts';

/**
 * The steward empties the house: this cycle closes, the next one opens, and a house that was said to be full or half
 * full is empty. A second time changes nothing. A cycle without a drop-off holds goods that nobody wrote down; it is
 * refused (409) while an earlier one waits for its sale, for then the button was pressed twice.
 */
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
	requireSameKind(actor, house.isSample === 1);
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		const current = await findCycle(trx, cycleId);
		if (!current || current.closedAt !== null) return;
		const isEmpty =
			(await countDropOffs(trx, cycleId)) === 0 && (await listCarriedInto(trx, cycleId)).length === 0;
		if (isEmpty && (await listUnsoldCycles(trx, [house.id])).length > 0)
			throw new DomainError('CONFLICT', 'cycleEmpty');
		await holdGrant(trx, grant.id, now);
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
		await endHouseAlert(trx, house.id, now);
		// As it is under the lock, and also of a paused house: what it was said to hold is gone.
		const report = await findLastReport(trx, house.id);
		if (report?.condition === 'usable' && report.fill !== 'empty') {
			await insertStateReport(trx, {
				id: uuidv7(now),
				greenHouseId: house.id,
				fill: 'empty',
				condition: 'usable',
				reportedAt: now,
				reportedBy: grant.id,
				isSample: house.isSample,
			});
		}
	});
}

/**
 * Keeps goods of a closed cycle for the one that is open now (paper sold, cans kept): there they count as declared, and
 * here no more. The same goods a second time change nothing. Refuses with 422 what is not there or sold.
 */
export async function carryGoods(
	db: Db,
	actor: Actor | undefined,
	input: { cycleId: string; materials: string[] },
	now: number,
): Promise<void> {
	requireActor(actor);
	const cycle = await findCycle(db, input.cycleId);
	const house = cycle && (await findGreenHouse(db, cycle.greenHouseId, now));
	if (!house) throw new DomainError('NOT_FOUND', 'unknownCycle');
	const grant = requireGrant(actor, 'goods.carry', houseScopes(house));
	requireSameKind(actor, house.isSample === 1);
	if (input.materials.length === 0)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'goodsMissing', { field: 'carry' });
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		const current = await findCycle(trx, input.cycleId);
		if (current?.closedAt == null) throw new DomainError('CONFLICT', 'cycleStillOpen', { field: 'carry' });
		const kept = new Set((await listCarriedFrom(trx, cycle.id)).map((row) => row.materialCode));
		const wanted = new Set(input.materials.filter((material) => !kept.has(material)));
		if (wanted.size === 0) return;
		const rows = (await listGoodsLeft(trx, cycle.id)).filter((row) => wanted.has(row.materialCode));
		const found = new Set(rows.map((row) => row.materialCode));
		if ([...wanted].some((material) => !found.has(material)))
			throw new DomainError('CONFLICT', 'goodsNotLeft', { field: 'carry' });
		await holdGrant(trx, grant.id, now);
		const open = (await findOpenCycle(trx, house.id))!;
		await insertCarried(
			trx,
			rows.map(({ materialCode, unit, quantityMilli, declaredWeightGrams }) => ({
				...{
					fromCycleId: cycle.id,
					toCycleId: open.id,
					materialCode,
					unit,
					quantityMilli,
					declaredWeightGrams,
				},
				...{ carriedBy: grant.id, carriedAt: now },
			})),
		);
	});
}

/**
 * Gives goods that were kept back to the cycle they were kept from, while the next one has neither sold them nor kept
 * them on; there they wait for their sale again. The same goods a second time change nothing. Refuses with 409 what was
 * never kept or is used, and what would leave a closed cycle with nothing; `nameOf` names a material in a sentence.
 */
export async function returnGoods(
	db: Db,
	actor: Actor | undefined,
	input: { cycleId: string; materials: string[] },
	now: number,
	nameOf: (material: string) => string = (material) => material,
): Promise<void> {
	requireActor(actor);
	const cycle = await findCycle(db, input.cycleId);
	const house = cycle && (await findGreenHouse(db, cycle.greenHouseId, now));
	if (!house) throw new DomainError('NOT_FOUND', 'unknownCycle');
	const grant = requireGrant(actor, 'goods.carry', houseScopes(house));
	requireSameKind(actor, house.isSample === 1);
	if (input.materials.length === 0)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'goodsMissing', { field: 'carry' });
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		const kept = await listCarriedFrom(trx, cycle.id);
		const wanted = kept.filter((row) => input.materials.includes(row.materialCode));
		for (const material of input.materials) {
			const row = wanted.find((each) => each.materialCode === material);
			if (!row) {
				if (await wasReturned(trx, cycle.id, material)) continue;
				throw new DomainError('CONFLICT', 'goodsNotKept', { field: 'carry' });
			}
			const left = await listGoodsLeft(trx, row.toCycleId);
			const values = { material: nameOf(material), number: row.number };
			if (!left.some((each) => each.materialCode === material))
				throw new DomainError('CONFLICT', 'goodsUsedNext', { field: 'carry', values });
		}
		if (wanted.length === 0) return;
		for (const toCycleId of new Set(wanted.map((row) => row.toCycleId)))
			await checkNotEmptied(trx, toCycleId, cycle.id, wanted);
		await holdGrant(trx, grant.id, now);
		const materials = [...new Set(wanted.map((row) => row.materialCode))];
		await returnCarried(trx, cycle.id, materials, { returnedBy: grant.id, returnedAt: now });
	});
}

/** A closed cycle in which nothing would be left could never be sold. Refuses with 409. */
async function checkNotEmptied(
	trx: Trx,
	toCycleId: string,
	fromCycleId: string,
	goods: { materialCode: string }[],
): Promise<void> {
	const next = (await findCycle(trx, toCycleId))!;
	if (next.closedAt === null || (await countDropOffs(trx, toCycleId)) > 0) return;
	const others = (await listCarriedInto(trx, toCycleId)).filter(
		(row) => row.fromCycleId !== fromCycleId || goods.every((each) => each.materialCode !== row.materialCode),
	);
	if (others.length === 0)
		throw new DomainError('CONFLICT', 'nextCycleEmpty', { field: 'carry', values: { number: next.number } });
}
