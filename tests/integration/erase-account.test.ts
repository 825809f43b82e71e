// What an erased person leaves of how they signed in: nothing; what their number was invited to is its owner's.
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { attachPhoto, decideHousePhoto } from '#features/green-houses/house-photo.service.ts';
import { reportProblem } from '#features/green-houses/problem-report.service.ts';
import { linkDropOffs } from '#features/privacy/consent.service.ts';
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import type { Actor } from '#features/accounts/actor.ts';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import { insertPasskey } from '#features/accounts/credential.repository.ts';
import { insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { beginTotp } from '#features/accounts/second-factor.service.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { acceptInvitation, inviteToRole } from '#features/team/role.service.ts';
import { findInvitation } from '#features/team/role.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
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
		await expectRefused(db, () => eraseAccount(db, undefined, NOW), 'signInFirst', 401);
		await eraseAccount(db, an, NOW);
		expect(await countWaysIn(db, an)).toEqual(each(0));
		expect(await countWaysIn(db, binh)).toEqual(each(1));
		// A refused one keeps all of it.
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		await expectRefused(db, () => eraseAccount(db, administrator, NOW), 'lastAdministrator', 409);
	});

	test('leaves what its devices reported of houses, without a word of theirs', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const house = await makeHouse(db);
		const an = await join(db, '0912000001');
		const [own, other] = [mintDeviceSecret(), mintDeviceSecret()];
		const report = { greenHouseCode: house.code, kind: 'damage', text: 'Bản lề gãy', seenAt: NOW } as const;
		for (const secret of [own, other])
			await reportProblem(db, { secret }, { ...report, id: uuidv7(NOW) }, NOW);
		await linkDropOffs(db, an, { deviceSecret: own, noticeVersion: 1 }, NOW);
		await eraseAccount(db, an, NOW);
		const texts = (await db.selectFrom('problemReport').select('text').execute()).map(({ text }) => text);
		expect(texts.sort()).toEqual(['Bản lề gãy', null]);
	});

	test('takes the photos with it that its devices sent, public ones too, and leaves another’s', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const house = await makeHouse(db);
		const an = await join(db, '0912000001');
		const officer = await makeActor(db, 'ward_officer', 'ward', 'dk-2025');
		const store = { put: async () => {}, get: async () => undefined, remove: async () => {} };
		const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#808080' } })
			.jpeg()
			.toBuffer();
		const [own, other] = [mintDeviceSecret(), mintDeviceSecret()];
		const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 2000 }];
		const drop = { greenHouseCode: house.code, happenedAt: NOW, channel: 'web', lines } as const;
		const report = { greenHouseCode: house.code, kind: 'damage', text: 'Bản lề gãy', seenAt: NOW } as const;
		for (const secret of [own, other]) {
			const [dropOff, problem] = [uuidv7(NOW), uuidv7(NOW)];
			await recordDropOff(db, { kind: 'device', secret }, { id: dropOff, ...drop }, NOW);
			await reportProblem(db, { secret }, { id: problem, ...report }, NOW);
			const owners = [{ kind: 'drop-off', id: dropOff } as const, { kind: 'problem', id: problem } as const];
			for (const owner of owners)
				await attachPhoto(db, { secret }, owner, { bytes, store, hasChildren: false }, NOW);
		}
		const photos = () => db.selectFrom('photo').select(['id', 'status']).orderBy('id').execute();
		const decision = { status: 'approved' as const, redaction: { frames: [], store } };
		for (const { id } of await photos()) await decideHousePhoto(db, officer, { id, ...decision }, NOW);
		await linkDropOffs(db, an, { deviceSecret: own, noticeVersion: 1 }, NOW);
		const data = await readOwnData(db, an.personId);
		expect(data.photos).toMatchObject([
			{ greenHouse: house.code, status: 'approved' },
			{ status: 'approved' },
		]);

		await eraseAccount(db, an, NOW + 1);
		const gone = data.photos.map(({ id }) => id).sort();
		const left = await photos();
		expect(left.filter(({ status }) => status === 'refused').map(({ id }) => id)).toEqual(gone);
		expect(left.filter(({ status }) => status === 'approved')).toHaveLength(2);
		// The files go with the daily job.
		const leftovers = await db.selectFrom('photoLeftover').select('fileKey').orderBy('fileKey').execute();
		expect(leftovers.map(({ fileKey }) => fileKey)).toEqual(gone);
	});

	test('takes no invitation any more, and leaves it to whoever the number belongs to', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		// Anybody opens an account with anybody's number.
		const stranger = await join(db, '0912000001');
		const id = uuidv7(NOW);
		const to = { role: 'auditor', scopeKind: 'portal', scopeId: null, name: '0912000001' } as const;
		const { token } = await inviteToRole(db, SECRET, administrator, { id, ...to }, NOW);
		await eraseAccount(db, stranger, NOW + 1);
		expect(await findInvitation(db, { id })).toMatchObject({ withdrawnAt: null, inviteeHint: '…0001' });
		expect(await listAuditEvents(db, { action: 'invitation.withdraw' }, 9)).toEqual([]);
		const take = (actor: Actor) => acceptInvitation(db, SECRET, actor, token, NOW + 2);
		await expectRefused(db, () => take(stranger), 'signInFirst', 401);
		const owner = await join(db, '0912000001');
		await take(owner);
		expect((await findActor(db, owner.personId, NOW + 2))!.grants).toMatchObject([{ role: 'auditor' }]);
	});
});
