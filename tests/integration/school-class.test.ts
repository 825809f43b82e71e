// The classes of a school from year to year: each act, what it refuses, and two at once.
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import {
	approveClassSheet,
	recordClassSheet,
	revokeClassSheet,
} from '#features/schools/class-sheet.service.ts';
import { proposeRollover, type TypedRow } from '#features/schools/school-class.ts';
import {
	findClass,
	listFollowers,
	listClassYears,
	listYearClasses,
} from '#features/schools/school-class.repository.ts';
import { previewClassList, saveClassList } from '#features/schools/class-list.service.ts';
import { rollOver } from '#features/schools/class-rollover.service.ts';
import {
	addClass,
	changeClass,
	endClass,
	mergeClass,
	splitClass,
} from '#features/schools/school-class.service.ts';
import { insertClass, listClasses } from '#features/schools/school.repository.ts';
import { openSchool } from '#features/schools/school.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const YEAR = '2026-2027';
const TODAY = '2026-11-22';
/** 20/8/2027, in the first month of the next school year. */
const AUGUST = Date.UTC(2027, 7, 20, 3);
const JUNE = Date.UTC(2027, 5, 20, 3);

async function makeSchool(db: Db, name: string) {
	const organisationId = await inTransaction(db, (trx) =>
		insertOrganisation(trx, { kind: 'school', name, adminUnitId: 'dk-2025', isSample: 0 }, NOW),
	);
	const ids: Record<string, string> = {};
	const add = async (className: string, size: number | null = 38, schoolYear = YEAR) => {
		const grade = Number.parseInt(className, 10);
		const row = { organisationId, schoolYear, grade, name: className, size, isSample: 0 as const };
		return (ids[className] = await inTransaction(db, (trx) => insertClass(trx, row, NOW)));
	};
	for (const each of ['6A', '6B', '7A', '9A']) await add(each);
	const house = await makeHouse(db, { hostType: 'school', hostOrganisationId: organisationId });
	const lead = await makeActor(db, 'school_lead', 'organisation', organisationId);
	return { organisationId, ids, add, house, lead };
}

async function makeWorld(db: Db) {
	await seedReference(db);
	return { ...(await makeSchool(db, 'THCS Đông Kinh')), other: await makeSchool(db, 'THCS Kỳ Lừa') };
}
type World = Awaited<ReturnType<typeof makeWorld>>;

async function expectRefused(db: Db, work: () => Promise<unknown>, key: string, status: number) {
	const error = await expectNothingWritten(db, work);
	expect(error).toBeInstanceOf(DomainError);
	const { key: found, kind } = error as DomainError;
	expect([found, HTTP_STATUS[kind]]).toEqual([key, status]);
	return error as DomainError;
}

const standing = async (db: Db, { organisationId }: World, schoolYear = YEAR) =>
	(await listClasses(db, organisationId, schoolYear)).map(({ name, size }) => [name, size]);
const acts = async (db: Db) =>
	// Ids of one moment have no order.
	(await db.selectFrom('auditEvent').select('action').execute())
		.map(({ action }) => action)
		.filter((action) => action.startsWith('school-class.'))
		.sort();

const bring = async (
	db: Db,
	world: World,
	classId: string,
	isApproved: boolean,
	collectedOn = '2026-11-20',
) => {
	const sheet = {
		...{ id: uuidv7(NOW), greenHouseCode: world.house.code, collectedOn, isApproved },
		rows: [{ classId, lines: [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 3000 }] }],
	};
	await recordClassSheet(db, world.lead, sheet, NOW);
	return sheet.id;
};

describeEachEngine('a school’s classes', (engine) => {
	const prepare = async () => {
		const db = await engine.fresh();
		return { db, world: await makeWorld(db) };
	};

	test('are added, once', async () => {
		const { db, world } = await prepare();
		const input = { organisationId: world.organisationId, schoolYear: YEAR, name: 'lớp 6c', size: 40 };
		await Promise.all([1, 2, 3].map(() => addClass(db, world.lead, input, NOW)));
		expect(await standing(db, world)).toEqual([
			...[
				['6A', 38],
				['6B', 38],
				['6C', 40],
				['7A', 38],
			],
			['9A', 38],
		]);
		expect(await acts(db)).toEqual(['school-class.add']);
		const refuse = (over: object, key: string, status: number, actor: Actor | undefined = world.lead) =>
			expectRefused(db, () => addClass(db, actor, { ...input, ...over }, NOW), key, status);
		await refuse({ size: 41 }, 'classNameTaken', 409);
		await refuse({ name: 'Lan' }, 'classUnclear', 422);
		await refuse({ schoolYear: '2025-2026' }, 'schoolYearNotOpen', 422);
		await refuse({ schoolYear: '2027-2028' }, 'schoolYearNotOpen', 422);
		await refuse({ schoolYear: 'x' }, 'schoolYearNotOpen', 422);
		await refuse({}, 'notYourRole', 403, world.other.lead);
		await refuse({ organisationId: uuidv7(NOW) }, 'notYourRole', 403);
		await expectRefused(db, () => addClass(db, undefined, input, NOW), 'signInFirst', 401);
	});

	test('are 300 in a year at most', async () => {
		const { db, world } = await prepare();
		for (let index = 0; index < 296; index += 1) await world.add(`8A${index}`);
		const input = { organisationId: world.organisationId, schoolYear: YEAR, name: '6C', size: null };
		await expectRefused(db, () => addClass(db, world.lead, input, NOW), 'classListLong', 422);
		const split = { id: world.ids['6A']!, size: 1, newName: '6C', newSize: 1 };
		await expectRefused(db, () => splitClass(db, world.lead, split, NOW), 'classListLong', 422);
	});

	test('change name and size; grade only while nothing was entered', async () => {
		const { db, world } = await prepare();
		const { lead, ids } = world;
		const id = ids['6A']!;
		await changeClass(db, lead, { id, name: '6D', size: null }, NOW);
		await changeClass(db, lead, { id, name: '6D', size: null }, NOW);
		await changeClass(db, lead, { id: ids['7A']!, name: '8A', size: 38 }, NOW);
		expect(await standing(db, world)).toEqual([
			['6B', 38],
			['6D', null],
			['8A', 38],
			['9A', 38],
		]);
		expect(await findClass(db, ids['7A']!)).toMatchObject({ grade: 8 });
		expect(await acts(db)).toEqual(['school-class.change', 'school-class.change']);
		const refuse = (over: object, key: string, status: number, actor = lead) =>
			expectRefused(db, () => changeClass(db, actor, { id, name: '6D', size: 1, ...over }, NOW), key, status);
		await refuse({ name: '6B' }, 'classNameTaken', 409);
		await refuse({ name: '13A' }, 'classUnclear', 422);
		await refuse({ id: uuidv7(NOW) }, 'classNotFound', 404);
		await refuse({ id: world.other.ids['6A']! }, 'notYourRole', 403);
		await refuse({}, 'notYourRole', 403, world.other.lead);
		await refuse({ id: await world.add('5A', 1, '2025-2026') }, 'schoolYearNotOpen', 422);
		await bring(db, world, id, true);
		await refuse({ name: '7D' }, 'classOtherGrade', 422);
		await endClass(db, lead, { id: ids['9A']!, closedOn: TODAY }, NOW);
		await refuse({ id: ids['9A']! }, 'classEnded', 409);
		await refuse({ name: '9A' }, 'classNameTaken', 409);
	});

	test('end, but not while a sheet waits, and are taken up again under their name', async () => {
		const { db, world } = await prepare();
		const { lead, ids } = world;
		const id = ids['6A']!;
		const end = (over: object = {}) => endClass(db, lead, { id, closedOn: TODAY, ...over }, NOW);
		const sheetId = await bring(db, world, id, false);
		await expectRefused(db, () => end(), 'classSheetWaits', 409);
		await approveClassSheet(db, lead, { id: sheetId }, NOW);
		await expectRefused(db, () => end({ closedOn: '2026-11-20' }), 'closedBeforeSheet', 422);
		await expectRefused(db, () => end({ closedOn: '2026-11-24' }), 'dateInFuture', 422);
		await expectRefused(db, () => end({ closedOn: '2026-07-31' }), 'closedOutsideYear', 422);
		await end({ closedOn: '2026-11-21' });
		await end();
		expect(await findClass(db, id)).toMatchObject({ closedOn: '2026-11-21', mergedIntoId: null });
		expect(await db.selectFrom('dropOff').select(['schoolClassId', 'withdrawnAt']).execute()).toEqual([
			{ schoolClassId: id, withdrawnAt: null },
		]);
		await addClass(db, lead, { ...world, schoolYear: YEAR, name: '6A', size: 35 }, NOW);
		expect(await findClass(db, id)).toMatchObject({ closedOn: null, size: 35 });
		expect(await acts(db)).toEqual(['school-class.add', 'school-class.end']);
		// The sheet that was revoked says nothing of the class any more.
		await revokeClassSheet(db, lead, sheetId, NOW);
		await end({ closedOn: '2026-11-20' });
	});

	test('merge: one ends in the other, and what it brought stays its own', async () => {
		const { db, world } = await prepare();
		const { lead, ids } = world;
		const [into, id] = [ids['6A']!, ids['6B']!];
		await bring(db, world, id, true);
		const input = { id, intoId: into, closedOn: '2026-11-21', size: 76 };
		await Promise.all([1, 2].map(() => mergeClass(db, lead, input, NOW)));
		expect(await findClass(db, id)).toMatchObject({ closedOn: '2026-11-21', mergedIntoId: into, size: 38 });
		expect(await findClass(db, into)).toMatchObject({ closedOn: null, size: 76 });
		expect(await acts(db)).toEqual(['school-class.merge']);
		const cells = await db.selectFrom('classSheetCell').select('schoolClassId').execute();
		expect(cells).toEqual([{ schoolClassId: id }]);
		// Without a size it is both together, where both are known.
		const seven = await world.add('7B', 30);
		await mergeClass(db, lead, { ...input, id: seven, intoId: ids['7A']!, size: null }, NOW);
		expect(await findClass(db, ids['7A']!)).toMatchObject({ size: 68 });
		const unknown = await world.add('7C', null);
		await mergeClass(db, lead, { ...input, id: unknown, intoId: ids['7A']!, size: null }, NOW);
		expect(await findClass(db, ids['7A']!)).toMatchObject({ size: null });
		// A merger by mistake: the name brings the class back.
		await addClass(db, lead, { ...world, schoolYear: YEAR, name: '6B', size: 38 }, NOW);
		expect(await findClass(db, id)).toMatchObject({ closedOn: null, mergedIntoId: null });
	});

	test('merge only where they can be one', async () => {
		const { db, world } = await prepare();
		const { lead, ids } = world;
		const id = ids['6B']!;
		const refuse = (over: object, key: string, status: number, actor = lead) => {
			const input = { id, intoId: ids['6A']!, closedOn: TODAY, size: 76, ...over };
			return expectRefused(db, () => mergeClass(db, actor, input, NOW), key, status);
		};
		await refuse({ intoId: id }, 'mergeItself', 422);
		await refuse({ intoId: ids['7A']! }, 'mergeOtherGrade', 422);
		await refuse({ intoId: await world.add('6X', 1, '2025-2026') }, 'mergeOtherGrade', 422);
		await refuse({ intoId: world.other.ids['6A']! }, 'mergeUnknown', 422);
		await refuse({ intoId: 'x' }, 'mergeUnknown', 422);
		await refuse({ id: uuidv7(NOW) }, 'classNotFound', 404);
		await refuse({}, 'notYourRole', 403, world.other.lead);
		await refuse({ closedOn: '2026-11-24' }, 'dateInFuture', 422);
		await refuse({ id: ids['6X']!, intoId: ids['6A']! }, 'schoolYearNotOpen', 422);
		const sheetId = await bring(db, world, id, false);
		await refuse({}, 'classSheetWaits', 409);
		await revokeClassSheet(db, lead, sheetId, NOW);
		await endClass(db, lead, { id: ids['6A']!, closedOn: TODAY }, NOW);
		await refuse({}, 'mergeIntoEnded', 422);
		await refuse({ id: ids['6A']!, intoId: id }, 'classEnded', 409);
	});

	test('each into the other at once: one stays', async () => {
		const { db, world } = await prepare();
		const [a, b] = [world.ids['6A']!, world.ids['6B']!];
		const merge = (id: string, intoId: string) =>
			mergeClass(db, world.lead, { id, intoId, closedOn: TODAY, size: 76 }, NOW);
		const outcomes = await Promise.allSettled([merge(a, b), merge(b, a)]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect((await standing(db, world)).filter(([name]) => String(name).startsWith('6'))).toHaveLength(1);
	});

	test('split: a new one follows, and what was entered stays', async () => {
		const { db, world } = await prepare();
		const { lead, ids } = world;
		const id = ids['6A']!;
		await bring(db, world, id, true);
		const input = { id, size: 20, newName: '6c', newSize: 18 };
		await Promise.all([1, 2].map(() => splitClass(db, lead, input, NOW)));
		expect(await listFollowers(db, id)).toMatchObject([{ name: '6C', size: 18, grade: 6, closedOn: null }]);
		expect(await findClass(db, id)).toMatchObject({ size: 20 });
		expect(await acts(db)).toEqual(['school-class.split']);
		expect(await db.selectFrom('classSheetCell').select('schoolClassId').execute()).toEqual([
			{ schoolClassId: id },
		]);
		// Without a size it is what the new one leaves; the second press is still the same split.
		const rest = { id: ids['7A']!, size: null, newName: '7B', newSize: 18 };
		for (let press = 0; press < 2; press += 1) await splitClass(db, lead, rest, NOW);
		expect(await findClass(db, ids['7A']!)).toMatchObject({ size: 20 });
		const refuse = (over: object, key: string, status: number, actor = lead) =>
			expectRefused(db, () => splitClass(db, actor, { ...input, ...over }, NOW), key, status);
		await refuse({ newName: '6B' }, 'classNameTaken', 409);
		await refuse({ newSize: 19 }, 'classNameTaken', 409);
		await refuse({ newName: '7C' }, 'classOtherGrade', 422);
		await refuse({ newName: '?' }, 'classUnclear', 422);
		await refuse({ id: 'x' }, 'classNotFound', 404);
		await refuse({ newName: '6D' }, 'notYourRole', 403, world.other.lead);
		await endClass(db, lead, { id: ids['6B']!, closedOn: TODAY }, NOW);
		await refuse({ id: ids['6B']!, newName: '6D' }, 'classEnded', 409);
	});

	test('come from a list that is looked at first, and once', async () => {
		const { db, world } = await prepare();
		const { lead, organisationId } = world;
		const input = { organisationId, schoolYear: YEAR, list: 'Lớp\tSĩ số\n6A\t38\n6B\t40\n6C\t36\nTổng\t114' };
		const plan = await previewClassList(db, lead, input, NOW);
		expect(plan).toMatchObject({
			added: [{ name: '6C', size: 36 }],
			resized: [{ name: '6B', from: 38, to: 40 }],
			same: ['6A'],
			unnamed: ['7A', '9A'],
		});
		expect(await acts(db)).toEqual([]);
		await Promise.all([1, 2, 3].map(() => saveClassList(db, lead, input, NOW)));
		await saveClassList(db, lead, input, NOW);
		expect(await acts(db)).toEqual(['school-class.import']);
		expect(await standing(db, world)).toEqual([
			...[
				['6A', 38],
				['6B', 40],
				['6C', 36],
				['7A', 38],
			],
			['9A', 38],
		]);
		await endClass(db, lead, { id: world.ids['9A']!, closedOn: TODAY }, NOW);
		const refuse = async (over: object, key: string, status: number, actor: Actor | undefined = lead) => {
			for (const act of [saveClassList, previewClassList])
				await expectRefused(db, () => act(db, actor, { ...input, ...over }, NOW), key, status);
		};
		await refuse({ list: '8A\t38\n9A\t38' }, 'classRowEnded', 409);
		await refuse({ list: '8A\t38\n8B\t0' }, 'classRowSize', 422);
		await refuse({ list: 'Lớp\tTên\n6A\tNguyễn Văn An' }, 'classListNames', 422);
		await refuse({ schoolYear: '2025-2026' }, 'schoolYearNotOpen', 422);
		await refuse({}, 'notYourRole', 403, world.other.lead);
		const tooMany = Array.from({ length: 296 }, (_, index) => `8A${index}`).join('\n');
		await expectRefused(
			db,
			() => saveClassList(db, lead, { ...input, list: tooMany }, NOW),
			'classListLong',
			422,
		);
	});

	const rowsOf = async (db: Db, { organisationId }: World): Promise<TypedRow[]> =>
		proposeRollover(await listClasses(db, organisationId, YEAR)).map((row, index) => ({
			...{ name: row.name, size: row.size, followsClassId: row.followsClassId, field: `name:${index}` },
		}));

	test('roll over once, also from two at once, and the old year stays', async () => {
		const { db, world } = await prepare();
		const { lead, organisationId, ids } = world;
		const rows = await rowsOf(db, world);
		const before = await listYearClasses(db, organisationId, YEAR);
		await Promise.all([1, 2, 3].map(() => rollOver(db, lead, { organisationId, rows }, AUGUST)));
		await rollOver(db, lead, { organisationId, rows }, AUGUST);
		const next = await listYearClasses(db, organisationId, '2027-2028');
		expect(next.map(({ name, size, followsClassId }) => [name, size, followsClassId])).toEqual([
			['6A', null, null],
			['6B', null, null],
			['7A', 38, ids['6A']],
			['7B', 38, ids['6B']],
			['8A', 38, ids['7A']],
		]);
		expect(await listYearClasses(db, organisationId, YEAR)).toEqual(before);
		expect(await listClassYears(db, organisationId)).toEqual(['2027-2028', YEAR]);
		expect(await acts(db)).toEqual(['school-class.roll-over']);
		const less = { organisationId, rows: rows.slice(1) };
		await expectRefused(db, () => rollOver(db, lead, less, AUGUST), 'yearHasClasses', 409);
	});

	test('roll over in two ways at once: one is made whole, the other refused', async () => {
		const { db, world } = await prepare();
		const { lead, organisationId } = world;
		const rows = await rowsOf(db, world);
		const outcomes = await Promise.allSettled(
			[rows, rows.slice(0, 2)].map((some) => rollOver(db, lead, { organisationId, rows: some }, JUNE)),
		);
		const refused = outcomes.flatMap((each) =>
			each.status === 'rejected' ? [each.reason as DomainError] : [],
		);
		expect(refused.map(({ key }) => key)).toEqual(['yearHasClasses']);
		expect([2, rows.length]).toContain((await listYearClasses(db, organisationId, '2027-2028')).length);
	});

	test('are not rolled over with a row that is wrong, or at another time', async () => {
		const { db, world } = await prepare();
		const { lead, organisationId } = world;
		const rows = await rowsOf(db, world);
		const refuse = async (some: TypedRow[], key: string, status: number, at = AUGUST, actor = lead) =>
			expectRefused(db, () => rollOver(db, actor, { organisationId, rows: some }, at), key, status);
		const change = (index: number, over: Partial<TypedRow>) =>
			rows.map((row, at) => (at === index ? { ...row, ...over } : row));
		await refuse([], 'rolloverEmpty', 422);
		await refuse(change(1, { name: ' 6a' }), 'classTwice', 422);
		await refuse(change(2, { name: '8A' }), 'classOtherGrade', 422);
		await refuse(change(2, { followsClassId: world.other.ids['6A']! }), 'unknownClass', 422);
		const error = await refuse(
			change(0, { name: 'Lan' }).map((row, at) => (at === 3 ? { ...row, name: '' } : row)),
			'classUnclear',
			422,
		);
		expect([error.field, ...error.others.map(({ field }) => field)]).toEqual(['name:0', 'name:3']);
		await refuse(rows, 'rolloverNotNow', 409, NOW);
		await refuse(rows, 'notYourRole', 403, AUGUST, world.other.lead);
		const many = Array.from({ length: 301 }, (_, index) => ({ ...rows[0]!, name: `6A${index}` }));
		await refuse(many, 'classListLong', 422);
		await endClass(db, lead, { id: world.ids['6A']!, closedOn: TODAY }, NOW);
		await refuse(rows, 'unknownClass', 422);
	});

	test('that have ended are not opened again by the operator’s command', async () => {
		const { db, world } = await prepare();
		await endClass(db, world.lead, { id: world.ids['6B']!, closedOn: TODAY }, NOW);
		const school = {
			greenHouseCode: world.house.code,
			name: 'THCS Đông Kinh',
			classNames: ['6A', '6B', '6C'],
		};
		await openSchool(db, school, NOW);
		expect((await standing(db, world)).map(([name]) => name)).toEqual(['6A', '6C', '7A', '9A']);
	});
});
