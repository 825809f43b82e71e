// A ward's fund with the people around it, and short ways to move its money through the services.
import { sql } from 'kysely';
import type { Actor } from '#features/accounts/actor.ts';
import {
	approveDisbursement,
	payDisbursement,
	requestDisbursement,
} from '#features/fund/disbursement.service.ts';
import type { DisbursementInput } from '#features/fund/disbursement.ts';
import { findFund } from '#features/fund/fund.repository.ts';
import { postEntry, reverseEntry, type EntryInput, type PostedEntry } from '#features/fund/ledger.service.ts';
import { inTransaction, type Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { uuidv7 } from '#lib/uuid.ts';
import { makeActor, makeFund, NOW, seedReference } from '../support/fixtures.ts';

export const TODAY = toLocalDate(NOW);

export type World = {
	db: Db;
	fundId: string;
	code: string;
	treasurer: Actor;
	approver: Actor;
	officer: Actor;
};

export async function makePeople(db: Db, fund: { id: string; code: string }): Promise<World> {
	return {
		db,
		fundId: fund.id,
		code: fund.code,
		treasurer: await makeActor(db, 'treasurer', 'fund', fund.id),
		approver: await makeActor(db, 'approver', 'fund', fund.id),
		officer: await makeActor(db, 'ward_officer', 'ward', 'dk-2025'),
	};
}

export async function makeWorld(db: Db): Promise<World> {
	await seedReference(db);
	return makePeople(db, await makeFund(db));
}

/** A gift in cash, as the service takes it. */
export function giftInput(world: World, amountVnd: number, over: Partial<EntryInput> = {}): EntryInput {
	const id = uuidv7(NOW);
	return {
		id,
		fundId: world.fundId,
		kind: 'gift',
		happenedOn: TODAY,
		bookedOn: TODAY,
		recordedBy: world.treasurer.grants[0]!.id,
		source: { kind: 'statement', id, content: { statement: id } },
		postings: [{ debit: 'cash', credit: 'gift', amountVnd }],
		text: { kind: 'statement', words: 'Tiền ủng hộ' },
		...over,
	};
}

export const post = (world: World, input: EntryInput, now = NOW): Promise<PostedEntry> =>
	inTransaction(world.db, (trx) => postEntry(trx, input, now));

export const give = (world: World, amountVnd: number): Promise<PostedEntry> =>
	post(world, giftInput(world, amountVnd));

export const reverse = (
	world: World,
	entryId: string,
	id = uuidv7(NOW),
	reason = 'ghi nhầm',
): Promise<PostedEntry> =>
	inTransaction(world.db, (trx) =>
		reverseEntry(trx, { id, entryId, recordedBy: world.approver.grants[0]!.id, reason }, NOW),
	);

export function requestInput(
	world: World,
	amountVnd: number,
	over: Partial<DisbursementInput> = {},
): DisbursementInput {
	return {
		id: uuidv7(NOW),
		fundId: world.fundId,
		purpose: 'tet_gift',
		description: 'Quà cho bà Nông Thị Lan và các hộ trong khối',
		amountVnd,
		beneficiaryCount: 12,
		adminUnitId: 'dk-2025',
		...over,
	};
}

/** A request that its approver has approved. */
export async function approved(
	world: World,
	amountVnd: number,
	over: Partial<DisbursementInput> = {},
): Promise<string> {
	const input = requestInput(world, amountVnd, over);
	await requestDisbursement(world.db, world.officer, input, NOW);
	await approveDisbursement(world.db, world.approver, { id: input.id }, NOW);
	return input.id;
}

/** Requests, approves and pays. */
export async function pay(
	world: World,
	amountVnd: number,
	over: Partial<DisbursementInput> = {},
): Promise<PostedEntry> {
	const id = await approved(world, amountVnd, over);
	return payDisbursement(world.db, world.treasurer, { id, entryId: uuidv7(NOW), paidOn: TODAY }, NOW);
}

export const cashOf = async (world: World): Promise<number> =>
	(await findFund(world.db, world.fundId))!.cashVnd;

export const allocationsOf = (world: World, paymentEntryId: string) =>
	world.db
		.selectFrom('fundAllocation')
		.innerJoin('journalEntry', 'journalEntry.id', 'fundAllocation.incomeEntryId')
		.select(['fundAllocation.incomeEntryId', 'fundAllocation.amountVnd'])
		.where('fundAllocation.paymentEntryId', '=', paymentEntryId)
		.orderBy('journalEntry.sequence')
		.execute();

/** Writes a row past the services: what the database alone refuses. */
export const insertRaw = (db: Db, table: string, row: Record<string, unknown>, verb = 'insert') =>
	sql`${sql.raw(verb)} into ${sql.table(table)} (${sql.join(Object.keys(row).map((column) => sql.ref(column)))})
		values (${sql.join(Object.values(row))})`.execute(db);
