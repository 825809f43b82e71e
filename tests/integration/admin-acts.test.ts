// What the operator's command line writes stands in the log, once; of two commands at once one is refused.
import { expect, test } from 'vitest';
import { listAuditEvents } from '#features/accounts/audit.repository.ts';
import { openOrganisation } from '#features/team/organisation.service.ts';
import type { Db } from '#lib/db.ts';
import { areSamplesRetired } from '#lib/samples.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { createFund, createOrganisation, retire } from '#server/admin-acts.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const logOf = async (db: Db) =>
	(await listAuditEvents(db, {}, 99)).map(({ action, subjectId, personId }) => [action, subjectId, personId]);

const fundOf = (code: string) => {
	const names = { nameVi: 'Quỹ', nameEn: 'Fund' };
	return { id: uuidv7(NOW), code, ...names, organisationId: null, adminUnitId: 'dk-2025' };
};

describeEachEngine('the operator’s command line', (engine) => {
	test('opens a fund with its line in the log, and none with a code that another has', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const fund = fundOf('DK');
		await createFund(db, fund, NOW);
		expect(await logOf(db)).toEqual([['fund.open', fund.id, null]]);
		const again = await expectNothingWritten(db, () => createFund(db, fundOf('DK'), NOW));
		expect(String(again)).toContain('there is such a fund already');
	});

	test('opens one own fund of a school, whoever else does so at that moment', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const school = { kind: 'school', name: 'Trường THCS Đông Kinh', adminUnitId: 'dk-2025' } as const;
		const id = await createOrganisation(db, school, NOW);
		const own = (code: string, organisationId = id) => ({
			...fundOf(code),
			...{ organisationId, adminUnitId: null },
		});
		const outcomes = await Promise.allSettled(['A', 'B'].map((code) => createFund(db, own(code), NOW)));
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		const [fund] = await db.selectFrom('fund').select(['code', 'organisationId', 'adminUnitId']).execute();
		expect(fund).toMatchObject({ organisationId: id, adminUnitId: null });
		const refused = async (each: ReturnType<typeof own>) =>
			String(await expectNothingWritten(db, () => createFund(db, each, NOW)));
		expect(await refused(own('C'))).toContain(`it has its own fund already, ${fund!.code}`);
		expect(await refused(own('C', 'nope'))).toContain('there is no such organisation');
		await db.updateTable('organisation').set({ validTo: '2026-11-22' }).where('id', '=', id).execute();
		expect(await refused(own('C'))).toContain('or it is closed');
	});

	test('retires the samples once, with one line in the log', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		await Promise.all(Array.from({ length: 4 }, () => retire(db, NOW)));
		await retire(db, NOW + 1);
		expect(await areSamplesRetired(db)).toBe(true);
		expect(await logOf(db)).toEqual([['sample.retire', 'samples_retired', null]]);
	});

	test('writes an organisation once, whoever else gives the same name at that moment, in whatever ward', async () => {
		const db = await engine.fresh();
		await seedReference(db);
		const officers = [
			await makeActor(db, 'ward_officer', 'ward', 'dk-2025'),
			await makeActor(db, 'ward_officer', 'ward', 'kl-2025'),
		];
		const organisation = { kind: 'agency', name: 'Sở Y tế' } as const;
		const outcomes = await Promise.allSettled([
			...[null, 'dk-2025', 'kl-2025'].map((adminUnitId) =>
				createOrganisation(db, { ...organisation, adminUnitId }, NOW),
			),
			...officers.map((officer) =>
				openOrganisation(db, officer, { ...organisation, adminUnitId: officer.grants[0]!.scopeId! }, NOW),
			),
		]);
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const outcome of outcomes)
			if (outcome.status === 'rejected')
				expect(String((outcome.reason as Error).message)).toMatch(/such an organisation|organisationExists/);
		expect(await db.selectFrom('organisation').select('name').execute()).toHaveLength(1);
		expect((await logOf(db)).map(([action]) => action)).toEqual(['organisation.open']);
		const again = await expectNothingWritten(db, () =>
			createOrganisation(db, { ...organisation, adminUnitId: null }, NOW),
		);
		expect(String(again)).toContain('there is such an organisation already');
	});
});
