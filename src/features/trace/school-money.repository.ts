// What became of the goods that a school's classes brought: the cycles they lay in, their sales, what those paid for.
import { followGoods, type Goods } from '#features/drop-offs/goods-path.repository.ts';
import { selectEntries } from '#features/fund/fund.repository.ts';
import type { Entry } from '#features/fund/fund.ts';
import { voucherName } from '#features/fund/ledger.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';
import { listPaymentsOf, listSharesOf } from './walk.repository.ts';

/** No page names more rows of each than this; the walks from them name all. */
const MOST = 12;

export type SchoolSale = {
	id: string;
	status: 'recorded' | 'confirmed';
	soldOn: string;
	/** Of the whole load: goods of others may have lain in it. */
	cashReceivedVnd: number;
	entryId: string | null;
	voucher: string | undefined;
	/** The cycles of these goods that it holds. */
	cycleIds: string[];
};

export type SchoolMoney = {
	cycles: { id: string; number: number; closedOn: string | null; isSold: boolean }[];
	/** The newest first, {@link MOST} at most. */
	sales: SchoolSale[];
	saleCount: number;
	/** Cash of every sale that is confirmed. */
	incomeVnd: number;
	/** What those sales paid for, the newest first, {@link MOST} at most. */
	payments: Entry[];
	paymentCount: number;
};

const NONE: SchoolMoney = {
	...{ cycles: [], sales: [], saleCount: 0, incomeVnd: 0, payments: [], paymentCount: 0 },
};

/** Follows goods from the cycles in which they were declared. */
export async function schoolMoney(db: Db, goods: Goods[]): Promise<SchoolMoney> {
	if (goods.length === 0) return NONE;
	const ends = [...(await followGoods(db, goods)).values()];
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
					.leftJoin('journalEntry', 'journalEntry.id', 'scrapSale.entryId')
					.select(['scrapSale.id', 'scrapSale.status', 'scrapSale.soldOn', 'scrapSale.cashReceivedVnd'])
					.select(['scrapSale.entryId', 'voucherKind', 'voucherYear', 'voucherNumber'])
					.where('scrapSale.id', 'in', saleIds)
					.where('scrapSale.status', 'in', ['recorded', 'confirmed'])
					.orderBy('scrapSale.soldOn', 'desc')
					.orderBy('scrapSale.id', 'desc')
					.execute();
	const confirmed = sales.filter(({ status }) => status === 'confirmed');
	const incomes = confirmed.flatMap(({ entryId }) => entryId ?? []);
	const shares = await listSharesOf(db, incomes);
	const paymentIds = await listPaymentsOf(db, [...incomes, ...shares]);
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
		})),
		sales: sales.slice(0, MOST).map((sale) => ({
			...{ id: sale.id, status: sale.status as SchoolSale['status'], soldOn: sale.soldOn },
			...{ cashReceivedVnd: sale.cashReceivedVnd, entryId: sale.entryId, voucher: voucherName(sale) },
			cycleIds: [...new Set(ends.filter(({ saleId }) => saleId === sale.id).flatMap((end) => end.cycleIds))],
		})),
		saleCount: sales.length,
		incomeVnd: confirmed.reduce((sum, { cashReceivedVnd }) => sum + cashReceivedVnd, 0),
		payments,
		paymentCount: paymentIds.length,
	};
}
