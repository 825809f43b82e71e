import type { VarianceLimitTable } from '#db/schema.ts';
import type { Db, Trx } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';

/** What each of these houses allows on a day. */
export async function listLimitsOn(db: Db, greenHouseIds: string[], day: LocalDate) {
	if (greenHouseIds.length === 0) return [];
	return db
		.selectFrom('greenHouse')
		.select('greenHouse.id')
		.select((eb) =>
			eb.fn
				.coalesce(
					eb
						.selectFrom('varianceLimit')
						.select('varianceLimit.percent')
						.whereRef('varianceLimit.greenHouseId', '=', 'greenHouse.id')
						.where('varianceLimit.validFrom', '<=', day)
						.orderBy('varianceLimit.validFrom', 'desc')
						.limit(1),
					'greenHouse.varianceLimitPercent',
				)
				.as('percent'),
		)
		.where('greenHouse.id', 'in', greenHouseIds)
		.execute();
}

/** Limits of these houses that begin after a day, the next first. */
export async function listLimitsAfter(db: Db, greenHouseIds: string[], day: LocalDate) {
	if (greenHouseIds.length === 0) return [];
	return db
		.selectFrom('varianceLimit')
		.select(['greenHouseId', 'validFrom', 'percent'])
		.where('greenHouseId', 'in', greenHouseIds)
		.where('validFrom', '>', day)
		.orderBy('validFrom')
		.execute();
}

export const findLimit = (db: Db, id: string) =>
	db.selectFrom('varianceLimit').selectAll().where('id', '=', id).executeTakeFirst();

export const findLimitFrom = (db: Db, greenHouseId: string, validFrom: LocalDate) =>
	db
		.selectFrom('varianceLimit')
		.select('id')
		.where('greenHouseId', '=', greenHouseId)
		.where('validFrom', '=', validFrom)
		.executeTakeFirst();

export const insertLimit = (trx: Trx, row: VarianceLimitTable) =>
	trx.insertInto('varianceLimit').values(row).execute();
