import type { Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import type { Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate } from '#lib/time.ts';
import { throwAll } from './class-list.ts';
import { changeSchool, type SchoolRef } from './school-change.service.ts';
import {
	checkRoom,
	previousYear,
	readClass,
	rolloverYearOf,
	type RolloverRow,
	type StandingClass,
	type TypedRow,
} from './school-class.ts';
import { listYearClasses } from './school-class.repository.ts';
import { insertClass } from './school.repository.ts';

/**
 * Opens the classes of the next school year, each after the one of the year before that it was; the old year stays as it
 * is. The same rows a second time change nothing. Refuses with 409 outside June to October and once the year has
 * classes, with 422 a row that is wrong, beside its field.
 */
export async function rollOver(
	db: Db,
	actor: Actor | undefined,
	input: SchoolRef & { rows: TypedRow[] },
	now: number,
): Promise<void> {
	const { organisationId } = input;
	await changeSchool(db, actor, input, now, async (trx, { isSample, grantId }) => {
		const schoolYear = rolloverYearOf(toLocalDate(now));
		if (!schoolYear) throw new DomainError('CONFLICT', 'rolloverNotNow');
		const old = await listYearClasses(trx, organisationId, previousYear(schoolYear));
		const rows = checkRollover(input.rows, old);
		const standing = await listYearClasses(trx, organisationId, schoolYear);
		if (standing.length > 0) {
			if (isSame(rows, standing)) return;
			throw new DomainError('CONFLICT', 'yearHasClasses', { values: { year: schoolYear } });
		}
		for (const row of rows) await insertClass(trx, { organisationId, schoolYear, ...row, isSample }, now);
		const event = {
			action: 'school-class.roll-over',
			subjectKind: 'organisation',
			subjectId: organisationId,
		};
		await insertAuditEvent(trx, { ...event, roleGrantId: grantId }, now);
	});
}

type NewRow = RolloverRow & { grade: number };

function checkRollover(rows: TypedRow[], old: StandingClass[]): NewRow[] {
	if (rows.length === 0) throw new DomainError('UNPROCESSABLE_CONTENT', 'rolloverEmpty');
	checkRoom(rows.length);
	const wrong: DomainError[] = [];
	const fail = (key: 'classTwice' | 'classOtherGrade' | 'unknownClass', field: string, values = {}) =>
		wrong.push(new DomainError('UNPROCESSABLE_CONTENT', key, { field, values }));
	const names = new Set<string>();
	const read: NewRow[] = [];
	for (const { name: typed, size, followsClassId, field } of rows) {
		try {
			const { name, grade } = readClass(typed, field);
			const before = old.find((each) => each.id === followsClassId && each.closedOn === null);
			if (followsClassId !== null && !before) fail('unknownClass', field);
			else if (before && grade !== before.grade + 1)
				fail('classOtherGrade', field, { grade: before.grade + 1 });
			else if (names.has(name)) fail('classTwice', field, { name });
			names.add(name);
			read.push({ name, grade, size, followsClassId });
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
			wrong.push(error);
		}
	}
	throwAll(wrong);
	return read;
}

const isSame = (rows: NewRow[], standing: StandingClass[]): boolean =>
	rows.length === standing.length &&
	rows.every(({ name, size, followsClassId }) =>
		standing.some(
			(each) => each.name === name && each.size === size && each.followsClassId === followsClassId,
		),
	);
