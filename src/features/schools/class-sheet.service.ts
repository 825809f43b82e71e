import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { insertDropOff } from '#features/drop-offs/drop-off.service.ts';
import { checkHouseTakes, checkLines } from '#features/drop-offs/drop-off.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { canonicalJson, sha256Hex } from '#lib/hash.ts';
import { startOfLocalDate, toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { checkClassSheet, schoolYearOf, totalsByClass, type ClassSheetInput } from './class-sheet.ts';
import {
	findClassSheet,
	hasClosedCycle,
	insertClassSheet,
	listCellsOfDay,
	listClasses,
	revokeSheetRow,
} from './school.repository.ts';

const NOON_MS = 12 * 60 * 60 * 1000;

/**
 * Records one school day's totals by class as declared drop-offs of the school's house.
 * The same id with the same content changes nothing; with other content it is refused with 409, and so is a second
 * sheet of a day and class that does not say that it is an extra one.
 */
export async function recordClassSheet(
	db: Db,
	actor: Actor | undefined,
	input: ClassSheetInput,
	now: number,
): Promise<void> {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	const organisationId = house?.hostOrganisationId;
	if (!house || !organisationId) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'noSchoolHouse', { field: 'greenHouseCode' });
	}
	const grant = requireGrant(actor, 'class-sheet.record', [{ kind: 'organisation', id: organisationId }]);
	const rows = input.rows.filter((row) => row.lines.length > 0);
	const materials = await listMaterials(db);
	// A retry of what already stands succeeds even when the house has closed or takes other things since.
	const isRetry = (await findClassSheet(db, input.id)) !== undefined;
	if (!isRetry) {
		checkHouseTakes(house);
		if (input.collectedOn > toLocalDate(now)) {
			throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInFuture', { field: 'collectedOn' });
		}
		checkClassSheet(
			{ ...input, rows },
			await listClasses(db, organisationId, schoolYearOf(input.collectedOn)),
		);
		for (const row of rows) checkLines(row.lines, house, materials, input.locale);
	}
	const contentHash = sha256Hex(canonicalJson({ house: house.id, collectedOn: input.collectedOn, rows }));
	// A class brings its goods on that day; noon stands for the hour nobody wrote down, but never the future.
	const happenedAt = Math.min(startOfLocalDate(input.collectedOn) + NOON_MS, now);

	const write = async (trx: Trx): Promise<void> => {
		await lockRow(trx, 'green_house', house.id);
		await holdGrant(trx, grant.id, now);
		const existing = await findClassSheet(trx, input.id);
		if (existing) {
			if (existing.contentHash === contentHash && existing.organisationId === organisationId) return;
			throw new DomainError('CONFLICT', 'sameIdOtherContent');
		}
		const classIds = rows.map((row) => row.classId);
		const standing = await listCellsOfDay(trx, {
			greenHouseId: house.id,
			collectedOn: input.collectedOn,
			classIds,
		});
		if (standing.length > 0 && !input.isExtra) {
			const values = { standing: totalsByClass(standing, materials, input.locale ?? 'vi') };
			throw new DomainError('CONFLICT', 'classDayStands', { field: 'isExtra', values });
		}
		await insertClassSheet(trx, {
			id: input.id,
			organisationId,
			greenHouseId: house.id,
			collectedOn: input.collectedOn,
			recordedAt: now,
			recordedBy: grant.id,
			contentHash,
			isSample: house.isSample,
		});
		for (const row of rows) {
			await insertDropOff(
				trx,
				{ kind: 'class', classSheetId: input.id, schoolClassId: row.classId },
				{ id: uuidv7(now), house, happenedAt, channel: 'class_sheet', lines: row.lines },
				now,
			);
		}
	};
	await retryWhenTaken(() => inTransaction(db, write));
}

/** Takes a sheet out of every total, while the cycle that holds its goods is open. */
export async function revokeClassSheet(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	requireActor(actor);
	const sheet = await findClassSheet(db, id);
	if (!sheet) throw new DomainError('NOT_FOUND', 'sheetNotFound');
	const grant = requireGrant(actor, 'class-sheet.revoke', [
		{ kind: 'organisation', id: sheet.organisationId },
	]);
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', sheet.greenHouseId);
		await holdGrant(trx, grant.id, now);
		const current = await findClassSheet(trx, id);
		if (current?.status === 'revoked') return;
		if (await hasClosedCycle(trx, id)) throw new DomainError('CONFLICT', 'cycleClosed');
		await revokeSheetRow(trx, id, now);
		const event = {
			action: 'class-sheet.revoke',
			subjectKind: 'class_sheet',
			subjectId: id,
			roleGrantId: grant.id,
		};
		await insertAuditEvent(trx, event, now);
	});
}
