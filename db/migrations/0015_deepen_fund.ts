import { sql, type Kysely } from 'kysely';
import { createTables, isSqlite, keepRows, makeAppendOnly, refuse } from './dialect.ts';

const KINDS = [
	...['scrap_sale', 'gift', 'opening_balance', 'payment', 'reversal'],
	...['transfer_out', 'transfer_in', 'cash_difference', 'bank_move'],
];
const SOURCES = ['scrap_sale', 'disbursement', 'journal_entry', 'statement', 'cash_count', 'transfer'];
const checkOf = (column: string, values: string[]) =>
	`check (${column} in (${values.map((value) => `'${value}'`).join(', ')}))`;
const HAS_TRANSFER = `check (kind not in ('transfer_out', 'transfer_in') or transfer_id is not null)`;

/** SQLite changes no CHECK in place: the table is made anew with all its rows, indexes and triggers. */
async function rebuildEntries(db: Kysely<unknown>): Promise<void> {
	const run = (text: string) => sql.raw(text).execute(db);
	const { rows: parts } = await sql<{ type: string; sql: string }>`
		select type, sql from sqlite_master where tbl_name = 'journal_entry' and sql is not null order by type = 'trigger'
	`.execute(db);
	const old = parts.find((part) => part.type === 'table')!.sql;
	const made = old
		.replace(/create table "?journal_entry"?/i, 'create table journal_entry_next')
		.replace(/check \(kind in \([^)]*\)\)/, checkOf('kind', KINDS))
		.replace(/check \(source_kind in \([^)]*\)\)/, checkOf('source_kind', SOURCES))
		.replace(/\)\s*strict\s*$/, `, ${HAS_TRANSFER}) strict`);
	if (!made.includes(`'bank_move'`) || !made.includes(`'cash_count'`) || !made.includes(HAS_TRANSFER))
		throw new Error('journal_entry is not as this migration expects it');
	// Outside a transaction, or the pragmas do nothing: rows and triggers that refer to the table stay as they are.
	await run('pragma foreign_keys = off');
	await run('pragma legacy_alter_table = on');
	try {
		await run('begin immediate');
		await run(made);
		await run('insert into journal_entry_next select * from journal_entry order by rowid');
		await run('drop table journal_entry');
		await run('alter table journal_entry_next rename to journal_entry');
		for (const part of parts) if (part.type !== 'table') await run(part.sql);
		const { rows: broken } = await sql`pragma foreign_key_check`.execute(db);
		if (broken.length > 0) throw new Error(`a row lost what it refers to: ${JSON.stringify(broken[0])}`);
		await run('commit');
	} catch (error) {
		await run('rollback');
		throw error;
	} finally {
		await run('pragma legacy_alter_table = off');
		await run('pragma foreign_keys = on');
	}
}

async function widenEntries(db: Kysely<unknown>): Promise<void> {
	if (isSqlite(db)) return rebuildEntries(db);
	await sql
		.raw(
			`alter table journal_entry
				drop constraint journal_entry_kind_check,
				drop constraint journal_entry_source_kind_check,
				add constraint journal_entry_kind_check ${checkOf('kind', KINDS)},
				add constraint journal_entry_source_kind_check ${checkOf('source_kind', SOURCES)},
				add constraint journal_entry_transfer_check ${HAS_TRANSFER}`,
		)
		.execute(db);
}

/** Columns of what one person records and another confirms. */
const TWO_PEOPLE = `
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
	is_sample bigint not null`;
const TWO_PEOPLE_CHECKS = `
	foreign key (fund_id, is_sample) references fund (id, is_sample),
	check (confirmer_id is null or confirmer_id <> recorder_id),
	check ((status = 'recorded') = (decided_at is null)),
	check ((decided_at is null) = (confirmer_id is null)),
	check ((decided_at is null) = (decided_by is null)),
	check ((status = 'returned') = (return_reason is not null))`;

export async function up(db: Kysely<unknown>): Promise<void> {
	await widenEntries(db);
	await createTables(db, [
		// A statement, a count and a side of a transfer are booked once.
		`create unique index journal_entry_once_deep on journal_entry (fund_id, source_kind, source_id, kind)
			where kind in ('gift', 'opening_balance', 'bank_move', 'cash_difference', 'transfer_out', 'transfer_in')`,
		`create index journal_entry_by_transfer on journal_entry (transfer_id) where transfer_id is not null`,
		// Two_approvers_above_vnd: null asks for one approver whatever the amount.
		`create table fund_rule (
			id text primary key,
			fund_id text not null,
			valid_from text not null,
			two_approvers_above_vnd bigint check (two_approvers_above_vnd >= 0),
			sale_recorder text not null check (sale_recorder in ('steward_or_treasurer', 'treasurer')),
			board_due_day bigint check (board_due_day between 1 and 28),
			split_count bigint not null check (split_count >= 0),
			decided_by text not null references role_grant (id),
			created_at bigint not null,
			content_hash text not null,
			is_sample bigint not null,
			unique (fund_id, valid_from),
			unique (id, is_sample),
			foreign key (fund_id, is_sample) references fund (id, is_sample)
		)`,
		`create table fund_rule_split (
			rule_id text not null,
			position bigint not null check (position > 0),
			target_fund_id text not null,
			percent bigint not null check (percent between 1 and 99),
			is_sample bigint not null,
			primary key (rule_id, target_fund_id),
			unique (rule_id, position),
			foreign key (rule_id, is_sample) references fund_rule (id, is_sample),
			foreign key (target_fund_id, is_sample) references fund (id, is_sample)
		)`,
		`create table statement (
			id text primary key,
			fund_id text not null,
			kind text not null check (kind in ('gift', 'opening_balance', 'bank_deposit', 'bank_withdrawal')),
			happened_on text not null,
			account text not null check (account in ('cash', 'bank')),
			amount_vnd bigint not null check (amount_vnd > 0),
			words text not null,
			private_note text,
			purpose text check (purpose in ('health_insurance_card', 'scholarship', 'tet_gift', 'hardship', 'other_welfare')),
			photo_id text references photo (id),
			photo_missing_reason text,
			${TWO_PEOPLE},
			${TWO_PEOPLE_CHECKS},
			check ((status = 'confirmed') = (entry_id is not null)),
			check (purpose is null or kind = 'gift'),
			check ((photo_id is null) = (photo_missing_reason is not null))
		)`,
		`create index statement_by_fund on statement (fund_id, status)`,
		`create table cash_count (
			id text primary key,
			fund_id text not null,
			counted_on text not null,
			counted_vnd bigint not null check (counted_vnd >= 0),
			book_vnd bigint not null check (book_vnd >= 0),
			book_sequence bigint not null check (book_sequence >= 0),
			difference_vnd bigint not null,
			reason text not null,
			${TWO_PEOPLE},
			${TWO_PEOPLE_CHECKS},
			check (difference_vnd = counted_vnd - book_vnd),
			check (difference_vnd = 0 or reason <> ''),
			check ((status = 'confirmed' and difference_vnd <> 0) = (entry_id is not null))
		)`,
		`create index cash_count_by_fund on cash_count (fund_id, status, counted_on)`,
		`create table month_close (
			id text primary key,
			fund_id text not null,
			number bigint not null check (number > 0),
			month text not null check (length(month) = 7),
			act text not null check (act in ('close', 'reopen')),
			decided_by text not null references role_grant (id),
			decided_at bigint not null,
			reason text not null,
			last_sequence bigint not null check (last_sequence >= 0),
			cash_vnd bigint not null check (cash_vnd >= 0),
			bank_vnd bigint not null check (bank_vnd >= 0),
			is_sample bigint not null,
			unique (fund_id, number),
			foreign key (fund_id, is_sample) references fund (id, is_sample),
			check (act = 'close' or reason <> '')
		)`,
		// Takes back what was approved and not paid, also by who approved it.
		`create table disbursement_return (
			disbursement_id text primary key references disbursement (id),
			returner_id text not null references person (id),
			returned_by text not null references role_grant (id),
			returned_at bigint not null,
			reason text not null check (reason <> '')
		)`,
		// For the fund's treasurer and approvers; can be erased without touching the ledger.
		`create table disbursement_note (
			id text primary key,
			disbursement_id text not null references disbursement (id),
			text text,
			written_by text not null references role_grant (id),
			written_at bigint not null,
			erased_at bigint,
			content_hash text,
			check ((text is null) = (erased_at is not null)),
			check ((text is null) = (content_hash is null))
		)`,
		`create index disbursement_note_by_disbursement on disbursement_note (disbursement_id)`,
		`create table disbursement_proof (
			id text primary key,
			disbursement_id text not null references disbursement (id),
			photo_id text not null unique references photo (id),
			recorded_by text not null references role_grant (id),
			recorded_at bigint not null
		)`,
		`create index disbursement_proof_by_disbursement on disbursement_proof (disbursement_id)`,
	]);
	for (const table of [
		'fund_rule',
		'fund_rule_split',
		'month_close',
		'disbursement_return',
		'disbursement_proof',
	])
		await makeAppendOnly(db, table);
	for (const table of ['statement', 'cash_count', 'disbursement_note']) await keepRows(db, table);
	await guardRules(db);
	await guardTwoPeople(db);
	await guardMonths(db);
	await guardTransfers(db);
	await guardDisbursements(db);
}

const dayOf = (db: Kysely<unknown>, instant: string) =>
	isSqlite(db)
		? `date(${instant} / 1000 + 25200, 'unixepoch')`
		: `to_char(to_timestamp(${instant} / 1000 + 25200) at time zone 'UTC', 'YYYY-MM-DD')`;

/** True when no live grant of this role in the fund belongs to the person (any person when it is left out). */
const isNoGrant = (grant: string, role: string, at: string, person?: string) => `not exists (
	select 1 from role_grant g where g.id = new.${grant} and g.role = '${role}'
		and (g.scope_kind = 'portal' or (g.scope_kind = 'fund' and g.scope_id = new.fund_id))
		and (g.ended_at is null or g.ended_at > new.${at})
		${person === undefined ? '' : `and g.person_id = new.${person}`}
)`;

async function guardRules(db: Kysely<unknown>): Promise<void> {
	await refuse(db, {
		table: 'fund_rule',
		event: 'insert',
		when: `${isNoGrant('decided_by', 'approver', 'created_at')} or new.valid_from < ${dayOf(db, 'new.created_at')}`,
		message: 'a rule is set by an approver of the fund, and not backwards',
	});
	// Whoever changes a rule cannot use the change on the same day.
	await refuse(db, {
		table: 'fund_rule',
		event: 'insert',
		name: 'same_day',
		when: `new.valid_from <= ${dayOf(db, 'new.created_at')}
			and exists (select 1 from fund_rule r where r.fund_id = new.fund_id)`,
		message: 'a rule is changed from tomorrow on',
	});
	await refuse(db, {
		table: 'fund_rule_split',
		event: 'insert',
		when: `new.position > (select r.split_count from fund_rule r where r.id = new.rule_id)
			or new.target_fund_id = (select r.fund_id from fund_rule r where r.id = new.rule_id)
			or new.percent + coalesce((select sum(s.percent) from fund_rule_split s where s.rule_id = new.rule_id), 0) > 99`,
		message: 'a rule gives other funds less than everything',
	});
	await refuse(db, {
		table: 'scrap_sale',
		event: 'insert',
		name: 'recorder',
		when: `(
				select r.sale_recorder from fund_rule r
				where r.fund_id = new.fund_id and r.valid_from <= ${dayOf(db, 'new.recorded_at')}
				order by r.valid_from desc limit 1
			) = 'treasurer' and ${isNoGrant('recorded_by', 'treasurer', 'recorded_at')}`,
		message: 'sales of this fund are recorded by its treasurer',
	});
}

async function guardTwoPeople(db: Kysely<unknown>): Promise<void> {
	const content = {
		statement: ['kind', 'happened_on', 'account', 'amount_vnd', 'words', 'purpose', 'photo_id'],
		cash_count: ['counted_on', 'counted_vnd', 'book_vnd', 'book_sequence', 'reason'],
	};
	for (const [table, columns] of Object.entries(content)) {
		await refuse(db, {
			table,
			event: 'insert',
			when: `new.status <> 'recorded' or ${isNoGrant('recorded_by', 'treasurer', 'recorded_at', 'recorder_id')}`,
			message: `${table} is recorded by a treasurer of the fund`,
		});
		await refuse(db, {
			table,
			event: 'update',
			when: [...columns, 'id', 'fund_id', 'recorded_at', 'recorded_by', 'recorder_id', 'is_sample']
				.map((column) => `new.${column} is distinct from old.${column}`)
				.join(' or '),
			message: `${table} is not changed after it was recorded`,
		});
		await refuse(db, {
			table,
			event: 'update',
			name: 'decided',
			when: `old.status <> 'recorded' and (${[
				'status',
				'decided_at',
				'decided_by',
				'confirmer_id',
				'entry_id',
				'return_reason',
			]
				.map((column) => `new.${column} is distinct from old.${column}`)
				.join(' or ')})`,
			message: `${table} is decided once`,
		});
		await refuse(db, {
			table,
			event: 'update',
			name: 'confirmer',
			when: `old.status = 'recorded' and new.status <> 'recorded'
				and ${isNoGrant('decided_by', 'approver', 'decided_at', 'confirmer_id')}`,
			message: `${table} is decided by an approver of the fund`,
		});
	}
	await refuse(db, {
		table: 'statement',
		event: 'update',
		name: 'note',
		when: `new.private_note is not null and new.private_note is distinct from old.private_note`,
		message: 'a private note can only be erased',
	});
	await refuse(db, {
		table: 'statement',
		event: 'update',
		name: 'entry',
		when: `new.entry_id is not null and not exists (
			select 1 from journal_entry e
			where e.id = new.entry_id and e.fund_id = new.fund_id and e.source_kind = 'statement' and e.source_id = new.id
				and (case when new.kind in ('gift', 'opening_balance')
					then e.kind = new.kind and e.change_vnd = new.amount_vnd
					else e.kind = 'bank_move' end)
		)`,
		message: 'a statement is booked as it was recorded',
	});
	await refuse(db, {
		table: 'cash_count',
		event: 'update',
		name: 'entry',
		when: `new.entry_id is not null and not exists (
			select 1 from journal_entry e
			where e.id = new.entry_id and e.fund_id = new.fund_id and e.kind = 'cash_difference'
				and e.source_kind = 'cash_count' and e.source_id = new.id and e.change_vnd = new.difference_vnd
		)`,
		message: 'a difference is booked as it was counted',
	});
}

async function guardMonths(db: Kysely<unknown>): Promise<void> {
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'closed_month',
		when: `exists (
			select 1 from month_close c
			where c.fund_id = new.fund_id
				and c.number = (select max(each.number) from month_close each where each.fund_id = new.fund_id)
				and (substr(new.booked_on, 1, 7) < c.month
					or (c.act = 'close' and substr(new.booked_on, 1, 7) = c.month))
		)`,
		message: 'the month is closed',
	});
	await refuse(db, {
		table: 'month_close',
		event: 'insert',
		when: `new.number <> 1 + coalesce((select max(c.number) from month_close c where c.fund_id = new.fund_id), 0)
			or (new.act = 'close' and ${isNoGrant('decided_by', 'treasurer', 'decided_at')})
			or (new.act = 'reopen' and ${isNoGrant('decided_by', 'approver', 'decided_at')})`,
		message: 'a month is closed by a treasurer and reopened by an approver',
	});
	// After closing M comes closing M+1 or reopening M; after reopening M, closing M or reopening M-1.
	const next = (month: string, by: number) =>
		isSqlite(db)
			? `strftime('%Y-%m', ${month} || '-01', '${by > 0 ? '+' : '-'}1 month')`
			: `to_char((${month} || '-01')::date ${by > 0 ? '+' : '-'} interval '1 month', 'YYYY-MM')`;
	const last = `select c.act, c.month from month_close c where c.fund_id = new.fund_id order by c.number desc limit 1`;
	await refuse(db, {
		table: 'month_close',
		event: 'insert',
		name: 'order',
		when: `exists (select 1 from (${last}) as c where new.month <> (case
				when c.act = 'close' and new.act = 'close' then ${next('c.month', 1)}
				when c.act = 'reopen' and new.act = 'reopen' then ${next('c.month', -1)}
				else c.month end))
			or (new.act = 'close' and new.month >= substr(${dayOf(db, 'new.decided_at')}, 1, 7))
			or (new.act = 'reopen' and not exists (
				select 1 from month_close c where c.fund_id = new.fund_id and c.month = new.month and c.act = 'close'))`,
		message: 'months close one after another once they have ended',
	});
	await refuse(db, {
		table: 'month_close',
		event: 'insert',
		name: 'open_items',
		when: `new.act = 'close' and (
			exists (select 1 from statement s where s.fund_id = new.fund_id and s.status = 'recorded' and s.happened_on <= new.month || '-31')
			or exists (select 1 from cash_count c where c.fund_id = new.fund_id and c.status = 'recorded' and c.counted_on <= new.month || '-31')
			or exists (select 1 from scrap_sale s where s.fund_id = new.fund_id and s.status = 'recorded' and s.sold_on <= new.month || '-31')
		)`,
		message: 'the month has open items',
	});
	await refuse(db, {
		table: 'month_close',
		event: 'insert',
		name: 'balance',
		when: `new.act = 'close' and not exists (
			select 1 from journal_entry e
			where e.fund_id = new.fund_id and e.sequence = new.last_sequence
				and e.booked_on <= new.month || '-31'
				and e.cash_after_vnd = new.cash_vnd and e.bank_after_vnd = new.bank_vnd
				and not exists (select 1 from journal_entry l where l.fund_id = new.fund_id
					and l.sequence > new.last_sequence and l.booked_on <= new.month || '-31')
		)`,
		message: 'a month closes with the balance of its last entry',
	});
	await refuse(db, {
		table: 'month_close',
		event: 'insert',
		name: 'uncounted',
		when: `new.act = 'close' and new.cash_vnd > 0 and not exists (
			select 1 from cash_count c where c.fund_id = new.fund_id and c.status = 'confirmed'
				and c.counted_on >= (${
					isSqlite(db)
						? `date(new.month || '-01', '+1 month', '-1 day')`
						: `to_char((new.month || '-01')::date + interval '1 month' - interval '1 day', 'YYYY-MM-DD')`
				})
		)`,
		message: 'the cash was not counted',
	});
}

async function guardTransfers(db: Kysely<unknown>): Promise<void> {
	const arrived = (transfer: string) => `coalesce((
		select sum(i.change_vnd) from journal_entry i where i.transfer_id = ${transfer} and i.kind = 'transfer_in'), 0)`;
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'foreign_transfer',
		when: `new.kind = 'transfer_in' and not exists (
			select 1 from journal_entry o
			where o.transfer_id = new.transfer_id and o.kind = 'transfer_out' and o.fund_id <> new.fund_id
				and o.is_sample = new.is_sample and ${arrived('new.transfer_id')} + new.change_vnd <= -o.change_vnd
		)`,
		message: 'what comes in by a transfer went out of another fund',
	});
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'lost_transfer',
		when: `exists (
			select 1 from journal_entry o
			where o.fund_id = new.fund_id and o.sequence = new.sequence - 1 and o.kind = 'transfer_out'
				and ${arrived('o.transfer_id')} <> -o.change_vnd
		)`,
		message: 'the transfer before has not arrived whole',
	});
	// What was shared out comes back before the sale, or the other side, is taken back.
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'shared',
		when: `new.reverses_entry_id is not null and exists (
			select 1 from journal_entry o join journal_entry e on e.transfer_id = o.transfer_id
			where o.id = new.reverses_entry_id and o.transfer_id is not null
				and ((o.kind = 'scrap_sale' and e.kind in ('transfer_out', 'transfer_in'))
					or (o.kind = 'transfer_out' and e.kind = 'transfer_in'))
				and not exists (select 1 from journal_entry r where r.reverses_entry_id = e.id)
		)`,
		message: 'what was shared out is given back first',
	});
}

async function guardDisbursements(db: Kysely<unknown>): Promise<void> {
	// The rule of the day on which the request was made.
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'second_approver',
		when: `new.kind = 'payment' and exists (
			select 1 from disbursement d
			where d.id = new.source_id and d.amount_vnd > (
					select r.two_approvers_above_vnd from fund_rule r
					where r.fund_id = d.fund_id and r.valid_from <= ${dayOf(db, 'd.requested_at')}
					order by r.valid_from desc limit 1
				)
				and (select count(*) from disbursement_approval a where a.disbursement_id = d.id and a.decision = 'approve') < 2
		)`,
		message: 'a payment of this amount needs two approvers',
	});
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'returned',
		when: `new.kind = 'payment' and exists (select 1 from disbursement_return r where r.disbursement_id = new.source_id)`,
		message: 'the request was returned',
	});
	await refuse(db, {
		table: 'disbursement_approval',
		event: 'insert',
		name: 'returned',
		when: `exists (select 1 from disbursement_return r where r.disbursement_id = new.disbursement_id)
			or exists (select 1 from disbursement_approval r where r.disbursement_id = new.disbursement_id and r.decision = 'return')`,
		message: 'the request was returned',
	});
	await refuse(db, {
		table: 'disbursement_return',
		event: 'insert',
		when: `exists (select 1 from disbursement_payment p where p.disbursement_id = new.disbursement_id)
			or not exists (
				select 1 from role_grant g join disbursement d on d.id = new.disbursement_id
				where g.id = new.returned_by and g.person_id = new.returner_id and g.role = 'approver'
					and g.scope_kind = 'fund' and g.scope_id = d.fund_id and d.requester_id <> new.returner_id
					and (g.ended_at is null or g.ended_at > new.returned_at)
			)`,
		message: 'an unpaid request is returned by an approver of the fund',
	});
	await refuse(db, {
		table: 'disbursement_note',
		event: 'update',
		when: `new.text is not null or new.id <> old.id or new.disbursement_id <> old.disbursement_id
			or new.written_by <> old.written_by or new.written_at <> old.written_at
			or (old.erased_at is not null and new.erased_at is distinct from old.erased_at)`,
		message: 'a note can only be erased',
	});
	await refuse(db, {
		table: 'disbursement_proof',
		event: 'insert',
		when: `not exists (select 1 from disbursement_payment p where p.disbursement_id = new.disbursement_id)`,
		message: 'a proof belongs to a payment',
	});
}
