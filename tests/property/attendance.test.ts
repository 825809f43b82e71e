// Two phones that check people in without a network and sync later, in any order and more than once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listFigures } from '#features/cleanup-events/attendance.repository.ts';
import { recordAttendance } from '#features/cleanup-events/attendance.service.ts';
import {
	bySignUp,
	presenceOf,
	sumPresent,
	walkInsOf,
	type Figure,
} from '#features/cleanup-events/attendance.ts';
import type { AttendanceInput } from '#features/cleanup-events/check-in.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import type { Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT, seedReference } from '../support/fixtures.ts';

const START = NOW + DAY;
const PHONES = ['a', 'b'] as const;
const SIGN_UPS = 3;

/** One tap on one phone: heads of a sign-up, a take-back (0), a choice, or the phone's counter of walk-ins. */
const tap = fc.record({
	phone: fc.constantFrom(...PHONES),
	of: fc.nat({ max: SIGN_UPS }),
	heads: fc.nat({ max: 4 }),
	isChoice: fc.boolean(),
});

describeEachEngine('two phones', (engine) => {
	async function makeEvent(db: Db) {
		await seedReference(db);
		const organisation = { id: 'doan', kind: 'youth_union' as const, name: 'Đoàn', isSample: 0 as const };
		await db
			.insertInto('organisation')
			.values({ ...organisation, adminUnitId: 'tt-2025', validFrom: null, validTo: null })
			.execute();
		const organiser = await makeActor(db, 'organiser', 'organisation', 'doan');
		const eventId = uuidv7(NOW);
		const about = { id: eventId, organisationId: 'doan', title: 'Dọn', description: '', whatToBring: '' };
		const place = {
			greenHouseCode: null,
			assemblyPoint: 'Sân',
			latitude: null,
			longitude: null,
			capacity: null,
		};
		const times = { startsAt: START, endsAt: START + DAY / 12 };
		await announceEvent(db, organiser, { ...PLAIN_EVENT, ...about, ...place, ...times }, NOW);
		const ids: string[] = [];
		for (let each = 0; each < SIGN_UPS; each += 1) {
			const input = { id: uuidv7(NOW), kind: 'unit' as const, name: `Tổ ${each}`, headCount: 3, phone: null };
			ids.push(
				(await signUp(db, eventId, { ...input, isSixteen: true }, { secret: 'x'.repeat(43) }, NOW)).id,
			);
		}
		return { organiser, eventId, ids };
	}

	test('that sync in any order, records twice, leave what a single phone would', async () => {
		const db = await engine.fresh();
		const { organiser, ids } = await makeEvent(db);
		await fc.assert(
			fc.asyncProperty(
				fc.array(tap, { minLength: 1, maxLength: 14 }),
				fc.infiniteStream(fc.nat()),
				async (taps, random) => {
					const eventId = uuidv7(NOW);
					const copy = await db.selectFrom('cleanupEvent').selectAll().limit(1).executeTakeFirstOrThrow();
					await db
						.insertInto('cleanupEvent')
						.values({ ...copy, id: eventId, slug: eventId })
						.execute();
					const signUps = await copySignUps(db, ids, eventId);
					const words = taps.map(({ phone, of, heads, isChoice }, index): AttendanceInput => {
						const signUpId = signUps[of] ?? null;
						const said = { signUpId, isChoice: isChoice && signUpId !== null, heads, device: phone };
						const at = START + index * 1000;
						const minors = signUpId === null ? Math.min(heads, 1) : null;
						return { id: uuidv7(NOW), eventId, ...said, minors, statedAt: at, checkedInAt: at };
					});
					// Each is sent once or twice, all in any order.
					const sent = [...words, ...words.filter((_, index) => index % 2 === 0)]
						.map((each) => ({ each, key: random.next().value }))
						.sort((a, b) => a.key - b.key);
					for (const { each } of sent) await recordAttendance(db, organiser, each, START + DAY);

					const figures = await listFigures(db, eventId);
					expect(figures).toHaveLength(words.length);
					for (const signUpId of signUps) check(figures.filter((each) => each.signUpId === signUpId));
					const counters = PHONES.map(
						(phone) =>
							words.filter((each) => each.device === phone && each.signUpId === null).at(-1)?.heads ?? 0,
					);
					expect(walkInsOf(figures).heads).toBe(counters[0]! + counters[1]!);
					const groups = [...bySignUp(figures)].filter(([id]) => id !== null);
					const units = groups.reduce((total, [, each]) => total + presenceOf(each).heads, 0);
					expect(sumPresent(figures).heads).toBe(units + counters[0]! + counters[1]!);
				},
			),
			{ numRuns: engine.name === 'sqlite' ? 60 : 25 },
		);
	});
});

async function copySignUps(db: Db, ids: string[], eventId: string): Promise<string[]> {
	const rows = await db.selectFrom('signUp').selectAll().where('id', 'in', ids).execute();
	const copies = rows.map((row) => ({ ...row, id: uuidv7(NOW), eventId, cancelTokenHash: uuidv7(NOW) }));
	await db.insertInto('signUp').values(copies).execute();
	return copies.map(({ id }) => id);
}

/** Said in other words: walk through all that was said of one sign-up in the order in which it was said. */
function check(figures: Figure[]): void {
	const stands = new Map<string, number>();
	let settled: number | undefined;
	for (const each of figures) {
		if (each.isChoice) {
			stands.clear();
			settled = each.heads;
		} else stands.set(each.device, each.heads);
	}
	const said = [...stands.values()];
	const expected = said.length > 0 ? Math.max(...said) : (settled ?? 0);
	expect(presenceOf(figures)).toMatchObject({
		heads: expected,
		isOpen: new Set(said.filter((heads) => heads > 0)).size > 1,
	});
	// Nobody is lost: somebody whom one phone counts and nobody took back or settled is there.
	if (settled === undefined && said.some((heads) => heads > 0)) expect(expected).toBeGreaterThan(0);
}
