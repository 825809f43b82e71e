import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import {
	findOrganisation,
	findOrganisationByName,
	insertOrganisation,
} from '#features/accounts/organisation.repository.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { inTransaction, lockRow, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanText, foldSearch } from '#lib/fold.ts';
import { toLocalDate } from '#lib/time.ts';
import { schoolYearOf } from './class-sheet.ts';
import { readClass } from './school-class.ts';
import { listYearClasses } from './school-class.repository.ts';
import { hostHouse, insertClass } from './school.repository.ts';

export type NewSchool = {
	greenHouseCode: string;
	name: string;
	classNames: string[];
	/** The organisation that is this school already; without it a new one is opened. */
	organisationId?: string | undefined;
};

/**
 * Opens the school in whose yard a house stands, from the operator's command line, with the classes of this school year
 * that are named; returns the organisation's id. For a house that has its school already, the classes that are missing
 * are added. Refuses with 404 an unknown house and organisation, with 422 a house at another kind of host and what is
 * no class's name, with 409 a house of another school and a new school whose name a living organisation has.
 */
export async function openSchool(db: Db, input: NewSchool, now: number): Promise<string> {
	const name = cleanText(input.name, { max: 200 });
	if (!name) throw new DomainError('UNPROCESSABLE_CONTENT', 'nameMissing', { field: 'name' });
	const classes = input.classNames.map(readNamed);
	return inTransaction(db, async (trx) => {
		const house = await findGreenHouseByCode(trx, input.greenHouseCode, now);
		if (!house) throw new DomainError('NOT_FOUND', 'unknownHouse');
		if (house.hostType !== 'school') throw new DomainError('UNPROCESSABLE_CONTENT', 'houseNotAtSchool');
		await lockRow(trx, 'green_house', house.id);
		const { isSample } = house;
		const today = toLocalDate(now);
		const schoolYear = schoolYearOf(today);
		const school = { kind: 'school', name, adminUnitId: house.ward.id, validFrom: today, isSample } as const;
		const host = house.hostOrganisationId && (await findOrganisation(trx, house.hostOrganisationId));
		if (host && foldSearch(host.name) !== foldSearch(name))
			throw new DomainError('CONFLICT', 'houseHasSchool', { values: { name: host.name, id: host.id } });
		const standing = house.hostOrganisationId ?? (await namedSchool(trx, input, isSample));
		if (!standing) {
			const twin = await findOrganisationByName(trx, name, isSample);
			if (twin) throw new DomainError('CONFLICT', 'schoolExists', { values: { id: twin.id } });
		}
		const organisationId = standing ?? (await insertOrganisation(trx, school, now));
		await hostHouse(trx, house.id, organisationId);
		// One that has ended keeps its name.
		const standingClasses = await listYearClasses(trx, organisationId, schoolYear);
		const known = new Set(standingClasses.map((each) => each.name));
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

/** Of several names, which one is wrong. */
function readNamed(name: string): { name: string; grade: number } {
	try {
		return readClass(name);
	} catch {
		throw new DomainError('UNPROCESSABLE_CONTENT', 'classNameWrong', { values: { name } });
	}
}

/** The living school that the operator named. Refuses with 404. */
async function namedSchool(trx: Trx, { organisationId }: NewSchool, isSample: 0 | 1) {
	if (organisationId === undefined) return undefined;
	const found = await findOrganisation(trx, organisationId);
	if (found?.kind !== 'school' || found.validTo !== null || found.isSample !== isSample)
		throw new DomainError('NOT_FOUND', 'unknownOrganisation');
	return found.id;
}
