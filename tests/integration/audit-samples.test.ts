// A sample administrator reads the log of samples: ids of what is real are not theirs to see.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { changeAccount } from '#features/accounts/account.service.ts';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import { inviteToRole } from '#features/team/role.service.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, NOW, openSession, seedReference } from '../support/fixtures.ts';
import { makeResident } from './access-world.ts';

const SECRET = randomBytes(32);

describeEachEngine('the audit log for a sample person', (engine) => {
	test('holds what samples did, and nothing that is real', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const real = await makeActor(db, 'administrator', 'portal', null);
		const sample = await makeActor(db, 'administrator', 'portal', null, 1);
		const an = await makeResident(db);
		const to = { role: 'ward_officer', scopeKind: 'ward', scopeId: 'dk-2025', name: '0913000001' } as const;
		const ids = [uuidv7(NOW), uuidv7(NOW)];
		await inviteToRole(db, SECRET, real, { id: ids[0]!, ...to }, NOW);
		await inviteToRole(db, SECRET, sample, { id: ids[1]!, ...to }, NOW);
		const samplePerson = await makeActor(db, 'steward', 'ward', 'dk-2025', 1);
		const renamed = { displayName: 'Mẫu (mẫu)', locale: 'vi' } as const;
		for (const [actor, name] of [
			[samplePerson, '0914000001'],
			[an, '0914000002'],
		] as const) {
			const sessionId = await openSession(db, actor.personId);
			await changeAccount(db, actor, { ...renamed, name, sessionId }, NOW);
		}
		const seen = await listAuditEvents(db, { samplesOnly: true }, 99);
		expect(seen.map(({ action, subjectId }) => [action, subjectId]).sort()).toEqual([
			['account.change', samplePerson.personId],
			['invitation.send', ids[1]],
		]);
		const all = (await listAuditEvents(db, {}, 99)).map((event) => event.subjectId);
		expect(all).toEqual(expect.arrayContaining([ids[0], ids[1], an.personId]));
	});
});
