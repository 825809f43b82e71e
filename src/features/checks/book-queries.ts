// Invariants of the books as SQL that both engines read. Each query gives the rows that break it: fund, row, detail.
import type { CheckName } from './check.ts';

/** With four digits at least, as it is printed. */
const NUMBER = `(case when e.voucher_number < 10000 then substr('0000' || e.voucher_number, length('0000' || e.voucher_number) - 3)
	else '' || e.voucher_number end)`;
/** The voucher, or the place in the book, and the id. */
const VOUCHER = `(case when e.voucher_number is null then '#' || e.sequence
	else (case e.voucher_kind when 'receipt' then 'PT-' else 'PC-' end) || e.voucher_year || '/' || ${NUMBER} end)
	|| ' ' || e.id`;
const FUND = `coalesce(f.code, e.fund_id)`;
const OF_FUND = `left join fund f on f.id = e.fund_id`;
const entry = (detail: string, rest: string) =>
	`select ${FUND} as fund, ${VOUCHER} as row_name, ${detail} as detail from journal_entry e ${OF_FUND} ${rest}`;

const movedIn = (
	accounts: string,
) => `(case when p.debit_account in (${accounts}) then p.amount_vnd else 0 end)
	- (case when p.credit_account in (${accounts}) then p.amount_vnd else 0 end)`;
const MONEY = `'cash', 'bank'`;

/** Accounts between which each kind of entry moves money; a reversal is held against what it reverses. */
const isForeign = `case e.kind
	when 'scrap_sale' then not ((p.debit_account = 'cash' and (p.credit_account like 'income-%' or p.credit_account = 'sale-difference'))
		or (p.debit_account = 'sale-difference' and p.credit_account = 'cash'))
	when 'gift' then not (p.debit_account in (${MONEY}) and p.credit_account = 'gift')
	when 'opening_balance' then not (p.debit_account in (${MONEY}) and p.credit_account = 'opening-balance')
	when 'payment' then not (p.debit_account like 'welfare-%' and p.credit_account in (${MONEY}))
	when 'transfer_out' then not (p.debit_account = 'clearing' and p.credit_account = 'cash')
	when 'transfer_in' then not (p.debit_account = 'cash' and p.credit_account = 'clearing')
	when 'cash_difference' then not ((p.debit_account = 'cash' and p.credit_account = 'cash-over-short')
		or (p.debit_account = 'cash-over-short' and p.credit_account = 'cash'))
	when 'bank_move' then not (p.debit_account in (${MONEY}) and p.credit_account in (${MONEY}))
	else false end`;

const SIDES = `select p.fund_id,
		sum(case when d.code is null then 0 else p.amount_vnd end) as debits,
		sum(case when c.code is null then 0 else p.amount_vnd end) as credits
	from posting p
	left join ledger_account d on d.fund_id = p.fund_id and d.code = p.debit_account
	left join ledger_account c on c.fund_id = p.fund_id and c.code = p.credit_account
	group by p.fund_id`;

const RUNNING = `(
	select e.*, sum(coalesce(m.cash, 0)) over w as cash, sum(coalesce(m.bank, 0)) over w as bank
	from journal_entry e
	left join (
		select p.entry_id, sum(${movedIn(`'cash'`)}) as cash, sum(${movedIn(`'bank'`)}) as bank from posting p group by p.entry_id
	) m on m.entry_id = e.id
	window w as (partition by e.fund_id order by e.sequence)
)`;
const running = (detail: string, where: string) =>
	`select ${FUND} as fund, ${VOUCHER} as row_name, ${detail} as detail from ${RUNNING} e ${OF_FUND} where ${where}`;

const LIVE = `not exists (select 1 from journal_entry r where r.reverses_entry_id = `;

export const BOOK_QUERIES = {
	'debits-equal-credits': `
		select coalesce(f.code, s.fund_id) as fund, '' as row_name, 'debits ' || s.debits || ', credits ' || s.credits as detail
		from (${SIDES}) s left join fund f on f.id = s.fund_id where s.debits <> s.credits
		union all
		select '*', '', 'debits ' || sum(s.debits) || ', credits ' || sum(s.credits)
		from (${SIDES}) s having sum(s.debits) <> sum(s.credits)`,

	'entry-shape': entry(
		`e.kind || ': ' || coalesce(s.n, 0) || ' of ' || e.posting_count || ' postings, moving ' || coalesce(s.moved, 0) || ' of ' || e.change_vnd`,
		`left join (
			select p.entry_id, count(*) as n, max(p.position) as last, min(p.amount_vnd) as least, sum(${movedIn(MONEY)}) as moved,
				sum(case when ${isForeign} or p.fund_id <> e.fund_id or p.debit_account = p.credit_account then 1 else 0 end) as odd
			from posting p join journal_entry e on e.id = p.entry_id group by p.entry_id
		) s on s.entry_id = e.id
		where s.n is null or s.n <> e.posting_count or s.last <> s.n or s.least <= 0 or s.moved <> e.change_vnd or s.odd > 0
			or e.happened_on > e.booked_on
			or (e.kind in ('scrap_sale', 'gift', 'opening_balance', 'transfer_in') and e.change_vnd <= 0)
			or (e.kind in ('payment', 'transfer_out') and e.change_vnd >= 0)
			or (e.kind = 'bank_move' and e.change_vnd <> 0) or (e.kind = 'cash_difference' and e.change_vnd = 0)
			or (e.kind = 'reversal') <> (e.reverses_entry_id is not null)
			or coalesce(e.voucher_kind, '') <> (case
				when e.kind in ('scrap_sale', 'gift', 'transfer_in') then 'receipt'
				when e.kind in ('payment', 'transfer_out') then 'payment'
				when e.kind = 'cash_difference' then (case when e.change_vnd > 0 then 'receipt' else 'payment' end)
				else '' end)`,
	),

	// Of one transfer they add up to nothing, so over all funds too.
	'clearing-zero': `
		select '*' as fund, 'transfer ' || coalesce(e.transfer_id, '?') as row_name, 'clearing holds ' || sum(${movedIn(`'clearing'`)}) as detail
		from posting p join journal_entry e on e.id = p.entry_id
		where p.debit_account = 'clearing' or p.credit_account = 'clearing'
		group by e.transfer_id having sum(${movedIn(`'clearing'`)}) <> 0`,

	'cash-not-negative': running(
		`'cash ' || e.cash || ', bank ' || e.bank`,
		`e.cash < 0 or e.bank < 0 or e.cash_after_vnd < 0 or e.bank_after_vnd < 0`,
	),

	'balance-running-sum': running(
		`'says cash ' || e.cash_after_vnd || ', bank ' || e.bank_after_vnd || '; the postings give ' || e.cash || ', ' || e.bank`,
		`e.cash <> e.cash_after_vnd or e.bank <> e.bank_after_vnd`,
	),

	'sequence-no-gap': entry(
		`'stands at ' || n.place`,
		`join (select id, row_number() over (partition by fund_id order by sequence) as place from journal_entry) n on n.id = e.id
		where n.place <> e.sequence`,
	),

	'voucher-no-gap': entry(
		`'is number ' || n.place || ' of its kind and year, booked on ' || e.booked_on`,
		`join (
			select id, row_number() over (partition by fund_id, voucher_kind, voucher_year order by sequence) as place
			from journal_entry where voucher_kind is not null
		) n on n.id = e.id
		where n.place <> e.voucher_number or cast(substr(e.booked_on, 1, 4) as integer) <> e.voucher_year`,
	),

	'booked-in-order': entry(
		`'booked on ' || e.booked_on || ' after an entry of ' || n.before`,
		`join (
			select id, lag(booked_on) over (partition by fund_id order by sequence) as before from journal_entry
		) n on n.id = e.id
		where e.booked_on < n.before`,
	),

	'reversal-exact': `${entry(
		`'takes back ' || coalesce(e.reverses_entry_id, '?') || ' otherwise than whole and turned round'`,
		`left join journal_entry o on o.id = e.reverses_entry_id
		where e.kind = 'reversal' and (
			o.id is null or o.fund_id <> e.fund_id or o.kind = 'reversal' or o.sequence >= e.sequence or o.change_vnd <> -e.change_vnd
			or (select count(*) from posting p where p.entry_id = o.id) <> (select count(*) from posting p where p.entry_id = e.id)
			or exists (
				select 1 from posting p where p.entry_id = o.id and not exists (
					select 1 from posting q where q.entry_id = e.id and q.position = p.position and q.amount_vnd = p.amount_vnd
						and q.debit_account = p.credit_account and q.credit_account = p.debit_account
				)
			)
		)`,
	)}
		union all ${entry(
			`'is taken back ' || n.times || ' times'`,
			`join (select reverses_entry_id as id, count(*) as times from journal_entry where kind = 'reversal' group by 1) n on n.id = e.id
			where n.times > 1`,
		)}`,

	'allocation-within-income': `${entry(
		`'brought ' || e.change_vnd || ', ' || s.spent || ' of it is spent'`,
		`join (
			select a.income_entry_id as id, sum(case when r.id is null then a.amount_vnd else 0 end) as spent, min(a.amount_vnd) as least
			from fund_allocation a left join journal_entry r on r.reverses_entry_id = a.payment_entry_id
			group by a.income_entry_id
		) s on s.id = e.id
		where s.spent > e.change_vnd or s.least <= 0 or e.kind = 'reversal'`,
	)}
		union all ${entry(
			`'spends ' || a.income_entry_id || ', which is not an earlier income of its fund'`,
			`join fund_allocation a on a.payment_entry_id = e.id left join journal_entry i on i.id = a.income_entry_id
			where i.id is null or i.fund_id <> e.fund_id or a.fund_id <> e.fund_id or i.sequence >= e.sequence`,
		)}`,

	'outflow-allocated': entry(
		`'changes the money by ' || e.change_vnd || ', names incomes of ' || coalesce(s.spent, 0)`,
		`left join (select payment_entry_id as id, sum(amount_vnd) as spent from fund_allocation group by 1) s on s.id = e.id
		where coalesce(s.spent, 0) <> (case when e.change_vnd < 0 then -e.change_vnd else 0 end)`,
	),

	'incomes-left': `
		select f.code as fund, '' as row_name, 'incomes have ' || s.rest || ' left, the fund holds ' || s.held as detail
		from fund f join (
			select f.id,
				coalesce((select sum(i.change_vnd) from journal_entry i where i.fund_id = f.id and i.change_vnd > 0 and i.kind <> 'reversal'), 0)
				- coalesce((select sum(a.amount_vnd) from fund_allocation a where a.fund_id = f.id and ${LIVE}a.payment_entry_id)), 0) as rest,
				coalesce((select l.cash_after_vnd + l.bank_after_vnd from journal_entry l where l.fund_id = f.id
					order by l.sequence desc limit 1), 0) as held
			from fund f
		) s on s.id = f.id where s.rest <> s.held`,

	'closed-month': `${entry(
		`'booked on ' || e.booked_on || ' after ' || c.month || ' was ' || (case c.act when 'close' then 'closed' else 'reopened' end)`,
		`join month_close c on c.fund_id = e.fund_id
		where c.number = (select max(b.number) from month_close b where b.fund_id = e.fund_id and b.decided_at < e.recorded_at)
			and (substr(e.booked_on, 1, 7) < c.month or (c.act = 'close' and substr(e.booked_on, 1, 7) = c.month))`,
	)}
		union all
		select f.code, 'month ' || c.month, 'was closed with ' || c.cash_vnd || ' and ' || c.bank_vnd || ', which entry ' || c.last_sequence || ' does not say'
		from month_close c join fund f on f.id = c.fund_id
		left join journal_entry e on e.fund_id = c.fund_id and e.sequence = c.last_sequence
		where c.act = 'close' and (e.id is null or e.cash_after_vnd <> c.cash_vnd or e.bank_after_vnd <> c.bank_vnd)`,

	'erased-keeps-books': `${entry(
		`'was recorded in a role or by a person of whom there is no row'`,
		`left join role_grant g on g.id = e.recorded_by left join person p on p.id = g.person_id where p.id is null`,
	)}
		union all
		select f.code, 'request ' || d.id, 'its requester, an approver or its payer has no row'
		from disbursement d join fund f on f.id = d.fund_id
		where not exists (select 1 from person p where p.id = d.requester_id)
			or exists (select 1 from disbursement_approval a where a.disbursement_id = d.id
				and not exists (select 1 from person p where p.id = a.approver_id))
			or exists (select 1 from disbursement_payment m where m.disbursement_id = d.id
				and not exists (select 1 from person p where p.id = m.treasurer_id))`,
} satisfies Partial<Record<CheckName, string>>;
