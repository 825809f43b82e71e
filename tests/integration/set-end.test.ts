// Roles that end by themselves on a day that was set beforehand: from the next day on they count nowhere.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import type { Actor, Role, ScopeKind } from '#features/accounts/actor.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { findActor, holdGrant, holdsRole } from '#features/accounts/person.repository.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { closeOrganisation } from '#features/team/organisation.service.ts';
import { issueResetCode, resetPassword } from '#features/team/reset-code.service.ts';
import { findGrantRow, findHolderName } from '#features/team/role.repository.ts';
import { acceptInvitation, endRole, inviteToRole, readInvitation } from '#features/team/role.service.ts';
import { listFormerRoles, listRoleNews, listTeam } from '#features/team/team.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { startOfLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeFund, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { insertRaw } from './fund-world.ts';
import { expectRefused } from './sale-world.ts';

const SECRET = randomBytes(32);
const PASSWORD = 'một câu dài chỉ mình tôi biết';
/** The day of NOW, and the last day that a test sets. */
const [TODAY, LAST] = ['2026-11-22', '2026-11-30'];
/** The last moment of that day in Lạng Sơn, and the first one after it. */
const AFTER = startOfLocalDate('2026-12-01');
const BEFORE = AFTER - 1;

async function openWorld(db: Db) {
	await seedReference(db);
	const house = await makeHouse(db);
	const row = { kind: 'youth_union', name: 'Đoàn', adminUnitId: 'dk-2025', isSample: 0 } as const;
	const union = await inTransaction(db, (trx) => insertOrganisation(trx, row, NOW));
	let serial = 0;
	const join = async () => {
		const name = `09120000${String((serial += 1)).padStart(2, '0')}`;
		const account = { displayName: `Người ${name}`, name, password: PASSWORD, locale: 'vi' } as const;
		const id = await signUpAccount(db, { ...account, isSixteen: true }, NOW, async () => {});
		return { name, actor: (await findActor(db, id, NOW, NOW))! };
	};
	const administrator = await makeActor(db, 'administrator', 'portal', null);
	const lead = (validTo: string | null = null) =>
		makeActor(db, 'organiser', 'organisation', union, 0, validTo);
	const invite = async (
		[role, scopeKind, scopeId]: [Role, ScopeKind, string | null],
		name: string,
		over: { validTo?: string; replacesGrantId?: string } = {},
		by = administrator,
		now = NOW,
	) => {
		const input = { id: uuidv7(now), role, scopeKind, scopeId, name, ...over };
		return (await inviteToRole(db, SECRET, by, input, now)).token;
	};
	const leadOf: [Role, ScopeKind, string] = ['organiser', 'organisation', union];
	const stewardOf: [Role, ScopeKind, string] = ['steward', 'house', house.id];
	return { db, house, union, join, administrator, lead, invite, leadOf, stewardOf };
}

const grantOf = (actor: Actor) => actor.grants[0]!.id;
const rolesOf = async (db: Db, actor: Actor, now: number) =>
	(await findActor(db, actor.personId, now))!.grants.map(({ role, validTo }) => [role, validTo]);

describeEachEngine('a role with a set end', (engine) => {
	test('comes by its invitation, holds to the end of the day, and then counts nowhere', async () => {
		const { db, join, administrator, invite, house, stewardOf } = await openWorld(await engine.fresh());
		const an = await join();
		// As a Vietnamese browser writes it, too.
		const token = await invite(stewardOf, an.name, { validTo: '30/11/2026' });
		expect((await readInvitation(db, token, NOW)).invitation.validTo).toBe(LAST);
		await acceptInvitation(db, SECRET, an.actor, token, NOW);
		const { id } = (await findActor(db, an.actor.personId, NOW))!.grants[0]!;
		const holds = (now: number) =>
			holdsRole(db, an.actor.personId, 'steward', { kind: 'house', id: house.id }, now);
		const isListed = async (now: number) =>
			(await listTeam(db, administrator, now)).grants.some((each) => each.id === id);
		for (const now of [NOW, BEFORE]) {
			expect(await rolesOf(db, an.actor, now)).toEqual([['steward', LAST]]);
			expect([await holds(now), await isListed(now)]).toEqual([true, true]);
			expect(await findHolderName(db, id, now)).toBe(an.actor.displayName);
			expect((await listRoleNews(db, an.actor.personId, now)).ended).toEqual([]);
			await inTransaction(db, (trx) => holdGrant(trx, id, now));
		}
		expect(await rolesOf(db, an.actor, AFTER)).toEqual([]);
		expect([await holds(AFTER), await isListed(AFTER)]).toEqual([false, false]);
		expect(await findHolderName(db, id, AFTER)).toBeUndefined();
		const hold = () => inTransaction(db, (trx) => holdGrant(trx, id, AFTER));
		await expectRefused(db, hold, 'notYourRole', 403);
		// It stays beside who held it, and they read of it for a while.
		const told = { role: 'steward', until: LAST, heirName: null, scope: { id: house.id } };
		expect(await listFormerRoles(db, an.actor.personId, AFTER + 400 * DAY)).toMatchObject([told]);
		expect((await listTeam(db, administrator, AFTER)).former).toMatchObject([told]);
		expect((await listRoleNews(db, an.actor.personId, AFTER)).ended).toMatchObject([told]);
		expect((await listRoleNews(db, an.actor.personId, AFTER + 31 * DAY)).ended).toEqual([]);
		// Nobody ends it a second time, and nobody takes it over.
		await endRole(db, administrator, id, AFTER);
		expect(await findGrantRow(db, id)).toMatchObject({ validTo: LAST, endedAt: null });
		await expectRefused(
			db,
			() => invite(stewardOf, '0912345678', { replacesGrantId: id }, administrator, AFTER),
			'roleEnded',
			409,
		);
	});

	test('is refused for a day that is over, is none or is far away, and for an administrator', async () => {
		const { db, invite, stewardOf, leadOf } = await openWorld(await engine.fresh());
		for (const validTo of ['2026-11-21', '2031-11-23', '2026-02-30', '30.11.2026', 'mai', '0001-01-01'])
			for (const role of [stewardOf, leadOf])
				await expectRefused(db, () => invite(role, '0912345678', { validTo }), 'roleEndWrong', 422);
		await expectRefused(
			db,
			() => invite(['administrator', 'portal', null], '0912345678', { validTo: LAST }),
			'administratorEnds',
			422,
		);
		for (const validTo of [TODAY, '2031-11-21', ' ', '']) await invite(stewardOf, '0912345678', { validTo });
	});

	test('is not taken after its day, nor under another day than the form was sent with', async () => {
		const { db, join, administrator, invite, house, stewardOf } = await openWorld(await engine.fresh());
		const an = await join();
		const token = await invite(stewardOf, an.name, { validTo: TODAY });
		const tomorrow = startOfLocalDate('2026-11-23');
		const accept = (now: number) => acceptInvitation(db, SECRET, an.actor, token, now);
		await expectRefused(db, () => accept(tomorrow), 'invitationOver', 404);
		await accept(tomorrow - 1);
		expect(await rolesOf(db, an.actor, tomorrow)).toEqual([]);
		const form = { id: uuidv7(NOW), role: 'steward', scopeKind: 'house', scopeId: house.id } as const;
		const send = (validTo?: string) =>
			inviteToRole(db, SECRET, administrator, { ...form, name: '0912345678', validTo }, NOW);
		const first = await send(LAST);
		expect(await send('30/11/2026')).toEqual(first);
		for (const other of [undefined, TODAY])
			await expectRefused(db, () => send(other), 'sameIdOtherContent', 409);
	});

	test('that lapses meanwhile hands nothing on: its invitations and its reset codes are void', async () => {
		const { db, join, invite, house, stewardOf } = await openWorld(await engine.fresh());
		const steward = await makeActor(db, 'steward', 'house', house.id, 0, LAST);
		const [an, binh] = [await join(), await join()];
		const token = await invite(stewardOf, an.name, {}, steward, AFTER - 3 * DAY);
		const ask = { id: uuidv7(NOW), name: binh.name };
		const { code } = await issueResetCode(db, SECRET, steward, ask, AFTER - 3_600_000);
		await expectRefused(
			db,
			() => acceptInvitation(db, SECRET, an.actor, token, AFTER),
			'invitationOver',
			404,
		);
		const visitor = { browser: undefined, isKept: false, address: 'a' };
		const reset = { name: binh.name, code, password: 'câu mới dài hơn mười lăm', visitor };
		const secrets = { held: undefined, fresh: 'f'.repeat(43) };
		await expectRefused(
			db,
			() => resetPassword(db, SECRET, { ...reset, secrets }, AFTER),
			'resetCodeWrong',
			422,
			// Tries are counted, also those that are refused.
			['rate_limit'],
		);
		// Who was read before midnight does nothing after it either.
		const late = () => invite(stewardOf, '0912345678', {}, steward, AFTER);
		await expectRefused(db, late, 'notYourRole', 403);
	});

	test('is ended before its day, and is over on the day that it was ended', async () => {
		const { db, house, administrator } = await openWorld(await engine.fresh());
		const steward = await makeActor(db, 'steward', 'house', house.id, 0, LAST);
		await endRole(db, administrator, grantOf(steward), NOW);
		expect(await findGrantRow(db, grantOf(steward))).toMatchObject({ validTo: TODAY, endedAt: NOW });
		expect(await rolesOf(db, steward, NOW)).toEqual([]);
		expect(await listFormerRoles(db, steward.personId, AFTER)).toMatchObject([{ until: TODAY }]);
		// One without a set end gets none by being ended.
		const open = await makeActor(db, 'steward', 'house', house.id);
		await endRole(db, administrator, grantOf(open), NOW);
		expect(await findGrantRow(db, grantOf(open))).toMatchObject({ validTo: null, endedAt: NOW });
	});

	test('is renewed by an invitation that goes further, and by no other', async () => {
		const { db, join, invite, stewardOf } = await openWorld(await engine.fresh());
		const an = await join();
		const take = async (validTo?: string) => {
			const token = await invite(stewardOf, an.name, validTo === undefined ? {} : { validTo });
			return acceptInvitation(db, SECRET, an.actor, token, NOW);
		};
		await take(LAST);
		for (const validTo of [LAST, TODAY]) {
			const token = await invite(stewardOf, an.name, { validTo });
			const accept = () => acceptInvitation(db, SECRET, an.actor, token, NOW);
			await expectRefused(db, accept, 'roleHeld', 409);
		}
		await take('2027-05-31');
		expect(await rolesOf(db, an.actor, NOW)).toEqual([['steward', '2027-05-31']]);
		await take();
		expect(await rolesOf(db, an.actor, NOW)).toEqual([['steward', null]]);
		expect(await listFormerRoles(db, an.actor.personId, NOW)).toHaveLength(2);
	});

	test('remains for nobody: the last lead without a set end stays', async () => {
		const { db, join, administrator, lead, invite, leadOf } = await openWorld(await engine.fresh());
		const stays = await lead();
		const [short, shorter] = [await lead(LAST), await lead(LAST)];
		const end = (whose: Actor, by = administrator) => endRole(db, by, grantOf(whose), NOW);
		for (const by of [administrator, stays]) await expectRefused(db, () => end(stays, by), 'lastLead', 409);
		await expectRefused(db, () => eraseAccount(db, stays, NOW), 'lastLead', 409);
		// Nor is it handed over to somebody who leaves one day, neither when that is asked for …
		const an = await join();
		const over = { replacesGrantId: grantOf(stays) };
		await expectRefused(db, () => invite(leadOf, an.name, { ...over, validTo: LAST }), 'lastLead', 409);
		// … nor when it was asked for while somebody else remained.
		const second = await lead();
		const token = await invite(leadOf, an.name, { ...over, validTo: LAST });
		await end(second);
		await expectRefused(db, () => acceptInvitation(db, SECRET, an.actor, token, NOW), 'lastLead', 409);
		await end(short);
		await end(shorter);
		await acceptInvitation(db, SECRET, an.actor, await invite(leadOf, an.name, over), NOW);
		expect(await rolesOf(db, an.actor, NOW)).toEqual([['organiser', null]]);
		expect(await rolesOf(db, stays, NOW)).toEqual([]);
	});

	test('of the only lead is not ended before its day while nobody else leads, and then goes by itself', async () => {
		const { db, administrator, lead } = await openWorld(await engine.fresh());
		const only = await lead(LAST);
		const end = () => endRole(db, administrator, grantOf(only), NOW);
		await expectRefused(db, end, 'lastLead', 409);
		await lead('2027-05-31');
		await end();
		expect(await rolesOf(db, only, NOW)).toEqual([]);
	});

	test('that lapsed is not ended once more when its organisation is closed', async () => {
		const { db, administrator, union, lead } = await openWorld(await engine.fresh());
		const [lapsed, live] = [await lead(LAST), await lead()];
		await closeOrganisation(db, administrator, union, AFTER);
		expect(await findGrantRow(db, grantOf(lapsed))).toMatchObject({ endedAt: null, validTo: LAST });
		expect(await findGrantRow(db, grantOf(live))).toMatchObject({ endedAt: AFTER });
	});

	test('is kept by the database: no administrator’s, none put off, and no money after it', async () => {
		const { db, house, administrator } = await openWorld(await engine.fresh());
		const fund = await makeFund(db);
		await expect(makeActor(db, 'administrator', 'portal', null, 0, LAST)).rejects.toThrow('no set day');
		await expect(makeActor(db, 'steward', 'house', house.id, 0, '2024-12-31')).rejects.toThrow(
			'after it began',
		);
		const steward = await makeActor(db, 'steward', 'house', house.id, 0, LAST);
		const row = (id: string) => db.updateTable('roleGrant').where('id', '=', id);
		for (const validTo of ['2027-01-01', TODAY, null])
			await expect(row(grantOf(steward)).set({ validTo }).execute()).rejects.toThrow('set end');
		await expect(
			row(grantOf(steward))
				.set({ validTo: '2027-01-01', endedAt: NOW, endedBy: grantOf(administrator) })
				.execute(),
		).rejects.toThrow('set end');
		const approver = await makeActor(db, 'approver', 'fund', fund.id, 0, LAST);
		const rule = (at: number, validFrom: string) =>
			insertRaw(db, 'fund_rule', {
				...{ id: uuidv7(at), fund_id: fund.id, valid_from: validFrom, sale_recorder: 'treasurer' },
				...{ split_count: 0, decided_by: grantOf(approver), created_at: at, content_hash: 'x', is_sample: 0 },
			});
		await expect(rule(AFTER, '2026-12-05')).rejects.toThrow('approver of the fund');
		await rule(BEFORE, '2026-12-05');
	});
});
