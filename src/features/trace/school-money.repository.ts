// What became of the goods that a school's classes brought: the cycles they lay in, their sales, what those paid for.
import { followGoods } from '#features/drop-offs/goods-path.repository.ts';
import { selectEntries } from '#features/fund/fund.repository.ts';
import { voucherName } from '#features/fund/ledger.ts';
import { listClassGoods, type Declared } from '#features/schools/school-public.repository.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { listLoadParts } from './load-parts.repository.ts';
import type { SchoolMoney, SchoolSale } from './school-money.ts';
import { listPaymentsOf, listSharesOf } from './walk.repository.ts';

/** No page names more rows of each than this; the walks from them name all. */
const MOST = 12;

export const NO_MONEY: SchoolMoney = {
	...{ cycles: [], sales: [], saleCount: 0, incomeVnd: 0, payments: [], paymentCount: 0 },
};

/** The parts of these transfers that other funds still have, or have spent; by fund. */
async function listSaleShares(db: Db, transferIds: string[]) {
	if (transferIds.length === 0) return [];
	return db
		.selectFrom('journalEntry as part')
		.innerJoin('fund', 'fund.id', 'part.fundId')
		.leftJoin('journalEntry as reversal', 'reversal.reversesEntryId', 'part.id')
		.select(['part.transferId', 'part.id as entryId', 'part.changeVnd as amountVnd'])
		.select(['fund.code', 'fund.nameVi', 'fund.nameEn'])
		.where('part.transferId', 'in', transferIds)
		.where('part.kind', '=', 'transfer_in')
		.where('reversal.id', 'is', null)
		.orderBy('fund.code')
		.execute();
}

/** What each of these payments took from these incomes, in đồng. */
async function sumSpent(db: Db, paymentIds: string[], incomeIds: string[]): Promise<Map<string, number>> {
	if (paymentIds.length === 0) return new Map();
	const rows = await db
		.selectFrom('fundAllocation')
		.select('paymentEntryId')
		.select(({ fn }) => fn.sum<number>('amountVnd').as('amountVnd'))
		.where('paymentEntryId', 'in', paymentIds)
		.where('incomeEntryId', 'in', incomeIds)
		.groupBy('paymentEntryId')
		.execute();
	return new Map(rows.map((row) => [row.paymentEntryId, Number(row.amountVnd)]));
}

/** Follows what classes declared from the cycles in which it lay. */
export async function schoolMoney(db: Db, own: Declared): Promise<SchoolMoney> {
	const goods = await listClassGoods(db, own);
	if (goods.length === 0) return NO_MONEY;
	const endOf = await followGoods(db, goods);
	const ends = [...endOf.values()];
	const cycleIds = [...new Set(ends.flatMap((end) => end.cycleIds))];
	const saleIds = [...new Set(ends.flatMap(({ saleId }) => saleId ?? []))];
	const cycles = await db
		.selectFrom('collectionCycle')
		.select(['id', 'number', 'closedAt'])
		.where('id', 'in', cycleIds)
		.orderBy('number', 'desc')
		.orderBy('id')
		.execute();
	const sales =
		saleIds.length === 0
			? []
			: await db
					.selectFrom('scrapSale')
					.innerJoin('fund', 'fund.id', 'scrapSale.fundId')
					.leftJoin('journalEntry', 'journalEntry.id', 'scrapSale.entryId')
					.select(['scrapSale.id', 'scrapSale.status', 'scrapSale.soldOn', 'scrapSale.cashReceivedVnd'])
					.select(['scrapSale.entryId', 'voucherKind', 'voucherYear', 'voucherNumber'])
					.select(['journalEntry.transferId', 'fund.code', 'fund.nameVi', 'fund.nameEn'])
					.where('scrapSale.id', 'in', saleIds)
					.where('scrapSale.status', 'in', ['recorded', 'confirmed'])
					.orderBy('scrapSale.soldOn', 'desc')
					.orderBy('scrapSale.id', 'desc')
					.execute();
	const confirmed = sales.filter(({ status }) => status === 'confirmed');
	const incomes = confirmed.flatMap(({ entryId }) => entryId ?? []);
	const earned = [...incomes, ...(await listSharesOf(db, incomes))];
	const paymentIds = await listPaymentsOf(db, earned);
	const spent = await sumSpent(db, paymentIds, earned);
	const shown = sales.slice(0, MOST);
	const shares = await listSaleShares(
		db,
		shown.flatMap(({ transferId }) => transferId ?? []),
	);
	const parts = await listLoadParts(
		db,
		shown.map(({ id }) => id),
		{ own, goods, ends: endOf },
	);
	const payments =
		paymentIds.length === 0
			? []
			: await selectEntries(db)
					.where('journalEntry.id', 'in', paymentIds)
					.orderBy('journalEntry.bookedOn', 'desc')
					.orderBy('journalEntry.id', 'desc')
					.limit(MOST)
					.execute();
	return {
		cycles: cycles.map(({ id, number, closedAt }) => ({
			...{ id, number, closedOn: closedAt === null ? null : toLocalDate(closedAt) },
			isSold: ends.filter((end) => end.cycleIds.includes(id)).every(({ saleId }) => saleId !== null),
			isHolding: ends.some((end) => end.saleId === null && end.cycleIds.at(-1) === id),
		})),
		sales: shown.map((sale) => ({
			...{ id: sale.id, status: sale.status as SchoolSale['status'], soldOn: sale.soldOn },
			...{ cashReceivedVnd: sale.cashReceivedVnd, entryId: sale.entryId, voucher: voucherName(sale) },
			cycleIds: [...new Set(ends.filter(({ saleId }) => saleId === sale.id).flatMap((end) => end.cycleIds))],
			fund: { code: sale.code, nameVi: sale.nameVi, nameEn: sale.nameEn },
			shares: shares
				.filter(({ transferId }) => transferId !== null && transferId === sale.transferId)
				.map(({ transferId: _, ...share }) => share),
			part: parts.get(sale.id)!,
		})),
		saleCount: sales.length,
		incomeVnd: confirmed.reduce((sum, { cashReceivedVnd }) => sum + cashReceivedVnd, 0),
		payments: payments.map((entry) => ({ ...entry, spentVnd: spent.get(entry.id)! })),
		paymentCount: paymentIds.length,
	};
}
