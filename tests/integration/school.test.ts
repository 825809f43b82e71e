// A real school: opened by the operator, then its lead enters the first day.
import { expect, test } from 'vitest';
import { recordClassSheet } from '#features/schools/class-sheet.service.ts';
import { listClasses } from '#features/schools/school.repository.ts';
import { openSchool, type NewSchool } from '#features/schools/school.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

describeEachEngine('a school', (engine) => {
	const prepare = async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const house = await makeHouse(db, { hostType: 'school' });
		const school: NewSchool = {
			greenHouseCode: house.code,
			name: 'THCS Đông Kinh',
			classNames: ['6a', '12A1'],
		};
		return { db, house, school };
	};

	test('has this year’s classes by grade, and its lead enters a day', async () => {
		const { db, house, school } = await prepare();
		const id = await openSchool(db, school, NOW);
		const classes = await listClasses(db, id, '2026-2027');
		expect(classes.map(({ name, grade }) => [name, grade])).toEqual([
			['6A', 6],
			['12A1', 12],
		]);
		const lead = await makeActor(db, 'school_lead', 'organisation', id);
		const line = { material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 3000 };
		const sheet = {
			id: uuidv7(NOW),
			greenHouseCode: house.code,
			collectedOn: '2026-11-20',
			isApproved: true,
			rows: [{ classId: classes[0]!.id, lines: [line] }],
		};
		await recordClassSheet(db, lead, sheet, NOW);
		const brought = await db.selectFrom('dropOff').select('schoolClassId').execute();
		expect(brought).toEqual([{ schoolClassId: classes[0]!.id }]);
	});

	test('that is opened again gets only the classes that are missing', async () => {
		const { db, school } = await prepare();
		// Its lead may bring all of them.
		await openSchool(db, { ...school, classNames: [] }, NOW);
		const id = await openSchool(db, school, NOW);
		expect(await openSchool(db, { ...school, classNames: ['6A', '6B'] }, NOW)).toBe(id);
		expect((await listClasses(db, id, '2026-2027')).map(({ name }) => name)).toEqual(['6A', '6B', '12A1']);
		const other = { ...school, name: 'THCS Kỳ Lừa' };
		expect(await expectNothingWritten(db, () => openSchool(db, other, NOW))).toMatchObject({
			...{ kind: 'CONFLICT', key: 'houseHasSchool', values: { id, name: school.name } },
		});
	});

	test.each<[over: Partial<NewSchool>, key: string]>([
		[{ greenHouseCode: 'NNX-999' }, 'unknownHouse'],
		[{ name: '  ' }, 'nameMissing'],
		[{ classNames: ['6A', 'Lớp lá'] }, 'classNameWrong'],
		[{ classNames: ['13A'] }, 'classNameWrong'],
		[{ classNames: ['6 Nguyễn Văn An'] }, 'classNameWrong'],
	])('is refused: %o', async (over, key) => {
		const { db, school } = await prepare();
		const error = await expectNothingWritten(db, () => openSchool(db, { ...school, ...over }, NOW));
		expect(error).toMatchObject({ key });
	});

	test('is not opened twice under one name; at another house it is named by its id', async () => {
		const { db, school } = await prepare();
		const id = await openSchool(db, school, NOW);
		const { code } = await makeHouse(db, { code: 'NNX-088', hostType: 'school' });
		const second = { ...school, greenHouseCode: code };
		const refused = (over: Partial<NewSchool>) =>
			expectNothingWritten(db, () => openSchool(db, { ...second, ...over }, NOW));
		expect(await refused({})).toMatchObject({ kind: 'CONFLICT', key: 'schoolExists', values: { id } });
		expect(await refused({ organisationId: 'x' })).toMatchObject({ key: 'unknownOrganisation' });
		expect(await openSchool(db, { ...second, organisationId: id }, NOW)).toBe(id);
		await db.updateTable('organisation').set({ validTo: '2026-11-01' }).execute();
		const third = (await makeHouse(db, { code: 'NNX-089', hostType: 'school' })).code;
		expect(await refused({ greenHouseCode: third, organisationId: id })).toMatchObject({
			key: 'unknownOrganisation',
		});
		expect(await openSchool(db, { ...second, greenHouseCode: third }, NOW)).not.toBe(id);
	});

	test('does not stand in a residential area', async () => {
		const { db, school } = await prepare();
		const { code } = await makeHouse(db);
		const refused = () => openSchool(db, { ...school, greenHouseCode: code }, NOW);
		expect(await expectNothingWritten(db, refused)).toMatchObject({ key: 'houseNotAtSchool' });
	});
});
