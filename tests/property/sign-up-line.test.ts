// Whatever people do with the places of an event, in whatever order: never more heads than places, and the line in order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SignUpInput } from '#features/cleanup-events/cleanup-event.ts';
import { findEvent } from '#features/cleanup-events/cleanup-event.repository.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { settleLines } from '#features/cleanup-events/sign-up-line.service.ts';
import { sumHeads } from '#features/cleanup-events/sign-up.repository.ts';
import { acceptOffer, cancelSignUp, changeSignUp, signUp } from '#features/cleanup-events/sign-up.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';

const CAPACITY = 10;
const START = NOW + 7 * DAY;
const heads = fc.integer({ min: 1, max: 12 });
const who = fc.nat({ max: 11 });
const act = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('join' as const), heads }) },
	fc.record({ kind: fc.constant('cancel' as const), who }),
	fc.record({ kind: fc.constant('change' as const), who, heads }),
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('accept' as const), who }) },
	fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 30 }) }),
);

async function makeEvent(db: Db): Promise<string> {
	await seedReference(db);
	const organisation = {
		id: 'doan',
		kind: 'youth_union' as const,
		name: 'Đoàn phường',
		isSample: 0 as const,
	};
	await db
		.insertInto('organisation')
		.values({ ...organisation, adminUnitId: 'tt-2025', validFrom: null, validTo: null })
		.execute();
	const id = uuidv7(NOW);
	const event = {
		...{ id, organisationId: 'doan', title: 'Tổng vệ sinh', description: '', whatToBring: '' },
		...{ startsAt: START, endsAt: START + DAY / 8, greenHouseCode: null, assemblyPoint: 'Khối 6' },
		...{ latitude: null, longitude: null, capacity: CAPACITY },
		...PLAIN_EVENT,
	};
	await announceEvent(db, await makeActor(db, 'organiser', 'organisation', 'doan'), event, NOW);
	return id;
}

/** What stands, and whether it may: the heads that count, who waits though they fit, and who was passed. */
async function check(db: Db, eventId: string, now: number): Promise<void> {
	const counted = await inTransaction(db, (trx) => sumHeads(trx, eventId, now));
	expect(counted).toBeLessThanOrEqual(CAPACITY);
	const rows = await db.selectFrom('signUp').selectAll().where('eventId', '=', eventId).execute();
	const fits = rows.filter(
		({ status, headCount }) => status === 'waiting' && headCount <= CAPACITY - counted,
	);
	expect(fits).toEqual([]);
	const since = rows.flatMap((row) => row.waitingSince ?? []);
	expect(new Set(since).size).toBe(since.length);
}

describeEachEngine('the places of an event', (engine) => {
	test('are never given twice, and nobody waits who would fit', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 25 }), async (acts) => {
				const db = await engine.fresh();
				const eventId = await makeEvent(db);
				const tokens: string[] = [];
				let now = NOW;
				for (const each of acts) {
					const token = 'who' in each ? (tokens[each.who % (tokens.length || 1)] ?? '') : '';
					const by = { token };
					const offeredBefore = await listStates(db, eventId);
					try {
						if (each.kind === 'wait') {
							now = Math.min(now + each.hours * (DAY / 24), START);
							await settleLines(db, now);
						}
						if (each.kind === 'join') {
							const input: SignUpInput = {
								...{ id: uuidv7(now), kind: 'unit', name: 'Tổ', headCount: each.heads, phone: null },
								...{ isSixteen: true, mayWait: true },
							};
							tokens.push((await signUp(db, eventId, input, { secret: 'x'.repeat(43) }, now)).token);
						}
						if (each.kind === 'cancel') await cancelSignUp(db, by, now);
						if (each.kind === 'change') await changeSignUp(db, by, each.heads, now);
						if (each.kind === 'accept') await acceptOffer(db, by, now);
					} catch (error) {
						if (!(error instanceof DomainError)) throw error;
						// Refused, so nothing stands differently.
						expect(await listStates(db, eventId)).toEqual(offeredBefore);
						continue;
					}
					await check(db, eventId, now);
					await checkOrder(db, eventId, offeredBefore);
				}
				expect((await findEvent(db, eventId))?.capacity).toBe(CAPACITY);
			}),
			{ numRuns: engine.name === 'sqlite' ? 25 : 6 },
		);
	});
});

const listStates = (db: Db, eventId: string) =>
	db
		.selectFrom('signUp')
		.select(['id', 'status', 'waitingSince', 'headCount'])
		.where('eventId', '=', eventId)
		.orderBy('waitingSince')
		.orderBy('id')
		.execute();

/** Of those who left the line for a place, nobody is behind somebody as small who still waits. */
async function checkOrder(
	db: Db,
	eventId: string,
	before: Awaited<ReturnType<typeof listStates>>,
): Promise<void> {
	const after = await listStates(db, eventId);
	const stoodInLine = new Set(before.filter(({ status }) => status === 'waiting').map(({ id }) => id));
	const got = after.filter(({ id, status }) => stoodInLine.has(id) && ['offered', 'active'].includes(status));
	const left = after.filter(({ id, status }) => stoodInLine.has(id) && status === 'waiting');
	for (const { waitingSince, headCount } of got) {
		const passed = left.filter((each) => each.waitingSince! < waitingSince! && each.headCount <= headCount);
		expect(passed).toEqual([]);
	}
}
