// Photos of houses: what visitors add to their records, who sees them, and when everybody does.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { recordDropOff, withdrawDropOff } from '#features/drop-offs/drop-off.service.ts';
import {
	findProblemPhotos,
	findVisitorPhoto,
	listPublicHousePhotos,
} from '#features/green-houses/house-photo.repository.ts';
import {
	attachFormPhoto,
	attachPhoto,
	decideHousePhoto,
	forgetHousePhotos,
	listHousePhotosFor,
} from '#features/green-houses/house-photo.service.ts';
import { PHOTOS_PER_DEVICE, UNDECIDED_KEPT_MS, type PhotoOwner } from '#features/green-houses/house-photo.ts';
import { surveyHouse } from '#features/green-houses/house-survey.service.ts';
import { forgetProblemWords } from '#features/green-houses/problem-report.repository.ts';
import { closeProblem, reportProblem } from '#features/green-houses/problem-report.service.ts';
import { clearRefusedPhotos } from '#features/photos/photo.service.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import { inTransaction } from '#lib/db.ts';
import type { DomainErrorKey, DomainErrorKind } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine, type Engine } from '../support/engines.ts';
import { DAY, makeActor, makeHouse, NOW, seedReference, WHOLE } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

function memoryStore() {
	const files = new Map<string, Uint8Array>();
	const store: PhotoStore = {
		put: async (id, data) => void files.set(id, data),
		get: async (id) => files.get(id),
		remove: async (id) => void files.delete(id),
	};
	return { files, store };
}

/** A phone's photo, with where it was taken inside. */
const picture = (red = 200) =>
	sharp({ create: { width: 64, height: 48, channels: 3, background: { r: red, g: 10, b: 10 } } })
		.withExif({ IFD3: { GPSLatitude: '21/1 50/1 0/1', GPSLatitudeRef: 'N' } })
		.jpeg()
		.toBuffer();

async function makeWorld(engine: Engine) {
	const db = await engine.fresh();
	await seedReference(db);
	const house = await makeHouse(db);
	const [steward, officer, other] = [
		await makeActor(db, 'steward', 'house', house.id),
		await makeActor(db, 'ward_officer', 'ward', 'dk-2025'),
		await makeActor(db, 'ward_officer', 'ward', 'kl-2025'),
	];
	const { files, store } = memoryStore();
	const secret = mintDeviceSecret();
	const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: 2000 }];
	const drop = async (id = uuidv7(NOW)): Promise<PhotoOwner> => {
		const input = { id, greenHouseCode: house.code, happenedAt: NOW, channel: 'web' as const, lines };
		await recordDropOff(db, { kind: 'device', secret }, input, NOW);
		return { kind: 'drop-off', id };
	};
	const report = async (id = uuidv7(NOW)): Promise<PhotoOwner> => {
		const input = { id, greenHouseCode: house.code, kind: 'damage' as const, text: 'Vỡ cửa', seenAt: NOW };
		await reportProblem(db, { secret }, input, NOW);
		return { kind: 'problem', id };
	};
	const upload = async (red?: number, hasChildren = false) => ({
		...{ bytes: await picture(red), store, hasChildren },
	});
	const attach = async (owner: PhotoOwner, red?: number, by = secret, now = NOW) =>
		attachPhoto(db, { secret: by }, owner, await upload(red), now);
	const idOf = async (owner: PhotoOwner) => (await findVisitorPhoto(db, owner))!.photoId;
	const decide = (
		id: string,
		status: 'approved' | 'refused',
		actor = officer,
		seenAt: number | null = null,
	) => decideHousePhoto(db, actor, { id, status, seenAt, redaction: { ...WHOLE, store } }, NOW);
	const shown = async () => (await listPublicHousePhotos(db, house.id, 4)).map(({ id }) => id);
	const survey = async (at: number, red: number) => {
		const place = { latitude: 21.8461, longitude: 106.7622, accuracyM: 8, farConfirmed: true };
		const input = {
			...{ id: uuidv7(NOW), greenHouseCode: house.code, statedAt: at, happenedAt: at, ...place },
			...{ neighbourhood: '', hours: '', materials: ['mixed_paper'], locale: 'vi' as const },
		};
		await surveyHouse(db, steward, input, NOW, await upload(red));
		const row = await db
			.selectFrom('houseChange')
			.select('photoId')
			.where('id', '=', input.id)
			.executeTakeFirst();
		return row!.photoId!;
	};
	const people = { steward, officer, other };
	return {
		db,
		house,
		people,
		files,
		store,
		secret,
		drop,
		report,
		upload,
		attach,
		idOf,
		decide,
		shown,
		survey,
	};
}

const expectRefusal = async (
	db: Parameters<typeof expectNothingWritten>[0],
	work: () => Promise<unknown>,
	kind: DomainErrorKind,
	key: DomainErrorKey,
) => expect(await expectNothingWritten(db, work)).toMatchObject({ kind, key });

describeEachEngine('a photo of somebody without an account', (engine) => {
	test.each(['drop', 'report'] as const)(
		'of a %s is kept once, with nothing but its pixels, for nobody yet',
		async (what) => {
			const { attach, files, shown, idOf, db, ...world } = await makeWorld(engine);
			const owner = await world[what]();
			expect(await attach(owner)).toBe('created');
			expect(await attach(owner)).toBe('unchanged');
			expect(await Promise.all([attach(owner), attach(owner)])).toEqual(['unchanged', 'unchanged']);
			expect(files.size).toBe(1);
			expect((await sharp([...files.values()][0]).metadata()).exif).toBeUndefined();
			expect(await shown()).toEqual([]);
			const row = await db.selectFrom('photo').selectAll().executeTakeFirstOrThrow();
			expect(row).toMatchObject({ id: await idOf(owner), status: 'private', uploadedBy: null });
		},
	);

	test('that comes twice at the same moment stands there once', async () => {
		const { attach, drop, files, db } = await makeWorld(engine);
		const owner = await drop();
		const outcomes = await Promise.all([attach(owner), attach(owner), attach(owner)]);
		expect(outcomes.filter((each) => each === 'created')).toHaveLength(1);
		expect(files.size).toBe(1);
		expect(await db.selectFrom('photoLeftover').selectAll().execute()).toEqual([]);
	});

	test('is refused for what is another device’s, has another one, is over or is no photo, and takes nothing back', async () => {
		const { attach, drop, report, db, upload, secret, people, files } = await makeWorld(engine);
		const owner = await drop();
		await attach(owner);
		const missing = ['NOT_FOUND', 'photoRecordMissing'] as const;
		await expectRefusal(db, () => attach(owner, 1, mintDeviceSecret()), ...missing);
		await expectRefusal(db, () => attach({ kind: 'drop-off', id: uuidv7(NOW) }), ...missing);
		await expectRefusal(db, () => attach({ kind: 'problem', id: owner.id }), ...missing);
		await expectRefusal(db, () => attach(owner, 1), 'CONFLICT', 'photoIsAnother');
		const closed = await report();
		await closeProblem(db, people.steward, { id: closed.id, note: 'Đã sửa' }, NOW);
		await expectRefusal(db, () => attach(closed), 'CONFLICT', 'photoTooLate');
		const fresh = await drop();
		const text = { ...(await upload()), bytes: new TextEncoder().encode('không phải ảnh') };
		const send = () => attachPhoto(db, { secret }, fresh, text, NOW);
		await expectRefusal(db, send, 'UNSUPPORTED_MEDIA_TYPE', 'photoKind');
		const from = { secret, clientAddress: '127.0.0.1' };
		expect((await attachFormPhoto(db, from, fresh, text, NOW))?.key).toBe('photoKind');
		expect(await attachFormPhoto(db, from, fresh, undefined, NOW)).toBeUndefined();
		expect(files.size).toBe(1);
		expect(await db.selectFrom('dropOff').select('id').execute()).toHaveLength(2);
	});

	test('comes so often from one device and no more', async () => {
		const { drop, upload, secret, db, files } = await makeWorld(engine);
		const owner = await drop();
		const photo = await upload();
		const from = { secret, clientAddress: '127.0.0.1' };
		const answers = [];
		for (let n = 0; n <= PHOTOS_PER_DEVICE.limit; n += 1)
			answers.push((await attachFormPhoto(db, from, owner, photo, NOW))?.key);
		expect(answers.at(-2)).toBeUndefined();
		expect(answers.at(-1)).toBe('tooManyRequests');
		expect(files.size).toBe(1);
	});

	test('waits for the ward’s officer, and for nobody else’s word', async () => {
		const { attach, drop, idOf, decide, shown, db, people, house } = await makeWorld(engine);
		const owner = await drop();
		await attach(owner);
		const id = await idOf(owner);
		const waiting = async (actor = people.officer) =>
			(await listHousePhotosFor(db, actor, 'private', 9, NOW)).map((photo) => [photo.id, photo.house.code]);
		expect(await waiting()).toEqual([[id, house.code]]);
		expect(await waiting(people.other)).toEqual([]);
		expect(await waiting(people.steward)).toEqual([]);
		for (const actor of [people.other, people.steward])
			await expectRefusal(db, () => decide(id, 'approved', actor), 'FORBIDDEN', 'notYourRole');
		await decide(id, 'approved');
		expect(await shown()).toEqual([id]);
		expect(await waiting()).toEqual([]);
		const audit = await db.selectFrom('auditEvent').select(['action', 'subjectId']).execute();
		expect(audit).toContainEqual({ action: 'photo.approved', subjectId: id });
	});

	test('with children is never public', async () => {
		const { drop, upload, secret, idOf, decide, db, people } = await makeWorld(engine);
		const owner = await drop();
		await attachPhoto(db, { secret }, owner, await upload(9, true), NOW);
		const id = await idOf(owner);
		await expectRefusal(db, () => decide(id, 'approved'), 'CONFLICT', 'photoWithChildren');
		expect(await listHousePhotosFor(db, people.officer, 'private', 9, NOW)).toEqual([]);
	});

	test('goes with the drop-off that is taken back, and once it is refused', async () => {
		const { attach, drop, idOf, decide, shown, db, secret, store, files } = await makeWorld(engine);
		const [taken, refused] = [await drop(), await drop()];
		await attach(taken);
		await attach(refused, 1);
		await decide(await idOf(taken), 'approved');
		const alias = (await findDeviceAlias(db, secret))!;
		await withdrawDropOff(db, [alias.id], taken.id, NOW);
		expect(await shown()).toEqual([]);
		await decide(await idOf(refused), 'refused');
		await clearRefusedPhotos(db, store, NOW + DAY);
		expect(files.size).toBe(0);
	});

	test('is shown of a problem while that is open, and goes with its words', async () => {
		const { attach, report, idOf, decide, shown, db, people, store, files } = await makeWorld(engine);
		const owner = await report();
		await attach(owner);
		const id = await idOf(owner);
		expect([...(await findProblemPhotos(db, [owner.id])).keys()]).toEqual([owner.id]);
		await decide(id, 'approved');
		expect(await shown()).toEqual([id]);
		await closeProblem(db, people.steward, { id: owner.id, note: 'Đã sửa' }, NOW);
		expect(await shown()).toEqual([]);
		const later = NOW + 60 * DAY;
		await inTransaction(db, (trx) => forgetProblemWords(trx, later));
		await forgetHousePhotos(db, later);
		await clearRefusedPhotos(db, store, later + DAY);
		expect(files.size).toBe(0);
	});

	test('that nobody makes public is forgotten in time', async () => {
		const { attach, drop, idOf, decide, db, store, files } = await makeWorld(engine);
		const [open, seen] = [await drop(), await drop()];
		await attach(open);
		await attach(seen, 1);
		await decide(await idOf(seen), 'approved');
		const later = NOW + UNDECIDED_KEPT_MS;
		await forgetHousePhotos(db, later - 1);
		await clearRefusedPhotos(db, store, later - 1);
		expect(files.size).toBe(2);
		await forgetHousePhotos(db, later);
		await clearRefusedPhotos(db, store, later + DAY);
		expect([...files.keys()]).toEqual([await idOf(seen)]);
	});
});

describeEachEngine('the photo of a survey', (engine) => {
	test('is public once it is approved, and takes the place of the one before', async () => {
		const { survey, decide, shown, db } = await makeWorld(engine);
		const first = await survey(NOW - DAY, 1);
		await decide(first, 'approved');
		expect(await shown()).toEqual([first]);
		const second = await survey(NOW, 2);
		// Until somebody has looked at the new one, the old one stands.
		expect(await shown()).toEqual([first]);
		await decide(second, 'approved');
		expect(await shown()).toEqual([second]);
		const old = await db.selectFrom('photo').select('status').where('id', '=', first).executeTakeFirst();
		expect(old).toEqual({ status: 'refused' });
	});
});
