import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import { schoolYearOf } from './class-sheet.ts';
import { findSheetOfSchool, findClassSheet } from './class-sheet.repository.ts';
import { listClasses } from './school.repository.ts';
import { sheetBook, templateBook, type BookRow, type BookWords } from './sheet-book.ts';

/** The empty table of a school, for whoever may enter its sheets. Refuses with 401, 403 and 404. */
export async function getSheetTemplate(
	db: Db,
	actor: Actor | undefined,
	greenHouseCode: string,
	words: BookWords,
	now: number,
): Promise<BookRow[]> {
	requireActor(actor);
	const house = await findGreenHouseByCode(db, greenHouseCode, now);
	const organisationId = house?.hostOrganisationId;
	if (!house || !organisationId) throw new DomainError('NOT_FOUND', 'noSchoolHouse');
	requireGrant(actor, 'class-sheet.record', [{ kind: 'organisation', id: organisationId }]);
	const classes = await listClasses(db, organisationId, schoolYearOf(toLocalDate(now)));
	const materials = (await listMaterials(db)).filter(({ code }) => house.materials.includes(code));
	return templateBook(classes, materials, words);
}

/** One sheet as a table, for whoever may enter its school's. Refuses with 401, 403 and 404. */
export async function getSheetBook(
	db: Db,
	actor: Actor | undefined,
	id: string,
	words: BookWords,
): Promise<{ collectedOn: LocalDate; isSample: 0 | 1; rows: BookRow[] }> {
	requireActor(actor);
	const organisationId = (await findClassSheet(db, id))?.organisationId;
	const sheet = organisationId && (await findSheetOfSchool(db, organisationId, id));
	if (!sheet) throw new DomainError('NOT_FOUND', 'sheetNotFound');
	requireGrant(actor, 'class-sheet.record', [{ kind: 'organisation', id: sheet.organisationId }]);
	const { collectedOn, isSample } = sheet;
	return { collectedOn, isSample, rows: sheetBook(sheet.cells, await listMaterials(db), words) };
}
