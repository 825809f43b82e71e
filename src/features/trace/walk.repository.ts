import { listCarriedFrom, listCarriedInto, listSaleGoods } from '#features/collections/goods.repository.ts';
import { listSaleCycles, listSaleLines } from '#features/collections/scrap-sale.repository.ts';
import { sumDeclared } from '#features/drop-offs/drop-off.repository.ts';
import { followGoods, goodsKey } from '#features/drop-offs/goods-path.repository.ts';
import { findEntry, listAllocationsOf } from '#features/fund/fund.repository.ts';
import type { Db } from '#lib/db.ts';
import { areSamplesRetired } from '#lib/samples.ts';
import { toLocalDate } from '#lib/time.ts';
import { sumSpending } from './spending.repository.ts';
import {
	INCOMES_A_PAGE,
	MOST,
	type TraceKind,
	type Walk,
	type WalkCycle,
	type WalkDropOff,
	type WalkEntry,
	type WalkSale,
} from './walk.ts';

/** Ids in the order in which they were met, each once, and not more than a walk names. */
function collect(most: number, walk: { isTruncated: boolean }) {
	const ids = new Set<string>();
	return {
		add: (id: string | null | undefined) => {
			if (!id || ids.has(id)) return false;
			if (ids.size === most) {
				walk.isTruncated = true;
				return false;
			}
			ids.add(id);
			return true;
		},
		ids,
	};
}

async function readDropOff(db: Db, id: string) {
	const row = await db
		.selectFrom('dropOff')
		.innerJoin('greenHouse', 'greenHouse.id', 'dropOff.greenHouseId')
		.select([
			'dropOff.happenedAt',
			'dropOff.recordedAt',
			'dropOff.late',
			'dropOff.cycleId',
			'dropOff.isSample',
		])
		.select(['greenHouse.code', 'greenHouse.nameVi'])
		.where('dropOff.id', '=', id)
		// What was taken back is nobody's business any more.
		.where('dropOff.withdrawnAt', 'is', null)
		.executeTakeFirst();
	if (!row) return undefined;
	const lines = await db
		.selectFrom('dropOffLine')
		.select(['materialCode', 'unit', 'quantityMilli', 'declaredWeightGrams'])
		.where('dropOffId', '=', id)
		.orderBy('position')
		.execute();
	const { cycleId } = row;
	const ends = await followGoods(
		db,
		lines.map(({ materialCode }) => ({ cycleId, materialCode })),
	);
	const dropOff: WalkDropOff = {
		happenedOn: toLocalDate(row.happenedAt),
		recordedOn: toLocalDate(row.recordedAt),
		isLate: row.late === 1,
		houseCode: row.code,
		houseName: row.nameVi,
		lines: lines.map((line) => {
			const end = ends.get(goodsKey({ cycleId, materialCode: line.materialCode }))!;
			return { ...line, cycleIds: end.cycleIds, saleId: end.saleId };
		}),
	};
	return { dropOff, isSample: row.isSample === 1 };
}

async function readCycle(db: Db, id: string): Promise<(WalkCycle & { isSample: boolean }) | undefined> {
	const row = await db
		.selectFrom('collectionCycle')
		.innerJoin('greenHouse', 'greenHouse.id', 'collectionCycle.greenHouseId')
		.select(['collectionCycle.id', 'collectionCycle.number', 'collectionCycle.openedAt'])
		.select(['collectionCycle.closedAt', 'collectionCycle.isSample', 'greenHouse.code', 'greenHouse.nameVi'])
		.where('collectionCycle.id', '=', id)
		.executeTakeFirst();
	if (!row) return undefined;
	return {
		...{ id, number: row.number, houseCode: row.code, houseName: row.nameVi },
		openedOn: toLocalDate(row.openedAt),
		closedOn: row.closedAt === null ? null : toLocalDate(row.closedAt),
		declared: await sumDeclared(db, id),
		carriedIn: await listCarriedInto(db, id),
		carriedOut: await listCarriedFrom(db, id),
		isSample: row.isSample === 1,
	};
}

/** A sale as the public sees it: no dealer, no person, and not one that was given back before it was booked. */
async function readSale(db: Db, id: string): Promise<(WalkSale & { isSample: boolean }) | undefined> {
	const sale = await db.selectFrom('scrapSale').selectAll().where('id', '=', id).executeTakeFirst();
	if (!sale || sale.status === 'returned') return undefined;
	return {
		...{ id, status: sale.status, soldOn: sale.soldOn, cashReceivedVnd: sale.cashReceivedVnd },
		...{ entryId: sale.entryId, replacesSaleId: sale.replacesSaleId },
		cycles: (await listSaleCycles(db, id)).map((each) => ({
			id: each.id,
			declaredWeightGrams: each.declaredWeightGrams,
		})),
		goods: (await listSaleGoods(db, id)).slice(0, MOST.lines),
		lines: await listSaleLines(db, id),
		flaggedPermille: sale.varianceReason === null ? null : sale.variancePermille,
		limitPercent: sale.varianceReason === null ? null : sale.varianceLimitPercent,
		isSample: sale.isSample === 1,
	};
}

async function readEntries(db: Db, ids: Iterable<string>): Promise<WalkEntry[]> {
	const list = [...ids];
	const allocations = await listAllocationsOf(db, list);
	const entries: WalkEntry[] = [];
	for (const id of list) {
		const entry = await findEntry(db, id);
		if (!entry) continue;
		entries.push({
			...{ id, kind: entry.kind, fundCode: entry.fundCode, bookedOn: entry.bookedOn },
			...{ changeVnd: entry.changeVnd, text: entry.text, isReversed: entry.reversedById !== null },
			saleId: entry.sourceKind === 'scrap_sale' ? entry.sourceId : null,
			shareOf:
				entry.kind === 'transfer_in' ? ((await findSharedIncome(db, entry.transferId))?.id ?? null) : null,
			spends: allocations
				.filter((each) => each.entryId === id)
				.slice(0, MOST.lines)
				.map(({ incomeEntryId, amountVnd }) => ({ incomeEntryId, amountVnd })),
		});
	}
	return entries;
}

/** The income of which a transfer gave other funds their part. */
const findSharedIncome = (db: Db, transferId: string | null) =>
	db
		.selectFrom('journalEntry')
		.select(['id', 'sourceId'])
		.where('transferId', '=', transferId)
		.where('kind', '=', 'scrap_sale')
		.executeTakeFirst();

/** What other funds got of these incomes and still have, or have spent; by fund. */
export async function listSharesOf(db: Db, incomeIds: string[]): Promise<string[]> {
	if (incomeIds.length === 0) return [];
	const rows = await db
		.selectFrom('journalEntry as income')
		.innerJoin('journalEntry as part', 'part.transferId', 'income.transferId')
		.leftJoin('journalEntry as reversal', 'reversal.reversesEntryId', 'part.id')
		.select(['part.id', 'part.fundId', 'part.sequence'])
		.where('income.id', 'in', incomeIds)
		.where('income.kind', '=', 'scrap_sale')
		.where('part.kind', '=', 'transfer_in')
		.where('reversal.id', 'is', null)
		.orderBy('part.fundId')
		.orderBy('part.sequence')
		.limit(MOST.entries + 1)
		.execute();
	return rows.map((row) => row.id);
}

/** Live payments that spent one of these incomes, oldest first. */
export async function listPaymentsOf(db: Db, incomeIds: string[]): Promise<string[]> {
	if (incomeIds.length === 0) return [];
	const rows = await db
		.selectFrom('fundAllocation')
		.innerJoin('journalEntry as payment', 'payment.id', 'fundAllocation.paymentEntryId')
		.select(['payment.id', 'payment.fundId', 'payment.sequence'])
		.distinct()
		.where('fundAllocation.incomeEntryId', 'in', incomeIds)
		.where('payment.kind', '=', 'payment')
		.where(({ exists, not, selectFrom }) =>
			not(
				exists(
					selectFrom('journalEntry as reversal')
						.select('reversal.id')
						.whereRef('reversal.reversesEntryId', '=', 'payment.id'),
				),
			),
		)
		.orderBy('payment.fundId')
		.orderBy('payment.sequence')
		.limit(MOST.entries + 1)
		.execute();
	return rows.map((row) => row.id);
}

/** The entry that a payment's id means: its own, or the one that paid a request of this id. */
async function findPaymentEntry(db: Db, id: string): Promise<string | undefined> {
	const entry = await findEntry(db, id);
	if (entry) return entry.kind === 'payment' ? id : undefined;
	const paid = await db
		.selectFrom('disbursementPayment')
		.select('entryId')
		.where('disbursementId', '=', id)
		.executeTakeFirst();
	return paid?.entryId;
}

/**
 * Walks from one thing of the chain to all that it came from and all that it became. Undefined when there is no such
 * thing, when it was taken back, or when it is a sample after their end. What a large payment spent is told in parts:
 * `after` is the income with which the part before ended.
 */
export async function walk(
	db: Db,
	kind: TraceKind,
	id: string,
	after?: string | undefined,
): Promise<Walk | undefined> {
	const state = { isTruncated: false };
	const [cycles, sales] = [collect(MOST.cycles, state), collect(MOST.sales, state)];
	const [incomes, payments] = [collect(MOST.entries, state), collect(MOST.entries, state)];
	const found: Walk = {
		...{ kind, id, isSample: false, cycles: [], sales: [], incomes: [], payments: [], isTruncated: false },
	};
	if (kind === 'drop-off') {
		const read = await readDropOff(db, id);
		if (!read) return undefined;
		found.dropOff = read.dropOff;
		found.isSample = read.isSample;
		for (const line of read.dropOff.lines) {
			line.cycleIds.forEach(cycles.add);
			sales.add(line.saleId);
		}
	} else if (kind === 'cycle') {
		const cycle = await readCycle(db, id);
		if (!cycle) return undefined;
		found.isSample = cycle.isSample;
		cycles.add(id);
		const ends = await followGoods(
			db,
			cycle.declared.map(({ materialCode }) => ({ cycleId: id, materialCode })),
		);
		const held = await db
			.selectFrom('scrapSaleCycle')
			.select('saleId')
			.where('cycleId', '=', id)
			.where('releasedAt', 'is', null)
			.limit(MOST.sales + 1)
			.execute();
		for (const end of ends.values()) {
			end.cycleIds.forEach(cycles.add);
			sales.add(end.saleId);
		}
		for (const { saleId } of held) sales.add(saleId);
	} else if (kind === 'sale') {
		const sale = await readSale(db, id);
		if (!sale) return undefined;
		found.isSample = sale.isSample;
		sales.add(id);
	} else {
		const entryId = kind === 'payment' ? await findPaymentEntry(db, id) : id;
		const entry = entryId === undefined ? undefined : await findEntry(db, entryId);
		if (!entry) return undefined;
		found.isSample = entry.isSample === 1;
		if (entry.changeVnd > 0 && entry.kind !== 'reversal') {
			incomes.add(entry.id);
		} else {
			payments.add(entry.id);
			const spent = await listAllocationsOf(db, [entry.id]);
			const begin = after === undefined ? 0 : spent.findIndex((each) => each.incomeEntryId === after) + 1;
			if (after !== undefined && begin === 0) return undefined;
			const parts = spent.slice(begin, begin + INCOMES_A_PAGE);
			for (const { incomeEntryId } of parts) incomes.add(incomeEntryId);
			found.spending = {
				...(await sumSpending(db, entry.id)),
				first: begin + 1,
				parts: parts.map(({ incomeEntryId, amountVnd }) => ({ incomeEntryId, amountVnd })),
				next: begin + parts.length < spent.length ? parts.at(-1)!.incomeEntryId : null,
			};
		}
		// A part that came from another fund stands behind the sale that it is a part of.
		for (const income of await readEntries(db, [...incomes.ids])) {
			incomes.add(income.shareOf);
			sales.add(income.saleId);
		}
		for (const income of await readEntries(db, [...incomes.ids])) sales.add(income.saleId);
	}
	if (found.isSample && (await areSamplesRetired(db))) return undefined;
	// Only what was asked for leads on: another payment of the same income is on that income's own walk.
	const leadsOn = payments.ids.size === 0;
	const isShare = kind === 'entry' && (await findEntry(db, id))?.kind === 'transfer_in';
	for (const saleId of sales.ids) {
		const sale = await readSale(db, saleId);
		if (!sale) continue;
		found.sales.push(sale);
		for (const cycle of sale.cycles) if (kind !== 'drop-off' && kind !== 'cycle') cycles.add(cycle.id);
		if (sale.status === 'confirmed' || kind === 'sale' || kind === 'entry') incomes.add(sale.entryId);
	}
	if (leadsOn) {
		if (!isShare) for (const each of await listSharesOf(db, [...incomes.ids])) incomes.add(each);
		const from = isShare ? [id] : [...incomes.ids];
		for (const each of await listPaymentsOf(db, from)) payments.add(each);
	}
	// A set grows while it is walked: what was carried in leads to the cycles before.
	for (const cycleId of cycles.ids) {
		const cycle = await readCycle(db, cycleId);
		if (!cycle) continue;
		found.cycles.push(cycle);
		if (kind !== 'drop-off') for (const each of cycle.carriedIn) cycles.add(each.fromCycleId);
	}
	found.incomes = await readEntries(db, incomes.ids);
	const { spending } = found;
	found.payments = (await readEntries(db, payments.ids)).map((entry) =>
		spending ? { ...entry, spends: spending.parts } : entry,
	);
	found.isTruncated = state.isTruncated;
	return found;
}
