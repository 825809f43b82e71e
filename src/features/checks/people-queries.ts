// Invariants of who decides, what is sold and what is a sample, as SQL that both engines read.
import type { CheckName } from './check.ts';

/** True for a grant that is none of these roles in that fund. */
const isNo = (roles: string, grant: string, fundId: string) =>
	`(${grant}.id is null or ${grant}.role not in (${roles}) or ${grant}.scope_kind <> 'fund'
		or ${grant}.scope_id is null or ${grant}.scope_id <> ${fundId})`;

/** Something of a fund that one person records and another, in one of the roles in that fund, confirms. */
const twoPeople = (table: string, confirmer: string, confirmedBy: string, roles = `'approver'`) => `
	select f.code as fund, '${table} ' || s.id as row_name, 'its recorder confirmed it, or a role is not that person’s or may not' as detail
	from ${table} s left join fund f on f.id = s.fund_id
	left join role_grant g on g.id = s.${confirmedBy} left join role_grant h on h.id = s.recorded_by
	where s.${confirmer} = s.recorder_id or h.person_id <> s.recorder_id
		or (s.${confirmer} is null and s.status in ('confirmed', 'reversed'))
		or (s.${confirmer} is not null and (g.person_id <> s.${confirmer} or ${isNo(roles, 'g', 's.fund_id')}))`;

const ofFund = (table: string) => `
	select f.code as fund, '${table} ' || s.id as row_name, 'is a sample in a real fund, or real in a sample' as detail
	from ${table} s join fund f on f.id = s.fund_id where s.is_sample <> f.is_sample`;

/** @param dayOf SQL for the day in Vietnam of an instant's column */
export const peopleQueries = (dayOf: (instant: string) => string) =>
	({
		'sale-one-entry': `
			select coalesce(f.code, s.fund_id) as fund, 'sale ' || s.id as row_name, s.status || ', ' || coalesce(l.n, 0) || ' entries that stand' as detail
			from scrap_sale s left join fund f on f.id = s.fund_id
			left join (
				select e.source_id, count(*) as n from journal_entry e
				where e.kind = 'scrap_sale' and e.source_kind = 'scrap_sale'
					and not exists (select 1 from journal_entry r where r.reverses_entry_id = e.id)
				group by e.source_id
			) l on l.source_id = s.id
			where coalesce(l.n, 0) <> (case s.status when 'confirmed' then 1 else 0 end)
				or (s.status in ('confirmed', 'reversed') and not exists (
					select 1 from journal_entry e where e.id = s.entry_id and e.kind = 'scrap_sale' and e.source_id = s.id
						and e.fund_id = s.fund_id and e.change_vnd = s.cash_received_vnd and e.recorded_by = s.confirmed_by
				))
			union all
			select coalesce(f.code, e.fund_id), 'entry ' || e.id, 'comes from no sale that there is'
			from journal_entry e left join fund f on f.id = e.fund_id left join scrap_sale s on s.id = e.source_id
			where e.kind = 'scrap_sale' and s.id is null`,

		'goods-sold-once': `
			select min(f.code) as fund, 'cycle ' || g.cycle_id as row_name,
				(case g.material_code when '' then 'the rest' else g.material_code end) || ' is sold ' || count(*) || ' times' as detail
			from scrap_sale_goods g join scrap_sale s on s.id = g.sale_id left join fund f on f.id = s.fund_id
			where g.released_at is null group by g.cycle_id, g.material_code having count(*) > 1
			union all
			select f.code, 'sale ' || s.id, g.material_code || ' of cycle ' || g.cycle_id || ' is sold and was carried on'
			from scrap_sale_goods g join scrap_sale s on s.id = g.sale_id join fund f on f.id = s.fund_id
			where g.released_at is null and exists (
				select 1 from carried_goods c where c.from_cycle_id = g.cycle_id and c.material_code = g.material_code
					and c.returned_at is null)
			union all
			select f.code, 'sale ' || s.id, 'is ' || s.status || ' and still holds goods of cycle ' || g.cycle_id
			from scrap_sale_goods g join scrap_sale s on s.id = g.sale_id join fund f on f.id = s.fund_id
			where g.released_at is null and s.status in ('returned', 'reversed')`,

		'drop-off-one-cycle': `
			select '' as fund, 'drop-off ' || d.id as row_name, 'lies in a cycle of another house, or in none' as detail
			from drop_off d left join collection_cycle c on c.id = d.cycle_id
			where c.id is null or c.green_house_id <> d.green_house_id
			union all
			select '', 'cycle ' || g.from_cycle_id, g.material_code || ' was carried into ' || count(distinct g.to_cycle_id) || ' cycles'
			from carried_goods g where g.returned_at is null group by g.from_cycle_id, g.material_code having count(distinct g.to_cycle_id) > 1`,

		'two-approvers': `
			select coalesce(f.code, e.fund_id) as fund, 'payment ' || e.id as row_name,
				coalesce(n.approvers, 0) || ' approvers for ' || (-e.change_vnd) as detail
			from journal_entry e left join fund f on f.id = e.fund_id
			left join disbursement d on d.id = e.source_id
			left join (
				select disbursement_id as id, count(distinct approver_id) as approvers
				from disbursement_approval where decision = 'approve' group by disbursement_id
			) n on n.id = d.id
			where e.kind = 'payment' and (d.id is null or d.fund_id <> e.fund_id or d.amount_vnd <> -e.change_vnd
				or exists (select 1 from disbursement_approval a where a.disbursement_id = d.id and a.decision = 'return')
				or coalesce(n.approvers, 0) < (case when d.amount_vnd > (
					select r.two_approvers_above_vnd from fund_rule r
					where r.fund_id = d.fund_id and r.valid_from <= ${dayOf('d.requested_at')} and r.created_at <= e.recorded_at
					order by r.valid_from desc limit 1
				) then 2 else 1 end))`,

		'maker-not-checker': `
			select f.code as fund, 'request ' || d.id as row_name, 'was approved by its requester, or in a role that is not the approver’s' as detail
			from disbursement_approval a join disbursement d on d.id = a.disbursement_id left join fund f on f.id = d.fund_id
			left join role_grant g on g.id = a.approved_by
			where a.approver_id = d.requester_id or g.person_id <> a.approver_id or ${isNo(`'approver'`, 'g', 'd.fund_id')}
			union all
			select f.code, 'request ' || d.id, 'was paid by one of its approvers, or not by a treasurer of its fund'
			from disbursement_payment m join disbursement d on d.id = m.disbursement_id left join fund f on f.id = d.fund_id
			left join role_grant g on g.id = m.paid_by
			where g.person_id <> m.treasurer_id or ${isNo(`'treasurer'`, 'g', 'd.fund_id')}
				or exists (select 1 from disbursement_approval a where a.disbursement_id = d.id and a.approver_id = m.treasurer_id)
			union all ${twoPeople('scrap_sale', 'confirmer_id', 'confirmed_by', `'treasurer', 'approver'`)}
			union all
			select f.code, 'sale ' || s.id, 'was taken back by its recorder or its confirmer, or not by an approver of its fund'
			from scrap_sale s left join fund f on f.id = s.fund_id
			join journal_entry e on e.reverses_entry_id = s.entry_id
			left join role_grant g on g.id = e.recorded_by
			where s.status = 'reversed' and (${isNo(`'approver'`, 'g', 's.fund_id')}
				or g.person_id = s.recorder_id or g.person_id = s.confirmer_id)
			union all ${twoPeople('statement', 'confirmer_id', 'decided_by')}
			union all ${twoPeople('cash_count', 'confirmer_id', 'decided_by')}
			union all ${twoPeople('entry_reversal', 'confirmer_id', 'decided_by')}`,

		// Nothing is booked that two people have not agreed on, and the role in the leaf is that of who decided; a sale's
		// is 'sale-one-entry', its shares go with it.
		'paper-behind-entry': `
			select coalesce(f.code, e.fund_id) as fund, 'entry ' || e.id as row_name, e.kind || ', for which no decision stands' as detail
			from journal_entry e left join fund f on f.id = e.fund_id
			left join journal_entry o on o.id = e.reverses_entry_id
			where (e.kind in ('gift', 'opening_balance', 'bank_move') and not exists (
					select 1 from statement s where s.entry_id = e.id and s.id = e.source_id and s.status = 'confirmed'
						and s.decided_by = e.recorded_by))
				or (e.kind = 'cash_difference' and not exists (
					select 1 from cash_count c where c.entry_id = e.id and c.id = e.source_id and c.status = 'confirmed'
						and c.decided_by = e.recorded_by))
				or (e.kind = 'payment' and not exists (
					select 1 from disbursement_payment p join disbursement d on d.id = p.disbursement_id
					where p.entry_id = e.id and d.id = e.source_id and d.status = 'paid'
						and p.paid_by = e.recorded_by))
				or (o.kind in ('gift', 'opening_balance', 'bank_move', 'cash_difference', 'payment') and not exists (
					select 1 from entry_reversal v
					where v.entry_id = e.id and v.reverses_entry_id = o.id and v.status = 'confirmed'
						and v.decided_by = e.recorded_by))
				or (o.kind = 'scrap_sale' and not exists (
					select 1 from scrap_sale s where s.entry_id = o.id and s.status = 'reversed'))
				or (o.kind in ('transfer_out', 'transfer_in') and not exists (
					select 1 from journal_entry w join journal_entry i on i.id = w.reverses_entry_id
					where i.kind = 'scrap_sale' and i.transfer_id = o.transfer_id and w.recorded_by = e.recorded_by))
			union all
			select f.code, 'month ' || m.month, 'an act before it is gone: it is number ' || m.number || ', in place ' || m.place
			from (select c.*, row_number() over (partition by c.fund_id order by c.number) as place from month_close c) m
			join fund f on f.id = m.fund_id where m.place <> m.number`,

		'sample-apart': `
			select f.code as fund, '' as row_name, 'its code and its mark do not agree' as detail
			from fund f where (f.is_sample = 1) <> (f.code like 'MAU-%')
			union all ${[
				...['journal_entry', 'scrap_sale', 'disbursement', 'statement', 'cash_count', 'month_close'],
				...['fund_rule', 'disclosure', 'entry_reversal'],
			]
				.map(ofFund)
				.join(' union all ')}
			union all
			select f.code, 'sale ' || s.id, 'sells goods of a cycle of the other kind'
			from scrap_sale_cycle l join scrap_sale s on s.id = l.sale_id join collection_cycle c on c.id = l.cycle_id
			join fund f on f.id = s.fund_id where c.is_sample <> s.is_sample`,
	}) satisfies Partial<Record<CheckName, string>>;
