// Photos of a clean-up, before and after: who sends them, who decides them, and what everybody sees.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { listEventPhotos } from '#features/cleanup-events/event-photo.repository.ts';
import {
	addEventPhoto,
	decideEventPhoto,
	listEventPhotosFor,
} from '#features/cleanup-events/event-photo.service.ts';
import {
	MAX_COVERS,
	MAX_EVENT_PHOTOS,
	momentsAt,
	pairPhotos,
	readMoment,
	requireUpload,
	type Moment,
} from '#features/cleanup-events/event-photo.ts';
import type { PhotoStore } from '#features/photos/photo-store.service.ts';
import { inTransaction } from '#lib/db.ts';
import type { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine, type Engine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference, WHOLE } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const LATER = NOW + 2 * DAY;

/** A phone's photo, with where it was taken inside. */
const picture = (red: number) =>
	sharp({ create: { width: 64, height: 48, channels: 3, background: { r: red, g: 10, b: 10 } } })
		.withExif({ IFD3: { GPSLatitude: '21/1 50/1 0/1', GPSLatitudeRef: 'N' } })
		.jpeg()
		.toBuffer();

async function makeWorld(engine: Engine) {
	const db = await engine.fresh();
	await seedReference(db);
	const files = new Map<string, Uint8Array>();
	const store: PhotoStore = {
		put: async (id, data) => void files.set(id, data),
		get: async (id) => files.get(id),
		remove: async (id) => void files.delete(id),
	};
	const about = { kind: 'youth_union', name: 'Đoàn phường', adminUnitId: 'dk-2025', isSample: 0 } as const;
	const organisationId = await inTransaction(db, (trx) => insertOrganisation(trx, about, NOW));
	const [organiser, officer, elsewhere] = [
		await makeActor(db, 'organiser', 'organisation', organisationId),
		await makeActor(db, 'ward_officer', 'ward', 'dk-2025'),
		await makeActor(db, 'ward_officer', 'ward', 'kl-2025'),
	];
	const event = {
		...PLAIN_EVENT,
		...{ id: uuidv7(NOW), organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '' },
		...{ startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null },
		...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null, capacity: null },
	};
	await announceEvent(db, organiser, event, NOW);
	const { id } = event;
	const add = async (red: number, moment: Moment = 'after', hasChildren = false, now = LATER) => {
		const upload = { bytes: await picture(red), store, hasChildren };
		await addEventPhoto(db, organiser, { id, moment }, upload, now);
	};
	const decide = (photoId: string, status: 'approved' | 'refused', actor = officer) =>
		decideEventPhoto(db, actor, { id: photoId, status, redaction: { ...WHOLE, store } }, LATER);
	const photos = () => listEventPhotos(db, id);
	return { db, id, files, store, organiser, officer, elsewhere, add, decide, photos };
}

describeEachEngine('Photos of a Green Sunday', (engine) => {
	test('are kept without where they were taken, and are private until the ward has looked', async () => {
		const { db, files, officer, elsewhere, organiser, add, decide, photos } = await makeWorld(engine);
		await add(1, 'before');
		await add(2, 'after', false, LATER + 1);
		await add(1, 'before');
		const sent = await photos();
		expect(sent.map(({ moment, status }) => [moment, status])).toEqual([
			['before', 'private'],
			['after', 'private'],
		]);
		expect((await sharp(files.get(sent[0]!.id)).metadata()).exif).toBeUndefined();
		for (const actor of [elsewhere, organiser]) {
			expect(await listEventPhotosFor(db, actor, 'private', 10)).toEqual([]);
			const refused = await expectNothingWritten(db, () => decide(sent[0]!.id, 'approved', actor));
			expect(refused).toMatchObject({ key: 'notYourRole' });
		}
		expect(await listEventPhotosFor(db, officer, 'private', 10)).toMatchObject([
			{ id: sent[0]!.id, moment: 'before', title: 'Dọn bờ sông' },
			{ id: sent[1]!.id, moment: 'after' },
		]);
		await decide(sent[0]!.id, 'approved');
		await decide(sent[1]!.id, 'refused');
		expect(await photos()).toMatchObject([{ id: sent[0]!.id, status: 'approved' }]);
		expect(await listEventPhotosFor(db, officer, 'private', 10)).toEqual([]);
	});

	test('with children in them are never public, and nobody is asked about them', async () => {
		const { db, officer, add, decide, photos } = await makeWorld(engine);
		await add(1, 'after', true);
		expect(await listEventPhotosFor(db, officer, 'private', 10)).toEqual([]);
		const [photo] = await photos();
		expect(await expectNothingWritten(db, () => decide(photo!.id, 'approved'))).toMatchObject({
			key: 'photoWithChildren',
		});
	});

	test('are six at most, also when they come at once; a refused one leaves its place', async () => {
		const { db, add, decide, photos } = await makeWorld(engine);
		const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, each) => add(each * 20)));
		expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_EVENT_PHOTOS);
		const refused = await expectNothingWritten(db, () => add(250));
		expect(refused).toMatchObject({ kind: 'CONFLICT', key: 'tooManyPhotos', field: 'photo' });
		await decide((await photos())[0]!.id, 'refused');
		await add(250);
		expect(await photos()).toHaveLength(MAX_EVENT_PHOTOS);
	});

	test('one invites before the event, three may follow each other, and none once it is over', async () => {
		const { db, add, decide, photos } = await makeWorld(engine);
		await add(1, 'cover', false, NOW);
		const [cover] = await photos();
		expect(cover).toMatchObject({ moment: 'cover', status: 'private' });
		await decide(cover!.id, 'approved');
		for (const red of [2, 3]) await add(red * 20, 'cover', false, NOW + red);
		const tooMany = await expectNothingWritten(db, () => add(120, 'cover', false, NOW));
		expect(tooMany).toMatchObject({ key: 'tooManyPhotos', values: { max: MAX_COVERS } });
		// They take no place from what shows the work.
		for (let each = 0; each < MAX_EVENT_PHOTOS; each += 1) await add(130 + each * 20);
		const late = await expectNothingWritten(db, () => add(90, 'cover'));
		expect(late).toMatchObject({ key: 'eventOver' });
	});

	test('are refused before the event, of a cancelled one, by others, and of what is no photo', async () => {
		const { db, id, store, organiser, elsewhere, files, add } = await makeWorld(engine);
		const early = await expectNothingWritten(db, () => add(1, 'before', false, NOW));
		expect(early).toMatchObject({ key: 'reportTooEarly' });
		const upload = { bytes: new TextEncoder().encode('<svg onload=alert(1)>'), store, hasChildren: false };
		const send = (actor = organiser) => addEventPhoto(db, actor, { id, moment: 'after' }, upload, LATER);
		expect(await expectNothingWritten(db, () => send())).toMatchObject({ key: 'photoKind' });
		expect(await expectNothingWritten(db, () => send(elsewhere))).toMatchObject({ key: 'notYourRole' });
		const unknown = () => addEventPhoto(db, organiser, { id: uuidv7(NOW), moment: 'after' }, upload, LATER);
		expect(await expectNothingWritten(db, unknown)).toMatchObject({ key: 'unknownEvent' });
		await cancelEvent(db, organiser, { id, reason: 'Mưa to' }, NOW);
		expect(await expectNothingWritten(db, () => add(1))).toMatchObject({ key: 'eventCancelled' });
		expect(files.size).toBe(0);
	});
});

test('what an event takes: an invitation until it ends, the work since it began', () => {
	const event = { startsAt: 100, endsAt: 200 };
	expect([99, 100, 199, 200].map((now) => momentsAt(event, now).join(' '))).toEqual([
		...['cover', 'before after cover', 'before after cover', 'before after'],
	]);
});

test.each(['', 'during', 'AFTER', '<b>'])('a photo of the moment “%s” is refused beside it', (text) => {
	const refused = expect.objectContaining({ key: 'momentMissing', field: 'moment' }) as DomainError;
	expect(() => readMoment(text)).toThrow(refused);
});

test('a form without a photo is refused beside its field', () => {
	const refused = expect.objectContaining({ key: 'choosePhoto', field: 'photo' }) as DomainError;
	expect(() => requireUpload(undefined)).toThrow(refused);
});

test('photos stand in pairs, and one side may have none left', () => {
	const of = (moment: Moment, id: number) => ({ moment, id });
	const pairs = pairPhotos([of('before', 1), of('after', 2), of('after', 3)]);
	expect(pairs).toEqual([
		[of('before', 1), of('after', 2)],
		[undefined, of('after', 3)],
	]);
	expect(pairPhotos([])).toEqual([]);
});
