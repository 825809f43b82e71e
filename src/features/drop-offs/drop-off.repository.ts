import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import type { DropOffTable } from '#db/schema.ts';
import type { Declarer, DropOffLine } from './drop-off.ts';
import { followGoods, goodsKey } from './goods-path.repository.ts';

export const findDropOff = (db: Db, id: string) =>
	db.selectFrom('dropOff').selectAll().where('id', '=', id).executeTakeFirst();

/** The columns that name a declarer. */
export const declarerColumns = (declarer: Declarer) => ({
	deviceAliasId: declarer.kind === 'device' ? declarer.deviceAliasId : null,
	classSheetId: declarer.kind === 'class' ? declarer.classSheetId : null,
	schoolClassId: declarer.kind === 'class' ? declarer.schoolClassId : null,
	paperPageId: declarer.kind === 'paper' ? declarer.paperPageId : null,
	householdCount: declarer.kind === 'paper' ? declarer.householdCount : null,
});

/** Some of its goods are in a sale or were carried on: what was declared of them stands. */
const isSettled = sql<boolean>`(
	exists (
		select 1 from scrap_sale_cycle where scrap_sale_cycle.cycle_id = collection_cycle.id and scrap_sale_cycle.released_at is null
	) or exists (
		select 1 from carried_goods where carried_goods.from_cycle_id = collection_cycle.id and carried_goods.returned_at is null
	)
)`;

/**
 * The cycle that takes a drop-off: the one that was open at that time, unless any of its goods are already in a sale or kept
 * for the next one;
 * then the open one, and the drop-off is late. Before the first cycle counts as its first day.
 */
export async function findCycleFor(
	trx: Trx,
	greenHouseId: string,
	happenedAt: number,
): Promise<{ id: string; isLate: boolean }> {
	const cycles = await trx
		.selectFrom('collectionCycle')
		.select(['id', 'openedAt', 'closedAt', 'number'])
		.select(isSettled.as('isSold'))
		.where('greenHouseId', '=', greenHouseId)
		.where((eb) => eb.or([eb('closedAt', 'is', null), eb('closedAt', '>', happenedAt)]))
		.orderBy('number')
		.execute();
	const then = cycles[0];
	const open = cycles.at(-1);
	if (!then || !open || open.closedAt !== null) throw new Error(`house ${greenHouseId} has no open cycle`);
	return then.isSold ? { id: open.id, isLate: true } : { id: then.id, isLate: false };
}

export type DropOffLineRow = DropOffLine & { declaredWeightGrams: number | null; factorId: string | null };

export async function insertDropOffRows(
	trx: Trx,
	dropOff: DropOffTable,
	lines: DropOffLineRow[],
): Promise<void> {
	await trx.insertInto('dropOff').values(dropOff).execute();
	await trx
		.insertInto('dropOffLine')
		.values(
			lines.map((line, index) => ({
				dropOffId: dropOff.id,
				position: index + 1,
				materialCode: line.material,
				quantityMilli: line.quantityMilli,
				unit: line.unit,
				basis: 'estimated' as const,
				declaredWeightGrams: line.declaredWeightGrams,
				factorId: line.factorId,
			})),
		)
		.execute();
}

/** Marks it withdrawn; false when its cycle has closed meanwhile or it already was. */
export async function withdrawRow(trx: Trx, id: string, now: number): Promise<boolean> {
	const result = await trx
		.updateTable('dropOff')
		.set({ withdrawnAt: now })
		.where('id', '=', id)
		.where('withdrawnAt', 'is', null)
		.where('cycleId', 'in', (eb) =>
			eb.selectFrom('collectionCycle').select('id').where('closedAt', 'is', null),
		)
		.executeTakeFirst();
	return Number(result.numUpdatedRows) === 1;
}

/**
 * What was declared in a cycle and what was carried into it, by material and unit; the weight is null as soon as one
 * line's is unknown.
 */
export async function sumDeclared(db: Db, cycleId: string) {
	const { rows } = await sql<{
		materialCode: string;
		unit: 'kg' | 'piece';
		quantityMilli: number;
		declaredWeightGrams: number | null;
	}>`
		select goods.material_code, goods.unit, sum(goods.quantity_milli) as quantity_milli,
			case when count(*) = count(goods.declared_weight_grams) then sum(goods.declared_weight_grams) end
				as declared_weight_grams
		from (
			select l.material_code, l.unit, l.quantity_milli, l.declared_weight_grams
			from drop_off d join drop_off_line l on l.drop_off_id = d.id
			where d.cycle_id = ${cycleId} and d.withdrawn_at is null
			union all
			select c.material_code, c.unit, c.quantity_milli, c.declared_weight_grams
			from carried_goods c where c.to_cycle_id = ${cycleId} and c.returned_at is null
		) goods
		join material on material.code = goods.material_code
		group by goods.material_code, goods.unit, material.sort_order
		order by material.sort_order, goods.unit
	`.execute(db);
	return rows;
}

export async function countDropOffs(db: Db, cycleId: string): Promise<number> {
	const row = await db
		.selectFrom('dropOff')
		.select(sql<number>`count(*)`.as('count'))
		.where('cycleId', '=', cycleId)
		.where('withdrawnAt', 'is', null)
		.executeTakeFirstOrThrow();
	return row.count;
}

/** No page shows more lines of one cycle. */
export const PUBLIC_LINES = 200;

/**
 * What the public sees of a cycle's drop-offs: how many lines there are, and the newest {@link PUBLIC_LINES} with
 * time (shown as a date), material and quantity; no person, no alias.
 */
export async function listPublicDropOffs(db: Db, cycleId: string) {
	const { lineCount } = await db
		.selectFrom('dropOffLine')
		.innerJoin('dropOff', 'dropOff.id', 'dropOffLine.dropOffId')
		.select(sql<number>`count(*)`.as('lineCount'))
		.where('dropOff.cycleId', '=', cycleId)
		.where('dropOff.withdrawnAt', 'is', null)
		.executeTakeFirstOrThrow();
	const lines = await db
		.selectFrom('dropOffLine')
		.innerJoin('dropOff', 'dropOff.id', 'dropOffLine.dropOffId')
		.select([
			'dropOff.happenedAt',
			'dropOffLine.materialCode',
			'dropOffLine.unit',
			'dropOffLine.quantityMilli',
		])
		.where('dropOff.cycleId', '=', cycleId)
		.where('dropOff.withdrawnAt', 'is', null)
		.orderBy('dropOff.happenedAt', 'desc')
		.orderBy('dropOff.id')
		.orderBy('dropOffLine.position')
		.limit(PUBLIC_LINES)
		.execute();
	return { lineCount, lines };
}

const RECENT = 200;

/** How many lines of the house's last {@link RECENT} drop-offs each material has. */
export async function countRecentLines(db: Db, greenHouseId: string): Promise<Map<string, number>> {
	const rows = await db
		.selectFrom('dropOffLine')
		.select(['materialCode', sql<number>`count(*)`.as('count')])
		.where('dropOffId', 'in', (eb) =>
			eb
				.selectFrom('dropOff')
				.select('id')
				.where('greenHouseId', '=', greenHouseId)
				.orderBy('happenedAt', 'desc')
				.limit(RECENT),
		)
		.groupBy('materialCode')
		.execute();
	return new Map(rows.map((row) => [row.materialCode, row.count]));
}

export type Stage = 'declared' | 'collected' | 'sold' | 'spent';

export async function countDropOffsOfDevice(db: Db, deviceAliasId: string): Promise<number> {
	const row = await db
		.selectFrom('dropOff')
		.select(sql<number>`count(*)`.as('count'))
		.where('deviceAliasId', '=', deviceAliasId)
		.where('withdrawnAt', 'is', null)
		.executeTakeFirstOrThrow();
	return row.count;
}

/** The drop-offs of one's own devices, newest first, each with its lines and how far its goods went. */
export async function listDropOffsOfDevices(db: Db, deviceAliasIds: string[], limit: number) {
	if (deviceAliasIds.length === 0) return [];
	const rows = await db
		.selectFrom('dropOff')
		.innerJoin('greenHouse', 'greenHouse.id', 'dropOff.greenHouseId')
		.innerJoin('collectionCycle', 'collectionCycle.id', 'dropOff.cycleId')
		.select(['dropOff.id', 'dropOff.happenedAt', 'dropOff.withdrawnAt', 'dropOff.late', 'dropOff.cycleId'])
		.select(['greenHouse.code', 'greenHouse.nameVi', 'collectionCycle.closedAt'])
		.where('dropOff.deviceAliasId', 'in', deviceAliasIds)
		.orderBy('dropOff.recordedAt', 'desc')
		.limit(limit)
		.execute();
	if (rows.length === 0) return [];
	const lines = await db
		.selectFrom('dropOffLine')
		.select(['dropOffId', 'materialCode', 'unit', 'quantityMilli'])
		.where(
			'dropOffId',
			'in',
			rows.map((row) => row.id),
		)
		.orderBy('position')
		.execute();
	const linesOf = (id: string) => lines.filter((line) => line.dropOffId === id);
	const followed = await followGoods(
		db,
		rows.flatMap(({ id, cycleId }) => linesOf(id).map(({ materialCode }) => ({ cycleId, materialCode }))),
	);
	const entryIds = [...new Set([...followed.values()].flatMap(({ entryId }) => entryId ?? []))];
	const spent = await listSpentEntries(db, entryIds);
	return rows.map(({ cycleId, ...row }) => {
		const ends = linesOf(row.id).flatMap(
			({ materialCode }) => followed.get(goodsKey({ cycleId, materialCode })) ?? [],
		);
		const entries = ends.flatMap((end) => end.entryId ?? []);
		// Part of it may be sold before the rest: the furthest part counts, and leads to its money.
		const entryId = entries.find((id) => spent.has(id)) ?? entries[0] ?? null;
		const stage: Stage =
			entryId === null
				? row.closedAt === null
					? 'declared'
					: 'collected'
				: spent.has(entryId)
					? 'spent'
					: 'sold';
		return { ...row, entryId, stage, lines: linesOf(row.id) };
	});
}

/** Those of these incomes that a payment has spent; what a reversal took or a reversed payment gave back paid for nothing. */
async function listSpentEntries(db: Db, entryIds: string[]): Promise<Set<string>> {
	if (entryIds.length === 0) return new Set();
	const rows = await db
		.selectFrom('fundAllocation')
		.innerJoin('journalEntry as outflow', 'outflow.id', 'fundAllocation.paymentEntryId')
		.select('fundAllocation.incomeEntryId')
		.distinct()
		.where('fundAllocation.incomeEntryId', 'in', entryIds)
		.where('outflow.kind', '=', 'payment')
		.where(({ exists, not, selectFrom }) =>
			not(
				exists(
					selectFrom('journalEntry as reversal')
						.select('reversal.id')
						.whereRef('reversal.reversesEntryId', '=', 'outflow.id'),
				),
			),
		)
		.execute();
	return new Set(rows.map((row) => row.incomeEntryId));
}
