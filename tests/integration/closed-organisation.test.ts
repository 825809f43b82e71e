// An organisation that has been closed takes nobody any more, from that moment on.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import {
	findOrganisation,
	insertOrganisation,
	updateOrganisation,
} from '#features/accounts/organisation.repository.ts';
import { findActor, insertRoleGrant } from '#features/accounts/person.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { closeOrganisation } from '#features/team/organisation.service.ts';
import {
	endGrantRow,
	findGrantRow,
	findInvitation,
	updateInvitation,
} from '#features/team/role.repository.ts';
import {
	acceptInvitation,
	acceptWithin,
	endRole,
	inviteToRole,
	withdrawInvitation,
} from '#features/team/role.service.ts';
import { listInvitableScopes, listRoleNews, listTeam } from '#features/team/team.repository.ts';
import { inTransaction, lockRow, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { expectRefused } from './sale-world.ts';

const SECRET = randomBytes(32);
const PASSWORD = 'một câu dài chỉ mình tôi biết';
const NUMBER = '0912000001';

async function openWorld(db: Db) {
	await seedReference(db);
	const union = await inTransaction(db, (trx) =>
		insertOrganisation(trx, { kind: 'youth_union', name: 'Đoàn', adminUnitId: 'dk-old', isSample: 0 }, NOW),
	);
	const account = { displayName: 'An', name: NUMBER, password: PASSWORD, locale: 'vi' } as const;
	const personId = await signUpAccount(db, { ...account, isSixteen: true }, NOW, async () => {});
	const an = (await findActor(db, personId, NOW, NOW))!;
	const administrator = await makeActor(db, 'administrator', 'portal', null);
	const officer = await makeActor(db, 'ward_officer', 'ward', 'dk-2025');
	const organiser = await makeActor(db, 'organiser', 'organisation', union);
	const invite = (id = uuidv7(NOW), name = NUMBER, to = union) =>
		inviteToRole(
			db,
			SECRET,
			officer,
			{ id, role: 'organiser', scopeKind: 'organisation', scopeId: to, name },
			NOW,
		);
	return { db, union, an, administrator, officer, organiser, invite };
}

const eventOf = (organisationId: string) => ({
	...PLAIN_EVENT,
	...{ id: uuidv7(NOW), organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '' },
	...{ startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null },
	...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null, capacity: null },
});

const liveIn = (db: Db, organisationId: string) =>
	db
		.selectFrom('roleGrant')
		.select('id')
		.where('scopeId', '=', organisationId)
		.where('endedAt', 'is', null)
		.execute();

describeEachEngine('an organisation that is closed', (engine) => {
	test('ends on that day, with its roles, and its open invitations are withdrawn', async () => {
		const { db, union, an, officer, organiser, invite } = await openWorld(await engine.fresh());
		const id = uuidv7(NOW);
		const { token } = await invite(id);
		await closeOrganisation(db, officer, union, NOW);
		expect(await findOrganisation(db, union)).toMatchObject({ validTo: '2026-11-22' });
		expect(await liveIn(db, union)).toEqual([]);
		const withdrawn = { withdrawnAt: NOW, inviteeHash: '', inviteeHint: '', acceptedAt: null };
		expect(await findInvitation(db, { id })).toMatchObject(withdrawn);
		for (const [action, subjectId] of [
			['organisation.close', union],
			['invitation.withdraw', id],
			['role.end', organiser.grants[0]!.id],
		] as const)
			expect([action, await listAuditEvents(db, { action, subjectId }, 9)]).toMatchObject([
				action,
				[{ personId: officer.personId }],
			]);
		await expectRefused(db, () => acceptInvitation(db, SECRET, an, token, NOW), 'invitationOver', 404);
		// A second time changes nothing.
		await withdrawInvitation(db, officer, id, NOW);
		await endRole(db, officer, organiser.grants[0]!.id, NOW);
		await closeOrganisation(db, officer, union, NOW + DAY);
		expect(await findOrganisation(db, union)).toMatchObject({ validTo: '2026-11-22' });
	});

	test('takes nobody on the day itself, whoever asks', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, union, an, administrator, officer, organiser, invite } = world;
		const { token } = await invite();
		// As one that was closed by another release, which left invitations open.
		await inTransaction(db, (trx) => updateOrganisation(trx, union, { validTo: '2026-11-22' }));
		await expectRefused(db, () => acceptInvitation(db, SECRET, an, token, NOW), 'invitationOver', 404);
		const account = { displayName: 'B', name: '0912000002', password: PASSWORD, locale: 'vi' } as const;
		const open = () =>
			signUpAccount(db, { ...account, isSixteen: true }, NOW, (trx, personId) =>
				acceptWithin(trx, SECRET, { token, personId }, NOW),
			);
		await expectRefused(db, open, 'invitationOver', 404);
		await expectRefused(db, () => invite(), 'unknownScope', 422);
		for (const actor of [administrator, officer, organiser])
			expect(
				(await listInvitableScopes(db, actor, 'organiser', NOW)).filter((each) => each.scope.id === union),
			).toEqual([]);
		const everywhere = await makeActor(db, 'organiser', 'portal', null);
		await expectRefused(
			db,
			() => announceEvent(db, everywhere, eventOf(union), NOW),
			'unknownOrganisation',
			404,
		);
		// The day before its last one it still does.
		await inTransaction(db, (trx) => updateOrganisation(trx, union, { validTo: '2026-11-23' }));
		await acceptInvitation(db, SECRET, an, token, NOW);
	});

	test('keeps its name beside the roles that were held in it', async () => {
		const { db, union, officer, organiser } = await openWorld(await engine.fresh());
		await closeOrganisation(db, officer, union, NOW);
		const told = { role: 'organiser', scope: { id: union, nameVi: 'Đoàn' } };
		expect((await listRoleNews(db, organiser.personId, NOW)).ended).toMatchObject([told]);
		expect((await listTeam(db, officer, NOW)).former).toMatchObject([told]);
	});

	test('waits for whoever is being invited or taken in, and they for it', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, union, an, officer, invite } = world;
		const { token } = await invite();
		const accept = () => acceptInvitation(db, SECRET, an, token, NOW);
		const close = () => closeOrganisation(db, officer, union, NOW);
		const announce = () => announceEvent(db, world.organiser, eventOf(union), NOW);
		// Somebody holds the organisation, and closes it; who asks meanwhile sees that.
		const outcomes: Promise<unknown>[] = [];
		await inTransaction(db, async (trx) => {
			await lockRow(trx, 'organisation', union);
			for (const work of [accept, () => invite(), close, announce])
				outcomes.push(work().catch((error: { key?: string }) => error.key ?? error));
			await new Promise((resolve) => setTimeout(resolve, 200));
			await updateOrganisation(trx, union, { validTo: '2026-11-22' });
		});
		expect(await Promise.all(outcomes)).toEqual([
			...['invitationOver', 'unknownScope', undefined, 'unknownOrganisation'],
		]);
		expect(await db.selectFrom('cleanupEvent').select('id').execute()).toEqual([]);
		// The one that waited found it closed, and wrote nothing.
		expect(await listAuditEvents(db, { action: 'organisation.close' }, 9)).toEqual([]);
	});

	test('and somebody who accepts at the same moment leave no role in it', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, an, officer, invite } = world;
		for (let round = 0; round < 6; round += 1) {
			const row = { kind: 'company', name: `Công ty ${round}`, adminUnitId: 'dk-2025', isSample: 0 } as const;
			const id = await inTransaction(db, (trx) => insertOrganisation(trx, row, NOW));
			const { token } = await invite(uuidv7(NOW), NUMBER, id);
			const works = [
				() => acceptInvitation(db, SECRET, an, token, NOW),
				() => closeOrganisation(db, officer, id, NOW),
				() => invite(uuidv7(NOW), '0912000003', id),
			];
			const outcomes = await Promise.allSettled((round % 2 ? works.reverse() : works).map((work) => work()));
			for (const outcome of outcomes)
				if (outcome.status === 'rejected')
					expect(['invitationOver', 'unknownScope']).toContain((outcome.reason as { key: string }).key);
			expect(await liveIn(db, id)).toEqual([]);
			const open = await db
				.selectFrom('invitation')
				.select('id')
				.where('scopeId', '=', id)
				.where('acceptedAt', 'is', null)
				.where('withdrawnAt', 'is', null)
				.execute();
			expect(open).toEqual([]);
		}
	});

	test('leaves alone what somebody else ends at the same moment', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, union, an, administrator, officer, organiser, invite } = world;
		const [invitationId, grantId] = [uuidv7(NOW), organiser.grants[0]!.id];
		await invite(invitationId);
		const by = officer.grants[0]!.id;
		const outcomes: Promise<unknown>[] = [];
		const asked = (work: () => Promise<unknown>) =>
			outcomes.push(work().catch((error: { key?: string }) => error.key ?? error));
		// Somebody has ended both and is about to say so; who closes has read that they stand, and waits.
		await inTransaction(db, async (trx) => {
			await endGrantRow(trx, grantId, by, NOW);
			await updateInvitation(trx, invitationId, { withdrawnAt: NOW });
			asked(() => closeOrganisation(db, officer, union, NOW + 1));
			await new Promise((resolve) => setTimeout(resolve, 200));
		});
		expect(await Promise.all(outcomes)).toEqual([undefined]);
		expect(await findOrganisation(db, union)).toMatchObject({ validTo: '2026-11-22' });
		expect(await findGrantRow(db, grantId)).toMatchObject({ endedAt: NOW, endedBy: by });
		expect(await findInvitation(db, { id: invitationId })).toMatchObject({ withdrawnAt: NOW });
		// Whoever came first wrote it down.
		for (const action of ['role.end', 'invitation.withdraw'])
			expect([action, await listAuditEvents(db, { action }, 9)]).toEqual([action, []]);

		for (let round = 0; round < 6; round += 1) {
			const row = { kind: 'company', name: `Công ty ${round}`, adminUnitId: 'dk-2025', isSample: 0 } as const;
			const id = await inTransaction(db, (trx) => insertOrganisation(trx, row, NOW));
			const [first, second] = [
				await makeActor(db, 'organiser', 'organisation', id),
				await makeActor(db, 'organiser', 'organisation', id),
			];
			const sent = uuidv7(NOW);
			await invite(sent, NUMBER, id);
			const works = [
				() => closeOrganisation(db, officer, id, NOW),
				() => endRole(db, first, first.grants[0]!.id, NOW),
				() => eraseAccount(db, second, NOW),
				() => withdrawInvitation(db, administrator, sent, NOW),
				() => eraseAccount(db, an, NOW),
			];
			const answers = await Promise.all(
				(round % 2 ? works.reverse() : works).map((work) =>
					work().catch((error: { key?: string }) => error.key ?? error),
				),
			);
			// Of two that lay down the lead at once, before it is closed, the second is told so.
			for (const answer of answers) expect([undefined, 'lastLead']).toContain(answer);
			expect(await liveIn(db, id)).toEqual([]);
			expect((await listAuditEvents(db, { action: 'invitation.withdraw', subjectId: sent }, 9)).length).toBe(
				1,
			);
			for (const { grants } of [first, second])
				expect((await listAuditEvents(db, { action: 'role.end', subjectId: grants[0]!.id }, 9)).length).toBe(
					1,
				);
		}
	});

	test('and a real role that ends the sample ones leave a role alone that ended meanwhile', async () => {
		const { db, union, an, invite } = await openWorld(await engine.fresh());
		const { token } = await invite();
		const own = { personId: an.personId, scopeKind: 'ward', scopeId: 'dk-2025' } as const;
		const sampleRole = await inTransaction(db, (trx) =>
			insertRoleGrant(trx, { ...own, role: 'steward', grantedBy: null, isSample: 1 }, NOW),
		);
		const outcomes: Promise<unknown>[] = [];
		await inTransaction(db, async (trx) => {
			await endGrantRow(trx, sampleRole, sampleRole, NOW);
			outcomes.push(
				acceptInvitation(db, SECRET, an, token, NOW + 1).catch(
					(error: { key?: string }) => error.key ?? error,
				),
			);
			await new Promise((resolve) => setTimeout(resolve, 200));
		});
		expect(await Promise.all(outcomes)).toEqual([undefined]);
		expect(await findGrantRow(db, sampleRole)).toMatchObject({ endedAt: NOW, endedBy: sampleRole });
		expect(await listAuditEvents(db, { action: 'role.end', subjectId: sampleRole }, 9)).toEqual([]);
		expect((await liveIn(db, union)).length).toBe(2);
	});
});
