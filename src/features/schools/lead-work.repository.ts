// What waits for the leads of schools: sheets to approve, and campaigns whose next step is theirs.
import type { Db } from '#lib/db.ts';
import type { LocalDate } from '#lib/time.ts';

/** Houses of these schools with sheets that wait for approval, by code. */
export async function countWaitingSheets(db: Db, organisationIds: string[]) {
	if (organisationIds.length === 0) return [];
	const rows = await db
		.selectFrom('classSheet')
		.innerJoin('greenHouse', 'greenHouse.id', 'classSheet.greenHouseId')
		.select(['greenHouse.code', 'greenHouse.nameVi'])
		.select(({ fn }) => fn.countAll<number>().as('count'))
		.where('classSheet.organisationId', 'in', organisationIds)
		.where('classSheet.status', '=', 'entered')
		.groupBy(['greenHouse.code', 'greenHouse.nameVi'])
		.orderBy('greenHouse.code')
		.execute();
	return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/**
 * Campaigns that run at a house and what of them goes with this cycle: grams and pieces of unknown weight, in how many
 * sheets; and how many sheets wait, whose goods would come too late for it. One with neither is left out.
 */
export async function listCampaignsInCycle(db: Db, cycle: { id: string; greenHouseId: string }) {
	const running = await db
		.selectFrom('campaign')
		.select(['id', 'name'])
		.where('greenHouseId', '=', cycle.greenHouseId)
		.where('publishedAt', 'is not', null)
		.where('endedAt', 'is', null)
		.orderBy('startsOn')
		.orderBy('id')
		.execute();
	if (running.length === 0) return [];
	const ids = running.map(({ id }) => id);
	const goods = await db
		.selectFrom('classSheet')
		.innerJoin('dropOff', 'dropOff.classSheetId', 'classSheet.id')
		.innerJoin('dropOffLine', 'dropOffLine.dropOffId', 'dropOff.id')
		.select(['classSheet.campaignId', 'classSheet.id', 'quantityMilli', 'declaredWeightGrams'])
		.where('classSheet.campaignId', 'in', ids)
		.where('dropOff.cycleId', '=', cycle.id)
		.where('dropOff.withdrawnAt', 'is', null)
		.execute();
	const waiting = await db
		.selectFrom('classSheet')
		.select('campaignId')
		.where('campaignId', 'in', ids)
		.where('status', '=', 'entered')
		.execute();
	return running
		.map((campaign) => {
			const own = goods.filter(({ campaignId }) => campaignId === campaign.id);
			return {
				...campaign,
				sheets: new Set(own.map(({ id }) => id)).size,
				grams: own.reduce((sum, line) => sum + (line.declaredWeightGrams ?? 0), 0),
				unweighedMilli: own.reduce(
					(sum, line) => sum + (line.declaredWeightGrams === null ? line.quantityMilli : 0),
					0,
				),
				waiting: waiting.filter(({ campaignId }) => campaignId === campaign.id).length,
			};
		})
		.filter(({ sheets, waiting: count }) => sheets + count > 0);
}

/** Campaigns of these schools that take sheets on this day, with how many wait and the house that they fill. */
export async function listRunningCampaigns(db: Db, organisationIds: string[], today: LocalDate) {
	if (organisationIds.length === 0) return [];
	const rows = await db
		.selectFrom('campaign')
		.innerJoin('greenHouse', 'greenHouse.id', 'campaign.greenHouseId')
		.select(['campaign.id', 'campaign.name', 'campaign.endsOn', 'campaign.organisationId'])
		.select('greenHouse.code as houseCode')
		.select((eb) =>
			eb
				.selectFrom('classSheet')
				.select(({ fn }) => fn.countAll<number>().as('count'))
				.whereRef('classSheet.campaignId', '=', 'campaign.id')
				.where('classSheet.status', '=', 'entered')
				.as('waiting'),
		)
		.where('campaign.organisationId', 'in', organisationIds)
		.where('publishedAt', 'is not', null)
		.where('endedAt', 'is', null)
		.where('startsOn', '<=', today)
		.where('endsOn', '>=', today)
		.orderBy('endsOn')
		.orderBy('campaign.id')
		.execute();
	return rows.map((row) => ({ ...row, waiting: Number(row.waiting ?? 0) }));
}

/** Campaigns of these schools that are past their last day and not ended, or ended with goods in an open cycle. */
export async function listCampaignsToFinish(db: Db, organisationIds: string[], today: LocalDate) {
	if (organisationIds.length === 0) return [];
	const rows = await db
		.selectFrom('campaign')
		.select(['id', 'name', 'endedAt'])
		.where('organisationId', 'in', organisationIds)
		.where('publishedAt', 'is not', null)
		.where((eb) =>
			eb.or([
				eb.and([eb('endedAt', 'is', null), eb('endsOn', '<', today)]),
				eb.and([
					eb('endedAt', 'is not', null),
					eb.exists(
						eb
							.selectFrom('classSheet')
							.innerJoin('dropOff', 'dropOff.classSheetId', 'classSheet.id')
							.innerJoin('collectionCycle', 'collectionCycle.id', 'dropOff.cycleId')
							.select('classSheet.id')
							.whereRef('classSheet.campaignId', '=', 'campaign.id')
							.where('dropOff.withdrawnAt', 'is', null)
							.where('collectionCycle.closedAt', 'is', null),
					),
				]),
			]),
		)
		.orderBy('endsOn')
		.orderBy('id')
		.execute();
	return rows.map(({ id, name, endedAt }) => ({
		...{ id, name, step: endedAt === null ? ('end' as const) : ('close' as const) },
	}));
}
