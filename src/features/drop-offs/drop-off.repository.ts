import { sql } from 'kysely';
import type { Db, Trx } from '#lib/db.ts';
import type { DropOffTable } from '#db/schema.ts';
import type { Declarer, DropOffLine } from './drop-off.ts';

export const findDropOff = (db: Db, id: string) =>
	db.selectFrom('dropOff').selectAll().where('id', '=', id).executeTakeFirst();

/** The columns that name a declarer. */
export const declarerColumns = (declarer: Declarer) => ({
	deviceAliasId: declarer.kind === 'device' ? declarer.deviceAliasId : null,
	personId: declarer.kind === 'person' ? declarer.personId : null,
	classSheetId: declarer.kind === 'class' ? declarer.classSheetId : null,
	schoolClassId: declarer.kind === 'class' ? declarer.schoolClassId : null,
});

const isInLiveSale = sql<boolean>`exists (
	select 1 from scrap_sale_cycle where scrap_sale_cycle.cycle_id = collection_cycle.id and scrap_sale_cycle.released_at is null
)`;

/**
 * The cycle that takes a drop-off: the one that was open at that time, unless its goods are already in a sale;
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
		.select(isInLiveSale.as('isSold'))
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

/** What was declared in a cycle, by material and unit; the weight is null as soon as one line's is unknown. */
export async function sumDeclared(db: Db, cycleId: string) {
	return db
		.selectFrom('dropOffLine')
		.innerJoin('dropOff', 'dropOff.id', 'dropOffLine.dropOffId')
		.innerJoin('material', 'material.code', 'dropOffLine.materialCode')
		.select(['dropOffLine.materialCode', 'dropOffLine.unit'])
		.select(sql<number>`sum(drop_off_line.quantity_milli)`.as('quantityMilli'))
		.select(
			sql<
				number | null
			>`case when count(*) = count(drop_off_line.declared_weight_grams) then sum(drop_off_line.declared_weight_grams) end`.as(
				'declaredWeightGrams',
			),
		)
		.where('dropOff.cycleId', '=', cycleId)
		.where('dropOff.withdrawnAt', 'is', null)
		.groupBy(['dropOffLine.materialCode', 'dropOffLine.unit', 'material.sortOrder'])
		.orderBy('material.sortOrder')
		.orderBy('dropOffLine.unit')
		.execute();
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
		.leftJoin('scrapSaleCycle', (join) =>
			join
				.onRef('scrapSaleCycle.cycleId', '=', 'dropOff.cycleId')
				.on('scrapSaleCycle.releasedAt', 'is', null),
		)
		.leftJoin('scrapSale', 'scrapSale.id', 'scrapSaleCycle.saleId')
		.select(['dropOff.id', 'dropOff.happenedAt', 'dropOff.withdrawnAt', 'dropOff.late'])
		.select(['greenHouse.code', 'greenHouse.nameVi', 'collectionCycle.closedAt', 'scrapSale.entryId'])
		.select(
			// What a reversal took or a reversed payment gave back has paid for nothing.
			sql<number>`(
				select count(*) from fund_allocation
				join journal_entry as outflow on outflow.id = fund_allocation.payment_entry_id and outflow.kind = 'payment'
				where fund_allocation.income_entry_id = scrap_sale.entry_id
					and not exists (select 1 from journal_entry r where r.reverses_entry_id = outflow.id)
			)`.as('spentCount'),
		)
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
	return rows.map(({ spentCount, ...row }) => {
		const stage: Stage =
			row.entryId === null
				? row.closedAt === null
					? 'declared'
					: 'collected'
				: spentCount > 0
					? 'spent'
					: 'sold';
		return { ...row, stage, lines: lines.filter((line) => line.dropOffId === row.id) };
	});
}
