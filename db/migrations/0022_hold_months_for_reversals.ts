import type { Kysely } from 'kysely';
import { isSqlite, refuse } from './dialect.ts';

/** A month stays open while a reversal that was asked for in it waits for its second person. */
export async function up(db: Kysely<unknown>): Promise<void> {
	const askedOn = isSqlite(db)
		? `date(r.recorded_at / 1000 + 25200, 'unixepoch')`
		: `to_char(to_timestamp(r.recorded_at / 1000 + 25200) at time zone 'UTC', 'YYYY-MM-DD')`;
	await refuse(db, {
		table: 'month_close',
		event: 'insert',
		name: 'open_reversals',
		when: `new.act = 'close' and exists (
			select 1 from entry_reversal r
			where r.fund_id = new.fund_id and r.status = 'recorded' and ${askedOn} <= new.month || '-31'
		)`,
		message: 'the month has open items',
	});
}
