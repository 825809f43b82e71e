// Roles by a link that one person accepts once, handed over, ended; codes handed out face to face.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { changePassword, provePassword, signUpAccount } from '#features/accounts/account.service.ts';
import type { Actor, Role, ScopeKind } from '#features/accounts/actor.ts';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import { findKnownDevice, insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { findActor, holdGrant, insertRoleGrant } from '#features/accounts/person.repository.ts';
import { listSessions } from '#features/accounts/session.service.ts';
import { findTries, signIn } from '#features/accounts/sign-in.service.ts';
import { closeOrganisation, openOrganisation } from '#features/team/organisation.service.ts';
import { findHelpedName, listResets } from '#features/team/reset-code.repository.ts';
import { findEndedRole, listRoleNews, listTeam } from '#features/team/team.repository.ts';
import { issueResetCode, resetPassword, resetSecondFactor } from '#features/team/reset-code.service.ts';
import {
	acceptInvitation,
	acceptWithin,
	endRole,
	inviteToRole,
	readInvitation,
	withdrawInvitation,
} from '#features/team/role.service.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { publishNotice } from '#features/privacy/notice.service.ts';
import { answerRequest, sendRequest } from '#features/privacy/rights-request.service.ts';
import { findInvitation, forgetInvitees } from '#features/team/role.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { sha256Hex } from '#lib/hash.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, makeHouse, NOW, openSession, seedReference } from '../support/fixtures.ts';
import { expectRefused } from './sale-world.ts';

const SECRET = randomBytes(32);
const PASSWORD = 'một câu dài chỉ mình tôi biết';
const NEW_PASSWORD = 'câu mới dài hơn mười lăm';
const FRESH = 'f'.repeat(43);
/** Where a reset code is used: a browser that has no secret yet and gets this one. */
const FROM = {
	visitor: { browser: undefined, isKept: false, address: 'a' },
	secrets: { held: undefined, fresh: FRESH },
};

async function openWorld(db: Db) {
	await seedReference(db);
	const house = await makeHouse(db);
	const other = await makeHouse(db, { adminUnitId: 'kl-2025' });
	const fund = await makeFund(db);
	const union = await inTransaction(db, (trx) =>
		insertOrganisation(trx, { kind: 'youth_union', name: 'Đoàn', adminUnitId: 'dk-old', isSample: 0 }, NOW),
	);
	let serial = 0;
	const join = async (name = `09120000${String((serial += 1)).padStart(2, '0')}`) => {
		const account = { displayName: `Người ${name}`, name, password: PASSWORD } as const;
		const id = await signUpAccount(db, { ...account, locale: 'vi', isSixteen: true }, NOW, async () => {});
		return { name, actor: (await findActor(db, id, NOW, NOW))! };
	};
	const administrator = await makeActor(db, 'administrator', 'portal', null);
	const officer = await makeActor(db, 'ward_officer', 'ward', 'dk-2025');
	const steward = await makeActor(db, 'steward', 'house', house.id);
	const organiser = await makeActor(db, 'organiser', 'organisation', union);
	return { db, house, other, fund, union, join, administrator, officer, steward, organiser };
}
type World = Awaited<ReturnType<typeof openWorld>>;

/** The sample people and places beside the real ones. */
async function addSamples({ db }: World) {
	const sampleHouse = await makeHouse(db, { code: 'MAU-001', positionSource: 'sample', isSample: 1 });
	const sampleFund = (await makeFund(db, { code: 'MAU-DK', isSample: 1 })).id;
	const row = { kind: 'youth_union', name: 'Đoàn (mẫu)', adminUnitId: 'dk-2025', isSample: 1 } as const;
	const sampleUnion = await inTransaction(db, (trx) => insertOrganisation(trx, row, NOW));
	return {
		...{ sampleHouse: sampleHouse.id, sampleFund, sampleUnion },
		sampleAdministrator: await makeActor(db, 'administrator', 'portal', null, 1),
		sampleOfficer: await makeActor(db, 'ward_officer', 'ward', 'dk-2025', 1),
		sampleSteward: await makeActor(db, 'steward', 'house', sampleHouse.id, 1),
	};
}

const invite = (
	world: World,
	actor: Actor | undefined,
	role: Role,
	scope: [ScopeKind, string | null],
	name: string,
	replacesGrantId?: string,
) =>
	inviteToRole(
		world.db,
		SECRET,
		actor,
		{ id: uuidv7(NOW), role, scopeKind: scope[0], scopeId: scope[1], name, replacesGrantId },
		NOW,
	).then(({ token }) => token);
/** The code itself. */
const issueCode = (db: Db, actor: Actor | undefined, name: string, now = NOW) =>
	issueResetCode(db, SECRET, actor, { id: uuidv7(now), name }, now).then(({ code }) => code);
/** True when the person's session gets another token with its next request. */
const isRotating = async (db: Db, personId: string): Promise<boolean> => {
	const query = db.selectFrom('session').select('mustRotate').where('personId', '=', personId);
	return (await query.executeTakeFirstOrThrow()).mustRotate === 1;
};
const rolesOf = async (db: Db, actor: Actor, now = NOW) =>
	(await findActor(db, actor.personId, now))!.grants.map(({ role, scopeId }) => [role, scopeId]);

describeEachEngine('an invitation', (engine) => {
	test('gives its role to the invited person, once', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, house, administrator } = world;
		const an = await world.join();
		const token = await invite(world, administrator, 'steward', ['house', house.id], an.name);
		const stored = await findInvitation(db, { tokenHash: sha256Hex(token) });
		expect(JSON.stringify(stored)).not.toContain(an.name);
		expect((await readInvitation(db, token, NOW)).scope.nameVi).toContain(house.code);
		const accept = () => acceptInvitation(db, SECRET, an.actor, token, NOW);
		const outcomes = await Promise.allSettled(Array.from({ length: 6 }, accept));
		expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
		expect(await rolesOf(db, an.actor)).toEqual([['steward', house.id]]);
		await expectRefused(db, accept, 'invitationOver', 404);
	});

	test('that lapsed, was withdrawn, is another’s, one’s own or unknown gives nothing', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, house, administrator } = world;
		const an = await world.join();
		const binh = await world.join();
		const token = await invite(world, administrator, 'steward', ['house', house.id], an.name);
		const accept =
			(actor: Actor | undefined, which: string, at = NOW) =>
			() =>
				acceptInvitation(db, SECRET, actor, which, at);
		await expectRefused(db, accept(undefined, token), 'signInFirst', 401);
		await expectRefused(db, accept(binh.actor, token), 'invitationForAnother', 403);
		// With another number an account is not opened either; the sentence stands beside the number.
		const stranger = { displayName: 'Lạ', name: '0912999999', password: PASSWORD, locale: 'vi' } as const;
		const open = () =>
			signUpAccount(db, { ...stranger, isSixteen: true }, NOW, (trx, id) =>
				acceptWithin(trx, SECRET, { token, personId: id }, NOW),
			);
		await expectRefused(db, open, 'invitationForAnother', 403);
		const values = { hint: `…${an.name.slice(-4)}` };
		await expect(open()).rejects.toMatchObject({ field: 'name', values });
		await expectRefused(db, accept(an.actor, token, NOW + 7 * DAY), 'invitationOver', 404);
		await expectRefused(db, accept(an.actor, `${token}x`), 'invitationOver', 404);
		await expectRefused(db, accept(an.actor, "' or 1=1 --"), 'invitationOver', 404);
		const { id } = (await findInvitation(db, { tokenHash: sha256Hex(token) }))!;
		await expectRefused(db, () => withdrawInvitation(db, binh.actor, id, NOW), 'notYourRole', 403);
		await expectRefused(db, () => withdrawInvitation(db, administrator, 'x', NOW), 'invitationOver', 404);
		await withdrawInvitation(db, administrator, id, NOW);
		await withdrawInvitation(db, administrator, id, NOW);
		await expectRefused(db, accept(an.actor, token), 'invitationOver', 404);

		const portal = { personId: an.actor.personId, role: 'administrator', scopeKind: 'portal' } as const;
		await inTransaction(db, (trx) =>
			insertRoleGrant(trx, { ...portal, scopeId: null, grantedBy: null, isSample: 0 }, NOW),
		);
		const chief = (await findActor(db, an.actor.personId, NOW, NOW))!;
		const own = await invite(world, chief, 'steward', ['house', house.id], an.name);
		await expectRefused(db, accept(chief, own), 'invitationOwn', 403);
		const twice = await invite(world, administrator, 'administrator', ['portal', null], an.name);
		await expectRefused(db, accept(chief, twice), 'roleHeld', 409);
		await endRole(db, administrator, chief.grants[0]!.id, NOW);
		await expectRefused(db, accept(binh.actor, own), 'invitationOver', 404);
	});

	test('is sent by whoever may hand out the role there, with a second factor', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, house, other, fund, union, administrator, officer, steward, organiser } = world;
		const weak = { ...administrator, isStrong: false };
		const cases: [Actor | undefined, Role, [ScopeKind, string | null], string, number][] = [
			[undefined, 'steward', ['house', house.id], 'signInFirst', 401],
			[weak, 'steward', ['house', house.id], 'secondFactorFirst', 403],
			[officer, 'steward', ['house', other.id], 'notYourRole', 403],
			[officer, 'treasurer', ['fund', fund.id], 'notYourRole', 403],
			[officer, 'administrator', ['portal', null], 'notYourRole', 403],
			[officer, 'ward_officer', ['ward', 'dk-2025'], 'notYourRole', 403],
			[steward, 'organiser', ['organisation', union], 'notYourRole', 403],
			[organiser, 'organiser', ['portal', null], 'notYourRole', 403],
			[administrator, 'steward', ['house', 'nowhere'], 'unknownScope', 422],
			[administrator, 'steward', ['portal', null], 'unknownScope', 422],
			[administrator, 'treasurer', ['house', house.id], 'unknownScope', 422],
			[administrator, 'ward_officer', ['ward', 'nowhere'], 'unknownScope', 422],
		];
		for (const [actor, role, scope, key, status] of cases)
			await expectRefused(db, () => invite(world, actor, role, scope, '0912345678'), key, status);
		const misnamed = () => invite(world, administrator, 'steward', ['house', house.id], 'cô Hoa');
		await expectRefused(db, misnamed, 'signInNameInvalid', 422);
		for (const [actor, role, scope] of [
			[officer, 'steward', ['house', house.id]],
			[officer, 'organiser', ['organisation', union]],
			[steward, 'steward', ['house', house.id]],
			[organiser, 'organiser', ['organisation', union]],
			[administrator, 'treasurer', ['fund', fund.id]],
		] as const)
			expect(await invite(world, actor, role, [...scope], '0912345678')).toHaveLength(43);
	});

	test('to a ward that was merged is for today’s ward', async () => {
		const world = await openWorld(await engine.fresh());
		const an = await world.join();
		const token = await invite(world, world.administrator, 'ward_officer', ['ward', 'hd-old'], an.name);
		await acceptInvitation(world.db, SECRET, an.actor, token, NOW);
		expect(await rolesOf(world.db, an.actor)).toEqual([['ward_officer', 'tt-2025']]);
		// A grant from before the merger still means what its ward has become.
		const old = await makeActor(world.db, 'ward_officer', 'ward', 'hd-old');
		expect(await rolesOf(world.db, old)).toEqual([['ward_officer', 'tt-2025']]);
		const binh = await world.join();
		const ward: [ScopeKind, string] = ['ward', 'tt-2025'];
		const grantId = old.grants[0]!.id;
		const handover = await invite(world, world.administrator, 'ward_officer', ward, binh.name, grantId);
		await acceptInvitation(world.db, SECRET, binh.actor, handover, NOW);
		expect(await rolesOf(world.db, old)).toEqual([]);
		expect(await rolesOf(world.db, binh.actor)).toEqual([['ward_officer', 'tt-2025']]);
	});

	test('gives a sample role when its sender or its place is a sample, which ends with the first real role', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator, house, fund } = world;
		const { sampleAdministrator, sampleFund } = await addSamples(world);
		const an = await world.join();
		const own = async (allowSamples = true) =>
			(await findActor(db, an.actor.personId, NOW, null, allowSamples))!;
		const send = (actor: Actor, role: Role, scope: [ScopeKind, string | null]) =>
			invite(world, actor, role, scope, an.name);
		const accept = (token: string) => acceptInvitation(db, SECRET, an.actor, token, NOW);
		await accept(await send(sampleAdministrator, 'ward_officer', ['ward', 'dk-2025']));
		await accept(await send(administrator, 'treasurer', ['fund', sampleFund]));
		expect(await own()).toMatchObject({ isSample: true, isStrong: true });
		expect((await rolesOf(db, an.actor)).map(([role]) => role).sort()).toEqual(['treasurer', 'ward_officer']);
		// Where the portal is public, sample roles are none.
		expect(await own(false)).toMatchObject({ isSample: false, grants: [] });
		await expectRefused(
			db,
			async () => invite(world, await own(), 'steward', ['house', house.id], '0912345678'),
			'sampleOnReal',
			403,
		);
		await accept(await send(administrator, 'treasurer', ['fund', fund.id]));
		expect(await own()).toMatchObject({ isSample: false, isStrong: false });
		expect(await rolesOf(db, an.actor)).toEqual([['treasurer', fund.id]]);
		const more = await send(sampleAdministrator, 'auditor', ['portal', null]);
		await expectRefused(db, () => accept(more), 'invitationSample', 403);
		const real = await send(administrator, 'steward', ['house', house.id]);
		await db.updateTable('person').set({ isSample: 1 }).where('id', '=', an.actor.personId).execute();
		await expectRefused(db, () => accept(real), 'invitationReal', 403);
	});

	test('of a sample person to a real place is none, also when it stands in the database', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator, house, fund, union } = world;
		const { sampleAdministrator, sampleHouse } = await addSamples(world);
		const an = await world.join();
		const kindOf = async (token: string) => (await readInvitation(db, token, NOW)).isSample;
		const send = (actor: Actor, role: Role, scope: [ScopeKind, string | null]) =>
			invite(world, actor, role, scope, an.name);
		expect(await kindOf(await send(administrator, 'steward', ['house', house.id]))).toBe(false);
		expect(await kindOf(await send(administrator, 'auditor', ['portal', null]))).toBe(false);
		expect(await kindOf(await send(administrator, 'steward', ['house', sampleHouse]))).toBe(true);
		expect(await kindOf(await send(sampleAdministrator, 'steward', ['house', sampleHouse]))).toBe(true);
		const toWard = await send(sampleAdministrator, 'ward_officer', ['ward', 'dk-2025']);
		expect(await kindOf(toWard)).toBe(true);
		// The service sends none; one of a sample that became real, or of another release, might stand there.
		const of = await findInvitation(db, { tokenHash: sha256Hex(toWard) });
		const real: [Role, ScopeKind, string][] = [
			['steward', 'house', house.id],
			['treasurer', 'fund', fund.id],
			['organiser', 'organisation', union],
		];
		for (const [role, scopeKind, scopeId] of real) {
			const token = randomBytes(32).toString('base64url');
			await db
				.insertInto('invitation')
				.values({
					...{ id: uuidv7(NOW), tokenHash: sha256Hex(token), role, scopeKind, scopeId },
					...{ inviteeHash: of!.inviteeHash, inviteeHint: of!.inviteeHint, invitedBy: of!.invitedBy },
					...{ createdAt: NOW, expiresAt: NOW + DAY, withdrawnAt: null, acceptedAt: null },
					...{ acceptedGrantId: null, replacesGrantId: null },
				})
				.execute();
			await expectRefused(db, () => readInvitation(db, token, NOW), 'invitationOver', 404);
			const accept = () => acceptInvitation(db, SECRET, an.actor, token, NOW);
			await expectRefused(db, accept, 'invitationOver', 404);
		}
		expect(await rolesOf(db, an.actor)).toEqual([]);
	});
});

describeEachEngine('samples and what is real', (engine) => {
	test('are kept apart by everything that is done about people, and nothing is written', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator, officer, house, fund, union } = world;
		const samples = await addSamples(world);
		const { sampleAdministrator, sampleOfficer, sampleSteward, sampleHouse, sampleFund, sampleUnion } =
			samples;
		const an = await world.join();
		const binh = await world.join();
		await db.updateTable('person').set({ isSample: 1 }).where('id', '=', binh.actor.personId).execute();
		const pending = await invite(world, administrator, 'auditor', ['portal', null], an.name);
		const samplePending = await invite(world, sampleAdministrator, 'auditor', ['portal', null], binh.name);
		const idOf = async (token: string) => (await findInvitation(db, { tokenHash: sha256Hex(token) }))!.id;
		const [pendingId, samplePendingId] = [await idOf(pending), await idOf(samplePending)];
		const request = async (actor: Actor) => {
			const id = uuidv7(NOW);
			await sendRequest(db, actor, { id, kind: 'access', text: 'Xin xem' }, NOW);
			return id;
		};
		const [requestId, sampleRequestId] = [await request(an.actor), await request(sampleSteward)];
		const grantOf = (actor: Actor) => actor.grants[0]!.id;
		const officerWard: [ScopeKind, string] = ['ward', 'dk-2025'];
		const text = { title: 'Quyền riêng tư', body: 'Mới' };
		const acts = (actor: Actor, kind: 'real' | 'sample'): Record<string, () => Promise<unknown>> => {
			const isReal = kind === 'real';
			const name = isReal ? an.name : binh.name;
			return {
				'invite to a house': () =>
					invite(world, actor, 'steward', ['house', isReal ? house.id : sampleHouse], '0912345678'),
				'invite to an organisation': () =>
					invite(world, actor, 'organiser', ['organisation', isReal ? union : sampleUnion], '0912345678'),
				'give a reset code': () => issueCode(db, actor, name),
				'close an organisation': () => closeOrganisation(db, actor, isReal ? union : sampleUnion, NOW),
				...(actor === officer || actor === sampleOfficer
					? {}
					: {
							'invite to a fund': () =>
								invite(world, actor, 'approver', ['fund', isReal ? fund.id : sampleFund], '0912345678'),
							'hand over a ward': () =>
								invite(
									world,
									actor,
									'ward_officer',
									officerWard,
									'0912345678',
									grantOf(isReal ? officer : sampleOfficer),
								),
							'end a role': () => endRole(db, actor, grantOf(isReal ? officer : sampleOfficer), NOW),
							'remove a second factor': () => resetSecondFactor(db, actor, { name }, NOW),
							'answer a request': () =>
								answerRequest(
									db,
									actor,
									{ id: isReal ? requestId : sampleRequestId, answer: 'Đã', isComplete: false },
									NOW,
								),
							...(isReal
								? {
										'publish the notice': () =>
											publishNotice(db, actor, { vi: text, en: text, basedOn: 1 }, NOW),
										'withdraw an invitation': () => withdrawInvitation(db, actor, pendingId, NOW),
									}
								: { 'withdraw an invitation': () => withdrawInvitation(db, actor, samplePendingId, NOW) }),
						}),
			};
		};
		const refusals: [Actor, 'real' | 'sample', string][] = [
			[sampleAdministrator, 'real', 'sampleOnReal'],
			[sampleOfficer, 'real', 'sampleOnReal'],
			[officer, 'sample', 'realOnSample'],
		];
		for (const [actor, kind, key] of refusals)
			for (const [name, work] of Object.entries(acts(actor, kind)))
				await expectRefused(db, work, key, 403, ['rate_limit']).catch((error: unknown) => {
					throw new Error(`${key}: ${name}`, { cause: error });
				});
		const forOther = () => issueCode(db, sampleSteward, an.name);
		await expectRefused(db, forOther, 'sampleOnReal', 403, ['rate_limit']);
		// Samples are shown with samples, and a real administrator clears them away.
		for (const name of Object.keys(acts(administrator, 'sample')))
			for (const actor of [sampleAdministrator, administrator]) await acts(actor, 'sample')[name]!();
		for (const work of Object.values(acts(administrator, 'real'))) await work();
	});
});

describeEachEngine('a role', (engine) => {
	test('is handed over: the new one begins as the old one ends, and both stay written', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, union, organiser } = world;
		const an = await world.join();
		const old = organiser.grants[0]!;
		const token = await invite(world, organiser, 'organiser', ['organisation', union], an.name, old.id);
		await acceptInvitation(db, SECRET, an.actor, token, NOW);
		expect(await rolesOf(db, organiser)).toEqual([]);
		expect(await rolesOf(db, an.actor)).toEqual([['organiser', union]]);
		// Who lost it is told for a month by whom it was accepted; who sent the handover too; the list keeps it.
		const told = { role: 'organiser', heirName: an.actor.displayName, scope: { id: union } };
		const news = async (actor: Actor, now = NOW) => listRoleNews(db, actor.personId, now);
		expect(await news(organiser)).toMatchObject({ ended: [told], accepted: [] });
		expect((await news(organiser, NOW + 31 * DAY)).ended).toEqual([]);
		const { former } = await listTeam(db, world.officer, NOW);
		expect(former).toMatchObject([{ ...told, displayName: organiser.displayName, endedAt: NOW }]);
		const binh = await world.join();
		const held = (await findActor(db, an.actor.personId, NOW))!.grants[0]!.id;
		const scope: [ScopeKind, string] = ['organisation', union];
		const second = await invite(world, world.administrator, 'organiser', scope, binh.name, held);
		await acceptInvitation(db, SECRET, binh.actor, second, NOW);
		const sent = { role: 'organiser', heirName: binh.actor.displayName, acceptedAt: NOW };
		expect(await news(world.administrator)).toMatchObject({ ended: [], accepted: [sent] });
		expect((await news(world.administrator, NOW + 31 * DAY)).accepted).toEqual([]);
		const rows = await db
			.selectFrom('roleGrant')
			.select(['personId', 'endedAt'])
			.where('role', '=', 'organiser')
			.orderBy('grantedAt')
			.execute();
		expect(rows.map((row) => row.endedAt !== null)).toEqual(expect.arrayContaining([true, false]));
		await expectRefused(
			db,
			() => invite(world, world.administrator, 'organiser', ['organisation', union], '0912345678', old.id),
			'roleEnded',
			409,
		);
	});

	test('that is real stays real: at a sample place it is not handed over, and an invitation to it is over', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator } = world;
		const { sampleHouse, sampleAdministrator, sampleSteward } = await addSamples(world);
		const held = await makeActor(db, 'steward', 'house', sampleHouse);
		const real = held.grants[0]!.id;
		const scope: [ScopeKind, string] = ['house', sampleHouse];
		const an = await world.join();
		const handOver = (actor: Actor, grantId: string) =>
			invite(world, actor, 'steward', scope, an.name, grantId);
		await expectRefused(db, () => handOver(administrator, real), 'realRoleAtSample', 409);
		await expectRefused(db, () => handOver(sampleAdministrator, real), 'sampleOnReal', 403);
		const team = async () => (await listTeam(db, administrator, NOW)).grants;
		expect((await team()).find(({ id }) => id === real)).toMatchObject({ mayHandOver: false });
		// One that is open already is worth nothing, to whoever opens it.
		const open = await invite(world, administrator, 'steward', scope, an.name);
		const { id } = (await readInvitation(db, open, NOW)).invitation;
		await db.updateTable('invitation').set({ replacesGrantId: real }).where('id', '=', id).execute();
		await expectRefused(db, () => readInvitation(db, open, NOW), 'invitationOver', 404);
		const accept = (token: string) => acceptInvitation(db, SECRET, an.actor, token, NOW);
		await expectRefused(db, () => accept(open), 'invitationOver', 404);
		expect(await rolesOf(db, held)).toEqual([['steward', sampleHouse]]);
		// A sample role goes on as one.
		await accept(await handOver(administrator, sampleSteward.grants[0]!.id));
		expect(await rolesOf(db, an.actor)).toEqual([['steward', sampleHouse]]);
		expect(await rolesOf(db, sampleSteward)).toEqual([]);
	});

	test('ends at once, for whoever may hand it out or holds it', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward, officer, organiser } = world;
		const grant = steward.grants[0]!.id;
		await expectRefused(db, () => endRole(db, undefined, grant, NOW), 'signInFirst', 401);
		await expectRefused(db, () => endRole(db, organiser, grant, NOW), 'notYourRole', 403);
		await expectRefused(
			db,
			() => endRole(db, { ...officer, isStrong: false }, grant, NOW),
			'secondFactorFirst',
			403,
		);
		await expectRefused(db, () => endRole(db, officer, 'x', NOW), 'roleUnknown', 404);
		await endRole(db, officer, grant, NOW);
		await endRole(db, officer, grant, NOW);
		expect(await rolesOf(db, steward)).toEqual([]);
		// The log says which role it was and whose, and finds it by the end of an id that its page shows.
		const { scopeKind, scopeId } = steward.grants[0]!;
		const ended = {
			...{ action: 'role.end', personId: officer.personId, concernedPersonId: steward.personId },
			...{ subjectRole: 'steward', subjectScopeKind: scopeKind, subjectScopeId: scopeId },
		};
		for (const id of [grant, steward.personId])
			for (const subjectId of [id, id.slice(-8), `…${id.slice(-8)}`])
				expect(await listAuditEvents(db, { subjectId }, 9)).toMatchObject([ended]);
		for (const personId of [officer.personId, `…${officer.personId.slice(-8)}`])
			expect(await listAuditEvents(db, { action: 'role.end', personId }, 9)).toMatchObject([ended]);
		await expect(inTransaction(db, (trx) => holdGrant(trx, grant, NOW))).rejects.toMatchObject({
			key: 'notYourRole',
		});
		const own = await makeActor(db, 'treasurer', 'fund', world.fund.id);
		await endRole(db, { ...own, isStrong: false }, own.grants[0]!.id, NOW);
		expect(await rolesOf(db, own)).toEqual([]);
	});

	test('is seen by its holder and by whoever may end it, with what the fund loses', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, fund, officer, administrator } = world;
		const own = (await listTeam(db, officer, NOW)).grants.filter((each) => each.role === 'ward_officer');
		expect(own).toMatchObject([{ personId: officer.personId, mayHandOver: false, isLastOfFund: false }]);
		const last = async () =>
			(await listTeam(db, administrator, NOW)).grants
				.filter((each) => each.role === 'treasurer')
				.map((each) => [each.mayHandOver, each.isLastOfFund]);
		const first = await makeActor(db, 'treasurer', 'fund', fund.id);
		expect(await last()).toEqual([[true, true]]);
		await makeActor(db, 'treasurer', 'fund', fund.id);
		expect(await last()).toEqual([
			[true, false],
			[true, false],
		]);
		const grantId = first.grants[0]!.id;
		expect(await findEndedRole(db, administrator, grantId, NOW)).toBeUndefined();
		await endRole(db, administrator, grantId, NOW);
		expect(await last()).toEqual([[true, true]]);
		const ended = await findEndedRole(db, administrator, grantId, NOW);
		expect(ended).toMatchObject({ displayName: first.displayName, role: 'treasurer' });
		expect(await findEndedRole(db, officer, grantId, NOW)).toBeUndefined();
	});

	test('of the last administrator and of an organisation’s last lead stays', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator, organiser, union } = world;
		const end = (actor: Actor, whose: Actor) => endRole(db, actor, whose.grants[0]!.id, NOW);
		await expectRefused(db, () => end(administrator, administrator), 'lastAdministrator', 409);
		await expectRefused(db, () => end(organiser, organiser), 'lastLead', 409);
		await expectRefused(db, () => end(administrator, organiser), 'lastLead', 409);
		const second = await makeActor(db, 'administrator', 'portal', null);
		const outcomes = await Promise.allSettled([end(administrator, second), end(second, administrator)]);
		expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
		await makeActor(db, 'organiser', 'organisation', union);
		await end(organiser, organiser);
	});

	test('that is ended or rewritten by hand is refused by the database', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward, officer } = world;
		const grant = steward.grants[0]!.id;
		const row = () => db.updateTable('roleGrant').where('id', '=', grant);
		await expect(row().set({ role: 'treasurer' }).execute()).rejects.toThrow();
		await expect(row().set({ scopeId: 'x' }).execute()).rejects.toThrow();
		await expect(db.deleteFrom('roleGrant').where('id', '=', grant).execute()).rejects.toThrow();
		await endRole(db, officer, grant, NOW);
		await expect(row().set({ endedAt: null, endedBy: null }).execute()).rejects.toThrow();
	});
});

describeEachEngine('a session', (engine) => {
	test('gets another token when its person’s roles change', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator, officer, house, union, organiser } = world;
		const an = await world.join();
		const people = { an: an.actor.personId, organiser: organiser.personId };
		for (const [id, personId] of Object.entries(people)) await openSession(db, personId, id);
		const rotating = async () => [await isRotating(db, people.an), await isRotating(db, people.organiser)];
		const settle = () => db.updateTable('session').set({ mustRotate: 0 }).execute();
		const token = await invite(world, administrator, 'steward', ['house', house.id], an.name);
		expect(await rotating()).toEqual([false, false]);
		await acceptInvitation(db, SECRET, an.actor, token, NOW);
		expect(await rotating()).toEqual([true, false]);
		await settle();
		const { grants } = (await findActor(db, people.an, NOW))!;
		await endRole(db, officer, grants[0]!.id, NOW);
		expect(await rotating()).toEqual([true, false]);
		await settle();
		await closeOrganisation(db, administrator, union, NOW);
		expect(await rotating()).toEqual([false, true]);
	});

	test('ends with the password it began by, but for the one that changes it', async () => {
		const world = await openWorld(await engine.fresh());
		const { db } = world;
		const [an, binh] = [await world.join(), await world.join()];
		for (const id of ['own', 'other']) await openSession(db, an.actor.personId, id);
		await openSession(db, binh.actor.personId, 'hers');
		await changePassword(db, an.actor, { password: NEW_PASSWORD, sessionId: 'own' }, NOW);
		const sessions = await db.selectFrom('session').select('id').orderBy('id').execute();
		expect(sessions.map(({ id }) => id)).toEqual(['hers', 'own']);
	});
});

describeEachEngine('a reset code', (engine) => {
	test('sets a new password once and ends every session', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward } = world;
		const an = await world.join();
		const code = await issueCode(db, steward, an.name);
		const input = {
			name: an.name,
			code: code.toLowerCase(),
			password: NEW_PASSWORD,
			...FROM,
		};
		const reset = (over = {}, at = NOW) => resetPassword(db, SECRET, { ...input, ...over }, at);
		await expect(reset({ password: 'ngắn' })).rejects.toMatchObject({ key: 'passwordLength' });
		await expect(reset({ code: 'AAAA-BBBB-CCCC' })).rejects.toMatchObject({ key: 'resetCodeWrong' });
		await expect(reset({ name: '0999999999' })).rejects.toMatchObject({ key: 'resetCodeWrong' });
		await expect(reset({}, NOW + DAY)).rejects.toMatchObject({ key: 'resetCodeWrong' });
		expect(await provePassword(db, an.actor.personId, PASSWORD)).toBeDefined();
		for (const id of ['one', 'another']) await openSession(db, an.actor.personId, id);
		await reset();
		expect(await listSessions(db, an.actor.personId, NOW)).toEqual([]);
		expect(await provePassword(db, an.actor.personId, input.password)).toBeDefined();
		await expect(reset()).rejects.toMatchObject({ key: 'resetCodeWrong' });
		const used = { action: 'reset-code.use', subjectId: an.actor.personId };
		expect(await listAuditEvents(db, used, 10)).toMatchObject([{ role: null, personId: null }]);
	});

	test('and a second factor that was taken away stay in the list of their person, with who did it', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward, officer, administrator } = world;
		const [an, binh] = [await world.join(), await world.join()];
		const issue = async (actor: Actor, at: number) =>
			(await issueResetCode(db, SECRET, actor, { id: uuidv7(at), name: an.name }, at)).code;
		const use = (code: string, at: number) =>
			resetPassword(db, SECRET, { name: an.name, code, password: NEW_PASSWORD, ...FROM }, at);
		expect(await listResets(db, an.actor.personId)).toEqual([]);
		await use(await issue(steward, NOW), NOW + 1);
		const helped = await resetSecondFactor(db, administrator, { name: an.name }, NOW + 2);
		expect(await findHelpedName(db, administrator.personId, helped)).toBe(an.actor.displayName);
		// Whoever did not help is told no name.
		expect(await findHelpedName(db, officer.personId, helped)).toBeUndefined();
		expect(await findHelpedName(db, administrator.personId, binh.actor.personId)).toBeUndefined();
		await use(await issue(officer, NOW + 3), NOW + 4);
		// Handed out, never used: nothing happened.
		await issue(steward, NOW + 5);
		expect(await listResets(db, an.actor.personId)).toEqual([
			{ what: 'password', at: NOW + 4, role: 'ward_officer', displayName: officer.displayName },
			{ what: 'secondFactor', at: NOW + 2, role: 'administrator', displayName: administrator.displayName },
			{ what: 'password', at: NOW + 1, role: 'steward', displayName: steward.displayName },
		]);
		expect(await listResets(db, binh.actor.personId)).toEqual([]);
	});

	test('forgets every browser but the one it is used in, which a guesser elsewhere does not close', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward } = world;
		const an = await world.join();
		const { personId } = an.actor;
		const [old, planted] = ['o'.repeat(43), 'p'.repeat(43)];
		await inTransaction(db, (trx) => insertKnownDevice(trx, personId, old, NOW));
		const attempt = (password: string, device?: string) =>
			signIn(db, { name: an.name, password, address: 'b', device, allowSamples: true }, NOW).then(
				() => 'in',
				(error: { key?: string }) => error.key,
			);
		for (let each = 0; each < 10; each += 1) await attempt('sai rồi nhưng mà đủ dài');
		expect(await attempt(PASSWORD)).toBe('tooManyRequests');
		const code = await issueCode(db, steward, an.name);
		const secrets = { held: planted, fresh: FRESH };
		const input = { name: an.name, code, password: NEW_PASSWORD, ...FROM, secrets };
		await expect(resetPassword(db, SECRET, { ...input, password: 'ngắn' }, NOW)).rejects.toMatchObject({
			key: 'passwordLength',
		});
		expect(await findKnownDevice(db, personId, FRESH)).toBeUndefined();
		await resetPassword(db, SECRET, input, NOW);
		expect(await attempt(NEW_PASSWORD, FRESH)).toBe('in');
		for (const device of [old, planted, undefined])
			expect(await attempt(NEW_PASSWORD, device)).toBe('tooManyRequests');
		// The second step was not asked for: there the browser is a stranger's.
		expect(await findKnownDevice(db, personId, FRESH)).toBe('password');
		const tries = (isCode: boolean) => findTries(db, 'x', { personId, device: FRESH, isCode });
		expect([await tries(false), await tries(true)]).toMatchObject([{ isKnown: true }, { isKnown: false }]);
	});

	test('voids the one before it, and works for its person alone', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward } = world;
		const [an, binh] = [await world.join(), await world.join()];
		const first = await issueCode(db, steward, an.name);
		const second = await issueCode(db, steward, an.name, NOW + 1);
		const use = (name: string, code: string) =>
			resetPassword(db, SECRET, { name, code, password: NEW_PASSWORD, ...FROM }, NOW + 2);
		await expect(use(an.name, first)).rejects.toMatchObject({ key: 'resetCodeWrong' });
		await expect(use(binh.name, second)).rejects.toMatchObject({ key: 'resetCodeWrong' });
		await use(an.name, second);
	});

	test('is void from the moment when its person changes the password, and keeps what became of it', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward } = world;
		const [an, binh] = [await world.join(), await world.join()];
		const use = (name: string, code: string, at: number) =>
			resetPassword(db, SECRET, { name, code, password: NEW_PASSWORD, ...FROM }, at);
		const rowsOf = async (personId: string) =>
			(await db.selectFrom('resetCode').selectAll().where('personId', '=', personId).execute())
				.map(({ issuedAt, expiresAt, usedAt }) => ({ issuedAt, expiresAt, usedAt }))
				.sort((a, b) => a.issuedAt - b.issuedAt);
		// One that lapsed by itself, one that was used, one that another replaced, and that other.
		await issueCode(db, steward, an.name, NOW);
		const used = await issueCode(db, steward, an.name, NOW + 2 * DAY);
		await use(an.name, used, NOW + 2 * DAY + 1);
		await issueCode(db, steward, an.name, NOW + 3 * DAY);
		const open = await issueCode(db, steward, an.name, NOW + 3 * DAY + 5);
		const others = await issueCode(db, steward, binh.name, NOW + 3 * DAY);
		const past = [
			{ issuedAt: NOW, expiresAt: NOW + DAY, usedAt: null },
			{ issuedAt: NOW + 2 * DAY, expiresAt: NOW + 3 * DAY, usedAt: NOW + 2 * DAY + 1 },
			{ issuedAt: NOW + 3 * DAY, expiresAt: NOW + 3 * DAY + 5, usedAt: null },
		];
		const at = NOW + 3 * DAY + 9;
		const sessionId = await openSession(db, an.actor.personId);
		expect(await rowsOf(an.actor.personId)).toEqual([
			...past,
			{ issuedAt: NOW + 3 * DAY + 5, expiresAt: NOW + 4 * DAY + 5, usedAt: null },
		]);
		await changePassword(db, an.actor, { password: PASSWORD, sessionId }, at);
		expect(await rowsOf(an.actor.personId)).toEqual([
			...past,
			{ issuedAt: NOW + 3 * DAY + 5, expiresAt: at, usedAt: null },
		]);
		const counted = ['rate_limit'];
		await expectRefused(db, () => use(an.name, open, at + 1), 'resetCodeWrong', 422, counted);
		expect(await provePassword(db, an.actor.personId, PASSWORD)).toBeDefined();
		await use(binh.name, others, at + 1);
	});

	test('is handed out by people of the programme, never over somebody they could not appoint', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward, officer, administrator, house, fund } = world;
		const [an, treasurer, colleague] = [await world.join(), await world.join(), await world.join()];
		const give = (personId: string, role: Role, scopeKind: ScopeKind, scopeId: string) =>
			inTransaction(db, (trx) =>
				insertRoleGrant(trx, { personId, role, scopeKind, scopeId, grantedBy: null, isSample: 0 }, NOW),
			);
		await give(treasurer.actor.personId, 'treasurer', 'fund', fund.id);
		await give(colleague.actor.personId, 'steward', 'house', house.id);
		const issue = (actor: Actor | undefined, name: string) => () => issueCode(db, actor, name);
		// Tries are counted.
		const refused = (work: () => Promise<unknown>, key: string, status: number) =>
			expectRefused(db, work, key, status, ['rate_limit']);
		await refused(issue(undefined, an.name), 'signInFirst', 401);
		await refused(issue(an.actor, an.name), 'notYourRole', 403);
		await refused(issue({ ...steward, isStrong: false }, an.name), 'secondFactorFirst', 403);
		await refused(issue(steward, '0999999999'), 'unknownPerson', 404);
		await refused(issue(steward, 'x'), 'signInNameInvalid', 422);
		await refused(issue(steward, colleague.name), 'resetOfTeam', 403);
		await refused(issue(officer, treasurer.name), 'resetOfTeam', 403);
		await issue(officer, colleague.name)();
		await issue(administrator, treasurer.name)();
		const factor = (actor: Actor | undefined) => () => resetSecondFactor(db, actor, { name: an.name }, NOW);
		await refused(factor(steward), 'notYourRole', 403);
		const { personId } = an.actor;
		await openSession(db, personId, 'lost');
		await inTransaction(db, (trx) => insertKnownDevice(trx, personId, FRESH, NOW));
		await factor(administrator)();
		expect(await listSessions(db, personId, NOW)).toEqual([]);
		expect(await findKnownDevice(db, personId, FRESH)).toBeUndefined();
	});
});

describeEachEngine('a form that is sent again', (engine) => {
	test('shows the same invitation, as long as it is open, and never another', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator, officer, house } = world;
		const an = await world.join();
		const input = { id: uuidv7(NOW), role: 'steward', scopeKind: 'house', scopeId: house.id } as const;
		const send =
			(actor: Actor, over = {}, at = NOW) =>
			() =>
				inviteToRole(db, SECRET, actor, { ...input, name: an.name, ...over }, at);
		const answers = await Promise.all(Array.from({ length: 4 }, send(administrator)));
		expect(new Set(answers.map(({ token }) => token)).size).toBe(1);
		expect(await send(administrator, {}, NOW + 5)()).toMatchObject({ expiresAt: NOW + 7 * DAY });
		expect(await db.selectFrom('invitation').select('id').execute()).toEqual([{ id: input.id }]);
		await expectRefused(db, send(administrator, { name: '0912345678' }), 'sameIdOtherContent', 409);
		await expectRefused(db, send(administrator, { scopeId: world.other.id }), 'sameIdOtherContent', 409);
		await expectRefused(db, send(officer), 'sameIdOtherContent', 409);
		const { token } = answers[0]!;
		const another = await inviteToRole(
			db,
			randomBytes(32),
			administrator,
			{ ...input, id: uuidv7(NOW), name: an.name },
			NOW,
		);
		expect(another.token).not.toBe(token);
		await acceptInvitation(db, SECRET, an.actor, token, NOW);
		await expectRefused(db, send(administrator), 'invitationEnded', 409);
	});

	test('shows the same code, as long as it works, and counts once', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, officer, steward } = world;
		const [an, binh] = [await world.join(), await world.join()];
		const id = uuidv7(NOW);
		const issue =
			(actor: Actor, name: string, at = NOW) =>
			() =>
				issueResetCode(db, SECRET, actor, { id, name }, at);
		const first = await issue(steward, an.name)();
		expect(first).toMatchObject({ displayName: an.actor.displayName, expiresAt: NOW + DAY });
		// The twenty of a day are not used up by reloading.
		for (let round = 0; round < 25; round += 1)
			expect(await issue(steward, an.name, NOW + 1)()).toEqual(first);
		expect(await db.selectFrom('resetCode').select('id').execute()).toEqual([{ id }]);
		await expectRefused(db, issue(steward, binh.name), 'sameIdOtherContent', 409);
		await expectRefused(db, issue(officer, an.name), 'sameIdOtherContent', 409);
		await issueCode(db, steward, an.name);
		await expectRefused(db, issue(steward, an.name), 'resetCodeOver', 409);
	});
});

describeEachEngine('an organisation', (engine) => {
	test('is opened and ended in the officer’s own ward', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, officer, steward, administrator } = world;
		const input = { kind: 'womens_union', name: 'Chi hội Phụ nữ khối 6', adminUnitId: 'dk-2025' };
		const open =
			(actor: Actor | undefined, over = {}) =>
			() =>
				openOrganisation(db, actor, { ...input, ...over }, NOW);
		await expectRefused(db, open(undefined), 'signInFirst', 401);
		await expectRefused(db, open(steward), 'notYourRole', 403);
		await expectRefused(db, open(officer, { adminUnitId: 'kl-2025' }), 'notYourRole', 403);
		await expectRefused(db, open(officer, { adminUnitId: 'dk-old' }), 'wardUnknown', 422);
		await expectRefused(db, open(officer, { kind: 'band' }), 'formUnreadable', 400);
		await expectRefused(db, open(officer, { name: ' ' }), 'nameMissing', 422);
		const id = await open(officer)();
		await expectRefused(db, open(officer), 'organisationExists', 409);
		// Six at once are one.
		const twin = { kind: 'agency', name: 'Sở Y tế', adminUnitId: 'dk-2025' };
		const all = Array.from({ length: 6 }, () => openOrganisation(db, officer, twin, NOW));
		const opened = (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled');
		expect(opened).toHaveLength(1);
		await expectRefused(db, () => closeOrganisation(db, steward, id, NOW), 'notYourRole', 403);
		await expectRefused(db, () => closeOrganisation(db, administrator, 'x', NOW), 'unknownOrganisation', 404);
		await closeOrganisation(db, officer, id, NOW);
		await closeOrganisation(db, officer, id, NOW);
	});
});

describeEachEngine('what happens meanwhile', (engine) => {
	test('a code over a resident is void once they hold a role, or its issuer holds none', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, steward, officer, administrator, fund } = world;
		const [an, binh] = [await world.join(), await world.join()];
		const use = (name: string, code: string) =>
			resetPassword(db, SECRET, { name, code, password: NEW_PASSWORD, ...FROM }, NOW);
		const overAn = await issueCode(db, steward, an.name);
		const token = await invite(world, administrator, 'treasurer', ['fund', fund.id], an.name);
		await acceptInvitation(db, SECRET, an.actor, token, NOW);
		await expect(use(an.name, overAn)).rejects.toMatchObject({ key: 'resetCodeWrong' });
		const overBinh = await issueCode(db, steward, binh.name);
		await endRole(db, officer, steward.grants[0]!.id, NOW);
		await expect(use(binh.name, overBinh)).rejects.toMatchObject({ key: 'resetCodeWrong' });
		expect(await provePassword(db, binh.actor.personId, PASSWORD)).toBeDefined();
	});

	test('somebody who is erased as they accept holds no role', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator } = world;
		for (let round = 0; round < 5; round += 1) {
			const an = await world.join();
			const token = await invite(world, administrator, 'administrator', ['portal', null], an.name);
			await Promise.allSettled([
				acceptInvitation(db, SECRET, an.actor, token, NOW),
				eraseAccount(db, an.actor, NOW),
			]);
			const live = await db
				.selectFrom('roleGrant')
				.select('id')
				.where('personId', '=', an.actor.personId)
				.where('endedAt', 'is', null)
				.execute();
			expect(live).toEqual([]);
		}
		await expectRefused(
			db,
			() => endRole(db, administrator, administrator.grants[0]!.id, NOW),
			'lastAdministrator',
			409,
		);
	});

	test('two invitations to one role that are accepted at once give it once', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator, house } = world;
		const an = await world.join();
		const send = () => invite(world, administrator, 'steward', ['house', house.id], an.name);
		const tokens = [await send(), await send(), await send()];
		await Promise.allSettled(tokens.map((token) => acceptInvitation(db, SECRET, an.actor, token, NOW)));
		expect(await rolesOf(db, an.actor)).toEqual([['steward', house.id]]);
	});

	test('whom an invitation was for is forgotten when it ends, and nobody acts for an organisation that ended', async () => {
		const world = await openWorld(await engine.fresh());
		const { db, administrator, house, union, organiser } = world;
		const an = await world.join();
		const token = await invite(world, administrator, 'steward', ['house', house.id], an.name);
		await acceptInvitation(db, SECRET, an.actor, token, NOW);
		await invite(world, administrator, 'steward', ['house', house.id], '0919999999');
		await inTransaction(db, (trx) => forgetInvitees(trx, NOW + 8 * DAY));
		const rows = await db.selectFrom('invitation').select(['inviteeHash', 'inviteeHint']).execute();
		expect(new Set(rows.flatMap((row) => [row.inviteeHash, row.inviteeHint]))).toEqual(new Set(['']));
		await closeOrganisation(db, administrator, union, NOW);
		expect(await rolesOf(db, organiser)).toEqual([]);
	});
});
