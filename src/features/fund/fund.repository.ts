import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import { areSamplesRetired, shownSample } from '#lib/samples.ts';
import type { FundTable, JournalEntryTable } from '#db/schema.ts';
import { fundOfHouse, type EarningHouse, type Entry, type Fund } from './fund.ts';
import type { Allocation, IncomeRest, Posting } from './ledger.ts';

function selectFunds(db: Db) {
	return db
		.selectFrom('fund')
		.leftJoin('journalEntry as last', (join) =>
			join.onRef('last.fundId', '=', 'fund.id').on('last.sequence', '=', (eb) =>
				eb
					.selectFrom('journalEntry as each')
					.select((inner) => inner.fn.max('each.sequence').as('sequence'))
					.whereRef('each.fundId', '=', 'fund.id'),
			),
		)
		.selectAll('fund')
		.select([
			sql<number>`coalesce(last.cash_after_vnd + last.bank_after_vnd, 0)`.as('balanceVnd'),
			sql<number>`coalesce(last.cash_after_vnd, 0)`.as('cashVnd'),
			sql<number>`coalesce(last.bank_after_vnd, 0)`.as('bankVnd'),
			sql<number>`coalesce(last.sequence, 0)`.as('entryCount'),
		]);
}

/** The funds that the public sees, by code, with what each holds. */
export const listFunds = async (db: Db): Promise<Fund[]> =>
	selectFunds(db)
		.where('fund.isSample', '=', await shownSample(db, 'fund'))
		.orderBy('fund.code')
		.execute();

/** A fund by the code in its address, in either case; samples are gone once they are retired. */
export async function findFundByCode(db: Db, code: string): Promise<Fund | undefined> {
	const fund = await selectFunds(db).where('fund.code', '=', code.trim().toUpperCase()).executeTakeFirst();
	return fund?.isSample === 1 && (await areSamplesRetired(db)) ? undefined : fund;
}

export const findFund = (db: Db, id: string): Promise<Fund | undefined> =>
	selectFunds(db).where('fund.id', '=', id).executeTakeFirst();

/** Whose money each fund gathers, by code. */
export const listFundPlaces = (db: Db) =>
	db.selectFrom('fund').select(['id', 'organisationId', 'adminUnitId', 'isSample']).orderBy('code').execute();

/** The fund that gathers what a house earns; see {@link fundOfHouse}. */
export async function findFundOfHouse(db: Db, house: EarningHouse): Promise<Fund | undefined> {
	const place = fundOfHouse(house, await listFundPlaces(db));
	return place && findFund(db, place.id);
}

/** The fund without an area that an organisation has, if any. */
export const findOwnFund = (db: Db, organisationId: string) =>
	db
		.selectFrom('fund')
		.select(['id', 'code'])
		.where('organisationId', '=', organisationId)
		.where('adminUnitId', 'is', null)
		.orderBy('code')
		.executeTakeFirst();

export async function insertFund(
	trx: Trx,
	fund: FundTable,
	accounts: { code: string; type: string }[],
): Promise<void> {
	await trx.insertInto('fund').values(fund).execute();
	await trx
		.insertInto('ledgerAccount')
		.values(accounts.map((account) => ({ fundId: fund.id, ...account }) as never))
		.execute();
}

/** Entries as the public reads them, with their texts and both ends of a reversal. */
export function selectEntries(db: Db) {
	return db
		.selectFrom('journalEntry')
		.innerJoin('entryText', 'entryText.entryId', 'journalEntry.id')
		.leftJoin('journalEntry as reversal', 'reversal.reversesEntryId', 'journalEntry.id')
		.leftJoin('journalEntry as original', 'original.id', 'journalEntry.reversesEntryId')
		.innerJoin('fund', 'fund.id', 'journalEntry.fundId')
		.selectAll('journalEntry')
		.select([
			'fund.code as fundCode',
			'fund.nameVi as fundNameVi',
			'fund.nameEn as fundNameEn',
			'entryText.text',
		])
		.select(['reversal.id as reversedById', 'reversal.bookedOn as reversedOn'])
		.select(['original.kind as originalKind', 'original.sequence as originalSequence'])
		.select([
			'original.voucherKind as originalVoucherKind',
			'original.voucherYear as originalVoucherYear',
			'original.voucherNumber as originalVoucherNumber',
		]);
}

/** The entries that gave other funds their part of a sale: what came in, then what went out. */
export const listTransferParts = (db: Db, transferId: string): Promise<Entry[]> =>
	selectEntries(db)
		.where('journalEntry.transferId', '=', transferId)
		.where('journalEntry.kind', 'in', ['transfer_in', 'transfer_out'])
		.orderBy('journalEntry.kind')
		.orderBy('journalEntry.fundId')
		.execute();

export const findEntry = (db: Db, id: string): Promise<Entry | undefined> =>
	selectEntries(db).where('journalEntry.id', '=', id).executeTakeFirst();

/** A page of a fund's rows, newest first; `before` is the sequence that the last page ended with. */
export function listEntries(
	db: Db,
	fundId: string,
	page: { before?: number | undefined; limit: number },
): Promise<Entry[]> {
	let query = selectEntries(db).where('journalEntry.fundId', '=', fundId);
	if (page.before !== undefined) query = query.where('journalEntry.sequence', '<', page.before);
	return query.orderBy('journalEntry.sequence', 'desc').limit(page.limit).execute();
}

/** Where the page before ended. */
type EntryKey = Pick<JournalEntryTable, 'bookedOn' | 'recordedAt' | 'sequence' | 'id'>;

/** A page of the rows of all funds that the public sees, newest first; `before` is the last row of the page before. */
export const listLatestEntries = async (
	db: Db,
	page: { limit: number; kind?: JournalEntryTable['kind']; before?: EntryKey | undefined },
): Promise<Entry[]> => {
	let query = selectEntries(db).where('journalEntry.isSample', '=', await shownSample(db, 'fund'));
	if (page.kind) query = query.where('journalEntry.kind', '=', page.kind);
	const { before } = page;
	if (before) {
		query = query.where(({ eb, refTuple, tuple }) =>
			eb(
				refTuple(
					'journalEntry.bookedOn',
					'journalEntry.recordedAt',
					'journalEntry.sequence',
					'journalEntry.id',
				),
				'<',
				tuple(before.bookedOn, before.recordedAt, before.sequence, before.id),
			),
		);
	}
	return query
		.orderBy('journalEntry.bookedOn', 'desc')
		.orderBy('journalEntry.recordedAt', 'desc')
		.orderBy('journalEntry.sequence', 'desc')
		.orderBy('journalEntry.id', 'desc')
		.limit(page.limit)
		.execute();
};

export const listPostings = (db: Db, entryId: string) =>
	db
		.selectFrom('posting')
		.select(['debitAccount as debit', 'creditAccount as credit', 'amountVnd'])
		.where('entryId', '=', entryId)
		.orderBy('position')
		.execute();

/** The postings of several entries, in their order. */
export async function listPostingsOf(db: Db, entryIds: string[]): Promise<(Posting & { entryId: string })[]> {
	if (entryIds.length === 0) return [];
	return db
		.selectFrom('posting')
		.select(['entryId', 'debitAccount as debit', 'creditAccount as credit', 'amountVnd'])
		.where('entryId', 'in', entryIds)
		.orderBy('entryId')
		.orderBy('position')
		.execute();
}

/** Which incomes several outflows spend, in the order in which they were taken. */
export async function listAllocationsOf(
	db: Db,
	entryIds: string[],
): Promise<(Allocation & { entryId: string })[]> {
	if (entryIds.length === 0) return [];
	return db
		.selectFrom('fundAllocation')
		.innerJoin('journalEntry as income', 'income.id', 'fundAllocation.incomeEntryId')
		.select([
			'fundAllocation.paymentEntryId as entryId',
			'fundAllocation.incomeEntryId',
			'fundAllocation.amountVnd',
		])
		.where('fundAllocation.paymentEntryId', 'in', entryIds)
		.orderBy('fundAllocation.paymentEntryId')
		.orderBy('income.sequence')
		.execute();
}

/** The first day on which a fund, or any that the public sees, has a row. */
export async function findFirstDay(db: Db, fundId: string | undefined): Promise<string | undefined> {
	let query = db.selectFrom('journalEntry').select('bookedOn').orderBy('bookedOn').limit(1);
	query =
		fundId === undefined
			? query.where('isSample', '=', await shownSample(db, 'fund'))
			: query.where('fundId', '=', fundId);
	return (await query.executeTakeFirst())?.bookedOn;
}

/** Stands where the words of a paper stood; its table takes no other change. */
const ERASED = '…';

/** False when the text was erased before. */
export async function eraseTextRow(trx: Trx, entryId: string, now: number): Promise<boolean> {
	const { numUpdatedRows } = await trx
		.updateTable('entryText')
		.set({ text: null, erasedAt: now })
		.where('entryId', '=', entryId)
		.where('erasedAt', 'is', null)
		.executeTakeFirst();
	if (numUpdatedRows === 0n) return false;
	// The paper that the words were taken from says them no more either, nor does its hash; its form wants some.
	const words = { words: ERASED, contentHash: '' };
	const reason = { reason: ERASED, contentHash: '' };
	await trx.updateTable('statement').set(words).where('entryId', '=', entryId).execute();
	await trx.updateTable('cashCount').set(reason).where('entryId', '=', entryId).execute();
	await trx.updateTable('entryReversal').set(reason).where('entryId', '=', entryId).execute();
	return true;
}

/** The salt of an entry's text, which stays when the text is erased. */
export async function findSalt(db: Db, entryId: string): Promise<string> {
	const row = await db
		.selectFrom('entryText')
		.select('salt')
		.where('entryId', '=', entryId)
		.executeTakeFirstOrThrow();
	return row.salt;
}

export const findLastEntry = (trx: Trx, fundId: string) =>
	trx
		.selectFrom('journalEntry')
		.select(['sequence', 'bookedOn', 'cashAfterVnd', 'bankAfterVnd'])
		.where('fundId', '=', fundId)
		.orderBy('sequence', 'desc')
		.limit(1)
		.executeTakeFirst();

export async function findLastVoucher(
	trx: Trx,
	fundId: string,
	kind: 'receipt' | 'payment',
	year: number,
): Promise<number> {
	const row = await trx
		.selectFrom('journalEntry')
		.select('voucherNumber')
		.where('fundId', '=', fundId)
		.where('voucherKind', '=', kind)
		.where('voucherYear', '=', year)
		.orderBy('voucherNumber', 'desc')
		.limit(1)
		.executeTakeFirst();
	return row?.voucherNumber ?? 0;
}

type FoundRest = IncomeRest & { sequence: number; isReversed: 0 | 1 };

/** A fund's newest incomes before a sequence, spent or not. */
async function listNewestIncomes(trx: Trx, fundId: string, before: number): Promise<FoundRest[]> {
	const { rows } = await sql<FoundRest>`
		select income.id as "entryId", income.sequence as "sequence", statement.purpose as "purpose",
			case when exists (select 1 from journal_entry r where r.reverses_entry_id = income.id) then 1 else 0 end as "isReversed",
			income.change_vnd - coalesce((
				select sum(a.amount_vnd) from fund_allocation a
				where a.income_entry_id = income.id
					and not exists (select 1 from journal_entry r where r.reverses_entry_id = a.payment_entry_id)
			), 0) as "restVnd"
		from journal_entry income
		left join statement on income.source_kind = 'statement' and statement.id = income.source_id
		where income.fund_id = ${fundId} and income.sequence < ${before}
			and income.change_vnd > 0 and income.kind <> 'reversal'
		order by income.sequence desc
		limit 100
	`.execute(trx);
	return rows;
}

/**
 * Incomes in booked order with what live outflows have left of each; the rests add up to cash and bank.
 * A reversed income has none, because its reversal took it (or as much from others), unless a payment that had
 * spent it is reversed as well: then the money is there and belongs to nobody else, so that it comes last.
 */
export async function listIncomeRests(trx: Trx, fundId: string): Promise<IncomeRest[]> {
	const last = await findLastEntry(trx, fundId);
	const found: FoundRest[] = [];
	let missing = last ? last.cashAfterVnd + last.bankAfterVnd : 0;
	// The oldest are spent first, so what is left stands among the newest: a long book is not read to its beginning.
	for (let before = (last?.sequence ?? 0) + 1; missing > 0;) {
		const incomes = await listNewestIncomes(trx, fundId, before);
		if (incomes.length === 0) break;
		before = incomes.at(-1)!.sequence;
		found.push(...incomes.filter(({ restVnd }) => restVnd > 0));
		missing -= incomes.reduce((sum, { restVnd }) => sum + restVnd, 0);
	}
	return found
		.sort((a, b) => a.isReversed - b.isReversed || a.sequence - b.sequence)
		.map(({ entryId, purpose, restVnd }) => ({ entryId, purpose, restVnd }));
}

export async function insertEntry(
	trx: Trx,
	entry: JournalEntryTable,
	parts: { postings: Posting[]; allocations: Allocation[]; salt: string; text: string },
): Promise<void> {
	await trx.insertInto('journalEntry').values(entry).execute();
	await trx
		.insertInto('posting')
		.values(
			parts.postings.map(({ debit, credit, amountVnd }, index) => ({
				entryId: entry.id,
				fundId: entry.fundId,
				position: index + 1,
				debitAccount: debit,
				creditAccount: credit,
				amountVnd,
			})),
		)
		.execute();
	await trx
		.insertInto('entryText')
		.values({ entryId: entry.id, salt: parts.salt, text: parts.text, erasedAt: null })
		.execute();
	for (const { incomeEntryId, amountVnd } of parts.allocations) {
		await trx
			.insertInto('fundAllocation')
			.values({ paymentEntryId: entry.id, incomeEntryId, fundId: entry.fundId, amountVnd })
			.execute();
	}
}
