// A homeroom teacher's link: what it gives, when it lapses, and everything that it refuses.
import { expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import {
	draftCampaign,
	endCampaign,
	moveCampaignEnd,
	publishCampaign,
	unpublishCampaign,
} from '#features/schools/campaign.service.ts';
import { listClassTotals } from '#features/schools/campaign.repository.ts';
import { lapseOf, MAX_WAITING } from '#features/schools/class-link.ts';
import { findClassLink, listClassLinks } from '#features/schools/class-link.repository.ts';
import {
	endClassLink,
	findByLinkToken,
	issueClassLinks,
	recordByLink,
	withdrawByLink,
	type LinkedSheetInput,
} from '#features/schools/class-link.service.ts';
import {
	approveClassSheet,
	recordClassSheet,
	revokeClassSheet,
} from '#features/schools/class-sheet.service.ts';
import { listSheets, listSheetsOfLink } from '#features/schools/class-sheet.repository.ts';
import { addClass, endClass, mergeClass } from '#features/schools/school-class.service.ts';
import { insertClass } from '#features/schools/school.repository.ts';
import { endRole } from '#features/team/role.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { retireSamples } from '#lib/samples.ts';
import { startOfLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, PLAIN_CAMPAIGN, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const SECRET = Buffer.alloc(32, 7);
/** The first instant after the campaign's last day, 30/11/2026. */
const LAPSES_AT = startOfLocalDate('2026-12-01');

async function makeSchool(db: Db, name: string, isSample: 0 | 1 = 0) {
	const organisationId = uuidv7(NOW);
	const dates = { adminUnitId: 'dk-2025', validFrom: null, validTo: null };
	await db
		.insertInto('organisation')
		.values({ id: organisationId, kind: 'school', name, ...dates, isSample })
		.execute();
	const addOne = (className: string) =>
		inTransaction(db, (trx) =>
			insertClass(
				trx,
				{ organisationId, schoolYear: '2026-2027', grade: 6, name: className, size: 30, isSample },
				NOW,
			),
		);
	const kind = isSample === 1 ? ({ isSample, positionSource: 'sample' } as const) : {};
	const house = await makeHouse(db, { hostType: 'school', hostOrganisationId: organisationId, ...kind });
	const lead = await makeActor(db, 'school_lead', 'organisation', organisationId, isSample);
	const [classA, classB] = [await addOne('6A'), await addOne('6B')];
	const campaignId = uuidv7(NOW);
	await draftCampaign(
		db,
		lead,
		{
			...PLAIN_CAMPAIGN,
			id: campaignId,
			greenHouseCode: house.code,
			materials: ['mixed_paper', 'aluminium_can'],
		},
		NOW,
	);
	return { organisationId, house, lead, addOne, classA, classB, campaignId };
}

describeEachEngine('a class link', (engine) => {
	async function makeWorld() {
		const db = await engine.fresh();
		await seedReference(db);
		const school = await makeSchool(db, 'Trường THCS Đông Kinh');
		const other = await makeSchool(db, 'Trường THCS Kỳ Lừa');
		const { lead, campaignId, classA } = school;
		for (const each of [school, other]) await publishCampaign(db, each.lead, each.campaignId, NOW);
		const issue = (
			over: Partial<Parameters<typeof issueClassLinks>[3]> = {},
			actor: Actor | undefined = lead,
			now = NOW,
		) => issueClassLinks(db, SECRET, actor, { id: uuidv7(NOW), campaignId, ...over }, now);
		const issueOne = async (classId = classA) => (await issue({ classId }))[0]!.token;
		const sheetOf = (over: Partial<LinkedSheetInput> = {}, classId = classA): LinkedSheetInput => ({
			...{ id: uuidv7(NOW), collectedOn: '2026-11-20' },
			rows: [{ classId, lines: [{ material: 'mixed_paper', unit: 'kg', quantityMilli: 12_500 }] }],
			...over,
		});
		const refused = async (work: () => Promise<unknown>, key: string, status: number) => {
			const error = await expectNothingWritten(db, work);
			expect(error).toBeInstanceOf(DomainError);
			const { key: found, kind } = error as DomainError;
			expect([found, HTTP_STATUS[kind]]).toEqual([key, status]);
		};
		/** A link that lapsed says so, whatever is asked of it. */
		const hasLapsed = async (token: string, sheetId: string, now = NOW) => {
			await refused(() => recordByLink(db, token, sheetOf({ isExtra: true }), now), 'classLinkLapsed', 410);
			await refused(() => withdrawByLink(db, token, sheetId, now), 'classLinkLapsed', 410);
		};
		const linkOf = async (token: string, now = NOW) => (await findByLinkToken(db, token, now))!;
		const acts = async () =>
			(await db.selectFrom('auditEvent').selectAll().orderBy('id').execute()).filter(({ action }) =>
				action.startsWith('class-link.'),
			);
		return { db, ...school, other, issue, issueOne, sheetOf, refused, hasLapsed, linkOf, acts };
	}

	test('enters a sheet that waits, is approved as any other, and counts then', async () => {
		const { db, lead, campaignId, classA, house, organisationId, issueOne, sheetOf, acts, linkOf } =
			await makeWorld();
		const token = await issueOne();
		const link = await linkOf(token);
		expect(link).toMatchObject({ className: '6A', schoolClassId: classA, lapsesAt: LAPSES_AT });
		const sheet = sheetOf();
		const sent = () => recordByLink(db, token, sheet, NOW + 1);
		const outcomes = await Promise.all(Array.from({ length: 6 }, sent));
		expect(outcomes.toSorted()).toEqual(['created', ...Array<string>(5).fill('unchanged')]);
		expect(await db.selectFrom('classSheet').selectAll().execute()).toMatchObject([
			{
				...{ id: sheet.id, organisationId, greenHouseId: house.id, campaignId, classLinkId: link.id },
				...{ status: 'entered', recordedBy: lead.grants[0]!.id, approvedAt: null, recordedAt: NOW + 1 },
			},
		]);
		expect(await db.selectFrom('dropOff').selectAll().execute()).toEqual([]);
		const totals = async () => (await listClassTotals(db, [campaignId])).get(campaignId)![0]!.totals;
		expect(await totals()).toEqual([]);
		expect((await listSheets(db, organisationId, 5))[0]).toMatchObject({ classLinkId: link.id });
		await approveClassSheet(db, lead, { id: sheet.id }, NOW + 2);
		expect(await totals()).toMatchObject([{ materialCode: 'mixed_paper', quantityMilli: 12_500 }]);
		expect((await listSheetsOfLink(db, link, 10)).map(({ id, status }) => [id, status])).toEqual([
			[sheet.id, 'approved'],
		]);
		expect((await listClassLinks(db, campaignId, NOW)).map(({ sheetCount }) => sheetCount)).toEqual([1]);
		expect(
			(await acts()).map(({ action, subjectId, roleGrantId }) => [action, subjectId, roleGrantId]),
		).toEqual([
			['class-link.issue', link.id, lead.grants[0]!.id],
			['class-link.enter', sheet.id, lead.grants[0]!.id],
		]);
		// A sheet that its lead revoked is told as such; it can be sent no more.
		await revokeClassSheet(db, lead, sheet.id, NOW + 3);
		expect((await listSheetsOfLink(db, link, 10))[0]!.status).toBe('revoked');
		expect((await listClassLinks(db, campaignId, NOW)).map(({ sheetCount }) => sheetCount)).toEqual([0]);
	});

	test('is kept as a hash, and the same form gives the same one again', async () => {
		const { db, issue, classA, classB, campaignId, issueOne } = await makeWorld();
		const id = uuidv7(NOW);
		const all = await Promise.all([issue({ id }), issue({ id }), issue({ id })]);
		expect(all[1]).toEqual(all[0]);
		expect(all[2]).toEqual(all[0]);
		expect(all[0]!.map(({ className }) => className)).toEqual(['6A', '6B']);
		const kept = JSON.stringify(await db.selectFrom('classLink').selectAll().execute());
		for (const { token } of all[0]!) {
			expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
			expect(kept).not.toContain(token);
			expect(kept).toContain(sha256Hex(token));
		}
		// For one class the former link ends; the others stay.
		const tokenA = all[0]![0]!.token;
		const again = await issueOne(classA);
		expect(again).not.toBe(tokenA);
		expect(lapseOf((await findByLinkToken(db, tokenA, NOW))!, NOW)).toBe('ended');
		const standing = (await listClassLinks(db, campaignId, NOW)).map(({ schoolClassId }) => schoolClassId);
		expect(standing).toEqual([classA, classB]);
	});

	test('is given to the classes that have none alone; two leads at once leave one for each class', async () => {
		const { db, issue, issueOne, classA, classB, campaignId, addOne, refused, organisationId } =
			await makeWorld();
		const tokenA = await issueOne(classA);
		const second = await makeActor(db, 'school_lead', 'organisation', organisationId);
		const outcomes = await Promise.allSettled([issue(), issue({}, second)]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		const links = await listClassLinks(db, campaignId, NOW);
		expect(links.map(({ schoolClassId }) => schoolClassId)).toEqual([classA, classB]);
		expect((await findByLinkToken(db, tokenA, NOW))!.endedAt).toBeNull();
		await refused(() => issue(), 'classLinksGiven', 409);
		// A class that was opened later takes part from its link on.
		await addOne('6C');
		expect((await issue()).map(({ className }) => className)).toEqual(['6C']);
		expect((await listClassTotals(db, [campaignId])).get(campaignId)!.map(({ name }) => name)).toContain(
			'6C',
		);
		await Promise.all([issueOne(classA), issueOne(classA), issueOne(classA)]);
		expect(await listClassLinks(db, campaignId, NOW)).toHaveLength(3);
	});

	test('is refused where it cannot be given, and then nothing is written', async () => {
		const { db, issue, refused, other, classA, lead, campaignId, organisationId } = await makeWorld();
		const id = uuidv7(NOW);
		const stranger = await makeActor(db, 'steward', 'organisation', organisationId);
		const draftId = uuidv7(NOW);
		const house = await db
			.selectFrom('greenHouse')
			.select('code')
			.where('hostOrganisationId', '=', organisationId)
			.executeTakeFirstOrThrow();
		await draftCampaign(db, lead, { ...PLAIN_CAMPAIGN, id: draftId, greenHouseCode: house.code }, NOW);
		const [first] = await issue({ id, classId: classA });
		const second = await makeActor(db, 'school_lead', 'organisation', organisationId);
		await refused(() => issueClassLinks(db, SECRET, undefined, { id, campaignId }, NOW), 'signInFirst', 401);
		await refused(() => issue({}, other.lead), 'notYourRole', 403);
		await refused(() => issue({}, stranger), 'notYourRole', 403);
		await refused(() => issue({ campaignId: 'nope' }), 'unknownCampaign', 404);
		await refused(() => issue({ campaignId: draftId }), 'campaignNotPublished', 409);
		await refused(() => issue({ classId: other.classA }), 'unknownClass', 422);
		await refused(() => issue({ classId: 'nope' }), 'unknownClass', 422);
		// The form of somebody else.
		await refused(() => issue({ id, classId: classA }, second), 'sameIdOtherContent', 409);
		await refused(() => issue({}, lead, LAPSES_AT), 'campaignDaysOver', 409);
		const { id: linkId } = (await findByLinkToken(db, first!.token, NOW))!;
		await refused(() => endClassLink(db, undefined, linkId, NOW), 'signInFirst', 401);
		await refused(() => endClassLink(db, other.lead, linkId, NOW), 'notYourRole', 403);
		await refused(() => endClassLink(db, lead, 'nope', NOW), 'classLinkUnknown', 404);
		await endClassLink(db, lead, linkId, NOW);
		await refused(() => issue({ id, classId: classA }), 'classLinkOver', 409);
		await endCampaign(db, lead, campaignId, NOW);
		await refused(() => issue(), 'campaignEnded', 409);
	});

	test('enters for its own class and campaign alone', async () => {
		const { db, other, house, classA, classB, lead, issueOne, sheetOf, refused, campaignId } =
			await makeWorld();
		const token = await issueOne();
		const otherToken = await issueOne(classB);
		const both = [...sheetOf().rows, ...sheetOf({}, classB).rows];
		await refused(() => recordByLink(db, token, sheetOf({}, classB), NOW), 'classLinkOtherClass', 403);
		await refused(() => recordByLink(db, token, sheetOf({ rows: both }), NOW), 'classLinkOtherClass', 403);
		await refused(() => recordByLink(db, token, sheetOf({}, other.classA), NOW), 'classLinkOtherClass', 403);
		await refused(() => recordByLink(db, token, sheetOf({}, "'; --"), NOW), 'classLinkOtherClass', 403);
		const ofB = sheetOf({}, classB);
		await recordByLink(db, otherToken, ofB, NOW);
		await refused(() => withdrawByLink(db, token, ofB.id, NOW), 'sheetNotFound', 404);
		await refused(() => recordByLink(db, token, sheetOf({ id: ofB.id }), NOW), 'sameIdOtherContent', 409);
		// What its lead entered is not the link's, also under the same id.
		const own = { ...sheetOf(), greenHouseCode: house.code, campaignId };
		await recordClassSheet(db, lead, own, NOW);
		await refused(() => recordByLink(db, token, sheetOf({ id: own.id }), NOW), 'sameIdOtherContent', 409);
		await refused(() => withdrawByLink(db, token, own.id, NOW), 'sheetNotFound', 404);
		await refused(() => withdrawByLink(db, token, 'nope', NOW), 'sheetNotFound', 404);
		expect(await listSheetsOfLink(db, (await findByLinkToken(db, token, NOW))!, 5)).toEqual([]);
		expect(classA).not.toBe(classB);
	});

	test('refuses what a lead’s form refuses, and then writes nothing', async () => {
		const { db, lead, house, issueOne, sheetOf, refused, classA } = await makeWorld();
		const token = await issueOne();
		const taken = sheetOf();
		await recordByLink(db, token, taken, NOW);
		const rowsOf = (material: string, quantityMilli = 1000) => [
			{ classId: classA, lines: [{ material, unit: 'kg' as const, quantityMilli }] },
		];
		const wrong: [Partial<LinkedSheetInput>, string, number][] = [
			[{ id: taken.id, rows: rowsOf('mixed_paper', 9000) }, 'sameIdOtherContent', 409],
			[{ rows: [] }, 'sheetEmpty', 422],
			[{ rows: [{ classId: classA, lines: [] }] }, 'sheetEmpty', 422],
			[{ rows: [...sheetOf().rows, ...sheetOf().rows] }, 'unknownClass', 422],
			[{ collectedOn: '2026-11-23' }, 'dateInFuture', 422],
			[{ collectedOn: '2026-11-14' }, 'outsideCampaign', 422],
			[{ rows: rowsOf('cardboard') }, 'notInCampaign', 422],
			[{ rows: rowsOf('battery') }, 'materialNever', 422],
			[{ rows: rowsOf('gold') }, 'unknownMaterial', 422],
			[{ rows: rowsOf('mixed_paper', 301_000) }, 'classAmountLarge', 409],
			[{}, 'classDayStands', 409],
		];
		for (const [over, key, status] of wrong)
			await refused(() => recordByLink(db, token, sheetOf(over), NOW), key, status);
		// What the lead entered, or has approved, a teacher cannot take back.
		const byLead = { ...sheetOf({ collectedOn: '2026-11-18' }), greenHouseCode: house.code };
		await recordClassSheet(db, lead, byLead, NOW);
		await refused(
			() => recordByLink(db, token, sheetOf({ collectedOn: '2026-11-18' }), NOW),
			'classDayOthers',
			409,
		);
		await approveClassSheet(db, lead, { id: taken.id }, NOW);
		await refused(() => recordByLink(db, token, sheetOf(), NOW), 'classDayOthers', 409);
		await recordByLink(db, token, sheetOf({ isExtra: true }), NOW);
		await recordByLink(
			db,
			token,
			sheetOf({ collectedOn: '2026-11-19', isSure: true, rows: rowsOf('mixed_paper', 301_000) }),
			NOW,
		);
		await db.updateTable('greenHouse').set({ status: 'closed' }).where('id', '=', house.id).execute();
		await refused(() => recordByLink(db, token, sheetOf({ isExtra: true }), NOW), 'houseClosed', 422);
		// A retry of what stands succeeds.
		expect(await recordByLink(db, token, taken, NOW)).toBe('unchanged');
	});

	test('leaves its lead no more than a month of sheets to look at', async () => {
		const { db, lead, issueOne, sheetOf, refused, classB } = await makeWorld();
		const [token, otherToken] = [await issueOne(), await issueOne(classB)];
		const sheets = Array.from({ length: MAX_WAITING }, () => sheetOf({ isExtra: true }));
		for (const sheet of sheets) await recordByLink(db, token, sheet, NOW);
		const more = sheetOf({ isExtra: true });
		await refused(() => recordByLink(db, token, more, NOW), 'classLinkFull', 409);
		// What stands is told so, and another class's link is none of it.
		expect(await recordByLink(db, token, sheets[0]!, NOW)).toBe('unchanged');
		expect(await recordByLink(db, otherToken, sheetOf({}, classB), NOW)).toBe('created');
		await approveClassSheet(db, lead, { id: sheets[0]!.id }, NOW);
		expect(await recordByLink(db, token, more, NOW)).toBe('created');
	});

	test('lists what was sent last first, whatever day it is of: the phone asks whether that arrived', async () => {
		const { db, issueOne, sheetOf, linkOf } = await makeWorld();
		const token = await issueOne();
		const sheets = ['2026-11-18', '2026-11-19', '2026-11-17'].map((collectedOn) => sheetOf({ collectedOn }));
		for (const [index, sheet] of sheets.entries()) await recordByLink(db, token, sheet, NOW + index);
		const listed = await listSheetsOfLink(db, await linkOf(token), 2);
		expect(listed.map(({ collectedOn }) => collectedOn)).toEqual(['2026-11-17', '2026-11-19']);
	});

	test('of a sample is gone with the samples', async () => {
		const { db, issue, sheetOf, refused } = await makeWorld();
		const { lead, campaignId, classA } = await makeSchool(db, 'Trường mẫu', 1);
		await publishCampaign(db, lead, campaignId, NOW);
		const { token } = (await issue({ campaignId, classId: classA }, lead))[0]!;
		const sheet = sheetOf({}, classA);
		await recordByLink(db, token, sheet, NOW);
		await retireSamples(db);
		expect(await findByLinkToken(db, token, NOW)).toBeUndefined();
		await refused(
			() => recordByLink(db, token, sheetOf({ isExtra: true }, classA), NOW),
			'classLinkUnknown',
			404,
		);
		await refused(() => withdrawByLink(db, token, sheet.id, NOW), 'classLinkUnknown', 404);
	});

	test('that nobody gave says nothing of what there is', async () => {
		const { db, issueOne, sheetOf, refused } = await makeWorld();
		const token = await issueOne();
		const turned = [...token].reverse().join('');
		for (const unknown of ['', turned, `${token}x`, sha256Hex(token), '{{"\u0000']) {
			expect(await findByLinkToken(db, unknown, NOW)).toBeUndefined();
			await refused(() => recordByLink(db, unknown, sheetOf(), NOW), 'classLinkUnknown', 404);
			await refused(() => withdrawByLink(db, unknown, 'x', NOW), 'classLinkUnknown', 404);
		}
	});

	test('withdraws its sheet while it waits, and not once it is approved', async () => {
		const { db, lead, issueOne, sheetOf, refused, acts } = await makeWorld();
		const token = await issueOne();
		const [waiting, counted] = [sheetOf(), sheetOf({ collectedOn: '2026-11-21' })];
		await recordByLink(db, token, waiting, NOW);
		await recordByLink(db, token, counted, NOW);
		await approveClassSheet(db, lead, { id: counted.id }, NOW);
		await Promise.all([
			withdrawByLink(db, token, waiting.id, NOW),
			withdrawByLink(db, token, waiting.id, NOW),
		]);
		await refused(() => withdrawByLink(db, token, counted.id, NOW), 'sheetApproved', 409);
		await refused(() => approveClassSheet(db, lead, { id: waiting.id }, NOW), 'sheetRevoked', 409);
		const withdrawn = (await acts()).filter(({ action }) => action === 'class-link.withdraw');
		expect(withdrawn.map(({ subjectId }) => subjectId)).toEqual([waiting.id]);
		// The day is free again.
		await recordByLink(db, token, sheetOf(), NOW);
	});

	test('lapses by itself, by whatever ends what it stands for', async () => {
		const {
			db,
			lead,
			issueOne,
			sheetOf,
			hasLapsed,
			linkOf,
			classA,
			classB,
			campaignId,
			addOne,
			organisationId,
		} = await makeWorld();
		const token = await issueOne();
		const sheet = sheetOf();
		await recordByLink(db, token, sheet, NOW);
		// To the last instant of the campaign's last day in Vietnam.
		const lastMoment = sheetOf({ collectedOn: '2026-11-30' });
		await recordByLink(db, token, lastMoment, LAPSES_AT - 1);
		await withdrawByLink(db, token, lastMoment.id, LAPSES_AT - 1);
		await hasLapsed(token, sheet.id, LAPSES_AT);
		// With another last day it lapses on that.
		await moveCampaignEnd(db, lead, { id: campaignId, endsOn: '2026-12-02' }, NOW);
		expect(lapseOf(await linkOf(token), LAPSES_AT)).toBeUndefined();
		expect(lapseOf(await linkOf(token), LAPSES_AT + 2 * DAY)).toBe('day');
		await withdrawByLink(db, token, sheet.id, NOW);
		await moveCampaignEnd(db, lead, { id: campaignId, endsOn: '2026-11-21' }, NOW);
		expect(lapseOf(await linkOf(token), NOW + 1)).toBe('day');
		await hasLapsed(token, sheet.id, NOW + 1);
		await moveCampaignEnd(db, lead, { id: campaignId, endsOn: '2026-11-30' }, NOW);
		expect((await linkOf(token)).lapsesAt).toBe(LAPSES_AT);

		const tokenB = await issueOne(classB);
		await endClass(db, lead, { id: classB, closedOn: '2026-11-22' }, NOW);
		expect(lapseOf(await linkOf(tokenB), NOW)).toBe('class');
		await hasLapsed(tokenB, sheet.id);
		// A class that was ended by mistake is taken up again, and so is its link.
		await addClass(db, lead, { organisationId, schoolYear: '2026-2027', name: '6B', size: 30 }, NOW);
		expect(lapseOf(await linkOf(tokenB), NOW)).toBeUndefined();
		const tokenC = await issueOne(await addOne('6C'));
		const { schoolClassId: classC } = await linkOf(tokenC);
		await mergeClass(db, lead, { id: classC, intoId: classA, closedOn: '2026-11-22', size: null }, NOW);
		await hasLapsed(tokenC, sheet.id);

		await endClassLink(db, lead, (await linkOf(tokenB)).id, NOW);
		await endClassLink(db, lead, (await linkOf(tokenB)).id, NOW + 1);
		expect((await linkOf(tokenB)).endedAt).toBe(NOW);
		await hasLapsed(tokenB, sheet.id);

		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const leaving = await makeActor(db, 'school_lead', 'organisation', organisationId);
		const given = await issueClassLinks(
			db,
			SECRET,
			leaving,
			{ id: uuidv7(NOW), campaignId, classId: classB },
			NOW,
		);
		await endRole(db, { ...administrator, isStrong: true }, leaving.grants[0]!.id, NOW);
		expect(await findActor(db, leaving.personId, NOW, NOW)).toMatchObject({ grants: [] });
		expect(lapseOf(await linkOf(given[0]!.token), NOW)).toBe('issuer');
		await hasLapsed(given[0]!.token, sheet.id);

		await endCampaign(db, lead, campaignId, NOW);
		expect(lapseOf(await linkOf(token), NOW)).toBe('campaign');
		await hasLapsed(token, sheet.id);
	});

	test('keeps its campaign from being a draft again, also once it was taken back, and is told as such', async () => {
		const { db, lead, campaignId, issueOne, sheetOf, refused, hasLapsed, linkOf, other } = await makeWorld();
		const token = await issueOne();
		const unpublish = () => unpublishCampaign(db, lead, campaignId, NOW);
		await refused(unpublish, 'campaignHasLinks', 409);
		await endClassLink(db, lead, (await linkOf(token)).id, NOW);
		await refused(unpublish, 'campaignHasLinks', 409);
		await hasLapsed(token, sheetOf().id);
		// Another campaign's links keep it from nothing.
		await unpublishCampaign(db, other.lead, other.campaignId, NOW);
	});

	test('enters one sheet of a day of two that come at once, and none once it was ended meanwhile', async () => {
		const { db, lead, issueOne, sheetOf, linkOf } = await makeWorld();
		const token = await issueOne();
		const outcomes = await Promise.allSettled([
			recordByLink(db, token, sheetOf(), NOW),
			recordByLink(db, token, sheetOf(), NOW),
		]);
		const reasons = outcomes.flatMap((each) =>
			each.status === 'rejected' ? [(each.reason as DomainError).key] : [],
		);
		expect(reasons).toEqual(['classDayStands']);
		const { id } = await linkOf(token);
		const race = await Promise.allSettled([
			endClassLink(db, lead, id, NOW),
			...[17, 18, 19].map((day) => recordByLink(db, token, sheetOf({ collectedOn: `2026-11-${day}` }), NOW)),
		]);
		const told = race.flatMap((each) =>
			each.status === 'rejected' ? [(each.reason as DomainError).key] : [],
		);
		expect(told.every((key) => key === 'classLinkLapsed')).toBe(true);
		const entered = await db.selectFrom('classSheet').select('id').execute();
		expect(entered).toHaveLength(1 + 3 - told.length);
		expect((await findClassLink(db, { id }, NOW))!.endedAt).toBe(NOW);
	});
});
