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
