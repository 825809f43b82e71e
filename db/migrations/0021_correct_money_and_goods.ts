import { sql, type Kysely } from 'kysely';
import { createTables, dropRefusal, isSqlite, keepRows, makeAppendOnly, refuse } from './dialect.ts';

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

const dayOf = (db: Kysely<unknown>, instant: string) =>
	isSqlite(db)
		? `date(${instant} / 1000 + 25200, 'unixepoch')`
		: `to_char(to_timestamp(${instant} / 1000 + 25200) at time zone 'UTC', 'YYYY-MM-DD')`;

/** A sale is measured by the limit that each of its houses had on the day it was confirmed. */
async function guardLimits(db: Kysely<unknown>): Promise<void> {
	await makeAppendOnly(db, 'variance_limit');
	await refuse(db, {
		table: 'variance_limit',
		event: 'insert',
		when: `new.valid_from <= ${dayOf(db, 'new.decided_at')} or not exists (
			select 1 from role_grant g join fund f on f.id = g.scope_id
			where g.id = new.decided_by and g.role = 'approver' and g.scope_kind = 'fund' and f.is_sample = new.is_sample
				and (g.ended_at is null or g.ended_at > new.decided_at)
		)`,
		message: 'a limit is set by an approver, and from tomorrow on',
	});
	const beyond = (weighed: string, declared: string, limit: string) =>
		`${weighed} > 0 and ${declared} > 0 and abs(${weighed} - ${declared}) * 100 > ${limit} * ${declared}`;
	const limit = `coalesce((
		select v.percent from variance_limit v
		where v.green_house_id = h.id and v.valid_from <= ${dayOf(db, 'new.confirmed_at')}
		order by v.valid_from desc limit 1
	), h.variance_limit_percent)`;
	await dropRefusal(db, 'scrap_sale', 'variance');
	await refuse(db, {
		table: 'scrap_sale',
		event: 'update',
		name: 'variance',
		when: `new.status = 'confirmed' and old.status = 'recorded' and new.variance_reason is null and (
			case when exists (
				select 1 from scrap_sale_line l where l.sale_id = new.id and l.kind <> 'difference' and l.cycle_id is null
			) then exists (
				select 1 from (
					select sum(p.declared) as declared, count(*) as parts, count(p.declared) as known, min(p.percent) as percent
					from (
						select c.declared_weight_grams as declared, ${limit} as percent
						from scrap_sale_cycle c
						join collection_cycle k on k.id = c.cycle_id join green_house h on h.id = k.green_house_id
						where c.sale_id = new.id
					) p
				) d, (
					select sum(l.weighed_weight_grams) as weighed from scrap_sale_line l where l.sale_id = new.id
				) w
				where d.parts = d.known and ${beyond('w.weighed', 'd.declared', 'd.percent')}
			) else exists (
				select 1 from (
					select c.declared_weight_grams as declared, ${limit} as percent, (
						select sum(l.weighed_weight_grams) from scrap_sale_line l
						where l.sale_id = c.sale_id and l.cycle_id = c.cycle_id
					) as weighed
					from scrap_sale_cycle c
					join collection_cycle k on k.id = c.cycle_id join green_house h on h.id = k.green_house_id
					where c.sale_id = new.id
				) p
				where ${beyond('p.weighed', 'p.declared', 'p.percent')}
			) end
		)`,
		message: 'the weight differs by more than the house allows, and nobody says why',
	});
}

/**
 * Goods that were kept can be given back, and kept again: `number` tells the times apart. The table is made anew with
 * its rows, because its key changes.
 */
async function widenCarried(db: Kysely<unknown>): Promise<void> {
	const run = (text: string) => sql.raw(text).execute(db);
	// SQLite's migrations run in no transaction of their own.
	if (isSqlite(db)) await run('begin immediate');
	try {
		await run('create table carried_goods_before as select * from carried_goods');
		await run('drop table carried_goods');
		// With the table its triggers are gone, but PostgreSQL keeps their functions.
		if (!isSqlite(db))
			for (const name of ['update', 'delete', 'insert', 'sold', 'undeclared'])
				await run(`drop function carried_goods_refuse_${name}()`);
		await createTables(db, [
			`create table carried_goods (
				from_cycle_id text not null references collection_cycle (id),
				to_cycle_id text not null references collection_cycle (id),
				material_code text not null references material (code),
				unit text not null check (unit in ('kg', 'piece')),
				number bigint not null check (number > 0),
				quantity_milli bigint not null check (quantity_milli > 0),
				declared_weight_grams bigint check (declared_weight_grams >= 0),
				carried_by text not null references role_grant (id),
				carried_at bigint not null,
				returned_by text references role_grant (id),
				returned_at bigint,
				primary key (from_cycle_id, material_code, unit, number),
				check ((returned_by is null) = (returned_at is null))
			)`,
			`create unique index carried_goods_one_live on carried_goods (from_cycle_id, material_code, unit)
				where returned_at is null`,
			`create index carried_goods_by_to_cycle on carried_goods (to_cycle_id)`,
		]);
		await run(`insert into carried_goods (
				from_cycle_id, to_cycle_id, material_code, unit, number, quantity_milli, declared_weight_grams, carried_by, carried_at
			) select from_cycle_id, to_cycle_id, material_code, unit, 1, quantity_milli, declared_weight_grams, carried_by, carried_at
			from carried_goods_before`);
		await run('drop table carried_goods_before');
		await guardCarried(db);
		if (isSqlite(db)) await run('commit');
	} catch (error) {
		if (isSqlite(db)) await run('rollback');
		throw error;
	}
}

async function guardCarried(db: Kysely<unknown>): Promise<void> {
	const table = 'carried_goods';
	await keepRows(db, table);
	await refuse(db, {
		table,
		event: 'insert',
		when: `new.returned_at is not null or not exists (
			select 1 from collection_cycle a join collection_cycle b on b.green_house_id = a.green_house_id and b.number > a.number
			where a.id = new.from_cycle_id and a.closed_at is not null and b.id = new.to_cycle_id and b.closed_at is null
		)`,
		message: 'goods are carried from a closed cycle into the open one of their house',
	});
	await refuse(db, {
		table,
		event: 'insert',
		name: 'sold',
		when: `exists (
			select 1 from scrap_sale_goods g
			where g.cycle_id = new.from_cycle_id and g.material_code = new.material_code and g.released_at is null
		)`,
		message: 'sold goods are not carried',
	});
	await refuse(db, {
		table,
		event: 'insert',
		name: 'undeclared',
		when: `new.quantity_milli <> coalesce((
				select sum(l.quantity_milli) from drop_off d join drop_off_line l on l.drop_off_id = d.id
				where d.cycle_id = new.from_cycle_id and d.withdrawn_at is null
					and l.material_code = new.material_code and l.unit = new.unit
			), 0) + coalesce((
				select sum(g.quantity_milli) from carried_goods g
				where g.to_cycle_id = new.from_cycle_id and g.material_code = new.material_code and g.unit = new.unit
					and g.returned_at is null
			), 0)`,
		message: 'carried goods are what was declared',
	});
	await refuse(db, {
		table,
		event: 'update',
		when: `old.returned_at is not null or new.returned_at is null or ${changes([
			...['from_cycle_id', 'to_cycle_id', 'material_code', 'unit', 'number', 'quantity_milli'],
			...['declared_weight_grams', 'carried_by', 'carried_at'],
		])}`,
		message: 'carried goods are given back once',
	});
	await refuse(db, {
		table,
		event: 'update',
		name: 'used',
		when: `exists (
				select 1 from scrap_sale_goods g
				where g.cycle_id = old.to_cycle_id and g.material_code = old.material_code and g.released_at is null
			) or exists (
				select 1 from carried_goods g
				where g.from_cycle_id = old.to_cycle_id and g.material_code = old.material_code and g.returned_at is null
			)`,
		message: 'the next cycle has used these goods',
	});
	await refuse(db, {
		table: 'scrap_sale_goods',
		event: 'insert',
		name: 'carried',
		when: `exists (
			select 1 from carried_goods g
			where g.from_cycle_id = new.cycle_id and g.material_code = new.material_code and g.returned_at is null
		)`,
		message: 'these goods were carried into another cycle',
	});
	// Who takes the rest does not take what lay in the next cycle then and was given back since.
	await refuse(db, {
		table: 'scrap_sale_goods',
		event: 'insert',
		name: 'rest_sold',
		when: `exists (
			select 1 from scrap_sale_goods rest join scrap_sale s on s.id = rest.sale_id
			where rest.cycle_id = new.cycle_id and rest.material_code = '' and rest.released_at is null
				and rest.sale_id <> new.sale_id
				and not exists (
					select 1 from scrap_sale_goods given
					where given.cycle_id = new.cycle_id and given.material_code = new.material_code
						and given.released_at >= s.recorded_at
				)
				and not exists (
					select 1 from carried_goods back
					where back.from_cycle_id = new.cycle_id and back.material_code = new.material_code
						and back.returned_at >= s.recorded_at
				)
		)`,
		message: 'the rest of the cycle is sold',
	});
}

async function guardPages(db: Kysely<unknown>): Promise<void> {
	await makeAppendOnly(db, 'paper_page_withdrawal');
	await refuse(db, {
		table: 'paper_page_withdrawal',
		event: 'insert',
		when: `exists (
			select 1 from drop_off d join collection_cycle c on c.id = d.cycle_id
			where d.paper_page_id = new.paper_page_id and c.closed_at is not null
		)`,
		message: 'rows of a closed cycle stay',
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
		// From a day on; before the first of them green_house.variance_limit_percent.
		`create table variance_limit (
			id text primary key,
			green_house_id text not null,
			valid_from text not null,
			percent bigint not null check (percent between 1 and 100),
			decided_by text not null references role_grant (id),
			decided_at bigint not null,
			content_hash text not null,
			is_sample bigint not null,
			unique (green_house_id, valid_from),
			foreign key (green_house_id, is_sample) references green_house (id, is_sample)
		)`,
		// A page that was typed wrongly is taken back whole, once.
		`create table paper_page_withdrawal (
			paper_page_id text primary key references paper_page (id),
			reason text not null check (reason <> ''),
			withdrawn_by text not null references role_grant (id),
			withdrawn_at bigint not null
		)`,
	]);
	await guardPages(db);
	await guardReversals(db);
	await guardLimits(db);
	for (const name of ['carried', 'rest_sold']) await dropRefusal(db, 'scrap_sale_goods', name);
	await widenCarried(db);
}
