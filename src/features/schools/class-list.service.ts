import { requireGrant, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { planClassList, readClassList, type ClassListPlan } from './class-list.ts';
import { changeSchool, type SchoolRef } from './school-change.service.ts';
import { checkOpenYear, checkRoom } from './school-class.ts';
import { listYearClasses, updateClass } from './school-class.repository.ts';
import { insertClass } from './school.repository.ts';

type ListInput = SchoolRef & { schoolYear: string; list: Parameters<typeof readClassList>[0] };

/** What a list of classes would change; writes nothing. Refuses as {@link saveClassList} does. */
export async function previewClassList(
	db: Db,
	actor: Actor | undefined,
	{ organisationId, schoolYear, list }: ListInput,
	now: number,
): Promise<ClassListPlan> {
	requireGrant(actor, 'school-class.change', [{ kind: 'organisation', id: organisationId }]);
	checkOpenYear(schoolYear, toLocalDate(now));
	return planClassList(readClassList(list), await listYearClasses(db, organisationId, schoolYear));
}

/**
 * Writes what a list adds and resizes, all of it or nothing; classes that it does not name stay. The same list a second
 * time changes nothing. Refuses with 401 and 403, and as `readClassList` and `planClassList` do.
 */
export async function saveClassList(
	db: Db,
	actor: Actor | undefined,
	input: ListInput,
	now: number,
): Promise<void> {
	const { organisationId, schoolYear } = input;
	await changeSchool(db, actor, input, now, async (trx, { isSample, grantId }) => {
		checkOpenYear(schoolYear, toLocalDate(now));
		const standing = await listYearClasses(trx, organisationId, schoolYear);
		const { added, resized } = planClassList(readClassList(input.list), standing);
		if (added.length + resized.length === 0) return;
		checkRoom(standing.length + added.length);
		for (const { name, grade, size } of added)
			await insertClass(trx, { organisationId, schoolYear, name, grade, size, isSample }, now);
		for (const { id, to } of resized) await updateClass(trx, id, { size: to });
		const event = { action: 'school-class.import', subjectKind: 'organisation', subjectId: organisationId };
		await insertAuditEvent(trx, { ...event, roleGrantId: grantId }, now);
	});
}
