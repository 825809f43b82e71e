import { requireActor, requireGrant, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { findOrganisation } from '#features/accounts/organisation.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, lockRow, retryWhenTaken, type Db, type Trx } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate, type LocalDate } from '#lib/time.ts';
import { planClassList, readClassList, throwAll, type ClassListPlan } from './class-list.ts';
import {
	checkClosingDay,
	checkOpenYear,
	MAX_CLASSES,
	MAX_SIZE,
	previousYear,
	readClass,
	rolloverYearOf,
	type ClassInput,
	type RolloverRow,
	type StandingClass,
	type TypedRow,
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

type SchoolRef = { organisationId: string };
type Work = (trx: Trx, school: { isSample: 0 | 1; grantId: string }) => Promise<void>;

/** One change at a time in a school, by who may make it. Refuses with 401 and 403. */
async function changeSchool(
	db: Db,
	actor: Actor | undefined,
	{ organisationId }: SchoolRef,
	now: number,
	work: Work,
): Promise<void> {
	const grant = requireGrant(actor, 'school-class.change', [{ kind: 'organisation', id: organisationId }]);
	const write = async (trx: Trx) => {
		await lockRow(trx, 'organisation', organisationId);
		await holdGrant(trx, grant.id, now);
		const school = await findOrganisation(trx, organisationId);
		if (school?.kind !== 'school') throw new DomainError('FORBIDDEN', 'notYourRole');
		await work(trx, { isSample: school.isSample, grantId: grant.id });
	};
	await retryWhenTaken(() => inTransaction(db, write));
}

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

function checkRoom(count: number): void {
	if (count > MAX_CLASSES)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'classListLong', { values: { max: MAX_CLASSES } });
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
	const lastDays = { lastSheetOn: lastOn, lastCampaignOn: await findLastCampaignDay(trx, found.id) };
	checkClosingDay(closedOn, { schoolYear: found.schoolYear, ...lastDays }, toLocalDate(now));
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
 * that it was entered for; campaigns that have not ended count both as one. A second time changes nothing. Refuses with 409 and 422 what cannot be one.
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
		await insertAuditEvent(trx, ofSchool('school-class.import', organisationId, grantId), now);
	});
}

const ofSchool = (
	action: 'school-class.import' | 'school-class.roll-over',
	subjectId: string,
	roleGrantId: string,
) => ({ action, subjectKind: 'organisation', subjectId, roleGrantId });

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
		await insertAuditEvent(trx, ofSchool('school-class.roll-over', organisationId, grantId), now);
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
