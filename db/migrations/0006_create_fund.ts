import { sql, type Kysely } from 'kysely';
import { createTables, isSqlite, makeAppendOnly, refuse } from './dialect.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		`create table fund (
			id text primary key,
			code text not null unique,
			name_vi text not null,
			name_en text not null,
			organisation_id text references organisation (id),
			admin_unit_id text references admin_unit (id),
			created_at bigint not null,
			is_sample bigint not null check (is_sample in (0, 1)),
			unique (id, is_sample),
			check ((is_sample = 1) = (code like 'MAU-%'))
		)`,
		`create table ledger_account (
			fund_id text not null references fund (id),
			code text not null,
			type text not null check (type in ('asset', 'income', 'expense', 'equity', 'clearing')),
			primary key (fund_id, code)
		)`,
		// change_vnd is what the entry adds to (or takes from) cash and bank together.
		`create table journal_entry (
			id text primary key,
			fund_id text not null,
			sequence bigint not null check (sequence > 0),
			kind text not null check (kind in ('scrap_sale', 'gift', 'opening_balance', 'payment', 'reversal')),
			happened_on text not null,
			booked_on text not null,
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			source_kind text not null check (source_kind in ('scrap_sale', 'disbursement', 'journal_entry', 'statement')),
			source_id text not null,
			source_hash text not null,
			reverses_entry_id text unique,
			voucher_kind text check (voucher_kind in ('receipt', 'payment')),
			voucher_year bigint,
			voucher_number bigint check (voucher_number > 0),
			posting_count bigint not null check (posting_count > 0),
			change_vnd bigint not null,
			cash_after_vnd bigint not null check (cash_after_vnd >= 0),
			bank_after_vnd bigint not null check (bank_after_vnd >= 0),
			transfer_id text,
			text_hash text not null,
			canonical text not null,
			is_sample bigint not null,
			unique (fund_id, id),
			unique (fund_id, sequence),
			unique (fund_id, voucher_kind, voucher_year, voucher_number),
			foreign key (fund_id, is_sample) references fund (id, is_sample),
			foreign key (fund_id, reverses_entry_id) references journal_entry (fund_id, id),
			check ((voucher_kind is null) = (voucher_number is null)),
			check ((voucher_kind is null) = (voucher_year is null)),
			check ((kind = 'reversal') = (reverses_entry_id is not null))
		)`,
		`create index journal_entry_by_source on journal_entry (source_kind, source_id)`,
		// A sale or a request is booked once; after its reversal another one takes its place.
		`create unique index journal_entry_once on journal_entry (fund_id, source_kind, source_id) where kind in ('scrap_sale', 'payment')`,
		`create index journal_entry_by_booked_on on journal_entry (fund_id, booked_on)`,
		`create table posting (
			entry_id text not null,
			fund_id text not null,
			position bigint not null check (position > 0),
			debit_account text not null,
			credit_account text not null,
			amount_vnd bigint not null check (amount_vnd > 0),
			primary key (entry_id, position),
			foreign key (fund_id, entry_id) references journal_entry (fund_id, id),
			foreign key (fund_id, debit_account) references ledger_account (fund_id, code),
			foreign key (fund_id, credit_account) references ledger_account (fund_id, code),
			check (debit_account <> credit_account)
		)`,
		`create table entry_text (
			entry_id text primary key references journal_entry (id),
			salt text not null,
			text text,
			erased_at bigint,
			check ((text is null) = (erased_at is not null))
		)`,
		// Which incomes an outflow (a payment, or the reversal of an income) spends, first in, first out.
		`create table fund_allocation (
			payment_entry_id text not null,
			income_entry_id text not null,
			fund_id text not null,
			amount_vnd bigint not null check (amount_vnd > 0),
			primary key (payment_entry_id, income_entry_id),
			foreign key (fund_id, payment_entry_id) references journal_entry (fund_id, id),
			foreign key (fund_id, income_entry_id) references journal_entry (fund_id, id)
		)`,
		`create index fund_allocation_by_income on fund_allocation (income_entry_id)`,
		`create table disbursement (
			id text primary key,
			fund_id text not null references fund (id),
			purpose text not null check (purpose in ('health_insurance_card', 'scholarship', 'tet_gift', 'hardship', 'other_welfare')),
			description text not null,
			amount_vnd bigint not null check (amount_vnd > 0),
			admin_unit_id text references admin_unit (id),
			beneficiary_count bigint not null check (beneficiary_count > 0),
			status text not null check (status in ('submitted', 'approved', 'returned', 'paid')),
			requested_by text not null references role_grant (id),
			requester_id text not null references person (id),
			requested_at bigint not null,
			content_hash text not null,
			is_sample bigint not null,
			unique (id, requester_id),
			foreign key (fund_id, is_sample) references fund (id, is_sample)
		)`,
		`create index disbursement_by_fund on disbursement (fund_id, status)`,
		// requester_id is copied under a composite key so that the CHECK can compare the two people.
		`create table disbursement_approval (
			disbursement_id text not null,
			requester_id text not null,
			approver_id text not null references person (id),
			approved_by text not null references role_grant (id),
			approved_at bigint not null,
			decision text not null check (decision in ('approve', 'return')),
			reason text not null,
			primary key (disbursement_id, approver_id),
			foreign key (disbursement_id, requester_id) references disbursement (id, requester_id),
			check (approver_id <> requester_id)
		)`,
		`create table disbursement_payment (
			disbursement_id text primary key references disbursement (id),
			entry_id text not null unique references journal_entry (id),
			treasurer_id text not null references person (id),
			paid_by text not null references role_grant (id),
			paid_at bigint not null
		)`,
	]);
	for (const table of [
		'journal_entry',
		'posting',
		'fund_allocation',
		'disbursement_approval',
		'disbursement_payment',
	]) {
		await makeAppendOnly(db, table);
	}
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		when: `new.sequence <> 1 + coalesce((select max(e.sequence) from journal_entry e where e.fund_id = new.fund_id), 0)`,
		message: 'journal_entry.sequence has a gap',
	});
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'second_reversal',
		when: `exists (select 1 from journal_entry e where e.id = new.reverses_entry_id and e.kind = 'reversal')`,
		message: 'a reversal is not reversed',
	});
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'running_sum',
		when: `new.change_vnd <> new.cash_after_vnd + new.bank_after_vnd - coalesce((
			select e.cash_after_vnd + e.bank_after_vnd from journal_entry e where e.fund_id = new.fund_id and e.sequence = new.sequence - 1
		), 0)`,
		message: 'journal_entry does not follow from the balance before it',
	});
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'unapproved',
		when: `new.kind = 'payment' and not exists (
			select 1 from disbursement d join disbursement_approval a on a.disbursement_id = d.id and a.decision = 'approve'
			where new.source_kind = 'disbursement' and d.id = new.source_id and d.fund_id = new.fund_id and d.amount_vnd = -new.change_vnd
				and not exists (select 1 from disbursement_approval r where r.disbursement_id = d.id and r.decision = 'return')
		)`,
		message: 'a payment follows from an approved request of its fund and amount',
	});
	// An entry says how many postings it has, so none can be added to it later.
	await refuse(db, {
		table: 'posting',
		event: 'insert',
		when: `new.position > (select e.posting_count from journal_entry e where e.id = new.entry_id)`,
		message: 'the entry is complete',
	});
	await refuse(db, {
		table: 'fund_allocation',
		event: 'insert',
		when: `new.amount_vnd + coalesce((
			select sum(a.amount_vnd) from fund_allocation a
			where a.income_entry_id = new.income_entry_id
				and not exists (select 1 from journal_entry r where r.reverses_entry_id = a.payment_entry_id)
		), 0) > (select e.change_vnd from journal_entry e where e.id = new.income_entry_id)`,
		message: 'an income is spent twice',
	});
	// An outflow's allocations add up to it, so none can be added later, and only incomes are spent.
	await refuse(db, {
		table: 'fund_allocation',
		event: 'insert',
		name: 'excess',
		when: `new.amount_vnd + coalesce((
				select sum(a.amount_vnd) from fund_allocation a where a.payment_entry_id = new.payment_entry_id
			), 0) > (select -e.change_vnd from journal_entry e where e.id = new.payment_entry_id)
			or exists (select 1 from journal_entry e where e.id = new.income_entry_id and e.kind = 'reversal')`,
		message: 'an outflow spends incomes up to its own amount',
	});
	await refuse(db, { table: 'entry_text', event: 'delete', when: 'true', message: 'entry_text is kept' });
	if (!isSqlite(db)) {
		await sql
			.raw(
				`create trigger entry_text_no_truncate before truncate on entry_text for each statement execute function entry_text_refuse_delete()`,
			)
			.execute(db);
	}
	await refuse(db, {
		table: 'entry_text',
		event: 'update',
		when: `new.text is not null or new.salt <> old.salt or new.entry_id <> old.entry_id`,
		message: 'entry_text can only be erased',
	});
	// A day in Vietnam, as role_grant writes it.
	const dayOf = (instant: string) =>
		isSqlite(db)
			? `date(${instant} / 1000 + 25200, 'unixepoch')`
			: `to_char(to_timestamp(${instant} / 1000 + 25200) at time zone 'UTC', 'YYYY-MM-DD')`;
	await refuse(db, {
		table: 'disbursement_approval',
		event: 'insert',
		when: `not exists (select 1 from role_grant g where g.id = new.approved_by and g.person_id = new.approver_id and g.role = 'approver')
			or exists (
				select 1 from role_grant g join disbursement d on d.id = new.disbursement_id
				where g.person_id = new.approver_id and g.role = 'treasurer'
					and (g.scope_kind = 'portal' or (g.scope_kind = 'fund' and g.scope_id = d.fund_id))
					and g.valid_from <= ${dayOf('new.approved_at')} and (g.valid_to is null or g.valid_to >= ${dayOf('new.approved_at')})
			)`,
		message: 'an approval needs an approver who is not a treasurer of the fund',
	});
	await refuse(db, {
		table: 'disbursement_payment',
		event: 'insert',
		when: `not exists (select 1 from disbursement_approval a where a.disbursement_id = new.disbursement_id and a.decision = 'approve')
			or exists (select 1 from disbursement_approval a where a.disbursement_id = new.disbursement_id and (a.approver_id = new.treasurer_id or a.decision = 'return'))`,
		message: 'a payment needs the approval of somebody else',
	});
	await refuse(db, {
		table: 'disbursement_payment',
		event: 'insert',
		name: 'foreign_entry',
		when: `not exists (select 1 from role_grant g where g.id = new.paid_by and g.person_id = new.treasurer_id and g.role = 'treasurer')
			or not exists (
				select 1 from journal_entry e
				where e.id = new.entry_id and e.kind = 'payment' and e.source_id = new.disbursement_id and e.recorded_by = new.paid_by
			)`,
		message: 'a payment is booked by its treasurer from its own request',
	});
	await refuse(db, {
		table: 'disbursement',
		event: 'update',
		when: `new.amount_vnd <> old.amount_vnd or new.fund_id <> old.fund_id or new.requester_id <> old.requester_id
			or new.purpose <> old.purpose or new.beneficiary_count <> old.beneficiary_count or new.requested_by <> old.requested_by
			or new.admin_unit_id is distinct from old.admin_unit_id`,
		message: 'a request is not changed after it was made',
	});
}
