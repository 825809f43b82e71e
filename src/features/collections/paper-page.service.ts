import {
	requireActor,
	requireGrant,
	requireSameKind,
	type Actor,
	type Scope,
} from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { insertDropOff } from '#features/drop-offs/drop-off.service.ts';
import { findFundOfHouse } from '#features/fund/fund.repository.ts';
import { findGreenHouse, findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { houseScopes, type GreenHouse } from '#features/green-houses/green-house.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import {
	countClosedRows,
	findPaperPage,
	insertPaperPage,
	insertWithdrawal,
} from './paper-page.repository.ts';
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
	const fund = await findFundOfHouse(db, house);
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
			// What was taken back is not there again because its form is sent again.
			if (existing.withdrawnAt !== null) throw new DomainError('CONFLICT', 'paperPageWithdrawn');
			if (existing.contentHash === contentHash) return;
			throw new DomainError('CONFLICT', 'sameIdOtherContent');
		}
		await holdGrant(trx, grant.id, now);
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

/**
 * Takes a page back that was typed wrongly, all its rows at once, while their cycle is open; then it can be typed anew.
 * Whoever may type the house's notebook may. A second time changes nothing. Refuses with 401, 403, 404, with 422 without
 * a reason, with 409 once a row's cycle has closed.
 */
export async function withdrawPaperPage(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; reason: string },
	now: number,
): Promise<void> {
	requireActor(actor);
	const page = await findPaperPage(db, input.id);
	const house = page && (await findGreenHouse(db, page.greenHouseId, now));
	if (!house) throw new DomainError('NOT_FOUND', 'unknownPaperPage');
	const grant = requireGrant(actor, 'paper-page.record', await paperScopes(db, house));
	requireSameKind(actor, house.isSample === 1);
	const reason = cleanText(input.reason, { max: 300 });
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		if ((await findPaperPage(trx, page.id))!.withdrawnAt !== null) return;
		if (!reason) throw new DomainError('UNPROCESSABLE_CONTENT', 'reasonMissing', { field: 'reason' });
		const count = await countClosedRows(trx, page.id);
		if (count > 0)
			throw new DomainError('CONFLICT', 'paperPageClosed', { field: 'reason', values: { count } });
		await holdGrant(trx, grant.id, now);
		await insertWithdrawal(trx, {
			...{ paperPageId: page.id, reason, withdrawnBy: grant.id, withdrawnAt: now },
		});
		const event = { action: 'paper-page.withdraw', subjectKind: 'paper_page', subjectId: page.id };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	});
}
