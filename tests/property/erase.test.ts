// Whatever people did, and whoever of them is erased in whatever order: no total, no entry and no balance changes, and
// nothing of the erased person is left.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insertOrganisation } from '#features/accounts/organisation.repository.ts';
import { mintDeviceSecret } from '#features/accounts/device-alias.ts';
import { findActor, insertPerson } from '#features/accounts/person.repository.ts';
import type { Actor } from '#features/accounts/actor.ts';
import { announceEvent } from '#features/cleanup-events/cleanup-event.service.ts';
import { signUp } from '#features/cleanup-events/sign-up.service.ts';
import { sumHeads } from '#features/cleanup-events/sign-up.repository.ts';
import { findOpenCycle } from '#features/collections/collection-cycle.repository.ts';
import { closeCycle } from '#features/collections/collection-cycle.service.ts';
import { confirmScrapSale, recordScrapSale } from '#features/collections/scrap-sale.service.ts';
import { countDropOffs, sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { recordDropOff } from '#features/drop-offs/drop-off.service.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import { linkDropOffs } from '#features/privacy/consent.service.ts';
import { eraseAccount } from '#features/privacy/erase.service.ts';
import { sendRequest } from '#features/privacy/rights-request.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { describeEachEngine } from '../support/engines.ts';
import { DAY, makeActor, NOW, PLAIN_EVENT } from '../support/fixtures.ts';
import { makeWorld as makeSaleWorld, saleOf } from '../integration/sale-world.ts';

type Deed =
	| { kind: 'bring'; person: number; kilograms: number }
	| { kind: 'link' | 'ask' | 'join'; person: number }
	| { kind: 'sell' };
const person = fc.nat(3);
const deed: fc.Arbitrary<Deed> = fc.oneof(
	fc.record({ kind: fc.constant('bring' as const), person, kilograms: fc.integer({ min: 1, max: 9 }) }),
	fc.record({ kind: fc.constantFrom('link' as const, 'ask' as const, 'join' as const), person }),
	fc.record({ kind: fc.constant('sell' as const) }),
);

async function makeWorld(db: Db) {
	const world = await makeSaleWorld(db);
	const organisationId = await inTransaction(db, (trx) =>
		insertOrganisation(trx, { kind: 'youth_union', name: 'Đoàn', adminUnitId: 'dk-2025', isSample: 0 }, NOW),
	);
	const organiser = await makeActor(db, 'organiser', 'organisation', organisationId);
	const event = {
		...PLAIN_EVENT,
		...{ id: uuidv7(NOW), organisationId, title: 'Dọn bờ sông', description: '', whatToBring: '' },
		...{ startsAt: NOW + DAY, endsAt: NOW + DAY + 3_600_000, greenHouseCode: null },
		...{ assemblyPoint: 'Nhà văn hoá', latitude: null, longitude: null, capacity: null },
	};
	await announceEvent(db, organiser, event, NOW);
	const people: { actor: Actor; name: string; secret: string }[] = [];
	for (let index = 0; index < 4; index += 1) {
		const name = `Người thứ ${index}`;
		const row = { displayName: name, phoneE164: `+8491234567${index}`, isSample: 0 as const };
		const id = await inTransaction(db, (trx) => insertPerson(trx, row, NOW));
		people.push({ actor: (await findActor(db, id, NOW))!, name, secret: mintDeviceSecret() });
	}
	return { ...world, event, people };
}
type World = Awaited<ReturnType<typeof makeWorld>>;

async function act(db: Db, world: World, each: Deed): Promise<void> {
	if (each.kind === 'sell') {
		const cycle = (await findOpenCycle(db, world.house.id))!;
		if ((await countDropOffs(db, cycle.id)) === 0) return;
		await closeCycle(db, world.steward, cycle.id, NOW);
		const sale = saleOf(cycle.id);
		await recordScrapSale(db, world.steward, sale, NOW);
		await confirmScrapSale(db, world.treasurer, sale.id, NOW, { isSeen: true, reason: 'Cân lại' });
		return;
	}
	const { actor, name, secret } = world.people[each.person]!;
	if (each.kind === 'link') await linkDropOffs(db, actor, { deviceSecret: secret, noticeVersion: 1 }, NOW);
	if (each.kind === 'ask')
		await sendRequest(db, actor, { id: uuidv7(NOW), kind: 'access', text: name }, NOW).catch(() => undefined);
	if (each.kind === 'join') {
		const input = { id: uuidv7(NOW), kind: 'person' as const, name, headCount: 2, phone: '0912345678' };
		await signUp(db, world.event.id, { ...input, isSixteen: true }, { secret }, NOW);
	}
	if (each.kind === 'bring') {
		const lines = [{ material: 'mixed_paper', unit: 'kg' as const, quantityMilli: each.kilograms * 1000 }];
		await recordDropOff(
			db,
			{ kind: 'device', secret },
			{ id: uuidv7(NOW), greenHouseCode: world.house.code, happenedAt: NOW, channel: 'web', lines },
			NOW,
		);
	}
}

/** Every public figure, and the book itself. */
async function figures(db: Db, world: World) {
	const cycles = await db.selectFrom('collectionCycle').select('id').orderBy('id').execute();
	return {
		declared: await Promise.all(cycles.map(({ id }) => sumDeclared(db, id))),
		counts: await Promise.all(cycles.map(({ id }) => countDropOffs(db, id))),
		balance: (await findFund(db, world.fund.id))?.balanceVnd,
		entries: await db.selectFrom('journalEntry').select(['id', 'canonical']).orderBy('sequence').execute(),
	};
}

describeEachEngine('erasing people', (engine) => {
	test('changes no total, no entry and no balance, and leaves nothing of them', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(deed, { minLength: 1, maxLength: 14 }),
				fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }),
				async (deeds, erased) => {
					const db = await engine.fresh();
					const world = await makeWorld(db);
					for (const each of deeds) await act(db, world, each);
					const before = await figures(db, world);
					// Long after the morning: its head count is history.
					const later = NOW + 3 * DAY;
					const heads = await inTransaction(db, (trx) => sumHeads(trx, world.event.id, later));
					for (const index of erased) await eraseAccount(db, world.people[index]!.actor, later);
					expect(await figures(db, world)).toEqual(before);
					expect(await inTransaction(db, (trx) => sumHeads(trx, world.event.id, later))).toBe(heads);
					for (const index of erased) {
						const { actor, name } = world.people[index]!;
						expect(await findActor(db, actor.personId, later)).toBeUndefined();
						const linked = await db
							.selectFrom('deviceAlias')
							.select('id')
							.where('personId', '=', actor.personId)
							.execute();
						expect(linked).toEqual([]);
						const words = await db
							.selectFrom('rightsRequest')
							.select('id')
							.where('text', '=', name)
							.execute();
						expect(words).toEqual([]);
						if (!deeds.some((each) => each.kind === 'link' && each.person === index)) continue;
						const names = await db.selectFrom('signUp').select('id').where('name', '=', name).execute();
						expect(names).toEqual([]);
					}
				},
			),
			{ numRuns: engine.name === 'sqlite' ? 12 : 6 },
		);
	});
});
