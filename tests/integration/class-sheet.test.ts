// A school day's totals by class: what they become, who may enter them, and everything that is refused.
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { MAX_SHEETS, readSheetRows, type ClassSheetInput } from '#features/schools/class-sheet.ts';
import {
	approveClassSheet,
	approveClassSheets,
	readClassTable,
	recordClassSheet,
	revokeClassSheet,
} from '#features/schools/class-sheet.service.ts';
import { listSheets } from '#features/schools/class-sheet.repository.ts';
import { tableOfText } from '#features/schools/sheet-table.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { getSheetBook, getSheetTemplate } from '#features/schools/sheet-book.service.ts';
import { bookWords } from '#features/schools/sheet-book.ts';
import { readWorkbook, writeWorkbook } from '#lib/workbook.ts';
import { createTranslator } from '#lib/i18n.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { digest, expectNothingWritten } from '../support/snapshot.ts';

async function makeSchool(db: Db, name: string) {
	const organisationId = uuidv7(NOW);
	await db
		.insertInto('organisation')
		.values({
			id: organisationId,
			kind: 'school',
			name,
			adminUnitId: 'dk-2025',
			validFrom: null,
			validTo: null,
			isSample: 0,
		})
		.execute();
	const addClass = (className: string, schoolYear = '2026-2027') =>
		inTransaction(db, (trx) =>
			insertClass(
				trx,
				{ organisationId, schoolYear, grade: 6, name: className, size: null, isSample: 0 },
				NOW,
			),
		);
	return {
		house: await makeHouse(db, { hostType: 'school', hostOrganisationId: organisationId }),
		lead: await makeActor(db, 'school_lead', 'organisation', organisationId),
		classA: await addClass('6A'),
		classB: await addClass('6B'),
		lastYear: await addClass('5A', '2025-2026'),
	};
}

async function makeWorld(db: Db) {
	await seedReference(db);
	const school = await makeSchool(db, 'Trường THCS Đông Kinh');
	return {
		...school,
		other: await makeSchool(db, 'Trường THCS Kỳ Lừa'),
		steward: await makeActor(db, 'steward', 'house', school.house.id),
	};
}
type World = Awaited<ReturnType<typeof makeWorld>>;

const formOf = (cells: Record<string, string>): FormData => {
	const form = new FormData();
	for (const [name, value] of Object.entries(cells)) form.set(name, value);
	return form;
};

const paper = (classId: string, quantityMilli = 12_500) => ({
	classId,
	lines: [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli }],
});

const sheetOf = (world: World, over: Partial<ClassSheetInput> = {}): ClassSheetInput => ({
	id: uuidv7(NOW),
	greenHouseCode: world.house.code,
	collectedOn: '2026-11-20',
	isApproved: true,
	rows: [
		{
			classId: world.classA,
			lines: [
				{ material: 'mixed_paper', unit: 'kg', quantityMilli: 12_500 },
				{ material: 'aluminium_can', unit: 'piece', quantityMilli: 40_000 },
			],
		},
		paper(world.classB, 3000),
	],
	...over,
});

async function expectRefused(db: Db, work: () => Promise<unknown>, key: string, status: number) {
	const error = await expectNothingWritten(db, work);
	expect(error).toBeInstanceOf(DomainError);
	const { key: found, kind } = error as DomainError;
	expect([found, HTTP_STATUS[kind]]).toEqual([key, status]);
}

describeEachEngine('a class sheet', (engine) => {
	test('becomes one declared drop-off a class in the open cycle of the school’s house', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sheet = sheetOf(world);
		await recordClassSheet(db, world.lead, sheet, NOW);
		const cycle = (await findOpenCycle(db, world.house.id))!;
		const dropOffs = await db.selectFrom('dropOff').selectAll().execute();
		expect(dropOffs.map((row) => row.schoolClassId).sort()).toEqual([world.classA, world.classB].sort());
		for (const row of dropOffs) {
			expect(row).toMatchObject({
				greenHouseId: world.house.id,
				cycleId: cycle.id,
				classSheetId: sheet.id,
				deviceAliasId: null,
				personId: null,
				channel: 'class_sheet',
				happenedAt: Date.UTC(2026, 10, 20, 5),
			});
		}
		expect(await sumDeclared(db, cycle.id)).toEqual([
			{ materialCode: 'mixed_paper', unit: 'kg', quantityMilli: 15_500, declaredWeightGrams: 15_500 },
			{ materialCode: 'aluminium_can', unit: 'piece', quantityMilli: 40_000, declaredWeightGrams: 540 },
		]);
	});

	test('of today is declared now and not at a noon that has not come', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		await recordClassSheet(db, world.lead, sheetOf(world, { collectedOn: '2026-11-22' }), NOW);
		const times = await db.selectFrom('dropOff').select('happenedAt').execute();
		expect(times).toEqual([{ happenedAt: NOW }, { happenedAt: NOW }]);
	});

	test('sent again, also eight times at once, adds nothing', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sheet = sheetOf(world);
		await Promise.all(Array.from({ length: 8 }, () => recordClassSheet(db, world.lead, sheet, NOW)));
		await db.updateTable('greenHouse').set({ status: 'closed' }).where('id', '=', world.house.id).execute();
		await recordClassSheet(db, world.lead, sheet, NOW + DAY);
		expect(await db.selectFrom('classSheet').select('id').execute()).toEqual([{ id: sheet.id }]);
		expect(await db.selectFrom('dropOff').select('id').execute()).toHaveLength(2);
		expect(await db.selectFrom('dropOffLine').select('position').execute()).toHaveLength(3);
	});

	test('is refused with a reason, and then writes nothing', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const taken = sheetOf(world);
		await recordClassSheet(db, world.lead, taken, NOW);
		const plain = await makeHouse(db);
		const line = (material: string) => [
			{ classId: world.classA, lines: [{ material, unit: 'kg' as const, quantityMilli: 1000 }] },
		];
		const refusals: [Partial<ClassSheetInput>, string, number][] = [
			[{ id: taken.id, rows: [paper(world.classA, 9000)] }, 'sameIdOtherContent', 409],
			[{ id: taken.id, collectedOn: '2026-11-19' }, 'sameIdOtherContent', 409],
			[{ rows: [paper(uuidv7(NOW))] }, 'unknownClass', 422],
			[{ rows: [paper("'; drop table school_class; --")] }, 'unknownClass', 422],
			[{ rows: [paper(world.other.classA)] }, 'unknownClass', 422],
			[{ rows: [paper(world.lastYear)] }, 'unknownClass', 422],
			[{ rows: [paper(world.classA), paper(world.classA)] }, 'unknownClass', 422],
			[{ rows: [] }, 'sheetEmpty', 422],
			[{ rows: [{ classId: world.classA, lines: [] }] }, 'sheetEmpty', 422],
			[{ collectedOn: '2026-11-23' }, 'dateInFuture', 422],
			[{ rows: line('scrap_iron') }, 'materialNotTaken', 422],
			[{ rows: line('battery') }, 'materialNever', 422],
			[{ rows: line('gold') }, 'unknownMaterial', 422],
			[{ greenHouseCode: 'NNX-999' }, 'noSchoolHouse', 422],
			[{ greenHouseCode: plain.code }, 'noSchoolHouse', 422],
			[{ greenHouseCode: world.other.house.code }, 'notYourRole', 403],
		];
		for (const [over, key, status] of refusals) {
			const work = () => recordClassSheet(db, world.lead, sheetOf(world, over), NOW);
			await expectRefused(db, work, key, status);
		}
		const foreign = {
			id: taken.id,
			greenHouseCode: world.other.house.code,
			rows: [paper(world.other.classA)],
		};
		await expectRefused(
			db,
			() => recordClassSheet(db, world.other.lead, sheetOf(world, foreign), NOW),
			'sameIdOtherContent',
			409,
		);
		for (const [status, key] of [
			['paused', 'housePaused'],
			['closed', 'houseClosed'],
		] as const) {
			await db.updateTable('greenHouse').set({ status }).where('id', '=', world.house.id).execute();
			await expectRefused(db, () => recordClassSheet(db, world.lead, sheetOf(world), NOW), key, 422);
		}
	});

	test('of a day and class that stand already is refused with what stands, unless it is an extra one', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const first = sheetOf(world, { rows: [paper(world.classA, 3000)] });
		await recordClassSheet(db, world.lead, first, NOW);
		const again = sheetOf(world);
		const error = await expectNothingWritten(db, () => recordClassSheet(db, world.lead, again, NOW));
		expect(error).toMatchObject({
			kind: 'CONFLICT',
			key: 'classDayStands',
			field: 'isExtra',
			values: { standing: '6A: 3\u00a0kg giấy vụn' },
		});
		// Another class, another day and a retry are not the same thing twice.
		await recordClassSheet(db, world.lead, first, NOW);
		await recordClassSheet(db, world.lead, sheetOf(world, { rows: [paper(world.classB)] }), NOW);
		await recordClassSheet(db, world.lead, sheetOf(world, { collectedOn: '2026-11-19' }), NOW);
		await recordClassSheet(db, world.lead, { ...again, isExtra: true }, NOW);
		await recordClassSheet(db, world.lead, { ...again, isExtra: true }, NOW);
		const inEnglish = () => recordClassSheet(db, world.lead, sheetOf(world, { locale: 'en' }), NOW);
		expect(await expectNothingWritten(db, inEnglish)).toMatchObject({
			values: {
				standing: '6A: 15.5\u00a0kg mixed paper, 40\u00a0pcs aluminium can; 6B: 15.5\u00a0kg mixed paper',
			},
		});
		for (const { id } of await db.selectFrom('classSheet').select('id').execute())
			await revokeClassSheet(db, world.lead, id, NOW);
		await recordClassSheet(db, world.lead, sheetOf(world), NOW);
	});

	test('sent from eight forms at once for one day and class is recorded once', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const outcomes = await Promise.allSettled(
			Array.from({ length: 8 }, () => recordClassSheet(db, world.lead, sheetOf(world), NOW)),
		);
		const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
		expect(refused.map((each) => (each as DomainError).key)).toEqual(Array(7).fill('classDayStands'));
		expect(await db.selectFrom('dropOff').select('id').execute()).toHaveLength(2);
	});

	test('is read from a table by the school’s own lead only, and nothing is written', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const asked = { greenHouseCode: world.house.code, collectedOn: undefined, locale: 'vi' as const };
		const table = tableOfText('Lớp\tGiấy vụn\tPin\n6A\t12,5\t2\n5A\t3\t');
		const read = (actor: Actor | undefined, code = world.house.code) =>
			readClassTable(db, actor, { ...asked, table, greenHouseCode: code }, NOW);
		const before = await digest(db);
		const reading = await read(world.lead);
		expect(reading.cells).toEqual([{ name: `cell:${world.classA}:mixed_paper:kg`, text: '12,5' }]);
		// Last year's class is none of this year's.
		expect(reading.problems.map(({ key, row }) => [key, row])).toEqual([
			['materialRefused', 1],
			['classUnknown', 3],
		]);
		expect(await digest(db)).toEqual(before);
		for (const actor of [world.steward, world.other.lead])
			await expectRefused(db, () => read(actor), 'notYourRole', 403);
		await expectRefused(db, () => read(undefined), 'signInFirst', 401);
		await expectRefused(db, () => read(world.lead, 'NNX-998'), 'noSchoolHouse', 422);
	});

	test('of the same file twice, also from two tabs at once, is one sheet and one question', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const table = tableOfText('Lớp\tGiấy vụn\tLon nhôm\n6A\t12,5\t40\n6B\t3\t');
		const upload = async (id: string) => {
			const asked = {
				greenHouseCode: world.house.code,
				collectedOn: undefined,
				table,
				locale: 'vi' as const,
			};
			const { cells } = await readClassTable(db, world.lead, asked, NOW);
			const rows = readSheetRows(formOf(Object.fromEntries(cells.map(({ name, text }) => [name, text]))));
			await recordClassSheet(db, world.lead, sheetOf(world, { id, rows }), NOW);
		};
		const [first, second] = [uuidv7(NOW), uuidv7(NOW)];
		// Two tabs, and the first of them sends twice.
		const results = await Promise.allSettled([first, second, first].map(upload));
		const refused = results.filter((each) => each.status === 'rejected');
		expect(new Set(refused.map(({ reason }) => (reason as DomainError).key))).toEqual(
			new Set(['classDayStands']),
		);
		const sheets = await db.selectFrom('classSheet').select('id').execute();
		expect(sheets).toHaveLength(1);
		expect(await db.selectFrom('dropOff').select('id').execute()).toHaveLength(2);
		await revokeClassSheet(db, world.lead, sheets[0]!.id, NOW);
		await upload(uuidv7(NOW));
		expect(await listSheets(db, world.lead.grants[0]!.scopeId!, 9)).toHaveLength(2);
	});

	test('of 60 classes and 12 materials is written in one act', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const materials = (await listMaterials(db)).filter(
			({ acceptedByDefault }) => acceptedByDefault !== 'never',
		);
		const twelve = materials.slice(0, 12);
		await db.deleteFrom('greenHouseMaterial').where('greenHouseId', '=', world.house.id).execute();
		await db
			.insertInto('greenHouseMaterial')
			.values(twelve.map(({ code }) => ({ greenHouseId: world.house.id, materialCode: code })))
			.execute();
		const organisationId = world.lead.grants[0]!.scopeId!;
		const ids = await inTransaction(db, async (trx) => {
			const made = [];
			for (let n = 1; n <= 60; n += 1) {
				const one = { organisationId, schoolYear: '2026-2027', grade: 7, name: `7A${n}` };
				made.push(await insertClass(trx, { ...one, size: null, isSample: 0 }, NOW));
			}
			return made;
		});
		const rows = ids.map((classId) => ({
			classId,
			lines: twelve.map(({ code, defaultUnit }) => ({
				...{ material: code, unit: defaultUnit, quantityMilli: 2000 },
			})),
		}));
		await recordClassSheet(db, world.lead, sheetOf(world, { rows }), NOW);
		expect(await db.selectFrom('classSheetCell').select('unit').execute()).toHaveLength(720);
		expect(await db.selectFrom('dropOff').select('id').execute()).toHaveLength(60);
	});

	test('is the same sheet again when its workbook is brought back, Vietnamese and all', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const words = bookWords(createTranslator('vi'), 'vi');
		const sheet = sheetOf(world);
		await recordClassSheet(db, world.lead, sheet, NOW);
		const { collectedOn, rows } = await getSheetBook(db, world.lead, sheet.id, words);
		expect([collectedOn, rows]).toEqual([
			'2026-11-20',
			[
				['Lớp', 'Giấy vụn (kg)', 'Lon nhôm (cái)'],
				['6A', 12.5, 40],
				['6B', 3, ''],
				['Cộng', 15.5, 40],
			],
		]);
		const table = await readWorkbook(await writeWorkbook('Sổ lớp', rows), ',');
		const asked = { greenHouseCode: world.house.code, collectedOn: undefined, locale: 'vi' as const };
		const { cells, problems } = await readClassTable(db, world.lead, { ...asked, table }, NOW);
		expect(problems).toEqual([]);
		const read = readSheetRows(formOf(Object.fromEntries(cells.map(({ name, text }) => [name, text]))));
		expect(read).toEqual(sheet.rows);
		const template = await getSheetTemplate(db, world.lead, world.house.code, words, NOW);
		expect(template.map(([first]) => first)).toEqual(['Lớp', '6A', '6B']);
		const heads = template[0]!.slice(1);
		expect(heads).toHaveLength(world.house.materials.length);
		const filled = { rows: [template[0]!.map(String), ['6A', ...heads.map(() => '2')]] };
		const all = await readClassTable(db, world.lead, { ...asked, table: filled }, NOW);
		expect([all.cells.length, all.problems]).toEqual([heads.length, []]);
		await expectRefused(db, () => getSheetBook(db, world.lead, 'khac', words), 'sheetNotFound', 404);
		await expectRefused(db, () => getSheetBook(db, world.other.lead, sheet.id, words), 'notYourRole', 403);
		await expectRefused(db, () => getSheetTemplate(db, world.lead, 'X', words, NOW), 'noSchoolHouse', 404);
	});

	test('is entered and revoked by the school’s own lead only', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sheet = sheetOf(world);
		await recordClassSheet(db, world.lead, sheet, NOW);
		const strangers: [Actor | undefined, string, number][] = [
			[undefined, 'signInFirst', 401],
			[world.other.lead, 'notYourRole', 403],
			[world.steward, 'notYourRole', 403],
			[await makeActor(db, 'ward_officer', 'ward', 'dk-2025'), 'notYourRole', 403],
		];
		for (const [actor, key, status] of strangers) {
			await expectRefused(db, () => recordClassSheet(db, actor, sheetOf(world), NOW), key, status);
			await expectRefused(db, () => recordClassSheet(db, actor, sheet, NOW), key, status);
			await expectRefused(db, () => revokeClassSheet(db, actor, sheet.id, NOW), key, status);
		}
	});

	test('is taken out of every total while its cycle is open, and not afterwards', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const [wrong, right] = [sheetOf(world), sheetOf(world, { isExtra: true })];
		await recordClassSheet(db, world.lead, wrong, NOW);
		await recordClassSheet(db, world.lead, right, NOW);
		const cycle = (await findOpenCycle(db, world.house.id))!;
		await revokeClassSheet(db, world.lead, wrong.id, NOW);
		await revokeClassSheet(db, world.lead, wrong.id, NOW + 1);
		expect((await sumDeclared(db, cycle.id)).map((row) => row.quantityMilli)).toEqual([15_500, 40_000]);
		await closeCycle(db, world.steward, cycle.id, NOW);
		await expectRefused(db, () => revokeClassSheet(db, world.lead, right.id, NOW), 'cycleClosed', 409);
		await expectRefused(db, () => revokeClassSheet(db, world.lead, uuidv7(NOW), NOW), 'sheetNotFound', 404);
	});

	test('that waits counts nowhere; approved it counts once, with eight at once as well', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sheet = sheetOf(world, { isApproved: false });
		await recordClassSheet(db, world.lead, sheet, NOW);
		expect(await db.selectFrom('dropOff').select('id').execute()).toEqual([]);
		// What waits is asked about before the same day is entered a second time.
		const again = () => recordClassSheet(db, world.lead, sheetOf(world), NOW);
		await expectRefused(db, again, 'classDayStands', 409);
		for (const [actor, key, status] of [
			[undefined, 'signInFirst', 401],
			[world.other.lead, 'notYourRole', 403],
			[world.steward, 'notYourRole', 403],
		] as const)
			await expectRefused(db, () => approveClassSheet(db, actor, { id: sheet.id }, NOW), key, status);
		await Promise.all(
			Array.from({ length: 8 }, () => approveClassSheet(db, world.lead, { id: sheet.id }, NOW + DAY)),
		);
		const cycle = (await findOpenCycle(db, world.house.id))!;
		expect((await sumDeclared(db, cycle.id)).map((row) => row.quantityMilli)).toEqual([15_500, 40_000]);
		expect(await db.selectFrom('dropOff').select('happenedAt').distinct().execute()).toEqual([
			{ happenedAt: Date.UTC(2026, 10, 20, 5) },
		]);
		expect(await db.selectFrom('auditEvent').select(['action', 'subjectId']).execute()).toEqual([
			{ action: 'class-sheet.approve', subjectId: sheet.id },
		]);
	});

	test('that was sent to wait is approved by the other button of the same form', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sheet = sheetOf(world, { isApproved: false });
		await recordClassSheet(db, world.lead, sheet, NOW);
		const setStatus = (status: 'active' | 'paused') =>
			db.updateTable('greenHouse').set({ status }).where('id', '=', world.house.id).execute();
		await setStatus('paused');
		const approved = () => recordClassSheet(db, world.lead, { ...sheet, isApproved: true }, NOW);
		await expectRefused(db, approved, 'housePaused', 422);
		await setStatus('active');
		for (let time = 0; time < 2; time += 1)
			await recordClassSheet(db, world.lead, { ...sheet, isApproved: true }, NOW);
		// And not taken back by the first one.
		await recordClassSheet(db, world.lead, sheet, NOW);
		expect(await db.selectFrom('classSheet').select('status').execute()).toEqual([{ status: 'approved' }]);
		expect(await db.selectFrom('dropOff').select('id').execute()).toHaveLength(2);
	});

	test('is not approved once it was revoked, nor into a house that has closed or takes less', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const [gone, waiting] = [sheetOf(world), sheetOf(world)].map((each) => ({ ...each, isApproved: false }));
		await recordClassSheet(db, world.lead, gone!, NOW);
		await revokeClassSheet(db, world.lead, gone!.id, NOW);
		await recordClassSheet(db, world.lead, waiting!, NOW);
		const approve = (id: string) => () => approveClassSheet(db, world.lead, { id }, NOW);
		await expectRefused(db, approve(gone!.id), 'sheetRevoked', 409);
		await expectRefused(db, approve(uuidv7(NOW)), 'sheetNotFound', 404);
		const ofHouse = db.deleteFrom('greenHouseMaterial').where('greenHouseId', '=', world.house.id);
		await ofHouse.where('materialCode', '=', 'aluminium_can').execute();
		await expectRefused(db, approve(waiting!.id), 'materialNotTaken', 422);
		// Whoever reads English reads of the material in English, by either button.
		const locale = 'en' as const;
		for (const inEnglish of [
			() => approveClassSheet(db, world.lead, { id: waiting!.id, locale }, NOW),
			() => recordClassSheet(db, world.lead, { ...waiting!, isApproved: true, locale }, NOW),
		])
			expect(await expectNothingWritten(db, inEnglish)).toMatchObject({
				values: { material: 'Aluminium can' },
			});
		await db.updateTable('greenHouse').set({ status: 'paused' }).where('id', '=', world.house.id).execute();
		await expectRefused(db, approve(waiting!.id), 'housePaused', 422);
	});

	test('is approved with others in one act, which leaves what waits no more and tells it', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const days = ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
		const sheets = days.map((collectedOn) => sheetOf(world, { collectedOn, isApproved: false }));
		for (const sheet of sheets) await recordClassSheet(db, world.lead, sheet, NOW);
		const [first, gone, before, last] = sheets.map(({ id }) => id) as [string, string, string, string];
		await revokeClassSheet(db, world.lead, gone, NOW);
		await approveClassSheet(db, world.lead, { id: before }, NOW);
		const ids = [first, gone, before, last, first];
		const approve = (actor: Actor | undefined = world.lead, of = ids) =>
			approveClassSheets(db, actor, { ids: of }, NOW + 1);
		for (const [actor, key, status] of [
			[world.other.lead, 'notYourRole', 403],
			[world.steward, 'notYourRole', 403],
		] as const)
			await expectRefused(db, () => approve(actor), key, status);
		await expectRefused(db, () => approveClassSheets(db, undefined, { ids }, NOW), 'signInFirst', 401);
		await expectRefused(db, () => approve(world.lead, [first, uuidv7(NOW)]), 'sheetNotFound', 404);
		await expectRefused(db, () => approve(world.lead, []), 'sheetNotFound', 404);
		const many = Array.from({ length: MAX_SHEETS + 1 }, () => uuidv7(NOW));
		await expectRefused(db, () => approve(world.lead, many), 'bodyTooLarge', 413);
		const left = [
			{ id: gone, why: 'revoked' },
			{ id: before, why: 'approved' },
		];
		const outcomes = await Promise.all([approve(), approve(), approve()]);
		const done = outcomes.filter(({ approved }) => approved.length > 0);
		expect(done).toEqual([{ approved: [first, last], left }]);
		expect(await approve()).toEqual({
			approved: [],
			left: [first, gone, before, last].map((id) => ({ id, why: id === gone ? 'revoked' : 'approved' })),
		});
		const states = await db
			.selectFrom('classSheet')
			.select(['id', 'status', 'approvedAt'])
			.orderBy('collectedOn')
			.execute();
		expect(states).toEqual([
			{ id: first, status: 'approved', approvedAt: NOW + 1 },
			{ id: gone, status: 'revoked', approvedAt: null },
			{ id: before, status: 'approved', approvedAt: NOW },
			{ id: last, status: 'approved', approvedAt: NOW + 1 },
		]);
		expect(await db.selectFrom('dropOff').select('id').execute()).toHaveLength(3 * 2);
		const acts = await db
			.selectFrom('auditEvent')
			.select(['action', 'subjectId', 'roleGrantId'])
			.where('action', '=', 'class-sheet.approve')
			.orderBy('subjectId')
			.execute();
		const roleGrantId = world.lead.grants[0]!.id;
		expect(acts).toEqual(
			[before, first, last]
				.sort()
				.map((subjectId) => ({ action: 'class-sheet.approve', subjectId, roleGrantId })),
		);
	});

	test('that its house takes no more is left waiting while the others are approved', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const cans = sheetOf(world, { isApproved: false });
		const papers = sheetOf(world, {
			...{ isApproved: false, collectedOn: '2026-11-19' },
			rows: [paper(world.classA)],
		});
		for (const sheet of [cans, papers]) await recordClassSheet(db, world.lead, sheet, NOW);
		await db
			.deleteFrom('greenHouseMaterial')
			.where('greenHouseId', '=', world.house.id)
			.where('materialCode', '=', 'aluminium_can')
			.execute();
		const ids = [cans.id, papers.id];
		const approve = () => approveClassSheets(db, world.lead, { ids, locale: 'en' }, NOW);
		const values = { material: 'Aluminium can' };
		expect(await approve()).toMatchObject({
			approved: [papers.id],
			left: [{ id: cans.id, why: { key: 'materialNotTaken', values } }],
		});
		expect(await db.selectFrom('dropOff').select('classSheetId').execute()).toEqual([
			{ classSheetId: papers.id },
		]);
		// A house that has closed lets none count.
		const before = await digest(db);
		await db.updateTable('greenHouse').set({ status: 'closed' }).where('id', '=', world.house.id).execute();
		const closed = await digest(db);
		expect(closed).not.toEqual(before);
		expect(await approve()).toMatchObject({
			approved: [],
			left: [
				{ id: cans.id, why: { key: 'houseClosed' } },
				{ id: papers.id, why: 'approved' },
			],
		});
		expect(await digest(db)).toEqual(closed);
	});

	test('asks about an amount that a class rarely brings, and takes it when it was meant', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const sheet = sheetOf(world, { rows: [paper(world.classA, 4_900_000), paper(world.classB, 301_000)] });
		const error = await expectNothingWritten(db, () => recordClassSheet(db, world.lead, sheet, NOW));
		expect(error).toMatchObject({
			...{ kind: 'CONFLICT', key: 'classAmountLarge', field: `cell:${world.classA}:mixed_paper:kg` },
			others: [{ key: 'classAmountLarge', field: `cell:${world.classB}:mixed_paper:kg` }],
		});
		await recordClassSheet(db, world.lead, { ...sheet, isSure: true }, NOW);
		expect(await db.selectFrom('dropOff').select('id').execute()).toHaveLength(2);
	});

	test('has no place for a pupil’s name, neither in a cell nor in a table', async () => {
		const db = await engine.fresh();
		const world = await makeWorld(db);
		const pupil = 'Nông Thị Lan';
		const cell = `cell:${world.classA}:mixed_paper:kg`;
		expect(() => readSheetRows(formOf({ [cell]: pupil }))).toThrow('quantityNotNumber');
		const rows = readSheetRows(formOf({ [cell]: '2', pupil, note: pupil, [`${cell}:${pupil}`]: '' }));
		await recordClassSheet(db, world.lead, sheetOf(world, { rows }), NOW);
		for (const table of ['classSheet', 'classSheetCell', 'dropOff', 'dropOffLine', 'schoolClass'] as const) {
			expect(JSON.stringify(await db.selectFrom(table).selectAll().execute())).not.toContain(pupil);
		}
		const [sheet] = await listSheets(db, world.lead.grants[0]!.scopeId!, 1);
		expect(sheet?.cells).toMatchObject([{ name: '6A', quantityMilli: 2000 }]);
	});
});
