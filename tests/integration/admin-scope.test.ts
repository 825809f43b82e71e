// The operator's command line gives roles where the web would, and nowhere else.
import { expect, test } from 'vitest';
import { createAccount } from '#features/accounts/account.service.ts';
import type { Role } from '#features/accounts/actor.ts';
import { insertOrganisation, updateOrganisation } from '#features/accounts/organisation.repository.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { holdScope, readScope } from '#server/admin-scope.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeFund, makeHouse, NOW, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const ACCOUNT = { displayName: 'An', name: '0912000001', password: 'một câu dài chỉ mình tôi biết' } as const;

async function openWorld(db: Db) {
	await seedReference(db);
	const open = (name: string, isSample: 0 | 1, validTo?: string) =>
		inTransaction(db, async (trx) => {
			const row = { kind: 'youth_union', name, adminUnitId: 'dk-2025', isSample } as const;
			const id = await insertOrganisation(trx, row, NOW);
			if (validTo !== undefined) await updateOrganisation(trx, id, { validTo });
			return id;
		});
	const house = await makeHouse(db);
	const closedHouse = await makeHouse(db, { status: 'closed', closedOn: '2026-11-01' });
	const sampleHouse = await makeHouse(db, { code: 'MAU-001', positionSource: 'sample', isSample: 1 });
	const fund = await makeFund(db);
	const sampleFund = await makeFund(db, { code: 'MAU-DK', isSample: 1 });
	return {
		...{ union: await open('Đoàn', 0), closed: await open('Đoàn cũ', 0, '2026-11-22') },
		...{ sampleUnion: await open('Đoàn (mẫu)', 1), house, closedHouse, sampleHouse, fund, sampleFund },
	};
}

/** As the command does it. */
async function create(db: Db, role: Role, text: string): Promise<string> {
	const scope = await readScope(db, role, text, NOW);
	return createAccount(db, { ...ACCOUNT, role, ...scope }, NOW, (trx) => holdScope(trx, role, text, NOW));
}

const grantsOf = (db: Db) => db.selectFrom('roleGrant').select(['role', 'scopeKind', 'scopeId']).execute();

describeEachEngine('the operator’s command line', (engine) => {
	test('gives no role in a closed or sample place, and writes nothing', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		const refused: [Role, string, string][] = [
			['organiser', `organisation:${world.closed}`, 'closed'],
			['steward', `house:${world.closedHouse.code}`, 'closed'],
			['organiser', `organisation:${world.sampleUnion}`, 'sample'],
			['steward', `house:${world.sampleHouse.code}`, 'sample'],
			['treasurer', `fund:${world.sampleFund.code}`, 'sample'],
			['organiser', 'organisation:none', 'nothing of that name'],
			['steward', 'house:NNX-999', 'nothing of that name'],
			['ward_officer', 'ward:dk-old', 'it must be one of'],
			['ward_officer', 'portal', 'the role ward_officer needs'],
		];
		for (const [role, text, said] of refused) {
			const thrown = await expectNothingWritten(db, () => create(db, role, text));
			expect([text, (thrown as Error).message]).toEqual([text, expect.stringContaining(said)]);
			expect((thrown as Error).message).toContain('--scope');
		}
	});

	test('gives a role in a place that is open', async () => {
		const db = await engine.fresh();
		const { union } = await openWorld(db);
		await create(db, 'organiser', `organisation:${union}`);
		expect(await grantsOf(db)).toEqual([{ role: 'organiser', scopeKind: 'organisation', scopeId: union }]);
	});

	test('gives none in an organisation that closed while the password was typed', async () => {
		const db = await engine.fresh();
		const { union } = await openWorld(db);
		const text = `organisation:${union}`;
		const scope = await readScope(db, 'organiser', text, NOW);
		await inTransaction(db, (trx) => updateOrganisation(trx, union, { validTo: '2026-11-22' }));
		const work = () =>
			createAccount(db, { ...ACCOUNT, role: 'organiser', ...scope }, NOW, (trx) =>
				holdScope(trx, 'organiser', text, NOW),
			);
		expect(((await expectNothingWritten(db, work)) as Error).message).toContain('closed');
	});
});
