// Somebody with the database's file, and with the signing key, changes the book. Whoever kept an old checkpoint, such as
// a printed sheet, finds every change below it; whoever has the newest one, every change that did not rebuild the tree.
// The portal's verifier and one that shares no code with it must say the same.
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { findCheckpoint } from '#features/checkpoints/checkpoint.repository.ts';
import { openLog, sequenceFunds } from '#features/checkpoints/checkpoint.service.ts';
import { ledgerKeyOf } from '#features/checkpoints/ledger-key.ts';
import { verifyBook } from '#features/checkpoints/verify-book.ts';
import { inTransaction, isSqlite, type Db, type Trx } from '#lib/db.ts';
import { canonicalJson, sha256All, type Canonical } from '#lib/hash.ts';
import { give, makeWorld, pay, reverse, type World } from '../integration/fund-world.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';
import { firstWrongRow, naiveRoot } from '../support/independent-verifier.ts';

const KEY = ledgerKeyOf(new Uint8Array(32).fill(3));
const OLD = 14;
const LENGTH = 24;
const FORGED = '0198c0de-0000-7000-8000-00000000dead';

/** A book of gifts, payments and reversals, with a checkpoint in the middle and one at the end. */
async function makeBook(db: Db): Promise<World> {
	const world = await makeWorld(db);
	await openLog(db, KEY, 'nha-xanh.example', NOW);
	for (let at = 1; at <= LENGTH; at += 1) {
		if (at % 6 === 0) await pay(world, 9_000 + at);
		else if (at === 13) await reverse(world, await entryOf(world, 12));
		else if (at === 20) await reverse(world, await entryOf(world, 5));
		else await give(world, 10_000 + at);
		if (at === OLD || at === LENGTH) await sequenceFunds(db, KEY, NOW);
	}
	return world;
}

const entryOf = async ({ db, fundId }: World, sequence: number): Promise<string> =>
	(
		await db
			.selectFrom('journalEntry')
			.select('id')
			.where('fundId', '=', fundId)
			.where('sequence', '=', sequence)
			.executeTakeFirstOrThrow()
	).id;

type Json = Record<string, unknown> & {
	postings: { amountVnd: number }[];
	cashAfterVnd: number;
	sequence: number;
};

/** One way to change a line's content. */
const EDITS: ((row: Json) => void)[] = [
	(row) => (row.postings[0]!.amountVnd += 1),
	(row) => (row.cashAfterVnd += 1000),
	(row) => (row['bookedOn'] = '2026-10-01'),
	(row) => (row['happenedOn'] = '2026-01-01'),
	(row) => (row['sourceHash'] = '0'.repeat(64)),
	(row) => (row['textHash'] = '0'.repeat(64)),
	(row) => (row['recordedBy'] = 'somebody-else'),
	(row) => (row['id'] = FORGED),
	(row) => (row['kind'] = 'opening_balance'),
	(row) => (row['voucher'] = 'PT-2026/0099'),
];

type Tamper =
	| { kind: 'edit'; at: number; edit: number }
	| { kind: 'delete' | 'insert' | 'truncate' | 'reformat'; at: number }
	| { kind: 'swap'; at: number; other: number }
	/** Another amount, with every balance after it made to fit: the book keeps all its rules. */
	| { kind: 'rewrite'; at: number; byVnd: number };

const row = fc.integer({ min: 1, max: LENGTH });
const tamper: fc.Arbitrary<Tamper> = fc.oneof(
	fc.record({ kind: fc.constant('edit' as const), at: row, edit: fc.nat(EDITS.length - 1) }),
	fc.record({
		kind: fc.constantFrom('delete' as const, 'insert' as const, 'truncate' as const, 'reformat' as const),
		at: row,
	}),
	fc
		.record({ kind: fc.constant('swap' as const), at: row, other: row })
		.filter(({ at, other }) => at !== other),
	fc.record({ kind: fc.constant('rewrite' as const), at: row, byVnd: fc.integer({ min: 1, max: 5000 }) }),
);

async function dropGuards(trx: Trx): Promise<void> {
	if (!isSqlite(trx)) {
		for (const table of ['journal_entry', 'posting', 'fund_allocation', 'entry_text'])
			await sql.raw(`alter table ${table} disable trigger all`).execute(trx);
		return;
	}
	const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'trigger'`.execute(
		trx,
	);
	for (const { name } of rows) await sql.raw(`drop trigger ${name}`).execute(trx);
	await sql`pragma defer_foreign_keys = on`.execute(trx);
}

const read = async (trx: Trx) =>
	(await trx.selectFrom('journalEntry').select('canonical').orderBy('sequence').execute()).map(
		({ canonical }) => canonical,
	);
const write = (trx: Trx, sequence: number, canonical: string) =>
	trx.updateTable('journalEntry').set({ canonical }).where('sequence', '=', sequence).execute();
const toLine = (json: Json) => canonicalJson(json as Canonical);

async function apply(trx: Trx, { fundId }: World, each: Tamper): Promise<void> {
	const lines = await read(trx);
	const line = lines[each.at - 1]!;
	const json = JSON.parse(line) as Json;
	const rows = trx.deleteFrom('journalEntry').where('fundId', '=', fundId);
	switch (each.kind) {
		case 'edit':
			EDITS[each.edit]!(json);
			await write(trx, each.at, toLine(json));
			return;
		case 'reformat':
			await write(trx, each.at, JSON.stringify(json, null, 1).replaceAll('\n', ''));
			return;
		case 'delete':
			await rows.where('sequence', '=', each.at).execute();
			return;
		case 'truncate':
			await rows.where('sequence', '>=', each.at).execute();
			return;
		case 'swap':
			await write(trx, each.at, lines[each.other - 1]!);
			await write(trx, each.other, line);
			return;
		case 'insert':
			// A copy of a row with a new id in its place; those after it move on.
			for (let at = LENGTH; at >= each.at; at -= 1)
				await trx
					.updateTable('journalEntry')
					.set({ sequence: at + 1 })
					.where('sequence', '=', at)
					.execute();
			await trx
				.insertInto('journalEntry')
				.values({
					...(await trx
						.selectFrom('journalEntry')
						.selectAll()
						.where('sequence', '=', each.at + 1)
						.executeTakeFirstOrThrow()),
					...{ id: FORGED, sequence: each.at, kind: 'gift', reversesEntryId: null },
					...{ voucherKind: null, voucherYear: null, voucherNumber: null, sourceId: FORGED },
					canonical: toLine({ ...json, id: FORGED }),
				})
				.execute();
			return;
		case 'rewrite':
			for (let at = each.at; at <= LENGTH; at += 1) {
				const later = JSON.parse(lines[at - 1]!) as Json;
				const isIncome = later['reverses'] === null && (later['allocations'] as unknown[]).length === 0;
				if (at === each.at && !isIncome) return;
				if (at === each.at) later.postings[0]!.amountVnd += each.byVnd;
				later.cashAfterVnd += each.byVnd;
				await write(trx, at, toLine(later));
			}
	}
}

class RollBack extends Error {}

/** The lines that anyone could download after the tampering, which is then undone. */
async function tampered(world: World, each: Tamper): Promise<string[]> {
	let lines: string[] = [];
	await inTransaction(world.db, async (trx) => {
		await dropGuards(trx);
		await apply(trx, world, each);
		lines = await read(trx);
		throw new RollBack();
	}).catch((error: unknown) => {
		if (!(error instanceof RollBack)) throw error;
	});
	return lines;
}

async function verifyLines(lines: string[], sizes: number[]) {
	async function* pieces() {
		yield await Promise.resolve(Buffer.from(lines.map((line) => `${line}\n`).join('')));
	}
	const { rules, tree } = await verifyBook(pieces(), sha256All, sizes, () => {});
	const rootAt = (size: number) => {
		const root = tree.roots.get(size);
		return root && Buffer.from(root).toString('base64');
	};
	return { wrongRow: rules.problem?.row ?? 0, rootAt, tree };
}

describeEachEngine('a book that was tampered with', (engine) => {
	test('is found out by an old checkpoint, also when it keeps all its rules', async () => {
		const db = await engine.fresh();
		const world = await makeBook(db);
		const [old, newest] = [
			(await findCheckpoint(db, world.fundId, OLD))!,
			(await findCheckpoint(db, world.fundId))!,
		];
		const honest = await inTransaction(db, read);
		const clean = await verifyLines(honest, [OLD, LENGTH]);
		expect([clean.wrongRow, clean.rootAt(OLD), clean.rootAt(LENGTH)]).toEqual([0, old.root, newest.root]);
		expect(firstWrongRow(honest)).toBe(0);

		const found = { below: 0, above: 0, keptRules: 0 };
		await fc.assert(
			fc.asyncProperty(tamper, async (each) => {
				const lines = await tampered(world, each);
				if (lines.join('\n') === honest.join('\n')) return;
				const firstChange = lines.findIndex((line, at) => line !== honest[at]);
				const changedAt = firstChange < 0 ? lines.length : firstChange;
				const { wrongRow, rootAt, tree } = await verifyLines(lines, [OLD, LENGTH]);
				expect(wrongRow).toBe(firstWrongRow(lines));
				expect(Buffer.from(tree.root).toString('hex')).toBe(naiveRoot(lines).toString('hex'));
				if (wrongRow === 0) found.keptRules += 1;
				if (changedAt < OLD) {
					found.below += 1;
					// Whatever tree the rows make now, and whoever signs it: the old paper does not change.
					expect(rootAt(OLD)).not.toBe(old.root);
				} else {
					found.above += 1;
					expect(rootAt(LENGTH)).not.toBe(newest.root);
				}
			}),
			{ numRuns: engine.name === 'sqlite' ? 300 : 100 },
		);
		expect(found.below).toBeGreaterThan(0);
		expect(found.above).toBeGreaterThan(0);
		expect(found.keptRules).toBeGreaterThan(0);
	});
});
