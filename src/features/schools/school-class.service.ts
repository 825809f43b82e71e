import { requireActor, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import type { Db, Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import { changeSchool, type SchoolRef } from './school-change.service.ts';
import {
	checkClosingDay,
	checkOpenYear,
	checkRoom,
	MAX_SIZE,
	readClass,
	type ClassInput,
	type StandingClass,
} from './school-class.ts';
import {
	findClass,
	findLastCampaignDay,
	findSheetsOfClass,
	joinCampaignsOf,
	listYearClasses,
	updateClass,
} from './school-class.repository.ts';
import { insertClass } from './school.repository.ts';

type Found = StandingClass & { organisationId: string; isSample: 0 | 1 };

/** The same for one class of a year that is not over. Refuses with 401, 403, 404, and 422. */
async function changeOne(
	db: Db,
	actor: Actor | undefined,
	id: string,
	now: number,
	work: (
		trx: Trx,
		found: Found,
		audit: (act: ClassAct, subjectId?: string) => Promise<void>,
	) => Promise<void>,
): Promise<void> {
	requireActor(actor);
	const known = await findClass(db, id);
	if (!known) throw new DomainError('NOT_FOUND', 'classNotFound');
	await changeSchool(db, actor, known, now, async (trx, { grantId }) => {
		const found = (await findClass(trx, id))!;
		checkOpenYear(found.schoolYear, toLocalDate(now));
		await work(trx, found, (act, subjectId = id) => writeDown(trx, act, subjectId, grantId, now));
	});
}

type ClassAct = 'add' | 'change' | 'end' | 'merge' | 'split';
const writeDown = (trx: Trx, act: ClassAct, subjectId: string, roleGrantId: string, now: number) =>
	insertAuditEvent(
		trx,
		{ action: `school-class.${act}`, subjectKind: 'school_class', subjectId, roleGrantId },
		now,
	);

const checkStands = ({ closedOn }: StandingClass) => {
	if (closedOn !== null) throw new DomainError('CONFLICT', 'classEnded');
};

/** Refuses with 409 a name that another class of this year has, or had until it ended. */
async function checkNameFree(
	trx: Trx,
	{ organisationId, schoolYear, id }: Found,
	name: string,
	field = 'name',
) {
	const classes = await listYearClasses(trx, organisationId, schoolYear);
	if (classes.some((each) => each.name === name && each.id !== id))
		throw new DomainError('CONFLICT', 'classNameTaken', { field, values: { name } });
}

/**
 * Adds a class to a school year, or takes one up again that had ended there. What stands already in this size changes
 * nothing; another size is refused with 409. Refuses with 401, 403, and 422.
 */
export async function addClass(
	db: Db,
	actor: Actor | undefined,
	input: SchoolRef & ClassInput & { schoolYear: string },
	now: number,
): Promise<void> {
	const { organisationId, schoolYear, size } = input;
	await changeSchool(db, actor, input, now, async (trx, { isSample, grantId }) => {
		checkOpenYear(schoolYear, toLocalDate(now));
		const { name, grade } = readClass(input.name);
		const classes = await listYearClasses(trx, organisationId, schoolYear);
		const found = classes.find((each) => each.name === name);
		if (found?.closedOn === null) {
			if (found.size === size) return;
			throw new DomainError('CONFLICT', 'classNameTaken', { field: 'name', values: { name } });
		}
		if (!found) checkRoom(classes.length + 1);
		if (found) await updateClass(trx, found.id, { size, closedOn: null, mergedIntoId: null });
		const id =
			found?.id ?? (await insertClass(trx, { organisationId, schoolYear, name, grade, size, isSample }, now));
		await writeDown(trx, 'add', id, grantId, now);
	});
}

/**
 * Another name or size. A class that goods were entered for keeps its grade. Refuses with 401, 403, 404, with 409 one
 * that has ended and a name that is taken, with 422.
 */
export async function changeClass(
	db: Db,
	actor: Actor | undefined,
	input: ClassInput & { id: string },
	now: number,
): Promise<void> {
	await changeOne(db, actor, input.id, now, async (trx, found, audit) => {
		checkStands(found);
		const { name, grade } = readClass(input.name);
		const { size } = input;
		if (name === found.name && size === found.size) return;
		await checkNameFree(trx, found, name);
		if (grade !== found.grade && (await findSheetsOfClass(trx, found.id)).lastOn !== undefined)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'classOtherGrade', {
				field: 'name',
				values: { grade: found.grade },
			});
		await updateClass(trx, found.id, { name, grade, size });
		await audit('change');
	});
}

/** Refuses with 409 a class of which a sheet waits, with 422 a day that is not possible. */
async function checkMayClose(trx: Trx, found: Found, closedOn: LocalDate, now: number): Promise<void> {
	const { isWaiting, lastOn } = await findSheetsOfClass(trx, found.id);
	if (isWaiting) throw new DomainError('CONFLICT', 'classSheetWaits', { values: { name: found.name } });
	const { schoolYear } = found;
	const lastCampaignOn = await findLastCampaignDay(trx, found.id);
	checkClosingDay(closedOn, { schoolYear, lastSheetOn: lastOn, lastCampaignOn }, toLocalDate(now));
}

/**
 * Ends a class; what was entered for it stays. One that has ended stays as it is.
 * @param input.closedOn the first day without it
 */
export async function endClass(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; closedOn: LocalDate },
	now: number,
): Promise<void> {
	await changeOne(db, actor, input.id, now, async (trx, found, audit) => {
		if (found.closedOn !== null) return;
		await checkMayClose(trx, found, input.closedOn, now);
		await updateClass(trx, found.id, { closedOn: input.closedOn });
		await audit('end');
	});
}

const sumOf = (a: number | null, b: number | null): number | null => {
	const sum = (a ?? 0) + (b ?? 0);
	return a === null || b === null || sum > MAX_SIZE ? null : sum;
};

/**
 * Ends a class in another one of its grade and year, which then has this size. What was entered stays with the class
 * that it was entered for; campaigns that have not ended count both as one, others stay as they ended. A second time changes nothing. Refuses with 409 and 422 what cannot be one.
 * @param input.closedOn the first day on which they are one
 * @param input.size null is both sizes together
 */
export async function mergeClass(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; intoId: string; closedOn: LocalDate; size: number | null },
	now: number,
): Promise<void> {
	const { id, intoId, closedOn, size } = input;
	await changeOne(db, actor, id, now, async (trx, found, audit) => {
		if (found.mergedIntoId === intoId) return;
		checkStands(found);
		const into = await findClass(trx, intoId);
		const refuse = (key: 'mergeUnknown' | 'mergeItself' | 'mergeOtherGrade' | 'mergeIntoEnded') =>
			new DomainError('UNPROCESSABLE_CONTENT', key, { field: 'intoId' });
		if (into?.organisationId !== found.organisationId) throw refuse('mergeUnknown');
		if (into.id === id) throw refuse('mergeItself');
		if (into.grade !== found.grade || into.schoolYear !== found.schoolYear) throw refuse('mergeOtherGrade');
		if (into.closedOn !== null) throw refuse('mergeIntoEnded');
		await checkMayClose(trx, found, closedOn, now);
		await updateClass(trx, id, { closedOn, mergedIntoId: intoId });
		await updateClass(trx, intoId, { size: size ?? sumOf(found.size, into.size) });
		await joinCampaignsOf(trx, intoId, id);
		await audit('merge');
	});
}

const restOf = (size: number | null, gone: number | null): number | null =>
	size === null || gone === null || gone >= size ? null : size - gone;

/**
 * Opens a class of the same grade and year beside this one, which then has another size. The same split a second time
 * changes nothing.
 * @param input.size null is what the new one leaves
 */
export async function splitClass(
	db: Db,
	actor: Actor | undefined,
	input: { id: string; size: number | null; newName: string; newSize: number | null },
	now: number,
): Promise<void> {
	await changeOne(db, actor, input.id, now, async (trx, found, audit) => {
		checkStands(found);
		const { id, organisationId, schoolYear, isSample } = found;
		const { name, grade } = readClass(input.newName, 'newName');
		if (grade !== found.grade)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'classOtherGrade', {
				field: 'newName',
				values: { grade: found.grade },
			});
		const classes = await listYearClasses(trx, organisationId, schoolYear);
		const isDone = classes.some(
			(each) =>
				each.name === name &&
				each.followsClassId === id &&
				each.closedOn === null &&
				each.size === input.newSize &&
				(input.size === null || found.size === input.size),
		);
		if (isDone) return;
		await checkNameFree(trx, found, name, 'newName');
		checkRoom(classes.length + 1);
		await updateClass(trx, id, { size: input.size ?? restOf(found.size, input.newSize) });
		const opened = { organisationId, schoolYear, grade, name, size: input.newSize, isSample };
		const newId = await insertClass(trx, { ...opened, followsClassId: id }, now);
		await joinCampaignsOf(trx, newId, id);
		await audit('split', newId);
	});
}
