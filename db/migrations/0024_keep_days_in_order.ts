import type { Kysely } from 'kysely';
import { refuse } from './dialect.ts';

/** The ledger refuses it too; months, board sheets and years of vouchers are runs of the book. */
export async function up(db: Kysely<unknown>): Promise<void> {
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'earlier_day',
		when: `exists (
			select 1 from journal_entry e
			where e.fund_id = new.fund_id and e.sequence = new.sequence - 1 and e.booked_on > new.booked_on
		)`,
		message: 'an entry is booked on the day of the entry before it or later',
	});
}
