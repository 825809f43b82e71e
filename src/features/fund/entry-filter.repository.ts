import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#lib/db.ts';
import type { JournalEntryTable } from '#db/schema.ts';
import type { EntryFilter } from './entry-filter.ts';
import type { Entry } from './fund.ts';
import { selectEntries } from './fund.repository.ts';
import { SMALLEST_GROUP } from './ledger.ts';

/** The filter with what its codes stand for. Without a fund, the rows of all funds of one kind. */
export type RowFilter = Omit<EntryFilter, 'fund' | 'house'> & {
	fundId?: string | undefined;
	greenHouseId?: string | undefined;
	isSample: 0 | 1;
};

type Condition = RawBuilder<boolean>;

/** Entries of these ids, and what took them back. */
const withReversals = (ids: RawBuilder<unknown>): Condition => sql<boolean>`journal_entry.id in (
	select given.id from (${ids}) given
	union select back.id from (${ids}) given join journal_entry back on back.reverses_entry_id = given.id
)`;

const salesOf = (houses: RawBuilder<unknown>) => sql`
	select sale.entry_id as id from green_house house
	join collection_cycle cycle on cycle.green_house_id = house.id
	join scrap_sale_cycle part on part.cycle_id = cycle.id
	join scrap_sale sale on sale.id = part.sale_id
	where ${houses} and sale.entry_id is not null`;

/**
 * Payments whose public row names the ward: what the row does not say (for fewer than five people, or once its text is
 * erased) no filter tells either. The text ends with the ward because its keys are in order (ledger.ts, EntryText).
 */
const paymentsIn = (wardId: string) => sql`
	select payment.entry_id as id from disbursement request
	join disbursement_payment payment on payment.disbursement_id = request.id
	join entry_text told on told.entry_id = payment.entry_id
	where request.admin_unit_id = ${wardId} and request.beneficiary_count >= ${SMALLEST_GROUP}
		and told.text like ${`%,"wardId":"${wardId}"}`}`;

const BASE_KIND = sql<string>`coalesce(original.kind, journal_entry.kind)`;
const IS_INCOME = sql<boolean>`coalesce(original.change_vnd, journal_entry.change_vnd) > 0`;
const SHARED = sql<boolean>`${BASE_KIND} in ('transfer_out', 'transfer_in')`;
/** What funds share among themselves is money in and out of one fund, and neither when all are read. */
const counts = ({ fundId }: RowFilter) =>
	fundId === undefined ? sql<boolean>`not ${SHARED}` : sql<boolean>`1 = 1`;

function conditionsOf(filter: RowFilter): Condition[] {
	const { fundId, greenHouseId, ward, from, to, kind, account } = filter;
	// A house's or a ward's rows are few: the sums of nothing and the empty text keep SQLite from walking the book
	// instead, looking for them.
	const isNarrow = greenHouseId !== undefined || ward !== undefined;
	const found: Condition[] = [
		fundId === undefined
			? sql<boolean>`journal_entry.is_sample${isNarrow ? sql` + 0` : sql``} = ${filter.isSample}`
			: sql<boolean>`journal_entry.fund_id${isNarrow ? sql` || ''` : sql``} = ${fundId}`,
	];
	if (from !== undefined) found.push(sql<boolean>`journal_entry.booked_on >= ${`${from}-01`}`);
	if (to !== undefined) found.push(sql<boolean>`journal_entry.booked_on <= ${`${to}-31`}`);
	if (kind === 'in') {
		found.push(sql<boolean>`(${IS_INCOME} and ${BASE_KIND} <> 'opening_balance' and ${counts(filter)})`);
	} else if (kind === 'out') {
		found.push(sql<boolean>`(not ${IS_INCOME} and ${BASE_KIND} <> 'bank_move' and ${counts(filter)})`);
	} else if (kind !== undefined) found.push(sql<boolean>`journal_entry.kind = ${kind}`);
	if (greenHouseId !== undefined) found.push(withReversals(salesOf(sql`house.id = ${greenHouseId}`)));
	if (ward !== undefined) {
		const sales = salesOf(sql`house.admin_unit_id = ${ward}`);
		found.push(withReversals(sql`${sales} union all ${paymentsIn(ward)}`));
	}
	if (account !== undefined) {
		found.push(sql<boolean>`exists (
			select 1 from posting where posting.entry_id = journal_entry.id
				and (posting.debit_account = ${account} or posting.credit_account = ${account})
		)`);
	}
	return found;
}

/** Where the page before ended. */
type EntryKey = Pick<JournalEntryTable, 'bookedOn' | 'recordedAt' | 'sequence' | 'id'>;

const selectRows = (db: Db, filter: RowFilter) =>
	conditionsOf(filter).reduce((query, condition) => query.where(condition), selectEntries(db));

/** The query of a page of rows, newest first; its plan is what the tests look at. */
export function queryRows(db: Db, filter: RowFilter, page: { limit: number; before?: EntryKey | undefined }) {
	let query = selectRows(db, filter);
	const { before } = page;
	if (before) {
		query = query.where(
			sql<boolean>`(journal_entry.booked_on, journal_entry.recorded_at, journal_entry.sequence, journal_entry.id)
				< (${before.bookedOn}, ${before.recordedAt}, ${before.sequence}, ${before.id})`,
		);
	}
	return query
		.orderBy('journalEntry.bookedOn', 'desc')
		.orderBy('journalEntry.recordedAt', 'desc')
		.orderBy('journalEntry.sequence', 'desc')
		.orderBy('journalEntry.id', 'desc')
		.limit(page.limit);
}

/** A page of the rows that a filter leaves, newest first. */
export const listRows = (
	db: Db,
	filter: RowFilter,
	page: { limit: number; before?: EntryKey | undefined },
): Promise<Entry[]> => queryRows(db, filter, page).execute();

/** How many rows a filter leaves and what they add up to; what funds share among themselves apart. */
export type RowSums = {
	count: number;
	inVnd: number;
	outVnd: number;
	openingVnd: number;
	sharedVnd: number;
	/** What of them went through the account that was asked for. */
	accountVnd: number;
};

/** The query of the sums of the rows that a filter leaves. */
export function querySums(db: Db, filter: RowFilter) {
	const change = sql`journal_entry.change_vnd`;
	const counted = counts(filter);
	const account = filter.account ?? '';
	const isSpent = account.startsWith('welfare-');
	const through = sql`(
		select sum(case when p.debit_account = ${account} then p.amount_vnd when p.credit_account = ${account} then -p.amount_vnd else 0 end)
		from posting p where p.entry_id = journal_entry.id
	)`;
	return conditionsOf(filter)
		.reduce(
			(query, condition) => query.where(condition),
			db
				.selectFrom('journalEntry')
				.leftJoin('journalEntry as original', 'original.id', 'journalEntry.reversesEntryId'),
		)
		.select([
			sql<number>`count(*)`.as('count'),
			sql<number>`coalesce(sum(case when ${IS_INCOME} and ${counted} and ${BASE_KIND} <> 'opening_balance' then ${change} end), 0)`.as(
				'inVnd',
			),
			sql<number>`coalesce(-sum(case when not ${IS_INCOME} and ${counted} then ${change} end), 0)`.as(
				'outVnd',
			),
			sql<number>`coalesce(sum(case when ${BASE_KIND} = 'opening_balance' then ${change} end), 0)`.as(
				'openingVnd',
			),
			sql<number>`coalesce(sum(case when ${SHARED} and not ${counted} and ${IS_INCOME} then ${change} end), 0)`.as(
				'sharedVnd',
			),
			(filter.account === undefined
				? sql<number>`0`
				: sql<number>`coalesce(sum(${isSpent ? through : sql`-${through}`}), 0)`
			).as('accountVnd'),
		]);
}

export const sumRows = (db: Db, filter: RowFilter): Promise<RowSums> =>
	querySums(db, filter).executeTakeFirstOrThrow();
