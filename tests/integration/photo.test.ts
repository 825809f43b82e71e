// A photo of the weigh slip: what is left of it, what is not taken, and who may see it.
import {
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { APIContext } from 'astro';
import sharp from 'sharp';
import { afterEach, expect, test, vi } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import { findSale } from '#features/collections/scrap-sale.repository.ts';
import {
	confirmScrapSale,
	recordScrapSale,
	returnScrapSale,
} from '#features/collections/scrap-sale.service.ts';
import type { ScrapSaleInput } from '#features/collections/scrap-sale.ts';
import { isPhotoGone, MAX_PHOTO_BYTES } from '#features/photos/photo.ts';
import { decideSalePhoto } from '#features/collections/scrap-sale.service.ts';
import type { Frame } from '#features/photos/photo-frames.ts';
import { openPhotoStore, type PhotoStore } from '#features/photos/photo-store.service.ts';
import { findPhoto, insertLeftover } from '#features/photos/photo.repository.ts';
import { clearRefusedPhotos, encodePhoto, insertPhotoRow } from '#features/photos/photo.service.ts';
import { runDueJobs } from '#server/jobs.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError, HTTP_STATUS } from '#lib/errors.ts';
import { sha256Hex } from '#lib/hash.ts';
import { createTranslator, locales } from '#lib/i18n.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { listEntries } from '#features/fund/fund.repository.ts';
import { listRowPhotos } from '#features/trace/row-photos.repository.ts';
import { GET } from '../../src/pages/anh/[id].ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, WHOLE } from '../support/fixtures.ts';
import { digest, expectNothingWritten } from '../support/snapshot.ts';
import { expectRefused, fillAndClose, makeWorld, saleOf } from './sale-world.ts';

let folder: string | undefined;
afterEach(() => {
	if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
	folder = undefined;
});
const folderStore = (photoDir: string) => openPhotoStore({ photoDir, photoBucket: undefined });
/** A photo folder that does not exist yet. */
function newFolder(): string {
	folder = mkdtempSync(path.join(tmpdir(), 'portal-photos-'));
	return path.join(folder, 'photos');
}
const filesIn = (dir: string) => (existsSync(dir) ? readdirSync(dir) : []);

/** A bucket on this machine; `refuse` says with which status it answers everything. */
async function openBucketServer(refuse?: () => number) {
	const kept = new Map<string, Buffer>();
	const asked: string[] = [];
	const server = createServer((request, response) => {
		asked.push(`${request.method} ${request.headers.authorization ?? ''}`);
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			const name = request.url!;
			if (request.method === 'PUT') kept.set(name, Buffer.concat(parts));
			if (request.method === 'DELETE') kept.delete(name);
			const found = kept.get(name);
			response.statusCode = refuse?.() ?? (request.method === 'GET' && !found ? 404 : 200);
			response.end(request.method === 'GET' ? found : undefined);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const keys = { region: 'vn-1', accessKeyId: 'KEY', secretAccessKey: 'SECRET' };
	const photoBucket = { url: `http://127.0.0.1:${port}/photos`, ...keys };
	return {
		...{ kept, asked, store: openPhotoStore({ photoDir: '/nowhere', photoBucket }) },
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** A phone's photo: its left half red and its right half blue, with the place, the maker and a name in its data. */
function takePhoto(format: 'jpeg' | 'png' | 'webp', orientation: number): Promise<Buffer> {
	const half = (background: string) => ({
		create: { width: 40, height: 40, channels: 3 as const, background },
	});
	return sharp({ ...half('#0000ff'), create: { ...half('#0000ff').create, width: 80 } })
		.composite([{ input: half('#ff0000'), left: 0, top: 0 }])
		.withIccProfile('p3')
		.withXmp(
			'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="NongThiLan"/></rdf:RDF></x:xmpmeta>',
		)
		.withExif({
			IFD0: { Make: 'SecretPhone', Artist: 'NongThiLan', Orientation: String(orientation) },
			IFD3: {
				GPSLatitudeRef: 'N',
				GPSLatitude: '21/1 51/1 13/1',
				GPSLongitudeRef: 'E',
				GPSLongitude: '106/1 45/1 41/1',
			},
		})
		.withMetadata({ orientation })
		.toFormat(format)
		.toBuffer();
}

/** A valid one-bit PNG of zeros: a square of any size in a few kilobytes. */
function blankPng(side: number): Buffer {
	const chunk = (type: string, data: Buffer) => {
		const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
		const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
		length.writeUInt32BE(data.length);
		check.writeUInt32BE(crc32(body));
		return Buffer.concat([length, body, check]);
	};
	const header = Buffer.alloc(13);
	header.writeUInt32BE(side, 0);
	header.writeUInt32BE(side, 4);
	header[8] = 1;
	const pixels = deflateSync(Buffer.alloc((1 + Math.ceil(side / 8)) * side));
	const signature = Buffer.from('89504e470d0a1a0a', 'hex');
	return Buffer.concat([
		signature,
		chunk('IHDR', header),
		chunk('IDAT', pixels),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

test.each(['jpeg', 'png', 'webp'] as const)('nothing but upright pixels is left of a %s', async (format) => {
	const input = await takePhoto(format, 6);
	const before = await sharp(input).metadata();
	expect(before).toMatchObject({ width: 80, height: 40, orientation: 6 });
	expect(before.exif?.toString('latin1')).toContain('SecretPhone');
	expect(before.xmp?.toString('utf8')).toContain('NongThiLan');

	const { data, width, height } = await encodePhoto(input, NOW);
	const after = await sharp(data).metadata();
	expect(after).toMatchObject({ format: 'webp', width: 40, height: 80 });
	expect([width, height]).toEqual([40, 80]);
	for (const part of ['exif', 'xmp', 'icc', 'iptc', 'orientation'] as const)
		expect(after[part]).toBeUndefined();
	const bytes = Buffer.from(data).toString('latin1');
	for (const trace of ['EXIF', 'XMP ', 'ICCP', 'GPS', 'SecretPhone', 'NongThiLan'])
		expect(bytes).not.toContain(trace);
	// Orientation 6 lies on its left side: what was left is on top.
	const { data: pixels } = await sharp(data).raw().toBuffer({ resolveWithObject: true });
	const colourAt = (x: number, y: number) => [...pixels.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)];
	const [red, , blueOnTop] = colourAt(20, 10);
	const [redBelow, , blue] = colourAt(20, 70);
	expect(Math.min(red!, blue!)).toBeGreaterThan(200);
	expect(Math.max(blueOnTop!, redBelow!)).toBeLessThan(60);
});

test('a large photo is made smaller and a small one is not made larger', async () => {
	expect(await encodePhoto(blankPng(2400), NOW)).toMatchObject({ width: 1600, height: 1600 });
	expect(await encodePhoto(blankPng(30), NOW)).toMatchObject({ width: 30, height: 30 });
	// One after the other: of a burst that would take all memory, the last are told to come again.
	const burst = await Promise.allSettled(Array.from({ length: 30 }, () => encodePhoto(blankPng(30), NOW)));
	const refused = burst.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
	expect(refused).toHaveLength(10);
	for (const { reason } of refused) expect(reason).toMatchObject({ kind: 'TOO_MANY_REQUESTS' });
	expect(await encodePhoto(blankPng(30), NOW)).toMatchObject({ width: 30 });
});

describeEachEngine('a photo', (engine) => {
	async function makeSale(db: Db) {
		const world = await makeWorld(db);
		const cycleId = await fillAndClose(db, world);
		const dir = newFolder();
		const sale = saleOf(cycleId, { photoMissingReason: '' });
		const send = (
			bytes: Uint8Array,
			over: Partial<ScrapSaleInput> = {},
			actor: Actor | undefined = world.steward,
		) =>
			recordScrapSale(db, actor, { ...sale, ...over }, NOW, {
				bytes,
				hasChildren: false,
				store: folderStore(dir),
			});
		return { world, dir, sale, send };
	}

	test('is kept once with its sale, private, however often the form is sent', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		const input = await takePhoto('jpeg', 1);
		await Promise.all([send(input), send(input), send(input)]);
		await send(input);
		const photos = await db.selectFrom('photo').selectAll().execute();
		expect(photos).toHaveLength(1);
		const photo = photos[0]!;
		expect((await findSale(db, sale.id))?.photoId).toBe(photo.id);
		expect(filesIn(dir)).toEqual([`${photo.id}.webp`]);
		const file = path.join(dir, `${photo.id}.webp`);
		const bytes = readFileSync(file);
		expect(photo).toMatchObject({
			status: 'private',
			sha256: sha256Hex(bytes),
			byteCount: bytes.length,
			width: 80,
			height: 40,
			uploadedBy: world.steward.grants[0]!.id,
			uploadedAt: NOW,
			isSample: 0,
		});
		expect(statSync(file).mode & 0o077).toBe(0);
	});

	test('that cannot be taken is refused with a sentence, and nothing is written', async () => {
		const db = await engine.fresh();
		const { dir, send } = await makeSale(db);
		const jpeg = await takePhoto('jpeg', 1);
		const text = (content: string) => Buffer.from(content, 'utf8');
		const refusals: [string, Uint8Array, string, number][] = [
			['too large', Buffer.concat([jpeg, Buffer.alloc(MAX_PHOTO_BYTES)]), 'photoTooLarge', 413],
			['nothing', Buffer.alloc(0), 'photoKind', 415],
			['text', text('Cân được 9,5 kg'), 'photoKind', 415],
			[
				'SVG',
				text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
				'photoKind',
				415,
			],
			['GIF', text('GIF89a\u0001\u0000\u0001\u0000'), 'photoKind', 415],
			['a zip', text('PK\u0003\u0004'), 'photoKind', 415],
			['HEIC', Buffer.concat([Buffer.from('00000018', 'hex'), text('ftypheic')]), 'photoKind', 415],
			['cut off', jpeg.subarray(0, -60), 'photoUnreadable', 422],
			['a first line only', Buffer.from('ffd8ffe000104a464946', 'hex'), 'photoUnreadable', 422],
			[
				'text called JPEG',
				Buffer.concat([Buffer.from('ffd8ff', 'hex'), text('<script>')]),
				'photoUnreadable',
				422,
			],
			['text called WebP', text('RIFF\u0000\u0000\u0000\u0000WEBP<script>'), 'photoUnreadable', 422],
			['64 million pixels in 8 KB', blankPng(8000), 'photoUnreadable', 422],
		];
		for (const [name, bytes, key, status] of refusals) {
			const error = (await expectNothingWritten(db, () => send(bytes))) as DomainError;
			expect([name, error.key, HTTP_STATUS[error.kind], error.field]).toEqual([name, key, status, 'photo']);
			expect(filesIn(dir)).toEqual([]);
			for (const locale of locales)
				expect(createTranslator(locale)(`errors:${error.key}`, error.values)).toMatch(/ .*\.$/);
		}
	});

	test('goes again when the form that carried it is refused', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		const jpeg = await takePhoto('jpeg', 1);
		await expectRefused(db, () => send(jpeg, { cashReceivedVnd: 1000 }), 'saleDiffers', 422);
		await expectRefused(db, () => send(jpeg, { soldOn: '2026-01-01' }), 'soldBeforeOpened', 422);
		await expectRefused(db, () => send(jpeg, {}, world.otherSteward), 'notYourRole', 403);
		const nobody = () =>
			recordScrapSale(db, undefined, sale, NOW, { bytes: jpeg, store: folderStore(dir), hasChildren: false });
		await expectRefused(db, nobody, 'signInFirst', 401);
		expect(filesIn(dir)).toEqual([]);
		await send(jpeg);
		await expectRefused(db, () => send(jpeg, { dealer: 'Người khác' }), 'sameIdOtherContent', 409);
		expect(filesIn(dir)).toHaveLength(1);
	});

	test('that is kept when everything stops goes with the daily job; one that has its row stays', async () => {
		const db = await engine.fresh();
		const { world, dir, sale } = await makeSale(db);
		const bytes = await takePhoto('jpeg', 1);
		const store = folderStore(dir);
		const noted = async () => (await db.selectFrom('photoLeftover').selectAll().execute()).length;
		const cutOff: PhotoStore = {
			...store,
			put: (key, data) => store.put(key, data).then(() => Promise.reject(new Error('cut off'))),
		};
		const send = (into: PhotoStore) =>
			recordScrapSale(db, world.steward, sale, NOW, { bytes, hasChildren: false, store: into });
		await expect(send(cutOff)).rejects.toThrow('cut off');
		expect([filesIn(dir).length, await noted(), await findSale(db, sale.id)]).toEqual([1, 1, undefined]);
		await clearRefusedPhotos(db, store, NOW + DAY);
		expect([filesIn(dir), await noted()]).toEqual([[], 0]);
		// What the job took before the row was written has none.
		const taken: PhotoStore = {
			...store,
			put: (key, data) => store.put(key, data).then(() => clearRefusedPhotos(db, store, NOW + DAY)),
		};
		await expectRefused(db, () => send(taken), 'photoStoreAway', 503, ['portal_setting']);
		expect(filesIn(dir)).toEqual([]);
		await send(store);
		await clearRefusedPhotos(db, store, NOW + DAY);
		expect([filesIn(dir).length, await noted()]).toEqual([1, 0]);
	});

	test('that the store does not let go of keeps no other file from going, and is tried again', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		await send(await takePhoto('jpeg', 1));
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		await decideSalePhoto(db, world.approver, { saleId: sale.id, status: 'refused', redaction: WHOLE }, NOW);
		const { photoId } = (await findSale(db, sale.id))!;
		const store = folderStore(dir);
		for (const key of ['a', 'b', 'c']) {
			await inTransaction(db, (trx) => insertLeftover(trx, key, NOW));
			await store.put(key, new Uint8Array(1));
		}
		const sticky = (kept: string): PhotoStore => ({
			...store,
			remove: (key) => (key === kept ? Promise.reject(new Error('stuck')) : store.remove(key)),
		});
		const later = NOW + 400 * DAY;
		await expect(clearRefusedPhotos(db, sticky('a'), later)).rejects.toThrow('1 photo files');
		expect(filesIn(dir)).toEqual(['a.webp']);
		await clearRefusedPhotos(db, store, later);
		expect(filesIn(dir)).toEqual([]);
		// A refused photo that stays does so until a run that removes it.
		await store.put(photoId!, new Uint8Array(1));
		await db.deleteFrom('portalSetting').execute();
		await expect(clearRefusedPhotos(db, sticky(photoId!), later)).rejects.toThrow('1 photo files');
		expect(filesIn(dir)).toEqual([`${photoId}.webp`]);
		await clearRefusedPhotos(db, store, later);
		expect(filesIn(dir)).toEqual([]);
	});

	test('that the store does not take is refused with a sentence, and nothing is written', async () => {
		const db = await engine.fresh();
		const { world, sale } = await makeSale(db);
		const bytes = await takePhoto('jpeg', 1);
		const bucket = await openBucketServer(() => 403);
		const full = path.join(newFolder(), 'photos');
		writeFileSync(path.dirname(full), 'a file stands where the folder should be');
		for (const store of [bucket.store, folderStore(full)]) {
			const send = () => recordScrapSale(db, world.steward, sale, NOW, { bytes, hasChildren: false, store });
			// Nobody knows whether it has it all the same: that stays noted.
			await expectRefused(db, send, 'photoStoreAway', 503, ['photo_leftover']);
		}
		await bucket.close();
	});

	test('that was refused keeps its row and loses its file after a year', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		await send(await takePhoto('jpeg', 1));
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		const kept = saleOf(await fillAndClose(db, world), { photoMissingReason: '' });
		const upload = { bytes: await takePhoto('jpeg', 1), hasChildren: false, store: folderStore(dir) };
		await recordScrapSale(db, world.steward, kept, NOW, upload);
		await confirmScrapSale(db, world.treasurer, kept.id, NOW);
		await decideSalePhoto(db, world.approver, { saleId: sale.id, status: 'refused', redaction: WHOLE }, NOW);
		await decideSalePhoto(db, world.approver, { saleId: kept.id, status: 'approved', redaction: WHOLE }, NOW);
		const year = 365 * DAY;
		const isGone = async (at: number) => isPhotoGone((await findPhoto(db, id))!, at);
		const { photoId } = (await findSale(db, sale.id))!;
		const id = photoId!;
		const run = (at: number) => runDueJobs(db, folderStore(dir), at);
		await run(NOW + year - 1);
		expect([filesIn(dir).length, await isGone(NOW + year - 1)]).toEqual([2, false]);
		const before = await digest(db, ['job_run', 'portal_setting']);
		await run(NOW + year + DAY);
		expect(filesIn(dir)).toEqual([`${(await findSale(db, kept.id))!.photoId}.webp`]);
		expect(await isGone(NOW + year + DAY)).toBe(true);
		expect(await digest(db, ['job_run', 'portal_setting'])).toEqual(before);
		// What was cleared is not asked of the store again.
		const bucket = await openBucketServer(() => 403);
		await clearRefusedPhotos(db, bucket.store, NOW + year + 2 * DAY);
		expect(bucket.asked).toEqual([]);
		await bucket.close();
	});

	test('is seen by the house’s stewards and by who confirms, and by nobody else', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		await send(await takePhoto('jpeg', 1));
		const id = (await findSale(db, sale.id))!.photoId!;
		const look = async (actor: Actor | undefined, asked = id, photoDir = dir, query = '') =>
			GET({
				params: { id: asked },
				url: new URL(`http://localhost/anh/${asked}${query}`),
				locals: { db, actor, now: NOW, config: { photoDir } },
			} as unknown as APIContext);
		const officer = await makeActor(db, 'ward_officer', 'ward', 'dk-2025');
		const second = await makeActor(db, 'steward', 'house', world.house.id);
		const seen = async () => {
			for (const actor of [world.steward, second, world.treasurer, world.approver])
				expect((await look(actor)).status).toBe(200);
			for (const actor of [undefined, world.stranger, world.otherSteward, officer])
				for (const query of ['', '?co=nho']) expect((await look(actor, id, dir, query)).status).toBe(404);
		};
		await seen();
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		await seen();
		const answer = await look(world.treasurer, id.toUpperCase());
		expect(answer.headers.get('content-type')).toBe('image/webp');
		expect(answer.headers.get('cache-control')).toBe('private, no-store');
		expect(Buffer.from(await answer.arrayBuffer())).toEqual(readFileSync(path.join(dir, `${id}.webp`)));
		for (const asked of ['', '../../etc/passwd', `${id}.webp`, uuidv7(NOW), "' or 1=1 --"])
			expect((await look(world.treasurer, asked)).status).toBe(404);
		expect((await look(world.treasurer, id, path.join(dir, 'gone'))).status).toBe(404);
	});

	test('whose store takes longer than the job waits is named by no row once its file is given up', async () => {
		const db = await engine.fresh();
		const { world, dir } = await makeSale(db);
		const store = openPhotoStore({ photoDir: dir, photoBucket: undefined });
		const photo = await encodePhoto(await takePhoto('jpeg', 1), NOW);
		const uploadedBy = world.steward.grants[0]!.id;
		const from = { uploadedBy, isSample: 0, childrenDeclared: 0 } as const;
		const name = () => inTransaction(db, (trx) => insertPhotoRow(trx, photo, from, NOW));
		await inTransaction(db, (trx) => insertLeftover(trx, photo.id, NOW));
		await store.put(photo.id, photo.data);
		// The row is written just as the job is about to remove the file; the store lets go only the second time.
		const meanwhile: unknown[] = [];
		const remove = (isThere: boolean) => async (id: string) => {
			meanwhile.push(await name().catch((error: unknown) => (error as DomainError).key));
			if (!isThere) throw new Error('the store is away');
			await store.remove(id);
		};
		const later = NOW + DAY;
		await expect(clearRefusedPhotos(db, { ...store, remove: remove(false) }, later)).rejects.toThrow();
		await clearRefusedPhotos(db, { ...store, remove: remove(true) }, later);
		await expectRefused(db, name, 'photoStoreAway', 503);
		expect(meanwhile).toEqual(['photoStoreAway', 'photoStoreAway']);
		expect(await findPhoto(db, photo.id)).toBeUndefined();
		expect(await db.selectFrom('photoLeftover').selectAll().execute()).toEqual([]);
		expect(await store.get(photo.id)).toBeUndefined();
	});

	test('is public once an approver of the fund says so, and never with children in it', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		const jpeg = await takePhoto('jpeg', 1);
		await send(jpeg);
		const id = (await findSale(db, sale.id))!.photoId!;
		const decide = (actor: Actor | undefined, saleId = sale.id) =>
			decideSalePhoto(db, actor, { saleId, status: 'approved', redaction: WHOLE }, NOW);
		await expectRefused(db, () => decide(undefined), 'signInFirst', 401);
		for (const actor of [world.steward, world.treasurer, world.stranger])
			await expectRefused(db, () => decide(actor), 'notYourRole', 403);
		await expectRefused(db, () => decide(world.approver, uuidv7(NOW)), 'unknownSale', 404);
		await expectRefused(db, () => decide(world.approver), 'photoBeforeBooking', 409);
		// Beside the row of the book it stands from then on, and not before.
		const entry = await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		const beside = async () => {
			const rows = await listEntries(db, world.fund.id, { limit: 10 });
			return [...(await listRowPhotos(db, rows))].map(([row, photo]) => [row, photo.id]);
		};
		expect(await beside()).toEqual([]);
		await decide(world.approver);
		await decide(world.approver);
		expect(await beside()).toEqual([[entry.id, id]]);
		const look = (query = '') =>
			GET({
				params: { id },
				url: new URL(`http://localhost/anh/${id}${query}`),
				locals: { db, actor: undefined, now: NOW, config: { photoDir: dir } },
			} as unknown as APIContext);
		const answer = await look();
		expect(answer.status).toBe(200);
		const small = await (await look('?co=nho')).arrayBuffer();
		expect(await sharp(Buffer.from(small)).metadata()).toMatchObject({
			format: 'webp',
			width: 96,
			height: 96,
		});
		expect(answer.headers.get('content-type')).toBe('image/webp');
		const refused = () =>
			decideSalePhoto(db, world.approver, { saleId: sale.id, status: 'refused', redaction: WHOLE }, NOW);
		await expectRefused(db, refused, 'alreadyDecided', 409);

		const other = saleOf(await fillAndClose(db, world), { photoMissingReason: '' });
		const upload = { bytes: jpeg, hasChildren: true, store: folderStore(dir) };
		await recordScrapSale(db, world.steward, other, NOW, upload);
		await confirmScrapSale(db, world.treasurer, other.id, NOW);
		await expectRefused(db, () => decide(world.approver, other.id), 'photoWithChildren', 409);
		expect(await beside()).toEqual([[entry.id, id]]);
		// The database alone refuses it too, and that the answer is changed afterwards.
		const photo = () => db.updateTable('photo').where('id', '!=', id);
		await expect(photo().set({ status: 'approved' }).execute()).rejects.toThrow(/children/);
		await expect(photo().set({ childrenDeclared: 0 }).execute()).rejects.toThrow();
	});

	test('is public only with its parts blacked out, and whole for those alone who saw it before', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		const store = folderStore(dir);
		await send(await takePhoto('jpeg', 1));
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		const id = (await findSale(db, sale.id))!.photoId!;
		const original = readFileSync(path.join(dir, `${id}.webp`));
		const look = (actor: Actor | undefined, query = '') =>
			GET({
				params: { id },
				url: new URL(`http://localhost/anh/${id}${query}`),
				locals: { db, actor, now: NOW, config: { photoDir: dir } },
			} as unknown as APIContext);
		for (const query of ['', '?goc', '?co=nho']) expect((await look(undefined, query)).status).toBe(404);
		// The left half, and a strip that ends between two pixels.
		const frames = [
			{ left: 0, top: 0, width: 500, height: 1000 },
			{ left: 500, top: 500, width: 5, height: 500 },
		];
		const decision = { saleId: sale.id, status: 'approved', redaction: { frames, store } } as const;
		const decide = () => decideSalePhoto(db, world.approver, decision, NOW);
		// Twice at once, as a button that is pressed twice: one file is kept.
		await Promise.all([decide(), decide()]);
		await decide();
		const { publicKey, publicFrames, decidedBy } = (await findPhoto(db, id))!;
		expect(publicKey).not.toContain(id);
		expect([JSON.parse(publicFrames!), decidedBy]).toEqual([frames, world.approver.grants[0]!.id]);
		expect(filesIn(dir).sort()).toEqual([`${id}.webp`, `${publicKey}.webp`].sort());
		const actions = db.selectFrom('auditEvent').select('action').where('subjectId', '=', id);
		expect((await actions.execute()).map((row) => row.action).sort()).toEqual([
			'photo.approved',
			'photo.redact',
		]);
		const brightest = async (bytes: Uint8Array, left: number, width: number) => {
			const part = sharp(bytes).removeAlpha().extract({ left, top: 22, width, height: 16 });
			return Math.max(...(await part.raw().toBuffer()));
		};
		const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
		const shown = await look(undefined);
		expect(shown.headers.get('cache-control')).toBe('public, max-age=300');
		const open = await bytesOf(shown);
		expect(await sharp(open).metadata()).toMatchObject({ format: 'webp', width: 80, height: 40 });
		expect((await sharp(open).metadata()).exif).toBeUndefined();
		// WebP blurs the very edge.
		expect(await brightest(open, 0, 36)).toBeLessThan(24);
		expect(await brightest(open, 48, 30)).toBeGreaterThan(150);
		expect(await brightest(original, 0, 40)).toBeGreaterThan(150);
		const small = await bytesOf(await look(undefined, '?co=nho'));
		expect(
			Math.max(...(await sharp(small).extract({ left: 0, top: 50, width: 40, height: 40 }).raw().toBuffer())),
		).toBeLessThan(24);
		// The original stays as it was, where it was, for whom it was.
		expect(readFileSync(path.join(dir, `${id}.webp`))).toEqual(original);
		for (const actor of [undefined, world.stranger, world.otherSteward])
			for (const query of ['?goc', '?goc=1&co=nho']) expect((await look(actor, query)).status).toBe(404);
		for (const query of ['?goc', '?goc=1&co=nho']) {
			const whole = await look(world.treasurer, query);
			expect(whole.headers.get('cache-control')).toBe('private, no-store');
			expect(await bytesOf(whole)).toEqual(original);
		}
		// Who covers something else must know that it is not covered.
		const others = [
			{ frames: [], store },
			{ frames: frames.slice(1), store },
		];
		for (const redaction of others)
			await expectRefused(
				db,
				() => decideSalePhoto(db, world.approver, { saleId: sale.id, status: 'approved', redaction }, NOW),
				'alreadyDecided',
				409,
			);
		expect(filesIn(dir)).toHaveLength(2);
		const photo = () => db.updateTable('photo').where('id', '=', id);
		await expect(photo().set({ publicKey: null, publicFrames: null }).execute()).rejects.toThrow();
		await expect(
			photo()
				.set({ publicKey: uuidv7(NOW) })
				.execute(),
		).rejects.toThrow();
	});

	test('is covered anew, or taken from the public, by whoever has seen how it was, and the copy before goes', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		const store = folderStore(dir);
		await send(await takePhoto('jpeg', 1));
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		const id = (await findSale(db, sale.id))!.photoId!;
		const look = (query = '') =>
			GET({
				params: { id },
				url: new URL(`http://localhost/anh/${id}${query}`),
				locals: { db, actor: undefined, now: NOW, config: { photoDir: dir } },
			} as unknown as APIContext);
		const half = { left: 0, top: 0, width: 500, height: 1000 };
		const decide = (
			now: number,
			seenAt: number | null,
			frames: Frame[],
			status: 'approved' | 'refused' = 'approved',
			into = store,
		) =>
			decideSalePhoto(
				db,
				world.approver,
				{ saleId: sale.id, status, seenAt, redaction: { frames, store: into } },
				now,
			);
		const keyNow = async () => (await findPhoto(db, id))!.publicKey;
		const fileOf = (key: string | null) => `${key}.webp`;
		const leftovers = async () => (await db.selectFrom('photoLeftover').selectAll().execute()).length;
		await decide(NOW, null, [half]);
		const first = await keyNow();
		const before = await sharp(Buffer.from(await (await look()).arrayBuffer())).toBuffer();
		// Who looked before that decision hears of it; one of two who look at the same decision is heard.
		await expectRefused(db, () => decide(NOW + 1, null, []), 'alreadyDecided', 409);
		await expectRefused(db, () => decide(NOW + 1, NOW - 1, [], 'refused'), 'alreadyDecided', 409);
		const both = await Promise.allSettled([
			decide(NOW + 1, NOW, [{ ...half, width: 700 }]),
			decide(NOW + 2, NOW, [{ ...half, width: 800 }]),
		]);
		expect(both.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
		const second = await keyNow();
		expect(second).not.toBe(first);
		expect(filesIn(dir).sort()).toEqual([fileOf(id), fileOf(second)].sort());
		expect(await sharp(Buffer.from(await (await look()).arrayBuffer())).toBuffer()).not.toEqual(before);
		const seenAt = async () => (await findPhoto(db, id))!.decidedAt;
		// A store that does not let go of the copy before: it is public no longer, and goes with the job.
		const sticky = { ...store, remove: () => Promise.reject(new Error('the store is away')) };
		await decide(NOW + 3, await seenAt(), [], 'approved', sticky);
		expect([await keyNow(), await leftovers(), filesIn(dir).length]).toEqual([null, 1, 2]);
		await clearRefusedPhotos(db, store, NOW + 4);
		expect([await leftovers(), filesIn(dir)]).toEqual([0, [fileOf(id)]]);
		// A row that was not written after all leaves a file that nothing names, until the job.
		const cutOff = {
			...store,
			put: (key: string, data: Uint8Array) =>
				store.put(key, data).then(() => Promise.reject(new Error('cut off'))),
		};
		await expect(decide(NOW + 5, await seenAt(), [half], 'approved', cutOff)).rejects.toThrow('cut off');
		const stray = filesIn(dir).find((name) => name !== fileOf(id))!;
		await clearRefusedPhotos(db, store, NOW + 6);
		expect([await keyNow(), await leftovers(), filesIn(dir).length]).toEqual([null, 1, 2]);
		expect(
			(
				await GET({
					params: { id: stray.replace('.webp', '') },
					url: new URL(`http://localhost/anh/${stray.replace('.webp', '')}`),
					locals: { db, actor: world.approver, now: NOW, config: { photoDir: dir } },
				} as unknown as APIContext)
			).status,
		).toBe(404);
		await clearRefusedPhotos(db, store, NOW + DAY);
		expect([await leftovers(), filesIn(dir)]).toEqual([0, [fileOf(id)]]);
		await decide(NOW + 6, await seenAt(), [half]);
		await decide(NOW + 7, NOW + 6, [], 'refused');
		for (const query of ['', '?co=nho', '?goc', '?thu=vi']) expect((await look(query)).status).toBe(404);
		expect(filesIn(dir)).toEqual([fileOf(id)]);
		await expectRefused(db, () => decide(NOW + 8, NOW + 7, []), 'alreadyDecided', 409);
		const photo = () => db.updateTable('photo').where('id', '=', id);
		await expect(
			photo()
				.set({ status: 'approved', decidedAt: NOW + 9 })
				.execute(),
		).rejects.toThrow();
		const actions = await db
			.selectFrom('auditEvent')
			.select('action')
			.where('subjectId', '=', id)
			.orderBy('happenedAt')
			// Of one moment the ids are in any order.
			.orderBy('action')
			.execute();
		expect(actions.map((row) => row.action.replace('photo.', ''))).toEqual([
			...['approved', 'redact', 'redact', 'approved', 'redact', 'refused'],
		]);
	});

	test('is tried with frames that nobody has decided, by those alone who see it', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		await send(await takePhoto('jpeg', 1));
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		const id = (await findSale(db, sale.id))!.photoId!;
		const look = (actor: Actor | undefined, query: string) =>
			GET({
				params: { id },
				url: new URL(`http://localhost/anh/${id}?${query}`),
				locals: { db, actor, now: NOW, config: { photoDir: dir } },
			} as unknown as APIContext);
		const frame = 'frame-left=0&frame-top=0&frame-width=50,0&frame-height=100';
		const before = await digest(db);
		for (const actor of [undefined, world.stranger, world.otherSteward])
			expect((await look(actor, `thu=vi&${frame}`)).status).toBe(404);
		const tried = await look(world.approver, `thu=vi&${frame}&frame-left=`);
		expect(tried.headers.get('cache-control')).toBe('private, no-store');
		const part = sharp(Buffer.from(await tried.arrayBuffer())).extract({
			left: 0,
			top: 0,
			width: 36,
			height: 40,
		});
		expect(Math.max(...(await part.raw().toBuffer()))).toBeLessThan(24);
		for (const [locale, words] of [
			['vi', /^Khung 1 cần/],
			['en', /^Frame 1 needs/],
			['xx', /^Khung 1 cần/],
		] as const) {
			const wrong = await look(world.approver, `thu=${locale}&${frame.replace('100', '101')}`);
			expect([wrong.status, wrong.headers.get('content-type')]).toEqual([422, 'text/plain; charset=utf-8']);
			expect(await wrong.text()).toMatch(words);
		}
		expect(filesIn(dir)).toHaveLength(1);
		expect(await digest(db)).toEqual(before);
	});

	test('is not blacked out by frames that are none, by whoever may not decide, or into a store that refuses', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		const store = folderStore(dir);
		await send(await takePhoto('jpeg', 1));
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		const before = filesIn(dir);
		const whole = { left: 0, top: 0, width: 1000, height: 1000 };
		const decide = (frames: Frame[], actor: Actor | undefined = world.approver, into = store) =>
			decideSalePhoto(
				db,
				actor,
				{ saleId: sale.id, status: 'approved', redaction: { frames, store: into } },
				NOW,
			);
		const bad: [Frame[], string][] = [
			[Array.from({ length: 13 }, () => whole), 'framesTooMany'],
			[[{ ...whole, left: 1 }], 'frameOutside'],
			[[{ ...whole, top: -1 }], 'frameOutside'],
			[[{ ...whole, width: 0 }], 'frameOutside'],
			[[{ ...whole, height: NaN }], 'frameOutside'],
			[[{ ...whole, width: 0.5 }], 'frameOutside'],
		];
		for (const [frames, key] of bad) {
			await expectRefused(db, () => decide(frames), key, 422);
			for (const locale of locales)
				expect(
					createTranslator(locale)(`errors:${key}` as 'errors:frameOutside', { most: 12, number: 1 }),
				).toMatch(/ .*\.$/);
		}
		for (const actor of [world.steward, world.treasurer, world.stranger])
			await expectRefused(db, () => decide([whole], actor), 'notYourRole', 403);
		const bucket = await openBucketServer(() => 403);
		await expectRefused(db, () => decide([whole], world.approver, bucket.store), 'photoStoreAway', 503);
		await bucket.close();
		const full = {
			...store,
			put: () => Promise.reject(new DomainError('SERVICE_UNAVAILABLE', 'photoStoreAway')),
		};
		await expectRefused(db, () => decide([whole], world.approver, full), 'photoStoreAway', 503);
		expect(filesIn(dir)).toEqual(before);
		// A copy that the daily job took for a stray one, before or after it came into the store.
		const taken = (when: 'before' | 'after') => ({
			...store,
			put: async (key: string, data: Uint8Array) => {
				if (when === 'before') await clearRefusedPhotos(db, store, NOW + DAY);
				await store.put(key, data);
				if (when === 'after') await clearRefusedPhotos(db, store, NOW + DAY);
			},
		});
		for (const when of ['before', 'after'] as const) {
			const decided = () => decide([whole], world.approver, taken(when));
			await expectRefused(db, decided, 'photoStoreAway', 503, ['portal_setting']);
			expect(filesIn(dir)).toEqual(before);
		}
		// Two approvers who cover different parts at once: one is heard, the other one told.
		const answers = await Promise.allSettled([decide([whole]), decide([{ ...whole, width: 10 }])]);
		expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(filesIn(dir)).toHaveLength(2);
	});

	test('of a sale that was sent back stays private', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		await send(await takePhoto('jpeg', 1));
		await returnScrapSale(db, world.treasurer, { saleId: sale.id, reason: 'Cân nhầm' }, NOW);
		const redaction = { frames: [{ left: 0, top: 0, width: 10, height: 10 }], store: folderStore(dir) };
		for (const decision of [
			{ status: 'approved', redaction: WHOLE },
			{ status: 'approved', redaction },
		] as const)
			await expectRefused(
				db,
				() => decideSalePhoto(db, world.approver, { saleId: sale.id, ...decision }, NOW),
				'photoBeforeBooking',
				409,
			);
		expect(filesIn(dir)).toHaveLength(1);
	});

	test('that is refused, or shows children, is not blacked out', async () => {
		const db = await engine.fresh();
		const { world, dir, sale, send } = await makeSale(db);
		const store = folderStore(dir);
		const jpeg = await takePhoto('jpeg', 1);
		await send(jpeg);
		await confirmScrapSale(db, world.treasurer, sale.id, NOW);
		const redaction = { frames: [{ left: 0, top: 0, width: 10, height: 10 }], store };
		await decideSalePhoto(db, world.approver, { saleId: sale.id, status: 'refused', redaction }, NOW);
		expect(filesIn(dir)).toHaveLength(1);
		const other = saleOf(await fillAndClose(db, world), { photoMissingReason: '' });
		await recordScrapSale(db, world.steward, other, NOW, { bytes: jpeg, hasChildren: true, store });
		await confirmScrapSale(db, world.treasurer, other.id, NOW);
		for (const [saleId, key] of [
			[sale.id, 'alreadyDecided'],
			[other.id, 'photoWithChildren'],
		] as const)
			await expectRefused(
				db,
				() => decideSalePhoto(db, world.approver, { saleId, status: 'approved', redaction }, NOW),
				key,
				409,
			);
		expect(filesIn(dir)).toHaveLength(2);
	});
});

test('what is hidden behind or inside a picture does not come through', async () => {
	const jpeg = await takePhoto('jpeg', 1);
	const payload = '<script>alert(1)</script><?php system("id") ?>PK\u0003\u0004';
	for (const bytes of [
		Buffer.concat([jpeg, Buffer.from(payload)]),
		// A comment segment right after the start of the image.
		Buffer.concat([
			jpeg.subarray(0, 2),
			Buffer.from([0xff, 0xfe, 0, payload.length + 2]),
			Buffer.from(payload, 'latin1'),
			jpeg.subarray(2),
		]),
	]) {
		const { data } = await encodePhoto(bytes, NOW);
		const text = Buffer.from(data).toString('latin1');
		for (const trace of ['<script', '<?php', 'PK\u0003\u0004']) expect(text).not.toContain(trace);
		expect((await sharp(data).metadata()).format).toBe('webp');
	}
});

test('photos lie in an S3-compatible bucket where one is configured', async () => {
	const { store, kept, asked, close } = await openBucketServer();
	const id = uuidv7(NOW);
	expect(await store.get(id)).toBeUndefined();
	await store.put(id, new Uint8Array([1, 2, 3]));
	expect([...kept.keys()]).toEqual([`/photos/${id}.webp`]);
	expect(await store.get(id)).toEqual(new Uint8Array([1, 2, 3]));
	await store.remove(id);
	expect(kept.size).toBe(0);
	expect(asked.every((line) => line.includes('AWS4-HMAC-SHA256 Credential=KEY/'))).toBe(true);
	expect(asked.join()).not.toContain('SECRET');
	await close();
});

test('a bucket that refuses, or that is not there, is a 503 with a sentence, and says what lies behind it', async () => {
	const { store, close } = await openBucketServer(() => 403);
	const causes: string[] = [];
	const id = uuidv7(NOW);
	const acts = [() => store.put(id, new Uint8Array([1])), () => store.get(id), () => store.remove(id)];
	for (const act of acts) {
		const error = (await act().catch((thrown: unknown) => thrown)) as DomainError;
		expect([error.key, HTTP_STATUS[error.kind]]).toEqual(['photoStoreAway', 503]);
		causes.push(String(error.cause));
	}
	expect(causes).toEqual(
		['PUT', 'GET', 'DELETE'].map((method) => `Error: the photo bucket answered ${method} with 403`),
	);
	await close();
	await expect(store.get(id)).rejects.toMatchObject({ key: 'photoStoreAway' });
	for (const locale of locales) expect(createTranslator(locale)('errors:photoStoreAway')).toMatch(/ .*\.$/);
});

test('a bucket that does not answer, or stops in the middle, is a 503 after its time', async () => {
	const server = createServer((request, response) => {
		// Of a photo the head and the first bytes come, and nothing more.
		if (request.method === 'GET') response.writeHead(200, { 'content-length': '1000' }).write('x');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const photoBucket = {
		...{ url: `http://127.0.0.1:${port}/photos`, region: 'vn-1' },
		...{ accessKeyId: 'KEY', secretAccessKey: 'SECRET' },
	};
	const store = openPhotoStore({ photoDir: '/nowhere', photoBucket }, 200);
	const id = uuidv7(NOW);
	for (const act of [() => store.put(id, new Uint8Array([1])), () => store.get(id), () => store.remove(id)]) {
		const error = (await act().catch((thrown: unknown) => thrown)) as DomainError;
		expect([error.key, HTTP_STATUS[error.kind]]).toEqual(['photoStoreAway', 503]);
		expect(String(error.cause)).toContain('Timeout');
	}
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

test.skipIf(process.platform !== 'linux')(
	'a photo is on the disk, and its name in the folder, before its form is answered',
	async () => {
		const dir = newFolder();
		const probe = await open(path.dirname(dir), 'r');
		const prototype = Object.getPrototypeOf(probe) as typeof probe;
		await probe.close();
		const synced: string[] = [];
		const { sync } = prototype;
		vi.spyOn(prototype, 'sync').mockImplementation(function (this: typeof probe) {
			synced.push(readlinkSync(`/proc/self/fd/${this.fd}`));
			return sync.call(this);
		});
		const id = uuidv7(NOW);
		const deep = path.join(dir, 'deep');
		await folderStore(deep).put(id, new Uint8Array([1, 2, 3]));
		expect(synced).toEqual([path.join(deep, `${id}.webp`), deep, dir, path.dirname(dir)]);
		expect([...readFileSync(path.join(deep, `${id}.webp`))]).toEqual([1, 2, 3]);
	},
);

test('an iPhone’s owner is told how to take a photo that is taken', () => {
	expect(createTranslator('vi')('errors:photoKind')).toContain('Cài đặt → Camera → Định dạng');
	expect(createTranslator('en')('errors:photoKind')).toContain('Settings → Camera → Formats');
});
