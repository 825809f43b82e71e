import { sql } from 'kysely';
import type { Db } from '#lib/db.ts';
import type { SpendingTotals } from './walk.ts';

/** Each income that an outflow spent, with the sale behind it: its own, or the one of which another fund gave a part. */
const spentBy = (entryId: string) => sql`(
	select a.income_entry_id, a.amount_vnd,
		case when i.kind = 'scrap_sale' then i.source_id when i.kind = 'transfer_in' then s.source_id end as sale_id
	from fund_allocation a
	join journal_entry i on i.id = a.income_entry_id
	left join journal_entry s on s.transfer_id = i.transfer_id and s.kind = 'scrap_sale' and i.kind = 'transfer_in'
	where a.payment_entry_id = ${entryId}
) spent`;

/** What an outflow spent, over all of its incomes. */
export async function sumSpending(db: Db, entryId: string): Promise<SpendingTotals> {
	const { rows: sums } = await sql<Omit<SpendingTotals, 'cycles' | 'houses'>>`
		select count(*) as incomes, coalesce(sum(amount_vnd), 0) as "amountVnd", count(distinct sale_id) as sales,
			coalesce(sum(case when sale_id is null then 0 else amount_vnd end), 0) as "fromSalesVnd"
		from ${spentBy(entryId)}`.execute(db);
	const { rows: behind } = await sql<Pick<SpendingTotals, 'cycles' | 'houses'>>`
		select count(distinct c.id) as cycles, count(distinct c.green_house_id) as houses
		from ${spentBy(entryId)}
		join scrap_sale_cycle l on l.sale_id = spent.sale_id
		join collection_cycle c on c.id = l.cycle_id`.execute(db);
	return { ...sums[0]!, ...behind[0]! };
}
