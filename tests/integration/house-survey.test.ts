// Standing at the house: its position becomes surveyed, with accuracy, role and instant.
import { expect, test } from 'vitest';
import { findGreenHouse, findHouseNames } from '#features/green-houses/green-house.repository.ts';
import { readAccuracy, readPosition, readValues } from '#features/green-houses/house-change.ts';
import { listHouseChanges } from '#features/green-houses/house-change.repository.ts';
import { surveyHouse, type SurveyInput } from '#features/green-houses/house-survey.service.ts';
import type { Db } from '#lib/db.ts';
import type { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const HERE = { latitude: 21.8461, longitude: 106.7622 };
/** In the service area, kilometres from phường Đông Kinh. */
const FAR = { latitude: 21.9, longitude: 106.75 };
const survey = (over: Partial<SurveyInput>): SurveyInput => ({
	...HERE,
	...{ id: uuidv7(NOW), greenHouseCode: 'NNX-000', statedAt: NOW - 1000, happenedAt: NOW - 1000 },
	...{ accuracyM: 6, neighbourhood: 'Khối 6', hours: '06:00-18:00', materials: ['mixed_paper'] },
	...{ farConfirmed: false, locale: 'vi' as const },
	...over,
});
const open = async (db: Db, over: Record<string, unknown> = {}) => {
	await seedReference(db);
	const house = await makeHouse(db, { positionSource: 'approximate', ...over });
	return { house, steward: await makeActor(db, 'steward', 'house', house.id) };
};

describeEachEngine('surveying a house', ({ fresh }) => {
	test('makes its position a surveyed one, and says when, in which role and what was before', async () => {
		const db = await fresh();
		const { house, steward } = await open(db);
		const input = survey({ greenHouseCode: house.code.toLowerCase() });
		expect(await surveyHouse(db, steward, input, NOW)).toBe('created');
		expect(await findGreenHouse(db, house.id, NOW)).toMatchObject({
			...HERE,
			...{ positionSource: 'surveyed', accuracyM: 6, hours: '06:00-18:00', materials: ['mixed_paper'] },
		});
		expect((await findHouseNames(db, house.id)).neighbourhood).toBe('Khối 6');
		const [change] = await listHouseChanges(db, house.id, 5);
		expect(change).toMatchObject({
			kind: 'survey',
			happenedAt: NOW - 1000,
			recordedAt: NOW,
			role: 'steward',
		});
		expect(readValues(change!.beforeValues)).toMatchObject({
			latitude: 21.846,
			positionSource: 'approximate',
		});
		expect(readValues(change!.afterValues)).toMatchObject({ ...HERE, accuracyM: 6, neighbourhood: 'Khối 6' });
		const events = await db.selectFrom('auditEvent').select(['action', 'subjectId']).execute();
		expect(events).toEqual([{ action: 'green-house.survey', subjectId: house.id }]);
	});

	test('a ward’s officer and an administrator may too', async () => {
		const db = await fresh();
		const { house } = await open(db);
		for (const [role, kind, id] of [
			['ward_officer', 'ward', 'dk-2025'],
			['administrator', 'portal', null],
		] as const)
			expect(
				await surveyHouse(
					db,
					await makeActor(db, role, kind, id),
					survey({ greenHouseCode: house.code }),
					NOW,
				),
			).toBe('created');
	});

	test('the same id twice is one survey, also when the house has closed since', async () => {
		const db = await fresh();
		const { house, steward } = await open(db);
		const input = survey({ greenHouseCode: house.code });
		await surveyHouse(db, steward, input, NOW);
		await db.updateTable('greenHouse').set({ status: 'closed' }).execute();
		await expectNothingWritten(db, async () => {
			expect(await surveyHouse(db, steward, input, NOW + DAY)).toBe('unchanged');
			return surveyHouse(db, steward, { ...input, hours: '' }, NOW + DAY);
		}).then((thrown) => expect(thrown).toMatchObject({ kind: 'CONFLICT', key: 'sameIdOtherContent' }));
	});

	test('what was measured before the last survey is written down, and moves nothing', async () => {
		const db = await fresh();
		const { house, steward } = await open(db);
		const code = { greenHouseCode: house.code };
		await surveyHouse(db, steward, survey({ ...code, id: uuidv7(NOW) }), NOW);
		const older = survey({ ...code, latitude: 21.8465, happenedAt: NOW - DAY, statedAt: NOW - DAY });
		await surveyHouse(db, steward, older, NOW + 1);
		expect(await findGreenHouse(db, house.id, NOW)).toMatchObject(HERE);
		expect(await listHouseChanges(db, house.id, 5)).toHaveLength(2);
	});

	test('a point outside the ward is asked about, and taken when it is confirmed', async () => {
		const db = await fresh();
		const { house, steward } = await open(db);
		const input = survey({ ...FAR, greenHouseCode: house.code });
		const thrown = await expectNothingWritten(db, () => surveyHouse(db, steward, input, NOW));
		const values = expect.objectContaining({ ward: 'phường Đông Kinh' }) as unknown;
		expect(thrown).toMatchObject({ key: 'positionOutsideWard', field: 'farConfirmed', values });
		expect(await surveyHouse(db, steward, { ...input, farConfirmed: true }, NOW)).toBe('created');
	});

	test('a sample house keeps a sample’s position, with its survey written down', async () => {
		const db = await fresh();
		const { house } = await open(db, { code: 'MAU-001', isSample: 1, positionSource: 'sample' });
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		await surveyHouse(db, administrator, survey({ greenHouseCode: 'MAU-001' }), NOW);
		expect(await findGreenHouse(db, house.id, NOW)).toMatchObject({ ...HERE, positionSource: 'sample' });
		expect(await listHouseChanges(db, house.id, 5)).toHaveLength(1);
	});

	test.each([
		['an unknown house', { greenHouseCode: 'NNX-999' }, 'unknownHouse', 'house'],
		['a time to come', { happenedAt: NOW + 301_000 }, 'surveyInFuture', 'surveyedAt'],
		['a time of two years ago', { happenedAt: NOW - 730 * DAY }, 'surveyTooOld', 'surveyedAt'],
		['a neighbourhood of no kind', { neighbourhood: 'Ngõ 5' }, 'neighbourhoodKind', 'neighbourhood'],
		['an hour of no clock', { hours: '25:00-26:00' }, 'hoursImpossible', 'hours'],
		['no material', { materials: [] }, 'houseMaterialsMissing', 'materials'],
		['a material that nobody knows', { materials: ['gold'] }, 'unknownMaterial', 'materials'],
		['a material that never belongs there', { materials: ['battery'] }, 'materialNever', 'materials'],
	] as [string, Partial<SurveyInput>, string, string][])(
		'%s: refused, and nothing is written',
		async (_name, over, key, field) => {
			const db = await fresh();
			const { house, steward } = await open(db);
			const thrown = await expectNothingWritten(db, () =>
				surveyHouse(db, steward, survey({ greenHouseCode: house.code, ...over }), NOW),
			);
			expect(thrown).toMatchObject({ key, field });
		},
	);

	test.each([
		['nobody', 'signInFirst'],
		['a steward of another house', 'notYourRole'],
		['a treasurer', 'notYourRole'],
		['the steward of a closed house', 'houseIsClosed'],
	])('%s: refused, and nothing is written', async (who, key) => {
		const db = await fresh();
		const { house, steward } = await open(db, who.includes('closed') ? { status: 'closed' } : {});
		const other = await makeHouse(db);
		const actor = {
			nobody: undefined,
			'a steward of another house': await makeActor(db, 'steward', 'house', other.id),
			'a treasurer': await makeActor(db, 'treasurer', 'portal', null),
		}[who];
		const thrown = await expectNothingWritten(db, () =>
			surveyHouse(db, who.includes('closed') ? steward : actor, survey({ greenHouseCode: house.code }), NOW),
		);
		expect(thrown).toMatchObject({ key });
	});

	test('what was said of a house is never changed', async () => {
		const db = await fresh();
		const { house, steward } = await open(db);
		await surveyHouse(db, steward, survey({ greenHouseCode: house.code }), NOW);
		await expect(db.updateTable('houseChange').set({ reason: 'x' }).execute()).rejects.toThrow(/append-only/);
		await expect(db.deleteFrom('houseChange').execute()).rejects.toThrow(/append-only/);
	});
});

const refusal = (key: string, field: string) => expect.objectContaining({ key, field }) as DomainError;

test('coordinates are read with a point or a comma', () =>
	expect(readPosition(' 21,85369 ', '106.76127')).toEqual({ latitude: 21.85369, longitude: 106.76127 }));

test.each([
	['', '106.76', 'positionMissing', 'latitude'],
	['21.85', '', 'positionMissing', 'longitude'],
	['bắc', '106.76', 'positionUnreadable', 'latitude'],
	['106.76', '21.85', 'positionSwapped', 'latitude'],
	['21.03', '105.85', 'positionOutsideArea', 'latitude'],
])('coordinates %s, %s are refused', (latitude, longitude, key, field) =>
	expect(() => readPosition(latitude, longitude)).toThrow(refusal(key, field)),
);

test('an accuracy is whole metres, unknown when it is empty, and not worth keeping beyond 100 m', () => {
	expect(readAccuracy('7,2')).toBe(8);
	expect(readAccuracy('')).toBeNull();
	expect(() => readAccuracy('-3')).toThrow(refusal('accuracyUnreadable', 'accuracy'));
	expect(() => readAccuracy('140')).toThrow(refusal('positionVague', 'accuracy'));
});
