// Beside a payment: notes that two roles read, and photos that prove it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { payDisbursement } from '#features/fund/disbursement.service.ts';
import { listProofs } from '#features/fund/disbursement-note.repository.ts';
import {
	decideProofPhoto,
	eraseNote,
	getNotes,
	recordProof,
	writeNote,
} from '#features/fund/disbursement-note.service.ts';
import { listEntries } from '#features/fund/fund.repository.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { traceEntry } from '#features/trace/entry-story.repository.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { makeFund, NOW, WHOLE } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';
import { approved, give, insertRaw, makePeople, makeWorld, TODAY, type World } from './fund-world.ts';
import { expectRefused } from './sale-world.ts';

describeEachEngine('beside a payment', (engine) => {
	let db: Db;
	let world: World;
	let requestId: string;
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-proofs-'));
	const store = openPhotoStore({ photoDir: folder, photoBucket: undefined });
	beforeEach(async () => {
		db = await engine.fresh();
		world = await makeWorld(db);
		await give(world, 900_000);
		requestId = await approved(world, 100_000);
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));
	const refusedByDatabase = async (work: () => Promise<unknown>, message: RegExp) =>
		expect(((await expectNothingWritten(db, work)) as Error).message).toMatch(message);

	test('a note is read by the treasurer and the approvers only, and erased without touching the book', async () => {
		const note = { id: uuidv7(NOW), disbursementId: requestId, text: 'Hộ bà Lan, số 5 đường Bà Triệu' };
		await writeNote(db, world.approver, note, NOW);
		await writeNote(db, world.approver, note, NOW + 1);
		const other = await makePeople(db, await makeFund(db));
		for (const [who, key] of [
			[world.officer, 'notYourRole'],
			[other.treasurer, 'notYourRole'],
			[{ ...world.treasurer, isStrong: false }, 'secondFactorFirst'],
		] as const) {
			await expectRefused(db, () => getNotes(db, who, requestId), key, 403);
			await expectRefused(db, () => writeNote(db, who, { ...note, id: uuidv7(NOW) }, NOW), key, 403);
			await expectRefused(db, () => eraseNote(db, who, note.id, NOW), key, 403);
		}
		for (const [work, key, status] of [
			[() => getNotes(db, undefined, requestId), 'signInFirst', 401],
			[() => writeNote(db, world.treasurer, note, NOW), 'sameIdOtherContent', 409],
			[() => writeNote(db, world.approver, { ...note, text: 'Khác' }, NOW), 'sameIdOtherContent', 409],
			[() => writeNote(db, world.approver, { ...note, text: ' \n' }, NOW), 'textMissing', 422],
			[
				() => writeNote(db, world.approver, { ...note, disbursementId: uuidv7(NOW) }, NOW),
				'unknownDisbursement',
				404,
			],
			[() => eraseNote(db, world.approver, uuidv7(NOW), NOW), 'unknownNote', 404],
		] as const)
			await expectRefused(db, work, key, status);
		expect((await getNotes(db, world.treasurer, requestId)).map((each) => each.text)).toEqual([note.text]);
		const before = (await listEntries(db, world.fundId, { limit: 5 })).map((each) => each.canonical);
		await refusedByDatabase(
			() => sql`update disbursement_note set text = 'Khác'`.execute(db),
			/only be erased/,
		);
		await refusedByDatabase(() => sql`delete from disbursement_note`.execute(db), /kept/);
		await eraseNote(db, world.treasurer, note.id, NOW);
		await eraseNote(db, world.treasurer, note.id, NOW + 1);
		const [erased] = await db.selectFrom('disbursementNote').selectAll().execute();
		expect(erased).toMatchObject({ text: null, contentHash: null, erasedAt: NOW });
		expect((await listEntries(db, world.fundId, { limit: 5 })).map((each) => each.canonical)).toEqual(before);
	});

	test('a payment is proved by photos that an approver makes public', async () => {
		const image = sharp({ create: { width: 40, height: 30, channels: 3, background: '#fff' } });
		const photo = { bytes: new Uint8Array(await image.jpeg().toBuffer()), store, hasChildren: false };
		const proof = { id: uuidv7(NOW), disbursementId: requestId };
		const prove = (who: Actor | undefined, input = proof, upload: typeof photo | undefined = photo) =>
			recordProof(db, who, input, NOW, upload);
		await expectRefused(db, () => prove(world.treasurer), 'notPaid', 409);
		const paid = await payDisbursement(
			db,
			world.treasurer,
			{ id: requestId, entryId: uuidv7(NOW), paidOn: TODAY },
			NOW,
		);
		for (const [work, key, status] of [
			[() => prove(undefined), 'signInFirst', 401],
			[() => prove(world.approver), 'notYourRole', 403],
			[() => recordProof(db, world.treasurer, proof, NOW), 'proofMissing', 422],
			[() => prove(world.treasurer, proof, { ...photo, bytes: new Uint8Array([1, 2, 3]) }), 'photoKind', 415],
		] as const)
			await expectRefused(db, work, key, status);
		await prove(world.treasurer);
		await prove(world.treasurer);
		expect(readdirSync(folder)).toHaveLength(1);
		const other = await approved(world, 1000);
		await expectRefused(
			db,
			() => prove(world.treasurer, { ...proof, disbursementId: other }),
			'sameIdOtherContent',
			409,
		);
		expect((await traceEntry(db, paid.id))!.photos).toEqual([]);
		const decision = { id: uuidv7(NOW), status: 'approved', redaction: WHOLE } as const;
		await expectRefused(db, () => decideProofPhoto(db, world.approver, decision, NOW), 'unknownPhoto', 404);
		await expectRefused(
			db,
			() =>
				decideProofPhoto(db, world.treasurer, { id: proof.id, status: 'approved', redaction: WHOLE }, NOW),
			'notYourRole',
			403,
		);
		await decideProofPhoto(db, world.approver, { id: proof.id, status: 'approved', redaction: WHOLE }, NOW);
		expect(await listProofs(db, requestId)).toMatchObject([{ status: 'approved' }]);
		expect((await traceEntry(db, paid.id))!.photos).toHaveLength(1);
		const [row] = await db.selectFrom('disbursementProof').selectAll().execute();
		const forged = {
			...{ id: uuidv7(NOW), disbursement_id: other, photo_id: row!.photoId },
			...{ recorded_by: row!.recordedBy, recorded_at: NOW },
		};
		await refusedByDatabase(
			() => insertRaw(db, 'disbursement_proof', forged),
			/belongs to a payment|unique/i,
		);
	});
});
