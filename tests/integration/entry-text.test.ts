// The public words of an entry can be taken away; what they belong to cannot.
import { expect, test } from 'vitest';
import { runChecks } from '#features/checks/check.service.ts';
import { listTexts } from '#features/checkpoints/checkpoint.repository.ts';
import { eraseEntryText } from '#features/fund/entry-text.service.ts';
import { findEntry } from '#features/fund/fund.repository.ts';
import { inTransaction } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeActor, NOW } from '../support/fixtures.ts';

import { GET } from '../../src/pages/api/v1/funds/[code]/texts.jsonl.ts';
import { makeBooks } from './books-world.ts';
import { expectRefused } from './sale-world.ts';

describeEachEngine('the words of an entry', (engine) => {
	test('are erased for good by an administrator: the book, its hashes and its checks stay', async () => {
		const db = await engine.fresh();
		await makeBooks(db);
		const first = await db
			.selectFrom('journalEntry')
			.innerJoin('fund', 'fund.id', 'journalEntry.fundId')
			.select(['journalEntry.id', 'journalEntry.fundId', 'fund.code'])
			.where('sequence', '=', 1)
			.executeTakeFirstOrThrow();
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		const sampleAdministrator = await makeActor(db, 'administrator', 'portal', null, 1);
		const treasurer = await makeActor(db, 'treasurer', 'fund', first.fundId);
		for (const [who, id, key, status] of [
			[undefined, first.id, 'signInFirst', 401],
			[treasurer, first.id, 'notYourRole', 403],
			[{ ...administrator, isStrong: false }, first.id, 'secondFactorFirst', 403],
			[sampleAdministrator, first.id, 'sampleOnReal', 403],
			[administrator, uuidv7(NOW), 'unknownEntry', 404],
		] as const)
			await expectRefused(db, () => eraseEntryText(db, who, id, NOW), key, status);

		const failing = async () =>
			(await inTransaction(db, (trx) => runChecks(trx))).results.filter(({ total }) => total > 0);
		const before = [await findEntry(db, first.id), await failing()] as const;
		expect(before[0]?.text).not.toBeNull();
		await eraseEntryText(db, administrator, first.id, NOW);
		await eraseEntryText(db, administrator, first.id, NOW + 1);
		expect(await findEntry(db, first.id)).toEqual({ ...before[0], text: null });
		expect(await failing()).toEqual(before[1]);
		const events = await db
			.selectFrom('auditEvent')
			.select(['subjectId', 'roleGrantId'])
			.where('action', '=', 'journal-entry.erase-text')
			.execute();
		expect(events).toEqual([{ subjectId: first.id, roleGrantId: administrator.grants[0]!.id }]);

		// With its salt, a short text could be guessed from its hash.
		expect((await listTexts(db, first.fundId, 0, 1))[0]?.salt).toEqual(expect.any(String));
		const url = new URL(`http://localhost/api/v1/funds/${first.code}/texts.jsonl?to=1`);
		const answer = await GET({ locals: { db }, params: { code: first.code }, url } as never);
		expect(await (answer as Response).text()).toBe('{"salt":null,"text":null}\n');
	});

	test.each([
		['statement', 'words'],
		['cashCount', 'reason'],
		['entryReversal', 'reason'],
	] as const)('go from the %s too, which takes no other words', async (table, column) => {
		const db = await engine.fresh();
		await makeBooks(db);
		const paper = await db
			.selectFrom(table)
			.selectAll()
			.where('entryId', 'is not', null)
			.executeTakeFirstOrThrow();
		const write = (words: string) =>
			db
				.updateTable(table)
				.set({ [column]: words })
				.where('id', '=', paper.id)
				.execute();
		await expect(write('Khác')).rejects.toThrow();
		expect(await db.selectFrom(table).selectAll().where('id', '=', paper.id).execute()).toEqual([paper]);
		const administrator = await makeActor(db, 'administrator', 'portal', null);
		await eraseEntryText(db, administrator, paper.entryId!, NOW);
		expect(await db.selectFrom(table).selectAll().where('id', '=', paper.id).execute()).toEqual([
			{ ...paper, [column]: '…', contentHash: '' },
		]);
		await expect(write('Khác')).rejects.toThrow();
	});
});
