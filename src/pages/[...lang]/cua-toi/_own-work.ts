import {
	findAnyGrant,
	findGrant,
	maySeeKind,
	needsSecondFactor,
	type Actor,
} from '#features/accounts/actor.ts';
import { hasSecondFactor } from '#features/accounts/credential.repository.ts';
import { listEventsToday, listEventsWaitingFor } from '#features/cleanup-events/cleanup-event.repository.ts';
import { listEventPhotosFor } from '#features/cleanup-events/event-photo.service.ts';
import { listUnsoldCycles } from '#features/collections/collection-cycle.repository.ts';
import { listHousesOfFunds } from '#features/collections/fund-houses.repository.ts';
import { listSalesWaitingFor } from '#features/collections/scrap-sale.service.ts';
import { listOverdueFor, mayDisclose } from '#features/disclosures/disclosure.service.ts';
import { listDisbursementsWaitingFor } from '#features/fund/disbursement.service.ts';
import { isOnFund, listWorkWaitingFor } from '#features/fund/fund-work.service.ts';
import { listFunds } from '#features/fund/fund.repository.ts';
import { listHousesInScopes } from '#features/green-houses/green-house.repository.ts';
import { listHouseAlerts } from '#features/green-houses/house-alert.repository.ts';
import { listHousePhotosFor } from '#features/green-houses/house-photo.service.ts';
import { countOpenProblems } from '#features/green-houses/problem-report.repository.ts';
import { countUnfilled } from '#features/privacy/notice.repository.ts';
import { listOpenRequests } from '#features/privacy/rights-request.repository.ts';
import {
	countWaitingSheets,
	listCampaignsToFinish,
	listRunningCampaigns,
} from '#features/schools/lead-work.repository.ts';
import type { Db } from '#lib/db.ts';
import { toLocalDate } from '#lib/time.ts';

/** More photos than this are not counted one by one. */
const MOST_PHOTOS = 50;

export type OwnWork = Awaited<ReturnType<typeof findOwnWork>>;

/** What waits for this person now, and the houses and funds that are theirs to look after. */
export async function findOwnWork(db: Db, actor: Actor, now: number) {
	const today = toLocalDate(now);
	const idsOf = (roles: string[], kind: string) =>
		actor.grants
			.filter((grant) => roles.includes(grant.role) && grant.scopeKind === kind)
			.map((grant) => grant.scopeId ?? '');
	const housesOf = (wardRoles: string[]) =>
		listHousesInScopes(
			db,
			{
				houseIds: idsOf(['steward'], 'house'),
				organisationIds: idsOf(['steward'], 'organisation'),
				wardIds: idsOf(wardRoles, 'ward'),
			},
			now,
		);
	const houses = await housesOf(['steward']);
	const ids = houses.map(({ id }) => id);
	// The lead of a school empties and sells the house in its yard, and no more.
	const schoolIds = idsOf(['school_lead'], 'organisation');
	const schoolHouses = (await listHousesInScopes(db, { hostIds: schoolIds }, now)).filter(
		({ id, status }) => status !== 'closed' && !ids.includes(id),
	);
	const sellIds = [...ids, ...schoolHouses.map(({ id }) => id)];
	// Who may close what people report and is there to do it: an administrator finds it on the house's page.
	const reportHouses = await housesOf(['steward', 'ward_officer']);
	const seen = reportHouses.filter((house) => maySeeKind(actor, house)).map(({ id }) => id);
	const funds = await listFunds(db);
	const ownFunds = funds.filter((fund) => isOnFund(actor, fund));
	// A treasurer may record a sale for a steward: of every house whose goods earn for the fund.
	const sellsFor = funds.filter(({ id }) => findGrant(actor, 'scrap-sale.record', [{ kind: 'fund', id }]));
	const fundHouses = await listHousesOfFunds(db, sellsFor, now);
	const others = fundHouses.flatMap(({ id }) => (sellIds.includes(id) ? [] : [id]));
	const photos = [
		...(await listHousePhotosFor(db, actor, 'private', MOST_PHOTOS, now)),
		...(await listEventPhotosFor(db, actor, 'private', MOST_PHOTOS)),
	];
	const mustSetUp =
		!actor.isSample && needsSecondFactor(actor) && !(await hasSecondFactor(db, actor.personId));
	const publishesNotice = !actor.isSample && findAnyGrant(actor, 'notice.publish');
	return {
		houses,
		schoolHouses,
		sheets: await countWaitingSheets(db, schoolIds),
		campaigns: await listCampaignsToFinish(db, schoolIds, today),
		running: await listRunningCampaigns(db, schoolIds, today),
		reportHouses,
		ownFunds,
		/** A steward of the organisation that keeps a fund has no other page of it. */
		disclosing: funds.filter((fund) => mayDisclose(actor, fund) && !isOnFund(actor, fund)),
		alerts: await listHouseAlerts(db, ids),
		problems: await countOpenProblems(db, seen),
		photoCount: photos.length,
		unsold: await listUnsoldCycles(db, sellIds),
		othersUnsold: await listUnsoldCycles(db, others),
		sales: await listSalesWaitingFor(db, actor, now),
		disbursements: await listDisbursementsWaitingFor(db, actor),
		fundWork: await listWorkWaitingFor(db, actor, ownFunds, today),
		overdue: await listOverdueFor(db, actor, funds, today),
		eventsToday: (await listEventsToday(db, actor, now)).filter((event) => maySeeKind(actor, event)),
		unreported: await listEventsWaitingFor(db, actor, now),
		mustSetUp,
		requests: findAnyGrant(actor, 'rights-request.answer') ? await listOpenRequests(db, actor.isSample) : [],
		blanks: publishesNotice ? await countUnfilled(db) : 0,
	};
}
