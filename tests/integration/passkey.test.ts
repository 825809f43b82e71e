// Passkeys that are kept, used and refused; the phone is one in software.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import type { Actor } from '#features/accounts/actor.ts';
import { listPasskeys } from '#features/accounts/credential.repository.ts';
import { addPasskey, askForPasskey, offerPasskey, takePasskey } from '#features/accounts/passkey.service.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { signIn } from '#features/accounts/sign-in.service.ts';
import type { Db } from '#lib/db.ts';
import { makeAuthenticator } from '../support/authenticator.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW, openSession } from '../support/fixtures.ts';
import { expectRefused } from './sale-world.ts';

const SECRET = randomBytes(32);
const SITE = { publicUrl: 'https://xanh.example.vn' };
const PASSWORD = 'một câu dài chỉ mình tôi biết';
const MAX = 10;

async function join(db: Db, name: string) {
	const account = { displayName: 'An', name, password: PASSWORD, locale: 'vi', isSixteen: true } as const;
	const id = await signUpAccount(db, account, NOW, async () => {});
	return { actor: (await findActor(db, id, NOW))!, sessionId: await openSession(db, id) };
}
type Joined = { actor: Actor; sessionId: string };

const newPhone = (id?: Buffer) => makeAuthenticator(SITE.publicUrl, id);

async function add(db: Db, { actor, sessionId }: Joined, phone = newPhone()) {
	const { challenge } = await offerPasskey(db, SECRET, SITE, actor, NOW);
	return addPasskey(
		db,
		SECRET,
		SITE,
		actor,
		{ response: phone.register(challenge), name: 'Máy', sessionId },
		NOW,
	);
}

async function enter(db: Db, phone: ReturnType<typeof newPhone>, allowSamples = true) {
	const { challenge } = await askForPasskey(db, SECRET, SITE, { kind: 'sign-in' }, NOW);
	const input = { response: phone.sign(challenge), purpose: { kind: 'sign-in' }, allowSamples } as const;
	return takePasskey(db, SECRET, SITE, input, NOW);
}

const idsOf = async (db: Db, actor: Actor) => (await listPasskeys(db, actor.personId)).map(({ id }) => id);

describeEachEngine('a passkey', (engine) => {
	test('is kept, brings recovery codes once, and signs in', async () => {
		const db = await engine.fresh();
		const an = await join(db, '0912000001');
		const phone = newPhone();
		expect(await add(db, an, phone)).toHaveLength(10);
		expect(await add(db, an)).toBeUndefined();
		expect(await idsOf(db, an.actor)).toContain(phone.id);
		expect(await enter(db, phone)).toMatchObject({ personId: an.actor.personId });
	});

	test('that another account has is refused, and nothing is written', async () => {
		const db = await engine.fresh();
		const [an, binh] = [await join(db, '0912000001'), await join(db, '0912000002')];
		const phone = newPhone();
		await add(db, an, phone);
		const copy = newPhone(Buffer.from(phone.id, 'base64url'));
		await expectRefused(db, () => add(db, binh, copy), 'passkeyTaken', 409);
		expect([await idsOf(db, an.actor), await idsOf(db, binh.actor)]).toEqual([[phone.id], []]);
		expect(await enter(db, phone)).toMatchObject({ personId: an.actor.personId });
		await expectRefused(db, () => enter(db, copy), 'passkeyRefused', 422);
	});

	test('beyond the tenth is refused, and nothing is written', async () => {
		const db = await engine.fresh();
		const an = await join(db, '0912000001');
		for (let each = 0; each < MAX; each += 1) await add(db, an);
		await expectRefused(db, () => add(db, an), 'tooManyPasskeys', 409);
		await expect(add(db, an)).rejects.toMatchObject({ values: { max: MAX } });
		expect(await idsOf(db, an.actor)).toHaveLength(MAX);
	});

	test('or a password of a sample person opens nothing once the portal is public', async () => {
		const db = await engine.fresh();
		const an = await join(db, '0912000001');
		const phone = newPhone();
		await add(db, an, phone);
		await db.updateTable('person').set({ isSample: 1 }).where('id', '=', an.actor.personId).execute();
		await expectRefused(db, () => enter(db, phone, false), 'sampleSignIn', 403);
		const attempt = { name: '0912000001', password: PASSWORD, address: 'a', device: undefined };
		const withPassword = (allowSamples: boolean) => signIn(db, { ...attempt, allowSamples }, NOW);
		await expectRefused(db, () => withPassword(false), 'sampleSignIn', 403, ['rate_limit']);
		expect(await enter(db, phone)).toMatchObject({ personId: an.actor.personId });
		expect(await withPassword(true)).toMatchObject({ personId: an.actor.personId });
	});
});
