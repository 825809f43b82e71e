import type { Kysely } from 'kysely';
import { createTables } from './dialect.ts';

/** What the public pages of the book are read by, so that none of them reads all of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// All funds' rows in the order in which they are shown, and those of one kind.
		`create index journal_entry_by_day on journal_entry (is_sample, booked_on, recorded_at, sequence, id)`,
		`create index journal_entry_by_kind on journal_entry (is_sample, kind, booked_on, recorded_at, sequence, id)`,
		`create index journal_entry_by_fund_kind on journal_entry (fund_id, kind, booked_on, recorded_at, sequence, id)`,
		`create index journal_entry_by_fund_day on journal_entry (fund_id, booked_on, recorded_at, sequence, id)`,
		// The shorter one with the same beginning.
		`drop index journal_entry_by_booked_on`,
		// From a house to its sales, from a ward to its payments.
		`create index scrap_sale_cycle_by_cycle on scrap_sale_cycle (cycle_id)`,
		`create index disbursement_by_ward on disbursement (admin_unit_id)`,
	]);
}
