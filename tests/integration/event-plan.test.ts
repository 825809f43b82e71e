// What an announcement says beside when and where, and the drafts of those that are not finished.
import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import type { EventInput } from '#features/cleanup-events/cleanup-event.ts';
import {
	findEvent,
	listCoOrganisers,
	listSections,
} from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceEvent, editEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { findDraft, listDrafts } from '#features/cleanup-events/event-draft.repository.ts';
import { deleteDraft, saveDraft } from '#features/cleanup-events/event-draft.service.ts';
import { draftValues, newEventValues } from '#features/cleanup-events/event-form.ts';
import { forgetOldPhones } from '#features/cleanup-events/sign-up.service.ts';
import type { Db } from '#lib/db.ts';
import { retireSamples } from '#lib/samples.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const HOUR = DAY / 24;

describeEachEngine('the plan of a Green Sunday', (engine) => {
	let db: Db;
	let organiser: Actor;
	let other: Actor;
	const ids = { union: '', school: '', closed: '', sample: '' };

	async function makeOrganisation(name: string, over: { isSample?: 0 | 1; validTo?: string } = {}) {
		const id = uuidv7(NOW);
		const row = { id, kind: 'youth_union' as const, name, adminUnitId: 'tt-2025', validFrom: null };
		await db
			.insertInto('organisation')
			.values({ ...row, validTo: over.validTo ?? null, isSample: over.isSample ?? 0 })
			.execute();
		return id;
	}
	const input = (over: Partial<EventInput> = {}): EventInput => ({
		...PLAIN_EVENT,
		...{ id: uuidv7(NOW), organisationId: ids.union, title: 'Dọn bờ sông', description: '' },
		...{ startsAt: NOW + 7 * DAY, endsAt: NOW + 7 * DAY + 3 * HOUR, greenHouseCode: null },
		...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null, capacity: null, whatToBring: '' },
		...over,
	});
	const full: Partial<EventInput> = {
		...{ collectionPartner: 'Cơ sở Hà', documentNumber: '12-KH/ĐTN', areaText: 'Bờ sông', provided: 'Bao' },
		...{ clothes: 'Áo xanh', rainPlan: 'Hoãn', leadName: 'Lan', leadPhone: '0912 345 678' },
		isLeadPhonePublic: true,
		area: {
			type: 'LineString',
			coordinates: [
				[106.76, 21.85],
				[106.761, 21.851],
			],
		},
		sections: [
			{ unit: 'Khối 6', place: 'Chợ' },
			{ unit: 'Khối 4', place: '' },
		],
	};

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		ids.union = await makeOrganisation('Đoàn phường');
		ids.school = await makeOrganisation('Trường học 1');
		ids.closed = await makeOrganisation('Chi đoàn cũ', { validTo: '2026-01-01' });
		ids.sample = await makeOrganisation('Trường (mẫu)', { isSample: 1 });
		organiser = await makeActor(db, 'organiser', 'organisation', ids.union);
		other = await makeActor(db, 'organiser', 'organisation', ids.school);
	});

	test('is kept whole, and an edit puts the new in the place of the old', async () => {
		const each = input({ ...full, coOrganiserIds: [ids.school] });
		await announceEvent(db, organiser, each, NOW);
		// A form that is sent again changes nothing.
		await announceEvent(db, organiser, each, NOW);
		expect(await findEvent(db, each.id)).toMatchObject({
			...{ collectionPartner: 'Cơ sở Hà', documentNumber: '12-KH/ĐTN', areaText: 'Bờ sông', provided: 'Bao' },
			...{ clothes: 'Áo xanh', rainPlan: 'Hoãn', leadName: 'Lan', leadPhoneE164: '+84912345678' },
			isLeadPhonePublic: 1,
			area: JSON.stringify(full.area),
		});
		expect(await listSections(db, each.id)).toEqual(full.sections);
		expect(await listCoOrganisers(db, each.id)).toEqual([{ id: ids.school, name: 'Trường học 1' }]);

		// The number alone is a change too, although it is in no hash.
		await editEvent(db, organiser, { ...each, leadPhone: '0988777666', sequence: 0 }, NOW);
		expect(await findEvent(db, each.id)).toMatchObject({ leadPhoneE164: '+84988777666', sequence: 1 });
		const bare = input({ id: each.id });
		await editEvent(db, organiser, { ...bare, sequence: 1 }, NOW);
		expect(await findEvent(db, each.id)).toMatchObject({ leadPhoneE164: null, area: null, leadName: '' });
		expect(await listSections(db, each.id)).toEqual([]);
		expect(await listCoOrganisers(db, each.id)).toEqual([]);
	});

	test('a number that nobody agreed to show is not public, and each is forgotten after the event', async () => {
		const each = input({ ...full, isLeadPhonePublic: false });
		await announceEvent(db, organiser, each, NOW);
		expect(await findEvent(db, each.id)).toMatchObject({ isLeadPhonePublic: 0 });
		await forgetOldPhones(db, each.endsAt + 30 * DAY);
		expect((await findEvent(db, each.id))?.leadPhoneE164).toBe('+84912345678');
		await forgetOldPhones(db, each.endsAt + 30 * DAY + 1);
		expect(await findEvent(db, each.id)).toMatchObject({ leadPhoneE164: null, isLeadPhonePublic: 0 });
	});

	test.each<[Partial<EventInput>, string, string]>([
		[{ rainPlan: 'a'.repeat(301) }, 'textTooLong', 'rainPlan'],
		[{ documentNumber: 'a'.repeat(61) }, 'textTooLong', 'documentNumber'],
		[{ leadName: 'Lan', leadPhone: '12' }, 'phoneInvalid', 'leadPhone'],
		[{ leadPhone: '0912345678' }, 'nameMissing', 'leadName'],
	])('%o is refused and writes nothing, announced and edited', async (over, key, field) => {
		const standing = input();
		await announceEvent(db, organiser, standing, NOW);
		for (const work of [
			() => announceEvent(db, organiser, input(over), NOW),
			() => editEvent(db, organiser, { ...standing, ...over, sequence: 0 }, NOW),
		])
			expect(await expectNothingWritten(db, work)).toMatchObject({ key, field });
	});

	test('nobody calls together with a body that is closed, unknown, a sample, or itself', async () => {
		const standing = input();
		await announceEvent(db, organiser, standing, NOW);
		for (const id of [ids.closed, ids.sample, ids.union, uuidv7(NOW), "' or 1=1 --"]) {
			const over = { coOrganiserIds: [id] };
			for (const work of [
				() => announceEvent(db, organiser, input(over), NOW),
				() => editEvent(db, organiser, { ...standing, ...over, sequence: 0 }, NOW),
			])
				expect(await expectNothingWritten(db, work)).toMatchObject({
					...{ kind: 'NOT_FOUND', key: 'unknownOrganisation', field: 'coOrganiserIds' },
				});
		}
	});

	const draft = (over: { id?: string; title?: string; sequence?: number } = {}) => ({
		id: over.id ?? uuidv7(NOW),
		organisationId: ids.union,
		sequence: over.sequence,
		values: { ...newEventValues(NOW), title: over.title ?? '' },
	});

	test('a draft is kept as it was typed, changed in turns, and leaves with the announcement', async () => {
		const first = draft({ title: '  <b>Dọn' });
		await saveDraft(db, organiser, first, NOW);
		await saveDraft(db, organiser, first, NOW + HOUR);
		expect(await findDraft(db, first.id)).toMatchObject({ sequence: 0, updatedAt: NOW });
		const second = draft({ id: first.id, title: 'Dọn chợ', sequence: 0 });
		await saveDraft(db, organiser, second, NOW + HOUR);
		const stands = (await listDrafts(db, [ids.union]))[0]!;
		expect(stands).toMatchObject({ id: first.id, sequence: 1, updatedAt: NOW + HOUR });
		expect(draftValues(stands.content).title).toBe('Dọn chợ');
		expect(await listDrafts(db, [])).toEqual([]);

		const late = draft({ id: first.id, title: 'Dọn bến xe', sequence: 0 });
		expect(await expectNothingWritten(db, () => saveDraft(db, organiser, late, NOW))).toMatchObject({
			...{ kind: 'CONFLICT', key: 'changedMeanwhile' },
		});
		// Whoever announces what they read before has not seen what stands.
		for (const draftSequence of [undefined, 0])
			expect(
				await expectNothingWritten(db, () =>
					announceEvent(db, organiser, { ...input({ id: first.id }), draftSequence }, NOW),
				),
			).toMatchObject({ kind: 'CONFLICT', key: 'changedMeanwhile' });
		await announceEvent(db, organiser, { ...input({ id: first.id }), draftSequence: 1 }, NOW);
		expect(await listDrafts(db, 'all')).toEqual([]);
		expect(await expectNothingWritten(db, () => saveDraft(db, organiser, late, NOW))).toMatchObject({
			...{ kind: 'CONFLICT', key: 'draftAnnounced' },
		});
	});

	test('two who save one draft at once leave one of them, whole', async () => {
		const id = uuidv7(NOW);
		const tries = ['Dọn chợ', 'Dọn bến xe', 'Dọn bờ sông'].map((title) => draft({ id, title }));
		const results = await Promise.allSettled(tries.map((each) => saveDraft(db, organiser, each, NOW)));
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await listDrafts(db, 'all')).toHaveLength(1);
	});

	test('a draft of another organisation is neither written nor thrown away, and there are not more than fifty', async () => {
		const mine = draft();
		await saveDraft(db, organiser, mine, NOW);
		for (const work of [
			() => saveDraft(db, other, { ...mine, values: { ...mine.values, title: 'Khác' } }, NOW),
			() => deleteDraft(db, other, { id: mine.id }, NOW),
		])
			expect(await expectNothingWritten(db, work)).toMatchObject({ kind: 'FORBIDDEN', key: 'notYourRole' });
		const taken = { ...mine, organisationId: ids.school, sequence: 0 };
		expect(await expectNothingWritten(db, () => saveDraft(db, other, taken, NOW))).toMatchObject({
			...{ kind: 'FORBIDDEN', key: 'notYourRole' },
		});
		const long = { ...mine, values: { ...mine.values, description: 'a'.repeat(70_000) } };
		expect(await expectNothingWritten(db, () => saveDraft(db, organiser, long, NOW))).toMatchObject({
			...{ kind: 'CONTENT_TOO_LARGE', key: 'bodyTooLarge' },
		});
		for (let count = 1; count < 50; count += 1) await saveDraft(db, organiser, draft(), NOW);
		expect(await expectNothingWritten(db, () => saveDraft(db, organiser, draft(), NOW))).toMatchObject({
			...{ kind: 'CONFLICT', key: 'tooManyDrafts' },
		});
		await deleteDraft(db, organiser, { id: mine.id }, NOW);
		await deleteDraft(db, organiser, { id: mine.id }, NOW);
		await saveDraft(db, organiser, draft(), NOW);
		expect(await listDrafts(db, 'all')).toHaveLength(50);
	});

	test('whoever organises for two bodies moves a draft from one to the other, and announces it there', async () => {
		const both = await makeActor(db, 'organiser', 'portal', null);
		const mine = draft({ title: 'Dọn chợ' });
		await saveDraft(db, both, mine, NOW);
		await saveDraft(db, both, { ...mine, organisationId: ids.school, sequence: 0 }, NOW);
		expect(await listDrafts(db, [ids.school])).toMatchObject([{ id: mine.id, sequence: 1 }]);
		const announced = { ...input({ id: mine.id }), draftSequence: 1 };
		await announceEvent(db, both, announced, NOW);
		expect(await listDrafts(db, 'all')).toEqual([]);
		// A form that is sent again changes nothing.
		await announceEvent(db, both, announced, NOW);
	});

	test('a draft that nobody writes on is forgotten with the numbers of past events', async () => {
		await saveDraft(db, organiser, draft(), NOW);
		await forgetOldPhones(db, NOW + 30 * DAY);
		expect(await listDrafts(db, 'all')).toHaveLength(1);
		await forgetOldPhones(db, NOW + 30 * DAY + 1);
		expect(await listDrafts(db, 'all')).toEqual([]);
	});

	test('a body that has closed since stays with its event through an edit, and comes to no other', async () => {
		const standing = input({ coOrganiserIds: [ids.school] });
		await announceEvent(db, organiser, standing, NOW);
		await db
			.updateTable('organisation')
			.set({ validTo: '2026-01-01' })
			.where('id', '=', ids.school)
			.execute();
		await editEvent(db, organiser, { ...standing, title: 'Dọn chợ', sequence: 0 }, NOW);
		expect((await listCoOrganisers(db, standing.id)).map(({ id }) => id)).toEqual([ids.school]);
		const other = input({ coOrganiserIds: [ids.school] });
		expect(await expectNothingWritten(db, () => announceEvent(db, organiser, other, NOW))).toMatchObject({
			...{ key: 'unknownOrganisation', field: 'coOrganiserIds' },
		});
	});

	test('a sample’s draft leaves with the samples', async () => {
		const id = await makeOrganisation('Đoàn (mẫu)', { isSample: 1 });
		const person = await makeActor(db, 'organiser', 'organisation', id, 1);
		await saveDraft(db, person, { ...draft(), organisationId: id }, NOW);
		expect(await listDrafts(db, 'all')).toHaveLength(1);
		await retireSamples(db);
		expect(await listDrafts(db, 'all')).toEqual([]);
	});
});
