import { sql, type Kysely } from 'kysely';
import { createTables, isSqlite, keepRows, refuse } from './dialect.ts';

async function dropRefusal(db: Kysely<unknown>, table: string, name: string): Promise<void> {
	const trigger = `${table}_refuse_${name}`;
	await sql.raw(`drop trigger ${trigger}${isSqlite(db) ? '' : ` on ${table}`}`).execute(db);
	if (!isSqlite(db)) await sql.raw(`drop function ${trigger}()`).execute(db);
}

/** True when no live grant of this role in the fund belongs to the person. */
const isNoGrant = (grant: string, role: string, at: string, person: string) => `not exists (
	select 1 from role_grant g where g.id = new.${grant} and g.role = '${role}' and g.person_id = new.${person}
		and (g.scope_kind = 'portal' or (g.scope_kind = 'fund' and g.scope_id = new.fund_id))
		and (g.ended_at is null or g.ended_at > new.${at})
)`;

const changes = (columns: string[]) =>
	columns.map((column) => `new.${column} is distinct from old.${column}`).join(' or ');

async function guardReversals(db: Kysely<unknown>): Promise<void> {
	const table = 'entry_reversal';
	await keepRows(db, table);
	await refuse(db, {
		table,
		event: 'insert',
		when: `new.status <> 'recorded' or ${isNoGrant('recorded_by', 'treasurer', 'recorded_at', 'recorder_id')}`,
		message: 'a reversal is asked for by a treasurer of the fund',
	});
	await refuse(db, {
		table,
		event: 'insert',
		name: 'unfit',
		when: `exists (select 1 from journal_entry r where r.reverses_entry_id = new.reverses_entry_id)
			or not exists (
				select 1 from journal_entry e where e.id = new.reverses_entry_id
					and e.kind in ('gift', 'opening_balance', 'bank_move', 'cash_difference', 'payment')
			)`,
		message: 'this entry is not reversed, or not in this way',
	});
	await refuse(db, {
		table,
		event: 'update',
		when: changes([
			...['id', 'fund_id', 'reverses_entry_id', 'reason', 'recorded_at', 'recorded_by', 'recorder_id'],
			...['content_hash', 'is_sample'],
		]),
		message: 'a reversal is not changed after it was asked for',
	});
	await refuse(db, {
		table,
		event: 'update',
		name: 'decided',
		when: `old.status <> 'recorded' and (${changes([
			...['status', 'decided_at', 'decided_by', 'confirmer_id', 'entry_id', 'return_reason'],
		])})`,
		message: 'a reversal is decided once',
	});
	await refuse(db, {
		table,
		event: 'update',
		name: 'confirmer',
		when: `old.status = 'recorded' and new.status <> 'recorded'
			and ${isNoGrant('decided_by', 'approver', 'decided_at', 'confirmer_id')}`,
		message: 'a reversal is decided by an approver of the fund',
	});
	await refuse(db, {
		table,
		event: 'update',
		name: 'entry',
		when: `new.entry_id is not null and not exists (
			select 1 from journal_entry e where e.id = new.entry_id and e.reverses_entry_id = new.reverses_entry_id
		)`,
		message: 'a reversal is booked as it was asked for',
	});
	// A count whose difference was reversed was a wrong count.
	const closing = 'month_close';
	await dropRefusal(db, closing, 'uncounted');
	const lastDay = isSqlite(db)
		? `date(new.month || '-01', '+1 month', '-1 day')`
		: `to_char((new.month || '-01')::date + interval '1 month' - interval '1 day', 'YYYY-MM-DD')`;
	await refuse(db, {
		table: closing,
		event: 'insert',
		name: 'uncounted',
		when: `new.act = 'close' and new.cash_vnd > 0 and not exists (
			select 1 from cash_count c where c.fund_id = new.fund_id and c.status = 'confirmed' and c.counted_on >= (${lastDay})
				and not exists (select 1 from journal_entry r where r.reverses_entry_id = c.entry_id)
		)`,
		message: 'the cash was not counted',
	});
}

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// The treasurer asks for an entry to be reversed, an approver confirms it, and only then it is booked.
		`create table entry_reversal (
			id text primary key,
			fund_id text not null,
			reverses_entry_id text not null,
			reason text not null check (reason <> ''),
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			recorder_id text not null references person (id),
			status text not null check (status in ('recorded', 'confirmed', 'returned')),
			decided_at bigint,
			decided_by text references role_grant (id),
			confirmer_id text references person (id),
			return_reason text,
			entry_id text unique references journal_entry (id),
			content_hash text not null,
			is_sample bigint not null,
			foreign key (fund_id, is_sample) references fund (id, is_sample),
			foreign key (fund_id, reverses_entry_id) references journal_entry (fund_id, id),
			check (confirmer_id is null or confirmer_id <> recorder_id),
			check ((status = 'recorded') = (decided_at is null)),
			check ((decided_at is null) = (confirmer_id is null)),
			check ((decided_at is null) = (decided_by is null)),
			check ((status = 'returned') = (return_reason is not null)),
			check ((status = 'confirmed') = (entry_id is not null))
		)`,
		`create unique index entry_reversal_one_live on entry_reversal (reverses_entry_id) where status <> 'returned'`,
		`create index entry_reversal_by_fund on entry_reversal (fund_id, status)`,
	]);
	await guardReversals(db);
}
