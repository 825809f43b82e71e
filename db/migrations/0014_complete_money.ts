import type { Kysely } from 'kysely';
import { dropRefusal, isSqlite, refuse } from './dialect.ts';

const MOVED = `(case when debit_account in ('cash', 'bank') then amount_vnd else 0 end)
	- (case when credit_account in ('cash', 'bank') then amount_vnd else 0 end)`;
const NEW_MOVED = MOVED.replace(/\b(debit_account|credit_account|amount_vnd)\b/g, 'new.$1');

export async function up(db: Kysely<unknown>): Promise<void> {
	// With its last posting an entry moves what it says, so the balance that is shown is the sum of postings.
	await refuse(db, {
		table: 'posting',
		event: 'insert',
		name: 'unbalanced',
		when: `1 + (select count(*) from posting p where p.entry_id = new.entry_id)
				= (select e.posting_count from journal_entry e where e.id = new.entry_id)
			and ${NEW_MOVED} + coalesce((select sum(${MOVED}) from posting p where p.entry_id = new.entry_id), 0)
				<> (select e.change_vnd from journal_entry e where e.id = new.entry_id)`,
		message: 'the postings do not add up to their entry',
	});
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'incomplete',
		when: `exists (
			select 1 from journal_entry e
			where e.fund_id = new.fund_id and e.sequence = new.sequence - 1
				and (select count(*) from posting p where p.entry_id = e.id) < e.posting_count
		)`,
		message: 'the entry before has not all its postings',
	});
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'partial_reversal',
		when: `new.reverses_entry_id is not null
			and new.change_vnd <> (select -e.change_vnd from journal_entry e where e.id = new.reverses_entry_id)`,
		message: 'a reversal takes back the whole entry',
	});
	await refuse(db, {
		table: 'journal_entry',
		event: 'insert',
		name: 'voucher_gap',
		when: `new.voucher_number is not null and new.voucher_number <> 1 + coalesce((
			select max(e.voucher_number) from journal_entry e
			where e.fund_id = new.fund_id and e.voucher_kind = new.voucher_kind and e.voucher_year = new.voucher_year
		), 0)`,
		message: 'voucher numbers have no gap',
	});
	// Only a sale that was given back or reversed lets its cycles go.
	await refuse(db, {
		table: 'scrap_sale_cycle',
		event: 'update',
		name: 'release',
		when: `new.released_at is not null and old.released_at is null
			and (select s.status from scrap_sale s where s.id = new.sale_id) not in ('returned', 'reversed')`,
		message: 'the sale still holds its cycles',
	});
	// Who was treasurer once may approve later: a role also ends by being taken (0012).
	const dayOf = (instant: string) =>
		isSqlite(db)
			? `date(${instant} / 1000 + 25200, 'unixepoch')`
			: `to_char(to_timestamp(${instant} / 1000 + 25200) at time zone 'UTC', 'YYYY-MM-DD')`;
	await dropRefusal(db, 'disbursement_approval', 'insert');
	await refuse(db, {
		table: 'disbursement_approval',
		event: 'insert',
		when: `not exists (
				select 1 from role_grant g
				where g.id = new.approved_by and g.person_id = new.approver_id and g.role = 'approver'
					and (g.ended_at is null or g.ended_at > new.approved_at)
			)
			or exists (
				select 1 from role_grant g join disbursement d on d.id = new.disbursement_id
				where g.person_id = new.approver_id and g.role = 'treasurer'
					and (g.scope_kind = 'portal' or (g.scope_kind = 'fund' and g.scope_id = d.fund_id))
					and g.valid_from <= ${dayOf('new.approved_at')} and (g.valid_to is null or g.valid_to >= ${dayOf('new.approved_at')})
					and (g.ended_at is null or g.ended_at > new.approved_at)
			)`,
		message: 'an approval needs an approver who is not a treasurer of the fund',
	});
}
