// One's own data holds every row of every table that leads to the person, to a role they hold or held, or to a device
// that is linked to them. The tables are read from the database, so a new one fails here until it is in the export.
import { randomBytes } from 'node:crypto';
import { sql, type KyselyPlugin } from 'kysely';
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { insertLetter } from '#features/cleanup-events/letter.repository.ts';
import { changeSignUp, signUp } from '#features/cleanup-events/sign-up.service.ts';
import { DEEDS, listOwnDeeds } from '#features/privacy/own-deed.repository.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import { acceptInvitation, endRole, inviteToRole } from '#features/team/role.service.ts';
import { inTransaction, isSqlite, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';

/** What leads to somebody and is not handed out, with the reason. */
const LEFT_OUT: Record<string, string> = {
	'disbursement_approval.requester_id': 'the request itself is in the export',
};

type Node = { [name: string]: unknown; kind?: string };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const nameIn = (node: unknown): string | undefined => {
	if (!isNode(node)) return undefined;
	if (typeof node['name'] === 'string') return node['name'];
	return nameIn(node['table'] ?? node['identifier'] ?? node['column'] ?? node['node']);
};

/** `table.column` of everything that the conditions of a query ask for. */
function readConditions(node: unknown, from = '', inWhere = false, found = new Set<string>()): Set<string> {
	if (Array.isArray(node)) for (const each of node) readConditions(each, from, inWhere, found);
	if (!isNode(node) || Array.isArray(node)) return found;
	if (node.kind === 'SelectQueryNode') {
		const table = nameIn((node['from'] as { froms: unknown[] }).froms[0]) ?? '';
		readConditions(node['where'], table, true, found);
		return found;
	}
	if (inWhere && node.kind === 'ReferenceNode')
		found.add(`${nameIn(node['table']) ?? from}.${nameIn(node['column'])}`);
	for (const each of Object.values(node)) if (isNode(each)) readConditions(each, from, inWhere, found);
	return found;
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Every column of the database that leads to a person, a role or a device. */
async function listLeads(db: Db): Promise<string[]> {
	const roots = ['person', 'role_grant', 'device_alias'];
	const { rows } = isSqlite(db)
		? await sql<{ lead: string }>`
				select m.name || '.' || f."from" as lead from sqlite_master m, pragma_foreign_key_list(m.name) f
				where m.type = 'table' and f."table" in (${sql.join(roots)})
			`.execute(db)
		: await sql<{ lead: string }>`
				select c.conrelid::regclass::text || '.' || a.attname as lead from pg_constraint c
				join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
				where c.contype = 'f' and c.confrelid::regclass::text in (${sql.join(roots)})
			`.execute(db);
	return [...new Set(rows.map(({ lead }) => lead))].sort();
}

describeEachEngine('what leads to a person', (engine) => {
	test('is in their own data, or left out for a reason', async () => {
		const db = await engine.fresh();
		const asked = new Set<string>();
		const listen: KyselyPlugin = {
			transformQuery: ({ node }) => {
				for (const each of readConditions(node)) asked.add(each);
				return node;
			},
			transformResult: ({ result }) => Promise.resolve(result),
		};
		await readOwnData(db.withPlugin(listen), 'nobody');
		for (const deed of DEEDS) {
			const [table] = deed.what.split('.');
			asked.add(snake(deed.what));
			if ('person' in deed) asked.add(snake(`${table}.${deed.person}`));
		}
		const leads = await listLeads(db);
		expect(leads.length).toBeGreaterThanOrEqual(60);
		expect(leads.filter((lead) => !asked.has(lead) && !(lead in LEFT_OUT))).toEqual([]);
		expect(Object.keys(LEFT_OUT).filter((lead) => asked.has(lead))).toEqual([]);
	});

	test('tells what a sign-up had said before, and the letter for it, to whoever made it alone', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const lan = await makeActor(db, 'steward', 'ward', 'dk-2025');
		const union = { kind: 'youth_union' as const, name: 'Đoàn phường', adminUnitId: 'dk-2025' };
		const organisationId = await inTransaction(db, (trx) =>
			insertOrganisation(trx, { ...union, isSample: 0 }, NOW),
		);
		const organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
		const event = {
			...{ id: uuidv7(NOW), organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '' },
			...{ startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null, capacity: null },
			...{ assemblyPoint: 'Nhà văn hoá', latitude: 21.846, longitude: 106.762, ...PLAIN_EVENT },
		};
		const slug = await announceEvent(db, organiser, event, NOW);
		const signUpId = uuidv7(NOW);
		const asked = { id: signUpId, kind: 'person' as const, name: 'Lan', headCount: 2, phone: null };
		const given = { ...asked, isSixteen: true, mayWait: false };
		await signUp(db, event.id, given, { secret: 'd'.repeat(43) }, NOW, lan);
		await changeSignUp(db, { id: signUpId, deviceAliasId: undefined, personId: lan.personId }, 3, NOW + 1);
		const letter = { signUpId, codeHash: 'a'.repeat(64), issuedAt: NOW + 2, isSample: 0 as const };
		await inTransaction(db, (trx) => insertLetter(trx, letter));
		const data = await readOwnData(db, lan.personId);
		expect(data.signUpChanges).toEqual([{ event: slug, headCount: 2, changedAt: NOW + 1 }]);
		expect(data.letters).toEqual([{ event: slug, issuedAt: NOW + 2 }]);
		const others = await readOwnData(db, organiser.personId);
		expect([...others.signUpChanges, ...others.letters]).toEqual([]);
	});

	test('is told by its thing and its day: who gave a role, who took it, who ended it', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const house = await makeHouse(db);
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const account = { displayName: 'Lò Thị Mai', name: '0912000001', locale: 'vi' as const };
		const secret = { password: 'một câu dài chỉ mình tôi biết', isSixteen: true };
		const id = await signUpAccount(db, { ...account, ...secret }, NOW, async () => {});
		const mai = (await findActor(db, id, NOW, NOW))!;
		const invitation = { id: uuidv7(NOW), role: 'steward', scopeKind: 'house', scopeId: house.id } as const;
		const key = randomBytes(32);
		const invitationInput = { ...invitation, name: account.name };
		const { token } = await inviteToRole(db, key, administrator, invitationInput, NOW);
		await acceptInvitation(db, key, mai, token, NOW + 1);
		const [grant] = (await findActor(db, id, NOW + 1))!.grants;
		await endRole(db, administrator, grant!.id, NOW + 2);

		expect(await listOwnDeeds(db, mai.personId)).toEqual([
			{ what: 'invitation.acceptedGrantId', id: invitation.id, kind: 'steward', doneAt: NOW + 1 },
		]);
		expect(await listOwnDeeds(db, administrator.personId)).toEqual([
			{ what: 'invitation.invitedBy', id: invitation.id, kind: 'steward', doneAt: NOW },
			{ what: 'roleGrant.grantedBy', id: grant!.id, kind: 'steward', doneAt: NOW + 1 },
			{ what: 'roleGrant.endedBy', id: grant!.id, kind: 'steward', doneAt: NOW + 2 },
		]);
		const data = await readOwnData(db, mai.personId);
		expect(data.about.map(({ action, byRole }) => [action, byRole])).toEqual([
			['invitation.send', 'administrator'],
			['role.end', 'administrator'],
		]);
		// Others stand there by their role, never by who they are.
		expect(JSON.stringify(data)).not.toContain(administrator.personId);
		const others = await readOwnData(db, administrator.personId);
		for (const trace of ['Lò Thị Mai', '912000001', mai.personId])
			expect(JSON.stringify(others)).not.toContain(trace);
	});
});
