import type { ClassSheetTable } from '#db/schema.ts';
import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { insertDropOff } from '#features/drop-offs/drop-off.service.ts';
import { checkHouseTakes, checkLines } from '#features/drop-offs/drop-off.ts';
import {
	findGreenHouse,
	findGreenHouseByCode,
	getHouseStatus,
} from '#features/green-houses/green-house.repository.ts';
import type { GreenHouse } from '#features/green-houses/green-house.ts';
import { listGuideItems } from '#features/materials/guide.repository.ts';
import type { Material } from '#features/materials/material.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { startOfLocalDate, toLocalDate, type LocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import {
	MAX_SHEETS,
	schoolYearOf,
	type ApprovedSheets,
	type ClassSheetInput,
	type SheetRow,
} from './class-sheet.ts';
import {
	approveSheetRow,
	findClassSheet,
	hasClosedCycle,
	listSheetRows,
	revokeSheetRow,
} from './class-sheet.repository.ts';
import { listClasses } from './school.repository.ts';
import { findCampaign } from './campaign.repository.ts';
import { checkEntry, enterSheet, holdEntry } from './sheet-entry.service.ts';
import { tableMaterials } from './sheet-names.ts';
import { readSheetTable, type SheetTable, type TableReading } from './sheet-table.ts';

const NOON_MS = 12 * 60 * 60 * 1000;

/**
 * Enters one school day's totals by class; they count once the sheet is approved, at once where the input says so.
 * The same id with the same content changes nothing; with other content it is refused with 409, and so is a second
 * sheet of a day and class that does not say that it is an extra one, and an amount that a class rarely brings.
 */
export async function recordClassSheet(
	db: Db,
	actor: Actor | undefined,
	input: ClassSheetInput,
	now: number,
): Promise<'created' | 'unchanged'> {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, input.greenHouseCode, now);
	const organisationId = house?.hostOrganisationId;
	if (!house || !organisationId) {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'noSchoolHouse', { field: 'greenHouseCode' });
	}
	const scopes = [{ kind: 'organisation' as const, id: organisationId }];
	const grant = requireGrant(actor, 'class-sheet.record', scopes);
	if (input.isApproved) requireGrant(actor, 'class-sheet.approve', scopes);
	requireSameKind(actor, house.isSample === 1);
	const rows = input.rows.filter((row) => row.lines.length > 0);
	const materials = await listMaterials(db);
	const entry = { input, rows, house, organisationId, materials, grantId: grant.id, classLinkId: null };
	await checkEntry(db, entry, now);
	const write = async (trx: Trx): Promise<'created' | 'unchanged'> => {
		await holdEntry(trx, entry, now);
		const standing = await enterSheet(trx, entry, now);
		// Sent once to wait, and once more with the other button.
		if (standing && (standing.status !== 'entered' || !input.isApproved)) return 'unchanged';
		if (standing) {
			const waiting = await readWaiting(trx, { sheet: standing, house, materials, locale: input.locale });
			await approveEntered(trx, { sheet: standing, house, rows: waiting, grantId: grant.id }, now);
		} else if (input.isApproved) await approve(trx, { sheet: input, house, rows, grantId: grant.id }, now);
		return 'created';
	};
	return retryWhenTaken(() => inTransaction(db, write));
}

export type ClassTableInput = {
	greenHouseCode: string;
	/** Which school year's classes; today's where it is undefined. */
	collectedOn: LocalDate | undefined;
	table: SheetTable;
	locale: 'vi' | 'en';
};

/**
 * Reads a table into the cells of a school's sheet, for whoever may enter one; writes nothing. Refuses with 401, 403,
 * and with 422 a house without a school.
 */
export async function readClassTable(
	db: Db,
	actor: Actor | undefined,
	{ greenHouseCode, collectedOn, table, locale }: ClassTableInput,
	now: number,
): Promise<TableReading> {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, greenHouseCode, now);
	const organisationId = house?.hostOrganisationId;
	if (!house || !organisationId)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'noSchoolHouse', { field: 'greenHouseCode' });
	requireGrant(actor, 'class-sheet.record', [{ kind: 'organisation', id: organisationId }]);
	const classes = await listClasses(db, organisationId, schoolYearOf(collectedOn ?? toLocalDate(now)));
	const known = { taken: house.materials, guide: await listGuideItems(db), locale };
	const materials = tableMaterials(await listMaterials(db), known);
	return readSheetTable(table, { classes, materials });
}

type Approval = {
	sheet: Pick<ClassSheetTable, 'id' | 'collectedOn'>;
	house: GreenHouse;
	rows: SheetRow[];
	grantId: string;
};

/** Makes a sheet's drop-offs, one for each class; the caller holds the house's row. */
async function approve(trx: Trx, { sheet, house, rows, grantId }: Approval, now: number): Promise<void> {
	// A class brings its goods on that day; noon stands for the hour nobody wrote down, but never the future.
	const happenedAt = Math.min(startOfLocalDate(sheet.collectedOn) + NOON_MS, now);
	for (const row of rows) {
		await insertDropOff(
			trx,
			{ kind: 'class', classSheetId: sheet.id, schoolClassId: row.classId },
			{ id: uuidv7(now), house, happenedAt, channel: 'class_sheet', lines: row.lines },
			now,
		);
	}
	await approveSheetRow(trx, sheet.id, grantId, now);
}

type Waiting = Pick<Approval, 'sheet' | 'house'> & {
	materials: Material[];
	locale?: 'vi' | 'en' | undefined;
};

/** The rows of what was entered before; its house may take less by now. Refuses with 422. */
async function readWaiting(trx: Trx, { sheet, house, materials, locale }: Waiting): Promise<SheetRow[]> {
	checkHouseTakes(await getHouseStatus(trx, house.id));
	const rows = await listSheetRows(trx, sheet.id);
	for (const row of rows) checkLines(row.lines, house, materials, locale);
	return rows;
}

/** Approves what was entered before and was read. */
async function approveEntered(trx: Trx, of: Approval, now: number): Promise<void> {
	await approve(trx, of, now);
	await insertAuditEvent(trx, auditOf('class-sheet.approve', of.sheet.id, of.grantId), now);
}

/** The sheet with its house and the grant of whoever does this to it. Refuses with 401, 403 and 404. */
async function requireSheet(
	db: Db,
	actor: Actor | undefined,
	id: string,
	act: 'class-sheet.approve' | 'class-sheet.revoke',
	now: number,
) {
	requireActor(actor);
	const sheet = await findClassSheet(db, id);
	const house = sheet && (await findGreenHouse(db, sheet.greenHouseId, now));
	if (!sheet || !house) throw new DomainError('NOT_FOUND', 'sheetNotFound');
	const grant = requireGrant(actor, act, [{ kind: 'organisation', id: sheet.organisationId }]);
	requireSameKind(actor, sheet.isSample === 1);
	return { sheet, house, grant };
}

/** A refusal as a value; anything else is thrown on. */
function asRefusal(error: unknown): DomainError {
	if (error instanceof DomainError) return error;
	throw error;
}

/**
 * Lets several sheets count in one act; what waits no more, or cannot count, is left and told. Refuses all of them with
 * 401, with 403, with 404 where one is not there, and with 413 more than {@link MAX_SHEETS}.
 */
export async function approveClassSheets(
	db: Db,
	actor: Actor | undefined,
	{ ids, locale }: { ids: string[]; locale?: 'vi' | 'en' | undefined },
	now: number,
): Promise<ApprovedSheets> {
	requireActor(actor);
	const unique = [...new Set(ids)];
	if (unique.length === 0) throw new DomainError('NOT_FOUND', 'sheetNotFound');
	if (unique.length > MAX_SHEETS) throw new DomainError('CONTENT_TOO_LARGE', 'bodyTooLarge');
	const found: Awaited<ReturnType<typeof requireSheet>>[] = [];
	for (const id of unique) found.push(await requireSheet(db, actor, id, 'class-sheet.approve', now));
	const materials = await listMaterials(db);
	const houseIds = new Set(found.map(({ house }) => house.id));
	const grantIds = new Set(found.map(({ grant }) => grant.id));
	return inTransaction(db, async (trx) => {
		for (const houseId of [...houseIds].sort()) await lockRow(trx, 'green_house', houseId);
		for (const grantId of grantIds) await holdGrant(trx, grantId, now);
		const done: ApprovedSheets = { approved: [], left: [] };
		for (const { sheet, house, grant } of found) {
			const { id } = sheet;
			const { status } = (await findClassSheet(trx, id))!;
			const read =
				status === 'entered'
					? await readWaiting(trx, { sheet, house, materials, locale }).catch(asRefusal)
					: status;
			if (!Array.isArray(read)) {
				done.left.push({ id, why: read });
				continue;
			}
			await approveEntered(trx, { sheet, house, rows: read, grantId: grant.id }, now);
			done.approved.push(id);
		}
		return done;
	});
}

/**
 * Lets a sheet count: its cells become drop-offs in the cycle that takes them. A second time changes nothing. Refuses
 * with 409 a revoked one, with 422 when the house has closed or takes something no more.
 */
export async function approveClassSheet(
	db: Db,
	actor: Actor | undefined,
	{ id, locale }: { id: string; locale?: 'vi' | 'en' | undefined },
	now: number,
): Promise<void> {
	const { left } = await approveClassSheets(db, actor, { ids: [id], locale }, now);
	const why = left[0]?.why;
	if (why === 'revoked') throw new DomainError('CONFLICT', 'sheetRevoked');
	if (why instanceof DomainError) throw why;
}

const auditOf = (action: 'class-sheet.approve' | 'class-sheet.revoke', id: string, roleGrantId: string) =>
	({ action, subjectKind: 'class_sheet', subjectId: id, roleGrantId }) as const;

/** Takes a sheet out of every total, while the cycle that holds its goods is open. A second time changes nothing. */
export async function revokeClassSheet(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
): Promise<void> {
	const { house, grant } = await requireSheet(db, actor, id, 'class-sheet.revoke', now);
	await inTransaction(db, async (trx) => {
		await lockRow(trx, 'green_house', house.id);
		await holdGrant(trx, grant.id, now);
		const current = await findClassSheet(trx, id);
		if (current?.status === 'revoked') return;
		const campaign = current?.campaignId ? await findCampaign(trx, current.campaignId) : undefined;
		if (campaign && campaign.endedAt !== null) throw new DomainError('CONFLICT', 'campaignEnded');
		if (await hasClosedCycle(trx, id)) throw new DomainError('CONFLICT', 'cycleClosed');
		await revokeSheetRow(trx, id, now);
		await insertAuditEvent(trx, auditOf('class-sheet.revoke', id, grant.id), now);
	});
}
