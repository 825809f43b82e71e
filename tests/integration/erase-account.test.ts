// What an erased person leaves of how they signed in, and of what they were invited to: nothing.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import type { Actor } from '#features/accounts/actor.ts';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import { insertPasskey } from '#features/accounts/credential.repository.ts';
import { insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { beginTotp } from '#features/accounts/second-factor.service.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { inviteToRole } from '#features/team/role.service.ts';
import { findInvitation } from '#features/team/role.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, seedReference } from '../support/fixtures.ts';
import { expectRefused } from './sale-world.ts';

const SECRET = randomBytes(32);
const PASSWORD = 'một câu dài chỉ mình tôi biết';

async function join(db: Db, name: string): Promise<Actor> {
	const account = { displayName: `Người ${name}`, name, password: PASSWORD, locale: 'vi' } as const;
	const id = await signUpAccount(db, { ...account, isSixteen: true }, NOW, async () => {});
	return (await findActor(db, id, NOW, NOW))!;
}

/** A passkey, an app, recovery codes, a known browser and an open session. */
async function addWaysIn(db: Db, actor: Actor) {
	const { personId } = actor;
	await beginTotp(db, SECRET, actor, NOW);
	await inTransaction(db, async (trx) => {
		await insertKnownDevice(trx, personId, `máy của ${personId}`, NOW);
		await insertPasskey(trx, {
			...{ id: `khoá ${personId}`, personId, name: 'Máy', publicKey: 'x', counter: 0, transports: '' },
			...{ createdAt: NOW, lastUsedAt: null },
		});
		await trx
			.insertInto('recoveryCode')
			.values({ personId, codeHash: `mã ${personId}`, usedAt: null })
			.execute();
		await trx
			.insertInto('session')
			.values({
				...{ id: uuidv7(NOW), tokenHash: `phiên ${personId}`, personId, label: 'Chrome', mustRotate: 0 },
				...{ createdAt: NOW, lastUsedAt: NOW, authenticatedAt: NOW, expiresAt: NOW + DAY },
				secondFactorAt: NOW,
			})
			.execute();
	});
}

const WAYS_IN = [
	...(['credentialPassword', 'credentialPasskey', 'credentialTotp', 'recoveryCode'] as const),
	...(['knownDevice', 'session'] as const),
];
const countWaysIn = async (db: Db, { personId }: Actor) =>
	Object.fromEntries(
		await Promise.all(
			WAYS_IN.map(async (table) => {
				const rows = await db.selectFrom(table).selectAll().where('personId', '=', personId).execute();
				return [table, rows.length] as const;
			}),
		),
	);
const each = (count: number) => Object.fromEntries(WAYS_IN.map((table) => [table, count]));

describeEachEngine('an account that is erased', (engine) => {
	test('keeps no password, second factor, known browser or session, and another’s stay', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const [an, binh] = [await join(db, '0912000001'), await join(db, '0912000002')];
		for (const actor of [an, binh]) await addWaysIn(db, actor);
		expect(await countWaysIn(db, an)).toEqual(each(1));
		await expectRefused(db, () => eraseAccount(db, SECRET, undefined, NOW), 'signInFirst', 401);
		await eraseAccount(db, SECRET, an, NOW);
		expect(await countWaysIn(db, an)).toEqual(each(0));
		expect(await countWaysIn(db, binh)).toEqual(each(1));
		// A refused one keeps all of it.
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		await expectRefused(db, () => eraseAccount(db, SECRET, administrator, NOW), 'lastAdministrator', 409);
	});

	test('is invited to nothing any more, and nobody reads its number’s end', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const an = await join(db, '0912000001');
		const invite = async (name: string) => {
			const id = uuidv7(NOW);
			const to = { role: 'auditor', scopeKind: 'portal', scopeId: null } as const;
			await inviteToRole(db, SECRET, administrator, { id, ...to, name }, NOW);
			return id;
		};
		const own = await invite('0912000001');
		// The same last four digits, of somebody else.
		const other = await invite('0913000001');
		await eraseAccount(db, SECRET, an, NOW + 1);
		const gone = { withdrawnAt: NOW + 1, inviteeHash: '', inviteeHint: '' };
		expect(await findInvitation(db, { id: own })).toMatchObject(gone);
		expect(await findInvitation(db, { id: other })).toMatchObject({
			...{ withdrawnAt: null, inviteeHint: '…0001' },
		});
		const written = { action: 'invitation.withdraw', subjectId: own };
		expect(await listAuditEvents(db, written, 9)).toMatchObject([{ personId: an.personId }]);
	});
});
