import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText } from '#lib/fold.ts';
import { toLocalDate } from '#lib/time.ts';
import { readClassName, schoolYearOf } from './class-sheet.ts';
import { hostHouse, insertClass, listClasses } from './school.repository.ts';

export type NewSchool = { greenHouseCode: string; name: string; classNames: string[] };

/**
 * Opens the school in whose yard a house stands, with this school year's classes, from the operator's command line;
 * returns the organisation's id. For a house that has its school already, the classes that are missing are added.
 * Refuses with 404 an unknown house, with 422 a house at another kind of host and a class without a grade.
 */
export async function openSchool(db: Db, input: NewSchool, now: number): Promise<string> {
	const name = cleanText(input.name, { max: 200 });
	if (!name) throw new DomainError('UNPROCESSABLE_CONTENT', 'nameMissing', { field: 'name' });
	const classes = input.classNames.map(readClassName);
	if (classes.length === 0)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'classNameWrong', { values: { name: '' } });
	return inTransaction(db, async (trx) => {
		const house = await findGreenHouseByCode(trx, input.greenHouseCode, now);
		if (!house) throw new DomainError('NOT_FOUND', 'unknownHouse');
		if (house.hostType !== 'school') throw new DomainError('UNPROCESSABLE_CONTENT', 'houseNotAtSchool');
		await lockRow(trx, 'green_house', house.id);
		const { isSample } = house;
		const today = toLocalDate(now);
		const schoolYear = schoolYearOf(today);
		const school = { kind: 'school', name, adminUnitId: house.ward.id, validFrom: today, isSample } as const;
		const organisationId = house.hostOrganisationId ?? (await insertOrganisation(trx, school, now));
		await hostHouse(trx, house.id, organisationId);
		const known = new Set((await listClasses(trx, organisationId, schoolYear)).map((each) => each.name));
		for (const each of classes.filter((one) => !known.has(one.name)))
			await insertClass(trx, { organisationId, schoolYear, ...each, size: null, isSample }, now);
		await insertAuditEvent(
			trx,
			{ action: 'school.open', subjectKind: 'organisation', subjectId: organisationId },
			now,
		);
		return organisationId;
	});
}
