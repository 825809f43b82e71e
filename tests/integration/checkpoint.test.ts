// The tree over a fund's book: hashing after posting, checkpoints, proofs, and what becomes of a row that is changed.
import { verify as verifySignature, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBookCheck } from '#features/checkpoints/book-check.ts';
import { parseBookEntry } from '#features/checkpoints/book-entry.ts';
import { createBookTree } from '#features/checkpoints/book-tree.ts';
import { findCheckpoint, listCanonical, listKeys } from '#features/checkpoints/checkpoint.repository.ts';
import { BookChanged, openLog, sequenceFunds } from '#features/checkpoints/checkpoint.service.ts';
import { keyIdOf, ledgerKeyOf } from '#features/checkpoints/ledger-key.ts';
import {
	followConsistency,
	followInclusion,
	isSameHash,
	leafMessage,
	proveConsistency,
	proveInclusion,
} from '#features/checkpoints/merkle.ts';
import {
	getCheckpoint,
	getConsistency,
	getFund,
	getInclusion,
	matchSheet,
} from '#features/checkpoints/open-tree.service.ts';
import { parseSheetCode, scannedCode, typedCode } from '#features/checkpoints/sheet-code.ts';
import { parseNote } from '#features/checkpoints/signed-note.ts';
import { nodeReader } from '#features/checkpoints/tree.repository.ts';
import { postEntry } from '#features/fund/ledger.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { sha256All } from '#lib/hash.ts';
import { describeEachEngine } from '../support/engines.ts';
import { NOW } from '../support/fixtures.ts';
import { digest, expectNothingWritten } from '../support/snapshot.ts';
import { tamper } from '../support/tamper.ts';
import { giftInput, makeWorld, pay, reverse, type World } from './fund-world.ts';
import { expectRefused } from './sale-world.ts';

const KEY = ledgerKeyOf(new Uint8Array(32).fill(7));
const ORIGIN = 'nha-xanh.example';

async function openWorld(db: Db): Promise<World> {
	const world = await makeWorld(db);
	await openLog(db, KEY, ORIGIN, NOW);
	return world;
}

const giveMany = (world: World, count: number) =>
	inTransaction(world.db, async (trx) => {
		for (let index = 1; index <= count; index += 1) await postEntry(trx, giftInput(world, index * 1000), NOW);
	});

const linesOf = async ({ db, fundId }: World) =>
	(await listCanonical(db, fundId, 0, 1e6)).map(({ canonical }) => canonical);
const leafHashOf = (line: string) => sha256All([leafMessage(Buffer.from(line))])[0]!;

/** The root of lines, by the code that the verifier runs. */
async function treeOf(lines: string[], sizes: number[] = []) {
	const tree = createBookTree(sha256All, sizes);
	await tree.add(lines.map((line) => leafMessage(Buffer.from(line))));
	return tree.finish();
}

async function expectUnchanged(db: Db, work: () => Promise<unknown>): Promise<void> {
	const before = await digest(db);
	await work();
	expect(await digest(db)).toEqual(before);
}

describeEachEngine('a fund’s tree', (engine) => {
	test('is signed over the whole book, and every entry and every older checkpoint is proven', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		const sizes = [1, 3, 256, 257, 600];
		let length = 0;
		for (const size of sizes) {
			await giveMany(world, size - length);
			length = size;
			await sequenceFunds(db, KEY, NOW);
		}
		const lines = await linesOf(world);
		const { root, roots } = await treeOf(lines, sizes);
		const newest = (await findCheckpoint(db, world.fundId))!;
		expect(newest.size).toBe(600);
		const read = nodeReader(db, world.fundId);
		for (const size of sizes) {
			const checkpoint = (await findCheckpoint(db, world.fundId, size))!;
			expect(checkpoint.root).toBe(Buffer.from(roots.get(size)!).toString('base64'));
			const fromRoot = Buffer.from(checkpoint.root, 'base64');
			const proof = await proveConsistency(sha256All, read, size, 600);
			const found = await followConsistency(sha256All, { from: size, size: 600, fromRoot, proof });
			expect(found && isSameHash(found.fromRoot, fromRoot) && isSameHash(found.root, root)).toBe(true);
		}
		for (const index of [0, 1, 254, 255, 256, 511, 599]) {
			const proof = await proveInclusion(sha256All, read, index, 600);
			const leafHash = leafHashOf(lines[index]!);
			const found = await followInclusion(sha256All, { index, size: 600, leafHash, proof });
			expect(found && isSameHash(found, root)).toBe(true);
		}
		// Nothing has been added, so nothing more is signed.
		await expectUnchanged(db, () => sequenceFunds(db, KEY, NOW + 1));
	});

	test('is asked for sizes and entries that are in it, and refuses others', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		const fund = await getFund(db, world.code);
		const entry = await inTransaction(db, (trx) => postEntry(trx, giftInput(world, 1000), NOW));
		const prove = (id: string) => () => getInclusion(db, fund, id);
		const compare = (from: number, to: number) => () => getConsistency(db, fund.id, { from, to });
		for (const ask of [() => getCheckpoint(db, fund.id), prove(entry.id), compare(1, 1)])
			await expectRefused(db, ask, 'noCheckpointYet', 404);
		await sequenceFunds(db, KEY, NOW);
		expect(await prove(entry.id)()).toMatchObject({ index: 0 });
		await expectRefused(db, () => getCheckpoint(db, fund.id, 2), 'noCheckpointOfSize', 404);
		for (const ask of [compare(1, 2), compare(2, 1)]) await expectRefused(db, ask, 'treeTooShort', 422);
		// Written since the newest checkpoint: it is in the next one.
		const later = await inTransaction(db, (trx) => postEntry(trx, giftInput(world, 2000), NOW));
		await expectRefused(db, prove(later.id), 'noCheckpointYet', 404);
	});

	test('is signed as a note that others can check', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		await giveMany(world, 2);
		await sequenceFunds(db, KEY, NOW);
		const checkpoint = (await findCheckpoint(db, world.fundId))!;
		const note = parseNote(checkpoint.note)!;
		expect(note).toMatchObject({ origin: `${ORIGIN}/quy/${world.code}`, size: 2, root: checkpoint.root });
		const [{ name, keyId, signature }] = note.signatures as [(typeof note.signatures)[number]];
		expect(name).toBe(ORIGIN);
		expect([...keyId]).toEqual([...keyIdOf(ORIGIN, KEY.publicKey)]);
		const x = Buffer.from(KEY.publicKey).toString('base64url');
		const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
		expect(verifySignature(null, Buffer.from(note.text), key, signature)).toBe(true);
	});

	test('keeps its origin, and a new key takes over from the one before', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		await giveMany(world, 1);
		await sequenceFunds(db, KEY, NOW);
		const next = ledgerKeyOf(new Uint8Array(32).fill(8));
		await openLog(db, next, 'elsewhere.example', NOW);
		await expectUnchanged(db, () => openLog(db, next, 'elsewhere.example', NOW));
		await giveMany(world, 1);
		await sequenceFunds(db, next, NOW);
		const keys = (await listKeys(db)).map(({ publicKey }) => publicKey);
		const base64 = (key: Uint8Array) => Buffer.from(key).toString('base64');
		expect(keys).toEqual([base64(next.publicKey), base64(KEY.publicKey)]);
		const [first, second] = [
			await findCheckpoint(db, world.fundId, 1),
			await findCheckpoint(db, world.fundId, 2),
		];
		expect([first?.publicKey, second?.publicKey]).toEqual(keys.reverse());
		expect(parseNote(second!.note)).toMatchObject({ origin: `${ORIGIN}/quy/${world.code}` });
	});

	test('is written once by processes that come at the same time', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		await giveMany(world, 300);
		await Promise.all([1, 2, 3].map((each) => sequenceFunds(db, KEY, NOW + each)));
		const { root } = await treeOf(await linesOf(world));
		const checkpoints = await db.selectFrom('checkpoint').selectAll().execute();
		expect(checkpoints.map((each) => [each.size, each.root])).toEqual([
			[300, Buffer.from(root).toString('base64')],
		]);
		expect(await db.selectFrom('treeTile').select('tileIndex').execute()).toHaveLength(1);
	});

	test('is not signed any further over a book that was changed', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		await giveMany(world, 5);
		await sequenceFunds(db, KEY, NOW);
		await tamper(
			db,
			'journal_entry',
			`update journal_entry set canonical = replace(canonical, '3000', '2000') where sequence = 3`,
		);
		await giveMany(world, 1);
		expect(await expectNothingWritten(db, () => sequenceFunds(db, KEY, NOW))).toBeInstanceOf(BookChanged);
	});

	test('goes on once a changed row is as it was, though a tile became complete meanwhile', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		await giveMany(world, 250);
		await sequenceFunds(db, KEY, NOW);
		const change = (from: string, to: string) =>
			tamper(
				db,
				'journal_entry',
				`update journal_entry set canonical = replace(canonical, ':${from},', ':${to},') where sequence = 3`,
			);
		await change('3000', '3001');
		await giveMany(world, 10);
		expect(await expectNothingWritten(db, () => sequenceFunds(db, KEY, NOW))).toBeInstanceOf(BookChanged);
		await change('3001', '3000');
		await sequenceFunds(db, KEY, NOW);
		const { root } = await treeOf(await linesOf(world));
		expect(await findCheckpoint(db, world.fundId)).toMatchObject({
			...{ size: 260, root: Buffer.from(root).toString('base64') },
		});
	});

	test('does not hide from an old sheet a row that was changed under a tile that stayed', async () => {
		const world = await openWorld(await engine.fresh());
		await giveMany(world, 260);
		await sequenceFunds(world.db, KEY, NOW);
		const { root, roots } = await treeOf(await linesOf(world), [7]);
		const codes = [parseSheetCode(typedCode(260, root))!, parseSheetCode(scannedCode(7, roots.get(7)!))!];
		const answers = () =>
			Promise.all(codes.map(async (code) => (await matchSheet(world.db, world.fundId, code))?.matches));
		expect(await answers()).toEqual([true, true]);
		const row = `where fund_id = '${world.fundId}' and sequence = 5`;
		const change = `update journal_entry set canonical = replace(canonical, '5000', '6000') ${row}`;
		await tamper(world.db, 'journal_entry', change);
		expect(await answers()).toEqual([false, false]);
		const longer = parseSheetCode(typedCode(261, root))!;
		expect(await matchSheet(world.db, world.fundId, longer)).toMatchObject({ matches: false });
	});

	test('takes no change, and no checkpoint that does not lead on', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		await giveMany(world, 300);
		await sequenceFunds(db, KEY, NOW);
		const checkpoint = (await findCheckpoint(db, world.fundId))!;
		const insert = (size: number) => () =>
			db
				.insertInto('checkpoint')
				.values({ ...checkpoint, size })
				.execute();
		const refused = [
			insert(299),
			insert(301),
			() => db.updateTable('checkpoint').set({ root: '' }).execute(),
			() => db.deleteFrom('checkpoint').execute(),
			() => db.updateTable('treeTile').set({ root: '' }).execute(),
			() => db.deleteFrom('treeTile').execute(),
			() => db.updateTable('ledgerLog').set({ origin: 'x' }).execute(),
			() => db.deleteFrom('ledgerKey').execute(),
		];
		for (const write of refused) await expectNothingWritten(db, write);
	});
});

describeEachEngine('a book', (engine) => {
	test('passes the checks that anyone can run, with payments and reversals', async () => {
		const db = await engine.fresh();
		const world = await openWorld(db);
		await giveMany(world, 3);
		const [first] = await db.selectFrom('journalEntry').select('id').orderBy('sequence').execute();
		const paid = await pay(world, 4_000);
		await reverse(world, paid.id);
		await pay(world, 1_500);
		await reverse(world, first!.id);
		await giveMany(world, 2);
		await pay(world, 5_000);
		const check = createBookCheck();
		const lines = await linesOf(world);
		expect(lines.map((line) => check.add(parseBookEntry(Buffer.from(line))))).toEqual(
			lines.map(() => undefined),
		);
		const last = (await db
			.selectFrom('journalEntry')
			.select(['cashAfterVnd', 'bankAfterVnd'])
			.orderBy('sequence', 'desc')
			.executeTakeFirst())!;
		expect(check.state).toMatchObject({
			fund: world.code,
			count: lines.length,
			cashVnd: last.cashAfterVnd,
			bankVnd: last.bankAfterVnd,
		});
	});
});
