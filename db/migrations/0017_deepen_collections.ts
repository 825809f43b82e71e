import { sql, type Kysely } from 'kysely';
import { createTables, keepRows, makeAppendOnly, refuse } from './dialect.ts';

const run = (db: Kysely<unknown>, statement: string) => sql.raw(statement).execute(db);

/** Every sale so far took all that its cycles held: what was declared there, what its lines name, and the rest. */
async function fillGoods(db: Kysely<unknown>): Promise<void> {
	await run(
		db,
		`insert into scrap_sale_goods (sale_id, cycle_id, material_code, declared_weight_grams, released_at)
		select c.sale_id, c.cycle_id, l.material_code,
			case when s.entry_id is not null and count(*) = count(l.declared_weight_grams) then sum(l.declared_weight_grams) end,
			c.released_at
		from scrap_sale_cycle c
		join scrap_sale s on s.id = c.sale_id
		join drop_off d on d.cycle_id = c.cycle_id and d.withdrawn_at is null
		join drop_off_line l on l.drop_off_id = d.id
		group by c.sale_id, c.cycle_id, l.material_code, s.entry_id, c.released_at`,
	);
	await run(
		db,
		`insert into scrap_sale_goods (sale_id, cycle_id, material_code, declared_weight_grams, released_at)
		select distinct c.sale_id, c.cycle_id, l.material_code, case when s.entry_id is not null then 0 end, c.released_at
		from scrap_sale_cycle c
		join scrap_sale s on s.id = c.sale_id
		join scrap_sale_line l on l.sale_id = c.sale_id and coalesce(l.cycle_id, c.cycle_id) = c.cycle_id
		where l.material_code is not null and not exists (
			select 1 from scrap_sale_goods g
			where g.sale_id = c.sale_id and g.cycle_id = c.cycle_id and g.material_code = l.material_code
		)`,
	);
	await run(
		db,
		`insert into scrap_sale_goods (sale_id, cycle_id, material_code, declared_weight_grams, released_at)
		select c.sale_id, c.cycle_id, '', case when s.entry_id is not null then 0 end, c.released_at
		from scrap_sale_cycle c join scrap_sale s on s.id = c.sale_id`,
	);
}

async function guardGoods(db: Kysely<unknown>): Promise<void> {
	const table = 'scrap_sale_goods';
	await keepRows(db, table);
	await refuse(db, {
		table,
		event: 'insert',
		when: `(select s.status from scrap_sale s where s.id = new.sale_id) <> 'recorded'`,
		message: 'the sale is complete',
	});
	await refuse(db, {
		table,
		event: 'insert',
		name: 'unknown_material',
		when: `new.material_code <> '' and not exists (select 1 from material m where m.code = new.material_code)`,
		message: 'there is no such material',
	});
	// Who takes the rest takes what nobody else held then; only what another sale gave back since is left.
	await refuse(db, {
		table,
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
		)`,
		message: 'the rest of the cycle is sold',
	});
	await refuse(db, {
		table,
		event: 'insert',
		name: 'carried',
		when: `exists (
			select 1 from carried_goods g where g.from_cycle_id = new.cycle_id and g.material_code = new.material_code
		)`,
		message: 'these goods were carried into another cycle',
	});
	await refuse(db, {
		table,
		event: 'update',
		when: `new.sale_id <> old.sale_id or new.cycle_id <> old.cycle_id or new.material_code <> old.material_code
			or (old.released_at is not null and new.released_at is distinct from old.released_at)
			or (old.declared_weight_grams is not null and new.declared_weight_grams is distinct from old.declared_weight_grams)`,
		message: 'goods are released from their sale once',
	});
	await refuse(db, {
		table,
		event: 'update',
		name: 'release',
		when: `new.released_at is not null and old.released_at is null
			and (select s.status from scrap_sale s where s.id = new.sale_id) not in ('returned', 'reversed')`,
		message: 'the sale still holds its goods',
	});
}

async function guardCarried(db: Kysely<unknown>): Promise<void> {
	const table = 'carried_goods';
	await makeAppendOnly(db, table);
	await refuse(db, {
		table,
		event: 'insert',
		when: `not exists (
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
	// What is carried was declared there, or was carried there before; the quantity is that sum and no other.
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
			), 0)`,
		message: 'carried goods are what was declared',
	});
}

async function guardVariance(db: Kysely<unknown>): Promise<void> {
	const beyond = (weighed: string, declared: string, limit: string) =>
		`${weighed} > 0 and ${declared} > 0 and abs(${weighed} - ${declared}) * 100 > ${limit} * ${declared}`;
	await refuse(db, {
		table: 'scrap_sale',
		event: 'update',
		name: 'variance',
		when: `new.status = 'confirmed' and old.status = 'recorded' and new.variance_reason is null and (
			case when exists (
				select 1 from scrap_sale_line l where l.sale_id = new.id and l.kind <> 'difference' and l.cycle_id is null
			) then exists (
				select 1 from (
					select sum(c.declared_weight_grams) as declared, count(*) as parts, count(c.declared_weight_grams) as known,
						min(h.variance_limit_percent) as percent
					from scrap_sale_cycle c
					join collection_cycle k on k.id = c.cycle_id join green_house h on h.id = k.green_house_id
					where c.sale_id = new.id
				) d, (
					select sum(l.weighed_weight_grams) as weighed from scrap_sale_line l where l.sale_id = new.id
				) w
				where d.parts = d.known and ${beyond('w.weighed', 'd.declared', 'd.percent')}
			) else exists (
				select 1 from (
					select c.declared_weight_grams as declared, h.variance_limit_percent as percent, (
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
	await refuse(db, {
		table: 'scrap_sale',
		event: 'update',
		name: 'variance_kept',
		when: `old.status <> 'recorded' and (
			new.variance_permille is distinct from old.variance_permille
			or new.variance_limit_percent is distinct from old.variance_limit_percent
			or new.variance_reason is distinct from old.variance_reason
		)`,
		message: 'a variance stays as it was confirmed',
	});
}

export async function up(db: Kysely<unknown>): Promise<void> {
	await createTables(db, [
		// material_code '' is what nobody declared: whoever takes the rest of a cycle holds it.
		`create table scrap_sale_goods (
			sale_id text not null,
			cycle_id text not null,
			material_code text not null,
			declared_weight_grams bigint check (declared_weight_grams >= 0),
			released_at bigint,
			primary key (sale_id, cycle_id, material_code),
			foreign key (sale_id, cycle_id) references scrap_sale_cycle (sale_id, cycle_id)
		)`,
		`create unique index scrap_sale_goods_one_live on scrap_sale_goods (cycle_id, material_code) where released_at is null`,
		`create index scrap_sale_goods_by_cycle on scrap_sale_goods (cycle_id)`,
		// As it was declared, so by unit as well; the weight is unknown (null) for a piece without a piece weight.
		`create table carried_goods (
			from_cycle_id text not null references collection_cycle (id),
			to_cycle_id text not null references collection_cycle (id),
			material_code text not null references material (code),
			unit text not null check (unit in ('kg', 'piece')),
			quantity_milli bigint not null check (quantity_milli > 0),
			declared_weight_grams bigint check (declared_weight_grams >= 0),
			carried_by text not null references role_grant (id),
			carried_at bigint not null,
			primary key (from_cycle_id, material_code, unit)
		)`,
		`create index carried_goods_by_to_cycle on carried_goods (to_cycle_id)`,
		// One sitting in which pages of a house's notebook were typed.
		`create table paper_page (
			id text primary key,
			green_house_id text not null,
			recorded_at bigint not null,
			recorded_by text not null references role_grant (id),
			content_hash text not null,
			is_sample bigint not null,
			foreign key (green_house_id, is_sample) references green_house (id, is_sample)
		)`,
		`create index paper_page_by_house on paper_page (green_house_id, recorded_at)`,
		`alter table green_house add column variance_limit_percent bigint not null default 15 check (variance_limit_percent between 1 and 100)`,
		`alter table scrap_sale add column variance_permille bigint`,
		`alter table scrap_sale add column variance_limit_percent bigint`,
		`alter table scrap_sale add column variance_reason text check (variance_reason <> '')`,
		`alter table drop_off add column paper_page_id text references paper_page (id)`,
		`alter table drop_off add column household_count bigint check (household_count > 0)`,
		`create index drop_off_by_paper_page on drop_off (paper_page_id)`,
		`drop index scrap_sale_cycle_one_live`,
	]);
	await fillGoods(db);
	await guardGoods(db);
	await guardCarried(db);
	await guardVariance(db);
	await makeAppendOnly(db, 'paper_page');
	await refuse(db, {
		table: 'drop_off',
		event: 'insert',
		name: 'paper',
		when: `(new.channel = 'paper') <> (new.paper_page_id is not null)
			or (new.paper_page_id is null) <> (new.household_count is null)
			or (new.paper_page_id is not null and (
				new.device_alias_id is not null or new.person_id is not null or new.class_sheet_id is not null
			))`,
		message: 'a row of the notebook names its page, its households and nobody',
	});
	await refuse(db, {
		table: 'drop_off',
		event: 'update',
		name: 'paper_kept',
		when: `new.paper_page_id is distinct from old.paper_page_id or new.household_count is distinct from old.household_count`,
		message: 'a row of the notebook stays on its page',
	});
}
