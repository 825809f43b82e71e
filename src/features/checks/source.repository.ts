// What each entry was made from, read anew: written apart from the services that hashed it when it was booked.
import { listRulesOf } from '#features/fund/fund-rule.repository.ts';
import { shareOut } from '#features/fund/fund-rule.ts';
import type { Db } from '#lib/db.ts';
import { sha256Hex, type Canonical } from '#lib/hash.ts';
import type { BookRow } from './check.repository.ts';

/** The forms that a source had, the newest first: the portal's older releases hashed less of a sale. */
type Sources = Map<string, Canonical[]>;

const idsOf = (rows: BookRow[], kind: BookRow['sourceKind']): string[] => [
	...new Set(rows.filter((row) => row.sourceKind === kind).map((row) => row.sourceId)),
];

function groupBy<Row, Key>(rows: Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
	const groups = new Map<Key, Row[]>();
	for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
	return groups;
}

async function readSales(db: Db, ids: string[], into: Sources): Promise<void> {
	if (ids.length === 0) return;
	const sales = await db
		.selectFrom('scrapSale')
		.leftJoin('photo', 'photo.id', 'scrapSale.photoId')
		.selectAll('scrapSale')
		.select('photo.sha256')
		.where('scrapSale.id', 'in', ids)
		.execute();
	const cycles = groupBy(
		await db
			.selectFrom('scrapSaleCycle')
			.innerJoin('collectionCycle', 'collectionCycle.id', 'scrapSaleCycle.cycleId')
			.innerJoin('greenHouse', 'greenHouse.id', 'collectionCycle.greenHouseId')
			.select(['scrapSaleCycle.saleId', 'collectionCycle.id'])
			.where('scrapSaleCycle.saleId', 'in', ids)
			.orderBy('greenHouse.code')
			.orderBy('collectionCycle.number')
			.execute(),
		(row) => row.saleId,
	);
	const goods = groupBy(
		await db
			.selectFrom('scrapSaleGoods')
			.select(['saleId', 'cycleId', 'materialCode', 'declaredWeightGrams'])
			.where('saleId', 'in', ids)
			.orderBy('cycleId')
			.orderBy('materialCode')
			.execute(),
		(row) => row.saleId,
	);
	const lines = groupBy(
		await db.selectFrom('scrapSaleLine').selectAll().where('saleId', 'in', ids).orderBy('position').execute(),
		(row) => row.saleId,
	);
	for (const sale of sales) {
		const own = (cycles.get(sale.id) ?? []).map((cycle) => cycle.id);
		const rows = (lines.get(sale.id) ?? []).map(
			({ cycleId, materialCode, weighedWeightGrams, unitPriceVnd, amountVnd, kind }) => ({
				...{ cycleId, materialCode, weighedWeightGrams, unitPriceVnd, amountVnd, kind },
			}),
		);
		const held = goods.get(sale.id) ?? [];
		const weighed = {
			soldOn: sale.soldOn,
			cashReceivedVnd: sale.cashReceivedVnd,
			photo: sale.photoId === null ? null : (sale.sha256 ?? undefined),
			cycles: own,
			lines: rows,
		};
		const ofCycles = own.flatMap((cycleId) =>
			held
				.filter((each) => each.cycleId === cycleId)
				.map(({ materialCode, declaredWeightGrams }) => ({ cycleId, materialCode, declaredWeightGrams })),
		);
		const variancePermille = sale.varianceReason === null ? null : sale.variancePermille;
		into.set(sale.id, [
			{ ...weighed, goods: ofCycles, variancePermille },
			weighed,
			{
				sale: sale.contentHash,
				photo: sale.photoId,
				cycles: own,
				lines: rows.map(({ cycleId: _, ...line }) => line),
			},
		]);
	}
}

async function readPayments(db: Db, entries: BookRow[], into: Sources): Promise<void> {
	const ids = idsOf(entries, 'disbursement');
	if (ids.length === 0) return;
	const requests = await db.selectFrom('disbursement').selectAll().where('id', 'in', ids).execute();
	const approvals = groupBy(
		await db
			.selectFrom('disbursementApproval')
			.select(['disbursementId', 'approvedBy', 'approvedAt', 'decision'])
			.where('disbursementId', 'in', ids)
			.orderBy('approvedAt')
			.execute(),
		(row) => row.disbursementId,
	);
	const paidOn = new Map(entries.map((entry) => [entry.sourceId, entry.happenedOn]));
	for (const { id, purpose, amountVnd, requestedBy, requestedAt } of requests) {
		const decided = (approvals.get(id) ?? []).map(({ approvedBy, approvedAt, decision }) => ({
			...{ approvedBy, approvedAt, decision },
		}));
		const contentOf = (rows: typeof decided) => ({
			...{ purpose, amountVnd, requestedBy, requestedAt, approvals: rows, paidOn: paidOn.get(id)! },
		});
		// Two approvals of one instant have no order of their own.
		into.set(id, [contentOf(decided), contentOf(decided.toReversed())]);
	}
}

async function readStatements(db: Db, ids: string[], into: Sources): Promise<void> {
	if (ids.length === 0) return;
	const rows = await db
		.selectFrom('statement')
		.leftJoin('photo', 'photo.id', 'statement.photoId')
		.selectAll('statement')
		.select('photo.sha256')
		.where('statement.id', 'in', ids)
		.execute();
	for (const { id, kind, happenedOn, account, amountVnd, purpose, sha256, recordedBy } of rows)
		into.set(id, [{ kind, happenedOn, account, amountVnd, purpose, photo: sha256, recordedBy }]);
}

async function readCounts(db: Db, ids: string[], into: Sources): Promise<void> {
	if (ids.length === 0) return;
	const rows = await db.selectFrom('cashCount').selectAll().where('id', 'in', ids).execute();
	for (const { id, countedOn, countedVnd, bookVnd, recordedBy } of rows)
		into.set(id, [{ countedOn, countedVnd, bookVnd, recordedBy }]);
}

async function readReversed(db: Db, ids: string[], into: Sources): Promise<void> {
	if (ids.length === 0) return;
	const rows = await db
		.selectFrom('journalEntry')
		.select(['id', 'canonical'])
		.where('id', 'in', ids)
		.execute();
	for (const { id, canonical } of rows) into.set(id, [{ reverses: sha256Hex(canonical) }]);
}

/** A transfer's source: the sale's entry, the rule of its day, and what that rule gave to whom. */
async function readTransfers(db: Db, ids: string[], into: Sources): Promise<void> {
	if (ids.length === 0) return;
	const incomes = await db
		.selectFrom('journalEntry')
		.select(['id', 'fundId', 'transferId', 'bookedOn', 'changeVnd'])
		.where('transferId', 'in', ids)
		.where('kind', '=', 'scrap_sale')
		.execute();
	const rules = groupBy(
		await listRulesOf(db, [...new Set(incomes.map((each) => each.fundId))]),
		(rule) => rule.fundId,
	);
	for (const { id, fundId, transferId, bookedOn, changeVnd } of incomes) {
		const rule = rules.get(fundId)?.find(({ validFrom }) => validFrom <= bookedOn);
		const shares = shareOut(changeVnd, rule?.shares ?? []).map(({ code, percent, amountVnd }) => ({
			...{ fund: code, percent, amountVnd },
		}));
		into.set(transferId!, [{ income: id, rule: rule?.id, shares }]);
	}
}

/** What each of these entries was made from, by its source's id; nothing where there is no such thing any more. */
export async function readSources(db: Db, entries: BookRow[]): Promise<Sources> {
	const sources: Sources = new Map();
	await readSales(db, idsOf(entries, 'scrap_sale'), sources);
	await readPayments(
		db,
		entries.filter((entry) => entry.sourceKind === 'disbursement'),
		sources,
	);
	await readStatements(db, idsOf(entries, 'statement'), sources);
	await readCounts(db, idsOf(entries, 'cash_count'), sources);
	await readReversed(db, idsOf(entries, 'journal_entry'), sources);
	await readTransfers(db, idsOf(entries, 'transfer'), sources);
	return sources;
}
