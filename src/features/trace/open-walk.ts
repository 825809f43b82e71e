// A walk as open data: field names stay (docs/trace.md), and nothing here names a person or a small group.
import { parseEntryText, SMALLEST_GROUP } from '#features/fund/ledger.ts';
import { estimateShare, groupByIncome, type Declared, type Walk, type WalkEntry } from './walk.ts';

const goods = ({ materialCode, unit, quantityMilli, declaredWeightGrams }: Declared) => ({
	material: materialCode,
	unit,
	quantity_milli: quantityMilli,
	declared_grams: declaredWeightGrams,
});

/** How many people a payment was for and where, as its public row says it: neither for fewer than five. */
function beneficiaries(entry: WalkEntry) {
	const text = parseEntryText(entry.text);
	if (text?.kind !== 'payment') return {};
	return {
		purpose: text.purpose,
		beneficiaries: text.count === null ? { fewer_than: SMALLEST_GROUP } : { count: text.count },
		ward_id: text.wardId,
	};
}

const entry = (each: WalkEntry) => ({
	id: each.id,
	fund: each.fundCode,
	kind: each.kind,
	booked_on: each.bookedOn,
	change_vnd: each.changeVnd,
	reversed: each.isReversed,
	...(each.saleId === null ? {} : { sale: each.saleId }),
	...(each.shareOf === null ? {} : { share_of: each.shareOf }),
	...beneficiaries(each),
});

export function openWalk({ kind, id, dropOff, ...walk }: Walk) {
	const estimate = dropOff && estimateShare(dropOff.lines, walk.sales);
	const { spending } = walk;
	return {
		kind,
		id,
		...(dropOff && {
			drop_off: {
				happened_on: dropOff.happenedOn,
				recorded_on: dropOff.recordedOn,
				late: dropOff.isLate,
				green_house: dropOff.houseCode,
				lines: dropOff.lines.map((line) => ({ ...goods(line), cycles: line.cycleIds, sale: line.saleId })),
			},
		}),
		...(estimate && { estimate: { amount_vnd: estimate.amountVnd, of_declared_grams: estimate.grams } }),
		cycles: walk.cycles.map((cycle) => ({
			id: cycle.id,
			green_house: cycle.houseCode,
			number: cycle.number,
			opened_on: cycle.openedOn,
			closed_on: cycle.closedOn,
			declared: cycle.declared.map(goods),
			carried_in: cycle.carriedIn.map((each) => ({ ...goods(each), from_cycle: each.fromCycleId })),
			carried_out: cycle.carriedOut.map((each) => ({ ...goods(each), to_cycle: each.toCycleId })),
		})),
		sales: walk.sales.map((sale) => ({
			id: sale.id,
			status: sale.status,
			sold_on: sale.soldOn,
			cash_received_vnd: sale.cashReceivedVnd,
			entry: sale.entryId,
			replaces: sale.replacesSaleId,
			cycles: sale.cycles.map((each) => ({ id: each.id, declared_grams: each.declaredWeightGrams })),
			goods: sale.goods.map((each) => ({
				cycle: each.cycleId,
				// Null is what nobody declared.
				material: each.materialCode || null,
				declared_grams: each.declaredWeightGrams,
			})),
			lines: sale.lines.map((line) => ({
				kind: line.kind,
				cycle: line.cycleId,
				material: line.materialCode,
				weighed_grams: line.weighedWeightGrams,
				unit_price_vnd: line.unitPriceVnd,
				amount_vnd: line.amountVnd,
			})),
			variance_beyond_limit:
				sale.flaggedPermille === null
					? null
					: { permille: sale.flaggedPermille, limit_percent: sale.limitPercent },
		})),
		incomes: walk.incomes.map(entry),
		payments: walk.payments.map((each) => ({
			...entry(each),
			spends: each.spends.map(({ incomeEntryId, amountVnd }) => ({
				entry: incomeEntryId,
				amount_vnd: amountVnd,
			})),
		})),
		...(spending && {
			spending: {
				...{ incomes: spending.incomes, amount_vnd: spending.amountVnd },
				...{ from_sales_vnd: spending.fromSalesVnd, sales: spending.sales },
				...{ cycles: spending.cycles, green_houses: spending.houses },
				...{ first: spending.first, next_after: spending.next },
			},
			groups: groupByIncome({ kind, id, ...walk }).map((group) => ({
				income: group.income.id,
				amount_vnd: group.amountVnd,
				sale: group.sale?.id ?? null,
				cycles: group.cycles.map((cycle) => cycle.id),
			})),
		}),
		truncated: walk.isTruncated,
		sample: walk.isSample,
	};
}
