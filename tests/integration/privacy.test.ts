// Consents, one's own data, the household alias, requests with clocks, and erasure.
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { signUpAccount } from '#features/accounts/account.service.ts';
import type { Actor } from '#features/accounts/actor.ts';
import { countAuditEvents, listAuditEvents } from '#features/accounts/audit.repository.ts';
import type { AuditFilter } from '#features/accounts/audit.ts';
import { findDeviceAlias, listOwnAliasIds } from '#features/accounts/device-alias.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { findKnownDevice, insertKnownDevice } from '#features/accounts/known-device.repository.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { runDueJobs } from '#server/jobs.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { findActor, findPerson } from '#features/accounts/person.repository.ts';
import { listDropOffsOfDevices } from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { forgetAlias, isOffered, offerAlias, takeAlias } from '#features/privacy/alias.service.ts';
import { findSubjectPages } from '#features/privacy/audit-subject.repository.ts';
import { listAliases, listConsents } from '#features/privacy/consent.repository.ts';
import { linkDropOffs, linkDropOffsWithin, withdrawLink } from '#features/privacy/consent.service.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { listUnfilled, NOTICE, renderMarkdown } from '#features/privacy/notice.ts';
import { countUnfilled, findPage, findVersion } from '#features/privacy/notice.repository.ts';
import { previewNotice, publishNotice } from '#features/privacy/notice.service.ts';
import { toCsv } from '#features/privacy/own-data.service.ts';
import { readOwnData } from '#features/privacy/own-data.repository.ts';
import {
	countUnreadAnswers,
	findAnswers,
	listCompletedRequests,
	listOpenRequests,
} from '#features/privacy/rights-request.repository.ts';
import { answerRequest, readAnswer, sendRequest } from '#features/privacy/rights-request.service.ts';
import { acceptInvitation, inviteeHashes, inviteToRole } from '#features/team/role.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { createTranslator } from '#lib/i18n.ts';
import { finishJob, takeJob } from '#lib/job-run.ts';
import { toNationalPhone } from '#lib/phone.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { digest } from '../support/snapshot.ts';
import { expectRefused } from './sale-world.ts';

const PASSWORD = 'một câu dài chỉ mình tôi biết';

const SECRET = randomBytes(32);

async function openWorld(db: Db) {
	await seedReference(db);
	const house = await makeHouse(db);
	let serial = 0;
	const join = async (): Promise<Actor> => {
		const name = `0912000${String((serial += 1)).padStart(3, '0')}`;
		const account = { displayName: 'Lò Thị Mai', name, password: PASSWORD, locale: 'vi' } as const;
		const id = await signUpAccount(db, { ...account, isSixteen: true }, NOW, async () => {});
		return (await findActor(db, id, NOW, NOW))!;
	};
	const bring = async (secret = mintDeviceSecret(), at = NOW) => {
		const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 2000 }];
		await recordDropOff(
			db,
			{ kind: 'device', secret },
			{ id: uuidv7(at), greenHouseCode: house.code, happenedAt: at, channel: 'web', lines },
			at,
		);
		return secret;
	};
	const mineOf = async (actor: Actor | undefined, secret?: string) =>
		(await listDropOffsOfDevices(db, await listOwnAliasIds(db, secret, actor?.personId), 99)).length;
	return { db, house, join, bring, mineOf };
}

/** What a page sends on which this version of the notice stood. */
const agreed = (deviceSecret: string, noticeVersion = 1) => ({ deviceSecret, noticeVersion });

describeEachEngine('what a device logged', (engine) => {
	test('is linked to an account only by a consent, and no longer once it is taken back', async () => {
		const { db, join, bring, mineOf } = await openWorld(await engine.fresh());
		const [mai, lan] = [await join(), await join()];
		const device = await bring();
		expect([await mineOf(mai), await mineOf(mai, device)]).toEqual([0, 1]);
		await expectRefused(db, () => linkDropOffs(db, undefined, agreed(device), NOW), 'signInFirst', 401);
		await linkDropOffs(db, mai, agreed(device), NOW);
		await linkDropOffs(db, mai, agreed(device), NOW);
		expect(await listConsents(db, mai.personId)).toMatchObject([
			{ purpose: 'link_drop_offs', noticeVersion: 1, givenAt: NOW, withdrawnAt: null },
		]);
		expect(await mineOf(mai)).toBe(1);
		await expectRefused(db, () => linkDropOffs(db, lan, agreed(device), NOW), 'deviceOfAnother', 409);
		const another = await bring();
		await linkDropOffs(db, mai, agreed(another), NOW);
		expect(await mineOf(mai)).toBe(2);
		await withdrawLink(db, mai, NOW + 1);
		await withdrawLink(db, mai, NOW + 2);
		await expectRefused(db, () => withdrawLink(db, undefined, NOW), 'signInFirst', 401);
		expect(await listConsents(db, mai.personId)).toMatchObject([{ withdrawnAt: NOW + 1 }]);
		expect([await mineOf(mai), await mineOf(undefined, device)]).toEqual([0, 1]);
		await linkDropOffs(db, lan, agreed(device), NOW);
		expect(await mineOf(lan)).toBe(1);
	});

	test('names the notice that was read when the consent was given, also when it is given again', async () => {
		const { db, join, bring, mineOf } = await openWorld(await engine.fresh());
		const mai = await join();
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		await linkDropOffs(db, mai, agreed(await bring()), NOW);
		const text = { title: 'Quyền riêng tư', body: 'Bản mới' };
		await publishNotice(db, administrator, { vi: text, en: text, basedOn: 1 }, NOW + 1);
		// The notice has changed, and the consent that was given is still the one under the old text.
		expect(await listConsents(db, mai.personId)).toMatchObject([{ noticeVersion: 1, withdrawnAt: null }]);
		const another = await bring();
		// A page that was opened before shows the old text, one that was tampered with none or a text to come.
		for (const version of [1, 0, 3, Number.NaN]) {
			const stale = agreed(another, version);
			await expectRefused(db, () => linkDropOffs(db, mai, stale, NOW + 1), 'noticeNewer', 409);
			await expect(linkDropOffs(db, mai, stale, NOW + 1)).rejects.toMatchObject({ values: { version: 2 } });
			const account = { displayName: 'Mới', name: '0912777777', password: PASSWORD, locale: 'vi' } as const;
			const open = () =>
				signUpAccount(db, { ...account, isSixteen: true }, NOW + 1, (trx, id) =>
					linkDropOffsWithin(trx, id, stale, NOW + 1),
				);
			await expectRefused(db, open, 'noticeNewer', 409);
		}
		await linkDropOffs(db, mai, agreed(another, 2), NOW + 2);
		await linkDropOffs(db, mai, agreed(another, 2), NOW + 3);
		expect(await listConsents(db, mai.personId)).toMatchObject([
			{ noticeVersion: 2, givenAt: NOW + 2, withdrawnAt: null },
			{ noticeVersion: 1, givenAt: NOW, withdrawnAt: NOW + 2 },
		]);
		// The log tells that the first one ended, and that it was not taken back.
		const log = (await listAuditEvents(db, { subjectId: mai.personId }, 9)).map(({ action }) => action);
		expect(log.filter((action) => action.startsWith('consent.')).sort()).toEqual([
			...['consent.give', 'consent.give', 'consent.replace'],
		]);
		expect(await mineOf(mai)).toBe(2);
		await withdrawLink(db, mai, NOW + 4);
		await linkDropOffs(db, mai, agreed(another, 2), NOW + 5);
		expect((await listConsents(db, mai.personId))[0]).toMatchObject({ noticeVersion: 2, givenAt: NOW + 5 });
	});

	test('cannot be claimed with a consent that the database did not see given', async () => {
		const { db, join } = await openWorld(await engine.fresh());
		const mai = await join();
		await linkDropOffs(db, mai, agreed(mintDeviceSecret()), NOW);
		const row = () => db.updateTable('consent');
		await expect(row().set({ givenAt: 1 }).execute()).rejects.toThrow();
		await expect(db.deleteFrom('consent').execute()).rejects.toThrow();
		await withdrawLink(db, mai, NOW);
		await expect(row().set({ withdrawnAt: null }).execute()).rejects.toThrow();
	});

	test('is linked with its first record when the consent came before', async () => {
		const { db, join, bring, mineOf } = await openWorld(await engine.fresh());
		const mai = await join();
		const device = mintDeviceSecret();
		await linkDropOffs(db, mai, agreed(device), NOW);
		await bring(device);
		expect(await mineOf(mai)).toBe(1);
	});

	test('moves to another phone by a code that works once within ten minutes', async () => {
		const { db, bring, mineOf } = await openWorld(await engine.fresh());
		const device = await bring();
		await expectRefused(db, () => offerAlias(db, undefined, NOW), 'deviceUnknown', 404);
		await expectRefused(db, () => offerAlias(db, mintDeviceSecret(), NOW), 'deviceUnknown', 404);
		const voided = await offerAlias(db, device, NOW);
		const token = await offerAlias(db, device, NOW);
		expect([await isOffered(db, voided, NOW), await isOffered(db, token, NOW)]).toEqual([false, true]);
		const phones = [mintDeviceSecret(), mintDeviceSecret(), mintDeviceSecret()];
		const take = (code: string, at: number) => takeAlias(db, code, phones[0]!, at);
		await expectRefused(db, () => take(voided, NOW), 'transferOver', 404);
		await expectRefused(db, () => take(token, NOW + 10 * 60_000), 'transferOver', 404);
		const outcomes = await Promise.allSettled(phones.map((own) => takeAlias(db, token, own, NOW)));
		const winner = outcomes.findIndex((each) => each.status === 'fulfilled');
		const taken = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
		expect(taken).toHaveLength(1);
		// Its answer was lost, or it is sent again with the new secret: the same phone gets the same.
		const again = (own: string) => takeAlias(db, token, own, NOW + 20 * 60_000);
		expect([await again(phones[winner]!), await again(taken[0]!)]).toEqual([taken[0], taken[0]]);
		for (const own of [mintDeviceSecret(), phones[(winner + 1) % 3]!, device])
			await expectRefused(db, () => takeAlias(db, token, own, NOW), 'transferOver', 404);
		expect(await isOffered(db, token, NOW)).toBe(false);
		expect([await mineOf(undefined, device), await mineOf(undefined, taken[0])]).toEqual([0, 1]);
		// The phone it came from has nothing to forget or to hand on any more.
		await forgetAlias(db, device);
		await expectRefused(db, () => offerAlias(db, device, NOW), 'deviceUnknown', 404);
		expect(await mineOf(undefined, taken[0])).toBe(1);
	});

	test('moves whole when the old phone offers or forgets it at the same moment', async () => {
		const { db, bring } = await openWorld(await engine.fresh());
		for (let round = 0; round < 8; round += 1) {
			const device = await bring();
			const token = await offerAlias(db, device, NOW);
			const own = mintDeviceSecret();
			const [taken, offered] = await Promise.allSettled([
				takeAlias(db, token, own, NOW),
				offerAlias(db, device, NOW),
			]);
			// Whichever came first: a code of the old phone moves nothing away from the new one.
			const again = offered.status === 'fulfilled' && (await isOffered(db, offered.value, NOW));
			expect([taken.status === 'fulfilled', again]).not.toEqual([true, true]);
			const last = taken.status === 'fulfilled' ? taken.value : device;
			const code = await offerAlias(db, last, NOW);
			const [moved] = await Promise.allSettled([takeAlias(db, code, own, NOW), forgetAlias(db, last)]);
			if (moved.status === 'fulfilled') expect(await findDeviceAlias(db, moved.value)).toBeDefined();
		}
	});

	test('is forgotten with the code that would have moved it', async () => {
		const { db, bring, mineOf } = await openWorld(await engine.fresh());
		const device = await bring();
		const token = await offerAlias(db, device, NOW);
		await forgetAlias(db, device);
		await expectRefused(db, () => takeAlias(db, token, device, NOW), 'transferOver', 404);
		expect(await mineOf(undefined, device)).toBe(0);
	});

	test('is nobody’s once the device has forgotten it, and stays in every total', async () => {
		const { db, join, bring, mineOf } = await openWorld(await engine.fresh());
		const mai = await join();
		const device = await bring();
		await linkDropOffs(db, mai, agreed(device), NOW);
		const before = await digest(db, ['device_alias']);
		await forgetAlias(db, device);
		await forgetAlias(db, device);
		await forgetAlias(db, undefined);
		expect(await digest(db, ['device_alias'])).toEqual(before);
		expect([await mineOf(mai), await mineOf(undefined, device)]).toEqual([0, 0]);
		expect(await findDeviceAlias(db, device)).toBeUndefined();
	});
});

describeEachEngine('one’s own data', (engine) => {
	test('is everything about the person, without a secret or a hash', async () => {
		const { db, join, bring } = await openWorld(await engine.fresh());
		const [mai, lan] = [await join(), await join()];
		await linkDropOffs(db, mai, agreed(await bring()), NOW);
		await bring();
		await sendRequest(db, mai, { id: uuidv7(NOW), kind: 'access', text: '=1+1 "xem"' }, NOW);
		const data = await readOwnData(db, mai.personId);
		expect(data).toMatchObject({
			person: [{ displayName: 'Lò Thị Mai', phoneE164: '+84912000001' }],
			consents: [{ purpose: 'link_drop_offs' }],
			requests: [{ kind: 'access' }],
			dropOffs: [{ material: 'mixed_paper', quantityMilli: 2000 }],
		});
		expect(data.acts.map((act) => act.action).sort()).toEqual([
			'account.create',
			'consent.give',
			'rights-request.send',
		]);
		expect(JSON.stringify(data)).not.toMatch(/hash|secret|\$argon2/i);
		expect(JSON.stringify(data)).not.toContain(lan.personId);
		const materials = await listMaterials(db);
		const csv = toCsv(data, { t: createTranslator('vi'), locale: 'vi', materials });
		expect(csv.startsWith('\ufeffMục,Ngày,Nội dung,Chi tiết\r\n')).toBe(true);
		// A number as it is dialled: no guard against formulas stands before it.
		expect(csv).toContain('Tài khoản,2026-11-22 10:00,Lò Thị Mai,0912000001\r\n');
		const paper = materials.find(({ code }) => code === 'mixed_paper')!;
		expect(csv).toMatch(new RegExp(`^Lượt ghi nhận,2026-11-22 10:00,${paper.nameVi} 2[\\s\u00a0]kg,`, 'm'));
		const english = toCsv(data, { t: createTranslator('en'), locale: 'en', materials });
		expect(english.startsWith('\ufeffItem,Date,Content,Details\r\n')).toBe(true);
		expect(csv).not.toContain('+8491');
		// No live formula; a quote is doubled.
		expect(csv).toContain(',"\'=1+1 ""xem""",Xem dữ liệu\r\n');
	});

	test('holds an invitation that waits for their number or address, until it ends, and nobody else’s', async () => {
		const { db, house, join } = await openWorld(await engine.fresh());
		const [mai, lan] = [await join(), await join()];
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const person = (await findPerson(db, mai.personId))!;
		const id = uuidv7(NOW);
		const input = { id, role: 'steward', scopeKind: 'house', scopeId: house.id } as const;
		const { token } = await inviteToRole(
			db,
			SECRET,
			administrator,
			{ ...input, name: toNationalPhone(person.phoneE164!) },
			NOW,
		);
		const read = async (of: Actor) =>
			readOwnData(db, of.personId, inviteeHashes(SECRET, (await findPerson(db, of.personId))!));
		const data = await read(mai);
		// Not to what: the number need not be theirs.
		const inviteeHint = `…${person.phoneE164!.slice(-4)}`;
		expect(data.invitations).toEqual([{ inviteeHint, createdAt: NOW, expiresAt: NOW + 7 * 86_400_000 }]);
		expect(JSON.stringify(data)).not.toMatch(/hash|secret|steward/i);
		expect(JSON.stringify(data)).not.toContain(house.id);
		const materials = await listMaterials(db);
		expect(toCsv(data, { t: createTranslator('vi'), locale: 'vi', materials })).toMatch(
			/^Lời mời nhận vai trò,2026-11-22 10:00,,.*có hiệu lực đến 2026-11-29 10:00/m,
		);
		expect((await read(lan)).invitations).toEqual([]);
		await acceptInvitation(db, SECRET, mai, token, NOW + 1);
		expect((await read(mai)).invitations).toEqual([]);
	});

	test('goes when the person is erased: nothing leads to them, nobody signs in, no total changes', async () => {
		const { db, join, bring } = await openWorld(await engine.fresh());
		const mai = await join();
		const device = await bring();
		await linkDropOffs(db, mai, agreed(device), NOW);
		const requestId = uuidv7(NOW);
		await sendRequest(db, mai, { id: requestId, kind: 'correct', text: 'Tên tôi là Mai' }, NOW);
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const reply = { id: requestId, answer: 'Tên tôi sửa thành Mai', isComplete: false };
		await answerRequest(db, administrator, reply, NOW);
		const kept = ['drop_off', 'drop_off_line', 'collection_cycle', 'journal_entry', 'posting'];
		const only = (all: Record<string, string>) => Object.fromEntries(kept.map((name) => [name, all[name]]));
		const before = only(await digest(db));
		await expectRefused(db, () => eraseAccount(db, undefined, NOW), 'signInFirst', 401);
		await eraseAccount(db, mai, NOW + 1);
		await eraseAccount(db, mai, NOW + 2);
		expect(only(await digest(db))).toEqual(before);
		expect(await findPerson(db, mai.personId)).toBeUndefined();
		expect(await findActor(db, mai.personId, NOW)).toBeUndefined();
		expect(await listAliases(db, mai.personId)).toEqual([]);
		const left = JSON.stringify(await readOwnData(db, mai.personId));
		for (const trace of ['Lò Thị Mai', '912000001', 'Tên tôi']) expect(left).not.toContain(trace);
		expect(await listOpenRequests(db, false)).toEqual([]);
		// That there were an answer and when stays, to prove that the deadline was kept.
		expect((await findAnswers(db, [requestId])).get(requestId)).toMatchObject([
			{ text: '', answeredAt: NOW },
		]);
	});

	test('is not erased under the last administrator', async () => {
		const { db } = await openWorld(await engine.fresh());
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		await expectRefused(db, () => eraseAccount(db, administrator, NOW), 'lastAdministrator', 409);
		await makeActor(db, 'administrator', 'portal', null);
		await eraseAccount(db, administrator, NOW);
	});

	test('is erased or written, never half of each, when both come at once', async () => {
		const { db, join, bring } = await openWorld(await engine.fresh());
		const mai = await join();
		const device = await bring();
		const outcomes = await Promise.allSettled([
			eraseAccount(db, mai, NOW),
			linkDropOffs(db, mai, agreed(device), NOW),
			sendRequest(db, mai, { id: uuidv7(NOW), kind: 'access', text: 'Xem' }, NOW),
			inTransaction(db, (trx) => linkDropOffsWithin(trx, mai.personId, agreed(device), NOW)),
		]);
		expect(outcomes[0]!.status).toBe('fulfilled');
		expect(await listAliases(db, mai.personId)).toEqual([]);
		expect((await listConsents(db, mai.personId)).every((each) => each.withdrawnAt !== null)).toBe(true);
		expect(await listOpenRequests(db, false)).toEqual([]);
	});
});

describeEachEngine('a request', (engine) => {
	test('has its clocks, and is answered by an administrator', async () => {
		const { db, join } = await openWorld(await engine.fresh());
		const mai = await join();
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const id = uuidv7(NOW);
		const send = (over = {}, actor: Actor | undefined = mai) =>
			sendRequest(db, actor, { id, kind: 'correct', text: 'Sửa tên', ...over }, NOW);
		await expectRefused(
			db,
			() => sendRequest(db, undefined, { id, kind: 'correct', text: 'x' }, NOW),
			'signInFirst',
			401,
		);
		await expectRefused(db, () => send({ kind: 'band' }), 'formUnreadable', 400);
		await expectRefused(db, () => send({ kind: '' }), 'requestKindMissing', 422);
		await expectRefused(db, () => send({ text: ' \n ' }), 'textMissing', 422);
		await send();
		await send();
		// Sunday 22/11: Monday and Tuesday are the two working days.
		expect(await listOpenRequests(db, false)).toMatchObject([
			{ replyDueOn: '2026-11-24', completeDueOn: '2026-12-07', displayName: 'Lò Thị Mai' },
		]);
		const answer = (over = {}, actor: Actor | undefined = administrator, at = NOW + DAY) =>
			answerRequest(db, actor, { id, answer: 'Đã sửa', isComplete: false, ...over }, at);
		await expectRefused(db, () => answer({}, mai), 'notYourRole', 403);
		await expectRefused(
			db,
			() => answer({}, { ...administrator, isStrong: false }),
			'secondFactorFirst',
			403,
		);
		await expectRefused(db, () => answer({ answer: '' }), 'textMissing', 422);
		await expectRefused(db, () => answer({ id: 'x' }), 'requestUnknown', 404);
		await answer();
		// It waits for its person until they say that they have read it; a later answer waits again.
		const unread = () => countUnreadAnswers(db, mai.personId);
		const lan = await join();
		const read = (actor: Actor | undefined) => readAnswer(db, actor, id, NOW + DAY);
		expect([await unread(), await countUnreadAnswers(db, lan.personId)]).toEqual([1, 0]);
		await expectRefused(db, () => read(undefined), 'signInFirst', 401);
		await expectRefused(db, () => read(lan), 'requestUnknown', 404);
		await read(mai);
		await read(mai);
		expect(await unread()).toBe(0);
		expect(await listOpenRequests(db, false)).toMatchObject([{ repliedAt: NOW + DAY, completedAt: null }]);
		// The same words, sent again, are no second answer; other words stand beside the first ones.
		await answer();
		expect(await unread()).toBe(0);
		await answer({ answer: 'Đã sửa cả số', isComplete: true }, administrator, NOW + 2 * DAY);
		expect(await unread()).toBe(1);
		expect(await listOpenRequests(db, false)).toEqual([]);
		const answers = (await findAnswers(db, [id])).get(id)!;
		expect(answers).toMatchObject([
			{ text: 'Đã sửa', answeredAt: NOW + DAY },
			{ text: 'Đã sửa cả số', answeredAt: NOW + 2 * DAY },
		]);
		expect(await listCompletedRequests(db, false)).toMatchObject([
			{ id, displayName: 'Lò Thị Mai', repliedAt: NOW + DAY, completedAt: NOW + 2 * DAY },
		]);
		await expect(db.updateTable('rightsRequestAnswer').set({ text: 'x' }).execute()).rejects.toThrow();
		await expect(db.updateTable('rightsRequestAnswer').set({ answeredAt: 1 }).execute()).rejects.toThrow();
		await expect(db.deleteFrom('rightsRequestAnswer').execute()).rejects.toThrow();
		await expectRefused(db, () => answer(), 'requestCompleted', 409);
		for (let each = 0; each < 5; each += 1) await send({ id: uuidv7(NOW + each) });
		await expectRefused(db, () => send({ id: uuidv7(NOW) }), 'tooManyRequestsOpen', 409);
	});
});

test('the notice that is shipped asks for the responsible body in both languages, and nothing once it is filled in', () => {
	for (const locale of ['vi', 'en']) {
		const body = readFileSync(`db/data/privacy-notice.${locale}.md`, 'utf8');
		expect(listUnfilled(body)).toHaveLength(2);
		expect(listUnfilled(body.replaceAll(/\[\[[^\]]+\]\]/g, 'UBND phường'))).toEqual([]);
		// Visitors read in words that it is missing.
		const page = renderMarkdown(body, (blank) => `(chưa điền: ${blank})`);
		expect(page).toContain(`(chưa điền: ${listUnfilled(body)[0]})`);
		expect(page).not.toContain('[[');
	}
	expect(listUnfilled('[một](/mot) và [hai][2]')).toEqual([]);
});

describeEachEngine('the privacy notice', (engine) => {
	test('gets a version with each change; old ones stay, and two editors do not overwrite each other', async () => {
		const { db, join } = await openWorld(await engine.fresh());
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const text = { title: 'Quyền riêng tư', body: 'Bản mới' };
		const publish = (over = {}, actor: Actor | undefined = administrator) =>
			publishNotice(db, actor, { vi: text, en: text, basedOn: 1, ...over }, NOW);
		const stranger = await join();
		await expectRefused(
			db,
			() => publishNotice(db, undefined, { vi: text, en: text, basedOn: 1 }, NOW),
			'signInFirst',
			401,
		);
		await expectRefused(db, () => publish({}, stranger), 'notYourRole', 403);
		await expectRefused(db, () => publish({ en: { title: 'x', body: ' ' } }), 'textMissing', 422);
		await expectRefused(db, () => publish({ vi: { title: ' ', body: 'x' } }), 'pageTitleMissing', 422);
		// A preview asks for the same right, refuses the same and writes nothing.
		const asPromise = (actor: Actor | undefined, over = {}) =>
			Promise.resolve().then(() => previewNotice(actor, { vi: text, en: text, ...over }));
		await expectRefused(db, () => asPromise(stranger), 'notYourRole', 403);
		const blank = { en: { title: ' ', body: 'x' } };
		await expectRefused(db, () => asPromise(administrator, blank), 'pageTitleMissing', 422);
		expect(
			(await asPromise(administrator, { vi: { title: ' a ', body: 'b\r\n\r\nc ' } })).texts,
		).toMatchObject([{ locale: 'vi', title: 'a', body: 'b\n\nc' }, { locale: 'en' }]);
		// What is left to fill in is named, beside its text.
		const left = { en: { title: 'x', body: 'By [[name]], at [[address]].' } };
		await expectRefused(db, () => publish(left), 'noticeUnfilled', 422);
		await expect(publish(left)).rejects.toMatchObject({
			field: 'body-en',
			values: { blanks: '[[name]], [[address]]' },
		});
		expect(await countUnfilled(db)).toBe(2);
		await expectRefused(db, () => publish({ basedOn: 7 }), 'noticeChanged', 409);
		const outcomes = await Promise.allSettled([publish(), publish(), publish()]);
		expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
		expect(await findVersion(db, NOTICE)).toBe(2);
		expect(await countUnfilled(db)).toBe(0);
		// Nothing differs: that is said of the form, and of none of its fields.
		await expectRefused(db, () => publish({ basedOn: 2 }), 'noticeUnchanged', 422);
		await expect(publish({ basedOn: 2 })).rejects.toMatchObject({ field: undefined });
		expect((await findPage(db, NOTICE, 'vi', 1))?.body).toContain('Máy của anh/chị');
		expect((await findPage(db, NOTICE, 'en'))?.body).toBe('Bản mới');
		await expect(db.updateTable('contentPage').set({ body: 'x' }).execute()).rejects.toThrow();
	});
});

describeEachEngine('the audit log', (engine) => {
	test('is read page by page, holds ids alone and cannot be changed', async () => {
		const { db, join, bring } = await openWorld(await engine.fresh());
		const mai = await join();
		await linkDropOffs(db, mai, agreed(await bring()), NOW + 1);
		const all = await listAuditEvents(db, { personId: mai.personId }, 10);
		expect(all.map((event) => event.action)).toEqual(['consent.give', 'account.create']);
		const [first] = await listAuditEvents(db, { personId: mai.personId }, 1);
		const rest = await listAuditEvents(db, { personId: mai.personId, before: first! }, 10);
		expect(rest.map((event) => event.action)).toEqual(['account.create']);
		expect(await listAuditEvents(db, { action: 'consent' }, 10)).toHaveLength(1);
		expect(await listAuditEvents(db, { action: '%' }, 10)).toHaveLength(all.length);
		expect(JSON.stringify(all)).not.toMatch(/Mai|912000/);
		expect(await countAuditEvents(db, { personId: mai.personId }, 10)).toBe(2);
		expect(await countAuditEvents(db, { personId: mai.personId }, 1)).toBe(1);
		await expect(db.updateTable('auditEvent').set({ action: 'x' }).execute()).rejects.toThrow();
	});
});

describeEachEngine('what the audit log is asked for', (engine) => {
	test('is days and a role, and the page of a thing only for whoever may open it', async () => {
		const { db, house, join } = await openWorld(await engine.fresh());
		const mai = await join();
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const requestId = uuidv7(NOW + DAY);
		await sendRequest(db, mai, { id: requestId, kind: 'access', text: 'Xem' }, NOW + DAY);
		const text = { title: 'Quyền riêng tư', body: 'Bản mới' };
		await publishNotice(db, administrator, { vi: text, en: text, basedOn: 1 }, NOW + 2 * DAY);
		const actionsOf = async (filter: AuditFilter) =>
			(await listAuditEvents(db, filter, 10)).map((event) => event.action);
		expect(await actionsOf({ role: 'administrator' })).toEqual(['notice.publish']);
		expect(await actionsOf({ role: 'auditor' })).toEqual([]);
		expect(await actionsOf({ from: NOW + DAY, until: NOW + 2 * DAY })).toEqual(['rights-request.send']);
		expect(await countAuditEvents(db, { from: NOW + DAY }, 10)).toBe(2);

		const subjects = [
			{ subjectKind: 'rights_request', subjectId: requestId },
			{ subjectKind: 'green_house', subjectId: house.id },
			{ subjectKind: 'disbursement', subjectId: 'chi' },
			{ subjectKind: 'person', subjectId: mai.personId },
		];
		const auditor = await makeActor(db, 'auditor', 'portal', null);
		expect(Object.fromEntries(await findSubjectPages(db, administrator, subjects))).toEqual({
			[requestId]: { path: `/cua-toi/yeu-cau#y-${requestId}` },
			[house.id]: { path: `/ngoi-nha-xanh/${house.code}`, name: house.code },
		});
		expect(Object.fromEntries(await findSubjectPages(db, auditor, subjects))).toEqual({
			[house.id]: { path: `/ngoi-nha-xanh/${house.code}`, name: house.code },
			chi: { path: '/cua-toi/chi/chi' },
		});
	});
});

describeEachEngine('a job', (engine) => {
	test('forgets the browsers whose secret has lapsed, each day, and no other', async () => {
		const { db, join } = await openWorld(await engine.fresh());
		const mai = await join();
		const [old, young] = [mintDeviceSecret(), mintDeviceSecret()];
		await inTransaction(db, async (trx) => {
			await insertKnownDevice(trx, mai.personId, old, NOW);
			await insertKnownDevice(trx, mai.personId, young, NOW + DAY);
		});
		const store = openPhotoStore({ photoDir: '/nowhere', photoBucket: undefined });
		const known = () => Promise.all([old, young].map((each) => findKnownDevice(db, mai.personId, each)));
		await runDueJobs(db, store, NOW + 364 * DAY);
		expect(await known()).toEqual(['all', 'all']);
		await runDueJobs(db, store, NOW + 365 * DAY);
		expect(await known()).toEqual([undefined, 'all']);
	});

	test('runs once in its window, whoever asks, and again when it was cut off', async () => {
		const db = await engine.fresh();
		const run = { name: 'forget', window: '2026-11-22' };
		const takers = await Promise.all(Array.from({ length: 8 }, () => takeJob(db, run, NOW)));
		expect(takers.filter(Boolean)).toHaveLength(1);
		expect(await takeJob(db, run, NOW + 3_599_999)).toBe(false);
		expect(await takeJob(db, run, NOW + 3_600_000)).toBe(true);
		await finishJob(db, run, NOW + 3_600_001);
		expect(await takeJob(db, run, NOW + 9 * 3_600_000)).toBe(false);
		expect(await takeJob(db, { ...run, window: '2026-11-23' }, NOW)).toBe(true);
	});
});
