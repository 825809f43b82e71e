import {
	requireActor,
	requireGrant,
	requireSameKind,
	type Actor,
	type Scope,
} from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { insertDropOff } from '#features/drop-offs/drop-off.service.ts';
import { findFundOfWard } from '#features/fund/fund.repository.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { houseScopes, type GreenHouse } from '#features/green-houses/green-house.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { findPaperPage, insertPaperPage } from './paper-page.repository.ts';
import { checkPaperRows, type PaperRow } from './paper-page.ts';

const NOON_MS = 12 * 60 * 60 * 1000;

export type PaperPageInput = {
	/** Minted with the form: the same page sent twice adds nothing. */
	id: string;
	greenHouseCode: string;
	rows: PaperRow[];
	/** The language in which a refused material is named. */
	locale?: 'vi' | 'en';
};

/** The scopes in which a house's notebook is typed: its own and the fund that its goods earn for. */
export async function paperScopes(db: Db, house: GreenHouse): Promise<Scope[]> {
	const fund = await findFundOfWard(db, house.ward.id, house.isSample);
	return [...houseScopes(house), ...(fund ? [{ kind: 'fund' as const, id: fund.id }] : [])];
}

/**
 * Writes pages of a house's notebook, all rows or none. Each row is a drop-off of its day: it falls into the cycle that
 * was open then unless that is sold, else it is late. The same id with other content is refused with 409.
 */
export async function recordPaperPage(
	db: Db,
	actor: Actor | undefined,
	input: PaperPageInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	if (!house) throw new DomainError('NOT_FOUND', 'unknownHouse');
	const grant = requireGrant(actor, 'paper-page.record', await paperScopes(db, house));
	requireSameKind(actor, house.isSample === 1);
	const rows = input.rows.map(({ happenedOn, householdCount, lines }) => ({
		happenedOn,
		householdCount,
		lines,
	}));
	const contentHash = sha256Hex(canonicalJson({ house: house.id, rows }));
	// A retry of what already stands succeeds even when a day has passed since.
	if (!(await findPaperPage(db, input.id)))
		checkPaperRows(input.rows, house, await listMaterials(db), toLocalDate(now), input.locale ?? 'vi');

	const write = async (trx: Trx): Promise<void> => {
		await lockRow(trx, 'green_house', house.id);
		const existing = await findPaperPage(trx, input.id);
		if (existing) {
			if (existing.contentHash === contentHash) return;
			throw new DomainError('CONFLICT', 'sameIdOtherContent');
		}
		await holdGrant(trx, grant.id);
		await insertPaperPage(trx, {
			...{ id: input.id, greenHouseId: house.id, recordedAt: now, recordedBy: grant.id, contentHash },
			isSample: house.isSample,
		});
		for (const { happenedOn, householdCount, lines } of rows) {
			// Noon stands for the hour nobody wrote down, but never the future.
			const happenedAt = Math.min(startOfLocalDate(happenedOn) + NOON_MS, now);
			await insertDropOff(
				trx,
				{ kind: 'paper', paperPageId: input.id, householdCount },
				{ id: uuidv7(now), house, happenedAt, channel: 'paper', lines },
				now,
			);
		}
	};
	await retryWhenTaken(() => inTransaction(db, write));
}
