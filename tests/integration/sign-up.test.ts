import { beforeEach, expect, test } from 'vitest';
import type { Actor } from '#features/accounts/actor.ts';
import type { EventInput, SignUpInput } from '#features/cleanup-events/cleanup-event.ts';
import { findEvent } from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { cancelEvent } from '#features/cleanup-events/event-change.service.ts';
import { listSignUps, listOwnSignUps, listUnits } from '#features/cleanup-events/sign-up.repository.ts';
import {
	cancelSignUp,
	cancelTokenOf,
	findByCancelToken,
	forgetOldPhones,
	readPhones,
	removeSignUp,
	signUp,
} from '#features/cleanup-events/sign-up.service.ts';
import { findDeviceAlias } from '#features/accounts/device-alias.repository.ts';
import type { Db } from '#lib/db.ts';
import type { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';
import { expectNothingWritten } from '../support/snapshot.ts';

const HOUR = DAY / 24;
const deviceOf = (name: string | number) => ({ secret: String(name).padEnd(43, 'x') });
const device = deviceOf('nha-toi');

describeEachEngine('signing up for a Green Sunday', (engine) => {
	let db: Db;
	let organiser: Actor;
	let organisationId: string;

	const announce = async (over: Partial<EventInput> = {}): Promise<string> => {
		const id = uuidv7(NOW);
		const event = {
			id,
			organisationId,
			title: 'Tổng vệ sinh',
			description: '',
			startsAt: NOW + 7 * DAY,
			endsAt: NOW + 7 * DAY + 3 * HOUR,
			greenHouseCode: null,
			assemblyPoint: 'Nhà văn hoá khối 6',
			latitude: null,
			longitude: null,
			capacity: null,
			...PLAIN_EVENT,
			whatToBring: '',
			...over,
		};
		await announceEvent(db, organiser, event, NOW);
		return id;
	};
	const person = (over: Partial<SignUpInput> = {}): SignUpInput => ({
		id: uuidv7(NOW),
		kind: 'person',
		name: 'Nông Thị Hoa',
		headCount: 2,
		phone: '0912 345 678',
		isSixteen: true,
		...over,
	});
	const headsOf = async (eventId: string) => (await findEvent(db, eventId))?.signedUp;

	beforeEach(async () => {
		db = await engine.fresh();
		await seedReference(db);
		organisationId = uuidv7(NOW);
		await db
			.insertInto('organisation')
			.values({
				id: organisationId,
				kind: 'youth_union',
				name: 'Đoàn phường',
				adminUnitId: 'tt-2025',
				validFrom: null,
				validTo: null,
				isSample: 0,
			})
			.execute();
		organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
	});

	test('a name that this browser signed up before is asked about, and written once that is answered', async () => {
		const eventId = await announce();
		for (const kind of ['person', 'unit'] as const) {
			const first = person({ kind, headCount: 2, mayRepeat: false });
			await signUp(db, eventId, first, device, NOW);
			await signUp(db, eventId, first, device, NOW);
			const again = person({ kind, name: ' nông thị HOA', mayRepeat: false });
			const ask = () => signUp(db, eventId, again, device, NOW);
			expect(await expectNothingWritten(db, ask)).toMatchObject({
				...{ kind: 'CONFLICT', key: 'nameSignedUp', field: 'name', values: { name: 'Nông Thị Hoa' } },
			});
			await signUp(db, eventId, { ...again, mayRepeat: true }, device, NOW);
			// Another browser, another name and another event are somebody else's.
			await signUp(db, eventId, person({ kind, mayRepeat: false }), deviceOf(kind), NOW);
			await signUp(db, eventId, person({ kind, name: 'Lý Văn Bình', mayRepeat: false }), device, NOW);
			await signUp(db, await announce(), person({ kind, mayRepeat: false }), device, NOW);
		}
		expect(await headsOf(eventId)).toBe(16);
	});

	test('whoever took a name back signs it up again without a question', async () => {
		const eventId = await announce();
		const { token } = await signUp(db, eventId, person({ mayRepeat: false }), device, NOW);
		await cancelSignUp(db, { token }, NOW);
		await signUp(db, eventId, person({ mayRepeat: false }), device, NOW);
		expect(await headsOf(eventId)).toBe(2);
	});

	test('fifty at once for one place: exactly one gets it', async () => {
		const eventId = await announce({ capacity: 1 });
		const tries = Array.from({ length: 50 }, (_, index) =>
			signUp(db, eventId, person({ headCount: 1 }), deviceOf(index), NOW),
		);
		const results = await Promise.allSettled(tries);
		expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
		for (const result of results) {
			if (result.status === 'rejected')
				expect(result.reason).toMatchObject({ kind: 'CONFLICT', key: 'eventFull' });
		}
		expect(await headsOf(eventId)).toBe(1);
		const devices = await db.selectFrom('deviceAlias').select('id').execute();
		expect(devices).toHaveLength(1);
	});

	test('capacity counts heads, not forms: fifty groups of three into ten places', async () => {
		const eventId = await announce({ capacity: 10 });
		const tries = Array.from({ length: 50 }, (_, index) =>
			signUp(db, eventId, person({ headCount: 3 }), deviceOf(index), NOW),
		);
		const results = await Promise.allSettled(tries);
		expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(3);
		expect(await headsOf(eventId)).toBe(9);
		const thrown = (await expectNothingWritten(db, () =>
			signUp(db, eventId, person(), deviceOf('late'), NOW),
		)) as DomainError;
		expect([thrown.key, thrown.values]).toEqual(['fewPlacesLeft', { count: 1 }]);
		await signUp(db, eventId, person({ headCount: 1 }), deviceOf('late'), NOW);
		expect(await headsOf(eventId)).toBe(10);
	});

	test('a form sent twenty times at once is one sign-up with one link', async () => {
		const eventId = await announce({ capacity: 5 });
		const input = person();
		const results = await Promise.all(
			Array.from({ length: 20 }, () => signUp(db, eventId, input, device, NOW)),
		);
		expect(new Set(results.map((result) => result.token)).size).toBe(1);
		expect(await headsOf(eventId)).toBe(2);
		expect(
			await signUp(
				db,
				eventId,
				{ ...input, name: input.name.normalize('NFD'), phone: '+84912345678' },
				device,
				NOW + DAY,
			),
		).toEqual(results[0]);
	});

	test('one id for two events at once stands for one of them', async () => {
		const events = [await announce(), await announce()];
		const input = person();
		const results = await Promise.allSettled(
			events.map((eventId) => signUp(db, eventId, input, device, NOW)),
		);
		expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
		const lost = results.find((result) => result.status === 'rejected');
		expect(lost?.reason).toMatchObject({ kind: 'CONFLICT', key: 'sameIdOtherContent' });
	});

	test('a name is asked of a person, and a telephone of nobody', async () => {
		const eventId = await announce();
		await signUp(db, eventId, person({ phone: null }), device, NOW);
		await signUp(
			db,
			eventId,
			person({ kind: 'unit', name: 'Chi đoàn khối 6', headCount: 500, phone: '', isSixteen: false }),
			device,
			NOW + 1,
		);
		expect(await headsOf(eventId)).toBe(502);
		const alias = await findDeviceAlias(db, device.secret);
		expect(
			(await listOwnSignUps(db, eventId, { deviceAliasId: alias!.id, personId: undefined })).map(
				(each) => each.headCount,
			),
		).toEqual([2, 500]);
	});

	test('the public list holds units alone and neither names nor telephones of people', async () => {
		const eventId = await announce();
		await signUp(db, eventId, person(), device, NOW);
		await signUp(
			db,
			eventId,
			person({ kind: 'unit', name: 'Chi đoàn khối 6', headCount: 25 }),
			device,
			NOW + 1,
		);
		expect(await listUnits(db, eventId)).toEqual([{ name: 'Chi đoàn khối 6', headCount: 25 }]);
		expect(await listSignUps(db, eventId)).toMatchObject([
			{ kind: 'person', name: 'Nông Thị Hoa', hasPhone: 1 },
			{ kind: 'unit', name: 'Chi đoàn khối 6' },
		]);
		// One whose name was erased stands among all others, not as a row without a name.
		await db.updateTable('signUp').set({ name: '' }).where('kind', '=', 'unit').execute();
		expect(await listUnits(db, eventId)).toEqual([]);
	});

	test('the organiser ticks names by a password, and reads numbers only with a second factor', async () => {
		const eventId = await announce();
		const input = person();
		await signUp(db, eventId, input, device, NOW);
		await signUp(db, eventId, person({ phone: null }), device, NOW + 1);
		const event = (await findEvent(db, eventId))!;
		expect(JSON.stringify(await listSignUps(db, eventId))).not.toContain('912345678');
		expect(await readPhones(db, organiser, event)).toEqual(new Map([[input.id, '+84912345678']]));
		const other = await makeActor(db, 'organiser', 'organisation', 'another organisation');
		for (const [actor, key] of [
			[undefined, 'signInFirst'],
			[{ ...organiser, isStrong: false }, 'secondFactorFirst'],
			[other, 'notYourRole'],
		] as const)
			expect(await expectNothingWritten(db, () => readPhones(db, actor, event))).toMatchObject({ key });
	});

	test('refused sign-ups write nothing, not even the device', async () => {
		const eventId = await announce();
		const off = await announce();
		await cancelEvent(db, organiser, { id: off, reason: 'Mưa to' }, NOW);
		const taken = person();
		await signUp(db, eventId, taken, device, NOW);
		const end = NOW + 7 * DAY + 3 * HOUR;
		const refusals: [string, Partial<SignUpInput>, number, string, string][] = [
			[eventId, { name: '' }, NOW, 'UNPROCESSABLE_CONTENT', 'nameMissing'],
			[eventId, { name: ' \u202e\u200b ' }, NOW, 'UNPROCESSABLE_CONTENT', 'nameMissing'],
			[eventId, { name: 'a'.repeat(121) }, NOW, 'UNPROCESSABLE_CONTENT', 'textTooLong'],
			[eventId, { headCount: 0 }, NOW, 'UNPROCESSABLE_CONTENT', 'headsOutOfRange'],
			[eventId, { headCount: -2 }, NOW, 'UNPROCESSABLE_CONTENT', 'headsOutOfRange'],
			[eventId, { headCount: 51 }, NOW, 'UNPROCESSABLE_CONTENT', 'headsOutOfRange'],
			[eventId, { headCount: 10_000 }, NOW, 'UNPROCESSABLE_CONTENT', 'headsOutOfRange'],
			[eventId, { kind: 'unit', headCount: 501 }, NOW, 'UNPROCESSABLE_CONTENT', 'headsOutOfRange'],
			[eventId, { headCount: 1.5 }, NOW, 'UNPROCESSABLE_CONTENT', 'headsOutOfRange'],
			[eventId, { isSixteen: false }, NOW, 'UNPROCESSABLE_CONTENT', 'ownNameSixteen'],
			[eventId, { phone: 'gọi cho tôi' }, NOW, 'UNPROCESSABLE_CONTENT', 'phoneInvalid'],
			[eventId, { phone: '12345' }, NOW, 'UNPROCESSABLE_CONTENT', 'phoneInvalid'],
			[eventId, { phone: '+1 555 0100 999' }, NOW, 'UNPROCESSABLE_CONTENT', 'phoneInvalid'],
			[eventId, { phone: "0912345678' or 1=1" }, NOW, 'UNPROCESSABLE_CONTENT', 'phoneInvalid'],
			[eventId, {}, end, 'CONFLICT', 'eventOver'],
			[off, {}, NOW, 'CONFLICT', 'eventCancelled'],
			[uuidv7(NOW), {}, NOW, 'NOT_FOUND', 'unknownEvent'],
			["' or 1=1 --", {}, NOW, 'NOT_FOUND', 'unknownEvent'],
			[eventId, { ...taken, headCount: 3 }, NOW, 'CONFLICT', 'sameIdOtherContent'],
			[eventId, { ...taken, name: 'Người khác' }, NOW, 'CONFLICT', 'sameIdOtherContent'],
			// The same form from another device is another household.
			[eventId, taken, NOW, 'CONFLICT', 'sameIdOtherContent'],
		];
		for (const [event, over, now, kind, key] of refusals) {
			const work = () => signUp(db, event, person(over), deviceOf('other'), now);
			const thrown = (await expectNothingWritten(db, work)) as DomainError;
			expect([thrown.kind, thrown.key]).toEqual([kind, key]);
		}
	});

	test.each([
		['HTML', '<img src=x onerror=alert(1)> Hoa'],
		['SQL', `Hoa'); delete from sign_up; --`],
		['templates', 'Hoa {{count}} $t(errors:unexpected)'],
		['NFD Vietnamese', 'Đặng Thuỳ Trâm'.normalize('NFD')],
	])('%s as a name is kept as the text that it is, in NFC', async (_name, name) => {
		const eventId = await announce();
		await signUp(db, eventId, person({ kind: 'unit', name }), device, NOW);
		expect(await listUnits(db, eventId)).toEqual([{ name: name.normalize('NFC'), headCount: 2 }]);
	});

	test('what is kept of a form tells nobody’s number to who has not the device', async () => {
		const eventId = await announce();
		for (const name of ['a', 'b']) await signUp(db, eventId, person(), deviceOf(name), NOW);
		const rows = await db.selectFrom('signUp').select('contentHash').execute();
		expect(new Set(rows.map((row) => row.contentHash)).size).toBe(2);
	});

	test('the link cancels, once; who it was is forgotten and the place is free', async () => {
		const eventId = await announce({ capacity: 2 });
		const input = person();
		const { token, slug } = await signUp(db, eventId, input, device, NOW);
		expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
		expect(cancelTokenOf(input.id, device.secret)).toBe(token);
		expect(await findByCancelToken(db, token)).toMatchObject({
			name: input.name,
			headCount: 2,
			status: 'active',
		});
		expect(await cancelSignUp(db, { token }, NOW + HOUR)).toMatchObject({ slug });
		expect(await cancelSignUp(db, { token }, NOW + 2 * HOUR)).toMatchObject({ slug });
		const row = await db.selectFrom('signUp').selectAll().executeTakeFirstOrThrow();
		expect(row).toMatchObject({ status: 'cancelled', cancelledAt: NOW + HOUR, name: '', phoneE164: null });
		expect(JSON.stringify(row)).not.toContain(token);
		expect(await headsOf(eventId)).toBe(0);
		// The form that is sent again does not bring it back unasked.
		expect(await expectNothingWritten(db, () => signUp(db, eventId, input, device, NOW))).toMatchObject({
			key: 'signUpCancelled',
		});
		await signUp(db, eventId, person(), deviceOf('next'), NOW);
		expect(await headsOf(eventId)).toBe(2);
	});

	test('a link or a device that did not sign up cancels nothing', async () => {
		const eventId = await announce();
		const input = person();
		await signUp(db, eventId, input, device, NOW);
		await signUp(db, eventId, person(), deviceOf('other'), NOW);
		const foreign = await findDeviceAlias(db, deviceOf('other').secret);
		const tries: Parameters<typeof cancelSignUp>[1][] = [
			{ token: '' },
			{ token: 'A'.repeat(43) },
			{ token: cancelTokenOf(input.id, deviceOf('other').secret) },
			{ id: input.id, deviceAliasId: foreign!.id },
			{ id: input.id, deviceAliasId: undefined },
			{ id: uuidv7(NOW), deviceAliasId: foreign!.id },
		];
		for (const by of tries) {
			expect(await expectNothingWritten(db, () => cancelSignUp(db, by, NOW))).toMatchObject({
				kind: 'NOT_FOUND',
				key: 'signUpNotFound',
			});
		}
		const own = await findDeviceAlias(db, device.secret);
		await cancelSignUp(db, { id: input.id, deviceAliasId: own!.id }, NOW);
		expect(await headsOf(eventId)).toBe(2);
	});

	test('the organiser takes a sign-up off the list, another organiser does not', async () => {
		const eventId = await announce();
		const input = person({ kind: 'unit', name: 'Nhảm' });
		await signUp(db, eventId, input, device, NOW);
		const other = await makeActor(db, 'organiser', 'organisation', uuidv7(NOW));
		for (const [actor, key] of [
			[other, 'notYourRole'],
			[undefined, 'signInFirst'],
		] as const) {
			expect(
				await expectNothingWritten(db, () => removeSignUp(db, actor, { id: input.id }, NOW)),
			).toMatchObject({ key });
		}
		expect(
			await expectNothingWritten(db, () => removeSignUp(db, organiser, { id: uuidv7(NOW) }, NOW)),
		).toMatchObject({ key: 'signUpNotFound' });
		expect(await removeSignUp(db, organiser, { id: input.id }, NOW)).toEqual({ eventId });
		expect(await listUnits(db, eventId)).toEqual([]);
	});

	test('telephones are forgotten a month after the event', async () => {
		const eventId = await announce();
		await signUp(db, eventId, person(), device, NOW);
		const end = NOW + 7 * DAY + 3 * HOUR;
		await forgetOldPhones(db, end + 29 * DAY);
		const event = (await findEvent(db, eventId))!;
		expect([...(await readPhones(db, organiser, event)).values()]).toEqual(['+84912345678']);
		await forgetOldPhones(db, end + 31 * DAY);
		expect((await readPhones(db, organiser, event)).size).toBe(0);
		expect((await listSignUps(db, eventId))[0]?.hasPhone).toBe(0);
	});
});
