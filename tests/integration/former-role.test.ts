// A role that has ended stays beside whoever held it.
import { expect, test } from 'vitest';
import { endRole } from '#features/team/role.service.ts';
import { listFormerRoles } from '#features/team/team.repository.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, seedReference } from '../support/fixtures.ts';

describeEachEngine('roles that somebody no longer holds', (engine) => {
	test('stay on their own page with the place and the days', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const officer = await makeActor(db, 'ward_officer', 'ward', 'hd-old');
		expect(await listFormerRoles(db, officer.personId, NOW)).toEqual([]);
		await endRole(db, officer, officer.grants[0]!.id, NOW);
		expect(await listFormerRoles(db, officer.personId, NOW + 400 * DAY)).toMatchObject([
			{ role: 'ward_officer', scope: { id: 'tt-2025' }, validFrom: '2025-01-01', endedAt: NOW },
		]);
	});
});
